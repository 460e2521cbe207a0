"""A page on Facebook's emulator, by either face."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from socialconnect.networks.facebook import AsyncFacebook, Facebook
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def emulator(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture(params=["blocking", "async"])
async def network(
    emulator: FacebookEmulator, clock: TestClock, request: SubRequest
) -> AsyncIterator[Facebook | AsyncFacebook]:
    """A page by either face."""
    (page,) = emulator.accounts
    if request.param == "blocking":
        with emulator.client() as client:
            yield Facebook(page_id=page.id, token=page.token, http_client=client, clock=clock)
    else:
        async with emulator.async_client() as async_client:
            yield AsyncFacebook(page_id=page.id, token=page.token, http_client=async_client, clock=clock)
