"""
What is to be put into a store, made ready before anybody has to wait for it.

Reading an archive and turning it into rows takes most of a restore's time, and needs no lock. The rows wait in a
temporary file, so that none of it is in memory as a whole.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Self

from socialconnect.outbox.rows import Value
from socialconnect.outbox.store import StoreUnavailable

__all__ = ["Entry", "Row", "Spool"]

Row = dict[str, Value]


@dataclass(frozen=True)
class Entry:
    """
    One thing that is to be put in.

    Args:
        kind: What it is, in words for people.
        name: Its id.
        told: All of it as text, to compare with what is there.
        row: The row that it fills.
        history: Of a delivery: the rows of its history.
        steps: Of a delivery: the rows of its steps.
        network: Of a delivery: its network.
        campaign: The campaign that it is or belongs to.
        to_send: Of a delivery: whether a worker would do something about it by itself.
        doubtful: Of a delivery: whether it may have been sent since the archive was made.
    """

    kind: str
    name: str
    told: str
    row: Row
    history: Sequence[Row] = ()
    steps: Sequence[Row] = ()
    network: str = ""
    campaign: str | None = None
    to_send: bool = False
    doubtful: bool = False


class Spool:
    """
    Entries in a temporary file, which is gone when it is closed.

    Raises:
        StoreUnavailable: There is no room for it.
    """

    def __init__(self) -> None:
        try:
            self._file: IO[bytes] = tempfile.TemporaryFile(prefix="socialconnect-")  # noqa: SIM115  # closed by close
        except OSError as error:
            raise _no_room(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what is still waiting to be written has no room, as was told before
            self._file.close()

    def add(self, entry: Entry) -> None:
        """Put an entry in."""
        try:
            self._file.write(json.dumps(asdict(entry)).encode() + b"\n")
        except OSError as error:
            raise _no_room(error) from error

    def __iter__(self) -> Iterator[Entry]:
        """Give the entries in the order in which they were put in."""
        try:
            self._file.seek(0)  # writes what is still waiting to be written
        except OSError as error:
            raise _no_room(error) from error
        for line in self._file:
            yield Entry(**json.loads(line))


def _no_room(error: OSError) -> StoreUnavailable:
    return StoreUnavailable(
        f"Cannot restore: the temporary folder {tempfile.gettempdir()} cannot be written to: {error.strerror}.",
        hint="Nothing was restored. Make room there, or name another folder with TMPDIR.",
    )
