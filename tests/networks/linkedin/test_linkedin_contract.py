"""LinkedIn keeps what every network promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialconnect.networks.linkedin import LinkedIn
from socialconnect.testing.clock import TestClock
from socialconnect.testing.contract import AdapterContract
from socialconnect.testing.emulators.linkedin import LinkedInEmulator


class TestLinkedIn(AdapterContract):
    """A page on the emulator. A member's posts may be read by a few apps only, which LinkedIn's answer decides."""

    @pytest.fixture
    def network(self, clock: TestClock) -> Iterator[LinkedIn]:
        emulator = LinkedInEmulator(clock=clock)
        account = emulator.accounts[0]
        with emulator.client() as client:
            yield LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock)
