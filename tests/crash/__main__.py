"""
Kill workers at random moments, and count afterwards: `python -m tests.crash --kills 1000`.

Posts of several steps go to the four emulators, which run in a process of their own and lose answers now and then. A
worker is killed with SIGKILL a random moment after it began, and another begins. At the end a worker is left alone
until nothing is left to do. Then the emulators' walls are counted against the plan.

With `--postgres` the outbox is in a PostgreSQL of its own, the workers run jobs, and the server is restarted meanwhile:
told to end, and killed, by turns.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from tests.crash.networks import Where, networks

from socialconnect import DeliveryState, Image, Network, Outbox, Post
from socialconnect.testing import sample_image
from socialconnect.transport.retry import RetryPolicy

_LOOKS = (timedelta(milliseconds=50), timedelta(milliseconds=150), timedelta(milliseconds=300))


@dataclass(frozen=True)
class Kept:
    """Where the outbox is, how long a worker lives on average, and what happens to the database meanwhile."""

    where: str
    media: Path
    lives: float
    restart: Callable[[int], None] | None = None

    @property
    def jobs(self) -> bool:
        """Whether its workers run jobs of procrastinate."""
        return self.restart is not None


@contextmanager
def kept(folder: Path, *, postgres: bool) -> Iterator[Kept]:
    """Make a place for the outbox."""
    if not postgres:
        yield Kept(str(folder / "outbox.db"), folder / "outbox.db-media", 0.12)
        return
    import procrastinate  # noqa: F401  # before the workers are forked, so that they are there at once

    for name in ("psycopg.pool", "procrastinate"):  # they tell each time that the server is away
        logging.getLogger(name).setLevel(logging.CRITICAL)
    from tests.outbox.postgres.server import server

    with server() as made:

        def restart(turn: int) -> None:
            made.stop(signal.SIGQUIT if turn % 2 else signal.SIGINT)
            made.start()

        yield Kept(made.address, folder / "media", 0.3, restart)


def open_outbox(kept: Kept) -> Outbox:
    """Open the outbox with short leases and quick looks: the test's minutes are seconds."""
    return Outbox(
        kept.where,
        media=kept.media,
        lease=timedelta(seconds=20),
        publish_timeout=5,
        grace=timedelta(hours=6),
        retry=RetryPolicy(attempts=1000, first_wait=0.05, longest_wait=0.2),
        poll=timedelta(milliseconds=50),
        looks=_LOOKS,
        repeat_unseen=True,
    )


def work(kept: Kept, where: dict[str, Where], *, until_idle: bool) -> None:
    """Carry out what is due, until killed or until nothing is left."""
    with open_outbox(kept) as outbox:
        networks(where, outbox)
        if kept.jobs:
            outbox.run_jobs(workers=2, until_idle=until_idle)
        else:
            outbox.run(until_idle=until_idle)


def in_child(act: Callable[[], None]) -> int:
    """Do it in a forked process, which is there at once; give its id."""
    child = os.fork()
    if child == 0:
        _die(act)
    return child


def _die(act: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        act()
        code = 0
    except Exception:  # noqa: BLE001  # told here, since the process ends without unwinding
        traceback.print_exc()
    finally:
        os._exit(code)  # nothing of the parent's is closed or flushed twice


def plan(kept: Kept, where: dict[str, Where], texts: list[str]) -> None:
    """Plan a post of two pictures for each text, on the four networks by turns."""
    with open_outbox(kept) as outbox:
        ours = networks(where, outbox)
        names = sorted(ours)
        for index, text in enumerate(texts):
            network = ours[names[index % len(names)]]
            network.schedule(_post(text, network, index), datetime.now(UTC) + timedelta(seconds=1))


def _post(text: str, network: Network, index: int) -> Post:
    if network.name == "instagram":
        return Post(text, media=[Image(f"https://cdn.example.com/{index}.jpg")])
    return Post(text, media=[Image(sample_image(400, 400, shade=one)) for one in range(2)])


def kill_workers(kept: Kept, where: dict[str, Where], kills: int, workers: int, dice: random.Random) -> None:
    """Keep workers running and kill one after the other, each some moments after it began."""
    alive: list[int] = []
    for done in range(kills):
        alive = [one for one in alive if os.waitpid(one, os.WNOHANG) == (0, 0)]  # one ends when its database does
        while len(alive) < workers:
            alive.append(in_child(lambda: work(kept, where, until_idle=False)))
        time.sleep(dice.expovariate(1 / kept.lives))
        if kept.restart is not None and done % 20 == 19:
            kept.restart(done // 20)
        victim = alive.pop(dice.randrange(len(alive)))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        if done % 100 == 99:
            print(f"{done + 1} kills", file=sys.stderr, flush=True)
    for victim in alive:
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)


def count(kept: Kept, texts: list[str], wall: Counter[str]) -> tuple[int, int, int, int]:
    """Give posts, posted twice, lost, unknown: by what the walls show and what the outbox says."""
    with open_outbox(kept) as outbox:
        deliveries = {one.post.text: one for one in outbox.deliveries()}
    told = {DeliveryState.PUBLISHED}
    twice = sum(wall[text] - 1 for text in texts if wall[text] > 1)
    lost = sum(
        1
        for text in texts
        if text not in deliveries
        or (deliveries[text].state in told and wall[text] == 0)
        or deliveries[text].state not in {*told, DeliveryState.UNKNOWN}
    )
    for state, kind, error in sorted(
        {(one.state.value, one.error_kind or "", one.error or "") for one in deliveries.values()}
    ):
        if state != "published":
            print(f"{state}: {kind} {error[:200]}", file=sys.stderr)
    unknown = sum(deliveries[text].state is DeliveryState.UNKNOWN for text in texts if text in deliveries)
    return sum(wall.values()), twice, lost, unknown


def main() -> None:
    """Run it; exits with 1 if anything was posted twice or lost, or stayed unknown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--deliveries", type=int, default=0, help="as many as the kills if not given")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", action="store_true", help="in a PostgreSQL, which is restarted meanwhile")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed}", file=sys.stderr)
    dice = random.Random(given.seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = stack.enter_context(kept(folder, postgres=given.postgres))
        emulators = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.emulators", str(given.seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with emulators:
            assert emulators.stdin is not None
            assert emulators.stdout is not None
            where = {name: Where(*told) for name, told in json.loads(emulators.stdout.readline()).items()}
            texts = [f"Delivery {index}" for index in range(given.deliveries or given.kills)]
            os.waitpid(in_child(lambda: plan(place, where, texts)), 0)
            kill_workers(place, where, given.kills, given.workers, dice)
            _, code = os.waitpid(in_child(lambda: work(place, where, until_idle=True)), 0)
            if code:
                print(f"the last worker ended with {code}", file=sys.stderr)
            print("count", file=emulators.stdin, flush=True)
            wall = Counter[str](json.loads(emulators.stdout.readline()))
        posts, twice, lost, unknown = count(place, texts, wall)
    print(
        f"{given.kills} kills, {len(texts)} deliveries, {posts} posts, "
        f"{twice} posted twice, {lost} lost, {unknown} unknown"
    )
    sys.exit(1 if twice or lost or unknown else 0)


if __name__ == "__main__":
    main()
