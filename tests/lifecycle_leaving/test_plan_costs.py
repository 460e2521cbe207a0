"""Whether it is worth paying: what a month costs on each plan, on any day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError as ShapeError

from socialconnect import Campaign, ConfigurationError, Lifecycle, Post, ValidationError
from socialconnect.lifecycle.plan_costs import PlanComparison, Volume, compare_plans
from socialconnect.testing import FakeNetwork, TestClock

MONTH = Volume(posts=2000, links=1000, reads=6000, repeats=2000, accounts=10)
IN_2023, IN_2024, WITH_BOTH, NOW = date(2023, 5, 1), date(2024, 12, 1), date(2026, 3, 1), date(2026, 11, 24)


def obstacles(volume: Volume, plan: str, on: date) -> tuple[str, ...]:
    """Say why a plan is not possible."""
    return compare_plans(volume, on=on).plan(plan).obstacles


def lifecycle(tmp_path: Path, *plans: str) -> Lifecycle:
    """Give facts of a network that sells these plans, and a post by the piece at a dime."""
    price = 'resource = "post"\nlabel = "Post"\nlow = "0.10 USD"\nhigh = "0.10 USD"'
    path = tmp_path / "shop.toml"
    path.write_text(
        f'network = "shop"\nverified_on = 2026-11-24\n[[prices]]\n{price}\neffective = 2026-01-01\nsource = "s"\n'
        + "".join(f'[[plans]]\neffective = 2026-01-01\nsource = "s"\n{one}\n' for one in plans)
    )
    return Lifecycle(catalogues=[path])


# ── what each plan costs ──────────────────────────────────────────────────────────────────────────────────────────


def test_in_april_2023_a_month_costs_a_hundred_dollars() -> None:
    """The free plan lets nothing be read; Basic is the cheapest that fits; Enterprise is far dearer."""
    found = compare_plans(MONTH, on=IN_2023)
    assert [one.plan for one in found.plans] == ["Basic", "Enterprise", "Free"]
    assert found.cheapest is not None
    assert (found.cheapest.plan, found.cheapest.high) == ("Basic", Decimal(100))
    assert str(found.cheapest) == "Basic: 100 USD a month as reported"
    assert found.break_even is None


def test_today_each_call_is_paid() -> None:
    """Posts with a link cost most; what is read twice on a day counts once at the least."""
    found = compare_plans(MONTH, on=NOW)
    assert found.cheapest is not None
    assert (found.cheapest.plan, found.cheapest.low, found.cheapest.high) == (
        "pay-per-use",
        Decimal("235.000"),
        Decimal("245.000"),
    )
    assert str(found.cheapest) == "pay-per-use: 235 to 245 USD a month"


def test_each_part_of_a_month_is_billed_at_its_own_price() -> None:
    """Posts, links, uploads, descriptions, reads, numbers, accounts and deletions each stand on the bill."""
    volume = Volume(
        posts=3, links=1, media=2, alt_texts=1, reads=10, metrics=20, repeats=12, account_reads=1, deletes=1
    )
    bill = compare_plans(volume, on=NOW).plan("pay-per-use")
    assert [(one.units, str(one.low), str(one.high)) for one in bill.items] == [
        (2, "0.030", "0.030"),
        (1, "0.200", "0.200"),
        (2, "0", "0.030"),
        (1, "0.005", "0.005"),
        (10, "0.000", "0.050"),
        (20, "0.090", "0.100"),
        (1, "0.010", "0.010"),
        (1, "0.005", "0.010"),
    ]
    assert (bill.low, bill.high) == (Decimal("0.340"), Decimal("0.435"))


def test_what_has_no_price_is_not_called_free() -> None:
    """In March 2026 no price of deletions was told: the plan is not priced, and says of what."""
    found = compare_plans(Volume(posts=100, deletes=5), on=WITH_BOTH)
    plan = found.plan("pay-per-use")
    assert (plan.priced, plan.unpriced, plan.high) == (False, ("deletes",), Decimal("1.000"))
    assert str(plan) == "pay-per-use: 1 USD a month and no price told of deletes"
    assert found.cheapest is None


def test_a_contract_without_a_public_price_is_to_be_asked_for() -> None:
    """Enterprise is possible and has no price: it is named, and is not the cheapest."""
    plan = compare_plans(Volume(reads=50_000_000), on=NOW).plan("Enterprise")
    assert (plan.possible, plan.priced, plan.currency) == (True, False, None)
    assert str(plan) == "Enterprise: no public price, to be asked for"
    assert compare_plans(Volume(reads=50_000_000), on=NOW).cheapest is None


def test_a_month_of_nothing_costs_nothing_by_use() -> None:
    """Who pays by use and does nothing pays nothing: that is a price, of 0."""
    found = compare_plans(Volume(), on=NOW)
    assert found.cheapest is not None
    assert (found.cheapest.plan, found.cheapest.high) == ("pay-per-use", Decimal(0))


# ── what is possible ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_allowance_is_for_each_account_too() -> None:
    """Basic lets one account make 3,000 posts: one account's 4,000 do not fit, two accounts' do."""
    assert obstacles(Volume(posts=4000), "Basic", IN_2023) == ("3,000 posts a month for each account, not 4,000",)
    assert obstacles(Volume(posts=4000, accounts=2), "Basic", IN_2023) == ()


def test_reading_numbers_takes_from_the_reads_of_a_plan() -> None:
    """Posts that are read back and posts whose numbers are read share one allowance; only what is passed is told."""
    assert obstacles(Volume(posts=1, reads=6000, metrics=4000), "Basic", IN_2023) == ()
    assert obstacles(Volume(posts=1, reads=6000, metrics=4001), "Basic", IN_2023) == (
        "10,000 posts read a month, not 10,001",
    )


def test_a_posting_limit_a_day_is_an_obstacle() -> None:
    """The free plan lets 17 posts be made a day: an even month of 500 fits, one with a busy day does not."""
    assert obstacles(Volume(posts=500), "Free", IN_2024) == ()
    assert obstacles(Volume(posts=500, busiest_day=18), "Free", IN_2024) == (
        "17 posts a day, not 18",
        "17 posts a day for each account, not 18",
    )
    assert obstacles(Volume(posts=80_000), "pay-per-use", NOW) == ("2,400 posts a day for each account, not 2,667",)
    assert obstacles(Volume(posts=80_000, accounts=2), "pay-per-use", NOW) == ()


def test_a_plan_that_is_sold_no_longer_is_for_those_who_have_it() -> None:
    """In March 2026 Basic is possible only for an app that has it already."""
    month = Volume(posts=30_000, reads=6000, accounts=10)
    new, old = compare_plans(month, on=WITH_BOTH), compare_plans(month, on=WITH_BOTH, held="Basic")
    assert new.plan("Basic").obstacles == ("not sold to new customers",)
    assert [one.cheapest.plan if one.cheapest else None for one in (new, old)] == ["pay-per-use", "Basic"]
    assert compare_plans(month, on=date(2026, 1, 31)).plan("Basic").possible


def test_a_plan_is_closed_from_its_day_on(tmp_path: Path) -> None:
    """On the first day on which only those have it who had it, a new customer does not get it."""
    facts = lifecycle(tmp_path, 'name = "A"\nprice = "9 USD per month"\nclosed = 2026-06-01')
    for day, possible in ((date(2026, 5, 31), True), (date(2026, 6, 1), False)):
        assert compare_plans(Volume(), network="shop", on=day, lifecycle=facts).plan("A").possible is possible


def test_what_is_possible_stands_first() -> None:
    """A contract to be asked for comes before a plan that has a price and does not fit."""
    found = compare_plans(Volume(reads=50_000_000), on=NOW)
    assert [(one.plan, one.possible, one.priced) for one in found.plans] == [
        ("Enterprise", True, False),
        ("pay-per-use", False, True),
    ]


def test_a_plan_that_the_day_does_not_have_is_refused() -> None:
    """Asking for the bill of a plan that was sold on another day names those that there are."""
    with pytest.raises(ConfigurationError, match=r"no plan 'Basic' on 2026-11-24; it has Enterprise, pay-per-use"):
        compare_plans(MONTH, on=NOW, held="Basic")
    with pytest.raises(ConfigurationError, match="no plan 'Pro' on 2023-05-01"):
        compare_plans(MONTH, on=IN_2023).plan("Pro")


def test_a_network_that_sells_no_plans_is_not_called_free() -> None:
    """Of Facebook no price is known: there is no plan, and none is the cheapest."""
    found = compare_plans(MONTH, network="facebook", on=NOW)
    assert (found.plans, found.cheapest) == ((), None)
    assert str(found) == "facebook on 2026-11-24: no plans are known, which does not mean that it is free"
    with pytest.raises(ConfigurationError, match="no catalogue"):
        compare_plans(MONTH, network="nowhere", on=NOW)


def test_a_day_after_the_facts_says_how_old_they_are() -> None:
    """What will be sold in 2030 nobody knows: the day of the check stands beside."""
    assert str(compare_plans(MONTH, on=date(2030, 1, 1))).startswith("twitter on 2030-01-01, as known on 2026-11-24:")
    assert "as known" not in str(compare_plans(MONTH, on=NOW))


def test_a_volume_whose_parts_are_more_than_the_whole_is_refused() -> None:
    """More links than posts would be counted as posts that do not exist."""
    for wrong in ({"links": 2}, {"busiest_day": 2}, {"repeats": 1}):
        with pytest.raises(ShapeError, match="cannot be more"):
            Volume(posts=1, **wrong)


def test_prices_in_two_currencies_are_not_compared(tmp_path: Path) -> None:
    """The cheaper number in another currency need not be the cheaper plan."""
    facts = lifecycle(tmp_path, 'name = "A"\nprice = "9 USD per month"', 'name = "B"\nprice = "8 EUR per month"')
    with pytest.raises(ConfigurationError, match="priced in EUR and USD"):
        compare_plans(MONTH, network="shop", on=NOW, lifecycle=facts)


def test_calls_in_two_currencies_are_not_added_up(tmp_path: Path) -> None:
    """A bill of dollars and euros has no sum."""
    lifecycle(tmp_path, 'name = "use"\nmetered = true\nresources = { posts = "post", reads = "read" }')
    path = tmp_path / "shop.toml"
    path.write_text(
        path.read_text().replace(
            "[[plans]]",
            '[[prices]]\nresource = "read"\nlabel = "Read"\nlow = "1 EUR"\nhigh = "1 EUR"\neffective = 2026-01-01\n'
            'source = "s"\n[[plans]]',
        )
    )
    facts = Lifecycle(catalogues=[path])
    assert compare_plans(Volume(posts=1), network="shop", on=NOW, lifecycle=facts).cheapest is not None
    with pytest.raises(ConfigurationError, match="priced in EUR and USD"):
        compare_plans(Volume(posts=1, reads=1), network="shop", on=NOW, lifecycle=facts)


def test_a_moment_counts_for_its_day_in_utc() -> None:
    """At 20:00 in New York the next day has begun in UTC, with other prices; a naive moment is refused."""
    before_midnight = datetime(2026, 4, 19, 19, 30, tzinfo=ZoneInfo("America/New_York"))
    at_midnight = datetime(2026, 4, 19, 20, tzinfo=ZoneInfo("America/New_York"))
    found = [compare_plans(Volume(posts=1), on=one).plan("pay-per-use").high for one in (before_midnight, at_midnight)]
    assert found == [Decimal("0.010"), Decimal("0.015")]
    with pytest.raises(ValidationError, match="needs a zone"):
        compare_plans(MONTH, on=datetime(2026, 4, 20))


# ── from where on a flat plan is worth it ─────────────────────────────────────────────────────────────────────────


def test_where_both_are_had_there_is_a_break_even() -> None:
    """In March 2026 Basic cost 200 dollars, and paying by use 75 for this month; Basic's reads end at five times."""
    found = compare_plans(Volume(posts=6000, reads=3000, accounts=10), on=WITH_BOTH, held="Basic")
    assert [str(one.high) for one in found.plans[:2]] == ["75.000", "200"]
    assert found.break_even is not None
    assert (found.break_even.times, found.break_even.up_to) == (Decimal("2.67"), Decimal("5.00"))
    assert "Basic is worth it instead of pay-per-use from 2.67 times the volume on, up to 5.00 times" in str(found)


