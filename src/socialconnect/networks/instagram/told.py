"""How a broken rule of Instagram is told."""

from __future__ import annotations

from collections.abc import Iterator

from socialconnect.errors import Problem
from socialconnect.networks.instagram.limits import MEDIA

__all__ = ["problem", "too_many", "too_much", "warning"]

Figure = str | int | float | None


def problem(
    field: str, rule: str, message: str, limit: Figure = None, actual: Figure = None, source: str = MEDIA
) -> Problem:
    """Give what Instagram would refuse."""
    return Problem(
        field=field, rule=rule, message=message, limit=limit, actual=actual, network="instagram", source=source
    )


def warning(
    field: str, rule: str, message: str, limit: Figure = None, actual: Figure = None, source: str | None = None
) -> Problem:
    """Give what is only told: advice, or what is not known for sure."""
    return Problem(
        field=field,
        rule=rule,
        message=message,
        limit=limit,
        actual=actual,
        network="instagram",
        source=source,
        severity="warning",
    )


def too_many(field: str, rule: str, message: str, limit: int, actual: int, source: str = MEDIA) -> Iterator[Problem]:
    """Say if there is more than the limit; `message` has a place for the limit."""
    if actual > limit:
        yield problem(field, rule, message.format(limit), limit, actual, source)


def too_much(field: str, rule: str, message: str, limit: int, text: str, source: str = MEDIA) -> Iterator[Problem]:
    """Say if a text is longer than the limit; `message` has a place for what is counted."""
    if len(text) > limit:
        told = f"{message.format(len(text))}; Instagram takes {limit:,}"
        yield problem(field, rule, told, limit, len(text), source)
