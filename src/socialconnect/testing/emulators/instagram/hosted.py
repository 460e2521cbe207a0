"""
What is found at the addresses that posts name.

Instagram fetches media from public addresses. The emulator reaches no network: a table says what lies where, and an
address that is not in it has what its ending promises.
"""

from __future__ import annotations

import io
import ipaddress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from socialconnect.media_facts import MediaFacts, read_facts

__all__ = ["Fetched", "HostedFile", "HostedFiles"]

Fetched = Literal["timeout", "unreachable"]
"""How fetching fails: it takes too long (2207003), or there is nothing to be had (2207052)."""

_MEBIBYTE = 1024 * 1024
_IMAGE = MediaFacts(type="image/jpeg", size=_MEBIBYTE, width=1080, height=1080)
_VIDEO = MediaFacts(
    type="video/mp4",
    size=8 * _MEBIBYTE,
    width=1080,
    height=1920,
    seconds=30.0,
    frame_rate=30.0,
    video_codec="AVC",
    audio_codec="AAC",
    audio_rate=48_000,
    streamable=True,
)
_BY_ENDING = {
    **dict.fromkeys(("jpg", "jpeg"), _IMAGE),
    **{
        ending: _IMAGE.model_copy(update={"type": type_})
        for ending, type_ in (
            ("png", "image/png"),
            ("webp", "image/webp"),
            ("gif", "image/gif"),
            ("heic", "image/heic"),
            ("bmp", "image/bmp"),
            ("tiff", "image/tiff"),
        )
    },
    "mp4": _VIDEO,
    **{
        ending: _VIDEO.model_copy(update={"type": type_})
        for ending, type_ in (
            ("mov", "video/quicktime"),
            ("webm", "video/webm"),
            ("avi", "video/x-msvideo"),
            ("mkv", "video/x-matroska"),
        )
    },
    **{ending: MediaFacts(type="text/html", size=1024) for ending in ("html", "htm")},
}
_HIDDEN_ENDINGS = (".localhost", ".invalid", ".local", ".internal", ".lan")
"""Names that no public server has."""


@dataclass(frozen=True)
class HostedFile:
    """
    What lies at one address.

    Args:
        facts: What the file is.
        failure: How fetching it fails; `None` if it is fetched.
    """

    facts: MediaFacts
    failure: Fetched | None = None


@dataclass
class HostedFiles:
    """The files at public addresses."""

    _known: dict[str, HostedFile] = field(default_factory=dict[str, HostedFile])

    def add(
        self,
        address: str,
        *,
        content: bytes | None = None,
        facts: MediaFacts | None = None,
        failure: Fetched | None = None,
    ) -> None:
        """
        Say what lies at an address.

        Args:
            address: The address.
            content: The file's bytes, which are read and not kept.
            facts: What the file is, in place of its bytes.
            failure: How fetching it fails.
        """
        if content is not None:
            facts = read_facts(lambda: io.BytesIO(content))
        self._known[address] = HostedFile(facts or _IMAGE, failure)

    def fetch(self, address: str, expected: Literal["image", "video"]) -> HostedFile:
        """
        Give what is found at an address.

        Args:
            address: The address.
            expected: What lies there if neither the table nor the ending says.
        """
        if address in self._known:
            return self._known[address]
        usual = _IMAGE if expected == "image" else _VIDEO
        if not is_public(address):
            return HostedFile(usual, "unreachable")
        name = urlsplit(address).path.rpartition("/")[2]
        return HostedFile(_BY_ENDING.get(name.rpartition(".")[2].lower(), usual) if "." in name else usual)


def is_public(address: str) -> bool:
    """Whether an address could be fetched by a stranger: http or https, and a host that is not at home somewhere."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host or host.endswith(_HIDDEN_ENDINGS):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host
