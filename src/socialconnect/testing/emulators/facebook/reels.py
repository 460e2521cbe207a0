"""
Reels and video stories: a start, the bytes at the upload host, a finish.

See https://developers.facebook.com/docs/video-api/guides/reels-publishing/ and
https://developers.facebook.com/docs/page-stories-api.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, json_response
from socialconnect.testing.emulators.facebook.nodes import Story, Video
from socialconnect.testing.emulators.facebook.publishing import check_message, kept_of
from socialconnect.testing.emulators.facebook.schema import REEL
from socialconnect.testing.emulators.facebook.state import DAY, FacebookState
from socialconnect.testing.emulators.facebook.uploads import complete, refuse_failed
from socialconnect.testing.emulators.facebook.videos import show
from socialconnect.testing.emulators.facebook.visibility import (
    LATEST,
    Visibility,
    require_publish,
    schedule_time,
)
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.rupload import UploadRefused, inner_message, receive, upload_address
from socialconnect.testing.emulators.graph.tokens import Tokens, header_token
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_video_upload", "publish_in_phases"]

EDGE = "video-upload"
LATEST_REEL = timedelta(days=29)
"""How far ahead a reel can be scheduled, which is a day less than other posts."""

Phased = Literal["reel", "story"]


def publish_in_phases(state: FacebookState, call: Call, page_id: str, kind: Phased) -> JsonValue:
    """Begin or finish a reel or a video story."""
    page = state.page(page_id, call)
    require_publish(call)
    call.parameters.check(REEL)
    match call.parameters.text("upload_phase"):
        case "start":
            video = state.add_video(page.id, kind, call.now)
            return {"video_id": video.id, "upload_url": upload_address(call.request, EDGE, call.version, video.id)}
        case "finish":
            return _finish(state, call, page, kind)
        case _:
            raise GraphError(100, "(#100) The parameter upload_phase is required")


def _finish(state: FacebookState, call: Call, page: EmulatedAccount, kind: Phased) -> JsonValue:
    if "video_id" not in call.parameters:
        raise GraphError(100, "(#100) The parameter video_id is required")
    video = state.video(call.parameters.text("video_id"), call, kind)
    if video.page != page.id:
        raise GraphError(100, f"(#100) Invalid video_id: {video.id} is no video of this Page")
    if video.finished:
        # How a second finish is refused is not documented; that no second post comes of it is what counts.
        raise GraphError(100, f"(#100) Invalid video_id: {video.id} was published already")
    check_message(call.parameters.text("description"))
    when = _when(call, kind)
    if video.status(call.now, state.settings.upload_life) == "expired" or video.uploaded_at is None:
        raise graph_error(6000, 1363019)
    refuse_failed(video, call.now)
    if kind == "reel" and when.content_type is None:
        _count(state, page.id, call.now)
    video.title, video.description = call.parameters.text("title"), call.parameters.text("description")
    video.kept, video.finished = kept_of(call), True
    if kind == "story":
        return {"success": True, "post_id": _add_story(state, video, call.now).id}
    show(state, video, call, when)
    # That the post's id comes too was seen, and is not documented.
    return {"success": True, "post_id": video.post}


def _when(call: Call, kind: Phased) -> Visibility:
    """Read the state that a video is to have; a story may leave it out, for its guide names none."""
    told = call.parameters.text("video_state", "PUBLISHED" if kind == "story" else "")
    if kind == "story" and told != "PUBLISHED":
        raise Gap(f"a story with video_state {told}")
    at = schedule_time(call, LATEST_REEL if kind == "reel" else LATEST)
    if (told == "SCHEDULED") != (at is not None):
        raise GraphError(100, "(#100) The specified scheduled publish time is invalid")
    match told:
        case "PUBLISHED":
            return Visibility(call.now)
        case "SCHEDULED":
            return Visibility(at, scheduled=True, content_type="SCHEDULED")
        case "DRAFT":
            return Visibility(None, content_type="DRAFT")
        case _:
            raise GraphError(100, "(#100) The parameter video_state is required")


def _count(state: FacebookState, page: str, now: datetime) -> None:
    """Count a reel for the day's quota; with what code its end is told is not documented."""
    if state.reels_since(page, now - DAY) >= state.settings.reels_a_day:
        raise graph_error(613)
    state.reels.append((page, now))


def _add_story(state: FacebookState, video: Video, now: datetime) -> Story:
    story = Story(state.number("story"), video.page, video.id, now, video)
    state.stories[story.id] = story
    video.post = story.id
    return story


# ── the bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def answer_video_upload(
    state: FacebookState, request: EmulatedRequest, tokens: Tokens, now: datetime
) -> Response | None:
    """
    Take the bytes of a reel or a video story, or its address; `None` for a request that brings none.

    Raises:
        GraphError: The token is wrong.
        UploadRefused: The upload host refuses.
        Dropped: The connection was to break.
    """
    segments = [one for one in unquote(request.path).split("/") if one]
    if segments[:1] != [EDGE] or len(segments) not in (2, 3):
        return None
    if request.method != "POST":
        raise Gap()
    # Only the word `OAuth` is documented here; `Bearer` uploads nothing.
    if not request.headers.get("authorization", "OAuth ").lower().startswith("oauth "):
        raise UploadRefused("ProcessingFailedError", inner_message("unauthorized user request"))
    token = tokens.valid(header_token(request), now)
    video = state.videos.get(segments[-1])
    if video is None or video.kind == "video" or video.page not in token.targets or token.kind != "PAGE":
        raise UploadRefused("ProcessingFailedError")
    if video.finished or video.uploaded_at is not None:
        raise UploadRefused("OffsetInvalidError")
    if video.status(now, state.settings.upload_life) == "expired":
        raise UploadRefused("ProcessingFailedError", "The upload session has expired")
    hosted = receive(request, video.file, cut=state.settings.taken_cut())
    if hosted is not None:
        if not state.settings.can_fetch(hosted.url):
            raise UploadRefused("ProcessingFailedError")
        video.source = hosted.url
    complete(state, video, now)
    return json_response(200, {"success": True})
