"""
Networks in memory, for the users' own tests: no HTTP, the same methods and errors, failures on demand.

A fake goes through the same path as a real network: gate, validation, spend limit, outbox. Given a known network's name
it takes that network's limits, prices and abilities too.
"""

from __future__ import annotations

from typing import TypeVar, Unpack

from socialconnect.errors import ConfigurationError, SocialConnectError
from socialconnect.face import operations_for
from socialconnect.network import AsyncNetwork, AsyncSettings, Network, Settings
from socialconnect.post import PublishedPost
from socialconnect.testing.clock import TestClock
from socialconnect.testing.fake_adapter import (
    OPERATIONS,
    TOKEN,
    Failure,
    FakeAdapter,
    FakeCall,
    SendsNothing,
    fake_adapter,
)
from socialconnect.testing.numbers import Numbers

T = TypeVar("T")

__all__ = ["AsyncFakeNetwork", "FakeCall", "FakeNetwork"]


class _Inspection:
    """What tests do with a fake, besides using it."""

    _fake: FakeAdapter

    @property
    def wall(self) -> list[PublishedPost]:
        """What people would see, oldest first."""
        self._fake.go_live()
        return list(self._fake.state.wall.values())

    @property
    def calls(self) -> list[FakeCall]:
        """Every call that reached the network, in order; what was stopped before it is not there."""
        return list(self._fake.state.calls)

    def fail_next(
        self, operation: str, error: SocialConnectError, *, after_effect: bool = False, times: int = 1
    ) -> None:
        """
        Let the next calls of an operation fail.

        Args:
            operation: The method, such as `publish`.
            error: What to raise; `OutcomeUnknown` for a lost answer.
            after_effect: Whether the call takes effect before it fails.
            times: How many calls fail.

        Raises:
            ConfigurationError: No method of that name reaches the network, so the failure would never come.
        """
        if operation not in OPERATIONS:
            known = ", ".join(OPERATIONS)
            raise ConfigurationError(f"{operation!r} is nothing that a fake can fail at; it can at {known}.")
        self._fake.state.failures.append(Failure(operation, error, after_effect, times))

    def set_metrics(self, ref: PublishedPost | str, **numbers: Unpack[Numbers]) -> None:
        """Set the numbers of a post; what is not named stays `None`, as on a network that does not give it."""
        self._fake.state.numbers[ref if isinstance(ref, str) else ref.id] = numbers

    def set_account_metrics(self, **numbers: float) -> None:
        """Set the numbers of the account as a whole, by any names."""
        self._fake.state.account_numbers.update(numbers)


class FakeNetwork(_Inspection, Network):
    """
    A blocking network in memory.

    Args:
        network: The name that it goes by. A known network's name borrows that network's limits, prices and abilities;
            any other name can do everything and refuses nothing.
        account: The account's id.
        settings: As for every network; the clock is a `TestClock` unless given.
    """

    def __init__(self, network: str = "fake", account: str = "1", **settings: Unpack[Settings]) -> None:
        clock = settings.setdefault("clock", TestClock())
        self._fake = fake_adapter(network, account, clock)
        self._operations = operations_for(self._fake, TOKEN, SendsNothing(blocking=True), clock, None, settings)


class AsyncFakeNetwork(_Inspection, AsyncNetwork):
    """
    An async network in memory; see `FakeNetwork`.

    Args:
        network: The name that it goes by.
        account: The account's id.
        settings: As for every network; the clock is a `TestClock` unless given.
    """

    def __init__(self, network: str = "fake", account: str = "1", **settings: Unpack[AsyncSettings]) -> None:
        clock = settings.setdefault("clock", TestClock())
        self._fake = fake_adapter(network, account, clock)
        self._operations = operations_for(self._fake, TOKEN, SendsNothing(blocking=False), clock, None, settings)
