"""The bundled catalogue: its files are whole, sourced, and say what the networks' pages say."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from socialconnect import ApiRetired
from socialconnect.cost import Money
from socialconnect.lifecycle import Catalogue
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.registry import find

TODAY = date(2026, 11, 24)
NETWORKS = ("facebook", "instagram", "linkedin", "twitter")


def facts(network: str) -> Catalogue:
    found = bundled(network)
    assert found is not None
    return found


@pytest.mark.parametrize("network", [*NETWORKS, "meta"])
def test_every_row_says_who_says_so(network: str) -> None:
    """A row without an address is one that nobody's document tells, and is marked so."""
    catalogue = facts(network)
    for row in (*catalogue.entries, *catalogue.versions, *catalogue.metrics, *catalogue.prices):
        assert row.source.startswith("https://") or row.confidence in ("secondary", "unverified"), row


@pytest.mark.parametrize("network", NETWORKS)
def test_every_network_tells_what_its_data_may_be_used_for(network: str) -> None:
    """Training, retention, deletion and redistribution are spoken of for each network."""
    topics = {one.topic for one in facts(network).terms}
    assert {"ai-training", "retention", "deletion", "redistribution"} <= topics


def test_shared_rows_come_with_both_of_metas_networks() -> None:
    """Facebook and Instagram have Meta's versions and retirements beside their own, each id once."""
    for network in ("facebook", "instagram"):
        ids = [one.id for one in facts(network).entries]
        assert "publish-actions" in ids
        assert len(ids) == len(set(ids))
    assert facts("facebook").versions == facts("instagram").versions == facts("meta").versions


def test_graph_versions_follow_each_other_without_a_gap() -> None:
    """Each version is released before the one before it ends, and the table goes on to the newest."""
    rows = sorted(facts("meta").versions, key=lambda row: row.released)
    assert [rows[0].version, rows[-1].version] == ["v1.0", "v27.0"]
    assert len(rows) == 42
    for earlier, later in pairwise(rows):
        assert earlier.ends is None or later.released < earlier.ends


@pytest.mark.parametrize(
    ("network", "api", "on", "newest"),
    [
        ("facebook", "graph", TODAY, "v26.0"),
        ("facebook", "graph", date(2026, 7, 28), "v25.0"),
        ("instagram", "graph", date(2018, 7, 25), "v3.0"),
        ("linkedin", "rest", TODAY, "202609"),
        ("linkedin", "rest", date(2026, 1, 10), "202601"),
        ("linkedin", "rest", date(2025, 12, 20), "202511"),
    ],
)
def test_newest_version_is_live_and_was_seen(network: str, api: str, on: date, newest: str) -> None:
    """The newest version on a day is the last one released by then that is known from a document, not inferred."""
    assert facts(network).newest_version(api, on) == newest


def test_a_version_that_was_only_inferred_is_never_chosen() -> None:
    """v27.0, 202610 and 202611 are in the tables, marked, and not picked."""
    assert facts("meta").version("graph", "v27.0")
    assert facts("linkedin").version("rest", "202611")
    far = TODAY + timedelta(days=200)
    assert facts("facebook").default_version("graph", far) == "v26.0"
    assert facts("linkedin").default_version("rest", far) == "202609"


@pytest.mark.parametrize(
    ("resource", "on", "high"),
    [
        ("post_create", date(2025, 10, 19), None),
        ("post_create", date(2025, 10, 20), "0.010"),
        ("post_create", date(2026, 4, 19), "0.010"),
        ("post_create", date(2026, 4, 20), "0.015"),
        ("post_create_with_url", date(2026, 4, 19), "0.010"),
        ("post_create_with_url", TODAY, "0.200"),
        ("post_create_summoned", TODAY, "0.010"),
        ("post_read", TODAY, "0.005"),
        ("owned_read", TODAY, "0.001"),
        ("user_read", TODAY, "0.010"),
        ("media_metadata", TODAY, "0.005"),
    ],
)
def test_twitters_price_on_a_day(resource: str, on: date, high: str | None) -> None:
    """Each price holds from its day until the next one takes its place."""
    row = facts("twitter").price(resource, on)
    assert (None if row is None else row.high) == (None if high is None else Money.model_validate(f"{high} USD"))


