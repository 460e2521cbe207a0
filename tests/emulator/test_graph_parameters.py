"""Parameters of Graph calls: their types, their encodings, and the many ways to write a time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.moments import read_moment
from socialconnect.testing.emulators.graph.parameters import Parameters, read_parameters
from socialconnect.testing.emulators.refused import Gap

NOW = datetime.fromisoformat("2026-11-24T09:00:00+00:00")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("1796130000", "2026-12-01T13:00:00+00:00"),
        ("2026-12-01T13:00:00+01:00", "2026-12-01T12:00:00+00:00"),
        ("2026-12-01T13:00:00+0000", "2026-12-01T13:00:00+00:00"),
        ("2026-12-01 13:00:00", "2026-12-01T13:00:00+00:00"),
        ("2026-12-1", "2026-12-01T00:00:00+00:00"),
        ("1 December 2026 13:00", "2026-12-01T13:00:00+00:00"),
        ("December 1st, 2026", "2026-12-01T00:00:00+00:00"),
        ("Tue, 01 Dec 2026 13:00:00 +0000", "2026-12-01T13:00:00+00:00"),
        ("now", "2026-11-24T09:00:00+00:00"),
        ("+1 day 2 hours", "2026-11-25T11:00:00+00:00"),
        ("+1 week", "2026-12-01T09:00:00+00:00"),
        ("3 hours ago", "2026-11-24T06:00:00+00:00"),
        ("tomorrow", "2026-11-25T00:00:00+00:00"),
        ("tomorrow 10:30", "2026-11-25T10:30:00+00:00"),
        ("yesterday", "2026-11-23T00:00:00+00:00"),
        ("today +3 hours", "2026-11-24T03:00:00+00:00"),
    ],
)
def test_times_are_read(told: str, expected: str) -> None:
    """Seconds, ISO 8601, dates in words and the commonest relative words mean what PHP reads in them."""
    assert read_moment(told, NOW) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("told", ["soon", "", "12", "2026-13-45", "999999999999999"])
def test_what_is_no_time_is_none(told: str) -> None:
    """A text that nobody reads as a time is none."""
    assert read_moment(told, NOW) is None


@pytest.mark.parametrize("told", ["next monday", "first day of january", "+1 month", "last friday noon"])
def test_times_that_only_the_network_reads_are_gaps(told: str) -> None:
    """Words that PHP understands and the emulator does not are never guessed."""
    with pytest.raises(Gap):
        read_moment(told, NOW)


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("bool", ["true", "0", True], ["perhaps", 2]),
        ("unsigned int", ["5", 5], ["-5", "x", True, 1.5]),
        ("int", ["-5", -5], ["x", "-"]),
        ("float", ["1.5", 2], ["x"]),
        ("map", [{"a": 1}, '{"a":1}'], ["x", [1], "[1]"]),
        ("Object", [{"a": 1}, "123"], ["x"]),
        ("list<int>", ["1,2", [1, 2], "[1]"], [["x"], {"a": 1}]),
        ("list<map>", [[{"a": 1}], '[{"a":1}]', ['{"a":1}']], ["x", [1], {"a": 1}]),
        ("{A,B}", ["A"], ["C", "a"]),
        ("list<{A,B}>", ["A,B", ["A"]], ["A,C"]),
        ("string", ["{not json", "x", 5], []),
        ("datetime", ["+1 day", "1796130000"], ["soon"]),
    ],
)
def test_each_type_takes_its_own(type_: str, good: list[object], bad: list[object]) -> None:
    """A value of the type passes, and another is refused with code 100 and the parameter's name."""
    for value in good:
        sent(value).check({"it": type_})
    for value in bad:
        with pytest.raises(GraphError) as caught:
            sent(value).check({"it": type_})
        assert caught.value.code == 100
        assert "it" in caught.value.message


def sent(value: object) -> Parameters:
    """Give a call's parameters with one value, as JSON brings it."""
    body = json.dumps({"it": value}).encode()
    request = EmulatedRequest("POST", "https://graph.facebook.com/x", {"Content-Type": "application/json"}, body)
    return read_parameters(request, NOW)


def test_what_the_network_does_not_know_is_refused() -> None:
    """A parameter that is in no schema is refused, and one that the emulator leaves out is a gap."""
    with pytest.raises(GraphError, match="Param it is not allowed"):
        sent("x").check({"other": "string"})
    with pytest.raises(Gap, match="parameter it"):
        sent("x").check({}, gaps={"it"})


@pytest.mark.parametrize("where", ["query", "form"])
def test_nested_keys_are_objects_and_lists(where: str) -> None:
    """`name[key][0]` keys, which PHP and its like send, mean the same as JSON text."""
    pairs = [
        ("targeting[geo_locations][countries][0]", "CA"),
        ("targeting[geo_locations][countries][1]", "US"),
        ("attached_media[0]", '{"media_fbid":"1"}'),
        ("attached_media[1][media_fbid]", "2"),
        ("metric[]", "a"),
        ("metric[]", "b"),
        ("odd[", "x"),
    ]
    encoded = urlencode(pairs)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    url = "https://graph.facebook.com/x"
    request = (
        EmulatedRequest("POST", f"{url}?{encoded}", {}, b"")
        if where == "query"
        else EmulatedRequest("POST", url, form, encoded.encode())
    )
    read = read_parameters(request)
    assert read.value("targeting") == {"geo_locations": {"countries": ["CA", "US"]}}
    assert read.items("attached_media") == [{"media_fbid": "1"}, {"media_fbid": "2"}]
    assert read.names("metric") == ["a", "b"]
    assert read.text("odd[") == "x"


def test_relative_words_need_a_time() -> None:
    """Without knowing the time, relative words are a gap and others are read."""
    with pytest.raises(Gap):
        Parameters({"at": "tomorrow"}).moment("at")
    assert Parameters({"at": "tomorrow"}, now=NOW).moment("at") == NOW.replace(hour=0) + timedelta(days=1)
    assert Parameters({"at": "1796130000"}).moment("at") is not None
