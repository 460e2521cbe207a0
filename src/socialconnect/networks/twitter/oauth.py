"""
Connecting a Twitter account: OAuth 2.0 with a proof key.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
"""

from __future__ import annotations

import base64
from datetime import timedelta

from socialconnect.auth.server import AuthorizationServer, OAuthApp, form_request
from socialconnect.auth.tokens import Token
from socialconnect.errors import RateLimited, RejectedError, TokenRevoked
from socialconnect.refusal import Rule
from socialconnect.transport.request import Request

__all__ = ["TwitterLogin"]

_TOKEN = "https://api.x.com/2/oauth2/token"  # noqa: S105  # an address, not a secret
_REVOKE = "https://api.x.com/2/oauth2/revoke"


class TwitterLogin(AuthorizationServer):
    """
    Twitter's authorisation server. An app with a secret names itself in a header, one without in the form.

    The refresh token comes with the scope `offline.access` alone, and works once: each refresh gives the next.
    """

    network = "twitter"
    authorize_url = "https://x.com/i/oauth2/authorize"
    default_scopes = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")
    uses_pkce = True
    margin = timedelta(minutes=5)
    rules = (
        Rule(TokenRevoked, code="invalid_request", text="value passed for the token was invalid"),
        Rule(
            RejectedError,
            code="invalid_request",
            text="authorization code was invalid",
            hint="Start the authorisation again: a code is used once, and ends after 30 seconds.",
        ),
        Rule(RateLimited, code="rate_limited"),
    )

    def exchange(self, app: OAuthApp, code: str, verifier: str | None) -> Request:
        """Give the request that turns a code into a token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": app.redirect_uri,
            "code_verifier": verifier or "",
        }
        return self._posted(_TOKEN, app, form)

    def refresh(self, app: OAuthApp, token: Token) -> Request | None:
        """Give the request that gets the next pair; `None` without a refresh token."""
        if token.refresh_token is None:
            return None
        refresh = token.refresh_token.get_secret_value()
        return self._posted(_TOKEN, app, {"grant_type": "refresh_token", "refresh_token": refresh})

    def revoke(self, app: OAuthApp, token: Token) -> Request:
        """Give the request that withdraws the grant; by the refresh token where there is one."""
        secret = (token.refresh_token or token.access_token).get_secret_value()
        return self._posted(_REVOKE, app, {"token": secret})

    def _posted(self, address: str, app: OAuthApp, form: dict[str, str]) -> Request:
        if app.client_secret is None:
            return form_request(self.at(address), {**form, "client_id": app.client_id})
        pair = f"{app.client_id}:{app.secret}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return form_request(self.at(address), form, headers=headers)
