"""Seeing what the outbox holds: filters, counts, log records, and what the application has called."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.wall import Wall, async_network, network

from socialconnect import Post
from socialconnect.errors import (
    NotFound,
    OutcomeUnknown,
    PolicyBlocked,
    TokenRevoked,
    UnavailableError,
    ValidationError,
)
from socialconnect.outbox import AsyncOutbox, Delivery, DeliveryState, Outbox
from socialconnect.testing import TestClock

HOUR = timedelta(hours=1)
KEYS = ("event", "delivery", "network", "account", "state", "attempt", "error_kind")


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[object, ...]]:
    """Give what stands under the stable keys of each record, without the delivery's id."""
    records = [one for one in caplog.records if one.name == "socialconnect.outbox"]
    return [tuple(getattr(one, key) for key in KEYS if key != "delivery") for one in records]


def test_deliveries_are_filtered_by_state_and_time(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Several states, a window of time and a limit each leave out what they should; the window's end is outside."""
    facebook, start = network(wall, outbox, clock), clock.now()
    plans = [facebook.schedule(Post(f"{hour}"), start + hour * HOUR) for hour in range(1, 6)]
    outbox.cancel(plans[0].id)

    def texts(found: list[Delivery]) -> str:
        return "".join(one.post.text for one in found)

    assert texts(outbox.deliveries(["planned", DeliveryState.CANCELLED])) == "12345"
    assert texts(outbox.deliveries([DeliveryState.PLANNED])) == texts(outbox.deliveries("planned")) == "2345"
    assert texts(outbox.deliveries([])) == ""
    assert texts(outbox.deliveries(since=start + 2 * HOUR, until=start + 4 * HOUR)) == "23"
    assert texts(outbox.deliveries(limit=2)) == "12"
    assert texts(outbox.deliveries("planned", "wall", "a", since=start + 3 * HOUR, limit=1)) == "3"
    assert texts(outbox.deliveries(limit=0)) == ""


def test_wrong_filters_are_refused(outbox: Outbox, clock: TestClock) -> None:
    """A state that there is not, a time without a zone and a negative limit are told."""
    naive = clock.now().replace(tzinfo=None)
    with pytest.raises(ValidationError, match="no state"):
        outbox.deliveries(["planned", "ready"])
    with pytest.raises(ValidationError, match="needs a zone"):
        outbox.deliveries(since=naive)
    with pytest.raises(ValidationError, match="needs a zone"):
        outbox.deliveries(until=naive)
    with pytest.raises(ValidationError, match="negative"):
        outbox.deliveries(limit=-1)


def test_counts_are_a_plain_dictionary(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Every state is counted, by network too; the lag is the age of what has waited longest, of what may begin."""
    network(wall, outbox, clock).schedule(Post("x"), clock.now() + HOUR)
    outbox.add_campaign("spring", [("other", "b", Post("y"), timedelta(0)), ("other", "b", Post("z"), 3 * HOUR)])
    before = outbox.counts()
    assert (before["oldest_due"], before["lag_seconds"]) == (None, 0.0)
    due = clock.now() + HOUR
    outbox.launch("spring", due)
    clock.advance(hours=1.5)
    counts = outbox.counts()
    assert json.loads(json.dumps(counts)) == counts
    assert set(counts["states"]) == set(DeliveryState)
    assert counts["states"]["planned"] == sum(counts["states"].values()) == 3
    assert {name: own["planned"] for name, own in counts["networks"].items()} == {"other": 2, "wall": 1}
    assert (counts["oldest_due"], counts["lag_seconds"]) == (due.isoformat(), 1800.0)
    outbox.pause(network="wall")
    outbox.pause(campaign="spring")
    assert outbox.counts()["lag_seconds"] == 0.0


def test_campaigns_are_listed(outbox: Outbox, clock: TestClock) -> None:
    """Each campaign is there, with its start once it was launched."""
    outbox.add_campaign("spring", [("wall", "a", Post("x"), timedelta(0))])
    clock.advance(minutes=1)
    outbox.add_campaign("summer", [("wall", "a", Post("x"), timedelta(0))])
    outbox.launch("summer")
    assert [(one.name, one.started_at) for one in outbox.campaigns()] == [("spring", None), ("summer", clock.now())]


def test_each_end_is_a_log_record_with_stable_keys(
    outbox: Outbox, wall: Wall, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What an attempt came to can be read from a record's attributes, and no secret stands in it."""
    facebook = network(wall, outbox, clock)
    for trouble, event, state in (
        (None, "delivery.ended", "published"),
        (UnavailableError("down"), "delivery.postponed", "planned"),
        (PolicyBlocked("no"), "delivery.ended", "failed"),
        (TokenRevoked("gone"), "delivery.ended", "needs_attention"),
    ):
        caplog.clear()
        plan = facebook.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        wall.troubles = [trouble] if trouble else []
        with caplog.at_level(logging.INFO, logger="socialconnect.outbox"):
            outbox.run_due()
        kind = type(trouble).__name__ if trouble else None
        assert told(caplog) == [(event, "wall", "a", state, 1, kind)]
        assert [getattr(one, "delivery") for one in caplog.records] == [plan.id]  # noqa: B009  # set by `extra`
        assert "secret-token" not in caplog.text
        if state == "planned":
            outbox.cancel(plan.id)


def test_what_nobody_tried_is_logged_too(
    outbox: Outbox, wall: Wall, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What is missed says so by itself."""
    network(wall, outbox, clock).schedule(Post("late"), clock.now() + HOUR)
    clock.advance(days=1)
    with caplog.at_level(logging.INFO, logger="socialconnect.outbox"):
        outbox.run_due()
    assert told(caplog) == [("delivery.missed", "wall", "a", "missed", 0, None)]


def test_the_application_is_called_after_the_record(path: Path, wall: Wall, clock: TestClock) -> None:
    """`on_change` hears of published, postponed and missed deliveries, each as it is on record by then."""
    heard: list[tuple[str, str, str]] = []

    def hear(delivery: Delivery) -> None:
        with Outbox(path, clock=clock) as another:  # what another process would see
            heard.append((delivery.post.text, delivery.state, another.delivery(delivery.id).state))

    with Outbox(path, clock=clock, on_change=hear) as outbox:
        facebook = network(wall, outbox, clock)
        facebook.schedule(Post("one"), clock.now() + timedelta(minutes=1))
        facebook.schedule(Post("two"), clock.now() + timedelta(minutes=2))
        wall.troubles = [UnavailableError("down")]
        clock.advance(minutes=1)
        outbox.run_due()
        clock.advance(minutes=5)
        outbox.run_due()
        facebook.schedule(Post("three"), clock.now() + timedelta(minutes=1))
        clock.advance(days=1)
        outbox.run_due()
    ends = [("one", "planned"), ("one", "published"), ("two", "published"), ("three", "missed")]
    assert heard == [(text, state, state) for text, state in ends]


def test_the_application_hears_what_a_look_found(path: Path, clock: TestClock) -> None:
    """`on_change` hears that an answer was lost, and that the account showed the post later."""
    heard: list[str] = []
    wall = ReadableWall(clock, lose=[True])
    with Outbox(path, clock=clock, on_change=lambda one: heard.append(one.state)) as outbox:
        readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        outbox.run(until_idle=True)
    assert heard == ["unknown", "published"]


def test_a_call_that_fails_repeats_nothing(
    path: Path, wall: Wall, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What `on_change` raises is logged without its text, and the delivery is published, once."""

    def fail(delivery: Delivery) -> None:
        raise KeyError("secret-token")

    with Outbox(path, clock=clock, on_change=fail) as outbox:
        facebook = network(wall, outbox, clock)
        for _ in range(2):
            facebook.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        assert outbox.run(until_idle=True).published == 2
        assert {one.state for one in outbox.deliveries()} == {DeliveryState.PUBLISHED}
    assert wall.texts() == ["hello", "hello"]
    failures = [one for one in caplog.records if getattr(one, "event", None) == "hook.failed"]
    assert len(failures) == 2
    assert "KeyError" in caplog.text
    assert "secret-token" not in caplog.text


@pytest.mark.anyio
async def test_the_async_outbox_tells_the_same(path: Path, clock: TestClock) -> None:
    """Filters, counts and `on_change` work on the async face."""
    heard: list[str] = []
    wall = Wall()
    async with AsyncOutbox(path, clock=clock, on_change=lambda one: heard.append(one.state)) as outbox:
        facebook = async_network(wall, outbox, clock)
        wall.troubles = [OutcomeUnknown("lost")]
        await facebook.schedule(Post("hello"), clock.now() + HOUR)
        assert (await outbox.counts())["states"]["planned"] == 1
        await outbox.run(until_idle=True)
        assert [one.post.text for one in await outbox.deliveries(["unknown"], until=clock.now() + HOUR)] == ["hello"]
        assert await outbox.campaigns() == []
    assert heard == ["unknown"]


def test_a_delivery_that_is_not_there_has_no_history(path: Path, clock: TestClock) -> None:
    """Asked for by a wrong id, the history is not called empty: there is no such delivery."""
    with Outbox(path, clock=clock) as outbox, pytest.raises(NotFound, match="no delivery x"):
        outbox.history("x")
