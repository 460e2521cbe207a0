"""Measuring two things side by side, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["Ratio", "console", "show_ratios", "side_by_side"]


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
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    rounds: int,
    calls: int,
    clock: Callable[[], float] = time.process_time,
) -> tuple[float, float]:
    """
    Give the seconds of one call of each, taken in turns; a round is many calls of one of them.

    They are this process's processor seconds, unless the clock is another one: where a server does most of it.

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
                start = clock()
                for _ in range(calls):
                    act()
                taken[which].append((clock() - start) / calls)
            gc.collect()
    finally:
        gc.enable()
    return min(taken[0]), min(taken[1])


def show_ratios(to: Console, ratios: Sequence[Ratio]) -> None:
    """Print ratios; one beyond its limit stands out."""
    table = Table("what", "against", "ours", "theirs", "unit", "ratio", "at most")
    for one in ratios:
        colour = "green" if one.holds else "bold red"
        figures = (f"{one.ours:,.4g}", f"{one.theirs:,.4g}", one.unit)
        table.add_row(one.what, one.against, *figures, Text(f"{one.ratio:.3f}", colour), f"{one.limit:g}")
    to.print(table)


def console() -> Console:
    """Give where tables go: as wide as they need where nobody says how wide it is."""
    return Console() if sys.stdout.isatty() else Console(width=160)
