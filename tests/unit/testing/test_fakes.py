"""The fakes are part of the product: they have tests of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from socialconnect import (
    ConfigurationError,
    Draft,
    DuplicatePost,
    NotFound,
    OutcomeUnknown,
    Overlay,
    Post,
    RateLimited,
    ScheduledPost,
    ValidationError,
)
from socialconnect.errors import ApiRetired
from socialconnect.lifecycle import Lifecycle
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock
from socialconnect.testing.contract import AdapterContract


class TestFakeKeepsTheContract(AdapterContract):
    """A fake of no network in particular."""

    @pytest.fixture
    def network(self) -> FakeNetwork:
        return FakeNetwork()


class TestFakeFacebookKeepsTheContract(AdapterContract):
    """A fake with Facebook's limits."""

    @pytest.fixture
    def network(self) -> FakeNetwork:
        return FakeNetwork("facebook", "1000")


def test_a_lost_answer_leaves_the_post_on_the_wall() -> None:
    """A call that fails after its effect has had its effect."""
    fake = FakeNetwork()
    fake.fail_next("publish", OutcomeUnknown("The answer was lost."), after_effect=True)
    with pytest.raises(OutcomeUnknown):
        fake.publish(Post("once"))
    assert [one.text for one in fake.wall] == ["once"]


def test_a_failure_before_the_effect_leaves_nothing() -> None:
    """A call that is refused has no effect, and the next one goes through."""
    fake = FakeNetwork()
    fake.fail_next("publish", DuplicatePost("Again."))
    with pytest.raises(DuplicatePost):
        fake.publish(Post("once"))
    assert fake.wall == []
    fake.publish(Post("once"))
    assert len(fake.wall) == 1


def test_a_failure_lasts_as_long_as_asked() -> None:
    """`times` failures, then none."""
    fake = FakeNetwork()
    fake.fail_next("publish", RateLimited("Wait.", retry_after=5), times=2)
    for _ in range(2):
        with pytest.raises(RateLimited):
            fake.publish(Post("x"))
    assert fake.publish(Post("x")).id


DRAFT = Draft(network="fake", account="1", id="draft-1")
PLAN = ScheduledPost(network="fake", account="1", id="plan-1")
CALLS: dict[str, Callable[[FakeNetwork], object]] = {
    "publish": lambda fake: fake.publish(Post("x")),
    "delete": lambda fake: fake.delete("1"),
    "posts": lambda fake: fake.posts(),
    "fetch_metrics": lambda fake: fake.fetch_metrics(["1"]),
    "draft": lambda fake: fake.draft(Post("x")),
    "drafts": lambda fake: fake.drafts(),
    "update_draft": lambda fake: fake.update_draft(DRAFT, Post("x")),
    "publish_draft": lambda fake: fake.publish_draft(DRAFT),
    "delete_draft": lambda fake: fake.delete_draft(DRAFT),
    "schedule": lambda fake: fake.schedule(Post("x"), fake.operations.clock.now() + timedelta(days=1)),
    "scheduled": lambda fake: fake.scheduled(),
    "reschedule": lambda fake: fake.reschedule(PLAN, fake.operations.clock.now() + timedelta(days=1)),
    "cancel": lambda fake: fake.cancel(PLAN),
}


@pytest.mark.parametrize("operation", CALLS)
def test_everything_that_reaches_the_network_can_fail(operation: str) -> None:
    """Each method raises the failure that was scripted for it, and is among the calls."""
    fake = FakeNetwork()
    fake.fail_next(operation, RateLimited("Later."))
    with pytest.raises(RateLimited, match="Later"):
        CALLS[operation](fake)
    assert [call.operation for call in fake.calls] == [operation]


def test_a_failure_that_could_never_come_is_refused() -> None:
    """A name that no method has is told at once: the test that scripts it would prove nothing."""
    with pytest.raises(ConfigurationError, match="'pubish'"):
        FakeNetwork().fail_next("pubish", RateLimited("Later."))


