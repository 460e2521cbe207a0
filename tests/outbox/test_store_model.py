"""The store against a dictionary: whatever is done in whatever order, both come to the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from socialconnect.network import run
from socialconnect.outbox import MOVES, Delivery, DeliveryState
from socialconnect.outbox.reconciliation import Verdict
from socialconnect.outbox.sqlite import SqliteStore
from socialconnect.outbox.store import Claim, LeaseLost, Paused, Query, Result, Store
from socialconnect.post import Post, PublishedPost

S = DeliveryState
START = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEASE = timedelta(minutes=10)
ACCOUNTS = st.sampled_from(["a", "b"])
PUBLISHED = PublishedPost(network="wall", account="a", id="live")


@dataclass
class Kept:
    """What the dictionary holds of a delivery."""

    account: str
    at: datetime
    due: datetime
    number: int
    state: DeliveryState = S.PLANNED
    fence: int = 0
    intent: bool = False
    answers: int = 0
    lease_until: datetime | None = None


class StoreMachine(RuleBasedStateMachine):
    """The rules. Another store's test overrides `make`."""

    claims = Bundle("claims")

    @staticmethod
    def make(folder: Path) -> Store:
        """Make the store."""
        return SqliteStore(folder / "outbox.db", Post.model_dump_json, Post.model_validate_json)

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.make(Path(self.folder.name))
        self.now = START
        self.kept: dict[str, Kept] = {}
        self.paused = False

    def teardown(self) -> None:
        if hasattr(self, "store"):
            run(self.store.close())
            self.folder.cleanup()

    # ── the dictionary ────────────────────────────────────────────────────────────────────────────────────────────

    def holds(self, claim: Claim, *states: DeliveryState) -> Kept | None:
        one = self.kept[claim.delivery.id]
        return one if one.fence == claim.fence and one.state in states else None

    def refused(self, act: Callable[[], object], *, unless: bool) -> None:
        """Do it, and see that it is refused exactly when it should be."""
        try:
            act()
        except LeaseLost:
            assert not unless
        else:
            assert unless

    # ── what is done ──────────────────────────────────────────────────────────────────────────────────────────────

    @rule(minutes=st.sampled_from([1, 11]))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(account=ACCOUNTS, minutes=st.integers(-5, 1))
    def add(self, account: str, minutes: int) -> None:
        number, at = len(self.kept), self.now + timedelta(minutes=minutes)
        delivery = Delivery(
            id=f"{number}",
            network="wall",
            account=account,
            post=Post(f"{number}"),
            state=S.PLANNED,
            at=at,
            due=at,
            created_at=self.now,
            changed_at=self.now,
        )
        run(self.store.add([delivery]))
        self.kept[delivery.id] = Kept(account, at, at, number)

    @rule(target=claims, account=ACCOUNTS)
    def claim(self, account: str) -> object:
        own = [one for one in self.kept.values() if one.account == account]
        planned = sorted((one for one in own if one.state is S.PLANNED), key=lambda one: (one.at, one.number))
        busy = any(one.state in (S.CLAIMED, S.SENDING) for one in own)
        first = planned[0] if planned and planned[0].due <= self.now and not busy and not self.paused else None
        until = self.now + LEASE
        found = run(self.store.claim(("wall", account), owner="me", now=self.now, lease_until=until))
        assert (found.delivery.id if found else None) == (f"{first.number}" if first else None)
        if first is not None and found is not None:
            first.state, first.lease_until = S.CLAIMED, until
            first.fence += 1
            assert found.fence == first.fence
            return found
        return multiple()

    @rule(target=claims, claim=claims)
    def take_over(self, claim: Claim) -> object:
        """Let its lease end, and somebody else claim; and then its owner, who knows nothing of it, go on."""
        self.now += LEASE + timedelta(minutes=1)
        self.recover()
        new = self.claim(self.kept[claim.delivery.id].account)
        self.intend(claim)
        self.answer(claim)
        self.finish(claim, S.FAILED)
        return new

    @rule(claim=claims)
    def intend(self, claim: Claim) -> None:
        one, until = self.holds(claim, S.CLAIMED, S.SENDING), self.now + LEASE
        try:
            run(self.store.intend(claim, "publish", now=self.now, lease_until=until))
        except LeaseLost:
            assert one is None
        except Paused:
            assert one is not None
            assert self.paused
        else:
            assert one is not None
            assert not self.paused
            one.state, one.intent, one.lease_until = S.SENDING, True, until

    @rule(claim=claims)
    def answer(self, claim: Claim) -> None:
        one = self.holds(claim, S.SENDING, S.UNKNOWN)
        self.refused(lambda: run(self.store.answer(claim, "publish", "1", now=self.now)), unless=one is not None)
        if one is not None:
            one.intent = False
            one.answers += 1

    @rule(claim=claims, state=st.sampled_from([S.PUBLISHED, S.FAILED, S.UNKNOWN, S.PLANNED, S.MISSED]))
    def finish(self, claim: Claim, state: DeliveryState) -> None:
        one = self.holds(claim, *(old for old in (S.CLAIMED, S.SENDING, S.UNKNOWN) if state in MOVES[old]))
        due = self.now if state is S.PLANNED else None
        published = PUBLISHED if state is S.PUBLISHED else None
        result = Result(state, due=due, published=published)
        self.refused(lambda: run(self.store.finish(claim, result, self.now)), unless=one is not None)
        if one is not None:
            one.state, one.lease_until = state, None
            one.due = due or one.due
            one.intent = one.intent and state is S.UNKNOWN

    @rule()
    def recover(self) -> None:
        unknown: list[str] = []
        for name, one in self.kept.items():
            if one.state in (S.CLAIMED, S.SENDING) and one.lease_until is not None and one.lease_until <= self.now:
                if one.intent:
                    one.state = S.UNKNOWN
                    unknown.append(name)
                else:
                    one.state, one.due = S.PLANNED, max(self.now, one.at)
                one.lease_until = None
        assert run(self.store.recover(self.now, lambda _: False)) == unknown

    @rule(account=ACCOUNTS)
    def miss(self, account: str) -> None:
        before = self.now - timedelta(minutes=10)
        late = [
            one
            for one in self.kept.values()
            if one.account == account and one.state is S.PLANNED and one.at < before and not one.answers
        ]
        late = [] if self.paused else sorted(late, key=lambda one: (one.at, one.number))
        for one in late:
            one.state = S.MISSED
        found = run(self.store.miss(("wall", account), before=before, now=self.now))
        assert found == [f"{one.number}" for one in late]

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        if not self.kept:
            return
        name = data.draw(st.sampled_from(sorted(self.kept)))
        one = self.kept[name]

        def decide(old: Delivery) -> Delivery:
            return old.model_copy(update={"state": S.CANCELLED, "due": None})

        if one.state is not S.CANCELLED and S.CANCELLED not in MOVES[one.state]:
            with pytest.raises(ValueError, match="does not go"):
                run(self.store.change(name, decide))
            return
        run(self.store.change(name, decide))
        one.state, one.intent, one.lease_until = S.CANCELLED, False, None
        one.fence += 1

    @rule(account=ACCOUNTS, again=st.booleans())
    def conclude(self, account: str, *, again: bool) -> None:
        for doubt in run(self.store.doubts(("wall", account), self.now)):
            one = self.kept[doubt.delivery.id]
            assert one.state is S.UNKNOWN
            verdict = Verdict(again=True) if again else Verdict(found=PUBLISHED)
            assert run(self.store.conclude(doubt, verdict, self.now))
            one.state, one.intent = (S.PLANNED if again else S.PUBLISHED), False
            one.due = max(self.now, one.at)

    @rule(paused=st.booleans())
    def pause(self, *, paused: bool) -> None:
        if paused:
            run(self.store.pause("network", "wall", self.now))
        else:
            run(self.store.resume("network", "wall"))
        self.paused = paused

    # ── what always holds ─────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def both_hold_the_same(self) -> None:
        if not hasattr(self, "store"):
            return
        found = {one.id: (one.state, one.partly_live) for one in run(self.store.deliveries(Query()))}
        assert found == {name: (one.state, one.answers > 0) for name, one in self.kept.items()}

    @invariant()
    def one_at_a_time(self) -> None:
        if not hasattr(self, "store"):
            return
        busy = [one.account for one in self.kept.values() if one.state in (S.CLAIMED, S.SENDING)]
        assert len(busy) == len(set(busy))


StoreMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=50, deadline=None)
TestStoreModel = StoreMachine.TestCase
