"""Rate limits by endpoint, as https://docs.x.com/x-api/fundamentals/rate-limits has them, and their headers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from socialconnect.clock import Clock
from socialconnect.testing.emulators.twitter.errors import rate_limited

__all__ = ["DAY", "LIMITS", "EndpointLimit", "RateLimits", "Window"]

_QUARTER = 15 * 60
DAY = 24 * 3600


@dataclass(frozen=True)
class Window:
    """So many calls in so many seconds."""

    calls: int
    seconds: int = _QUARTER


@dataclass(frozen=True)
class EndpointLimit:
    """
    The limits of one endpoint.

    Args:
        user: What one user may do.
        app: What the app's own token may do.
        user_day: What one user may do in a day.
        app_day: What all users of the app may do together in a day.
    """

    user: Window | None = None
    app: Window | None = None
    user_day: Window | None = None
    app_day: Window | None = None


def _limit(user: int | None, app: int | None = None, *, app_day: int | None = None) -> EndpointLimit:
    return EndpointLimit(
        Window(user) if user else None, Window(app) if app else None, None, Window(app_day, DAY) if app_day else None
    )


LIMITS: dict[str, EndpointLimit] = {
    "POST /2/tweets": _limit(100, app_day=10_000),
    "DELETE /2/tweets/:id": _limit(50),
    "PUT /2/tweets/:id/hidden": _limit(50),
    "GET /2/tweets": _limit(5_000, 3_500),
    "GET /2/tweets/:id": _limit(900, 450),
    "GET /2/tweets/analytics": _limit(300, 300),
    "GET /2/tweets/search/recent": _limit(300, 450),
    "GET /2/users/:id/tweets": _limit(900, 10_000),
    "GET /2/users/:id/mentions": _limit(300, 450),
    "GET /2/users/me": _limit(75),
    "GET /2/users": _limit(900, 300),
    "GET /2/users/:id": _limit(900, 300),
    "GET /2/users/by": _limit(900, 300),
    "GET /2/users/by/username/:username": _limit(900, 300),
    "POST /2/media/upload": _limit(500, app_day=50_000),
    "GET /2/media/upload": _limit(1_000, app_day=100_000),
    "POST /2/media/upload/initialize": _limit(1_875, app_day=180_000),
    "POST /2/media/upload/:id/append": _limit(1_875, app_day=180_000),
    "POST /2/media/upload/:id/finalize": _limit(1_875, app_day=180_000),
    "POST /2/media/metadata": _limit(500, app_day=50_000),
    "POST /2/media/subtitles": _limit(100, app_day=10_000),
    "DELETE /2/media/subtitles": _limit(100, app_day=10_000),
    "GET /2/usage/tweets": _limit(None, 50),
    "GET /2/usage/credits": _limit(30, 30),
}


class RateLimits:
    """
    The calls of each window that have been used.

    Args:
        clock: The clock that windows run by.
        daily: Gives whether a day's windows run from the first call, or end at midnight in UTC.
    """

    def __init__(self, clock: Clock, daily: Callable[[], Literal["rolling", "utc"]] = lambda: "rolling") -> None:
        self._clock = clock
        self._daily = daily
        self._used: dict[tuple[str, str], tuple[float, int]] = {}
        self.limits = dict(LIMITS)
        """By endpoint; a test may put in smaller ones."""

    def count(
        self,
        endpoint: str,
        user_id: str | None,
        *,
        daily_headers: bool = False,
        plan: Mapping[str, EndpointLimit] | None = None,
    ) -> dict[str, str]:
        """
        Count a call and give the headers that tell of it.

        Args:
            endpoint: What is called.
            user_id: Who calls; `None` for the app itself.
            daily_headers: Whether the day's limits are told too.
            plan: The limits of the app's plan, where they are not everybody's.

        Raises:
            Refused: A window is used up.
        """
        limit = (plan or {}).get(endpoint) or self.limits.get(endpoint)
        if limit is None:
            return {}
        headers: dict[str, str] = {}
        over = False
        for prefix, who, window in _windows(limit, user_id):
            left, reset = self._take(f"{endpoint} {prefix}", who, window)
            over = over or left < 0
            if window.seconds < DAY or daily_headers or left < 0:
                headers |= _headers(prefix, window.calls, left, reset)
        if over:
            raise rate_limited(headers)
        return headers

    def exhausted(self, endpoint: str, user_id: str | None) -> dict[str, str]:
        """Give the headers that a caller sees when its window is used up."""
        limit = self.limits.get(endpoint)
        found = next(iter(_windows(limit, user_id)), None) if limit else None
        prefix, _, window = found or ("x-rate-limit", "", Window(15))
        return _headers(prefix, window.calls, 0, self._clock.now().timestamp() + window.seconds)

    def _take(self, what: str, who: str, window: Window) -> tuple[int, float]:
        now = self._clock.now()
        reset, used = self._used.get((what, who), (0.0, 0))
        if now.timestamp() >= reset:
            reset, used = self._ends(now, window), 0
        used = min(used + 1, window.calls + 1)
        self._used[what, who] = (reset, used)
        return window.calls - used, reset

    def _ends(self, now: datetime, window: Window) -> float:
        if window.seconds >= DAY and self._daily() == "utc":
            midnight = datetime.combine(now.astimezone(UTC).date(), datetime.min.time(), UTC) + timedelta(days=1)
            return midnight.timestamp()
        return now.timestamp() + window.seconds


def _windows(limit: EndpointLimit, user_id: str | None) -> list[tuple[str, str, Window]]:
    """Give the windows that a call counts in: how its headers begin, whose it is, and how wide."""
    if user_id is None:
        own = [("x-rate-limit", "app", limit.app)]
    else:
        own = [("x-rate-limit", user_id, limit.user), ("x-user-limit-24hour", user_id, limit.user_day)]
    found = [*own, ("x-app-limit-24hour", "app", limit.app_day)]
    return [(prefix, who, window) for prefix, who, window in found if window is not None]


def _headers(prefix: str, calls: int, left: int, reset: float) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(calls),
        f"{prefix}-remaining": str(max(left, 0)),
        f"{prefix}-reset": str(int(reset)),
    }
