"""What becomes of a delivery whose outcome is unknown: each of the conditions alone decides."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outbox.readable import ReadableWall, readable

from socialconnect import DeliveryState, Post, PublishedPost
from socialconnect.errors import ConfigurationError, OutcomeUnknown, TokenExpired, UnavailableError
from socialconnect.outbox import Outbox
from socialconnect.outbox.reconciliation import LOOKS, made_by
from socialconnect.testing import FakeNetwork, TestClock

MINUTE = timedelta(minutes=1)


def run_one(
    path: Path, clock: TestClock, wall: ReadableWall, *, allowed: bool = True, texts: tuple[str, ...] = ("hello",)
) -> list[DeliveryState]:
    """Plan posts one after the other, run until nothing is left to do, and give where each stands."""
    with Outbox(path, clock=clock, repeat_unseen=allowed) as outbox:
        network = readable(wall, outbox, clock)
        plans = [network.schedule(Post(text), clock.now() + MINUTE * (index + 1)) for index, text in enumerate(texts)]
        outbox.run(until_idle=True)
        return [outbox.delivery(plan.id).state for plan in plans]


def test_a_post_that_is_live_is_found(path: Path, clock: TestClock) -> None:
    """The account shows it: published, with the network's id, and sent once."""
    wall = ReadableWall(clock, lose=[True])
    assert run_one(path, clock, wall) == ["published"]
    assert (wall.texts, wall.requests) == (["hello"], 1)


def test_a_post_that_is_shown_late_is_found(path: Path, clock: TestClock) -> None:
    """Reads lag behind writes: the account is looked at again, for longer than they usually do."""
    wall = ReadableWall(clock, lose=[True], lag=sum(LOOKS, timedelta(0)) - MINUTE)
    assert run_one(path, clock, wall) == ["published"]
    assert wall.requests == 1
    assert wall.reads == len(LOOKS)


def test_what_is_never_shown_is_sent_again(path: Path, clock: TestClock) -> None:
    """The worker has recorded its end, the reads cover the time and show nothing, and it is allowed: sent again."""
    wall = ReadableWall(clock, lose=[False])
    assert run_one(path, clock, wall) == ["published"]
    assert (wall.texts, wall.requests) == (["hello"], 2)


def test_without_leave_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """Unless it is allowed, what is never shown stays unknown, and says how often and when was looked."""
    wall = ReadableWall(clock, lose=[False])
    assert run_one(path, clock, wall, allowed=False) == ["unknown"]
    assert wall.requests == 1
    with Outbox(path, clock=clock) as outbox:
        (delivery,) = outbox.deliveries()
        assert delivery.look_at is None
        assert f"Looked {len(LOOKS)} times" in (delivery.seen or "")
        assert "repeat_unseen" in (delivery.seen or "")
        assert "lost" in (delivery.error or "")


def test_where_others_post_much_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """A look that is full of other posts does not cover the time: nothing follows from it."""
    wall = ReadableWall(clock, lose=[False], full=100)
    assert run_one(path, clock, wall) == ["unknown"]
    assert wall.requests == 1


@pytest.mark.parametrize(("most", "becomes"), [(101, "published"), (100, "unknown")])
def test_how_much_a_look_reads_can_be_set(path: Path, clock: TestClock, most: int, becomes: str) -> None:
    """An account with many posts is covered where more of them are read with each look."""
    wall = ReadableWall(clock, lose=[False], full=100)
    with Outbox(path, clock=clock, repeat_unseen=True, posts_per_look=most) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state == becomes


def test_a_look_reads_something(path: Path) -> None:
    """Looks that read nothing would prove nothing."""
    with pytest.raises(ConfigurationError, match="posts_per_look"):
        Outbox(path, posts_per_look=0)


def test_while_the_worker_may_be_alive_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """A worker whose end cannot be shown may still send it; a day after its lease it counts as gone."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock)
        plan = network.schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE deliveries SET owner = 'elsewhere 1 abc', ended = look_at")
        outbox.run(until=clock.now() + timedelta(hours=1))
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
        assert "cannot be shown to be gone" in (outbox.delivery(plan.id).seen or "")
        assert wall.requests == 1


def test_a_worker_that_is_gone_by_the_bound_on_pauses(path: Path, clock: TestClock) -> None:
    """With a bound shorter than the looks take, a worker elsewhere counts as gone, and it is sent again."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True, longest_pause=MINUTE) as outbox:
        network = readable(wall, outbox, clock)
        plan = network.schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE deliveries SET owner = 'elsewhere 1 abc', ended = look_at")
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
        assert wall.requests == 2


