"""Campaigns: everything is checked before anything is sent, and one network's failure never stops another's."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from socialconnect import (
    AsyncCampaign,
    Campaign,
    ConfigurationError,
    Outbox,
    OutcomeUnknown,
    Overlay,
    PartlyPublished,
    PolicyBlocked,
    Post,
    PostVariant,
    SocialConnectError,
    ValidationError,
)
from socialconnect.campaign import CampaignPost
from socialconnect.errors import ApiRetired
from socialconnect.lifecycle import Lifecycle
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock


def test_each_network_gets_its_variant() -> None:
    """A campaign publishes the variant of each network, and reports each post."""
    red, blue = FakeNetwork("red"), FakeNetwork("blue")
    post = Post("For all.", variants={"facebook": PostVariant(text="Not here.")})
    report = Campaign("spring", [post, Post("Second.")], [red, blue]).publish()
    assert report.ok
    assert [one.text for one in red.wall] == ["For all.", "Second."]
    assert [(one.account, one.index) for one in report] == [("red", 0), ("blue", 0), ("red", 1), ("blue", 1)]
    assert len(report.published) == 4


def test_a_failure_on_one_network_stops_no_other() -> None:
    """The others' posts appear, and the failure stands in the report."""
    red, blue = FakeNetwork("red"), FakeNetwork("blue")
    red.fail_next("publish", PolicyBlocked("Not today."))
    report = Campaign("spring", [Post("x"), Post("y")], [red, blue]).publish()
    assert not report.ok
    assert [one.text for one in red.wall] == ["y"]
    assert [one.text for one in blue.wall] == ["x", "y"]
    assert isinstance(report.errors["red"][0], PolicyBlocked)


def test_what_is_live_of_a_post_is_told() -> None:
    """Where one part of a post failed, the report names the part that is live, so that nobody publishes it again."""
    red = FakeNetwork("red")
    red.fail_next("comment", PolicyBlocked("Not today."))
    report = Campaign("spring", [Post("x", first_comment="y")], [red]).publish()
    (error,) = report.errors["red"]
    assert isinstance(error, PartlyPublished)
    assert [one.id for one in error.posts] == [one.id for one in red.wall]


def test_a_defect_of_one_adapter_loses_no_result() -> None:
    """Whatever an adapter ends with, the report tells what the others published, and that this outcome is not known."""
    red, blue = FakeNetwork("red"), FakeNetwork("blue")
    red.fail_next("publish", cast("SocialConnectError", KeyError("a defect")), after_effect=True)
    report = Campaign("spring", [Post("x"), Post("y")], [red, blue]).publish()
    assert [one.text for one in report.published if one.network == "blue"] == ["x", "y"]
    assert [type(one) for one in report.errors["red"]] == [OutcomeUnknown]
    assert [one.text for one in red.wall] == ["x", "y"]


@pytest.mark.anyio
async def test_a_defect_of_one_adapter_interrupts_no_task() -> None:
    """Nor are the other accounts' tasks cancelled in the middle of their requests."""
    red, blue = AsyncFakeNetwork("red"), AsyncFakeNetwork("blue")
    red.fail_next("publish", cast("SocialConnectError", KeyError("a defect")))
    report = await AsyncCampaign("spring", [Post("x"), Post("y")], [red, blue]).publish()
    assert [one.text for one in report.published if one.network == "blue"] == ["x", "y"]
    assert [type(one) for one in report.errors["red"]] == [OutcomeUnknown]


def test_a_retired_network_stops_no_other() -> None:
    """On the day of a cut-off the retired network reports `ApiRetired`, and the others publish."""
    clock = TestClock()
    leaving = Overlay(network="red", effective=clock.now(), reason="We leave.", source="notice 7")
    red = FakeNetwork("red", clock=clock, lifecycle=Lifecycle(overlays=[leaving]))
    blue = FakeNetwork("blue", clock=clock)
    campaign = Campaign("spring", [Post("x")], [red, blue])
    told = campaign.validate()
    assert [(one.rule, one.severity) for one in told["red"]] == [("retired", "warning")]
    assert "blue" not in told
    report = campaign.publish()
    assert isinstance(report.errors["red"][0], ApiRetired)
    assert [one.text for one in blue.wall] == ["x"]


def test_a_problem_anywhere_sends_nothing() -> None:
    """All problems are told at once, each with its post and account, and no network is called."""
    twitter, blue = FakeNetwork("twitter", "1"), FakeNetwork("blue")
    campaign = Campaign("spring", [Post("x" * 281), Post("")], [twitter, blue])
    with pytest.raises(ValidationError) as caught:
        campaign.publish()
    fields = {(one.network, one.field) for one in caught.value.problems}
    assert {("twitter", "posts[0].text"), ("twitter", "posts[1].text"), ("blue", "posts[1].text")} <= fields
    assert twitter.calls == blue.calls == []


