"""Every other end and paywall in the catalogue, replayed: the day before, the day, the day after; gate on and off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.lifecycle.replay import EITHER, Name, Stage, around, facts_of, on, outcome, post_for

from socialconnect import ApiPaywalled, ApiRetired
from socialconnect.lifecycle import ApiState
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.rows import Entry
from socialconnect.lifecycle.status import moment

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
    "publish-actions": "posting to a person's own profile needs a token that the emulator does not give",
    "tokenless-oembed": "the emulator has no oEmbed",
    "manage-pages-permission": "the emulator knows the permissions of today",
    "groups-api": "the emulator has no groups",
    "instagram-legacy-platform": "the emulator has no api.instagram.com/v1",
    "instagram-basic-display": "the emulator has professional accounts alone",
    "instagram-demographics-timeframes": "not known how a timeframe that is gone is refused",
    "oembed-author-fields": "the emulator has no oEmbed",
    "graph-protocol-features": "not known how the parameters are refused, if they are",
    "commerce-order-management": "the emulator has no shops",
    "classic-page-insights": "the emulator has the new Pages experience alone",
    "page-fields-v26": "the emulator never gave these fields",
    "instagram-video-posts": "the library always sends reels",
    "instagram-business-scopes": "the emulator knows the scopes of today",
    "instagram-v1-objects": "the emulator has the ids of today",
    "linkedin-v1": "the emulator has no /v1; the gate is replayed",
    "linkedin-liteprofile": "closed to new apps only, which an API answer does not tell",
    "linkedin-unversioned-marketing": "gone for partners only, and /v2 answers others",
    "linkedin-zendesk": "no API",
    "third-party-clients": "keys that were cut, not an API",
    "v2-manage-blocks": "the emulator has no blocks",
    "v2-follows": "taken from plans that the emulator holds only in their later form",
    "v11-media-upload-0331": "put off before its day came; the day that came is replayed",
    "count-operators-removed": "the emulator has no counts of that time",
    "basic-plan-ends": "a plan, not an API: what it turns into is replayed with pay-per-use",
    "pro-plan-ends": "a plan, not an API: what it turns into is replayed with pay-per-use",
}
"""Why an entry has no replay on the wire. A new entry must have one, or a reason here."""


def of(*ids: str) -> list[tuple[Name, Entry]]:
    """Give entries by their ids."""
    return [(network, one) for network, one in ENDINGS if one.id in ids]


PAYWALLS = [(network, one) for network, one in ENDINGS if one.state == "paywalled" and one.operations]
IDS = [one.id for _, one in ENDINGS]


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
    replayed = {*REQUESTS, *BY_METRICS, *(one.id for _, one in PAYWALLS)}
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
def test_linkedins_first_api_is_stopped_by_the_gate(*, gate: bool) -> None:
    """What no emulator holds is stopped all the same, before the wire."""
    ((_, entry),) = of("linkedin-v1")
    for day in around(day_of(entry)):
        stage = on(day, "linkedin", gate=gate)
        found = outcome(lambda network=stage.network: network.request("GET", "/v1/people/~"))  # type: ignore[misc]  # its own
        assert isinstance(found, ApiRetired) is (gate and day >= day_of(entry))
        if isinstance(found, ApiRetired):
            assert (found.source, found.hint) == (entry.source, "Instead: the versioned API under /rest.")
