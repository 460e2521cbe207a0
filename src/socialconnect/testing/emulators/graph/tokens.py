"""Access tokens: whose they are, what they may do, and how long they live."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error

__all__ = ["TASKS", "GraphToken", "Login", "Tokens", "authenticate", "header_token", "proof_of"]

Login = Literal["facebook", "instagram"]
"""Which of the two logins gave a token."""

TASKS = frozenset({"ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "ADVERTISE", "MANAGE"})
"""What a person can be allowed to do on a Page."""

_PACIFIC = timezone(timedelta(hours=-8), "PST")


@dataclass
class GraphToken:
    """
    One access token. Tests may change it at any time.

    Args:
        token: The token.
        kind: Whose it is: a person's or a Page's.
        owner: The person's or the Page's id.
        targets: The ids of the Pages or Instagram accounts that it may act for.
        permissions: What it may do.
        login: The login that it comes from; `None` for one that both take.
        issued_at: When it was given.
        expires_at: When it ends; `None` for never.
        revoked: The subcode with which it is refused from now on, such as 458 or 460; `None` while it is good.
        tasks: What its person may do on the Page.
        declined: Permissions that the person was asked for and did not give, or took back.
        user: The id of the person behind a Page's token.
    """

    token: str = field(repr=False)
    kind: Literal["USER", "PAGE"]
    owner: str
    targets: frozenset[str]
    permissions: set[str]
    issued_at: datetime
    login: Login | None = None
    expires_at: datetime | None = None
    revoked: int | None = None
    tasks: set[str] = field(default_factory=lambda: set(TASKS))
    declined: set[str] = field(default_factory=set[str])
    user: str | None = None

    def refusal(self, now: datetime) -> GraphError | None:
        """Give the refusal that the token meets, or `None` while it is good."""
        if self.revoked is not None:
            return graph_error(190, self.revoked)
        if self.expires_at is not None and self.expires_at <= now:
            ended, told = (f"{at.astimezone(_PACIFIC):%A, %d-%b-%y %H:%M:%S %Z}" for at in (self.expires_at, now))
            message = f"Error validating access token: Session has expired on {ended}. The current time is {told}."
            return graph_error(190, 463, message)
        return None

    def require(self, *permissions: str, code: int = 200) -> None:
        """
        Make sure that the token has permissions.

        Raises:
            GraphError: It lacks one.
        """
        missing = [one for one in permissions if one not in self.permissions]
        if missing:
            names = ", ".join(missing)
            raise graph_error(code, message=f"(#{code}) This needs the permission {names}", status=403)

    def require_task(self, task: str) -> None:
        """
        Make sure that the token's person may do something on the Page.

        Raises:
            GraphError: The person lacks the task.
        """
        if task not in self.tasks:
            raise graph_error(1, 2853006)


class Tokens:
    """The tokens that an emulator knows."""

    def __init__(self) -> None:
        self._known: dict[str, GraphToken] = {}

    def __getitem__(self, token: str) -> GraphToken:
        return self._known[token]

    def add(self, token: GraphToken) -> GraphToken:
        """Make a token known."""
        self._known[token.token] = token
        return token

    def all(self) -> tuple[GraphToken, ...]:
        """Give every token."""
        return tuple(self._known.values())

    def valid(self, token: str | None, now: datetime) -> GraphToken:
        """
        Give a token that is good now.

        Raises:
            GraphError: There is none, or it is not good.
        """
        if not token:
            error = graph_error(2500)
            error.headers = authenticate("invalid_request", error.message)
            raise error
        found = self._known.get(token)
        refusal = graph_error(190) if found is None else found.refusal(now)
        if refusal is not None:
            refusal.headers = authenticate("invalid_token", refusal.message)
            raise refusal
        assert found is not None
        return found

    def described(self, token: str, now: datetime) -> JsonValue:
        """Give what `debug_token` tells."""
        found = self._known.get(token)
        refusal = graph_error(190) if found is None else found.refusal(now)
        told: dict[str, JsonValue] = {"app_id": APP_ID, "application": "Emulated app", "is_valid": refusal is None}
        if found is not None:
            told |= {
                "type": found.kind,
                "expires_at": int(found.expires_at.timestamp()) if found.expires_at else 0,
                "data_access_expires_at": int((found.issued_at + _DATA_ACCESS).timestamp()),
                "issued_at": int(found.issued_at.timestamp()),
                "scopes": [*sorted(found.permissions)],
                "granular_scopes": [
                    {"scope": one, "target_ids": [*sorted(found.targets)]} for one in sorted(found.permissions)
                ],
                "profile_id" if found.kind == "PAGE" else "user_id": found.owner,
            }
            if found.user is not None:
                told["user_id"] = found.user
        if refusal is not None:
            fault: dict[str, JsonValue] = {"code": refusal.code, "message": refusal.message}
            if refusal.subcode is not None:
                fault["subcode"] = refusal.subcode
            told["error"] = fault
        return {"data": told}


APP_ID = "123"
"""The id of the one app that an emulator knows."""

_DATA_ACCESS = timedelta(days=90)


def header_token(request: EmulatedRequest) -> str | None:
    """Give the header's token; the documentation calls its scheme `Bearer` on some pages and `OAuth` on others."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() in ("bearer", "oauth") else None


def proof_of(token: str, app_secret: str) -> str:
    """Give the `appsecret_proof` of a token."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def authenticate(reason: str, message: str) -> dict[str, str]:
    """Give the header that tells why a token or a code is refused."""
    return {"www-authenticate": f'OAuth "Facebook Platform" "{reason}" "{message}"'}
