"""
A deterministic simulation of the outbox: several workers over one file, in one thread, in virtual time.

Each write to the store, and each request, is a point at which another worker may run, time goes by, the worker is
killed or stands still for hours, or the machine's clock is set. One seed gives one course of events.
"""

from __future__ import annotations

import inspect
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.crash.simulated_network import SimulatedAdapter, SimulatedNetwork

from socialconnect.network import Network, run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.reconciliation import LOOKS
from socialconnect.outbox.sqlite import SqliteStore
from socialconnect.outbox.store import Query
from socialconnect.outbox.worker import Worker, WorkSettings
from socialconnect.post import Post
from socialconnect.testing import TestClock
from socialconnect.transport.retry import RetryPolicy

__all__ = ["TROUBLES", "Outcome", "simulate"]

TROUBLES = frozenset({"crash", "stall", "clock", "lost", "down", "lag"})
"""All that may go wrong."""

_ACCOUNTS = ("a", "b", "c")
_SETTINGS = WorkSettings(
    grace=timedelta(days=4000),
    lease=timedelta(minutes=10),
    publish_timeout=120,
    retry=RetryPolicy(),
    poll=timedelta(seconds=30),
    looks=LOOKS,
    repeat_unseen=lambda _: True,
    longest_pause=timedelta(days=4000),
)
_LARGEST_ERROR = timedelta(hours=10)
"""By how much a clock is wrong at most: two of them stay within the day that the outbox allows for."""


class Killed(BaseException):
    """The process is gone."""


class _Switch:
    """The point at which another may run."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class _Owner(Owner):
    """An owner whose end the simulation knows."""

    def __init__(self, name: str, alive: set[str]) -> None:
        self.name, self._alive = name, alive

    def hold(self) -> None:
        self._alive.add(self.name)

    def release(self) -> None:
        self._alive.discard(self.name)

    def is_gone(self, name: str) -> bool:
        return name not in self._alive


class _Store:
    """The store as one process sees it: between any two of its lines others may run, or it may be killed."""

    def __init__(self, store: SqliteStore, switch: Callable[[], Coroutine[None, None, None]]) -> None:
        self._store, self._switch = store, switch

    def __getattr__(self, name: str) -> Callable[..., Coroutine[None, None, Any]]:
        real = getattr(self._store, name)

        async def switched(*args: object, **kwargs: object) -> object:
            await self._switch()
            result = await real(*args, **kwargs)
            await self._switch()
            return result

        return switched


@dataclass
class _Process:
    """A worker's process."""

    name: str
    course: Coroutine[None, None, None] = field(init=False)
    dead: bool = False
    wakes: float = 0.0

    async def switch(self) -> None:
        if self.dead:
            raise Killed
        await _Switch()
        if self.dead:
            raise Killed


@dataclass
class Outcome:
    """
    What a simulation came to.

    Args:
        deliveries: How many there were.
        posts: How many posts stand there.
        twice: How many too many.
        lost: How many deliveries are lost, or said to be live and are not.
        unknown: How many stayed unknown.
        kills: How many processes were killed.
        course: What happened to what went wrong, in order of time.
    """

    deliveries: int
    posts: int
    twice: int
    lost: int
    unknown: int
    kills: int
    course: list[str]

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.twice or self.lost)


