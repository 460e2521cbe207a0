"""The gate: what it stops, when, and what it lets through with a warning."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from socialconnect import ApiPaywalled, ApiRetired, ApiVersionRetired, ConfigurationError, Overlay, SunsetWarning
from socialconnect.lifecycle import OPERATIONS, Catalogue, Gate, Lifecycle
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
DAY = date(2026, 12, 1)
LEAVING = Overlay(network="sample", effective=DAY, reason="We leave.", source="the board")
VERSIONS = [
    {"version": "1", "released": date(2025, 1, 1), "ends": DAY},
    {"version": "2", "released": date(2026, 1, 1)},
]


def gate(lifecycle: Lifecycle, clock: TestClock, *, version: str | None = None) -> Gate:
    return Gate(lifecycle, network="sample", account="7", clock=clock, api="main", version=version)


def warned(check: Gate, *operations: str) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for operation in operations:
            check.check(operation)
    assert all(issubclass(one.category, SunsetWarning) for one in caught)
    return [str(one.message) for one in caught]


def test_an_end_stops_calls_from_its_moment_on(make_catalogue: MakeCatalogue) -> None:
    """The call before the end passes, the one after it does not: the clock's moving is noticed."""
    end = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    lifecycle = Lifecycle(catalogues=[make_catalogue({"effective": end})], lead_time=timedelta(0))
    clock = TestClock("2026-12-01T15:29:59")
    passing = gate(lifecycle, clock)
    passing.check("publish")
    clock.advance(1)
    with pytest.raises(ApiRetired, match=r"publish is retired since 2026-12-01: It ends\.") as caught:
        passing.check("publish")
    assert caught.value.source == "https://example.com/notice"
    assert (caught.value.network, caught.value.account, caught.value.operation) == ("sample", "7", "publish")
    assert caught.value.deprecation is not None
    passing.check("posts")


def test_a_clock_set_back_is_noticed(make_catalogue: MakeCatalogue) -> None:
    """What held only later does not stop a call on an earlier day."""
    clock = TestClock("2026-12-02")
    passing = gate(Lifecycle(catalogues=[make_catalogue({"effective": DAY})], lead_time=timedelta(0)), clock)
    with pytest.raises(ApiRetired):
        passing.check("publish")
    clock.set("2026-11-30")
    passing.check("publish")


def test_an_overlay_stops_everything_from_the_next_call_on() -> None:
    """An entry that is added while the application runs holds at once, on every operation, and can be taken back."""
    lifecycle = Lifecycle()
    passing = gate(lifecycle, TestClock("2026-12-01"))
    passing.check("publish")
    lifecycle.add(LEAVING)
    for operation in OPERATIONS:
        with pytest.raises(ApiRetired, match=r"We leave\. \(source: the board\)") as caught:
            passing.check(operation)
        assert caught.value.source == "the board"
        assert "take the overlay back" in str(caught.value)
    lifecycle.remove(LEAVING)
    passing.check("publish")


def test_an_error_says_what_to_do(make_catalogue: MakeCatalogue) -> None:
    """A replacement is the hint; without one the hint says so."""
    clock = TestClock(DAY)
    replaced = make_catalogue({"effective": DAY, "replacement": "the new call"})
    with pytest.raises(ApiRetired, match=r"Instead: the new call\."):
        gate(Lifecycle(catalogues=[replaced]), clock).check("publish")
    with pytest.raises(ApiRetired, match="nothing is known to replace it"):
        gate(Lifecycle(catalogues=[make_catalogue({"effective": DAY})]), clock).check("publish")


def test_a_paywall_stops_nothing_ahead_of_the_call(make_catalogue: MakeCatalogue) -> None:
    """Whether this app has paid is for the network to say."""
    catalogue = make_catalogue({"state": "paywalled", "effective": date(2026, 1, 1)})
    gate(Lifecycle(catalogues=[catalogue]), TestClock(DAY)).check("publish")


