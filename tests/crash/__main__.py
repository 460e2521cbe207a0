"""
Kill workers at random moments, and count afterwards: `python -m tests.crash --kills 1000`.

Posts of several steps go to the four emulators, which run in a process of their own, lose answers, break connections
and answer 5xx now and then. A worker is killed with SIGKILL a random moment after it began, and another begins. At the
end a worker is left alone until nothing is left to do. Then the emulators' walls are counted against the plan. Nobody
settles anything by hand: what is counted as unknown is what the outbox itself could not tell by looking.

Left out of the posts are stories and films that are given by their address, since no look could tell what became of
them; and Instagram counts no comments but the account's own, since it would not show all that it counts.

With `--postgres` the outbox is in a PostgreSQL of its own, the workers run jobs, and the server is restarted meanwhile:
told to end, and killed, by turns. With `--hide-reads` the accounts show nothing, and nothing is sent again: then some
deliveries stay unknown, and still none may be posted twice or lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

from tests.crash.counting import Counted, count
from tests.crash.killing import Point, hits, kill_workers
from tests.crash.networks import Where, networks
from tests.crash.posts import Planned, planned
from tests.crash.workers import Kept, in_child, kept, open_outbox, work

from socialconnect import DeliveryState

_OF_ONE_ACCOUNT = 200
"""Deliveries for each account of each network: fifty, since a hundred posts are what a look reads."""

Wall = list[tuple[str, str, str]]
"""What stands there: network, id, text."""


@contextmanager
def emulated(
    seed: int, accounts: int, *, hide_reads: bool
) -> Iterator[tuple[dict[str, list[Where]], Callable[[], Wall]]]:
    """Run the emulators; gives where they are, and what reads their walls."""
    command = [sys.executable, "-m", "tests.crash.emulators", str(seed), str(accounts)]
    hide = ["--hide-reads"] if hide_reads else []
    with subprocess.Popen([*command, *hide], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as emulators:
        asked, told = emulators.stdin, emulators.stdout
        assert asked is not None
        assert told is not None

        def wall() -> Wall:
            print("wall", file=asked, flush=True)
            return [tuple(one) for one in json.loads(told.readline())]

        yield {name: [Where(*one) for one in held] for name, held in json.loads(told.readline()).items()}, wall


def plan(place: Kept, where: dict[str, list[Where]], posts: Sequence[Planned]) -> None:
    """Plan all posts, one after the other while the workers are killed; the accounts of a network by turns."""
    with open_outbox(place) as outbox:
        ours = {name: cycle(accounts) for name, accounts in networks(where, outbox).items()}
        start = datetime.now(UTC) + timedelta(seconds=1)
        for index, one in enumerate(posts):
            next(ours[one.network]).schedule(one.post, start + timedelta(seconds=index * place.apart))


def tell(place: Kept) -> dict[str, DeliveryState]:
    """Give how each delivery ended, and print why where it is not live, and where the kills hit."""
    found = Counter[Point]()
    with open_outbox(place) as outbox:
        deliveries = outbox.deliveries()
        for one in deliveries:
            found += hits(outbox.history(one.id))
    for one in deliveries:
        if one.state is not DeliveryState.PUBLISHED:
            told = f"{one.network}, {one.post.text}: {one.state.value}: {one.error_kind} {one.error} {one.seen}"
            print(told, file=sys.stderr)
    print("deliveries hit: " + ", ".join(f"{found[point]} {point.value}" for point in Point), file=sys.stderr)
    return {one.post.text: one.state for one in deliveries}


def explain(place: Kept, wrong: Collection[str], seen: Counter[str]) -> None:
    """Print what has happened to what is wrong."""
    with open_outbox(place) as outbox:
        for one in outbox.deliveries():
            texts = [one.post.text, *(part.text for part in one.post.thread), one.post.first_comment or ""]
            if not any(text in wrong for text in texts):
                continue
            there = ", ".join(f"{seen[text]} times {text!r}" for text in texts if text)
            print(f"{one.network} {one.id}: {one.state.value}; on the wall {there}", file=sys.stderr)
            for entry in outbox.history(one.id):
                told = f"{entry.at:%H:%M:%S.%f} {entry.became.value}: {entry.seen or entry.error or '-'}"
                print(f"  {told}, by {entry.owner or '-'}", file=sys.stderr)


def proof(
    folder: Path, *, kills: int, deliveries: int, workers: int, seed: int, postgres: bool, hide_reads: bool
) -> Counted:
    """Kill, and count."""
    dice, posts = random.Random(seed), planned(deliveries)
    with (
        kept(folder, postgres=postgres, repeat_unseen=not hide_reads) as place,
        emulated(seed, -(-deliveries // _OF_ONE_ACCOUNT), hide_reads=hide_reads) as (where, wall),
    ):
        os.waitpid(in_child(lambda: plan(place, where, posts)), 0)
        kill_workers(place, where, kills, workers, dice)
        _finish(place, where)
        seen = Counter(text for _, _, text in wall())
        counted = count(posts, tell(place), seen)
        explain(place, counted.wrong, seen)
        return counted


def _finish(place: Kept, where: dict[str, list[Where]]) -> None:
    """Leave a worker alone until nothing is left to do."""
    _, code = os.waitpid(in_child(lambda: work(place, where, until_idle=True)), 0)
    if code:
        print(f"the last worker ended with {code}", file=sys.stderr)


def main() -> None:
    """Run it; exits with 1 if anything was posted twice or lost, or stayed unknown though it could be looked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--deliveries", type=int, default=0, help="as many as the kills if not given")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", action="store_true", help="in a PostgreSQL, which is restarted meanwhile")
    parser.add_argument("--hide-reads", action="store_true", help="let the accounts show nothing")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    began = time.monotonic()
    print(f"seed {given.seed}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        counted = proof(
            Path(folder),
            kills=given.kills,
            deliveries=given.deliveries or given.kills,
            workers=given.workers,
            seed=given.seed,
            postgres=given.postgres,
            hide_reads=given.hide_reads,
        )
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    print(counted.line(given.kills))
    sys.exit(0 if counted.kept(reads_hidden=given.hide_reads) else 1)


if __name__ == "__main__":
    main()
