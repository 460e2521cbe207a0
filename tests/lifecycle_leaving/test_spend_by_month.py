"""The spend limit of an account and a month, kept in the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from socialconnect import ConfigurationError, Outbox, OutcomeUnknown, Post, QuotaExceeded, RateLimited
from socialconnect.outbox import DeliveryState
from socialconnect.testing import FakeNetwork, TestClock

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
A_POST, A_READ, AN_ACCOUNT, A_DELETION = (Decimal(one) for one in ("0.015", "0.005", "0.010", "0.010"))


@pytest.fixture
def clock() -> TestClock:
    """Give a clock late in November."""
    return TestClock(NOW)


def account(clock: TestClock, outbox: Outbox | None, limit: str, name: str = "1") -> FakeNetwork:
    """Give an account that may spend so much."""
    return FakeNetwork("twitter", name, clock=clock, outbox=outbox, spend_limit=Decimal(limit))


def spent(outbox: Outbox) -> dict[tuple[str, str], Decimal]:
    """Give what was spent, by account and month."""
    return {(one.account, one.month): one.amount for one in outbox.spending("twitter")}


def test_the_limit_outlives_the_process(tmp_path: Path, clock: TestClock) -> None:
    """What one process has spent counts for the next one; a month later all of it is free again."""
    path = tmp_path / "outbox.db"
    with Outbox(path, clock=clock) as outbox:
        account(clock, outbox, "0.03").publish(Post("One"))
    with Outbox(path, clock=clock) as outbox:
        again = account(clock, outbox, "0.03")
        again.publish(Post("Two"))
        with pytest.raises(QuotaExceeded, match=r"0\.03 in 2026-11 would be passed: 0\.030 is spent"):
            again.publish(Post("Three"))
        clock.set("2026-12-01")
        again.publish(Post("Three"))
        assert spent(outbox) == {("1", "2026-11"): 2 * A_POST, ("1", "2026-12"): A_POST}
        assert [one.currency for one in outbox.spending()] == ["USD", "USD"]


def test_a_refusal_says_what_it_would_have_cost(tmp_path: Path, clock: TestClock) -> None:
    """Nothing reaches the network, and the error holds the price."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter = account(clock, outbox, "0.10")
        with pytest.raises(QuotaExceeded) as caught:
            twitter.publish(Post("See https://example.com"))
        assert str(caught.value.would_cost) == "0.200 USD"
        assert twitter.calls == []
        assert outbox.spending() == []


def test_accounts_have_limits_of_their_own(tmp_path: Path, clock: TestClock) -> None:
    """One account's spending is not another's; two objects of one account share theirs."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        account(clock, outbox, "0.02", "1").publish(Post("One"))
        account(clock, outbox, "0.02", "2").publish(Post("One"))
        with pytest.raises(QuotaExceeded):
            account(clock, outbox, "0.02", "1").publish(Post("Two"))
        assert spent(outbox) == {("1", "2026-11"): A_POST, ("2", "2026-11"): A_POST}


def test_deliveries_count_too(tmp_path: Path, clock: TestClock) -> None:
    """A planned post that would pass the limit is not sent, and says why."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter = account(clock, outbox, "0.02")
        plans = [twitter.schedule(Post(f"Number {one}"), NOW + timedelta(hours=one)) for one in (1, 2)]
        outbox.run(until_idle=True)
        first, second = (outbox.delivery(one.id) for one in plans)
        assert first.state is DeliveryState.PUBLISHED
        assert second.state is not DeliveryState.PUBLISHED
        assert second.error_kind == "QuotaExceeded"
        assert len(twitter.wall) == 1


def test_what_was_not_sent_is_given_back(tmp_path: Path, clock: TestClock) -> None:
    """A call that never left costs nothing; one whose answer was lost counts."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter = account(clock, outbox, "1")
        twitter.fail_next("publish", RateLimited("Wait."))
        with pytest.raises(RateLimited):
            twitter.publish(Post("One"))
        assert spent(outbox) == {("1", "2026-11"): Decimal(0)}
        twitter.fail_next("publish", OutcomeUnknown("Lost."), after_effect=True)
        with pytest.raises(OutcomeUnknown):
            twitter.publish(Post("Two"))
        assert spent(outbox) == {("1", "2026-11"): A_POST}


def test_what_a_read_did_not_cost_is_given_back(tmp_path: Path, clock: TestClock) -> None:
    """A read sets aside what it may cost, and keeps what it did cost: a page of a timeline has five posts at least."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter = account(clock, outbox, "0.60")
        twitter.publish(Post("One"))
        twitter.posts(limit=100)
        assert spent(outbox)["1", "2026-11"] == A_POST + 5 * A_READ


def test_reads_metrics_and_deletions_are_stopped_too(tmp_path: Path, clock: TestClock) -> None:
    """Whatever costs counts against the month, and is stopped before the wire with its price."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter = account(clock, outbox, "0.05")
        post = twitter.publish(Post("One"))
        twitter.fetch_metrics([post])
        twitter.fetch_account_metrics()
        twitter.delete(post)
        assert spent(outbox)["1", "2026-11"] == A_POST + A_READ + AN_ACCOUNT + A_DELETION
        made = len(twitter.calls)
        for call, price in (
            (lambda: twitter.posts(limit=100), "0.500 USD"),
            (lambda: twitter.fetch_metrics([str(one) for one in range(3)]), "0.015 USD"),
        ):
            with pytest.raises(QuotaExceeded) as caught:
                call()
            assert str(caught.value.would_cost) == price
        assert len(twitter.calls) == made


def test_a_look_that_the_limit_stops_is_told(tmp_path: Path, clock: TestClock) -> None:
    """What became of a lost answer cannot be read for want of money: the delivery stays unknown, and says why."""
    with Outbox(tmp_path / "outbox.db", clock=clock, poll=timedelta(hours=1)) as outbox:
        twitter = account(clock, outbox, "0.02")
        twitter.fail_next("publish", OutcomeUnknown("Lost."), after_effect=True)
        plan = twitter.schedule(Post("Hi"), NOW + timedelta(hours=1))
        outbox.run(until=NOW + timedelta(hours=3))
        left = outbox.delivery(plan.id)
        assert left.state is DeliveryState.UNKNOWN
        assert "spend limit of 0.02" in str(left.seen)
        assert len(twitter.wall) == 1


def test_without_an_outbox_the_object_counts(clock: TestClock) -> None:
    """Without an outbox the limit is for as long as the object lives, months or not."""
    twitter = account(clock, None, "0.02")
    twitter.publish(Post("One"))
    clock.set("2027-01-01")
    with pytest.raises(QuotaExceeded, match=r"0\.02 would be passed"):
        twitter.publish(Post("Two"))


def test_a_network_without_prices_is_never_stopped(tmp_path: Path, clock: TestClock) -> None:
    """Where no price is known nothing is counted."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        page = FakeNetwork("facebook", "1", clock=clock, outbox=outbox, spend_limit=Decimal(0))
        page.publish(Post("Hello"))
        assert outbox.spending() == []


@pytest.mark.parametrize("wrong", [0.1, "0.10", Decimal("-1"), Decimal("NaN")])
def test_a_limit_that_is_no_amount_is_refused_at_once(clock: TestClock, wrong: object) -> None:
    """A limit of the wrong kind fails where it is given, not in the middle of the first call."""
    with pytest.raises(ConfigurationError, match="no amount of money"):
        FakeNetwork("twitter", "1", clock=clock, spend_limit=cast("Decimal", wrong))
