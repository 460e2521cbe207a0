"""
The outbox: what one delivery costs with many planned, submissions, lag, memory: `python -m benchmarks.outbox`.

Beside it in the same run, on the same disk: APScheduler's SQLAlchemy job store for the SQLite file, and bare
procrastinate for PostgreSQL, which forces each commit to disk here as it does in production. Both keep jobs and call
functions; they know no intents, answers, leases, order within an account, reconciliation or history. A delivery is
forced to disk when it is put in, claimed, before its request, after its answer, and at its end: five times where a job
is two or three times. What several threads write to the SQLite file at once shares one of them, so that many accounts
with something due at the same moment are served sooner than jobs are; on PostgreSQL the deliveries go through the jobs,
and so come after them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table
from tests.outbox.postgres.server import database, server

from benchmarks.apscheduler_jobs import apscheduler_jobs
from benchmarks.measure import Ratio, console, show_ratios, side_by_side
from benchmarks.outbox_lag import ACCOUNTS, AT_ONCE, TimedAdapter, lag, lags
from benchmarks.outbox_stores import files_with, look_and_one, one, peak, servers_with
from benchmarks.procrastinate_jobs import procrastinate_jobs
from socialconnect import Network, Outbox, Post
from socialconnect.outbox.store import Store

__all__ = ["MANY", "measure_outbox", "planned_from", "show_figures"]

MANY = 100_000
_FEW = 10_000
_SUBMISSIONS = 500
_WORKERS = 10
"""Deliveries that procrastinate carries out side by side, the outbox's and its own."""


@dataclass(frozen=True)
class Figure:
    """
    A figure with nothing to hold it to.

    Args:
        what: What was measured.
        unit: In what.
        ours: The outbox's figure.
        theirs: The other's; `None` where it has no such thing or is not installed.
    """

    what: str
    unit: str
    ours: float
    theirs: float | None


@dataclass(frozen=True)
class Figures:
    """
    The figures of one store.

    Args:
        ours: The store.
        theirs: What is beside it.
        figures: The figures.
    """

    ours: str
    theirs: str
    figures: Sequence[Figure]


class Jobs(Protocol):
    """What is measured beside the outbox."""

    def fill(self, count: int) -> None:
        """Put many in, for long after."""
        ...

    def one(self) -> None:
        """Put one in that is due, take it, and finish it."""
        ...

    def submit(self, count: int, at: datetime) -> None:
        """Put jobs in, one by one."""
        ...


def _sizes(planned: int) -> list[int]:
    return [_FEW, *sorted({MANY, planned} - {_FEW})]


def _of_many(name: str, stores: list[Store], sizes: list[int], clock: Callable[[], float]) -> list[Ratio]:
    """Compare one delivery's cost with many planned and with few."""
    few, found = stores[0], list[Ratio]()
    unit = "µs CPU" if clock is time.process_time else "µs"
    for many, lots in zip(sizes[1:], stores[1:], strict=True):
        ours, theirs = side_by_side(partial(one, lots), partial(one, few), rounds=21, calls=20, clock=clock)
        what, against = f"{name}: one delivery, {many:,} planned", f"{_FEW:,} planned"
        found.append(Ratio(what, against, ours * 1e6, theirs * 1e6, 1.3, unit))
        memory = [peak(partial(look_and_one, store)) / 1024 for store in (lots, few)]
        found.append(Ratio(f"{name}: its memory, {many:,} planned", against, memory[0], memory[1], 1.3, "kB"))
    return found


def _per_call(act: Callable[[], object], calls: int = 100) -> float:
    """Give milliseconds."""
    act()
    start = time.perf_counter()
    for _ in range(calls):
        act()
    return (time.perf_counter() - start) / calls * 1e3


def _one_of(stores: list[Store], sizes: list[int], jobs: Jobs | None) -> list[Figure]:
    """Measure the life of one delivery and of one job, with as many of them planned."""
    found, there = list[Figure](), 0
    for count, store in zip(sizes, stores, strict=True):
        theirs = memory = None
        if jobs is not None:
            jobs.fill(count - there)
            there = count
            theirs, memory = _per_call(jobs.one), peak(jobs.one) / 1024
        what = f"one put in, taken and finished, {count:,} planned"
        found.append(Figure(what, "ms", _per_call(partial(one, store)), theirs))
        found.append(Figure("  its memory", "kB", peak(partial(look_and_one, store)) / 1024, memory))
    return found


