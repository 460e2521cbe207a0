"""What a post may carry: its commentary and its content, checked as LinkedIn checks them."""

from __future__ import annotations

from socialconnect.testing.emulators.linkedin.errors import (
    classic,
    detailed,
    invalid_field,
    media_forbidden,
    schema_faults,
)
from socialconnect.testing.emulators.linkedin.little import LittleText, parse, utf16_length
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.testing.emulators.linkedin.wire import Article, Content, MediaContent, MultiImage, PollContent
from socialconnect.testing.emulators.refused import Refused

__all__ = ["check_commentary", "check_content"]

_LONGEST = 3000
_LONGEST_ALT = 4086
_LONGEST_TITLE = 400


def check_commentary(commentary: str, state: State) -> LittleText:
    """
    Read a commentary.

    Raises:
        Refused: It is too long, or holds what should be escaped and the emulator is set to refuse that.
    """
    little = parse(commentary)
    if little.cut_at is not None and state.settings.unescaped == "refuse":
        told = f"/commentary holds an unescaped reserved character at {little.cut_at}"
        raise invalid_field("INVALID_VALUE_FOR_FIELD", "/commentary", told)
    _check_length("/commentary", little.text, _LONGEST)
    return little


def check_content(content: Content, author: str, state: State) -> tuple[list[str], str | None]:
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
    if content.media:
        return _check_media(content.media, author, state), None
    if content.multiImage:
        return _check_images(content.multiImage, author, state), None
    if content.article:
        return _check_article(content.article, author, state), content.article.source
    if content.poll:
        _check_poll(content.poll)
        return [], None
    if content.reference:
        return [], None
    name = next(iter(given))
    raise invalid_field("INVALID_VALUE_FOR_FIELD", f"/content/{name}", f"/content/{name} is not open to organic posts")


def _check_media(media: MediaContent, author: str, state: State) -> list[str]:
    kind = _asset(media.id, author, state, "/content/media/id", "image", "video", "document")
    if kind == "document" and not media.title:
        raise invalid_field("MISSING_FIELD", "/content/media/title", "/content/media/title is required for a document")
    _check_length("/content/media/altText", media.altText or "", _LONGEST_ALT)
    return [media.id]


def _check_images(multi: MultiImage, author: str, state: State) -> list[str]:
    if not 2 <= len(multi.images) <= 20:
        raise invalid_field(
            "INVALID_VALUE_FOR_FIELD", "/content/multiImage/images", "/content/multiImage/images must hold 2 to 20"
        )
    for one in multi.images:
        _asset(one.id, author, state, "/content/multiImage/images", "image")
        _check_length("/content/multiImage/images/altText", one.altText or "", _LONGEST_ALT)
    return [one.id for one in multi.images]


def _check_article(article: Article, author: str, state: State) -> list[str]:
    if not article.source.startswith(("https://", "http://")):
        raise invalid_field("INVALID_URL", "/content/article/source", "/content/article/source is not a valid URL")
    if not article.title:
        raise invalid_field("MISSING_FIELD", "/content/article/title", "/content/article/title is required")
    _check_length("/content/article/title", article.title, _LONGEST_TITLE)
    if article.thumbnail:
        _asset(article.thumbnail, author, state, "/content/article/thumbnail", "image")
    return []


def _check_poll(poll: PollContent) -> None:
    if not 2 <= len(poll.options) <= 4:
        raise invalid_field(
            "INVALID_VALUE_FOR_FIELD", "/content/poll/options", "/content/poll/options must hold 2 to 4"
        )
    _check_length("/content/poll/question", poll.question, 140)
    for one in poll.options:
        _check_length("/content/poll/options/text", one.text, 30)


def _asset(urn: str, author: str, state: State, field: str, *kinds: str) -> str:
    """Check that an asset is there, the author's, and ready; gives its kind."""
    kind = next((one for one in kinds if urn.startswith(f"urn:li:{one}:")), None)
    if kind is None:
        raise invalid_field("INVALID_URN_TYPE", field, f"{field} must be one of {', '.join(kinds)}")
    asset = state.assets.get(urn)
    if asset is None:
        if kind == "video":
            raise invalid_field("INVALID_VIDEO_ID", field, "This Video ID is invalid")
        raise invalid_field("INVALID_URN_ID", field, f"{urn} does not exist")
    if asset.owner != author:
        raise media_forbidden(kind)
    _check_status(kind, state.status(asset), field)
    return kind


def _check_status(kind: str, status: str, field: str) -> None:
    match status:
        case "WAITING_UPLOAD":
            raise invalid_field("MEDIA_ASSET_WAITING_UPLOAD", field, "Media asset is waiting upload")
        case "PROCESSING_FAILED":
            raise invalid_field("MEDIA_ASSET_PROCESSING_FAILED", field, "Media asset failed processing")
        case "PROCESSING" if kind != "image":  # a post with an image waits, unseen, until the image is ready
            raise classic(422, f"The {kind} is still processing")
        case _:
            return


def _check_length(field: str, text: str, longest: int) -> None:
    length = utf16_length(text)
    if length > longest:
        raise _too_long(field, length, longest)


def _too_long(field: str, length: int, longest: int) -> Refused:
    message = f"{field} length {length} can't exceeded maximum {longest} length"
    return detailed(400, "FIELD_LENGTH_TOO_LONG", message, description=f"{field} is too long", field=field)
