"""
Connecting an Instagram professional account by Instagram Login.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login

An account that is linked to a Facebook page can be reached by Facebook Login too: then the server is `FacebookLogin`,
with `FACEBOOK_LOGIN_SCOPES`, or `scopes_for("facebook", …)` for what the account is to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import BaseModel, SecretStr

from socialconnect.auth.server import (
    AuthorizationServer,
    OAuthApp,
    TokenAnswer,
    form_request,
    json_object,
    query_request,
    text_or_none,
    token_from,
)
from socialconnect.auth.tokens import Token
from socialconnect.errors import ConfigurationError, RejectedError, TokenRevoked
from socialconnect.networks.instagram.scopes import FACEBOOK_LOGIN_SCOPES, scopes_for
from socialconnect.refusal import Refusal, Rule
from socialconnect.transport.request import Request, Response

__all__ = ["FACEBOOK_LOGIN_SCOPES", "InstagramLogin", "scopes_for"]

_CODE = "https://api.instagram.com/oauth/access_token"
_LONGER = "https://graph.instagram.com/access_token"
_REFRESH = "https://graph.instagram.com/refresh_access_token"
_START_AGAIN = "Start the authorisation again: a code is used once, and ends soon."


class _Answer(BaseModel):
    access_token: SecretStr
    expires_in: float | None = None
    permissions: str | list[str] | None = None


class _Listed(BaseModel):
    data: tuple[_Answer, ...]


class InstagramLogin(AuthorizationServer):
    """
    Instagram's authorisation server: gives a token of an hour, which is exchanged at once for one of 60 days.

    There is no refresh token: a long-lived token is refreshed by itself, once it is a day old and before its end. A
    token that the app's dashboard has made is long-lived already: keep it as it is, and it is refreshed like any other.

    The id in a token answer may not be the account's. `GET /me?fields=user_id,username` gives the one for
    `Instagram(user_id=…)`; its `id` is another, of the app's own.

    Args:
        scopes: What to ask the user for; `scopes_for("instagram", …)` gives what some abilities need.
        base_url: An emulator's address, or a proxy's.
        facebook_too: Whether the consent page offers to log in by Facebook.
        ask_again: Whether the user must log in although there is a session, such as to choose another account. Not
            told on Meta's pages.
    """

    network = "instagram"
    authorize_url = "https://www.instagram.com/oauth/authorize"
    default_scopes = scopes_for("instagram", "publish", "metrics")
    scope_separator = ","
    margin = timedelta(days=7)
    rules = (
        Rule(RejectedError, text="authorization code", hint=_START_AGAIN),
        Rule(RejectedError, text="verification code", hint=_START_AGAIN),
        Rule(RejectedError, code="100", subcode=("36007", "36008", "36009"), hint=_START_AGAIN),
        Rule(ConfigurationError, text="client secret", hint="Check client_secret."),
        Rule(ConfigurationError, text="scope", hint="Check the app's scopes."),
        Rule(TokenRevoked, code="190"),
    )

    def __init__(
        self,
        *,
        scopes: Iterable[str] | None = None,
        base_url: str | None = None,
        facebook_too: bool = True,
        ask_again: bool = False,
    ) -> None:
        super().__init__(scopes=scopes, base_url=base_url)
        self._facebook_too, self._ask_again = facebook_too, ask_again

    def authorize_params(self, app: OAuthApp, state: str, challenge: str | None) -> dict[str, str]:
        """Give the parameters of the consent page."""
        params = super().authorize_params(app, state, challenge)
        if not self._facebook_too:
            params["enable_fb_login"] = "0"
        if self._ask_again:
            params["force_reauth"] = "true"
        return params

    def exchange(self, app: OAuthApp, code: str, verifier: str | None) -> Request:
        """Give the request that turns a code into a token of an hour."""
        form = {
            "client_id": app.client_id,
            "client_secret": app.secret,
            "grant_type": "authorization_code",
            "redirect_uri": app.redirect_uri,
            "code": code,
        }
        return form_request(self.at(_CODE), form)

    def lengthen(self, app: OAuthApp, token: Token) -> Request:
        """Give the request that exchanges a token of an hour for one of 60 days."""
        query = {
            "grant_type": "ig_exchange_token",
            "client_secret": app.secret,
            "access_token": token.access_token.get_secret_value(),
        }
        return query_request(self.at(_LONGER), query)

    def refresh(self, app: OAuthApp, token: Token) -> Request:
        """Give the request that gets another 60 days; the token must be a day old."""
        query = {"grant_type": "ig_refresh_token", "access_token": token.access_token.get_secret_value()}
        return query_request(self.at(_REFRESH), query)

    def read_token(self, response: Response, now: datetime, before: Token | None) -> Token:
        """Read a token answer: a flat object, or a list of one under `data`; both are seen."""
        listed = "data" in json_object(response)
        answer = response.into(_Listed).data[0] if listed else response.into(_Answer)
        granted = ",".join(answer.permissions) if isinstance(answer.permissions, list) else answer.permissions
        plain = TokenAnswer(access_token=answer.access_token, expires_in=answer.expires_in, scope=granted)
        return token_from(plain, now, before)

    def read_refusal(self, response: Response) -> Refusal:
        """Read an error answer: the token endpoint's own flat shape, or Graph's."""
        fields = json_object(response)
        nested = fields.get("error")
        told = nested if isinstance(nested, dict) else fields
        return Refusal(
            response.status,
            code=text_or_none(told.get("code")),
            subcode=text_or_none(told.get("error_subcode")),
            message=str(told.get("error_message") or told.get("message") or told.get("error_description") or "")[:300],
            request_id=text_or_none(told.get("fbtrace_id")),
        )
