"""What the commands share: options, exit codes, and how what they are given is read."""

from __future__ import annotations

import json as json_text
import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from socialconnect.errors import ConfigurationError

__all__ = ["FAILED", "WRONG", "AsJson", "age_of", "moment_of", "print_json"]

AsJson = Annotated[bool, typer.Option("--json", help="Print data as JSON.")]

FAILED, WRONG = 1, 2

_AGE = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def print_json(data: object) -> None:
    """Print data for programs."""
    print(json_text.dumps(data, ensure_ascii=False, indent=2))  # this is the command line


def moment_of(option: str, given: str) -> datetime:
    """Read a time; without a zone it could be meant by any clock, so that it is refused."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(
            f"{option}: write a time with its zone, such as 2026-12-01T09:00+01:00, not {given!r}."
        )
    return moment


def age_of(option: str, given: str) -> timedelta:
    """Read an age: a number of days, hours or minutes."""
    found = _AGE.fullmatch(given.strip())
    if found is None:
        raise ConfigurationError(f"{option}: write a number of days, hours or minutes, such as 90d, not {given!r}.")
    return int(found[1]) * _UNITS[found[2]]
