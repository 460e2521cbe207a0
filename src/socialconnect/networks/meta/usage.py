"""The three families of rate-limit headers of the Graph API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError as ShapeError

from socialconnect.networks.meta.wire import BUSINESS_USAGE, BusinessUsage, Usage
from socialconnect.transport.pacing import RateWindow

__all__ = ["wait_told", "windows"]

# https://developers.facebook.com/docs/graph-api/overview/rate-limiting/: all are percentages, and calls stop at 100.
_PERCENT = 100
_PLAIN = {"x-app-usage": "app", "x-page-usage": "page"}
_BUSINESS = "x-business-use-case-usage"


def windows(headers: Mapping[str, str], use_case: str, now: datetime) -> Iterator[RateWindow]:
    """
    Give what an answer's headers tell. The headers come only after enough calls: none means no information.

    Args:
        headers: The answer's headers.
        use_case: The kind of business use that the calls count as: `pages` or `instagram`. Others do not hold them up.
        now: The clock's time, from which the time to wait counts.
    """
    for header, name in _PLAIN.items():
        usage = _plain(headers.get(header))
        if usage is not None:
            yield RateWindow(name=name, limit_key="*", limit=_PERCENT, remaining=_left(usage))
    for owner, usage in _business(headers):
        wait = usage.estimated_time_to_regain_access
        yield RateWindow(
            name=f"{usage.type}:{owner}",
            limit_key="*" if usage.type == use_case else usage.type,
            limit=_PERCENT,
            remaining=0 if wait > 0 else _left(usage),
            resets_at=now + timedelta(minutes=wait) if wait > 0 else None,
        )


def wait_told(headers: Mapping[str, str], use_case: str) -> float | None:
    """Give the seconds until calls are taken again, if the headers tell; the Graph API sends no `Retry-After`."""
    waits = [usage.estimated_time_to_regain_access for _, usage in _business(headers) if usage.type == use_case]
    longest = max(waits, default=0)
    return longest * 60 if longest > 0 else None


def _left(usage: Usage) -> int:
    return max(0, int(_PERCENT - usage.used))


def _plain(text: str | None) -> Usage | None:
    if text is None:
        return None
    try:
        return Usage.model_validate_json(text)
    except ShapeError:
        return None  # a header that cannot be read tells nothing; the answer itself counts


def _business(headers: Mapping[str, str]) -> Iterator[tuple[str, BusinessUsage]]:
    text = headers.get(_BUSINESS)
    if text is None:
        return
    try:
        read = BUSINESS_USAGE.validate_json(text)
    except ShapeError:
        return
    for owner, usages in read.items():
        for usage in usages:
            yield owner, usage
