"""Several workers over one file: threads, and processes."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.outbox.wall import Wall, network

from socialconnect import Post
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock

ROOT = Path(__file__).parents[2]


def test_threads_deliver_each_once(path: Path, wall: Wall, clock: TestClock) -> None:
    """Four outboxes over one file, in four threads, publish each delivery once and in its account's order."""
    with ExitStack() as stack:
        outboxes = [stack.enter_context(Outbox(path, clock=clock)) for _ in range(4)]
        for outbox in outboxes:
            for account in ("a", "b", "c"):
                network(wall, outbox, clock, account)
        at = clock.now() + timedelta(minutes=1)
        outboxes[0].add_campaign("c", [("wall", account, Post(f"{n}"), at) for n in range(10) for account in "abc"])
        clock.advance(minutes=1)
        with ThreadPoolExecutor(4) as pool:
            # A pass may find every account busy with the others; the last one to look finds what is left.
            published = sum(report.published for report in pool.map(lambda one: one.run_due(), outboxes))
        published += outboxes[0].run_due().published
        assert published == 30
        for account in "abc":
            assert wall.texts(account) == [f"{n}" for n in range(10)]


def test_processes_deliver_each_once(path: Path, tmp_path: Path) -> None:
    """Two processes over one file publish each delivery once."""
    lines = tmp_path / "wall.txt"
    accounts = ["a", "b", "c", "d"]
    with Outbox(path) as outbox:
        at = datetime.now(UTC)
        outbox.add_campaign(
            "c", [("wall", account, Post(f"{account}{n}"), at) for n in range(10) for account in accounts]
        )
        command = [sys.executable, "-m", "tests.outbox.worker_process", str(path), str(lines), *accounts]
        workers = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        counts = [worker.communicate("go\n", timeout=60)[0] for worker in workers]
        assert sum(map(int, counts)) == 40
        assert {one.state for one in outbox.deliveries()} == {DeliveryState.PUBLISHED}
    posts = Counter(line.split()[0] for line in lines.read_text().splitlines())
    assert posts == Counter(f"{account}{n}" for n in range(10) for account in accounts)
