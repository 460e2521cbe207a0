"""Uploading: images and documents in one piece, videos in the parts that LinkedIn asks for; then waiting for them."""

from __future__ import annotations

import json
from datetime import datetime

from pydantic import JsonValue

from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    PermissionDenied,
    ProtocolError,
    RejectedError,
    SocialConnectError,
)
from socialconnect.journal import Journal
from socialconnect.media import Document, Image, MediaFile, Subtitles, Video
from socialconnect.networks.linkedin import limits
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.upload_wire import (
    MediaState,
    UploadAnswer,
    UploadPlace,
    VideoAnswer,
    VideoPart,
    VideoSession,
)
from socialconnect.transport.request import Effect, FilePart, FileSlice, Request, Response

__all__ = ["Uploads"]

_BYTES = {"Content-Type": "application/octet-stream"}
_EXPIRED = "EXPIRED_UPLOAD_URL"
_WAITING, _FAILED = "WAITING_UPLOAD", "PROCESSING_FAILED"
_WHOLE = ("PROCESSING", "AVAILABLE", _FAILED)
"""The states of a video whose parts LinkedIn has put together."""


class Uploads:
    """
    The uploads of one publish. Each file, each part of a video and each wait is a step of its own.

    Args:
        api: The account whose files they are.
        journal: Where the steps are recorded.
    """

    def __init__(self, api: LinkedInApi, journal: Journal) -> None:
        self._api = api
        self._journal = journal
        self._new: set[str] = set()
        """What was uploaded now, not in an earlier try."""

    async def upload(self, place: str, media: MediaFile) -> str:
        """Upload a file, or give the URN that it has from an earlier try; `place` names its step."""
        if isinstance(media, Video):
            return await self._video(place, media)
        kind = "document" if isinstance(media, Document) else "image"
        done = await self._journal.step(place, lambda: self._whole(kind, media), lives=limits.UPLOAD_LIVES)
        return str(done)

    async def ready(self, place: str, media: MediaFile, urn: str) -> str:
        """
        Wait until a file is processed, and give its URN.

        One of an earlier try that LinkedIn could not process, or never got, is uploaded anew: it may have been
        LinkedIn's fault.
        """

        async def wait() -> JsonValue:
            await self._until_ready(urn)
            return True

        try:
            await self._journal.step(f"ready {urn}", wait, lives=limits.UPLOAD_LIVES)
        except (MediaRejected, MediaNotReady) as error:
            if urn in self._new or (isinstance(error, MediaNotReady) and error.code != _WAITING):
                raise
        else:
            return urn
        anew = f"{place} after {urn}"
        return await self.ready(anew, media, await self.upload(anew, media))

    # ── in one piece ──────────────────────────────────────────────────────────────────────────────────────────────

    async def _whole(self, kind: str, media: MediaFile) -> str:
        body: JsonValue = {"initializeUploadRequest": {"owner": self._api.account}}
        place = await self._api.act(f"/rest/{kind}s", "initializeUpload", body, _place)
        urn = place.document if kind == "document" else place.image
        if urn is None:
            raise ProtocolError(f"LinkedIn's answer names no {kind} to upload.")
        await self._put(place.uploadUrl, media, 0, _size(media))
        self._new.add(urn)
        return urn

    async def _put(
        self, url: str, media: MediaFile, start: int, length: int, *, family: str | None = None, signed: bool = True
    ) -> Response:
        self._api.check_place(url)
        headers = {**_BYTES, **({"media-type-family": family} if family else {})}
        content = FileSlice(media, start, length)
        request = Request(
            "PUT", url, Effect.PREPARE, headers=headers, content=content, signed=signed, limit_key=limits.UNCOUNTED
        )
        return await self._api.wire.call(request, lambda response: response)

    # ── in parts ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _video(self, place: str, media: Video) -> str:
        session = await self._session(place, media)
        try:
            return await self._sent(session, media)
        except MediaNotReady as error:
            if not (error.code or "").startswith(_EXPIRED):
                raise
        # The addresses are too old: the file is begun anew, once; the name keeps the two uploads apart.
        return await self._sent(await self._session(f"{place} after {session.video}", media), media)

    async def _session(self, place: str, media: Video) -> VideoSession:
        async def begin() -> JsonValue:
            request: JsonValue = {
                "owner": self._api.account,
                "fileSizeBytes": _size(media),
                "uploadCaptions": bool(media.subtitles),
                "uploadThumbnail": media.thumbnail is not None,
            }
            body: JsonValue = {"initializeUploadRequest": request}
            answer = await self._api.act("/rest/videos", "initializeUpload", body, _session)
            _check_parts(answer, _size(media))
            kept: JsonValue = answer.model_dump(mode="json")
            return kept

        kept = await self._journal.step(place, begin, lives=limits.VIDEO_SESSION_LIVES)
        session = VideoSession.model_validate(kept)
        ends = session.uploadUrlsExpireAt
        if ends is not None and ends <= _milliseconds(self._api.wire.clock.now()) and " after " not in place:
            return await self._session(f"{place} after {session.video}", media)
        return session

    async def _sent(self, session: VideoSession, media: Video) -> str:
        tags = [await self._part(session, part, media) for part in session.uploadInstructions]
        urn = session.video
        if media.thumbnail is not None:
            await self._thumbnail(session, media.thumbnail)
        for subtitles in media.subtitles:
            await self._subtitles(session, subtitles)

        async def finalize() -> JsonValue:
            request: JsonValue = {"video": urn, "uploadToken": session.uploadToken, "uploadedPartIds": [*tags]}
            body: JsonValue = {"finalizeUploadRequest": request}
            try:
                await self._api.act("/rest/videos", "finalizeUpload", body, lambda response: True)
            except RejectedError:
                # Perhaps for the second time: the answer to the first may have been lost.
                if not await self._is_whole(urn):
                    raise
            self._new.add(urn)
            return True

        await self._journal.step(f"finalize {urn}", finalize, lives=limits.VIDEO_SESSION_LIVES)
        return urn

    async def _part(self, session: VideoSession, part: VideoPart, media: Video) -> str:
        last = min(part.lastByte, _size(media) - 1)  # the last range may reach beyond the end

        async def send() -> JsonValue:
            # LinkedIn's own sample sends a part without the token: its address is enough.
            length = last - part.firstByte + 1
            return _tag(await self._put(part.uploadUrl, media, part.firstByte, length, signed=False))

        name = f"part {session.video} {part.firstByte}-{last}"
        return str(await self._journal.step(name, send, lives=limits.VIDEO_SESSION_LIVES))

    async def _thumbnail(self, session: VideoSession, image: Image) -> None:
        async def send() -> JsonValue:
            if session.thumbnailUploadUrl is None:
                raise ProtocolError("LinkedIn's answer names no address for the video's thumbnail.")
            await self._put(session.thumbnailUploadUrl, image, 0, _size(image), family="STILLIMAGE")
            return True

        await self._journal.step(f"thumbnail {session.video}", send, lives=limits.VIDEO_SESSION_LIVES)

    async def _subtitles(self, session: VideoSession, subtitles: Subtitles) -> None:
        """Send the subtitles: by a form, whose fields are told by clients; LinkedIn's page was not read whole."""

        async def send() -> JsonValue:
            url = session.captionsUploadUrl
            if url is None:
                raise ProtocolError("LinkedIn's answer names no address for the video's subtitles.")
            self._api.check_place(url)
            content = await self._api.wire.read(subtitles)
            request = Request(
                "POST",
                url,
                Effect.PREPARE,
                form={"metadata": json.dumps(_about(subtitles))},
                files=[FilePart(name="file", content=content, filename="captions.srt", type="application/x-subrip")],
                limit_key=limits.UNCOUNTED,
            )
            await self._api.wire.call(request, lambda response: None)
            return True

        await self._journal.step(f"subtitles {session.video}", send, lives=limits.VIDEO_SESSION_LIVES)

    # ── processing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _until_ready(self, urn: str) -> None:
        """Wait until a file is processed. Some tokens may post and not look: they post at once."""
        kind = urn.split(":")[2]
        status = ""
        for wait in (*limits.WAITS[kind], 0.0):
            state = await self._state(kind, urn)
            if state is None or state.status == "AVAILABLE":
                return
            status = state.status
            if status == _FAILED:
                reason = f": {state.processingFailureReason}" if state.processingFailureReason else ""
                raise MediaRejected(f"LinkedIn could not process the {kind} {urn}{reason}.", hint="Use another file.")
            if wait:
                await self._api.wire.sleep(wait)
        raise MediaNotReady(
            f"LinkedIn is still processing the {kind} {urn}; nothing was posted.",
            hint="Publish again later.",
            code=status,
            retry_after=limits.COME_BACK,
        )

    async def _is_whole(self, urn: str) -> bool:
        """Whether LinkedIn has put a video's parts together; what cannot be told is no."""
        try:
            state = await self._state("video", urn)
        except SocialConnectError:
            return False
        return state is not None and state.status in _WHOLE

    async def _state(self, kind: str, urn: str) -> MediaState | None:
        path = f"/rest/{kind}s"
        look = f"GET {path}"
        if self._api.is_closed(look):
            return None
        try:
            return await self._api.get(path, urn, lambda response: response.into(MediaState))
        except PermissionDenied:
            self._api.close(look)
            return None


