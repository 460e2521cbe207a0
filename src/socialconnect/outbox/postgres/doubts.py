"""The part of the PostgreSQL store that knows what is unknown, what is paused, and what has happened."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from socialconnect.outbox.delivery import Delivery, HistoryEntry
from socialconnect.outbox.postgres.database import Guard, Session
from socialconnect.outbox.postgres.drafts import PostgresDrafts, awaited
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
from socialconnect.outbox.store import Account

__all__ = ["RECORD", "PostgresDoubts"]

RECORD = (
    "INSERT INTO steps (delivery, name, visible, result, recorded, expires) "
    "VALUES (%(delivery)s, %(name)s, %(visible)s, %(result)s, %(recorded)s, %(expires)s) "
    "ON CONFLICT (delivery, name) DO UPDATE SET visible = EXCLUDED.visible, result = EXCLUDED.result, "
    "recorded = EXCLUDED.recorded, expires = EXCLUDED.expires"
)
"""Record a step, in place of an earlier one of that name."""


class PostgresDoubts(PostgresDrafts):
    """Reconciliation, pauses and history; see `Store`."""

    # ── what became of what is unknown ────────────────────────────────────────────────────────────────────────────

    @awaited
    def doubts(self, account: Account, now: datetime) -> list[Doubt]:
        """Give what is to be looked for now; see `Store.doubts`."""
        with self._database.reading() as db:
            rows = db.all(
                "SELECT * FROM deliveries WHERE network = %s AND account = %s AND look_at <= %s AND state = 'unknown' "
                "ORDER BY COALESCE(first_intent, intent_at, changed), number",
                [*account, micros(now)],
            )
        return [doubt_of(row, self._rows.delivery(row)) for row in rows]

    @awaited
    def unknown(self, account: Account) -> list[Doubt]:
        """Give all that is unknown; see `Store.unknown`."""
        with self._database.reading() as db:
            rows = db.all(
                "SELECT * FROM deliveries WHERE network = %s AND account = %s AND state = 'unknown' ORDER BY number",
                [*account],
            )
        return [doubt_of(row, self._rows.delivery(row)) for row in rows]

    @awaited
    def credited(self, account: Account, since: datetime) -> frozenset[str]:
        """Give the ids of posts that belong to deliveries; see `Store.credited`."""
        with self._database.reading() as db:
            return _credited(db, account, since)

    @awaited
    def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        """Record what a look found out; see `Store.conclude`."""
        changes = concluded(doubt, verdict, now)
        delivery = doubt.delivery
        account = (delivery.network, delivery.account)
        with self._database.writing([account]) as db:
            # Another process may have looked at the same time: a post is credited once.
            if verdict.found is not None and verdict.found.id in _credited(db, account, credited_since(doubt)):
                return False
            names = ", ".join(f"{name} = %({name})s" for name in changes)
            where = "id = %(of_delivery)s AND fence = %(of_fence)s AND state = 'unknown'"
            values = {**changes, "of_delivery": delivery.id, "of_fence": doubt.fence}
            done = db.run(f"UPDATE deliveries SET {names} WHERE {where}", values) == 1
            if done and verdict.found is not None and not_finished(doubt) and doubt.step is not None:
                told = verdict.found.id
                db.run(RECORD, step_row(delivery.id, doubt.step, told, visible=True, recorded=now, expires=None))
                db.run("UPDATE deliveries SET answers = answers + 1 WHERE id = %s", [delivery.id])
        return done

    @awaited
    def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        with self._database.reading() as db:
            rows = db.all("SELECT * FROM history WHERE delivery = %s ORDER BY number", [delivery_id])
        return [history_entry(row) for row in rows]

    # ── pauses and campaigns ──────────────────────────────────────────────────────────────────────────────────────

    @awaited
    def pause(self, kind: str, name: str, now: datetime) -> None:
        """Let nothing of it begin; see `Store.pause`."""
        insert = "INSERT INTO pauses (kind, name, since) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
        with self._database.writing(alone=Guard.PAUSES) as db:
            db.run(insert, [kind, name, micros(now)])

    @awaited
    def resume(self, kind: str, name: str) -> bool:
        """Let it go on; see `Store.resume`."""
        column = "network" if kind == "network" else "campaign"
        find = f"SELECT DISTINCT network, account FROM deliveries WHERE {column} = %s AND state = 'planned'"
        with self._database.reading() as db:
            accounts = [(row["network"], row["account"]) for row in db.all(find, [name])]
        with self._database.writing(accounts, alone=Guard.PAUSES) as db:
            resumed = db.run("DELETE FROM pauses WHERE kind = %s AND name = %s", [kind, name]) == 1
            wake_all(db, accounts)
        return resumed

    @awaited
    def pauses(self) -> list[tuple[str, str, datetime]]:
        """Give what is paused."""
        with self._database.reading() as db:
            rows = db.all("SELECT kind, name, since FROM pauses ORDER BY since, kind, name")
        return [(row["kind"], row["name"], cast("datetime", moment(row["since"]))) for row in rows]

    @awaited
    def move_start(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """Move a campaign's deliveries with its start; see `Store.move_start`."""
        with self._campaign(campaign) as db:
            row = db.first("SELECT started FROM campaigns WHERE id = %s FOR UPDATE", [campaign])
            if row is None:
                return None
            if row["started"] is not None:
                db.run("UPDATE campaigns SET started = %s WHERE id = %s", [micros(start), campaign])
                db.run(
                    "UPDATE deliveries SET at = %(start)s + after, due = %(start)s + after, attempts = 0, "
                    "changed = %(now)s, fence = fence + 1 WHERE campaign = %(campaign)s AND state = 'planned' "
                    "AND after IS NOT NULL AND answers = 0",
                    {"start": micros(start), "now": micros(now), "campaign": campaign},
                )
            return self._of_campaign(db, campaign)

    @awaited
    def call_off(self, campaign: str, now: datetime) -> list[Delivery] | None:
        """Cancel what has not begun; see `Store.call_off`."""
        with self._campaign(campaign) as db:
            if db.first("SELECT 1 FROM campaigns WHERE id = %s", [campaign]) is None:
                return None
            db.run(
                "UPDATE deliveries SET state = 'cancelled', due = NULL, changed = %s, owner = NULL, "
                "lease_until = NULL, fence = fence + 1 WHERE campaign = %s AND answers = 0 "
                "AND state IN ('held', 'planned', 'claimed', 'needs_attention')",
                [micros(now), campaign],
            )
            return self._of_campaign(db, campaign)

    @contextmanager
    def _campaign(self, campaign: str) -> Generator[Session, None, None]:
        """Give a session inside a transaction on a campaign, with the locks of all its accounts."""
        find = "SELECT DISTINCT network, account FROM deliveries WHERE campaign = %s"
        accounts: set[Account] = set()
        with self._database.reading() as db:
            found = {(row["network"], row["account"]) for row in db.all(find, [campaign])}
        while not found <= accounts:  # again, as long as some were moved to another account meanwhile
            accounts |= found
            with self._database.writing(accounts) as db:
                found = {(row["network"], row["account"]) for row in db.all(find, [campaign])}
                if found <= accounts:
                    yield db
                    return
        with self._database.writing() as db:  # it has no deliveries
            yield db

    def _of_campaign(self, db: Session, campaign: str) -> list[Delivery]:
        find = "SELECT * FROM deliveries WHERE campaign = %s ORDER BY at NULLS LAST, number"
        return [self._rows.delivery(row) for row in db.all(find, [campaign])]


def _credited(db: Session, account: Account, since: datetime) -> frozenset[str]:
    """Give the ids of posts that belong to deliveries."""
    mine = "network = %(network)s AND account = %(account)s AND changed >= %(since)s"
    find = (
        f"SELECT published AS told FROM deliveries WHERE {mine} AND published IS NOT NULL "
        f"UNION ALL SELECT result FROM steps WHERE visible AND delivery IN (SELECT id FROM deliveries WHERE {mine})"
    )
    rows = db.all(find, {"network": account[0], "account": account[1], "since": micros(since)})
    return frozenset(one for row in rows for one in post_ids(json.loads(row["told"])))


def wake_all(db: Session, accounts: list[Account]) -> None:
    """Have the accounts' jobs stand at their next moments; see `wake` in the schema."""
    if accounts:
        networks, names = [one[0] for one in accounts], [one[1] for one in accounts]
        each = "unnest(%s::text[], %s::text[]) AS one (network, account)"
        db.all(f"SELECT wake(network, account) FROM {each}", [networks, names])
