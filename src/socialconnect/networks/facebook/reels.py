"""
Reels, and the videos of stories: started, sent to the upload host, processed, and only then made visible.

https://developers.facebook.com/docs/video-api/guides/reels-publishing/
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from socialconnect.adapter import DoneSteps
from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    OutcomeUnknown,
    SocialConnectError,
    ValidationError,
)
from socialconnect.journal import Journal
from socialconnect.media import Video
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.errors import RULES
from socialconnect.networks.facebook.wire import Finished, ReelSession, UploadPhase, VideoNode, VideoStatus
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.upload import fetch_from, send_file
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.request import Effect, Request

__all__ = ["finish", "finish_reel", "prepare", "released", "until_out", "uploaded"]

_EDGE = "video_reels"

_FAILED = Rule(MediaRejected, hint="Convert the video to what a reel takes, and publish again.")


class _Lost(MediaRejected):
    """This upload will not do any more, and another may."""


_SPOILT = "ProcessingFailedError"
"""What the upload host says where only another session helps."""


async def prepare(adapter: GraphAdapter, edge: str, video: Video, journal: Journal) -> str:
    """
    Upload a video for an edge and wait until it can be made visible; gives its id.

    Raises:
        MediaNotReady: Facebook is still processing it.
        MediaRejected: Facebook could not process it.
    """
    wrong = [one for one in video.problems("media[0]") if one.severity == "error"]
    if wrong:  # a draft is not validated before, and the file may have gone since
        raise ValidationError(wrong)
    for attempt in range(1, limits.SESSIONS):
        try:
            return await _session(adapter, edge, video, journal, attempt)
        except _Lost:
            continue  # begin another
    return await _session(adapter, edge, video, journal, limits.SESSIONS)


async def uploaded(done: DoneSteps) -> str | None:
    """Give the id of the reel that is ready to be made visible, by what is on record; if there is one."""
    for attempt in range(limits.SESSIONS, 0, -1):
        begun = await done.recorded(f"{_EDGE} start {attempt}")
        video_id = None if begun is None else ReelSession.model_validate(begun[0]).video_id
        if video_id is not None and await done.recorded(f"{_EDGE} ready {video_id}") is not None:
            return video_id
    return None


async def _session(adapter: GraphAdapter, edge: str, video: Video, journal: Journal, attempt: int) -> str:
    fresh = False

    async def start() -> JsonValue:
        nonlocal fresh
        fresh = True
        told: dict[str, JsonValue] = {"upload_phase": "start"}
        done = await adapter.post(adapter.account, edge, body=told, effect=Effect.PREPARE, model=ReelSession)
        return done.model_dump(mode="json")

    begun = await journal.step(f"{edge} start {attempt}", start, lives=limits.UPLOAD_LIVES)
    session = ReelSession.model_validate(begun)
    video_id = session.video_id

    async def upload() -> JsonValue:
        await _upload(adapter, session, video, look_first=not fresh)
        return True

    async def wait() -> JsonValue:
        await _until_ready(adapter, video_id)
        return True

    try:
        await journal.step(f"{edge} upload {video_id}", upload, lives=limits.UPLOAD_LIVES)
        # A step: once the answer is on disk, an attempt that only has to read it does not wait again.
        await journal.step(f"{edge} ready {video_id}", wait, lives=limits.UPLOAD_LIVES)
    except MediaRejected as error:
        if isinstance(error, _Lost) or (fresh and error.code != _SPOILT):
            raise
        # One of an earlier attempt that failed since then may have been at fault itself.
        raise _Lost(error.message, code=error.code, status=error.status, hint=error.hint) from error
    return video_id


async def _upload(adapter: GraphAdapter, session: ReelSession, video: Video, *, look_first: bool) -> None:
    async def phase() -> UploadPhase:
        return (await _status(adapter, session.video_id)).uploading_phase

    async def received() -> int | None:
        found = await phase()
        return None if found.status == "complete" else found.bytes_received or 0

    async def taken() -> bool:
        return (await phase()).status in ("in_progress", "complete")

    if video.url is not None:
        await fetch_from(adapter, session.upload_url, video.url, taken, look_first=look_first)
    else:
        await send_file(adapter, session.upload_url, video, received, look_first=look_first)


async def _status(adapter: GraphAdapter, video_id: str) -> VideoStatus:
    """
    Read how far a video is.

    Raises:
        MediaRejected: It failed, or the network no longer keeps it.
    """
    status = (await adapter.get(video_id, query={"fields": "status"}, model=VideoNode)).status
    if status.video_status == "expired":
        raise _Lost("Facebook no longer keeps the upload.", hint="Publish again: it is uploaded anew.")
    fault = next(status.faults, None)
    if fault is not None or status.video_status == "error":
        code = None if fault is None or fault.code is None else str(fault.code)
        message = (fault.message if fault else "") or "Facebook could not process the video."
        error = to_error(Refusal(status=200, code=code, subcode=code, message=message), (*RULES, _FAILED), answer="")
        raise error if code else MediaRejected(message, hint=_FAILED.hint)
    return status


async def _until_ready(adapter: GraphAdapter, video_id: str) -> None:
    waited, wait = 0.0, limits.FIRST_WAIT
    while True:
        status = await _status(adapter, video_id)
        there = status.uploading_phase.status == "complete" or status.video_status in ("upload_complete", "ready")
        # Processing that has not begun begins with the finish; one that is under way is waited for, since it may fail.
        if there and status.processing_phase.status != "in_progress":
            return
        if waited >= limits.READY_WITHIN:
            raise MediaNotReady(
                f"Facebook has not processed the video after {waited:.0f} seconds ({status.video_status}).",
                retry_after=limits.LONGEST_WAIT,
                hint="Nothing was posted. Publish again later, with the same progress: it is not uploaded again.",
            )
        await adapter.wire.sleep(wait)
        waited, wait = waited + wait, min(2 * wait, limits.LONGEST_WAIT)


async def until_out(adapter: GraphAdapter, video_id: str) -> None:
    """
    Wait until a video that was published is out: before that there is nothing to comment on.

    Raises:
        MediaNotReady: Facebook is still processing it.
        MediaRejected: Facebook could not process it.
    """
    waited, wait = 0.0, limits.FIRST_WAIT
    while (await _status(adapter, video_id)).publishing_phase.status != "complete":
        if waited >= limits.READY_WITHIN:
            raise MediaNotReady(
                f"The video is published, and after {waited:.0f} seconds not out yet.",
                retry_after=limits.LONGEST_WAIT,
                hint="Publish again with the same progress: only the comment is left to do.",
            )
        await adapter.wire.sleep(wait)
        waited, wait = waited + wait, min(2 * wait, limits.LONGEST_WAIT)


async def finish_reel(adapter: GraphAdapter, video_id: str, told: Mapping[str, JsonValue]) -> JsonValue:
    """
    Make a reel visible, a draft, or a plan.

    Raises:
        OutcomeUnknown: The answer was lost, and the reel's own status does not say that it is out.
    """
    try:
        post_id = (await finish(adapter, _EDGE, {"video_id": video_id, **told})).post_id
    except OutcomeUnknown:
        if told.get("video_state") == "DRAFT":
            raise
        if not await released(adapter, video_id, planned=told.get("video_state") == "SCHEDULED"):
            raise
        post_id = None
    return {"id": post_id or video_id, "video": video_id}


async def finish(adapter: GraphAdapter, edge: str, told: Mapping[str, JsonValue]) -> Finished:
    """End an upload."""
    body = {"upload_phase": "finish", **told}
    request = Request("POST", adapter.address(adapter.account, edge), Effect.VISIBLE, json=body)
    return await adapter.wire.call(request, lambda response: response.into(Finished).confirmed())


async def released(adapter: GraphAdapter, video_id: str, *, planned: bool) -> bool:
    """
    Whether a video whose finish was not answered is certainly out, or planned; `False` says that it is not known.

    By the phase that says so; a video that is not published yet may only not be so far.
    """
    for wait in limits.LOOK_WAITS:
        await adapter.wire.sleep(wait)
        try:
            found = await adapter.get(video_id, query={"fields": "status,published"}, model=VideoNode)
        except SocialConnectError:
            return False  # what the look met says nothing about the finish
        phase = found.status.publishing_phase
        if planned and phase.publish_status == "scheduled":
            return True
        if not planned and phase.status == "complete" and found.published is not False:
            return phase.publish_status in (None, "published")
    return False