def _place(response: Response) -> UploadPlace:
    return response.into(UploadAnswer).value


def _session(response: Response) -> VideoSession:
    return response.into(VideoAnswer).value


def _check_parts(session: VideoSession, size: int) -> None:
    """Make sure that the parts are the file, each byte once: what LinkedIn puts together is not to be seen by us."""
    at = 0
    for part in session.uploadInstructions:
        if part.firstByte != at or part.lastByte < part.firstByte or at >= size:
            raise ProtocolError(f"LinkedIn asks for bytes {part.firstByte} to {part.lastByte} where {at} comes next.")
        at = part.lastByte + 1
    if at < size:
        raise ProtocolError(f"LinkedIn asks for {at} bytes of a video of {size}.")


def _tag(response: Response) -> str:
    """Read a part's ETag, without its quotes."""
    tag = response.headers.get("etag", "").removeprefix("W/").strip('"')
    if not tag:
        raise ProtocolError("LinkedIn took a part of the video and named no ETag for it.")
    return tag


def _size(media: MediaFile) -> int:
    return media.facts.size if media.facts is not None else 0


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _about(subtitles: Subtitles) -> JsonValue:
    """Say what the subtitles are, in what language."""
    language, _, country = subtitles.language.replace("_", "-").partition("-")
    locale: dict[str, JsonValue] = {"language": language.upper()}
    if country:
        locale["country"] = country.upper()
    return {"format": "SRT", "transcriptType": "CLOSED_CAPTION", "locale": locale}
