"""
The SQLite store. Its coroutines never suspend: nothing can come between two of their lines but a crash.

Times are passed in; the store has no clock.
"""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pydantic import JsonValue

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import MOVES, Delivery, DeliveryState
from socialconnect.outbox.records import ASKED_AGAIN, NOT_PAUSED, OUTCOME_FROM, UNDER_WAY, step_row
from socialconnect.outbox.rows import Rows, Value, micros, moment, plain, published_text
from socialconnect.outbox.sqlite.archive import SqliteArchive
from socialconnect.outbox.sqlite.drafts import insert
from socialconnect.outbox.sqlite.file import SqliteFile
from socialconnect.outbox.store import Account, Claim, LeaseLost, Paused, Query, Result
from socialconnect.post import Post

__all__ = ["SqliteStore"]


class SqliteStore(SqliteArchive):
    """
    Args:
        path: The file; made if it is not there.
        pack: Turns a post into text.
        unpack: Turns the text into the post.
        require: Raises unless the copies of a post's media are there.

    Raises:
        StoreUnavailable: The file cannot be used; says why.
    """

    def __init__(
        self,
        path: Path,
        pack: Callable[[Post], str],
        unpack: Callable[[str], Post],
        require: Callable[[Post], None] = lambda _: None,
    ) -> None:
        super().__init__(SqliteFile(path), Rows(pack, unpack, require))

    # ── for people ────────────────────────────────────────────────────────────────────────────────────────────────

    async def add(self, deliveries: Sequence[Delivery], *, campaign: str | None = None) -> None:
        """Put deliveries in; see `Store.add`."""
        rows = [self._rows.of_delivery(one) for one in deliveries]
        with self._file.writing() as db:
            if campaign is not None:
                self._add_campaign(db, campaign, micros(min(one.created_at for one in deliveries)))
            for one, row in zip(deliveries, rows, strict=True):
                self._rows.require(one.post)
                insert(db, "deliveries", row)

    def _add_campaign(self, db: sqlite3.Connection, campaign: str, created: int | None) -> None:
        if db.execute("SELECT 1 FROM campaigns WHERE id = ?", (campaign,)).fetchone():
            message = f"the outbox holds a campaign named {campaign!r} already; nothing was planned: take another name"
            raise ValidationError([Problem(field="campaign", rule="unique", message=message, actual=campaign)])
        db.execute("INSERT INTO campaigns (id, created) VALUES (?, ?)", (campaign, created))

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """Give one delivery."""
        with self._file.reading() as db:
            row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
        return None if row is None else self._rows.delivery(row)

    async def deliveries(self, query: Query) -> list[Delivery]:
        """Give deliveries, soonest first; those without a time last."""
        where, values = _where(query)
        select = f"SELECT * FROM deliveries WHERE {where} ORDER BY at IS NULL, at, number LIMIT ?"
        values.append(-1 if query.limit is None else query.limit)
        with self._file.reading() as db:
            rows = db.execute(select, values).fetchall()
        return [self._rows.delivery(row) for row in rows]

    async def change(self, delivery_id: str, decide: Callable[[Delivery], Delivery]) -> Delivery | None:
        """Put what `decide` makes of a delivery in its place; see `Store.change`."""
        with self._file.writing() as db:
            row = db.execute("SELECT * FROM deliveries WHERE id = ?", (delivery_id,)).fetchone()
            if row is None:
                return None
            old = self._rows.delivery(row)
            new = decide(old)
            if new.state is not old.state and not old.may_become(new.state):
                raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
            if old.state in ASKED_AGAIN:  # a person has it tried afresh: what was prepared may be part of the failure
                db.execute("DELETE FROM steps WHERE delivery = ? AND NOT visible", (delivery_id,))
            columns = self._rows.of_delivery(new)
            names = ", ".join(f"{name} = :{name}" for name in columns)
            db.execute(
                f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL, "
                "intent = NULL, intent_at = NULL, first_intent = NULL, ended = NULL, existing = NULL, looks = 0, "
                "look_at = NULL, seen = NULL WHERE id = :id",
                columns,
            )
            return self._rows.delivery(self._row(db, delivery_id))

    async def launch(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """Give a campaign's held deliveries their times; see `Store.launch`."""
        with self._file.writing() as db:
            row = db.execute("SELECT started FROM campaigns WHERE id = ?", (campaign,)).fetchone()
            if row is None:
                return None
            if row["started"] is not None:
                message = (
                    f"the campaign {campaign!r} was launched before, for {moment(row['started']):%Y-%m-%d %H:%M %Z}"
                )
                raise ValidationError([Problem(field="campaign", rule="launched_once", message=message)])
            db.execute("UPDATE campaigns SET started = ? WHERE id = ?", (micros(start), campaign))
            held = db.execute(
                "SELECT id FROM deliveries WHERE campaign = ? AND state = 'held' ORDER BY after, number", (campaign,)
            ).fetchall()
            db.execute(
                "UPDATE deliveries SET state = 'planned', at = :start + after, due = :start + after, changed = :now "
                "WHERE campaign = :campaign AND state = 'held'",
                {"start": micros(start), "now": micros(now), "campaign": campaign},
            )
            find = "SELECT * FROM deliveries WHERE id = ?"
            return [self._rows.delivery(db.execute(find, (one["id"],)).fetchone()) for one in held]

    # ── for workers ───────────────────────────────────────────────────────────────────────────────────────────────

    async def next_moment(self, account: Account) -> datetime | None:
        """Give the moment at which there is something to do for an account; see `Store.next_moment`."""
        with self._file.reading() as db:
            leased = f"SELECT MIN(lease_until) FROM deliveries WHERE network = ? AND account = ? AND {UNDER_WAY}"
            (busy,) = db.execute(leased, account).fetchone()
            first = None if busy is not None else db.execute(_FIRST, account).fetchone()
            looking = "SELECT MIN(look_at) FROM deliveries WHERE network = ? AND account = ? AND look_at IS NOT NULL"
            (look,) = db.execute(looking, account).fetchone()
        moments = [one for one in (busy, look, first["due"] if first is not None else None) if one is not None]
        return moment(min(moments, default=None))

    async def due(self, now: datetime) -> Mapping[Account, int]:
        """Count the planned deliveries that are due, by account."""
        with self._file.reading() as db:
            rows = db.execute(
                "SELECT network, account, COUNT(*) FROM deliveries WHERE state = 'planned' AND due <= ? "
                f"AND {NOT_PAUSED} GROUP BY network, account",
                (micros(now),),
            ).fetchall()
        return {(network, account): count for network, account, count in rows}

    async def recover(self, now: datetime, is_gone: Callable[[str], bool]) -> list[str]:
        """Free what dead workers held; see `Store.recover`."""
        values: dict[str, Value] = {"now": micros(now)}
        with self._file.reading() as db:  # most times there is nothing, and no write lock to wait for
            held = db.execute(f"SELECT DISTINCT owner, lease_until <= :now FROM deliveries WHERE {UNDER_WAY}", values)
            owners = held.fetchall()
        gone = [owner for owner, over in owners if not over and owner is not None and is_gone(owner)]
        if not gone and not any(over for _, over in owners):
            return []
        values |= {f"gone{index}": owner for index, owner in enumerate(gone)}
        marks = ", ".join(f":gone{index}" for index in range(len(gone)))
        dead = f"{UNDER_WAY} AND (lease_until <= :now OR owner IN ({marks}))"
        with self._file.writing() as db:
            # The fence stays: the answer to this very attempt, should its worker still get it, is what is known best.
            doubtful = f"SELECT id FROM deliveries WHERE {dead} AND intent IS NOT NULL ORDER BY number"
            unknown = [row["id"] for row in db.execute(doubtful, values).fetchall()]
            db.execute(
                "UPDATE deliveries SET state = 'unknown', changed = :now, ended = MIN(lease_until, :now), "
                "lease_until = NULL, look_at = :now, looks = 0, seen = NULL, "
                "error = 'The worker ended while the request was on its way.', error_kind = 'OutcomeUnknown' "
                f"WHERE {dead} AND intent IS NOT NULL",
                values,
            )
            db.execute(
                "UPDATE deliveries SET state = 'planned', due = MAX(:now, at), changed = :now, owner = NULL, "
                f"lease_until = NULL WHERE {dead} AND intent IS NULL",
                values,
            )
        return unknown

    async def miss(self, account: Account, *, before: datetime, now: datetime) -> list[str]:
        """Call an account's old deliveries missed; see `Store.miss`."""
        late = f"network = ? AND account = ? AND state = 'planned' AND at < ? AND answers = 0 AND {NOT_PAUSED}"
        values = [*account, micros(before)]
        with self._file.reading() as db:
            if db.execute(f"SELECT 1 FROM deliveries WHERE {late} LIMIT 1", values).fetchone() is None:
                return []
        with self._file.writing() as db:
            find = f"SELECT id FROM deliveries WHERE {late} ORDER BY at, number"
            missed = [row["id"] for row in db.execute(find, values).fetchall()]
            change = f"UPDATE deliveries SET state = 'missed', due = NULL, changed = ? WHERE {late}"
            db.execute(change, [micros(now), *values])
            return missed

    async def claim(self, account: Account, *, owner: str, now: datetime, lease_until: datetime) -> Claim | None:
        """Claim an account's first planned delivery if it is due; see `Store.claim`."""
        under_way = f"SELECT 1 FROM deliveries WHERE network = ? AND account = ? AND {UNDER_WAY} LIMIT 1"
        due, until = micros(now) or 0, micros(lease_until)

        def act(db: sqlite3.Connection) -> sqlite3.Row | None:
            first = db.execute(_FIRST, account).fetchone()
            if first is None or first["due"] > due or db.execute(under_way, account).fetchone():
                return None
            db.execute(
                "UPDATE deliveries SET state = 'claimed', fence = fence + 1, attempts = attempts + 1, owner = ?, "
                "lease_until = ?, changed = ? WHERE id = ?",
                (owner, until, due, first["id"]),
            )
            return self._row(db, first["id"])

        row = self._file.write(act)
        return None if row is None else self._claimed(row)

    async def recorded(self, delivery_id: str, step: str, now: datetime) -> tuple[JsonValue] | None:
        """Give a step's recorded result, alone in a tuple, while it lives."""
        with self._file.reading() as db:
            row = db.execute(
                "SELECT result FROM steps WHERE delivery = ? AND name = ? AND (expires IS NULL OR expires > ?)",
                (delivery_id, step, micros(now)),
            ).fetchone()
        if row is None:
            return None
        result: JsonValue = json.loads(row["result"])
        return (result,)

    async def record_step(
        self,
        claim: Claim,
        step: str,
        result: JsonValue,
        *,
        now: datetime,
        expires: datetime | None,
        lease_until: datetime,
    ) -> None:
        """Record a step that nobody sees, and prolong the lease."""
        row = step_row(claim.delivery.id, step, result, visible=False, recorded=now, expires=expires)

        def act(db: sqlite3.Connection) -> None:
            self._fenced(db, claim, f"lease_until = ? WHERE {UNDER_WAY}", micros(lease_until))
            insert(db, "steps", row, replace=True)

        self._file.write(act)

    async def intend(self, claim: Claim, step: str, *, now: datetime, lease_until: datetime) -> None:
        """Write the intent to make the post visible; see `Store.intend`."""
        change = (
            "state = 'sending', intent = ?, intent_at = ?, first_intent = COALESCE(first_intent, ?), "
            f"lease_until = ?, changed = ? WHERE {UNDER_WAY}"
        )
        going = f"SELECT 1 FROM deliveries WHERE id = ? AND {NOT_PAUSED}"
        at, until = micros(now), micros(lease_until)

        def act(db: sqlite3.Connection) -> None:
            self._fenced(db, claim, change, step, at, at, until, at)
            if db.execute(going, (claim.delivery.id,)).fetchone() is None:
                raise Paused("its network or campaign was paused")

        self._file.write(act)

    async def answer(self, claim: Claim, step: str, result: JsonValue, *, now: datetime) -> None:
        """Record the answer to the visible request; see `Store.answer`."""
        row = step_row(claim.delivery.id, step, result, visible=True, recorded=now, expires=None)

        def act(db: sqlite3.Connection) -> None:
            self._fenced(db, claim, "intent = NULL, answers = answers + 1 WHERE state IN ('sending', 'unknown')")
            insert(db, "steps", row, replace=True)

        self._file.write(act)

    async def finish(self, claim: Claim, result: Result, now: datetime) -> None:
        """Record how the attempt ended, and give the lease back."""
        allowed = ", ".join(f"'{one.value}'" for one in sorted(OUTCOME_FROM) if result.state in MOVES[one])
        published = published_text(result.published)
        # While the outcome is not known, what was intended and when is what reconciliation goes by.
        in_doubt = result.state is DeliveryState.UNKNOWN and result.in_doubt
        intent = "" if in_doubt else ", intent = NULL, intent_at = NULL"
        change = (
            "state = ?, due = ?, published = ?, error = ?, error_kind = ?, changed = ?, owner = NULL, "
            f"lease_until = NULL, existing = ?, look_at = ?, looks = 0, seen = NULL{intent} WHERE state IN ({allowed})"
        )
        look = micros(now) if in_doubt else None
        told = (plain(result.error), result.error_kind, micros(now), plain(result.existing), look)
        values = (result.state.value, micros(result.due), published, *told)
        self._file.write(lambda db: self._fenced(db, claim, change, *values))

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _fenced(self, db: sqlite3.Connection, claim: Claim, change: str, *values: Value) -> None:
        update = f"UPDATE deliveries SET {change} AND id = ? AND fence = ?"
        if db.execute(update, (*values, claim.delivery.id, claim.fence)).rowcount != 1:
            raise LeaseLost(f"delivery {claim.delivery.id} was taken over")


def _where(query: Query) -> tuple[str, list[Value]]:
    named = {"network": query.network, "account": query.account, "campaign": query.campaign}
    wanted: list[tuple[str, Sequence[Value]]] = [
        (f"{name} = ?", [value]) for name, value in named.items() if value is not None
    ]
    if query.states is not None:
        marks = ", ".join("?" * len(query.states))
        wanted.append((f"state IN ({marks})", [one.value for one in query.states]))
    times = {"(at >= ? OR at IS NULL)": query.after, "at >= ?": query.since, "at < ?": query.until}
    wanted += [(condition, [micros(at)]) for condition, at in times.items() if at is not None]
    where = " AND ".join(condition for condition, _ in wanted) or "TRUE"
    return where, [value for _, some in wanted for value in some]


_FIRST = (
    "SELECT id, due FROM deliveries WHERE network = ? AND account = ? AND state = 'planned' "
    f"AND {NOT_PAUSED} ORDER BY at, number LIMIT 1"
)
"""An account's first planned delivery: one that waits for its next attempt keeps those after it waiting."""
