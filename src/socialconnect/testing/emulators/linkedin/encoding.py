"""
Encoded values of Rest.li: text, `List(…)` and `(key:value)` of protocol 2.0, and the flat forms of protocol 1.0.

An independent decoder: what an adapter encodes is checked against this reading of the protocol, not against itself.
See https://linkedin.github.io/rest.li/spec/protocol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Union
from urllib.parse import unquote, unquote_plus

__all__ = ["RestliValue", "decode", "flat_parameters", "reduced"]

RestliValue = Union[str, list["RestliValue"], dict[str, "RestliValue"]]  # noqa: UP007  # `|` cannot take a quoted name

_FLAT = re.compile(r"(\w+)((?:\.\w+|\[\d+\])+)")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class _Reader:
    """Reads one encoded value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> RestliValue:
        value = self._value()
        if self._at != len(self._text):
            raise ValueError(f"unexpected {self._text[self._at]!r} at {self._at}")
        return value

    def _value(self) -> RestliValue:
        if self._text.startswith("List(", self._at):
            self._at += 5
            return self._items()
        if self._peek() == "(":
            self._at += 1
            return self._record()
        return self._simple()

    def _items(self) -> list[RestliValue]:
        items: list[RestliValue] = []
        if self._peek() == ")":
            self._at += 1
            return items
        while True:
            items.append(self._value())
            if self._end(")"):
                return items

    def _record(self) -> dict[str, RestliValue]:
        record: dict[str, RestliValue] = {}
        if self._peek() == ")":
            self._at += 1
            return record
        while True:
            name = self._simple()
            if self._peek() != ":":
                raise ValueError(f"a ':' must follow {name!r}")
            self._at += 1
            record[name] = self._value()
            if self._end(")"):
                return record

    def _end(self, closing: str) -> bool:
        """Step over a separator; tells whether it was the closing one."""
        found = self._peek()
        if found not in (",", closing):
            raise ValueError(f"expected ',' or {closing!r} at {self._at}")
        self._at += 1
        return found == closing

    def _simple(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in "(),:":
            self._at += 1
        found = self._text[start : self._at]
        if found == "''":  # how the protocol writes an empty text
            return ""
        if "'" in found:
            raise ValueError(f"an unescaped quote after {start}")
        return unquote(found, errors="strict")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def decode(text: str) -> RestliValue:
    """
    Read an encoded value of protocol 2.0.

    Raises:
        ValueError: It is none; in a value `( ) , : '` must be escaped.
    """
    return _Reader(text).whole()


def reduced(value: RestliValue) -> str:
    """Write a value as keys in JSON bodies and headers are: in a record `( ) , : '` alone are escaped."""
    if isinstance(value, str):
        return re.sub(r"[(),:']", lambda found: f"%{ord(found.group()):02X}", value) or "''"
    if isinstance(value, list):
        return f"List({','.join(reduced(one) for one in value)})"
    return f"({','.join(f'{reduced(name)}:{reduced(one)}' for name, one in sorted(value.items()))})"


def flat_parameters(raw: Mapping[str, str]) -> dict[str, RestliValue]:
    """
    Read parameters of protocol 1.0: `shares[0]=…`, `timeIntervals.timeRange.start=…`, and plain ones.

    Args:
        raw: Names as they came, with their values still escaped.

    Raises:
        ValueError: Two of them are not of one structure.
    """
    read: dict[str, RestliValue] = {}
    for name, value in raw.items():
        found = _FLAT.fullmatch(unquote(name))
        steps: list[str | int] = [unquote(name)]
        if found is not None:
            steps = [found.group(1)]
            steps += [key if key else int(index) for key, index in _STEP.findall(found.group(2))]
        _put(read, steps, unquote_plus(value), name)
    return {name: _listed(value) for name, value in read.items()}


def _put(into: dict[str, RestliValue], steps: list[str | int], value: str, name: str) -> None:
    at = into
    for step in steps[:-1]:
        inner = at.setdefault(str(step), {})
        if not isinstance(inner, dict):
            raise ValueError(f"{name} is both a value and a structure")
        at = inner
    at[str(steps[-1])] = value


def _listed(value: RestliValue) -> RestliValue:
    """Make lists of what has numbers for names."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
