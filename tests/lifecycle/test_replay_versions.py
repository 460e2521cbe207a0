"""Every API version's end in the catalogue, replayed: the day before, the day, and the day after; gate on and off."""

from __future__ import annotations

from datetime import date

import pytest
from tests.lifecycle.replay import Name, around, facts_of, on, outcome, post_for, told

from socialconnect import ApiVersionRetired, PublishedPost
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.lifecycle.rows import ApiVersion

META: tuple[Name, ...] = ("facebook", "instagram")


def ends_of(network: str) -> list[ApiVersion]:
    """Give the versions of the network's API whose existence was seen, and whose end is known."""
    found = bundled(network)
    assert found is not None
    return [
        one
        for one in found.versions
        if one.api == found.api and one.ends is not None and one.confidence != "unverified"
    ]


def end_of(row: ApiVersion) -> date:
    """Give a version's last day plus one."""
    assert row.ends is not None
    return row.ends


LINKEDIN = ends_of("linkedin")
GRAPH = [(name, row) for name in META for row in ends_of(name)]
GRAPH_IDS = [f"{name} {row.version}" for name, row in GRAPH]


def publish_around(name: Name, row: ApiVersion, *, gate: bool, **emulated: object) -> list[object]:
    """Give what publishing comes to on the three days, each day on a stage of its own."""
    outcomes: list[object] = []
    for day in around(end_of(row)):
        stage = on(day, name, gate=gate, version=row.version, **emulated)
        outcomes.append(outcome(lambda network=stage.network: network.publish(post_for(name))))  # type: ignore[misc]  # the loop's own
        reached = bool(stage.emulator.requests)
        assert reached is not (gate and day >= end_of(row)), "the gate stops before the wire, and nothing else does"
    return outcomes


@pytest.mark.parametrize("row", LINKEDIN, ids=lambda row: row.version)
def test_a_version_that_is_refused(row: ApiVersion) -> None:
    """LinkedIn refuses an ended version: the gate's error and the wire's are of one class, and tell the same."""
    stopped = publish_around("linkedin", row, gate=True)
    answered = publish_around("linkedin", row, gate=False)
    assert isinstance(stopped[0], PublishedPost)
    assert isinstance(answered[0], PublishedPost)
    for before_wire, from_wire in zip(stopped[1:], answered[1:], strict=True):
        assert type(before_wire) is ApiVersionRetired
        assert isinstance(from_wire, ApiVersionRetired)
        assert facts_of(before_wire) == facts_of(from_wire)
        assert before_wire.version == row.version
        assert before_wire.source == row.source
        assert (before_wire.status, from_wire.status) == (None, 426)


@pytest.mark.parametrize(("name", "row"), GRAPH, ids=GRAPH_IDS)
def test_a_version_that_can_be_refused(name: Name, row: ApiVersion) -> None:
    """Where Graph refuses an ended version, the gate's error and the wire's are of one class, and tell the same."""
    stopped = publish_around(name, row, gate=True)
    answered = publish_around(name, row, gate=False, ended_versions="reject-2635")
    assert isinstance(stopped[0], PublishedPost)
    assert isinstance(answered[0], PublishedPost)
    for before_wire, from_wire in zip(stopped[1:], answered[1:], strict=True):
        assert type(before_wire) is ApiVersionRetired
        assert facts_of(before_wire) == facts_of(from_wire)
        assert (before_wire.version, before_wire.source) == (row.version, row.source)


@pytest.mark.parametrize(("name", "row"), GRAPH, ids=GRAPH_IDS)
def test_a_version_that_another_serves_in_silence(name: Name, row: ApiVersion) -> None:
    """Graph serves an ended version from the oldest live one: the call goes through, is warned of, and told."""
    for day in around(end_of(row)):
        stage = on(day, name, gate=False, version=row.version)
        with told() as warnings:
            stage.network.publish(post_for(name))
        served = stage.network.deprecation_status().served_version
        silent = [one for one in warnings if "was asked for" in one]
        if day < end_of(row):
            assert served == row.version
            assert silent == []
        else:
            assert served not in (None, row.version)
            assert f"{served} answered" in silent[0]
            assert f"{row.version} was asked for, and {served} answered" in str(stage.network.deprecation_status())
