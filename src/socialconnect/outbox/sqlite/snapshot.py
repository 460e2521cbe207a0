"""The part of the SQLite store that reads all that there is at one moment, bit by bit."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator

from socialconnect.outbox.archive.contents import ArchivedDelivery, PausedCampaign, missing_answer
from socialconnect.outbox.delivery import CampaignEntry, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.outbox.records import campaign_entry, history_entry, step_entry
from socialconnect.outbox.rows import Rows, Value, moment
from socialconnect.post import Draft

__all__ = ["SqliteSnapshot"]

_OF = "(:network IS NULL OR network = :network)"
_CAMPAIGN = "(:network IS NULL OR id IN (SELECT campaign FROM deliveries WHERE network = :network))"
_PIECE = 200
"""Deliveries that are read at a time."""


class SqliteSnapshot:
    """
    See `Snapshot`.

    Args:
        db: A connection whose transaction stays open meanwhile.
        rows: Between models and rows.
        network: Of this network only.
    """

    def __init__(self, db: sqlite3.Connection, rows: Rows, network: str | None) -> None:
        self._db, self._rows, self._network = db, rows, network

    def campaigns(self) -> Iterator[CampaignEntry]:
        """Give the campaigns, oldest first."""
        return map(campaign_entry, self._of(f"SELECT * FROM campaigns WHERE {_CAMPAIGN} ORDER BY created, id"))

    def pauses(self) -> Iterator[PausedCampaign]:
        """Give which of them are paused."""
        paused = "SELECT name AS id, since FROM pauses WHERE kind = 'campaign'"
        for row in self._of(f"SELECT * FROM ({paused}) WHERE {_CAMPAIGN} ORDER BY id"):
            yield PausedCampaign.model_validate({"campaign": row["id"], "since": moment(row["since"])})

    def at_rest(self) -> frozenset[str]:
        """Give the networks that are paused."""
        paused = self._of("SELECT name AS network FROM pauses WHERE kind = 'network'")
        return frozenset(str(row["network"]) for row in paused)

    def drafts(self) -> Iterator[Draft]:
        """Give the drafts, oldest first."""
        return map(self._rows.draft, self._of(f"SELECT * FROM drafts WHERE {_OF} ORDER BY number"))

    def deliveries(self) -> Iterator[ArchivedDelivery]:
        """Give the deliveries, in the order in which they were put in."""
        found = self._of(f"SELECT * FROM deliveries WHERE {_OF} ORDER BY number")
        while piece := found.fetchmany(_PIECE):
            history, steps = self._recorded([row["id"] for row in piece])
            for row in piece:
                name = row["id"]
                delivery = self._rows.delivery(row)
                yield ArchivedDelivery(delivery, history[name], steps[name], missing_answer(row))

    def readings(self) -> Iterator[Reading]:
        """Give what was read and kept, in the order in which it was put in."""
        for row in self._of(f"SELECT data FROM readings WHERE {_OF} ORDER BY number"):
            yield Reading.model_validate_json(row["data"])

    def moves(self) -> Iterator[Rerouted]:
        """Give the moves, oldest first."""
        for row in self._of("SELECT data FROM reroutes ORDER BY number"):
            move = Rerouted.model_validate_json(row["data"])
            if self._network is None or self._network in self._networks([move.delivery, *move.replacements]):
                yield move

    def spending(self) -> Iterator[Spend]:
        """Give what was spent, by account and month."""
        for row in self._of(f"SELECT * FROM spending WHERE {_OF} ORDER BY month, network, account, currency"):
            yield Spend.model_validate(dict(row))

    def _of(self, select: str) -> sqlite3.Cursor:
        values: dict[str, Value] = {"network": self._network} if ":network" in select else {}
        return self._db.execute(select, values)

    def _recorded(self, ids: list[str]) -> tuple[dict[str, list[HistoryEntry]], dict[str, list[StepEntry]]]:
        """Give the history and the steps of some deliveries."""
        marks = ", ".join("?" * len(ids))
        history, steps = defaultdict[str, list[HistoryEntry]](list), defaultdict[str, list[StepEntry]](list)
        for row in self._db.execute(f"SELECT * FROM history WHERE delivery IN ({marks}) ORDER BY number", ids):
            history[row["delivery"]].append(history_entry(row))
        for row in self._db.execute(f"SELECT * FROM steps WHERE delivery IN ({marks}) ORDER BY recorded, name", ids):
            steps[row["delivery"]].append(step_entry(row))
        return history, steps

    def _networks(self, ids: list[str]) -> set[str]:
        marks = ", ".join("?" * len(ids))
        return {
            row["network"] for row in self._db.execute(f"SELECT network FROM deliveries WHERE id IN ({marks})", ids)
        }
