"""What is in doubt, and what only looks so: other deliveries on their way, threads, refusals, and defects of others."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableAdapter, ReadableWall, readable

from socialconnect import Post
from socialconnect.adapter import Capabilities
from socialconnect.errors import ConfigurationError, OutcomeUnknown, PolicyBlocked
from socialconnect.network import Network
from socialconnect.outbox import Delivery, DeliveryState, Outbox
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.store import Claim
from socialconnect.post import PublishedPost
from socialconnect.testing import FakeNetwork, TestClock

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_a_post_of_what_is_being_sent_is_nobody_elses(path: Path, clock: TestClock) -> None:
    """A post whose answer is still on its way to another worker is not credited to an older doubt of the same text."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox, Outbox(path, clock=clock) as other:
        network = readable(wall, outbox, clock)
        readable(wall, other, clock)
        first = network.schedule(Post("same"), clock.now() + MINUTE)
        second = network.schedule(Post("same"), clock.now() + 2 * MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        put, seen = wall.put, list[DeliveryState]()

        def put_and_look(text: str, **told: datetime | str) -> PublishedPost:
            made = put(text, account="a")
            clock.advance(minutes=1)  # until the next look is due
            other.run_due()
            seen.append(other.delivery(first.id).state)
            return made

        wall.put = put_and_look  # type: ignore[method-assign,assignment]  # a test's seam
        clock.advance(minutes=1)
        outbox.run_due()
        wall.put = put  # type: ignore[method-assign]  # a test's seam
        assert seen
        assert set(seen) == {DeliveryState.UNKNOWN}
        outbox.run(until_idle=True)
        made = [outbox.delivery(one.id).published for one in (first, second)]
    assert len({one.id for one in made if one is not None}) == 2
    assert wall.texts == ["same", "same"]


class BrokenReads(ReadableAdapter):
    """Cannot read its account, by a defect of its own."""

    network = "broken"

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        raise KeyError("secret")


def test_a_defect_in_reading_keeps_nobody_else_waiting(path: Path, clock: TestClock) -> None:
    """An adapter whose reading breaks leaves its delivery unknown; other accounts go on."""
    wall = ReadableWall(clock, lose=[True])
    with Outbox(path, clock=clock) as outbox:
        broken = Network.from_adapter(BrokenReads(wall), token="t", clock=clock, outbox=outbox)
        plan = broken.schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        fake.schedule(Post("hello"), clock.now() + MINUTE)
        report = outbox.run(until=clock.now() + HOUR)
        delivery = outbox.delivery(plan.id)
    assert report.published == 1
    assert delivery.state is DeliveryState.UNKNOWN
    assert "KeyError" in (delivery.seen or "")
    assert "secret" not in (delivery.seen or "")
    assert wall.requests == 1


def test_a_policy_that_raises_gives_no_leave(path: Path, clock: TestClock, caplog: pytest.LogCaptureFixture) -> None:
    """What the application's `repeat_unseen` raises is logged, and the delivery stays unknown."""

    def policy(_: Delivery) -> bool:
        raise ValueError("secret")

    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=policy) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
    assert wall.requests == 1
    assert "repeat_unseen ended with ValueError" in caplog.text
    assert "secret" not in caplog.text


class Unlisted(ReadableAdapter):
    """Lists no post of this kind."""

    network = "unlisted"

    def lists(self, post: Post) -> bool:
        return False


def test_what_is_never_listed_is_not_sent_again(path: Path, clock: TestClock) -> None:
    """Where the network would not list such a post, its absence says nothing, though all else holds."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = Network.from_adapter(Unlisted(wall), token="t", clock=clock, outbox=outbox)
        plan = network.schedule(Post("hello"), clock.now() + MINUTE)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
        assert "does not list every post" in (outbox.delivery(plan.id).seen or "")
    assert wall.requests == 1


class Threaded(ReadableAdapter):
    """Shows which post another one answers."""

    network = "threaded"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(read_back=True, threads=True, shows_parents=True)


def _threaded(wall: ReadableWall, outbox: Outbox, clock: TestClock) -> Network:
    return Network.from_adapter(Threaded(wall), token="t", clock=clock, outbox=outbox)


def _live(wall: ReadableWall, parents: Mapping[str, str]) -> None:
    """Let posts answer others, by their texts."""
    ids = {one.text: one.id for one in wall.posts}
    wall.posts = [
        one.model_copy(update={"parent": ids.get(parents.get(one.text or "", ""), one.parent)}) for one in wall.posts
    ]


def test_an_answer_is_no_lone_post(path: Path, clock: TestClock) -> None:
    """A post alike that answers another one is not credited to a lone delivery; nor is that sent again beside it."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = _threaded(wall, outbox, clock).schedule(Post("same"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.put("another's")
        wall.put("same")
        _live(wall, {"same": "another's"})
        outbox.run(until_idle=True)
        delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "a post like it that may be it" in (delivery.seen or "")
    assert wall.requests == 1


