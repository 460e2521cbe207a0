"""Each store against a dictionary: whatever is done in whatever order, it holds what the dictionary holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.outbox.stores.given import LEASE, NOW, OTHER, PAGE, delivery, published

from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.place import place
from socialconnect.outbox.store import Account, Claim, LeaseLost, Paused, Query, Result, Store

ACCOUNTS = st.sampled_from([PAGE, PAGE, PAGE, OTHER])
MINUTES = st.sampled_from([0, 0, 0, 1, 5])
_S = DeliveryState
UNDER_WAY = (_S.CLAIMED, _S.SENDING)


class Held(NamedTuple):
    """What the dictionary knows of a delivery, and who may still write."""

    account: Account
    number: int
    state: DeliveryState
    at: int
    due: int
    fence: int = 0
    lease: int | None = None
    intent: bool = False
    answers: int = 0


class Model(RuleBasedStateMachine):
    """The store and the dictionary, side by side. Time is in minutes, and only goes on."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.held: dict[str, Held] = {}
        self.claims: list[tuple[Claim, int]] = []
        self.paused: set[str] = set()

    def moment(self, minutes: int = 0) -> timedelta:
        """So long after the beginning."""
        return timedelta(minutes=self.now + minutes)

    def change(self, delivery_id: str, **fields: object) -> None:
        """Change what the dictionary holds."""
        self.held[delivery_id] = self.held[delivery_id]._replace(**fields)  # type: ignore[arg-type]  # its own fields

    @rule(minutes=st.sampled_from([1, 5, 11]))
    def wait(self, minutes: int) -> None:
        """Time goes on."""
        self.now += minutes

    @rule(account=ACCOUNTS, minutes=MINUTES)
    def plan(self, account: Account, minutes: int) -> None:
        """Put one in."""
        one = delivery(account=account, minutes=self.now + minutes)
        run(self.store.add([one]))
        at = self.now + minutes
        self.held[one.id] = Held(account, len(self.held), _S.PLANNED, at, at)

    @rule(account=ACCOUNTS)
    def claim(self, account: Account) -> None:
        """Claim what is due: the first planned one, if none is under way."""
        now = NOW + self.moment()
        found = run(self.store.claim(account, owner="me", now=now, lease_until=now + LEASE))
        mine = {key: one for key, one in self.held.items() if one.account == account}
        planned = [key for key, one in mine.items() if one.state is _S.PLANNED and account[0] not in self.paused]
        first = min(planned, key=lambda key: (mine[key].at, mine[key].number), default=None)
        busy = any(one.state in UNDER_WAY for one in mine.values())
        if first is None or busy or mine[first].due > self.now:
            assert found is None
            return
        assert found is not None
        assert found.delivery.id == first
        fence = mine[first].fence + 1
        self.change(first, state=_S.CLAIMED, fence=fence, lease=self.now + 10)
        self.claims.append((found, fence))

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def intend(self, data: st.DataObject) -> None:
        """Some worker writes its intent, be it the owner or not."""
        claim, fence = data.draw(st.sampled_from(self.claims))
        one = self.held[claim.delivery.id]
        mine = one.fence == fence and one.state in UNDER_WAY
        now = NOW + self.moment()
        try:
            run(self.store.intend(claim, "publish", now=now, lease_until=now + LEASE))
        except LeaseLost:
            assert not mine
        except Paused:
            assert mine
            assert one.account[0] in self.paused
        else:
            assert mine
            assert one.account[0] not in self.paused
            self.change(claim.delivery.id, state=_S.SENDING, intent=True, lease=self.now + 10)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """Some worker records an answer."""
        claim, fence = data.draw(st.sampled_from(self.claims))
        one = self.held[claim.delivery.id]
        mine = one.fence == fence and one.state in (_S.SENDING, _S.UNKNOWN)
        done = False
        with suppress(LeaseLost):
            run(self.store.answer(claim, "publish", "post-1", now=NOW + self.moment()))
            done = True
        assert done == mine
        if done:
            self.change(claim.delivery.id, intent=False, answers=one.answers + 1)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), state=st.sampled_from([_S.PUBLISHED, _S.FAILED, _S.UNKNOWN, _S.PLANNED]), minutes=MINUTES)
    def finish(self, data: st.DataObject, state: DeliveryState, minutes: int) -> None:
        """Some worker records its end."""
        claim, fence = data.draw(st.sampled_from(self.claims))
        one = self.held[claim.delivery.id]
        from_unknown = one.state is _S.UNKNOWN and state is not _S.UNKNOWN
        mine = one.fence == fence and (one.state in UNDER_WAY or from_unknown)
        live = published("post-1", claim.delivery) if state is _S.PUBLISHED else None
        due = NOW + self.moment(minutes) if state is _S.PLANNED else None
        done = False
        with suppress(LeaseLost):
            run(self.store.finish(claim, Result(state, due=due, published=live), NOW + self.moment()))
            done = True
        assert done == mine
        if done:
            intent = one.intent and state is _S.UNKNOWN
            self.change(claim.delivery.id, state=state, lease=None, intent=intent, due=self.now + minutes)

    @rule()
    def recover(self) -> None:
        """What dead workers held is freed."""
        unknown = run(self.store.recover(NOW + self.moment(), lambda _: False))
        over = [key for key, one in self.held.items() if one.state in UNDER_WAY and (one.lease or 0) <= self.now]
        assert set(unknown) == {key for key in over if self.held[key].intent}
        for key in over:
            if self.held[key].intent:
                self.change(key, state=_S.UNKNOWN, lease=None)
            else:
                self.change(key, state=_S.PLANNED, lease=None, due=max(self.now, self.held[key].at))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """A person takes one back, if nothing of it can be visible."""
        key = data.draw(st.sampled_from(sorted(self.held)))
        one = self.held[key]
        if one.state not in (_S.PLANNED, _S.CLAIMED):
            return

        def decide(old: Delivery) -> Delivery:
            return old.model_copy(update={"state": _S.CANCELLED, "due": None})

        run(self.store.change(key, decide))
        self.change(key, state=_S.CANCELLED, fence=one.fence + 1, lease=None, intent=False)

    @rule(network=st.sampled_from([None, None, None, PAGE[0], OTHER[0]]))
    def pause(self, network: str | None) -> None:
        """A network is paused, or goes on."""
        if network is None:
            return
        if network in self.paused:
            assert run(self.store.resume("network", network))
            self.paused.remove(network)
        else:
            run(self.store.pause("network", network, NOW + self.moment()))
            self.paused.add(network)

    @invariant()
    def they_hold_the_same(self) -> None:
        """Each delivery stands where the dictionary says, and at most one of an account is under way."""
        there = {one.id: (one.state, one.partly_live) for one in run(self.store.deliveries(Query()))}
        assert there == {key: (one.state, one.answers > 0) for key, one in self.held.items()}
        for account in (PAGE, OTHER):
            assert sum(one.state in UNDER_WAY for one in self.held.values() if one.account == account) <= 1


@pytest.fixture
def fresh(where: str, tmp_path: Path) -> Iterator[type[Model]]:
    """The model over this store, which each of its runs finds empty."""
    store = place(where, tmp_path / "media", blocking=True).store
    counted = iter(range(10**6))

    class Fresh(Model):
        def __init__(self) -> None:
            super().__init__()
            if where.startswith("postgresql"):
                with psycopg.connect(where, options="-c search_path=socialconnect") as connection:
                    connection.execute("TRUNCATE deliveries, steps, history, pauses, procrastinate_jobs CASCADE")
                self.store = store
            else:
                self.store = place(f"{where}-{next(counted)}", None, blocking=True).store

        def teardown(self) -> None:
            if self.store is not store:
                run(self.store.close())

    yield Fresh
    run(store.close())


def test_it_holds_what_a_dictionary_holds(fresh: type[Model]) -> None:
    """Any sequence of plans, claims, answers, deaths, pauses and cancellations leaves both the same."""
    checks = list(HealthCheck)
    some = settings(max_examples=40, stateful_step_count=50, derandomize=True, deadline=None, database=None)
    some = settings(some, suppress_health_check=checks)
    run_state_machine_as_test(fresh, settings=some)
