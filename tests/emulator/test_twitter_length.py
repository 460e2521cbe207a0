"""What the Twitter emulator makes of a text: its weighted length, and the addresses that become t.co ones."""

from __future__ import annotations

import time

import pytest

from socialconnect.testing.emulators.twitter.text import cashtags, find_urls, rewrite, weighted_length

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Hello", 5),
        ("caf\xe9", 4),
        ("cafe\u0301", 4),
        ("日本語", 6),
        (FAMILY, 2),
        ("\U0001f44b\U0001f3fd", 2),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 4),
        ("1\ufe0f\u20e3", 2),
        ("\xa9", 1),
        ("\xa9\ufe0f", 2),
        ("\U0001d400", 2),
        ("\u10ff\u1100", 3),
        ("“quoted” – so", 13),
        ("…", 2),
        ("https://example.com/" + "a" * 200, 23),
        ("a" * 256 + " example.com/spring", 280),
        ("a" * 257 + " https://example.com", 281),
        ("see example.com.", 28),
        ("(example.com)", 25),
        ("x@example.com", 13),
        ("-example.com", 12),
        ("\xe9.com", 23),
        ("\xe9\xe9.com", 24),
        ("https://example.notatld", 23),
        ("https://例え.jp", 23),
        ("https://a.com/b_(c)", 23),
    ],
)
def test_weighted_length(text: str, length: int) -> None:
    """The published rules hold for the emulator's own counting."""
    assert weighted_length(text) == length


def test_addresses_are_found() -> None:
    """With and without a scheme, by known domains, without the punctuation around them."""
    text = "see https://example.com/a?b=c, www.example.co.uk/x and example.nonsense or t.co!"
    assert [text[start:end] for start, end in find_urls(text)] == [
        "https://example.com/a?b=c",
        "www.example.co.uk/x",
        "t.co",
    ]


def test_a_text_is_rewritten() -> None:
    """Addresses become t.co ones, and tags and names are told with their places in the new text."""
    made = rewrite("#spring at example.com with @brand $ACME", [])
    (url,) = made.entities["urls"]
    assert (url["expanded_url"], made.link) == ("http://example.com", "http://example.com")
    for kind, name in (("hashtags", "tag"), ("mentions", "username"), ("cashtags", "tag")):
        (one,) = made.entities[kind]
        start, end = int(str(one["start"])), int(str(one["end"]))
        assert made.text[start + 1 : end] == one[name]
    assert cashtags("$A and $B, not $5") == 2


def test_a_long_text_is_counted_at_once() -> None:
    """A text of many dots does not hold the emulator up."""
    began = time.process_time()
    weighted_length("a." * 10_000)
    weighted_length("https://" + "a-" * 5_000)
    assert time.process_time() - began < 5
