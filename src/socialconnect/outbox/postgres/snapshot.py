"""The part of the PostgreSQL store that reads all that there is at one moment, bit by bit."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from psycopg.rows import DictRow

from socialconnect.outbox.archive.contents import ArchivedDelivery, PausedCampaign, missing_answer
from socialconnect.outbox.delivery import CampaignEntry, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.outbox.postgres.database import Session
from socialconnect.outbox.records import campaign_entry, history_entry, step_entry
from socialconnect.outbox.rows import Rows, moment
from socialconnect.post import Draft

__all__ = ["PostgresSnapshot"]

_OF = "(%(network)s::text IS NULL OR network = %(network)s)"
_CAMPAIGN = "(%(network)s::text IS NULL OR id IN (SELECT campaign FROM deliveries WHERE network = %(network)s))"
_PIECE = 200
"""Rows that are read at a time."""


class PostgresSnapshot:
    """
    See `Snapshot`.

    Args:
        db: A session whose transaction sees one moment, and stays open meanwhile.
        rows: Between models and rows.
        network: Of this network only.
    """

    def __init__(self, db: Session, rows: Rows, network: str | None) -> None:
        self._db, self._rows, self._network = db, rows, network

    def campaigns(self) -> Iterator[CampaignEntry]:
        """Give the campaigns, oldest first."""
        order = 'ORDER BY created, id COLLATE "C"'
        return map(campaign_entry, self._all(f"SELECT * FROM campaigns WHERE {_CAMPAIGN} {order}"))

    def pauses(self) -> Iterator[PausedCampaign]:
        """Give which of them are paused."""
        paused = "SELECT name AS id, since FROM pauses WHERE kind = 'campaign'"
        for row in self._all(f'SELECT * FROM ({paused}) AS one WHERE {_CAMPAIGN} ORDER BY id COLLATE "C"'):
            yield PausedCampaign.model_validate({"campaign": row["id"], "since": moment(row["since"])})

    def at_rest(self) -> frozenset[str]:
        """Give the networks that are paused."""
        return frozenset(str(row["name"]) for row in self._all("SELECT name FROM pauses WHERE kind = 'network'"))

    def drafts(self) -> Iterator[Draft]:
        """Give the drafts, oldest first."""
        return (self._rows.draft(row) for piece in self._numbered("drafts") for row in piece)

    def deliveries(self) -> Iterator[ArchivedDelivery]:
        """Give the deliveries, in the order in which they were put in."""
        for piece in self._numbered("deliveries"):
            history, steps = self._recorded([row["id"] for row in piece])
            for row in piece:
                name = row["id"]
                yield ArchivedDelivery(self._rows.delivery(row), history[name], steps[name], missing_answer(row))

    def readings(self) -> Iterator[Reading]:
        """Give what was read and kept, in the order in which it was put in."""
        return (Reading.model_validate_json(row["data"]) for piece in self._numbered("readings") for row in piece)

    def moves(self) -> Iterator[Rerouted]:
        """Give the moves, oldest first."""
        for row in self._all("SELECT data FROM reroutes ORDER BY number"):
            move = Rerouted.model_validate_json(row["data"])
            if self._network is None or self._network in self._networks([move.delivery, *move.replacements]):
                yield move

    def spending(self) -> Iterator[Spend]:
        """Give what was spent, by account and month."""
        order = 'ORDER BY month, network COLLATE "C", account COLLATE "C", currency'
        for row in self._all(f"SELECT * FROM spending WHERE {_OF} {order}"):
            yield Spend.model_validate(row)

    def _all(self, select: str) -> list[DictRow]:
        return self._db.all(select, {"network": self._network})

    def _numbered(self, table: str) -> Iterator[list[DictRow]]:
        """Give a table's rows in the order of their numbers, some at a time."""
        select = f"SELECT * FROM {table} WHERE number > %(beyond)s AND {_OF} ORDER BY number LIMIT {_PIECE}"
        beyond = 0
        while piece := self._db.all(select, {"network": self._network, "beyond": beyond}):
            yield piece
            beyond = piece[-1]["number"]

    def _recorded(self, ids: list[str]) -> tuple[dict[str, list[HistoryEntry]], dict[str, list[StepEntry]]]:
        """Give the history and the steps of some deliveries."""
        history, steps = defaultdict[str, list[HistoryEntry]](list), defaultdict[str, list[StepEntry]](list)
        for row in self._db.all("SELECT * FROM history WHERE delivery = ANY(%s) ORDER BY number", [ids]):
            history[row["delivery"]].append(history_entry(row))
        order = 'ORDER BY recorded, name COLLATE "C"'
        for row in self._db.all(f"SELECT * FROM steps WHERE delivery = ANY(%s) {order}", [ids]):
            steps[row["delivery"]].append(step_entry(row))
        return history, steps

    def _networks(self, ids: list[str]) -> set[str]:
        found = self._db.all("SELECT network FROM deliveries WHERE id = ANY(%s)", [ids])
        return {row["network"] for row in found}
