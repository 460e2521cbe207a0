"""The part of the PostgreSQL store that counts, lists, and clears away."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from psycopg.rows import DictRow

from socialconnect.outbox.delivery import ENDED, CampaignEntry, Delivery, DeliveryState, StepEntry
from socialconnect.outbox.postgres.database import Guard
from socialconnect.outbox.postgres.doubts import PostgresDoubts
from socialconnect.outbox.postgres.drafts import awaited
from socialconnect.outbox.records import NOT_PAUSED, REROUTED, as_in_json, campaign_entry, step_entry
from socialconnect.outbox.rows import micros, moment
from socialconnect.outbox.store import Tally

__all__ = ["PostgresUpkeep"]

_ENDED = ", ".join(f"'{one.value}'" for one in sorted(ENDED))
_UNDOABLE = (
    f"(COALESCE(error_kind, '') = '{REROUTED}' AND EXISTS (SELECT 1 FROM reroutes WHERE "
    "data::jsonb ->> 'delivery' = deliveries.id AND data::jsonb ->> 'until' COLLATE \"C\" >= %s))"
)
"""A delivery that was moved, and may have to be put back."""

_NAMED = "SELECT DISTINCT (regexp_matches(post, '[0-9a-f]{64}', 'g'))[1] AS digest FROM"
"""By what is in them: whatever looks like what a copy's name begins with counts as one."""


class PostgresUpkeep(PostgresDoubts):
    """Watching and upkeep; see `Store`."""

    @awaited
    def tally(self, now: datetime) -> Tally:
        """Count what there is; see `Store.tally`."""
        waiting = f"SELECT MIN(due) AS due FROM deliveries WHERE state = 'planned' AND due <= %s AND {NOT_PAUSED}"
        with self._database.reading() as db:
            rows = db.all("SELECT network, state, COUNT(*) AS count FROM deliveries GROUP BY network, state")
            drafts = db.all("SELECT COUNT(*) AS count FROM drafts")[0]["count"]
            oldest = db.all(waiting, [micros(now)])[0]["due"]
        counts = {(row["network"], DeliveryState(row["state"])): int(row["count"]) for row in rows}
        return Tally(counts, int(drafts), moment(oldest))

    @awaited
    def page(self, beyond: int, limit: int) -> list[tuple[int, Delivery]]:
        """Give deliveries in the order in which they were put in; see `Store.page`."""
        select = "SELECT * FROM deliveries WHERE number > %s ORDER BY number LIMIT %s"
        with self._database.reading() as db:
            rows = db.all(select, [beyond, limit])
        return [(row["number"], self._rows.delivery(row)) for row in rows]

    @awaited
    def campaigns(self) -> list[CampaignEntry]:
        """Give the campaigns, oldest first."""
        with self._database.reading() as db:
            rows = db.all("SELECT id, created, started FROM campaigns ORDER BY created, id")
        return [campaign_entry(row) for row in rows]

    @awaited
    def steps(self, delivery_id: str) -> list[StepEntry]:
        """Give a delivery's recorded steps, oldest first."""
        with self._database.reading() as db:
            rows = db.all("SELECT * FROM steps WHERE delivery = %s ORDER BY recorded, name", [delivery_id])
        return [step_entry(row) for row in rows]

    @awaited
    def forget(self, before: datetime, limit: int) -> int:
        """Delete what ended long ago; see `Store.forget`."""
        find = (
            f"SELECT id, network, account FROM deliveries WHERE state IN ({_ENDED}) AND changed < %s AND NOT EXISTS "
            "(SELECT 1 FROM deliveries AS doubt WHERE doubt.network = deliveries.network "
            f"AND doubt.account = deliveries.account AND doubt.look_at IS NOT NULL) AND NOT {_UNDOABLE} "
            "ORDER BY number LIMIT %s"
        )
        values = [micros(before), as_in_json(before), limit]
        with self._database.reading() as db:
            accounts = {(row["network"], row["account"]) for row in db.all(find, values)}
        with self._database.writing(accounts) as db:  # and again: some may have been planned anew
            found = db.all(find, values)
            ids = [row["id"] for row in found if (row["network"], row["account"]) in accounts]
            db.run("DELETE FROM steps WHERE delivery = ANY(%s)", [ids])
            db.run("DELETE FROM history WHERE delivery = ANY(%s)", [ids])
            db.run("DELETE FROM deliveries WHERE id = ANY(%s)", [ids])
            return len(ids)

    @awaited
    def clear(self, copies: Collection[str], remove: Callable[[list[str]], None]) -> None:
        """Have media copies removed that nothing refers to; see `Store.clear`."""
        # Most is looked through while others may write, and what was put in meanwhile when they may not.
        with self._database.writing(alone=Guard.SHELF) as db:
            last = db.all("SELECT COALESCE(MAX(number), 0) AS last FROM deliveries")[0]["last"]
        with self._database.reading() as db:
            free = _without(copies, db.all(f"{_NAMED} deliveries WHERE number <= %s", [last]))
        if not free:
            return
        with self._database.writing(alone=Guard.SHELF) as db:
            db.run("SET LOCAL idle_in_transaction_session_timeout = 0")  # removing many files may take long
            # Drafts may change, and become deliveries, which deliveries never do.
            free = _without(free, db.all(f"{_NAMED} deliveries WHERE number > %s", [last]))
            free = _without(free, db.all(f"{_NAMED} drafts"))
            remove(sorted(free))


def _without(copies: Collection[str], named: list[DictRow]) -> set[str]:
    """Give the copies that are not named."""
    digests = {row["digest"] for row in named}
    return {one for one in copies if one[:64] not in digests}