def test_a_draft_is_changed_published_and_thrown_away() -> None:
    """Drafts on a fake live as on a network: changed in place, gone once published or deleted."""
    fake = FakeNetwork()
    draft, other = fake.draft(Post("First words.")), fake.draft(Post("Never mind."))
    assert fake.update_draft(draft, Post("Better words.")).id == draft.id
    assert fake.publish_draft(draft).text == "Better words."
    fake.delete_draft(other)
    assert fake.drafts() == []
    assert [one.text for one in fake.wall] == ["Better words."]
    with pytest.raises(NotFound):
        fake.publish_draft(draft)


def test_a_plan_is_moved_and_cancelled() -> None:
    """Plans on a fake are listed soonest first, move, and are gone once cancelled."""
    clock = TestClock()
    fake = FakeNetwork(clock=clock)
    late = fake.schedule(Post("late"), clock.now() + timedelta(days=2))
    soon = fake.schedule(Post("soon"), clock.now() + timedelta(days=1))
    assert [one.id for one in fake.scheduled()] == [soon.id, late.id]
    moved = fake.reschedule(soon, clock.now() + timedelta(days=3))
    assert [one.id for one in fake.scheduled()] == [late.id, moved.id]
    fake.cancel(late)
    clock.advance(days=3)
    assert [one.text for one in fake.wall] == ["soon"]


def test_a_fake_has_no_http() -> None:
    """A raw request to a fake says that there is nothing to send it to."""
    with pytest.raises(ConfigurationError, match="no HTTP"):
        FakeNetwork().request("GET", "/me")


def test_unset_numbers_are_none() -> None:
    """A number that the test did not set is `None`, never 0."""
    fake = FakeNetwork()
    published = fake.publish(Post("x"))
    fake.set_metrics(published, views=12)
    metrics = fake.fetch_metrics([published])[published]
    assert (metrics.views, metrics.likes) == (12, None)


def test_metrics_of_a_stranger_cost_no_other() -> None:
    """A post that does not exist is an error of its own in the report."""
    fake = FakeNetwork()
    published = fake.publish(Post("x"))
    report = fake.fetch_metrics([published, "404"])
    assert isinstance(report.errors["404"], NotFound)
    assert report[published].post == published.id


def test_plans_go_live_when_the_clock_passes() -> None:
    """What the fake schedules itself appears at its time and not before."""
    clock = TestClock()
    fake = FakeNetwork(clock=clock)
    fake.schedule(Post("later"), clock.now() + timedelta(hours=1))
    assert fake.wall == []
    clock.advance(hours=1)
    assert [one.text for one in fake.wall] == ["later"]
    assert fake.scheduled() == []


def test_a_known_name_brings_that_networks_limits() -> None:
    """A fake Twitter counts as Twitter counts."""
    fake = FakeNetwork("twitter", "2244994945")
    with pytest.raises(ValidationError):
        fake.publish(Post("x" * 281))
    assert fake.calls == []


def test_the_gate_stands_before_a_fake_too() -> None:
    """An overlay retires a fake on its day."""
    clock = TestClock("2026-11-24")
    lifecycle = Lifecycle(
        overlays=[
            Overlay(
                network="fake", effective=clock.now().date(), reason="We leave.", source="board minutes of 2026-11-01"
            )
        ]
    )
    fake = FakeNetwork(clock=clock, lifecycle=lifecycle)
    with pytest.raises(ApiRetired, match="We leave"):
        fake.publish(Post("x"))
    assert fake.calls == []


def test_fakes_share_no_state() -> None:
    """What one fake holds, another does not."""
    FakeNetwork().publish(Post("x"))
    assert FakeNetwork().wall == []


@pytest.mark.anyio
async def test_the_async_fake_is_the_same() -> None:
    """The async fake publishes, fails and shows its wall like the blocking one."""
    fake = AsyncFakeNetwork()
    published = await fake.publish(Post("x"))
    fake.fail_next("publish", OutcomeUnknown(), after_effect=True)
    with pytest.raises(OutcomeUnknown):
        await fake.publish(Post("y"))
    assert [one.text for one in fake.wall] == ["x", "y"]
    assert (await fake.posts())[-1] == published
