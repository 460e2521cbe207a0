r"""
Little text: the format of a LinkedIn post's text.

Fifteen characters are reserved and need a backslash; an unescaped one can cut the text off silently. What the user
means as a hashtag or a mention is written as LinkedIn's own element for it, and read back as the user wrote it, so that
`read(write(text)) == text` for every text. See `docs/decisions/0005-linkedin-hashtags.md`, and
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format.

| the user's text | little text | people read |
| --- | --- | --- |
| `Q3 (unaudited)` | `Q3 \(unaudited\)` | Q3 (unaudited) |
| `#spring` | `{hashtag|\#|spring}` | #spring, as a hashtag |
| `@[Acme](urn:li:organization:1)` | `@[Acme](urn:li:organization:1)` | Acme, as a mention |
| `https://example.com/a_b#c` | `https://example.com/a\_b\#c` | https://example.com/a_b#c |
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["mention", "read", "rendered", "utf16_length", "write"]

_RESERVED = r"[\\|{}@\[\]()<>#*_~]"
_URN = r"urn:li:(?:person|organization):[A-Za-z0-9_-]+"

_RESERVED_CHARACTER = re.compile(_RESERVED)
_ESCAPED = re.compile(rf"\\({_RESERVED})")
_WRITTEN_MENTION = re.compile(rf"@\[([^\[\]\n]+)\]\({_URN}\)")
_MEANT = re.compile(
    rf"(?P<mention>@\[(?P<name>[^\[\]\n]+)\]\((?P<urn>{_URN})\))"
    r"|(?P<address>https?://\S+)"
    r"|(?P<hashtag>(?<![\w#&])#(?=[^\W_]))"
    rf"|(?P<reserved>{_RESERVED})"
)
_ELEMENT = re.compile(
    r"\{hashtag\|\\?#\|(?P<word>(?:\\.|[^\\{}|])*)\}"
    rf"|@\[(?P<name>(?:\\.|[^\\\]])+)\]\((?P<urn>{_URN})\)"
    rf"|\\(?P<escaped>{_RESERVED})",
    re.DOTALL,
)


def mention(name: str, urn: str) -> str:
    """
    Give what to write into a text or a first comment to mention somebody.

    Args:
        name: The page's exact full name, or a member's first, last or full name, in their own capitals: where it does
            not fit, LinkedIn shows it as plain text.
        urn: `urn:li:organization:…` or `urn:li:person:…`.

    Raises:
        ValueError: The name is empty or holds a bracket or a line break, or the URN is of another kind.
    """
    written = f"@[{name}]({urn})"
    if _WRITTEN_MENTION.fullmatch(written) is None:
        raise ValueError("a mention is a name without brackets, and urn:li:organization:… or urn:li:person:…")
    return written


def write(text: str) -> str:
    """Write a user's text as little text."""
    if _RESERVED_CHARACTER.search(text) is None:
        return text
    parts: list[str] = []
    at = 0
    while (found := _MEANT.search(text, at)) is not None:
        parts.append(text[at : found.start()])
        at = found.end()
        if found["mention"]:
            parts.append(f"@[{_escape(found['name'])}]({found['urn']})")
        elif found["hashtag"] and (word := _hashtag_word(text, at)):
            parts.append(rf"{{hashtag|\#|{word}}}")
            at += len(word)
        else:
            parts.append(_escape(found[0]))
    return "".join(parts) + text[at:]


def read(little_text: str) -> str:
    """Give the text that a user would write to get this little text."""
    return _ELEMENT.sub(_as_written, little_text)


def rendered(text: str) -> str:
    """Give a user's text as people will read it: a mention shows its name alone."""
    return _WRITTEN_MENTION.sub(r"\1", text)


def utf16_length(text: str) -> int:
    """Count a text in UTF-16 units: the strictest reading of a limit whose unit LinkedIn does not print."""
    return len(text) + sum(character > "\uffff" for character in text)


def _escape(text: str) -> str:
    return _RESERVED_CHARACTER.sub(r"\\\g<0>", text)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _as_written(found: re.Match[str]) -> str:
    if found["word"] is not None:
        return f"#{_unescape(found['word'])}"
    if found["name"] is not None:
        return f"@[{_unescape(found['name'])}]({found['urn']})"
    return found["escaped"]


def _hashtag_word(text: str, start: int) -> str:
    """Give the word that begins here if it makes a hashtag: letters and digits, with a letter among them."""
    end = start
    while end < len(text) and _belongs(text[end]):
        end += 1
    word = text[start:end]
    return word if any(character.isalpha() for character in word) else ""


def _belongs(character: str) -> bool:
    # Many scripts write vowels as marks on the letter before: they are part of the word.
    return character.isalnum() or unicodedata.category(character).startswith("M")