class _World:
    def __init__(self, seed: int, deliveries: int, troubles: frozenset[str], folder: Path, workers: int) -> None:
        self.dice = random.Random(seed)
        self.troubles = set(troubles)
        self.clock = TestClock("2026-11-24T09:00:00+00:00")
        self._start = self.clock.now()
        self.store = SqliteStore(folder / f"{seed}-{deliveries}.db", Post.model_dump_json, Post.model_validate_json)
        with self.store._file.reading() as db:
            db.execute("PRAGMA synchronous = OFF")  # it is processes that die here, not machines
        # Waits are lengthened at random: by this seed too.
        retry = RetryPolicy(attempts=10**6, first_wait=5, longest_wait=60, random=random.Random(seed))
        self.settings = replace(_SETTINGS, retry=retry)
        self.network = SimulatedNetwork(self.dice, self.truth, self.troubles)
        self.alive: set[str] = set()
        self.kills = 0
        self.course: list[tuple[str, str]] = []
        self.planned = Counter[str]()
        self._plan(deliveries)
        self.processes = [self._started() for _ in range(workers)]

    def truth(self) -> datetime:
        return self._start + timedelta(seconds=self.clock.monotonic())

    def tell(self, text: str, what: str) -> None:
        self.course.append((text, f"{self.clock.monotonic():9.1f} s  {what}"))

    def _plan(self, count: int) -> None:
        made: list[Delivery] = []
        for index in range(count):
            # Some say the same as the one before: which post is whose must not be mixed up.
            text = f"Delivery {index - 1 if index and self.dice.random() < 0.1 else index}"
            at = self._start + timedelta(seconds=self.dice.random() * count * 2)
            what = {"network": "simulated", "account": self.dice.choice(_ACCOUNTS), "post": Post(text)}
            when = {"at": at, "due": at, "created_at": self._start, "changed_at": self._start}
            state = DeliveryState.PLANNED
            made.append(Delivery.model_validate({"id": f"{index}", "state": state, **what, **when}))
            self.planned[text] += 1
        run(self.store.add(made))

    def _started(self) -> _Process:
        process = _Process(f"process-{self.kills}-{self.dice.randrange(10**9)}")
        store: Any = _Store(self.store, process.switch)

        def tell(text: str, what: str) -> None:
            self.tell(text, f"{process.name}: {what}")

        adapters = [SimulatedAdapter(self.network, account, process.switch, tell) for account in _ACCOUNTS]
        accounts = [Network.from_adapter(one, token="t", clock=self.clock).operations for one in adapters]
        owner = _Owner(process.name, self.alive)
        worker = Worker(store, self.clock, self.settings, lambda: accounts, owner)

        async def course() -> None:
            while True:
                for account in (await worker.look()).due:
                    await worker.drain(account, lambda: False)
                process.wakes = self.clock.monotonic() + (await worker.rest(None, until_idle=False) or 0.0)
                await process.switch()

        process.course = course()
        return process

    def run(self) -> None:
        """Let things happen until nothing is left to do."""
        while not self._ended():
            for _ in range(2000):
                self._step()

    def _ended(self) -> bool:
        waiting = frozenset({DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING})
        if run(self.store.deliveries(Query(states=waiting, limit=1))):
            return False
        doubts = run(self.store.deliveries(Query(states=frozenset({DeliveryState.UNKNOWN}))))
        return all(one.look_at is None for one in doubts) and all(
            one.wakes <= self.clock.monotonic() + 3600 for one in self.processes
        )

    def _step(self) -> None:
        now = self.clock.monotonic()
        ready = [one for one in self.processes if one.wakes <= now]
        if not ready:
            self.clock.advance(max(0.001, min(one.wakes for one in self.processes) - now))
            return None
        process = self.dice.choice(ready)
        if self._strikes("crash", 0.002):
            return self._kill(process)
        if self._strikes("stall", 0.0007):
            process.wakes = now + self.dice.random() * 7200
            return None
        if self._strikes("clock", 0.0001):
            self.clock.set(self.truth() + _LARGEST_ERROR * (2 * self.dice.random() - 1))
            self.course.append(("", f"{now:9.1f} s  the clock is set to {self.clock.now():%d. %H:%M:%S}"))
        process.course.send(None)
        self.clock.advance(self.dice.random() * 0.2)
        return None

    def _strikes(self, trouble: str, share: float) -> bool:
        return trouble in self.troubles and self.dice.random() < share

    def _kill(self, process: _Process) -> None:
        self.kills += 1
        process.dead = True
        self.alive.discard(process.name)
        self.course.append(("", f"{self.clock.monotonic():9.1f} s  {process.name} is killed"))
        with suppress(Killed):
            process.course.throw(Killed)
        self.processes[self.processes.index(process)] = self._started()

    def count(self) -> Outcome:
        """Count what stands there against the plan."""
        found = run(self.store.deliveries(Query()))
        wall = Counter(self.network.texts())
        said = Counter(one.post.text for one in found if one.state is DeliveryState.PUBLISHED)
        unknown = [one for one in found if one.state is DeliveryState.UNKNOWN]
        open_ = Counter(one.post.text for one in unknown)
        twice = {text: wall[text] - count for text, count in self.planned.items() if wall[text] > count}
        lost = {text: count - said[text] - open_[text] for text, count in self.planned.items()}
        lost = {text: max(count, said[text] - wall[text]) for text, count in lost.items()}
        lost = {text: count for text, count in lost.items() if count > 0}
        return Outcome(
            deliveries=len(found),
            posts=sum(wall.values()),
            twice=sum(twice.values()),
            lost=sum(lost.values()),
            unknown=len(unknown),
            kills=self.kills,
            course=self._course_of({*twice, *lost}, found),
        )

    def _course_of(self, texts: set[str], found: list[Delivery]) -> list[str]:
        if not texts:
            return []
        happened = [line for text, line in self.course if text in texts or not text]
        for one in found:
            if one.post.text in texts:
                for entry in run(self.store.history(one.id)):
                    at = (entry.at - self._start).total_seconds()
                    told = f"{entry.became.value} by {entry.owner or '-'}: {entry.seen or entry.error or '-'}"
                    happened.append(f"{at:9.1f} s  by the clock: delivery {one.id} {told}")
        return sorted(happened)

    def close(self) -> None:
        for one in self.processes:
            if inspect.getcoroutinestate(one.course) == inspect.CORO_CREATED:
                one.course.close()
                continue
            one.dead = True
            with suppress(Killed):
                one.course.throw(Killed)
        run(self.store.close())


def simulate(
    seed: int, deliveries: int, folder: Path, *, troubles: frozenset[str] = TROUBLES, workers: int = 3
) -> Outcome:
    """
    Run one simulation.

    Args:
        seed: Decides all.
        deliveries: How many are planned.
        folder: Where its file is.
        troubles: What may go wrong.
        workers: How many processes there are.
    """
    world = _World(seed, deliveries, troubles, folder, workers)
    try:
        world.run()
        return world.count()
    finally:
        world.close()
