"""The part of the SQLite store that makes archives, puts them back, and moves deliveries to other accounts."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from socialconnect.outbox.archive.contents import Contents, Snapshot
from socialconnect.outbox.archive.manifest import ArchiveDamaged
from socialconnect.outbox.archive.prepare import prepare
from socialconnect.outbox.archive.restore import put_in
from socialconnect.outbox.archive.spool import Spool
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.ledger import Rerouted, Restored, Spend
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.sqlite.drafts import insert
from socialconnect.outbox.sqlite.ledger import SqliteLedger, set_spent
from socialconnect.outbox.sqlite.snapshot import SqliteSnapshot

__all__ = ["SqliteArchive"]


class SqliteArchive(SqliteLedger):
    """Archives and moves; see `Ledger`."""

    async def replace(
        self,
        delivery_ids: Sequence[str],
        decide: Callable[[Mapping[str, Delivery]], tuple[Sequence[Delivery], Sequence[Rerouted]]],
    ) -> None:
        """Put what `decide` makes of deliveries in their place; see `Ledger.replace`."""
        with self._file.writing() as db:
            old = {one: found for one in delivery_ids if (found := self._found(db, one)) is not None}
            new, moves = decide(old)
            for one in new:
                if one.id in old:
                    self._put(db, old[one.id], one)
                else:
                    self._rows.require(one.post)
                    insert(db, "deliveries", self._rows.of_delivery(one))
            for move in moves:
                db.execute("DELETE FROM reroutes WHERE id = ?", (move.id,))
                insert(db, "reroutes", {"id": move.id, "data": move.model_dump_json()})

    async def reroutes(self) -> list[Rerouted]:
        """Give the moves, oldest first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT data FROM reroutes ORDER BY number").fetchall()
        return [Rerouted.model_validate_json(row["data"]) for row in rows]

    @contextmanager
    def snapshot(self, network: str | None) -> Generator[Snapshot, None, None]:
        """Give all that there is at this moment; see `Ledger.snapshot`."""
        with self._file.snapshot() as db:
            yield SqliteSnapshot(db, self._rows, network)

    def restore(self, contents: Contents, now: datetime) -> Restored:
        """Put an archive's contents in; see `Ledger.restore`."""
        try:
            with Spool() as spool:
                prepare(contents, spool, self._rows, now)
                with self._file.writing() as db:  # from here on others wait
                    return put_in(spool, contents, _Target(db), self._rows, now)
        except (sqlite3.IntegrityError, OverflowError) as error:
            raise ArchiveDamaged(f"The archive holds what no outbox can: {error}.") from error

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: sqlite3.Connection, delivery_id: str) -> Delivery | None:
        row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return None if row is None else self._rows.delivery(row)

    def _put(self, db: sqlite3.Connection, old: Delivery, new: Delivery) -> None:
        if new.state is not old.state and not old.may_become(new.state):
            raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
        row = self._rows.of_delivery(new)
        names = ", ".join(f"{name} = :{name}" for name in row)
        db.execute(
            f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL WHERE id = :id", row
        )


class _Target:
    """See `Target`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def named(self, table: str, ids: Sequence[str]) -> list[sqlite3.Row]:
        """Give those rows that there are."""
        marks = ", ".join("?" * len(ids))
        return self._db.execute(f"SELECT * FROM {table} WHERE id IN ({marks})", ids).fetchall()

    def spent(self, one: Spend) -> Decimal | None:
        """Give what is known to be spent."""
        select = "SELECT amount FROM spending WHERE network = ? AND account = ? AND month = ? AND currency = ?"
        row = self._db.execute(select, (one.network, one.account, one.month, one.currency)).fetchone()
        return None if row is None else Decimal(row["amount"])

    def set_spent(self, one: Spend) -> None:
        """Put down what was spent."""
        set_spent(self._db, (one.network, one.account), one.month, one.currency, one.amount)

    def insert(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Insert rows of the same columns."""
        names, marks = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
        self._db.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def forget_history(self, ids: Sequence[str]) -> None:
        """Delete what is written in deliveries' history."""
        self._db.executemany("DELETE FROM history WHERE delivery = ?", [(one,) for one in ids])

    def pause(self, kind: str, name: str, since: datetime) -> None:
        """Pause it, if it is not paused already."""
        put = "INSERT OR IGNORE INTO pauses (kind, name, since) VALUES (?, ?, ?)"
        self._db.execute(put, (kind, name, micros(since)))
