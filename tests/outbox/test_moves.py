"""The life of a delivery is the table, in the store and in what really happens."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.wall import SilentAdapter, Wall, network

from socialconnect import Post, PublishedPost
from socialconnect.errors import NotSent, OutcomeUnknown, RejectedError, SocialConnectError, TokenRevoked
from socialconnect.network import Network, run
from socialconnect.outbox import MOVES, Delivery, DeliveryState, Outbox
from socialconnect.outbox.store import Claim, LeaseLost, Result
from socialconnect.testing import TestClock

PAIRS = list(product(DeliveryState, DeliveryState))
ALLOWED = {(old, new) for old, following in MOVES.items() for new in following}


def put(path: Path, delivery_id: str, state: DeliveryState) -> None:
    """Set a state behind the outbox's back."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE deliveries SET state = ? WHERE id = ?", (state.value, delivery_id))


def test_the_table_names_every_state() -> None:
    """Every state has its row, also those that nothing follows."""
    assert set(MOVES) == set(DeliveryState)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_change_obeys_the_table(
    outbox: Outbox, wall: Wall, clock: TestClock, path: Path, old: DeliveryState, new: DeliveryState
) -> None:
    """The store makes a change that the table allows, and refuses every other, leaving all as it was."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    put(path, plan.id, old)

    def decide(delivery: Delivery) -> Delivery:
        return delivery.model_copy(update={"state": new})

    if old is new or (old, new) in ALLOWED:
        run(outbox._core._store.change(plan.id, decide))
        assert outbox.delivery(plan.id).state is new
    else:
        with pytest.raises(ValueError, match="does not go"):
            run(outbox._core._store.change(plan.id, decide))
        assert outbox.delivery(plan.id).state is old


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_workers_result_obeys_the_table(
    outbox: Outbox, wall: Wall, clock: TestClock, path: Path, old: DeliveryState, new: DeliveryState
) -> None:
    """A worker may end what it holds as the table allows, and nothing else."""
    network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    clock.advance(hours=1)
    store = outbox._core._store
    until = clock.now() + timedelta(minutes=10)
    claim = run(store.claim(("wall", "a"), owner="test", now=clock.now(), lease_until=until))
    assert isinstance(claim, Claim)
    put(path, claim.delivery.id, old)
    held = old in (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    if held and (old, new) in ALLOWED:
        run(store.finish(claim, Result(new), clock.now()))
        assert outbox.delivery(claim.delivery.id).state is new
    else:
        with pytest.raises(LeaseLost):
            run(store.finish(claim, Result(new), clock.now()))
        assert outbox.delivery(claim.delivery.id).state is old


class Scenes:
    """What makes deliveries move, through the public interface alone."""

    def __init__(self, outbox: Outbox, wall: Wall, clock: TestClock) -> None:
        self.outbox, self.wall, self.clock = outbox, wall, clock
        self.network = network(wall, outbox, clock)
        self.silent = Network.from_adapter(SilentAdapter(wall), token="secret-token", clock=clock, outbox=outbox)

    def plan(self, network: Network | None = None) -> str:
        return (network or self.network).schedule(Post("hello"), self.clock.now() + timedelta(minutes=1)).id

    def meet(self, trouble: SocialConnectError, *, network: Network | None = None) -> str:
        """Plan one, and have it meet this at the visible request."""
        plan = self.plan(network)
        self.wall.troubles = [trouble]
        self.outbox.run(until=self.clock.now() + timedelta(minutes=1))
        return plan

    def meet_early(self, trouble: SocialConnectError) -> str:
        """Plan one, and have it meet this at the upload."""
        plan = self.plan()
        self.wall.upload_troubles = [trouble]
        self.outbox.run(until=self.clock.now() + timedelta(minutes=1))
        return plan

    def during(self, act: Callable[[], object]) -> None:
        """Plan one, and do this while it uploads."""

        class Act(NotSent):
            def __new__(cls) -> Act:  # raised as a class: made at the moment of raising
                act()
                return super().__new__(cls)

        self.plan()
        self.wall.upload_troubles = [Act]  # type: ignore[list-item]  # a class raises as well as an object
        self.outbox.run(until=self.clock.now() + timedelta(minutes=1))

    def late(self, error: type[SocialConnectError], **how: float) -> None:
        """Plan one whose worker hears this only when another has given it up, hours later."""

        class Act(error):  # type: ignore[misc, valid-type]  # whichever it is
            def __new__(cls) -> Act:
                self.clock.advance(hours=2)
                with Outbox(self.outbox.path, clock=self.clock) as other:
                    other.run_due()
                made: Act = super().__new__(cls)
                return made

            def __init__(self) -> None:
                super().__init__("no", **how)

        self.plan()
        self.wall.troubles = [Act]  # type: ignore[list-item]  # a class raises as well as an object
        self.outbox.run(until=self.clock.now() + timedelta(minutes=1))

    def again(self, delivery_id: str) -> None:
        self.outbox.reschedule(delivery_id, self.clock.now() + timedelta(minutes=1))
        self.outbox.cancel(delivery_id)

    def play(self) -> None:
        late = timedelta(days=1).total_seconds()
        self.outbox.add_campaign("c", [("wall", "a", Post("hello"), timedelta(0)) for _ in range(2)])
        self.outbox.cancel(self.outbox.deliveries(campaign="c")[0].id)
        self.outbox.launch("c")
        self.outbox.run_due()
        self.again(self.meet(RejectedError("no")))
        self.again(self.meet_early(RejectedError("no")))
        self.again(self.meet(TokenRevoked()))
        self.outbox.cancel(self.meet_early(TokenRevoked()))
        self.meet(NotSent("no", retry_after=1))
        self.meet_early(NotSent("no", retry_after=1))
        self.outbox.run(until_idle=True)
        self.meet(NotSent("no", retry_after=late))
        self.again(self.meet_early(NotSent("no", retry_after=late)))
        self.plan()
        self.clock.advance(days=1)
        self.outbox.run_due()
        self.outbox.settle(self.meet(OutcomeUnknown()), None)
        live = PublishedPost(network="silent", account="a", id="1")
        self.outbox.settle(self.meet(OutcomeUnknown(), network=self.silent), live)
        self.plan(self.silent)
        self.outbox.run(until_idle=True)
        self.during(lambda: self.outbox.cancel(self.outbox.deliveries(state="claimed")[0].id))
        self.late(TokenRevoked)
        self.late(NotSent, retry_after=late)
        self.plan(readable(ReadableWall(self.clock, lose=[False]), self.outbox, self.clock))
        self.outbox.run(until_idle=True)  # never shown by the network, and so sent again


def test_every_move_happens_and_no_other(wall: Wall, clock: TestClock, path: Path) -> None:
    """Through the public interface each move of the table can be brought about, and none beside it."""
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        _every_move(outbox, wall, clock, path)


def _every_move(outbox: Outbox, wall: Wall, clock: TestClock, path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE seen (old TEXT, new TEXT)")
        db.execute(
            "CREATE TRIGGER move AFTER UPDATE OF state ON deliveries WHEN old.state <> new.state "
            "BEGIN INSERT INTO seen VALUES (old.state, new.state); END"
        )
    Scenes(outbox, wall, clock).play()
    with closing(sqlite3.connect(path)) as db:
        seen = {
            (DeliveryState(old), DeliveryState(new)) for old, new in db.execute("SELECT DISTINCT old, new FROM seen")
        }
    assert seen == ALLOWED


def test_the_documentation_shows_the_table() -> None:
    """The page on the outbox lists each state with exactly what may follow it."""
    page = (Path(__file__).parents[2] / "docs" / "outbox.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]* \| ([^|]*)\|$", page, re.MULTILINE)
    assert {DeliveryState(state): {*re.findall(r"\w+", following)} for state, following in rows} == {
        state: {one.value for one in following} for state, following in MOVES.items()
    }
