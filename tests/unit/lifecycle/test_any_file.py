"""Whatever a file, a day or a name holds: a clear error that says where, or an answer, and never anything else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError as ShapeError

from socialconnect import ApiPaywalled, ConfigurationError, Lifecycle, Overlay, ValidationError, load_overlays
from socialconnect.data_use import DataUse
from socialconnect.lifecycle import Catalogue, Gate
from socialconnect.lifecycle.catalogue import parsed
from socialconnect.lifecycle.review import compare, review
from socialconnect.lifecycle.rows import ApiVersion, Entry, MetricLife, PlanOffer, Price
from socialconnect.lifecycle.upcoming import ends_within
from socialconnect.testing import TestClock

NOW = datetime(2026, 11, 24, tzinfo=UTC)

DAYS = ["2026-01-01", "0001-01-01", "9999-12-31", "2026-01-01T10:00:00", "2026-01-01T10:00:00Z", "07:30:00"]
WEIRD = [
    "1",
    "-1",
    "0.5",
    "nan",
    "true",
    '""',
    '"x"',
    '"nan USD"',
    "[]",
    "{}",
    '["*"]',
    '["publish"]',
    "[[1]]",
    "{ a = 1 }",
]
MODELS = (Catalogue, Entry, ApiVersion, MetricLife, Price, PlanOffer, DataUse)
KEYS = sorted({name for model in MODELS for name in model.model_fields} | {"unknown"})
TABLES = ["entries", "versions", "metrics", "prices", "plans", "terms", "overlay", "others"]

VALUES = st.sampled_from([*DAYS, *WEIRD, '"retired"', '"paywalled"', '"1 USD"', '"https://example.com"', '"sample"'])
LINES = st.builds("{} = {}".format, st.sampled_from(KEYS), VALUES)
HEADS = st.builds("[[{}]]".format, st.sampled_from(TABLES))
FILES = st.lists(st.one_of(LINES, LINES, LINES, HEADS, st.text(max_size=20)), max_size=25).map("\n".join)


@given(st.one_of(st.text(max_size=300), FILES))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_catalogue_or_a_clear_error(text: str) -> None:
    """A text is read, or refused with the file's name; nothing else comes out."""
    found: Catalogue | str
    try:
        found = parsed(text, "facts.toml")
    except ConfigurationError as error:
        found = error.message
    assert isinstance(found, Catalogue) or found.startswith("facts.toml is not ")


HEAD = 'network = "sample"\nverified_on = 2026-01-01\n'
ENTRY = (
    '[[entries]]\nid = "a"\nwhat = "It ends."\nsource = "https://example.com"\nstate = "retired"\n'
    'operations = ["publish"]\n'
)
VERSION = '[[versions]]\napi = "main"\nversion = "1"\nsource = "https://example.com"\n'


@given(
    st.lists(
        st.tuples(st.sampled_from(["announced", "effective", "until"]), st.sampled_from(DAYS)),
        unique_by=lambda one: one[0],
    ),
    st.sampled_from(DAYS),
    st.datetimes(timezones=st.just(UTC)),
)
@settings(max_examples=200, deadline=None)
def test_any_days_that_are_read_can_be_used(rows: list[tuple[str, str]], released: str, on: datetime) -> None:
    """What the schema takes, the status, the gate, the list of ends and the review work with, on any day."""
    entry = ENTRY + "".join(f"{name} = {value}\n" for name, value in rows)
    try:
        found = parsed(f"{HEAD}{entry}{VERSION}released = {released}\n", "facts.toml")
    except ConfigurationError:
        return
    lifecycle = Lifecycle(catalogues=[found], enforce=False)
    assert lifecycle.status("sample", on, api="main", version="1").network == "sample"
    ends_within(found, (), on, timedelta(days=90))
    review(found, on.date(), max_age=timedelta(days=180))
    assert compare(found, found) == []


