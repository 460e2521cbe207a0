"""
The outbox's PostgreSQL database: its connections, transactions and locks, and what goes wrong with them.

A transaction that writes first takes the locks of the accounts that it touches, in one order for all, so what happens
to one account happens one after the other, on however many machines, while other accounts go on.
"""

# ruff: noqa: S608  # every statement is put together from words of this package; values are always bound

from __future__ import annotations

import os
import zlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum

import psycopg
from psycopg import IsolationLevel, errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from socialconnect.errors import ConfigurationError
from socialconnect.outbox.owner import require_same_process
from socialconnect.outbox.postgres.schema import SCHEMA, Connection, prepare
from socialconnect.outbox.rows import Value
from socialconnect.outbox.store import Account, StoreUnavailable

__all__ = ["Guard", "PostgresDatabase", "Session", "is_cut"]

CONNECTIONS = 10
"""Connections of one outbox at most. None is held while a network is talked to."""

PATIENCE = 30.0
"""Seconds that a call waits for a connection, as when the server starts again, and for a lock."""

_ACCOUNTS = 0x50C1
_BUCKETS = 4096
"""Locks that accounts share: a campaign for very many accounts must not use up the server's table of locks."""

_TRIES = 30
"""How often a connection is asked for anew within that time."""

_LINK = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": str(int(PATIENCE * 1000)),
}
"""
Unless the address says otherwise: a server that is cut off without a word, as by a network or a machine that fails, is
noticed within half a minute too. By the system's own settings a worker would wait for its answer for hours.
"""

_SETTINGS = (
    f"-c search_path={SCHEMA} -c lock_timeout={int(PATIENCE * 1000)} -c synchronous_commit=on "
    f"-c idle_in_transaction_session_timeout={int(PATIENCE * 500)}"
)
"""
Of each connection. What was committed must be on disk, whatever is usual on that server. A process that is stopped in
the middle of a write loses its session, and with it the locks, before the others lose their patience.
"""


_ROWS = 1000
"""Rows that one statement inserts: it may have 65,535 values."""


class Guard(IntEnum):
    """What else a transaction may need to stand still: taken shared by those who read it, alone by who changes it."""

    SHELF = 0x50C2
    """Which copies of media are referred to."""
    PAUSES = 0x50C3
    """What is paused."""


Values = Sequence[object] | Mapping[str, object]


class Session:
    """
    A connection, as far as the store needs it.

    Args:
        connection: The connection.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, statement: str, values: Values = ()) -> list[DictRow]:
        """Give all rows."""
        return self._connection.execute(statement.encode(), values).fetchall()

    def first(self, statement: str, values: Values = ()) -> DictRow | None:
        """Give the first row."""
        return self._connection.execute(statement.encode(), values).fetchone()

    def run(self, statement: str, values: Values = ()) -> int:
        """Change something; give how many rows it was."""
        return self._connection.execute(statement.encode(), values).rowcount

    def insert(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Insert rows of the same columns, in one statement as far as a statement takes them."""
        names = list(rows[0])
        marks = f"({', '.join(['%s'] * len(names))})"
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            values = [row[name] for row in some for name in names]
            self.run(f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([marks] * len(some))}", values)


class PostgresDatabase:
    """
    Args:
        dsn: Where it is, as libpq takes it: `postgresql://user@host/database`.

    Raises:
        StoreUnavailable: It cannot be reached or used, is not an outbox, or is newer than this library.
        ConfigurationError: The address cannot be understood.
    """

    def __init__(self, dsn: str) -> None:
        self.conninfo, self.address = _read(dsn)
        self._process = os.getpid()  # a copy of it would talk on the same connections
        with self._told():
            connect = psycopg.Connection[DictRow].connect
            with connect(self.conninfo, autocommit=True, row_factory=dict_row) as connection:
                prepare(connection, self.address)
        self._pool: ConnectionPool[Connection] | None = ConnectionPool(
            self.conninfo,
            connection_class=psycopg.Connection[DictRow],
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE / _TRIES,
            configure=_configure,
            check=_check,
            name=f"outbox {self.address}",
            open=True,
        )

    @contextmanager
    def reading(self) -> Generator[Session, None, None]:
        """Give a session for single statements that read."""
        with self._told(), self._connected() as connection:
            yield Session(connection)

    @contextmanager
    def writing(
        self, accounts: Iterable[Account] = (), *, shared: Guard | None = None, alone: Guard | None = None
    ) -> Generator[Session, None, None]:
        """
        Give a session inside a transaction: committed and on disk at the end, or undone by an exception.

        Args:
            accounts: The accounts that it touches; others who do wait for it.
            shared: What must stand still meanwhile.
            alone: What it changes.
        """
        with self._told(), self._connected() as connection, connection.transaction():
            if keys := sorted({_key(one) for one in accounts}):
                connection.execute(
                    "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key", (_ACCOUNTS, keys)
                )
            if shared is not None:
                connection.execute("SELECT pg_advisory_xact_lock_shared(%s, 0)", (int(shared),))
            if alone is not None:
                connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (int(alone),))
            yield Session(connection)

    def close(self) -> None:
        """Close the connections; closing again does nothing, nor does closing in a copy of the process (`fork`)."""
        if os.getpid() != self._process:
            return
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _open(self) -> ConnectionPool[Connection]:
        require_same_process(self._process)
        if self._pool is None:
            raise ConfigurationError(f"The outbox {self.address} is closed.")
        return self._pool

    @contextmanager
    def _connected(self) -> Generator[Connection, None, None]:
        """Give a connection; wait for a server that starts again."""
        pool = self._open()
        connection = _taken(pool)
        try:
            with connection:
                yield connection
        finally:
            pool.putconn(connection)

    @contextmanager
    def _told(self) -> Generator[None, None, None]:
        """Tell what PostgreSQL raises for a database that cannot be used as an error of ours."""
        try:
            yield
        except _UNUSABLE as error:
            told = str(error).strip().partition("\n")[0] or type(error).__name__
            raise StoreUnavailable(f"The outbox {self.address} cannot be used: {told}.", hint=_hint(error)) from error


