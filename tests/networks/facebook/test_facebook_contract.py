"""Facebook keeps what every network promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialconnect.networks.facebook import Facebook
from socialconnect.testing.contract import AdapterContract
from socialconnect.testing.emulators.facebook import FacebookEmulator


class TestFacebookKeepsTheContract(AdapterContract):
    """A page on the emulator."""

    @pytest.fixture
    def network(self, emulator: FacebookEmulator) -> Iterator[Facebook]:
        (page,) = emulator.accounts
        with emulator.client() as client:
            yield Facebook(page_id=page.id, token=page.token, http_client=client, clock=emulator.clock)
