"""Every other end and paywall in the catalogue, replayed: the day before, the day, the day after; gate on and off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.lifecycle.replay import EITHER, FRESH, Name, Stage, around, facts_of, on, outcome, post_for

from socialconnect import (
    ApiPaywalled,
    ApiRetired,
    Facebook,
    Lifecycle,
    Post,
    QuotaExceeded,
    RejectedError,
    SocialConnectError,
)
from socialconnect.lifecycle import OPERATIONS, ApiState
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.rows import Entry, RequestPattern
from socialconnect.lifecycle.status import moment
from socialconnect.testing import FakeNetwork, TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

NETWORKS: tuple[Name, ...] = ("facebook", "instagram", "linkedin", "twitter")


def endings() -> list[tuple[Name, Entry]]:
    """Give each entry that ends something or puts it behind a paywall, with the first network that has it."""
    found: dict[str, tuple[Name, Entry]] = {}
    for network in NETWORKS:
        catalogue = bundled(network)
        assert catalogue is not None
        for one in catalogue.entries:
            if one.state in ("retired", "paywalled") and one.effective is not None:
                found.setdefault(one.id, (network, one))
    return list(found.values())


ENDINGS = endings()

REQUESTS: dict[str, Callable[[Stage], object]] = {
    "linkedin-v1": lambda stage: stage.network.request("GET", "/v1/people/~"),
    "graph-multi-get": lambda stage: stage.network.request("GET", "/v25.0/", query={"ids": "1,2"}),
    "v11-media-upload": lambda stage: stage.network.request("POST", "/1.1/media/upload.json", form={"media": "x"}),
    "v11-writes": lambda stage: stage.network.request("POST", "/1.1/statuses/update.json", form={"status": "x"}),
    "insights-endpoints": lambda stage: stage.network.request(
        "GET", "/2/insights/28hr", query={"tweet_ids": "1", "granularity": "Total", "requested_metrics": "Likes"}
    ),
    "self-serve-writes": lambda stage: stage.network.request(
        "POST", f"/2/users/{stage.emulator.accounts[0].id}/likes", json={"tweet_id": "1"}
    ),
}
"""A request for each entry that ends requests, of those that an emulator answers."""

BY_METRICS = {"page-metrics-2024-03", "page-metrics-2024-09", "impressions-and-fans", "unique-impressions"} | {
    "instagram-metrics-2023",
    "instagram-metrics-2025-01",
    "instagram-impressions",
}
"""The entries whose metrics have rows of their own, which are replayed with the metrics."""

NOT_REPLAYED = {
    "tokenless-oembed": "none of our operations: told to those who ask; the emulator has no oEmbed",
    "oembed-author-fields": "none of our operations: told to those who ask; the emulator has no oEmbed",
    "manage-pages-permission": "no day is known, so that no wire answer is either",
    "groups-api": "none of our operations since: `registry.find` tells it; the emulator has no groups",
    "instagram-legacy-platform": "on another host, which no request of ours reaches; `registry.find` tells it",
    "instagram-basic-display": "for private accounts, which the emulator has none of; `registry.find` tells it",
    "graph-protocol-features": "not known how the parameters are refused, if they are",
    "commerce-order-management": "none of our operations: told to those who ask",
    "classic-page-insights": "the emulator has the new Pages experience alone; the metrics are replayed by name",
    "page-fields-v26": "read by none of our operations, and not known how each is refused",
    "instagram-video-posts": "the library always sent reels, which live on",
    "instagram-v1-objects": "the older ids are not known, so that none can be asked for",
    "linkedin-liteprofile": "closed to new apps only, which an API answer does not tell",
    "linkedin-zendesk": "no API",
    "third-party-clients": "keys that were cut, not an API",
    "v2-manage-blocks": "none of our operations; the addresses are not in what was read",
    "v2-follows": "taken from two plans alone; whose plan it is only the wire knows: see self-serve-writes",
    "v11-media-upload-0331": "put off before its day came; the day that came is replayed",
    "count-operators-removed": "none of our operations: search; they are back",
}
"""Why an entry has no replay on the wire. A new entry must have one, or a reason here."""


def of(*ids: str) -> list[tuple[Name, Entry]]:
    """Give entries by their ids."""
    return [(network, one) for network, one in ENDINGS if one.id in ids]


PAYWALLS = [(network, one) for network, one in ENDINGS if one.state == "paywalled" and one.operations]
IDS = [one.id for _, one in ENDINGS]


def profile_post(stage: Stage) -> object:
    """Post to a person's own profile, with the person's own token."""
    assert isinstance(stage.emulator, FacebookEmulator)
    lifecycle, clock = stage.lifecycle, stage.clock
    token, client = stage.emulator.user.token, stage.emulator.client()
    person = Facebook(page_id="me", token=token, http_client=client, clock=clock, lifecycle=lifecycle)
    return person.request("POST", f"/{person.deprecation_status().version}/me/feed", json={"message": "Hello"})


def older_scopes(stage: Stage) -> object:
    """Ask a person to connect an Instagram account with the scopes of old."""
    query = {"client_id": "1", "redirect_uri": "https://example.com/", "response_type": "code"}
    with stage.emulator.client() as client:
        answer = client.get("https://www.instagram.com/oauth/authorize", params={**query, "scope": "business_basic"})
    return answer.json()["error_message"] if answer.status_code == 400 else answer.status_code


def older_timeframe(stage: Stage) -> object:
    """Ask for the ages of followers in the last fourteen days, with that day's newest version."""
    version, account = stage.network.deprecation_status().version, stage.network.account
    how = {"metric": "follower_demographics", "period": "lifetime", "metric_type": "total_value", "breakdown": "age"}
    path = f"/{version}/{account}/insights"
    return stage.network.request("GET", path, query={**how, "timeframe": "last_14_days"})


