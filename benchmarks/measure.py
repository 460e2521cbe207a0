"""Measuring two things side by side, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Ratio", "side_by_side"]


@dataclass(frozen=True)
class Ratio:
    """
    One line of the result.

    Args:
        what: What was measured.
        against: The baseline.
        ours: Our figure.
        theirs: The baseline's figure, in the same unit.
        limit: What the ratio may be at most.
        unit: The figures' unit.
    """

    what: str
    against: str
    ours: float
    theirs: float
    limit: float
    unit: str

    @property
    def ratio(self) -> float:
        """Ours by theirs."""
        return self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the limit is kept."""
        return self.ratio <= self.limit


def side_by_side(
    ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int, calls: int
) -> tuple[float, float]:
    """
    Give the processor seconds of one call of each, taken in turns; a round is many calls of one of them.

    Of all rounds the quickest counts, as in `timeit`: whatever else the machine does only ever adds.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for act in (ours, theirs):
        act()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            order = ((0, ours), (1, theirs)) if number % 2 else ((1, theirs), (0, ours))
            for which, act in order:
                start = time.process_time()
                for _ in range(calls):
                    act()
                taken[which].append((time.process_time() - start) / calls)
            gc.collect()
    finally:
        gc.enable()
    return min(taken[0]), min(taken[1])
