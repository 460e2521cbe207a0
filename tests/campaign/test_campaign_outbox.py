"""Campaigns with an outbox: recorded before anything is sent, carried out once, and in step with their start."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.test_crashes import Death, Killed

from socialconnect import (
    AsyncCampaign,
    AsyncOutbox,
    Campaign,
    Outbox,
    OutcomeUnknown,
    PolicyBlocked,
    Post,
    RateLimited,
    TokenRevoked,
    ValidationError,
)
from socialconnect.campaign import CampaignPost
from socialconnect.outbox import DeliveryState
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


def test_what_is_for_now_goes_through_the_outbox(path: Path, clock: TestClock) -> None:
    """It is published at once, in order, and stands in the outbox beside what is for later."""
    with Outbox(path, clock=clock) as outbox:
        red, blue = (FakeNetwork(name, clock=clock) for name in ("red", "blue"))
        later = CampaignPost(post=Post("later"), at=clock.now() + timedelta(hours=1))
        report = Campaign("spring", [later, Post("one"), Post("two")], [red, blue], outbox=outbox).publish()
        assert report.ok
        assert [one.text for one in red.wall] == [one.text for one in blue.wall] == ["one", "two"]
        assert [one.id for one in report.published] == [
            red.wall[0].id,
            blue.wall[0].id,
            red.wall[1].id,
            blue.wall[1].id,
        ]
        assert [one.post.text for one in report.scheduled if one.post] == ["later", "later"]
        states = [one.state for one in outbox.deliveries(campaign="spring")]
        assert states == ["published"] * 4 + ["planned"] * 2


def test_the_same_campaign_twice_posts_once(path: Path, clock: TestClock) -> None:
    """A second run, in another process, sends nothing and says why."""
    for again in (False, True):
        with Outbox(path, clock=clock) as outbox:
            blue = FakeNetwork("blue", clock=clock)
            campaign = Campaign("spring", [Post("now")], [blue], outbox=outbox)
            if again:
                with pytest.raises(ValidationError, match="holds a campaign named 'spring' already"):
                    campaign.publish()
                assert blue.calls == []
            else:
                assert campaign.publish().ok


def test_a_crash_in_the_middle_loses_nothing(path: Path, clock: TestClock) -> None:
    """What had not gone out when the process died is carried out by the next worker."""
    blue = FakeNetwork("blue", clock=clock)
    with Outbox(path, clock=clock) as outbox:
        campaign = Campaign("spring", [Post("one"), Post("two")], [blue], outbox=outbox)
        Death(outbox, "finish", after=True)
        with pytest.raises(Killed):
            campaign.publish()
    assert [one.text for one in blue.wall] == ["one"]
    with Outbox(path, clock=clock) as outbox:
        outbox.plans.attach(blue.operations)
        outbox.run_due()
        assert [one.text for one in blue.wall] == ["one", "two"]


def test_a_dead_token_is_not_tried_again(path: Path, clock: TestClock) -> None:
    """It needs a person at once; the others of the account wait for nothing and say the same."""
    with Outbox(path, clock=clock) as outbox:
        red, blue = (FakeNetwork(name, clock=clock) for name in ("red", "blue"))
        red.fail_next("publish", TokenRevoked("gone"))
        report = Campaign("spring", [Post("x")], [red, blue], outbox=outbox).publish()
        assert [type(one) for one in report.errors["red"]] == [TokenRevoked]
        assert [one.text for one in blue.wall] == ["x"]
        (delivery,) = outbox.deliveries(network="red")
        assert (delivery.state, delivery.attempts) == (DeliveryState.NEEDS_ATTENTION, 1)
        assert outbox.run(until_idle=True).postponed == 0
        assert len([one for one in red.calls if one.operation == "publish"]) == 1


def test_a_throttled_network_blocks_no_other(path: Path, clock: TestClock) -> None:
    """Its posts are planned for when it says, in order; the others' are live at once."""
    with Outbox(path, clock=clock) as outbox:
        red, blue = (FakeNetwork(name, clock=clock) for name in ("red", "blue"))
        red.fail_next("publish", RateLimited("slowly", retry_after=600))
        start = clock.now()
        report = Campaign("spring", [Post("x"), Post("y")], [red, blue], outbox=outbox).publish()
        assert report.ok
        assert clock.slept == []
        assert [one.text for one in blue.wall] == ["x", "y"]
        assert [(one.network, one.state) for one in report.scheduled] == [("red", "planned")] * 2
        outbox.run(until_idle=True)
        assert [one.text for one in red.wall] == ["x", "y"]
        assert red.wall[0].created_at == start + timedelta(minutes=10)