def without_credits(stage: Stage) -> object:
    """Publish with a plan, and no credits for when it becomes pay-per-use."""
    assert isinstance(stage.emulator, TwitterEmulator)
    stage.emulator.settings.credits = Decimal(0)
    return stage.network.publish(Post("Hello"))


ANSWERS: dict[str, tuple[Callable[[Stage], object], dict[str, Any], type | str]] = {
    "publish-actions": (profile_post, {}, ApiRetired),
    "linkedin-unversioned-marketing": (
        lambda stage: stage.network.request("POST", "/v2/ugcPosts", json={}),
        {},
        ApiRetired,
    ),
    "instagram-business-scopes": (older_scopes, {}, "Invalid scope field(s): business_basic"),
    "instagram-demographics-timeframes": (older_timeframe, {}, RejectedError),
    "basic-plan-ends": (without_credits, {"plan": "basic"}, QuotaExceeded),
    "pro-plan-ends": (without_credits, {"plan": "pro"}, QuotaExceeded),
}
"""
What the wire alone can answer, since no gate knows whose token, scope or plan it is: the call, how the emulator is set,
and what the call comes to from the day on.
"""

ALWAYS = {"publish-actions", "linkedin-unversioned-marketing"}
"""Those that an emulator answers on every day: it holds nothing of what was before."""


def day_of(entry: Entry) -> date:
    """Give the day from which an entry holds."""
    assert entry.effective is not None
    return moment(entry.effective).date()


def holds(entry: Entry, day: date) -> bool:
    """Whether an entry holds on a day."""
    assert entry.effective is not None
    return moment(entry.effective) <= moment(day) and (entry.until is None or day < entry.until)


def test_every_ending_is_replayed_or_says_why_not() -> None:
    """An entry that is added to the catalogue without a replay fails here."""
    replayed = {*REQUESTS, *BY_METRICS, *ANSWERS, *(one.id for _, one in PAYWALLS)}
    assert {one.id for _, one in ENDINGS} == replayed | set(NOT_REPLAYED)
    assert not replayed & set(NOT_REPLAYED)


