"""
The reconciler: looks at an account for what has become of its unknown deliveries, and records what follows.

What follows from what is seen is decided in `reconciliation.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from socialconnect.adapter import Seen
from socialconnect.clock import Clock
from socialconnect.errors import LifecycleError, NotFound, PermissionDenied, ThrottleError, TransportError
from socialconnect.journal import post_id_of
from socialconnect.lifecycle.told import never_raised
from socialconnect.operations import Operations
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.events import Event, Events
from socialconnect.outbox.outcomes import described
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.reconciliation import (
    CLOCK_ERROR,
    SKEW,
    Doubt,
    Verdict,
    before,
    earlier,
    listed,
    match,
    may_be,
    may_still_answer,
    unseen,
)
from socialconnect.outbox.recorded_journal import RecordedSteps
from socialconnect.outbox.report import RunReport
from socialconnect.outbox.store import Account, Query, Store, StoreUnavailable
from socialconnect.outbox.work_settings import WorkSettings
from socialconnect.post import PublishedPost

__all__ = ["Reconciler"]

_SLOW = 8
"""For how many times as long as all looks take, what the network is still working on is waited for."""


@dataclass(frozen=True)
class _Account:
    """
    What an account has shown, and what else is known of it.

    Args:
        posts: Its recent posts.
        credited: The ids of those that belong to deliveries; grows with each that is found.
        sending: Whether a delivery is on its way, whose post may be there before its answer is.
        doubts: All its unknown deliveries, whether they are looked for or not.
    """

    posts: Sequence[PublishedPost]
    credited: set[str]
    sending: bool
    doubts: Sequence[Doubt]


class Reconciler:
    """
    Args:
        store: The store.
        clock: The clock.
        settings: The settings.
        owner: Knows which workers are gone.
        events: Where to tell what was found.
    """

    def __init__(self, store: Store, clock: Clock, settings: WorkSettings, owner: Owner, events: Events) -> None:
        self._store, self._clock, self._settings = store, clock, settings
        self._owner, self._events = owner, events

    async def reconcile(self, operations: Operations, now: datetime, *, jumped: datetime | None) -> RunReport:
        """
        Look for what is to be looked for now, and record what follows.

        Args:
            operations: The account.
            now: The time.
            jumped: When it was last seen that the clock had been set forward.
        """
        doubts = await self._store.doubts(_account(operations), now)
        if not doubts:
            return RunReport()
        if jumped is not None:  # less time may have gone by between the looks than their times say: afresh
            doubts = [replace(one, looks=0) if one.delivery.changed_at < jumped else one for one in doubts]
        verdicts = await self._verdicts(operations, doubts)
        report = RunReport()
        for doubt, verdict in zip(doubts, verdicts, strict=True):
            if not await self._store.conclude(doubt, verdict, self._clock.now()):
                continue
            state = DeliveryState.PUBLISHED if verdict.found else DeliveryState.PLANNED if verdict.again else None
            told = f"found live as {verdict.found.id}" if verdict.found else verdict.told
            told = told if state else f"still unknown; {told}"
            self._events.log(Event.LOOKED, doubt.delivery, told, state=state)
            if state is not None:
                report += RunReport.of(state)
                await self._events.changed(doubt.delivery.id)
        return report

    async def _verdicts(self, operations: Operations, doubts: Sequence[Doubt]) -> list[Verdict]:
        """Look for each in its one place if it has one, and for the others among the account's posts."""
        placed: list[Verdict | None] = []
        try:
            for one in doubts:
                placed.append(await self._in_its_place(operations, one))
        except (ThrottleError, TransportError) as error:  # the others would fare no better, and take their time
            placed += [self._later(_not_looked(error))] * (len(doubts) - len(placed))
        others = [doubt for doubt, verdict in zip(doubts, placed, strict=True) if verdict is None]
        found = iter(await self._among_posts(operations, others) if others else ())
        return [next(found) if one is None else one for one in placed]

    # ── in its one place ──────────────────────────────────────────────────────────────────────────────────────────

    async def _in_its_place(self, operations: Operations, doubt: Doubt) -> Verdict | None:
        """
        Say what the one place shows where what is missing would be; `None` if it has none.

        Raises:
            ThrottleError: The account may ask nothing for now.
            TransportError: The network cannot be reached.
        """
        if doubt.step is None or doubt.existing is not None:
            return None
        done = RecordedSteps(self._store, doubt.delivery.id, self._clock)
        try:
            with never_raised():
                seen = await operations.look_for(doubt.delivery.post, doubt.step, done)
        except (StoreUnavailable, ThrottleError, TransportError):
            raise
        except NotFound:  # what it belongs to cannot be read yet, or any more: it was looked, and nothing was seen
            seen = Seen()
        except (LifecycleError, PermissionDenied) as error:
            return Verdict(told=f"{_not_looked(error)} Look yourself, and settle it by hand.")
        except Exception as error:  # noqa: BLE001  # an adapter may be anybody's: its defect concerns nothing else
            return self._later(_not_looked(error))
        return None if seen is None else await self._from_its_place(operations, doubt, seen)

    async def _from_its_place(self, operations: Operations, doubt: Doubt, seen: Seen) -> Verdict:
        if seen.found is not None:
            credited = await self._store.credited(_account(operations), doubt.since - 2 * CLOCK_ERROR)
            if seen.found.id not in credited:
                return Verdict(found=seen.found)
        now = self._clock.now()
        patience = _SLOW * sum(self._settings.looks, timedelta(0))
        if seen.pending and now - doubt.since < patience:
            return self._later("The network is still working on it.")
        return unseen(
            doubt,
            now,
            looks=self._settings.looks,
            covered=seen.whole or seen.found is not None,
            silent=not self._may_still_answer(doubt),
            allowed=self._may_repeat(doubt.delivery),
            like_it=seen.found,
            placed=True,
        )

    # ── among the account's posts ─────────────────────────────────────────────────────────────────────────────────

    async def _among_posts(self, operations: Operations, doubts: Sequence[Doubt]) -> list[Verdict]:
        if not operations.adapter.capabilities.read_back:
            told = "The network does not let software read the account's posts: look yourself, and settle it by hand."
            return [Verdict(told=told)] * len(doubts)
        account, since = _account(operations), doubts[0].since - CLOCK_ERROR
        try:
            with never_raised():
                posts = await operations.posts(since=since, limit=self._settings.posts_per_look)
            # After the reading, in this order: what was on its way by then and was read is still so, or unknown, or
            # known to be another's. That one's clock may have been wrong too.
            sending, doubtful = await self._is_sending(account), await self._store.unknown(account)
            credited = set(await self._store.credited(account, since - CLOCK_ERROR))
            shown = _Account(posts, credited, sending, doubtful)
            return [await self._verdict(operations, one, shown) for one in doubts]
        except StoreUnavailable:
            raise
        except LifecycleError as error:
            return [Verdict(told=_not_looked(error))] * len(doubts)
        except Exception as error:  # noqa: BLE001  # an adapter may be anybody's: its defect concerns no other account
            return [self._later(_not_looked(error))] * len(doubts)

    async def _verdict(self, operations: Operations, doubt: Doubt, shown: _Account) -> Verdict:
        """Say what the account's posts tell of one doubt; what it finds belongs to it from here on."""
        adapter, settings = operations.adapter, self._settings
        doubt = await self._answering(doubt)
        found = match(doubt, shown.posts, adapter, shown.credited)
        like_it = earlier(doubt, shown.posts, adapter, shown.credited)
        if found is not None and found.id != doubt.existing:
            if shown.sending:
                told = "The account shows one like it, while another delivery is being sent."
                return Verdict(look_at=self._clock.now() + settings.looks[0], looked=False, told=told)
            rivals = _rivals(operations, doubt, found, shown.doubts)
            if self._is_contested(doubt, rivals):
                told = "it may be another unknown delivery's, and a worker of one of them may still get its answer"
                return self._later(f"The account shows one like it ({found.id}), but {told}.")
            if rivals and _has_older(operations, doubt, shown):
                found, like_it = None, found
        if found is not None:
            shown.credited.add(found.id)
            return Verdict(found=found)
        return unseen(
            doubt,
            self._clock.now(),
            looks=settings.looks,
            covered=len(shown.posts) < settings.posts_per_look,
            silent=not self._may_still_answer(doubt),
            allowed=self._may_repeat(doubt.delivery),
            like_it=like_it,
            listed=listed(doubt, adapter),
        )

    def _is_contested(self, doubt: Doubt, rivals: Sequence[Doubt]) -> bool:
        """
        Whether a post may as well be another unknown delivery's, while the answer may still come that says whose it is.

        Whichever of the two that answer is for: were the post given to the other one, one id could end up with both; or
        this one, called published, might yet send its own, while the other one is sent again.
        """
        return bool(rivals) and any(self._may_still_answer(one) for one in (doubt, *rivals))

    async def _is_sending(self, account: Account) -> bool:
        network, name = account
        states = frozenset({DeliveryState.SENDING})
        return bool(await self._store.deliveries(Query(states=states, network=network, account=name, limit=1)))

    async def _answering(self, doubt: Doubt) -> Doubt:
        """Tell which post a further post of a thread answers."""
        step = before(doubt.step)
        if step is None:
            return doubt
        done = await self._store.recorded(doubt.delivery.id, step, self._clock.now())
        return doubt if done is None else replace(doubt, answers=post_id_of(done[0]))

    # ── what both need ────────────────────────────────────────────────────────────────────────────────────────────

    def _later(self, told: str) -> Verdict:
        """Look again when a look that had found nothing would be followed; this one counts as none."""
        return Verdict(look_at=self._clock.now() + self._settings.looks[-1], looked=False, told=told)

    def _may_still_answer(self, doubt: Doubt) -> bool:
        return may_still_answer(doubt, self._clock.now(), self._owner.is_gone, self._settings.longest_pause)

    def _may_repeat(self, delivery: Delivery) -> bool:
        """Ask the application whether it may be sent again; what it raises is no leave."""
        try:
            return self._settings.repeat_unseen(delivery)
        except Exception as error:  # noqa: BLE001  # the application's own
            self._events.hook_failed(delivery, "repeat_unseen", error)
            return False


def _rivals(operations: Operations, doubt: Doubt, found: PublishedPost, doubts: Sequence[Doubt]) -> list[Doubt]:
    """Give the other deliveries whose post it may be."""
    return [one for one in doubts if one.delivery.id != doubt.delivery.id and may_be(one, found, operations.adapter)]


def _has_older(operations: Operations, doubt: Doubt, shown: _Account) -> bool:
    """
    Whether a post from before the intent may be this delivery's, so that a newer one may be a rival's.

    So it is if this clock was ahead at both intents. Given to the wrong one of the two, the newer post would leave the
    other one with a post that is too old to be read for it, and that one would be sent again.
    """
    older = [one for one in shown.posts if one.created_at is None or one.created_at < doubt.since - SKEW]
    return earlier(doubt, older, operations.adapter, shown.credited) is not None


def _not_looked(error: Exception) -> str:
    return f"The account could not be looked at: {described(error)[0]}"


def _account(operations: Operations) -> Account:
    return operations.network, operations.account
