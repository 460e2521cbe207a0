"""
A deterministic simulation of the outbox: several workers over one file, in one thread, in virtual time.

Each write to the store, and each request, is a point at which another worker may run, time goes by, the worker is
killed or stands still for hours, or the machine's clock is set. One seed gives one course of events.
"""

from __future__ import annotations

import inspect
import random
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from tests.crash.outcome import Outcome, outcome_of
from tests.crash.simulated_network import SimulatedAdapter, SimulatedNetwork
from tests.crash.simulated_person import Person

from socialconnect.network import Network, run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.reconciliation import LOOKS
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import Claim, Query
from socialconnect.outbox.worker import Worker, WorkSettings
from socialconnect.post import Post
from socialconnect.testing import TestClock
from socialconnect.transport.retry import RetryPolicy

__all__ = ["SHARES", "TROUBLES", "simulate"]

TROUBLES = frozenset({"crash", "stall", "clock", "lost", "down", "lag", "alike", "crowd", "person"})
"""
All that may go wrong. `alike` are posts of one text; `crowd` puts all of a world, now and then, into one account; and
`person` is one who pauses, moves and takes back.
"""

_ACCOUNTS = ("a", "b", "c")
SHARES = {"crash": 0.002, "stall": 0.0007, "clock": 0.0001, "person": 0.01}
"""How often each trouble strikes, as a share of the steps."""

