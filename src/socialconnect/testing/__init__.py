"""
The testing kit: what the users' own test suites import.

`FakeNetwork` and `AsyncFakeNetwork` are networks in memory. The emulators in `socialconnect.testing.emulators` stand in
for the real HTTP APIs. `TestClock` is a clock that tests move. `AdapterContract`, in `socialconnect.testing.contract`,
is the suite that any adapter can be run through; `sample_image` and `sample_video` make media files. With `pytest`
installed the plugin's fixtures are there without an import. Each part is loaded when it is first used: the plugin is in
every test run of whoever installs the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from socialconnect.testing.clock import TestClock
    from socialconnect.testing.fakes import AsyncFakeNetwork, FakeCall, FakeNetwork
    from socialconnect.testing.numbers import Numbers
    from socialconnect.testing.samples import sample_image, sample_video, write_sample_video

_WHERE = {
    "AsyncFakeNetwork": "fakes",
    "FakeCall": "fake_adapter",
    "FakeNetwork": "fakes",
    "Numbers": "numbers",
    "TestClock": "clock",
    "sample_image": "samples",
    "sample_video": "samples",
    "write_sample_video": "samples",
}

__all__ = [
    "AsyncFakeNetwork",
    "FakeCall",
    "FakeNetwork",
    "Numbers",
    "TestClock",
    "sample_image",
    "sample_video",
    "write_sample_video",
]


def __getattr__(name: str) -> object:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"module 'socialconnect.testing' has no attribute {name!r}")
    from importlib import import_module

    loaded: object = getattr(import_module(f"socialconnect.testing.{where}"), name)
    globals()[name] = loaded
    return loaded
