"""
Uploading a film or a GIF in parts: initialize, append, finalize, and waiting until it is processed.

Each part is a step of the journal, named by the upload's id: whoever goes on after a failure sends what is missing and
nothing else. https://docs.x.com/x-api/media/quickstart/media-upload-chunked
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.errors import RejectedError, SocialConnectError
from socialconnect.journal import Journal
from socialconnect.media import MediaFile
from socialconnect.networks.twitter.limits import (
    LONGEST_VIDEO_PROCESSING,
    MEDIA_LIFE,
    MOST_SEGMENTS,
    SEGMENT_BYTES,
    SEGMENTS_AT_ONCE,
)
from socialconnect.networks.twitter.processing import until_ready, uploaded
from socialconnect.networks.twitter.wire import Processing
from socialconnect.transport.request import Effect, FilePart, Request

__all__ = ["NO_FORMS", "ChunkedUpload", "Segment", "segments_of"]

NO_FORMS = "content-type of application/json"
"""What Twitter answers where it takes no form for a part, as it did for weeks in 2025."""


@dataclass(frozen=True, slots=True)
class Segment:
    """
    One part of a file.

    Args:
        index: Its place, from 0 on.
        start: Its first byte.
        length: How many bytes it has.
    """

    index: int
    start: int
    length: int


def segments_of(size: int) -> list[Segment]:
    """Cut a file's length into parts: as many as are allowed at most, so that those of a huge file are longer."""
    length = max(SEGMENT_BYTES, -(-size // MOST_SEGMENTS))
    return [Segment(index, start, min(length, size - start)) for index, start in enumerate(range(0, size, length))]


class ChunkedUpload:
    """
    One file on its way to Twitter in parts.

    Args:
        adapter: The adapter that sends.
        media: The file.
        category: What it is for, in Twitter's word.
        journal: Where each part is recorded.
    """

    def __init__(self, adapter: Adapter, media: MediaFile, category: str, journal: Journal) -> None:
        self._adapter = adapter
        self._media = media
        self._category = category
        self._journal = journal
        self._forms = True  # whether parts go as forms; as JSON where Twitter takes no forms

    async def run(self, name: str) -> str:
        """Upload the file, and give its id once it may be posted; `name` begins the names of its first step."""
        media_id = str(await self._journal.step(name, self._initialize, lives=MEDIA_LIFE))
        finalize = f"{name} finalized as {media_id}"
        if not await self._recorded(finalize):
            await self._append_missing(name, media_id)

        async def finalized() -> JsonValue:
            return await self._finalize(media_id)

        told = await self._journal.step(finalize, finalized, lives=MEDIA_LIFE)

        async def wait() -> JsonValue:
            processing = None if told is None else Processing.model_validate(told)
            await until_ready(self._adapter, media_id, processing, LONGEST_VIDEO_PROCESSING)
            return True

        await self._journal.step(f"{name} ready as {media_id}", wait, lives=MEDIA_LIFE)
        return media_id

    async def _recorded(self, step: str) -> bool:
        """Whether the journal has a step's result; the step is not done for it."""

        async def missing() -> JsonValue:
            raise _NotDone

        try:
            await self._journal.step(step, missing, lives=MEDIA_LIFE)
        except _NotDone:
            return False
        return True

    async def _initialize(self) -> JsonValue:
        facts = self._media.facts
        body: dict[str, JsonValue] = {
            "media_type": (facts.type if facts else None) or "application/octet-stream",
            "total_bytes": facts.size if facts else 0,
            "media_category": self._category,
        }
        request = self._request("/initialize", "initialize", json=body)
        return (await self._adapter.wire.call(request, uploaded)).data.id

    async def _append_missing(self, name: str, media_id: str) -> None:
        """
        Send the parts that the journal does not have: several at once where the transport can.

        Several at once are recorded together, after the last of them; one after the other, each at once.
        """
        facts = self._media.facts
        steps = {f"{name} part {one.index} of {media_id}": one for one in segments_of(facts.size if facts else 0)}
        missing = [step for step in steps if not await self._recorded(step)]
        wire = self._adapter.wire
        at_once = 1 if wire.transport.blocking else SEGMENTS_AT_ONCE
        for first in range(0, len(missing), at_once):
            group = missing[first : first + at_once]
            sending = [_Sending(self, media_id, steps[step]) for step in group]
            await wire.together([one.send for one in sending], at_most=at_once)
            for step, one in zip(group, sending, strict=True):
                if one.error is None:
                    await self._journal.step(step, _done, lives=MEDIA_LIFE)
            failed = next((one.error for one in sending if one.error is not None), None)
            if failed is not None:
                raise failed

    async def append(self, media_id: str, segment: Segment) -> None:
        """Send one part. Sent again, it takes its own place."""
        content = await self._adapter.wire.read(self._media, segment.start, segment.length)
        if self._forms:
            form = {"segment_index": str(segment.index)}
            part = FilePart("media", content, filename="blob")
            try:
                await self._adapter.wire.call(self._request(f"/{media_id}/append", "append", form, part), _any)
            except RejectedError as error:
                if error.status != 400 or NO_FORMS not in error.message:
                    raise
                self._forms = False
            else:
                return
        body: dict[str, JsonValue] = {
            "media": base64.b64encode(content).decode(),
            "segment_index": segment.index,
        }
        await self._adapter.wire.call(self._request(f"/{media_id}/append", "append", json=body), _any)

    async def _finalize(self, media_id: str) -> JsonValue:
        answer = await self._adapter.wire.call(self._request(f"/{media_id}/finalize", "finalize"), uploaded)
        processing = answer.data.processing_info
        return None if processing is None else processing.model_dump(mode="json", exclude_none=True)

    def _request(
        self,
        path: str,
        call: str,
        form: dict[str, str] | None = None,
        part: FilePart | None = None,
        *,
        json: JsonValue = None,
    ) -> Request:
        return Request(
            "POST",
            self._adapter.url("api", f"/2/media/upload{path}"),
            Effect.PREPARE,
            form=form,
            files=() if part is None else (part,),
            json=json,
            limit_key=f"POST /2/media/upload/{call}",
        )


class _NotDone(Exception):
    """The journal does not have the step."""


class _Sending:
    """One part under way; its error is kept, so that the others' results are recorded first."""

    def __init__(self, upload: ChunkedUpload, media_id: str, segment: Segment) -> None:
        self._upload, self._media_id, self._segment = upload, media_id, segment
        self.error: SocialConnectError | None = None

    async def send(self) -> None:
        try:
            await self._upload.append(self._media_id, self._segment)
        except SocialConnectError as error:
            self.error = error


async def _done() -> JsonValue:
    return True


def _any(_: object) -> None:
    """Take every success: some answer with a body, some without."""
