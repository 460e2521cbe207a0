"""What LinkedIn would refuse, told before any request, and the constructor's own checks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pydantic
import pytest

from socialconnect.errors import ConfigurationError, UnsupportedFeature, ValidationError
from socialconnect.media import Image, Video
from socialconnect.networks.linkedin import AsyncLinkedIn, LinkedIn, LinkedInOptions
from socialconnect.post import Link, Post
from socialconnect.testing.clock import TestClock

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Script


def _told(network: LinkedIn, post: Post) -> list[tuple[str, str]]:
    return [(one.field, one.rule) for one in network.validate(post)]


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("x" * 3000, []),
        ("x" * 3001, [("text", "max_length")]),
        ("(" * 3000, []),
        ("🧥" * 1500, []),
        ("🧥" * 1500 + "x", [("text", "max_length")]),
        ("#tag " * 600, []),
        ("@[" + "n" * 10 + "](urn:li:organization:1)" + "x" * 2990, []),
    ],
    ids=["full", "one too long", "escapes do not count", "emoji", "emoji and one", "hashtags", "mention"],
)
def test_text_is_counted_as_people_read_it(linkedin: LinkedIn, text: str, broken: list[tuple[str, str]]) -> None:
    """The limit is on what is read, not on LinkedIn's way of writing it."""
    assert _told(linkedin, Post(text)) == broken


def test_all_problems_are_told_at_once(linkedin: LinkedIn, script: Script, png: bytes) -> None:
    """Every broken rule is named, with its field, and nothing is sent."""
    post = Post(
        "x" * 4000,
        media=[Image(png, alt="a" * 4087), Video(png)],
        link=Link("https://example.com", title="t" * 401, image=Image("https://example.com/a.png")),
        options=LinkedInOptions(visibility="CONNECTIONS", reshare_of="urn:li:share:1"),
    )
    with pytest.raises(ValidationError) as caught:
        linkedin.publish(post)
    assert {(one.field, one.rule) for one in caught.value.problems} == {
        ("text", "max_length"),
        ("media[0].alt", "max_length"),
        ("media[1]", "media_type"),
        ("media", "alone"),
        ("link.title", "max_length"),
        ("link.image", "media_source"),
        ("link", "one_content"),
        ("options.linkedin.visibility", "page_visibility"),
        ("options.linkedin.reshare_of", "one_content"),
    }
    assert script.requests == []


def test_images_are_checked_by_their_content(linkedin: LinkedIn, png: bytes) -> None:
    """Type and size come from the bytes; LinkedIn's list is smaller than what can be recognised."""
    webp = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(64)
    huge = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (6013).to_bytes(4) + (6013).to_bytes(4) + b"\x08\x02" + bytes(64)
    assert _told(linkedin, Post("a", media=[Image(png)])) == []
    assert _told(linkedin, Post("a", media=[Image(webp)])) == [("media[0]", "media_type")]
    assert _told(linkedin, Post("a", media=[Image(huge)])) == [("media[0]", "max_pixels")]
    assert _told(linkedin, Post("a", link=Link("https://x.io", image=Image(b"text")))) == [("link.image", "media_type")]
    assert _told(linkedin, Post("a", media=[Image("https://x.io/a.png")])) == [("media[0]", "media_source")]


@pytest.mark.parametrize(("images", "broken"), [(20, []), (21, [("media", "max_items")])])
def test_a_post_takes_twenty_images(linkedin: LinkedIn, png: bytes, images: int, broken: list[tuple[str, str]]) -> None:
    """Twenty fit, and twenty-one are told."""
    assert _told(linkedin, Post("a", media=[Image(png)] * images)) == broken


def test_options_alone_make_no_post(linkedin: LinkedIn) -> None:
    """A post needs something to read or to see; a reshare has it in its parent."""
    assert _told(linkedin, Post(options=LinkedInOptions())) == [("text", "not_empty")]
    assert _told(linkedin, Post(options=LinkedInOptions(reshare_of="urn:li:share:1"))) == []


def test_several_images_are_for_feeds_only(linkedin: LinkedIn, png: bytes) -> None:
    """LinkedIn takes a post of several images as an organic one alone."""
    dark = LinkedInOptions(feed="NONE")
    assert _told(linkedin, Post(media=[Image(png)], options=dark)) == []
    assert _told(linkedin, Post(media=[Image(png)] * 2, options=dark)) == [("options.linkedin.feed", "organic_only")]