@pytest.mark.parametrize("day", ["0026-11-24", "1026-11-24", "9999-12-31", "2206-11-24"])
@pytest.mark.parametrize(
    ("row", "field"),
    [(ENTRY, "effective"), (ENTRY, "announced"), (ENTRY, "until"), (VERSION, "released"), (VERSION, "ends")],
)
def test_a_year_that_is_a_slip_is_refused(day: str, row: str, field: str) -> None:
    """No API lived, or will, in the year 26: the row and the field are named."""
    with pytest.raises(ConfigurationError, match=rf"\.{field}: .*is no year of an API's life"):
        parsed(f"{HEAD}{row}{field} = {day}\n", "facts.toml")


@pytest.mark.parametrize("day", ["0026-12-01", "9999-12-31T23:00:00Z"])
def test_an_overlays_year_is_looked_at_too(day: str, tmp_path: Path) -> None:
    """An overlay's day is told in the same way, with its place."""
    file = tmp_path / "overlays.toml"
    file.write_text(f'[[overlay]]\nnetwork = "twitter"\nreason = "r"\nsource = "s"\neffective = {day}\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r"overlay\[0\] \(twitter\)\.effective.*no year of an API's life"):
        load_overlays(file)


def test_a_moment_in_a_named_zone_is_taken() -> None:
    """Midnight in Berlin is an hour before midnight in UTC."""
    at = datetime(2026, 12, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    lifecycle = Lifecycle(overlays=[Overlay(network="sample", effective=at, reason="r", source="s")])
    before = lifecycle.status("sample", datetime(2026, 11, 30, 22, 59, tzinfo=UTC)).operations["publish"]
    assert before.state.value == "deprecated"
    assert lifecycle.status("sample", datetime(2026, 11, 30, 23, tzinfo=UTC)).operations["publish"].state == "retired"
    assert lifecycle.status("sample", at).operations["publish"].state == "retired"


def test_a_naive_moment_is_refused_in_an_overlay() -> None:
    """Nobody knows which midnight it is."""
    with pytest.raises(ShapeError, match="zone"):
        Overlay(network="sample", effective=datetime(2026, 12, 1), reason="r", source="s")


@pytest.mark.parametrize("day", [date.min, date(1970, 1, 1), date(2017, 12, 31), date(2031, 1, 1), date.max])
@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "twitter", "nowhere"])
def test_any_day_has_a_status(network: str, day: date) -> None:
    """Outside the years that the facts reach it is the nearest that is known."""
    status = Lifecycle().status(network, day)
    assert str(status)
    assert status.model_dump_json()


@pytest.mark.parametrize(
    "on",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
    ],
)
def test_a_moment_that_no_clock_in_utc_shows_is_refused(on: datetime) -> None:
    """At the very ends of the calendar a zone leads out of it."""
    with pytest.raises(ValidationError, match="calendar"):
        Lifecycle().status("twitter", on)


@pytest.mark.parametrize("lead", [timedelta(0), timedelta(days=3650), timedelta.max])
def test_any_lead_time_can_be_used(lead: timedelta) -> None:
    """However far ahead one wants to be warned, calls are checked."""
    gate = Gate(Lifecycle(lead_time=lead), network="twitter", account="7", clock=TestClock(NOW))
    gate.check("publish")


def test_a_door_may_stay_shut_for_ever() -> None:
    """Who wants to knock no more until a person says so gets that."""
    gate = Gate(Lifecycle(breaker_time=timedelta.max), network="twitter", account="7", clock=TestClock(NOW))
    gate.learn(ApiPaywalled("No access.", status=403), "publish")
    assert gate.status().answers[0].refused_until is not None
    with pytest.raises(ApiPaywalled):
        gate.check("publish")


@pytest.mark.parametrize("age", [timedelta.max, timedelta(0)])
def test_any_age_can_be_used(age: timedelta) -> None:
    """Facts may be held for as good as for ever."""
    assert Lifecycle(max_age=age).status("twitter", NOW).network == "twitter"


@given(name=st.text(max_size=30))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_network_has_a_status(name: str) -> None:
    """Of a network that nobody knows nothing is claimed."""
    assert Lifecycle().status(name, NOW).verified_on is None or name in (
        "facebook",
        "instagram",
        "linkedin",
        "twitter",
        "meta",
    )
