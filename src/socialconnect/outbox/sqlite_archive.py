"""The part of the SQLite store that puts an archive back, and moves deliveries to other accounts."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading, Rerouted
from socialconnect.outbox.records import TO_SEND, Held, archived_row, archived_step, history_row, new_of, reading_row
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.sqlite_drafts import insert
from socialconnect.outbox.sqlite_ledger import SqliteLedger
from socialconnect.post import Draft, Post

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

    async def restore(self, contents: Contents, now: datetime) -> Contents:
        """Put an archive's contents in; see `Ledger.restore`."""
        with self._file.writing() as db:
            new = new_of(contents, self._held(db))
            for campaign in new.campaigns:
                row: dict[str, Value] = {"id": campaign.name, "created": micros(campaign.created_at)}
                insert(db, "campaigns", {**row, "started": micros(campaign.started_at)})
            for draft in new.drafts:
                self._rows.require(draft.post or Post())
                insert(db, "drafts", self._rows.of_draft(draft))
            for one in new.deliveries:
                self._restore(db, one)
            for reading in new.readings:
                insert(db, "readings", reading_row(reading))
            for network in {one.delivery.network for one in new.deliveries if one.delivery.state in TO_SEND}:
                db.execute(
                    "INSERT OR IGNORE INTO pauses (kind, name, since) VALUES ('network', ?, ?)", (network, micros(now))
                )
        return new

    def _held(self, db: sqlite3.Connection) -> Held:
        return Held(
            campaigns={one["id"] for one in db.execute("SELECT id FROM campaigns")},
            draft=lambda one: self._draft_in(db, one),
            delivery=lambda one: self._found(db, one),
            reading=lambda one: _reading_in(db, one),
        )

    def _restore(self, db: sqlite3.Connection, one: ArchivedDelivery) -> None:
        delivery = one.delivery
        self._rows.require(delivery.post)
        insert(db, "deliveries", archived_row(self._rows, one))
        db.execute("DELETE FROM history WHERE delivery = ?", (delivery.id,))  # what the trigger wrote
        for entry in one.history:
            insert(db, "history", history_row(delivery.id, entry))
        for step in one.steps:
            insert(db, "steps", archived_step(delivery.id, step))

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: sqlite3.Connection, delivery_id: str) -> Delivery | None:
        row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return None if row is None else self._rows.delivery(row)

    def _draft_in(self, db: sqlite3.Connection, draft_id: str) -> Draft | None:
        row = db.execute("SELECT * FROM drafts WHERE id = ?", (draft_id,)).fetchone()
        return None if row is None else self._rows.draft(row)

    def _put(self, db: sqlite3.Connection, old: Delivery, new: Delivery) -> None:
        if new.state is not old.state and not old.may_become(new.state):
            raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
        row = self._rows.of_delivery(new)
        names = ", ".join(f"{name} = :{name}" for name in row)
        db.execute(
            f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL WHERE id = :id", row
        )


def _reading_in(db: sqlite3.Connection, reading_id: str) -> Reading | None:
    row = db.execute("SELECT data FROM readings WHERE id = ?", (reading_id,)).fetchone()
    return None if row is None else Reading.model_validate_json(row["data"])
