"""Every metric's end in the catalogue, replayed: the day before, the day, and the day after; gate on and off."""

from __future__ import annotations

import pytest
from tests.lifecycle.replay import EITHER, Name, Stage, around, on, outcome, post_for, told

from socialconnect import AccountMetrics, ApiRetired, Metrics
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.rows import MetricLife
from socialconnect.networks.instagram.account_metrics import SERIES

KINDS = {
    "post": "post",
    "video": "reel",
    "story": "story",
    "media_feed": "post",
    "media_reels": "reel",
    "media_story": "story",
}
"""The kind of post that each level of metrics describes; the others describe the account."""


def ended() -> list[tuple[Name, MetricLife, str]]:
    """Give each name that ends, with its row: of a name with a `*`, one that it stands for."""
    found: list[tuple[Name, MetricLife, str]] = []
    names: tuple[Name, ...] = ("facebook", "instagram", "linkedin", "twitter")
    for network in names:
        catalogue = bundled(network)
        assert catalogue is not None
        for row in catalogue.metrics:
            for name in row.names if row.ends is not None else ():
                plain = name.replace("*", "")
                asked = f"{plain}{SERIES}" if row.level == "account_series" else plain
                found += [(network, row, asked)] if catalogue.metric(plain, row.level) is row else []
    return found


ENDED = ended()
IDS = [f"{network} {row.level} {name}" for network, row, name in ENDED]


def described(stage: Stage, row: MetricLife) -> str | None:
    """Publish what a level of metrics describes, and give its id; `None` for the account itself."""
    kind = KINDS.get(row.level)
    if kind is None:
        return None
    with told():
        post = stage.network.publish(post_for(stage.network.name, kind))  # type: ignore[arg-type]  # one of the four
    stage.clock.advance(minutes=15)
    return post.id.rpartition("_")[2] if row.level == "video" else post.id  # a Page's video has an id of its own


def read(stage: Stage, row: MetricLife, name: str) -> Metrics | AccountMetrics:
    """Read one metric by its name, of a post of the kind that it describes, or of the account."""
    ref = described(stage, row)
    with told():
        if ref is None:
            return stage.network.fetch_account_metrics(names=[name])
        return stage.network.fetch_metrics([ref], names=[name])[ref]


def ask_directly(stage: Stage, row: MetricLife, name: str) -> object:
    """Ask the wire for one metric, by a request of the caller's own; give its answer or its error."""
    node = described(stage, row) or stage.network.account
    version = stage.network.deprecation_status().version
    path = f"/{version}/{node}/{'video_insights' if row.level == 'video' else 'insights'}"
    return outcome(lambda: stage.network.request("GET", path, query={"metric": name}))


def test_there_is_something_to_replay() -> None:
    """The rows come from the catalogue, and both of Meta's networks have many."""
    assert {network for network, _, _ in ENDED} == {"facebook", "instagram"}
    assert len(ENDED) > 30


@pytest.mark.parametrize("gate", EITHER)
@pytest.mark.parametrize(("network", "row", "name"), ENDED, ids=IDS)
def test_a_metric_ends(network: Name, row: MetricLife, name: str, *, gate: bool) -> None:
    """
    Until its end it has a number; from then on it says why it has none, and what to read instead.

    Of an account, names of the past were asked for in ways of the past: until its end none is called retired.
    """
    assert row.ends is not None
    for day in around(row.ends):
        found = read(on(day, network, gate=gate), row, name)
        if day < row.ends and network == "instagram" and row.level.startswith("account"):
            assert name in found.values or "retired" not in found.unavailable[name].reason
        elif day < row.ends:
            assert name in found.values, found.unavailable
        else:
            missing = found.unavailable[name]
            assert name not in found.values
            assert missing.replacement == row.replacement
            assert f"{row.ends}" in missing.reason
            assert row.source in missing.reason


# The totals of an account's ended series live on under the same names, so that the wire refuses none of those.
REFUSED = [(one, label) for one, label in zip(ENDED, IDS, strict=True) if one[1].level != "account_series"]


@pytest.mark.parametrize("gate", EITHER)
@pytest.mark.parametrize(("network", "row", "name"), [one for one, _ in REFUSED], ids=[label for _, label in REFUSED])
def test_the_wire_refuses_it_with_the_same_facts(network: Name, row: MetricLife, name: str, *, gate: bool) -> None:
    """Asked for directly, it is `ApiRetired` from its end on, with the row's source and what to read instead."""
    assert row.ends is not None
    for day in around(row.ends):
        stage = on(day, network, gate=gate)
        found = ask_directly(stage, row, name)
        assert isinstance(found, ApiRetired) is (day >= row.ends), found
        if isinstance(found, ApiRetired):
            assert found.status == 400
            assert row.replacement is None or row.replacement in str(found)
            assert found.source == row.source
            assert not any(one.contradicts for one in stage.network.deprecation_status().answers)
