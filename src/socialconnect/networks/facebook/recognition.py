"""What a post reads back as: whether one that was read is what a post would have become, and whether it is listed."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.media import Video
from socialconnect.networks.facebook.content import Kind, kind_of, options_told, text_beside_media
from socialconnect.networks.facebook.wire import Attachment, Attachments
from socialconnect.post import Post, PublishedPost

__all__ = ["as_read", "is_listed"]

_LISTED = frozenset({Kind.FEED, Kind.PHOTO, Kind.PHOTOS})
"""What is on the list as soon as it is live: a story has a list of its own, and a film must be processed first."""

_LISTED_OTHERWISE = frozenset({"backdated_time", "child_attachments"})
"""Options with which a post may be older than what is looked at, or of a shape that nobody documents."""


def is_listed(post: Post) -> bool:
    """Whether the page's posts hold such a post as soon as it is live, so that its absence says something."""
    return kind_of(post) in _LISTED and not _LISTED_OTHERWISE & set(options_told(post))


def as_read(post: Post, found: PublishedPost) -> tuple[Post, PublishedPost] | None:
    """
    Give a post and one that was read in a form in which text and number of media may be compared.

    `None` where they are clearly of different kinds: a story is no post, and a photo is no film, whatever they say.
    """
    shown = {one.media_type for one in _leaves(Attachments.model_validate(found.data.get("attachments") or {}))}
    if kind_of(post) in (Kind.PHOTO_STORY, Kind.VIDEO_STORY):
        return None
    if not post.media:
        # A linked film reads back like one that was uploaded: what a preview shows is no file of the post's.
        preview = shown == {"video"} and (post.link is not None or "://" in post.text)
        return post, found.model_copy(update={"media_count": 0}) if preview else found
    if shown == {"photo" if isinstance(post.media[0], Video) else "video"}:
        return None
    return post.with_changes(text=text_beside_media(post)), found


def _leaves(attachments: Attachments) -> Iterator[Attachment]:
    for one in attachments.data:
        if one.subattachments is not None and one.subattachments.data:
            yield from _leaves(one.subattachments)
        else:
            yield one
