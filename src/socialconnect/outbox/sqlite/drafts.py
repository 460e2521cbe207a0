"""The part of the SQLite store that keeps drafts."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.rows import Rows, Value, micros
from socialconnect.outbox.sqlite.file import SqliteFile
from socialconnect.outbox.store import Claim
from socialconnect.post import Draft, Post

__all__ = ["SqliteDrafts", "insert"]


class SqliteDrafts:
    """
    Args:
        file: The opened file.
        rows: Between models and rows.
    """

    def __init__(self, file: SqliteFile, rows: Rows) -> None:
        self._file, self._rows = file, rows

    async def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""
        row = self._rows.of_draft(draft)
        with self._file.writing() as db:
            self._rows.require(draft.post or Post())
            insert(db, "drafts", row)

    async def drafts(self, network: str | None, account: str | None) -> list[Draft]:
        """Give drafts, oldest first."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM drafts WHERE (?1 IS NULL OR network = ?1) AND (?2 IS NULL OR account = ?2) "
                "ORDER BY number",
                (network, account),
            ).fetchall()
        return [self._rows.draft(row) for row in rows]

    async def draft(self, draft_id: str) -> Draft | None:
        """Give one draft."""
        with self._file.reading() as db:
            row = db.execute("SELECT * FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        return None if row is None else self._rows.draft(row)

    async def update_draft(self, draft: Draft) -> bool:
        """Put another post in a draft's place; tells whether there was such a draft."""
        row = self._rows.of_draft(draft)
        with self._file.writing() as db:
            self._rows.require(draft.post or Post())
            return db.execute("UPDATE drafts SET post = :post WHERE id = :id", row).rowcount == 1

    async def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft; tells whether there was one."""
        with self._file.writing() as db:
            return db.execute("DELETE FROM drafts WHERE id = ?", (draft_id,)).rowcount == 1

    async def claim_draft(
        self, draft_id: str, delivery: Delivery, *, owner: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        """Turn a draft into a delivery that is claimed at once; see `Store.claim_draft`."""
        lease: dict[str, Value] = {"owner": owner, "lease_until": micros(lease_until), "fence": 1}
        row = {**self._rows.of_delivery(delivery), **lease}
        with self._file.writing() as db:
            if db.execute("DELETE FROM drafts WHERE id = ?", (draft_id,)).rowcount != 1:
                return None
            insert(db, "deliveries", row)
            return self._claimed(self._row(db, delivery.id))

    async def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _row(self, db: sqlite3.Connection, delivery_id: str) -> sqlite3.Row:
        row: sqlite3.Row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return row

    def _claimed(self, row: sqlite3.Row) -> Claim:
        return Claim(self._rows.delivery(row), int(row["fence"]))


def insert(db: sqlite3.Connection, table: str, row: Mapping[str, Value], *, replace: bool = False) -> None:
    """Insert a row."""
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    verb = "INSERT OR REPLACE" if replace else "INSERT"
    db.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", row)
