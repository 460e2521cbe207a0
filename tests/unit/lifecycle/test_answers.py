"""The network's own answers: they win over the catalogue, show in the status, and are recorded as drift."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from socialconnect import ApiPaywalled, ApiRetired, ApiVersionRetired
from socialconnect.lifecycle import ApiState, Catalogue, Gate, Lifecycle
from socialconnect.lifecycle.drift import DriftRecord, masked_line, masked_text, read_drift
from socialconnect.testing import TestClock

MakeCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
VERSIONS = [
    {"version": "1", "released": date(2025, 1, 1), "ends": date(2026, 12, 1)},
    {"version": "2", "released": date(2026, 1, 1)},
]


def gate(
    catalogue: Catalogue,
    clock: TestClock,
    *,
    version: str | None = None,
    drift: Path | None = None,
    enforce: bool = True,
) -> Gate:
    lifecycle = Lifecycle(catalogues=[catalogue], enforce=enforce, drift_file=drift)
    return Gate(lifecycle, network="sample", account="700700", clock=clock, api="main", version=version)


def refuse(learning: Gate, error: ApiPaywalled | ApiRetired, operation: str = "publish") -> None:
    """Let a call be made and refused."""
    learning.check(operation)
    learning.learn(error, operation)


def test_a_paywall_that_nobody_foresaw_is_in_the_status(make_catalogue: MakeCatalogue) -> None:
    """The operation is paywalled, by the network's answer; the status says what the catalogue had said."""
    clock = TestClock(NOW)
    learning = gate(make_catalogue(), clock)
    refuse(learning, ApiPaywalled("No access.", status=403, code="453"))
    status = learning.status()
    publish = status.operations["publish"]
    assert (publish.state, publish.source, publish.confidence) == (ApiState.PAYWALLED, "answer", "answered")
    assert (publish.reason, publish.since) == ("No access.", NOW)
    assert status.state is ApiState.PAYWALLED
    (answer,) = status.answers
    assert (answer.contradicts, answer.believed) == (True, "publish is active")
    assert answer.refused_until == NOW + timedelta(minutes=15)
    assert (
        "publish: the network answered on 2026-11-24 09:00 UTC (HTTP 403, code 453): No access."
        " The catalogue said: publish is active. Calls are refused at once until 2026-11-24 09:15 UTC." in str(status)
    )


def test_the_status_of_another_day_is_the_catalogues(make_catalogue: MakeCatalogue) -> None:
    """What the network answers today says nothing of yesterday, nor of next year."""
    learning = gate(make_catalogue(), TestClock(NOW))
    refuse(learning, ApiPaywalled("No access.", status=403))
    for day in (date(2026, 11, 23), date(2027, 11, 24)):
        assert learning.status(day).state is ApiState.ACTIVE
        assert learning.status(day).answers == ()


def test_a_success_takes_the_answer_back(make_catalogue: MakeCatalogue) -> None:
    """After a probe that went through, the status is the catalogue's again."""
    clock = TestClock(NOW)
    learning = gate(make_catalogue(), clock)
    refuse(learning, ApiPaywalled("No access.", status=403))
    clock.advance(minutes=15)
    assert learning.status().answers[0].refused_until is None  # the next call may try
    learning.check("publish")
    learning.passed("publish")
    assert learning.status().answers == ()
    assert learning.status().state is ApiState.ACTIVE