def test_partial_goes_on_without_what_has_problems() -> None:
    """With `partial=True` the good ones are published and the others stand in the report as errors."""
    twitter, blue = FakeNetwork("twitter", "1"), FakeNetwork("blue")
    report = Campaign("spring", [Post("x" * 281)], [twitter, blue]).publish(partial=True)
    assert isinstance(report.errors["twitter"][0], ValidationError)
    assert len(blue.wall) == 1
    assert twitter.calls == []


def test_an_unknown_account_is_told() -> None:
    """A post for an account that the campaign does not have sends nothing, even with `partial=True`."""
    blue = FakeNetwork("blue")
    campaign = Campaign("spring", [CampaignPost(post=Post("x"), networks=("green",))], [blue])
    with pytest.raises(ValidationError, match="green"):
        campaign.publish(partial=True)
    assert blue.calls == []


def test_accounts_of_one_network_are_told_apart() -> None:
    """Two accounts on one network have two names, and the same one twice is refused."""
    first, second = FakeNetwork("red", "1"), FakeNetwork("red", "2")
    assert list(Campaign("spring", [Post("x")], [first, second]).networks) == ["red", "red:2"]
    with pytest.raises(ConfigurationError, match="twice"):
        Campaign("spring", [Post("x")], [first, second, second])


def test_accounts_run_side_by_side() -> None:
    """Two accounts publish at the same time: each waits until the other has begun."""
    barrier = threading.Barrier(2, timeout=10)
    red, blue = FakeNetwork("red"), FakeNetwork("blue")
    for fake in (red, blue):
        real = fake.operations.adapter.publish

        async def together(post: Post, journal: object, real: object = real) -> object:
            barrier.wait()
            return await real(post, journal)  # type: ignore[operator]  # the adapter's own method

        fake.operations.adapter.publish = together  # type: ignore[method-assign,assignment]  # a test's seam
    assert Campaign("spring", [Post("x")], [red, blue]).publish().ok


def test_later_posts_need_an_outbox() -> None:
    """A post for later without an outbox is refused before anything is sent: a plan is never kept in memory alone."""
    blue = FakeNetwork("blue")
    later = CampaignPost(post=Post("x"), after=timedelta(hours=2))
    with pytest.raises(ConfigurationError, match="outbox"):
        Campaign("spring", [Post("now"), later], [blue]).publish()
    assert blue.calls == []


def test_offsets_wait_for_the_launch(tmp_path: Path) -> None:
    """Posts by offset are held until `launch`, and then appear in step with the campaign."""
    clock = TestClock()
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        blue = FakeNetwork("blue", clock=clock, outbox=outbox)
        posts: list[CampaignPost | Post] = [CampaignPost(post=Post("thanks"), after=timedelta(hours=2)), Post("now")]
        campaign = Campaign("spring", posts, [blue], outbox=outbox)
        report = campaign.publish()
        assert [one.state for one in report.scheduled] == ["held"]
        clock.advance(days=3)
        outbox.run_due()
        assert [one.text for one in blue.wall] == ["now"]
        start = clock.now()
        campaign.launch()
        outbox.run(until=start + timedelta(hours=2, minutes=1))
        assert [one.text for one in blue.wall] == ["now", "thanks"]
        assert blue.wall[1].created_at == start + timedelta(hours=2)


def test_a_time_in_the_past_is_a_problem() -> None:
    """A post planned for a time that has gone by is refused with the others."""
    clock = TestClock()
    blue = FakeNetwork("blue", clock=clock)
    late = CampaignPost(post=Post("x"), at=clock.now() - timedelta(minutes=1))
    found = Campaign("spring", [late], [blue]).validate()
    assert [one.field for one in found["blue"]] == ["posts[0].at"]


def test_a_naive_time_and_two_times_are_refused() -> None:
    """A time without a zone, both times at once, and a negative offset are refused when the post is made."""
    for wrong in (
        {"at": datetime(2026, 12, 1)},
        {"at": TestClock().now(), "after": timedelta(hours=1)},
        {"after": timedelta(hours=-1)},
    ):
        with pytest.raises(ValueError, match=r"timezone|not both|negative"):
            CampaignPost.model_validate({"post": Post("x"), **wrong})


@pytest.mark.anyio
async def test_the_async_campaign_is_the_same() -> None:
    """Variants, failures and the report are those of the blocking campaign."""
    red, blue = AsyncFakeNetwork("red"), AsyncFakeNetwork("blue")
    red.fail_next("publish", PolicyBlocked("Not today."))
    report = await AsyncCampaign("spring", [Post("x"), Post("y")], [red, blue]).publish()
    assert [one.text for one in blue.wall] == ["x", "y"]
    assert isinstance(report.errors["red"][0], PolicyBlocked)
    assert cast("str", report.published[0].text) == "x"
