"""
The token endpoints of Instagram Login, which have no version in their addresses.

See https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.oauth import LONG, OAuth
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import Tokens
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_login"]

_REFRESH_AFTER = timedelta(hours=24)
"""How old a token must be to be refreshed."""


def answer_login(
    request: EmulatedRequest, parameters: Parameters, tokens: Tokens, oauth: OAuth, now: datetime, *, flat: bool
) -> Response | None:
    """
    Answer a token endpoint; `None` for any other address.

    Args:
        request: The request.
        parameters: Its parameters.
        tokens: The tokens.
        oauth: The app's token endpoints.
        now: The time.
        flat: Whether a code is answered with a flat object, as was seen, or with a list, as is documented.
    """
    match request.method, request.path:
        case "POST", "/oauth/access_token":
            return _redeemed(parameters, oauth, now, flat)
        case "GET", "/access_token":
            return json_response(200, _exchanged(parameters, tokens, oauth, now))
        case "GET", "/refresh_access_token":
            return json_response(200, _refreshed(parameters, tokens, now))
        case _:
            return None


def _redeemed(parameters: Parameters, oauth: OAuth, now: datetime, flat: bool) -> Response:
    parameters.only("client_id", "client_secret", "grant_type", "redirect_uri", "code")
    try:
        if parameters.text("grant_type") != "authorization_code":
            raise GraphError(400, "Invalid grant_type")
        oauth.check_secret(parameters)
        token = oauth.redeemed(parameters, now)
    except GraphError as error:
        body: JsonValue = {"error_type": "OAuthException", "code": 400, "error_message": error.message}
        return json_response(400, body)
    granted: list[JsonValue] = [*sorted(token.permissions)]
    told: dict[str, JsonValue] = {"access_token": token.token, "user_id": token.owner}
    if flat:
        return json_response(200, {**told, "permissions": granted})
    return json_response(200, {"data": [{**told, "permissions": ",".join(map(str, granted))}]})


def _exchanged(parameters: Parameters, tokens: Tokens, oauth: OAuth, now: datetime) -> JsonValue:
    parameters.only("grant_type", "client_secret")
    if parameters.text("grant_type") != "ig_exchange_token":
        raise Gap("this grant_type")
    found = tokens.valid(parameters.text("access_token"), now)
    oauth.check_secret(parameters)
    return oauth.given(oauth.renewed(found, now), now)


def _refreshed(parameters: Parameters, tokens: Tokens, now: datetime) -> JsonValue:
    parameters.only("grant_type")
    if parameters.text("grant_type") != "ig_refresh_token":
        raise Gap("this grant_type")
    found = tokens.valid(parameters.text("access_token"), now)
    if now - found.issued_at < _REFRESH_AFTER:
        # The rule is documented; how the refusal reads is not.
        raise GraphError(100, "(#100) The token must be at least 24 hours old to be refreshed")
    found.issued_at, found.expires_at = now, now + LONG
    return {
        "access_token": found.token,
        "token_type": "bearer",
        "expires_in": int(LONG.total_seconds()),
        "permissions": ",".join(sorted(found.permissions)),
    }
