"""Rest.li's encoding, against the vectors and the code of LinkedIn's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linkedin_api.clients.restli.utils import encoder

from socialconnect.networks.linkedin import LinkedIn
from socialconnect.networks.linkedin.restli import RestliValue, decode_id, encode, query_string, reading

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

URN = "urn:li:share:7266012345678901248"


def _sorted(record: dict[str, RestliValue]) -> dict[str, RestliValue]:
    return dict(sorted(record.items()))  # LinkedIn's client sorts; the order has no meaning


texts = st.text(st.characters(codec="utf-8"), max_size=20)
scalars = texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
values: st.SearchStrategy[RestliValue] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4).map(_sorted),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"k1": "v1", "k2": "urn:li:app:123", "k3": [1, 2], "k4": {"k41": "foobar"}},
            "(k1:v1,k2:urn%3Ali%3Aapp%3A123,k3:List(1,2),k4:(k41:foobar))",
        ),
        ([{"k1": "v1"}, ["v2", " t?':,*!"]], "List((k1:v1),List(v2,%20t%3F%27%3A%2C%2A%21))"),
        ([], "List()"),
        (True, "true"),
        (False, "false"),
        (12.5, "12.5"),
        ("urn:li:comment:(urn:li:activity:1,2)", "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A1%2C2%29"),
    ],
)
def test_values_are_written_as_in_linkedins_own_vectors(value: RestliValue, expected: str) -> None:
    """Each vector of LinkedIn's client comes out to the letter."""
    assert encode(value) == expected


@given(values)
def test_values_are_written_as_linkedins_client_writes_them(value: RestliValue) -> None:
    """Any value is written exactly as LinkedIn's own client writes it."""
    assert encode(value) == encoder.encode(value)


@given(texts)
def test_no_text_can_break_the_structure(text: str) -> None:
    """A text leaves no raw character that has a meaning in Rest.li or in an address, and reads back whole."""
    written = encode(text)
    assert not set(written) & set("(),:'!*&=?#/ +")
    assert unquote(written) == text
    assert decode_id(written) == text


def test_an_id_reads_the_same_with_raw_and_encoded_colons() -> None:
    """LinkedIn sends URNs either way in headers and keys."""
    assert decode_id("urn%3Ali%3Ashare%3A1") == decode_id("urn:li:share:1") == "urn:li:share:1"


def test_a_query_keeps_its_structure_raw() -> None:
    """Lists and records stand in the query as Rest.li wants them."""
    assert query_string({"q": "author", "ids": [URN], "entity": {"share": URN}}) == (
        "q=author&ids=List(urn%3Ali%3Ashare%3A7266012345678901248)"
        "&entity=(share:urn%3Ali%3Ashare%3A7266012345678901248)"
    )


def test_a_query_of_4000_characters_goes_in_the_address_and_a_longer_one_in_the_body() -> None:
    """The limit is on the query string's length, to the character."""
    short = reading("https://api.linkedin.com/rest/posts", {"q": "x" * 3998}, method="FINDER", limit_key="k")
    long = reading("https://api.linkedin.com/rest/posts", {"q": "x" * 3999}, method="FINDER", limit_key="k")
    assert (short.method, short.content, len(short.url.partition("?")[2])) == ("GET", None, 4000)
    assert (long.method, long.url) == ("POST", "https://api.linkedin.com/rest/posts")
    assert long.content == b"q=" + b"x" * 3999
    assert long.headers == {
        "X-RestLi-Method": "FINDER",
        "X-HTTP-Method-Override": "GET",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def test_the_query_reaches_the_wire_byte_for_byte(linkedin: LinkedIn, script: Script, empty: Answer) -> None:
    """The HTTP engine does not encode an encoded query again, nor its brackets."""
    path = "/rest/organizationalEntityShareStatistics"
    script.on(f"GET {path}", empty)
    linkedin.fetch_metrics([URN, "urn:li:share:7266012345678901250", "urn:li:ugcPost:7266012345678901252"])
    (sent,) = script.requests
    assert sent.url.raw_path == (
        b"/rest/organizationalEntityShareStatistics?q=organizationalEntity"
        b"&organizationalEntity=urn%3Ali%3Aorganization%3A5515715"
        b"&shares=List(urn%3Ali%3Ashare%3A7266012345678901248,urn%3Ali%3Ashare%3A7266012345678901250)"
        b"&ugcPosts=List(urn%3Ali%3AugcPost%3A7266012345678901252)"
    )


def test_a_tunnelled_query_reaches_the_wire_as_a_body(linkedin: LinkedIn, script: Script, empty: Answer) -> None:
    """A query too long for an address is sent as the body of a POST, with the headers of the call it stands for."""
    path = "/rest/organizationalEntityShareStatistics"
    script.on(f"POST {path}", empty)
    long = [f"urn:li:share:{'7' * 90}{at}" for at in range(40)]
    linkedin.fetch_metrics(long)
    (sent,) = script.requests
    assert sent.url.query == b""
    assert sent.headers["x-http-method-override"] == "GET"
    assert sent.headers["x-restli-method"] == "FINDER"
    assert sent.headers["linkedin-version"]
    assert sent.content.startswith(
        b"q=organizationalEntity&organizationalEntity=urn%3Ali%3Aorganization%3A5515715&shares=List("
    )
