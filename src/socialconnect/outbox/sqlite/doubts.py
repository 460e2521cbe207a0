"""The part of the SQLite store that knows what is unknown, what is paused, and what has happened."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import cast

from socialconnect.outbox.delivery import Delivery, HistoryEntry
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.records import (
    concluded,
    credited_since,
    doubt_of,
    history_entry,
    not_finished,
    post_ids,
    step_row,
)
from socialconnect.outbox.rows import micros, moment
from socialconnect.outbox.sqlite.drafts import SqliteDrafts, insert
from socialconnect.outbox.store import Account

__all__ = ["SqliteDoubts"]


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
        return [doubt_of(row, self._rows.delivery(row)) for row in rows]

    async def unknown(self, account: Account) -> list[Doubt]:
        """Give all that is unknown; see `Store.unknown`."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT * FROM deliveries WHERE network = ? AND account = ? AND state = 'unknown' ORDER BY number",
                account,
            ).fetchall()
        return [doubt_of(row, self._rows.delivery(row)) for row in rows]

    async def credited(self, account: Account, since: datetime) -> frozenset[str]:
        """Give the ids of posts that belong to deliveries; see `Store.credited`."""
        with self._file.reading() as db:
            return _credited(db, account, since)

    async def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        """Record what a look found out; see `Store.conclude`."""
        changes = concluded(doubt, verdict, now)
        delivery = doubt.delivery
        account = (delivery.network, delivery.account)
        with self._file.writing() as db:
            # Another process may have looked at the same time: a post is credited once.
            if verdict.found is not None and verdict.found.id in _credited(db, account, credited_since(doubt)):
                return False
            names = ", ".join(f"{name} = :{name}" for name in changes)
            where = "id = :delivery AND fence = :fence AND state = 'unknown'"
            values = {**changes, "delivery": delivery.id, "fence": doubt.fence}
            done = db.execute(f"UPDATE deliveries SET {names} WHERE {where}", values).rowcount == 1
            if done and verdict.found is not None and not_finished(doubt) and doubt.step is not None:
                told = verdict.found.id
                row = step_row(delivery.id, doubt.step, told, visible=True, recorded=now, expires=None)
                insert(db, "steps", row, replace=True)
                db.execute("UPDATE deliveries SET answers = answers + 1 WHERE id = ?", (delivery.id,))
        return done

    async def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT * FROM history WHERE delivery = ? ORDER BY number", (delivery_id,)).fetchall()
        return [history_entry(row) for row in rows]

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


def _credited(db: sqlite3.Connection, account: Account, since: datetime) -> frozenset[str]:
    """Give the ids of posts that belong to deliveries."""
    values = (*account, micros(since))
    mine = "network = ? AND account = ? AND changed >= ?"
    published = db.execute(
        f"SELECT published AS told FROM deliveries WHERE {mine} AND published IS NOT NULL", values
    ).fetchall()
    steps = db.execute(
        f"SELECT result AS told FROM steps WHERE visible AND delivery IN (SELECT id FROM deliveries WHERE {mine})",
        values,
    ).fetchall()
    return frozenset(one for row in [*published, *steps] for one in post_ids(json.loads(row["told"])))
