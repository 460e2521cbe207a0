"""The part of the PostgreSQL store that puts an archive back, and moves deliveries to other accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading, Rerouted
from socialconnect.outbox.postgres_database import Guard, Session
from socialconnect.outbox.postgres_drafts import awaited
from socialconnect.outbox.postgres_ledger import PostgresLedger
from socialconnect.outbox.records import TO_SEND, Held, archived_row, archived_step, history_row, new_of, reading_row
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.store import Account
from socialconnect.post import Draft, Post

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

    @awaited
    def restore(self, contents: Contents, now: datetime) -> Contents:
        """Put an archive's contents in; see `Ledger.restore`."""
        accounts = {(one.delivery.network, one.delivery.account) for one in contents.deliveries}
        with self._database.writing(accounts, shared=Guard.SHELF, alone=Guard.PAUSES) as db:
            new = new_of(contents, self._held(db))
            for campaign in new.campaigns:
                row: dict[str, Value] = {"id": campaign.name, "created": micros(campaign.created_at)}
                db.insert("campaigns", [{**row, "started": micros(campaign.started_at)}])
            for draft in new.drafts:
                self._rows.require(draft.post or Post())
                db.insert("drafts", [self._rows.of_draft(draft)])
            for one in new.deliveries:
                self._restore(db, one)
            for reading in new.readings:
                db.insert("readings", [reading_row(reading)])
            for network in {one.delivery.network for one in new.deliveries if one.delivery.state in TO_SEND}:
                pause = "INSERT INTO pauses (kind, name, since) VALUES ('network', %s, %s) ON CONFLICT DO NOTHING"
                db.run(pause, [network, micros(now)])
        return new

    def _held(self, db: Session) -> Held:
        return Held(
            campaigns={one["id"] for one in db.all("SELECT id FROM campaigns")},
            draft=lambda one: self._draft_in(db, one),
            delivery=lambda one: self._found(db, one),
            reading=lambda one: _reading_in(db, one),
        )

    def _restore(self, db: Session, one: ArchivedDelivery) -> None:
        delivery = one.delivery
        self._rows.require(delivery.post)
        db.insert("deliveries", [archived_row(self._rows, one)])
        db.run("DELETE FROM history WHERE delivery = %s", [delivery.id])  # what the trigger wrote
        if one.history:
            db.insert("history", [history_row(delivery.id, entry) for entry in one.history])
        if one.steps:
            db.insert("steps", [archived_step(delivery.id, step) for step in one.steps])

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: Session, delivery_id: str) -> Delivery | None:
        row = db.first(_FIND, [delivery_id])
        return None if row is None else self._rows.delivery(row)

    def _draft_in(self, db: Session, draft_id: str) -> Draft | None:
        row = db.first("SELECT * FROM drafts WHERE id = %s", [draft_id])
        return None if row is None else self._rows.draft(row)

    def _put(self, db: Session, old: Delivery, new: Delivery) -> None:
        if new.state is not old.state and not old.may_become(new.state):
            raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
        row = self._rows.of_delivery(new)
        names = ", ".join(f"{name} = %({name})s" for name in row)
        change = f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL"  # noqa: S608  # columns
        db.run(f"{change} WHERE id = %(id)s", row)


def _reading_in(db: Session, reading_id: str) -> Reading | None:
    row = db.first("SELECT data FROM readings WHERE id = %s", [reading_id])
    return None if row is None else Reading.model_validate_json(row["data"])
