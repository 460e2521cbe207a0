"""
How long a text is for Twitter, and which addresses it finds in one.

The rules are those of twitter-text, configuration version 3, which Twitter publishes for this purpose:
https://github.com/twitter/twitter-text/blob/master/config/v3.json
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from socialconnect.networks.twitter.limits import TEXT

__all__ = ["cashtags", "invalid_characters", "urls", "weighted_length"]

_NOT_ALLOWED = "\ufffe\ufeff\uffff"
_HALF_PAIRS = re.compile("[\ud800-\udfff]")
"""Halves of what UTF-16 writes as two: alone they are no characters, and no body can hold them."""
_DIRECTIONS = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACES = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = r"!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$"
_LATIN = (
    "\xc0-\xd6\xd8-\xf6\xf8-\xff\u0100-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b"
    "\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = "\u0400-\u04ff"
_MAY_HOLD_ADDRESS = re.compile(r"\.[^\s.]")
"""An address has a top-level domain, and so a dot with something right behind it."""
_DOTS = re.compile("[.\u3002\uff0e\uff61]")


def weighted_length(text: str) -> int:
    """
    Give a text's length as Twitter counts it.

    Every address counts the same whatever its real length, an emoji sequence counts as one character of two, and most
    scripts outside of Latin, Greek, Cyrillic, Arabic and their neighbours count two for each character.
    """
    if text.isascii() and not _MAY_HOLD_ADDRESS.search(text):  # the common case, at a tenth of the cost
        return len(text) * _weight(0) // TEXT.scale
    text = unicodedata.normalize("NFC", text)
    jumps = dict(_emoji(text))
    addresses = {found.start: found.end for found in _find(text)}
    total, at = 0, 0
    while at < len(text):
        if at in addresses:
            total += TEXT.url_length * TEXT.scale
            at = addresses[at]
        elif at in jumps:
            total += TEXT.default_weight
            at = jumps[at]
        else:
            total += _weight(ord(text[at]))
            at += 1
    return total // TEXT.scale


def urls(text: str) -> list[str]:
    """Give the addresses that Twitter would turn into links, in order; ones without `https://` are found too."""
    if not _MAY_HOLD_ADDRESS.search(text):
        return []
    return [found.url for found in _find(unicodedata.normalize("NFC", text))]


def cashtags(text: str) -> list[str]:
    """Give the cashtags in a text, such as `$ACME`, in order."""
    return [found[1] for found in _CASHTAG.finditer(text)] if "$" in text else []


def invalid_characters(text: str) -> list[str]:
    """Give the characters that a tweet must not hold, each once, as `U+FEFF`."""
    found = [one for one in _NOT_ALLOWED if one in text] + sorted(set(_HALF_PAIRS.findall(text)))
    return [f"U+{ord(one):04X}" for one in found]


def _weight(point: int) -> int:
    for start, end, weight in TEXT.ranges:
        if start <= point <= end:
            return weight
    return TEXT.default_weight


# ── emoji ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _emoji(text: str) -> Iterator[tuple[int, int]]:
    """Give each emoji sequence's beginning and end."""
    if text.isascii():  # a keycap ends outside ASCII as well
        return
    import emoji  # its table is large, and most texts need none of it

    for found in emoji.emoji_list(text):
        start, end = found["match_start"], found["match_end"]
        # Without U+FE0F these are letters: twemoji takes "©", "®" and "™" for text.
        if text[start:end] not in ("\xa9", "\xae", "\u2122"):
            yield start, end


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    url: str

    @property
    def end(self) -> int:
        return self.start + len(self.url)


def _find(text: str) -> Iterator[_Found]:
    if not _MAY_HOLD_ADDRESS.search(text):
        return
    patterns = _patterns()
    for match in patterns.url.finditer(text):
        url, scheme, domain = match["url"], match["scheme"], match["domain"]
        if url is None or not _fits(url, scheme or "https://", domain):
            continue
        if scheme:
            found = _with_scheme(match.start("url"), url)
            if found is not None:
                yield found
        elif match["before"] not in ("-", "_", ".", "/"):
            yield from _without_scheme(match, patterns)


def _with_scheme(start: int, url: str) -> _Found | None:
    short = _T_CO.match(url)
    if short is None:
        return _Found(start, url)
    # Twitter's own short addresses end with their slug, which is never longer than this.
    return _Found(start, short[0]) if len(short["slug"]) <= TEXT.longest_short_slug else None


