"""
What an archive is: a folder that says itself what is in it.

Lines of JSON hold everything and are what is read back; the tables (CSV) hold the same for people. Media files are
named by what is in them. The manifest, which is written last, names every file with its size and checksum.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from socialconnect.errors import ConfigurationError
from socialconnect.times import UtcDatetime

__all__ = [
    "MANIFEST",
    "MEDIA",
    "READ_ME",
    "ArchiveDamaged",
    "ArchiveManifest",
    "ArchivedFile",
    "ArchivedTerm",
    "digest_of",
]

MANIFEST = "manifest.json"
MEDIA = "media"

READ_ME = """This folder is an archive of an outbox of socialconnect, a library for posting to social networks.

manifest.json     what is in here, each file with its size and SHA-256, made at which moment
campaigns.jsonl   one campaign a line
drafts.jsonl      one draft a line
deliveries.jsonl  one delivery a line: the post, its state, its history and its steps; plans and published posts alike
readings.jsonl    one reading a line: a post or numbers as the network gave them, when, under which terms, and until
                  when they may be kept
*.csv             the same as tables, for people; nothing reads them back
media/            the media files, each named by the SHA-256 of what is in it, as the posts name them

Times are in UTC. `Outbox.restore` reads it all back. Whoever keeps this folder keeps to the networks' terms: delete it,
or what is named there, by the moment that the manifest's "delete_by" tells.
"""


class ArchiveDamaged(ConfigurationError):
    """An archive is not whole: it was changed, cut off, or never finished. Nothing of it was restored."""

    def __init__(self, message: str | None = None, *, place: str = "") -> None:
        super().__init__(message, hint="Nothing was restored. Take another copy of the archive.")
        self.place = place
        """Which file, and which line of it."""


class ArchivedFile(BaseModel):
    """
    One file of an archive.

    Args:
        path: Its path in the archive.
        size: Its bytes.
        sha256: Their checksum.
        rows: How many rows it holds, for lines and tables.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    path: str
    size: int
    sha256: str
    rows: int | None = None


class ArchivedTerm(BaseModel):
    """A rule that data in the archive was read under."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    topic: str
    verdict: str
    source: str
    read_on: date


class ArchiveManifest(BaseModel):
    """
    What is in an archive.

    Args:
        format: What it is.
        version: Of which make.
        made_at: When it was made.
        network: The network that it is about; `None` for all.
        files: Its files.
        left_out: What was past its time and is not in it.
        delete_by: The first moment at which something in it may no longer be kept; `None` if no time is known.
        terms: The rules that what was read in it was read under.
        checksum: The SHA-256 of all this.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    format: Literal["socialconnect archive"] = "socialconnect archive"
    version: Literal[1] = 1
    made_at: UtcDatetime
    network: str | None = None
    files: tuple[ArchivedFile, ...]
    left_out: tuple[str, ...] = ()
    delete_by: UtcDatetime | None = None
    terms: tuple[ArchivedTerm, ...] = ()
    checksum: str = ""

    def sealed(self) -> ArchiveManifest:
        """Give it with its checksum."""
        return self.model_copy(update={"checksum": self._own_checksum()})

    @property
    def whole(self) -> bool:
        """Whether it is as it was written."""
        return self.checksum == self._own_checksum()

    def rows(self, name: str) -> int:
        """Give how many rows a file holds."""
        return next((one.rows or 0 for one in self.files if one.path == name), 0)

    def _own_checksum(self) -> str:
        told = json.dumps(self.model_dump(mode="json", exclude={"checksum"}), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()

    def __str__(self) -> str:
        counts = {name: self.rows(f"{name}.jsonl") for name in ("drafts", "deliveries", "readings")}
        media = sum(one.path.startswith(f"{MEDIA}/") for one in self.files)
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        lines = [f"archive of {self.network or 'all networks'}: {told}, {media} media files"]
        lines += [f"  left out, past its time: {one}" for one in self.left_out]
        if self.delete_by is not None:
            lines.append(f"  to be deleted by {self.delete_by:%Y-%m-%d %H:%M} UTC")
        return "\n".join(lines)


def digest_of(file: Path) -> tuple[int, str]:
    """Give a file's size and checksum."""
    with file.open("rb") as opened:
        return file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()
