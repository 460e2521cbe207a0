"""
Little text: what a commentary means, and what becomes of one that is not escaped.

See https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["LittleText", "parse"]

RESERVED = frozenset("\\|{}@[]()<>#*_~")
_MENTION = re.compile(r"@\[((?:[^\]\\]|\\.)+)\]\((urn:li:(?:person|organization):[\w-]+)\)")
_TEMPLATE = re.compile(r"\{hashtag\|\\#\|([^|{}\\]+)\}")
_HASHTAG = re.compile(r"#(\w+)")


@dataclass(frozen=True)
class LittleText:
    """
    A commentary that has been read.

    Args:
        stored: How it is read back: hashtags as templates, what was cut off left out.
        text: What people read.
        cut_at: Where a reserved character stood unescaped.
    """

    stored: str
    text: str
    cut_at: int | None


def parse(commentary: str) -> LittleText:
    """Read a commentary up to the first reserved character that is neither escaped nor part of an element."""
    stored: list[str] = []
    shown: list[str] = []
    at = 0
    while at < len(commentary):
        found = _element(commentary, at)
        if found is None:
            return LittleText("".join(stored), "".join(shown), at)
        wire, text, at = found
        stored.append(wire)
        shown.append(text)
    return LittleText("".join(stored), "".join(shown), None)


def _element(commentary: str, at: int) -> tuple[str, str, int] | None:
    """Read what stands at a place: how it is stored, how it is shown, and where it ends."""
    character = commentary[at]
    if character not in RESERVED:
        return character, character, at + 1
    following = commentary[at + 1 : at + 2]
    if character == "\\" and following and following in RESERVED:
        return commentary[at : at + 2], following, at + 2
    mention = _MENTION.match(commentary, at)
    if mention:
        name = re.sub(r"\\(.)", r"\1", mention.group(1))
        return mention.group(), name, mention.end()
    template = _TEMPLATE.match(commentary, at)
    if template:
        return template.group(), f"#{template.group(1)}", template.end()
    hashtag = _HASHTAG.match(commentary, at)
    if hashtag:
        word = hashtag.group(1).partition("_")[0]  # an underscore is reserved and ends the word
        if word:
            return rf"{{hashtag|\#|{word}}}", f"#{word}", at + 1 + len(word)
    return None


def utf16_length(text: str) -> int:
    """Count UTF-16 units: the unit that LinkedIn counts is not documented, and this is the strictest likely one."""
    return len(text.encode("utf-16-le")) // 2
