"""What Twitter would refuse, told before anything is sent; and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError as ShapeError

from socialconnect.errors import QuotaExceeded, ValidationError
from socialconnect.media import Image, Video
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.validation import composed
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator

MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 64


def rules(twitter: Twitter, post: Post) -> set[tuple[str, str]]:
    """Give the field and rule of every error."""
    return {(one.field, one.rule) for one in twitter.validate(post) if one.severity == "error"}


@pytest.mark.parametrize(
    ("post", "text"),
    [
        (Post("Our line"), "Our line"),
        (Post("Our line", link="https://example.com/a"), "Our line https://example.com/a"),
        (Post(link="https://example.com/a"), "https://example.com/a"),
        (Post("See https://example.com/a now", link="https://example.com/a"), "See https://example.com/a now"),
        (Post("https://example.com/ab", link="https://example.com/a"), "https://example.com/ab https://example.com/a"),
        (Post("At http://localhost:1/", link="http://localhost:1/"), "At http://localhost:1/"),
        (Post("Line\n", link="https://example.com/a"), "Line\n https://example.com/a"),
    ],
)
def test_a_link_stands_after_the_text_once(post: Post, text: str) -> None:
    """The address follows the text after one space, unless the text holds that very address."""
    assert composed(post) == text


def test_all_problems_at_once(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """Every broken rule is told, not only the first."""
    media: list[Image | Video] = [Image(picture(), alt="x" * 1001), *[Image(picture())] * 3, Video(MP4)]
    post = Post("$A $B \ufeff" + "x" * 280, media=media)
    assert rules(twitter, post) == {
        ("text", "max_length"),
        ("text", "characters"),
        ("text", "cashtags"),
        ("media", "max_count"),
        ("media[0].alt", "max_length"),
        ("media", "mixed"),
    }


def test_length_is_told_with_its_limit(twitter: Twitter) -> None:
    """The problem says what was counted and what is allowed, the link included."""
    (problem,) = (one for one in twitter.validate(Post("x" * 257, link="https://example.com")) if one.rule != "price")
    assert (problem.limit, problem.actual) == (280, 281)


def test_premium_may_post_long_texts(emulator: TwitterEmulator, clock: TestClock) -> None:
    """An account with Premium has the long limit."""
    with Twitter(token="USER_TOKEN", premium=True, clock=clock, http_client=emulator.client()) as twitter:
        assert rules(twitter, Post("x" * 25_000)) == set()
        assert rules(twitter, Post("x" * 25_001)) == {("text", "max_length")}


@pytest.mark.parametrize(
    ("kind", "rule"), [("JPEG", None), ("PNG", None), ("WEBP", None), ("GIF", None), ("BMP", "media_type")]
)
def test_image_types(twitter: Twitter, picture: Callable[..., bytes], kind: str, rule: str | None) -> None:
    """Images are taken by what their bytes are."""
    wanted = {("media[0]", rule)} if rule else set[tuple[str, str]]()
    assert rules(twitter, Post(media=[Image(picture(kind))])) == wanted


def test_image_size(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """An image may have five megabytes and no more."""
    full = picture().ljust(5 * 1024 * 1024, b"\0")
    assert rules(twitter, Post(media=[Image(full)])) == set()
    assert rules(twitter, Post(media=[Image(full + b"\0")])) == {("media[0]", "max_size")}


def test_image_sides_are_a_warning(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """A limit that only third parties tell stops nothing."""
    (problem,) = twitter.validate(Post(media=[Image(picture("PNG", 3, 30))]))
    assert (problem.rule, problem.severity) == ("image_size", "warning")


def test_a_missing_file_is_told_alone(twitter: Twitter, tmp_path: Path) -> None:
    """A file that cannot be read is a problem, not an exception."""
    assert rules(twitter, Post("Hi", media=[Image(tmp_path / "none.jpg")])) == {("media[0]", "readable")}


def test_media_by_address_are_refused(twitter: Twitter) -> None:
    """Twitter fetches no media."""
    assert ("media[0]", "media_source") in rules(twitter, Post(media=[Image("https://example.com/a.jpg")]))


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (TwitterOptions(tagged_users=("1",)), ("options.tagged_users", "needs")),
        (TwitterOptions(exclude_reply_users=("1",)), ("options.exclude_reply_users", "needs")),
        (TwitterOptions(share_with_followers=True), ("options.share_with_followers", "needs")),
        (TwitterOptions(made_with_ai=True), None),
    ],
)
def test_options_that_need_another(twitter: Twitter, options: TwitterOptions, rule: tuple[str, str] | None) -> None:
    """An option without what it is about is a problem."""
    assert rules(twitter, Post("Hi", options=options)) == ({rule} if rule else set())


def test_quote_and_media_exclude_each_other(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """A post quotes or carries media."""
    post = Post("Hi", media=[Image(picture())], options=TwitterOptions(quote="1"))
    assert rules(twitter, post) == {("options.quote", "exclusive")}


def test_sold_features_are_warnings(twitter: Twitter) -> None:
    """Quoting and answering work for some contracts, so the library only says what others will meet."""
    found = twitter.validate(Post("Hi", options=TwitterOptions(quote="1", reply_to="2")))
    assert {(one.field, one.severity) for one in found} == {
        ("options.quote", "warning"),
        ("options.reply_to", "warning"),
    }


def test_options_alone_are_no_post(twitter: Twitter) -> None:
    """Options do not make a post without text and media."""
    assert rules(twitter, Post(options=TwitterOptions(made_with_ai=True))) == {("text", "not_empty")}


@pytest.mark.parametrize("field", [{"poll": {}}, {"reply_settings": "everyone"}, {"reply_to": "../me"}])
def test_an_unknown_option_is_refused_when_made(field: dict[str, object]) -> None:
    """An option that Twitter or the library does not know never gets as far as a post."""
    with pytest.raises(ShapeError):
        TwitterOptions.model_validate(field)


def test_nothing_is_sent_for_a_broken_post(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """Validation comes before the wire."""
    with pytest.raises(ValidationError):
        twitter.publish(Post("x" * 281))
    assert emulator.requests == []


# ── costs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cost_without_and_with_an_address(twitter: Twitter) -> None:
    """An address makes a post dearer, whether it is the link or stands in the text, with a scheme or without."""
    assert (twitter.estimate_cost(Post("Hi")).low, twitter.estimate_cost(Post("Hi")).high) == (Decimal("0.015"),) * 2
    for post in (Post("Hi", link="https://example.com"), Post("at example.com"), Post("https://example.com")):
        assert twitter.estimate_cost(post).high == Decimal("0.200")


def test_cost_of_images_is_a_range(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """Uploads are on no price list: their cost is told as a range, descriptions at their price."""
    cost = twitter.estimate_cost(Post("Hi", media=[Image(picture(), alt="a"), Image(picture())]))
    assert (cost.low, cost.high) == (Decimal("0.020"), Decimal("0.050"))
    assert [item.units for item in cost.items] == [1, 2, 1]


def test_cost_of_an_answer_may_be_lower(twitter: Twitter) -> None:
    """An answer to somebody who called for it is cheaper; only Twitter knows whether it is one."""
    cost = twitter.estimate_cost(Post("Hi", options=TwitterOptions(reply_to="1")))
    assert (cost.low, cost.high) == (Decimal("0.010"), Decimal("0.015"))


def test_cost_before_there_was_a_price(emulator: TwitterEmulator) -> None:
    """On a day without a price list nothing is claimed."""
    clock = TestClock("2024-01-01")
    with Twitter(token="USER_TOKEN", clock=clock, http_client=emulator.client()) as twitter:
        cost = twitter.estimate_cost(Post("Hi"))
    assert not cost.priced
    assert cost.items == ()


def test_the_price_of_an_address_is_a_warning(twitter: Twitter) -> None:
    """The warning tells both prices and how many times, and stops nothing."""
    (problem,) = twitter.validate(Post("Hi", link="https://example.com"))
    assert (problem.rule, problem.severity, problem.field) == ("price", "warning", "link")
    assert "0.200 USD instead of 0.015 USD, 13.3 times" in problem.message


def test_quota_is_told_once_it_is_known(twitter: Twitter) -> None:
    """What the network said of its limits stands in the estimate."""
    assert twitter.estimate_cost(Post("Hi")).quotas == ()
    twitter.publish(Post("Hi"))
    (quota,) = twitter.estimate_cost(Post("Hi")).quotas
    assert (quota.units, quota.remaining, quota.limit) == (1, 99, 100)


def test_spend_limit_stops_before_the_wire(emulator: TwitterEmulator, clock: TestClock) -> None:
    """The most that a post can cost counts against the limit."""
    limit = Decimal("0.20")
    with Twitter(token="USER_TOKEN", spend_limit=limit, clock=clock, http_client=emulator.client()) as twitter:
        twitter.publish(Post("Hi"))
        with pytest.raises(QuotaExceeded):
            twitter.publish(Post("See https://example.com"))
    assert len(emulator.wall) == 1
