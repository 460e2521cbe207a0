"""Both stores with many deliveries planned, and the life of one delivery in them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from tests.outbox.postgres.server import database

from socialconnect import DeliveryState, Post, PublishedPost
from socialconnect.blocking import run
from socialconnect.outbox import Delivery
from socialconnect.outbox.postgres.store import PostgresStore
from socialconnect.outbox.rows import micros
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import Claim, Result, Store

__all__ = ["files_with", "look_and_one", "one", "peak", "servers_with"]

_ACCOUNTS = 1000
_FAR = timedelta(days=300)
_BATCH = 100_000

_TEXT = "Our spring line is here."
_COLUMNS = "id, network, account, post, state, at, due, created, changed"
_FILL_FILE = (
    "WITH RECURSIVE numbers (n) AS (SELECT :begin UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :end) "
    f"INSERT INTO deliveries ({_COLUMNS}) SELECT lower(hex(randomblob(16))), 'timed', n % :accounts, :post, 'planned', "
    ":at + n * 1000000, :at + n * 1000000, :now, :now FROM numbers"
)
_FILL_DATABASE = (
    f"INSERT INTO deliveries ({_COLUMNS}) SELECT replace(gen_random_uuid()::text, '-', ''), 'timed', "
    "(n %% %(accounts)s)::text, %(post)s, 'planned', %(at)s + n * 1000000, %(at)s + n * 1000000, %(now)s, %(now)s "
    "FROM generate_series(%(begin)s::bigint, %(end)s::bigint - 1) AS n"
)


def _batches(planned: int) -> Iterator[dict[str, str | int | None]]:
    now = datetime.now(UTC)
    told = {"post": Post(_TEXT).model_dump_json(), "at": micros(now + _FAR), "now": micros(now), "accounts": _ACCOUNTS}
    for begin in range(0, planned, _BATCH):
        yield {**told, "begin": begin, "end": min(begin + _BATCH, planned)}


def _file(path: Path, planned: int) -> SqliteStore:
    store = SqliteStore(path, Post.model_dump_json, Post.model_validate_json)
    for values in _batches(planned):
        with store._file.writing() as db:
            db.execute(_FILL_FILE, values)
    return store


def _database(address: str, planned: int) -> PostgresStore:
    store = PostgresStore(address, Post.model_dump_json, Post.model_validate_json, blocking=True)
    for values in _batches(planned):
        with store._database.writing() as db:
            db.run(_FILL_DATABASE, values)
    with store._database.reading() as db:
        db.run("VACUUM ANALYZE")  # as the server would have done by itself before so many were planned
    return store


@contextmanager
def files_with(folder: Path, counts: list[int]) -> Iterator[list[Store]]:
    """Give a SQLite store with each of these counts of deliveries planned."""
    stores = [_file(folder / f"planned-{count}.db", count) for count in counts]
    try:
        yield list(stores)
    finally:
        for store in stores:
            _close(store)


def _close(store: Store) -> None:
    run(store.close())


@contextmanager
def servers_with(address: str, counts: list[int]) -> Iterator[list[Store]]:
    """Give a PostgreSQL store with each of these counts of deliveries planned, each in a database of its own."""
    with ExitStack() as stack:
        stores: list[Store] = []
        for count in counts:
            store = _database(stack.enter_context(database(address)), count)
            stack.callback(_close, store)
            stores.append(store)
        yield stores


def one(store: Store) -> None:
    """Put one in that is due, claim it, send it and finish it, as a worker does."""
    now = datetime.now(UTC)
    until = now + timedelta(minutes=10)
    delivery = Delivery(
        id=uuid4().hex,
        network="timed",
        account="due",
        post=Post(_TEXT),
        state=DeliveryState.PLANNED,
        at=now,
        due=now,
        created_at=now,
        changed_at=now,
    )
    run(store.add([delivery]))
    claim = run(store.claim(("timed", "due"), owner="benchmark", now=now, lease_until=until))
    assert isinstance(claim, Claim)
    run(store.intend(claim, "publish", now=now, lease_until=until))
    run(store.answer(claim, "publish", "1", now=now))
    published = PublishedPost(network="timed", account="due", id="1")
    run(store.finish(claim, Result(DeliveryState.PUBLISHED, published=published), now))


def look_and_one(store: Store) -> None:
    """Look at the outbox as a worker does between deliveries, and carry one out."""
    now = datetime.now(UTC)
    run(store.recover(now, lambda _: False))
    run(store.miss(("timed", "due"), before=now - timedelta(hours=1), now=now))
    run(store.next_moment(("timed", "due")))
    run(store.due(now))
    one(store)


def peak(act: Callable[[], object]) -> int:
    """Give the memory in bytes that something takes at the most; of a few times the least."""
    peaks: list[int] = []
    for _ in range(5):
        tracemalloc.start()
        act()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    return min(peaks)
