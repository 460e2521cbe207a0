"""What is about to end, as a list and as a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect import Lifecycle, Overlay
from socialconnect.lifecycle import Catalogue
from socialconnect.lifecycle.calendar import as_calendar
from socialconnect.lifecycle.upcoming import Upcoming, ends_of, ends_within

MakeCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
VERSIONS = [
    {"version": "1", "released": date(2025, 1, 1), "ends": date(2026, 12, 24)},
    {"version": "2", "released": date(2026, 1, 1)},
]
END = Upcoming(
    network="sample",
    what="publish",
    cause="publish-ends",
    on=date(2027, 1, 1),
    days_left=38,
    reason="It ends.",
    source="https://example.com",
)


def test_what_an_account_uses_ends_in_order(make_catalogue: MakeCatalogue) -> None:
    """Its operations' ends and its version's are told, the nearest first, one cause once."""
    catalogue = make_catalogue(
        {"effective": date(2027, 2, 1), "announced": date(2026, 1, 1), "operations": ("posts", "fetch_metrics")},
        versions=VERSIONS,
    )
    status = Lifecycle(catalogues=[catalogue]).status("sample", NOW, api="main", version="1")
    ends = ends_of(status)
    assert [(one.what, one.days_left) for one in ends] == [
        ("API version 1", 30),
        ("posts, fetch_metrics (then retired)", 69),
    ]
    assert (ends[0].replacement, ends[0].source) == ("2", "https://example.com/versions")
    assert str(ends[0]) == "sample: API version 1 ends in 30 days, on 2026-12-24"


def test_a_whole_network_that_ends_is_access(make_catalogue: MakeCatalogue) -> None:
    """One who leaves a network reads one line, not seven operations."""
    leaving = Overlay(network="sample", effective=date(2026, 12, 1), reason="We leave.", source="the board")
    status = Lifecycle(catalogues=[make_catalogue()], overlays=[leaving]).status("sample", NOW)
    assert [one.what for one in ends_of(status)] == ["access (then retired)"]


def test_everything_in_a_catalogue_that_ends_is_found(make_catalogue: MakeCatalogue) -> None:
    """Entries, versions, and prices within the time; nothing that is past, superseded, or further ahead."""
    price = {"resource": "thing", "low": "1 USD", "high": "1 USD", "effective": date(2026, 1, 1)}
    catalogue = make_catalogue(
        {"id": "soon", "effective": date(2026, 12, 1), "operations": ()},
        {"id": "moved", "effective": date(2026, 12, 1), "until": date(2026, 11, 1)},
        {"id": "past", "effective": date(2026, 11, 24)},
        {"id": "far", "effective": date(2028, 1, 1)},
        versions=VERSIONS,
        prices=[{**price, "until": date(2026, 12, 12)}, {**price, "effective": date(2026, 12, 12)}],
    )
    found = ends_within(catalogue, (), NOW, timedelta(days=90))
    assert [one.what for one in found] == ["soon (then retired)", "price of thing", "API main version 1"]


def test_a_calendar_has_an_event_for_each_end() -> None:
    """A day becomes an event of the whole day, with what a person needs to know, and a reminder."""
    with_instead = END.model_copy(update={"replacement": "the new call; or nothing, really"})
    lines = as_calendar([with_instead], made_at=NOW).split("\r\n")
    for line in (
        "DTSTART;VALUE=DATE:20270101",
        "DTEND;VALUE=DATE:20270102",
        "DTSTAMP:20261124T000000Z",
        "SUMMARY:sample: publish ends",
        "TRIGGER:-P30D",
    ):
        assert line in lines
    text = as_calendar([with_instead], made_at=NOW).replace("\r\n ", "")
    assert "Instead: the new call\\; or nothing\\, really." in text


def test_a_moment_has_its_time() -> None:
    """An end within a day is at its moment, in UTC."""
    at = END.model_copy(update={"on": datetime(2027, 1, 1, 18, tzinfo=UTC)})
    assert "DTSTART:20270101T180000Z\r\n" in as_calendar([at], made_at=NOW)


def test_an_event_keeps_its_id_when_its_day_moves() -> None:
    """A calendar that reads the file again moves the event, and shows no second one."""

    def uid(one: Upcoming) -> str:
        return next(line for line in as_calendar([one], made_at=NOW).split("\r\n") if line.startswith("UID:"))

    assert uid(END) == uid(END.model_copy(update={"on": date(2027, 2, 1)}))
    assert uid(END) == uid(END.model_copy(update={"what": "publish, posts"}))
    assert uid(END) != uid(END.model_copy(update={"cause": "another"}))


def test_two_ends_of_one_operation_are_two_events(make_catalogue: MakeCatalogue) -> None:
    """A calendar keeps one event for an id: two facts about the same call must not share it."""
    catalogue = make_catalogue(
        {"id": "first", "effective": date(2027, 1, 1)}, {"id": "second", "effective": date(2027, 2, 1)}
    )
    text = as_calendar(ends_within(catalogue, (), NOW, timedelta(days=365)), made_at=NOW)
    ids = [line for line in text.split("\r\n") if line.startswith("UID:")]
    assert len(ids) == len(set(ids)) == 2


def test_an_end_has_one_id_whoever_tells_of_it(make_catalogue: MakeCatalogue) -> None:
    """What an account uses and what a catalogue holds are one event: a version's end, and an entry's."""
    entry = {"id": "ends", "effective": date(2027, 1, 1), "announced": date(2026, 1, 1)}
    other = {"api": "other", "version": "1", "released": date(2026, 1, 1), "ends": date(2026, 12, 25)}
    catalogue = make_catalogue(entry, versions=[*VERSIONS, other]).model_copy(update={"api": "main"})
    status = Lifecycle(catalogues=[catalogue]).status("sample", NOW, api="main", version="1")
    used, known = ({one.cause: one.on for one in found} for found in (ends_of(status), _all_ends(catalogue)))
    assert used == {"version 1": date(2026, 12, 24), "ends": date(2027, 1, 1)}
    assert known == {**used, "API other version 1": date(2026, 12, 25)}


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "twitter"])
def test_no_two_ends_share_an_id(network: str) -> None:
    """A metric of one name at two levels, and a price that changed twice, are as many events."""
    catalogue = Lifecycle().catalogue(network)
    assert catalogue is not None
    found = ends_within(catalogue, (), datetime(2018, 1, 1, tzinfo=UTC), timedelta(days=5000))
    assert len({one.cause for one in found}) == len(found)


def _all_ends(catalogue: Catalogue) -> list[Upcoming]:
    return ends_within(catalogue, (), NOW, timedelta(days=365))


def test_no_end_is_told_before_it_was_known(make_catalogue: MakeCatalogue) -> None:
    """Asked for a day of the past, the list holds what was announced by then."""
    catalogue = make_catalogue({"id": "later", "announced": date(2026, 11, 20), "effective": date(2026, 12, 1)})
    assert ends_within(catalogue, (), NOW - timedelta(days=5), timedelta(days=90)) == []
    assert [one.cause for one in ends_within(catalogue, (), NOW, timedelta(days=90))] == ["later"]


def test_a_text_cannot_break_out_of_its_line() -> None:
    """Whatever stands in a fact, a calendar's lines are its own."""
    evil = END.model_copy(update={"reason": "A\r\nBEGIN:VEVENT\x0bB"})
    lines = as_calendar([evil], made_at=NOW).split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 1
    assert any("A\\nBEGIN:VEVENTB" in line for line in lines)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=300))
def test_a_long_line_is_folded_at_its_bytes(reason: str) -> None:
    """No line is longer than 75 bytes, and unfolding gives the text back, whatever its letters."""
    text = as_calendar([END.model_copy(update={"reason": reason})], made_at=NOW)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    unfolded = text.replace("\r\n ", "")
    told = next(line for line in unfolded.split("\r\n") if line.startswith("DESCRIPTION:"))
    plain = told.removeprefix("DESCRIPTION:").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    assert plain == f"{reason} Source: https://example.com"


def test_a_calendar_without_ends_is_a_calendar() -> None:
    """Nothing to come is no fault."""
    assert as_calendar([], made_at=NOW).split("\r\n")[0] == "BEGIN:VCALENDAR"


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin", "twitter"])
def test_the_bundled_facts_have_a_future(network: str) -> None:
    """Each network's catalogue can be looked ahead in; Meta's and LinkedIn's versions are the next to go."""
    catalogue = Lifecycle().catalogue(network)
    assert catalogue is not None
    found = ends_within(catalogue, (), NOW, timedelta(days=90))
    assert bool(found) is (network != "twitter")