def test_one_post_is_credited_once(path: Path, clock: TestClock) -> None:
    """Of two deliveries of the same text, both lost and one live, one is published; the other is sent again."""
    wall = ReadableWall(clock, lose=[True, False])
    assert run_one(path, clock, wall, texts=("same", "same")) == ["published", "published"]
    assert wall.texts == ["same", "same"]
    with Outbox(path, clock=clock) as outbox:
        assert {one.published.id for one in outbox.deliveries() if one.published} == {"post-1", "post-2"}


def test_a_post_of_an_answered_delivery_is_nobody_elses(path: Path, clock: TestClock) -> None:
    """What one delivery has made by a clear answer does not explain another's lost one."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock)
        network.schedule(Post("same"), clock.now() + MINUTE)
        second = network.schedule(Post("same"), clock.now() + 2 * MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.lose = [False]
        outbox.run(until=clock.now() + 2 * MINUTE)
        assert outbox.delivery(second.id).state is DeliveryState.UNKNOWN
        outbox.run(until_idle=True)
        assert outbox.delivery(second.id).state is DeliveryState.PUBLISHED
    assert wall.texts == ["same", "same"]


def test_an_older_post_of_the_same_text_explains_nothing(path: Path, clock: TestClock) -> None:
    """A post from days before the intent is not the one that was sent."""
    wall = ReadableWall(clock, lose=[False])
    wall.put("hello", at=clock.now() - timedelta(days=2))
    assert run_one(path, clock, wall) == ["published"]
    assert wall.texts == ["hello", "hello"]


def test_a_post_like_it_from_shortly_before_keeps_it_unknown(path: Path, clock: TestClock) -> None:
    """A post of the same text from hours before may be its own, if the clock was wrong: it is not sent again."""
    wall = ReadableWall(clock, lose=[False])
    before = wall.put("hello", at=clock.now() - timedelta(hours=20))
    assert run_one(path, clock, wall) == ["unknown"]
    assert wall.requests == 1
    with Outbox(path, clock=clock) as outbox:
        assert f"a post like it that may be it ({before.id})" in (outbox.deliveries()[0].seen or "")


@pytest.mark.parametrize("live", [True, False])
def test_a_comment_that_was_lost_on_a_fake(path: Path, clock: TestClock, live: bool) -> None:
    """A fake network shows the comments below its posts, as the networks do: found, or sent again."""
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        plan = fake.schedule(Post("hello", first_comment="Ask us."), clock.now() + MINUTE)
        fake.fail_next("comment", OutcomeUnknown("lost"), after_effect=live)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
        assert [one.operation for one in fake.calls].count("comment") == 2 - live
        assert [one.text for one in fake.wall] == ["hello", "Ask us."]


@pytest.mark.parametrize("skew", [-4, 4])
def test_clocks_differ_a_little(path: Path, clock: TestClock, skew: int) -> None:
    """A network whose clock is off by some minutes is understood."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.put("hello", at=clock.now() + skew * MINUTE)
        clock.advance(minutes=10)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.requests == 1


