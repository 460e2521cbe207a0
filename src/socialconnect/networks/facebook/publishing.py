"""From a post to what the page shows: each kind of post in its own way, seen at once, later, or kept as a draft."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.journal import Journal, post_id_of
from socialconnect.media import MediaFile, Video
from socialconnect.networks.facebook import reels, stories, videos
from socialconnect.networks.facebook.content import (
    Kind,
    Release,
    beside_photos,
    by_itself,
    kind_of,
    of_reel,
    of_video,
)
from socialconnect.networks.facebook.photos import photo_request, upload_photo
from socialconnect.networks.facebook.wire import PagePost, Photo
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.post import Post
from socialconnect.transport.request import Effect

__all__ = ["FIRST_COMMENT", "comment_on", "release"]

FIRST_COMMENT = "first comment"
"""The visible step that makes the first comment."""


async def release(adapter: GraphAdapter, post: Post, journal: Journal, how: Release) -> JsonValue:
    """
    Make a post, and give what it has become: its `id`, and what else the network told.

    Raises:
        UnsupportedFeature: The network keeps no draft, or no plan, of this kind.
    """
    kind = kind_of(post)
    if kind in (Kind.PHOTO_STORY, Kind.VIDEO_STORY) and not how.now:
        raise adapter.unsupported(f"{how.step} of a story", "keep it in an outbox, which publishes it at its time")
    match kind:
        case Kind.VIDEO:
            return await _video(adapter, post, journal, how)
        case Kind.REEL:
            video_id = await reels.prepare(adapter, "video_reels", _film(adapter, post), journal)
            told = {**of_reel(post), **how.of_reel}
            return await journal.visible(how.step, lambda: reels.finish_reel(adapter, video_id, told))
        case Kind.VIDEO_STORY:
            video_id = await reels.prepare(adapter, "video_stories", _film(adapter, post), journal)
            return await journal.visible(how.step, lambda: stories.publish_video_story(adapter, video_id))
        case Kind.PHOTO_STORY:
            photo = await upload_photo(adapter, _first(adapter, post), journal, "photo[0]")
            return await journal.visible(how.step, lambda: stories.publish_photo_story(adapter, photo))
        case Kind.PHOTO if how.now:
            return await _photo(adapter, post, journal)
        case _:
            return await _feed(adapter, post, journal, how)


async def _photo(adapter: GraphAdapter, post: Post, journal: Journal) -> JsonValue:
    # Read before the intent is written: a file that cannot be read must not look like a post that may be live.
    request = await photo_request(adapter, post.media[0], beside_photos(post), Effect.VISIBLE)

    async def act() -> JsonValue:
        done = await adapter.wire.call(request, lambda response: response.into(Photo))
        return {"id": done.post_id, "photo": done.id}

    return await journal.visible("publish", act)


async def _feed(adapter: GraphAdapter, post: Post, journal: Journal, how: Release) -> JsonValue:
    photos: list[JsonValue] = []
    for index, media in enumerate(post.media):
        step = f"photo[{index}]"
        photos.append({"media_fbid": await upload_photo(adapter, media, journal, step, temporary=not how.now)})
    said = {**beside_photos(post), "attached_media": photos} if photos else by_itself(post)

    async def act() -> JsonValue:
        # The fields asked for come back instead of the id alone, which saves reading the post for its address.
        fields = {"fields": "id,permalink_url"} if how.now else None
        body = {**said, **how.of_feed}
        done = await adapter.post(
            adapter.account, "feed", body=body, effect=Effect.VISIBLE, model=PagePost, query=fields
        )
        return {"id": done.id, "url": done.permalink_url}

    return await journal.visible(how.step, act)


async def _video(adapter: GraphAdapter, post: Post, journal: Journal, how: Release) -> JsonValue:
    if how.step == "draft":
        raise adapter.unsupported("draft of a video", "draft it with format='reel', or keep it in an outbox")
    video = _film(adapter, post)
    told = {**of_video(post), **how.of_video}
    if video.url is not None:
        url = video.url
        return await journal.visible(how.step, lambda: videos.fetch_video(adapter, url, told))
    upload = await videos.upload_video(adapter, video, journal)
    return await journal.visible(how.step, lambda: videos.finish_video(adapter, upload, told))


async def comment_on(adapter: GraphAdapter, made: JsonValue, text: str, journal: Journal) -> JsonValue:
    """Comment below what a post has become, as the page; below a video once it is out."""
    post_id = post_id_of(made)
    video = made.get("video") if isinstance(made, dict) else None
    if isinstance(video, str):

        async def wait() -> JsonValue:
            await reels.until_out(adapter, video)
            return True

        await journal.step(f"out {video}", wait)

    async def act() -> JsonValue:
        body: dict[str, JsonValue] = {"message": text}
        done = await adapter.post(post_id, "comments", body=body, effect=Effect.VISIBLE, model=PagePost)
        return done.id

    return await journal.visible(FIRST_COMMENT, act)


def _first(adapter: GraphAdapter, post: Post) -> MediaFile:
    if len(post.media) != 1:
        raise adapter.unsupported("story or reel without exactly one file", "give one photo or video")
    return post.media[0]


def _film(adapter: GraphAdapter, post: Post) -> Video:
    first = _first(adapter, post)
    if not isinstance(first, Video):
        raise adapter.unsupported("reel of a photo", "give one video")
    return first
