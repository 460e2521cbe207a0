"""The part of the PostgreSQL store that knows what is unknown, what is paused, and what has happened."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import cast

from psycopg.rows import DictRow
from pydantic import JsonValue

from socialconnect.outbox.delivery import Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.postgres_database import Guard, Session, plain
from socialconnect.outbox.postgres_drafts import PostgresDrafts, awaited
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.rows import Value, micros, moment
from socialconnect.outbox.store import Account

__all__ = ["NOT_PAUSED", "PostgresDoubts"]

NOT_PAUSED = (
    "NOT EXISTS (SELECT 1 FROM pauses WHERE kind = 'network' AND name = deliveries.network "
    "OR kind = 'campaign' AND name = deliveries.campaign)"
)
"""A delivery that may begin."""

RECORD = (
    "INSERT INTO steps (delivery, name, visible, result, recorded, expires) VALUES (%s, %s, %s, %s, %s, %s) "
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
        return [self._doubt(row) for row in rows]

    def _doubt(self, row: DictRow) -> Doubt:
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

    @awaited
    def credited(self, account: Account, since: datetime) -> frozenset[str]:
        """Give the ids of posts that belong to deliveries; see `Store.credited`."""
        mine = "network = %(network)s AND account = %(account)s AND changed >= %(since)s"
        find = (
            f"SELECT published AS told FROM deliveries WHERE {mine} AND published IS NOT NULL "
            f"UNION ALL SELECT result FROM steps WHERE visible AND delivery IN (SELECT id FROM deliveries WHERE {mine})"
        )
        with self._database.reading() as db:
            rows = db.all(find, {"network": account[0], "account": account[1], "since": micros(since)})
        return frozenset(one for row in rows for one in _ids(json.loads(row["told"])))

    @awaited
    def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        """Record what a look found out; see `Store.conclude`."""
        post = doubt.delivery.post.for_network(doubt.delivery.network)
        whole = not post.thread and post.first_comment is None
        changes: dict[str, Value] = {
            "looks": doubt.looks + verdict.looked,
            "look_at": micros(verdict.look_at),
            "changed": micros(now),
            "seen": plain(verdict.told),
        }
        if verdict.found is not None and whole:
            changes |= {"state": "published", "published": verdict.found.model_dump_json()}
            changes |= {"error": None, "error_kind": None, "intent": None, "intent_at": None, "owner": None}
            changes |= {"look_at": None}
        elif verdict.found is not None or verdict.again:
            # What was found goes on record, and the attempt goes on with what is still to come.
            due = max(now, doubt.delivery.at or now)  # the clock may have been set back
            changes |= {"state": "planned", "due": micros(due), "owner": None, "look_at": None}
            changes |= {"intent": None, "intent_at": None}
        delivery = doubt.delivery
        part = verdict.found is not None and not whole and doubt.step is not None
        with self._database.writing([(delivery.network, delivery.account)]) as db:
            names = ", ".join(f"{name} = %({name})s" for name in changes)
            where = "id = %(of_delivery)s AND fence = %(of_fence)s AND state = 'unknown'"
            values = {**changes, "of_delivery": delivery.id, "of_fence": doubt.fence}
            done = db.run(f"UPDATE deliveries SET {names} WHERE {where}", values) == 1
            if done and part and verdict.found is not None:
                told = json.dumps(verdict.found.id)
                db.run(RECORD, [delivery.id, doubt.step, True, told, micros(now), None])
                db.run("UPDATE deliveries SET answers = answers + 1 WHERE id = %s", [delivery.id])
        return done

    @awaited
    def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        with self._database.reading() as db:
            rows = db.all("SELECT * FROM history WHERE delivery = %s ORDER BY number", [delivery_id])
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
        with self._database.writing(self._accounts_of(campaign)) as db:
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
        with self._database.writing(self._accounts_of(campaign)) as db:
            if db.first("SELECT 1 FROM campaigns WHERE id = %s", [campaign]) is None:
                return None
            db.run(
                "UPDATE deliveries SET state = 'cancelled', due = NULL, changed = %s, owner = NULL, "
                "lease_until = NULL, fence = fence + 1 WHERE campaign = %s AND answers = 0 "
                "AND state IN ('held', 'planned', 'claimed', 'needs_attention')",
                [micros(now), campaign],
            )
            return self._of_campaign(db, campaign)

    def _accounts_of(self, campaign: str) -> list[Account]:
        """Give a campaign's accounts: they are put in together with it, and never change."""
        with self._database.reading() as db:
            rows = db.all("SELECT DISTINCT network, account FROM deliveries WHERE campaign = %s", [campaign])
        return [(row["network"], row["account"]) for row in rows]

    def _of_campaign(self, db: Session, campaign: str) -> list[Delivery]:
        find = "SELECT * FROM deliveries WHERE campaign = %s ORDER BY at NULLS LAST, number"
        return [self._rows.delivery(row) for row in db.all(find, [campaign])]


def wake_all(db: Session, accounts: list[Account]) -> None:
    """Have the accounts' jobs stand at their next moments; see `wake` in the schema."""
    if accounts:
        networks, names = [one[0] for one in accounts], [one[1] for one in accounts]
        each = "unnest(%s::text[], %s::text[]) AS one (network, account)"
        db.all(f"SELECT wake(network, account) FROM {each}", [networks, names])


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