_UNUSABLE = (
    psycopg.OperationalError,  # also what the pool raises; and a server that ends, is full, or waits too long
    psycopg.InterfaceError,
    errors.InsufficientPrivilege,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
    errors.UndefinedTable,
    errors.UndefinedFunction,
    errors.InvalidSchemaName,
)

_HINTS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (PoolClosed, "It was closed while it was in use."),
    (PoolTimeout, "See whether the server runs, and whether it takes further connections."),
    ((errors.InvalidPassword, errors.InvalidAuthorizationSpecification), "See the name and the password."),
    (errors.InvalidCatalogName, "The database must be there: CREATE DATABASE makes it."),
    (
        errors.InsufficientPrivilege,
        "Let a user that may create a schema open the outbox once.",
    ),
    (errors.ReadOnlySqlTransaction, "Give the address of the primary server, not that of a copy."),
    (errors.IdleInTransactionSessionTimeout, "This process stood still in the middle of a write, which was undone."),
    ((errors.UndefinedTable, errors.UndefinedFunction, errors.InvalidSchemaName), "Its schema was taken away."),
    (errors.DiskFull, "Make room on the server's disk; nothing that was written before is lost."),
    (errors.TooManyConnections, "Let the server take more connections, or run fewer workers."),
    (errors.LockNotAvailable, "Another process has held it for long; see whether it hangs."),
    ((errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow), "Try again when the server runs."),
)


def is_cut(error: StoreUnavailable) -> bool:
    """Whether a connection ended while it was in use, so that another one may do; not that none is to be had."""
    cause = error.__cause__
    if isinstance(cause, errors.AdminShutdown | errors.CrashShutdown | errors.CannotConnectNow):
        return True
    cut = isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
    return cut and not isinstance(cause, PoolTimeout | PoolClosed)


def _hint(error: Exception) -> str:
    for kind, hint in _HINTS:
        if isinstance(error, kind):
            return hint
    told = str(error)
    if "password" in told or "authentication" in told:  # libpq gives no code for what fails before there is a session
        return "See the name and the password."
    if "does not exist" in told:
        return "The database and the user must be there."
    return "See whether the server runs and can be reached. Nothing that was written before is lost."


def _read(dsn: str) -> tuple[str, str]:
    """Give the connection's settings with ours added, and the address for people, without the password."""
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        raise ConfigurationError(
            "The outbox's PostgreSQL address cannot be understood.",
            hint="It looks like postgresql://user@host:5432/database.",
        ) from None  # libpq's text may quote the password
    options = f"{given.get('options') or ''} {_SETTINGS}".strip()
    added = {**_LINK, "application_name": SCHEMA, **given, "options": options}
    settings = {name: str(value) for name, value in added.items() if value is not None}
    where = f"{given.get('host') or 'localhost'}"
    if given.get("port"):
        where += f":{given['port']}"
    user = f"{given['user']}@" if given.get("user") else ""
    return make_conninfo("", **settings), f"postgresql://{user}{where}/{given.get('dbname') or ''}"


def _configure(connection: Connection) -> None:
    # Locks are taken before what they protect is read: a transaction must see what was committed meanwhile.
    connection.isolation_level = IsolationLevel.READ_COMMITTED


def _taken(pool: ConnectionPool[Connection]) -> Connection:
    """Take a connection from the pool."""
    # Asked for again and again: the pool itself lets more and more time go by between its attempts to connect, minutes
    # in the end, and so would miss a server that has been back for long.
    for _ in range(_TRIES):
        try:
            return pool.getconn(timeout=PATIENCE / _TRIES)
        except PoolTimeout:
            continue
    raise PoolTimeout(f"no connection within {PATIENCE:g} s")


def _check(connection: Connection) -> None:
    """Raise if the connection is dead; the pool then gives another one."""
    # Without a question to the server, which each call would wait for: what has come is read, which at the first time
    # may be the server's farewell, and at the second is the end of the connection.
    for _ in range(2):
        connection.pgconn.consume_input()


def _key(account: Account) -> int:
    return zlib.crc32(" ".join(account).encode()) % _BUCKETS
