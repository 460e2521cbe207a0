"""Little text: what LinkedIn's format makes of what people write, and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect.networks.linkedin import little_text

RESERVED = "\\|{}@[]()<>#*_~"

lively = st.lists(
    st.sampled_from(
        [
            *RESERVED,
            "a",
            "7",
            " ",
            "\n",
            "é",
            "🧥",
            "#tag",
            "https://x.io/a",
            "@[Acme](urn:li:person:a_1)",
            "{hashtag|\\#|b}",
        ]
    )
    | st.text(st.characters(codec="utf-8"), max_size=5),
    max_size=25,
).map("".join)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Launch day", "Launch day"),
        ("Q3 results (unaudited) are out #finance", r"Q3 results \(unaudited\) are out {hashtag|\#|finance}"),
        (
            "Photos with @[Devtestco](urn:li:organization:2414183)",
            "Photos with @[Devtestco](urn:li:organization:2414183)",
        ),
        ("@[A(b)](urn:li:person:x_1)", r"@[A\(b\)](urn:li:person:x_1)"),
        ("a@b.com [x] {y} <z> *s* _u_ ~t~ |p| \\", r"a\@b.com \[x\] \{y\} \<z\> \*s\* \_u\_ \~t\~ \|p\| " + "\\\\"),
        ("https://x.io/a_(b)#frag #tag", r"https://x.io/a\_\(b\)\#frag {hashtag|\#|tag}"),
        ("line\nbreak", "line\nbreak"),
        ("C# a#b ## &#39; we are #1", r"C\# a\#b \#\# &\#39; we are \#1"),
        ("#été2027, #你好 #हिन्दी", r"{hashtag|\#|été2027}, {hashtag|\#|你好} {hashtag|\#|हिन्दी}"),
        ("#my_tag", r"{hashtag|\#|my}\_tag"),
        ("(#tag)", r"\({hashtag|\#|tag}\)"),
        ("@[No](urn:li:share:1)", r"\@\[No\]\(urn:li:share:1\)"),
    ],
)
def test_text_is_written_as_little_text(text: str, written: str) -> None:
    """Reserved characters are escaped; hashtags and mentions become LinkedIn's elements."""
    assert little_text.write(text) == written
    assert little_text.read(written) == text


@pytest.mark.parametrize(
    ("given_back", "text"),
    [("{hashtag|#|raw}", "#raw"), ("#plain", "#plain"), (r"{hashtag|\#|a\_b}", "#a_b"), (r"\n \x", r"\n \x")],
)
def test_text_that_others_wrote_is_read_too(given_back: str, text: str) -> None:
    """What the library would not write itself is read as people see it."""
    assert little_text.read(given_back) == text


@given(lively)
def test_reading_gives_back_what_was_written(text: str) -> None:
    """No text is altered by going through LinkedIn's format."""
    assert little_text.read(little_text.write(text)) == text


@given(lively)
def test_no_reserved_character_stays_bare(text: str) -> None:
    """Outside elements every reserved character has its backslash: a bare one may cut the text off."""
    written = little_text.write(text)
    elements = (
        r"\{hashtag\|\\#\|\w[^\\{}|#]*\}"
        r"|@\[(?:\\.|[^\\\]])+\]\(urn:li:(?:person|organization):[\w-]+\)"
        r"|\\[\\|{}@\[\]()<>#*_~]"
    )
    rest = re.sub(elements, "", written)
    assert not set(rest) & set(RESERVED)


@pytest.mark.parametrize(
    ("text", "length"),
    [("abc", 3), ("🧥", 2), ("(a_b)", 5), ("#tag", 4), ("@[Acme Ltd](urn:li:organization:1)!", 9)],
)
def test_length_counts_what_people_read(text: str, length: int) -> None:
    """Escapes and templates do not count, a mention counts as its name, and an emoji as two."""
    assert little_text.utf16_length(little_text.rendered(text)) == length
