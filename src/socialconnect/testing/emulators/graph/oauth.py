"""
Where tokens come from: codes, exchanges, and what can be asked of a token.

See https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import APP_ID, GraphToken, Tokens, authenticate
from socialconnect.testing.emulators.refused import Gap

__all__ = ["OAuth"]

LONG = timedelta(days=60)
"""How long a long-lived token lives."""
SHORT = timedelta(hours=1)
"""How long a token that a code gave lives."""
_CODE_LIFE = timedelta(minutes=10)


@dataclass
class _Code:
    template: GraphToken
    redirect_uri: str
    issued_at: datetime
    challenge: str = ""
    used: bool = False


class OAuth:
    """
    The token endpoints of one app.

    Args:
        tokens: The tokens.
        app_secret: The app's secret; `None` if any will do.
    """

    def __init__(self, tokens: Tokens, app_secret: str | None) -> None:
        self._tokens = tokens
        self._app_secret = app_secret
        self._codes: dict[str, _Code] = {}
        self._issued = 0
        self.denied = False
        """Whether the person says no in the consent dialog of Facebook Login."""

    def issue_code(self, template: GraphToken, redirect_uri: str, now: datetime, challenge: str = "") -> str:
        """Give a code, as the consent dialog does, that becomes a token like `template`; with PKCE, if challenged."""
        code = f"code-{len(self._codes) + 1}"
        self._codes[code] = _Code(template, redirect_uri, now, challenge)
        return code

    def access_token(self, parameters: Parameters, now: datetime) -> JsonValue:
        """Exchange a code, or a short-lived token for a long-lived one."""
        self._check_app(parameters)
        if parameters.text("grant_type") == "fb_exchange_token":
            found = self._tokens.valid(parameters.text("fb_exchange_token"), now)
            return self.given(self.renewed(found, now), now)
        if "code" in parameters:
            return self.given(self.redeemed(parameters, now), now)
        if parameters.text("grant_type") == "client_credentials":
            return {"access_token": f"{APP_ID}|{parameters.text('client_secret')}", "token_type": "bearer"}
        raise Gap("this grant_type")

    def redeemed(self, parameters: Parameters, now: datetime) -> GraphToken:
        """
        Turn a code into a token.

        Raises:
            GraphError: The code is unknown, used or too old, or was given to another address.
        """
        code = self._codes.get(parameters.text("code"))
        refusal: GraphError | None = None
        if code is None:
            refusal = GraphError(100, "Invalid verification code format.")
        elif code.used:
            refusal = graph_error(100, 36009)
        elif code.issued_at + _CODE_LIFE <= now:
            refusal = graph_error(100, 36007)
        elif code.redirect_uri != parameters.text("redirect_uri"):
            message = (
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you "
                "used in the OAuth dialog request"
            )
            refusal = GraphError(100, message, 36008)
        elif code.challenge and not _meets(parameters.text("code_verifier"), code.challenge):
            # PKCE is documented for one flow, its refusal is not.
            refusal = GraphError(100, "Invalid code_verifier parameter.")
        if refusal is not None:
            refusal.headers = authenticate("invalid_code", refusal.message)
            raise refusal
        assert code is not None
        code.used = True
        return self._made(code.template, now, SHORT)

    def renewed(self, found: GraphToken, now: datetime) -> GraphToken:
        """Give a long-lived token in a good one's place; the old one stays good."""
        return self._made(found, now, LONG)

    def given(self, token: GraphToken, now: datetime) -> dict[str, JsonValue]:
        """Give a token in the endpoint's own shape."""
        told: dict[str, JsonValue] = {"access_token": token.token, "token_type": "bearer"}
        if token.expires_at is not None:
            told["expires_in"] = int((token.expires_at - now).total_seconds())
        return told

    def check_secret(self, parameters: Parameters) -> None:
        """
        Make sure that the app proves itself.

        Raises:
            GraphError: Its secret is wrong.
        """
        if self._app_secret is not None and parameters.text("client_secret") != self._app_secret:
            raise GraphError(1, "Error validating client secret.")

    def _check_app(self, parameters: Parameters) -> None:
        parameters.only(
            "client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token", "code_verifier"
        )
        if parameters.text("client_id") != APP_ID:
            raise GraphError(101, "Error validating application. Cannot get application info due to a system error.")
        self.check_secret(parameters)

    def _made(self, like: GraphToken, now: datetime, life: timedelta) -> GraphToken:
        self._issued += 1
        return self._tokens.add(
            replace(
                like,
                token=f"{like.token}-{self._issued}",
                permissions=set(like.permissions),
                tasks=set(like.tasks),
                declined=set(like.declined),
                issued_at=now,
                expires_at=now + life,
                revoked=None,
            )
        )


def _meets(verifier: str, challenge: str) -> bool:
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return challenge in (digest, verifier)


def debug_token(
    tokens: Tokens, parameters: Parameters, inspector: str, app_secret: str | None, now: datetime
) -> JsonValue:
    """Tell what is known of a token, to its app or to whoever holds a good token."""
    parameters.only("input_token")
    app_id, _, secret = inspector.partition("|")
    by_app = app_id == APP_ID and (secret == app_secret if app_secret is not None else bool(secret))
    if not by_app:
        tokens.valid(inspector, now)
    if "input_token" not in parameters:
        raise GraphError(100, "(#100) The parameter input_token is required.")
    return tokens.described(parameters.text("input_token"), now)


_LISTING = {"limit": "unsigned int", "after": "string", "before": "string", "summary": "string", "fields": "string"}


def permissions(call: Call) -> JsonValue:
    """List what a person has granted, and what not."""
    call.parameters.check({"permission": "string", "status": "{declined,expired,granted}", **_LISTING})
    status = dict.fromkeys(sorted(call.token.permissions), "granted") | dict.fromkeys(
        sorted(call.token.declined), "declined"
    )
    wanted = (call.parameters.text("permission"), call.parameters.text("status"))
    told: list[JsonValue] = [
        {"permission": name, "status": state}
        for name, state in status.items()
        if wanted[0] in ("", name) and wanted[1] in ("", state)
    ]
    return {"data": told}


def revoke(call: Call, tokens: Iterable[GraphToken], permission: str | None) -> JsonValue:
    """Take back one permission, or all of them, from every token of the person."""
    for token in tokens:
        if token.owner == call.token.owner or token.targets & call.token.targets:
            if permission is None:
                token.revoked = 458
            else:
                token.permissions.discard(permission)
                token.declined.add(permission)
    return {"success": True}
