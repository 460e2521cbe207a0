"""The part of the PostgreSQL store that keeps what was read from networks, and what was spent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from socialconnect.outbox.ledger import Purged, Reading, Spend, bare, may_be_kept
from socialconnect.outbox.postgres.database import Session
from socialconnect.outbox.postgres.drafts import awaited
from socialconnect.outbox.postgres.upkeep import PostgresUpkeep
from socialconnect.outbox.records import reading_row
from socialconnect.outbox.rows import micros
from socialconnect.outbox.store import Account
from socialconnect.post import PublishedPost

__all__ = ["PostgresLedger", "set_spent"]

_OF = "(%(network)s::text IS NULL OR network = %(network)s) AND (%(account)s::text IS NULL OR account = %(account)s)"
"""Of a network and an account, if they are named."""


class PostgresLedger(PostgresUpkeep):
    """What was read and what was spent; see `Ledger`."""

    @awaited
    def keep_readings(self, readings: Sequence[Reading]) -> None:
        """Keep what was read."""
        if readings:
            with self._database.writing() as db:
                db.insert("readings", [reading_row(one) for one in readings])

    @awaited
    def readings(self, network: str | None, account: str | None) -> list[Reading]:
        """Give what was read and kept."""
        with self._database.reading() as db:
            select = f"SELECT data FROM readings WHERE {_OF} ORDER BY number"  # noqa: S608  # words of this file
            rows = db.all(select, {"network": network, "account": account})
        return [Reading.model_validate_json(row["data"]) for row in rows]

    @awaited
    def purge(self, now: datetime) -> Purged:
        """Delete what may no longer be kept; see `Ledger.purge`."""
        with self._database.reading() as db:
            posts = db.all(f"SELECT DISTINCT network, account FROM deliveries WHERE {_KEPT}")  # noqa: S608  # the same
        with self._database.writing([(row["network"], row["account"]) for row in posts]) as db:
            over = db.all("DELETE FROM readings WHERE keep_until <= %s RETURNING number, data", [micros(now)])
            stripped = _stripped(db, now)
        over.sort(key=lambda row: int(row["number"]))
        return Purged(readings=tuple(Reading.model_validate_json(row["data"]) for row in over), posts=tuple(stripped))

    @awaited
    def reserve(self, account: Account, month: str, amount: Decimal, currency: str, limit: Decimal) -> Decimal | None:
        """Add to what an account has spent; see `Ledger.reserve`."""
        with self._database.writing([account]) as db:
            spent = _spent(db, account, month, currency)
            if spent + amount > limit:
                return spent
            set_spent(db, account, month, currency, spent + amount)
            return None

    @awaited
    def release(self, account: Account, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent."""
        with self._database.writing([account]) as db:
            left = _spent(db, account, month, currency) - amount
            set_spent(db, account, month, currency, max(left, Decimal(0)))

    @awaited
    def spending(self, network: str | None, account: str | None) -> list[Spend]:
        """Give what was spent, by account and month."""
        select = f"SELECT * FROM spending WHERE {_OF} ORDER BY month, network, account, currency"  # noqa: S608  # the same
        with self._database.reading() as db:
            return [Spend.model_validate(row) for row in db.all(select, {"network": network, "account": account})]


_KEPT = 'strpos(published, \'"keep_until":"\') > 0'
"""Of whose post something was read back that may be kept for some time only."""


def _stripped(db: Session, now: datetime) -> list[PublishedPost]:
    """Take from published posts what was read back and may no longer be kept; gives them as they were."""
    found: list[PublishedPost] = []
    for row in db.all(f"SELECT id, published FROM deliveries WHERE {_KEPT} ORDER BY number"):  # noqa: S608  # the same
        post = PublishedPost.model_validate_json(row["published"])
        if not may_be_kept(post, now):
            found.append(post)
            db.run("UPDATE deliveries SET published = %s WHERE id = %s", [bare(post).model_dump_json(), row["id"]])
    return found


def _spent(db: Session, account: Account, month: str, currency: str) -> Decimal:
    select = "SELECT amount FROM spending WHERE network = %s AND account = %s AND month = %s AND currency = %s"
    row = db.first(select, [*account, month, currency])
    return Decimal(0) if row is None else row["amount"]


def set_spent(db: Session, account: Account, month: str, currency: str, amount: Decimal) -> None:
    """Put down what an account has spent in a month."""
    put = (
        "INSERT INTO spending (network, account, month, currency, amount) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT (network, account, month, currency) DO UPDATE SET amount = EXCLUDED.amount"
    )
    db.run(put, [*account, month, currency, amount])
