"""An account on Instagram's emulator, by either face and either login."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Literal

import pytest

from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def emulator(clock: TestClock) -> InstagramEmulator:
    """Instagram, where an image is processed for two seconds."""
    return InstagramEmulator(clock=clock)


@pytest.fixture(params=["facebook", "instagram"])
def login(request: SubRequest) -> Literal["facebook", "instagram"]:
    """The login that the token was got by."""
    return "facebook" if request.param == "facebook" else "instagram"


@pytest.fixture(params=["blocking", "async"])
async def network(
    emulator: InstagramEmulator, clock: TestClock, login: Literal["facebook", "instagram"], request: SubRequest
) -> AsyncIterator[Instagram | AsyncInstagram]:
    """An account by either face and either login."""
    (account,) = emulator.accounts
    if request.param == "blocking":
        with emulator.client() as client:
            yield Instagram(user_id=account.id, token=account.token, login=login, http_client=client, clock=clock)
    else:
        async with emulator.async_client() as other:
            yield AsyncInstagram(user_id=account.id, token=account.token, login=login, http_client=other, clock=clock)
