"""Warnings once in a process, and events for logs, metrics and alarms."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from socialconnect import ApiPaywalled, ApiRetired, Overlay, SunsetWarning
from socialconnect.lifecycle import Catalogue, Gate, Lifecycle
from socialconnect.lifecycle.events import EventKind, LifecycleEvent
from socialconnect.lifecycle.told import first_time, forget
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
LEAVING = Overlay(network="sample", effective=date(2026, 12, 1), reason="We leave.", source="the board")


def gate(lifecycle: Lifecycle, clock: TestClock) -> Gate:
    return Gate(lifecycle, network="sample", account="7", clock=clock)


def test_a_cause_is_told_once_in_a_process() -> None:
    """Two networks that share nothing give one warning between them."""
    first, second = (gate(Lifecycle(overlays=[LEAVING]), TestClock("2026-11-24")) for _ in range(2))
    with pytest.warns(SunsetWarning, match="We leave"):
        first.check("publish")
    second.check("publish")  # a warning would be an error here


def test_forgetting_lets_it_be_told_again() -> None:
    """Tests begin as a new process does."""
    assert [first_time("a"), first_time("a")] == [True, False]
    forget()
    assert first_time("a")


@pytest.mark.parametrize(("action", "seen"), [("always", 1), ("ignore", 0), ("default", 1)])
def test_filters_of_the_warnings_module_work(action: str, seen: int) -> None:
    """What Python's filters say of `SunsetWarning` holds."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action, SunsetWarning)  # type: ignore[arg-type]  # one of the module's words
        gate(Lifecycle(overlays=[LEAVING]), TestClock("2026-11-24")).check("publish")
    assert len(caught) == seen


def test_a_listener_hears_each_thing_that_happens(make_catalogue: MakeCatalogue) -> None:
    """A warning, a stop, a closed door, a refusal, a reopening and a drift: each with what metrics count by."""
    heard: list[LifecycleEvent] = []
    lifecycle = Lifecycle(catalogues=[make_catalogue()], overlays=[LEAVING], on_event=heard.append)
    clock = TestClock("2026-11-24")
    passing = gate(lifecycle, clock)
    with pytest.warns(SunsetWarning):
        passing.check("publish")
    passing.learn(ApiPaywalled("No access.", status=403), "publish")
    with pytest.raises(ApiPaywalled):
        passing.check("publish")
    clock.advance(minutes=15)
    passing.check("publish")
    passing.passed("publish")
    clock.set(date(2026, 12, 1))
    with pytest.raises(ApiRetired):
        passing.check("posts")
    told = [(one.kind.value, one.operation, one.cause, one.days_left) for one in heard]
    assert told == [
        ("warned", "publish", "sample:overlay:sample:retired:2026-12-01", 7),
        ("closed", "publish", "ApiPaywalled", None),
        ("drifted", "publish", "sample:publish:ApiPaywalled", None),
        ("refused", "publish", "ApiPaywalled", None),
        ("reopened", "publish", "answer", None),
        ("stopped", "posts", "ApiRetired", None),
    ]
    assert {(one.network, one.account) for one in heard} == {("sample", "7")}
    assert [one.at for one in heard] == sorted(one.at for one in heard)


def test_a_listener_that_fails_breaks_no_call(caplog: pytest.LogCaptureFixture) -> None:
    """The application's own mistake is logged, and the call goes on."""

    def fail(event: LifecycleEvent) -> None:
        raise RuntimeError("a bug of the application")

    lifecycle = Lifecycle(overlays=[LEAVING], on_event=fail)
    with pytest.warns(SunsetWarning):
        gate(lifecycle, TestClock("2026-11-24")).check("publish")
    assert "listener for lifecycle events failed" in caplog.text


def test_events_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """One logger tells what happens, by its weight; without any set-up nothing is printed."""
    with caplog.at_level(logging.DEBUG, "socialconnect.lifecycle"), pytest.warns(SunsetWarning):
        gate(Lifecycle(overlays=[LEAVING]), TestClock("2026-11-24")).check("publish")
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("socialconnect.lifecycle", logging.WARNING)
    assert "sample publish warned" in record.getMessage()
    assert any(isinstance(one, logging.NullHandler) for one in logging.getLogger("socialconnect.lifecycle").handlers)


def test_the_lead_time_is_the_applications(make_catalogue: MakeCatalogue) -> None:
    """One who needs half a year is warned half a year ahead."""
    end = {"effective": date(2027, 5, 1), "announced": date(2026, 1, 1)}
    lifecycle = Lifecycle(catalogues=[make_catalogue(end)], lead_time=timedelta(days=180))
    with pytest.warns(SunsetWarning, match="in 158 days"):
        gate(lifecycle, TestClock("2026-11-24")).check("publish")


def test_every_kind_has_a_level() -> None:
    """No kind of event is forgotten by the log."""
    from socialconnect.lifecycle.events import _LEVELS

    assert set(_LEVELS) == set(EventKind)
