"""Crashes at every step, and leases: nothing is lost, nothing appears twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import Post
from socialconnect.errors import OutcomeUnknown
from socialconnect.network import run
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.outbox.store import Claim, LeaseLost, Result
from socialconnect.testing import TestClock

P = ParamSpec("P")
T = TypeVar("T")

STEPS = ("recover", "miss", "claim", "record_step", "intend", "answer", "finish")
"""What a worker writes, in order."""


class Killed(BaseException):
    """The process is gone."""


class Death:
    """Kills a process just before or just after one of its writes; a dead process writes nothing more."""

    def __init__(self, outbox: Outbox, step: str, *, after: bool) -> None:
        self._dead, self._step, self._after = False, step, after
        store = outbox._core._store
        for name in STEPS:
            setattr(store, name, self._deadly(name, getattr(store, name)))

    def _deadly(self, name: str, act: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(act)
        async def deadly(*args: P.args, **kwargs: P.kwargs) -> T:
            if self._dead or (name == self._step and not self._after):
                self._dead = True
                raise Killed
            result = await act(*args, **kwargs)
            if name == self._step:
                self._dead = True
                raise Killed
            return result

        return deadly


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_any_step(path: Path, wall: Wall, clock: TestClock, step: str, *, after: bool) -> None:
    """After a kill at any write, a new process publishes the post, once; or calls it unknown if it may be live."""
    with Outbox(path, clock=clock) as outbox:
        plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        Death(outbox, step, after=after)
        with pytest.raises(Killed):
            outbox.run(until_idle=True)
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        outbox.run(until_idle=True)
        outbox.run(until=clock.now() + timedelta(hours=1))
        state = outbox.delivery(plan.id).state
    in_doubt = (step, after) in {("intend", True), ("answer", False)}
    assert state is (DeliveryState.UNKNOWN if in_doubt else DeliveryState.PUBLISHED)
    assert len(wall.posts) == (0 if (step, after) == ("intend", True) else 1)


def test_what_was_uploaded_before_a_crash_is_not_uploaded_again(path: Path, wall: Wall, clock: TestClock) -> None:
    """A new process goes on from the last recorded step, unless what the step made has died meanwhile."""
    for lifetime, uploads in ((timedelta(minutes=11), 1), (timedelta(hours=25), 3)):
        with Outbox(path, clock=clock, grace=timedelta(days=3)) as outbox:
            network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
            clock.advance(minutes=1)
            Death(outbox, "record_step", after=True)
            with pytest.raises(Killed):
                outbox.run_due()
        clock.advance(lifetime.total_seconds())
        with Outbox(path, clock=clock, grace=timedelta(days=3)) as outbox:
            network(wall, outbox, clock)
            assert outbox.run(until_idle=True).published == 1
        assert wall.uploads == uploads


def test_an_interrupt_is_recorded_at_once(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """An interrupt during the upload leaves the delivery planned; during the visible request, unknown."""
    facebook = network(wall, outbox, clock)
    for troubles, state in (
        (wall.upload_troubles, DeliveryState.PLANNED),
        (wall.troubles, DeliveryState.UNKNOWN),
    ):
        plan = facebook.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        troubles.append(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            outbox.run_due()
        assert outbox.delivery(plan.id).state is state
        if state is DeliveryState.PLANNED:
            outbox.cancel(plan.id)


def test_a_worker_that_stalls_before_the_request_gives_up(path: Path, wall: Wall, clock: TestClock) -> None:
    """If too little of the lease is left when the intent is written, nothing is sent; a later attempt does it."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        store = outbox._core._store
        intend = store.intend

        async def slow(*args: object, **kwargs: object) -> None:
            await intend(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
            store.intend = intend  # type: ignore[method-assign]  # a test's seam
            clock.advance(minutes=9)

        store.intend = slow  # type: ignore[method-assign]  # a test's seam
        report = outbox.run_due()
        assert (report.postponed, report.published) == (1, 0)
        assert wall.posts == []
        delivery = outbox.deliveries()[0]
        assert (delivery.state, delivery.error_kind) == (DeliveryState.PLANNED, "GaveUp")
        assert outbox.run(until_idle=True).published == 1


def test_a_worker_whose_delivery_was_taken_over_does_not_send(path: Path, wall: Wall, clock: TestClock) -> None:
    """A worker that wakes after its lease, when another has done the work, sends nothing and writes nothing."""
    with Outbox(path, clock=clock) as sleeper, Outbox(path, clock=clock) as other:
        network(wall, sleeper, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        network(wall, other, clock)
        clock.advance(minutes=1)
        store = sleeper._core._store
        record_step = store.record_step

        async def asleep(*args: object, **kwargs: object) -> None:
            clock.advance(minutes=11)
            assert other.run_due().published == 1
            await record_step(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

        store.record_step = asleep  # type: ignore[method-assign]  # a test's seam
        report = sleeper.run_due()
        assert report.published == 0
        assert wall.texts() == ["hello"]
        assert sleeper.deliveries()[0].state is DeliveryState.PUBLISHED


@pytest.mark.parametrize("lost", [False, True])
def test_a_late_answer_is_still_the_truth(
    path: Path, wall: Wall, clock: TestClock, caplog: pytest.LogCaptureFixture, *, lost: bool
) -> None:
    """An answer that comes after the lease turns unknown into published, or is told if a person has settled it."""
    with Outbox(path, clock=clock) as sender, Outbox(path, clock=clock) as other:
        plan = network(wall, sender, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        network(wall, other, clock)
        clock.advance(minutes=1)

        def meanwhile() -> None:
            clock.advance(minutes=11)
            assert other.run_due().unknown == 1
            if lost:
                other.settle(plan.id, None)

        wall.before_answer = meanwhile
        sender.run_due()
        assert other.delivery(plan.id).state is (DeliveryState.FAILED if lost else DeliveryState.PUBLISHED)
        warned = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
        assert [plan.id in one for one in warned] == [True] * lost
        assert wall.texts() == ["hello"]


def test_nothing_is_changed_once_the_intent_is_written(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """While the request is on its way, and when its outcome is unknown, cancelling and moving are refused."""
    facebook = network(wall, outbox, clock)
    plan = facebook.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    refused: list[str] = []

    def try_to_change() -> None:
        for call in (
            lambda: facebook.cancel(plan),
            lambda: outbox.cancel(plan.id),
            lambda: facebook.reschedule(plan, clock.now() + timedelta(hours=1)),
            lambda: outbox.reschedule(plan.id, clock.now() + timedelta(hours=1)),
        ):
            with pytest.raises(Exception, match="cannot be") as caught:
                call()
            refused.append(caught.typename)

    wall.before_answer = try_to_change
    wall.troubles = [OutcomeUnknown()]
    assert outbox.run(until_idle=True).unknown == 1
    try_to_change()
    assert refused == ["ValidationError"] * 8


def test_a_plan_taken_back_during_its_upload_is_not_sent(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Until the intent is written a delivery can be taken back, also from under a worker."""
    facebook = network(wall, outbox, clock)
    plan = facebook.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    store = outbox._core._store
    record_step = store.record_step

    async def taken_back(*args: object, **kwargs: object) -> None:
        await record_step(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        facebook.cancel(plan)

    store.record_step = taken_back  # type: ignore[method-assign]  # a test's seam
    outbox.run(until_idle=True)
    assert wall.posts == []
    assert outbox.delivery(plan.id).state is DeliveryState.CANCELLED


@pytest.mark.parametrize("step", ["record_step", "intend", "answer", "finish"])
def test_the_fence_alone_keeps_a_late_worker_out(outbox: Outbox, wall: Wall, clock: TestClock, step: str) -> None:
    """While the new owner is at the same work, no write of the old one gets through, and the new one's do."""
    network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    store = outbox._core._store

    def claim(owner: str) -> Claim:
        until = clock.now() + timedelta(minutes=10)
        found = run(store.claim(("wall", "a"), owner=owner, now=clock.now(), lease_until=until))
        assert found is not None
        return found

    old = claim("old")
    clock.advance(minutes=11)
    run(store.recover(clock.now(), lambda _: False))
    new = claim("new")
    now, until = clock.now(), clock.now() + timedelta(minutes=10)
    if step == "answer":  # the state alone would let it through
        run(store.intend(new, "publish", now=now, lease_until=until))
    writes: dict[str, Callable[[Claim], Coroutine[object, None, None]]] = {
        "record_step": lambda one: store.record_step(one, "upload", 1, now=now, expires=None, lease_until=until),
        "intend": lambda one: store.intend(one, "publish", now=now, lease_until=until),
        "answer": lambda one: store.answer(one, "publish", 1, now=now),
        "finish": lambda one: store.finish(one, Result(DeliveryState.FAILED), now),
    }
    before = outbox.delivery(new.delivery.id)
    with pytest.raises(LeaseLost):
        run(writes[step](old))
    assert outbox.delivery(new.delivery.id) == before
    run(writes[step](new))