def test_no_break_even_where_the_flat_plan_ends_before() -> None:
    """At four times this volume both would cost 200, but Basic lets only two and a half times be read."""
    found = compare_plans(Volume(posts=2000, reads=6000, accounts=10), on=WITH_BOTH, held="Basic")
    assert found.break_even is None


def shop(tmp_path: Path, volume: Volume) -> PlanComparison:
    """Compare a flat plan for 50 and so many posts with a dime for each."""
    by_use = 'name = "use"\nmetered = true\nresources = { posts = "post" }'
    flat = 'name = "flat"\nprice = "50 USD per month"\nposts = 800'
    return compare_plans(volume, network="shop", on=NOW, lifecycle=lifecycle(tmp_path, by_use, flat))


def test_a_flat_plan_may_be_worth_it_already(tmp_path: Path) -> None:
    """Below one, the break-even lies behind: the flat plan is the cheapest, up to where it ends."""
    found = shop(tmp_path, Volume(posts=600))
    assert found.cheapest is not None
    assert found.break_even is not None
    assert (found.cheapest.plan, found.break_even.times, found.break_even.up_to) == (
        "flat",
        Decimal("0.84"),
        Decimal("1.33"),
    )


def test_of_several_crossings_the_first_is_told(tmp_path: Path) -> None:
    """Of two flat plans that use comes to cost as much as, the one that is worth it earlier is named."""
    by_use = 'name = "use"\nmetered = true\nresources = { posts = "post" }'
    dear, cheap = (f'name = "{name}"\nprice = "{price} USD per month"' for name, price in (("A", 90), ("B", 50)))
    for flat in ((dear, cheap), (cheap, dear)):
        facts = lifecycle(tmp_path, by_use, *flat)
        found = compare_plans(Volume(posts=100), network="shop", on=NOW, lifecycle=facts)
        assert found.break_even is not None
        assert (found.break_even.plan, found.break_even.times, found.break_even.up_to) == ("B", Decimal("5.00"), None)


