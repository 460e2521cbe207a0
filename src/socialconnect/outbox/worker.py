"""
The worker: claims what is due, carries it out, and records how it ended.

Its coroutines know one account at a time. What runs side by side is decided by the faces: threads for the blocking one,
tasks for the async one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from socialconnect.clock import Clock
from socialconnect.lifecycle.told import never_raised
from socialconnect.operations import Operations
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.events import Event, Events
from socialconnect.outbox.outcomes import described, result_of
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.reconciler import Reconciler
from socialconnect.outbox.recorded_journal import RecordedJournal
from socialconnect.outbox.report import RunReport
from socialconnect.outbox.store import Account, Claim, LeaseLost, Result, Store, StoreUnavailable
from socialconnect.outbox.work_settings import WorkSettings

__all__ = ["Ended", "Look", "WorkSettings", "Worker"]


_SET_FORWARD = 2.0
"""Seconds by which a clock moves at once when it is set, and not just corrected."""


@dataclass(frozen=True)
class Look:
    """
    What a look at the outbox found.

    Args:
        report: What the look itself changed: deliveries that had become unknown or missed.
        due: The accounts for which something is due.
    """

    report: RunReport
    due: Sequence[Operations]


@dataclass(frozen=True)
class Ended:
    """
    How an attempt ended.

    Args:
        result: What was recorded; `None` if the delivery was taken over by somebody else meanwhile.
        error: What went wrong, if something did.
    """

    result: Result | None
    error: Exception | None = None


class Worker:
    """
    Args:
        store: The store.
        clock: The clock.
        settings: The settings.
        accounts: Gives the accounts that can be used now.
        owner: Who claims.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: WorkSettings,
        accounts: Callable[[], Iterable[Operations]],
        owner: Owner,
    ) -> None:
        self._store, self._clock, self._settings, self._accounts = store, clock, settings, accounts
        self._owner = owner
        self._events = Events(store, settings.on_change)
        self._reconciler = Reconciler(store, clock, settings, owner, self._events)
        self._ahead: float | None = None  # by how much the time of day was ahead of monotonic time at the last look
        self._jumped: datetime | None = None  # when it was last seen that it had been set forward

    async def look(self) -> Look:
        """Look at its own accounts, and count what is due for those that it was not given."""
        own = await self.look_at_own()
        return Look(own.report + RunReport(unattached=await self.unattached()), own.due)

    async def look_at_own(self) -> Look:
        """Free what dead workers held, call missed what is too late, and find what is due."""
        now = self._clock.now()
        self._watch_clock(now)
        accounts = {_account(one): one for one in self._accounts()}
        abandoned = await self._store.recover(now, self._owner.is_gone)
        await self._events.noticed(Event.ABANDONED, abandoned)
        report = RunReport.of(DeliveryState.UNKNOWN, len(abandoned))
        due: list[Operations] = []
        for account, operations in accounts.items():
            report += await self._reconciler.reconcile(operations, now, jumped=self._jumped)
            missed = await self._store.miss(account, before=now - self._settings.grace, now=now)
            await self._events.noticed(Event.MISSED, missed)
            report += RunReport.of(DeliveryState.MISSED, len(missed))
            moment = await self._store.next_moment(account)
            if moment is not None and moment <= now:
                due.append(operations)
        return Look(report, due)

    async def unattached(self) -> dict[str, int]:
        """Count what is due for accounts that it was not given, by `network account`."""
        own = {_account(one) for one in self._accounts()}
        due = await self._store.due(self._clock.now())
        return {" ".join(account): count for account, count in due.items() if account not in own}

    def _watch_clock(self, now: datetime) -> None:
        ahead = now.timestamp() - self._clock.monotonic()
        if self._ahead is not None and ahead - self._ahead > _SET_FORWARD:
            self._jumped = now
        self._ahead = ahead

    async def drain(
        self, operations: Operations, halted: Callable[[], bool], errors: dict[str, Exception] | None = None
    ) -> RunReport:
        """
        Carry out what is due for one account, one after the other, in order.

        Args:
            operations: The account.
            halted: Whether to begin no other.
            errors: Where to put what went wrong, by the delivery's id.
        """
        report = RunReport()
        while not halted():
            now, claimed_at = self._clock.now(), self._clock.monotonic()
            until = now + self._settings.lease
            self._owner.hold()
            claim = await self._store.claim(_account(operations), owner=self._owner.name, now=now, lease_until=until)
            if claim is None:
                break
            ended = await self.deliver(claim, operations, claimed_at=claimed_at)
            if errors is not None and ended.error is not None:
                errors[claim.delivery.id] = ended.error
            if ended.result is not None:
                report += RunReport.of(ended.result.state)
        return report

    async def rest(self, until: datetime | None, *, until_idle: bool) -> float | None:
        """Say how many seconds to wait before the next look; `None` to end."""
        now = self._clock.now()
        if until is not None and now >= until:
            return None
        moments = [await self._store.next_moment(_account(one)) for one in self._accounts()]
        coming = [one for one in moments if one is not None]
        if until_idle and not coming:
            return None
        ends = [*coming, now + self._settings.poll, *([until] if until is not None else [])]
        return max(0.0, (min(ends) - now).total_seconds())

    async def deliver(self, claim: Claim, operations: Operations, *, claimed_at: float, again: bool = True) -> Ended:
        """
        Carry out one delivery and record how it ended.

        Args:
            claim: The claim.
            operations: The account.
            claimed_at: The monotonic time just before the claim.
            again: Whether it may be planned again after an error that passes.
        """
        settings = self._settings
        journal = RecordedJournal(
            self._store,
            claim,
            claimed_at=claimed_at,
            clock=self._clock,
            lease=settings.lease,
            publish_timeout=settings.publish_timeout,
            latest=claim.delivery.at + settings.grace if again and claim.delivery.at is not None else None,
        )
        error: Exception | None = None
        try:
            with never_raised():  # a warning is for whoever writes code, not for what was planned long ago
                published = await operations.publish(claim.delivery.post, journal, journal.before_visible)
            result = Result(DeliveryState.PUBLISHED, published=published)
        except StoreUnavailable:
            raise  # whatever is on disk now is what the next worker goes by
        except LeaseLost as lost:
            if journal.open:
                self._warn(claim.delivery, "it may be live")
            return self._taken_over(claim.delivery, lost)
        except Exception as failed:  # noqa: BLE001  # an adapter may be anybody's: its defect is this delivery's alone
            error = failed
            result = result_of(
                failed,
                claim.delivery,
                request_open=journal.open,
                partly_live=journal.partly_live,
                now=self._clock.now(),
                grace=settings.grace,
                retry=settings.retry,
                again=again,
            )
        except BaseException as interrupted:  # the process is told to end, or the task is cancelled
            await self._interrupted(claim, interrupted, journal)
            raise
        return await self._recorded(claim, result, error)

    async def _recorded(self, claim: Claim, result: Result, error: Exception | None) -> Ended:
        """Record how a delivery ended; where another worker holds it by now, say at least what is live."""
        try:
            await self._store.finish(claim, result, self._clock.now())
        except LeaseLost as lost:
            if result.published is not None:
                self._warn(claim.delivery, f"it is live as {result.published.id}")
            return self._taken_over(claim.delivery, lost)
        event = Event.POSTPONED if result.state is DeliveryState.PLANNED else Event.ENDED
        told = f"{result.state.value} ({result.error_kind})" if result.error_kind else result.state.value
        self._events.log(event, claim.delivery, told, state=result.state, error_kind=result.error_kind)
        await self._events.changed(claim.delivery.id)
        return Ended(result, error)

    async def _interrupted(self, claim: Claim, why: BaseException, journal: RecordedJournal) -> None:
        """Record what is known now, rather than when the lease is over."""
        _, kind = described(why)
        with suppress(LeaseLost, StoreUnavailable):  # then it is found when the lease is over
            if await journal.in_doubt():
                told = "Interrupted while the request was on its way."
                result = Result(DeliveryState.UNKNOWN, error=told, error_kind=kind)
            else:
                now = self._clock.now()
                result = Result(DeliveryState.PLANNED, due=max(now, claim.delivery.at or now))
            await self._store.finish(claim, result, self._clock.now())

    def _warn(self, delivery: Delivery, what: str) -> None:
        """Tell what the record no longer takes: a person or another worker has decided meanwhile."""
        told = f"{what}, whatever was recorded meanwhile: look at the account"
        self._events.log(Event.MAY_BE_LIVE, delivery, told, level=logging.WARNING)

    def _taken_over(self, delivery: Delivery, lost: LeaseLost) -> Ended:
        self._events.log(Event.TAKEN_OVER, delivery, "taken over", error_kind=type(lost).__name__)
        return Ended(None, lost)


def _account(operations: Operations) -> Account:
    return operations.network, operations.account
