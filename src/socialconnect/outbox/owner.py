"""Who claims: a worker, and a lock that the operating system frees when the worker's process ends, however it ends."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from socialconnect.errors import ConfigurationError

__all__ = ["Owner", "require_same_process"]

_KEPT = 30 * 86_400
"""Seconds after its worker's last claim that a free lock is kept where it is the only proof."""


class Owner:
    """
    One worker of an outbox on this machine.

    Args:
        folder: Where the workers' locks are; made when the first one is.
        complete: Whether whoever works on this outbox under this machine's name has its lock there, so that one without
            is gone. Not so where two containers may have one name: there a lock that is free is the only proof, and
            stays for all looks to come.
    """

    def __init__(self, folder: Path, *, complete: bool = True) -> None:
        self._folder, self._complete = folder, complete
        self._key, self._process = uuid4().hex, os.getpid()
        self._file: IO[bytes] | None = None
        self._once = threading.Lock()
        self.name = f"{socket.gethostname()} {os.getpid()} {self._key}"
        """For people who look into the database, and for `is_gone`."""

    def hold(self) -> None:
        """
        Take the lock, until `release` or the end of the process.

        Raises:
            ConfigurationError: This process is a copy (`fork`) of the one that opened the outbox.
        """
        require_same_process(self._process)
        if self._file is not None and not self._complete:
            os.utime(self._file.fileno())  # so that it is not taken for one of long ago as soon as its process ends
        if self._file is not None or _fcntl is None:
            return
        with self._once:
            if self._file is None:
                self._folder.mkdir(exist_ok=True)
                file = (self._folder / self._key).open("wb")
                _fcntl.flock(file, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
                self._file = file
                if not self._complete:
                    self._forget_old(os.fstat(file.fileno()).st_mtime)

    def release(self) -> None:
        """
        Give the lock back; whoever asks from now on hears that this worker is gone.

        A copy of the process (`fork`) gives back nothing: the worker is the other one, which goes on.
        """
        if self._file is not None:
            if self._complete and os.getpid() == self._process:
                (self._folder / self._key).unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def is_gone(self, name: str) -> bool:
        """
        Whether a worker is known to be gone: its process has ended, or it has closed its outbox.

        `False` where that cannot be known: for a worker of another machine, or on a system without such locks.
        """
        host, _, rest = name.partition(" ")
        key = rest.rpartition(" ")[2]
        if _fcntl is None or host != socket.gethostname() or not key or key == self._key:
            return False
        try:
            free = _is_free(self._folder / key)
        except FileNotFoundError:
            return self._complete and self._folder.is_dir()
        if free and self._complete:
            (self._folder / key).unlink(missing_ok=True)
        return free

    def _forget_old(self, now: float) -> None:
        """Delete the free locks of long ago, which nobody asks for any more."""
        for one in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another process was faster
                if now - one.stat().st_mtime > _KEPT and _is_free(one):
                    one.unlink()


def require_same_process(opened_in: int) -> None:
    """
    Refuse to work in a copy (`fork`) of the process that opened the outbox: both would use one connection.

    Args:
        opened_in: The id of the process that opened it.

    Raises:
        ConfigurationError: This is another process.
    """
    if os.getpid() != opened_in:
        raise ConfigurationError(
            "The outbox was opened before this process was forked off, and works in the other one only.",
            hint="Open an Outbox of its own in each process.",
        )


def _is_free(lock: Path) -> bool:
    """Whether nobody holds a lock."""
    try:
        with lock.open("rb") as file:
            if _fcntl is not None:  # nobody asks on a system without such locks
                _fcntl.flock(file, _fcntl.LOCK_SH | _fcntl.LOCK_NB)
    except FileNotFoundError:
        raise
    except OSError:
        return False
    return True


try:
    import fcntl as _fcntl
except ImportError:  # pragma: no cover  # Windows has none: there the bound on pauses decides
    _fcntl = None  # type: ignore[assignment]  # looked at before each use
