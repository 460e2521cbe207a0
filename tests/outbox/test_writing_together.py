"""Writes of several threads share a transaction, and each is still done and told alone."""

from __future__ import annotations

import ctypes
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from tests.outbox.test_bad_disks import limited

from socialconnect import Post
from socialconnect.blocking import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.place import place
from socialconnect.outbox.sqlite.file import SqliteFile
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import LeaseLost, StoreUnavailable
from socialconnect.testing import TestClock

T = TypeVar("T")

THREADS = 6


class Ended(BaseException):
    """What ends a thread from outside."""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    made = SqliteFile(tmp_path / "outbox.db")
    yield made
    made.close()


def naming(name: str, error: Exception | None = None) -> Callable[[sqlite3.Connection], str]:
    """Give a write that puts a campaign in, and then raises if it is told to."""

    def act(db: sqlite3.Connection) -> str:
        db.execute("INSERT INTO campaigns (id, created) VALUES (?, 0)", (name,))
        if error is not None:
            raise error
        return name

    return act


def names(file: SqliteFile) -> list[str]:
    with file.reading() as db:
        return [row["id"] for row in db.execute("SELECT id FROM campaigns ORDER BY id")]


def together(
    file: SqliteFile,
    acts: Sequence[Callable[[sqlite3.Connection], T]],
    meanwhile: Callable[[], object] = lambda: None,
) -> list[Future[T]]:
    """Let each of the writes wait while a first one is under way, so that they come together."""
    begun, go_on = threading.Event(), threading.Event()

    def first(db: sqlite3.Connection) -> str:
        begun.set()
        assert go_on.wait(10)
        return "first"

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        try:
            pool.submit(file.write, first)
            assert begun.wait(10)
            done = [pool.submit(file.write, act) for act in acts]
            while len(file._together._waiting) <= len(acts):  # the first one stays there too until it is done
                time.sleep(0)
            meanwhile()
        finally:
            go_on.set()
    return done


def test_what_waits_is_written_in_one_transaction(file: SqliteFile) -> None:
    """Six threads that write while another one does pay for one commit."""
    seen: list[str] = []
    assert file._connection is not None
    file._connection.set_trace_callback(seen.append)
    done = together(file, [naming(str(number)) for number in range(THREADS)])
    assert [one.result() for one in done] == names(file) == list("012345")
    assert seen.count("COMMIT") == 2  # the first one's, and that of the others


def test_one_that_raises_is_undone_alone(file: SqliteFile) -> None:
    """A lost lease in one thread costs the others nothing."""
    lost = LeaseLost("taken over")
    done = together(file, [naming(str(number), lost if number == 3 else None) for number in range(THREADS)])
    assert done[3].exception() is lost
    assert [one.result() for one in done if one is not done[3]] == names(file) == list("01245")


def test_an_unusable_file_is_told_to_all(file: SqliteFile) -> None:
    """Nobody is told that something was written where nothing was."""
    moved = file.path.with_suffix(".moved")
    done = together(file, [naming(str(number)) for number in range(THREADS)], lambda: file.path.rename(moved))
    assert {type(one.exception()) for one in done} == {StoreUnavailable}


def test_the_next_write_after_an_error_goes_on(file: SqliteFile) -> None:
    """Whoever comes after one that raised is not kept waiting."""
    with ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(file.write, naming("a", LeaseLost("taken over"))).exception(), LeaseLost)
        assert pool.submit(file.write, naming("b")).result() == "b"
    assert names(file) == ["b"]


