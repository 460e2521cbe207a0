"""The jobs of procrastinate: each account has one, at its next moment, in the same transaction as what it is for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.outbox.postgres.conftest import Db
from tests.outbox.wall import Wall, WallAdapter

from socialconnect import AsyncNetwork, AsyncOutbox, Network, Outbox, Post
from socialconnect.errors import ConfigurationError, NotSent
from socialconnect.network import run
from socialconnect.outbox import DeliveryState
from socialconnect.outbox.postgres.store import PostgresStore, queue_of
from socialconnect.testing import TestClock

ROOT = Path(__file__).parents[3]
SOON = timedelta(milliseconds=50)


def job(db: Db, account: str = "a") -> datetime | None:
    """When the account's job is to run; there is one at most."""
    rows = db.execute(
        "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = %s",
        (queue_of(("wall", account)),),
    ).fetchall()
    assert len(rows) <= 1
    return rows[0]["scheduled_at"] if rows else None


def attach(wall: Wall, outbox: Outbox, account: str = "a") -> Network:
    """Make a network that lives by the machine's clock."""
    return Network.from_adapter(WallAdapter(wall, account), token="secret-token", outbox=outbox)


def test_the_job_stands_at_the_next_moment(postgres: str, db: Db, wall: Wall, clock: TestClock) -> None:
    """Planning, moving, cancelling, launching, calling off, pausing and carrying out move it along."""
    with Outbox(postgres, clock=clock) as outbox:
        page = Network.from_adapter(WallAdapter(wall), token="t", clock=clock, outbox=outbox)
        start = clock.now()
        hours = [start + timedelta(hours=n) for n in range(9)]
        later = page.schedule(Post("later"), hours[3])
        assert job(db) == hours[3]
        sooner = page.schedule(Post("sooner"), hours[1])
        assert job(db) == hours[1]
        assert job(db, "b") is None
        page.reschedule(sooner, hours[4])
        assert job(db) == hours[3]
        page.cancel(later)
        assert job(db) == hours[4]
        outbox.add_campaign("c", [("wall", "a", Post("of c"), timedelta(0)), ("wall", "b", Post("c"), timedelta(0))])
        assert (job(db), job(db, "b")) == (hours[4], None)
        outbox.launch("c", hours[2])
        assert (job(db), job(db, "b")) == (hours[2], hours[2])
        outbox.move_start("c", hours[1])
        assert (job(db), job(db, "b")) == (hours[1], hours[1])
        outbox.pause(campaign="c")
        outbox.reschedule(sooner.id, hours[5])
        assert job(db) == hours[5]
        outbox.resume(campaign="c")
        assert (job(db), job(db, "b")) == (hours[1], hours[1])
        outbox.call_off("c")
        assert (job(db), job(db, "b")) == (hours[5], None)
        wall.troubles.append(NotSent("no route"))
        clock.advance(hours=5)
        outbox.run_due()
        postponed = outbox.delivery(sooner.id)
        assert postponed.state is DeliveryState.PLANNED
        assert job(db) == postponed.due
        assert outbox.run(until_idle=True).published == 1
        assert job(db) is None
    assert db.execute("SELECT 1 FROM procrastinate_jobs").fetchall() == []


def test_what_is_refused_leaves_no_job(postgres: str, db: Db, wall: Wall, clock: TestClock) -> None:
    """If a delivery is not written, its job is not either: they are one transaction."""
    with Outbox(postgres, clock=clock) as outbox:
        at = clock.now() + timedelta(hours=1)
        outbox.add_campaign("c", [("wall", "a", Post("hello"), at)])
        with pytest.raises(Exception, match="named 'c' already"):
            outbox.add_campaign("c", [("wall", "b", Post("hello"), at)])
    assert job(db) == at
    assert job(db, "b") is None


def test_a_job_waits_behind_each_lease(postgres: str, db: Db, wall: Wall, clock: TestClock) -> None:
    """While a worker is at it, the account's job stands at the end of the lease, for the case that it dies."""
    with Outbox(postgres, clock=clock) as outbox:
        page = Network.from_adapter(WallAdapter(wall), token="t", clock=clock, outbox=outbox)
        page.schedule(Post("hello"), clock.now() + timedelta(hours=1))
        clock.advance(hours=1)
        seen: list[datetime | None] = []
        wall.before_answer = lambda: seen.append(job(db))
        outbox.run_due()
        assert seen == [clock.now() + timedelta(minutes=10)]


