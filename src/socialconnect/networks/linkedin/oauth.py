"""
Connecting a LinkedIn member: OAuth 2.0 with the secret in the form.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow
https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
"""

from __future__ import annotations

from datetime import timedelta

from socialconnect.auth.server import AuthorizationServer, OAuthApp, form_request
from socialconnect.auth.tokens import Token
from socialconnect.errors import ConfigurationError, RejectedError, TokenRevoked
from socialconnect.refusal import Rule
from socialconnect.transport.request import Request

__all__ = ["LinkedInLogin"]

_TOKEN = "https://www.linkedin.com/oauth/v2/accessToken"  # noqa: S105  # an address, not a secret
_START_AGAIN = "Start the authorisation again: a code is used once, and ends after 30 minutes."


class LinkedInLogin(AuthorizationServer):
    """
    LinkedIn's authorisation server. Refresh tokens are given to approved partners alone.

    A different set of scopes ends all earlier tokens of that member and app: ask for the same set each time.
    """

    network = "linkedin"
    authorize_url = "https://www.linkedin.com/oauth/v2/authorization"
    default_scopes = ("w_organization_social", "r_organization_social", "rw_organization_admin")
    denials = frozenset({"user_cancelled_login", "user_cancelled_authorize", "access_denied"})
    margin = timedelta(days=1)
    rules = (
        Rule(TokenRevoked, code="invalid_request", text="refresh token is invalid"),
        Rule(RejectedError, code="invalid_request", text="authorization code not found", hint=_START_AGAIN),
        # One code for both: the text says which of its many causes it may be.
        Rule(RejectedError, code="invalid_redirect_uri", hint=f"Check the redirect_uri. {_START_AGAIN}"),
        Rule(ConfigurationError, code="invalid_request", text="required parameter", hint="Check the OAuthApp."),
    )

    def exchange(self, app: OAuthApp, code: str, verifier: str | None) -> Request:
        """Give the request that turns a code into a token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": app.client_id,
            "client_secret": app.secret,
            "redirect_uri": app.redirect_uri,
        }
        return form_request(self.at(_TOKEN), form)

    def refresh(self, app: OAuthApp, token: Token) -> Request | None:
        """Give the request that gets a newer token; `None` for an app without refresh tokens."""
        if token.refresh_token is None:
            return None
        form = {
            "grant_type": "refresh_token",
            "refresh_token": token.refresh_token.get_secret_value(),
            "client_id": app.client_id,
            "client_secret": app.secret,
        }
        return form_request(self.at(_TOKEN), form)