def test_more_than_a_transaction_takes_are_all_written(file: SqliteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that a transaction did not take are in the next one."""
    monkeypatch.setattr("socialconnect.outbox.sqlite.group_commit._MOST", 4)
    done = together(file, [naming(str(number)) for number in range(THREADS)])
    assert [one.result() for one in done] == names(file) == list("012345")


def test_a_reader_sees_only_what_is_on_disk(file: SqliteFile) -> None:
    """What is written and not yet committed is nobody's to go by."""
    with file.writing() as db:
        db.execute("INSERT INTO campaigns (id, created) VALUES ('a', 0)")
        assert names(file) == []
    assert names(file) == ["a"]


def test_the_main_thread_writes_alone(file: SqliteFile) -> None:
    """An interrupt from the keyboard, which comes to the main thread alone, meets nobody else's writes there."""
    begun, go_on = threading.Event(), threading.Event()
    ran: dict[str, str] = {}

    def noting(name: str) -> Callable[[sqlite3.Connection], None]:
        def act(db: sqlite3.Connection) -> None:
            ran[name] = threading.current_thread().name

        return act

    def first(db: sqlite3.Connection) -> None:
        begun.set()
        assert go_on.wait(10)

    def queue_another(pool: ThreadPoolExecutor) -> None:
        for _ in range(2000):  # the main thread gets to where it waits
            time.sleep(0)
        waiting = len(file._together._waiting)
        pool.submit(file.write, noting("other"))
        while len(file._together._waiting) == waiting:
            time.sleep(0)
        go_on.set()

    with ThreadPoolExecutor(3) as pool:
        pool.submit(file.write, first)
        assert begun.wait(10)
        pool.submit(queue_another, pool)
        file.write(noting("main"))
    main = threading.main_thread().name
    assert (ran["main"] == main, ran["other"] == main) == (True, False)


def test_an_interrupted_write_is_undone(file: SqliteFile) -> None:
    """What the main thread was writing when it was interrupted is not there, and the next write goes on."""

    def act(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO campaigns (id, created) VALUES ('a', 0)")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file.write(act)
    assert file.write(naming("b")) == "b"
    assert names(file) == ["b"]


def end(thread: int, error: type[BaseException]) -> None:
    """End a thread from outside, as a job engine's time limit does."""
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error)) == 1


def test_a_thread_that_is_ended_while_it_waits_keeps_nobody_waiting(file: SqliteFile) -> None:
    """The one that would have had to write next is ended; those behind it are written, and itself is not."""
    waiting: list[int] = []

    def noting(db: sqlite3.Connection) -> str:
        raise AssertionError("it is never begun")

    def submit(pool: ThreadPoolExecutor, act: Callable[[sqlite3.Connection], str], already: int) -> Future[str]:
        def write() -> str:
            waiting.append(threading.get_ident())
            return file.write(act)

        done = pool.submit(write)
        while len(file._together._waiting) == already:
            time.sleep(0)
        return done

    begun, go_on = threading.Event(), threading.Event()

    def first(db: sqlite3.Connection) -> str:
        begun.set()
        assert go_on.wait(10)
        return "first"

    with ThreadPoolExecutor(4) as pool:
        try:
            pool.submit(file.write, first)
            assert begun.wait(10)
            at_first = len(file._together._waiting)
            ended = submit(pool, noting, at_first)
            others = [submit(pool, naming(name), at_first + 1 + number) for number, name in enumerate("ab")]
            end(waiting[0], Ended)
        finally:
            go_on.set()
        assert [one.result(10) for one in others] == names(file) == ["a", "b"]
        assert type(ended.exception(10)) is Ended


def test_what_a_thread_that_is_ended_had_begun_for_others_is_done(file: SqliteFile) -> None:
    """Nothing of it is on disk, so one of the others does it."""
    ended: list[str] = []

    def act(db: sqlite3.Connection) -> str:
        if not ended:
            ended.append("once")
            raise Ended
        return naming("3")(db)

    done = together(file, [act if number == 3 else naming(str(number)) for number in range(THREADS)])
    told = [type(one.exception(10)) for one in done]
    assert (told.count(Ended), told.count(type(None))) == (1, THREADS - 1)
    assert names(file) == [str(number) for number, kind in enumerate(told) if kind is not Ended]