def test_a_version_that_ended_stops_every_call(make_catalogue: MakeCatalogue) -> None:
    """The error names the version, its source, and the newest one."""
    lifecycle = Lifecycle(catalogues=[make_catalogue(versions=VERSIONS)])
    with pytest.raises(ApiVersionRetired, match="retired API version 1 on 2026-12-01; newest known is 2") as caught:
        gate(lifecycle, TestClock(DAY), version="1").check("posts")
    assert (caught.value.version, caught.value.newest) == ("1", "2")
    assert (caught.value.source, caught.value.operation) == ("https://example.com/versions", "posts")
    gate(lifecycle, TestClock(DAY), version="2").check("posts")


def test_no_live_version_is_no_reason_to_fail_otherwise(make_catalogue: MakeCatalogue) -> None:
    """Where the catalogue knows no newer version, the error says nothing of one."""
    lifecycle = Lifecycle(catalogues=[make_catalogue(versions=VERSIONS[:1])])
    with pytest.raises(ApiVersionRetired) as caught:
        gate(lifecycle, TestClock(DAY), version="1").check("posts")
    assert caught.value.newest is None
    assert "newest" not in caught.value.message


# ── old facts, and being told not to stop ────────────────────────────────────────────────────────────────────────────


def test_old_facts_do_not_stop_what_they_only_foretold(make_catalogue: MakeCatalogue) -> None:
    """An end that was still to come when the facts were checked may have been put off: the call goes on, warned."""
    catalogue = make_catalogue({"effective": DAY}, versions=VERSIONS, verified_on=date(2026, 3, 1))
    lifecycle = Lifecycle(catalogues=[catalogue], max_age=timedelta(days=30))
    told = warned(gate(lifecycle, TestClock("2026-12-05"), version="1"), "publish", "publish")
    assert len(told) == 2
    assert "API version 1 ended on 2026-12-01" in told[0]
    assert "publish: retired" in told[1]
    assert all("a forecast when the facts were last checked, on 2026-03-01" in one for one in told)


def test_old_facts_still_stop_what_had_happened(make_catalogue: MakeCatalogue) -> None:
    """What was gone when the facts were checked has not come back since, and the application's own word has no age."""
    catalogue = make_catalogue({"effective": date(2026, 1, 1)}, verified_on=date(2026, 3, 1))
    lifecycle = Lifecycle(catalogues=[catalogue], max_age=timedelta(days=30))
    with pytest.raises(ApiRetired):
        gate(lifecycle, TestClock(DAY)).check("publish")
    lifecycle.add(LEAVING)
    with pytest.raises(ApiRetired):
        gate(lifecycle, TestClock(DAY)).check("posts")


def test_old_facts_stop_calls_if_told_to(make_catalogue: MakeCatalogue) -> None:
    """Whoever would rather stop than knock may say so."""
    catalogue = make_catalogue({"effective": DAY}, verified_on=date(2026, 3, 1))
    lifecycle = Lifecycle(catalogues=[catalogue], max_age=timedelta(days=30), enforce_outdated=True)
    with pytest.raises(ApiRetired):
        gate(lifecycle, TestClock("2026-12-05")).check("publish")


def test_nothing_is_stopped_without_enforcement(make_catalogue: MakeCatalogue) -> None:
    """`enforce=False` turns every stop into a warning."""
    catalogue = make_catalogue({"effective": DAY}, versions=VERSIONS)
    lifecycle = Lifecycle(catalogues=[catalogue], overlays=[LEAVING], enforce=False)
    told = warned(gate(lifecycle, TestClock(DAY), version="1"), "publish", "posts")
    assert len(told) == 2
    assert all("told not to stop it" in one for one in told)
    assert "We leave." in told[1]


# ── warnings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_warning_comes_once_for_each_cause() -> None:
    """However many calls, operations and networks see it, one end is one warning."""
    lifecycle = Lifecycle(overlays=[LEAVING])
    clock = TestClock("2026-11-24")
    first, second = gate(lifecycle, clock), gate(lifecycle, clock)
    assert warned(first, "publish", "draft") == [
        "sample: retired from 2026-12-01, in 7 days: We leave. (source: the board)"
    ]
    assert warned(second, "publish") == []
    lifecycle.add(Overlay(network="sample", effective=date(2026, 12, 24), reason="Holidays.", source="the board"))
    assert len(warned(first, "publish", "publish")) == 1