def test_queues_are_named_alike(db: Db) -> None:
    """The library and the database give an account's queue the same name, short enough for a channel."""
    for account in (("facebook", "1000"), ("linkedin", "urn:li:organization:1"), ("ü", "é " * 200)):
        row = db.execute("SELECT account_key(%s, %s) AS key", account).fetchone()
        assert row is not None
        assert row["key"] == queue_of(account)
        assert len(f"procrastinate_queue_v1#{row['key']}") < 64


def test_workers_deliver_in_order(postgres: str, db: Db, wall: Wall) -> None:
    """Each delivery goes out once, an account's in order; nothing is left behind."""
    with Outbox(postgres, poll=SOON) as outbox:
        for account in "abc":
            attach(wall, outbox, account)
        at = datetime.now(UTC)
        outbox.add_campaign("c", [("wall", account, Post(f"{n}"), at) for n in range(5) for account in "abc"])
        report = outbox.run_jobs(workers=3, until_idle=True)
        assert (report.published, report.postponed) == (15, 0)
    for account in "abc":
        assert wall.texts(account) == [f"{n}" for n in range(5)]
    assert db.execute("SELECT 1 FROM procrastinate_jobs").fetchall() == []


def test_workers_wait_for_what_comes(postgres: str, wall: Wall) -> None:
    """A plan that is made meanwhile, and one whose time is still to come, are carried out too."""
    with Outbox(postgres, poll=SOON) as outbox, Outbox(postgres) as planner:
        page = attach(wall, outbox)
        page.schedule(Post("one"), datetime.now(UTC) + timedelta(seconds=0.3))
        there = attach(wall, planner)

        def plan() -> None:
            if len(wall.posts) == 1:
                there.schedule(Post("two"), datetime.now(UTC) + timedelta(seconds=0.1))

        wall.before_answer = plan
        assert outbox.run_jobs(workers=2, until_idle=True).published == 2
    assert wall.texts() == ["one", "two"]


def test_workers_take_their_accounts_alone(postgres: str, wall: Wall, db: Db) -> None:
    """The job of an account that a worker was not given stays for one that was."""
    with Outbox(postgres, poll=SOON) as outbox:
        attach(wall, outbox)
        at = datetime.now(UTC)
        outbox.add_campaign("c", [("wall", account, Post("hello"), at) for account in "ab"])
        assert outbox.run_jobs(workers=2, until_idle=True).published == 1
    assert wall.texts("a") == ["hello"]
    assert (job(db), job(db, "b")) == (None, at)


def test_a_job_of_a_dead_worker_is_not_waited_for(postgres: str, wall: Wall, db: Db) -> None:
    """A worker that was killed leaves its job as running; the account goes on at once, and the job is cleared away."""
    with Outbox(postgres, poll=SOON) as outbox:
        attach(wall, outbox).schedule(Post("hello"), datetime.now(UTC) + timedelta(seconds=0.1))
        db.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL")
        assert outbox.run_jobs(workers=1, until_idle=True).published == 1
    assert db.execute("SELECT 1 FROM procrastinate_jobs").fetchall() == []


def test_a_job_that_is_lost_comes_back(postgres: str, wall: Wall, db: Db) -> None:
    """Even if jobs were deleted by hand, what is planned is carried out."""
    with Outbox(postgres, poll=SOON) as outbox:
        attach(wall, outbox).schedule(Post("hello"), datetime.now(UTC) + timedelta(seconds=0.1))
        db.execute("DELETE FROM procrastinate_jobs")
        assert outbox.run_jobs(workers=1, until_idle=True).published == 1


