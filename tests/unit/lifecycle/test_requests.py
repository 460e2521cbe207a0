"""Requests of the caller's own: an address that the catalogue knows to be gone is stopped, or its refusal foreseen."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from socialconnect import ApiPaywalled, ApiRetired
from socialconnect.lifecycle import Catalogue, Gate, Lifecycle
from socialconnect.lifecycle.rows import RequestPattern
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
DAY = date(2026, 12, 1)
GONE = {
    "id": "old-call",
    "operations": (),
    "effective": DAY,
    "replacement": "the new call",
    "requests": [{"method": "GET", "path": "/old/*", "parameter": "ids"}],
}


def gate(catalogue: Catalogue, day: date, *, enforce: bool = True, max_age: int = 180) -> Gate:
    lifecycle = Lifecycle(catalogues=[catalogue], max_age=timedelta(days=max_age), enforce=enforce)
    return Gate(lifecycle, network="sample", account="7", clock=TestClock(day))


def test_it_is_stopped_from_its_day_on(make_catalogue: MakeCatalogue) -> None:
    """The error names the entry's source and replacement; another method, path or parameter passes."""
    gate(make_catalogue(GONE), date(2026, 11, 30)).check_request("GET", "/old/1", {"ids": "1"})
    passing = gate(make_catalogue(GONE), DAY)
    with pytest.raises(ApiRetired, match=r"Instead: the new call\.") as caught:
        passing.check_request("get", "/old/1?ids=1")
    error = caught.value
    assert (error.network, error.account, error.operation) == ("sample", "7", "request")
    assert (error.source, error.status) == ("https://example.com/notice", None)
    passing.check_request("POST", "/old/1", {"ids": "1"})
    passing.check_request("GET", "/new/1", {"ids": "1"})
    passing.check_request("GET", "/old/1")


def test_what_was_sold_before_it_ended_is_gone(make_catalogue: MakeCatalogue) -> None:
    """A paywall first and an end later: the address is stopped from the end on, whichever row stands first."""
    sold = {**GONE, "id": "sold", "state": "paywalled", "effective": date(2026, 6, 1), "requests": [{"path": "/old/*"}]}
    for rows in ((sold, GONE), (GONE, sold)):
        gate(make_catalogue(*rows), date(2026, 11, 30)).check_request("GET", "/old/1?ids")
        with pytest.raises(ApiRetired):
            gate(make_catalogue(*rows), DAY).check_request("GET", "/old/1?ids")


def test_an_entry_that_was_taken_back_stops_nothing(make_catalogue: MakeCatalogue) -> None:
    """After `until` the address answers again."""
    gate(make_catalogue({**GONE, "until": date(2026, 12, 5)}), date(2026, 12, 5)).check_request("GET", "/old/1?ids")


def test_a_forecast_of_old_facts_is_a_warning(make_catalogue: MakeCatalogue) -> None:
    """Facts that are out of date stop nothing that was still to come when they were checked."""
    passing = gate(make_catalogue(GONE), date(2026, 12, 2), max_age=5)
    with pytest.warns(match="sample request: It ends"):
        passing.check_request("GET", "/old/1?ids")
    passing.check_request("GET", "/old/1?ids")  # told once


def test_nothing_is_stopped_without_enforcement(make_catalogue: MakeCatalogue) -> None:
    """`enforce=False` lets the request through, with a warning."""
    with pytest.warns(match="It ends"):
        gate(make_catalogue(GONE), DAY, enforce=False).check_request("GET", "/old/1?ids")


def test_a_paywalled_address_is_not_stopped(make_catalogue: MakeCatalogue) -> None:
    """Whether the caller has paid is for the network to say; its answer gets the entry's plan, price and source."""
    sold = {**GONE, "state": "paywalled", "plan": "Enterprise", "price": "9 USD per month"}
    passing = gate(make_catalogue(sold), DAY)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        passing.check_request("GET", "/old/1?ids")
    error = ApiPaywalled("Not for you.", status=403)
    error.request = "GET /old/1?ids"
    passing.learn(error, "request")
    assert (error.plan, str(error.price), error.source) == (
        "Enterprise",
        "9 USD per month",
        "https://example.com/notice",
    )
    assert not passing.status().answers[0].contradicts


def test_an_answer_is_learnt_once(make_catalogue: MakeCatalogue) -> None:
    """A call within a call brings its error twice; it is one answer of the network."""
    passing = gate(make_catalogue(), DAY)
    error = ApiPaywalled("No access.", status=403)
    passing.learn(error, "publish")
    first = passing.status().answers
    passing.learn(error, "draft")
    assert passing.status().answers == first
    assert set(passing.shut) == {"publish"}


@pytest.mark.parametrize(
    ("pattern", "method", "path", "fits"),
    [
        (RequestPattern(path="/1.1/*"), "DELETE", "/1.1/a/b", True),
        (RequestPattern(path="/1.1/*"), "GET", "/2/a", False),
        (RequestPattern(method="POST", path="/a"), "post", "/a?x=1", True),
        (RequestPattern(method="POST", path="/a"), "GET", "/a", False),
        (RequestPattern(path="/", parameter="ids"), "GET", "/?ids=", True),
        (RequestPattern(path="/", parameter="ids"), "GET", "/?idx=ids", False),
    ],
)
def test_a_pattern(pattern: RequestPattern, method: str, path: str, *, fits: bool) -> None:
    """Methods in any case, `*` in paths, and parameters by their names."""
    assert pattern.fits(method, path) is fits
