"""A network or a campaign that is paused, resumed, moved or called off, also while it is under way."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import DeliveryState, NotFound, Post, ValidationError
from socialconnect.outbox import Outbox
from socialconnect.testing import TestClock

MINUTE = timedelta(minutes=1)


def test_a_paused_network_holds_and_goes_on_in_order(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Nothing of it begins while it is paused; resumed, it goes on in order."""
    ours = network(wall, outbox, clock)
    for index, text in enumerate(["one", "two"]):
        ours.schedule(Post(text), clock.now() + MINUTE * (index + 1))
    outbox.pause(network="wall")
    assert [one[:2] for one in outbox.pauses()] == [("network", "wall")]
    clock.advance(minutes=5)
    assert outbox.run(until_idle=True).published == 0
    assert wall.texts() == []
    assert outbox.resume(network="wall")
    assert not outbox.resume(network="wall")
    outbox.run(until_idle=True)
    assert wall.texts() == ["one", "two"]


def test_what_is_too_late_when_it_goes_on_is_missed(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """While paused nothing is missed; resumed, what is later than its grace is."""
    plan = network(wall, outbox, clock).schedule(Post("one"), clock.now() + MINUTE)
    outbox.pause(network="wall")
    clock.advance(hours=3)
    outbox.run_due()
    assert outbox.delivery(plan.id).state is DeliveryState.PLANNED
    outbox.resume(network="wall")
    outbox.run_due()
    assert outbox.delivery(plan.id).state is DeliveryState.MISSED
    assert wall.texts() == []


def test_a_paused_campaign_holds_nobody_else(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Other deliveries of the same account go on past a paused campaign's."""
    ours = network(wall, outbox, clock)
    outbox.add_campaign("spring", [("wall", "a", Post("spring"), clock.now() + MINUTE)])
    ours.schedule(Post("other"), clock.now() + 2 * MINUTE)
    outbox.pause(campaign="spring")
    outbox.run(until_idle=True)
    assert wall.texts() == ["other"]
    outbox.resume(campaign="spring")
    outbox.run(until_idle=True)
    assert wall.texts() == ["other", "spring"]


@pytest.mark.parametrize("act", ["pause", "call_off"])
def test_while_one_is_prepared(outbox: Outbox, wall: Wall, clock: TestClock, act: str) -> None:
    """Paused or called off during the upload: the visible request is not sent."""
    network(wall, outbox, clock)
    (plan,) = outbox.add_campaign("spring", [("wall", "a", Post("spring"), clock.now() + MINUTE)])

    class Meanwhile(list[BaseException]):
        def __bool__(self) -> bool:  # asked in the middle of the upload
            if act == "pause":
                outbox.pause(campaign="spring")
            else:
                outbox.call_off("spring")
            return False

    wall.upload_troubles = Meanwhile()
    outbox.run(until_idle=True)
    assert wall.texts() == []
    expected = DeliveryState.PLANNED if act == "pause" else DeliveryState.CANCELLED
    assert outbox.delivery(plan.id).state is expected
    if act == "pause":
        wall.upload_troubles = []
        outbox.resume(campaign="spring")
        outbox.run(until_idle=True)
        assert wall.texts() == ["spring"]
        assert wall.uploads == 1  # the upload that was done is not done again


def test_calling_off_leaves_what_is_live(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """All that has not begun is cancelled at once; the answer shows what could not be."""
    network(wall, outbox, clock)
    outbox.add_campaign(
        "spring",
        [
            ("wall", "a", Post("now"), clock.now() + MINUTE),
            ("wall", "a", Post("later"), clock.now() + 60 * MINUTE),
            ("wall", "a", Post("at the start"), timedelta(0)),
        ],
    )
    clock.advance(minutes=1)
    outbox.run_due()
    assert [one.state for one in outbox.call_off("spring")] == ["published", "cancelled", "cancelled"]
    outbox.run(until_idle=True)
    assert wall.texts() == ["now"]


def test_a_start_that_moves_takes_what_follows_along(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """What was planned by offset and has not begun moves with the start; what has a time of its own does not."""
    network(wall, outbox, clock)
    own = clock.now() + timedelta(hours=5)
    outbox.add_campaign(
        "spring",
        [
            ("wall", "a", Post("first"), timedelta(0)),
            ("wall", "a", Post("second"), timedelta(hours=1)),
            ("wall", "a", Post("own"), own),
        ],
    )
    outbox.launch("spring")
    outbox.run_due()
    start = clock.now() + timedelta(days=1)
    moved = {(one.post.text if one.post else ""): one.at for one in outbox.move_start("spring", start)}
    assert moved == {"own": own, "second": start + timedelta(hours=1)}
    outbox.run(until_idle=True)
    assert wall.texts() == ["first", "own", "second"]
    assert clock.now() >= start + timedelta(hours=1)


def test_pauses_outlive_the_process(path: Path, wall: Wall, clock: TestClock) -> None:
    """Another process finds the network paused."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("one"), clock.now() + MINUTE)
        outbox.pause(network="wall")
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        clock.advance(minutes=2)
        assert outbox.run_due().published == 0


def test_what_is_not_there(outbox: Outbox) -> None:
    """A campaign that does not exist, and a pause of nothing or of two things, are refused."""
    with pytest.raises(NotFound, match="summer"):
        outbox.call_off("summer")
    with pytest.raises(ValidationError, match="either"):
        outbox.pause()
    with pytest.raises(ValidationError, match="either"):
        outbox.resume(network="wall", campaign="spring")
