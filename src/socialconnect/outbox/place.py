"""Where an outbox is kept: a SQLite file, or a PostgreSQL database; with the copies of media and the workers' locks."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from socialconnect.errors import ConfigurationError
from socialconnect.media import MediaFile
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.shelf import MediaShelf
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import Store

__all__ = ["Place", "is_address", "is_postgres", "place"]

_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Place:
    """
    Where an outbox is kept.

    Args:
        address: For people: the file, or the database without its password.
        path: The SQLite file; `None` on PostgreSQL.
        store: The store.
        shelf: The copies of media.
        owner: Who claims.
    """

    address: str
    path: Path | None
    store: Store
    shelf: MediaShelf
    owner: Owner


def is_postgres(where: str | Path) -> bool:
    """Whether this is the address of a PostgreSQL database, rather than a file."""
    return isinstance(where, str) and where.startswith(_SCHEMES)


def is_address(where: str | Path) -> bool:
    """Whether this is the address of a database of any kind, rather than a file."""
    return isinstance(where, str) and "://" in where


def place(where: str | Path, media: str | Path | None, *, blocking: bool) -> Place:
    """
    Open the store that is meant.

    Args:
        where: A file, or the address of a PostgreSQL database.
        media: The folder for copies of media, if one was named.
        blocking: Which face it serves.

    Raises:
        ConfigurationError: It cannot be used.
    """
    if is_postgres(where):
        return _postgres(str(where), media, blocking=blocking)
    if is_address(where):  # not told back: it may hold a password
        raise ConfigurationError(
            "An outbox is kept in a file, or in PostgreSQL; this is another address.",
            hint="A PostgreSQL address begins with postgresql://.",
        )
    if str(where) == ":memory:" or not str(where):
        raise ConfigurationError("An outbox needs a file: a plan is never kept in memory alone.")
    if str(where).startswith(("postgresql:/", "postgres:/")):
        raise ConfigurationError(
            "A PostgreSQL address was given as a path.", hint="Give it as a string: postgresql://user@host/database."
        )
    path = Path(where).absolute()
    beside = path.with_name(f"{path.name}-media")
    shelf = MediaShelf(beside if media is None else Path(media).absolute(), blocking=blocking)
    store = SqliteStore(path, shelf.pack, shelf.unpack, shelf.require)
    return Place(str(path), path, store, shelf, Owner(path.with_name(f"{path.name}-workers")))


def _postgres(dsn: str, media: str | Path | None, *, blocking: bool) -> Place:
    try:
        from socialconnect.outbox.postgres.store import PostgresStore
    except ImportError as error:
        raise ConfigurationError(
            f"An outbox on PostgreSQL needs packages that are not installed: {error}.",
            hint="Install them: pip install 'socialconnect[postgres]'.",
        ) from error
    shelf = _NoShelf(blocking=blocking) if media is None else MediaShelf(Path(media).absolute(), blocking=blocking)
    store = PostgresStore(dsn, shelf.pack, shelf.unpack, shelf.require, blocking=blocking)
    # Each user's own: processes of one machine that share this folder can see each other end.
    workers = Path(tempfile.gettempdir()) / f"socialconnect-workers-{getattr(os, 'getuid', int)()}"
    return Place(store.address, None, store, shelf, Owner(workers, complete=False))


class _NoShelf(MediaShelf):
    """
    Stands where an outbox on PostgreSQL was given no folder for copies of media.

    Args:
        blocking: As of any shelf.
    """

    def __init__(self, *, blocking: bool) -> None:
        super().__init__(Path(os.devnull) / "media", blocking=blocking)

    def take_in(self, file: Path) -> None:
        """Refuse: there is no place for it."""
        raise ConfigurationError(
            f"The archive holds media ({file.name}), and this outbox has no folder for copies of media.",
            hint="Nothing was restored. Give the outbox media=, a folder that all machines with workers share.",
        )

    def _copied(self, media: MediaFile, field: str) -> MediaFile:
        if media.url is not None:
            return media
        raise ConfigurationError(
            f"{field} is a file, and this outbox has no folder for copies of media.",
            hint="Give the outbox media=, a folder that all machines with workers share; or give the media by URL.",
        )
