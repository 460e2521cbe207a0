"""
Videos on the way in: by address, in one request, in parts, or by the handle of a file that was uploaded before.

See https://developers.facebook.com/docs/video-api/guides/publishing and
https://developers.facebook.com/docs/graph-api/reference/page/videos.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.facebook.nodes import Video
from socialconnect.testing.emulators.facebook.publishing import check_message, kept_of
from socialconnect.testing.emulators.facebook.schema import VIDEO, VIDEO_GAPS
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.uploads import complete, fetch, refuse_failed, whole
from socialconnect.testing.emulators.facebook.visibility import Visibility, read_visibility, require_publish
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error, missing
from socialconnect.testing.emulators.graph.parameters import Parameters

__all__ = ["publish_video", "show"]

_NO_SOURCE = "(#100) Requires one of the params: file_url, source, fbuploader_video_file_chunk, upload_phase"


def publish_video(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Take a video, or a step of one."""
    page = state.page(page_id, call)
    require_publish(call)
    call.parameters.check(VIDEO, gaps=VIDEO_GAPS)
    check_message(call.parameters.text("description"))
    match call.parameters.text("upload_phase"):
        case "start":
            return _start(state, call, page)
        case "transfer":
            return _transfer(state, call, page)
        case "finish":
            return _finish(state, call, page)
        case "cancel":
            _session(state, call, page).cancelled = True
            return {"success": True}
        case _:
            return _at_once(state, call, page)


# ── in one request ────────────────────────────────────────────────────────────────────────────────────────────────────


def _at_once(state: FacebookState, call: Call, page: EmulatedAccount) -> JsonValue:
    when = read_visibility(call)
    files = [file for name, file in call.parameters.files.items() if name != "thumb"]
    handle, url = call.parameters.text("fbuploader_video_file_chunk"), call.parameters.text("file_url")
    if sum((bool(files), bool(handle), bool(url))) != 1 or len(files) > 1:
        raise GraphError(100, _NO_SOURCE)
    file = whole(files[0], state.settings.largest_video) if files else None
    if handle:
        file = state.handles.get(handle)
        if file is None:
            raise GraphError(100, "(#100) Invalid fbuploader_video_file_chunk: there is no such file handle")
    if url and not state.settings.can_fetch(url):
        raise graph_error(389)
    video = state.add_video(page.id, "video", call.now)
    if file is None:
        fetch(state, video, url, call.now)
    else:
        video.file = file
        complete(state, video, call.now)
    _describe(video, call)
    show(state, video, call, when)
    return {"id": video.id}


def _describe(video: Video, call: Call) -> None:
    video.title = call.parameters.text("title")
    video.description = call.parameters.text("description")
    video.kept = kept_of(call)
    video.finished = True


def show(state: FacebookState, video: Video, call: Call, when: Visibility) -> None:
    """Make the post that shows a video: seen when it is due and the video ready."""
    state.add_post(video.page, when, now=call.now, message=video.description, kept=video.kept, video=video)


# ── in parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _start(state: FacebookState, call: Call, page: EmulatedAccount) -> JsonValue:
    size = call.parameters.number("file_size", 0)
    if size <= 0:
        raise GraphError(100, "(#100) The parameter file_size is required")
    if size > state.settings.largest_chunked_video:
        raise graph_error(6000, 1363025)
    video = state.add_video(page.id, "video", call.now)
    video.session = state.number("session")
    video.file.announced = size
    return {"upload_session_id": video.session, "video_id": video.id, **_offsets(state, video)}


def _offsets(state: FacebookState, video: Video) -> dict[str, JsonValue]:
    """Give the range that is to come next, as text; both ends are the same when all has come."""
    start, end = _range(state, video)
    return {"start_offset": str(start), "end_offset": str(end)}


def _range(state: FacebookState, video: Video) -> tuple[int, int]:
    start, size = video.file.received, video.file.announced or 0
    return start, min(start + state.settings.chunk_size, size)


def _session(state: FacebookState, call: Call, page: EmulatedAccount) -> Video:
    session = call.parameters.text("upload_session_id")
    if not session:
        raise GraphError(100, "(#100) The parameter upload_session_id is required")
    found = next((one for one in state.videos.values() if one.session == session and one.page == page.id), None)
    if found is None or found.cancelled or found.finished:
        raise missing(session, call.method)
    if found.status(call.now, state.settings.upload_life) == "expired":
        raise graph_error(6000, 1363019)
    return found


def _transfer(state: FacebookState, call: Call, page: EmulatedAccount) -> JsonValue:
    video = _session(state, call, page)
    piece = _piece(call.parameters)
    start, end = _range(state, video)
    if state.settings.refused_chunks:
        state.settings.refused_chunks -= 1
        raise _again(start, end)
    if call.parameters.number("start_offset", -1) != start or start + len(piece) > end:
        raise _again(start, end)
    video.file.append(piece, offset=start)
    return _offsets(state, video)


def _piece(parameters: Parameters) -> bytes:
    file = parameters.files.get("video_file_chunk")
    if file is None or "start_offset" not in parameters:
        absent = "video_file_chunk" if file is None else "start_offset"
        raise GraphError(100, f"(#100) The parameter {absent} is required")
    if not file.content:
        raise graph_error(6000, 1363021)
    return file.content


def _again(start: int, end: int) -> GraphError:
    """Ask for a range again."""
    return replace(graph_error(6001, 1363037), data={"start_offset": start, "end_offset": end})


def _finish(state: FacebookState, call: Call, page: EmulatedAccount) -> JsonValue:
    video = _session(state, call, page)
    when = read_visibility(call)
    if not video.file.complete:
        raise graph_error(6000, 1363019)
    complete(state, video, call.now)
    refuse_failed(video, call.now)
    _describe(video, call)
    show(state, video, call, when)
    return {"success": True}
