"""What a post reads back as: whether one that was read is what a post would have become, and whether it is listed."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.adapter import DoneSteps, Seen
from socialconnect.media import Video
from socialconnect.networks.facebook import reels, videos
from socialconnect.networks.facebook.content import Kind, kind_of, options_told, text_beside_media
from socialconnect.networks.facebook.wire import Attachment, Attachments, VideoNode, VideoStatus
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.post import Post, PublishedPost

__all__ = ["as_read", "is_listed", "look_for_film"]

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


# ── a film by its own id ──────────────────────────────────────────────────────────────────────────────────────────────


async def look_for_film(adapter: GraphAdapter, post: Post, done: DoneSteps) -> Seen | None:
    """
    Look whether an uploaded film is out, by its own id, which was on record before it was published.

    `None` for what has no such id: a post, a story, and a film that Facebook fetches itself. That the film is not out
    is certain only where nothing of it is under way any more; it is published by its id alone, so once.
    https://developers.facebook.com/docs/video-api/guides/reels-publishing/, read on 2026-11-24.
    """
    kind = kind_of(post)
    if kind not in (Kind.VIDEO, Kind.REEL):
        return None
    video_id = await (videos.uploaded(done) if kind is Kind.VIDEO else reels.uploaded(done))
    if video_id is None:
        return None
    fields = {"fields": "status,published,post_id"}
    found = await adapter.get(video_id, query=fields, model=VideoNode)
    phase = found.status.publishing_phase
    if phase.status == "complete" and found.published is not False and phase.publish_status in (None, "published"):
        post_id = f"{adapter.account}_{video_id}" if kind is Kind.VIDEO else found.post_id or video_id
        told = {"text": text_beside_media(post), "media_count": 1, "data": {"video": video_id}}
        fields = {"network": adapter.network, "account": adapter.account, "id": post_id}
        return Seen(PublishedPost.model_validate({**fields, **told}))
    if found.status.video_status in ("error", "expired"):
        return Seen(whole=True)
    return Seen(whole=_is_untouched(found.status) and not found.published, pending=not _is_untouched(found.status))


def _is_untouched(status: VideoStatus) -> bool:
    """Whether a video waits to be published, and is not on its way."""
    at_rest = status.processing_phase.status != "in_progress"
    return at_rest and status.publishing_phase.status == "not_started"