@pytest.mark.parametrize(("network", "entry"), ENDINGS, ids=IDS)
def test_the_status_turns_on_its_day(network: Name, entry: Entry) -> None:
    """An entry decides what its operations are from its day on, until it is superseded, and never before."""
    for day in around(day_of(entry)):
        stage = on(day, network, gate=True)
        status = stage.network.deprecation_status(day)
        for operation in entry.operations:
            found = status.operations[operation]
            decides = found.cause == entry.id and found.state.value == entry.state
            assert decides is holds(entry, day), (day, found)
            if decides:
                assert (found.source, found.confidence, found.since) == (
                    entry.source,
                    entry.confidence,
                    entry.effective,
                )
                assert found.verified_on is not None
        if not entry.operations:
            assert all(one.cause != entry.id for one in status.operations.values())


@pytest.mark.parametrize("gate", EITHER)
@pytest.mark.parametrize(("network", "entry"), PAYWALLS, ids=[one.id for _, one in PAYWALLS])
def test_a_paywall(network: Name, entry: Entry, *, gate: bool) -> None:
    """No gate stops a paywalled call. Who has not paid is told by the wire, with that day's plan and price."""
    for day in around(day_of(entry)):
        stage = on(day, network, gate=gate, plan="none")
        found = outcome(lambda network=stage.network: network.publish(post_for("twitter")))  # type: ignore[misc]  # its own
        assert isinstance(found, ApiPaywalled)
        assert stage.emulator.requests
        known = stage.network.deprecation_status(day).operations["publish"]
        if known.state is ApiState.PAYWALLED:
            assert (found.plan, found.price, found.source) == (known.plan, known.price, known.source)
        else:
            assert (found.plan, found.source) == (None, "answer"), "the catalogue did not foresee it on that day"
        # The breaker remembers it: the same class and attributes, and nothing is sent.
        reached = len(stage.emulator.requests)
        again = outcome(lambda network=stage.network: network.publish(post_for("twitter")))  # type: ignore[misc]  # its own
        assert facts_of(again) == facts_of(found)
        assert len(stage.emulator.requests) == reached


@pytest.mark.parametrize("entry_id", REQUESTS)
def test_a_request_to_what_is_gone(entry_id: str) -> None:
    """A request of the caller's own is stopped, or refused by the wire: with one class, and the same attributes."""
    ((network, entry),) = of(entry_id)
    assert entry.requests
    for day in around(day_of(entry)):
        with_gate, without = on(day, network, gate=True), on(day, network, gate=False)
        stopped = outcome(lambda stage=with_gate: REQUESTS[entry_id](stage))  # type: ignore[misc]  # the loop's own
        answered = outcome(lambda stage=without: REQUESTS[entry_id](stage))  # type: ignore[misc]  # the loop's own
        assert without.emulator.requests
        if day < day_of(entry):
            assert not isinstance(stopped, ApiRetired | ApiPaywalled)
            assert not isinstance(answered, ApiRetired | ApiPaywalled)
            continue
        assert facts_of(stopped) == facts_of(answered)
        assert isinstance(stopped, ApiRetired | ApiPaywalled)
        assert stopped.source == entry.source
        assert bool(with_gate.emulator.requests) is (entry.state == "paywalled")
        if isinstance(stopped, ApiPaywalled):
            assert stopped.plan == entry.plan
        assert all(not one.contradicts for one in without.network.deprecation_status().answers)


@pytest.mark.parametrize("gate", EITHER)
@pytest.mark.parametrize("entry_id", ANSWERS)
def test_an_end_that_the_wire_alone_can_tell(entry_id: str, *, gate: bool) -> None:
    """No gate stops it, and the wire's answer becomes the error that callers expect, from the day on."""
    ((network, entry),) = of(entry_id)
    network = "instagram" if entry_id.startswith("instagram") else network  # which shares Meta's rows with Facebook
    call, emulated, expected = ANSWERS[entry_id]
    for day in around(day_of(entry)):
        stage = on(day, network, gate=gate, **emulated)
        found = outcome(lambda stage=stage: call(stage))  # type: ignore[misc]  # the loop's own
        assert stage.emulator.requests
        if day < day_of(entry) and entry_id not in ALWAYS:
            assert found == 302 if isinstance(expected, str) else not isinstance(found, SocialConnectError), found
        elif day >= day_of(entry):
            assert found == expected if isinstance(expected, str) else isinstance(found, expected), found


