"""
The outbox's SQLite file: opened, recognised, its schema brought up to date, and its transactions.

WAL with `synchronous=FULL`: a transaction that has returned survives a power cut, and readers never wait. Several
processes may have the file open; each write takes the write lock first (`BEGIN IMMEDIATE`) and waits for it. What
several threads of a process write at once shares a transaction (`group_commit.py`).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from socialconnect.errors import ConfigurationError
from socialconnect.outbox.owner import require_same_process
from socialconnect.outbox.sqlite.group_commit import WritesTogether
from socialconnect.outbox.sqlite.schema import APPLICATION_ID, UPGRADES, statements
from socialconnect.outbox.store import StoreUnavailable

__all__ = ["SqliteFile"]

T = TypeVar("T")

_LOCK_TIMEOUT = 30.0
"""Seconds that a write waits for another process's. Writes are short, so this is reached only if one hangs."""

_TURN = 0.01
"""
Seconds until a write asks for its turn anew. SQLite asks less and less often the longer it waits, so that a process
which writes without a pause would keep the others out for long.
"""

_TURNS = int(_LOCK_TIMEOUT / _TURN)

_WAIT_FOR_A_TURN = f"PRAGMA busy_timeout = {int(_TURN * 1000)}"

_LOG_ATTEMPTS = 100


class SqliteFile:
    """
    Args:
        path: The file. It is made if it is not there; its folder must be.

    Raises:
        StoreUnavailable: The file cannot be opened, is damaged, is not an outbox, or is newer than this library.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # One connection that writes, as SQLite has one writer anyway, and one that reads meanwhile; each has one caller
        # at a time.
        self._lock, self._reader_lock = threading.RLock(), threading.RLock()
        self._process = os.getpid()  # in a copy of it SQLite's locks do not hold, and ours may be held for good
        self._connection: sqlite3.Connection | None = None
        self._together = WritesTogether(self._transact)
        with self._told():
            connection = _connect(path)
            try:
                self._prepare(connection)
                reader = _reader(path)
            except BaseException:
                connection.close()
                raise
        self._connection, self._reader = connection, reader
        self._identity = _identity(path)

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection, None, None]:
        """Give a connection for a single statement that reads what is on disk."""
        require_same_process(self._process)
        with self._reader_lock, self._told():
            self._open()
            yield self._reader

    @contextmanager
    def snapshot(self) -> Generator[sqlite3.Connection, None, None]:
        """Give a connection of its own that sees what is on disk now, whatever is written meanwhile."""
        require_same_process(self._process)
        self._open()
        with self._told():
            self._require_file()
            connection = _reader(self.path)
            try:
                with _transaction(connection, "BEGIN"):
                    connection.execute("SELECT 1 FROM deliveries LIMIT 1").fetchone()  # from here on
                    yield connection
            finally:
                connection.close()

    def write(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """Do a short write that may share its transaction; see `WritesTogether.do`."""
        require_same_process(self._process)
        return self._together.do(act)

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection, None, None]:
        """Give the connection inside a transaction: committed and on disk at the end, or undone by an exception."""
        require_same_process(self._process)
        with self._lock, self._told(), _transaction(self._open(), turns=_TURNS) as connection:
            self._require_file()
            yield connection

    def _transact(self, act: Callable[[sqlite3.Connection], T]) -> T:
        # As `writing`, without a generator: one that a thread was ended in stays behind, and with it what it holds.
        with self._lock, self._told():
            connection = self._open()
            if connection.in_transaction:
                connection.rollback()
            _begin(connection, turns=_TURNS)
            try:
                self._require_file()
                done = act(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.rollback()
                raise
            return done

    def clear_log(self) -> None:
        """Move all that is in the write-ahead log to its place and empty it, if nobody reads or writes just now."""
        with self._lock, self._told():
            connection = self._open()
            connection.execute("PRAGMA busy_timeout = 1000")  # nobody is kept waiting for this
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(_WAIT_FOR_A_TURN)

    def close(self) -> None:
        """Close the file; closing it again does nothing, nor does closing it in a copy of the process (`fork`)."""
        if os.getpid() != self._process:
            return
        with self._lock, self._reader_lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                self._reader.close()
                connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ConfigurationError(f"The outbox {self.path} is closed.")
        return self._connection

    def _require_file(self) -> None:
        """Refuse to write where nobody would find it: into a file that was deleted, moved or replaced meanwhile."""
        if _identity(self.path) != self._identity:
            raise StoreUnavailable(
                f"The outbox {self.path} was deleted, moved or replaced while it was in use.",
                hint="Nothing more was written or sent. Put the file back with its -wal file, or start anew.",
            )

    def _prepare(self, connection: sqlite3.Connection) -> None:
        # FULL from the first write on; foreign keys are off by default.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # on a Mac no disk is asked to write its cache out without it
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was purged must not be left in pages that are free
        with _transaction(connection, "BEGIN"):  # one view of the file, which another process may be making just now
            current = self._recognised(connection)
        if not current:
            with _transaction(connection):
                if not self._recognised(connection):  # again: another process may have been first
                    self._upgrade(connection)
        mode = _with_log(connection)
        if mode != "wal":
            raise StoreUnavailable(
                f"The outbox {self.path} cannot use a write-ahead log (its journal mode stays {mode}).",
                hint="Put the file on a local disk.",
            )
        connection.execute(_WAIT_FOR_A_TURN)

    def _recognised(self, connection: sqlite3.Connection) -> bool:
        """Say whether the schema is up to date; raise if the file is not ours to write."""
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        empty = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0
        if application != APPLICATION_ID and not (application == 0 and empty):
            raise StoreUnavailable(
                f"{self.path} is a database, but not an outbox.", hint="Nothing was changed in it. Give another path."
            )
        version = self._version(connection)
        if version > len(UPGRADES):
            raise StoreUnavailable(
                f"The outbox {self.path} was written by a newer version of this library "
                f"(schema {version}; this one knows up to {len(UPGRADES)}).",
                hint="Nothing was changed in it. Upgrade socialconnect.",
            )
        return version == len(UPGRADES)

    def _upgrade(self, connection: sqlite3.Connection) -> None:
        for script in UPGRADES[self._version(connection) :]:
            for statement in statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(UPGRADES)}")

    def _version(self, connection: sqlite3.Connection) -> int:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        """Tell what SQLite raises for a file that cannot be used as an error of ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"The outbox {self.path} cannot be used: {error}.", hint=_hint(error)) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a defect of ours
            raise StoreUnavailable(
                f"The outbox {self.path} is damaged, or is not a database: {error}.",
                hint="Nothing was changed in it. Restore it from a copy, or give another path.",
            ) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA user_version").fetchone()  # opens the log now, and not when it may have been moved away
    return connection


