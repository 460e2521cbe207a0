"""
Simulate the outbox: `python -m tests.crash.simulate --deliveries 100000`.

The deliveries are divided among worlds of 250, each with a seed of its own and in one thread. A world in which
something was posted twice or lost is run again with less of everything, and the shortest history that still shows it is
printed.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from tests.crash.outcome import Outcome
from tests.crash.simulation import TROUBLES, simulate

__all__ = ["shortest", "world"]

_WORLD = 250
_TRIED = 10
"""How many seeds are tried of each smaller kind of world."""


def world(
    seed: int, deliveries: int, troubles: frozenset[str] = TROUBLES, workers: int = 3, folder: str | None = None
) -> Outcome:
    """Run one world in a folder of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        return simulate(seed, deliveries, Path(own), troubles=troubles, workers=workers)


def shortest(seed: int, failed: Outcome, folder: str | None = None) -> tuple[str, Outcome]:
    """
    Find a small world that still breaks the promise: fewer deliveries, then fewer troubles, then fewer workers.

    With one delivery less all goes another way, so that of each smaller kind of world some seeds are tried.
    """
    best, found_at, workers = failed, seed, 3

    def breaks(deliveries: int, troubles: frozenset[str], workers: int) -> bool:
        nonlocal best, found_at
        for other in (found_at, *range(seed, seed + _TRIED)):
            found = world(other, deliveries, troubles, workers, folder)
            if not found.kept:
                best, found_at = found, other
                return True
        return False

    for smaller in (1, 2, 3, 5, 10, 20, 50, 100):
        if smaller < failed.deliveries and breaks(smaller, best.troubles, workers):
            break
    for trouble in sorted(failed.troubles):
        breaks(best.deliveries, best.troubles - {trouble}, workers)
    while workers > 1 and breaks(best.deliveries, best.troubles, workers - 1):
        workers -= 1
    left = ", ".join(sorted(best.troubles)) or "no trouble"
    return f"seed {found_at}: {best.deliveries} deliveries, {workers} workers, {left}", best


def _folder() -> str | None:
    """Give a folder in memory, where there is one: what is written there is only read by this."""
    return "/dev/shm" if Path("/dev/shm").is_dir() and os.access("/dev/shm", os.W_OK) else None


def _explain(found: Sequence[Outcome]) -> None:
    """Print what was taken back, and why what is unknown stayed so."""
    print(f"{sum(one.cancelled for one in found)} cancelled", file=sys.stderr)
    reasons = sum((one.reasons for one in found), Counter[tuple[str, bool]]())
    for (reason, live), number in reasons.most_common():
        print(f"{number} unknown, {'live' if live else 'not live'}: {reason}", file=sys.stderr)


def main() -> None:
    """Run it; exits with 1 if anything was posted twice or lost."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--deliveries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="the first world's")
    parser.add_argument("--troubles", default=",".join(sorted(TROUBLES)), help="what may go wrong; '' for nothing")
    given = parser.parse_args()
    troubles = frozenset(given.troubles.split(",")) - {""}
    logging.disable(logging.WARNING)  # late answers are told by the thousand
    seeds = range(given.seed, given.seed + -(-given.deliveries // _WORLD))
    sizes = [min(_WORLD, given.deliveries - _WORLD * index) for index in range(len(seeds))]
    print(f"seeds {seeds.start} to {seeds.stop - 1}", file=sys.stderr, flush=True)
    found: list[Outcome] = []
    with ProcessPoolExecutor() as pool:
        for seed, outcome in zip(
            seeds, pool.map(partial(world, troubles=troubles, folder=_folder()), seeds, sizes), strict=True
        ):
            found.append(outcome)
            if not outcome.kept:
                told, small = shortest(seed, outcome, _folder())
                print(told, *small.course, sep="\n", flush=True)
            if len(found) % 20 == 0:
                print(f"{sum(one.deliveries for one in found)} deliveries", file=sys.stderr, flush=True)
    _explain(found)
    print(
        f"{sum(one.kills for one in found)} kills, {sum(one.deliveries for one in found)} deliveries, "
        f"{sum(one.posts for one in found)} posts, {sum(one.twice for one in found)} posted twice, "
        f"{sum(one.lost for one in found)} lost, {sum(one.unknown for one in found)} unknown"
    )
    sys.exit(0 if all(one.kept for one in found) else 1)


if __name__ == "__main__":
    main()
