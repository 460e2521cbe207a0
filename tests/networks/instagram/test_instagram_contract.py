"""Instagram keeps what every network promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from socialconnect.media import Image
from socialconnect.networks.instagram import Instagram
from socialconnect.post import Post
from socialconnect.testing.contract import AdapterContract
from socialconnect.testing.emulators.instagram import InstagramEmulator


class TestInstagramKeepsTheContract(AdapterContract):
    """An account on the emulator, by each login."""

    @pytest.fixture
    def network(self, emulator: InstagramEmulator, login: Literal["facebook", "instagram"]) -> Iterator[Instagram]:
        (one,) = emulator.accounts
        with emulator.client() as client:
            yield Instagram(user_id=one.id, token=one.token, login=login, http_client=client, clock=emulator.clock)

    @pytest.fixture
    def post(self) -> Post:
        return Post("A post of the contract suite.", media=[Image("https://cdn.example.com/1.jpg")])
