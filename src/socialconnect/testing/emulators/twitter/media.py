"""Media upload: at once or in segments, and the processing that GIFs and videos go through."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import timedelta

import imagesize  # type: ignore[import-untyped]  # it ships no types
from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, UploadedFile, json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import forbidden, invalid
from socialconnect.testing.emulators.twitter.state import Media, State
from socialconnect.testing.emulators.twitter.wire import (
    AppendBody,
    InitializeBody,
    MetadataBody,
    OneShotBody,
    json_body,
    validated,
)
from socialconnect.transport.request import Response

__all__ = ["MediaUpload", "in_post", "sniff"]

_LIFE = timedelta(seconds=86_400)
_LARGEST = {"image": 5 * 1024 * 1024, "gif": 15 * 1024 * 1024, "video": 8 * 1024**3}
_SIGNATURES = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
)
_NOT_FOUND = "BadRequest: Not found"


def sniff(content: bytes) -> str | None:
    """Tell a file's type from its bytes."""
    return next((kind for mark, at, kind in _SIGNATURES if content[at : at + len(mark)] == mark), None)


def _size_class(category: str) -> str:
    if category.endswith("gif"):
        return "gif"
    return "video" if category.endswith("video") else "image"


class MediaUpload:
    """
    The media endpoints.

    Args:
        state: Where media are.
        ledger: What metadata are charged to; uploads stand on no price list.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def one_shot(self, call: Call) -> Response:
        """`POST /2/media/upload`."""
        content, body = self._one_shot_body(call)
        kind = sniff(content)
        if body.media_category != "subtitles" and not _fits(kind, body.media_category):
            raise invalid("media type unrecognized.")
        self._check_size(body.media_category, len(content))
        media = self._new(call, body.media_category, kind or "text/srt", len(content))
        media.content = content
        self._finish(media)
        return json_response(200, {"data": self._view(media)})

    def initialize(self, call: Call) -> Response:
        """`POST /2/media/upload/initialize`."""
        body = json_body(call.request, InitializeBody)
        self._check_size(body.media_category, body.total_bytes)
        media = self._new(call, body.media_category, body.media_type, body.total_bytes)
        return json_response(200, {"data": {"id": media.id, "media_key": media.key, "expires_after_secs": 86_400}})

    def append(self, call: Call) -> Response:
        """`POST /2/media/upload/:id/append`: consecutive segments from 0; one may be sent again alone."""
        media = self._own(call)
        if media.finalized_at is not None:
            raise invalid("The media upload has been finalized already.")
        index, content = _segment(call)
        if index > len(media.segments):
            raise invalid(f"Segments do not add up: expected segment {len(media.segments)}, got {index}.")
        media.segments[index] = content
        if sum(map(len, media.segments.values())) > media.total:
            del media.segments[index]
            raise invalid("Segments do not add up to provided total file size.")
        return json_response(200, {"data": {"expires_at": int(media.expires_at.timestamp())}})

    def finalize(self, call: Call) -> Response:
        """`POST /2/media/upload/:id/finalize`."""
        if call.request.content:
            raise invalid("Request body is not valid JSON.")
        media = self._own(call)
        if media.finalized_at is None:
            content = b"".join(media.segments[index] for index in sorted(media.segments))
            if len(content) != media.total:
                raise invalid("Segments do not add up to provided total file size.")
            media.content = content
            self._finish(media)
        return json_response(200, {"data": self._view(media)})

    def status(self, call: Call) -> Response:
        """`GET /2/media/upload?command=STATUS`; an image has no processing record."""
        query = call.request.query
        if query.get("command", "STATUS") != "STATUS":
            raise invalid(f"The `command` query parameter value [{query['command']}] is not one of [STATUS]")
        media = self._state.media.get(query.get("media_id", ""))
        if media is None or media.owner_id != call.user_id or not media.processed or self._expired(media):
            raise invalid(_NOT_FOUND)
        return json_response(200, {"data": self._view(media)})

    def metadata(self, call: Call) -> Response:
        """`POST /2/media/metadata`."""
        body = json_body(call.request, MetadataBody)
        media = self._state.media.get(body.id)
        if media is None or media.owner_id != call.user_id or media.finalized_at is None:
            raise invalid(_NOT_FOUND)
        if body.metadata.alt_text:
            media.alt_text = body.metadata.alt_text.text
        self._ledger.charge("media_metadata")
        told: JsonValue = body.metadata.model_dump(exclude_none=True)
        return json_response(200, {"data": {"id": media.id, "associated_metadata": told}})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _one_shot_body(self, call: Call) -> tuple[bytes, OneShotBody]:
        request = call.request
        if request.media_type == "multipart/form-data":
            form, files = _multipart(request)
            uploaded = files.get("media")
            sent: dict[str, object] = {**form}
            if uploaded is not None:
                sent["media"] = ""
            body = validated(sent, OneShotBody)
            return (uploaded.content if uploaded else _decoded(body.media)), body
        body = json_body(request, OneShotBody)
        return _decoded(body.media), body

    def _new(self, call: Call, category: str, kind: str, total: int) -> Media:
        media = Media(
            id=self._state.new_id(),
            owner_id=call.user_id,
            category=category,
            type=kind,
            total=total,
            expires_at=self._state.now + _LIFE,
        )
        self._state.media[media.id] = media
        return media

    def _own(self, call: Call) -> Media:
        media = self._state.media.get(call.captures["id"])
        if media is None or media.owner_id != call.user_id or self._expired(media):
            raise invalid(_NOT_FOUND)
        return media

    def _expired(self, media: Media) -> bool:
        return self._state.now >= media.expires_at

    def _check_size(self, category: str, size: int) -> None:
        largest = _LARGEST[_size_class(category)]
        if size > largest:
            raise invalid(f"File size exceeds {largest} bytes.")

    def _finish(self, media: Media) -> None:
        media.finalized_at = self._state.now
        media.expires_at = self._state.now + _LIFE
        media.segments.clear()
        media.processed = _size_class(media.category) != "image"

    def _view(self, media: Media) -> dict[str, JsonValue]:
        left = int((media.expires_at - self._state.now).total_seconds())
        data: dict[str, JsonValue] = {
            "id": media.id,
            "media_key": media.key,
            "size": media.total,
            "expires_after_secs": left,
        }
        if media.processed:
            data["processing_info"] = processing(self._state, media)
        elif media.kind == "photo" and media.category != "subtitles":
            width, height = dimensions(media.content)
            data["image"] = {"image_type": media.type, "w": width, "h": height}
        return data


def _segment(call: Call) -> tuple[int, bytes]:
    request = call.request
    if request.media_type == "application/json":
        body = json_body(request, AppendBody)
        return body.segment_index, _decoded(body.media)
    if request.media_type != "multipart/form-data":
        raise invalid("Requests with bodies must have content-type of application/json.")
    form, files = _multipart(request)
    unknown = (set(form) | set(files)) - {"segment_index", "media"}
    if unknown:
        schema = "is not defined in the schema and the schema does not allow additional properties"
        raise invalid(*[f"$.{name}: {schema}" for name in sorted(unknown)])
    index, file = form.get("segment_index", ""), files.get("media")
    if not index.isdecimal() or int(index) > 999:
        raise invalid("$.segment_index: must be an integer from 0 to 999")
    if file is None:
        raise invalid("$.media: is missing but it is required")
    return int(index), file.content


def _multipart(request: EmulatedRequest) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    try:
        return request.form, request.files
    except ValueError:
        raise invalid("Request body is not a valid multipart form.") from None


def _decoded(media: str) -> bytes:
    try:
        return base64.b64decode(media, validate=True)
    except binascii.Error:
        raise invalid("$.media: must be base64") from None


def _fits(kind: str | None, category: str) -> bool:
    if kind is None:
        return False
    if category.endswith("gif"):
        return kind == "image/gif"
    return kind.startswith("video/" if category.endswith("video") else "image/")


def dimensions(content: bytes) -> tuple[int, int]:
    """Give an image's width and height; zeros where they cannot be read."""
    width, height = imagesize.get(io.BytesIO(content))  # pyright: ignore[reportUnknownMemberType]  # no types
    return max(int(width), 0), max(int(height), 0)


