"""
How many calls a day LinkedIn allows, by what the app may do, and how many were made.

LinkedIn counts by UTC day, for each app and each member, endpoint by endpoint, and tells nothing in its answers: so the
library counts the answers that it gets. Others who use the same app and member are not in that number.
https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal

from socialconnect.errors import QuotaExceeded, RateLimited, SocialConnectError
from socialconnect.transport.pacing import RateWindow

__all__ = ["DAILY", "Tier", "counted", "endpoint", "next_midnight", "used_up"]

Tier = Literal["self_serve", "development", "standard"]
"""What the app may do: `self_serve` products, or the Community Management API in one of its two tiers."""

DAILY: Mapping[Tier, int] = {"self_serve": 150, "development": 100}
"""Calls of one member a day, where LinkedIn tells a number."""

BATCHES: frozenset[Tier] = frozenset({"standard"})
"""Where several things may be read in one call."""

_DAY = "member per UTC day"
_MINUTE = "member per minute"


def next_midnight(now: datetime) -> datetime:
    """Give the moment at which the day's allowances begin anew."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), now.min.time(), UTC)


def endpoint(limit_key: str) -> str:
    """Give the endpoint that a request counts against, without the keys that stand in its path."""
    method, _, path = limit_key.partition(" ")
    return f"{method} {'/'.join(path.split('/')[:3])}"


def counted(windows: tuple[RateWindow, ...], limit_key: str, tier: Tier | None, now: datetime) -> RateWindow:
    """
    Count one more call of an endpoint.

    Args:
        windows: What is known so far.
        limit_key: The endpoint, such as `POST /rest/posts`.
        tier: What the app may do, if the caller said so.
        now: The time.
    """
    known = next((one for one in windows if (one.limit_key, one.name) == (limit_key, _DAY)), None)
    today = known is not None and known.resets_at is not None and now < known.resets_at
    used = (known.used or 0 if known is not None and today else 0) + 1
    limit = DAILY.get(tier) if tier is not None else None
    left = None if limit is None else max(0, limit - used)
    if today and known is not None and known.spent:
        left = 0  # LinkedIn said so itself
    return RateWindow(
        name=_DAY,
        limit_key=limit_key,
        limit=limit,
        remaining=left,
        resets_at=next_midnight(now),
        used=used,
        counts_calls=limit is not None,
    )


def used_up(error: SocialConnectError, counted_now: RateWindow, now: datetime) -> Iterator[RateWindow]:
    """Give what a refusal tells of an endpoint's limits."""
    if isinstance(error, QuotaExceeded):
        yield counted_now.model_copy(update={"remaining": 0})
    elif isinstance(error, RateLimited) and error.retry_after:
        until = now + timedelta(seconds=error.retry_after)
        yield RateWindow(name=_MINUTE, limit_key=counted_now.limit_key, remaining=0, resets_at=until)
