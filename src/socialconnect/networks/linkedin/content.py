"""From a post to LinkedIn's body for it."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from socialconnect.media import Document, Image, Video
from socialconnect.networks.linkedin import limits, little_text
from socialconnect.networks.linkedin.options import LinkedInOptions
from socialconnect.networks.linkedin.wire import (
    Article,
    Content,
    Distribution,
    MediaContent,
    MultiImage,
    NewPost,
    PollContent,
    PollOption,
    PollSettings,
    Reference,
    ReshareContext,
)
from socialconnect.post import Link, Poll, Post

__all__ = ["carried", "new_post", "poll_question"]

_PLAIN = LinkedInOptions()


def new_post(author: str, post: Post, media: Sequence[str], thumbnail: str | None) -> JsonValue:
    """
    Give the body that creates a post.

    Args:
        author: Who posts.
        post: What.
        media: The URNs of its uploaded files, in order.
        thumbnail: The URN of its link's uploaded picture.
    """
    options = post.options_for(LinkedInOptions) or _PLAIN
    targets: tuple[JsonValue, ...] = tuple(
        {facet: list(urns) for facet, urns in one.items()} for one in options.targets
    )
    body = NewPost(
        author=author,
        commentary=little_text.write(post.text),
        visibility=options.visibility,
        distribution=Distribution(feedDistribution=options.feed, targetEntities=targets),
        content=_content(post, options, media, thumbnail),
        isReshareDisabledByAuthor=options.reshare_disabled,
        reshareContext=ReshareContext(parent=options.reshare_of) if options.reshare_of else None,
        contentLandingPage=options.landing_page,
        contentCallToActionLabel=options.call_to_action,
        container=options.container,
    )
    dumped: JsonValue = body.model_dump(mode="json", exclude_none=True)
    return dumped


def carried(post: Post) -> frozenset[str]:
    """Name what a post carries besides its text: `image`, `video`, `document`, `article`, `poll`, `reference`."""
    options = post.options_for(LinkedInOptions) or _PLAIN
    others = {"article": post.link, "poll": post.poll, "reference": options.reference}
    return frozenset([*(one.kind for one in post.media), *(name for name, one in others.items() if one is not None)])


def poll_question(post: Post, poll: Poll) -> str:
    """Give a poll's question; where it has none of its own, the post's text stands for it."""
    return poll.question or post.text


def _content(post: Post, options: LinkedInOptions, media: Sequence[str], thumbnail: str | None) -> Content | None:
    carried = tuple(_media(urn, one) for urn, one in zip(media, post.media, strict=True))
    if len(carried) == 1:
        return Content(media=carried[0])
    if carried:
        return Content(multiImage=MultiImage(images=carried))
    if post.link is not None:
        return Content(article=_article(post.link, thumbnail))
    if post.poll is not None:
        return Content(poll=_poll(post, post.poll, options))
    return None if options.reference is None else Content(reference=Reference(id=options.reference))


def _media(urn: str, media: Image | Video | Document) -> MediaContent:
    if isinstance(media, Image):
        return MediaContent(id=urn, altText=media.alt)
    return MediaContent(id=urn, title=media.title)


def _poll(post: Post, poll: Poll, options: LinkedInOptions) -> PollContent:
    return PollContent(
        question=poll_question(post, poll),
        options=tuple(PollOption(text=one) for one in poll.options),
        settings=PollSettings(
            duration=limits.POLL_LASTS[poll.lasts.days], isVoterVisibleToAuthor=options.voters_visible
        ),
    )


def _article(link: Link, thumbnail: str | None) -> Article:
    return Article(
        source=link.url,
        title=link.title or link.url,
        description=link.description,
        thumbnail=thumbnail,
        thumbnailAltText=link.image.alt if link.image is not None else None,
    )
