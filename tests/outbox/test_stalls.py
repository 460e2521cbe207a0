"""
Workers that stand still for longer than their lease and all looks together, in real processes, and then go on.

On both stores; on PostgreSQL also while their connections are cut, and while the server starts again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from tests.outbox.postgres.server import Server, database, server
from tests.outbox.stopping_worker import POINTS, FileClock

from socialconnect import DeliveryState, Facebook, Outbox, Post
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.server import serving

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no such signal here")


class Stage(NamedTuple):
    """A page on loopback, the outbox of another worker, a due delivery, and the clock of all."""

    place: str
    folder: Path
    clock: FileClock
    emulator: FacebookEmulator
    url: str
    other: Outbox
    delivery: str

    @property
    def state(self) -> DeliveryState:
        return self.other.delivery(self.delivery).state


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the outbox is."""
    return str(tmp_path / "outbox.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that a test may stop."""
    with server() as made:
        yield made


@contextmanager
def staged(place: str, tmp_path: Path, *, read_lag: timedelta = timedelta(0)) -> Iterator[Stage]:
    """Set it up."""
    (tmp_path / "clock").write_text("0.0")
    clock = FileClock(tmp_path / "clock")
    emulator = FacebookEmulator(clock=clock, read_lag=read_lag)
    account = emulator.accounts[0]
    # The grace is long, so that it is the lease and the looks that decide.
    with (
        serving(emulator) as url,
        Outbox(place, clock=clock, repeat_unseen=True, grace=timedelta(days=3)) as other,
        Facebook(page_id=account.id, token=account.token, base_url=url, outbox=other, clock=clock) as page,
    ):
        plan = page.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(60)
        yield Stage(place, tmp_path, clock, emulator, url, other, plan.id)


@contextmanager
def stopped(stage: Stage, point: str) -> Iterator[subprocess.Popen[str]]:
    """Start a worker and wait until it has stopped at the point; after the block it goes on to its end, if it lives."""
    account = stage.emulator.accounts[0]
    arguments = [stage.place, str(stage.folder / "clock"), stage.url, account.id, account.token, point]
    command = [sys.executable, "-m", "tests.outbox.stopping_worker", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "stopping\n"
            _, status = os.waitpid(worker.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status)
            yield worker
            if worker.returncode is None:
                worker.send_signal(signal.SIGCONT)
                assert worker.wait(30) == 0
        finally:
            worker.kill()


def elsewhere(stage: Stage) -> None:
    """Let the other worker do all that it would, for longer than the lease and the looks take together."""
    for minutes in (0, 11, 1, 1, 1, 5, 15, 60, 600):
        stage.clock.advance(minutes * 60)
        stage.other.run_due()


STALLS = (
    # Nothing can be visible: another worker publishes it, and this one finds its delivery taken over.
    ("before the intent", "published", 1),
    # It may be live and nobody can say that it never will be: nobody sends it again while the worker lives.
    ("after the intent", "unknown", 0),
    ("before the request", "unknown", 0),
    # It is live: the account shows it.
    ("before the answer", "published", 1),
)
"""Where a worker stands still, what the outbox says meanwhile, and how many posts there are by then."""


@pytest.mark.parametrize(("point", "meanwhile", "posts"), STALLS)
def test_a_worker_that_stands_still(place: str, tmp_path: Path, point: str, meanwhile: str, posts: int) -> None:
    """Wherever it stands still, the post appears once; or not at all if it gave up, and then the outbox says that."""
    stand_still(place, tmp_path, point, meanwhile, posts)


def stand_still(
    place: str, tmp_path: Path, point: str, meanwhile: str, posts: int, trouble: Callable[[], None] = lambda: None
) -> None:
    """Let a worker stand still at a point, with some trouble besides, and go on long after its lease."""
    with staged(place, tmp_path) as stage:
        with stopped(stage, point):
            trouble()
            elsewhere(stage)
            assert (stage.state, len(stage.emulator.wall)) == (meanwhile, posts)
            trouble()
        elsewhere(stage)
        gave_up = point == "after the intent"  # hours after its grace
        assert stage.state == ("missed" if gave_up else "published")
        assert [one.text for one in stage.emulator.wall] == ([] if gave_up else ["hello"])


@pytest.mark.parametrize(("point", "meanwhile", "posts"), STALLS)
def test_a_server_that_starts_again_meanwhile(
    own_server: Server, tmp_path: Path, point: str, meanwhile: str, posts: int
) -> None:
    """The same when the server is killed and started again while the worker stands still."""

    def restart() -> None:
        own_server.stop(signal.SIGQUIT)
        own_server.start()

    with database(own_server.address) as address:
        stand_still(address, tmp_path, point, meanwhile, posts, restart)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_whose_connections_are_cut(postgres: str, tmp_path: Path, point: str) -> None:
    """Its claim decides what it may write, and not its connection: it connects again and ends what it was at."""
    with staged(postgres, tmp_path) as stage:
        with stopped(stage, point):
            cut(postgres)
        assert stage.state == "published"
        assert [one.text for one in stage.emulator.wall] == ["hello"]


def cut(address: str) -> None:
    """End all sessions of an outbox, the worker's and the other's, as a network that breaks would."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'socialconnect'"
        )


def test_a_late_answer_that_no_look_could_replace(place: str, tmp_path: Path) -> None:
    """The account does not show what is live: it is unknown until the worker goes on, and its answer is the truth."""
    with staged(place, tmp_path, read_lag=timedelta(days=30)) as stage:
        with stopped(stage, "before the answer"):
            elsewhere(stage)
            assert stage.state == "unknown"
        assert stage.state == "published"
    assert len(stage.emulator.wall) == 1


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_where_it_stood(place: str, tmp_path: Path, point: str) -> None:
    """Killed instead, its end is seen at once, with hours left of its lease: the post appears once."""
    with staged(place, tmp_path) as stage:
        with stopped(stage, point) as worker:
            stage.clock.advance(1)
            stage.other.run_due()
            assert stage.state in ("claimed", "sending")  # it may yet go on
            worker.kill()
            worker.wait()
        before = stage.clock.monotonic()
        stage.other.run(until_idle=True)
        assert stage.clock.monotonic() - before < timedelta(minutes=16).total_seconds()
        assert stage.state == "published"
        assert [one.text for one in stage.emulator.wall] == ["hello"]
