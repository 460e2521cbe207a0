"""
The outbox: what one delivery costs with many planned, submissions, lag, memory: `python -m benchmarks.outbox`.

Beside it in the same run: APScheduler's SQLAlchemy job store on the same disk, if it is installed (the extra
`benchmarks`). It keeps jobs and calls functions; it has no intents, answers, leases or history, so that fewer writes
are to be expected of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import ClassVar
from uuid import uuid4

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from benchmarks.jobs import Jobs, jobs_or_none
from benchmarks.measure import Ratio, side_by_side
from socialconnect import Adapter, Capabilities, DeliveryState, Network, Outbox, Post, PublishedPost
from socialconnect.blocking import run
from socialconnect.journal import Journal
from socialconnect.outbox import Delivery
from socialconnect.outbox.sqlite import SqliteStore
from socialconnect.outbox.store import Claim, Result

__all__ = ["outbox_figures", "outbox_ratios"]

_FAR = timedelta(days=300)
_FEW, _MANY = 10_000, 100_000
_BATCH = 10_000


@dataclass(frozen=True)
class Figure:
    """
    A figure with nothing to hold it to.

    Args:
        what: What was measured.
        ours: The outbox's figure.
        theirs: APScheduler's, if it is installed.
        unit: Their unit.
    """

    what: str
    ours: float
    theirs: float | None
    unit: str


class TimedAdapter(Adapter):
    """Notes when its request leaves."""

    network = "timed"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://timed.example"}
    seen: ClassVar[list[float]] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities()

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        async def act() -> JsonValue:
            self.seen.append(time.time())
            return "1"

        return PublishedPost(network=self.network, account=self.account, id=str(await journal.visible("publish", act)))


def _delivery(account: str, at: datetime) -> Delivery:
    return Delivery(
        id=uuid4().hex,
        network="timed",
        account=account,
        post=Post("Our spring line is here."),
        state=DeliveryState.PLANNED,
        at=at,
        due=at,
        created_at=at,
        changed_at=at,
    )


def _filled(path: Path, planned: int) -> SqliteStore:
    store = SqliteStore(path, Post.model_dump_json, Post.model_validate_json)
    at = datetime.now(UTC) + _FAR
    for begin in range(0, planned, _BATCH):
        count = min(_BATCH, planned - begin)
        run(store.add([_delivery(f"{index % 100}", at + timedelta(seconds=index)) for index in range(count)]))
    return store


def _one(store: SqliteStore) -> None:
    """Put one in that is due, claim it, send it and finish it, as a worker does."""
    now = datetime.now(UTC)
    until = now + timedelta(minutes=10)
    run(store.add([_delivery("due", now)]))
    claim = run(store.claim(("timed", "due"), owner="benchmark", now=now, lease_until=until))
    assert isinstance(claim, Claim)
    run(store.intend(claim, "publish", now=now, lease_until=until))
    run(store.answer(claim, "publish", "1", now=now))
    published = PublishedPost(network="timed", account="due", id="1")
    run(store.finish(claim, Result(DeliveryState.PUBLISHED, published=published), now))


def _peak(store: SqliteStore) -> int:
    """Give the memory that one delivery, and the look before it, take at the most; of a few the least."""
    peaks: list[int] = []
    for _ in range(5):
        tracemalloc.start()
        run(store.due(datetime.now(UTC)))
        run(store.recover(datetime.now(UTC), lambda _: False))
        _one(store)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return min(peaks)


def outbox_ratios(many: int = _MANY) -> list[Ratio]:
    """Compare one delivery's cost with many planned and with few."""
    with tempfile.TemporaryDirectory() as folder:
        few, lots = _filled(Path(folder) / "few.db", _FEW), _filled(Path(folder) / "many.db", many)
        try:
            ours, theirs = side_by_side(partial(_one, lots), partial(_one, few), rounds=21, calls=20)
            memory = (_peak(lots), _peak(few))
        finally:
            run(few.close())
            run(lots.close())
    against = f"with {_FEW:,} planned"
    return [
        Ratio(f"outbox: one delivery with {many:,} planned", against, ours * 1e6, theirs * 1e6, 1.3, "µs CPU"),
        Ratio(f"outbox: its memory with {many:,} planned", against, memory[0] / 1024, memory[1] / 1024, 1.3, "kB"),
    ]


