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
        counts_calls: Whether each call takes one, so that calls can be counted before their answers come.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    name: str
    limit_key: str
    limit: int | None = None
    remaining: int | None = None
    resets_at: datetime | None = None
    used: int | None = None
    counts_calls: bool = False

    @property
    def spent(self) -> bool:
        """Whether nothing is left until a moment that is known."""
        return self.remaining is not None and self.remaining <= 0 and self.resets_at is not None


class Pacing:
    """The windows of one account, shared by its threads or tasks."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], RateWindow] = {}
        self._left: dict[str, dict[str, int]] = {}  # of what counts calls, by key and name: what is left by our count
        self._lock = threading.Lock()
        self._spent = False  # whether any window is used up: the common answer costs one look

    @property
    def windows(self) -> tuple[RateWindow, ...]:
        """The windows known now; calls that are under way are taken off."""
        with self._lock:
            return tuple(self._counted(window) for window in self._windows.values())

    def _counted(self, window: RateWindow) -> RateWindow:
        left = self._left.get(window.limit_key, {}).get(window.name, window.remaining)
        return window if left == window.remaining else window.model_copy(update={"remaining": left})

    def learn(self, window: RateWindow) -> None:
        """Keep what an answer told; within one window what is left never grows, whichever answer comes last."""
        key, name = window.limit_key, window.name
        with self._lock:
            if window.counts_calls and window.remaining is not None:
                known, left = self._windows.get((key, name)), self._left.setdefault(key, {})
                same = (
                    known is not None
                    and known.resets_at == window.resets_at
                    and known.limit == window.limit
                    and not self._ended(window)
                )
                left[name] = min(left.get(name, window.remaining), window.remaining) if same else window.remaining
            self._windows[key, name] = window
            self._spent = any(map(self._none_left, self._windows.values()))

    def _take(self, limit_key: str) -> bool:
        """Count a call that is about to leave; `False` if others took the last one meanwhile."""
        with self._lock:
            left = self._left[limit_key]
            if any(one <= 0 and not self._over(limit_key, name) for name, one in left.items()):
                self._spent = True
                return False
            for name in left:
                left[name] -= 1
                self._spent = self._spent or left[name] <= 0
        return True

    def _over(self, limit_key: str, name: str) -> bool:
        return self._ended(self._windows[limit_key, name])

    def _ended(self, window: RateWindow) -> bool:
        return window.resets_at is None or window.resets_at <= self._clock.now()

    def _none_left(self, window: RateWindow) -> bool:
        left = self._left.get(window.limit_key, {}).get(window.name, window.remaining)
        return left is not None and left <= 0 and window.resets_at is not None

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
        Give the seconds to wait before a request of this key, and count the request.

        Raises:
            RateLimited: The wait would be longer than `longest`; nothing was sent.
        """
        while True:
            wait = self.wait_for(limit_key)
            if wait > longest:
                raise RateLimited("The network's rate limit is used up; nothing was sent.", retry_after=wait)
            if wait or limit_key not in self._left or self._take(limit_key):
                return wait
