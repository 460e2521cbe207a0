"""
The consent dialog of Facebook Login, as a browser meets it.

See https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.oauth import OAuth
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import APP_ID, GraphToken
from socialconnect.testing.emulators.graph.types import Types, one_of, typed
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_dialog"]

_TAKEN: Types = {
    **typed("string", "client_id redirect_uri state scope config_id nonce code_challenge extras logger_id"),
    "response_type": "string",
    "auth_type": one_of("rerequest", "reauthenticate", "reauthorize"),
    "display": one_of("page", "popup", "touch", "async", "iframe"),
    "code_challenge_method": one_of("S256", "plain"),
}


def answer_dialog(
    request: EmulatedRequest, parameters: Parameters, oauth: OAuth, person: GraphToken, now: datetime
) -> Response | None:
    """
    Send the browser back as the dialog does when the person has decided; `None` for any other address.

    Args:
        request: The request.
        parameters: Its parameters.
        oauth: The app's token endpoints, which know whether the person says no.
        person: The token whose permissions the person can give.
        now: The time.

    Raises:
        GraphError: A parameter is wrong.
        Gap: It asks for another flow than that of codes.
    """
    if request.method != "GET" or not request.path.endswith("/dialog/oauth"):
        return None
    parameters.check(_TAKEN)
    address = parameters.text("redirect_uri")
    if parameters.text("client_id") != APP_ID or not address:
        # What it refuses itself, it shows to the person.
        page = b"<!DOCTYPE html><html><body>Invalid App ID or redirect_uri.</body></html>"
        return Response(400, {"content-type": "text/html; charset=utf-8"}, page)
    if parameters.text("response_type", "code") != "code":
        raise Gap(f"response_type {parameters.text('response_type')}")
    state = {"state": parameters.text("state")} if "state" in parameters else {}
    if oauth.denied:
        told = {"error_reason": "user_denied", "error": "access_denied", "error_description": "Permissions error"}
        return _back(address, {**told, **state})
    asked = set(parameters.text("scope").replace(",", " ").split())
    granted = replace(
        person,
        permissions=person.permissions & asked if asked else set(person.permissions),
        declined=asked - person.permissions,
    )
    code = oauth.issue_code(granted, address, now, parameters.text("code_challenge"))
    return _back(address, {"code": code, **state})


def _back(address: str, query: Mapping[str, str]) -> Response:
    joint = "&" if "?" in address else "?"
    return Response(302, {"location": f"{address}{joint}{urlencode(query)}#_=_"}, b"")