@pytest.mark.parametrize("answers", ["one", "another's", None])
def test_a_lone_post_is_no_part_of_a_thread(path: Path, clock: TestClock, answers: str | None) -> None:
    """A further post of a thread is found only where it answers the one before it."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = _threaded(wall, outbox, clock).schedule(Post("one", thread=["two", "three"]), clock.now() + MINUTE)
        wall.put("another's")
        clock.advance(minutes=1)
        put = wall.put

        def put_first(text: str, **told: str) -> PublishedPost:
            wall.lose = [False] if text == "one" else []
            return put(text)

        wall.put = put_first  # type: ignore[method-assign,assignment]  # a test's seam
        outbox.run_due()
        wall.put = put  # type: ignore[method-assign]  # a test's seam
        wall.put("two")
        _live(wall, {"two": answers} if answers else {})
        outbox.run(until_idle=True)
        delivery = outbox.delivery(plan.id)
    found = answers == "one"
    assert delivery.state is (DeliveryState.PUBLISHED if found else DeliveryState.UNKNOWN)
    assert wall.texts.count("two") == 1
    assert wall.texts.count("three") == found


def test_an_interrupt_after_the_answer_leaves_no_doubt(path: Path, clock: TestClock) -> None:
    """Where the answer is on disk already as the process is told to end, the delivery goes on from there."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("one", thread=["two"]), clock.now() + MINUTE)
        clock.advance(minutes=1)
        store = outbox._core._store
        answer = store.answer

        async def interrupted(claim: Claim, step: str, result: object, *, now: datetime) -> None:
            await answer(claim, step, result, now=now)  # type: ignore[arg-type]  # passed on as it came
            store.answer = answer  # type: ignore[method-assign]  # a test's seam
            raise KeyboardInterrupt

        store.answer = interrupted  # type: ignore[method-assign]  # a test's seam
        with pytest.raises(KeyboardInterrupt):
            outbox.run_due()
        assert outbox.delivery(plan.id).state is DeliveryState.PLANNED
        assert outbox.run_due().published == 1
    assert wall.texts == ["one", "two"]


def test_a_part_that_was_refused_is_not_tried_for_ever(path: Path, clock: TestClock) -> None:
    """Where one post of a thread is live and the next was clearly refused, a person decides: nothing is looked for."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("one", thread=["two"]), clock.now() + MINUTE)
        clock.advance(minutes=1)
        put = wall.put

        def put_first(text: str, **told: str) -> PublishedPost:
            wall.trouble = [PolicyBlocked("no") for _ in range(99)]
            return put(text)

        wall.put = put_first  # type: ignore[method-assign,assignment]  # a test's seam
        outbox.run(until=clock.now() + 24 * HOUR)
        delivery = outbox.delivery(plan.id)
        assert delivery.state is DeliveryState.UNKNOWN
        assert (wall.requests, wall.reads) == (2, 0)
        assert "A part of it is live; then: " in (delivery.error or "")

        wall.put, wall.trouble = put, []  # type: ignore[method-assign]  # a test's seam
        outbox.settle(plan.id, None)
        assert "part" in (outbox.delivery(plan.id).error or "")
        outbox.reschedule(plan.id, clock.now() + MINUTE)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.texts == ["one", "two"]


def test_a_lost_part_that_is_not_there_goes_on_by_hand(path: Path, clock: TestClock) -> None:
    """A person who sees that the lost part of a thread is not there may have the rest sent; what is live stays."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("one", thread=["two"]), clock.now() + MINUTE)
        clock.advance(minutes=1)
        put = wall.put

        def put_first(text: str, **told: str) -> PublishedPost:
            wall.trouble = [OutcomeUnknown("lost")]
            return put(text)

        wall.put = put_first  # type: ignore[method-assign,assignment]  # a test's seam
        outbox.run(until_idle=True)
        wall.put = put  # type: ignore[method-assign]  # a test's seam
        outbox.settle(plan.id, None)
        outbox.reschedule(plan.id, clock.now() + MINUTE)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.texts == ["one", "two"]


def test_a_forked_process_is_not_the_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the process neither works under the other's name nor, by closing, makes that one count as gone."""
    owner, watcher = Owner(tmp_path / "w"), Owner(tmp_path / "w")
    owner.hold()
    held = owner._file
    with monkeypatch.context() as inside:
        inside.setattr(os, "getpid", lambda: -1)
        with pytest.raises(ConfigurationError, match="forked"):
            owner.hold()
        owner._file = os.fdopen(os.dup(held.fileno()), "wb") if held is not None else None
        owner.release()
    owner._file = held
    assert not watcher.is_gone(owner.name)
    owner.release()
    assert watcher.is_gone(owner.name)


def test_a_hook_may_use_the_outbox(path: Path, clock: TestClock) -> None:
    """What `on_change` itself changes, takes back or carries out in the outbox happens once, and disturbs nothing."""
    heard: list[tuple[str, str]] = []

    def hook(delivery: Delivery) -> None:
        heard.append((delivery.post.text, delivery.state.value))
        if delivery.post.text == "first":
            outbox.cancel(plans["second"].id)
            outbox.reschedule(plans["third"].id, clock.now() + HOUR)
            assert outbox.run_due().published == 1
            outbox.cancel(delivery.id)  # too late: this raises, and is logged

    with Outbox(path, clock=clock, on_change=hook) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        texts = ("first", "second", "third", "fourth")
        plans = {text: fake.schedule(Post(text), clock.now() + MINUTE) for text in texts}
        outbox.run(until_idle=True)
        states = {text: outbox.delivery(plan.id).state.value for text, plan in plans.items()}
    assert heard == [("first", "published"), ("fourth", "published"), ("third", "published")]
    assert states == {"first": "published", "second": "cancelled", "third": "published", "fourth": "published"}
    assert [one.text for one in fake.wall] == ["first", "fourth", "third"]