def test_no_break_even_where_use_ends_before(tmp_path: Path) -> None:
    """Where use lets no more than 400 posts be made, it never costs the 50 of the flat plan."""
    by_use = 'name = "use"\nmetered = true\nposts = 400\nresources = { posts = "post" }'
    facts = lifecycle(tmp_path, by_use, 'name = "flat"\nprice = "50 USD per month"')
    assert compare_plans(Volume(posts=100), network="shop", on=NOW, lifecycle=facts).break_even is None


def test_how_far_a_flat_plan_reaches_is_not_rounded_away() -> None:
    """One post a month fits each day's allowance as often as the month has days; Basic is worth it, and lets it be."""
    found = compare_plans(Volume(posts=1, links=1), on=WITH_BOTH, held="Pro")
    assert found.break_even is None  # Pro costs 5,000 for 500,000 posts, of which it lets 300,000 be made
    found = compare_plans(Volume(posts=1, links=1, media=20), on=WITH_BOTH, held="Basic")
    assert found.break_even is not None
    assert (found.break_even.times, found.break_even.up_to) == (Decimal("952.39"), Decimal("3000.00"))


def test_what_a_plan_costs_besides_its_calls_does_not_grow(tmp_path: Path) -> None:
    """A plan for 10 and a dime for each post costs as much as one for 50 at 400 posts, whatever the month is now."""
    by_use = 'name = "use"\nprice = "10 USD per month"\nmetered = true\nresources = { posts = "post" }'
    facts = lifecycle(tmp_path, by_use, 'name = "flat"\nprice = "50 USD per month"\nposts = 800')
    for posts, times in ((100, "4.00"), (400, "1.00"), (800, "0.50")):
        found = compare_plans(Volume(posts=posts), network="shop", on=NOW, lifecycle=facts)
        assert found.break_even is not None
        assert found.break_even.times == Decimal(times)
    assert compare_plans(Volume(), network="shop", on=NOW, lifecycle=facts).break_even is None