def _per_second(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return _SUBMISSIONS / (time.perf_counter() - start)


def _submissions(
    where: str | Path, jobs: Jobs | None, together: Callable[[int, datetime], None] | None
) -> list[Figure]:
    at = datetime.now(UTC) + timedelta(days=300)
    with Outbox(where) as outbox:
        network = Network.from_adapter(TimedAdapter(account="a"), token="t", outbox=outbox)
        alone = _per_second(lambda: [network.schedule(Post("x"), at) for _ in range(_SUBMISSIONS)])
        items = [("timed", "a", Post("x"), at) for _ in range(_SUBMISSIONS)]
        campaign = _per_second(lambda: outbox.add_campaign("spring", items))
    theirs = None if jobs is None else _per_second(lambda: jobs.submit(_SUBMISSIONS, at))
    batch = None if together is None else _per_second(lambda: together(_SUBMISSIONS, at))
    return [
        Figure("put in, one by one", "a second", alone, theirs),
        Figure(f"put in, campaign of {_SUBMISSIONS}", "a second", campaign, batch),
    ]


def _lag_figures(ours: tuple[float, float], theirs: tuple[float, float] | None, side: str) -> list[Figure]:
    what = f"from due to request, {AT_ONCE:,} due at once on {ACCOUNTS} accounts, {side}"
    pairs = zip(("p50", "p99"), ours, theirs or (None, None), strict=True)
    return [Figure(f"{what}, {name}", "ms", mine, other) for name, mine, other in pairs]


def _on_sqlite(sizes: list[int]) -> tuple[list[Ratio], Figures]:
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        stores = stack.enter_context(files_with(folder, sizes))
        jobs = stack.enter_context(apscheduler_jobs(folder / "jobs.db", ACCOUNTS))
        ratios = _of_many("SQLite", stores, sizes, time.process_time)
        figures = _one_of(stores, sizes, jobs)
        figures += _submissions(folder / "submissions.db", jobs, None)
        with Outbox(folder / "lag.db") as outbox:
            ours = lag(outbox, lambda outbox: outbox.run(until_idle=True))
        theirs = lags(*jobs.all_at_once(AT_ONCE)) if jobs is not None else None
        figures += _lag_figures(ours, theirs, f"{ACCOUNTS} threads")
    return ratios, Figures("SQLite", "APScheduler", figures)


def _on_postgres(sizes: list[int]) -> tuple[list[Ratio], Figures]:
    with server(durable=True) as made, ExitStack() as stack:
        address = made.address
        stores = stack.enter_context(servers_with(address, sizes))
        jobs = stack.enter_context(procrastinate_jobs(stack.enter_context(database(address))))
        ratios = _of_many("PostgreSQL", stores, sizes, time.perf_counter)
        figures = _one_of(stores, sizes, jobs)
        with database(address) as submissions:
            figures += _submissions(submissions, jobs, jobs.submit_together)
        with database(address) as place, Outbox(place) as outbox:
            ours = lag(outbox, lambda outbox: outbox.run_jobs(workers=_WORKERS, until_idle=True))
        with database(address) as place, procrastinate_jobs(place) as alone:
            theirs = lags(*alone.all_at_once(AT_ONCE, _WORKERS))
        figures += _lag_figures(ours, theirs, f"{_WORKERS} workers")
    return ratios, Figures("PostgreSQL", "procrastinate", figures)


def measure_outbox(planned: int = MANY) -> tuple[list[Ratio], list[Figures]]:
    """Measure both stores, with up to so many planned."""
    sizes = _sizes(planned)
    measured = [_on_sqlite(sizes), _on_postgres(sizes)]
    return [ratio for ratios, _ in measured for ratio in ratios], [figures for _, figures in measured]


def show_figures(to: Console, measured: Sequence[Figures]) -> None:
    """Print the figures."""
    for store in measured:
        table = Table("what", "unit", f"outbox on {store.ours}", store.theirs)
        for figure in store.figures:
            theirs = "–" if figure.theirs is None else f"{figure.theirs:,.4g}"
            table.add_row(figure.what, figure.unit, f"{figure.ours:,.4g}", theirs)
        to.print(table)


def main() -> None:
    """Run them; exits with 1 if a limit is not kept."""
    ratios, figures = measure_outbox(planned_from(sys.argv[1:]))
    show_ratios(console(), ratios)
    show_figures(console(), figures)
    sys.exit(0 if all(ratio.holds for ratio in ratios) else 1)


def planned_from(words: Sequence[str]) -> int:
    """Read how many are to be planned."""
    parser = argparse.ArgumentParser()
    help_text = f"how many are planned at the most, against {_FEW:,}"
    parser.add_argument("--planned", type=int, default=MANY, help=help_text)
    planned: int = parser.parse_args(words).planned
    return planned


if __name__ == "__main__":
    main()
