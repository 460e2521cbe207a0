"""
Little text: what a commentary means, and what becomes of one that is not escaped.

See https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["LittleText", "escaped", "parse", "utf16_length"]

RESERVED = frozenset("\\|{}@[]()<>#*_~")
_MENTION = re.compile(r"@\[((?:[^\]\\]|\\.)+)\]\((urn:li:(?:person|organization|organizationBrand):[\w-]+)\)")
_TEMPLATE = re.compile(r"\{hashtag\|\\#\|([^|{}\\]+)\}")
_HASHTAG = re.compile(r"#(\w+)")

Names = Callable[[str], frozenset[str] | None]
"""Gives the names that a mention of a URN may use; `None` for one that is not known, which may use any."""


@dataclass(frozen=True)
class LittleText:
    """
    A commentary that has been read.

    Args:
        stored: How it is read back: hashtags as templates, what was cut off left out.
        text: What people read.
        cut_at: Where a reserved character stood unescaped.
        mentions: The URNs of whom it mentions.
    """

    stored: str
    text: str
    cut_at: int | None
    mentions: tuple[str, ...] = ()


def parse(commentary: str, names: Names = lambda urn: None) -> LittleText:
    """
    Read a commentary up to the first reserved character that is neither escaped nor part of an element.

    Args:
        commentary: What was sent.
        names: What a mention may call whom it mentions; by another name it stays plain text.
    """
    stored: list[str] = []
    shown: list[str] = []
    mentions: list[str] = []
    at = 0
    while at < len(commentary):
        mention = _MENTION.match(commentary, at)
        found = _mentioned(mention, names, mentions) if mention else _element(commentary, at)
        if found is None:
            return LittleText("".join(stored), "".join(shown), at, tuple(mentions))
        wire, text, at = found
        stored.append(wire)
        shown.append(text)
    return LittleText("".join(stored), "".join(shown), None, tuple(mentions))


def escaped(text: str) -> str:
    """Escape what is reserved."""
    return "".join(f"\\{one}" if one in RESERVED else one for one in text)


def _mentioned(mention: re.Match[str], names: Names, mentions: list[str]) -> tuple[str, str, int]:
    """Read a mention; names are compared with their case."""
    name, urn = re.sub(r"\\(.)", r"\1", mention.group(1)), mention.group(2)
    known = names(urn)
    if known is not None and name not in known:
        return escaped(name), name, mention.end()
    mentions.append(urn)
    return mention.group(), name, mention.end()


def _element(commentary: str, at: int) -> tuple[str, str, int] | None:
    """Read what stands at a place: how it is stored, how it is shown, and where it ends."""
    character = commentary[at]
    if character not in RESERVED:
        return character, character, at + 1
    following = commentary[at + 1 : at + 2]
    if character == "\\" and following and following in RESERVED:
        return commentary[at : at + 2], following, at + 2
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
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
