"""What a fact, an answer or an overlay makes of the very moment at which it begins, and of what it does not name."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from socialconnect import ApiPaywalled, ApiRetired, Money, NotFound, Overlay, SunsetWarning
from socialconnect.cost import CampaignCost, CostEstimate
from socialconnect.lifecycle import ApiState, Catalogue, Gate, Lifecycle, sources
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 12, 1)


def gate(catalogue: Catalogue, clock: TestClock, **settings: object) -> Gate:
    """Give a gate that goes by these facts."""
    lifecycle = Lifecycle(catalogues=[catalogue], **settings)  # type: ignore[arg-type]  # as they are
    return Gate(lifecycle, network="sample", account="7", clock=clock)


# ── moments ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_end_within_the_day_is_noticed_within_it(make_catalogue: MakeCatalogue) -> None:
    """A gate that looked in the morning stops the call in the afternoon, however long ago it warned."""
    clock = TestClock("2026-12-01T08:00:00")
    passing = gate(make_catalogue({"effective": datetime(2026, 12, 1, 15, 30, tzinfo=UTC)}), clock)
    with pytest.warns(SunsetWarning, match="2026-12-01 15:30 UTC, today"):
        passing.check("publish")
    clock.set("2026-12-01T15:30:00")
    with pytest.raises(ApiRetired):
        passing.check("publish")


def test_a_status_is_of_its_day_though_no_fact_changes(make_catalogue: MakeCatalogue) -> None:
    """An error of the next day counts the days from that day, and facts grow old overnight."""
    clock = TestClock("2026-12-01T08:00:00")
    passing = gate(make_catalogue({"effective": DAY}), clock)
    told: list[datetime] = []
    for _ in range(2):
        with pytest.raises(ApiRetired) as caught:
            passing.check("publish")
        assert caught.value.deprecation is not None
        told.append(caught.value.deprecation.on)
        clock.advance(days=1)
    assert [one.day for one in told] == [1, 2]


def test_what_ended_on_the_day_of_the_check_is_no_forecast(make_catalogue: MakeCatalogue) -> None:
    """Whoever checked on that day saw it: however old the facts are, the call is stopped."""
    facts = make_catalogue({"effective": date(2026, 3, 1)}, verified_on=date(2026, 3, 1))
    with pytest.raises(ApiRetired):
        gate(facts, TestClock(NOW), max_age=timedelta(days=30)).check("publish")


@pytest.mark.parametrize(("answered", "state"), [("2026-11-30", "retired"), ("2026-12-01", "paywalled")])
def test_an_answer_counts_from_the_end_on(make_catalogue: MakeCatalogue, answered: str, state: str) -> None:
    """What the network answered at the end's first moment or later counts for more than the end; before it, less."""
    clock = TestClock(answered)
    learning = gate(make_catalogue({"effective": DAY}), clock)
    learning.learn(ApiPaywalled("No access.", status=403), "publish")
    clock.set("2026-12-02")
    assert learning.status().operations["publish"].state == state


def test_a_coming_change_has_the_price_of_its_day(make_catalogue: MakeCatalogue) -> None:
    """A paywall by price list that is to come costs what the list has then, and not what it has now."""
    price = {"resource": "thing", "effective": date(2026, 1, 1), "until": DAY, "low": "1 USD", "high": "1 USD"}
    later = {**price, "effective": DAY, "until": None, "low": "2 USD", "high": "3 USD"}
    sold = {
        "state": "paywalled",
        "effective": DAY,
        "announced": date(2026, 1, 1),
        "resources": {"publish": "thing"},
    }
    status = Lifecycle(catalogues=[make_catalogue(sold, prices=[price, later])]).status("sample", NOW)
    (change,) = status.operations["publish"].coming
    assert str(change.price) == "3 USD per request"


