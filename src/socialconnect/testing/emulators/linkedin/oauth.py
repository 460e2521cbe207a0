"""
The OAuth endpoints on www.linkedin.com, with LinkedIn's own ways: the client's credentials in the body, its own errors.

See https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.linkedin.errors import oauth_error
from socialconnect.testing.emulators.linkedin.state import (
    MEMBER_SCOPES,
    PAGE_SCOPES,
    SELF_SERVE_SCOPES,
    AccessToken,
    State,
)
from socialconnect.transport.request import Response

__all__ = ["OAuthApp", "OAuthEndpoints"]

_CODE_LIFE = timedelta(minutes=30)
_REFRESH_LIFE = timedelta(days=365)
_BAD_CODE = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
    "authorization code expired. Or external member binding exists"
)


@dataclass
class OAuthApp:
    """
    The app that asks for tokens.

    Args:
        client_id: Its id.
        client_secret: Its secret.
        redirect_uris: Where the consent page may send members back to; byte for byte.
    """

    client_id: str = "CLIENT_ID"
    client_secret: str = field(default="CLIENT_SECRET", repr=False)
    redirect_uris: tuple[str, ...] = ("https://app.example.com/callback", "http://localhost/callback")


@dataclass
class _Code:
    redirect_uri: str
    scopes: frozenset[str]
    expires_at: datetime
    used: bool = False


class OAuthEndpoints:
    """
    Consent, tokens, introspection and revocation.

    Args:
        state: Where tokens are.
        app: The app that they are for.
    """

    def __init__(self, state: State, app: OAuthApp) -> None:
        self._state = state
        self._app = app
        self._codes: dict[str, _Code] = {}
        self._numbers = count(1)

    def consent(self, request: EmulatedRequest) -> Response:
        """`GET /oauth/v2/authorization`: the first member consents at once, and is sent back with a code."""
        query = request.query
        if query.get("client_id") != self._app.client_id:
            return _refused_page("Client_id doesn't match")
        if query.get("redirect_uri") not in self._app.redirect_uris:
            return _refused_page("Redirect_uri doesn't match")
        scopes = frozenset(query.get("scope", "").split())
        back = {"state": query["state"]} if "state" in query else {}
        known = SELF_SERVE_SCOPES if self._state.settings.tier == "self_serve" else MEMBER_SCOPES | PAGE_SCOPES
        if not scopes or not scopes <= known | {"email"}:
            told = f'Scope "{" ".join(sorted(scopes - known))}" is not authorized for your application'
            back |= {"error": "unauthorized_scope_error", "error_description": told}
        else:
            code = self._make("AQT")
            self._codes[code] = _Code(query["redirect_uri"], scopes, self._state.now + _CODE_LIFE)
            back |= {"code": code}
        return Response(302, {"location": f"{query['redirect_uri']}?{urlencode(back)}"}, b"")

    def token(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/accessToken`."""
        form = self._client_form(request, "grant_type")
        match form["grant_type"]:
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form)
            case _:
                raise oauth_error(400, "unsupported_grant_type", "The grant type is not supported")

    def introspect(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/introspectToken`."""
        form = self._client_form(request, "token")
        found = self._find(form["token"])
        if found is None:
            return json_response(200, {"active": False})
        expired = found.expires_at is not None and self._state.now >= found.expires_at
        status = "revoked" if found.revoked else "expired" if expired else "active"
        body: dict[str, JsonValue] = {
            "active": status == "active",
            "client_id": self._app.client_id,
            "authorized_at": int(found.issued_at.timestamp()),
            "created_at": int(found.issued_at.timestamp()),
            "status": status,
            "scope": ",".join(sorted(found.scopes)),
            "auth_type": "3L",
        }
        if found.expires_at is not None:
            body["expires_at"] = int(found.expires_at.timestamp())
        return json_response(200, body)

    def revoke(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/revoke`."""
        form = self._client_form(request, "token")
        found = self._find(form["token"])
        if found is not None:
            found.revoked = True
        return Response(200, {}, b"")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _client_form(self, request: EmulatedRequest, *needed: str) -> dict[str, str]:
        form = request.form if request.media_type == "application/x-www-form-urlencoded" else {}
        for name in (*needed, "client_id", "client_secret"):
            if not form.get(name):
                raise oauth_error(400, "invalid_request", f'A required parameter "{name}" is missing')
        if (form["client_id"], form["client_secret"]) != (self._app.client_id, self._app.client_secret):
            raise oauth_error(401, "invalid_client", "Client authentication failed")
        return form

    def _exchange(self, form: dict[str, str]) -> Response:
        for name in ("code", "redirect_uri"):
            if not form.get(name):
                raise oauth_error(400, "invalid_request", f'A required parameter "{name}" is missing')
        code = self._codes.get(form["code"])
        if code is None:
            told = "Unable to retrieve access token: authorization code not found"
            raise oauth_error(401, "invalid_request", told)
        if code.used or self._state.now >= code.expires_at or form["redirect_uri"] != code.redirect_uri:
            raise oauth_error(400, "invalid_redirect_uri", _BAD_CODE)
        code.used = True
        member = next(iter(self._state.people))
        for one in self._state.tokens:  # another set of scopes ends all earlier tokens of the member
            if one.member == member and one.scopes != code.scopes:
                one.revoked = True
        refresh = self._make("AQW") if self._state.settings.refresh_tokens else None
        ends = self._state.now + _REFRESH_LIFE if refresh else None
        return self._issue(member, code.scopes, refresh, ends)

    def _refresh(self, form: dict[str, str]) -> Response:
        sent = form.get("refresh_token")
        found = next((one for one in self._state.tokens if sent and one.refresh_token == sent), None)
        ended = found is None or found.revoked or found.refresh_expires_at is None
        if found is None or ended or (found.refresh_expires_at and self._state.now >= found.refresh_expires_at):
            raise oauth_error(400, "invalid_request", "The provided refresh token is invalid")
        return self._issue(found.member, found.scopes, found.refresh_token, found.refresh_expires_at)

    def _issue(
        self, member: str, scopes: frozenset[str], refresh_token: str | None, refresh_ends: datetime | None
    ) -> Response:
        now, seconds = self._state.now, self._state.settings.token_seconds
        issued = AccessToken(
            token=self._make("AQX"),
            member=member,
            scopes=scopes,
            issued_at=now,
            expires_at=now + timedelta(seconds=seconds),
            refresh_token=refresh_token,
            refresh_expires_at=refresh_ends,
        )
        self._state.tokens.append(issued)
        body: dict[str, JsonValue] = {
            "access_token": issued.token,
            "expires_in": seconds,
            "scope": ",".join(sorted(scopes)),
        }
        if refresh_token and refresh_ends:
            left = int((refresh_ends - now).total_seconds())
            body |= {"refresh_token": refresh_token, "refresh_token_expires_in": left}
        return json_response(200, body)

    def _find(self, token: str) -> AccessToken | None:
        return next((one for one in self._state.tokens if token in (one.token, one.refresh_token)), None)

    def _make(self, prefix: str) -> str:
        return f"{prefix}{hashlib.sha256(f'{prefix}{next(self._numbers)}'.encode()).hexdigest()}"


def _refused_page(reason: str) -> Response:
    page = f"<!DOCTYPE html><html><body><h1>{reason}</h1></body></html>".encode()
    return Response(401, {"content-type": "text/html; charset=utf-8"}, page)
