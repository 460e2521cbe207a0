"""The part of the SQLite store that knows what is unknown, what is paused, and what has happened."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from socialconnect.outbox.delivery import Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.rows import Value, micros, moment
from socialconnect.outbox.sqlite_drafts import SqliteDrafts, insert
from socialconnect.outbox.store import Account

__all__ = ["NOT_PAUSED", "SqliteDoubts"]

NOT_PAUSED = (
    "NOT EXISTS (SELECT 1 FROM pauses WHERE kind = 'network' AND name = deliveries.network "
    "OR kind = 'campaign' AND name = deliveries.campaign)"
)
"""A delivery that may begin."""


class SqliteDoubts(SqliteDrafts):
    """Reconciliation, pauses and history; see `Store`."""

    # ── what became of what is unknown ────────────────────────────────────────────────────────────────────────────

    async def doubts(self, account: Account, now: datetime) -> list[Doubt]:
        """Give what is to be looked for now; see `Store.doubts`."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM deliveries WHERE network = ? AND account = ? AND look_at <= ? AND state = 'unknown' "
                "ORDER BY COALESCE(first_intent, intent_at, changed), number",
                (*account, micros(now)),
            ).fetchall()
        return [self._doubt(row) for row in rows]

    def _doubt(self, row: sqlite3.Row) -> Doubt:
        delivery = self._rows.delivery(row)
        return Doubt(
            delivery=delivery,
            fence=row["fence"],
            step=row["intent"],
            since=moment(row["first_intent"]) or delivery.intent_at or delivery.changed_at,
            owner=row["owner"],
            ended=moment(row["ended"]),
            looks=row["looks"],
            existing=row["existing"],
        )

    async def credited(self, account: Account, since: datetime) -> frozenset[str]:
        """Give the ids of posts that belong to deliveries; see `Store.credited`."""
        values = (*account, micros(since))
        mine = "network = ? AND account = ? AND changed >= ?"
        with self._file.reading() as db:
            published = db.execute(
                f"SELECT published AS told FROM deliveries WHERE {mine} AND published IS NOT NULL", values
            ).fetchall()
            steps = db.execute(
                "SELECT result AS told FROM steps WHERE visible AND delivery IN "
                f"(SELECT id FROM deliveries WHERE {mine})",
                values,
            ).fetchall()
        return frozenset(one for row in [*published, *steps] for one in _ids(json.loads(row["told"])))

    async def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        """Record what a look found out; see `Store.conclude`."""
        changes: dict[str, Value] = {
            "looks": doubt.looks + verdict.looked,
            "look_at": micros(verdict.look_at),
            "changed": micros(now),
        }
        changes["seen"] = verdict.told
        post = doubt.delivery.post.for_network(doubt.delivery.network)
        whole = not post.thread and post.first_comment is None
        if verdict.found is not None and whole:
            changes |= {"state": "published", "published": verdict.found.model_dump_json()}
            changes |= {"error": None, "error_kind": None, "intent": None, "intent_at": None, "owner": None}
            changes |= {"look_at": None}
        elif verdict.found is not None or verdict.again:
            # What was found goes on record, and the attempt goes on with what is still to come.
            due = max(now, doubt.delivery.at or now)  # the clock may have been set back
            changes |= {"state": "planned", "due": micros(due), "owner": None, "look_at": None}
            changes |= {"intent": None, "intent_at": None}
        with self._file.writing() as db:
            names = ", ".join(f"{name} = :{name}" for name in changes)
            where = "id = :delivery AND fence = :fence AND state = 'unknown'"
            values = {**changes, "delivery": doubt.delivery.id, "fence": doubt.fence}
            done = db.execute(f"UPDATE deliveries SET {names} WHERE {where}", values).rowcount == 1
            if done and verdict.found is not None and not whole and doubt.step is not None:
                row: dict[str, Value] = {"delivery": doubt.delivery.id, "name": doubt.step, "visible": 1}
                row |= {"result": json.dumps(verdict.found.id), "recorded": micros(now), "expires": None}
                insert(db, "steps", row, replace=True)
                db.execute("UPDATE deliveries SET answers = answers + 1 WHERE id = ?", (doubt.delivery.id,))
        return done

    async def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT * FROM history WHERE delivery = ? ORDER BY number", (delivery_id,)).fetchall()
        return [
            HistoryEntry(
                at=cast("datetime", moment(row["at"])),
                was=None if row["was"] is None else DeliveryState(row["was"]),
                became=DeliveryState(row["became"]),
                owner=row["owner"],
                attempt=row["attempt"],
                due=moment(row["due"]),
                error=row["error"],
                error_kind=row["error_kind"],
                seen=row["seen"],
            )
            for row in rows
        ]

    # ── pauses and campaigns ──────────────────────────────────────────────────────────────────────────────────────

    async def pause(self, kind: str, name: str, now: datetime) -> None:
        """Let nothing of it begin; see `Store.pause`."""
        with self._file.writing() as db:
            db.execute("INSERT OR IGNORE INTO pauses (kind, name, since) VALUES (?, ?, ?)", (kind, name, micros(now)))

    async def resume(self, kind: str, name: str) -> bool:
        """Let it go on; see `Store.resume`."""
        with self._file.writing() as db:
            return db.execute("DELETE FROM pauses WHERE kind = ? AND name = ?", (kind, name)).rowcount == 1

    async def pauses(self) -> list[tuple[str, str, datetime]]:
        """Give what is paused."""
        with self._file.reading() as db:
            rows = db.execute("SELECT kind, name, since FROM pauses ORDER BY since, kind, name").fetchall()
        return [(row["kind"], row["name"], cast("datetime", moment(row["since"]))) for row in rows]

    async def move_start(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """Move a campaign's deliveries with its start; see `Store.move_start`."""
        with self._file.writing() as db:
            row = db.execute("SELECT started FROM campaigns WHERE id = ?", (campaign,)).fetchone()
            if row is None:
                return None
            if row["started"] is not None:
                db.execute("UPDATE campaigns SET started = ? WHERE id = ?", (micros(start), campaign))
                db.execute(
                    "UPDATE deliveries SET at = :start + after, due = :start + after, attempts = 0, changed = :now, "
                    "fence = fence + 1 WHERE campaign = :campaign AND state = 'planned' AND after IS NOT NULL "
                    "AND answers = 0",
                    {"start": micros(start), "now": micros(now), "campaign": campaign},
                )
            return self._of_campaign(db, campaign)

    async def call_off(self, campaign: str, now: datetime) -> list[Delivery] | None:
        """Cancel what has not begun; see `Store.call_off`."""
        with self._file.writing() as db:
            if db.execute("SELECT 1 FROM campaigns WHERE id = ?", (campaign,)).fetchone() is None:
                return None
            db.execute(
                "UPDATE deliveries SET state = 'cancelled', due = NULL, changed = ?, owner = NULL, lease_until = NULL, "
                "fence = fence + 1 WHERE campaign = ? AND answers = 0 "
                "AND state IN ('held', 'planned', 'claimed', 'needs_attention')",
                (micros(now), campaign),
            )
            return self._of_campaign(db, campaign)

    def _of_campaign(self, db: sqlite3.Connection, campaign: str) -> list[Delivery]:
        find = "SELECT * FROM deliveries WHERE campaign = ? ORDER BY at IS NULL, at, number"
        return [self._rows.delivery(row) for row in db.execute(find, (campaign,)).fetchall()]


def _ids(told: JsonValue) -> Iterator[str]:
    """Give the ids of posts in a published post, or in the result of a visible step."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for name in ("id", "comment"):
            if isinstance(one := told.get(name), str):
                yield one
        for one in cast("list[JsonValue]", told.get("thread") or []):
            yield from _ids(one)
