"""An archive that is not whole, or makes no sense, is refused with its place; and restoring fails as a whole."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.lifecycle_leaving.archives import everything, files, forged

from socialconnect import (
    AsyncOutbox,
    NotFound,
    Outbox,
)
from socialconnect.outbox import ArchiveDamaged, StoreUnavailable
from socialconnect.testing import AsyncFakeNetwork, TestClock

# ── what is wrong with it ─────────────────────────────────────────────────────────────────────────────────────────

Spoil = Callable[[Path], object]


def _append(name: str, text: str) -> Spoil:
    def spoil(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return spoil


def _cut(name: str) -> Spoil:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-5])


def _media(act: Callable[[Path], object]) -> Spoil:
    return lambda folder: act(next((folder / "media").iterdir()))


def _manifest(**changes: object) -> Spoil:
    def spoil(folder: Path) -> None:
        told = json.loads((folder / "manifest.json").read_text("utf-8"))
        (folder / "manifest.json").write_text(json.dumps({**told, **changes}), "utf-8")

    return spoil


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (_cut("deliveries.jsonl"), "deliveries.jsonl"),
        (_append("drafts.jsonl", "{}\n"), "drafts.jsonl"),
        (_append("drafts.csv", "x\n"), "drafts.csv"),
        (lambda folder: (folder / "readings.jsonl").unlink(), "readings.jsonl"),
        (_media(lambda file: file.write_bytes(b"another picture")), "media/"),
        (_media(lambda file: file.unlink()), "media/"),
        (lambda folder: (folder / "media" / "extra.jpg").write_bytes(b"x"), "media/extra.jpg"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest.json"),
        (_cut("manifest.json"), "manifest.json"),
        (_manifest(network="facebook"), "manifest.json"),
        (_manifest(version=2), "manifest.json"),
        (_manifest(surprise=1), "manifest.json"),
        (_manifest(files=[]), "manifest.json"),
    ],
)
def test_what_was_tampered_with_is_refused(
    outbox: Outbox, other: Outbox, tmp_path: Path, spoil: Spoil, place: str
) -> None:
    """Whatever was changed, cut off, taken out or put in is told with its place, and nothing is restored."""
    folder = tmp_path / "archive"
    outbox.export_archive(folder)
    spoil(folder)
    with pytest.raises(ArchiveDamaged) as caught:
        other.restore(folder)
    assert caught.value.place.startswith(place)
    assert place in str(caught.value)
    assert everything(other) == []
    assert not (tmp_path / "elsewhere" / "new.db-media").exists()


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("drafts.jsonl", lambda text: text + "{\n", "line 4"),
        ("drafts.jsonl", lambda text: text + "[]\n", "line 4: it is no object"),
        ("deliveries.jsonl", lambda text: text.replace('"state": "held"', '"state": "sold"'), "line 1: delivery.state"),
        (
            "readings.jsonl",
            lambda text: text.replace('"kind": "metrics"', '"kind": "gossip"'),
            "line 1: provenance.kind",
        ),
        ("campaigns.jsonl", lambda text: text.replace('"name"', '"nome"'), "line 1"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(
    outbox: Outbox, other: Outbox, tmp_path: Path, name: str, change: Callable[[str], str], told: str
) -> None:
    """Checksums that fit are not enough: every line is checked too, and nothing is restored before all are."""
    outbox.export_archive(tmp_path / "archive")
    forged(tmp_path / "archive", name, change)
    with pytest.raises(ArchiveDamaged, match=told) as caught:
        other.restore(tmp_path / "archive")
    assert caught.value.place.startswith(f"{name}:")
    assert everything(other) == []


@pytest.mark.parametrize("path", ["../../secret.txt", "/etc/hostname"])
def test_a_post_cannot_name_a_file_outside(outbox: Outbox, other: Outbox, tmp_path: Path, path: str) -> None:
    """A forged archive cannot have a file of this machine published."""
    outbox.export_archive(tmp_path / "archive")
    (copy,) = (tmp_path / "archive" / "media").iterdir()
    forged(tmp_path / "archive", "drafts.jsonl", lambda text: text.replace(copy.name, path))
    with pytest.raises(ArchiveDamaged, match="not in the archive"):
        other.restore(tmp_path / "archive")
    assert everything(other) == []


def test_what_is_no_archive_is_refused(other: Outbox, tmp_path: Path) -> None:
    """A folder that is not there, or holds something else, is told so."""
    with pytest.raises(ArchiveDamaged, match="is no archive, or was not finished"):
        other.restore(tmp_path / "nowhere")
    with pytest.raises(ArchiveDamaged, match="is no archive, or was not finished"):
        other.restore(tmp_path)


def test_a_failure_halfway_restores_nothing(
    outbox: Outbox, other: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the store fails after some of it was written, none of it is there."""
    outbox.export_archive(tmp_path / "archive")
    from socialconnect.outbox.sqlite.archive import _Target

    named = _Target.named

    def broken(self: _Target, table: str, ids: list[str]) -> list[sqlite3.Row]:
        if table == "readings":  # after the deliveries were put in
            raise StoreUnavailable("The disk is full.")
        return named(self, table, ids)

    monkeypatch.setattr(_Target, "named", broken)
    with pytest.raises(StoreUnavailable):
        other.restore(tmp_path / "archive")
    assert everything(other) == []
    with pytest.raises(NotFound):
        other.launch("spring")


@pytest.mark.anyio
async def test_the_async_outbox_does_the_same(outbox: Outbox, tmp_path: Path, clock: TestClock) -> None:
    """Awaited, an archive of a blocking outbox is restored, and written again the same."""
    outbox.export_archive(tmp_path / "archive")
    async with AsyncOutbox(tmp_path / "async.db", clock=clock) as other:
        AsyncFakeNetwork("twitter", "7", clock=clock, outbox=other)
        assert (await other.restore(tmp_path / "archive")).deliveries == 5
        await other.export_archive(tmp_path / "again")
    assert files(tmp_path / "again") == files(tmp_path / "archive")
