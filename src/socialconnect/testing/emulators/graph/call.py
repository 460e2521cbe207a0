"""One call of the Graph API, with everything that the core has read out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.fields import Field, parse_fields
from socialconnect.testing.emulators.graph.parameters import Parameters, read_parameters
from socialconnect.testing.emulators.graph.tokens import GraphToken, Login
from socialconnect.testing.emulators.refused import Gap

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
        edges: Answers the calls that fields stand for which name edges; there are no such fields if not given.
    """

    request: EmulatedRequest
    version: str
    segments: tuple[str, ...]
    parameters: Parameters
    token: GraphToken
    login: Login
    now: datetime
    edges: Callable[[Call], JsonValue] | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.request.method

    @property
    def version_number(self) -> tuple[int, ...]:
        """The version as numbers, for comparing."""
        return tuple(int(part) for part in self.version[1:].split("."))

    def fields(self, *default: str) -> tuple[Field, ...]:
        """Give the fields that it asks for; `id` comes with every node."""
        if "fields" not in self.parameters:
            return tuple(Field(name) for name in default)
        asked = parse_fields(self.parameters.text("fields"))
        return asked if any(one.name == "id" for one in asked) else (*asked, Field("id"))

    def expanded(self, node: str, field: Field) -> JsonValue:
        """
        Answer a field that names an edge, as if the edge was called with what stands behind its name.

        Args:
            node: The node whose edge it is.
            field: The field, such as `insights.metric(post_media_view)`.

        Raises:
            Gap: The emulator has no edges in fields.
        """
        if self.edges is None:
            raise Gap(f"field {field.name}")
        told = dict(field.modifiers)
        if field.inner:
            told["fields"] = ",".join(str(one) for one in field.inner)
        url = f"{self.request.origin}/{self.version}/{node}/{field.name}?{urlencode(told)}"
        request = EmulatedRequest("GET", url, self.request.headers, b"")
        parameters = read_parameters(request, self.now)
        return self.edges(replace(self, request=request, segments=(node, field.name), parameters=parameters))
