"""
Changing, publishing and deleting what is there.

See https://developers.facebook.com/docs/pages-api/posts.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.publishing import LONGEST_MESSAGE, PUBLISH_PERMISSIONS, schedule_time
from socialconnect.testing.emulators.facebook.state import FacebookPost, FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError

__all__ = ["delete_post", "edit_post"]

FROZEN = timedelta(minutes=3)
"""How long before its time a scheduled post can no longer be moved."""


def edit_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Change a post's text, move its time, or publish it now."""
    post = state.post(post_id, call)
    call.token.require(*PUBLISH_PERMISSIONS)
    call.parameters.only("message", "scheduled_publish_time", "is_published")
    if "scheduled_publish_time" in call.parameters:
        _reschedule(post, call)
    if "message" in call.parameters:
        message = call.parameters.text("message")
        if len(message) > LONGEST_MESSAGE:
            raise GraphError(100, f"(#100) Param message must be no longer than {LONGEST_MESSAGE} characters")
        post.message = message
    if call.parameters.flag("is_published", False) and not post.is_live(call.now):
        post.live_at, post.scheduled = call.now, False
    post.updated_at = call.now
    return {"success": True}


def _reschedule(post: FacebookPost, call: Call) -> None:
    if post.is_live(call.now):
        raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
    if post.live_at is not None and post.live_at - call.now < FROZEN:
        raise GraphError(100, "(#100) The post is about to be published: its time can no longer be changed")
    post.live_at, post.scheduled, post.content_type = schedule_time(call), True, "SCHEDULED"


def delete_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Delete a post, or take back a scheduled one."""
    post = state.post(post_id, call)
    call.token.require(*PUBLISH_PERMISSIONS)
    call.parameters.only()
    del state.posts[post.id]
    return {"success": True}
