"""
Versions 1 and 1.1: gone, or open to enterprises alone; and the upload of 1.1, until its end and after it.

Sources: https://docs.x.com/fundamentals/authentication, https://devcommunity.x.com/t/241818.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.refused import Gap, Refused
from socialconnect.testing.emulators.twitter.auth import Authenticator, Call
from socialconnect.testing.emulators.twitter.errors import legacy, subset_only, unauthorized
from socialconnect.testing.emulators.twitter.media import MediaUpload
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.state import State
from socialconnect.transport.request import Response

__all__ = ["OlderApi"]

_UPLOAD = "/1.1/media/upload.json"
_VERIFY = "/1.1/account/verify_credentials.json"


class OlderApi:
    """
    What is older than v2.

    Args:
        state: Where media are.
        plans: What the app's plan allows.
        auth: Finds who calls.
        media: What uploads.
    """

    def __init__(self, state: State, plans: Plans, auth: Authenticator, media: MediaUpload) -> None:
        self._state = state
        self._plans = plans
        self._auth = auth
        self._media = media

    def find(self, request: EmulatedRequest) -> Callable[[EmulatedRequest], Response] | None:
        """Give what answers a request, if it is older than v2."""
        return self._respond if request.path.startswith(("/1/", "/1.1/")) else None

    def _respond(self, request: EmulatedRequest) -> Response:
        if request.path.startswith("/1/"):
            raise legacy(410, 68, "The Twitter REST API v1 is no longer active. Please migrate to API v1.1.")
        if request.path == _UPLOAD:
            ended = self._state.days.since("v11-media-upload")
            if ended and not self._state.settings.old_upload_answers:
                raise legacy(410, 251, "This endpoint has been retired and should not be used.")
            return self._upload(request)
        enterprise = self._plans.current == "enterprise"
        if not enterprise and self._state.days.since("v11-writes"):
            raise subset_only()
        if request.path == _VERIFY and request.method == "GET":
            return self._verify(request)
        raise Gap

    def _call(self, request: EmulatedRequest) -> Call:
        grant = self._auth.identify(request)
        if grant.scheme != "oauth1":  # OAuth 2.0 user tokens are for v2 alone
            raise unauthorized()
        return Call(request, grant)

    def _verify(self, request: EmulatedRequest) -> Response:
        user = self._state.users[self._call(request).user_id]
        told: dict[str, JsonValue] = {"id": int(user.id), "id_str": user.id, "name": user.name}
        return json_response(200, told | {"screen_name": user.username, "verified": user.premium})

    def _upload(self, request: EmulatedRequest) -> Response:
        """Upload as v2 does, and tell of it as 1.1 did: not nested, and with the id as a number too."""
        try:
            done = self._media.older(self._call(request))
        except Refused as refused:
            if refused.response.status != 400:
                raise
            body = json.loads(refused.response.content)
            message = str(body["errors"][0]["message"])
            raise Refused(json_response(400, {"request": _UPLOAD, "error": message})) from None
        if done is None:
            return Response(204, {}, b"")
        told = done | {"media_id": int(str(done["id"])), "media_id_string": done["id"]}
        del told["id"]
        return json_response(200, told)
