"""From a post to LinkedIn's body for it, and everything that LinkedIn would refuse in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from socialconnect.errors import Problem
from socialconnect.media import Image, Media
from socialconnect.networks.linkedin import limits, little_text
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.wire import (
    Article,
    Content,
    Distribution,
    MediaContent,
    MultiImage,
    NewPost,
    ReshareContext,
)
from socialconnect.post import Link, Post

__all__ = ["new_post", "problems"]

_PLAIN = LinkedInOptions()


def new_post(author: str, post: Post, images: Sequence[str], thumbnail: str | None) -> JsonValue:
    """
    Give the body that creates a post.

    Args:
        author: Who posts.
        post: What.
        images: The URNs of its uploaded images, in order.
        thumbnail: The URN of its link's uploaded picture.
    """
    options = post.options_for(LinkedInOptions) or _PLAIN
    body = NewPost(
        author=author,
        commentary=little_text.write(post.text),
        visibility=options.visibility,
        distribution=Distribution(feedDistribution=options.feed),
        content=_content(post, images, thumbnail),
        isReshareDisabledByAuthor=options.reshare_disabled,
        reshareContext=ReshareContext(parent=options.reshare_of) if options.reshare_of else None,
        contentLandingPage=options.landing_page,
        contentCallToActionLabel=options.call_to_action,
    )
    dumped: JsonValue = body.model_dump(mode="json", exclude_none=True)
    return dumped


def _content(post: Post, images: Sequence[str], thumbnail: str | None) -> Content | None:
    media = tuple(MediaContent(id=urn, altText=one.alt) for urn, one in zip(images, post.media, strict=True))
    if len(media) == 1:
        return Content(media=media[0])
    if media:
        return Content(multiImage=MultiImage(images=media))
    return None if post.link is None else Content(article=_article(post.link, thumbnail))


def _article(link: Link, thumbnail: str | None) -> Article:
    return Article(
        source=link.url,
        title=link.title or link.url,
        description=link.description,
        thumbnail=thumbnail,
        thumbnailAltText=link.image.alt if link.image is not None else None,
    )


def problems(post: Post, *, is_page: bool) -> list[Problem]:
    """
    Give everything in the post that LinkedIn would refuse.

    Args:
        post: The post, already LinkedIn's variant.
        is_page: Whether a page posts it; else a member.
    """
    found = [*_text_problems(post), *_media_problems(post), *_option_problems(post, is_page=is_page)]
    if post.link is not None:
        found += _link_problems(post.link)
    if post.link is not None and post.media:
        message = (
            "a LinkedIn post carries media or a link, not both: put the address into the text and take the link away, "
            "with variants={'linkedin': PostVariant(text=…, link=False)}"
        )
        found.append(_problem("link", "one_content", message, source=limits.POSTS_SOURCE))
    return found


def _text_problems(post: Post) -> Iterator[Problem]:
    options = post.options_for(LinkedInOptions)
    reshares = options is not None and options.reshare_of is not None
    if not (post.text.strip() or post.media or post.link is not None or reshares):
        yield _problem("text", "not_empty", "the post is empty: give text, media, a link, or a post to reshare")
    length = little_text.utf16_length(little_text.rendered(post.text))
    if length > limits.TEXT:
        message = f"the text has {length} characters; LinkedIn takes {limits.TEXT}"
        yield _problem("text", "max_length", message, limit=limits.TEXT, actual=length, source=limits.TEXT_SOURCE)


def _media_problems(post: Post) -> Iterator[Problem]:
    if len(post.media) > limits.IMAGES:
        message = f"a LinkedIn post takes {limits.IMAGES} images at most"
        source = limits.POSTS_SOURCE
        yield _problem("media", "max_items", message, limit=limits.IMAGES, actual=len(post.media), source=source)
    for at, media in enumerate(post.media):
        yield from _image_problems(f"media[{at}]", media)


def _image_problems(field: str, media: Media) -> Iterator[Problem]:
    if not isinstance(media, Image):
        yield _problem(field, "media_kind", "the library does not post videos on LinkedIn yet: give images")
        return
    if media.alt is not None:
        yield from _too_long(f"{field}.alt", "the alternative text", media.alt, limits.ALT_TEXT)
    facts = media.facts
    if facts is None or facts.type is None or not facts.type.startswith("image/"):
        return  # told already, for every network
    source = limits.IMAGES_SOURCE
    if facts.type not in limits.IMAGE_TYPES:
        message = f"LinkedIn takes JPEG, PNG and GIF images, not {facts.type}"
        taken = ", ".join(limits.IMAGE_TYPES)
        yield _problem(field, "media_type", message, limit=taken, actual=facts.type, source=source)
    pixels = (facts.width or 0) * (facts.height or 0)
    if pixels >= limits.IMAGE_PIXELS:
        message = f"the image has {pixels} pixels; LinkedIn takes fewer than {limits.IMAGE_PIXELS}"
        yield _problem(field, "max_pixels", message, limit=limits.IMAGE_PIXELS - 1, actual=pixels, source=source)


def _link_problems(link: Link) -> Iterator[Problem]:
    if link.title is not None:
        yield from _too_long("link.title", "the link's title", link.title, limits.LINK_TITLE)
    elif little_text.utf16_length(link.url) > limits.LINK_TITLE:
        message = (
            f"LinkedIn needs a title, and the address is too long to stand for one: give Link(…, title=…) of up to "
            f"{limits.LINK_TITLE} characters"
        )
        yield _problem("link.title", "required", message, limit=limits.LINK_TITLE, actual=len(link.url))
    if link.image is None:
        return
    if link.image.url is not None:
        message = "LinkedIn does not fetch media: give a file"
        yield _problem("link.image", "media_source", message)
        return
    wrong = link.image.problems("link.image")
    yield from wrong
    if not wrong:
        yield from _image_problems("link.image", link.image)


def _option_problems(post: Post, *, is_page: bool) -> Iterator[Problem]:
    options = post.options_for(LinkedInOptions)
    if options is None:
        return
    if is_page and options.visibility == "CONNECTIONS":
        message = "a page has no connections: leave visibility out, or post as a member"
        yield _problem("options.linkedin.visibility", "page_visibility", message, actual=options.visibility)
    if options.feed == "NONE" and len(post.media) > 1:
        message = "LinkedIn takes several images in organic posts only: give one image, or leave feed out"
        yield _problem("options.linkedin.feed", "organic_only", message, source=limits.POSTS_SOURCE)
    if options.reshare_of is not None and (post.media or post.link is not None):
        message = "a reshare carries no media and no link of its own"
        yield _problem("options.linkedin.reshare_of", "one_content", message, source=limits.POSTS_SOURCE)


def _too_long(field: str, what: str, text: str, limit: int) -> Iterator[Problem]:
    length = little_text.utf16_length(text)
    if length > limit:
        message = f"{what} has {length} characters; LinkedIn takes {limit}"
        yield _problem(field, "max_length", message, limit=limit, actual=length)


def _problem(
    field: str,
    rule: str,
    message: str,
    *,
    limit: str | int | None = None,
    actual: str | int | None = None,
    source: str | None = None,
) -> Problem:
    return Problem(
        field=field, rule=rule, message=message, limit=limit, actual=actual, source=source, network="linkedin"
    )
