"""The part of the SQLite store that counts, lists, and clears away."""

# ruff: noqa: S608  # every statement is put together from words of this file; values are always bound

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Collection
from datetime import datetime

from socialconnect.outbox.delivery import ENDED, CampaignEntry, Delivery, DeliveryState, StepEntry
from socialconnect.outbox.records import NOT_PAUSED, REROUTED, as_in_json, campaign_entry, step_entry
from socialconnect.outbox.rows import micros, moment
from socialconnect.outbox.sqlite.doubts import SqliteDoubts
from socialconnect.outbox.store import Tally

__all__ = ["SqliteUpkeep"]

_ENDED = ", ".join(f"'{one.value}'" for one in sorted(ENDED))
_UNDOABLE = (
    f"(COALESCE(error_kind, '') = '{REROUTED}' AND EXISTS (SELECT 1 FROM reroutes WHERE "
    "json_extract(data, '$.delivery') = deliveries.id AND json_extract(data, '$.until') >= ?))"
)
"""A delivery that was moved, and may have to be put back."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
"""What a copy's name begins with."""


class SqliteUpkeep(SqliteDoubts):
    """Watching and upkeep; see `Store`."""

    async def tally(self, now: datetime) -> Tally:
        """Count what there is; see `Store.tally`."""
        with self._file.reading() as db:
            rows = db.execute("SELECT network, state, COUNT(*) FROM deliveries GROUP BY network, state").fetchall()
            (drafts,) = db.execute("SELECT COUNT(*) FROM drafts").fetchone()
            waiting = f"SELECT MIN(due) FROM deliveries WHERE state = 'planned' AND due <= ? AND {NOT_PAUSED}"
            (oldest,) = db.execute(waiting, (micros(now),)).fetchone()
        counts = {(network, DeliveryState(state)): count for network, state, count in rows}
        return Tally(counts, drafts, moment(oldest))

    async def page(self, beyond: int, limit: int) -> list[tuple[int, Delivery]]:
        """Give deliveries in the order in which they were put in; see `Store.page`."""
        with self._file.reading() as db:
            select = "SELECT * FROM deliveries WHERE number > ? ORDER BY number LIMIT ?"
            rows = db.execute(select, (beyond, limit)).fetchall()
        return [(row["number"], self._rows.delivery(row)) for row in rows]

    async def campaigns(self) -> list[CampaignEntry]:
        """Give the campaigns, oldest first."""
        with self._file.reading() as db:
            rows = db.execute("SELECT id, created, started FROM campaigns ORDER BY created, id").fetchall()
        return [campaign_entry(row) for row in rows]

    async def steps(self, delivery_id: str) -> list[StepEntry]:
        """Give a delivery's recorded steps, oldest first."""
        with self._file.reading() as db:
            select = "SELECT * FROM steps WHERE delivery = ? ORDER BY recorded, name"
            rows = db.execute(select, (delivery_id,)).fetchall()
        return [step_entry(row) for row in rows]

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete what ended long ago; see `Store.forget`."""
        find = (
            f"SELECT number, id FROM deliveries WHERE state IN ({_ENDED}) AND changed < ? AND NOT EXISTS "
            "(SELECT 1 FROM deliveries AS doubt WHERE doubt.network = deliveries.network "
            f"AND doubt.account = deliveries.account AND doubt.look_at IS NOT NULL) AND NOT {_UNDOABLE} "
            "ORDER BY number LIMIT ?"
        )
        with self._file.writing() as db:
            found = db.execute(find, (micros(before), as_in_json(before), limit)).fetchall()
            ids = [(row["id"],) for row in found]
            db.executemany("DELETE FROM steps WHERE delivery = ?", ids)
            db.executemany("DELETE FROM history WHERE delivery = ?", ids)
            db.executemany("DELETE FROM deliveries WHERE id = ?", ids)
            return len(found)

    async def clear(self, copies: Collection[str], remove: Callable[[list[str]], None]) -> None:
        """Have media copies removed that nothing refers to; see `Store.clear`."""
        # Most is looked through without the write lock, and what was put in meanwhile with it.
        with self._file.reading() as db:
            (last,) = db.execute("SELECT COALESCE(MAX(number), 0) FROM deliveries").fetchone()
            free = _unnamed(copies, db.execute("SELECT post FROM deliveries WHERE number <= ?", (last,)))
        if not free:
            return
        with self._file.writing() as db:
            # Drafts may change, and become deliveries, which deliveries never do.
            free = _unnamed(free, db.execute("SELECT post FROM deliveries WHERE number > ?", (last,)))
            free = _unnamed(free, db.execute("SELECT post FROM drafts"))
            remove(sorted(free))


def _unnamed(copies: Collection[str], posts: sqlite3.Cursor) -> set[str]:
    """Give the copies that no post names, by what is in them: whatever looks like a name counts as one."""
    named = {digest for row in posts for digest in _DIGEST.findall(row["post"])}
    return {one for one in copies if one[:64] not in named}
