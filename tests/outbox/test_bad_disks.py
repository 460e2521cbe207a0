"""Disks that are full or read-only, and files that go away: a clear error, nothing lost, nothing sent twice."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.test_crashes import STEPS
from tests.outbox.test_file import opened
from tests.outbox.wall import Wall, network

from socialconnect import Image, Post
from socialconnect.errors import ConfigurationError
from socialconnect.outbox import DeliveryState, Outbox, StoreUnavailable
from socialconnect.testing import TestClock

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]  # seen before each use

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Disk(NamedTuple):
    """A folder on a disk, which can be filled."""

    folder: Path
    full: Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["a disk of its own", "a limit"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    """A disk that can be filled: a real one where mounting is allowed; and a limit on what may be written, anywhere."""
    if request.param == "a limit":
        if resource is None:
            pytest.skip("no limits here")
        return Disk(tmp_path, limited)
    folder: Path = request.getfixturevalue("disk")
    return Disk(folder, lambda: filled(folder))


@contextmanager
def limited(size: int = 0) -> Iterator[None]:
    """Let this process write nothing beyond a size to any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill a disk for a while."""
    filling = fill(folder)
    try:
        yield
    finally:
        filling.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 512 kB."""
    mount, folder = shutil.which("mount"), tmp_path / "disk"
    folder.mkdir()
    command = [mount or "", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if mount is None or os.name != "posix" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fill the disk to the last byte."""
    filling = folder / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filling


def test_a_disk_that_is_full_sends_nothing(small: Disk, wall: Wall, clock: TestClock) -> None:
    """With no room for the intent nothing is sent; with room again the delivery is published, once."""
    with Outbox(small.folder / "outbox.db", clock=clock) as outbox:
        facebook = network(wall, outbox, clock)
        plan = facebook.schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        with small.full():
            with pytest.raises(StoreUnavailable, match="Make room"):
                facebook.schedule(Post("more " * 50_000), clock.now() + HOUR)  # more than the log has room for
            with pytest.raises(StoreUnavailable, match="Make room"):
                outbox.run_due()
            assert wall.posts == []
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.texts() == ["hello"]


@pytest.mark.skipif(resource is None, reason="no limits here")
def test_a_limit_keeps_no_half_of_a_media_file(path: Path, wall: Wall, clock: TestClock, tmp_path: Path) -> None:
    """Wherever in a copy the room ends, nothing is planned and nothing of the copy stays; with room it is whole."""
    big = tmp_path / "big.png"
    big.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1_000_000))
    with Outbox(path, clock=clock) as outbox:
        page = network(wall, outbox, clock)
        for size in (0, 1, 500_000, 1_000_007):
            with limited(size), pytest.raises(StoreUnavailable, match="Cannot copy a media file"):
                page.schedule(Post("hello", media=[Image(big)]), clock.now() + HOUR)
        assert outbox.deliveries() == []
        assert list(path.with_name("outbox.db-media").iterdir()) == []
        page.schedule(Post("hello", media=[Image(big)]), clock.now() + HOUR)
        (copy,) = path.with_name("outbox.db-media").iterdir()
    assert copy.read_bytes() == big.read_bytes()


def test_a_full_disk_keeps_no_half_of_a_media_file(disk: Path, wall: Wall, clock: TestClock, tmp_path: Path) -> None:
    """If there is no room for a copy, nothing is planned and nothing of the copy stays."""
    big = tmp_path / "big.png"
    big.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1_000_000))
    with Outbox(disk / "outbox.db", clock=clock) as outbox:
        with pytest.raises(StoreUnavailable, match="Cannot copy a media file"):
            network(wall, outbox, clock).schedule(Post("hello", media=[Image(big)]), clock.now() + HOUR)
        assert outbox.deliveries() == []
    assert list((disk / "outbox.db-media").iterdir()) == []


def test_a_disk_that_becomes_read_only(disk: Path, wall: Wall, clock: TestClock) -> None:
    """Nothing is planned or sent, and the error says what must be writable; opening it says so too."""
    with Outbox(disk / "outbox.db", clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(StoreUnavailable, match="writable"):
        Outbox(disk / "outbox.db", clock=clock)
    with pytest.raises(StoreUnavailable, match="writable"):
        Outbox(disk / "new.db", clock=clock)
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    with Outbox(disk / "outbox.db", clock=clock) as outbox:
        network(wall, outbox, clock)
        assert outbox.run(until_idle=True).published == 1


def test_a_connection_that_may_not_write(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """The same without a disk of its own: planning and delivering fail with the hint, and nothing is sent."""
    facebook = network(wall, outbox, clock)
    facebook.schedule(Post("hello"), clock.now() + MINUTE)
    clock.advance(minutes=1)
    with opened(outbox) as db:
        db.execute("PRAGMA query_only = ON")
    calls: tuple[Callable[[], object], ...] = (
        outbox.run_due,
        lambda: facebook.schedule(Post("x"), clock.now() + HOUR),
    )
    for call in calls:
        with pytest.raises(StoreUnavailable, match="must be writable"):
            call()
    assert wall.posts == []
    with opened(outbox) as db:
        db.execute("PRAGMA query_only = OFF")
    assert outbox.run(until_idle=True).published == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_disk_that_fails_at_any_write(
    path: Path, clock: TestClock, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write fails, the run ends with the error; the next one publishes, or finds what is live: once."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)

        async def fails(*args: object, **kwargs: object) -> None:
            raise StoreUnavailable("no room")

        monkeypatch.setattr(outbox._core._store, step, fails)
        if step != "record_step":  # which this adapter has none of
            with pytest.raises(StoreUnavailable, match="no room"):
                outbox.run_due()
        assert len(wall.posts) == (1 if step in ("record_step", "answer", "finish") else 0) or step == "record_step"
        monkeypatch.undo()
        clock.advance(minutes=15)
        outbox.run(until_idle=True)
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert wall.texts == ["hello"]


@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_file_that_goes_away(path: Path, wall: Wall, clock: TestClock, how: str) -> None:
    """Moved away in use: nothing is written where nobody finds it, nothing is sent; put back, all is there."""
    with Outbox(path, clock=clock) as outbox:
        facebook = network(wall, outbox, clock)
        plan = facebook.schedule(Post("hello"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        away = path.with_name("away.db")
        path.rename(away)
        if how == "replaced":
            Outbox(path.with_name("other.db"), clock=clock).close()
            path.with_name("other.db").rename(path)
        for call in (outbox.run_due, lambda: facebook.schedule(Post("x"), clock.now() + HOUR)):
            with pytest.raises(ConfigurationError, match="deleted, moved or replaced"):
                call()
        assert wall.posts == []
        away.replace(path)
        assert outbox.run(until_idle=True).published == 1
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED


def test_a_file_that_is_cut_off_while_in_use(path: Path, wall: Wall, clock: TestClock) -> None:
    """Damage in the middle of a run is told as such, and nothing is sent."""
    with Outbox(path, clock=clock) as outbox:
        facebook = network(wall, outbox, clock)
        for _ in range(200):
            facebook.schedule(Post("hello " * 100), clock.now() + MINUTE)
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock)
        clock.advance(minutes=1)
        os.truncate(path, 4096)
        with pytest.raises(ConfigurationError):
            outbox.run_due()
    assert wall.posts == []
