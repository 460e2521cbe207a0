"""
The OAuth endpoints on www.linkedin.com, with LinkedIn's own ways: the client's credentials in the body, its own errors.

See https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode, urlsplit

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

# Every scope that LinkedIn tells of; another one is no scope at all.
_SCOPES = (
    SELF_SERVE_SCOPES
    | MEMBER_SCOPES
    | PAGE_SCOPES
    | {
        "r_member_social",
        "r_member_social_feed",
        "r_organization_admin",
        "r_liteprofile",
        "r_emailaddress",
        "r_ads",
        "rw_ads",
        "r_dma_admin_pages_content",
    }
)
_CODE_LIFE = timedelta(minutes=30)
_REFRESH_LIFE = timedelta(days=365)
_APPLICATION_SECONDS = 1800
_BAD_CODE = (
    "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or "
    "authorization code expired. Or external member binding exists"
)
_NO_APPLICATION_TOKENS = "This application is not allowed to create application tokens"
_CANCELLED = {
    "login_cancelled": ("user_cancelled_login", "The user cancelled LinkedIn login"),
    "authorize_cancelled": ("user_cancelled_authorize", "The user cancelled the authorization"),
}


@dataclass
class OAuthApp:
    """
    The app that asks for tokens.

    Args:
        client_id: Its id.
        client_secret: Its secret.
        redirect_uris: Where the consent page may send members back to; byte for byte, but for the query.
        scopes: What it may ask for; `None` for what its tier gives.
        member: The URN of the member who consents; `None` for the first one.
    """

    client_id: str = "CLIENT_ID"
    client_secret: str = field(default="CLIENT_SECRET", repr=False)
    redirect_uris: tuple[str, ...] = ("https://app.example.com/callback", "http://localhost/callback")
    scopes: frozenset[str] | None = None
    member: str | None = None


@dataclass
class _Code:
    redirect_uri: str
    scopes: frozenset[str]
    expires_at: datetime
    challenge: str | None = None
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

    def respond(self, request: EmulatedRequest) -> Response | None:
        """Answer a request to one of the endpoints; `None` for another one."""
        endpoint = {
            ("GET", "/oauth/v2/authorization"): self.consent,
            ("GET", "/oauth/native-pkce/authorization"): self.native_consent,
            ("POST", "/oauth/v2/accessToken"): self.token,
            ("POST", "/oauth/v2/introspectToken"): self.introspect,
            ("POST", "/oauth/v2/revoke"): self.revoke,
            ("GET", "/oauth/.well-known/openid-configuration"): self.discovery,
        }.get((request.method, request.path))
        return None if endpoint is None else endpoint(request)

    def consent(self, request: EmulatedRequest) -> Response:
        """`GET /oauth/v2/authorization`: the member consents at once, and is sent back with a code."""
        return self._consent(request, self._app.redirect_uris, None)

    def native_consent(self, request: EmulatedRequest) -> Response:
        """`GET /oauth/native-pkce/authorization`: for apps without a secret, on this machine's own address."""
        challenge = request.query.get("code_challenge")
        if not self._state.settings.native_apps:
            return _refused_page("Client_id doesn't match")
        if not challenge or request.query.get("code_challenge_method") != "S256":
            return _refused_page("Invalid code_challenge")
        sent = request.query.get("redirect_uri", "")
        here = (sent,) if urlsplit(sent).hostname == "127.0.0.1" else ()
        return self._consent(request, here, challenge)

    def token(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/accessToken`."""
        form = self._form(request)
        self._need(form, "grant_type")
        match form["grant_type"]:
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                self._check_client(form)
                return self._refresh(form)
            case "client_credentials":
                self._check_client(form)
                return self._application_token()
            case _:
                raise oauth_error(400, "unsupported_grant_type", "The grant type is not supported")

    def introspect(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/introspectToken`."""
        form = self._form(request)
        self._need(form, "token")
        self._check_client(form)
        found = self._find(form["token"])
        if found is None:
            return json_response(200, {"active": False})
        refreshes = found.refresh_token == form["token"]
        ends = found.refresh_expires_at if refreshes else found.expires_at
        expired = ends is not None and self._state.now >= ends
        status = "revoked" if found.revoked else "expired" if expired else "active"
        body: dict[str, JsonValue] = {
            "active": status == "active",
            "client_id": self._app.client_id,
            "authorized_at": int((found.authorized_at or found.issued_at).timestamp()),
            "created_at": int(found.issued_at.timestamp()),
            "status": status,
            "scope": ",".join(sorted(found.scopes)),
            "auth_type": "3L" if found.member else "2L",
        }
        if ends is not None:
            body["expires_at"] = int(ends.timestamp())
        return json_response(200, body)

    def revoke(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/v2/revoke`."""
        form = self._form(request)
        self._need(form, "token")
        self._check_client(form)
        found = self._find(form["token"])
        if found is not None:
            found.revoked = True
        return Response(200, {}, b"")

    def discovery(self, request: EmulatedRequest) -> Response:
        """`GET /oauth/.well-known/openid-configuration`."""
        base = "https://www.linkedin.com/oauth"
        return json_response(
            200,
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/v2/authorization",
                "token_endpoint": f"{base}/v2/accessToken",
                "userinfo_endpoint": "https://api.linkedin.com/v2/userinfo",
                "jwks_uri": f"{base}/openid/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": ["openid", "profile", "email"],
            },
        )

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _consent(self, request: EmulatedRequest, allowed: tuple[str, ...], challenge: str | None) -> Response:
        query = request.query
        sent = query.get("redirect_uri", "")
        if query.get("client_id") != self._app.client_id:
            return _refused_page("Client_id doesn't match")
        if not sent or "#" in sent or _bare(sent) not in [_bare(one) for one in allowed]:
            return _refused_page("Redirect_uri doesn't match")
        if query.get("response_type", "code") != "code":
            return _refused_page("Invalid response_type")
        scopes = frozenset(query.get("scope", "").split())
        if not scopes <= _SCOPES:
            return _refused_page("Invalid scope")
        back = {"state": query["state"]} if "state" in query else {}
        back |= self._consented(scopes, sent, challenge)
        return Response(302, {"location": f"{sent}{'&' if '?' in sent else '?'}{urlencode(back)}"}, b"")

    def _consented(self, scopes: frozenset[str], redirect_uri: str, challenge: str | None) -> dict[str, str]:
        settings = self._state.settings
        known = SELF_SERVE_SCOPES if settings.tier == "self_serve" else MEMBER_SCOPES | PAGE_SCOPES | {"email"}
        known = known if self._app.scopes is None else self._app.scopes
        if not scopes or not scopes <= known:
            told = f'Scope "{" ".join(sorted(scopes - known))}" is not authorized for your application'
            return {"error": "unauthorized_scope_error", "error_description": told}
        if settings.consent != "given":
            error, told = _CANCELLED[settings.consent]
            return {"error": error, "error_description": told}
        code = self._make("AQT")
        self._codes[code] = _Code(redirect_uri, scopes, self._state.now + _CODE_LIFE, challenge)
        return {"code": code}

    def _form(self, request: EmulatedRequest) -> dict[str, str]:
        return request.form if request.media_type == "application/x-www-form-urlencoded" else {}

    def _need(self, form: dict[str, str], *names: str) -> None:
        for name in names:
            if not form.get(name):
                raise oauth_error(400, "invalid_request", f'A required parameter "{name}" is missing')

    def _check_client(self, form: dict[str, str]) -> None:
        self._need(form, "client_id", "client_secret")
        if (form["client_id"], form["client_secret"]) != (self._app.client_id, self._app.client_secret):
            raise oauth_error(401, "invalid_client", "Client authentication failed")

    def _exchange(self, form: dict[str, str]) -> Response:
        self._need(form, "code", "redirect_uri", "client_id")
        code = self._codes.get(form["code"])
        if code is None or code.challenge is None:  # a native app has no secret, its verifier stands for it
            self._check_client(form)
        if code is None:
            told = "Unable to retrieve access token: authorization code not found"
            raise oauth_error(401, "invalid_request", told)
        verified = code.challenge is None or code.challenge == _challenge(form.get("code_verifier", ""))
        ended = code.used or self._state.now >= code.expires_at
        if ended or not verified or form["redirect_uri"] != code.redirect_uri:
            raise oauth_error(400, "invalid_redirect_uri", _BAD_CODE)
        code.used = True
        member = self._app.member or next(iter(self._state.people))
        for one in self._state.tokens:  # another set of scopes ends all earlier tokens of the member
            if one.member == member and one.scopes != code.scopes:
                one.revoked = True
        refresh = self._make("AQW") if self._state.settings.refresh_tokens else None
        ends = self._state.now + _REFRESH_LIFE if refresh else None
        return self._issue(member, code.scopes, refresh, ends, self._state.now)

    def _refresh(self, form: dict[str, str]) -> Response:
        self._need(form, "refresh_token")
        sent = form["refresh_token"]
        found = next((one for one in self._state.tokens if one.refresh_token == sent), None)
        ends = found.refresh_expires_at if found is not None else None
        if found is None or found.revoked or ends is None or self._state.now >= ends:
            raise oauth_error(400, "invalid_request", "The provided refresh token is invalid")
        if self._state.settings.rotates_refresh_tokens:
            sent = self._make("AQW")
            for one in self._state.tokens:
                one.refresh_token = None if one.refresh_token == found.refresh_token else one.refresh_token
        return self._issue(found.member, found.scopes, sent, ends, found.authorized_at)

    def _application_token(self) -> Response:
        if not self._state.settings.application_tokens:
            raise oauth_error(401, "access_denied", _NO_APPLICATION_TOKENS)
        now = self._state.now
        ends = now + timedelta(seconds=_APPLICATION_SECONDS)
        issued = AccessToken(self._make("AQX"), "", frozenset(), now, ends, authorized_at=now)
        self._state.tokens.append(issued)
        return json_response(200, {"access_token": issued.token, "expires_in": _APPLICATION_SECONDS})

    def _issue(
        self,
        member: str,
        scopes: frozenset[str],
        refresh_token: str | None,
        refresh_ends: datetime | None,
        authorized_at: datetime | None,
    ) -> Response:
        now, settings = self._state.now, self._state.settings
        issued = AccessToken(
            token=self._make("AQX"),
            member=member,
            scopes=scopes,
            issued_at=now,
            expires_at=now + timedelta(seconds=settings.token_seconds),
            refresh_token=refresh_token,
            refresh_expires_at=refresh_ends,
            authorized_at=authorized_at,
        )
        self._state.tokens.append(issued)
        body: dict[str, JsonValue] = {
            "access_token": issued.token,
            "expires_in": settings.token_seconds,
            "scope": settings.scope_separator.join(sorted(scopes)),
        }
        if settings.token_type is not None:
            body["token_type"] = settings.token_type
        if refresh_token and refresh_ends:
            left = int((refresh_ends - now).total_seconds())
            body |= {"refresh_token": refresh_token, "refresh_token_expires_in": left}
        return json_response(200, body)

    def _find(self, token: str) -> AccessToken | None:
        return next((one for one in self._state.tokens if token in (one.token, one.refresh_token)), None)

    def _make(self, prefix: str) -> str:
        return f"{prefix}{hashlib.sha256(f'{prefix}{next(self._numbers)}'.encode()).hexdigest()}"


def _bare(uri: str) -> str:
    """Leave the query out: LinkedIn does not compare it."""
    return uri.partition("?")[0]


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refused_page(reason: str) -> Response:
    page = f"<!DOCTYPE html><html><body><h1>{reason}</h1></body></html>".encode()
    return Response(401, {"content-type": "text/html; charset=utf-8"}, page)
