"""The part of the SQLite store that puts an archive back, and moves deliveries to other accounts."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading, Rerouted
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.sqlite_drafts import insert
from socialconnect.outbox.sqlite_ledger import SqliteLedger, reading_row
from socialconnect.post import Post

__all__ = ["SqliteArchive"]

_TO_SEND = frozenset(
    {DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN}
)
"""What a worker would do something about by itself."""


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
            new = self._new(db, contents)
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
            for network in {one.delivery.network for one in new.deliveries if one.delivery.state in _TO_SEND}:
                db.execute(
                    "INSERT OR IGNORE INTO pauses (kind, name, since) VALUES ('network', ?, ?)", (network, micros(now))
                )
        return new

    def _new(self, db: sqlite3.Connection, given: Contents) -> Contents:
        """Give what is not there yet; raise if something of the same id differs."""
        differing: list[str] = []

        def unless(kind: str, name: str, there: object, wanted: object) -> bool:
            if there is not None and there != wanted:
                differing.append(f"{kind} {name}")
            return there is None

        campaigns = {one["id"] for one in db.execute("SELECT id FROM campaigns")}
        new = replace(
            given,
            campaigns=[one for one in given.campaigns if one.name not in campaigns],
            drafts=[one for one in given.drafts if unless("draft", one.id, self._draft_in(db, one.id), one)],
            deliveries=[
                one
                for one in given.deliveries
                if unless("delivery", one.delivery.id, self._known(db, one.delivery.id), _told(one.delivery))
            ],
            readings=[one for one in given.readings if unless("reading", one.id, _reading_in(db, one.id), one)],
        )
        if differing:
            message = "the outbox holds something else of the same id; nothing was restored"
            raise ValidationError(
                [Problem(field=one, rule="same_or_new", message=message) for one in differing],
                hint="Restore into another outbox, or delete what is there first.",
            )
        return new

    def _restore(self, db: sqlite3.Connection, one: ArchivedDelivery) -> None:
        delivery = one.delivery
        self._rows.require(delivery.post)
        visible = sum(step.visible for step in one.steps)
        row: dict[str, Value] = {
            **self._rows.of_delivery(delivery),
            "answers": max(visible, int(delivery.partly_live)),
            "fence": 1,
            "intent_at": micros(delivery.intent_at),
            "first_intent": micros(_first_intent(delivery, one.history)),
            "looks": delivery.looks,
            "look_at": micros(delivery.look_at),
            "seen": delivery.seen,
        }
        if delivery.state in (DeliveryState.CLAIMED, DeliveryState.SENDING):
            row["lease_until"] = micros(delivery.changed_at)  # nobody is at it here: what was begun is looked into
        insert(db, "deliveries", row)
        db.execute("DELETE FROM history WHERE delivery = ?", (delivery.id,))  # what the trigger wrote
        for entry in one.history:
            insert(db, "history", {"delivery": delivery.id, **_history_row(entry)})
        for step in one.steps:
            insert(
                db,
                "steps",
                {
                    "delivery": delivery.id,
                    "name": step.name,
                    "visible": int(step.visible),
                    "result": json.dumps(step.result),
                    "recorded": micros(step.recorded_at),
                    "expires": micros(step.expires_at),
                },
            )

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: sqlite3.Connection, delivery_id: str) -> Delivery | None:
        row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return None if row is None else self._rows.delivery(row)

    def _known(self, db: sqlite3.Connection, delivery_id: str) -> str | None:
        found = self._found(db, delivery_id)
        return None if found is None else _told(found)

    def _draft_in(self, db: sqlite3.Connection, draft_id: str) -> object:
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


def _told(delivery: Delivery) -> str:
    """Give a delivery as text, to compare all of it: published posts are equal by their ids alone."""
    return delivery.model_dump_json()


def _reading_in(db: sqlite3.Connection, reading_id: str) -> Reading | None:
    row = db.execute("SELECT data FROM readings WHERE id = ?", (reading_id,)).fetchone()
    return None if row is None else Reading.model_validate_json(row["data"])


def _first_intent(delivery: Delivery, history: Iterable[HistoryEntry]) -> datetime | None:
    """Give the first moment at which the post may have become visible: too early loses nothing, too late might."""
    if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return None
    sent = [one.at for one in history if one.became is DeliveryState.SENDING]
    known = [*sent, *([delivery.intent_at] if delivery.intent_at is not None else [])]
    return min(known, default=delivery.created_at)


def _history_row(entry: HistoryEntry) -> dict[str, Value]:
    return {
        "at": micros(entry.at),
        "was": entry.was.value if entry.was is not None else None,
        "became": entry.became.value,
        "owner": entry.owner,
        "attempt": entry.attempt,
        "due": micros(entry.due),
        "error": entry.error,
        "error_kind": entry.error_kind,
        "seen": entry.seen,
    }
