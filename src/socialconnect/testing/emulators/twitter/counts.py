"""How often something was seen, liked or clicked, over time: so that reads can lag, and analytics tell of each hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

__all__ = ["Counts"]


class Counts:
    """Counts with their history. Each set of counts has its own names: `public`, `private`, `promoted`, `analytics`."""

    def __init__(self) -> None:
        self._history: list[tuple[datetime, dict[tuple[str, str], int]]] = []

    def set(self, at: datetime, kind: str, values: Mapping[str, int]) -> None:
        """Say how it stands from a moment on; what is not named stays as it was."""
        latest = self._history[-1][1] if self._history else {}
        self._history.append((at, latest | {(kind, name): value for name, value in values.items()}))

    def at(self, moment: datetime, kind: str) -> dict[str, int]:
        """Give what could be read of one kind at a moment."""
        seen = [counts for when, counts in self._history if when <= moment]
        return {name: value for (one, name), value in seen[-1].items() if one == kind} if seen else {}

    def gained(self, start: datetime, end: datetime, kind: str) -> dict[str, int]:
        """Give how much was added from one moment until before another."""
        before = self._before(start, kind)
        return {name: value - before.get(name, 0) for name, value in self._before(end, kind).items()}

    def _before(self, moment: datetime, kind: str) -> dict[str, int]:
        seen = [counts for when, counts in self._history if when < moment]
        return {name: value for (one, name), value in seen[-1].items() if one == kind} if seen else {}
