"""Media upload: at once or in segments, and the processing that GIFs and videos go through."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from math import ceil

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, UploadedFile, json_response
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import blank, invalid
from socialconnect.testing.emulators.twitter.fields import names_for
from socialconnect.testing.emulators.twitter.media_rules import (
    fits,
    image_fault,
    largest,
    rejection,
    size_class,
    sniff,
)
from socialconnect.testing.emulators.twitter.media_wire import (
    AppendBody,
    InitializeBody,
    OlderOneShotBody,
    OneShotBody,
)
from socialconnect.testing.emulators.twitter.processing import processing
from socialconnect.testing.emulators.twitter.query import Query
from socialconnect.testing.emulators.twitter.schema import Body, json_body, validated
from socialconnect.testing.emulators.twitter.state import Media, State, User
from socialconnect.transport.request import Response

__all__ = ["NOT_FOUND", "MediaUpload"]

NOT_FOUND = "BadRequest: Not found"
_SUM = "Segments do not add up to provided total file size."
_HEAD = 1024 * 1024
"""How much of a file's beginning is looked at; the rest is counted only."""
_KEPT = 64
"""How much is kept once it has been looked at."""
_OWNERS = 100

Part = tuple[int, bytes]


class MediaUpload:
    """
    The upload endpoints.

    Args:
        state: Where media are.
        ledger: What uploads are charged to.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def one_shot(self, call: Call) -> Response:
        """`POST /2/media/upload`: a whole file; until they were dropped, the upload's commands too."""
        request = call.request
        if "command" in _form_of(request) and self._takes_commands:
            return self._command(call, _form_of(request))
        content, category, owners = self._whole(request)
        kind = sniff(content[:_HEAD])
        if not fits(kind, category):
            raise invalid("media type unrecognized.")
        user = self._state.users[call.user_id]
        self._check_size(category, len(content), user)
        media = self._new(call, category, kind or "text/srt", len(content), owners)
        media.file.append(content)
        self._finish(media, user)
        self._ledger.charge("media_upload")
        return json_response(200, {"data": self.view(media)})

    def initialize(self, call: Call) -> Response:
        """`POST /2/media/upload/initialize`."""
        return self._begin(call, json_body(call.request, InitializeBody))

    def append(self, call: Call) -> Response:
        """`POST /2/media/upload/:id/append`: segments from 0 on; one may be sent again alone."""
        return self._take(call, self._own(call, call.captures["id"]), _segment(call.request))

    def finalize(self, call: Call) -> Response:
        """`POST /2/media/upload/:id/finalize`."""
        if call.request.content:
            json_body(call.request, Body)  # there is nothing to say, but an empty object does no harm
        return self._end(call, call.captures["id"])

    def status(self, call: Call) -> Response:
        """`GET /2/media/upload?command=STATUS`; an image has no processing record."""
        query = Query(call.request, names_for(call.request, self._state.settings.vocabulary))
        query.only("media_id", "command")
        query.one_of("command", ("STATUS",), None)
        media_id = query.get("media_id")
        if not media_id:
            raise query.bad("media_id", [], "The `media_id` query parameter can not be empty")
        query.check_id("media_id", media_id)
        media = self._state.media.get(media_id)
        hidden = self._state.settings.status_fails or media is None or not media.processed
        if media is None or hidden or not media.usable_by(call.user_id) or self._expired(media):
            raise invalid(NOT_FOUND)
        return json_response(200, {"data": self.view(media)})

    def view(self, media: Media) -> dict[str, JsonValue]:
        """Write an upload."""
        left = ceil((media.expires_at - self._state.now).total_seconds())
        data: dict[str, JsonValue] = {
            "id": media.id,
            "media_key": media.key,
            "size": media.total,
            "expires_after_secs": left,
        }
        if media.processed:
            data["processing_info"] = processing(self._state, media)
            if data["processing_info"] == {"state": "succeeded", "progress_percent": 100} and media.kind == "video":
                data["video"] = {"video_type": media.type}
        elif media.category != "subtitles":
            facts = media.facts
            data["image"] = {"image_type": media.type, "w": facts.width or 0, "h": facts.height or 0}
        return data

    def older(self, call: Call) -> dict[str, JsonValue] | None:
        """Upload by the one address of version 1.1; gives nothing where that answered with an empty body."""
        request = call.request
        form = {**request.query, **_form_of(request)}
        command = form.get("command")
        if request.method == "GET":
            media = self._own(call, form.get("media_id", ""))
            if not media.processed:
                raise invalid(NOT_FOUND)
            return self.view(media)
        if command is None:
            content, kind = self._older_file(request, form)
            category = form.get("media_category") or _implied(kind)
            media = self._new(call, category, kind, len(content), _commas(form.get("additional_owners")))
            media.file.append(content)
            self._finish(media, self._state.users[call.user_id])
            media.old_upload = True
            return self.view(media)
        if command == "APPEND":
            media = self._own(call, form.pop("media_id", ""))
            self._take(call, media, _form_segment(request, {n: v for n, v in form.items() if n != "command"}))
            return None
        done = self._command(call, form)
        made: dict[str, JsonValue] = json.loads(done.content)["data"]
        self._state.media[str(made["id"])].old_upload = True
        return made

    def _older_file(self, request: EmulatedRequest, form: dict[str, str]) -> tuple[bytes, str]:
        files = _multipart(request)[1] if request.media_type == "multipart/form-data" else {}
        if "media" in files:
            content = files["media"].content
        else:
            content = _decoded(form.get("media") or form.get("media_data", ""))
        kind = sniff(content[:_HEAD])
        if kind is None:
            raise invalid("media type unrecognized.")
        return content, kind

    # ── the steps, whichever way they are called ──────────────────────────────────────────────────────────────────

    def _begin(self, call: Call, body: InitializeBody) -> Response:
        category = body.media_category or _implied(body.media_type)
        self._check_size(category, body.total_bytes, self._state.users[call.user_id])
        if len(body.additional_owners) > _OWNERS:
            raise invalid(f"$.additional_owners: there must be a maximum of {_OWNERS} items in the array")
        media = self._new(call, category, body.media_type, body.total_bytes, body.additional_owners)
        self._ledger.charge("media_upload")
        life = self._state.settings.initialize_seconds
        return json_response(200, {"data": {"id": media.id, "media_key": media.key, "expires_after_secs": life}})

    def _take(self, call: Call, media: Media, part: Part) -> Response:
        index, content = part
        most = self._state.settings.largest_segment
        if most is not None and len(content) > most:
            raise blank(413, "Payload Too Large")
        if media.finalized_at is not None:
            raise invalid("The media upload has been finalized already.")
        others = sum(length for number, length in media.segments.items() if number != index)
        if others + len(content) > media.total:
            raise invalid(_SUM)
        media.segments[index] = len(content)
        _keep_head(media, index, content)
        self._ledger.charge("media_upload")
        return json_response(200, {"data": {"expires_at": int(media.expires_at.timestamp())}})

    def _end(self, call: Call, media_id: str) -> Response:
        media = self._own(call, media_id)
        if media.finalized_at is None:
            indexes = sorted(media.segments)
            if indexes != list(range(len(indexes))) or sum(media.segments.values()) != media.total or not indexes:
                raise invalid(_SUM)
            offset = 0
            for index in indexes:  # only the beginning is there; the lengths of the rest are enough
                media.file.append(media.heads.get(index, b"")[: media.segments[index]], offset=offset)
                offset += media.segments[index]
            media.heads.clear()
            self._finish(media, self._state.users[call.user_id])
        self._ledger.charge("media_upload")
        return json_response(200, {"data": self.view(media)})

    def _command(self, call: Call, sent: dict[str, str]) -> Response:
        """The upload's steps by `command=`, as they were called at first."""
        form = dict(sent)
        match form.pop("command"):
            case "INIT":
                fields: dict[str, object] = {**form}
                if form.get("total_bytes", "").isdecimal():
                    fields["total_bytes"] = int(form["total_bytes"])
                if "additional_owners" in form:
                    fields["additional_owners"] = _commas(form["additional_owners"])
                return self._begin(call, validated(fields, InitializeBody))
            case "APPEND":
                media = self._own(call, form.pop("media_id", ""))
                return self._take(call, media, _form_segment(call.request, form))
            case "FINALIZE":
                return self._end(call, form.get("media_id", ""))
            case other:
                raise invalid(f"$.command: {other} does not have a value in the enumeration [INIT, APPEND, FINALIZE]")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def _takes_commands(self) -> bool:
        chosen = self._state.settings.upload_commands
        return not self._state.days.since("renamed-fields") if chosen is None else chosen

    def _whole(self, request: EmulatedRequest) -> tuple[bytes, str, list[str]]:
        """Read a file that comes at once, with its category and those who may use it besides."""
        content: bytes | None = None
        if request.media_type == "multipart/form-data":
            form, files = _multipart(request)
            sent: dict[str, object] = {**form}
            if "media" in files:
                content = files["media"].content
                sent["media"] = ""
            sent |= {name: "" for name in files if name != "media"}
            body = self._checked(sent, of_form=True)
        else:
            body = self._checked_json(request)
        named = body.additional_owners
        owners = _commas(named) if isinstance(named, str) else named or []
        return _decoded(body.media) if content is None else content, body.media_category, owners

    def _checked_json(self, request: EmulatedRequest) -> OneShotBody | OlderOneShotBody:
        older = not self._state.days.since("renamed-fields")
        return json_body(request, OlderOneShotBody) if older else json_body(request, OneShotBody)

    def _checked(self, sent: dict[str, object], *, of_form: bool) -> OneShotBody | OlderOneShotBody:
        if self._state.days.since("renamed-fields"):
            return validated(sent, OneShotBody)
        if of_form and "additional_owners" in sent:
            sent["additional_owners"] = str(sent["additional_owners"]).split(",")
        if of_form and "shared" in sent:
            sent["shared"] = sent["shared"] == "true"
        return validated(sent, OlderOneShotBody)

    def _new(self, call: Call, category: str, kind: str, total: int, owners: list[str]) -> Media:
        now = self._state.now
        expires = now + timedelta(seconds=self._state.settings.media_seconds)
        media = Media(self._state.new_id(), call.user_id, category, kind, total, now, expires, frozenset(owners))
        media.file = ReceivedFile(total)
        self._state.media[media.id] = media
        return media

    def _own(self, call: Call, media_id: str) -> Media:
        media = self._state.media.get(media_id)
        if media is None or media.owner_id != call.user_id or self._expired(media):
            raise invalid(NOT_FOUND)
        return media

    def _expired(self, media: Media) -> bool:
        return self._state.now >= media.expires_at

    def _check_size(self, category: str, size: int, user: User) -> None:
        most = largest(category, user)
        if size > most:
            raise invalid(f"File size exceeds {most} bytes.")

    def _finish(self, media: Media, user: User) -> None:
        media.facts = media.file.facts
        if size_class(media.category) in ("image", "subtitles"):
            fault = image_fault(media.facts, self._state.settings.image_sides)
            if media.category != "subtitles" and fault is not None:
                raise invalid(fault)
            if not fits(sniff(media.file.head), media.category):
                raise invalid("media type unrecognized.")
        else:
            media.processed = True
            media.failure = rejection(media, user)
        media.file.head = media.file.head[:_KEPT]
        media.finalized_at = self._state.now
        media.expires_at = self._state.now + timedelta(seconds=self._state.settings.media_seconds)