def processing(state: State, media: Media) -> dict[str, JsonValue]:
    """Tell how far a GIF or a video is: pending, in progress, then succeeded or failed."""
    settings = state.settings
    age = (state.now - media.finalized_at).total_seconds() if media.finalized_at else 0.0
    if age < settings.processing_seconds or settings.processing_hangs:
        percent = 0 if settings.processing_seconds <= 0 else min(int(100 * age / settings.processing_seconds), 99)
        if age <= 0:
            return {"state": "pending", "check_after_secs": 1}
        return {"state": "in_progress", "check_after_secs": 1, "progress_percent": percent}
    failure = settings.media_fails or (None if _fits(sniff(media.content), media.category) else "InvalidMedia")
    if failure is None:
        return {"state": "succeeded", "progress_percent": 100}
    error: dict[str, JsonValue] = {"code": 1, "name": failure, "message": "Unsupported video format"}
    return {"state": "failed", "progress_percent": 12, "error": error}


def in_post(state: State, media_ids: list[str], author_id: str) -> list[Media]:
    """
    Give the media that a post names.

    Raises:
        Refused: One is unknown, somebody else's, expired, not ready or for direct messages; or they do not go together.
    """
    found = [state.media.get(one) for one in media_ids]
    ready = [one for one in found if one is not None and _usable(state, one, author_id)]
    if len(ready) != len(media_ids):
        raise invalid("Your media IDs are invalid.", parameters={"media.media_ids": media_ids})
    if len(ready) > 1 and any(one.kind != "photo" for one in ready):
        raise forbidden("You are not permitted to perform this action.")
    return ready


def _usable(state: State, media: Media, author_id: str) -> bool:
    if media.owner_id != author_id or media.finalized_at is None or state.now >= media.expires_at:
        return False
    if media.category.startswith("dm_") or media.category == "subtitles":
        return False
    if media.processed:
        return processing(state, media)["state"] == "succeeded"
    return _fits(sniff(media.content), media.category)
