"""The status on a day: what holds, what is coming, how it reads, and how it travels."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from socialconnect import DeprecationStatus, Money, ValidationError
from socialconnect.lifecycle import ApiState, Catalogue, Lifecycle, Overlay

MakeCatalogue = Callable[..., Catalogue]
DAY = date(2026, 12, 1)
ANNOUNCED = date(2026, 11, 1)


def status(
    catalogue: Catalogue, on: date | datetime, *overlays: Overlay, version: str | None = None
) -> DeprecationStatus:
    api = "main" if version else None
    return Lifecycle(catalogues=[catalogue], overlays=overlays).status("sample", on, api=api, version=version)


def test_a_day_is_its_beginning_in_utc(make_catalogue: MakeCatalogue) -> None:
    """An end on a day holds from midnight UTC, and a moment in another zone is that moment."""
    catalogue = make_catalogue({"effective": DAY, "announced": ANNOUNCED})
    at = datetime(2026, 12, 1, 1, tzinfo=timezone(timedelta(hours=2)))  # an hour before midnight in UTC
    assert status(catalogue, at).operations["publish"].state is ApiState.DEPRECATED
    assert status(catalogue, at + timedelta(hours=1)).operations["publish"].state is ApiState.RETIRED
    assert status(catalogue, DAY).operations["publish"].state is ApiState.RETIRED


def test_an_end_may_have_an_hour(make_catalogue: MakeCatalogue) -> None:
    """Where the hour is known, the minute before it still works."""
    end = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    catalogue = make_catalogue({"effective": end, "announced": ANNOUNCED})
    before = status(catalogue, end - timedelta(minutes=1)).operations["publish"]
    assert (before.state, before.ends, before.days_left) == (ApiState.DEPRECATED, end, 0)
    assert status(catalogue, end).operations["publish"].state is ApiState.RETIRED


def test_a_naive_moment_is_refused(make_catalogue: MakeCatalogue) -> None:
    """A time without a zone is a question with two answers."""
    with pytest.raises(ValidationError, match="needs a zone"):
        status(make_catalogue(), datetime(2026, 12, 1, 9))  # the fault that is tested


def test_before_the_announcement_nothing_is_told(make_catalogue: MakeCatalogue) -> None:
    """A day's status holds what was known on it."""
    catalogue = make_catalogue({"effective": DAY, "announced": ANNOUNCED})
    assert status(catalogue, date(2026, 10, 31)).state is ApiState.ACTIVE
    coming = status(catalogue, ANNOUNCED).operations["publish"]
    assert (coming.state, coming.since, coming.ends, coming.days_left) == (ApiState.DEPRECATED, ANNOUNCED, DAY, 30)
    assert coming.source == "https://example.com/notice"


def test_an_end_of_unknown_announcement_is_known_since_the_file_was_checked(make_catalogue: MakeCatalogue) -> None:
    """What stands in the file is told today, and not claimed to have been known earlier."""
    catalogue = make_catalogue({"effective": date(2027, 1, 1)}, verified_on=date(2026, 11, 24))
    assert status(catalogue, date(2026, 11, 23)).state is ApiState.ACTIVE
    assert status(catalogue, date(2026, 11, 24)).operations["publish"].ends == date(2027, 1, 1)


def test_an_end_without_a_day_is_a_deprecation(make_catalogue: MakeCatalogue) -> None:
    """An announced end whose day was not told stops nothing, however long ago it was."""
    catalogue = make_catalogue({"announced": date(2020, 1, 1)})
    found = status(catalogue, DAY).operations["publish"]
    assert (found.state, found.since, found.ends) == (ApiState.DEPRECATED, date(2020, 1, 1), None)


def test_what_was_superseded_no_longer_holds(make_catalogue: MakeCatalogue) -> None:
    """An end that was put off is told until the day it was put off, and not after it."""
    catalogue = make_catalogue(
        {"effective": date(2026, 6, 1), "announced": date(2026, 1, 1), "until": date(2026, 5, 1)},
        {"effective": DAY, "announced": date(2026, 5, 1)},
    )
    assert status(catalogue, date(2026, 4, 30)).operations["publish"].ends == date(2026, 6, 1)
    assert status(catalogue, date(2026, 5, 1)).operations["publish"].ends == DAY
    assert status(catalogue, date(2026, 7, 1)).operations["publish"].state is ApiState.DEPRECATED


