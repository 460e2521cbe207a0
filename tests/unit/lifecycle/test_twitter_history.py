"""The day on which free access to Twitter ended: what was true, and known, on each day around it and since."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from socialconnect.lifecycle import ApiState, Lifecycle
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.status import moment
from socialconnect.lifecycle.upcoming import ends_within


@pytest.mark.parametrize(
    ("on", "state", "ends", "plan", "price"),
    [
        ("2018-01-01", "active", None, None, None),
        ("2022-06-01", "active", None, None, None),
        ("2023-02-01", "active", None, None, None),
        ("2023-02-02", "deprecated", "2023-02-09", None, None),
        ("2023-02-08", "deprecated", "2023-02-13", "Basic", "100 USD per month"),
        ("2023-02-13", "deprecated", None, "Basic", "100 USD per month"),
        ("2023-03-28", "deprecated", None, "Basic", "100 USD per month"),
        ("2023-03-29", "deprecated", "2023-04-29", "Basic", "100 USD per month"),
        ("2023-04-28", "deprecated", "2023-04-29", "Basic", "100 USD per month"),
        ("2023-04-29", "paywalled", None, "Basic", "100 USD per month"),
        ("2024-09-30", "paywalled", None, "Basic", "100 USD per month"),
        ("2024-10-01", "paywalled", None, "Basic", "200 USD per month"),
        ("2026-02-05", "paywalled", None, "Basic", "200 USD per month"),
        ("2026-02-06", "paywalled", None, "pay-per-use", "0.010 USD per request"),
        ("2026-04-20", "paywalled", None, "pay-per-use", "0.015 USD per request"),
        ("2026-11-24", "paywalled", None, "pay-per-use", "0.015 USD per request"),
        ("2030-12-31", "paywalled", None, "pay-per-use", "0.015 USD per request"),
    ],
)
def test_publishing_on_a_day(on: str, state: str, ends: str | None, plan: str | None, price: str | None) -> None:
    """The status of publishing is what was known on the day, with the plan and price of the day."""
    status = Lifecycle().status("twitter", date.fromisoformat(on))
    publish = status.operations["publish"]
    assert (publish.state.value, status.state.value) == (state, state)
    assert publish.ends == (date.fromisoformat(ends) if ends else None)
    assert publish.plan == plan
    assert str(publish.price) == str(price)


def test_every_day_of_the_change_has_one_deciding_entry() -> None:
    """From the announcement on there is no day without an answer, and no day on which two claims contradict."""
    lifecycle = Lifecycle()
    day = date(2023, 2, 2).toordinal()
    while day < date(2026, 12, 1).toordinal():
        publish = lifecycle.status("twitter", date.fromordinal(day)).operations["publish"]
        assert publish.state is not ApiState.ACTIVE
        assert publish.source
        assert len(publish.coming) <= 1
        day += 1


def test_reading_and_deleting_have_prices_of_their_own() -> None:
    """Each operation is priced as what it is billed as; keeping a draft costs nothing."""
    operations = Lifecycle().status("twitter", date(2026, 11, 24)).operations
    assert str(operations["fetch_metrics"].price) == "0.005 USD per resource"
    assert str(operations["posts"].price) == "0.005 USD per resource"
    assert str(operations["delete"].price) == "0.010 USD per request"
    assert operations["schedule"].price == operations["publish"].price
    assert operations["draft"].state is ApiState.ACTIVE


def test_a_price_that_was_not_known_is_not_claimed() -> None:
    """Before the list that was read, deleting has a plan and no price."""
    delete = Lifecycle().status("twitter", date(2026, 3, 1)).operations["delete"]
    assert (delete.plan, delete.price) == ("pay-per-use", None)


def test_what_nobody_announced_is_marked() -> None:
    """That free access went on after the announced day is inferred from what followed, and says so."""
    publish = Lifecycle().status("twitter", date(2023, 3, 1)).operations["publish"]
    assert publish.confidence == "unverified"
    assert "not verified" in str(publish)


@pytest.mark.parametrize(
    ("on", "known"),
    [
        (date(2025, 2, 23), []),
        (date(2025, 2, 24), [date(2025, 3, 31)]),
        (date(2025, 3, 30), [date(2025, 3, 31)]),
        (date(2025, 3, 31), []),
        (date(2025, 4, 1), [date(2025, 6, 9)]),
        (date(2025, 6, 8), [date(2025, 6, 9)]),
    ],
)
def test_the_old_uploads_end_was_put_off(on: date, known: list[date]) -> None:
    """On each day the end is told that was known on it, not the one that came."""
    catalogue = bundled("twitter")
    assert catalogue is not None
    ends = ends_within(catalogue, (), moment(on), timedelta(days=365))
    assert [one.on for one in ends if one.cause.startswith("v11-media-upload")] == known