def test_a_warning_is_for_what_the_call_uses(make_catalogue: MakeCatalogue) -> None:
    """A call is not troubled by the end of what it does not use."""
    catalogue = make_catalogue({"effective": DAY, "operations": ("posts", "fetch_metrics")})
    passing = gate(Lifecycle(catalogues=[catalogue]), TestClock("2026-11-24"))
    assert warned(passing, "publish") == []
    assert warned(passing, "fetch_metrics")[0].startswith("sample posts, fetch_metrics: retired from 2026-12-01")


def test_a_warning_waits_for_its_lead_time() -> None:
    """The lead time is kept to the second, and is settable."""
    lifecycle = Lifecycle(overlays=[LEAVING], lead_time=timedelta(days=3, hours=6))
    clock = TestClock("2026-11-27T17:59:59")
    passing = gate(lifecycle, clock)
    assert warned(passing, "publish") == []
    clock.advance(1)
    assert len(warned(passing, "publish")) == 1


def test_a_version_that_ends_is_warned_of(make_catalogue: MakeCatalogue) -> None:
    """The warning names the newest version, and comes once for each version."""
    lifecycle = Lifecycle(catalogues=[make_catalogue(versions=VERSIONS)])
    passing = gate(lifecycle, TestClock("2026-11-30"), version="1")
    assert warned(passing, "publish", "posts") == [
        "sample: API version 1 ends on 2026-12-01, tomorrow; newest known is 2."
    ]
    assert warned(gate(lifecycle, TestClock("2026-11-30"), version="2"), "publish") == []


def test_a_warning_points_at_the_callers_line() -> None:
    """The place that is told is the application's, not the library's."""
    passing = gate(Lifecycle(overlays=[LEAVING]), TestClock("2026-11-24"))
    with pytest.warns(SunsetWarning) as caught:
        passing.check("publish")
    assert caught[0].filename == __file__


def test_warnings_as_errors_lose_no_later_call() -> None:
    """Where a warning is raised, it is raised once: the next call goes on."""
    passing = gate(Lifecycle(overlays=[LEAVING]), TestClock("2026-11-24"))
    with pytest.raises(SunsetWarning):
        passing.check("publish")
    passing.check("publish")


def test_threads_get_one_warning_between_them() -> None:
    """Many threads that meet one cause at one time are warned once."""
    lifecycle = Lifecycle(overlays=[LEAVING])
    passing = gate(lifecycle, TestClock("2026-11-24"))
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        for _ in range(50):
            passing.check("publish")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        threads = [threading.Thread(target=work) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(caught) == 1


@pytest.mark.parametrize("setting", ["lead_time", "max_age", "breaker_time"])
def test_a_negative_time_is_refused(setting: str) -> None:
    """A time that cannot be meant is a fault of the set-up."""
    with pytest.raises(ConfigurationError, match="must not be negative"):
        Lifecycle(**{setting: timedelta(seconds=-1)})  # type: ignore[arg-type]  # one of three settings of one type


# ── what the network answers ─────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_is_completed_from_the_catalogue(make_catalogue: MakeCatalogue) -> None:
    """A paywall answer that the catalogue foresaw gets the plan, the price, and the catalogue's source."""
    catalogue = make_catalogue(
        {"state": "paywalled", "effective": date(2026, 1, 1), "plan": "Basic", "price": "100 USD per month"}
    )
    learning = gate(Lifecycle(catalogues=[catalogue]), TestClock(DAY))
    error = ApiPaywalled("No access.", status=403)
    learning.learn(error, "publish")
    told = (error.plan, str(error.price), error.source)
    assert told == ("Basic", "100 USD per month", "https://example.com/notice")
    assert error.deprecation is not None
    assert (error.network, error.account, error.operation) == ("sample", "7", "publish")


def test_a_version_answer_is_completed(make_catalogue: MakeCatalogue) -> None:
    """An ended version's answer gets the version that was asked for and the newest one."""
    learning = gate(Lifecycle(catalogues=[make_catalogue(versions=VERSIONS)]), TestClock("2026-06-01"), version="1")
    error = ApiVersionRetired("Not active.", status=426)
    learning.learn(error, "publish")
    assert (error.version, error.newest) == ("1", "2")
