"""The file: made, recognised, refused with a clear error."""

from __future__ import annotations

import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import Post
from socialconnect.errors import ConfigurationError
from socialconnect.outbox import AsyncOutbox, Outbox
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.testing import TestClock


def opened(outbox: Outbox) -> AbstractContextManager[sqlite3.Connection]:
    """Reach the outbox's own connection that writes."""
    store = outbox._core._store
    assert isinstance(store, SqliteStore)
    return nullcontext(store._file._open())


def test_many_may_make_it_at_once(tmp_path: Path) -> None:
    """Of several that open a file that is not there yet, none fails."""
    for round_ in range(20):
        together = threading.Barrier(6)

        def open_it(name: str, together: threading.Barrier = together) -> int:
            together.wait()
            with Outbox(tmp_path / name) as outbox:
                return len(outbox.deliveries())

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(open_it, [f"{round_}.db"] * 6)) == [0] * 6


def test_it_is_safe_against_power_cuts(outbox: Outbox, path: Path) -> None:
    """The file has a write-ahead log, and every commit is forced to disk."""
    with opened(outbox) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_an_empty_file_becomes_an_outbox(path: Path) -> None:
    """A file made beforehand, with nothing in it, is used."""
    path.touch()
    with Outbox(path) as outbox:
        assert outbox.deliveries() == []


def test_another_programs_database_is_refused(path: Path) -> None:
    """A database that is not an outbox is refused and left as it was."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE theirs (id)")
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="not an outbox"):
        Outbox(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"not a database at all, but a text\n" * 100, b"\x00" * 4096])
def test_a_file_that_is_no_database_is_refused(path: Path, content: bytes) -> None:
    """A file of any other kind is refused and left as it was."""
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="damaged, or is not a database"):
        Outbox(path)
    assert path.read_bytes() == content


def test_a_truncated_file_is_refused(path: Path, wall: Wall, clock: TestClock) -> None:
    """A file whose end is missing is refused when it is opened."""
    with Outbox(path, clock=clock) as outbox:
        for _ in range(100):
            network(wall, outbox, clock).schedule(Post("hello " * 100), clock.now() + timedelta(hours=1))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(ConfigurationError, match="damaged"):
        Outbox(path)


def test_a_damaged_page_is_told_when_it_is_read(path: Path, wall: Wall, clock: TestClock) -> None:
    """Damage in the middle of the file is told as such, when what it held is asked for."""
    with Outbox(path, clock=clock) as outbox:
        for _ in range(100):
            network(wall, outbox, clock).schedule(Post("hello " * 100), clock.now() + timedelta(hours=1))
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 4)
        file.write(b"\xff" * (size // 2))
    with pytest.raises(ConfigurationError, match="damaged"), Outbox(path, clock=clock) as outbox:
        outbox.deliveries()


def test_a_newer_schema_is_refused(path: Path) -> None:
    """A file that a newer version wrote is refused, saying so."""
    Outbox(path).close()
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigurationError, match="newer version") as caught:
        Outbox(path)
    assert "Upgrade" in str(caught.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The folder is not made by guess; the error says what is missing."""
    with pytest.raises(ConfigurationError, match="folder must be there"):
        Outbox(tmp_path / "nowhere" / "outbox.db")


@pytest.mark.parametrize("path", [":memory:", ""])
def test_a_plan_is_never_kept_in_memory_alone(path: str) -> None:
    """There is no outbox without a file."""
    with pytest.raises(ConfigurationError, match="memory alone"):
        Outbox(path)


def test_a_file_held_by_another_process_is_told(
    outbox: Outbox, wall: Wall, clock: TestClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write asks for its turn again and again; if another connection keeps the lock, the error says so."""
    asked: list[str] = []
    with opened(outbox) as db:
        db.set_trace_callback(asked.append)
    monkeypatch.setattr("socialconnect.outbox.sqlite.file._TURNS", 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ConfigurationError, match="Another process has held it"):
            network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    assert asked == ["BEGIN IMMEDIATE"] * 3
    assert outbox.deliveries() == []


def test_each_write_is_forced_to_disk(outbox: Outbox) -> None:
    """What has returned survives a power cut: the log is written out at each commit, on a Mac too."""
    with opened(outbox) as db:
        told = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "fullfsync")]
    assert told == ["wal", 2, 1]


def test_a_full_disk_loses_nothing(outbox: Outbox, wall: Wall, clock: TestClock, path: Path) -> None:
    """When there is no room, planning fails with a clear error; what was planned before is still there."""
    facebook = network(wall, outbox, clock)
    facebook.schedule(Post("hello"), clock.now() + timedelta(hours=1))
    with opened(outbox) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(ConfigurationError, match="Make room"):
        facebook.schedule(Post("hello " * 10_000), clock.now() + timedelta(hours=1))
    with opened(outbox) as db:
        db.execute("PRAGMA max_page_count = 1000000")
    assert outbox.run(until_idle=True).published == 1


def test_a_closed_outbox_says_so(outbox: Outbox) -> None:
    """Using it after it was closed is a clear error; closing it again is none."""
    outbox.close()
    outbox.close()
    with pytest.raises(ConfigurationError, match="is closed"):
        outbox.deliveries()


@pytest.mark.parametrize(
    "settings", [{"lease": timedelta(seconds=120)}, {"poll": timedelta(0)}, {"publish_timeout": 0.0}]
)
def test_settings_that_cannot_work_are_refused(path: Path, settings: dict[str, object]) -> None:
    """A lease that does not outlast the request, and times of nothing, are refused before a file is made."""
    for kind in (Outbox, AsyncOutbox):
        with pytest.raises(ConfigurationError, match="must be"):
            kind(path, **settings)  # type: ignore[arg-type]  # wrong on purpose
    assert not path.exists()