# ── what an answer leaves of the facts ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", [ApiPaywalled("Pay.", status=402), ApiRetired("Gone.", status=410)])
def test_a_retired_operation_has_no_end_to_come(make_catalogue: MakeCatalogue, error: ApiRetired) -> None:
    """After `retired` nothing is still to end; a paywall leaves the end to come; what replaces it stays told."""
    deprecated = {"id": "advised", "state": "deprecated", "announced": date(2026, 1, 1), "replacement": "the new call"}
    end = {"effective": DAY, "announced": date(2026, 1, 1), "replacement": "the new call"}
    learning = gate(make_catalogue(deprecated, end), TestClock(NOW))
    learning.learn(error, "publish")
    publish = learning.status().operations["publish"]
    gone = publish.state is ApiState.RETIRED
    assert (publish.source, publish.replacement) == ("answer", "the new call")
    assert (publish.ends, publish.days_left, len(publish.coming)) == ((None, None, 0) if gone else (DAY, 7, 1))


def test_a_source_is_of_what_it_says(make_catalogue: MakeCatalogue) -> None:
    """That an operation must be paid for is told by the catalogue; that it is gone, by the answer alone."""
    sold = {"state": "paywalled", "effective": date(2026, 1, 1), "plan": "Basic", "price": "100 USD per month"}
    for error, source in (
        (ApiPaywalled("Pay.", status=402), "https://example.com/notice"),
        (ApiRetired("Gone.", status=410), "answer"),
    ):
        gate(make_catalogue(sold), TestClock(NOW)).learn(error, "publish")
        assert error.source == source


def test_a_price_in_the_answer_is_the_price(make_catalogue: MakeCatalogue) -> None:
    """What the network itself asks for counts for more than what the catalogue knows."""
    sold = {"state": "paywalled", "effective": date(2026, 1, 1), "plan": "Basic", "price": "100 USD per month"}
    error = ApiPaywalled("Pay.", status=402, plan="Pro", price=Money.model_validate("5000 USD per month"))
    gate(make_catalogue(sold), TestClock(NOW)).learn(error, "publish")
    assert (error.plan, str(error.price)) == ("Pro", "5000 USD per month")


def test_a_success_of_what_shares_a_life_is_told(make_catalogue: MakeCatalogue) -> None:
    """The account's numbers share the life of the posts': that they are still given contradicts the catalogue too."""
    ended = {"effective": date(2026, 1, 1), "operations": ("fetch_metrics",)}
    passing = gate(make_catalogue(ended), TestClock(NOW), enforce=False)
    with pytest.warns(SunsetWarning):
        passing.check("fetch_account_metrics", governed_by="fetch_metrics")
    passing.passed("fetch_account_metrics", governed_by="fetch_metrics")
    (answer,) = passing.status().answers
    assert (answer.operation, answer.believed) == ("fetch_account_metrics", "fetch_metrics is retired since 2026-01-01")


def test_a_paywalled_address_that_is_not_found_is_not_retired(make_catalogue: MakeCatalogue) -> None:
    """A 404 behind a paywall is about what was asked for: nothing says that the address is gone."""
    sold = {"state": "paywalled", "effective": date(2026, 1, 1), "operations": (), "requests": [{"path": "/old/*"}]}
    error = NotFound("No such thing.", status=404)
    error.request = "GET /old/1"
    assert gate(make_catalogue(sold), TestClock(NOW)).explained(error) is None


# ── overlays, versions, packages, campaigns ───────────────────────────────────────────────────────────────────────────


def test_an_overlay_is_taken_back_by_its_like() -> None:
    """One that was read from a file again is the same; every one like it goes, and no other."""
    leaving = Overlay(network="sample", effective=DAY, reason="We leave.", source="the board")
    other = leaving.model_copy(update={"operations": ("publish",)})
    lifecycle = Lifecycle(overlays=[leaving, other, leaving])
    lifecycle.remove(Overlay.model_validate(leaving.model_dump()))
    assert lifecycle.overlays == (other,)


def test_no_answer_speaks_against_what_the_application_declared(make_catalogue: MakeCatalogue) -> None:
    """With the gate off a call may still meet a paywall: to the application the network has been over since January."""
    leaving = Overlay(network="sample", effective=date(2026, 1, 1), reason="We leave.", source="the board")
    learning = gate(make_catalogue(), TestClock(NOW), overlays=[leaving], enforce=False)
    learning.learn(ApiPaywalled("Pay.", status=402), "publish")
    publish = learning.status().operations["publish"]
    assert (publish.state, publish.source) == (ApiState.RETIRED, "the board")
    assert [one.reason for one in learning.status().answers] == ["Pay."]


