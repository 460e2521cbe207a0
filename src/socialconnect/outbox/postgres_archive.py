"""The part of the PostgreSQL store that puts an archive back, and moves deliveries to other accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading, Rerouted
from socialconnect.outbox.postgres_database import Guard, Session
from socialconnect.outbox.postgres_drafts import awaited
from socialconnect.outbox.postgres_ledger import PostgresLedger, reading_row
from socialconnect.outbox.rows import Value, micros
from socialconnect.outbox.store import Account
from socialconnect.post import Post

__all__ = ["PostgresArchive"]

_TO_SEND = frozenset(
    {DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN}
)
"""What a worker would do something about by itself."""

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
            new = self._new(db, contents)
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
            for network in {one.delivery.network for one in new.deliveries if one.delivery.state in _TO_SEND}:
                pause = "INSERT INTO pauses (kind, name, since) VALUES ('network', %s, %s) ON CONFLICT DO NOTHING"
                db.run(pause, [network, micros(now)])
        return new

    def _new(self, db: Session, given: Contents) -> Contents:
        """Give what is not there yet; raise if something of the same id differs."""
        differing: list[str] = []

        def unless(kind: str, name: str, there: object, wanted: object) -> bool:
            if there is not None and there != wanted:
                differing.append(f"{kind} {name}")
            return there is None

        campaigns = {one["id"] for one in db.all("SELECT id FROM campaigns")}
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

    def _restore(self, db: Session, one: ArchivedDelivery) -> None:
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
        db.insert("deliveries", [row])
        db.run("DELETE FROM history WHERE delivery = %s", [delivery.id])  # what the trigger wrote
        if one.history:
            db.insert("history", [{"delivery": delivery.id, **_history_row(entry)} for entry in one.history])
        steps: list[dict[str, Value]] = [
            {
                "delivery": delivery.id,
                "name": step.name,
                "visible": step.visible,
                "result": json.dumps(step.result),
                "recorded": micros(step.recorded_at),
                "expires": micros(step.expires_at),
            }
            for step in one.steps
        ]
        if steps:
            db.insert("steps", steps)

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _found(self, db: Session, delivery_id: str) -> Delivery | None:
        row = db.first(_FIND, [delivery_id])
        return None if row is None else self._rows.delivery(row)

    def _known(self, db: Session, delivery_id: str) -> str | None:
        found = self._found(db, delivery_id)
        return None if found is None else _told(found)

    def _draft_in(self, db: Session, draft_id: str) -> object:
        row = db.first("SELECT * FROM drafts WHERE id = %s", [draft_id])
        return None if row is None else self._rows.draft(row)

    def _put(self, db: Session, old: Delivery, new: Delivery) -> None:
        if new.state is not old.state and not old.may_become(new.state):
            raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
        row = self._rows.of_delivery(new)
        names = ", ".join(f"{name} = %({name})s" for name in row)
        change = f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL"  # noqa: S608  # columns
        db.run(f"{change} WHERE id = %(id)s", row)


def _told(delivery: Delivery) -> str:
    """Give a delivery as text, to compare all of it: published posts are equal by their ids alone."""
    return delivery.model_dump_json()


def _reading_in(db: Session, reading_id: str) -> Reading | None:
    row = db.first("SELECT data FROM readings WHERE id = %s", [reading_id])
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