def test_an_answer_that_was_foreseen_contradicts_nothing(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """The catalogue tells more than the answer, and stays; no drift is recorded."""
    paywall = {"state": "paywalled", "effective": date(2026, 1, 1), "plan": "Basic"}
    learning = gate(make_catalogue(paywall), TestClock(NOW), drift=tmp_path / "drift.jsonl")
    refuse(learning, ApiPaywalled("No access.", status=403))
    publish = learning.status().operations["publish"]
    assert (publish.plan, publish.source) == ("Basic", "https://example.com/notice")
    assert not learning.status().answers[0].contradicts
    assert not (tmp_path / "drift.jsonl").exists()


@pytest.mark.parametrize("status", [400, 403, 404, 410, 500])
@pytest.mark.parametrize("shuts", [True, False])
def test_what_is_retired_shuts_the_door(make_catalogue: MakeCatalogue, status: int, *, shuts: bool) -> None:
    """Whatever the HTTP status; an answer about one field of one post says nothing of the next post."""
    learning = gate(make_catalogue(), TestClock(NOW))
    error = ApiRetired("Gone.", status=status)
    error.part = not shuts
    refuse(learning, error)
    assert bool(learning.shut) is shuts
    found = learning.status().operations["publish"].state
    assert found is (ApiState.RETIRED if shuts else ApiState.ACTIVE)
    assert learning.status().answers[0].reason == "Gone."


def test_a_version_that_was_to_live_is_told(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """The answer wins: calls are refused, the status and the record say what was believed."""
    drift = tmp_path / "drift.jsonl"
    learning = gate(make_catalogue(versions=VERSIONS), TestClock("2026-06-01"), version="1", drift=drift)
    error = ApiVersionRetired("Version 1 is not active, says 700700.", status=426, code="NO_VERSION")
    error.request = "GET /rest/posts/urn%3Ali%3Ashare%3A7266012345678901248?q&author"
    refuse(learning, error, "posts")
    assert learning.status().operations["posts"].state is ApiState.RETIRED
    assert learning.status().answers[0].believed == "API version 1 lives until 2026-12-01"
    (record,) = read_drift(drift)
    assert record.believed == "API version 1 lives until 2026-12-01"
    assert (record.came, record.status, record.code) == ("ApiVersionRetired", 426, "NO_VERSION")
    assert (record.api_version, record.checked) == ("1", date(2026, 11, 24))
    assert record.request == "GET /rest/posts/{id}?q&author"
    assert record.message == "Version 1 is not active, says {id}."
    assert "700700" not in drift.read_text("utf-8")


def test_a_drift_is_recorded_once(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """However often the same answer comes, the file stays small; another operation is another line."""
    drift, clock = tmp_path / "drift.jsonl", TestClock(NOW)
    learning = gate(make_catalogue(), clock, drift=drift)
    for _ in range(3):
        refuse(learning, ApiPaywalled("No access.", status=403))
        clock.advance(minutes=15)
    refuse(learning, ApiPaywalled("No access.", status=403), "posts")
    assert [one.operation for one in read_drift(drift)] == ["publish", "posts"]
    assert {*json.loads(drift.read_text("utf-8").splitlines()[0])} <= {*DriftRecord.model_fields}


def test_what_is_retired_and_still_works_is_told(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """With the gate off, a success against the catalogue wins: the operation works, and the drift is recorded."""
    drift = tmp_path / "drift.jsonl"
    learning = gate(make_catalogue({"effective": date(2026, 1, 1)}), TestClock(NOW), drift=drift, enforce=False)
    with pytest.warns(match="The call goes on"):
        learning.check("publish")
    learning.passed("publish")
    publish = learning.status().operations["publish"]
    assert (publish.state, publish.source) == (ApiState.DEPRECATED, "answer")
    assert read_drift(drift)[0].believed == "publish is retired since 2026-01-01"
    assert learning.status().answers[0].contradicts


@pytest.mark.parametrize("operation", ["draft", "schedule"])
def test_what_the_outbox_may_have_kept_is_no_answer(make_catalogue: MakeCatalogue, operation: str) -> None:
    """A draft or plan may never have reached the network: its success says nothing."""
    retired = {"effective": date(2026, 1, 1), "operations": (operation,)}
    learning = gate(make_catalogue(retired), TestClock(NOW), enforce=False)
    with pytest.warns(match="The call goes on"):
        learning.check(operation)
    learning.passed(operation)
    assert learning.status().answers == ()


@pytest.mark.parametrize(
    ("now", "served", "believed"),
    [
        ("2026-11-24", "2", "API version 1 lives until 2026-12-01"),  # silently served by another
        ("2026-12-02", "1", "API version 1 ended 2026-12-01"),  # still served
        ("2026-12-02", None, "API version 1 ended 2026-12-01"),  # still served, by a network that does not tell
        ("2026-11-24", "1", None),
        ("2026-12-02", "2", None),  # as foreseen
    ],
)
def test_the_version_that_answers_may_contradict(
    make_catalogue: MakeCatalogue, tmp_path: Path, now: str, served: str | None, believed: str | None
) -> None:
    """A live version that another serves, and an ended one that is served, are told against the catalogue."""
    drift = tmp_path / "drift.jsonl"
    learning = gate(make_catalogue(versions=VERSIONS), TestClock(now), version="1", drift=drift, enforce=False)
    with pytest.warns():
        learning.check("posts")
    learning.passed("posts", served=served)
    learning.passed("posts", served=served)
    told = learning.status().answers
    assert [one.believed for one in told] == ([] if believed is None else [believed])
    if believed is None:
        assert not drift.exists()
    else:
        assert read_drift(drift)[0].served_version == served


def test_a_refused_metric_that_should_live_is_drift(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """A name that the catalogue calls alive is recorded; one that it calls dead, or does not know, is not."""
    drift = tmp_path / "drift.jsonl"
    catalogue = make_catalogue().model_copy(
        update={
            "metrics": Catalogue.model_validate(
                {
                    "network": "sample",
                    "verified_on": date(2026, 11, 24),
                    "metrics": [
                        {"names": ["alive", "for_a_while"], "level": "post", "source": "https://example.com"},
                        {
                            "names": ["dead*"],
                            "level": "post",
                            "ends": date(2026, 1, 1),
                            "source": "https://example.com",
                        },
                    ],
                }
            ).metrics
        }
    )
    learning = gate(catalogue, TestClock(NOW), drift=drift)
    learning.metrics_refused(["alive", "dead_one", "unheard_of"])
    assert [(one.believed, one.came) for one in read_drift(drift)] == [
        ("metric alive is alive", "metric alive was refused")
    ]


def test_a_drift_file_that_cannot_be_written_breaks_no_call(
    make_catalogue: MakeCatalogue, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The application's error is the network's answer, and the log tells of the file."""
    learning = gate(make_catalogue(), TestClock(NOW), drift=tmp_path / "nowhere" / "drift.jsonl")
    with caplog.at_level(logging.WARNING, "socialconnect.lifecycle"):
        refuse(learning, ApiPaywalled("No access.", status=403))
    assert "Cannot write the drift record" in caplog.text


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("POST /v26.0/1000200030004/feed", "POST /v26.0/{id}/feed"),
        ("GET /v26.0/1000_2001/insights?metric&period", "GET /v26.0/{id}/insights?metric&period"),
        ("POST /2/tweets", "POST /2/tweets"),
        ("DELETE /2/tweets/1993000000000000101", "DELETE /2/tweets/{id}"),
        ("POST /1.1/media/upload.json", "POST /1.1/media/upload.json"),
        ("PUT /dms-uploads/sp/v2/D4E10AQF/uploaded-image/0", "PUT /{id}/sp/v2/{id}/{id}/0"),
        ("GET /", "GET /"),
    ],
)
def test_a_request_line_without_ids(line: str, masked: str) -> None:
    """Words and versions stay; what may name an account, a post or a file goes."""
    assert masked_line(line) == masked


def test_a_networks_words_without_ids() -> None:
    """Long numbers and URNs are masked, short codes stay, and a long text is cut."""
    told = masked_text("(#100) Post 1993000000000000101 of urn:li:person:782bbtaQ: HTTP 400, by me.", "me")
    assert told == "(#100) Post {id} of {id} HTTP 400, by {id}."
    assert len(masked_text("x" * 1000)) == 401


@pytest.mark.parametrize(
    ("told", "masked"),
    [
        ("Your account [2051096097834344448] has no credits.", "Your account [{id}] has no credits."),
        ("Object 17841400000000001_18000000000000001 is gone.", "Object {id} is gone."),
        ("Ask @alice or bob@example.org now", "Ask {id} or {id} now"),
        ("Account 18ce54d4x5t was not found", "Account {id} was not found"),
        ('The text "Hello my friends" is a duplicate', "The text {id} is a duplicate"),
        ("'Hello my friends' can't be posted", "{id} can't be posted"),
        ("must be one of {this_month} - got 'last_14_days'.", "must be one of {this_month} - got 'last_14_days'."),
        ("See https://example.com/alice?token=1", "See https://example.com/…"),
        ("At this time me is not allowed", "At this time {id} is not allowed"),
        ("cut \ud800 short", "cut ? short"),
    ],
)
def test_a_networks_words_name_nobody(told: str, masked: str) -> None:
    """Ids, names, addresses, tokens and quoted texts are masked; the API's own words stay."""
    assert masked_text(told, "me") == masked


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("GET /2/users/by/username/alice?user.fields", "GET /2/users/{id}/{id}/{id}?user.fields"),
        ("GET /v26.0/alices.shop/feed", "GET /v26.0/{id}/{id}"),
        ("POST /2/users/alice/likes", "POST /2/users/{id}/likes"),
    ],
)
def test_in_a_callers_own_request_no_word_is_taken_for_the_apis(line: str, masked: str) -> None:
    """A path that nobody knows may hold anybody's name: what the catalogue's own rows name stays."""
    assert masked_line(line, ["/2/users/*/likes"]) == masked


def test_a_record_of_a_callers_own_request_names_nobody(make_catalogue: MakeCatalogue, tmp_path: Path) -> None:
    """The record tells the method and the codes; the words of the path are the caller's."""
    learning = gate(make_catalogue(), TestClock(NOW), drift=tmp_path / "drift.jsonl")
    error = ApiPaywalled("No access for @alice.", status=403, code="453")
    error.request = "GET /2/users/by/username/alice?user.fields"
    refuse(learning, error, "request")
    assert "alice" not in (tmp_path / "drift.jsonl").read_text("utf-8")


def test_a_full_disk_breaks_no_call(make_catalogue: MakeCatalogue, caplog: pytest.LogCaptureFixture) -> None:
    """The answer is kept and raised as ever; the log says why the record is not in the file."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    learning = gate(make_catalogue(), TestClock(NOW), drift=full)
    refuse(learning, ApiPaywalled("No access.", status=403))
    assert learning.status().answers
    assert "Cannot write the drift record to /dev/full" in caplog.text
