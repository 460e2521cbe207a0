"""A call's parameters: from the address, a form, a multipart form or JSON, with lists and objects as JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, UploadedFile
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Parameters", "read_parameters"]

_INDEXED = re.compile(r"^(\w+)\[(\d*)\]$")


class Parameters:
    """
    The parameters of one call.

    Args:
        values: The values by name, as text or as JSON had them.
        files: The files of a multipart form.
        query: The names that came in the address.
    """

    def __init__(
        self, values: dict[str, JsonValue], files: dict[str, UploadedFile] | None = None, query: Collection[str] = ()
    ) -> None:
        self._values = values
        self.files = files or {}
        self.query = frozenset(query)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def only(self, *known: str) -> None:
        """
        Make sure that the emulator knows every parameter.

        Raises:
            Gap: It does not know one; Graph might ignore it, act on it or refuse it.
        """
        unknown = sorted(set(self._values) - set(known) - _EVERYWHERE)
        if unknown:
            raise Gap(f"parameter {', '.join(unknown)}")

    def text(self, name: str, default: str = "") -> str:
        """Give a parameter as text."""
        value = self._values.get(name, default)
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value)

    def flag(self, name: str, default: bool) -> bool:
        """
        Give a parameter that is true or false.

        Raises:
            GraphError: It is neither.
        """
        if name not in self._values:
            return default
        told = self.text(name).lower()
        if told not in _FLAGS:
            raise GraphError(100, f"(#100) Param {name} must be a boolean")
        return _FLAGS[told]

    def number(self, name: str, default: int) -> int:
        """
        Give a parameter that is a whole number.

        Raises:
            GraphError: It is not.
        """
        told = self.text(name, str(default))
        try:
            return int(told)
        except ValueError:
            raise GraphError(100, f"(#100) Param {name} must be an integer") from None

    def moment(self, name: str) -> datetime | None:
        """
        Give a parameter that is a time: seconds since 1970, or ISO 8601.

        Raises:
            Gap: It is in other words; Graph reads many.
        """
        if name not in self._values:
            return None
        told = self.text(name)
        if re.fullmatch(r"\d+", told):
            return datetime.fromtimestamp(int(told), UTC)
        try:
            read = datetime.fromisoformat(told)
        except ValueError:
            raise Gap(f"the way in which {name} tells a time") from None
        if re.fullmatch(r"\d{4}-\d\d-\d\d", told):
            return datetime.combine(date.fromisoformat(told), time.min, UTC)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)

    def items(self, name: str) -> list[JsonValue]:
        """
        Give a parameter that is a list: JSON, JSON text, `name[0]` keys, or words between commas.

        Raises:
            GraphError: It begins like JSON and is not.
        """
        indexed = sorted(
            (int(found[2] or 0), key) for key in self._values if (found := _INDEXED.match(key)) and found[1] == name
        )
        if indexed:
            return [self._parsed(key) for _, key in indexed]
        value = self._parsed(name)
        if isinstance(value, list):
            return value
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [] if value is None else [value]

    def names(self, name: str) -> list[str]:
        """Give a list of words, each once in the order given."""
        return list(dict.fromkeys(one if isinstance(one, str) else json.dumps(one) for one in self.items(name)))

    def _parsed(self, name: str) -> JsonValue:
        value = self._values.get(name)
        if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
            return value
        try:
            parsed: JsonValue = json.loads(value)
        except ValueError:
            raise GraphError(100, f"(#100) Param {name} must be valid JSON") from None
        return parsed


_FLAGS = {"true": True, "1": True, "false": False, "0": False}

_EVERYWHERE = frozenset({"access_token", "appsecret_proof"})
"""Parameters that every call may carry; the core reads them."""


def read_parameters(request: EmulatedRequest) -> Parameters:
    """
    Read a call's parameters; those of the body win over those of the address.

    Raises:
        GraphError: The body cannot be read.
    """
    query = request.query
    try:
        if request.media_type == "application/json" and request.content:
            body = request.json()
            if not isinstance(body, dict):
                raise ValueError("no object")
            return Parameters({**query, **body}, query=query)
        return Parameters({**query, **request.form}, request.files, query)
    except ValueError:
        raise GraphError(100, "(#100) The request's body cannot be read") from None