def test_another_text_is_another_post(path: Path, clock: TestClock) -> None:
    """Blanks may differ, words may not."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello  world"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.put("hello worlds")
        outbox.run_due()
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
        wall.put("hello world ")
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED


def test_a_look_that_fails_counts_as_none(path: Path, clock: TestClock) -> None:
    """An account that cannot be read at the moment is looked at again, and nothing is concluded meanwhile."""
    wall = ReadableWall(clock, lose=[True])
    wall.read_trouble = [UnavailableError("down"), TokenExpired("old")]
    assert run_one(path, clock, wall) == ["published"]
    assert (wall.requests, wall.reads) == (1, 3)


def test_failed_looks_prove_nothing(path: Path, clock: TestClock) -> None:
    """However often the account could not be read, all the looks that show nothing are made before it is sent again."""
    wall = ReadableWall(clock, lose=[False])
    wall.read_trouble = [UnavailableError("down") for _ in range(3)]
    assert run_one(path, clock, wall) == ["published"]
    assert (wall.requests, wall.reads) == (2, 3 + len(LOOKS))


def test_a_clock_set_forward_between_looks(path: Path, clock: TestClock) -> None:
    """Looks that follow each other at once, since the clock was set, prove nothing: they begin afresh."""
    wall = ReadableWall(clock, lose=[True], lag=timedelta(minutes=9))
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        outbox.run(until=clock.now() + 2 * MINUTE)
        for _ in LOOKS:
            clock.set(clock.now() + timedelta(hours=1))
            assert wall.posts[0].created_at is not None
            wall.posts[0] = wall.posts[0].model_copy(update={"created_at": wall.posts[0].created_at + 60 * MINUTE})
            outbox.run_due()
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.requests == 1


def test_the_networks_own_word(path: Path, clock: TestClock) -> None:
    """A duplicate answer to the second sending names the post: it is published, whatever its text reads like now."""
    wall = ReadableWall(clock, lose=[True])
    wall.duplicates, wall.rewrite = True, lambda text: f"{text}, shortened"
    assert run_one(path, clock, wall) == ["published"]
    assert (wall.requests, wall.texts) == (2, ["hello, shortened"])
    with Outbox(path, clock=clock) as outbox:
        assert [one.published.id for one in outbox.deliveries() if one.published] == ["post-1"]


def test_a_thread_goes_on_after_its_lost_part(path: Path, clock: TestClock) -> None:
    """The part whose answer was lost is found, and the rest is sent: each once, in order."""
    wall = ReadableWall(clock, lose=[])
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("one", thread=["two", "three"]), clock.now() + MINUTE)
        clock.advance(minutes=1)
        wall.lose = [True]
        outbox.run_due()
        outbox.run(until_idle=True)
        delivery = outbox.delivery(plan.id)
        assert delivery.state is DeliveryState.PUBLISHED
    assert wall.texts == ["one", "two", "three"]


def test_settling_by_hand_wins_over_a_look(path: Path, clock: TestClock) -> None:
    """What a person has said meanwhile is not changed by what a look finds."""
    wall = ReadableWall(clock, lose=[True], lag=MINUTE)
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        live = PublishedPost(network="readable", account="a", id="by-hand")
        outbox.settle(plan.id, live)
        clock.advance(hours=1)
        outbox.run_due()
        assert outbox.delivery(plan.id).published == live


def test_the_history_tells_it_all(path: Path, clock: TestClock) -> None:
    """Every change is there, with its time, its worker, what went wrong and what was seen."""
    wall = ReadableWall(clock, lose=[True], lag=timedelta(seconds=20))
    with Outbox(path, clock=clock) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        outbox.run(until_idle=True)
        told = outbox.history(plan.id)
    assert [one.became for one in told][:4] == ["planned", "claimed", "sending", "unknown"]
    assert told[-1].became == "published"
    assert told[0].was is None
    assert told[1].owner
    assert told[3].error_kind == "OutcomeUnknown"
    assert "does not show it" in (told[4].seen or "")
    assert [one.at for one in told] == sorted(one.at for one in told)


@settings(max_examples=20)  # each is a file of its own, forced to disk at every step
@given(st.lists(st.sampled_from(["answered", "lost, live", "lost, not live"]), min_size=1, max_size=5))
def test_every_delivery_is_live_once(tmp_path_factory: pytest.TempPathFactory, fates: list[str]) -> None:
    """Whatever is lost, with leave to repeat each delivery ends as published, and the wall holds each once."""
    clock = TestClock("2026-11-24T09:00:00+00:00")
    wall = ReadableWall(clock)
    with Outbox(tmp_path_factory.mktemp("o") / "outbox.db", clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock)
        for index, fate in enumerate(fates):
            network.schedule(Post(f"text {index % 2}"), clock.now() + MINUTE)
            clock.advance(minutes=1)
            wall.lose = [] if fate == "answered" else [fate.endswith(", live")]
            outbox.run_due()
            wall.lose = []
        outbox.run(until_idle=True)
        states = [one.state for one in outbox.deliveries()]
        ids = {one.published.id for one in outbox.deliveries() if one.published}
    assert set(states) == {DeliveryState.PUBLISHED}
    assert len(wall.posts) == len(fates) == len(ids)


@pytest.mark.parametrize(
    ("step", "text"),
    [(None, "one"), ("publish", "one"), ("thread[0]", "two"), ("thread[1]", "three"), ("thread[9]", None)],
)
def test_which_part_a_step_makes(step: str | None, text: str | None) -> None:
    """A step's name tells which post of a thread it makes; a comment is no post."""
    part = made_by(step, Post("one", thread=["two", "three"]))
    assert (part.text if part else None) == text
    assert made_by("comment", Post("one")) is made_by("first comment", Post("one")) is None
    assert made_by("first comment", Post("one")) is None
