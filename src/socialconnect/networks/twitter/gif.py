"""How many frames a GIF has, counted by its blocks: nothing is decoded."""

from __future__ import annotations

from typing import BinaryIO

from socialconnect.media import MediaFile

__all__ = ["frames"]

_HEADER = 13
_IMAGE, _EXTENSION, _END = 0x2C, 0x21, 0x3B


def frames(media: MediaFile) -> int | None:
    """
    Count a GIF's frames; `None` if the file ends too early or is none. https://www.w3.org/Graphics/GIF/spec-gif89a.txt

    Args:
        media: The file.
    """
    with media.open() as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER or header[:3] != b"GIF":
            return None
        file.seek(_table(header[10]), 1)
        count = 0
        while (kind := _byte(file)) != _END:
            if kind == _IMAGE:
                described = file.read(9)
                if len(described) < 9:
                    return None
                file.seek(_table(described[8]) + 1, 1)  # its own colours, and how its bits are packed
                count += 1
            elif kind == _EXTENSION:
                file.seek(1, 1)  # which one
            else:
                return None
            if not _skip_blocks(file):
                return None
    return count


def _table(flags: int) -> int:
    """Give the length of the table of colours that flags tell of."""
    return 3 * 2 ** ((flags & 0x07) + 1) if flags & 0x80 else 0


def _skip_blocks(file: BinaryIO) -> bool:
    while length := _byte(file):
        if length < 0:
            return False
        file.seek(length, 1)
    return True


def _byte(file: BinaryIO) -> int:
    found = file.read(1)
    return found[0] if found else -1
