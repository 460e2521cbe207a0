"""How LinkedIn's broken rules are told."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.networks.linkedin import little_text
from socialconnect.problem import Problem

__all__ = ["problem", "too_long"]


def problem(
    field: str,
    rule: str,
    message: str,
    *,
    limit: str | int | None = None,
    actual: str | int | float | None = None,
    source: str | None = None,
    warns: bool = False,
) -> Problem:
    """Give a problem of LinkedIn's; see `Problem`."""
    return Problem(
        field=field,
        rule=rule,
        message=message,
        limit=limit,
        actual=actual,
        source=source,
        network="linkedin",
        severity="warning" if warns else "error",
    )


def too_long(
    field: str, what: str, text: str, limit: int, *, source: str | None = None, warns: bool = False
) -> Iterator[Problem]:
    """Say if a text is longer than LinkedIn takes."""
    length = little_text.utf16_length(text)
    if length > limit:
        message = f"{what} has {length} characters; LinkedIn takes {limit}"
        yield problem(field, "max_length", message, limit=limit, actual=length, source=source, warns=warns)
