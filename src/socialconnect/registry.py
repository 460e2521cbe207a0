"""
The networks by name. Nothing is imported before it is asked for; a third party's come in by an entry point.

A package adds its own with the entry-point group `socialconnect.networks`: the entry point's name is the network's, and
it loads a `NetworkEntry`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module, metadata
from typing import TYPE_CHECKING, TypeVar

from socialconnect.errors import ApiRetired, ConfigurationError, UnsupportedFeature

if TYPE_CHECKING:
    from socialconnect.adapter import Adapter
    from socialconnect.auth.tokens import Credential
    from socialconnect.clock import Clock
    from socialconnect.network import AsyncNetwork, Network
    from socialconnect.post import NetworkOptions
    from socialconnect.testing.emulators import Emulator
    from socialconnect.transport.request import Request, Response

__all__ = [
    "ENTRY_POINTS",
    "NetworkEntry",
    "answerer",
    "async_network_class",
    "emulator_class",
    "find",
    "known_networks",
    "network_class",
    "options_class",
]

T = TypeVar("T")

ENTRY_POINTS = "socialconnect.networks"


@dataclass(frozen=True)
class NetworkEntry:
    """
    Where a network's parts are, each as `module:name`, loaded when first used.

    Args:
        blocking: The `Network` class.
        asynchronous: The `AsyncNetwork` class.
        options: The network's own options for a post; `None` if it has none.
        emulator: The network's emulator; `None` if it has none.
    """

    blocking: str
    asynchronous: str
    options: str | None = None
    emulator: str | None = None


_BUILT_IN: Mapping[str, NetworkEntry] = {
    "facebook": NetworkEntry(
        blocking="socialconnect.networks.facebook:Facebook",
        asynchronous="socialconnect.networks.facebook:AsyncFacebook",
        options="socialconnect.networks.facebook.options:FacebookOptions",
        emulator="socialconnect.testing.emulators.facebook:FacebookEmulator",
    ),
    "instagram": NetworkEntry(
        blocking="socialconnect.networks.instagram:Instagram",
        asynchronous="socialconnect.networks.instagram:AsyncInstagram",
        options="socialconnect.networks.instagram.options:InstagramOptions",
        emulator="socialconnect.testing.emulators.instagram:InstagramEmulator",
    ),
    "linkedin": NetworkEntry(
        blocking="socialconnect.networks.linkedin:LinkedIn",
        asynchronous="socialconnect.networks.linkedin:AsyncLinkedIn",
        options="socialconnect.networks.linkedin.options:LinkedInOptions",
        emulator="socialconnect.testing.emulators.linkedin:LinkedInEmulator",
    ),
    "twitter": NetworkEntry(
        blocking="socialconnect.networks.twitter:Twitter",
        asynchronous="socialconnect.networks.twitter:AsyncTwitter",
        options="socialconnect.networks.twitter.options:TwitterOptions",
        emulator="socialconnect.testing.emulators.twitter:TwitterEmulator",
    ),
}

_OTHER_NAMES: Mapping[str, str] = {"x": "twitter"}
"""Other names that people use; the library's own name is told in the error."""

_RETIRED: Mapping[str, str] = {
    "facebook_profile": "publish-actions",
    "facebook_groups": "groups-api",
    "instagram_basic_display": "instagram-basic-display",
    "instagram_legacy": "instagram-legacy-platform",
    "linkedin_v1": "linkedin-v1",
}
"""Networks that once could be posted to or read by software, and the catalogue's entry that tells their end."""


@lru_cache
def _entry_points() -> dict[str, metadata.EntryPoint]:
    return {one.name: one for one in metadata.entry_points(group=ENTRY_POINTS)}


def known_networks() -> frozenset[str]:
    """Give the names of all networks that can be used, third parties' among them."""
    return frozenset(_BUILT_IN) | frozenset(_entry_points())


def find(name: str) -> NetworkEntry:
    """
    Give a network's entry.

    Raises:
        ApiRetired: The network's API is gone; says since when and what replaced it.
        ConfigurationError: There is no network of that name.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    if name in _entry_points():
        loaded: object = _entry_points()[name].load()
        if not isinstance(loaded, NetworkEntry):
            raise ConfigurationError(f"The entry point {name!r} in {ENTRY_POINTS} does not load a NetworkEntry.")
        return loaded
    if name in _RETIRED:
        raise _gone(name)
    hint = f"It is called {_OTHER_NAMES[name]!r} here." if name in _OTHER_NAMES else None
    known = ", ".join(sorted(known_networks()))
    raise ConfigurationError(f"There is no network named {name!r}; known are {known}.", hint=hint)


def network_class(name: str) -> type[Network]:
    """Give a network's blocking class; raises as `find`."""
    from socialconnect.network import Network

    return _checked(find(name).blocking, Network)  # type: ignore[type-abstract]  # a concrete subclass is what comes


def async_network_class(name: str) -> type[AsyncNetwork]:
    """Give a network's async class; raises as `find`."""
    from socialconnect.network import AsyncNetwork

    return _checked(find(name).asynchronous, AsyncNetwork)  # type: ignore[type-abstract]  # as above


def options_class(name: str) -> type[NetworkOptions]:
    """Give the class of a network's own options; raises as `find`."""
    from socialconnect.post import NetworkOptions

    where = find(name).options
    return NetworkOptions if where is None else _checked(where, NetworkOptions)


def emulator_class(name: str) -> type[Emulator]:
    """
    Give a network's emulator.

    Raises:
        UnsupportedFeature: The network has none.
    """
    from socialconnect.testing.emulators import Emulator

    where = find(name).emulator
    if where is None:
        raise UnsupportedFeature(message=f"{name} has no emulator.")
    return _checked(where, Emulator)  # type: ignore[type-abstract]  # a concrete subclass is what comes


def answerer(
    adapter: Adapter, credential: Credential, clock: Clock
) -> Callable[[Request, Mapping[str, str]], Response]:
    """Give a function that answers requests as the network would, for a preview; raises as `emulator_class`."""
    if adapter.network not in known_networks():  # an adapter that was never registered
        raise UnsupportedFeature(message=f"{adapter.network} has no emulator.")
    return emulator_class(adapter.network).for_preview(adapter, credential, clock)


def _checked(where: str, kind: type[T]) -> type[T]:
    module, _, name = where.partition(":")
    try:
        loaded: object = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"{where}, which a NetworkEntry names, cannot be loaded: {error}.") from error
    if not (isinstance(loaded, type) and issubclass(loaded, kind)):
        raise ConfigurationError(f"{where} is not a {kind.__name__}.")
    return loaded


def _gone(name: str) -> ApiRetired:
    from socialconnect.lifecycle.catalogue import bundled

    catalogue = bundled("linkedin" if name.startswith("linkedin") else "meta")
    entry = next((one for one in catalogue.entries if one.id == _RETIRED[name]), None) if catalogue else None
    if entry is None:
        return ApiRetired(f"{name} is retired.")
    since = f" since {entry.effective:%Y-%m-%d}" if entry.effective else ""
    return ApiRetired(
        f"{name} is retired{since}: {entry.what}",
        source=entry.source,
        network=name,
        hint=f"Instead: {entry.replacement}" if entry.replacement else None,
    )
