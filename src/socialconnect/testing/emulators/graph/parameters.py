"""A call's parameters: from the address, a form, a multipart form or JSON, with lists and objects as JSON text."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, UploadedFile
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.moments import read_moment
from socialconnect.testing.emulators.graph.types import check_type
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Parameters", "read_parameters"]

_EPOCH = datetime.fromtimestamp(0, UTC)
_NESTED = re.compile(r"\[([^\[\]]*)\]")


class Parameters:
    """
    The parameters of one call.

    Args:
        values: The values by name, as text or as JSON had them.
        files: The files of a multipart form.
        query: The names that came in the address.
        now: What a time in relative words counts from; such words are a gap if not given.
    """

    def __init__(
        self,
        values: dict[str, JsonValue],
        files: dict[str, UploadedFile] | None = None,
        query: Collection[str] = (),
        now: datetime | None = None,
    ) -> None:
        self._values = values
        self.files = files or {}
        self.query = frozenset(query)
        self._now = now

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

    def check(self, types: Mapping[str, str], *, gaps: Collection[str] = ()) -> None:
        """
        Make sure that the network knows every parameter, and that each is of its type.

        Args:
            types: What the call takes: the types by name, in the words of Meta's own schema, such as `unsigned int`.
            gaps: What Graph takes besides and the emulator has no answer to.

        Raises:
            Gap: The emulator does not know a parameter that Graph knows.
            GraphError: Graph does not know one, or it is of another type.
        """
        for name in sorted(set(self._values) - _EVERYWHERE):
            if name in gaps:
                raise Gap(f"parameter {name}")
            if name not in types:
                # What Graph answers is not documented; ignoring it in silence would hide a client's mistake.
                raise GraphError(100, f"(#100) Param {name} is not allowed for this call")
            check_type(self, name, types[name])

    def value(self, name: str) -> JsonValue:
        """
        Give a parameter as JSON had it, or its JSON text read; `None` if it is not there.

        Raises:
            GraphError: It begins like JSON and is not.
        """
        return self._read(name, self._values.get(name))

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
        Give a parameter that is a time: seconds since 1970, ISO 8601, or words such as `+1 day`.

        Raises:
            GraphError: It is no time.
            Gap: Graph may understand it; the emulator does not.
        """
        if name not in self._values:
            return None
        told = self.text(name)
        if self._now is None and not told[:1].isdigit():
            raise Gap(f"the way in which {name} tells a time")
        at = read_moment(told, self._now or _EPOCH)
        if at is None:
            raise GraphError(100, f"(#100) Param {name} must be a valid time")
        return at

    def items(self, name: str) -> list[JsonValue]:
        """
        Give a parameter that is a list: JSON, JSON text, `name[0]` keys, or words between commas.

        Raises:
            GraphError: It begins like JSON and is not.
        """
        value = self.value(name)
        if isinstance(value, list):
            return [self._read(name, one) for one in value]
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return [] if value is None else [value]

    def names(self, name: str) -> list[str]:
        """Give a list of words, each once in the order given."""
        return list(dict.fromkeys(one if isinstance(one, str) else json.dumps(one) for one in self.items(name)))

    def _read(self, name: str, value: JsonValue) -> JsonValue:
        if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
            return value
        parsed: JsonValue
        for text in (value, _strict(value)):
            try:
                parsed = json.loads(text)
            except ValueError:
                continue
            return parsed
        raise GraphError(100, f"(#100) Param {name} must be valid JSON")


def _strict(text: str) -> str:
    """
    Give JSON for what the documentation writes in its place: bare names, and quotes of any kind.

    Such as `[{username:'therock', x: 0.3}]`
    (https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media).
    """
    quoted = re.sub("['\u2018\u2019\u201c\u201d]", '"', text)
    return re.sub(r"([{,]\s*)([A-Za-z_]\w*)\s*:", r'\1"\2":', quoted)


_FLAGS = {"true": True, "1": True, "false": False, "0": False}

_EVERYWHERE = frozenset(
    {
        "access_token",
        "appsecret_proof",
        "appsecret_time",
        "format",
        "locale",
        "method",
        "return_ssl_resources",
        "sdk",
        "suppress_http_code",
    }
)
"""Parameters that every call may carry; the core reads them, or they change nothing here."""


def read_parameters(request: EmulatedRequest, now: datetime | None = None) -> Parameters:
    """
    Read a call's parameters; those of the body win over those of the address.

    Raises:
        GraphError: The body cannot be read.
    """
    query = _folded(request.query_pairs)
    try:
        if request.media_type == "application/json" and request.content:
            body = request.json()
            if not isinstance(body, dict):
                raise ValueError("no object")
            return Parameters({**query, **body}, query=query, now=now)
        if request.media_type == "application/x-www-form-urlencoded":
            pairs = parse_qsl(request.content.decode("utf-8", "replace"), keep_blank_values=True)
            return Parameters({**query, **_folded(pairs)}, request.files, query, now)
        return Parameters({**query, **_folded(request.form.items())}, request.files, query, now)
    except ValueError:
        raise GraphError(100, "(#100) The request's body cannot be read") from None


def _folded(pairs: Collection[tuple[str, str]]) -> dict[str, JsonValue]:
    """Give parameters by name, with `name[key][0]` keys as objects and lists, the way PHP reads them."""
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        base, _, _ = name.partition("[")
        keys = _NESTED.findall(name)
        if not base or not keys or f"{base}{''.join(f'[{key}]' for key in keys)}" != name:
            found[name] = value
            continue
        held = found.get(base)
        inside: dict[str, JsonValue] = held if isinstance(held, dict) else {}
        found[base] = inside
        for key in keys[:-1]:
            deeper = inside.get(key or str(len(inside)))
            nested: dict[str, JsonValue] = deeper if isinstance(deeper, dict) else {}
            inside[key or str(len(inside))] = nested
            inside = nested
        inside[keys[-1] or str(len(inside))] = value
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: JsonValue) -> JsonValue:
    """Turn an object whose keys are 0, 1, 2 and so on into a list."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if inner and all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner
