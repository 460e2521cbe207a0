"""Twitter's weighted length and its address detection, against the published rules."""

from __future__ import annotations

import string
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect.networks.twitter.limits import TEXT
from socialconnect.networks.twitter.text import cashtags, invalid_characters, urls, weighted_length

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        # the vectors of the fact sheet
        ("Hello", 5),
        ("café", 4),
        (unicodedata.normalize("NFD", "café"), 4),
        ("日本語", 6),
        (FAMILY, 2),
        ("https://example.com/" + "a" * 200, 23),
        ("a" * 256 + " https://example.com/", 280),
        ("a" * 257 + " https://example.com/", 281),
        # scripts
        ("", 0),
        (" ", 1),
        ("\n", 1),
        ("Ωμέγα", 5),
        ("Привет", 6),
        ("שלום", 4),
        ("مرحبا", 5),
        ("ไทย", 3),
        ("გამარჯობა", 9),
        ("\u10ff", 1),
        ("\u1100", 2),
        ("한국어", 6),
        ("ひらがな", 8),
        ("\U0001d400", 2),
        # punctuation: some of it is in the cheap ranges, some is not
        ("\u2013\u2014\u2018\u2019\u201c\u201d", 6),
        ("\u2026", 2),
        ("\u2032\u2037", 2),
        ("\u200d", 1),
        ("\u200e", 2),
        ("€", 2),
        # emoji
        ("😀", 2),
        ("👋🏽", 2),
        ("🇩🇪", 2),
        ("🇩🇪🇫🇷", 4),
        ("🇦🇦", 4),
        ("1\ufe0f\u20e3", 2),
        ("1\u20e3", 2),
        ("1", 1),
        ("❤", 2),
        ("❤\ufe0f", 2),
        ("❤\ufe0e", 4),
        ("©", 1),
        ("©\ufe0f", 2),
        ("\u2122", 2),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("👩🏽\u200d🚒", 2),
        ("🧑\u200d🚀", 2),
        (FAMILY * 140, 280),
        ("👨\u200d👨\u200d👨", 8),  # no sequence that exists: three emoji and two joiners
        # addresses
        ("see example.com", 4 + 23),
        ("see example.com.", 4 + 23 + 1),
        ("a.b", 3),
        ("http://a.de http://b.de", 23 + 1 + 23),
        ("日本https://example.com", 4 + 23),
        ("https://例え.jp/道", 23 + 2),
        ("example.com/日本", 23 + 4),
        ("user@example.com", 16),
        ("#example.com", 12),
        ("$example.com", 12),
        ("https://example", 15),
        ("https://example.com:8080/x", 23),
        ("(https://example.com/a_(b))", 25),
        # addresses without a scheme, and what stands before them
        ("EXAMPLE.COM", 23),
        ("a.co.uk", 23),
        ("sub.domain.example.org/path", 23),
        ("example.com:8080", 23 + 5),
        ("-example.com", 12),
        ("/example.com", 12),
        ("..example.com", 13),
        ("example.notatld", 15),
        ("a@b.com", 7),
        ("“example.com”", 25),
        ("日本語example.com", 6 + 23),
        ("example.com日本語", 23 + 6),
        # punctuation around and at the end of addresses
        ("https://example.com.", 24),
        ("https://example.com,", 24),
        ("https://example.com!", 24),
        ("https://example.com?", 24),
        ("<https://example.com>", 25),
        ('"https://example.com"', 25),
        ("[https://example.com]", 25),
        ("https://example.com/a?b=c&d=e#f", 23),
        ("https://example.com/a/b.", 24),
        ("https://example.com…", 23 + 2),
        ("#https://example.com", 20),
        ("https://example.com https://example.com", 23 + 1 + 23),
        ("https://example.com\nhttps://example.com", 23 + 1 + 23),
        # emoji with modifiers, joiners and selectors
        ("👍🏿", 2),
        ("🏳\ufe0f\u200d🌈", 2),
        ("🧑🏻\u200d🤝\u200d🧑🏿", 2),
        ("👁\ufe0f\u200d🗨\ufe0f", 2),
        ("#\ufe0f\u20e3", 2),
        ("🇩🇪🇩", 4),
        ("a😀b", 4),
        ("😀😀😀", 6),
        ("😀\u200da", 2 + 1 + 1),
        # combining marks and composition
        ("e\u0301", 1),
        ("e\u0301\u0302", 2),
        ("q\u0301", 2),
        ("\u1112\u1161\u11ab", 2),
        ("か\u3099", 2),
        ("\u212b", 1),
        # the edges of the cheap ranges
        ("\u2000", 1),
        ("\u200f", 2),
        ("\u2010", 1),
        ("\u201f", 1),
        ("\u2020", 2),
        ("\u2031", 2),
        ("\u2038", 2),
        ("\uffe5", 2),
        ("\U00020000", 2),
    ],
)
def test_length(text: str, length: int) -> None:
    """A text counts what the published rules say."""
    assert weighted_length(text) == length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no address", []),
        ("https://example.com", ["https://example.com"]),
        ("HTTPS://EXAMPLE.COM", ["HTTPS://EXAMPLE.COM"]),
        ("example.com/a?b=c#d", ["example.com/a?b=c#d"]),
        ("example.com?b=c", ["example.com"]),
        ("https://example.com?b=c", ["https://example.com?b=c"]),
        ("https://example.com/a.", ["https://example.com/a"]),
        ("https://example.com/a, b", ["https://example.com/a"]),
        ("https://example.com/a_(b)", ["https://example.com/a_(b)"]),
        ("https://example.com/@user/", ["https://example.com/@user/"]),
        ("https://a_b.example.com", ["https://a_b.example.com"]),
        ("https://a_b.com", []),
        ("-example.com", []),
        ("_example.com", []),
        (".example.com", []),
        ("/example.com", []),
        ("@example.com", []),
        ("＠https://example.com", []),
        ("＃https://example.com", []),
        ("xhttps://example.com", []),
        ("example.notatld", []),
        ("https://example.xn--p1ai", ["https://example.xn--p1ai"]),
        ("https://пример.рф", ["https://пример.рф"]),
        ("https://ПРИМЕР.РФ", ["https://ПРИМЕР.РФ"]),
        ("пример.рф", []),
        ("日本example.com", ["example.com"]),
        ("a.com b.org,c.net", ["a.com", "b.org", "c.net"]),
        ("https://t.co/abc/def", ["https://t.co/abc"]),
        ("https://t.co/" + "a" * 40, ["https://t.co/" + "a" * 40]),
        ("https://t.co/" + "a" * 41, []),
        ("https://" + "a" * 63 + ".com", ["https://" + "a" * 63 + ".com"]),
        ("https://" + "a" * 64 + ".com", []),
        ("https://" + "日" * 40 + ".com", ["https://" + "日" * 40 + ".com"]),
        ("https://" + "日本語" * 30 + ".com", []),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    """The addresses are those that Twitter would link."""
    assert urls(text) == found


def test_longest_address() -> None:
    """An address is one as long as it and its scheme, counted again, stay within the limit."""
    start = "https://example.com/"
    longest = start + "a" * (TEXT.longest_url - len("https://") - len(start))
    assert urls(longest) == [longest]
    assert urls(longest + "a") == []


@given(st.text(alphabet=string.ascii_letters + " ", max_size=300))
def test_ascii_letters_count_one_each(text: str) -> None:
    """Text of ASCII letters and spaces is as long as it is."""
    assert weighted_length(text) == len(text)


@given(st.text(), st.sampled_from(string.ascii_letters))
def test_an_ascii_letter_after_a_space_adds_two(text: str, letter: str) -> None:
    """A space and one ASCII letter add exactly two, whatever is there."""
    assert weighted_length(f"{text} {letter}") == weighted_length(text) + 2


@given(st.text())
def test_the_form_of_composition_does_not_matter(text: str) -> None:
    """A text and its decomposed form count the same."""
    assert weighted_length(text) == weighted_length(unicodedata.normalize("NFD", text))


@given(st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=300))
def test_an_address_always_counts_the_same(path: str) -> None:
    """An address counts 23 whatever its path."""
    assert weighted_length(f"https://example.com/{path}") == TEXT.url_length


@given(st.text())
def test_length_is_within_bounds(text: str) -> None:
    """No text counts less than nothing, and none more than two for each character, an address apart."""
    composed = unicodedata.normalize("NFC", text)
    assert 0 <= weighted_length(text) <= 2 * len(composed) + TEXT.url_length * len(urls(text))


@given(st.lists(st.sampled_from(["日", "a", "-", "_", ".", ".com", "http", "://", "/", " ", "@", "é"]), max_size=12))
def test_every_address_stands_in_the_text(parts: list[str]) -> None:
    """What is found is a part of the text, in order and without overlap."""
    text = unicodedata.normalize("NFC", "".join(parts))
    at = 0
    for found in urls(text):
        at = text.index(found, at) + len(found)


@pytest.mark.parametrize(
    "text",
    ["日" * 25_000 + ".", "a." * 12_500, "https://a.com/" + "(" * 25_000, "https://a.com/" + "!" * 25_000],
    ids=["one label", "many labels", "parentheses", "marks"],
)
def test_a_hostile_text_does_not_hold_up_the_caller(text: str) -> None:
    """The longest text that Twitter takes is read in a moment, however it is made."""
    began = time.process_time()
    urls(text)
    assert time.process_time() - began < 5  # a square of the length would take minutes


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$ACME", ["$ACME"]),
        ("buy $ACME, sell $BRK.A!", ["$ACME", "$BRK.A"]),
        ("$100 and US$ and a$ACME", []),
        ("$TOOLONGX", []),
        ("$ACME1", []),
    ],
)
def test_cashtags(text: str, found: list[str]) -> None:
    """Cashtags are found as Twitter finds them."""
    assert cashtags(text) == found


def test_invalid_characters() -> None:
    """Characters that no tweet may hold are named, each once."""
    assert invalid_characters("a\ufeffb\uffff\ufeff") == ["U+FEFF", "U+FFFF"]
