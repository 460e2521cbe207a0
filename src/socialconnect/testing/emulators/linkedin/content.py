"""What a post may carry: its commentary and its content, checked as LinkedIn checks them."""

from __future__ import annotations

from dataclasses import dataclass, field

from socialconnect.testing.emulators.linkedin.errors import (
    classic,
    invalid_field,
    many,
    media_forbidden,
    schema_faults,
    too_long,
    wrong_urn,
    wrong_urn_type,
)
from socialconnect.testing.emulators.linkedin.little import LittleText, escaped, parse, utf16_length
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.testing.emulators.linkedin.wire import (
    Article,
    Carousel,
    Content,
    MediaContent,
    MultiImage,
    PollContent,
    Reference,
)
from socialconnect.testing.emulators.refused import Refused

__all__ = ["Faults", "check_commentary", "check_content"]

_LONGEST = 3000
_LONGEST_ALT = 4086
_LONGEST_TITLE = 400
_LONGEST_QUESTION = 140
_LONGEST_OPTION = 30
_MEDIA = ("image", "video", "document")


@dataclass
class Faults:
    """The faults of a body's values; several are told together."""

    found: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    alone: list[Refused] = field(default_factory=list[Refused])

    def add(self, code: str, path: str, message: str) -> None:
        """Add one."""
        self.found.append((code, path, message))
        self.alone.append(invalid_field(code, path, message))

    def check_length(self, path: str, text: str | None, longest: int) -> None:
        """Add one if a text is too long."""
        length = utf16_length(text or "")
        if length > longest:
            message = f"{path} length {length} can't exceeded maximum {longest} length"
            self.found.append(("FIELD_LENGTH_TOO_LONG", path, message))
            self.alone.append(too_long(path, length, longest))

    def check_given(self, path: str, text: str | None) -> None:
        """Add one if a text that is needed is missing or blank."""
        if text is None:
            self.add("MISSING_FIELD", path, f"{path} is a required field and is missing")
        elif not text.strip():
            self.add("INVALID_VALUE_BLANK_FIELD", path, f"{path} cannot be blank")

    def check_number(self, path: str, number: int, least: int, most: int) -> None:
        """Add one if there are too few or too many of something."""
        if not least <= number <= most:
            told = f"{path} must hold {least} to {most}, not {number}"
            self.add("INVALID_VALUE_FOR_FIELD", path, told)

    def check_url(self, path: str, url: str) -> None:
        """Add one if a text is no address."""
        if not url.startswith(("https://", "http://")):
            self.add("INVALID_URL", path, f"{path} value {url} is not a valid URL")

    def settle(self) -> None:
        """Raise what was found, if anything was."""
        if len(self.found) == 1:
            raise self.alone[0]
        if self.found:
            raise many(self.found)


def check_commentary(commentary: str, state: State) -> LittleText:
    """
    Read a commentary.

    Raises:
        Refused: It is too long, or holds what should be escaped and the emulator is set to refuse that.
    """
    little = parse(commentary, state.names)
    if little.cut_at is not None and state.settings.unescaped == "refuse":
        told = f"/commentary holds an unescaped reserved character at {little.cut_at}"
        raise invalid_field("INVALID_VALUE_FOR_FIELD", "/commentary", told)
    length = utf16_length(little.text)
    if length > _LONGEST:
        if state.settings.too_long == "refuse":
            raise too_long("/commentary", length, _LONGEST)
        return _shortened(little)
    return little


def check_content(content: Content, author: str, state: State, *, sponsored: bool) -> tuple[list[str], str | None]:
    """
    Check what a post carries.

    Returns:
        The URNs of its media, and the address that it links to.

    Raises:
        Refused: Something in it is wrong, or its media are not ready.
    """
    given = content.model_fields_set
    if len(given) != 1:
        raise schema_faults(f"/content :: union must hold exactly one member, not {len(given)}")
    name = next(iter(given))
    organic_only = name in ("multiImage", "poll", "celebration")
    if name == "celebration" or (sponsored and organic_only) or (name == "carousel" and not sponsored):
        to_whom = "sponsored" if sponsored else "organic"
        told = f"/content/{name} is not open to {to_whom} posts"
        raise invalid_field("INVALID_VALUE_FOR_FIELD", f"/content/{name}", told)
    match getattr(content, name):
        case MediaContent() as media:
            return _check_media(media, author, state), None
        case MultiImage() as images:
            return _check_images(images, author, state), None
        case Article() as article:
            return _check_article(article, author, state), article.source
        case Carousel() as carousel:
            return _check_carousel(carousel, author, state), None
        case PollContent() as poll:
            _check_poll(poll)
        case Reference() as reference:
            if not reference.id.startswith("urn:li:"):
                raise wrong_urn("/content/reference/id")
        case _:
            pass
    return [], None


