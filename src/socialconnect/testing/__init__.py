"""
The testing kit: what the users' own test suites import.

`FakeNetwork` and `AsyncFakeNetwork` are networks in memory. The emulators in `socialconnect.testing.emulators` stand in
for the real HTTP APIs. `TestClock` is a clock that tests move. `AdapterContract`, in `socialconnect.testing.contract`,
is the suite that any adapter can be run through; with `pytest` installed the plugin's fixtures are there without an
import. Each part is loaded when it is first used: the plugin is in every test run of whoever installs the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialconnect.testing.clock import TestClock
    from socialconnect.testing.fakes import AsyncFakeNetwork, FakeCall, FakeNetwork
    from socialconnect.testing.numbers import Numbers

__all__ = ["AsyncFakeNetwork", "FakeCall", "FakeNetwork", "Numbers", "TestClock"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'socialconnect.testing' has no attribute {name!r}")
    from importlib import import_module

    where = {"TestClock": "clock", "Numbers": "numbers"}.get(name, "fakes")
    loaded: object = getattr(import_module(f"socialconnect.testing.{where}"), name)
    globals()[name] = loaded
    return loaded
