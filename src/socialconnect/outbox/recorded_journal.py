"""The journal of one delivery, on disk: what its publish has done so far, and the intent before the visible request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.clock import Clock
from socialconnect.outbox.store import Claim, Store

__all__ = ["GaveUp", "RecordedJournal", "RecordedSteps", "TooLate"]


class GaveUp(Exception):
    """Too little is left of the lease for the visible request, which was not sent."""


class TooLate(Exception):
    """It took until after the delivery's grace before the visible request could be sent, which was not."""


class RecordedSteps:
    """
    The steps of a delivery that are on record, for looking; see `DoneSteps`.

    Args:
        store: Where they are recorded.
        delivery: The delivery's id.
        clock: The clock.
    """

    def __init__(self, store: Store, delivery: str, clock: Clock) -> None:
        self._store, self._delivery, self._clock = store, delivery, clock

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Give a step's result, alone in a tuple, while it lives."""
        return await self._store.recorded(self._delivery, name, self._clock.now())


class RecordedJournal:
    """
    Args:
        store: Where it is recorded.
        claim: The right to carry the delivery out.
        claimed_at: The monotonic time just before the claim.
        clock: The clock.
        lease: How long a lease lasts; each step prolongs it.
        publish_timeout: Seconds that the visible request may last. With less left of the lease it is not sent.
        latest: When the post may begin to appear at the latest; `None` if it does not matter.
    """

    def __init__(
        self,
        store: Store,
        claim: Claim,
        *,
        claimed_at: float,
        clock: Clock,
        lease: timedelta,
        publish_timeout: float,
        latest: datetime | None = None,
    ) -> None:
        self._store, self._claim, self._clock = store, claim, clock
        self._lease, self._publish_timeout, self._latest = lease, publish_timeout, latest
        self._held_until = claimed_at + lease.total_seconds()
        self._began = claim.delivery.changed_at.timestamp() - claimed_at  # when it was claimed
        self.open = False
        """Whether a visible request may be on its way: from before it is sent until its answer is on disk."""
        self._intended: str | None = None  # the visible step that was begun last
        self._declared = False  # whether the adapter is within a visible step
        self.partly_live = claim.delivery.partly_live
        """Whether the answer to a visible request is on disk."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do a step that nobody sees, or give its recorded result while that lives; see `Journal.step`."""
        began = self._clock.now()  # what is made may be as old as the step's beginning
        found = await self._store.recorded(self._claim.delivery.id, name, began)
        if found is not None:
            return found[0]
        result = await act()
        now, until, held_until = self._new_lease()
        expires = began + lives if lives is not None else None
        await self._store.record_step(self._claim, name, result, now=now, expires=expires, lease_until=until)
        self._held_until = held_until
        return result

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do a step that makes the post visible, its intent on disk before it; see `Journal.visible`."""
        found = await self._store.recorded(self._claim.delivery.id, name, self._clock.now())
        if found is not None:
            return found[0]
        await self._intend(name)
        self._declared = True
        result = await act()
        await self._store.answer(self._claim, name, result, now=self._clock.now())
        self.open = self._declared = False
        self.partly_live = True
        return result

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        """Give a visible step's result if it is done already; see `Journal.recorded`."""
        return await self._store.recorded(self._claim.delivery.id, name, self._clock.now())

    async def before_visible(self) -> float:
        """
        Make sure that a visible request may leave now; called right before it does, for each time that it is sent.

        Waiting for a rate limit, for a new token or before another attempt takes its time from the lease. For an
        adapter that does not tell the journal what is visible, the intent is written here.

        Returns:
            How many seconds are left of the lease: what the request may last as a whole.

        Raises:
            GaveUp: Too little is left of the lease.
            TooLate: It is later than the delivery's grace.
        """
        if self._declared:
            self._require_time()
        elif not self.open:
            await self._intend("request")
        return self._left()

    async def _intend(self, name: str) -> None:
        if self._latest is not None and not self.partly_live and self._clock.now() > self._latest:
            raise TooLate(f"it was to appear by {self._latest:%Y-%m-%d %H:%M:%S} UTC at the latest")
        self._require_time()
        now, until, held_until = self._new_lease()
        await self._store.intend(self._claim, name, now=now, lease_until=until)
        self._held_until = held_until
        self._require_time()  # again: writing may have taken long, or the whole process may have stood still
        self.open, self._intended = True, name

    async def in_doubt(self) -> bool:
        """Whether a visible request may have left whose answer is not on disk, also if its record was interrupted."""
        if not self.open or self._intended is None:
            return self.open
        return await self._store.recorded(self._claim.delivery.id, self._intended, self._clock.now()) is None

    def _left(self) -> float:
        """Give the seconds that are left of the lease."""
        # Monotonic time stands still while a machine sleeps; the time of day shows it, and also when it is only set
        # forward: then nothing is sent, and another attempt follows.
        return self._held_until - self._clock.monotonic() - max(0.0, self._difference() - self._began)

    def _require_time(self) -> None:
        left = self._left()
        if left < self._publish_timeout:
            raise GaveUp(f"{left:.0f} s are left of the lease, and the request may last {self._publish_timeout:g} s")

    def _new_lease(self) -> tuple[datetime, datetime, float]:
        """Give now, and when a lease that begins now ends: by the time of day for others, monotonic for ourselves."""
        held_until = self._clock.monotonic() + self._lease.total_seconds()
        self._began = self._difference()
        now = self._clock.now()
        return now, now + self._lease, held_until

    def _difference(self) -> float:
        """Give by how much the time of day is ahead of monotonic time."""
        return self._clock.now().timestamp() - self._clock.monotonic()