def test_changes_are_told_elsewhere(make_catalogue: MakeCatalogue) -> None:
    """A new price or another change leaves the state as it is."""
    rows = [{"state": state, "effective": ANNOUNCED} for state in ("repriced", "changed")]
    assert status(make_catalogue(*rows), DAY).state is ApiState.ACTIVE


def test_todays_paywall_does_not_hide_the_coming_end(make_catalogue: MakeCatalogue) -> None:
    """An operation that is paid for today and ends soon says both."""
    catalogue = make_catalogue(
        {"state": "paywalled", "effective": date(2026, 2, 6), "plan": "Basic", "price": "100 USD per month"}
    )
    leaving = Overlay(network="sample", effective=DAY, reason="We leave.", source="the board")
    publish = status(catalogue, date(2026, 11, 24), leaving).operations["publish"]
    assert (publish.state, publish.plan, publish.ends, publish.days_left) == (ApiState.PAYWALLED, "Basic", DAY, 7)
    assert [(one.state, one.reason, one.source) for one in publish.coming] == [
        (ApiState.RETIRED, "We leave.", "the board")
    ]


def test_what_comes_is_in_order_and_no_better_than_what_is(make_catalogue: MakeCatalogue) -> None:
    """A paywall, then an end; nothing comes after an end, and no paywall is told to one who is past it."""
    paywall = {"state": "paywalled", "effective": date(2026, 12, 1), "announced": ANNOUNCED}
    end = {"state": "retired", "effective": date(2027, 1, 1), "announced": ANNOUNCED}
    catalogue = make_catalogue(end, paywall)
    states = [one.state for one in status(catalogue, ANNOUNCED).operations["publish"].coming]
    assert states == [ApiState.PAYWALLED, ApiState.RETIRED]
    assert [one.state for one in status(catalogue, date(2026, 12, 1)).operations["publish"].coming] == ["retired"]
    early_end = make_catalogue({**end, "effective": ANNOUNCED}, paywall)
    assert status(early_end, ANNOUNCED).operations["publish"].coming == ()


def test_part_retired_is_not_the_network_retired(make_catalogue: MakeCatalogue) -> None:
    """The network is retired when all of its operations are."""
    from socialconnect.lifecycle import OPERATIONS

    part = make_catalogue({"effective": ANNOUNCED, "operations": ("fetch_metrics",)})
    assert status(part, DAY).state is ApiState.DEPRECATED
    whole = make_catalogue({"effective": ANNOUNCED, "operations": OPERATIONS})
    assert status(whole, DAY).state is ApiState.RETIRED


def test_the_networks_end_is_its_first_operations(make_catalogue: MakeCatalogue) -> None:
    """The status tells the nearest day on which anything stops."""
    catalogue = make_catalogue(
        {"id": "late", "effective": date(2027, 2, 1), "announced": ANNOUNCED},
        {"id": "soon", "effective": DAY, "announced": ANNOUNCED, "operations": ("posts",)},
    )
    found = status(catalogue, date(2026, 11, 30))
    assert (found.ends, found.days_left) == (DAY, 1)


def test_the_applications_word_comes_before_the_catalogues(make_catalogue: MakeCatalogue) -> None:
    """Where both say that it is paid for, the plan that the application declared is told."""
    catalogue = make_catalogue({"state": "paywalled", "effective": date(2020, 1, 1), "plan": "Basic"})
    ours = Overlay(
        network="sample",
        effective=ANNOUNCED,
        state="paywalled",
        reason="Our contract.",
        source="contract 7",
        plan="Enterprise",
        price=Money(amount=Decimal(9), currency="EUR"),
    )
    publish = status(catalogue, DAY, ours).operations["publish"]
    assert (publish.plan, str(publish.price), publish.confidence) == ("Enterprise", "9 EUR", "declared")


def test_a_price_list_gives_the_price_of_the_day(make_catalogue: MakeCatalogue) -> None:
    """An operation that is billed by the call has the price that the list has on that day."""
    low_high = {"resource": "thing", "low": "1 USD", "high": "1 USD", "effective": date(2026, 1, 1)}
    catalogue = make_catalogue(
        {"state": "paywalled", "effective": date(2026, 1, 1), "plan": "calls", "resources": {"publish": "thing"}},
        prices=[
            {**low_high, "until": date(2026, 6, 1)},
            {**low_high, "high": "2 USD", "effective": date(2026, 6, 1), "unit": "resource"},
        ],
    )
    assert str(status(catalogue, date(2026, 5, 31)).operations["publish"].price) == "1 USD per request"
    assert str(status(catalogue, date(2026, 6, 1)).operations["publish"].price) == "2 USD per resource"


