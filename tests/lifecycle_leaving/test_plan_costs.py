"""Whether it is worth paying: what a month costs on each plan, on any day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from socialconnect import Campaign, ConfigurationError, Post
from socialconnect.lifecycle.plan_costs import Volume, compare_plans
from socialconnect.testing import FakeNetwork, TestClock

MONTH = Volume(posts=2000, links=1000, reads=6000, repeats=2000, accounts=10)


def test_in_april_2023_a_month_costs_a_hundred_dollars() -> None:
    """The free plan lets nothing be read; Basic is the cheapest that fits; Enterprise is far dearer."""
    found = compare_plans(MONTH, on=date(2023, 5, 1))
    assert [one.plan for one in found.plans] == ["Basic", "Enterprise", "Free"]
    assert found.cheapest is not None
    assert (found.cheapest.plan, found.cheapest.high) == ("Basic", Decimal(100))
    assert str(found.plans[-1]).startswith("Free: 0 USD a month, not enough: 2000 posts a month of 1500")
    assert found.break_even is None


def test_today_each_call_is_paid() -> None:
    """Posts with a link cost most; what is read twice on a day counts once at the least."""
    found = compare_plans(MONTH, on=date(2026, 11, 24))
    assert found.cheapest is not None
    assert (found.cheapest.plan, found.cheapest.low, found.cheapest.high) == (
        "pay-per-use",
        Decimal("235.000"),
        Decimal("245.000"),
    )
    assert not next(one for one in found.plans if one.plan == "Enterprise").priced


def test_where_both_are_sold_there_is_a_break_even() -> None:
    """In March 2026 Basic cost 200 dollars, and paying by use 50 for this month: four times the volume is even."""
    found = compare_plans(Volume(posts=2000, reads=6000, accounts=10), on=date(2026, 3, 1))
    assert [str(one.high) for one in found.plans[:2]] == ["50.000", "200"]
    assert found.break_even == Decimal("4.00")


def test_an_allowance_is_for_each_account_too() -> None:
    """Basic lets one account make 3,000 posts: one account's 4,000 do not fit, two accounts' do."""
    one, two = (compare_plans(Volume(posts=4000, accounts=n), on=date(2023, 5, 1)) for n in (1, 2))
    assert [next(p.fits for p in found.plans if p.plan == "Basic") for found in (one, two)] == [False, True]


def test_a_network_that_sells_no_plans_is_not_called_free() -> None:
    """Of Facebook no price is known: there is no plan, and none is the cheapest."""
    found = compare_plans(MONTH, network="facebook", on=date(2026, 11, 24))
    assert (found.plans, found.cheapest) == ((), None)
    with pytest.raises(ConfigurationError, match="no catalogue"):
        compare_plans(MONTH, network="nowhere", on=date(2026, 11, 24))


def test_a_campaign_is_the_sum_of_its_posts() -> None:
    """All posts on all accounts count; where no price is known that is told, and not added as nothing."""
    clock = TestClock("2026-11-24")
    accounts = [FakeNetwork(name, "1", clock=clock) for name in ("twitter", "facebook")]
    posts = [Post("Hello"), Post("See https://example.com")]
    cost = Campaign("spring", posts, accounts).estimate_cost()
    assert (cost.low, cost.high) == ({"USD": Decimal("0.215")}, {"USD": Decimal("0.215")})
    assert cost.unpriced == ("facebook",)
    assert len(cost.estimates["twitter"]) == 2
