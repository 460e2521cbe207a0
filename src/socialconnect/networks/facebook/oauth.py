"""
Connecting Facebook pages, and Instagram accounts that are linked to one: Facebook Login.

https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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
from socialconnect.errors import (
    ConfigurationError,
    RejectedError,
    SocialConnectError,
    TokenExpired,
    TokenRevoked,
    UnavailableError,
)
from socialconnect.lifecycle import Lifecycle
from socialconnect.refusal import Refusal, Rule
from socialconnect.transport.request import Request, Response

__all__ = ["SCOPES", "FacebookLogin", "missing_scopes"]

_WRITE = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")

SCOPES: Mapping[str, tuple[str, ...]] = {
    # https://developers.facebook.com/docs/pages-api/posts and …/docs/platforminsights/page
    "publish": _WRITE,
    "publish a video": (*_WRITE, "publish_video"),
    "first_comment": ("pages_manage_engagement",),
    "update": _WRITE,
    "delete": _WRITE,
    "draft": _WRITE,
    "schedule": _WRITE,
    "posts": ("pages_read_engagement",),
    "fetch_metrics": ("read_insights", "pages_read_engagement"),
    "fetch_account_metrics": ("read_insights", "pages_read_engagement"),
}
"""The permissions that each operation needs of the page's people; the guide alone names `publish_video`."""

_NAMES = re.compile(r"\b(?:pages_[a-z_]+|read_insights|publish_video|business_management)\b")


def missing_scopes(method: str, path: str, error: SocialConnectError) -> tuple[str, ...]:
    """
    Say which permissions a refused request may lack: those that the answer names, or all that the request needs.

    Args:
        method: The request's HTTP method.
        path: The request's path.
        error: The refusal.
    """
    code = int(error.code) if error.code and error.code.isdigit() else 0
    if code != 10 and not 200 <= code <= 299:  # not about a permission: a role, a token of another kind
        return ()
    named = tuple(dict.fromkeys(_NAMES.findall(error.message)))
    return named or SCOPES[_operation(method, path.rpartition("/")[2])]


def _operation(method: str, edge: str) -> str:
    if method in ("GET", "HEAD"):
        return "fetch_metrics" if edge.endswith("insights") else "posts"
    match edge:
        case "comments":
            return "first_comment"
        case "videos":
            return "publish a video"
        case _:
            return "publish"


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
