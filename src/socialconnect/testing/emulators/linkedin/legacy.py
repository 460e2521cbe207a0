"""
The older writes on `/v2`, which self-serve apps still have: `ugcPosts`, and `assets` for its images and videos.

See https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/share-on-linkedin.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import (
    bad_syntax,
    missing_field,
    not_found,
    unsupported_method,
    wrong_urn,
    wrong_value,
)
from socialconnect.testing.emulators.linkedin.little import escaped, utf16_length
from socialconnect.testing.emulators.linkedin.media import UPLOADS
from socialconnect.testing.emulators.linkedin.new_shares import NewShares
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Asset, Share, State
from socialconnect.testing.emulators.linkedin.wire import validated
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.transport.request import Response

__all__ = ["Legacy"]

_UPLOAD = "com.linkedin.digitalmedia.uploading.MediaUploadHttpRequest"
_RECIPES: dict[str, Literal["image", "video"]] = {
    "urn:li:digitalmediaRecipe:feedshare-image": "image",
    "urn:li:digitalmediaRecipe:feedshare-video": "video",
}
_LONGEST = 3000


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Text(_Body):
    text: str
    attributes: list[JsonValue] = []


class _Media(_Body):
    status: Literal["READY"]
    description: _Text | None = None
    title: _Text | None = None
    media: str | None = None
    originalUrl: str | None = None


class _ShareContent(_Body):
    shareCommentary: _Text
    shareMediaCategory: Literal["NONE", "ARTICLE", "IMAGE", "VIDEO"]
    media: list[_Media] = []


class _Content(_Body):
    share: _ShareContent = Field(alias="com.linkedin.ugc.ShareContent")


class _Visibility(_Body):
    network: Literal["PUBLIC", "CONNECTIONS"] = Field(alias="com.linkedin.ugc.MemberNetworkVisibility")


class _UgcPost(_Body):
    author: str
    lifecycleState: Literal["PUBLISHED", "DRAFT"]
    specificContent: _Content
    visibility: _Visibility


class _Relationship(_Body):
    relationshipType: Literal["OWNER"]
    identifier: Literal["urn:li:userGeneratedContent"]


class _Registration(_Body):
    recipes: list[str]
    owner: str
    serviceRelationships: list[_Relationship]


class _RegisterBody(_Body):
    registerUploadRequest: _Registration


class Legacy:
    """
    The older posting API.

    Args:
        state: Where posts and media are.
        new: Keeps posts.
    """

    def __init__(self, state: State, new: NewShares) -> None:
        self._state = state
        self._new = new

    def respond(self, call: RestliCall, caller: Caller, origin: str) -> Response | None:
        """Answer a call to one of its resources; `None` for another one."""
        match call.resource, call.method:
            case "ugcPosts", "CREATE":
                return self._create(call, caller)
            case "ugcPosts", "DELETE":
                return self._delete(call, caller)
            case "assets", "ACTION" if call.name == "registerUpload":
                return self._register(call, caller, origin)
            case ("assets", "GET"):
                return self._asset(call, caller)
            case (("ugcPosts" | "assets"), _):
                raise unsupported_method(call.resource, call.method)
            case _:
                return None

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(self, call: RestliCall, caller: Caller) -> Response:
        body = validated(call.body, _UgcPost)
        caller.may_write_as(call, body.author)
        if body.lifecycleState != "PUBLISHED":
            raise wrong_value("/lifecycleState", body.lifecycleState)
        content = body.specificContent.share
        text = content.shareCommentary.text  # no little text: what is written is what people read
        if utf16_length(text) > _LONGEST:
            raise wrong_value("/specificContent/shareCommentary", f"more than {_LONGEST} characters")
        assets, link = self._carried(content, body.author)
        now = self._state.now
        share = Share(
            urn=f"urn:li:share:{self._state.new_number()}",
            activity=f"urn:li:activity:{self._state.new_number()}",
            author=body.author,
            commentary=escaped(text),
            text=text,
            fields={"author": body.author, "visibility": body.visibility.network},
            state="PUBLISHED",
            created_at=now,
            published_at=now,
            modified_at=now,
            assets=assets,
            link=link,
        )
        self._new.keep(share, caller)
        return json_response(201, {"id": share.urn}, {"x-restli-id": share.urn})

    def _carried(self, content: _ShareContent, author: str) -> tuple[list[str], str | None]:
        category = content.shareMediaCategory
        if category == "NONE":
            return [], None
        if not content.media:
            raise missing_field("/specificContent/media")
        if category == "ARTICLE":
            link = content.media[0].originalUrl
            if link is None:
                raise missing_field("/specificContent/media/0/originalUrl")
            return [], link
        found = [self._state.assets.get(one.media or "") for one in content.media]
        ready = [one.urn for one in found if one is not None and one.owner == author and one.received_at is not None]
        if len(ready) != len(found):
            raise wrong_urn("/specificContent/media/0/media")
        return ready, None

    def _delete(self, call: RestliCall, caller: Caller) -> Response:
        share = self._state.share(str(call.key))
        if share is not None:
            caller.may_write_as(call, share.author)
            share.deleted_at = self._state.now
        return Response(204, {}, b"")

    def _register(self, call: RestliCall, caller: Caller, origin: str) -> Response:
        body = validated(call.body, _RegisterBody).registerUploadRequest
        caller.may_write_as(call, body.owner)
        kind = _RECIPES.get(body.recipes[0]) if len(body.recipes) == 1 else None
        if kind is None:
            raise bad_syntax("One recipe is expected: feedshare-image or feedshare-video")
        name = f"C5522AQ{hashlib.sha256(str(self._state.new_number()).encode()).hexdigest()[:12]}"
        place = f"feedshare-uploaded{kind.capitalize()}"
        asset = Asset(
            urn=f"urn:li:digitalmediaAsset:{name}",
            kind=kind,
            owner=body.owner,
            upload_path=f"{UPLOADS}{name}/{place}/",
            expires_at=self._state.now + timedelta(seconds=self._state.settings.upload_life),
            file=ReceivedFile(),
        )
        self._state.assets[asset.urn] = asset
        upload: JsonValue = {"headers": {}, "uploadUrl": f"{origin}{asset.upload_path}0?ca=vector_feedshare"}
        artifact = f"urn:li:digitalmediaMediaArtifact:({asset.urn},urn:li:digitalmediaMediaArtifactClass:{place})"
        mechanism: JsonValue = {_UPLOAD: upload}
        return json_response(
            200, {"value": {"uploadMechanism": mechanism, "mediaArtifact": artifact, "asset": asset.urn}}
        )

    def _asset(self, call: RestliCall, caller: Caller) -> Response:
        found = self._state.assets.get(f"urn:li:digitalmediaAsset:{call.key}")
        if found is None or found.owner != caller.member:
            raise not_found()
        status = {"WAITING_UPLOAD": "WAITING_UPLOAD", "AVAILABLE": "AVAILABLE", "PROCESSING": "PROCESSING"}.get(
            self._state.status(found), "CLIENT_ERROR"
        )
        recipes: JsonValue = [{"recipe": f"urn:li:digitalmediaRecipe:feedshare-{found.kind}", "status": status}]
        return json_response(200, {"id": str(call.key), "status": "ALLOWED", "recipes": recipes})
