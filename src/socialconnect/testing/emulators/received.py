"""A file that an emulator receives, in one piece or in many: its facts are kept, its bytes are not."""

from __future__ import annotations

import hashlib
import io

from socialconnect.media_facts import MediaFacts, read_facts

__all__ = ["ReceivedFile"]

_HEAD = 1024 * 1024
"""Bytes of the beginning that are kept: enough for the index of a film that has it in front."""


class ReceivedFile:
    """
    Args:
        size: How many bytes were announced; `None` if nothing was.
    """

    def __init__(self, size: int | None = None) -> None:
        self.announced = size
        self.head = b""
        """The file's first bytes, a mebibyte at most."""
        self._digest = hashlib.sha256()
        self._hashed = 0
        self._pieces: dict[int, int] = {}

    @property
    def received(self) -> int:
        """How many bytes of it have come; bytes that came twice count once."""
        reached = total = 0
        for start, end in sorted((start, start + length) for start, length in self._pieces.items()):
            total += max(0, end - max(start, reached))
            reached = max(reached, end)
        return total

    @property
    def complete(self) -> bool:
        """Whether as much has come as was announced."""
        return self.announced is not None and self.received == self.announced

    def append(self, piece: bytes, *, offset: int | None = None) -> None:
        """
        Take a piece.

        Args:
            piece: Its bytes.
            offset: Where in the file it belongs; after what came so far if not given.
        """
        start = max((at + length for at, length in self._pieces.items()), default=0) if offset is None else offset
        self._pieces[start] = max(len(piece), self._pieces.get(start, 0))
        if start == len(self.head) < _HEAD:
            self.head += piece[: _HEAD - len(self.head)]
        if start == self._hashed:
            self._digest.update(piece)
            self._hashed += len(piece)

    @property
    def sha256(self) -> str | None:
        """The hash of the whole file, in hexadecimal; `None` if its pieces did not come in order."""
        return self._digest.hexdigest() if self._hashed == self.received else None

    @property
    def facts(self) -> MediaFacts:
        """What it is, by its first bytes; a film whose index stands at its end has a type and a size only."""
        facts = read_facts(lambda: io.BytesIO(self.head))
        bits = round(self.received * 8 / facts.seconds) if facts.seconds else None
        return facts.model_copy(update={"size": self.received, "bit_rate": bits})
