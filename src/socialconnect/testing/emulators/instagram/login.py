"""
The consent dialogs of both logins, and Instagram Login's token endpoints, which have no version in their addresses.

See https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, json_response
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.oauth import LONG, OAuth
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import Tokens
from socialconnect.testing.emulators.instagram.profiles import app_scoped
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["LoginSettings", "TokenAnswer", "answer_login"]

TokenAnswer = Literal["documented", "flat", "flat_list"]
"""
The shape of the answer to a code: a list of one with the permissions in one text, as is documented; a flat object; or a
flat object whose permissions are a list. All three were seen.
"""

_REFRESH_AFTER = timedelta(hours=24)
"""How old a token must be to be refreshed."""
_SHORT = timedelta(hours=2)
"""What lives longer than this is a long-lived token."""
_OLDER_SCOPES_ENDED = date(2025, 1, 27)
_SCOPES = frozenset(
    f"instagram_business_{one}"
    for one in ("basic", "content_publish", "manage_comments", "manage_messages", "manage_insights")
)
_OLDER_SCOPES = frozenset(
    {"business_basic", "business_content_publish", "business_manage_comments", "business_manage_messages"}
)


@dataclass
class LoginSettings:
    """
    How Instagram Login behaves, for tests to change.

    Args:
        answer: The shape of the answer to a code.
        scoped_user_id: Whether the answer's `user_id` is the app's own id of the account; it may not be the account's.
        denied: Whether the person says no in the consent dialog.
        rotates: Whether a refresh gives a new token and ends the old one; the documentation shows a token alone.
    """

    answer: TokenAnswer = "documented"
    scoped_user_id: bool = False
    denied: bool = False
    rotates: bool = False


@dataclass(frozen=True)
class LoginEndpoints:
    """
    The endpoints of one emulator.

    Args:
        tokens: The tokens.
        oauth: The app's token endpoints.
        settings: How they behave.
        accounts: The accounts; the first one logs in.
        person_token: The token of the person who logs in by Facebook Login.
    """

    tokens: Tokens
    oauth: OAuth
    settings: LoginSettings
    accounts: Mapping[str, EmulatedAccount]
    person_token: str


def answer_login(
    request: EmulatedRequest, parameters: Parameters, endpoints: LoginEndpoints, now: datetime
) -> Response | None:
    """Answer the dialog or a token endpoint; `None` for any other address."""
    match request.method, request.path:
        case "GET", "/oauth/authorize" | "/oauth/authorize/":
            return _consented(parameters, endpoints, now)
        case "GET", path if path.endswith("/dialog/oauth"):
            return _consented_by_facebook(parameters, endpoints, now)
        case "POST", "/oauth/access_token" | "/oauth/access_token/":
            return _redeemed(parameters, endpoints, now)
        case "GET", "/access_token":
            return json_response(200, _exchanged(parameters, endpoints, now))
        case "GET", "/refresh_access_token":
            return json_response(200, _refreshed(parameters, endpoints, now))
        case _:
            return None


def _refused(message: str) -> Response:
    """Give a refusal, which does not have Graph's shape here."""
    body: JsonValue = {"error_type": "OAuthException", "code": 400, "error_message": message}
    return json_response(400, body)


def _consented(parameters: Parameters, endpoints: LoginEndpoints, now: datetime) -> Response:
    """Answer as the dialog does when the person has decided: by sending the browser back."""
    known = ("client_id", "redirect_uri", "response_type", "scope", "state", "enable_fb_login", "force_reauth")
    parameters.only(*known, "force_authentication")
    lacking = [name for name in ("client_id", "redirect_uri", "response_type", "scope") if name not in parameters]
    if lacking:
        return _refused(f"Missing required field {lacking[0]}")
    if parameters.text("response_type") != "code":
        return _refused("Response type must be code")
    scopes = parameters.text("scope").replace(",", " ").split()
    valid = _SCOPES if now.date() >= _OLDER_SCOPES_ENDED else _SCOPES | _OLDER_SCOPES
    wrong = [one for one in scopes if one not in valid]
    if wrong:
        return _refused(f"Invalid scope field(s): {', '.join(wrong)}")
    state = {"state": parameters.text("state")} if "state" in parameters else {}
    address = parameters.text("redirect_uri")
    if endpoints.settings.denied:
        reason = "The user denied your request"
        told = {"error": "access_denied", "error_reason": "user_denied", "error_description": reason, **state}
        return Response(302, {"location": _with(address, told)}, b"")
    account = next(iter(endpoints.accounts.values()))
    template = endpoints.tokens[account.token]
    granted = replace(template, permissions=template.permissions & set(scopes), login="instagram")
    code = endpoints.oauth.issue_code(granted, address, now)
    return Response(302, {"location": f"{_with(address, {'code': code, **state})}#_"}, b"")


