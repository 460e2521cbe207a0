"""
The shelf: the outbox's own copies of media files, so that a file changed or deleted before its time loses nothing.

A file is named by what is in it. It is written beside its final name, forced to disk and renamed, so a file under its
final name is always whole. Media given by URL stay URLs.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar, cast

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from socialconnect.errors import Problem, ValidationError
from socialconnect.media import MediaFile
from socialconnect.outbox.store import StoreUnavailable
from socialconnect.post import Post

__all__ = ["MediaShelf", "force_folder"]

T = TypeVar("T")

_PIECE = 1024 * 1024
_NEW = ".new-"
"""What the name of a copy that is being written begins with."""

_LEFT = 24 * 3600.0
"""Seconds after which such a copy is nobody's any more."""


class MediaShelf:
    """
    Args:
        folder: Where the copies are; made when the first one is.
        blocking: Whether copying may hold the caller up. If not, it is done in a thread.
    """

    def __init__(self, folder: Path, *, blocking: bool) -> None:
        self.folder = folder
        self._blocking = blocking

    async def keep(self, post: Post) -> Post:
        """
        Give the post with its files replaced by copies of the outbox's own.

        Raises:
            ValidationError: A file cannot be read.
            StoreUnavailable: A copy cannot be written.
        """
        return await self.aside(lambda: self._keep(post))

    async def aside(self, act: Callable[[], T]) -> T:
        """Do what may take long with files: at once for the blocking face, in a thread for the async one."""
        if self._blocking:
            return act()
        import anyio.to_thread  # comes with httpx; only the async face needs it

        return await anyio.to_thread.run_sync(act)

    def pack(self, post: Post) -> str:
        """
        Give a kept post as text; copies are named without the folder, which may be moved with the database.

        Raises:
            ValidationError: It holds what cannot be written as UTF-8.
        """
        try:
            return _with_media(post, lambda media, _: _at(media, self._name(media))).model_dump_json()
        except PydanticSerializationError as error:
            message = f"cannot be kept, half of a character stands in it: {error}"
            raise ValidationError([Problem(field="post", rule="characters", message=message)]) from error

    def unpack(self, packed: str) -> Post:
        """Give the post back."""
        post = Post.model_validate_json(packed)
        return _with_media(post, lambda media, _: _at(media, media.path and self.folder / media.path))

    def copies_of(self, post: Post) -> list[Path]:
        """Give the copies that a kept post names."""
        found: dict[Path, None] = {}

        def note(media: MediaFile, _: str) -> MediaFile:
            if media.path is not None:
                found[media.path] = None
            return media

        _with_media(post, note)
        return list(found)

    def take_in(self, file: Path) -> None:
        """
        Keep a copy of a file.

        Raises:
            StoreUnavailable: It cannot be written.
        """
        try:
            self._copy(MediaFile(path=file))
        except OSError as error:
            raise StoreUnavailable(f"Cannot copy a media file to {self.folder}: {error.strerror}.") from error

    def require(self, post: Post) -> None:
        """
        Make sure that a kept post's copies are there, while nobody can remove them.

        Raises:
            StoreUnavailable: One was cleared away between its writing and now.
        """
        _with_media(post, self._required)

    def copies(self) -> list[str]:
        """Give the names of the copies."""
        return [one.name for one in self._files() if not one.name.startswith(_NEW)]

    def remove(self, names: Iterable[str]) -> list[int]:
        """Remove copies; gives the size of each."""
        return [size for name in names if (size := _removed(self.folder / name)) is not None]

    def clear_leftovers(self) -> list[int]:
        """Remove what was not written to its end, a day ago or longer; gives the size of each."""
        left = [one for one in self._files() if one.name.startswith(_NEW)]
        if not left:
            return []
        with tempfile.TemporaryFile(dir=self.folder) as probe:  # the file system's own clock tells its files' ages
            now = os.fstat(probe.fileno()).st_mtime
        old = [one for one in left if _age(one, now) > _LEFT]
        return [size for one in old if (size := _removed(one)) is not None]

    def _files(self) -> list[Path]:
        return [one for one in self.folder.iterdir() if one.is_file()] if self.folder.is_dir() else []

    def _required(self, media: MediaFile, field: str) -> MediaFile:
        if media.path is not None and media.path.parent == self.folder and not media.path.exists():
            raise StoreUnavailable(
                f"The copy of {field} was cleared away: {media.path}.",
                hint="Nothing was planned. Do it again, with the file itself.",
            )
        return media

    def _keep(self, post: Post) -> Post:
        return _with_media(post, self._copied)

    def _name(self, media: MediaFile) -> Path | None:
        return Path(media.path.name) if media.path is not None else None

    def _copied(self, media: MediaFile, field: str) -> MediaFile:
        if media.url is not None or (media.path is not None and media.path.parent == self.folder):
            return media
        try:
            media.open().close()
        except OSError as error:
            message = f"cannot read {media.path}: {error.strerror}"
            raise ValidationError([Problem(field=field, rule="readable", message=message)]) from error
        try:
            return media.model_copy(update={"path": self._copy(media), "content": None})
        except OSError as error:
            raise StoreUnavailable(f"Cannot copy a media file to {self.folder}: {error.strerror}.") from error

    def _copy(self, media: MediaFile) -> Path:
        self.folder.mkdir(exist_ok=True)
        digest = hashlib.sha256()
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=_NEW)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in media.chunks(_PIECE):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            suffix = media.path.suffix.lower() if media.path is not None else ""
            kept = self.folder / f"{digest.hexdigest()}{suffix}"
            os.replace(temporary, kept)
        except BaseException:
            os.unlink(temporary)
            raise
        force_folder(self.folder)
        return kept


