"""What the transports share that reach no network: they do not wait, and what they do is done one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from socialconnect.media import MediaFile
from socialconnect.transport.together import one_by_one

__all__ = ["OfflineTransport"]

T = TypeVar("T")


class OfflineTransport:
    """All of a transport but `send`; its coroutines never suspend."""

    blocking = True

    async def sleep(self, seconds: float) -> None:
        """Do not wait."""

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        """Read a media file, or a part of it."""
        return media.read(start, length)

    async def together(self, acts: Sequence[Callable[[], Awaitable[T]]], *, at_most: int) -> list[T]:
        """Do several things one after the other."""
        return await one_by_one(acts)

    async def close(self) -> None:
        """There is nothing to close."""