def test_the_version_in_use_has_its_own_end(make_catalogue: MakeCatalogue) -> None:
    """The status names the version, when it ends, and the newest that is live."""
    versions = [
        {"version": "1", "released": date(2025, 1, 1), "ends": DAY, "confidence": "secondary"},
        {"version": "2", "released": date(2026, 1, 1)},
    ]
    catalogue = make_catalogue(versions=versions)
    before = status(catalogue, date(2026, 11, 24), version="1")
    assert (before.version_ends, before.version_days_left, before.newest_version) == (DAY, 7, "2")
    assert not before.version_retired
    assert str(before).splitlines() == [
        "sample on 2026-11-24: active, API version 1 (ends 2026-12-01, in 7 days)",
        "  The version's end is told by https://example.com/versions, at second hand.",
        "  The facts were last checked on 2026-11-24.",
    ]
    after = status(catalogue, DAY, version="1")
    assert after.version_retired
    assert "ended 2026-12-01, today" in str(after)


def test_old_facts_say_so(make_catalogue: MakeCatalogue) -> None:
    """Facts are measured against now, not against the day asked about."""
    lifecycle = Lifecycle(catalogues=[make_catalogue(verified_on=date(2026, 1, 1))], max_age=timedelta(days=30))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    old = lifecycle.status("sample", date(2020, 1, 1), known_until=now)
    assert old.outdated
    assert "last checked on 2026-01-01" in str(old)
    assert not lifecycle.status("sample", DAY, known_until=datetime(2026, 1, 31, tzinfo=UTC)).outdated


def test_a_network_without_a_catalogue_is_active() -> None:
    """A third party's network has a status, and claims nothing."""
    found = Lifecycle().status("mastodon", DAY)
    assert (found.state, found.verified_on, found.outdated) == (ApiState.ACTIVE, None, False)


def test_it_reads_well(make_catalogue: MakeCatalogue) -> None:
    """What several operations have in common is told once, with its source."""
    catalogue = make_catalogue(
        {
            "state": "paywalled",
            "effective": date(2026, 2, 6),
            "operations": ("publish", "posts"),
            "plan": "Basic",
            "price": "100 USD per month",
            "what": "Access is sold.",
        }
    )
    leaving = Overlay(
        network="sample",
        effective=DAY,
        reason="We leave.",
        source="the board",
        operations=("publish", "posts", "draft"),
        replacement="the other networks",
    )
    found = status(catalogue, date(2026, 11, 30), leaving)
    assert str(found).splitlines() == [
        "sample on 2026-11-30: paywalled",
        "  draft: deprecated",
        "  publish, posts: paywalled Basic 100 USD per month",
        "  retired from 2026-12-01, tomorrow: We leave. Instead: the other networks. (source: the board)",
        "  paywalled since 2026-02-06: Access is sold. (source: https://example.com/notice)",
        "  The facts were last checked on 2026-11-24, 6 days ago.",
    ]
    assert str(found.operations["delete"]) == "delete: active"
    assert str(found.operations["publish"]).startswith("publish: paywalled Basic 100 USD per month paywalled since")


def test_it_travels_as_json(make_catalogue: MakeCatalogue) -> None:
    """JSON gives back the same status: days as days, moments as moments, money exact."""
    end = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)
    catalogue = make_catalogue(
        {"effective": end, "announced": ANNOUNCED, "price": "0.10 USD"},
        {"id": "day", "effective": DAY, "announced": ANNOUNCED, "operations": ("posts",)},
    )
    found = status(catalogue, ANNOUNCED)
    assert DeprecationStatus.model_validate_json(found.model_dump_json()) == found


def test_a_day_before_the_facts_is_told(make_catalogue: MakeCatalogue) -> None:
    """Before the oldest fact nothing is told against the network, and the status says that this means nothing."""
    versions = [{"version": "1", "released": date(2021, 5, 1)}]
    facts = Lifecycle(catalogues=[make_catalogue({"effective": date(2022, 1, 1)}, versions=versions)])
    before, first = facts.status("sample", date(2021, 4, 30)), facts.status("sample", date(2021, 5, 1))
    assert before.known_from == first.known_from == date(2021, 5, 1)
    assert "They begin on 2021-05-01: of this day nothing is known." in str(before)
    assert "begin on" not in str(first)
    nothing = Lifecycle(catalogues=[make_catalogue()]).status("sample", date(2021, 4, 30))
    assert nothing.known_from is None
    assert "begin on" not in str(nothing)
