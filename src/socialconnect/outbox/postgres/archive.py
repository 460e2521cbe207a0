"""The part of the PostgreSQL store that makes archives, puts them back, and moves deliveries to other accounts."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from psycopg import errors
from psycopg.rows import DictRow

from socialconnect.outbox.archive.contents import Contents, Snapshot
from socialconnect.outbox.archive.manifest import ArchiveDamaged
from socialconnect.outbox.archive.prepare import prepare
from socialconnect.outbox.archive.restore import put_in
from socialconnect.outbox.archive.spool import Spool
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.ledger import Rerouted, Restored, Spend
from socialconnect.outbox.postgres.database import Guard, Session
from socialconnect.outbox.postgres.drafts import awaited
from socialconnect.outbox.postgres.ledger import PostgresLedger, set_spent
from socialconnect.outbox.postgres.snapshot import PostgresSnapshot
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.store import Account

__all__ = ["PostgresArchive"]

_FIND = "SELECT * FROM deliveries WHERE id = %s"

Decision = tuple[Sequence[Delivery], Sequence[Rerouted]]


class PostgresArchive(PostgresLedger):
    """Archives and moves; see `Ledger`."""

    @awaited
    def replace(self, delivery_ids: Sequence[str], decide: Callable[[Mapping[str, Delivery]], Decision]) -> None:
        """Put what `decide` makes of deliveries in their place; see `Ledger.replace`."""
        with self._database.reading() as db:
            rows = db.all("SELECT network, account FROM deliveries WHERE id = ANY(%s)", [[*delivery_ids]])
        accounts = {(str(row["network"]), str(row["account"])) for row in rows}
        # Which accounts the new ones are for only `decide` knows, and their locks must be taken in one order: if some
        # are missing, nothing has been written, and it decides again with all of them held.
        while missing := self._replaced(delivery_ids, decide, accounts):
            accounts |= missing

    def _replaced(
        self, delivery_ids: Sequence[str], decide: Callable[[Mapping[str, Delivery]], Decision], held: set[Account]
    ) -> set[Account]:
        """Do it if it can be done with the locks of these accounts; else give those that are missing."""
        with self._database.writing(held, shared=Guard.SHELF) as db:
            old = {one: found for one in delivery_ids if (found := self._found(db, one)) is not None}
            new, moves = decide(old)
            missing = {(one.network, one.account) for one in new} - held
            if missing:
                return missing
            for one in new:
                if one.id in old:
                    self._put(db, old[one.id], one)
                else:
                    self._rows.require(one.post)
                    db.insert("deliveries", [self._rows.of_delivery(one)])
            for move in moves:
                db.run("DELETE FROM reroutes WHERE id = %s", [move.id])
                db.insert("reroutes", [{"id": move.id, "data": move.model_dump_json()}])
        return set()

    @awaited
    def reroutes(self) -> list[Rerouted]:
        """Give the moves, oldest first."""
        with self._database.reading() as db:
            rows = db.all("SELECT data FROM reroutes ORDER BY number")
        return [Rerouted.model_validate_json(row["data"]) for row in rows]

    @contextmanager
    def snapshot(self, network: str | None) -> Generator[Snapshot, None, None]:
        """Give all that there is at this moment; see `Ledger.snapshot`."""
        with self._database.writing() as db:
            db.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            db.run("SET LOCAL idle_in_transaction_session_timeout = 0")  # a film that is copied may take long
            db.first("SELECT 1")  # from here on it sees this moment
            yield PostgresSnapshot(db, self._rows, network)

    def restore(self, contents: Contents, now: datetime) -> Restored:
        """Put an archive's contents in; see `Ledger.restore`."""
        try:
            with Spool() as spool:
                prepare(contents, spool, self._rows, now)
                # From here on others wait.
                with self._database.writing(contents.accounts, shared=Guard.SHELF, alone=Guard.PAUSES) as db:
                    return put_in(spool, contents, _Target(db), self._rows, now)
        except (errors.IntegrityError, errors.DataError) as error:
            told = str(error).partition("\n")[0]
            raise ArchiveDamaged(f"The archive holds what no outbox on PostgreSQL can: {told}.") from error

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: Session, delivery_id: str) -> Delivery | None:
        row = db.first(_FIND, [delivery_id])
        return None if row is None else self._rows.delivery(row)

    def _put(self, db: Session, old: Delivery, new: Delivery) -> None:
        if new.state is not old.state and not old.may_become(new.state):
            raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
        row = self._rows.of_delivery(new)
        names = ", ".join(f"{name} = %({name})s" for name in row)
        change = f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL"  # noqa: S608  # columns
        db.run(f"{change} WHERE id = %(id)s", row)


class _Target:
    """See `Target`."""

    def __init__(self, db: Session) -> None:
        self._db = db

    def named(self, table: str, ids: Sequence[str]) -> list[DictRow]:
        """Give those rows that there are."""
        return self._db.all(f"SELECT * FROM {table} WHERE id = ANY(%s)", [[*ids]])  # noqa: S608  # a word of this file

    def spent(self, one: Spend) -> Decimal | None:
        """Give what is known to be spent."""
        select = "SELECT amount FROM spending WHERE network = %s AND account = %s AND month = %s AND currency = %s"
        row = self._db.first(select, [one.network, one.account, one.month, one.currency])
        return None if row is None else row["amount"]

    def set_spent(self, one: Spend) -> None:
        """Put down what was spent."""
        set_spent(self._db, (one.network, one.account), one.month, one.currency, one.amount)

    def insert(self, table: str, rows: Sequence[Mapping[str, Value]]) -> None:
        """Insert rows of the same columns."""
        self._db.insert(table, rows)

    def forget_history(self, ids: Sequence[str]) -> None:
        """Delete what is written in deliveries' history."""
        self._db.run("DELETE FROM history WHERE delivery = ANY(%s)", [[*ids]])

    def pause(self, kind: str, name: str, since: datetime) -> None:
        """Pause it, if it is not paused already."""
        put = "INSERT INTO pauses (kind, name, since) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        self._db.run(put, [kind, name, micros(since)])
