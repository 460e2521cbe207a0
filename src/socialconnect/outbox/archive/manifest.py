"""
What an archive is: a folder that says itself what is in it.

Lines of JSON hold everything and are what is read back; the tables (CSV) hold the same for people. Media files are
named by what is in them. The manifest, which is written last, names every file with its size and checksum.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from socialconnect.errors import ConfigurationError
from socialconnect.times import UtcDatetime

__all__ = [
    "MANIFEST",
    "MEDIA",
    "PARTS",
    "ArchiveDamaged",
    "ArchiveManifest",
    "ArchivedFile",
    "ArchivedTerm",
    "digest_of",
]

MANIFEST = "manifest.json"
MEDIA = "media"

PARTS = ("campaigns", "pauses", "drafts", "deliveries", "readings", "moves", "spending", "held_by_network")
"""What there is a file of JSON lines of."""


class ArchiveDamaged(ConfigurationError):
    """An archive is not whole: it was changed, cut off, or never finished. Nothing of it was restored."""

    def __init__(
        self, message: str | None = None, *, place: str = "", hint: str = "Take another copy of the archive."
    ) -> None:
        super().__init__(message, hint=f"Nothing was restored. {hint}")
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
        at_rest: The networks that were paused, so that nothing of theirs has begun since.
        left_out: What was past its time and is not in it.
        delete_by: The first moment at which something in it may no longer be kept; `None` if no time is known.
        terms: The rules that what was read in it was read under.
        checksum: The SHA-256 of all this, as it is written while the checksum is empty.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    format: Literal["socialconnect archive"] = "socialconnect archive"
    version: Literal[1] = 1
    made_at: UtcDatetime
    network: str | None = None
    files: tuple[ArchivedFile, ...]
    at_rest: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    delete_by: UtcDatetime | None = None
    terms: tuple[ArchivedTerm, ...] = ()
    checksum: str = ""

    def sealed(self) -> bytes:
        """Give it as it is written, with its checksum at the end."""
        told = self.model_copy(update={"checksum": ""}).model_dump_json(indent=2)
        return _seal(f"{told}\n".encode())

    @staticmethod
    def is_whole(written: bytes) -> bool:
        """Whether a manifest is, to the last byte, as it was written."""
        found = _SEAL.search(written)
        return found is not None and written == _seal(_SEAL.sub(_UNSEALED, written))

    def rows(self, name: str) -> int:
        """Give how many rows a file holds."""
        return next((one.rows or 0 for one in self.files if one.path == name), 0)

    def __str__(self) -> str:
        counts = {name: self.rows(f"{name}.jsonl") for name in ("drafts", "deliveries", "readings")}
        media = sum(one.path.startswith(f"{MEDIA}/") for one in self.files)
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        if moves := self.rows("moves.jsonl"):
            told += f", {moves} moves"
        lines = [f"archive of {self.network or 'all networks'}: {told}, {media} media files"]
        if held := self.rows("held_by_network.csv"):
            lines.append(f"  held by the network itself, and listed only: {held} drafts and plans")
        lines += [f"  left out, past its time: {one}" for one in self.left_out]
        if self.delete_by is not None:
            lines.append(f"  to be deleted by {self.delete_by:%Y-%m-%d %H:%M} UTC")
        return "\n".join(lines)


_UNSEALED = b'"checksum": ""\n}\n'
_SEAL = re.compile(rb'"checksum": "[0-9a-f]{64}"\n}\n\Z')


def _seal(written: bytes) -> bytes:
    """Give a manifest with its checksum in its last line."""
    checksum = hashlib.sha256(written).hexdigest().encode()
    return written.removesuffix(_UNSEALED) + _UNSEALED.replace(b'""', b'"' + checksum + b'"')


def digest_of(file: Path) -> tuple[int, str]:
    """Give a file's size and checksum."""
    with file.open("rb") as opened:
        return file.stat().st_size, hashlib.file_digest(opened, "sha256").hexdigest()
