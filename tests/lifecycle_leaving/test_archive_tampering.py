"""An archive that somebody changed, forged, or never finished: told with its place, and nothing is restored."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.lifecycle_leaving.archives import NOW, everything, files, fill, forged

from socialconnect import ConfigurationError, Outbox, Post, ValidationError
from socialconnect.outbox import ArchiveDamaged, StoreUnavailable
from socialconnect.outbox.archive.writer import ArchiveWriter
from socialconnect.testing import FakeNetwork, TestClock


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive with something of every kind in it."""
    folder, clock = tmp_path_factory.mktemp("whole"), TestClock(NOW)
    with Outbox(folder / "old.db", clock=clock, poll=timedelta(hours=1)) as outbox:
        fill(outbox, clock)
        outbox.export_archive(folder / "archive")
    return folder / "archive"


@pytest.fixture
def archive(whole: Path, tmp_path: Path) -> Path:
    """Give a copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "archive"))


def refused(archive: Path, tmp_path: Path) -> ArchiveDamaged:
    """See that an archive is refused and nothing of it is there; gives the error."""
    with Outbox(tmp_path / "new.db", clock=TestClock(NOW + timedelta(days=1))) as outbox:
        with pytest.raises(ArchiveDamaged) as caught:
            outbox.restore(archive)
        assert everything(outbox) == []
    assert "Nothing was restored" in str(caught.value.hint)
    return caught.value


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outbox]:
    """Give an empty outbox, which stays so."""
    with Outbox(tmp_path_factory.mktemp("empty") / "new.db", clock=TestClock(NOW + timedelta(days=1))) as outbox:
        yield outbox


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_byte_of_any_file(whole: Path, empty: Outbox, data: st.DataObject) -> None:
    """Whichever byte is changed, in whichever way, it is noticed, down to the white space of the manifest."""
    name = data.draw(st.sampled_from(sorted(one for one, content in all_files(whole).items() if content)))
    content = (whole / name).read_bytes()
    spoiled, index = bytearray(content), data.draw(st.integers(0, len(content) - 1))
    spoiled[index] ^= data.draw(st.integers(1, 255))
    (whole / name).write_bytes(spoiled)
    try:
        with pytest.raises(ArchiveDamaged) as caught:
            empty.restore(whole)
    finally:
        (whole / name).write_bytes(content)
    assert caught.value.place == name
    assert everything(empty) == []


def all_files(folder: Path) -> dict[str, bytes]:
    """Give the bytes of all files of an archive."""
    return {**files(folder), "manifest.json": (folder / "manifest.json").read_bytes()}


def test_a_link_instead_of_a_file(archive: Path, tmp_path: Path) -> None:
    """A link may lead out of the archive: it is refused even if what it leads to fits."""
    (archive / "drafts.jsonl").rename(tmp_path / "drafts.jsonl")
    (archive / "drafts.jsonl").symlink_to(tmp_path / "drafts.jsonl")
    assert refused(archive, tmp_path).place == "drafts.jsonl"


def test_a_link_instead_of_the_media(archive: Path, tmp_path: Path) -> None:
    """The same holds for the folder of media."""
    (archive / "media").rename(tmp_path / "elsewhere")
    (archive / "media").symlink_to(tmp_path / "elsewhere")
    assert refused(archive, tmp_path).place == "media"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no such files")
@pytest.mark.parametrize("name", ["drafts.jsonl", "manifest.json"])
def test_a_pipe_that_never_ends(archive: Path, tmp_path: Path, name: str) -> None:
    """What is no file is not read: a pipe would be waited for without end."""
    (archive / name).unlink()
    os.mkfifo(archive / name)
    assert refused(archive, tmp_path).place == name


def test_a_file_that_is_far_too_large(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is looked at first, so that what was blown up to fill the memory or the day is not read at all."""
    os.truncate(archive / "deliveries.jsonl", 1 << 34)
    from socialconnect.outbox.archive import reader
    from socialconnect.outbox.archive.manifest import digest_of

    def small(path: Path) -> tuple[int, str]:
        assert path.name != "deliveries.jsonl"
        return digest_of(path)

    monkeypatch.setattr(reader, "digest_of", small)
    assert refused(archive, tmp_path).place == "deliveries.jsonl"


def test_a_manifest_that_is_far_too_large(archive: Path, tmp_path: Path) -> None:
    """Of a manifest nobody knows the size; one of gigabytes is none."""
    os.truncate(archive / "manifest.json", 1 << 34)
    assert refused(archive, tmp_path).place == "manifest.json"


