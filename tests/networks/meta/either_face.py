"""One test for both faces of a network."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def done(result: T | Awaitable[T]) -> T:
    """Give what a method of either face gives."""
    return await result if isinstance(result, Awaitable) else result
