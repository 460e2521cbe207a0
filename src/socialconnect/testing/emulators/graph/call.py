"""One call of the Graph API, with everything that the core has read out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.fields import Field, parse_fields
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.tokens import GraphToken, Login

__all__ = ["Call"]


@dataclass(frozen=True)
class Call:
    """
    A call that may be answered.

    Args:
        request: The request as it came.
        version: The version that serves it.
        segments: The path's segments after the version.
        parameters: Its parameters.
        token: The token, which is good.
        login: The login whose rules hold: the host's, or the token's where one host serves both.
        now: The time of the call.
    """

    request: EmulatedRequest
    version: str
    segments: tuple[str, ...]
    parameters: Parameters
    token: GraphToken
    login: Login
    now: datetime

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    def fields(self, *default: str) -> tuple[Field, ...]:
        """Give the fields that it asks for; `id` comes with every node."""
        if "fields" not in self.parameters:
            return tuple(Field(name) for name in default)
        asked = parse_fields(self.parameters.text("fields"))
        return asked if any(one.name == "id" for one in asked) else (*asked, Field("id"))
