"""A page and a member of one emulator, blocking and async alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from socialconnect.networks.linkedin import AsyncLinkedIn, LinkedIn
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

__all__ = ["FACES", "Either", "face"]

Either = LinkedIn | AsyncLinkedIn
FACES = ["page-blocking", "page-async", "member-blocking", "member-async"]


@asynccontextmanager
async def face(emulator: LinkedInEmulator, name: str) -> AsyncIterator[Either]:
    """Give one of `FACES`."""
    kind, _, way = name.partition("-")
    account = next(one for one in emulator.accounts if (":person:" in one.id) == (kind == "member"))
    if way == "blocking":
        with emulator.client() as client:
            yield LinkedIn(author=account.id, token=account.token, http_client=client, clock=emulator.clock)
    else:
        async with emulator.async_client() as client:
            yield AsyncLinkedIn(author=account.id, token=account.token, http_client=client, clock=emulator.clock)
