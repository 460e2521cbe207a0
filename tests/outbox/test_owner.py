"""Whether a worker is gone: by a lock that its process holds, and that the system frees when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from socialconnect.outbox.owner import Owner

HOLD = "import sys; from pathlib import Path; from socialconnect.outbox.owner import Owner\n"
HOLD += "owner = Owner(Path(sys.argv[1])); owner.hold(); print(owner.name, flush=True); sys.stdin.read()"


def test_a_killed_process_is_gone(tmp_path: Path) -> None:
    """While it lives it is not gone, though it does nothing; killed, it is."""
    ours = Owner(tmp_path / "workers")
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "workers")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        name = child.stdout.readline().strip()
        assert not ours.is_gone(name)
        child.send_signal(signal.SIGSTOP)
        assert not ours.is_gone(name)
        child.kill()
        child.wait()
        assert ours.is_gone(name)


def test_who_closes_is_gone_and_who_asks_is_not(tmp_path: Path) -> None:
    """An owner that gave its lock back is gone; oneself never is."""
    ours, other = Owner(tmp_path / "workers"), Owner(tmp_path / "workers")
    other.hold()
    other.hold()
    assert not ours.is_gone(other.name)
    assert not other.is_gone(other.name)
    other.release()
    other.release()
    assert ours.is_gone(other.name)


def test_where_a_free_lock_is_the_only_proof_it_stays(tmp_path: Path) -> None:
    """Each look asks anew whether a worker is gone; on PostgreSQL its lock must not vanish with the first answer."""
    ours, other = (Owner(tmp_path / "workers", complete=False) for _ in range(2))
    other.hold()
    assert not ours.is_gone(other.name)
    other.release()
    assert [ours.is_gone(other.name) for _ in range(3)] == [True, True, True]
    lock = tmp_path / "workers" / other.name.split()[-1]
    os.utime(lock, (0, 0))
    ours.hold()
    assert not lock.exists()  # after a month nobody asks for it any more
    ours.release()


def test_the_lock_of_a_worker_that_worked_for_long_stays(tmp_path: Path) -> None:
    """A month counts from its last claim, not from its start: else the proof that it is gone would go with it."""
    watcher, other, third = (Owner(tmp_path / "workers", complete=False) for _ in range(3))
    other.hold()
    os.utime(tmp_path / "workers" / other.name.split()[-1], (0, 0))
    other.hold()
    other.release()
    third.hold()
    assert watcher.is_gone(other.name)
    third.release()


def test_of_others_machines_nothing_is_known(tmp_path: Path) -> None:
    """A worker of another machine, or a name that is none, is never called gone."""
    ours = Owner(tmp_path / "workers")
    ours.hold()
    assert not ours.is_gone("elsewhere 12 0123456789abcdef")
    assert not ours.is_gone("")
    ours.release()
