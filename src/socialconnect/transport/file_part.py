"""A part of a media file as a file of its own, so that the engine streams it into a multipart form."""

from __future__ import annotations

import io
import os
from typing import BinaryIO, cast

from socialconnect.transport.request import FileSlice

__all__ = ["as_file"]


class _Slice(io.RawIOBase):
    """Opened at the first read; no more than the part is seen of the file."""

    def __init__(self, part: FileSlice) -> None:
        self._part, self._at = part, 0
        self._file: BinaryIO | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._part.length}[whence]
        self._at = max(0, start + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._part.length - self._at)
        if left == 0:
            return b""
        if self._file is None:
            self._file = self._part.media.open()
        self._file.seek(self._part.start + self._at)
        piece = self._file.read(left if size is None or size < 0 else min(size, left))
        self._at += len(piece)
        if self._at >= self._part.length:  # the engine does not close what it reads
            self.close()
        return piece

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def as_file(content: bytes | FileSlice) -> bytes | BinaryIO:
    """Give what the engine takes as a file of a form."""
    return content if isinstance(content, bytes) else cast("BinaryIO", _Slice(content))