def test_what_may_be_on_disk_is_not_done_again(file: SqliteFile) -> None:
    """A thread that is ended as it comes back from the disk has written for all; that is not known, and told so."""
    transactions: list[None] = []
    transact = file._together._transact

    def ended_after(act: Callable[[sqlite3.Connection], T], /) -> T:
        done = transact(act)
        transactions.append(None)
        if len(transactions) == 2:
            raise Ended
        return done

    file._together._transact = ended_after
    done = together(file, [naming(str(number)) for number in range(THREADS)])
    told = [type(one.exception(10)) for one in done]
    assert (told.count(Ended), told.count(StoreUnavailable)) == (1, THREADS - 1)
    assert names(file) == list("012345")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(file.write, naming("a")).result(10) == "a"


def test_each_is_told_in_an_error_of_its_own(file: SqliteFile) -> None:
    """An error says for which account it was raised: one for several threads would name the account of one of them."""
    moved = file.path.with_suffix(".moved")
    done = together(file, [naming(str(number)) for number in range(THREADS)], lambda: file.path.rename(moved))
    errors = [one.exception() for one in done]
    assert len({id(one) for one in errors}) == THREADS
    assert {str(one) for one in errors} == {str(errors[0])}
    assert "was deleted, moved or replaced" in str(errors[0])


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_disk_that_fills_up_under_many_threads(file: SqliteFile) -> None:
    """Whatever was told as written is there, whatever was told as failed is not, and with room again all go on."""
    written: list[str] = []
    refused: list[str] = []

    def write_many(thread: int) -> None:
        for number in range(40):
            name = f"{thread} {number} ".ljust(1500, "x")
            try:
                written.append(file.write(naming(name)))
            except StoreUnavailable as error:
                assert "Make room" in str(error)  # noqa: PT017  # an error of another kind would end the test
                refused.append(name)

    with limited(400_000), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_many, range(THREADS)))
    assert refused
    assert written
    assert sorted(names(file)) == sorted(written)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_many, range(THREADS, 2 * THREADS)))
    assert sorted(names(file)) == sorted(written)
    assert len(written) + len(refused) == 2 * THREADS * 40


def test_of_claims_that_come_together_one_gets_the_account(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each claim sees those before it in the same transaction: an account has one delivery under way, and no other."""
    store = place(str(tmp_path / "claims.db"), None, blocking=True).store
    assert isinstance(store, SqliteStore)
    now = clock.now()
    for number in range(THREADS):
        told = {"network": "facebook", "account": "1000", "post": Post("Hi"), "state": DeliveryState.PLANNED}
        times = {"at": now, "due": now, "created_at": now, "changed_at": now}
        run(store.add([Delivery.model_validate({"id": str(number), **told, **times})]))
    acts: list[Callable[[sqlite3.Connection], sqlite3.Row | None]] = []
    with monkeypatch.context() as patch:
        patch.setattr(store._file, "write", acts.append)  # only to have what each would write
        for number in range(THREADS):
            until = now + timedelta(minutes=10)
            run(store.claim(("facebook", "1000"), owner=str(number), now=now, lease_until=until))
    rows = [one.result() for one in together(store._file, acts)]
    run(store.close())
    assert [row["id"] for row in rows if row is not None] == ["0"]


def test_closing_waits_for_nobody_who_has_not_begun(file: SqliteFile) -> None:
    """Whoever waits as the outbox is closed is written, or told that it is closed; nobody waits for good."""
    closer = threading.Thread(target=file.close)
    done = together(file, [naming(str(number)) for number in range(THREADS)], closer.start)
    closer.join(10)
    assert not closer.is_alive()
    told = [one.exception(10) for one in done]
    assert all(one is None or "is closed" in str(one) for one in told)
    with closing(SqliteFile(file.path)) as again:
        assert names(again) == [str(number) for number, error in enumerate(told) if error is None]
