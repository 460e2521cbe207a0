"""Images, documents and videos: the start of an upload, its end, and how far processing is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import batch
from socialconnect.testing.emulators.linkedin.auth import Caller, is_page
from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import (
    bad_syntax,
    classic,
    detailed,
    invalid_field,
    media_forbidden,
    not_found,
    wrong_value,
)
from socialconnect.testing.emulators.linkedin.processing import fault_of
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import POSTING_ROLES, Asset, State, millis
from socialconnect.testing.emulators.linkedin.wire import FinalizeBody, InitializeBody, InitializeVideoBody, validated
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.transport.request import Response

__all__ = ["UPLOADS", "Kind", "MediaApi"]

Kind = Literal["image", "video", "document"]
UPLOADS = "/dms-uploads/sp/v2/"
_PART = 4_194_304
_PREFIX = {"image": "D4E10AQ", "video": "D4E05AQ", "document": "D4E1FAQ"}
_PLACES = {"image": "uploaded-image", "video": "uploadedVideo", "document": "uploaded-document"}
_DOWNLOAD_LIFE = timedelta(hours=1)


class MediaApi:
    """
    The three media resources.

    Args:
        state: Where media are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def act(self, kind: Kind, call: RestliCall, caller: Caller, origin: str) -> Response:
        """Do one of a resource's actions; upload addresses are at `origin`."""
        actions: dict[str, Callable[[], Response]] = {
            "initializeUpload": partial(self._initialize, kind, call, caller, origin)
        }
        if kind == "video":
            actions["finalizeUpload"] = partial(self._finalize, call, caller)
        action = actions.get(call.name)
        if action is None:
            raise bad_syntax(f"Action method '{call.name}' not supported on resource '{call.resource}'")
        return action()

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
        caller.need_batches(call)

        def find(key: RestliValue) -> JsonValue | None:
            asset = self._state.assets.get(str(key))
            if asset is None or asset.kind != kind:
                return None
            self._check_owner(kind, asset.owner, caller)
            return self._view(asset)

        return batch(self._state.settings, list(call.texts("ids")), find)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _initialize(self, kind: Kind, call: RestliCall, caller: Caller, origin: str) -> Response:
        if kind != "video":
            owner = validated(call.body, InitializeBody).initializeUploadRequest.owner
            self._may_own(kind, call, caller, owner)
            asset = self._begun(kind, owner, None, self._state.settings.upload_life)
            url = f"{origin}{asset.upload_path}0?ca=vector_feedshare"
            value: dict[str, JsonValue] = {"uploadUrlExpiresAt": millis(asset.expires_at), "uploadUrl": url}
            return json_response(200, {"value": {**value, kind: asset.urn}})
        video = validated(call.body, InitializeVideoBody).initializeUploadRequest
        self._may_own(kind, call, caller, video.owner)
        if video.fileSizeBytes > self._state.settings.video_most_bytes:
            raise wrong_value("/initializeUploadRequest/fileSizeBytes", video.fileSizeBytes)
        asset = self._begun(kind, video.owner, video.fileSizeBytes, self._state.settings.video_upload_life)
        asset.wants_captions, asset.wants_thumbnail = video.uploadCaptions, video.uploadThumbnail
        return json_response(200, {"value": _video_instructions(asset, origin)})

    def _begun(self, kind: Kind, owner: str, size: int | None, life: float) -> Asset:
        name = hashlib.sha256(str(self._state.new_number()).encode()).hexdigest()[:12]
        asset = Asset(
            urn=f"urn:li:{kind}:{_PREFIX[kind]}{name}",
            kind=kind,
            owner=owner,
            upload_path=f"{UPLOADS}{_PREFIX[kind]}{name}/{_PLACES[kind]}/",
            expires_at=self._state.now + timedelta(seconds=life),
            file=ReceivedFile(size),
            parts=[(first, min(first + _PART, size) - 1) for first in range(0, size, _PART)] if size else [],
        )
        self._state.assets[asset.urn] = asset
        return asset

    def _finalize(self, call: RestliCall, caller: Caller) -> Response:
        body = validated(call.body, FinalizeBody).finalizeUploadRequest
        asset = self._state.assets.get(body.video)
        if asset is None or asset.kind != "video":
            raise invalid_field("INVALID_VIDEO_ID", "/finalizeUploadRequest/video", "This Video ID is invalid")
        self._may_own("video", call, caller, asset.owner)
        if self._state.now >= asset.expires_at:
            raise invalid_field("EXPIRED_UPLOAD_URL", "/finalizeUploadRequest/video", "The Video upload Url is expired")
        expected = [asset.etags.get(number) for number in range(len(asset.parts))]
        if [one.strip('"') for one in body.uploadedPartIds] != expected or body.uploadToken:
            told = "The uploaded parts do not match the upload"
            raise detailed(400, "UPDATING_ASSET_FAILED", told, description=told)
        if asset.received_at is None:
            asset.received_at = self._state.now
            asset.fault = fault_of(asset, self._state.settings)
        return Response(200, {}, b"")

    def _may_own(self, kind: Kind, call: RestliCall, caller: Caller, owner: str) -> None:
        prefix, _, name = owner.rpartition(":")
        if prefix not in ("urn:li:person", "urn:li:organization", "urn:li:organizationBrand") or not name:
            raise classic(403, "")
        caller.need(call, "w_organization_social" if is_page(owner) else "w_member_social")
        self._check_owner(kind, owner, caller)

    def _check_owner(self, kind: Kind, owner: str, caller: Caller) -> None:
        if owner != caller.member and caller.role(owner) not in POSTING_ROLES:
            raise media_forbidden(kind)

    def _may_read(self, kind: Kind, call: RestliCall, caller: Caller) -> None:
        if kind != "video":  # a self-serve token may read a video's status, and no other
            caller.need_programme(call)
        caller.need(call, "w_member_social", "w_organization_social", "r_organization_social")

    def _view(self, asset: Asset) -> dict[str, JsonValue]:
        status = self._state.status(asset)
        view: dict[str, JsonValue] = {"id": asset.urn, "owner": asset.owner, "status": status}
        facts = asset.file.facts if status in ("AVAILABLE", "PROCESSING_FAILED") else None
        if status == "AVAILABLE" and self._state.settings.tells_downloads:
            view["downloadUrl"] = f"https://media.licdn.com/dms/{asset.kind}/{asset.urn.rpartition(':')[2]}"
            view["downloadUrlExpiresAt"] = millis(self._state.now + _DOWNLOAD_LIFE)
        if facts is None or asset.kind != "video":
            return view
        if status == "PROCESSING_FAILED":
            view["processingFailureReason"] = asset.fault or "The video could not be processed"
        if facts.seconds is not None:
            view["duration"] = round(facts.seconds * 1000)
        if facts.width and facts.height:
            view |= {"aspectRatioWidth": facts.width, "aspectRatioHeight": facts.height}
        return view


def _video_instructions(asset: Asset, origin: str) -> dict[str, JsonValue]:
    base = f"{origin}{asset.upload_path}"
    instructions: list[JsonValue] = [
        {"uploadUrl": f"{base}{number}?ca=vector_feedshare", "firstByte": first, "lastByte": last}
        for number, (first, last) in enumerate(asset.parts)
    ]
    value: dict[str, JsonValue] = {
        "uploadUrlsExpireAt": millis(asset.expires_at),
        "video": asset.urn,
        "uploadInstructions": instructions,
        "uploadToken": "",
    }
    if asset.wants_captions:
        value["captionsUploadUrl"] = f"{base}captions?ca=vector_feedshare"
    if asset.wants_thumbnail:
        value["thumbnailUploadUrl"] = f"{base}thumbnail?ca=vector_feedshare"
    return value
