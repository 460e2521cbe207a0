"""
Videos: fetched by Facebook from an address, or sent in parts whose ranges the network asks for one after another.

https://developers.facebook.com/docs/video-api/guides/publishing
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import JsonValue

from socialconnect.adapter import DoneSteps
from socialconnect.errors import OutcomeUnknown, UnavailableError, ValidationError
from socialconnect.journal import Journal
from socialconnect.media import Video
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.content import as_form
from socialconnect.networks.facebook.errors import PartRefused
from socialconnect.networks.facebook.reels import released
from socialconnect.networks.facebook.wire import Finished, Range, UploadSession
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Created
from socialconnect.transport.request import Effect, FilePart, Request

RangeT = TypeVar("RangeT", bound=Range)

__all__ = ["Upload", "fetch_video", "finish_video", "upload_video", "uploaded"]

_START = "video start"
"""The step that begins an upload."""


@dataclass(frozen=True)
class Upload:
    """
    A video that is there and not yet published.

    Args:
        session: The upload's session.
        video: The video's id.
    """

    session: str
    video: str


async def upload_video(adapter: GraphAdapter, video: Video, journal: Journal) -> Upload:
    """Send a video's file, each part as a step: another attempt goes on after the last one that arrived."""
    wrong = [one for one in video.problems("media[0]") if one.severity == "error"]
    if wrong or video.facts is None:
        raise ValidationError(wrong)
    size = video.facts.size

    async def start() -> JsonValue:
        form = {"upload_phase": "start", "file_size": str(size)}
        return (await _send(adapter, form, UploadSession)).model_dump(mode="json")

    begun = UploadSession.model_validate(await journal.step(_START, start, lives=limits.UPLOAD_LIVES))
    due: Range = begun
    while due.start_offset < due.end_offset:
        asked = due

        async def transfer() -> JsonValue:
            return (await _transfer(adapter, video, begun.upload_session_id, asked)).model_dump(mode="json")  # noqa: B023  # awaited within the round

        step = f"video part {begun.upload_session_id} {asked.start_offset}"
        due = Range.model_validate(await journal.step(step, transfer, lives=limits.UPLOAD_LIVES))
    return Upload(begun.upload_session_id, begun.video_id)


async def uploaded(done: DoneSteps) -> str | None:
    """Give the id of the video whose upload is on record, if one is."""
    begun = await done.recorded(_START)
    return None if begun is None else UploadSession.model_validate(begun[0]).video_id


async def _transfer(adapter: GraphAdapter, video: Video, session: str, due: Range) -> Range:
    """Send the part that is due; where the network asks for another in its place, send that, a few times."""
    for _ in range(limits.PART_ATTEMPTS):
        # What is asked for may be long: a shorter part is answered with where to go on.
        length = min(due.end_offset - due.start_offset, limits.LONGEST_PART)
        part = FilePart("video_file_chunk", await adapter.wire.read(video, due.start_offset, length), "part")
        form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(due.start_offset)}
        try:
            return await _send(adapter, form, Range, part)
        except PartRefused as refused:
            due = refused.due
            if due.start_offset >= due.end_offset:
                return due  # all is there: only the answer that said so was lost
    raise UnavailableError(
        f"Facebook refused the part from byte {due.start_offset} {limits.PART_ATTEMPTS} times.",
        hint="Try again later: with the same progress the upload goes on from there.",
    )


async def _send(
    adapter: GraphAdapter, form: Mapping[str, str], model: type[RangeT], part: FilePart | None = None
) -> RangeT:
    address = adapter.address(adapter.account, "videos", host="video")
    files = () if part is None else (part,)
    request = Request("POST", address, Effect.PREPARE, form=form, files=files)
    return await adapter.wire.call(request, lambda response: response.into(model))


async def finish_video(adapter: GraphAdapter, upload: Upload, told: Mapping[str, JsonValue]) -> JsonValue:
    """
    Publish, or plan, a video that was sent.

    Raises:
        OutcomeUnknown: The answer was lost, and the video's own status does not say that it is out.
    """
    form = {"upload_phase": "finish", "upload_session_id": upload.session, **as_form(told)}
    address = adapter.address(adapter.account, "videos", host="video")
    request = Request("POST", address, Effect.VISIBLE, form=form)
    try:
        await adapter.wire.call(request, lambda response: response.into(Finished).confirmed())
    except OutcomeUnknown:
        if not await released(adapter, upload.video, planned="scheduled_publish_time" in told):
            raise
    return made_of(adapter, upload.video)


async def fetch_video(adapter: GraphAdapter, url: str, told: Mapping[str, JsonValue]) -> JsonValue:
    """Have Facebook fetch a video and publish, or plan, it."""
    done = await adapter.post(
        adapter.account, "videos", body={"file_url": url, **told}, effect=Effect.VISIBLE, model=Created
    )
    return made_of(adapter, done.id)


def made_of(adapter: GraphAdapter, video: str) -> JsonValue:
    """Give what a video has become: its post's id is the page's and its own together."""
    return {"id": f"{adapter.account}_{video}", "video": video}
