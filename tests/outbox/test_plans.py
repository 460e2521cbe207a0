"""Plans and campaigns: listed, moved, taken back, settled, launched."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import Post, PublishedPost, sunset_plan
from socialconnect.errors import NotFound, OutcomeUnknown, RejectedError, ValidationError
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock


def test_a_plan_is_moved_and_taken_back(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A moved plan appears at its new time; one that was taken back does not appear."""
    facebook = network(wall, outbox, clock)
    moved, taken = (facebook.schedule(Post(text), clock.now() + timedelta(hours=1)) for text in ("moved", "taken"))
    later = facebook.reschedule(moved, clock.now() + timedelta(hours=5))
    facebook.cancel(taken)
    assert facebook.scheduled() == [later]
    outbox.run(until_idle=True)
    assert wall.texts() == ["moved"]
    assert clock.now() == later.at
    assert outbox.delivery(taken.id).state is DeliveryState.CANCELLED
    with pytest.raises(ValidationError, match="cancelled"):
        facebook.cancel(taken)


def test_what_is_not_there_is_told(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """An unknown id, and another account's plan, are not found."""
    plan = network(wall, outbox, clock, "a").schedule(Post("hello"), clock.now() + timedelta(hours=1))
    other = network(wall, outbox, clock, "b")
    for call in (
        lambda: other.cancel(plan),
        lambda: other.reschedule(plan, clock.now() + timedelta(hours=2)),
        lambda: outbox.delivery("none"),
        lambda: outbox.cancel("none"),
        lambda: outbox.settle("none", None),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_plan_is_not_moved_into_the_past(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """The new time must be in the future."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    with pytest.raises(ValidationError, match="past"):
        outbox.reschedule(plan.id, clock.now())


def test_deliveries_are_found_by_what_they_are(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Deliveries can be asked for by state, network, account and campaign, and come soonest first."""
    for account, hours in (("a", 3), ("b", 2), ("a", 1)):
        network(wall, outbox, clock, account).schedule(Post(f"{hours}"), clock.now() + timedelta(hours=hours))
    outbox.add_campaign("c", [("wall", "a", Post("held"), timedelta(0))])
    assert [one.post.text for one in outbox.deliveries()] == ["1", "2", "3", "held"]
    assert [one.post.text for one in outbox.deliveries(account="a")] == ["1", "3", "held"]
    assert [one.post.text for one in outbox.deliveries("held")] == ["held"]
    assert [one.post.text for one in outbox.deliveries(campaign="c")] == ["held"]
    assert outbox.deliveries(network="elsewhere") == []
    with pytest.raises(ValidationError, match="no state 'done'"):
        outbox.deliveries("done")


def test_a_failed_delivery_is_planned_again_by_hand(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A person may have it tried afresh: what was prepared is made anew, and the attempts are counted anew."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    wall.troubles = [RejectedError("No.")]
    outbox.run(until_idle=True)
    outbox.reschedule(plan.id, clock.now() + timedelta(hours=1))
    assert outbox.delivery(plan.id).error is None
    assert outbox.run(until_idle=True).published == 1
    assert wall.uploads == 2
    assert outbox.delivery(plan.id).attempts == 1


def test_an_unknown_delivery_is_settled_by_hand(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A person who has looked says that it is live, or that it is not; only then can it be planned again."""
    facebook = network(wall, outbox, clock)
    live, lost = (facebook.schedule(Post(text), clock.now() + timedelta(hours=1)) for text in ("live", "lost"))
    wall.troubles = [OutcomeUnknown(), OutcomeUnknown()]
    outbox.run(until_idle=True)
    with pytest.raises(ValidationError, match="the post is of"):
        outbox.settle(live.id, PublishedPost(network="wall", account="b", id="1"))
    found = PublishedPost(network="wall", account="a", id="1")
    assert outbox.settle(live.id, found).published == found
    assert outbox.settle(lost.id, None).state is DeliveryState.FAILED
    with pytest.raises(ValidationError, match="not unknown"):
        outbox.settle(lost.id, None)
    outbox.reschedule(lost.id, clock.now() + timedelta(hours=1))
    assert outbox.run(until_idle=True).published == 1


def test_what_a_networks_end_strands(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """The sunset plan lists the network's drafts, and its deliveries from the day on or without a time yet."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post("draft"))
    facebook.schedule(Post("before"), clock.now() + timedelta(days=1))
    facebook.schedule(Post("after"), clock.now() + timedelta(days=3))
    outbox.add_campaign("c", [("wall", "a", Post("held"), timedelta(0)), ("other", "a", Post("x"), timedelta(0))])
    plan = sunset_plan(outbox, "wall", on=clock.now() + timedelta(days=2))
    assert plan.drafts == (draft,)
    assert [one.post and one.post.text for one in plan.deliveries] == ["after", "held"]


def test_a_campaign_is_held_until_its_launch(path: Path, wall: Wall, clock: TestClock) -> None:
    """Offsets count from the launch, also after a restart; before it nothing appears, however long it takes."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        plans = outbox.add_campaign(
            "spring",
            [
                ("wall", "a", Post("second"), timedelta(hours=2)),
                ("wall", "a", Post("first"), timedelta(0)),
                ("wall", "a", Post("fixed"), clock.now() + timedelta(hours=1)),
            ],
        )
        assert [(one.state, one.at is None) for one in plans] == [("held", True), ("held", True), ("planned", False)]
        outbox.run(until_idle=True)
        clock.advance(days=30)
        outbox.run_due()
        assert wall.texts() == ["fixed"]
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        start = clock.now() + timedelta(minutes=10)
        released = outbox.launch("spring", start)
        assert [one.at for one in released] == [start, start + timedelta(hours=2)]
        assert outbox.run(until_idle=True).published == 2
    assert wall.texts() == ["fixed", "first", "second"]
    assert clock.now() == start + timedelta(hours=2)


def test_a_campaign_is_launched_once(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A second launch moves nothing; a campaign that is not there is not found; a launch without a time is now."""
    network(wall, outbox, clock)
    outbox.add_campaign("c", [("wall", "a", Post("hello"), timedelta(0))])
    (plan,) = outbox.launch("c")
    assert plan.at == clock.now()
    with pytest.raises(ValidationError, match="launched before"):
        outbox.launch("c", clock.now() + timedelta(days=1))
    with pytest.raises(NotFound, match="no campaign"):
        outbox.launch("d")
    assert outbox.run_due().published == 1


def test_a_campaign_is_written_together_or_not_at_all(outbox: Outbox, clock: TestClock, path: Path) -> None:
    """If anything in it is wrong, or its writing is cut off, nothing of it is there."""
    good = ("wall", "a", Post("hello"), timedelta(0))
    for bad in (("wall", "a", Post("x"), timedelta(-1)), ("wall", "a", Post("x"), clock.now() - timedelta(days=1))):
        with pytest.raises(ValidationError):
            outbox.add_campaign("c", [good, bad])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "CREATE TRIGGER cut_off BEFORE INSERT ON deliveries WHEN (SELECT COUNT(*) FROM deliveries) = 1 "
            "BEGIN SELECT RAISE(ABORT, 'cut off'); END"
        )
    with pytest.raises(sqlite3.IntegrityError, match="cut off"):
        outbox.add_campaign("c", [good, good])
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("DROP TRIGGER cut_off")
    assert outbox.deliveries() == []
    outbox.add_campaign("c", [good])
    with pytest.raises(ValidationError, match="already"):
        outbox.add_campaign("c", [good])
    assert len(outbox.deliveries()) == 1
    with pytest.raises(ValidationError, match="needs a name and posts"):
        outbox.add_campaign(" ", [])
