"""The networks by name: ours, third parties', and those that are gone."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

import pytest

from socialconnect import ApiRetired, AsyncNetwork, ConfigurationError, Network, NetworkEntry, UnsupportedFeature
from socialconnect import registry as networks

NAMES = ["facebook", "instagram", "linkedin", "twitter"]
MINE = NetworkEntry(blocking="socialconnect.network:Network", asynchronous="socialconnect.network:AsyncNetwork")
NOT_AN_ENTRY = "not an entry"


@pytest.fixture
def third_parties(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install two packages' entry points: one as it should be, one that loads something else."""
    found = metadata.EntryPoints(
        metadata.EntryPoint(name=name, value=f"{__name__}:{value}", group=networks.ENTRY_POINTS)
        for name, value in (("mine", "MINE"), ("broken", "NOT_AN_ENTRY"))
    )
    monkeypatch.setattr("socialconnect.registry.metadata.entry_points", lambda group: found.select(group=group))
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda self: globals()[self.value.partition(":")[2]])
    networks._entry_points.cache_clear()
    yield
    networks._entry_points.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_the_four_networks(name: str) -> None:
    """Each of the four is there with both faces, its options and its emulator."""
    assert issubclass(networks.network_class(name), Network)
    assert issubclass(networks.async_network_class(name), AsyncNetwork)
    assert networks.options_class(name).network == name
    assert networks.emulator_class(name).network == name


@pytest.mark.usefixtures("third_parties")
def test_a_third_partys_network() -> None:
    """An entry point adds a network; what it does not have is said."""
    assert networks.known_networks() == {*NAMES, "mine", "broken"}
    assert networks.find("mine") is MINE
    assert networks.network_class("mine") is Network
    with pytest.raises(UnsupportedFeature, match="no emulator"):
        networks.emulator_class("mine")


@pytest.mark.usefixtures("third_parties")
def test_an_entry_point_that_loads_something_else() -> None:
    """A package that registers the wrong thing is named."""
    with pytest.raises(ConfigurationError, match="'broken'"):
        networks.find("broken")


@pytest.mark.parametrize(
    ("where", "told"),
    [("nowhere_at_all:X", "cannot be loaded"), ("json:Nothing", "cannot be loaded"), ("json:JSONDecoder", "is not a")],
)
def test_an_entry_that_points_nowhere(where: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry whose class is not there, or is none, is a fault of the set-up, with the path in it."""
    monkeypatch.setattr(networks, "find", lambda name: NetworkEntry(blocking=where, asynchronous=where))
    with pytest.raises(ConfigurationError, match=told) as caught:
        networks.network_class("mine")
    assert where in str(caught.value)


@pytest.mark.parametrize("name", sorted(networks._RETIRED))
def test_what_is_gone_is_explained(name: str) -> None:
    """A network that once was there says since when it is gone, and by which source."""
    with pytest.raises(ApiRetired, match=r"is retired since \d{4}-") as caught:
        networks.find(name)
    assert caught.value.source
    assert caught.value.source.startswith("http")


def test_a_name_that_people_use() -> None:
    """Who asks for "x" is told the library's own name for it."""
    with pytest.raises(ConfigurationError, match="'twitter' here"):
        networks.find("x")


def test_a_name_that_nobody_knows() -> None:
    """An unknown name is answered with the known ones."""
    with pytest.raises(ConfigurationError, match="facebook, instagram, linkedin, twitter"):
        networks.find("myspace")
