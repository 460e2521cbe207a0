"""
The PostgreSQL store, for outboxes whose workers are on several machines.

It keeps the promises of the SQLite one with the same statements, as far as both know them. What one file's write lock
does there is done here by a lock for each account. Times are passed in; the store has no clock.
"""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from pydantic import JsonValue

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import MOVES, Delivery, DeliveryState
from socialconnect.outbox.postgres.archive import PostgresArchive
from socialconnect.outbox.postgres.database import Guard, PostgresDatabase, Session
from socialconnect.outbox.postgres.doubts import RECORD, wake_all
from socialconnect.outbox.postgres.drafts import awaited
from socialconnect.outbox.records import ASKED_AGAIN, NOT_PAUSED, OUTCOME_FROM, UNDER_WAY, step_row
from socialconnect.outbox.rows import Rows, Value, micros, moment, plain, published_text
from socialconnect.outbox.store import Account, Claim, LeaseLost, Paused, Query, Result
from socialconnect.post import Post

__all__ = ["PostgresStore", "queue_of"]


class PostgresStore(PostgresArchive):
    """
    Args:
        dsn: Where the database is.
        pack: Turns a post into text.
        unpack: Turns the text into the post.
        require: Raises unless the copies of a post's media are there.
        blocking: Whether its coroutines may hold the caller up, rather than suspend.

    Raises:
        StoreUnavailable: The database cannot be used; says why.
        ConfigurationError: The address cannot be understood.
    """

    def __init__(
        self,
        dsn: str,
        pack: Callable[[Post], str],
        unpack: Callable[[str], Post],
        require: Callable[[Post], None] = lambda _: None,
        *,
        blocking: bool,
    ) -> None:
        super().__init__(PostgresDatabase(dsn), Rows(pack, unpack, require), blocking=blocking)
        self.address, self.conninfo = self._database.address, self._database.conninfo
        """For people, without the password; and for further connections."""

    # ── for people ────────────────────────────────────────────────────────────────────────────────────────────────

    @awaited
    def add(self, deliveries: Sequence[Delivery], *, campaign: str | None = None) -> None:
        """Put deliveries in; see `Store.add`."""
        rows = [self._rows.of_delivery(one) for one in deliveries]
        accounts = {(one.network, one.account) for one in deliveries}
        with self._database.writing(accounts, shared=Guard.SHELF) as db:
            for one in deliveries:
                self._rows.require(one.post)
            if campaign is not None:
                self._add_campaign(db, campaign, micros(min(one.created_at for one in deliveries)))
            db.insert("deliveries", rows)

    def _add_campaign(self, db: Session, campaign: str, created: int | None) -> None:
        insert = "INSERT INTO campaigns (id, created) VALUES (%s, %s) ON CONFLICT DO NOTHING"
        if db.run(insert, [campaign, created]) != 1:
            message = f"the outbox holds a campaign named {campaign!r} already; nothing was planned: take another name"
            raise ValidationError([Problem(field="campaign", rule="unique", message=message, actual=campaign)])

    @awaited
    def delivery(self, delivery_id: str) -> Delivery | None:
        """Give one delivery."""
        with self._database.reading() as db:
            row = db.first("SELECT * FROM deliveries WHERE id = %s", [delivery_id])
        return None if row is None else self._rows.delivery(row)

    @awaited
    def deliveries(self, query: Query) -> list[Delivery]:
        """Give deliveries, soonest first; those without a time last."""
        where, values = _where(query)
        select = f"SELECT * FROM deliveries WHERE {where} ORDER BY at NULLS LAST, number LIMIT %s"
        with self._database.reading() as db:
            rows = db.all(select, [*values, query.limit])
        return [self._rows.delivery(row) for row in rows]

    @awaited
    def change(self, delivery_id: str, decide: Callable[[Delivery], Delivery]) -> Delivery | None:
        """Put what `decide` makes of a delivery in its place; see `Store.change`."""
        find = "SELECT * FROM deliveries WHERE id = %s"
        with self._database.reading() as db:
            row = db.first(find, [delivery_id])
        if row is None:
            return None
        with self._database.writing([(row["network"], row["account"])]) as db:
            row = db.first(find, [delivery_id])  # again: now it stands still
            if row is None:
                return None
            old = self._rows.delivery(row)
            new = decide(old)
            if new.state is not old.state and not old.may_become(new.state):
                raise ValueError(f"a delivery does not go from {old.state} to {new.state}")
            if old.state in ASKED_AGAIN:  # a person has it tried afresh: what was prepared may be part of the failure
                db.run("DELETE FROM steps WHERE delivery = %s AND NOT visible", [delivery_id])
            columns = self._rows.of_delivery(new)
            names = ", ".join(f"{name} = %({name})s" for name in columns)
            db.run(
                f"UPDATE deliveries SET {names}, fence = fence + 1, owner = NULL, lease_until = NULL, "
                "intent = NULL, intent_at = NULL, first_intent = NULL, ended = NULL, existing = NULL, looks = 0, "
                "look_at = NULL, seen = NULL WHERE id = %(id)s",
                columns,
            )
            return self._found(db, delivery_id)

    @awaited
    def launch(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """Give a campaign's held deliveries their times; see `Store.launch`."""
        with self._campaign(campaign) as db:
            row = db.first("SELECT started FROM campaigns WHERE id = %s FOR UPDATE", [campaign])
            if row is None:
                return None
            if row["started"] is not None:
                message = (
                    f"the campaign {campaign!r} was launched before, for {moment(row['started']):%Y-%m-%d %H:%M %Z}"
                )
                raise ValidationError([Problem(field="campaign", rule="launched_once", message=message)])
            db.run("UPDATE campaigns SET started = %s WHERE id = %s", [micros(start), campaign])
            released = db.all(
                "UPDATE deliveries SET state = 'planned', at = %(start)s + after, due = %(start)s + after, "
                "changed = %(now)s WHERE campaign = %(campaign)s AND state = 'held' RETURNING *",
                {"start": micros(start), "now": micros(now), "campaign": campaign},
            )
        return [self._rows.delivery(one) for one in sorted(released, key=lambda one: (one["after"], one["number"]))]

    # ── for workers ───────────────────────────────────────────────────────────────────────────────────────────────

    @awaited
    def next_moment(self, account: Account) -> datetime | None:
        """Give the moment at which there is something to do for an account; see `Store.next_moment`."""
        with self._database.reading() as db:
            row = db.all("SELECT next_moment(%s, %s) AS moment", account)[0]
        return moment(row["moment"])

    @awaited
    def due(self, now: datetime) -> Mapping[Account, int]:
        """Count the planned deliveries that are due, by account."""
        count = (
            "SELECT network, account, COUNT(*) AS count FROM deliveries WHERE state = 'planned' AND due <= %s "
            f"AND {NOT_PAUSED} GROUP BY network, account"
        )
        with self._database.reading() as db:
            rows = db.all(count, [micros(now)])
        return {(row["network"], row["account"]): int(row["count"]) for row in rows}

    @awaited
    def recover(self, now: datetime, is_gone: Callable[[str], bool]) -> list[str]:
        """Free what dead workers held; see `Store.recover`."""
        held = f"SELECT network, account, owner, lease_until <= %s AS over FROM deliveries WHERE {UNDER_WAY}"
        with self._database.reading() as db:
            rows = db.all(held, [micros(now)])
        owners = {row["owner"] for row in rows if not row["over"] and row["owner"] is not None}
        gone = [owner for owner in sorted(owners) if is_gone(owner)]
        accounts = {(row["network"], row["account"]) for row in rows if row["over"] or row["owner"] in gone}
        if not accounts:
            return []
        values: dict[str, object] = {"now": micros(now), "gone": gone}
        values |= {"networks": [one[0] for one in accounts], "accounts": [one[1] for one in accounts]}
        dead = (
            f"{UNDER_WAY} AND (lease_until <= %(now)s OR owner = ANY(%(gone)s)) "
            "AND (network, account) IN (SELECT * FROM unnest(%(networks)s::text[], %(accounts)s::text[]))"
        )
        with self._database.writing(accounts) as db:
            # The fence stays: the answer to this very attempt, should its worker still get it, is what is known best.
            unknown = db.all(
                "UPDATE deliveries SET state = 'unknown', changed = %(now)s, ended = LEAST(lease_until, %(now)s), "
                "lease_until = NULL, look_at = %(now)s, looks = 0, seen = NULL, "
                "error = 'The worker ended while the request was on its way.', error_kind = 'OutcomeUnknown' "
                f"WHERE {dead} AND intent IS NOT NULL RETURNING number, id",
                values,
            )
            db.run(
                "UPDATE deliveries SET state = 'planned', due = GREATEST(%(now)s, at), changed = %(now)s, "
                f"owner = NULL, lease_until = NULL WHERE {dead} AND intent IS NULL",
                values,
            )
        return [row["id"] for row in sorted(unknown, key=lambda one: int(one["number"]))]

    @awaited
    def miss(self, account: Account, *, before: datetime, now: datetime) -> list[str]:
        """Call an account's old deliveries missed; see `Store.miss`."""
        late = f"network = %s AND account = %s AND state = 'planned' AND at < %s AND answers = 0 AND {NOT_PAUSED}"
        values = [*account, micros(before)]
        with self._database.reading() as db:  # most times there is nothing, and no lock to wait for
            if db.first(f"SELECT 1 FROM deliveries WHERE {late} LIMIT 1", values) is None:
                return []
        change = f"UPDATE deliveries SET state = 'missed', due = NULL, changed = %s WHERE {late}"
        with self._database.writing([account]) as db:
            missed = db.all(f"{change} RETURNING at, number, id", [micros(now), *values])
        return [row["id"] for row in sorted(missed, key=lambda one: (one["at"], one["number"]))]

    @awaited
    def claim(self, account: Account, *, owner: str, now: datetime, lease_until: datetime) -> Claim | None:
        """Claim an account's first planned delivery if it is due; see `Store.claim`."""
        due = micros(now) or 0
        under_way = f"SELECT 1 FROM deliveries WHERE network = %s AND account = %s AND {UNDER_WAY} LIMIT 1"
        with self._database.writing([account]) as db:
            first = db.first("SELECT id, due FROM first_planned(%s, %s)", account)
            if first is None or first["due"] > due or db.first(under_way, account) is not None:
                return None
            db.run(
                "UPDATE deliveries SET state = 'claimed', fence = fence + 1, attempts = attempts + 1, owner = %s, "
                "lease_until = %s, changed = %s WHERE id = %s",
                [owner, micros(lease_until), due, first["id"]],
            )
            return self._claimed(db, first["id"])

    @awaited
    def recorded(self, delivery_id: str, step: str, now: datetime) -> tuple[JsonValue] | None:
        """Give a step's recorded result, alone in a tuple, while it lives."""
        find = "SELECT result FROM steps WHERE delivery = %s AND name = %s AND (expires IS NULL OR expires > %s)"
        with self._database.reading() as db:
            row = db.first(find, [delivery_id, step, micros(now)])
        if row is None:
            return None
        result: JsonValue = json.loads(row["result"])
        return (result,)

    @awaited
    def record_step(
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
        with self._of(claim) as db:
            self._fenced(db, claim, f"lease_until = %s WHERE {UNDER_WAY}", micros(lease_until))
            row = step_row(claim.delivery.id, step, result, visible=False, recorded=now, expires=expires)
            db.run(RECORD, row)

    @awaited
    def intend(self, claim: Claim, step: str, *, now: datetime, lease_until: datetime) -> None:
        """Write the intent to make the post visible; see `Store.intend`."""
        change = (
            "state = 'sending', intent = %s, intent_at = %s, first_intent = COALESCE(first_intent, %s), "
            f"lease_until = %s, changed = %s WHERE {UNDER_WAY}"
        )
        at = micros(now)
        with self._of(claim, shared=Guard.PAUSES) as db:
            self._fenced(db, claim, change, step, at, at, micros(lease_until), at)
            going = f"SELECT 1 FROM deliveries WHERE id = %s AND {NOT_PAUSED}"
            if db.first(going, [claim.delivery.id]) is None:
                raise Paused("its network or campaign was paused")

    @awaited
    def answer(self, claim: Claim, step: str, result: JsonValue, *, now: datetime) -> None:
        """Record the answer to the visible request; see `Store.answer`."""
        with self._of(claim) as db:
            self._fenced(db, claim, "intent = NULL, answers = answers + 1 WHERE state IN ('sending', 'unknown')")
            db.run(RECORD, step_row(claim.delivery.id, step, result, visible=True, recorded=now, expires=None))

    @awaited
    def finish(self, claim: Claim, result: Result, now: datetime) -> None:
        """Record how the attempt ended, and give the lease back."""
        allowed = ", ".join(f"'{one.value}'" for one in sorted(OUTCOME_FROM) if result.state in MOVES[one])
        published = published_text(result.published)
        # While the outcome is not known, what was intended and when is what reconciliation goes by.
        in_doubt = result.state is DeliveryState.UNKNOWN and result.in_doubt
        intent = "" if in_doubt else ", intent = NULL, intent_at = NULL"
        change = (
            "state = %s, due = %s, published = %s, error = %s, error_kind = %s, changed = %s, owner = NULL, "
            f"lease_until = NULL, existing = %s, look_at = %s, looks = 0, seen = NULL{intent} "
            f"WHERE state IN ({allowed})"
        )
        look = micros(now) if in_doubt else None
        told = (plain(result.error), result.error_kind, micros(now), plain(result.existing), look)
        with self._of(claim) as db:
            self._fenced(db, claim, change, result.state.value, micros(result.due), published, *told)

    # ── for the job engine ────────────────────────────────────────────────────────────────────────────────────────

    @awaited
    def wake(self, accounts: Sequence[Account]) -> None:
        """
        Let no account be without a waiting job, or with one that comes too late, while there is something to do for it.

        Its last job may have run, or been deleted or moved by a person; or a pause may have ended by a person's SQL, or
        just while something of it was planned.
        """
        forgotten = (
            "SELECT network, account FROM unnest(%s::text[], %s::text[]) AS one (network, account), "
            "next_moment(network, account) AS moment WHERE moment IS NOT NULL AND NOT EXISTS ("
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = account_key(network, account) AND status = 'todo' "
            "AND COALESCE(scheduled_at, '-infinity') <= 'epoch'::timestamptz + moment * interval '1 microsecond')"
        )
        with self._database.reading() as db:
            rows = db.all(forgotten, [[one[0] for one in accounts], [one[1] for one in accounts]])
        for row in rows:
            account = (row["network"], row["account"])
            with self._database.writing([account]) as db:
                wake_all(db, [account])

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _of(self, claim: Claim, *, shared: Guard | None = None) -> AbstractContextManager[Session]:
        """Begin a transaction on a claim's delivery."""
        return self._database.writing([(claim.delivery.network, claim.delivery.account)], shared=shared)

    def _fenced(self, db: Session, claim: Claim, change: str, *values: Value) -> None:
        update = f"UPDATE deliveries SET {change} AND id = %s AND fence = %s"
        if db.run(update, [*values, claim.delivery.id, claim.fence]) != 1:
            raise LeaseLost(f"delivery {claim.delivery.id} was taken over")


def queue_of(account: Account) -> str:
    """Give the queue that an account's job is in, as `account_key` in the schema does: workers take their accounts'."""
    return "outbox-" + hashlib.md5(" ".join(account).encode(), usedforsecurity=False).hexdigest()


def _where(query: Query) -> tuple[str, list[object]]:
    named = {"network": query.network, "account": query.account, "campaign": query.campaign}
    wanted: list[tuple[str, object]] = [(f"{name} = %s", value) for name, value in named.items() if value is not None]
    if query.states is not None:
        wanted.append(("state = ANY(%s)", [one.value for one in query.states]))
    times = {"(at >= %s OR at IS NULL)": query.after, "at >= %s": query.since, "at < %s": query.until}
    wanted += [(condition, micros(at)) for condition, at in times.items() if at is not None]
    return " AND ".join(condition for condition, _ in wanted) or "TRUE", [value for _, value in wanted]