def _per_second(count: int, act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return count / (time.perf_counter() - start)


def _often(count: int, act: Callable[[], object]) -> None:
    for _ in range(count):
        act()


def _submissions(folder: Path, jobs: Jobs | None, count: int = 500) -> list[Figure]:
    at = datetime.now(UTC) + _FAR
    with Outbox(folder / "submissions.db") as outbox:
        network = Network.from_adapter(TimedAdapter(account="a"), token="t", outbox=outbox)
        alone = _per_second(count, lambda: [network.schedule(Post("x"), at) for _ in range(count)])
        items = [("timed", "a", Post("x"), at) for _ in range(count)]
        together = _per_second(count, lambda: outbox.add_campaign("spring", items))
    theirs = _per_second(count, lambda: [jobs.add(at) for _ in range(count)]) if jobs else None
    return [
        Figure("submissions, one by one", alone, theirs, "a second"),
        Figure(f"submissions, campaign of {count}", together, None, "a second"),
    ]


def _lags(seen: Sequence[float], due: datetime) -> tuple[float, float]:
    lags = [one - due.timestamp() for one in seen]
    return median(lags) * 1e3, quantiles(lags, n=100)[98] * 1e3


def _lag(folder: Path, jobs: Jobs | None, accounts: int = 50, each: int = 20) -> list[Figure]:
    """Measure from when 1,000 deliveries are due, all at the same moment, to when each one's request leaves."""
    TimedAdapter.seen.clear()
    with Outbox(folder / "lag.db") as outbox:
        for account in range(accounts):
            Network.from_adapter(TimedAdapter(account=f"{account}"), token="t", outbox=outbox)
        due = datetime.now(UTC) + timedelta(seconds=3)
        names = [f"{one % accounts}" for one in range(accounts * each)]
        outbox.add_campaign("spring", [("timed", account, Post("x"), due) for account in names])
        outbox.run(until_idle=True)
    ours = _lags(TimedAdapter.seen, due)
    theirs = _lags(*jobs.all_at_once(accounts * each, accounts)) if jobs else (None, None)
    what = f"from due to request, {accounts * each:,} due at once on {accounts} accounts"
    return [
        Figure(f"{what}, p50", ours[0], theirs[0], "ms"),
        Figure(f"{what}, p99", ours[1], theirs[1], "ms"),
    ]


def _alone(folder: Path, jobs: Jobs | None, calls: int = 100) -> list[Figure]:
    store = _filled(folder / "one.db", _FEW)
    ours = 1e3 / _per_second(calls, lambda: _often(calls, partial(_one, store)))
    run(store.close())
    theirs = None
    if jobs is not None:
        jobs.fill(_FEW)
        theirs = 1e3 / _per_second(calls, lambda: _often(calls, jobs.one))
    return [Figure(f"one put in, taken and finished, {_FEW:,} planned", ours, theirs, "ms")]


def outbox_figures() -> list[Figure]:
    """Measure submissions, lag and one delivery's time, beside APScheduler where it is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with jobs_or_none(folder / "jobs.db") as jobs:
            return [*_alone(folder, jobs), *_submissions(folder, jobs), *_lag(folder, jobs)]


def show_figures(console: Console, figures: Sequence[Figure]) -> None:
    """Print the figures."""
    table = Table("what", "outbox", "APScheduler", "unit")
    for one in figures:
        table.add_row(one.what, f"{one.ours:,.4g}", "–" if one.theirs is None else f"{one.theirs:,.4g}", one.unit)
    console.print(table)


def main() -> None:
    """Run them; exits with 1 if a limit is not kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--planned", type=int, default=_MANY, help="how many are planned, against 10,000")
    given = parser.parse_args()
    show_figures(Console(), outbox_figures())
    ratios = outbox_ratios(given.planned)
    for one in ratios:
        print(f"{one.what}: {one.ours:.4g} against {one.theirs:.4g} {one.unit}: {one.ratio:.3f}, at most {one.limit:g}")
    sys.exit(0 if all(one.holds for one in ratios) else 1)


if __name__ == "__main__":
    main()
