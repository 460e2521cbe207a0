"""The part of the SQLite store that keeps what was read from networks, and what was spent."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from socialconnect.outbox.ledger import Purged, Reading, Spend, bare, may_be_kept
from socialconnect.outbox.records import reading_row
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.sqlite.drafts import insert
from socialconnect.outbox.sqlite.upkeep import SqliteUpkeep
from socialconnect.outbox.store import Account
from socialconnect.post import PublishedPost

__all__ = ["SqliteLedger", "set_spent"]


class SqliteLedger(SqliteUpkeep):
    """What was read and what was spent; see `Ledger`."""

    async def keep_readings(self, readings: Sequence[Reading]) -> None:
        """Keep what was read."""
        rows = [reading_row(one) for one in readings]
        with self._file.writing() as db:
            for row in rows:
                insert(db, "readings", row)

    async def readings(self, network: str | None, account: str | None) -> list[Reading]:
        """Give what was read and kept."""
        select = (
            "SELECT data FROM readings WHERE (?1 IS NULL OR network = ?1) AND (?2 IS NULL OR account = ?2) "
            "ORDER BY number"
        )
        with self._file.reading() as db:
            rows = db.execute(select, (network, account)).fetchall()
        return [Reading.model_validate_json(row["data"]) for row in rows]

    async def purge(self, now: datetime) -> Purged:
        """Delete what may no longer be kept; see `Ledger.purge`."""
        at = micros(now)
        with self._file.writing() as db:
            over = db.execute("SELECT data FROM readings WHERE keep_until <= ? ORDER BY number", (at,)).fetchall()
            db.execute("DELETE FROM readings WHERE keep_until <= ?", (at,))
            posts = _stripped(db, now)
        if over or posts:
            self._file.clear_log()  # it holds the pages as they were before
        readings = tuple(Reading.model_validate_json(row["data"]) for row in over)
        return Purged(readings=readings, posts=tuple(posts))

    async def reserve(
        self, account: Account, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        """Add to what an account has spent; see `Ledger.reserve`."""
        with self._file.writing() as db:
            spent = _spent(db, account, month, currency)
            if spent + amount > limit:
                return spent
            set_spent(db, account, month, currency, spent + amount)
            return None

    async def release(self, account: Account, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent."""
        with self._file.writing() as db:
            left = _spent(db, account, month, currency) - amount
            set_spent(db, account, month, currency, max(left, Decimal(0)))

    async def spending(self, network: str | None, account: str | None) -> list[Spend]:
        """Give what was spent, by account and month."""
        select = (
            "SELECT * FROM spending WHERE (?1 IS NULL OR network = ?1) AND (?2 IS NULL OR account = ?2) "
            "ORDER BY month, network, account, currency"
        )
        with self._file.reading() as db:
            return [Spend.model_validate(dict(row)) for row in db.execute(select, (network, account))]


def _stripped(db: sqlite3.Connection, now: datetime) -> list[PublishedPost]:
    """Take from published posts what was read back and may no longer be kept; gives them as they were."""
    select = 'SELECT id, published FROM deliveries WHERE published LIKE \'%"keep_until":"%\''
    found: list[PublishedPost] = []
    for row in db.execute(select).fetchall():
        post = PublishedPost.model_validate_json(row["published"])
        if not may_be_kept(post, now):
            found.append(post)
            db.execute("UPDATE deliveries SET published = ? WHERE id = ?", (bare(post).model_dump_json(), row["id"]))
    return found


def _spent(db: sqlite3.Connection, account: Account, month: str, currency: str) -> Decimal:
    select = "SELECT amount FROM spending WHERE network = ? AND account = ? AND month = ? AND currency = ?"
    row = db.execute(select, (*account, month, currency)).fetchone()
    return Decimal(0) if row is None else Decimal(row["amount"])


def set_spent(db: sqlite3.Connection, account: Account, month: str, currency: str, amount: Decimal) -> None:
    """Put down what an account has spent in a month."""
    network, name = account
    row: dict[str, Value] = {"network": network, "account": name, "month": month, "currency": currency}
    insert(db, "spending", {**row, "amount": format(amount, "f")}, replace=True)
