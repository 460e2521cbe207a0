"""A clock that tests move."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

from socialconnect.lifecycle.status import moment

__all__ = ["TestClock"]


class TestClock:
    """
    A clock that stands still until it is moved. Sleeping moves it, and takes no time.

    Args:
        start: Where it starts: an ISO date or moment as text, a `date` (its beginning in UTC), or an aware `datetime`.
    """

    __test__ = False  # pytest: this is no test class

    def __init__(self, start: str | date | datetime = "2026-11-24T09:00:00+00:00") -> None:
        self._now = _moment(start)
        self._monotonic = 0.0
        self._lock = threading.Lock()
        self.slept: list[float] = []
        """Every wait that was asked for, in seconds."""

    def now(self) -> datetime:
        """Give the time of day, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Give the seconds that have gone by since the start; `set` does not change them."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Move the clock forward."""
        self.slept.append(seconds)
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Move the clock forward, and let other tasks run, as a real wait would."""
        import anyio.lowlevel  # comes with httpx; only the async face needs it

        self.sleep(seconds)
        await anyio.lowlevel.checkpoint()

    def advance(self, seconds: float = 0.0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move both the time of day and the monotonic time forward."""
        step = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        with self._lock:
            self._now += step
            self._monotonic += step.total_seconds()

    def set(self, to: str | date | datetime) -> None:
        """Set the time of day, forward or back, as a person sets a machine's clock; monotonic time stays."""
        with self._lock:
            self._now = _moment(to)


def _moment(given: str | date | datetime) -> datetime:
    if isinstance(given, str):
        read = datetime.fromisoformat(given)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    if isinstance(given, datetime) and given.tzinfo is None:
        raise ValueError("a clock needs an aware datetime")
    return moment(given)
