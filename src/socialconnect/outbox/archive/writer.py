"""How an archive is written: beside its place, piece by piece, and moved there when it is whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, JsonValue

from socialconnect.data_use import Provenance
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle import SunsetPlan
from socialconnect.outbox.archive.contents import ArchivedDelivery, Snapshot
from socialconnect.outbox.archive.manifest import (
    MANIFEST,
    MEDIA,
    PARTS,
    ArchivedFile,
    ArchivedTerm,
    ArchiveManifest,
    digest_of,
)
from socialconnect.outbox.archive.readme import READ_ME
from socialconnect.outbox.archive.tables import TABLES, cell, held_by_network_row, table_rows
from socialconnect.outbox.ledger import Reading, bare, may_be_kept
from socialconnect.outbox.shelf import force_folder
from socialconnect.post import Post

__all__ = ["ArchiveWriter"]

_PIECE = 1024 * 1024


class ArchiveWriter:
    """
    Args:
        folder: Where the archive is to be. There must be nothing yet, or an empty folder.
        now: When it is made.
        network: The network that it is about; `None` for all.
        pack: Gives a post as text, in which media are named by their copies' names.
        copies_of: Gives a post's media copies.

    Raises:
        ConfigurationError: There is something at its place already, or the place cannot be written to.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: datetime,
        network: str | None,
        pack: Callable[[Post], str],
        copies_of: Callable[[Post], list[Path]],
    ) -> None:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigurationError(
                f"There is something at {folder} already.", hint="Name a folder that is not there."
            )
        self._folder, self._now, self._network = folder, now, network
        self._pack, self._copies_of = pack, copies_of
        self._rows: dict[str, int] = {}
        self._media = set[str]()
        self._left_out: list[str] = []
        self._read_under: dict[tuple[str, str, str], ArchivedTerm] = {}
        self._delete_by: datetime | None = None
        self._at_rest: tuple[str, ...] = ()
        self._open: dict[str, TextIO] = {}
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._making = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-unfinished-"))
        except OSError as error:
            raise ConfigurationError(f"Cannot write an archive to {folder}: {error.strerror}.") from error

    def write(self, held: Snapshot, plan: SunsetPlan | None) -> ArchiveManifest:
        """Write all of it, and put the archive in its place; if that fails nothing of it is left."""
        try:
            self._begin()
            self._write(held)
            if plan is not None:
                self._held_by_network(plan)
            return self._finish()
        except OSError as error:
            self._give_up()
            told = f"Cannot write an archive to {self._folder}: {error.strerror}: {error.filename}."
            raise ConfigurationError(told) from error
        except BaseException:
            self._give_up()
            raise

    # ── what is in it ─────────────────────────────────────────────────────────────────────────────────────────────

    def _begin(self) -> None:
        (self._making / MEDIA).mkdir()
        for part in PARTS:
            self._opened(f"{part}.jsonl")
        for name, columns in TABLES.items():
            self._table(name, [dict(zip(columns, columns, strict=True))])
            self._rows[f"{name}.csv"] = 0

    def _write(self, held: Snapshot) -> None:
        for campaign in held.campaigns():
            self._line("campaigns", _data(campaign))
        self._at_rest = tuple(sorted(one for one in held.at_rest() if self._network in (None, one)))
        for pause in held.pauses():
            self._line("pauses", _data(pause))
        for draft in held.drafts():
            self._line("drafts", {**_data(draft), "post": self._post(draft.post or Post())})
            self._tell(draft)
        for delivery in held.deliveries():
            self._delivery(delivery)
        for reading in held.readings():
            self._reading(reading)
        for move in held.moves():
            self._line("moves", _data(move))
            self._tell(move)
        for spend in held.spending():
            self._line("spending", _data(spend))
            self._tell(spend)

    def _delivery(self, one: ArchivedDelivery) -> None:
        """Write a delivery with all that is recorded of it; what may no longer be kept of its post is left out."""
        delivery = one.delivery
        published = delivery.published
        if published is not None and not may_be_kept(published, self._now):
            self._left_out.append(f"what was read back of the post {published.id} of {delivery.network}")
            delivery = delivery.model_copy(update={"published": bare(published)})
        elif published is not None and published.provenance is not None:
            self._note(published.provenance)
        self._line(
            "deliveries",
            {
                "delivery": {**_data(delivery), "post": self._post(delivery.post)},
                "history": [_data(entry) for entry in one.history],
                "steps": [_data(step) for step in one.steps],
                "missing": _data(one.missing) if one.missing is not None else None,
            },
        )
        self._tell(delivery)

    def _reading(self, reading: Reading) -> None:
        """Write a reading, unless it may no longer be kept."""
        where = reading.provenance
        if reading.expired(self._now):
            self._left_out.append(
                f"{where.kind} of {reading.about} of {where.network}, read on {where.read_at:%Y-%m-%d}"
            )
            return
        self._note(where)
        self._line("readings", _data(reading))
        self._tell(reading)

    def _held_by_network(self, plan: SunsetPlan) -> None:
        """Write what the network itself holds, as the plan read it."""
        for kind, held in (("draft", plan.network_drafts), ("plan", plan.network_plans)):
            for one in held:
                told: dict[str, JsonValue] = one.model_dump(mode="json", exclude={"post"})  # its media may be bytes
                told["text"] = one.text or (one.post.text if one.post is not None else None)
                self._line("held_by_network", {"kind": kind, kind: told})
                self._table("held_by_network", [held_by_network_row(one)])
        for problem in plan.problems:
            self._line("held_by_network", {"kind": "problem", "problem": problem})

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _finish(self) -> ArchiveManifest:
        """Write the manifest, and put the archive in its place: all of it is on disk by then."""
        for file in self._open.values():
            _force(file)
        with (self._making / "README.txt").open("w", encoding="utf-8", newline="\n") as file:
            file.write(READ_ME)
            _force(file)
        manifest = self._manifest()
        with (self._making / MANIFEST).open("wb") as sealed:
            sealed.write(whole := manifest.sealed())
            sealed.flush()
            os.fsync(sealed.fileno())
        force_folder(self._making / MEDIA)
        force_folder(self._making)
        if self._folder.is_dir():
            self._folder.rmdir()  # empty, as was seen at the beginning
        os.replace(self._making, self._folder)
        force_folder(self._folder.parent)
        return ArchiveManifest.model_validate_json(whole)

    def _manifest(self) -> ArchiveManifest:
        files: list[ArchivedFile] = []
        for path in sorted(one for one in self._making.rglob("*") if one.is_file()):
            size, sha256 = digest_of(path)
            name = path.relative_to(self._making).as_posix()
            files.append(ArchivedFile(path=name, size=size, sha256=sha256, rows=self._rows.get(name)))
        return ArchiveManifest(
            made_at=self._now,
            network=self._network,
            files=tuple(files),
            at_rest=self._at_rest,
            left_out=tuple(self._left_out),
            delete_by=self._delete_by,
            terms=tuple(self._read_under[key] for key in sorted(self._read_under)),
        )

    def _give_up(self) -> None:
        for file in self._open.values():
            with suppress(OSError):  # the disk may be full
                file.close()
        shutil.rmtree(self._making, ignore_errors=True)

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _opened(self, name: str) -> TextIO:
        if name not in self._open:
            self._open[name] = (self._making / name).open("w", encoding="utf-8", newline="")
            self._rows[name] = 0
        return self._open[name]

    def _line(self, name: str, data: JsonValue) -> None:
        self._opened(f"{name}.jsonl").write(json.dumps(data, ensure_ascii=False) + "\n")
        self._rows[f"{name}.jsonl"] += 1

    def _tell(self, held: BaseModel) -> None:
        for name, rows in table_rows(held).items():
            self._table(name, rows)

    def _table(self, name: str, rows: Iterable[Mapping[str, object]]) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, TABLES[name], lineterminator="\n")
        for row in rows:
            writer.writerow({column: cell(value) for column, value in row.items()})
            self._rows[f"{name}.csv"] = self._rows.get(f"{name}.csv", 0) + 1
        self._opened(f"{name}.csv").write(text.getvalue())

    def _post(self, post: Post) -> JsonValue:
        for copy in self._copies_of(post):
            if copy.name not in self._media:
                self._copy(copy)
                self._media.add(copy.name)
        packed: JsonValue = json.loads(self._pack(post))
        return packed

    def _copy(self, copy: Path) -> None:
        """Copy a media file piece by piece, and see that it is what its name says: no archive could be read back."""
        digest = hashlib.sha256()
        with copy.open("rb") as source, (self._making / MEDIA / copy.name).open("wb") as file:
            while piece := source.read(_PIECE):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if copy.stem != digest.hexdigest():
            raise ConfigurationError(
                f"Cannot write an archive to {self._folder}: the copy of a media file {copy} was changed.",
                hint="Put the file back from a copy of the outbox, or take back the posts that name it.",
            )

    def _note(self, where: Provenance) -> None:
        if where.keep_until is not None:
            self._delete_by = min(where.keep_until, self._delete_by or where.keep_until)
        for rule in where.terms:
            term = ArchivedTerm(
                network=where.network, topic=rule.topic, verdict=rule.verdict, source=rule.source, read_on=rule.read_on
            )
            self._read_under[where.network, rule.topic, rule.source] = term


def _data(model: BaseModel) -> dict[str, JsonValue]:
    return model.model_dump(mode="json")


def _force(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
