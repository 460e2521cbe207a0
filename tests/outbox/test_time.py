"""Time: zones, hours that there are twice or not at all, clocks that are set, and machines that sleep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.test_crashes import Death, Killed
from tests.outbox.wall import Wall, network

from socialconnect import Campaign, CampaignPost, Post
from socialconnect.errors import ValidationError
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import FakeNetwork, TestClock

BERLIN = ZoneInfo("Europe/Berlin")
GAP = datetime(2027, 3, 28, 2, 30, tzinfo=BERLIN)
"""Clocks go from 02:00 to 03:00 that night."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_zone_by_name_is_kept_as_utc(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Nine in the morning in New York and in Berlin are the moments that they are there on that day."""
    facebook = network(wall, outbox, clock)
    for zone, hour in (("America/New_York", 13), ("Europe/Berlin", 7), ("Asia/Kolkata", 3)):
        plan = facebook.schedule(Post("hello"), datetime(2027, 6, 1, 9, 0, tzinfo=ZoneInfo(zone)))
        assert outbox.delivery(plan.id).at == datetime(2027, 6, 1, hour, 30 if hour == 3 else 0, tzinfo=UTC)


def test_a_time_that_does_not_exist_is_refused(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Half past two on the night when clocks are put forward is refused wherever it is given."""
    facebook = network(wall, outbox, clock)
    plan = facebook.schedule(Post("hello"), clock.now() + HOUR)
    outbox.add_campaign("spring", [("wall", "a", Post("x"), timedelta(0))])
    calls: tuple[Callable[[], object], ...] = (
        lambda: facebook.schedule(Post("hello"), GAP),
        lambda: facebook.reschedule(plan, GAP),
        lambda: outbox.reschedule(plan.id, GAP),
        lambda: outbox.add_campaign("summer", [("wall", "a", Post("x"), GAP)]),
        lambda: outbox.launch("spring", GAP),
        lambda: outbox.move_start("spring", GAP),
    )
    for call in calls:
        with pytest.raises(ValidationError, match=r"no such time in that zone.*03:30"):
            call()
    assert [one.at for one in outbox.deliveries()] == [plan.at, None]


def test_a_campaign_tells_of_a_time_that_does_not_exist(clock: TestClock) -> None:
    """It is one of the problems that are told before anything is sent."""
    fake = FakeNetwork("facebook", "1", clock=clock)
    found = Campaign("spring", [CampaignPost(post=Post("x"), at=GAP)], [fake]).validate()
    assert [(one.field, one.rule) for one in found["facebook"]] == [("posts[0].at", "existing_time")]


@pytest.mark.parametrize(("fold", "hour"), [(0, 0), (1, 1)])
def test_an_hour_that_there_is_twice(outbox: Outbox, wall: Wall, clock: TestClock, fold: int, hour: int) -> None:
    """Half past two on the night when clocks are put back is the first of the two, or the second with `fold=1`."""
    at = datetime(2027, 10, 31, 2, 30, fold=fold, tzinfo=BERLIN)
    plan = network(wall, outbox, clock).schedule(Post("hello"), at)
    assert outbox.delivery(plan.id).at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_an_offset_is_time_that_goes_by(outbox: Outbox) -> None:
    """A day after the start is 24 hours after it, also when clocks change in between."""
    outbox.add_campaign("spring", [("wall", "a", Post("x"), timedelta(days=1))])
    (plan,) = outbox.launch("spring", datetime(2027, 3, 27, 12, 0, tzinfo=BERLIN))
    assert plan.at is not None
    assert plan.at.astimezone(BERLIN).hour == 13


def test_grace_is_time_that_goes_by(path: Path) -> None:
    """An hour of grace is no two hours on the night when clocks are put back."""
    at = datetime(2027, 10, 31, 2, 30, tzinfo=BERLIN)
    late = TestClock(at.astimezone(UTC) + 70 * MINUTE)
    with Outbox(path, clock=late, grace=HOUR) as outbox, pytest.raises(ValidationError, match="in the past"):
        outbox.add_campaign("autumn", [("wall", "a", Post("x"), at)])


def test_a_clock_that_is_set_back_repeats_nothing(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """What was published stays so when its time comes a second time; what is planned comes once, at its time."""
    facebook, start = network(wall, outbox, clock), clock.now()
    facebook.schedule(Post("first"), start + 10 * MINUTE)
    second = facebook.schedule(Post("second"), start + 20 * MINUTE)
    outbox.run(until=start + 15 * MINUTE)
    clock.set(start - HOUR)
    assert outbox.run_due().published == 0
    outbox.run(until=start + 15 * MINUTE)
    assert wall.texts() == ["first"]
    outbox.run(until_idle=True)
    assert wall.texts() == ["first", "second"]
    published = outbox.history(second.id)[-1]
    assert (published.became, published.at) == (DeliveryState.PUBLISHED, start + 20 * MINUTE)


def test_a_clock_that_was_wrong_at_the_intent(path: Path, clock: TestClock) -> None:
    """Hours ahead when the answer was lost, and set right since: what is live is not sent again, and stays unknown."""
    wall = ReadableWall(clock, lose=[True])
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock)
        plan = network.schedule(Post("hello"), clock.now() + 5 * HOUR)
        right = clock.now()
        clock.set(right + 5 * HOUR)
        assert outbox.run_due().unknown == 1
        wall.posts[0] = wall.posts[0].model_copy(update={"created_at": right})
        clock.set(right)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
    assert wall.requests == 1


def test_a_clock_that_was_wrong_twice_swaps_no_twins(path: Path, clock: TestClock) -> None:
    """
    The same text went out twice, both answers were lost, and the clock was hours ahead at both intents.

    By its time the second post looks like the first delivery's. Were it given to that, the first post, too old by now
    to be looked at for the second delivery, would be forgotten, and the second one sent again.
    """
    wall, start = ReadableWall(clock, lose=[True, True]), clock.now()
    looks = [timedelta(seconds=5), 20 * HOUR]
    with Outbox(path, clock=clock, repeat_unseen=True, looks=looks, grace=timedelta(days=9)) as outbox:
        network = readable(wall, outbox, clock)
        for index, (at, ahead) in enumerate([(0, 5), (16, 9)]):
            network.schedule(Post("hello"), start + (at + ahead) * HOUR)
            clock.set(start + (at + ahead) * HOUR)
            assert outbox.run_due().unknown == 1
            wall.posts[index] = wall.posts[index].model_copy(update={"created_at": start + at * HOUR})
        outbox.run(until_idle=True)
        assert {one.state for one in outbox.deliveries()} == {DeliveryState.UNKNOWN}
    assert wall.requests == 2


def test_a_clock_set_back_does_not_hide_a_dead_worker(path: Path, wall: Wall, clock: TestClock) -> None:
    """By the time of day its lease has hours to go; its end is seen, and it appears when its time comes."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        Death(outbox, "record_step", after=True)
        with pytest.raises(Killed):
            outbox.run_due()
    clock.set(clock.now() - 5 * HOUR)
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        outbox.run_due()
        assert outbox.counts()["states"]["planned"] == 1
        assert wall.texts() == []
        assert outbox.run(until_idle=True).published == 1
        (delivery,) = outbox.deliveries()
        assert delivery.changed_at == delivery.at
    assert wall.texts() == ["hello"]


def asleep(outbox: Outbox, clock: TestClock, step: str) -> None:
    """Let the machine sleep for a day in one of the worker's writes: monotonic time stands still meanwhile."""
    store = outbox._core._store
    real: Callable[..., Awaitable[object]] = getattr(store, step)

    async def sleeping(*args: object, **kwargs: object) -> object:
        result = await real(*args, **kwargs)
        setattr(store, step, real)
        clock.set(clock.now() + timedelta(days=1))
        return result

    setattr(store, step, sleeping)


@pytest.mark.parametrize("step", ["claim", "record_step", "intend"])
def test_a_machine_that_slept_before_the_request_sends_nothing(
    path: Path, wall: Wall, clock: TestClock, step: str
) -> None:
    """A day after its lease the worker does not simply go on: it is missed; or sent, once, within its grace."""
    for grace, state in ((HOUR, DeliveryState.MISSED), (timedelta(days=2), DeliveryState.PUBLISHED)):
        wall.posts.clear()
        with Outbox(path, clock=clock, grace=grace) as outbox:
            plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
            clock.advance(minutes=1)
            asleep(outbox, clock, step)
            outbox.run_due()
            assert wall.texts() == [] or (step, grace) == ("claim", timedelta(days=2))  # the upload prolonged its lease
            outbox.run(until_idle=True)
            assert outbox.delivery(plan.id).state is state
            assert len(wall.texts()) == (1 if state is DeliveryState.PUBLISHED else 0)


def test_a_machine_that_slept_during_the_request(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """If the answer still comes, it is the truth: published, once."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
    clock.advance(minutes=1)
    wall.before_answer = lambda: clock.set(clock.now() + timedelta(days=1))
    assert outbox.run_due().published == 1
    assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED


def test_after_a_night_asleep_all_is_told(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """What is within its grace appears, in order; the rest is missed; nothing is in between."""
    facebook, start = network(wall, outbox, clock), clock.now()
    for hours in (3, 1, 24, 23.5, 30):
        facebook.schedule(Post(f"{hours:g}"), start + hours * HOUR)
    clock.set(start + timedelta(days=1))
    report = outbox.run_due()
    assert (report.published, report.missed) == (2, 2)
    assert wall.texts() == ["23.5", "24"]
    assert [one.post.text for one in outbox.deliveries("planned")] == ["30"]
