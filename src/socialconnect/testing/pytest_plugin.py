"""
The pytest plugin: fixtures for clocks, fakes and emulators, and a marker for the day.

```text
@pytest.mark.socialconnect_day("2023-04-25")
def test_the_cut_off(social_clock, twitter_emulator): ...
```

Nothing of the library is imported before a fixture is used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from socialconnect.testing.clock import TestClock
    from socialconnect.testing.emulators.facebook import FacebookEmulator
    from socialconnect.testing.emulators.instagram import InstagramEmulator
    from socialconnect.testing.emulators.linkedin import LinkedInEmulator
    from socialconnect.testing.emulators.twitter import TwitterEmulator
    from socialconnect.testing.fakes import AsyncFakeNetwork, FakeNetwork

__all__ = [
    "async_fake_network",
    "facebook_emulator",
    "fake_network",
    "instagram_emulator",
    "linkedin_emulator",
    "social_clock",
    "twitter_emulator",
]

_MARKER = "socialconnect_day"


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"{_MARKER}(day): the day, or the aware moment, at which the clock starts")


@pytest.fixture(autouse=True)
def _sunset_warnings_anew() -> None:
    """Let each test be told of every end, although a process is told once."""
    told = sys.modules.get("socialconnect.lifecycle.told")
    if told is not None:
        told.forget()


@pytest.fixture
def social_clock(request: pytest.FixtureRequest) -> TestClock:
    """Give a clock that the test moves; it starts at the day of the `socialconnect_day` marker, if there is one."""
    from socialconnect.testing.clock import TestClock

    marker = request.node.get_closest_marker(_MARKER)
    return TestClock(*marker.args) if marker is not None else TestClock()


@pytest.fixture
def fake_network(social_clock: TestClock) -> FakeNetwork:
    """Give a blocking network in memory, on the test's clock."""
    from socialconnect.testing.fakes import FakeNetwork

    return FakeNetwork(clock=social_clock)


@pytest.fixture
def async_fake_network(social_clock: TestClock) -> AsyncFakeNetwork:
    """Give an async network in memory, on the test's clock."""
    from socialconnect.testing.fakes import AsyncFakeNetwork

    return AsyncFakeNetwork(clock=social_clock)


@pytest.fixture
def facebook_emulator(social_clock: TestClock) -> FacebookEmulator:
    """Give a Facebook emulator, on the test's clock."""
    from socialconnect.testing.emulators.facebook import FacebookEmulator

    return FacebookEmulator(clock=social_clock)


@pytest.fixture
def instagram_emulator(social_clock: TestClock) -> InstagramEmulator:
    """Give an Instagram emulator, on the test's clock."""
    from socialconnect.testing.emulators.instagram import InstagramEmulator

    return InstagramEmulator(clock=social_clock)


@pytest.fixture
def linkedin_emulator(social_clock: TestClock) -> LinkedInEmulator:
    """Give a LinkedIn emulator, on the test's clock."""
    from socialconnect.testing.emulators.linkedin import LinkedInEmulator

    return LinkedInEmulator(clock=social_clock)


@pytest.fixture
def twitter_emulator(social_clock: TestClock) -> TwitterEmulator:
    """Give a Twitter emulator, on the test's clock."""
    from socialconnect.testing.emulators.twitter import TwitterEmulator

    return TwitterEmulator(clock=social_clock)