@pytest.mark.parametrize(
    ("network", "entry", "row"),
    [(network, entry, row) for network, entry in ENDINGS for row in entry.requests],
    ids=lambda one: one.path if isinstance(one, RequestPattern) else getattr(one, "id", one),
)
def test_the_gate_knows_each_address(network: Name, entry: Entry, row: RequestPattern) -> None:
    """Whatever an entry names is stopped from its day on, with the entry's words, source and replacement, or let be."""
    method, query = row.method.replace("*", "GET"), {row.parameter: "1"} if row.parameter else None
    path = row.path.replace("[0-9]*.[0-9]", "25.0").replace("*", "1")
    for day in around(day_of(entry)):
        stage = on(day, network, gate=True)
        found = outcome(lambda stage=stage: stage.network.request(method, path, query=query))  # type: ignore[misc]  # as above
        stopped = isinstance(found, ApiRetired) and not stage.emulator.requests
        assert stopped is (entry.state == "retired" and holds(entry, day))
        if isinstance(found, ApiRetired) and stopped:
            assert entry.what in str(found)
            assert f"{entry.effective}" in str(found)
            assert found.source == entry.source
            assert entry.replacement is None or found.hint == f"Instead: {entry.replacement}."
            assert found.deprecation is not None
            assert found.deprecation.on == moment(day)


@pytest.mark.parametrize(("network", "entry"), ENDINGS, ids=IDS)
def test_the_gate_would_stop_each_operation_with_the_rows_facts(network: Name, entry: Entry) -> None:
    """
    Should a row end operations, each of them raises `ApiRetired` with all that the row tells, or is let be where nobody
    read it in any document.

    No row of today retires an operation of the library's. One that will must not be the first to try the way.
    """
    row = entry.model_copy(update={"state": "retired", "operations": OPERATIONS, "until": None, "resources": {}})
    known = bundled(network)
    assert known is not None
    facts = known.model_copy(update={"entries": (row,), "includes": ()})
    for day in around(day_of(entry)):
        clock = TestClock(day)
        lifecycle = Lifecycle(catalogues=[facts], max_age=FRESH)
        account = "urn:li:organization:1" if network == "linkedin" else "7"
        fake = FakeNetwork(network, account, clock=clock, lifecycle=lifecycle)
        for operation, call in CALLS.items():
            found = outcome(lambda call=call, fake=fake: call(fake))  # type: ignore[misc]  # the loop's own
            stops = day >= day_of(entry) and entry.confidence != "unverified"
            assert isinstance(found, ApiRetired) is stops, (day, operation)
            if isinstance(found, ApiRetired):
                assert found.source == entry.source
                assert entry.what in str(found)
                assert found.deprecation is not None
                told = found.deprecation.operations[operation]
                assert (told.cause, told.since, told.announced) == (entry.id, entry.effective, entry.announced)
                assert (told.replacement, told.confidence) == (entry.replacement, entry.confidence)


CALLS: dict[str, Callable[[FakeNetwork], object]] = {
    "publish": lambda fake: fake.publish(Post("Hello")),
    "delete": lambda fake: fake.delete("1"),
    "posts": lambda fake: fake.posts(),
    "fetch_metrics": lambda fake: fake.fetch_metrics(["1"]),
    "draft": lambda fake: fake.draft(Post("Hello"), native=True),
    "schedule": lambda fake: fake.schedule(Post("Hello"), fake.operations.clock.now() + timedelta(days=2), native=True),
}
