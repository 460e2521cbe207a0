"""
Changing, publishing and deleting what is there.

See https://developers.facebook.com/docs/pages-api/posts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.comments import require_engagement
from socialconnect.testing.emulators.facebook.nodes import FacebookPost, Video
from socialconnect.testing.emulators.facebook.publishing import attached_photos, check_message, earlier_time, kept_of
from socialconnect.testing.emulators.facebook.schema import EDIT, EDIT_GAPS, VIDEO_EDIT, VIDEO_EDIT_GAPS
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.visibility import require_publish, schedule_time
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing

__all__ = ["delete_photo", "delete_post", "delete_video", "edit_post", "edit_video", "like_post"]

FROZEN = timedelta(minutes=3)
"""How long before its time a scheduled post can no longer be moved."""


def edit_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Change a post's text, move its time, or publish it now."""
    post = state.post(post_id, call)
    require_publish(call)
    call.parameters.check(EDIT, gaps=EDIT_GAPS)
    if not post.by_app:
        # Documented: an app can update what it made. The code is not.
        raise GraphError(200, "(#200) This post was not created by the app: it cannot be changed", status=403)
    if "message" in call.parameters:
        check_message(call.parameters.text("message"))
    earlier = earlier_time(call)
    if "attached_media" in call.parameters:
        _replace_photos(state, call, post)
    if "scheduled_publish_time" in call.parameters:
        _reschedule(post, call)
    if "message" in call.parameters:
        post.message = call.parameters.text("message")
    post.backdated_to = earlier or post.backdated_to
    if call.parameters.flag("is_published", False):
        _publish_now(post, call.now)
    post.hidden = call.parameters.flag("is_hidden", post.hidden)
    post.kept |= kept_of(call)
    post.updated_at = call.now
    return {"success": True}


def _publish_now(post: FacebookPost, now: datetime) -> None:
    if not post.is_live(now):
        post.live_at, post.scheduled, post.content_type = now, False, None


def _replace_photos(state: FacebookState, call: Call, post: FacebookPost) -> None:
    held = {one: state.photos[one] for one in post.photos}
    for photo in held.values():
        photo.post = None  # those that stay are attached again
    try:
        post.photos = attached_photos(state, call, post.page)
    finally:
        for id_ in post.photos:
            state.photos[id_].post = post.id


def _reschedule(post: FacebookPost, call: Call) -> None:
    if post.is_live(call.now):
        raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
    if post.live_at is not None and post.live_at - call.now < FROZEN:
        raise GraphError(100, "(#100) The post is about to be published: its time can no longer be changed")
    post.live_at, post.scheduled, post.content_type = schedule_time(call), True, "SCHEDULED"


def delete_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Delete a post, or take back a scheduled one."""
    post = state.post(post_id, call)
    require_publish(call)
    call.parameters.check({})
    state.remove(post)
    return {"success": True}


def delete_photo(state: FacebookState, call: Call, photo_id: str) -> JsonValue:
    """Delete a photo, with its post if it shows nothing else."""
    photo = state.photo(photo_id, call.now)
    if photo is None:
        raise missing(photo_id, call.method)
    state.page(photo.page, call)
    require_publish(call)
    call.parameters.check({})
    post = state.posts.get(photo.post or "")
    if post is not None and post.photos == (photo.id,):
        state.remove(post)
    elif post is not None:
        post.photos = tuple(one for one in post.photos if one != photo.id)
    del state.photos[photo.id]
    return {"success": True}


def edit_video(state: FacebookState, call: Call, video: Video) -> JsonValue:
    """Change a video's title or text, move its time, or publish it now."""
    require_publish(call)
    call.parameters.check(VIDEO_EDIT, gaps=VIDEO_EDIT_GAPS)
    post = state.posts.get(video.post or "")
    if post is None and {"published", "scheduled_publish_time", "backdated_time"} & set(call.parameters):
        raise missing(video.id, call.method)
    earlier = earlier_time(call)
    video.title = call.parameters.text("name") or call.parameters.text("title") or video.title
    if "description" in call.parameters:
        check_message(call.parameters.text("description"))
        video.description = call.parameters.text("description")
    if post is not None:
        post.message = video.description
        if "scheduled_publish_time" in call.parameters:
            _reschedule(post, call)
        post.backdated_to = earlier or post.backdated_to
        if call.parameters.flag("published", False):
            _publish_now(post, call.now)
    video.kept |= kept_of(call)
    video.updated_at = call.now
    return {"success": True}


def delete_video(state: FacebookState, call: Call, video: Video) -> JsonValue:
    """Delete a video with its post."""
    require_publish(call)
    call.parameters.check({})
    post = state.posts.get(video.post or "")
    if post is not None:
        state.remove(post)
    state.videos.pop(video.id, None)
    state.stories = {id_: one for id_, one in state.stories.items() if one.media != video.id}
    return {"success": True}


def like_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Like a post as the Page, or take the like back."""
    post = state.post_of(post_id, call)
    require_engagement(call)
    call.parameters.check({}, gaps=("attribution_id_v2", "feedback_source", "nectar_module", "notify", "tracking"))
    post.liked = call.method == "POST"
    return {"success": True}
