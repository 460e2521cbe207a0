"""
The three steps by which a user gives an app an OAuth 1.0a credential.

Source: https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from urllib.parse import unquote, urlencode

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import header_parameters, signature
from socialconnect.testing.emulators.twitter.errors import legacy
from socialconnect.testing.emulators.twitter.oauth import OAuthApp
from socialconnect.testing.emulators.twitter.state import Grant, State
from socialconnect.transport.request import Response

__all__ = ["OAuth1Endpoint"]

_OUT_OF_BAND = "oob"
_CALLBACK = (
    "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application "
    "settings"
)
_FORM = {"content-type": "text/html;charset=utf-8"}


@dataclass
class _Asked:
    """What an app asked for, until the user has decided."""

    secret: str
    callback: str
    access_level: str
    verifier: str | None = None
    user_id: str = ""


class OAuth1Endpoint:
    """
    Request tokens, consent, and access tokens.

    Args:
        state: Where credentials are.
        app: The app that asks.
    """

    def __init__(self, state: State, app: OAuthApp) -> None:
        self._state = state
        self._app = app
        self._asked: dict[str, _Asked] = {}
        self._numbers = count(1)

    def find(self, request: EmulatedRequest) -> Callable[[EmulatedRequest], Response] | None:
        """Give what answers a request, if it is one of these endpoints."""
        acts = {
            ("POST", "/oauth/request_token"): self.request_token,
            ("GET", "/oauth/authorize"): self.authorize,
            ("GET", "/oauth/authenticate"): self.authorize,
            ("POST", "/oauth/access_token"): self.access_token,
        }
        return acts.get((request.method, request.path))

    def request_token(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/request_token`."""
        sent = self._signed(request, "")
        callback = sent.get("oauth_callback", "")
        if callback != _OUT_OF_BAND and callback not in self._app.redirect_uris:
            raise legacy(403, 415, _CALLBACK)
        level = "read" if sent.get("x_auth_access_type") == "read" else "read-write"
        token, secret = self._make("request"), self._make("request-secret")
        self._asked[token] = _Asked(secret, callback, level)
        told = {"oauth_token": token, "oauth_token_secret": secret, "oauth_callback_confirmed": "true"}
        return Response(200, _FORM, urlencode(told).encode())

    def authorize(self, request: EmulatedRequest) -> Response:
        """`GET /oauth/authorize`: the user decides at once; without a callback a PIN is shown."""
        token = request.query.get("oauth_token", "")
        asked = self._asked.get(token)
        if asked is None or asked.verifier is not None:
            return Response(401, {"content-type": "text/html"}, b"<p>The request token for this page is invalid.</p>")
        if self._state.settings.consent == "deny":
            del self._asked[token]
            return _back(asked.callback, {"denied": token})
        asked.user_id = self._state.settings.consenting_user or next(iter(self._state.users))
        if asked.callback == _OUT_OF_BAND:
            asked.verifier = f"{int(hashlib.sha256(token.encode()).hexdigest(), 16) % 10_000_000:07d}"
            return Response(200, {"content-type": "text/html"}, f"<code>{asked.verifier}</code>".encode())
        asked.verifier = self._make("verifier")
        return _back(asked.callback, {"oauth_token": token, "oauth_verifier": asked.verifier})

    def access_token(self, request: EmulatedRequest) -> Response:
        """`POST /oauth/access_token`."""
        header = header_parameters(request.headers.get("authorization", ""))
        token = unquote(header.get("oauth_token", ""))
        asked = self._asked.get(token)
        if asked is None:
            raise _not_authenticated()
        sent = self._signed(request, asked.secret)
        verifier = (
            sent.get("oauth_verifier") or request.form.get("oauth_verifier") or request.query.get("oauth_verifier")
        )
        if asked.verifier is None or verifier != asked.verifier:
            raise Refused(
                Response(401, _FORM, b"Error processing your OAuth request: Invalid oauth_verifier parameter")
            )
        del self._asked[token]
        user = self._state.users[asked.user_id]
        grant = Grant(
            f"{user.id}-{self._make('access')}",
            user.id,
            scheme="oauth1",
            consumer_key=self._app.api_key,
            consumer_secret=self._app.api_secret,
            token_secret=self._make("access-secret"),
            access_level=asked.access_level,
        )
        self._state.grants.append(grant)
        told = {
            "oauth_token": grant.token,
            "oauth_token_secret": grant.token_secret,
            "user_id": user.id,
            "screen_name": user.username,
        }
        return Response(200, _FORM, urlencode(told).encode())

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _signed(self, request: EmulatedRequest, token_secret: str) -> dict[str, str]:
        """Give the header's parameters, once their signature is found to be the app's."""
        if not request.headers.get("authorization", "").lower().startswith("oauth "):
            raise legacy(400, 215, "Bad Authentication data.")
        escaped = header_parameters(request.headers["authorization"])
        sent = {name: unquote(value) for name, value in escaped.items()}
        expected = signature(request, escaped, self._app.api_secret, token_secret)
        right = hmac.compare_digest(expected.encode(), sent.get("oauth_signature", "").encode())
        if sent.get("oauth_consumer_key") != self._app.api_key or not right:
            raise _not_authenticated()
        return sent

    def _make(self, kind: str) -> str:
        return hashlib.sha256(f"{kind}{next(self._numbers)}".encode()).hexdigest()[:40]


def _back(callback: str, told: dict[str, str]) -> Response:
    joint = "&" if "?" in callback else "?"
    return Response(302, {"location": f"{callback}{joint}{urlencode(told)}"}, b"")


def _not_authenticated() -> Refused:
    return legacy(401, 32, "Could not authenticate you.")
