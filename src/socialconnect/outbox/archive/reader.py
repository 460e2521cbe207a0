"""How an archive is read back: all of it is checked before anything of it is used, and no part is in memory at once."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents, MissingAnswer, PausedCampaign
from socialconnect.outbox.archive.manifest import (
    MANIFEST,
    MEDIA,
    PARTS,
    ArchiveDamaged,
    ArchivedFile,
    ArchiveManifest,
    digest_of,
)
from socialconnect.outbox.archive.prepare import still_to_be_kept
from socialconnect.outbox.delivery import CampaignEntry, Delivery, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.outbox.store import Account
from socialconnect.post import Draft, Post

__all__ = ["ArchiveReader", "read_manifest"]

T = TypeVar("T")
Data = dict[str, JsonValue]

_LARGEST_MANIFEST = 256 * 1024 * 1024
_LONGEST_LINE = 64 * 1024 * 1024
"""Bytes: what is larger was not written by an outbox."""


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid")

    delivery: Delivery
    history: tuple[HistoryEntry, ...]
    steps: tuple[StepEntry, ...]
    missing: MissingAnswer | None = None


class ArchiveReader:
    """
    Args:
        folder: The archive.
        unpack: Gives a post from its text, with its media found among the outbox's copies.
        now: What may not be kept any longer at this moment is left out.

    Raises:
        ArchiveDamaged: A file is not there, not whole, or none of the archive's.
    """

    def __init__(self, folder: Path, unpack: Callable[[str], Post], now: datetime) -> None:
        self._folder, self._unpack, self._now = folder, unpack, now
        self.manifest = read_manifest(folder)
        self._files = {one.path: one for one in self.manifest.files}
        _check_files(folder, self._files)
        self._media = {path.name for path in self.media}
        self._stripped = 0
        self.expired = 0
        """How much of it may no longer be kept; known once the contents were given."""

    @property
    def media(self) -> list[Path]:
        """The media files."""
        return [self._folder / name for name in self._files if name.startswith(f"{MEDIA}/")]

    def contents(self) -> Contents:
        """
        Give what the archive holds, after all of it was read once to see that it makes sense.

        Raises:
            ArchiveDamaged: A line is not what it should be; says which. Also while the contents are gone through, if a
                file was changed meanwhile.
        """
        first = self._contents()
        for part in (first.campaigns, first.pauses, first.drafts, first.moves, first.spending):
            for _ in part:
                pass
        accounts = frozenset[Account](
            (one.delivery.network, one.delivery.account) for one in self._lines("deliveries", self._delivery)
        )
        over = sum(one.expired(self._now) for one in self._lines("readings", Reading.model_validate))
        self.expired = over + self._stripped
        return self._contents(accounts)

    def _contents(self, accounts: frozenset[Account] = frozenset()) -> Contents:
        now = self._now
        readings = self._lines("readings", Reading.model_validate)
        return Contents(
            campaigns=self._lines("campaigns", CampaignEntry.model_validate),
            pauses=self._lines("pauses", PausedCampaign.model_validate),
            drafts=self._lines("drafts", self._draft),
            deliveries=self._lines("deliveries", self._delivery),
            readings=(one for one in readings if not one.expired(now)),
            moves=self._lines("moves", Rerouted.model_validate),
            spending=self._lines("spending", Spend.model_validate),
            accounts=accounts,
            made_at=self.manifest.made_at,
            at_rest=frozenset(self.manifest.at_rest),
        )

    def _post(self, data: Data) -> Post:
        for named in _paths(data["post"]):
            if named not in self._media:
                raise ValueError(f"its post names a media file {named!r} that is not in the archive")
        return self._unpack(json.dumps(data["post"]))

    def _draft(self, data: Data) -> Draft:
        kept = self._post(data)
        return Draft.model_validate({**data, "post": None}).model_copy(update={"post": kept})

    def _delivery(self, data: Data) -> ArchivedDelivery:
        told = data["delivery"]
        if not isinstance(told, dict):
            raise TypeError("its delivery is no object")
        kept = self._post(told)
        read = _Recorded.model_validate({**data, "delivery": {**told, "post": {}}})
        whole = read.delivery.model_copy(update={"post": kept})
        delivery = still_to_be_kept(whole, self._now)
        self._stripped += delivery is not whole
        return ArchivedDelivery(delivery, read.history, read.steps, read.missing)

    def _lines(self, part: str, read: Callable[[Data], T]) -> Iterator[T]:
        """Read a file line by line; it is whole only when its last line was read and its checksum fits."""
        path, digest = self._folder / f"{part}.jsonl", hashlib.sha256()
        with path.open("rb") as file:
            number = 0
            while line := file.readline(_LONGEST_LINE + 1):
                number, place = number + 1, f"{path.name}:{number + 1}"
                digest.update(line)
                try:
                    if len(line) > _LONGEST_LINE:
                        raise ValueError("it is longer than any line that an outbox writes")
                    data = json.loads(line.decode())
                    if not isinstance(data, dict):
                        raise TypeError("it is no object")
                    one = read(cast("Data", data))
                except ShapeError as error:
                    first = error.errors(include_url=False)[0]
                    where = ".".join(str(one) for one in first["loc"])
                    raise ArchiveDamaged(f"{path}, line {number}: {where}: {first['msg']}.", place=place) from error
                except (ValueError, TypeError, KeyError, RecursionError) as error:
                    raise ArchiveDamaged(f"{path}, line {number}: {error}.", place=place) from error
                yield one
        if digest.hexdigest() != self._files[path.name].sha256:
            raise ArchiveDamaged(f"{path} was changed while it was read.", place=path.name)


def read_manifest(folder: Path) -> ArchiveManifest:
    """
    Read what is in an archive; of its files nothing is read.

    Args:
        folder: The archive.

    Raises:
        ArchiveDamaged: It is none, was never finished, was changed, or is of a newer make.
    """
    path = folder / MANIFEST
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_MANIFEST:
            raise ArchiveDamaged(f"{path} is no manifest.", place=MANIFEST)
        written = path.read_bytes()
    except OSError as error:
        message = f"{folder} is no archive, or was not finished: its {MANIFEST} cannot be read"
        raise ArchiveDamaged(f"{message} ({error}).", place=MANIFEST) from error
    try:
        told = cast("JsonValue", json.loads(written))
        version = told.get("version") if isinstance(told, dict) else None
        if isinstance(version, int) and version > 1:
            message = f"{path} was written by a newer version of this library (make {version} of archives)."
            raise ArchiveDamaged(message, place=MANIFEST, hint="Upgrade socialconnect.")
        manifest = ArchiveManifest.model_validate(told)
    except ShapeError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(one) for one in first["loc"]) or "the whole"
        raise ArchiveDamaged(f"{path} is not a manifest: {where}: {first['msg']}.", place=MANIFEST) from error
    except (ValueError, RecursionError) as error:
        raise ArchiveDamaged(f"{path} is not a manifest: {error}.", place=MANIFEST) from error
    if not ArchiveManifest.is_whole(written):
        raise ArchiveDamaged(f"{path} was changed: its own checksum does not fit.", place=MANIFEST)
    return manifest


def _check_files(folder: Path, named: dict[str, ArchivedFile]) -> None:
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_symlink() or not one.is_dir()}
    for name in sorted(found - set(named) - {MANIFEST}):
        raise ArchiveDamaged(f"{folder / name} is in the archive, and its manifest does not name it.", place=name)
    for part in PARTS:
        if f"{part}.jsonl" not in named:
            raise ArchiveDamaged(f"{folder / part}.jsonl is missing from the archive.", place=f"{part}.jsonl")
    for name, one in named.items():
        _check_file(folder, name, one, there=name in found)


def _check_file(folder: Path, name: str, one: ArchivedFile, *, there: bool) -> None:
    path = folder / name
    try:
        _require_whole(path, name, one, there=there)
    except OSError as error:
        raise ArchiveDamaged(f"{path} cannot be read ({error}).", place=name) from error


def _require_whole(path: Path, name: str, one: ArchivedFile, *, there: bool) -> None:
    if not there or not stat.S_ISREG(path.lstat().st_mode):  # a link leads elsewhere, and a pipe never ends
        raise ArchiveDamaged(f"{path} is missing from the archive.", place=name)
    # The size first: what is far larger than it should be is not read at all.
    if path.stat().st_size != one.size or digest_of(path) != (one.size, one.sha256):
        raise ArchiveDamaged(f"{path} was changed or cut off: its checksum does not fit.", place=name)
    if name.startswith(f"{MEDIA}/") and path.stem != one.sha256:
        raise ArchiveDamaged(f"{path} is not named by what is in it.", place=name)


def _paths(data: JsonValue) -> Iterator[str]:
    """Give every path in a post's data, wherever in it: its media, its link's picture, its variants', its options'."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name == "path" and isinstance(value, str):
                yield value
            else:
                yield from _paths(value)
    elif isinstance(data, list):
        for value in data:
            yield from _paths(value)