_CROWDED = 0.1
"""How many of the worlds have one account, with more posts in a day than one look reads."""
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
_PROCESS = re.compile(r"process-\d+")
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

    def __init__(
        self,
        store: SqliteStore,
        switch: Callable[[], Coroutine[None, None, None]],
        intended: Callable[[Delivery], None],
    ) -> None:
        self._store, self._switch, self._intended = store, switch, intended

    def __getattr__(self, name: str) -> Callable[..., Coroutine[None, None, Any]]:
        real = getattr(self._store, name)

        async def switched(*args: object, **kwargs: object) -> object:
            await self._switch()
            result = await real(*args, **kwargs)
            if name == "intend" and isinstance(args[0], Claim):
                self._intended(args[0].delivery)
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
    context: Context = field(default_factory=copy_context)  # what one process sets, no other sees

    def goes_on(self) -> None:
        self.context.run(self.course.send, None)

    def ends(self) -> None:
        self.context.run(self.course.throw, Killed)

    async def switch(self) -> None:
        if self.dead:
            raise Killed
        await _Switch()
        if self.dead:
            raise Killed


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
        self._numbers = count(1)
        self.course: list[tuple[str, str]] = []
        self.begun: set[str] = set()
        self.accounts = _ACCOUNTS[:1] if "crowd" in troubles and self.dice.random() < _CROWDED else _ACCOUNTS
        campaigns = self._plan(deliveries)
        self.person = Person(self.store, self.clock, self.dice, campaigns, self.tell)
        self.processes = [self._started() for _ in range(workers)]

    def truth(self) -> datetime:
        return self._start + timedelta(seconds=self.clock.monotonic())

    def tell(self, text: str, what: str) -> None:
        self.course.append((text, f"{self.clock.monotonic():9.1f} s  {what}"))

    def _plan(self, number: int) -> list[str]:
        """Plan deliveries, each for itself or in a campaign that waits for its launch; gives the campaigns."""
        alone: list[Delivery] = []
        campaigns: dict[str, list[Delivery]] = {}
        for index in range(number):
            # Some say the same as the one before: which post is whose must not be mixed up.
            same = "alike" in self.troubles and index and self.dice.random() < 0.1
            post = Post(f"Delivery {index - 1 if same else index}")
            after = timedelta(seconds=self.dice.random() * number * 2)
            what = {"id": f"{index}", "network": "simulated", "account": self.dice.choice(self.accounts), "post": post}
            when = {"created_at": self._start, "changed_at": self._start}
            if "person" in self.troubles and self.dice.random() < 0.5:
                name = f"campaign {index // 20}"
                held = {"state": DeliveryState.HELD, "after": after, "campaign": name}
                campaigns.setdefault(name, []).append(Delivery.model_validate({**what, **when, **held}))
                continue
            at = self._start + after
            planned = {"state": DeliveryState.PLANNED, "at": at, "due": at}
            alone.append(Delivery.model_validate({**what, **when, **planned}))
        run(self.store.add(alone))
        for name, deliveries in campaigns.items():
            run(self.store.add(deliveries, campaign=name))
        return list(campaigns)

    def _intended(self, delivery: Delivery) -> None:
        """Note what begins although it is paused."""
        paused = {(kind, name) for kind, name, _ in run(self.store.pauses())}
        if paused & {("network", delivery.network), ("campaign", delivery.campaign)}:
            self.begun.add(delivery.post.text)
            self.tell(delivery.post.text, f"delivery {delivery.id} begins although it is paused")

    def _started(self) -> _Process:
        process = _Process(f"process-{next(self._numbers)}")
        store: Any = _Store(self.store, process.switch, self._intended)

        def tell(text: str, what: str) -> None:
            self.tell(text, f"{process.name}: {what}")

        adapters = [SimulatedAdapter(self.network, account, process.switch, tell) for account in self.accounts]
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
            self.person.hurry()

    def _ended(self) -> bool:
        waiting = frozenset({DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING})
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
        if self._strikes("crash"):
            return self._kill(process)
        if self._strikes("stall"):
            process.wakes = now + self.dice.random() * 7200
            self.tell("", f"{process.name} stands still until {process.wakes:.1f} s")
            return None
        if self._strikes("clock"):
            self.clock.set(self.truth() + _LARGEST_ERROR * (2 * self.dice.random() - 1))
            self.tell("", f"the clock is set to {self.clock.now():%d. %H:%M:%S}")
        if self._strikes("person"):
            self.person.act()
        process.goes_on()
        self.clock.advance(self.dice.random() * 0.2)
        return None

    def _strikes(self, trouble: str) -> bool:
        return trouble in self.troubles and self.dice.random() < SHARES[trouble]

    def _kill(self, process: _Process) -> None:
        self.kills += 1
        process.dead = True
        self.alive.discard(process.name)
        self.tell("", f"{process.name} is killed")
        with suppress(Killed):
            process.ends()
        self.processes[self.processes.index(process)] = self._started()

    def count(self) -> Outcome:
        """Count what stands there against the plan."""
        found = run(self.store.deliveries(Query()))
        wall = Counter(self.network.texts())
        outcome = outcome_of(found, wall, taken_back=self.person.taken_back, begun=self.begun, kills=self.kills)
        courses = [self._course_of(text, found) for text in sorted(outcome.wrong)]
        return replace(outcome, course=min(courses, key=len, default=()), troubles=frozenset(self.troubles))

    def _course_of(self, wrong: str, found: list[Delivery]) -> list[str]:
        """Tell what happened to a text: what the network and the processes did, and what the outbox recorded."""
        happened = [line for text, line in self.course if text == wrong]
        about = [one for one in found if one.post.text == wrong]
        for one in about:
            told = ""
            for entry in run(self.store.history(one.id)):
                at, why = (entry.at - self._start).total_seconds(), entry.seen or entry.error or ""
                news = f": {why}" if why not in ("", told) else ""
                happened.append(f"{at:9.1f} s  on record: {one.id} {entry.became} by {entry.owner or '-'}{news}")
                told = why
        # Of what happened to processes, campaigns and clocks, only what may matter to it.
        names = {name for line in happened for name in _PROCESS.findall(line)} | {one.campaign for one in about}
        names |= {"simulated", "the clock"}
        last = max(happened, default="")
        more = (line for text, line in self.course if not text and line < last)
        return sorted([*happened, *(line for line in more if any(f"  {name} " in line for name in names))])

    def close(self) -> None:
        for one in self.processes:
            if inspect.getcoroutinestate(one.course) == inspect.CORO_CREATED:
                one.course.close()
                continue
            one.dead = True
            with suppress(Killed):
                one.ends()
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
