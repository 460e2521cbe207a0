"""
Connecting Facebook pages, and Instagram accounts that are linked to one: Facebook Login.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from socialconnect.auth.server import (
    AuthorizationServer,
    OAuthApp,
    json_object,
    query_request,
    text_or_none,
)
from socialconnect.auth.tokens import Token
from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import ConfigurationError, RejectedError, TokenExpired, TokenRevoked, UnavailableError
from socialconnect.lifecycle import Lifecycle
from socialconnect.refusal import Refusal, Rule
from socialconnect.transport.request import Request, Response

__all__ = ["FacebookLogin"]

_START_AGAIN = "Start the authorisation again: a code is used once, and ends soon."


class FacebookLogin(AuthorizationServer):
    """
    Facebook's authorisation server: gives a user's token of about 60 days, from which pages' tokens are read.

    There is no refresh token: a token that still works is exchanged for a newer one. A page's token that was read with
    a long-lived user's token has no end, and is never refreshed.

    Args:
        scopes: What to ask the user for.
        api_version: The Graph API's version; the newest in the catalogue unless given.
        clock: The clock, for which version is the newest.
        base_url: An emulator's address, or a proxy's.
    """

    network = "facebook"
    authorize_url = "https://www.facebook.com/{version}/dialog/oauth"
    token_url = "https://graph.facebook.com/{version}/oauth/access_token"  # noqa: S105  # an address, not a secret
    default_scopes = ("pages_show_list", "pages_manage_posts", "pages_read_engagement", "read_insights")
    scope_separator = ","
    margin = timedelta(days=7)
    rules = (
        Rule(RejectedError, code="100", subcode=("36007", "36008", "36009"), hint=_START_AGAIN),
        Rule(RejectedError, code="100", text="authorization code", hint=_START_AGAIN),
        Rule(RejectedError, code="100", text="verification code", hint=_START_AGAIN),
        Rule(ConfigurationError, text="client secret", hint="Check client_secret."),
        Rule(ConfigurationError, code=("101", "104"), hint="Check client_id and client_secret."),
        Rule(ConfigurationError, code="100", text="appsecret_proof", hint="Check client_secret."),
        Rule(TokenExpired, code="190", subcode="463"),
        Rule(TokenRevoked, code="190"),
        Rule(UnavailableError, code=("1", "2")),
    )

    def __init__(
        self,
        *,
        scopes: Iterable[str] | None = None,
        api_version: str | None = None,
        clock: Clock | None = None,
        base_url: str | None = None,
    ) -> None:
        super().__init__(scopes=scopes, base_url=base_url)
        self.api_version = api_version or Lifecycle().newest_version(
            "facebook", "graph", (clock or SystemClock()).now()
        )

    def at(self, address: str) -> str:
        """Give one of the network's addresses, with the version in it."""
        return super().at(address.format(version=self.api_version))

    def exchange(self, app: OAuthApp, code: str, verifier: str | None) -> Request:
        """Give the request that turns a code into a user's token of an hour or two."""
        query = {
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "client_secret": app.secret,
            "code": code,
        }
        return query_request(self.at(self.token_url), query)

    def lengthen(self, app: OAuthApp, token: Token) -> Request:
        """Give the request that exchanges a token for one of about 60 days."""
        query = {
            "grant_type": "fb_exchange_token",
            "client_id": app.client_id,
            "client_secret": app.secret,
            "fb_exchange_token": token.access_token.get_secret_value(),
        }
        return query_request(self.at(self.token_url), query)

    def refresh(self, app: OAuthApp, token: Token) -> Request:
        """Give the request that exchanges a token that still works for a newer one."""
        return self.lengthen(app, token)

    def read_refusal(self, response: Response) -> Refusal:
        """Read an error answer: Graph's own shape, not the RFC's."""
        error = json_object(response).get("error")
        if not isinstance(error, dict):
            return super().read_refusal(response)
        return Refusal(
            response.status,
            code=text_or_none(error.get("code")),
            subcode=text_or_none(error.get("error_subcode")),
            message=str(error.get("message", ""))[:300],
            request_id=text_or_none(error.get("fbtrace_id")),
        )