def _age(file: Path, now: float) -> float:
    try:
        return now - file.stat().st_mtime
    except FileNotFoundError:  # it has got its name, or is gone
        return 0.0


def _removed(file: Path) -> int | None:
    """Remove a file and give its size; `None` if it was gone already."""
    try:
        size = file.stat().st_size
        file.unlink()
    except FileNotFoundError:
        return None
    return size


def _at(media: MediaFile, path: Path | None) -> MediaFile:
    return media if path == media.path else media.model_copy(update={"path": path})


def _with_media(post: Post, change: Callable[[MediaFile, str], MediaFile]) -> Post:
    """Give the post with every image and video in it changed: its own, its link's, its variants' and its options'."""
    changed = _changed(post, change, "")
    assert isinstance(changed, Post)  # noqa: S101  # a model comes back as its own class
    return changed


def _changed(value: object, change: Callable[[MediaFile, str], MediaFile], field: str) -> object:
    if isinstance(value, MediaFile):
        value = change(value, field)  # and then what belongs to it: a film's thumbnail, its subtitles
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        prefix = f"{field}." if field else ""
        new = {name: _changed(old, change, f"{prefix}{name}") for name, old in fields.items()}
        update = {name: one for name, one in new.items() if one is not fields[name]}
        return value.model_copy(update=update) if update else value
    if isinstance(value, tuple):
        old_pieces = cast("tuple[object, ...]", value)
        pieces = tuple(_changed(one, change, f"{field}[{index}]") for index, one in enumerate(old_pieces))
        return pieces if any(a is not b for a, b in zip(pieces, old_pieces, strict=True)) else old_pieces
    if isinstance(value, Mapping):
        old_named = cast("Mapping[str, object]", value)
        named = {name: _changed(one, change, f"{field}.{name}") for name, one in old_named.items()}
        return named if any(named[name] is not old_named[name] for name in named) else old_named
    return value


def force_folder(folder: Path) -> None:
    """Force a folder's list of names to disk, where the system can."""
    if os.name == "nt":  # pragma: no cover  # Windows does not open folders, and needs none of this
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
