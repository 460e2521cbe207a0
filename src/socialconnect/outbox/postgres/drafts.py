"""The part of the PostgreSQL store that keeps drafts, and how its methods become coroutines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from types import CoroutineType
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.postgres.database import Guard, PostgresDatabase, Session
from socialconnect.outbox.rows import Rows, Value, micros
from socialconnect.outbox.store import Claim
from socialconnect.post import Draft, Post

__all__ = ["PostgresDrafts", "awaited"]

S = TypeVar("S", bound="PostgresDrafts")
P = ParamSpec("P")
T = TypeVar("T")


def awaited(method: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], CoroutineType[Any, Any, T]]:
    """
    Make a method a coroutine, which is one whole.

    On the blocking face it never suspends. On the async one it runs in a thread, under asyncio and trio alike, and a
    cancellation waits until it is over: none comes between an answer and its record.
    """

    @wraps(method)
    async def called(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.blocking:
            return method(self, *args, **kwargs)
        import anyio
        import anyio.to_thread

        with anyio.CancelScope(shield=True):
            return await anyio.to_thread.run_sync(partial(method, self, *args, **kwargs))
        raise AssertionError("not reached")

    return cast("Callable[Concatenate[S, P], CoroutineType[Any, Any, T]]", called)


class PostgresDrafts:
    """
    Args:
        database: The opened database.
        rows: Between models and rows.
        blocking: Whether its coroutines may hold the caller up, rather than suspend.
    """

    def __init__(self, database: PostgresDatabase, rows: Rows, *, blocking: bool) -> None:
        self._database, self._rows = database, rows
        self.blocking = blocking
        """Whether its coroutines never suspend."""

    @awaited
    def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""
        row = self._rows.of_draft(draft)
        with self._database.writing(shared=Guard.SHELF) as db:
            self._rows.require(draft.post or Post())
            db.insert("drafts", [row])

    @awaited
    def drafts(self, network: str | None, account: str | None) -> list[Draft]:
        """Give drafts, oldest first."""
        find = (
            "SELECT * FROM drafts WHERE (%(network)s::text IS NULL OR network = %(network)s) "
            "AND (%(account)s::text IS NULL OR account = %(account)s) ORDER BY number"
        )
        with self._database.reading() as db:
            rows = db.all(find, {"network": network, "account": account})
        return [self._rows.draft(row) for row in rows]

    @awaited
    def draft(self, draft_id: str) -> Draft | None:
        """Give one draft."""
        with self._database.reading() as db:
            row = db.first("SELECT * FROM drafts WHERE id = %s", [draft_id])
        return None if row is None else self._rows.draft(row)

    @awaited
    def update_draft(self, draft: Draft) -> bool:
        """Put another post in a draft's place; tells whether there was such a draft."""
        row = self._rows.of_draft(draft)
        with self._database.writing(shared=Guard.SHELF) as db:
            self._rows.require(draft.post or Post())
            return db.run("UPDATE drafts SET post = %(post)s WHERE id = %(id)s", row) == 1

    @awaited
    def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft; tells whether there was one."""
        with self._database.writing() as db:
            return db.run("DELETE FROM drafts WHERE id = %s", [draft_id]) == 1

    @awaited
    def claim_draft(
        self, draft_id: str, delivery: Delivery, *, owner: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        """Turn a draft into a delivery that is claimed at once; see `Store.claim_draft`."""
        lease: dict[str, Value] = {"owner": owner, "lease_until": micros(lease_until), "fence": 1}
        row = {**self._rows.of_delivery(delivery), **lease}
        with self._database.writing([(delivery.network, delivery.account)], shared=Guard.SHELF) as db:
            if db.run("DELETE FROM drafts WHERE id = %s", [draft_id]) != 1:
                return None
            db.insert("deliveries", [row])
            return self._claimed(db, delivery.id)

    @awaited
    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _claimed(self, db: Session, delivery_id: str) -> Claim:
        row = db.first("SELECT * FROM deliveries WHERE id = %s", [delivery_id])
        assert row is not None  # noqa: S101  # it was written in this transaction
        return Claim(self._rows.delivery(row), int(row["fence"]))