def _without_scheme(match: re.Match[str], patterns: _Patterns) -> Iterator[_Found]:
    """Only the ASCII and Latin parts of a domain count without a scheme; a path belongs to the last of them."""
    start, domain = match.start("domain"), match["domain"]
    found = [_Found(start + one.start(), one[0]) for one in patterns.ascii_domain.finditer(domain)]
    yield from found[:-1]
    if found:
        last = found[-1]
        yield _Found(last.start, last.url + match["url"][len(domain) :]) if match["path"] else last


def _fits(url: str, scheme: str, domain: str) -> bool:
    """Whether the address and each part of its host are short enough, written in ASCII as DNS does it."""
    if domain.startswith("xn--") and not domain.isascii():
        return False
    labels = [".".join(map(_punycoded, _DOTS.split(label))) for label in domain.split(".")]
    if not all(1 <= len(label) <= TEXT.longest_label for label in labels):
        return False
    length = len(url) - len(domain) + len(".".join(labels))
    return len(scheme) + length <= TEXT.longest_url


def _punycoded(label: str) -> str:
    # The plain encoding, as Twitter does it: `idna` would refuse labels that Twitter takes.
    return label if label.isascii() else f"xn--{label.encode('punycode').decode()}"


@dataclass(frozen=True, slots=True)
class _Patterns:
    url: re.Pattern[str]
    ascii_domain: re.Pattern[str]


@lru_cache(maxsize=1)
def _patterns() -> _Patterns:
    """Make the expressions when first needed: they hold every top-level domain."""
    tld = _top_level()
    others = _PUNCTUATION.replace(r"\-", "").replace("_", "") + f"{_SPACES}{_NOT_ALLOWED}{_DIRECTIONS}"
    inside = rf"[^{others}\-_]"
    # A label neither begins nor ends with "-" or "_", and never gives back what it took: only "." ends it.
    subdomain = rf"{inside}[^{others}]*+(?<![-_])\."
    label = rf"{inside}[^{others}_]*+(?<!-)"
    general = rf"[A-Za-z{_CYRILLIC}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_LATIN}]"
    balanced = rf"\((?:{general}+|{general}*\({general}+\){general}*)\)"
    ending = rf"(?:[+\-A-Za-z{_CYRILLIC}0-9=_#/{_LATIN}]|{balanced})"
    path = rf"(?:{general}*(?:{balanced}{general}*)*{ending}|@{general}+/)"
    before = rf"(?:[^A-Za-z0-9@＠$#＃{_NOT_ALLOWED}]|[{_DIRECTIONS}]|\A)"
    url = (
        rf"(?P<url>(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?://)?"
        rf"(?P<domain>(?:{subdomain})*{label}\.{tld})"
        rf"(?::[0-9]+)?(?P<path>/{path}*)?(?:\?{_QUERY}*{_QUERY_END})?)"
    )
    # Where no address begins, none begins further on in the same labels either: they are passed over at once, so that
    # a long text without spaces does not cost the square of its length.
    passed = rf"{label}(?:\.{label})*+(?!://)"
    whole = rf"(?P<before>{before})(?:{url}|{passed})"
    return _Patterns(re.compile(whole), re.compile(rf"(?:[-A-Za-z0-9{_LATIN}]+\.)+{tld}"))


def _top_level() -> str:
    """Give the expression for a top-level domain, in both cases, the longer of two names first."""
    from importlib import resources  # most texts hold no address

    file = resources.files("socialconnect.networks.twitter") / "tlds.txt"
    names = [line for line in file.read_text("ascii").splitlines() if not line.startswith("#")]
    plain = sorted((name for name in names if not name.startswith("xn--")), reverse=True)
    decoded = [name[4:].encode().decode("punycode") for name in names if name.startswith("xn--")]
    other = sorted({form for name in decoded for form in (name, name.upper())}, reverse=True)
    known = rf"(?:(?ai:{'|'.join(plain)})|{'|'.join(map(re.escape, other))})(?=[^0-9A-Za-z@+-]|\Z)"
    return rf"(?:{known}|(?ai:xn--[-0-9a-z]+))"


_QUERY = r"[A-Za-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"
_QUERY_END = r"[A-Za-z0-9\-_&=#/]"
_T_CO = re.compile(rf"(?i:https?)://(?ai:t\.co)/(?P<slug>[A-Za-z0-9]+)(?:\?{_QUERY}*{_QUERY_END})?")
_CASHTAG = re.compile(rf"(?:\A|[{_SPACES}])(\$[A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?=\Z|\s|[{_PUNCTUATION}])")