def test_both_ways_of_running_go_together(postgres: str, wall: Wall) -> None:
    """While one outbox runs jobs another one polls; each delivery goes out once."""
    with Outbox(postgres, poll=SOON) as jobs, Outbox(postgres, poll=SOON) as polls:
        for account in "ab":
            attach(wall, jobs, account)
            attach(wall, polls, account)
        at = datetime.now(UTC)
        jobs.add_campaign("c", [("wall", account, Post(f"{n}"), at) for n in range(10) for account in "ab"])
        thread = threading.Thread(target=lambda: polls.run(until_idle=True))
        thread.start()
        jobs.run_jobs(workers=2, until_idle=True)
        thread.join()
    assert Counter(wall.posts) == Counter((account, f"{n}") for n in range(10) for account in "ab")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_async_face_runs_jobs(postgres: str, wall: Wall) -> None:
    """Async networks are served by the same jobs."""
    async with AsyncOutbox(postgres, poll=SOON) as outbox:
        page = AsyncNetwork.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
        await page.schedule(Post("hello"), datetime.now(UTC) + timedelta(seconds=0.1))
        assert (await outbox.run_jobs(workers=2, until_idle=True)).published == 1
    assert wall.texts() == ["hello"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_jobs_need_asyncio(postgres: str, wall: Wall) -> None:
    """procrastinate knows asyncio alone; under trio that is said."""
    async with AsyncOutbox(postgres) as outbox:
        AsyncNetwork.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
        with pytest.raises(ConfigurationError, match="asyncio"):
            await outbox.run_jobs()


def test_a_signal_stops_it_after_what_is_under_way(postgres: str, tmp_path: Path) -> None:
    """SIGTERM ends a process that runs jobs with the delivery under way done, and what comes after it left."""
    code = f"""
import os, signal, sys
from datetime import UTC, datetime
from socialconnect import Network, Outbox, Post
from tests.outbox.wall import Wall, WallAdapter
wall = Wall()
wall.before_answer = lambda: os.kill(os.getpid(), signal.{signal.SIGTERM.name})
with Outbox({postgres!r}) as outbox:
    Network.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
    outbox.add_campaign("c", [("wall", "a", Post(str(n)), datetime.now(UTC)) for n in range(3)])
    print(outbox.run_jobs(workers=1).published)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60, env=os.environ)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    with Outbox(postgres) as outbox:
        assert Counter(one.state.value for one in outbox.deliveries()) == {"published": 1, "planned": 2}


def test_what_cannot_be_run_as_jobs_is_told(postgres: str, path: Path, wall: Wall, clock: TestClock) -> None:
    """A file, a clock that tests move, an outbox without accounts, and no workers at all are refused."""
    with Outbox(path) as outbox:
        attach(wall, outbox)
        with pytest.raises(ConfigurationError, match="PostgreSQL"):
            outbox.run_jobs()
    with Outbox(postgres, clock=clock) as outbox, pytest.raises(ConfigurationError, match="machine's clock"):
        outbox.run_jobs()
    with Outbox(postgres) as outbox:
        with pytest.raises(ConfigurationError, match="no accounts"):
            outbox.run_jobs()
        attach(wall, outbox)
        with pytest.raises(ConfigurationError, match="at least 1"):
            outbox.run_jobs(workers=0)


def test_the_store_wakes_what_has_no_job(postgres: str, db: Db, wall: Wall, clock: TestClock) -> None:
    """Accounts with something to do and no job get one; others are left alone."""
    with Outbox(postgres, clock=clock) as outbox:
        store = outbox._core._store
        at = clock.now() + timedelta(hours=1)
        outbox.add_campaign("c", [("wall", account, Post("hello"), at) for account in "ab"])
        db.execute("DELETE FROM procrastinate_jobs WHERE queue_name = %s", (queue_of(("wall", "a")),))
        assert isinstance(store, PostgresStore)
        run(store.wake([("wall", "a"), ("wall", "b"), ("wall", "c")]))
    assert (job(db), job(db, "b"), job(db, "c")) == (at, at, None)


def test_the_store_moves_a_job_that_comes_too_late(postgres: str, db: Db, wall: Wall, clock: TestClock) -> None:
    """Whatever a person's SQL has done to a job or to a pause is seen by the workers' next look."""
    with Outbox(postgres, clock=clock) as outbox:
        store = outbox._core._store
        assert isinstance(store, PostgresStore)
        hours = [clock.now() + timedelta(hours=n) for n in range(3)]
        outbox.pause(campaign="c")
        outbox.add_campaign("c", [("wall", "a", Post("hello"), hours[1])])
        outbox.add_campaign("d", [("wall", "a", Post("hello"), hours[2])])
        assert job(db) == hours[2]
        db.execute("DELETE FROM pauses")
        run(store.wake([("wall", "a")]))
        assert job(db) == hours[1]
        db.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", (hours[2],))
        run(store.wake([("wall", "a")]))
        assert job(db) == hours[1]