def _implied(kind: str) -> str:
    """Give the category of an upload that names none: for a post, by its type."""
    if kind.startswith("text/"):
        return "subtitles"
    if kind == "image/gif":
        return "tweet_gif"
    return "tweet_video" if kind.startswith("video/") else "tweet_image"


def _commas(text: str | None) -> list[str]:
    return [one for one in (text or "").split(",") if one]


def _keep_head(media: Media, index: int, content: bytes) -> None:
    """Keep of a segment what may be the file's beginning, as long as those before it are short."""
    media.heads[index] = content[:_HEAD]
    kept = 0
    for number in sorted(media.heads):
        if kept >= _HEAD:
            del media.heads[number]
        else:
            kept += len(media.heads[number])


def _form_of(request: EmulatedRequest) -> dict[str, str]:
    if request.media_type == "application/x-www-form-urlencoded":
        return request.form
    return _multipart(request)[0] if request.media_type == "multipart/form-data" else {}


def _segment(request: EmulatedRequest) -> Part:
    if request.media_type == "application/json":
        body = json_body(request, AppendBody)
        return int(body.segment_index), _decoded(body.media)
    if request.media_type != "multipart/form-data":
        raise invalid("Requests with bodies must have content-type of application/json.")
    return _form_segment(request, _multipart(request)[0])


def _form_segment(request: EmulatedRequest, form: dict[str, str]) -> Part:
    files = _multipart(request)[1]
    unknown = (set(form) | set(files)) - {"segment_index", "media"}
    if unknown:
        schema = "is not defined in the schema and the schema does not allow additional properties"
        raise invalid(*[f"$.{name}: {schema}" for name in sorted(unknown)])
    index, file = form.get("segment_index"), files.get("media")
    if index is None:
        raise invalid("$.segment_index: is missing but it is required")
    if not index.isascii() or not index.isdecimal() or int(index) > 999:
        raise invalid("$.segment_index: must be an integer from 0 to 999")
    if file is not None:
        return int(index), file.content
    if "media" in form:  # a part without a file name: base64
        return int(index), _decoded(form["media"])
    raise invalid("$.media: is missing but it is required")


def _multipart(request: EmulatedRequest) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    try:
        return request.form, request.files
    except ValueError:
        raise invalid("Request body is not a valid multipart form.") from None


def _decoded(media: str) -> bytes:
    try:
        return base64.b64decode(media, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("$.media: must be base64") from None
