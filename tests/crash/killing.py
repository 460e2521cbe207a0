"""
Killing the crash test's workers, from outside and with SIGKILL.

A worker dies a random moment after it began. Half of the time the killer looks, from that moment on, into the database
until a delivery is at a given point of its life, and kills whoever holds it: some of these points last a millisecond.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from tests.crash.networks import Where
from tests.crash.workers import Kept, in_child, work

from socialconnect import DeliveryState
from socialconnect.outbox import HistoryEntry
from socialconnect.outbox.postgres.schema import SCHEMA

__all__ = ["Point", "hits", "kill_workers"]


class Point(StrEnum):
    """Where in its life a delivery was when its worker was killed."""

    CLAIMED = "claimed"
    SENDING = "between intent and answer"
    ANSWERED = "after the answer"


_AIMS = (None, None, None, Point.CLAIMED, Point.SENDING, Point.ANSWERED)
"""What the next kill waits for; `None` for a random moment."""

_PATIENCE = 2.0
"""Seconds after which it is not waited for any longer: a worker must first begin."""

_HELD = (
    "SELECT owner, state, intent IS NOT NULL FROM {0}deliveries WHERE state IN ('claimed', 'sending') "
    "UNION ALL SELECT * FROM (SELECT NULL, state, FALSE FROM {0}deliveries WHERE state = 'planned' LIMIT 1) AS waiting"
)

Held = Callable[[], Sequence[tuple[str | None, str, bool]]]
"""Gives the owner, the state, and whether an intent is open, of what workers hold; and one that waits for a worker."""


def kill_workers(kept: Kept, where: dict[str, list[Where]], kills: int, workers: int, dice: random.Random) -> None:
    """Keep workers running, and kill one after the other."""
    alive: list[int] = []
    for done in range(kills):
        alive = [one for one in alive if os.waitpid(one, os.WNOHANG) == (0, 0)]  # one ends when its database does
        while len(alive) < workers:
            alive.append(in_child(lambda: work(kept, where, until_idle=False)))
        time.sleep(dice.expovariate(1 / kept.lives))
        if kept.restart is not None and done % 20 == 19:
            kept.restart(done // 20)
        _kill_one(kept, alive, dice)
        if done % 100 == 99:
            print(f"{done + 1} kills", file=sys.stderr, flush=True)
    for victim in alive:
        _kill(victim)


def _kill_one(kept: Kept, alive: list[int], dice: random.Random) -> None:
    aim, victim = dice.choice(_AIMS), dice.choice(alive)
    if aim is not None:
        # Closed before the next worker is forked: SQLite's locks must not be inherited.
        with _looking(kept) as held:
            ends = time.monotonic() + _PATIENCE
            while time.monotonic() < ends and (rows := held()):
                found = next((pid for pid, point in _points(rows) if point is aim and pid in alive), None)
                if found is not None:
                    victim = found
                    os.kill(victim, signal.SIGKILL)
                    break
                time.sleep(0.0002)
    alive.remove(victim)
    _kill(victim)


def _kill(victim: int) -> None:
    os.kill(victim, signal.SIGKILL)  # one that is dead and was not waited for is still there
    os.waitpid(victim, 0)


def _points(rows: Iterable[tuple[str | None, str, bool]]) -> Iterator[tuple[int, Point]]:
    for owner, state, open_ in rows:
        if owner is None:
            continue
        yield int(owner.split()[1]), Point.CLAIMED if state == "claimed" else Point.SENDING if open_ else Point.ANSWERED


@contextmanager
def _looking(kept: Kept) -> Iterator[Held]:
    if not kept.jobs:
        file = sqlite3.connect(f"file:{kept.where}?mode=ro", uri=True)
        try:
            yield lambda: file.execute(_HELD.format("")).fetchall()
        finally:
            file.close()
        return
    import psycopg

    with psycopg.connect(kept.where, autocommit=True) as server:
        yield lambda: server.execute(_HELD.format(f"{SCHEMA}.").encode()).fetchall()


def hits(history: Iterable[HistoryEntry]) -> Counter[Point]:
    """
    Count, in what has happened to a delivery, where it was when a worker that held it died.

    What another worker then does is told from the end of an attempt by its time: it is to go on at once.
    """
    found = Counter[Point]()
    for one in history:
        at_once = one.became is DeliveryState.PLANNED and one.due is not None and one.due <= one.at
        if one.was is DeliveryState.CLAIMED and at_once:
            found[Point.CLAIMED] += 1
        elif one.was is DeliveryState.SENDING and at_once:
            found[Point.ANSWERED] += 1
        elif one.was is DeliveryState.SENDING and (one.error or "").startswith("The worker ended"):
            found[Point.SENDING] += 1
    return found