@contextmanager
def _transaction(
    connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE", *, turns: int = 1
) -> Generator[sqlite3.Connection, None, None]:
    if connection.in_transaction:  # an interrupt hit between the two lines of the last one's undoing
        connection.rollback()
    _begin(connection, begin, turns=turns)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.rollback()
        raise


def _begin(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE", *, turns: int) -> None:
    for turn in range(turns):
        try:
            connection.execute(begin)
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or turn == turns - 1:
                raise
        else:
            return


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _with_log(connection: sqlite3.Connection) -> str:
    """Switch the write-ahead log on, and give the journal mode that holds from then on."""
    # SQLite does not wait for others here, so while a new file is opened by several at once it may have to be said
    # again. An exclusive transaction does wait: for their readings to end.
    for attempt in range(_LOG_ATTEMPTS):
        try:
            return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or attempt == _LOG_ATTEMPTS - 1:
                raise
        with _transaction(connection, "BEGIN EXCLUSIVE"):
            pass
    raise AssertionError("not reached")


def _hint(error: sqlite3.OperationalError) -> str | None:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_CANTOPEN"):
        return "The file's folder must be there, and writable."
    if name.startswith("SQLITE_READONLY"):
        return "The file and its folder must be writable."
    if name.startswith("SQLITE_FULL"):
        return "Make room on the disk; nothing that was written before is lost."
    if name.startswith("SQLITE_IOERR"):
        return "Make room on the disk, or see whether it fails; nothing that was written before is lost."
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "Another process has held it for long; see whether it hangs."
    return None
