"""Reading the command line's TOML files: where they are wrong, by line and column or by the place's name."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel
from pydantic import ValidationError as ShapeError

from socialconnect.errors import ConfigurationError, Problem

__all__ = ["NEEDS_ZONE", "list_of", "place", "read_toml", "shape_problems", "table_of", "validated"]

NEEDS_ZONE = "a time needs a zone, such as 2026-12-01T09:00:00+01:00"

_TABLE = "this must be a table: { … }"
_LIST = "this must be a list: [ … ]"
_SENTENCES = {
    "extra_forbidden": "there is no such setting",
    "missing": "it is missing",
    "string_type": "this must be a text, in quotes",
    "bool_type": "this must be true or false",
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "dict_type": _TABLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "union_tag_not_found": 'write { image = "…" } or { video = "…" }, with a path or an address',
    "timezone_aware": NEEDS_ZONE,
    "time_delta_parsing": 'this must be a duration, such as "PT2H" or "P1DT12H"',
}

ModelT = TypeVar("ModelT", bound=BaseModel)


def read_toml(path: Path) -> dict[str, object]:
    """
    Read a TOML file.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML; says the line and column.
    """
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not UTF-8 text (byte {error.start}).") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error


def validated(model: type[ModelT], data: object, path: Path) -> ModelT:
    """
    Check what was read against a model.

    Raises:
        ConfigurationError: Something is missing, unknown or of the wrong kind; all of it, each with its place.
    """
    try:
        return model.model_validate(data)
    except ShapeError as error:
        raise ConfigurationError(f"{path} is wrong", problems=shape_problems(error)) from error


def shape_problems(error: ShapeError, prefix: Sequence[str | int] = ()) -> list[Problem]:
    """Turn pydantic's findings into problems."""
    return [
        Problem(field=place([*prefix, *one["loc"]]), rule=one["type"], message=_sentence(one["type"], one["msg"]))
        for one in error.errors(include_input=False, include_url=False)
    ]


def _sentence(kind: str, message: str) -> str:
    """Say it in the words of a TOML file, where pydantic speaks of Python's."""
    if kind == "string_pattern_mismatch" and "^https?://" in message:
        return "this must be an address that begins with https:// or http://"
    return _SENTENCES.get(kind) or message.removeprefix("Value error, ")


def table_of(value: object) -> dict[str, object] | None:
    """Give a TOML table; `None` for anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def list_of(value: object) -> list[object] | None:
    """Give a TOML array; `None` for anything else."""
    return cast("list[object]", value) if isinstance(value, list) else None


def place(parts: Sequence[str | int]) -> str:
    """Give the name of a place in a file: `posts[1].media[0].image`."""
    told = ""
    for part in parts:
        told += f"[{part}]" if isinstance(part, int) else f".{part}" if told else str(part)
    return told
