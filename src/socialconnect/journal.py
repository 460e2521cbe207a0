"""
The journal: what a publish of several steps has done so far.

An adapter wraps each step; the outbox keeps the record on disk, so that a restart goes on from the last step. A direct
`publish` keeps nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from pydantic import JsonValue

__all__ = ["Journal", "NoJournal"]


class Journal(Protocol):
    """Where the steps of one delivery are recorded. Step names are unique within a delivery."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """
        Do a step that nobody sees, such as an upload, or give its recorded result while that lives.

        Args:
            name: The step, such as `upload[0]`.
            act: Does it and gives its result: the id of what was made.
            lives: How long the network keeps the result; `None` for ever.
        """
        ...

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """
        Do the one step that makes the post visible.

        The intent is on disk before `act` is called, and its result right after; nothing else runs between the two.
        """
        ...


class NoJournal:
    """Records nothing: for a publish without an outbox."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        """Do the step."""
        return await act()

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        """Do the step."""
        return await act()
