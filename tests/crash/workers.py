"""The crash test's workers: processes that carry out what is due, on one file or on a PostgreSQL."""

from __future__ import annotations

import logging
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from tests.crash.networks import Where, networks

from socialconnect import Outbox
from socialconnect.transport.retry import RetryPolicy

__all__ = ["Kept", "in_child", "kept", "open_outbox", "work"]

_LOOKS = (timedelta(milliseconds=50), timedelta(milliseconds=150), timedelta(milliseconds=300))


@dataclass(frozen=True)
class Kept:
    """
    Where the outbox is, and what happens to it.

    Args:
        where: The file, or the server's address.
        media: Where its copies of media are.
        lives: How many seconds a worker lives on average.
        apart: How many seconds lie between one delivery's time and the next one's.
        repeat_unseen: Whether what the accounts never showed is sent again.
        restart: Ends the server and starts it again; a file has none.
    """

    where: str
    media: Path
    lives: float
    apart: float
    repeat_unseen: bool
    restart: Callable[[int], None] | None = None

    @property
    def jobs(self) -> bool:
        """Whether its workers run jobs of procrastinate."""
        return self.restart is not None


@contextmanager
def kept(folder: Path, *, postgres: bool, repeat_unseen: bool) -> Iterator[Kept]:
    """Make a place for the outbox."""
    if not postgres:
        yield Kept(str(folder / "outbox.db"), folder / "outbox.db-media", 0.12, 0.2, repeat_unseen)
        return
    import procrastinate  # noqa: F401  # before the workers are forked, so that they are there at once

    for name in ("psycopg.pool", "procrastinate"):  # they tell each time that the server is away
        logging.getLogger(name).setLevel(logging.CRITICAL)
    from tests.outbox.postgres.server import server

    with server() as made:

        def restart(turn: int) -> None:
            made.stop(signal.SIGQUIT if turn % 2 else signal.SIGINT)
            made.start()

        yield Kept(made.address, folder / "media", 0.3, 0.4, repeat_unseen, restart)


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
        repeat_unseen=kept.repeat_unseen,
    )


def work(kept: Kept, where: dict[str, list[Where]], *, until_idle: bool) -> None:
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
