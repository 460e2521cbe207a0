"""Pacing: what the networks' rate-limit headers said, and waiting before a limit is hit rather than after."""

from __future__ import annotations

import threading
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from socialconnect.clock import Clock
from socialconnect.errors import RateLimited

__all__ = ["Pacing", "RateWindow"]


class RateWindow(BaseModel):
    """
    One rate limit as the network last told it.

    Args:
        name: Which of several limits it is, such as `user-15min`.
        limit_key: What it counts, as in `Request.limit_key`; `*` counts every request.
        limit: How many calls, or percent, the window allows; `None` if not told.
        remaining: How many are left; `None` if not told.
        resets_at: When the window begins anew, in UTC; `None` if not told.
        used: How many calls the library itself counted in the window, for a network that tells nothing.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    name: str
    limit_key: str
    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    used: int | None = None

    @property
    def spent(self) -> bool:
        """Whether nothing is left until a moment that is known."""
        return self.remaining is not None and self.remaining <= 0 and self.resets_at is not None


class Pacing:
    """The windows of one account, shared by its threads or tasks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], RateWindow] = {}
        self._lock = threading.Lock()
        self._spent = False  # whether any window is used up: the common answer costs one look

    @property
    def windows(self) -> tuple[RateWindow, ...]:
        """The windows known now."""
        with self._lock:
            return tuple(self._windows.values())

    def learn(self, window: RateWindow) -> None:
        """Keep what an answer told."""
        with self._lock:
            self._windows[window.limit_key, window.name] = window
            self._spent = any(one.spent for one in self._windows.values())

    def wait_for(self, limit_key: str) -> float:
        """Give the seconds until a request of this key is allowed; 0 if it is now."""
        if not self._spent:
            return 0.0
        now = self._clock.now()
        waits = [
            (window.resets_at - now).total_seconds()
            for window in self.windows
            if window.resets_at is not None and window.spent and window.limit_key in ("*", limit_key)
        ]
        return max(0.0, *waits) if waits else 0.0

    def refuse_if_longer(self, limit_key: str, longest: float) -> float:
        """
        Give the seconds to wait before a request of this key.

        Raises:
            RateLimited: The wait would be longer than `longest`; nothing was sent.
        """
        wait = self.wait_for(limit_key)
        if wait > longest:
            raise RateLimited("The network's rate limit is used up; nothing was sent.", retry_after=wait)
        return wait
