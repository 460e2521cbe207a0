"""Counts that grow with time: what they are now, what they were, and what a day added."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime

__all__ = ["Counts"]


class Counts:
    """Named counts, with what each was at every moment."""

    def __init__(self) -> None:
        self._moments: list[datetime] = []
        self._states: list[dict[str, int]] = []

    @property
    def latest(self) -> Mapping[str, int]:
        """The counts as they are now."""
        return self._states[-1] if self._states else {}

    def set(self, moment: datetime, counts: Mapping[str, int]) -> None:
        """Say what some counts are from a moment on; a moment before the last one counts as that."""
        if self._moments and moment <= self._moments[-1]:
            self._states[-1] |= counts
            return
        self._moments.append(moment)
        self._states.append({**self.latest, **counts})

    def add(self, moment: datetime, name: str, more: int) -> None:
        """Let a count grow, or shrink."""
        self.set(moment, {name: self.latest.get(name, 0) + more})

    def at(self, moment: datetime) -> Mapping[str, int]:
        """Give the counts as they were at a moment."""
        place = bisect_right(self._moments, moment)
        return self._states[place - 1] if place else {}

    def between(self, start: datetime, end: datetime) -> dict[str, int]:
        """Give what was added after a moment and up to another one."""
        before = self.at(start)
        return {name: count - before.get(name, 0) for name, count in self.at(end).items()}
