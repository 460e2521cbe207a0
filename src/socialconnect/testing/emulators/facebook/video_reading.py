"""
Videos, reels and their states on the way out.

See https://developers.facebook.com/docs/graph-api/reference/video and, for the status,
https://developers.facebook.com/docs/video-api/guides/reels-publishing/.
"""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.nodes import FacebookPost, Story, Video, VideoKind, VideoStatus
from socialconnect.testing.emulators.facebook.people import shown_comments, shown_likes
from socialconnect.testing.emulators.facebook.schema import LISTING, NODE
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.times import graph_time
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.refused import Gap

__all__ = ["list_reels", "list_videos", "read_video", "shown_video"]

_GAPS = words("""
    ad_breaks admin_creator audio_isrc backdated_time_granularity boost_eligibility_info copyright
    copyright_check_information copyright_monitoring_status embed_html event expiration format icon is_crosspost_video
    is_crossposting_eligible is_episode is_instagram_eligible is_reference_only live_audience_count live_status
    music_video_copyright picture place post_views premiere_living_room_status replace_audio_status
    selected_audio_spec spherical thumbnails captions tags sponsor_tags poll_settings polls
    """)
"""Fields that a video has on Graph and not here."""


def list_videos(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """List a Page's published videos, newest first; reels are among them, as they have been since 2025."""
    call.parameters.check({**LISTING, "type": "{tagged,uploaded}"})
    if call.parameters.text("type", "uploaded") != "uploaded":
        raise Gap("videos of that type")
    return _listed(state, call, page_id, ("video", "reel"))


def list_reels(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """List a Page's published reels, newest first."""
    call.parameters.check(LISTING)
    since, until = call.parameters.moment("since"), call.parameters.moment("until")
    if since is not None and until is not None and until <= since:
        raise GraphError(100, "(#100) Param until must be after since")
    return _listed(state, call, page_id, ("reel",))


def _listed(state: FacebookState, call: Call, page_id: str, kinds: tuple[VideoKind, ...]) -> JsonValue:
    page = state.page(page_id, call)
    call.token.require("pages_read_engagement", code=10)
    posts = {
        one.video: one for one in state.live(page.id, call.now) if state.readable(one.went_live(call.now), call.now)
    }
    found = [one for one in state.videos.values() if one.kind in kinds and one.id in posts]
    listed = within(found, lambda one: posts[one.id].created_time(call.now), call)
    ordered = sorted(listed, key=lambda one: posts[one.id].place(call.now), reverse=True)
    fields = call.fields("description", "updated_time", "id")
    return page_of(
        ordered, lambda one: posts[one.id].place(call.now), lambda one: shown_video(state, one, call, fields), call
    )


def read_video(state: FacebookState, call: Call, video: Video) -> JsonValue:
    """Give one video, from the start of its upload on; that it is out is told after the lag, as of other posts."""
    state.video(video.id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check(NODE)
    return shown_video(state, video, call, call.fields("description", "updated_time", "id"))


def shown_video(state: FacebookState, video: Video, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    """Show a video: the fields that are asked for and have a value."""
    now = call.now
    post, story = state.posts.get(video.post or ""), state.stories.get(video.post or "")
    shown = post or story
    live = shown is not None and _is_out(state, shown, call)
    performance = (shown or FacebookPost("", 0, "", "", None, (), now, None)).performance
    readers: Readers = {
        "id": lambda _: video.id,
        "title": lambda _: video.title or None,
        "description": lambda _: video.description or None,
        "created_time": lambda _: graph_time(post.created_time(now) if post else video.created_at),
        "updated_time": lambda _: graph_time(video.updated_at or video.created_at),
        "backdated_time": lambda _: graph_time(post.backdated_to) if post and post.backdated_to else None,
        "from": lambda _: {"name": state.pages[video.page].name, "id": video.page},
        "length": lambda _: video.file.facts.seconds if video.is_ready(now) else None,
        "permalink_url": lambda _: f"https://www.facebook.com/reel/{video.id}",
        "post_id": lambda _: video.post if live or shown is None or not shown.is_live(now) else None,
        "published": lambda _: live,
        "scheduled_publish_time": lambda _: _due(post, call),
        "source": lambda _: (
            video.source or f"https://video.example.com/{video.id}.mp4" if video.is_ready(now) else None
        ),
        "status": lambda _: _status(state, video, call, post, story),
        "views": lambda _: performance.video_views if live else 0,
        "privacy": lambda _: {"value": "EVERYONE"},
        "content_category": lambda _: video.kept.get("content_category"),
        "content_tags": lambda _: video.kept.get("content_tags"),
        "custom_labels": lambda _: video.kept.get("custom_labels"),
        "embeddable": lambda _: video.kept.get("embeddable", True),
        "universal_video_id": lambda _: video.kept.get("universal_video_id"),
        "video_insights": lambda one: call.expanded(video.id, one),
        "comments": lambda one: shown_comments(state, post, call, one) if post else None,
        "likes": lambda one: shown_likes(post, one) if post else None,
    }
    return pick(fields, readers, node="Video", gaps=_GAPS)


def _due(post: FacebookPost | None, call: Call) -> JsonValue:
    waiting = post is not None and post.scheduled and not post.is_live(call.now)
    return graph_time(post.live_at) if waiting and post is not None and post.live_at is not None else None


# ── the status ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _status(
    state: FacebookState, video: Video, call: Call, post: FacebookPost | None, story: Story | None
) -> dict[str, JsonValue]:
    """Give the three phases and what they come to, in the spelling that is set."""
    overall = video.status(call.now, state.settings.upload_life)
    phase: dict[str, JsonValue] = {"status": _processing(video, call, overall)}
    failure = video.failure
    if failure is not None and (video.has_failed(call.now) or (failure.early and video.uploaded_at is not None)):
        told: dict[str, JsonValue] = {"message": failure.message}
        if state.settings.status_spelling != "schema":
            phase["error"] = told
        if state.settings.status_spelling != "guide":
            phase["errors"] = [{"code": failure.subcode or failure.code, **told}]
    return {
        "video_status": overall,
        "uploading_phase": _uploading(state, video),
        "processing_phase": phase,
        "publishing_phase": _publishing(state, video, call, post, story),
    }


def _processing(video: Video, call: Call, overall: VideoStatus) -> str:
    if video.has_failed(call.now):
        return "error"
    if video.is_ready(call.now):
        return "complete"
    early = video.failure is not None and video.failure.early
    return "in_progress" if overall == "processing" and not early else "not_started"


def _uploading(state: FacebookState, video: Video) -> dict[str, JsonValue]:
    came, size = video.file.received, video.file.announced
    done = video.uploaded_at is not None
    phase: dict[str, JsonValue] = {"status": "complete" if done else "in_progress" if came else "not_started"}
    if state.settings.status_spelling != "schema":
        phase["bytes_transfered"] = came  # the guide's own spelling
    if state.settings.status_spelling != "guide":
        phase["bytes_transferred"] = came
    if size is not None:
        phase["source_file_size"] = size
    return phase


def _is_out(state: FacebookState, shown: FacebookPost | Story, call: Call) -> bool:
    return shown.is_live(call.now) and state.readable(shown.went_live(call.now), call.now)


def _publishing(
    state: FacebookState, video: Video, call: Call, post: FacebookPost | None, story: Story | None
) -> dict[str, JsonValue]:
    shown = post or story
    if shown is None:
        return {"status": "not_started"}
    if video.has_failed(call.now):
        return {"status": "error", "publish_status": "error"}
    if _is_out(state, shown, call):
        at = int(shown.went_live(call.now).timestamp())
        return {"status": "complete", "publish_status": "published", "publish_time": at}
    if post is not None and post.scheduled and post.live_at is not None:
        told: dict[str, JsonValue] = {"status": "not_started", "publish_status": "scheduled"}
        return {**told, "publish_time": int(post.live_at.timestamp())}
    if post is not None and post.live_at is None:
        return {"status": "not_started", "publish_status": "draft"}
    return {"status": "in_progress"}
