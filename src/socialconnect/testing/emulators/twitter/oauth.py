"""The token endpoint of OAuth 2.0, with codes that work once and refresh tokens that rotate."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.twitter.errors import legacy, oauth_error
from socialconnect.testing.emulators.twitter.state import Grant, State
from socialconnect.transport.request import Response

__all__ = ["OAuthApp", "TokenEndpoint"]

_CODE_LIFE = timedelta(seconds=30)
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_OAUTH1_TOKEN = "urn:x:params:oauth:token-type:oauth1_token"  # noqa: S105  # a name, not a secret
_EXCHANGES, _EXCHANGE_WINDOW = 10_000, 900.0
_EXCHANGE_SCOPES = {
    "read": frozenset({"tweet.read", "users.read", "offline.access"}),
    "read-write": frozenset({"tweet.read", "tweet.write", "users.read", "media.write", "offline.access"}),
}
_KNOWN_SCOPES = (
    "tweet.read tweet.write tweet.moderate.write users.read users.email media.write offline.access follows.read "
    "follows.write like.read like.write list.read list.write mute.read mute.write block.read block.write "
    "bookmark.read bookmark.write space.read dm.read dm.write timeline.read ads.read ads.write"
)


@dataclass
class OAuthApp:
    """
    The app that asks for tokens.

    Args:
        client_id: Its OAuth 2.0 client id.
        client_secret: Its secret; `None` for a public client, which sends its id in the body.
        api_key: Its key for app-only tokens and OAuth 1.0a.
        api_secret: The secret of that key.
        redirect_uris: Where the consent page may send people back to; must match exactly.
    """

    client_id: str = "CLIENT_ID"
    client_secret: str | None = field(default="CLIENT_SECRET", repr=False)
    api_key: str = "CONSUMER_KEY"
    api_secret: str = field(default="CONSUMER_SECRET", repr=False)
    redirect_uris: tuple[str, ...] = ("http://127.0.0.1/callback",)


@dataclass
class _Code:
    user_id: str
    redirect_uri: str
    scopes: frozenset[str]
    challenge: str
    method: str
    expires_at: datetime
    used: bool = False


class TokenEndpoint:
    """
    Consent, tokens, refresh and revocation.

    Args:
        state: Where the tokens are.
        app: The app that they are for.
    """

    def __init__(self, state: State, app: OAuthApp) -> None:
        self._state = state
        self._app = app
        self._codes: dict[str, _Code] = {}
        self._spent: set[str] = set()
        self._exchanges: list[float] = []
        self._numbers = count(1)

    def find(self, request: EmulatedRequest) -> Callable[[EmulatedRequest], Response] | None:
        """Give what answers a request, if it is one of these endpoints."""
        acts = {
            ("POST", "/2/oauth2/token"): self.token,
            ("POST", "/2/oauth2/revoke"): self.revoke,
            ("POST", "/oauth2/token"): self.app_only,
            ("POST", "/oauth2/invalidate_token"): self.invalidate,
            ("GET", "/i/oauth2/authorize"): self.consent,
            ("GET", "/2/oauth2/authorize"): self.consent,
        }
        return acts.get((request.method, request.path))

    def consent(self, request: EmulatedRequest) -> Response:
        """`GET /i/oauth2/authorize`: the user decides at once, and is sent back with a code or a refusal."""
        query = request.query
        if query.get("client_id") != self._app.client_id or query.get("redirect_uri") not in self._app.redirect_uris:
            return Response(400, {"content-type": "text/html"}, b"<p>Something went wrong</p>")
        scopes = frozenset(query.get("scope", "").split())
        back = {"state": query.get("state", "")}
        method = query.get("code_challenge_method", "plain")
        if not _well_formed(query, method):
            back |= {"error": "invalid_request"}
        elif not scopes or not scopes <= set(_KNOWN_SCOPES.split()):
            back |= {"error": "invalid_scope"}
        elif self._state.settings.consent == "deny":
            back |= {"error": "access_denied"}
        else:
            code = self._make("code")
            self._codes[code] = _Code(
                user_id=self._state.settings.consenting_user or next(iter(self._state.users)),
                redirect_uri=query["redirect_uri"],
                scopes=scopes,
                challenge=query["code_challenge"],
                method=method,
                expires_at=self._state.now + _CODE_LIFE,
            )
            back |= {"code": code}
        joint = "&" if "?" in query["redirect_uri"] else "?"
        return Response(302, {"location": f"{query['redirect_uri']}{joint}{urlencode(back)}"}, b"")

    def token(self, request: EmulatedRequest) -> Response:
        """`POST /2/oauth2/token`."""
        form = self._client_form(request)
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form)
            case grant_type if grant_type == _EXCHANGE:
                return self._exchange_oauth1(form)
            case None:
                raise oauth_error(400, "invalid_request", "Missing required parameter [grant_type].")
            case _:
                description = "Value passed for the grant type was invalid."
                raise oauth_error(400, "unsupported_grant_type", description)

    def revoke(self, request: EmulatedRequest) -> Response:
        """`POST /2/oauth2/revoke`."""
        form = self._client_form(request)
        if "token" not in form:
            raise oauth_error(400, "invalid_request", "Missing required parameter [token].")
        for grant in self._state.grants:
            if form["token"] in (grant.token, grant.refresh_token):
                grant.revoked = True
        return json_response(200, {"revoked": True})

    def app_only(self, request: EmulatedRequest) -> Response:
        """`POST /oauth2/token`: the app's own token, for public data."""
        sent = _basic(request)
        if sent != (self._app.api_key, self._app.api_secret):
            error: JsonValue = {
                "code": 99,
                "message": "Unable to verify your credentials",
                "label": "authenticity_token_error",
            }
            return json_response(403, {"errors": [error]})
        if request.form.get("grant_type") != "client_credentials":
            raise legacy(403, 170, "Missing required parameter: grant_type")
        return json_response(200, {"token_type": "bearer", "access_token": self.app_grant().token})

    def invalidate(self, request: EmulatedRequest) -> Response:
        """`POST /oauth2/invalidate_token`: the end of the app's own token."""
        found = next((one for one in self._state.grants if one.scheme == "app" and not one.revoked), None)
        sent = request.form.get("access_token") or request.query.get("access_token")
        if _basic(request) != (self._app.api_key, self._app.api_secret) or found is None or sent != found.token:
            raise legacy(403, 348, "Client application is not permitted to to invalidate this token.")
        found.revoked = True
        return json_response(200, {"access_token": found.token})

    def app_grant(self) -> Grant:
        """Give the app's own token, made when it is first asked for."""
        found = next((one for one in self._state.grants if one.scheme == "app" and not one.revoked), None)
        if found is None:
            found = Grant(self._make("AAAA"), None, scheme="app")
            self._state.grants.append(found)
        return found

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _client_form(self, request: EmulatedRequest) -> dict[str, str]:
        """Authenticate the client and give the form."""
        if request.media_type != "application/x-www-form-urlencoded":
            raise oauth_error(400, "invalid_request", "The content type must be application/x-www-form-urlencoded.")
        form = request.form
        if self._app.client_secret is not None:
            if _basic(request) != (self._app.client_id, self._app.client_secret):
                raise oauth_error(401, "unauthorized_client", "Missing valid authorization header")
        elif form.get("client_id") != self._app.client_id:
            raise oauth_error(400, "invalid_request", "Value passed for the client id was invalid.")
        return form

    def _exchange(self, form: dict[str, str]) -> Response:
        code = self._codes.get(form.get("code", ""))
        valid = (
            code is not None
            and not code.used
            and self._state.now < code.expires_at
            and form.get("redirect_uri") == code.redirect_uri
        )
        if code is None or not valid:
            raise oauth_error(400, "invalid_request", "Value passed for the authorization code was invalid.")
        if not _proves(form.get("code_verifier", ""), code.challenge, code.method):
            raise oauth_error(
                400, "invalid_request", "Value passed for the code verifier did not match the code challenge."
            )
        code.used = True
        return self._issue(code.user_id, code.scopes)

    def _refresh(self, form: dict[str, str]) -> Response:
        sent = form.get("refresh_token", "")
        grant = next((one for one in self._state.grants if sent and one.refresh_token == sent), None)
        if grant is None or grant.revoked or grant.user_id is None or sent in self._spent:
            raise oauth_error(400, "invalid_request", "Value passed for the token was invalid.")
        self._spent.add(sent)  # a refresh token works once
        return self._issue(grant.user_id, grant.scopes)

    def _exchange_oauth1(self, form: dict[str, str]) -> Response:
        """Give a pair for an OAuth 1.0a token, which stays good; the pair given before for it ends."""
        now = self._state.now.timestamp()
        self._exchanges = [one for one in self._exchanges if one > now - _EXCHANGE_WINDOW]
        if len(self._exchanges) >= _EXCHANGES:
            raise oauth_error(429, "rate_limited", "Too many requests.")
        self._exchanges.append(now)
        for name in ("subject_token", "subject_token_type", "oauth_token_secret"):
            if not form.get(name):
                raise oauth_error(400, "invalid_request", f"Missing required parameter [{name}].")
        if form["subject_token_type"] != _OAUTH1_TOKEN:
            raise oauth_error(400, "invalid_request", "Value passed for the subject token type was invalid.")
        signed = [one for one in self._state.grants if one.scheme == "oauth1" and one.token == form["subject_token"]]
        grant = next((one for one in signed if one.token_secret == form["oauth_token_secret"]), None)
        if grant is None or grant.user_id is None or not grant.valid(self._state.now):
            raise oauth_error(400, "invalid_grant", "The provided token was not accepted.")
        held = _EXCHANGE_SCOPES["read" if grant.access_level == "read" else "read-write"]
        wanted = frozenset(form.get("scope", "").split()) or held
        if not wanted <= held:
            raise oauth_error(400, "invalid_scope", "The requested scope is not part of the grant.")
        for one in self._state.grants:
            one.revoked = one.revoked or one.exchanged_from == grant.token
        answer = self._issue(grant.user_id, wanted | {"offline.access"})
        self._state.grants[-1].exchanged_from = grant.token
        return answer

    def _issue(self, user_id: str, scopes: frozenset[str]) -> Response:
        seconds = self._state.settings.token_seconds
        refresh = self._make("refresh") if "offline.access" in scopes else None
        expires = self._state.now + timedelta(seconds=seconds)
        grant = Grant(self._make("access"), user_id, scopes=scopes, expires_at=expires, refresh_token=refresh)
        self._state.grants.append(grant)
        body: dict[str, JsonValue] = {
            "token_type": "bearer",
            "expires_in": seconds,
            "access_token": grant.token,
            "scope": " ".join(sorted(scopes)),
        }
        if refresh:
            body["refresh_token"] = refresh
        return json_response(200, body)

    def _make(self, kind: str) -> str:
        return f"{kind}-{hashlib.sha256(f'{kind}{next(self._numbers)}'.encode()).hexdigest()[:40]}"


def _well_formed(query: dict[str, str], method: str) -> bool:
    asked = query.get("response_type") == "code" and bool(query.get("code_challenge"))
    return asked and 0 < len(query.get("state", "")) <= 500 and method in ("S256", "plain")


def _basic(request: EmulatedRequest) -> tuple[str, str] | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return None
    return name, secret


def _proves(verifier: str, challenge: str, method: str) -> bool:
    if method == "plain":
        return verifier == challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