def test_a_newer_one(archive: Path, tmp_path: Path) -> None:
    """An archive of a later make is not called damaged for what this library does not know: it asks for an upgrade."""
    told = json.loads((archive / "manifest.json").read_text("utf-8"))
    (archive / "manifest.json").write_text(json.dumps({**told, "version": 2, "new": True}), "utf-8")
    error = refused(archive, tmp_path)
    assert "newer version of this library" in str(error)
    assert "Upgrade socialconnect" in str(error.hint)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("drafts.jsonl", lambda text: text + "[" * 100_000 + "\n", "line 4"),
        ("deliveries.jsonl", lambda text: text.replace('"campaign": "spring"', '"campaign": "no"'), "no outbox"),
        ("deliveries.jsonl", lambda text: text.replace('"attempts": 0', f'"attempts": {2**70}'), "no outbox"),
        ("moves.jsonl", lambda text: text + '{"id": "m"}\n', "line 1"),
        ("spending.jsonl", lambda text: text + '{"network": "twitter", "month": "May"}\n', "line 1"),
    ],
)
def test_what_is_forged(archive: Path, tmp_path: Path, name: str, change: Callable[[str], str], told: str) -> None:
    """Where all checksums fit, what makes no sense is refused all the same."""
    forged(archive, name, change)
    assert told in str(refused(archive, tmp_path))


def test_what_is_no_text(archive: Path, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told with their line."""
    forged(archive, "drafts.jsonl", lambda text: text + "\udc80\n", errors="surrogateescape")
    assert refused(archive, tmp_path).place == "drafts.jsonl:4"


def test_what_changes_while_it_is_read(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is changed between the check and the reading is noticed, and all that was put in is taken out."""
    from socialconnect.outbox.archive.reader import ArchiveReader

    contents = ArchiveReader.contents

    def late(reader: ArchiveReader) -> object:
        found = contents(reader)
        path = archive / "readings.jsonl"
        path.write_text(path.read_text("utf-8").replace('"value": 12', '"value": 99').replace("12", "13"), "utf-8")
        return found

    monkeypatch.setattr(ArchiveReader, "contents", late)
    assert refused(archive, tmp_path).place.startswith("readings.jsonl")


def test_one_that_was_never_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed while it writes leaves nothing at the place, and what it leaves beside is no archive."""

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ArchiveWriter, "_manifest", killed)
    monkeypatch.setattr(ArchiveWriter, "_give_up", lambda _: None)
    with Outbox(tmp_path / "old.db", clock=TestClock(NOW)) as outbox:
        FakeNetwork("twitter", "7", clock=outbox._core.clock, outbox=outbox).draft(Post("A draft"))
        with pytest.raises(KeyboardInterrupt):
            outbox.export_archive(tmp_path / "archive")
    assert not (tmp_path / "archive").exists()
    (left,) = tmp_path.glob(".archive-unfinished-*")
    assert refused(left, tmp_path).place == "manifest.json"


def test_a_copy_that_went_bad(tmp_path: Path, whole: Path) -> None:
    """No archive is written that could not be read back, as when a disk has changed the copy of a picture."""
    old = Path(shutil.copytree(whole.parent, tmp_path / "old"))
    (copy,) = (old / "old.db-media").iterdir()
    copy.write_bytes(b"something else")
    with Outbox(old / "old.db", clock=TestClock(NOW)) as outbox, pytest.raises(ConfigurationError, match=copy.name):
        outbox.export_archive(tmp_path / "archive")
    assert not (tmp_path / "archive").exists()


def _with_more(text: str) -> str:
    """Give drafts with fifty more: they need more room than there is in an empty outbox."""
    first = json.loads(text.split("\n")[0])
    more = [{**first, "id": f"more-{number}", "post": {**first["post"], "text": "x" * 2000}} for number in range(50)]
    return text + "".join(f"{json.dumps(one)}\n" for one in more)


def test_the_same_id_twice(archive: Path, tmp_path: Path) -> None:
    """Two drafts of one id that differ are refused; the same one twice counts once."""
    forged(archive, "drafts.jsonl", lambda text: text + text.split("\n")[0] + "\n")
    with Outbox(tmp_path / "new.db", clock=TestClock(NOW + timedelta(days=1))) as outbox:
        assert outbox.restore(archive).drafts == 3
    forged(archive, "drafts.jsonl", lambda text: text.replace("Not ready", "Ready", 1))
    with Outbox(tmp_path / "other.db", clock=TestClock(NOW + timedelta(days=1))) as outbox:
        with pytest.raises(ValidationError, match="something else of the same id"):
            outbox.restore(archive)
        assert everything(outbox) == []


def test_a_disk_that_is_full(archive: Path, tmp_path: Path) -> None:
    """If there is no room for all of it nothing is there; with room again the same archive is restored."""
    forged(archive, "drafts.jsonl", _with_more)
    with Outbox(tmp_path / "new.db", clock=TestClock(NOW + timedelta(days=1))) as outbox:
        file = outbox._core._store._file  # type: ignore[attr-defined]  # SQLite's own
        with file.writing() as db:
            (pages,) = db.execute("PRAGMA page_count").fetchone()
            db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreUnavailable, match="full"):
            outbox.restore(archive)
        assert everything(outbox) == []
        with file.writing() as db:
            db.execute("PRAGMA max_page_count = 1000000")
        assert outbox.restore(archive).drafts == 53
