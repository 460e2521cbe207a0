"""A stage for replays: one network against its emulator on a day, with the gate on or off."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from socialconnect import (
    Facebook,
    FacebookOptions,
    Image,
    Instagram,
    InstagramOptions,
    Lifecycle,
    LinkedIn,
    Network,
    Post,
    SocialConnectError,
    SunsetWarning,
    Twitter,
    Video,
)
from socialconnect.lifecycle.told import forget
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

Name = Literal["facebook", "instagram", "linkedin", "twitter"]
IMAGE = Image("https://cdn.example.com/1.jpg")
VIDEO = Video("https://cdn.example.com/1.mp4")
EITHER = [True, False]
"""The gate on and off."""
FRESH = timedelta(days=3650)
"""So that ends of the years to come are acted on, too."""


@dataclass
class Stage:
    """A network and what stands behind it."""

    network: Network
    emulator: Emulator
    clock: TestClock
    lifecycle: Lifecycle


def on(day: date, name: Name, *, gate: bool, version: str | None = None, **emulated: Any) -> Stage:
    """Give a network on a day; its gate stops what is retired, or lets it through to the emulator."""
    clock = TestClock(day)
    lifecycle = Lifecycle(enforce=gate, max_age=FRESH)
    made: dict[Name, Callable[[], tuple[Network, Emulator]]] = {
        "facebook": lambda: _facebook(clock, lifecycle, version, emulated),
        "instagram": lambda: _instagram(clock, lifecycle, version, emulated),
        "linkedin": lambda: _linkedin(clock, lifecycle, version, emulated),
        "twitter": lambda: _twitter(clock, lifecycle, emulated),
    }
    network, emulator = made[name]()
    return Stage(network, emulator, clock, lifecycle)


def around(day: date) -> list[date]:
    """Give the day before, the day, and the day after."""
    return [day - timedelta(days=1), day, day + timedelta(days=1)]


def post_for(name: Name, kind: str = "post") -> Post:
    """Give a post that the network takes."""
    if name == "instagram":
        formats = InstagramOptions.model_validate({"format": kind})
        return Post("" if kind == "story" else "Hello", media=[VIDEO if kind == "reel" else IMAGE], options=[formats])
    if name == "facebook" and kind != "post":
        formats_ = FacebookOptions.model_validate({"format": kind})
        return Post("", media=[VIDEO if kind == "reel" else IMAGE], options=[formats_])
    return Post("Hello")


@contextmanager
def told() -> Iterator[list[str]]:
    """Collect the sunset warnings that are given within."""
    forget()
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield texts
    texts += [str(one.message) for one in caught if issubclass(one.category, SunsetWarning)]


def outcome(call: Callable[[], object]) -> object:
    """Give what a call gives, or its error."""
    with told():
        try:
            return call()
        except SocialConnectError as error:
            return error


def facts_of(error: object) -> dict[str, object]:
    """Give what callers look at in an error, whoever raised it."""
    assert isinstance(error, SocialConnectError), error
    names = ("network", "account", "operation", "retryable", "source", "version", "newest", "plan", "price")
    found: dict[str, object] = {name: getattr(error, name, None) for name in names}
    deprecation = getattr(error, "deprecation", None)
    assert deprecation is not None
    ends = (deprecation.version_ends, deprecation.version_retired, deprecation.newest_version)
    return {"class": type(error), "ends": ends, "hinted": bool(error.hint), **found}


def _facebook(
    clock: TestClock, lifecycle: Lifecycle, version: str | None, emulated: dict[str, Any]
) -> tuple[Network, Emulator]:
    emulator = FacebookEmulator(clock=clock, processing=timedelta(0), **emulated)
    page = emulator.accounts[0]
    network = Facebook(
        page_id=page.id,
        token=page.token,
        api_version=version,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=lifecycle,
    )
    return network, emulator


def _instagram(
    clock: TestClock, lifecycle: Lifecycle, version: str | None, emulated: dict[str, Any]
) -> tuple[Network, Emulator]:
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0), **emulated)
    account = emulator.accounts[0]
    network = Instagram(
        user_id=account.id,
        token=account.token,
        http_client=emulator.client(),
        clock=clock,
        api_version=version,
        lifecycle=lifecycle,
    )
    return network, emulator


def _linkedin(
    clock: TestClock, lifecycle: Lifecycle, version: str | None, emulated: dict[str, Any]
) -> tuple[Network, Emulator]:
    emulator = LinkedInEmulator(clock=clock, **emulated)
    page = emulator.accounts[0]
    network = LinkedIn(
        author=page.id,
        token=page.token,
        api_version=version,
        http_client=emulator.client(),
        clock=clock,
        lifecycle=lifecycle,
    )
    return network, emulator


def _twitter(clock: TestClock, lifecycle: Lifecycle, emulated: dict[str, Any]) -> tuple[Network, Emulator]:
    emulator = TwitterEmulator(clock=clock, **emulated)
    user = emulator.accounts[0]
    network = Twitter(token=user.token, http_client=emulator.client(), clock=clock, lifecycle=lifecycle)
    return network, emulator
