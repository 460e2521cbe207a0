"""
The types of parameters, in the words of Meta's own schema
(https://github.com/facebook/facebook-business-sdk-codegen): `string`, `bool`, `unsigned int`, `int`, `float`,
`datetime`, `Object`, `map`, `file`, `list<…>`, and `{A,B}` for one of several words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.errors import GraphError

__all__ = ["Types", "check_type", "one_of", "typed"]

Types = dict[str, str]
"""The types of a call's parameters by name."""


def typed(type_: str, names: str) -> Types:
    """Give the names of a text one type, for long tables."""
    return dict.fromkeys(names.split(), type_)


def one_of(*words: str) -> str:
    """Give the type of a parameter that is one of several words."""
    return f"{{{','.join(sorted(words))}}}"


class _Parameters(Protocol):
    def value(self, name: str) -> JsonValue: ...
    def text(self, name: str) -> str: ...
    def items(self, name: str) -> list[JsonValue]: ...
    def flag(self, name: str, default: bool) -> bool: ...
    def moment(self, name: str) -> object: ...


def check_type(parameters: _Parameters, name: str, type_: str) -> None:
    """
    Make sure that a parameter is of its type.

    Raises:
        GraphError: It is not.
    """
    if type_ == "bool":
        parameters.flag(name, False)
    elif type_ == "datetime":
        parameters.moment(name)
    elif type_.startswith("{"):
        _check_word(name, parameters.text(name), type_)
    elif type_.startswith("list"):
        if isinstance(parameters.value(name), dict):
            raise GraphError(100, f"(#100) Param {name} must be an array")
        for at, one in enumerate(parameters.items(name)):
            _check_value(f"{name}[{at}]", one, type_[len("list<") : -1])
    else:
        # A text that begins like JSON is still a text.
        _check_value(name, parameters.text(name) if type_ == "string" else parameters.value(name), type_)


def _check_word(name: str, told: str, type_: str) -> None:
    words = type_[1:-1].split(",")
    if told not in words:
        raise GraphError(100, f"(#100) Param {name} must be one of {{{', '.join(words)}}} - got {told!r}.")


def _check_value(name: str, value: JsonValue, type_: str) -> None:
    good, meaning = _CHECKS.get(type_, _ANY)
    if type_.startswith("{"):
        _check_word(name, str(value), type_)
    elif not good(value):
        raise GraphError(100, f"(#100) Param {name} must be {meaning}")


def _is_text(value: JsonValue) -> bool:
    return isinstance(value, str | int | float)


def _is_whole(value: JsonValue) -> bool:
    told = str(value)
    return not isinstance(value, bool) and (told[1:] if told[:1] == "-" else told).isdecimal()


def _is_count(value: JsonValue) -> bool:
    return not isinstance(value, bool) and str(value).isdecimal()


def _is_number(value: JsonValue) -> bool:
    try:
        return not isinstance(value, bool) and float(str(value)) == float(str(value))
    except ValueError:
        return False


def _is_object(value: JsonValue) -> bool:
    return isinstance(value, dict)


def _is_object_or_id(value: JsonValue) -> bool:
    return isinstance(value, dict | list) or _is_count(value)


_CHECKS: dict[str, tuple[Callable[[JsonValue], bool], str]] = {
    "string": (_is_text, "a string"),
    "int": (_is_whole, "an integer"),
    "unsigned int": (_is_count, "an integer of 0 or more"),
    "float": (_is_number, "a number"),
    "map": (_is_object, "an object"),
    "Object": (_is_object_or_id, "an object"),
}
_ANY: tuple[Callable[[JsonValue], bool], str] = (lambda _: True, "anything")
