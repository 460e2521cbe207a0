"""Images, documents and videos: the start of an upload, the upload itself, and how far it is."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Literal

import imagesize  # type: ignore[import-untyped]  # it ships no types
from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.linkedin.auth import Caller, identify
from socialconnect.testing.emulators.linkedin.errors import (
    classic,
    detailed,
    invalid_field,
    media_forbidden,
    no_programme,
    not_found,
)
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import POSTING_ROLES, Asset, State, millis
from socialconnect.testing.emulators.linkedin.wire import FinalizeBody, InitializeBody, InitializeVideoBody, validated
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["MediaApi"]

Kind = Literal["image", "video", "document"]
_PART = 4_194_304
_MOST_PIXELS = 36_152_320
_IMAGE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
_DOCUMENT_MARKS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PREFIX = {"image": "D4E10AQ", "video": "D4E05AQ", "document": "D4E1FAQ"}
_PLACES = {"image": "uploaded-image", "video": "uploadedVideo", "document": "uploaded-document"}
_UPLOADS = "/dms-uploads/sp/v2/"


class MediaApi:
    """
    The three media resources and the upload host.

    Args:
        state: Where media are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def act(self, kind: Kind, call: RestliCall, caller: Caller, request: EmulatedRequest) -> Response | None:
        """Do one of a resource's actions; `None` for one that is not known."""
        if call.name == "initializeUpload":
            return self._initialize(kind, call, caller, request)
        if call.name == "finalizeUpload" and kind == "video":
            return self._finalize(call, caller)
        return None

    def get(self, kind: Kind, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/images/{urn}` and the like."""
        self._may_read(kind, call, caller)
        asset = self._state.assets.get(str(call.key))
        if asset is None or asset.kind != kind:
            raise not_found()
        self._check_owner(kind, asset.owner, caller)
        return json_response(200, self._view(asset))

    def batch_get(self, kind: Kind, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/images?ids=List(…)` and the like."""
        self._may_read(kind, call, caller)
        if self._state.settings.tier == "development":
            raise no_programme(call.resource, call.method, caller.version)
        results: dict[str, JsonValue] = {}
        errors: dict[str, JsonValue] = {}
        for urn in call.texts("ids"):
            asset = self._state.assets.get(urn)
            if asset is None or asset.kind != kind:
                errors[urn] = {"status": 404, "message": "Could not find entity"}
            else:
                self._check_owner(kind, asset.owner, caller)
                results[urn] = self._view(asset)
        statuses: dict[str, JsonValue] = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
        return json_response(200, {"results": results, "statuses": statuses, "errors": errors})

    def upload(self, request: EmulatedRequest) -> Response | None:
        """`PUT` to an upload address; `None` for an address that was never given."""
        asset, part = self._target(request.path)
        if asset is None or request.method != "PUT":
            return None
        if asset.kind != "video" or "authorization" in request.headers:
            identify(request, self._state)
        if self._state.now >= asset.expires_at:
            raise invalid_field("EXPIRED_UPLOAD_URL", "/uploadUrl", "The Video upload Url is expired")
        content = request.content
        if asset.kind == "video":
            first, last = asset.parts[part]
            if len(content) != last - first + 1:
                raise classic(400, f"Expected {last - first + 1} bytes, got {len(content)}")
            asset.uploaded[part] = content
            return Response(200, {"etag": f'"{_etag(content)}"'}, b"")
        asset.uploaded[0] = content
        asset.received_at = self._state.now
        asset.broken = not _sound(asset.kind, content)
        return Response(201, {}, b"")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _initialize(self, kind: Kind, call: RestliCall, caller: Caller, request: EmulatedRequest) -> Response:
        total = 0
        if kind == "video":
            video = validated(call.body, InitializeVideoBody).initializeUploadRequest
            owner, total = video.owner, video.fileSizeBytes
            if video.uploadCaptions or video.uploadThumbnail:
                raise Gap("the upload of captions and thumbnails")
        else:
            owner = validated(call.body, InitializeBody).initializeUploadRequest.owner
        self._may_own(kind, call, caller, owner)
        number = self._state.new_number()
        name = hashlib.sha256(str(number).encode()).hexdigest()[:12]
        asset = Asset(
            urn=f"urn:li:{kind}:{_PREFIX[kind]}{name}",
            kind=kind,
            owner=owner,
            upload_path=f"{_UPLOADS}{_PREFIX[kind]}{name}/{_PLACES[kind]}/",
            expires_at=self._state.now + timedelta(seconds=self._state.settings.upload_life),
            parts=[(first, min(first + _PART, total) - 1) for first in range(0, total, _PART)],
            total=total,
        )
        self._state.assets[asset.urn] = asset
        return json_response(200, {"value": self._instructions(asset, request)})

    def _instructions(self, asset: Asset, request: EmulatedRequest) -> dict[str, JsonValue]:
        # Over loopback the upload comes back to where the request went; otherwise to LinkedIn's own upload host.
        origin = "https://www.linkedin.com" if request.host.endswith("linkedin.com") else request.origin
        base, expires = f"{origin}{asset.upload_path}", millis(asset.expires_at)
        if asset.kind != "video":
            url = f"{base}0?ca=vector_feedshare"
            return {"uploadUrlExpiresAt": expires, "uploadUrl": url, asset.kind: asset.urn}
        instructions: list[JsonValue] = [
            {"uploadUrl": f"{base}{number}?ca=vector_feedshare", "firstByte": first, "lastByte": last}
            for number, (first, last) in enumerate(asset.parts)
        ]
        return {
            "uploadUrlsExpireAt": expires,
            "video": asset.urn,
            "uploadInstructions": instructions,
            "uploadToken": "",
        }

    def _finalize(self, call: RestliCall, caller: Caller) -> Response:
        body = validated(call.body, FinalizeBody).finalizeUploadRequest
        asset = self._state.assets.get(body.video)
        if asset is None or asset.kind != "video":
            raise invalid_field("INVALID_VIDEO_ID", "/finalizeUploadRequest/video", "This Video ID is invalid")
        self._may_own("video", call, caller, asset.owner)
        expected = [_etag(asset.uploaded[number]) for number in sorted(asset.uploaded)]
        if len(asset.uploaded) != len(asset.parts) or [one.strip('"') for one in body.uploadedPartIds] != expected:
            told = "The uploaded parts do not match the upload"
            raise detailed(400, "UPDATING_ASSET_FAILED", told, description=told)
        content = b"".join(asset.uploaded[number] for number in sorted(asset.uploaded))
        asset.received_at = self._state.now
        asset.broken = content[4:8] != b"ftyp"
        return Response(200, {}, b"")

    def _may_own(self, kind: Kind, call: RestliCall, caller: Caller, owner: str) -> None:
        prefix, _, name = owner.rpartition(":")
        if prefix not in ("urn:li:person", "urn:li:organization") or not name:
            raise classic(403, "")
        caller.need(call, "w_organization_social" if prefix == "urn:li:organization" else "w_member_social")
        self._check_owner(kind, owner, caller)

    def _check_owner(self, kind: Kind, owner: str, caller: Caller) -> None:
        member = caller.token.member
        if owner != member and self._state.role(member, owner) not in POSTING_ROLES:
            raise media_forbidden(kind)

    def _may_read(self, kind: Kind, call: RestliCall, caller: Caller) -> None:
        if kind != "video":  # a self-serve token may read a video's status, and no other
            caller.need_programme(call)
        caller.need(call, "w_member_social", "w_organization_social", "r_organization_social")

    def _target(self, path: str) -> tuple[Asset | None, int]:
        place, _, number = path.rpartition("/")
        asset = next((one for one in self._state.assets.values() if one.upload_path == f"{place}/"), None)
        valid = number.isdecimal() and (asset is None or int(number) < max(len(asset.parts), 1))
        return (asset, int(number)) if valid else (None, 0)

    def _view(self, asset: Asset) -> dict[str, JsonValue]:
        view: dict[str, JsonValue] = {"id": asset.urn, "owner": asset.owner, "status": self._state.status(asset)}
        if asset.kind == "video" and view["status"] == "PROCESSING_FAILED":
            view["processingFailureReason"] = "The video could not be read"
        return view


def _etag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _sound(kind: Kind, content: bytes) -> bool:
    """Whether the bytes are what they should be."""
    if kind == "document":
        return content.startswith(_DOCUMENT_MARKS)
    if not content.startswith(_IMAGE_MARKS):
        return False
    width, height = imagesize.get(io.BytesIO(content))  # pyright: ignore[reportUnknownMemberType]  # no types
    return int(width) * int(height) < _MOST_PIXELS
