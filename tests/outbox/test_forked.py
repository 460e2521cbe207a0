"""A copy of the process that opened an outbox (`fork`) is refused at once, whatever the other one was doing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

TRIED = """
import os, sys, threading, warnings
from datetime import UTC, datetime, timedelta

from socialconnect import Outbox, Post
from socialconnect.errors import ConfigurationError
from socialconnect.testing import FakeNetwork, TestClock

warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads: that is what is tried here
clock = TestClock("2026-11-24T09:00:00+00:00")
outbox = Outbox(sys.argv[1], clock=clock)
fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
held, go_on = threading.Event(), threading.Event()


def hold():  # the locks, as while another thread reads and writes
    if outbox._place.path is None:
        with outbox._place.store._database.writing(), outbox._place.store._database.reading():
            held.set()
            go_on.wait()
    else:
        with outbox._place.store._file.writing(), outbox._place.store._file.reading():
            held.set()
            go_on.wait()


def told(act):
    try:
        act()
    except ConfigurationError as error:
        return "forked off" in str(error)
    return None


thread = threading.Thread(target=hold)
thread.start()
held.wait()
child = os.fork()
if child == 0:
    write = lambda: fake.schedule(Post("Spring is here."), clock.now() + timedelta(hours=1))
    refused = [told(act) for act in (write, outbox.deliveries, outbox.run_due)]
    os._exit(0 if [*refused, told(outbox.close)] == [True, True, True, None] else 1)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
go_on.set()
thread.join()
plan = fake.schedule(Post("Spring is here."), clock.now() + timedelta(hours=1))
assert [one.id for one in outbox.deliveries()] == [plan.id]
outbox.close()
sys.exit(status)
"""


def fork_beside(address: str) -> None:
    """Open an outbox, and try it in a copy of the process while a thread of the first one reads and writes."""
    done = subprocess.run([sys.executable, "-c", TRIED, address], timeout=30, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_copy_of_the_process_is_refused_a_file(tmp_path: Path) -> None:
    """SQLite's locks do not hold in it; it neither writes, nor reads, nor waits for a lock that nobody gives back."""
    fork_beside(str(tmp_path / "outbox.db"))


def test_a_copy_of_the_process_is_refused_a_database(postgres: str) -> None:
    """Both would talk on the same connections, one in the middle of the other's transaction."""
    fork_beside(postgres)
