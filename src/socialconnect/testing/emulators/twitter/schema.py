"""
How the X API checks a JSON body against its schema, and what it says of each fault.

Its messages are those of the validator that it is built with (https://github.com/networknt/json-schema-validator): one
for each fault, by path.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from types import UnionType
from typing import Annotated, TypeVar, cast

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import ValidationError as ShapeError
from pydantic_core import ErrorDetails

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.twitter.errors import invalid

__all__ = ["Body", "Id", "json_body", "validated"]

Id = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,19}$")]
_NAMES = {
    "string_type": "string", "int_type": "integer", "bool_type": "boolean", "list_type": "array",
    "model_type": "object", "dict_type": "object", "float_type": "number", "model_attributes_type": "object",
}  # fmt: skip
_UNION_MEMBERS = frozenset({"int", "str", "constrained-int", "constrained-str"})
_CLOSED = "is not defined in the schema and the schema does not allow additional properties"


class Body(BaseModel):
    """A body, or a part of one. Every level refuses a key that it does not know."""

    model_config = ConfigDict(extra="forbid", strict=True)


ModelT = TypeVar("ModelT", bound=Body)


def json_body(request: EmulatedRequest, model: type[ModelT]) -> ModelT:
    """
    Read a JSON body.

    Raises:
        Refused: It is no JSON, or not of that shape.
    """
    if request.media_type != "application/json":
        raise invalid("Requests with bodies must have content-type of application/json.")
    try:
        content = request.json()
    except ValueError:
        raise invalid("Request body is not valid JSON.") from None
    return validated(content, model)


def validated(content: object, model: type[ModelT]) -> ModelT:
    """Check a body against its schema; raises `Refused` with one message for each fault."""
    nulls = list(_nulls(content, model, "$"))
    if nulls:
        raise invalid(*nulls)
    try:
        return model.model_validate(content)
    except ShapeError as error:
        raise invalid(*dict.fromkeys(map(_message, error.errors()))) from None


def _message(fault: ErrorDetails) -> str:
    # pydantic also names the member of a union that it tried.
    steps = [one for one in fault["loc"] if one not in _UNION_MEMBERS]
    path = "$" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    context = fault.get("ctx", {})
    found = _found(fault["input"])
    match fault["type"]:
        case "extra_forbidden":
            told = _CLOSED
        case "missing":
            told = "is missing but it is required"
        case "literal_error":
            values = str(context["expected"]).replace(" or ", ", ").replace("'", "")
            told = f"does not have a value in the enumeration [{values}]"
        case "string_pattern_mismatch":
            told = f"does not match the regex pattern {context['pattern']}"
        case "string_too_long":
            told = f"may only be {context['max_length']} characters long"
        case "string_too_short":
            told = f"must be at least {context['min_length']} characters long"
        case "too_short":
            told = f"there must be a minimum of {context['min_length']} items in the array"
        case "too_long":
            told = f"there must be a maximum of {context['max_length']} items in the array"
        case "greater_than_equal":
            told = f"must have a minimum value of {context['ge']}"
        case "less_than_equal":
            told = f"must have a maximum value of {context['le']}"
        case kind if kind in _NAMES:
            told = f"{found} found, {_NAMES[kind]} expected"
        case _:
            told = fault["msg"].removeprefix("Value error, ")
    return f"{path}: {told}"


def _found(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", float: "number", list: "array", dict: "object", type(None): "null"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "unknown")


def _nulls(content: object, model: type[Body], path: str) -> Iterator[str]:
    """Find what is null: no field of the schema may be."""
    if not isinstance(content, dict):
        return
    sent = cast("dict[str, object]", content)
    for name, field in model.model_fields.items():
        kinds = set(_kinds(field.annotation))
        inner = next((one for one in kinds if isinstance(one, type) and issubclass(one, Body)), None)
        if name in sent and sent[name] is None:
            yield f"{path}.{name}: null found, {_expected(kinds, inner)} expected"
        elif inner is not None:
            yield from _nulls(sent.get(name), inner, f"{path}.{name}")


def _expected(kinds: set[object], inner: type[Body] | None) -> str:
    if inner is not None:
        return "object"
    names = {list: "array", bool: "boolean", int: "integer", float: "number"}
    return next((name for kind, name in names.items() if kind in kinds), "string")


def _kinds(annotation: object) -> Iterator[object]:
    """Give the plain types of an annotation: a union's members, and a list as such."""
    origin = typing.get_origin(annotation)
    if origin is list:
        yield list
    elif origin is Annotated:
        yield from _kinds(typing.get_args(annotation)[0])
    elif origin is typing.Union or isinstance(annotation, UnionType):
        for one in typing.get_args(annotation):
            yield from _kinds(one)
    else:
        yield annotation