def test_an_address_too_long_for_a_title_asks_for_one(linkedin: LinkedIn) -> None:
    """Nothing is cut to make it fit: the caller is asked for a title."""
    long = f"https://example.com/{'a' * 400}"
    assert _told(linkedin, Post("a", link=long)) == [("link.title", "required")]
    assert _told(linkedin, Post("a", link=Link(long, title="Short"))) == []


def test_a_blank_title_is_no_title(linkedin: LinkedIn) -> None:
    """A title of nothing but spaces would be refused; none at all is the address."""
    for title, broken in (("  ", [("link.title", "not_empty")]), ("", []), (None, [])):
        assert _told(linkedin, Post(link=Link("https://example.com", title=title))) == broken


def test_a_tier_that_linkedin_does_not_have_is_refused() -> None:
    """A misspelt tier would count nothing, and say so to nobody."""
    with pytest.raises(ConfigurationError, match="tier must be one of self_serve, development, standard, not 'gold'"):
        LinkedIn(author="urn:li:organization:1", token="t", tier="gold")  # type: ignore[arg-type]  # on purpose


def test_a_member_has_connections(member: LinkedIn) -> None:
    """What a page cannot do a member can."""
    assert _told(member, Post("a", options=LinkedInOptions(visibility="CONNECTIONS"))) == []


@pytest.mark.parametrize(
    "author",
    ["", "urn:li:person:", "urn:li:organization:", "urn:li:organization:acme", "urn:li:share:1", "5515715",
     "urn:li:person:a/b", "urn:li:organization:1\n"],
)  # fmt: skip
@pytest.mark.parametrize("kind", [LinkedIn, AsyncLinkedIn])
def test_an_author_that_is_no_urn_is_refused(kind: type[LinkedIn] | type[AsyncLinkedIn], author: str) -> None:
    """A malformed author would look like a missing permission: it is told when the object is made."""
    with pytest.raises(ConfigurationError, match="urn:li:organization:<number>"):
        kind(author=author, token="AQX-secret", clock=TestClock())


@pytest.mark.parametrize("version", ["2025-04", "20250401", "v202504", "20254"])
def test_a_version_that_is_no_month_is_refused(version: str) -> None:
    """LinkedIn's versions are six digits."""
    with pytest.raises(ConfigurationError, match="six digits"):
        LinkedIn(author="urn:li:person:a", token="AQX-secret", api_version=version, clock=TestClock())


@pytest.mark.parametrize(
    "fields",
    [{"visibility": "EVERYONE"}, {"reshare_of": "1"}, {"landing_page": "x"}, {"call_to_action": "CLICK"}, {"poll": 1}],
)
def test_an_option_that_linkedin_does_not_know_is_refused(fields: dict[str, object]) -> None:
    """Options are checked when they are made."""
    with pytest.raises(pydantic.ValidationError):
        LinkedInOptions.model_validate(fields)


def test_linkedin_has_no_drafts_and_plans_of_its_own(linkedin: LinkedIn, script: Script, clock: TestClock) -> None:
    """Without an outbox both are refused before any request, saying what to do."""
    with pytest.raises(UnsupportedFeature, match="outbox"):
        linkedin.draft(Post("a"))
    with pytest.raises(UnsupportedFeature, match="outbox"):
        linkedin.schedule(Post("a"), clock.now() + timedelta(days=1))
    assert script.requests == []


def test_what_a_post_takes_from_the_daily_allowances(linkedin: LinkedIn, png: bytes) -> None:
    """No price is claimed; each endpoint's calls are counted."""
    plain = linkedin.estimate_cost(Post("a"))
    rich = linkedin.estimate_cost(Post("a", media=[Image(png), Image(png)]))
    assert (plain.priced, plain.items) == (False, ())
    assert [one.units for one in plain.quotas] == [1]
    assert [one.units for one in rich.quotas] == [1, 2, 2]


def test_what_each_kind_of_account_can_do(linkedin: LinkedIn, member: LinkedIn) -> None:
    """A page reads its posts and its numbers in batches; a member does not."""
    assert (linkedin.capabilities.read_back, linkedin.capabilities.metrics_batch) == (True, 50)
    assert (member.capabilities.read_back, member.capabilities.metrics_batch) == (False, 1)
    assert not linkedin.capabilities.drafts