# ── what holds of every volume ────────────────────────────────────────────────────────────────────────────────────

DAYS = st.dates(date(2021, 11, 15), date(2030, 1, 1))


@st.composite
def volumes(draw: st.DrawFn, most: int = 60_000) -> Volume:
    """Give any month."""
    count = st.integers(0, most)
    posts, reads, metrics = draw(count), draw(count), draw(count)
    return Volume(
        posts=posts,
        links=draw(st.integers(0, posts)),
        media=draw(count),
        alt_texts=draw(count),
        reads=reads,
        metrics=metrics,
        repeats=draw(st.integers(0, reads + metrics)),
        account_reads=draw(count),
        deletes=draw(count),
        accounts=draw(st.integers(1, 50)),
    )


@given(volumes(), DAYS, st.decimals(1, 5, places=2))
def test_more_never_costs_less(volume: Volume, on: date, factor: Decimal) -> None:
    """On the same plan a larger volume costs at least as much, and fits only where the smaller one does."""
    more = compare_plans(volume.times(factor), on=on)
    for less in compare_plans(volume, on=on).plans:
        other = more.plan(less.plan)
        assert less.low <= less.high <= other.high
        assert less.fits or not other.fits


@given(volumes(), DAYS)
def test_the_cheapest_is_the_least_of_what_is_possible(volume: Volume, on: date) -> None:
    """No plan that is possible and priced costs less than the one that is called the cheapest."""
    found = compare_plans(volume, on=on)
    possible = [one.high for one in found.plans if one.possible and one.priced]
    assert (found.cheapest.high if found.cheapest else None) == min(possible, default=None)
    assert all(one.possible == (not one.obstacles) for one in found.plans)