def _consented_by_facebook(parameters: Parameters, endpoints: LoginEndpoints, now: datetime) -> Response:
    """Answer as the dialog of Facebook Login does; what it refuses it shows to the person, as a page."""
    known = ("client_id", "redirect_uri", "response_type", "scope", "state", "auth_type", "config_id", "display")
    parameters.only(*known, "code_challenge", "code_challenge_method", "nonce", "extras")
    address = parameters.text("redirect_uri")
    if "client_id" not in parameters or not address:
        page = b"<!DOCTYPE html><html><body>The parameters client_id and redirect_uri are required.</body></html>"
        return Response(400, {"content-type": "text/html; charset=utf-8"}, page)
    state = {"state": parameters.text("state")} if "state" in parameters else {}
    if endpoints.settings.denied:
        told = {"error_reason": "user_denied", "error": "access_denied", "error_description": "Permissions error"}
        return Response(302, {"location": f"{_with(address, {**told, **state})}#_=_"}, b"")
    template = endpoints.tokens[endpoints.person_token]
    asked = set(parameters.text("scope").replace(",", " ").split())
    granted = replace(template, permissions=template.permissions & asked if asked else set(template.permissions))
    code = endpoints.oauth.issue_code(granted, address, now)
    return Response(302, {"location": f"{_with(address, {'code': code, **state})}#_=_"}, b"")


def _with(address: str, query: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def _redeemed(parameters: Parameters, endpoints: LoginEndpoints, now: datetime) -> Response:
    parameters.only("client_id", "client_secret", "grant_type", "redirect_uri", "code")
    lacking = [name for name in ("client_id", "client_secret", "redirect_uri", "code") if name not in parameters]
    if lacking:
        return _refused(f"Missing required field {lacking[0]}")
    try:
        if parameters.text("grant_type") != "authorization_code":
            raise GraphError(400, "Invalid grant_type")
        endpoints.oauth.check_secret(parameters)
        token = endpoints.oauth.redeemed(parameters, now)
    except GraphError as error:
        return _refused(error.message)
    account = endpoints.accounts.get(token.owner)
    scoped = endpoints.settings.scoped_user_id and account is not None
    user_id = app_scoped(account) if scoped and account is not None else token.owner
    granted = sorted(token.permissions)
    told: dict[str, JsonValue] = {"access_token": token.token, "user_id": user_id}
    if endpoints.settings.answer == "documented":
        return json_response(200, {"data": [{**told, "permissions": ",".join(granted)}]})
    permissions: JsonValue = [*granted] if endpoints.settings.answer == "flat_list" else ",".join(granted)
    return json_response(200, {**told, "permissions": permissions})


def _exchanged(parameters: Parameters, endpoints: LoginEndpoints, now: datetime) -> JsonValue:
    parameters.only("grant_type", "client_secret", "client_id")
    if parameters.text("grant_type") != "ig_exchange_token":
        raise _unsupported(parameters)
    found = endpoints.tokens.valid(parameters.text("access_token"), now)
    endpoints.oauth.check_secret(parameters)
    if found.expires_at is not None and found.expires_at - found.issued_at > _SHORT:
        # A long-lived token is refreshed, never exchanged; how the refusal reads was not seen.
        raise GraphError(100, "(#100) The token is already long-lived")
    return endpoints.oauth.given(endpoints.oauth.renewed(found, now), now)


def _refreshed(parameters: Parameters, endpoints: LoginEndpoints, now: datetime) -> JsonValue:
    parameters.only("grant_type", "client_secret", "client_id")  # the last two change nothing
    if parameters.text("grant_type") != "ig_refresh_token":
        raise _unsupported(parameters)
    found = endpoints.tokens.valid(parameters.text("access_token"), now)
    found.require("instagram_business_basic", code=10)
    if now - found.issued_at < _REFRESH_AFTER:
        # The rule is documented; how the refusal reads is not.
        raise GraphError(100, "(#100) The token must be at least 24 hours old to be refreshed")
    if endpoints.settings.rotates:
        old, found = found, endpoints.oauth.renewed(found, now)
        old.revoked = _REPLACED
    else:
        found.issued_at, found.expires_at = now, now + LONG
    return {
        "access_token": found.token,
        "token_type": "bearer",
        "expires_in": int(LONG.total_seconds()),
        "permissions": ",".join(sorted(found.permissions)),
    }


_REPLACED = 467
"""The subcode with which a token is refused that another one has replaced."""


def _unsupported(parameters: Parameters) -> Exception:
    if "grant_type" not in parameters:
        return GraphError(100, "(#100) The parameter grant_type is required")
    return Gap("this grant_type")
