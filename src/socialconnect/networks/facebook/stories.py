"""
Stories of a page: a photo or a video, gone after a day.

https://developers.facebook.com/docs/page-stories-api
"""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.errors import OutcomeUnknown, SocialConnectError
from socialconnect.networks.facebook.reels import finish
from socialconnect.networks.facebook.wire import Finished, Stories, Story
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.transport.request import Effect, Request

__all__ = ["publish_photo_story", "publish_video_story", "stories"]


async def publish_photo_story(adapter: GraphAdapter, photo: str) -> JsonValue:
    """Make a story of an uploaded photo."""
    address = adapter.address(adapter.account, "photo_stories")
    request = Request("POST", address, Effect.VISIBLE, json={"photo_id": photo})
    try:
        done = await adapter.wire.call(request, lambda response: response.into(Finished).confirmed())
    except OutcomeUnknown:
        found = await _found(adapter, photo)
        if found is None:
            raise
        done = found
    return {"id": done.post_id or photo, "photo": photo}


async def publish_video_story(adapter: GraphAdapter, video: str) -> JsonValue:
    """Make a story of an uploaded video."""
    try:
        done = await finish(adapter, "video_stories", {"video_id": video})
    except OutcomeUnknown:
        found = await _found(adapter, video)
        if found is None:
            raise
        done = found
    return {"id": done.post_id or video, "video": video}


async def _found(adapter: GraphAdapter, media: str) -> Finished | None:
    """Look for the story of this very upload; that it is not on the list says nothing."""
    try:
        listed = await stories(adapter)
    except SocialConnectError:
        return None
    return next((Finished(post_id=one.post_id) for one in listed if one.media_id == media), None)


async def stories(adapter: GraphAdapter) -> tuple[Story, ...]:
    """Give the page's stories that are on view."""
    return (await adapter.get(adapter.account, "stories", query={"status": "PUBLISHED"}, model=Stories)).data
