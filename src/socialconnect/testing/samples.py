"""Sample media for tests: files that read as real ones, made on the spot, with the facts that the test wants."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

__all__ = ["sample_image", "sample_video", "write_sample_video"]

_SCALE = 1000
"""Units of a second in a sample film."""


def sample_image(width: int = 1080, height: int = 1080, *, shade: int = 128) -> bytes:
    """
    Make a grey PNG.

    Args:
        width: Its width in pixels.
        height: Its height in pixels.
        shade: How light it is, 0 to 255; two shades make two different files.
    """
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + bytes([shade]) * width) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def sample_video(
    seconds: float = 10.0,
    *,
    width: int = 1080,
    height: int = 1920,
    frame_rate: int = 30,
    sound: bool = True,
    size: int | None = None,
) -> bytes:
    """
    Make an MP4 (H.264, AAC) whose index is true and whose pictures are empty: nothing plays, everything measures.

    Args:
        seconds: How long it says that it lasts.
        width: Its width in pixels.
        height: Its height in pixels.
        frame_rate: Frames in a second.
        sound: Whether it has a track of sound.
        size: How many bytes it is to have in all; as few as possible if not given.

    Raises:
        ValueError: It cannot be made as small as that.
    """
    index = _index(seconds, width, height, frame_rate, sound=sound)
    return index + _pictures(index, size) + b"\0" * _rest(index, size)


def write_sample_video(path: Path, seconds: float = 10.0, *, size: int, width: int = 1080, height: int = 1920) -> Path:
    """
    Write an MP4 as `sample_video` does, sparse: a file of a gigabyte takes a few kilobytes of the disk.

    Args:
        path: Where to.
        seconds: How long it says that it lasts.
        size: How many bytes it is to have in all.
        width: Its width in pixels.
        height: Its height in pixels.

    Returns:
        The path.
    """
    index = _index(seconds, width, height, 30, sound=True)
    with path.open("wb") as file:
        file.write(index + _pictures(index, size))
        file.truncate(size)
    return path


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _box(kind: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I", len(whole) + 8) + kind + whole


def _pictures(index: bytes, size: int | None) -> bytes:
    """Give the head of the box with the pictures, whose length has 64 bits so that it may be long."""
    return struct.pack(">I", 1) + b"mdat" + struct.pack(">Q", _rest(index, size) + 16)


def _rest(index: bytes, size: int | None) -> int:
    least = len(index) + 16
    if size is not None and size < least:
        raise ValueError(f"a sample video takes {least} bytes at least, not {size}")
    return 0 if size is None else size - least


def _index(seconds: float, width: int, height: int, frame_rate: int, *, sound: bool) -> bytes:
    length = round(seconds * _SCALE)
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie = struct.pack(">IIIIIIH10x", 0, 0, 0, _SCALE, length, 0x10000, 0x100) + matrix + b"\0" * 24
    tracks = [_track(1, _film(width, height), length, max(1, round(seconds * frame_rate)), width, height, matrix)]
    if sound:
        tracks.append(_track(2, _sound(), length, max(1, round(seconds * 48_000 / 1024)), 0, 0, matrix))
    movie_header = _box(b"mvhd", movie + struct.pack(">I", len(tracks) + 1))
    return _box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41") + _box(b"moov", movie_header, *tracks)


def _film(width: int, height: int) -> bytes:
    profile = b"\x01\x64\x00\x28\xff\xe1\x00\x04\x67\x64\x00\x28\x01\x00\x02\x68\xee"
    entry = b"\0" * 6 + struct.pack(">H", 1) + b"\0" * 16 + struct.pack(">HHIII", width, height, 0x480000, 0x480000, 0)
    return _box(b"avc1", entry + struct.pack(">H", 1) + b"\0" * 32 + b"\0\x18\xff\xff", _box(b"avcC", profile))


def _sound() -> bytes:
    entry = b"\0" * 6 + struct.pack(">H", 1) + b"\0" * 8 + struct.pack(">HHII", 2, 16, 0, 48_000 << 16)
    decoder = b"\x04\x11\x40\x15\0\0\0" + struct.pack(">II", 128_000, 128_000) + b"\x05\x02\x11\x90"
    stream = b"\x03" + bytes([3 + len(decoder) + 3]) + b"\0\2\0" + decoder + b"\x06\x01\x02"
    return _box(b"mp4a", entry, _box(b"esds", b"\0" * 4 + stream))


def _track(number: int, entry: bytes, length: int, frames: int, width: int, height: int, matrix: bytes) -> bytes:
    film = width > 0
    header = struct.pack(">IIIIII8xHHHH", 7, 0, 0, number, 0, length, 0, 0, 0 if film else 0x100, 0)
    shown = _box(b"tkhd", header + matrix + struct.pack(">II", width << 16, height << 16))
    kind, name = (b"vide", b"VideoHandler\0") if film else (b"soun", b"SoundHandler\0")
    media_header = _box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, _SCALE * 1000, length * 1000, 0x55C4, 0))
    handler = _box(b"hdlr", struct.pack(">II4s12x", 0, 0, kind) + name)
    kind_header = _box(b"vmhd", struct.pack(">IHHHH", 1, 0, 0, 0, 0)) if film else _box(b"smhd", b"\0" * 8)
    place = _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), _box(b"url ", struct.pack(">I", 1))))
    samples = _box(
        b"stbl",
        _box(b"stsd", struct.pack(">II", 0, 1), entry),
        _box(b"stts", struct.pack(">IIII", 0, 1, frames, length * 1000 // frames)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, frames, 1)),
        _box(b"stsz", struct.pack(">III", 0, 1, frames)),
        _box(b"stco", struct.pack(">III", 0, 1, 0)),
    )
    return _box(b"trak", shown, _box(b"mdia", media_header, handler, _box(b"minf", kind_header, place, samples)))
