"""Posts: what a user writes is kept as it was, and reads on each network as its variant says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pydantic
import pytest

from socialconnect import (
    FacebookOptions,
    Image,
    Link,
    Post,
    PostVariant,
    PublishedPost,
    ScheduledPost,
    TwitterOptions,
)

PICTURE = Image(b"a picture", alt="One")
POST = Post(
    "  Our spring line is here.\n",
    media=[PICTURE],
    link="https://example.com/spring",
    options=[TwitterOptions(made_with_ai=True), FacebookOptions()],
    variants={
        "twitter": PostVariant(text="Spring.", link=False),
        "linkedin": PostVariant(media=[], link=Link("https://example.com/pro", title="For professionals")),
    },
)


def test_a_text_is_kept_to_the_last_space() -> None:
    """Nothing is trimmed, folded or mended."""
    assert POST.text == "  Our spring line is here.\n"
    assert POST.for_network("facebook").text == POST.text


def test_a_variant_changes_what_it_names_and_nothing_else() -> None:
    """What a variant leaves out stays as in the post; `False` takes a link away, an empty list the media."""
    twitter, linkedin = POST.for_network("twitter"), POST.for_network("linkedin")
    assert (twitter.text, twitter.media, twitter.link) == ("Spring.", (PICTURE,), None)
    assert (linkedin.text, linkedin.media) == (POST.text, ())
    assert linkedin.link == Link("https://example.com/pro", title="For professionals")


def test_a_network_sees_its_own_options_alone() -> None:
    """The options of the others, and all variants, are left out of what a network gets."""
    twitter = POST.for_network("twitter")
    assert twitter.options == (TwitterOptions(made_with_ai=True),)
    assert twitter.options_for(FacebookOptions) is None
    assert twitter.variants == {}
    assert POST.for_network("instagram").options == ()


def test_a_variants_options_take_the_place_of_the_posts() -> None:
    """Options in a variant hold on that network instead of the post's own."""
    post = POST.with_changes(variants={"twitter": PostVariant(options=TwitterOptions(quote="12"))})
    assert post.for_network("twitter").options == (TwitterOptions(quote="12"),)


def test_options_are_found_by_the_networks_name() -> None:
    """From data, options and variants are checked as that network's own; what it does not know is refused."""
    post = Post.model_validate(
        {
            "text": "x",
            "options": {"twitter": {"made_with_ai": True}},
            "variants": {"twitter": {"options": {"quote": "12"}}},
        }
    )
    assert post.options == (TwitterOptions(made_with_ai=True),)
    assert post.variants["twitter"].options == TwitterOptions(quote="12")
    with pytest.raises(pydantic.ValidationError, match="no_such_option"):
        Post.model_validate({"variants": {"twitter": {"options": {"no_such_option": 1}}}})


def test_a_post_reads_back_from_its_json() -> None:
    """Options, variants and media come back as what they were."""
    assert Post.model_validate_json(POST.model_dump_json()) == POST


def test_a_post_never_changes() -> None:
    """A field cannot be set; `with_changes` gives another post, checked like the first."""
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        POST.text = "other"  # type: ignore[misc]  # the mistake under test
    assert POST.with_changes(text="other").text == "other"
    assert POST.text != "other"
    with pytest.raises(pydantic.ValidationError, match="txet"):
        POST.with_changes(txet="other")


@pytest.mark.parametrize("address", ["", "example.com/spring", "ftp://example.com", "javascript:alert(1)"])
def test_a_link_is_a_web_address(address: str) -> None:
    """What no browser opens is refused when the post is made."""
    with pytest.raises(pydantic.ValidationError, match="link"):
        Post("x", link=address)


def test_times_have_a_zone_and_are_kept_in_utc() -> None:
    """A naive time is refused; one of any zone is the same moment in UTC."""
    in_helsinki = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=2)))
    plan = ScheduledPost(network="facebook", account="1", id="1", at=in_helsinki)
    assert plan.at == in_helsinki
    assert plan.at.tzinfo is UTC
    with pytest.raises(pydantic.ValidationError, match="timezone"):
        ScheduledPost(network="facebook", account="1", id="1", at=datetime(2026, 12, 1, 9))


def test_the_same_live_post_is_equal_whatever_is_known_of_it() -> None:
    """Network, account and id make a live post what it is; a report is looked up by them."""
    published = PublishedPost(network="facebook", account="1", id="2")
    read_back = PublishedPost(network="facebook", account="1", id="2", text="x", url="https://example.com")
    assert published == read_back
    assert len({published, read_back}) == 1
    assert published != PublishedPost(network="instagram", account="1", id="2")
    assert published != "2"
