"""How an archive is read back: all of it is checked before anything of it is used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.outbox.archive import MANIFEST, MEDIA, ArchiveDamaged, ArchiveManifest, digest_of
from socialconnect.outbox.delivery import CampaignEntry, Delivery, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading
from socialconnect.post import Draft, Post

__all__ = ["media_of", "read_contents", "read_manifest"]

T = TypeVar("T")


class _Recorded(BaseModel):
    model_config = ConfigDict(extra="forbid")

    delivery: Delivery
    history: tuple[HistoryEntry, ...]
    steps: tuple[StepEntry, ...]


def read_manifest(folder: Path) -> ArchiveManifest:
    """
    Read an archive's manifest, and see that every file is there, whole, and no other.

    Raises:
        ArchiveDamaged: It is not; says which file.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{folder} is no archive, or was not finished: its {MANIFEST} cannot be read"
        raise ArchiveDamaged(f"{message} ({error}).", place=MANIFEST) from error
    try:
        manifest = ArchiveManifest.model_validate_json(text)
    except ShapeError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(one) for one in first["loc"]) or "the whole"
        raise ArchiveDamaged(f"{path} is not a manifest: {where}: {first['msg']}.", place=MANIFEST) from error
    if not manifest.whole:
        raise ArchiveDamaged(f"{path} was changed: its own checksum does not fit.", place=MANIFEST)
    _check_files(folder, manifest)
    return manifest


def _check_files(folder: Path, manifest: ArchiveManifest) -> None:
    named = {one.path: one for one in manifest.files}
    found = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if not one.is_dir() or one.is_symlink()}
    for name in sorted(found - set(named) - {MANIFEST}):
        raise ArchiveDamaged(f"{folder / name} is in the archive, and its manifest does not name it.", place=name)
    for name, one in named.items():
        if name not in found or (folder / name).is_symlink():
            raise ArchiveDamaged(f"{folder / name} is missing from the archive.", place=name)
        if digest_of(folder / name) != (one.size, one.sha256):
            raise ArchiveDamaged(f"{folder / name} was changed or cut off: its checksum does not fit.", place=name)
        if name.startswith(f"{MEDIA}/") and Path(name).stem != one.sha256:
            raise ArchiveDamaged(f"{folder / name} is not named by what is in it.", place=name)
    for name in ("campaigns", "drafts", "deliveries", "readings"):
        if f"{name}.jsonl" not in named:
            raise ArchiveDamaged(f"{folder / name}.jsonl is missing from the archive.", place=f"{name}.jsonl")


def media_of(folder: Path, manifest: ArchiveManifest) -> list[Path]:
    """Give the media files of an archive."""
    return [folder / one.path for one in manifest.files if one.path.startswith(f"{MEDIA}/")]


def read_contents(folder: Path, manifest: ArchiveManifest, unpack: Callable[[str], Post]) -> Contents:
    """
    Read what an archive holds.

    Args:
        folder: The archive.
        manifest: Its manifest.
        unpack: Gives a post from its text, with its media found among the outbox's copies.

    Raises:
        ArchiveDamaged: A line is not what it should be; says which.
    """
    media = {path.name for path in media_of(folder, manifest)}

    def post(data: dict[str, JsonValue]) -> Post:
        for named in _paths(data["post"]):
            if named not in media:
                raise ValueError(f"its post names a media file {named!r} that is not in the archive")
        return unpack(json.dumps(data["post"]))

    def draft(data: dict[str, JsonValue]) -> Draft:
        kept = post(data)
        return Draft.model_validate({**data, "post": None}).model_copy(update={"post": kept})

    def delivery(data: dict[str, JsonValue]) -> ArchivedDelivery:
        told = data["delivery"]
        if not isinstance(told, dict):
            raise TypeError("its delivery is no object")
        kept = post(told)
        read = _Recorded.model_validate({**data, "delivery": {**told, "post": {}}})
        return ArchivedDelivery(read.delivery.model_copy(update={"post": kept}), read.history, read.steps)

    return Contents(
        campaigns=list(_lines(folder / "campaigns.jsonl", CampaignEntry.model_validate)),
        drafts=list(_lines(folder / "drafts.jsonl", draft)),
        deliveries=list(_lines(folder / "deliveries.jsonl", delivery)),
        readings=list(_lines(folder / "readings.jsonl", Reading.model_validate)),
    )


def _lines(path: Path, read: Callable[[dict[str, JsonValue]], T]) -> Iterator[T]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            place = f"{path.name}:{number}"
            try:
                data = json.loads(line)
                if not isinstance(data, dict):
                    raise TypeError("it is no object")
                yield read(cast("dict[str, JsonValue]", data))
            except ShapeError as error:
                first = error.errors(include_url=False)[0]
                where = ".".join(str(one) for one in first["loc"])
                raise ArchiveDamaged(f"{path}, line {number}: {where}: {first['msg']}.", place=place) from error
            except (ValueError, TypeError, KeyError) as error:
                raise ArchiveDamaged(f"{path}, line {number}: {error}.", place=place) from error


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
