"""How an archive is written: beside its place, and moved there when it is whole."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, JsonValue

from socialconnect.data_use import Provenance
from socialconnect.errors import ConfigurationError
from socialconnect.outbox.archive import (
    MANIFEST,
    MEDIA,
    READ_ME,
    ArchivedFile,
    ArchivedTerm,
    ArchiveManifest,
    digest_of,
)
from socialconnect.outbox.archive_tables import TABLES, table_rows
from socialconnect.outbox.delivery import CampaignEntry
from socialconnect.outbox.ledger import ArchivedDelivery, Reading, bare, may_be_kept
from socialconnect.post import Draft, Post

__all__ = ["ArchiveWriter"]


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
        self._media: dict[str, Path] = {}
        self._left_out: list[str] = []
        self._read_under: dict[tuple[str, str, str], ArchivedTerm] = {}
        self._times: list[datetime] = []
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            self._making = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-unfinished-"))
        except OSError as error:
            raise ConfigurationError(f"Cannot write an archive to {folder}: {error.strerror}.") from error
        self._open: dict[str, TextIO] = {}
        for name in ("campaigns", "drafts", "deliveries", "readings"):
            self._opened(f"{name}.jsonl")
        for name, columns in TABLES.items():
            self._table(name, [dict(zip(columns, columns, strict=True))])
            self._rows[f"{name}.csv"] = 0

    # ── what is in it ─────────────────────────────────────────────────────────────────────────────────────────────

    def campaign(self, campaign: CampaignEntry) -> None:
        """Write a campaign."""
        self._line("campaigns", campaign.model_dump(mode="json"))

    def draft(self, draft: Draft) -> None:
        """Write a draft."""
        self._line("drafts", {**_data(draft), "post": self._post(draft.post or Post())})
        self._tell(draft)

    def delivery(self, one: ArchivedDelivery) -> None:
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
            },
        )
        self._tell(delivery)

    def reading(self, reading: Reading) -> None:
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

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    def finish(self) -> ArchiveManifest:
        """Write the media and the manifest, and put the archive in its place."""
        for file in self._open.values():
            _force(file)
        try:
            (self._making / "README.txt").write_text(READ_ME, "utf-8", newline="\n")
            (self._making / MEDIA).mkdir()
            for name, copy in sorted(self._media.items()):
                shutil.copyfile(copy, self._making / MEDIA / name)
            manifest = self._manifest()
            with (self._making / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
                file.write(manifest.model_dump_json(indent=2) + "\n")
                _force(file)
            if self._folder.is_dir():
                self._folder.rmdir()  # empty, as was seen at the beginning
            os.replace(self._making, self._folder)
        except OSError as error:
            raise ConfigurationError(f"Cannot write an archive to {self._folder}: {error.strerror}.") from error
        return manifest

    def give_up(self) -> None:
        """Take away what was written."""
        for file in self._open.values():
            file.close()
        shutil.rmtree(self._making, ignore_errors=True)

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
            left_out=tuple(self._left_out),
            delete_by=min(self._times, default=None),
            terms=tuple(self._read_under[key] for key in sorted(self._read_under)),
        ).sealed()

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
            writer.writerow(row)
            self._rows[f"{name}.csv"] = self._rows.get(f"{name}.csv", 0) + 1
        self._opened(f"{name}.csv").write(text.getvalue())

    def _post(self, post: Post) -> JsonValue:
        for copy in self._copies_of(post):
            self._media[copy.name] = copy
        packed: JsonValue = json.loads(self._pack(post))
        return packed

    def _note(self, where: Provenance) -> None:
        if where.keep_until is not None:
            self._times.append(where.keep_until)
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
