"""The spend limit: what an account may cost, and what its calls have cost so far at the most."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

from pydantic import JsonValue

from socialconnect.errors import QuotaExceeded, SocialConnectError
from socialconnect.journal import Journal

__all__ = ["Budget", "WatchedJournal"]


class Budget:
    """
    What may be spent. Safe to share between threads.

    Args:
        limit: How much, in the currency of the network's price list.
    """

    def __init__(self, limit: Decimal) -> None:
        self._limit = limit
        self._spent = Decimal(0)
        self._lock = threading.Lock()

    @property
    def spent(self) -> Decimal:
        """What the calls so far have cost, at the most that they can have cost."""
        return self._spent

    def reserve(self, cost: Decimal) -> None:
        """
        Set aside what a call may cost.

        Raises:
            QuotaExceeded: The limit would be passed.
        """
        with self._lock:
            if self._spent + cost > self._limit:
                raise QuotaExceeded(
                    f"The spend limit of {self._limit} would be passed: "
                    f"{self._spent} is spent, and this costs up to {cost}.",
                    hint="Nothing was sent. Raise spend_limit, or publish without what makes the post dear.",
                )
            self._spent += cost

    def release(self, cost: Decimal) -> None:
        """Give back what was set aside for a call that did not come to cost anything."""
        with self._lock:
            self._spent -= cost


class WatchedJournal:
    """
    A journal that knows whether the request that costs was sent.

    Args:
        journal: The journal that keeps the record.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.sent = False
        """Whether the visible step has begun, and its request did not fail to leave."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do a step that nobody sees."""
        return await self._journal.step(name, act, lives=lives)

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do the step that people see, and take note of it."""

        async def watched() -> JsonValue:
            before, self.sent = self.sent, True
            try:
                return await act()
            except SocialConnectError as error:
                # Without an answer and without a doubt: pacing, the token or the connection stopped it.
                if error.status is None and not error.may_have_happened:
                    self.sent = before
                raise

        return await self._journal.visible(name, watched)
