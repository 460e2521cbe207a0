"""
The testing kit: what the users' own test suites import.

`FakeNetwork` and `AsyncFakeNetwork` are networks in memory. The emulators in `socialconnect.testing.emulators` stand in
for the real HTTP APIs. `TestClock` is a clock that tests move. `AdapterContract` is the suite that any adapter can be
run through; with `pytest` installed the plugin's fixtures are there without an import.
"""

from socialconnect.testing.clock import TestClock
from socialconnect.testing.fakes import AsyncFakeNetwork, FakeCall, FakeNetwork, Numbers

__all__ = ["AsyncFakeNetwork", "FakeCall", "FakeNetwork", "Numbers", "TestClock"]
