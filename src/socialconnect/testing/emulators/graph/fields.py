"""The `fields` parameter: names, with `.limit(0)`-like modifiers and `{…}` for the fields of what is inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Field", "Readers", "parse_fields", "pick", "words"]


@dataclass(frozen=True)
class Field:
    """
    One field that a call asks for; as a text it reads as it was written.

    Args:
        name: Its name.
        modifiers: What `.name(value)` says, by name.
        inner: The fields wanted of what is inside.
    """

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict[str, str])
    inner: tuple[Field, ...] = ()

    def __str__(self) -> str:
        told = "".join(f".{name}({value})" for name, value in self.modifiers.items())
        return f"{self.name}{told}" + (f"{{{','.join(str(one) for one in self.inner)}}}" if self.inner else "")


Readers = dict[str, Callable[[Field], JsonValue]]
"""How to read each field that a node has."""


def words(text: str) -> frozenset[str]:
    """Give the words of a text, for long lists of names."""
    return frozenset(text.split())


def parse_fields(text: str) -> tuple[Field, ...]:
    """
    Read a `fields` parameter.

    Raises:
        GraphError: It breaks the syntax.
    """
    found, rest = _parse_list(text)
    if rest:
        raise _syntax_error(text)
    return found


def _parse_list(text: str) -> tuple[tuple[Field, ...], str]:
    found: list[Field] = []
    while True:
        match = re.match(r"\s*(\w+)", text)
        if match is None:
            raise _syntax_error(text)
        name, text = match[1], text[match.end() :]
        modifiers: dict[str, str] = {}
        while match := re.match(r"\.(\w+)\(([^()]*)\)", text):
            modifiers[match[1]] = match[2]
            text = text[match.end() :]
        inner: tuple[Field, ...] = ()
        if text.startswith("{"):
            inner, text = _parse_list(text[1:])
            if not text.startswith("}"):
                raise _syntax_error(text)
            text = text[1:]
        found.append(Field(name, modifiers, inner))
        if not text.startswith(","):
            return tuple(found), text
        text = text[1:]


def _syntax_error(text: str) -> GraphError:
    return GraphError(2500, f'Syntax error "Unexpected end or character" in the field list at: {text[:40]!r}')


def pick(
    fields: tuple[Field, ...],
    readers: Readers,
    *,
    node: str,
    gaps: frozenset[str] = frozenset(),
) -> dict[str, JsonValue]:
    """
    Give the fields that a call asks for; what has no value is left out, never null.

    Args:
        fields: What is asked for.
        readers: How to read each field that the node has.
        node: The node's type, for the refusal.
        gaps: Fields that the node has and the emulator does not give.

    Raises:
        GraphError: The node has no such field.
        Gap: The emulator does not give it.
    """
    picked: dict[str, JsonValue] = {}
    for one in fields:
        if one.name in gaps:
            raise Gap(f"field {one.name}")
        if one.name not in readers:
            raise GraphError(100, f"(#100) Tried accessing nonexisting field ({one.name}) on node type ({node})")
        value = readers[one.name](one)
        if value is not None:
            picked[one.name] = value
    return picked
