"""What Twitter takes as subtitles, and how it calls their language."""

from __future__ import annotations

import re

from socialconnect.media import Subtitles
from socialconnect.networks.twitter.limits import SUBTITLE_LANGUAGE

__all__ = ["language_code", "subtitles_type"]

_HEAD = 4096
_TIMES = re.compile(rb"\d{1,2}:\d{2}:\d{2},\d{3}[ \t]*-->")


def language_code(language: str) -> str | None:
    """Give Twitter's code for a language, such as `PT` for `pt-BR`; `None` for one that it has no code for."""
    code = re.split("[-_]", language)[0].upper()
    return code if re.fullmatch(SUBTITLE_LANGUAGE, code) else None


def subtitles_type(media: Subtitles) -> str | None:
    """Give a file's type by its own beginning: WebVTT says so, SubRip is known by how it writes times."""
    head = media.read(0, _HEAD).removeprefix(b"\xef\xbb\xbf")
    if head.startswith(b"WEBVTT"):
        return "text/vtt"
    return "text/srt" if _TIMES.search(head) else None