@pytest.mark.parametrize(("fold", "utc"), [(0, "00:30"), (1, "01:30")])
def test_an_hour_that_comes_twice_is_told_apart(fold: int, utc: str) -> None:
    """On the night on which summer ends in Berlin it is 02:30 twice: the overlay holds from the one that was meant."""
    at = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)
    leaving = Overlay(network="sample", effective=at, reason="We leave.", source="the board")
    begins = datetime.fromisoformat(f"2026-10-25T{utc}:00+00:00")
    clock = TestClock(begins - timedelta(seconds=1))
    passing = Gate(Lifecycle(overlays=[leaving]), network="sample", account="7", clock=clock)
    with pytest.warns(SunsetWarning, match=f"{utc} UTC"):
        passing.check("publish")
    clock.advance(1)
    with pytest.raises(ApiRetired):
        passing.check("publish")


def test_of_two_overlays_the_stricter_holds_until_it_is_taken_back(make_catalogue: MakeCatalogue) -> None:
    """An end within a paywall stops the calls; without it the paywall is told, and without that one the facts alone."""
    sold = Overlay(network="sample", effective=date(2026, 6, 1), reason="We pay.", source="us", state="paywalled")
    over = Overlay(network="sample", effective=date(2026, 8, 1), reason="We leave.", source="us")
    lifecycle = Lifecycle(catalogues=[make_catalogue()], overlays=[sold, over])
    passing = Gate(lifecycle, network="sample", account="7", clock=TestClock(NOW))
    with pytest.raises(ApiRetired, match="We leave"):
        passing.check("publish")
    lifecycle.remove(over)
    passing.check("publish")
    assert passing.status().operations["publish"].reason == "We pay."
    lifecycle.remove(sold)
    assert passing.status().state is ApiState.ACTIVE


def test_overlays_of_one_day_are_each_warned_of() -> None:
    """Two decisions about different operations are two warnings, also on one day."""
    both = [
        Overlay(network="sample", effective=DAY, reason=f"No {one}.", source="the board", operations=(one,))
        for one in ("publish", "posts")
    ]
    passing = Gate(Lifecycle(overlays=both), network="sample", account="7", clock=TestClock(NOW))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        passing.check("publish")
        passing.check("posts")
    assert ["No publish." in str(told[0].message), "No posts." in str(told[1].message)] == [True, True]


def test_a_version_that_nobody_saw_is_not_asked_for(make_catalogue: MakeCatalogue) -> None:
    """A version that is only inferred from the network's habit is neither the newest nor the default."""
    versions = [
        {"version": "1", "released": date(2026, 1, 1)},
        {"version": "2", "released": date(2026, 6, 1), "confidence": "unverified"},
    ]
    facts = make_catalogue(versions=versions)
    assert facts.newest_version("main", NOW.date()) == facts.default_version("main", NOW.date()) == "1"


def test_of_two_packages_the_one_that_was_checked_last_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In whatever order they are found."""
    for name, day in (("facts_new", "2028-01-01"), ("facts_old", "2027-01-01")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("", "utf-8")
        (tmp_path / name / "twitter.toml").write_text(f'network = "twitter"\nverified_on = {day}\n', "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    points = [metadata.EntryPoint(name, name, sources.ENTRY_POINTS) for name in ("facts_new", "facts_old")]
    try:
        for order in (points, points[::-1]):
            monkeypatch.setattr(metadata, "entry_points", lambda *, group, order=order: order)
            sources._packaged.cache_clear()
            found = Lifecycle().catalogue("twitter")
            assert found is not None
            assert found.verified_on == date(2028, 1, 1)
    finally:
        sources._packaged.cache_clear()


def test_an_account_with_one_post_of_no_price_is_not_wholly_priced() -> None:
    """What has a price is added up; that something has none is told of its account."""
    posts = tuple(CostEstimate(network="sample", operation="publish", priced=one) for one in (True, False))
    assert CampaignCost(estimates={"brand": posts, "shop": posts[:1]}).unpriced == ("brand",)
