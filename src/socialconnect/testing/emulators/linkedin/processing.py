"""What LinkedIn finds when it processes a file: why it fails, if it does."""

from __future__ import annotations

import re
from collections.abc import Callable

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.linkedin.settings import LinkedInSettings
from socialconnect.testing.emulators.linkedin.state import Asset
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["fault_of"]

_MOST_PIXELS = 36_152_320
_MOST_FRAMES = 250
_IMAGE_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
_DOCUMENT_MARKS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # PDF; DOCX and PPTX; DOC and PPT
_MOST_DOCUMENT_BYTES = 100_000_000
_MOST_PAGES = 300
_LEAST_VIDEO_BYTES = 75_000
_SHORTEST, _LONGEST = 3.0, 1800.0


def fault_of(asset: Asset, settings: LinkedInSettings) -> str | None:
    """Say why an asset's file cannot be processed; `None` if it can, as far as its first bytes tell."""
    if not settings.checks_media:
        return None
    check: Callable[[ReceivedFile, LinkedInSettings], str | None] = {
        "image": _image,
        "document": _document,
        "video": _video,
    }[asset.kind]
    return check(asset.file, settings)


def _image(file: ReceivedFile, settings: LinkedInSettings) -> str | None:
    if not file.head.startswith(_IMAGE_MARKS):
        return "The image is not a JPG, PNG or GIF"
    facts = file.facts
    if facts.width and facts.height and facts.width * facts.height >= _MOST_PIXELS:
        return f"The image has more than {_MOST_PIXELS} pixels"
    if file.head.startswith(b"GIF8") and _frames(file.head) > _MOST_FRAMES:
        return f"The GIF has more than {_MOST_FRAMES} frames"
    return None


def _document(file: ReceivedFile, settings: LinkedInSettings) -> str | None:
    if not file.head.startswith(_DOCUMENT_MARKS):
        return "The document is not a PDF, PPT, PPTX, DOC or DOCX"
    if file.received > _MOST_DOCUMENT_BYTES:
        return f"The document has more than {_MOST_DOCUMENT_BYTES} bytes"
    pages = len(re.findall(rb"/Type\s*/Page(?![a-zA-Z])", file.head))  # of a long one only those in front
    if pages > _MOST_PAGES:
        return f"The document has more than {_MOST_PAGES} pages"
    return None


def _video(file: ReceivedFile, settings: LinkedInSettings) -> str | None:
    if file.head[4:8] != b"ftyp":
        return "The video is not an MP4"
    if not _LEAST_VIDEO_BYTES <= file.received <= settings.video_most_bytes:
        return f"The video must have {_LEAST_VIDEO_BYTES} to {settings.video_most_bytes} bytes"
    return _length_fault(file.facts)


def _length_fault(facts: MediaFacts) -> str | None:
    if facts.seconds is not None and not _SHORTEST <= facts.seconds <= _LONGEST:
        return f"The video must last {_SHORTEST:.0f} seconds to {_LONGEST / 60:.0f} minutes"
    return None


def _frames(content: bytes) -> int:
    """Count a GIF's frames, as many as the kept bytes hold."""
    at = 13 + _table_size(content[10:11])
    frames = 0
    while at < len(content):
        mark = content[at]
        if mark == 0x2C:
            frames += 1
            at += 11 + _table_size(content[at + 9 : at + 10])  # the descriptor, its colours, the code size
        elif mark == 0x21:
            at += 2
        else:
            break
        while at < len(content) and content[at]:
            at += content[at] + 1
        at += 1
    return frames


def _table_size(flags: bytes) -> int:
    """How long a table of colours is, by the flags before it."""
    return 3 << (flags[0] % 8 + 1) if flags and flags[0] & 0x80 else 0