def check_asset(urn: str, author: str, state: State, path: str, *kinds: str) -> str:
    """
    Check that an asset is there, the author's, and ready.

    Returns:
        Its kind.

    Raises:
        Refused: It is not.
    """
    kind = next((one for one in kinds if urn.startswith(f"urn:li:{one}:")), None)
    if kind is None:
        raise wrong_urn_type(path, urn, *kinds)
    asset = state.assets.get(urn)
    if asset is None:
        if kind == "video":
            raise invalid_field("INVALID_VIDEO_ID", path, "This Video ID is invalid")
        raise wrong_urn(path)
    if asset.owner != author:
        raise media_forbidden(kind)
    _check_status(kind, state.status(asset), path)
    return kind


def _shortened(little: LittleText) -> LittleText:
    """Cut a text at the limit, as is reported of some posts."""
    text = little.text.encode("utf-16-le")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
    return parse(escaped(text))


def _check_media(media: MediaContent, author: str, state: State) -> list[str]:
    faults = Faults()
    if media.id.startswith("urn:li:document:"):
        faults.check_given("/content/media/title", media.title)
    faults.check_length("/content/media/altText", media.altText, _LONGEST_ALT)
    faults.settle()
    check_asset(media.id, author, state, "/content/media/id", *_MEDIA)
    return [media.id]


def _check_images(multi: MultiImage, author: str, state: State) -> list[str]:
    faults = Faults()
    faults.check_number("/content/multiImage/images", len(multi.images), 2, 20)
    for place, one in enumerate(multi.images):
        faults.check_length(f"/content/multiImage/images/{place}/altText", one.altText, _LONGEST_ALT)
    faults.settle()
    for place, one in enumerate(multi.images):
        check_asset(one.id, author, state, f"/content/multiImage/images/{place}/id", "image")
    return [one.id for one in multi.images]


def _check_article(article: Article, author: str, state: State) -> list[str]:
    faults = Faults()
    faults.check_url("/content/article/source", article.source)
    faults.check_given("/content/article/title", article.title)
    faults.check_length("/content/article/title", article.title, _LONGEST_TITLE)
    faults.check_length("/content/article/thumbnailAltText", article.thumbnailAltText, _LONGEST_ALT)
    faults.settle()
    if article.thumbnail:
        check_asset(article.thumbnail, author, state, "/content/article/thumbnail", "image")
    return []


def _check_carousel(carousel: Carousel, author: str, state: State) -> list[str]:
    faults = Faults()
    faults.check_number("/content/carousel/cards", len(carousel.cards), 2, 10)
    for place, card in enumerate(carousel.cards):
        faults.check_url(f"/content/carousel/cards/{place}/landingPage", card.landingPage)
    faults.settle()
    for place, card in enumerate(carousel.cards):
        check_asset(card.media.id, author, state, f"/content/carousel/cards/{place}/media/id", "image")
    return [card.media.id for card in carousel.cards]


def _check_poll(poll: PollContent) -> None:
    faults = Faults()
    faults.check_given("/content/poll/question", poll.question)
    faults.check_length("/content/poll/question", poll.question, _LONGEST_QUESTION)
    faults.check_number("/content/poll/options", len(poll.options), 2, 4)
    for place, one in enumerate(poll.options):
        faults.check_given(f"/content/poll/options/{place}/text", one.text)
        faults.check_length(f"/content/poll/options/{place}/text", one.text, _LONGEST_OPTION)
    faults.settle()


def _check_status(kind: str, status: str, path: str) -> None:
    match status:
        case "WAITING_UPLOAD":
            raise invalid_field("MEDIA_ASSET_WAITING_UPLOAD", path, "Media asset is waiting upload")
        case "PROCESSING_FAILED":
            raise invalid_field("MEDIA_ASSET_PROCESSING_FAILED", path, "Media asset failed processing")
        case "PROCESSING" if kind != "image":  # a post with an image waits, unseen, until the image is ready
            raise classic(422, f"The {kind} is still processing")
        case _:
            return