def test_a_price_that_the_list_leaves_open_is_a_range() -> None:
    """An upload may cost nothing or as much as a post: both bounds are told, and that it is not verified."""
    row = facts("twitter").price("media_upload", TODAY)
    assert row is not None
    assert (str(row.low), str(row.high), row.confidence) == ("0 USD", "0.015 USD", "unverified")


def test_no_two_prices_of_a_resource_hold_on_one_day() -> None:
    """A price list has one price for a thing."""
    prices = facts("twitter").prices
    for one in prices:
        holding = [
            other
            for other in prices
            if other.resource == one.resource
            and other.effective <= one.effective
            and (other.until is None or one.effective < other.until)
        ]
        assert holding == [one]


@pytest.mark.parametrize(
    ("network", "level", "name", "ends", "replacement"),
    [
        ("facebook", "page", "page_impressions", date(2025, 11, 15), "page_media_view"),
        ("facebook", "page", "page_impressions_viral", date(2025, 11, 15), "page_media_view"),
        ("facebook", "page", "page_impressions_unique", date(2026, 6, 15), "page_total_media_view_unique"),
        ("facebook", "page", "page_fan_adds", date(2025, 11, 15), "page_follows"),
        ("facebook", "page", "page_fan_adds_by_paid_non_paid_unique", None, None),
        ("facebook", "post", "post_impressions_organic", date(2025, 11, 15), "post_media_view"),
        ("facebook", "post", "post_impressions_paid_unique", date(2026, 6, 15), "post_total_media_view_unique"),
        ("facebook", "post", "post_media_view", None, None),
        ("instagram", "media_reels", "plays", date(2025, 4, 21), "views"),
        ("instagram", "media_feed", "video_views", date(2025, 1, 8), "views"),
        ("instagram", "media_story", "taps_forward", date(2023, 12, 11), "navigation"),
        ("instagram", "account", "audience_city", date(2023, 12, 11), "follower_demographics"),
        ("instagram", "media_story", "views", None, None),
        ("linkedin", "organization_post", "impressionCount", None, None),
        ("twitter", "post", "impression_count", None, None),
    ],
)
def test_a_metrics_life(network: str, level: str, name: str, ends: date | None, replacement: str | None) -> None:
    """A metric's end and successor are those of the row that names it most closely."""
    row = facts(network).metric(name, level)
    assert row is not None
    assert (row.ends, row.replacement) == (ends, replacement)


def test_a_metric_that_never_existed_has_no_row() -> None:
    """Nothing is claimed of a name that the network never had."""
    assert facts("facebook").metric("post_views", "post") is None


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("facebook_profile", "2018-08-01"),
        ("facebook_groups", "2024-04-22"),
        ("instagram_basic_display", "2024-12-04"),
        ("instagram_legacy", "2020-06-29"),
        ("linkedin_v1", "2019-05-01"),
    ],
)
def test_a_network_that_is_gone_is_explained_by_the_catalogue(name: str, day: str) -> None:
    """Asking for a network of the past gives `ApiRetired` with its day and source, not an unknown name."""
    with pytest.raises(ApiRetired, match=f"since {day}") as caught:
        find(name)
    assert caught.value.source


@pytest.mark.parametrize("network", ["facebook", "instagram", "linkedin"])
def test_the_other_networks_are_open_today(network: str) -> None:
    """No entry of today touches what the library does there."""
    from socialconnect.lifecycle import ApiState, Lifecycle

    status = Lifecycle().status(network, TODAY)
    assert status.state is ApiState.ACTIVE
    assert not status.outdated
