"""Rate limits by endpoint, as https://docs.x.com/x-api/fundamentals/rate-limits has them, and their headers."""

from __future__ import annotations

from dataclasses import dataclass

from socialconnect.clock import Clock
from socialconnect.testing.emulators.twitter.errors import rate_limited

__all__ = ["LIMITS", "EndpointLimit", "RateLimits", "Window"]

_QUARTER = 15 * 60
_DAY = 24 * 3600


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
        app: What the app's own token may do; if it is for a day, what all users of the app may do together.
    """

    user: Window | None
    app: Window | None = None


LIMITS: dict[str, EndpointLimit] = {
    "POST /2/tweets": EndpointLimit(Window(100), Window(10_000, _DAY)),
    "DELETE /2/tweets/:id": EndpointLimit(Window(50)),
    "GET /2/tweets": EndpointLimit(Window(5_000), Window(3_500)),
    "GET /2/tweets/:id": EndpointLimit(Window(900), Window(450)),
    "GET /2/users/:id/tweets": EndpointLimit(Window(900), Window(10_000)),
    "GET /2/users/me": EndpointLimit(Window(75)),
    "GET /2/users/:id": EndpointLimit(Window(900), Window(300)),
    "POST /2/media/upload": EndpointLimit(Window(500), Window(50_000, _DAY)),
    "GET /2/media/upload": EndpointLimit(Window(1_000), Window(100_000, _DAY)),
    "POST /2/media/upload/initialize": EndpointLimit(Window(1_875), Window(180_000, _DAY)),
    "POST /2/media/upload/:id/append": EndpointLimit(Window(1_875), Window(180_000, _DAY)),
    "POST /2/media/upload/:id/finalize": EndpointLimit(Window(1_875), Window(180_000, _DAY)),
    "POST /2/media/metadata": EndpointLimit(Window(500), Window(50_000, _DAY)),
    "GET /2/usage/credits": EndpointLimit(Window(30), Window(30)),
}


class RateLimits:
    """
    The calls of each window that have been used.

    Args:
        clock: The clock that windows run by.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: dict[tuple[str, str], tuple[float, int]] = {}
        self.limits = dict(LIMITS)
        """By endpoint; a test may put in smaller ones."""

    def count(self, endpoint: str, user_id: str | None, *, daily_headers: bool = False) -> dict[str, str]:
        """
        Count a call and give the headers that tell of it.

        Raises:
            Refused: A window is used up.
        """
        limit = self.limits.get(endpoint)
        if limit is None:
            return {}
        headers: dict[str, str] = {}
        over = False
        for who, window in self._windows(limit, user_id):
            left, reset = self._take(endpoint, who, window)
            over = over or left < 0
            prefix = "x-rate-limit" if window.seconds < _DAY else "x-app-limit-24hour"
            if window.seconds < _DAY or daily_headers or left < 0:
                headers |= _headers(prefix, window.calls, left, reset)
        if over:
            raise rate_limited(headers)
        return headers

    def exhausted(self, endpoint: str, user_id: str | None) -> dict[str, str]:
        """Give the headers that a caller sees when its window is used up."""
        limit = self.limits.get(endpoint)
        window = next((one for _, one in self._windows(limit, user_id)), None) if limit else None
        window = window or Window(15)
        return _headers("x-rate-limit", window.calls, 0, self._clock.now().timestamp() + window.seconds)

    def _windows(self, limit: EndpointLimit, user_id: str | None) -> list[tuple[str, Window]]:
        if user_id is None:
            return [("app", limit.app)] if limit.app else []
        found = [(user_id, limit.user)] if limit.user else []
        if limit.app and limit.app.seconds >= _DAY:
            found.append(("app", limit.app))
        return found

    def _take(self, endpoint: str, who: str, window: Window) -> tuple[int, float]:
        now = self._clock.now().timestamp()
        reset, used = self._used.get((endpoint, f"{who}/{window.seconds}"), (0.0, 0))
        if now >= reset:
            reset, used = now + window.seconds, 0
        used = min(used + 1, window.calls + 1)
        self._used[endpoint, f"{who}/{window.seconds}"] = (reset, used)
        return window.calls - used, reset


def _headers(prefix: str, calls: int, left: int, reset: float) -> dict[str, str]:
    return {
        f"{prefix}-limit": str(calls),
        f"{prefix}-remaining": str(max(left, 0)),
        f"{prefix}-reset": str(int(reset)),
    }
