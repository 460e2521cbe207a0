"""
What X makes of a post's text: its weighted length, and the t.co addresses that take the place of the others.

The length follows configuration 3 of https://github.com/twitter/twitter-text, written independently of the library's
own counting, so that the two check each other.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import emoji

__all__ = ["Rewritten", "cashtags", "find_urls", "rewrite", "weighted_length"]

_LIGHT = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_URL_LENGTH = 23
_OUTSIDE_NAMES = (
    "\\s!'#%&()*+,\\\\\\-./:;<=>?@\\[\\]^_{|}~$\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069\ufffe\ufeff\uffff"
)
_LATIN = "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f"
_PATH = rf"[a-z\u0400-\u04ff0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&(){_LATIN}]*"
_QUERY = r"(?:\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*)?"
_ENDS = re.compile(rf"[a-z\u0400-\u04ff0-9=_#/+\-&$@%){_LATIN}]", re.IGNORECASE)
_SHORTENED = re.compile(r"(https?://t\.co/([a-z0-9]+))(?:\?.*)?", re.IGNORECASE)
_LONGEST_URL, _LONGEST_LABEL, _LONGEST_SHORTENED = 4096, 63, 40
_TEXT_UNLESS_MARKED = frozenset("\xa9\xae\u2122\u265f")
"""Emoji only if a variation selector makes them so."""
_TAGS = {
    "hashtags": ("tag", re.compile(r"(?<![\w&])[#＃](\w*[^\W\d_]\w*)")),
    "mentions": ("username", re.compile(r"(?<![\w@＠])[@＠](\w{1,15})(?!\w)")),
    "cashtags": ("tag", re.compile(r"(?<![\w$])\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)(?!\w)")),
}


@dataclass(frozen=True)
class Rewritten:
    """A text as reads give it, what stands in it, and the first address that its author wrote."""

    text: str
    entities: dict[str, list[dict[str, object]]]
    link: str | None


@cache
def _pattern() -> re.Pattern[str]:
    """Give what an address looks like: a known top-level domain, and without a scheme a name in Latin letters."""
    file = resources.files("socialconnect.networks.twitter") / "tlds.txt"
    known = [one for one in file.read_text("utf-8").splitlines() if one and not one.startswith("#")]
    known += [one[4:].encode().decode("punycode") for one in known if one.startswith("xn--")]
    tld = rf"(?:{'|'.join(sorted(known, key=len, reverse=True))})(?![A-Za-z0-9@+-])"
    part = rf"[^{_OUTSIDE_NAMES}]"
    label, sub = rf"(?:{part}(?:-|{part})*)?{part}", rf"(?:{part}(?:[_-]|{part})*)?{part}"
    plain = rf"[a-z0-9{_LATIN}](?:[a-z0-9{_LATIN}\-]*[a-z0-9{_LATIN}])?"
    rest = rf"(?::[0-9]+)?(?:/{_PATH})?{_QUERY}"
    return re.compile(
        # What stands before is taken first, and may be a letter that is not ASCII, as X's own pattern does it.
        rf"(?:[^A-Za-z0-9@$#＠＃\u202a-\u202e]|^)(?P<url>https?://(?:{sub}\.)*{label}\.{tld}{rest}"
        rf"|(?<![-_./])(?:{plain}\.)+{tld}(?:(?::[0-9]+)?/{_PATH}{_QUERY})?)",
        re.IGNORECASE,
    )


def find_urls(text: str) -> list[tuple[int, int]]:
    """Give where the addresses stand."""
    spans: list[tuple[int, int]] = []
    for found in _pattern().finditer(text) if "." in text else ():
        url, start = found["url"], found.start("url")
        while not _ENDS.fullmatch(url[-1]) or (url[-1] == ")" and url.count("(") < url.count(")")):
            url = url[:-1]
        shortened = _SHORTENED.match(url)
        if shortened:
            url = shortened.group(1)
        too_long = _too_long(url) or (shortened is not None and len(shortened.group(2)) > _LONGEST_SHORTENED)
        if not too_long:
            spans.append((start, start + len(url)))
    return spans


def _too_long(url: str) -> bool:
    """Whether an address is longer than X takes, as it is written in ASCII: it is then plain text."""
    scheme, _, rest = url.rpartition("://")
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0]
    labels = [one if one.isascii() else f"xn--{one.encode('punycode').decode()}" for one in host.split(".")]
    written = f"{scheme or 'https'}://{'.'.join(labels)}{rest[len(host) :]}"
    told = len(scheme or "https") + len("://") + len(written)
    return any(len(one) > _LONGEST_LABEL for one in labels) or told > _LONGEST_URL


def weighted_length(text: str) -> int:
    """Give the length that the limit of 280 is about."""
    text = unicodedata.normalize("NFC", text)
    weight, at = 0, 0
    for start, end in find_urls(text):
        weight += _plain(text[at:start]) + _URL_LENGTH * 100
        at = end
    return (weight + _plain(text[at:])) // 100


def _plain(text: str) -> int:
    weight, at = 0, 0
    for found in emoji.emoji_list(text):
        start, end = int(found["match_start"]), int(found["match_end"])
        if found["emoji"] in _TEXT_UNLESS_MARKED:
            continue
        weight += sum(map(_code_point, text[at:start])) + 200
        at = end
    return weight + sum(map(_code_point, text[at:]))


def _code_point(character: str) -> int:
    return 100 if any(low <= ord(character) <= high for low, high in _LIGHT) else 200


def cashtags(text: str) -> int:
    """Count the cashtags."""
    return len(_TAGS["cashtags"][1].findall(text))


def short_url(url: str) -> str:
    """Give the t.co address of an address: the same for the same."""
    return f"https://t.co/{hashlib.sha256(url.encode()).hexdigest()[:10]}"


def rewrite(raw: str, media: list[tuple[str, str]]) -> Rewritten:
    """
    Put t.co addresses in the place of all others, and append one for media.

    Args:
        raw: What the author wrote.
        media: The address and the key of each of the post's media.
    """
    pieces: list[str] = []
    urls: list[dict[str, object]] = []
    link, at, length = None, 0, 0

    def add(piece: str) -> tuple[int, int]:
        nonlocal length
        pieces.append(piece)
        length += len(piece)
        return length - len(piece), length

    for start, end in find_urls(raw):
        add(raw[at:start])
        written = raw[start:end]
        url = written if "://" in written else f"http://{written}"
        link = link or url
        where = add(short_url(url))
        shown = url.partition("://")[2]
        urls.append(_url_entity(where, short_url(url), url, shown if len(shown) <= 27 else f"{shown[:26]}…"))
        at = end
    add(raw[at:])
    if media:
        add(" " if raw else "")
        short = short_url(media[0][0])
        where = add(short)
        urls += [_url_entity(where, short, page, "pic.x.com") | {"media_key": key} for page, key in media]
    text = "".join(pieces)
    return Rewritten(text, {"urls": urls, **_tags(text)} if urls else _tags(text), link)


def _tags(text: str) -> dict[str, list[dict[str, object]]]:
    """Give the hashtags, mentions and cashtags in a text, by their kinds."""
    entities: dict[str, list[dict[str, object]]] = {}
    for kind, (name, pattern) in _TAGS.items():
        found: list[dict[str, object]] = [
            {"start": one.start(), "end": one.end(), name: one.group(1)} for one in pattern.finditer(text)
        ]
        if found:
            entities[kind] = found
    return entities


def _url_entity(where: tuple[int, int], url: str, expanded: str, shown: str) -> dict[str, object]:
    return {"start": where[0], "end": where[1], "url": url, "expanded_url": expanded, "display_url": shown}
