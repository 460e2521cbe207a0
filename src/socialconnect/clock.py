"""The clock: the only place where the library reads the time or waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """
    Where time comes from. Pass `socialconnect.testing.TestClock` to move it by hand.

    Every method must be safe to call from several threads.
    """

    def now(self) -> datetime:
        """Give the time of day, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never go backwards, for measuring how long something took."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait, holding the thread."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Wait, letting other tasks run; under asyncio and trio alike."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Give seconds that never go backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, holding the thread."""
        time.sleep(seconds)  # noqa: TID251  # this is the clock

    async def sleep_async(self, seconds: float) -> None:
        """Wait, letting other tasks run."""
        import anyio  # comes with httpx; only the async face needs it

        await anyio.sleep(seconds)