def test_what_went_wrong_is_the_error_itself(path: Path, clock: TestClock) -> None:
    """The report holds what the network said, and what may be live is unknown, never failed."""
    with Outbox(path, clock=clock) as outbox:
        red, blue = (FakeNetwork(name, clock=clock) for name in ("red", "blue"))
        refused = PolicyBlocked("Not today.", code="7")
        red.fail_next("publish", refused)
        blue.fail_next("publish", OutcomeUnknown("lost"), after_effect=True)
        report = Campaign("spring", [Post("x")], [red, blue], outbox=outbox).publish()
        assert report.errors["red"] == [refused]
        assert [type(one) for one in report.errors["blue"]] == [OutcomeUnknown]


def test_a_paused_network_is_planned(path: Path, clock: TestClock) -> None:
    """What is paused is not sent: it is in the report as a plan, and comes when it goes on."""
    with Outbox(path, clock=clock) as outbox:
        blue = FakeNetwork("blue", clock=clock)
        outbox.pause(network="blue")
        report = Campaign("spring", [Post("x")], [blue], outbox=outbox).publish()
        assert [one.state for one in report.scheduled] == ["planned"]
        outbox.resume(network="blue")
        assert outbox.run(until_idle=True).published == 1


def test_partial_records_what_is_sent_alone(path: Path, clock: TestClock) -> None:
    """What has problems is not in the outbox; if nothing is left, nothing is recorded and the name stays free."""
    with Outbox(path, clock=clock) as outbox:
        twitter, blue = FakeNetwork("twitter", "1", clock=clock), FakeNetwork("blue", clock=clock)
        Campaign("spring", [Post("x" * 281)], [twitter], outbox=outbox).publish(partial=True)
        assert outbox.campaigns() == []
        report = Campaign("spring", [Post("x" * 281)], [twitter, blue], outbox=outbox).publish(partial=True)
        assert isinstance(report.errors["twitter"][0], ValidationError)
        assert [one.network for one in outbox.deliveries()] == ["blue"]


def test_held_moved_and_called_off(path: Path, clock: TestClock) -> None:
    """Posts by offset wait for the launch, move with the start, and stop when the campaign is called off."""
    with Outbox(path, clock=clock, poll=timedelta(minutes=10)) as outbox:
        blue = FakeNetwork("blue", clock=clock)
        posts = [CampaignPost(post=Post(f"{hours}"), after=timedelta(hours=hours)) for hours in range(4)]
        campaign = Campaign("spring", posts, [blue], outbox=outbox)
        assert [one.state for one in campaign.publish().scheduled] == ["held"] * 4
        start = clock.now() + timedelta(days=1)
        campaign.launch(start)
        outbox.run(until=start + timedelta(minutes=90))
        assert [one.text for one in blue.wall] == ["0", "1"]
        outbox.move_start("spring", start + timedelta(hours=5))
        outbox.run(until=start + timedelta(hours=7))
        assert [one.created_at for one in blue.wall][2:] == [start + timedelta(hours=7)]
        assert [one.state for one in outbox.call_off("spring")] == ["published"] * 3 + ["cancelled"]
        outbox.run(until_idle=True)
        assert len(blue.wall) == 3


@pytest.mark.anyio
async def test_the_async_campaign_goes_through_it_too(path: Path, clock: TestClock) -> None:
    """Published at once, recorded, and refused the second time."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        red, blue = (AsyncFakeNetwork(name, clock=clock) for name in ("red", "blue"))
        red.fail_next("publish", PolicyBlocked("Not today."))
        later = CampaignPost(post=Post("later"), after=timedelta(hours=1))
        campaign = AsyncCampaign("spring", [Post("x"), later], [red, blue], outbox=outbox)
        report = await campaign.publish()
        assert [type(one) for one in report.errors["red"]] == [PolicyBlocked]
        assert [one.text for one in blue.wall] == ["x"]
        assert [one.state for one in report.scheduled] == ["held", "held"]
        with pytest.raises(ValidationError, match="already"):
            await campaign.publish()