@given(st.one_of(volumes(), volumes(most=40)).filter(lambda one: bool(one.posts)))
def test_the_costs_cross_at_the_break_even(volume: Volume) -> None:
    """At the break-even use costs at least as much as the flat plan, which is possible; well before, less."""
    priced = volume.model_copy(update={"deletes": 0, "alt_texts": 0})  # what had a price in March 2026
    even = compare_plans(priced, on=WITH_BOTH, held="Basic").break_even
    if even is None:
        return
    there = compare_plans(priced.times(even.times), on=WITH_BOTH, held="Basic")
    if even.up_to is not None:
        last, over = (priced.times(even.up_to + more) for more in (Decimal(0), Decimal("0.01")))
        assert compare_plans(last, on=WITH_BOTH, held="Basic").plan("Basic").fits
        assert not compare_plans(over, on=WITH_BOTH, held="Basic").plan("Basic").fits
    assert there.plan("Basic").possible
    assert there.plan("pay-per-use").high >= there.plan("Basic").high
    assert even.up_to is None or even.times <= even.up_to
    before = priced.times(max(even.times - Decimal("0.01"), Decimal(0)))
    # Each number is rounded up, so less than one of each part may be too much.
    rounding = compare_plans(Volume(posts=2, links=1, media=1, reads=1, metrics=1, account_reads=1), on=WITH_BOTH)
    use = compare_plans(before, on=WITH_BOTH).plan("pay-per-use")
    assert use.high < there.plan("Basic").high + rounding.plan("pay-per-use").high


# ── a campaign ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_campaign_is_the_sum_of_its_posts() -> None:
    """All posts on all accounts count; where no price is known that is told, and not added as nothing."""
    clock = TestClock("2026-11-24")
    accounts = [FakeNetwork(name, "1", clock=clock) for name in ("twitter", "facebook")]
    posts = [Post("Hello"), Post("See https://example.com")]
    cost = Campaign("spring", posts, accounts).estimate_cost()
    assert (cost.low, cost.high) == ({"USD": Decimal("0.215")}, {"USD": Decimal("0.215")})
    assert cost.unpriced == ("facebook",)
    assert len(cost.estimates["twitter"]) == 2
