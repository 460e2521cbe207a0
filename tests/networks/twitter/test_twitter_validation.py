"""What Twitter would refuse, told before anything is sent; and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError as ShapeError

from socialconnect.errors import ConfigurationError, ValidationError
from socialconnect.media import Image, Video
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.validation import composed
from socialconnect.post import Link, Poll, Post
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


def test_what_is_not_sent_of_a_link_is_told(twitter: Twitter) -> None:
    """Twitter takes an address alone: each further part of a link is warned of."""
    link = Link("https://example.com", title="Spring", description="Raincoats")
    assert [
        (one.field, one.severity) for one in twitter.validate(Post("Read", link=link)) if one.rule == "not_shown"
    ] == [
        ("link.title", "warning"),
        ("link.description", "warning"),
    ]


@pytest.mark.parametrize(
    ("thread", "fields"),
    [
        (["Two", "Three"], []),
        (["One"], ["thread[0].text"]),
        (["Two", "Two", "One"], ["thread[1].text", "thread[2].text"]),
        ([Post("One", poll=Poll(["a", "b"]))], []),
    ],
)
def test_a_thread_that_repeats_itself_is_warned_of(
    twitter: Twitter, thread: list[str | Post], fields: list[str]
) -> None:
    """A second post with the same text may be refused as a duplicate, when the first is live already."""
    told = [one for one in twitter.validate(Post("One", thread=thread)) if one.rule == "duplicate"]
    assert [(one.field, one.severity) for one in told] == [(field, "warning") for field in fields]


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_post_is_told_once(twitter: Twitter, text: str) -> None:
    """A post with nothing in it is one problem, and so is each such post of a thread."""
    assert [one.field for one in twitter.validate(Post(text))] == ["text"]
    assert [one.field for one in twitter.validate(Post("One", thread=[Post(text)]))] == ["thread[0].text"]
    poll = Post(text, poll=Poll(["a", "b"]))
    assert [(one.field, one.rule) for one in twitter.validate(poll)] == [("text", "not_empty")]


def test_half_a_character_is_told(twitter: Twitter) -> None:
    """What cannot be written into a body is told before media are uploaded."""
    (told,) = twitter.validate(Post("a\ud83db"))
    assert (told.field, told.rule, told.actual) == ("text", "characters", "U+D83D")


@pytest.mark.parametrize("user_id", ["brand", "@brand", "", "1/../2", "1\n"])
def test_a_user_is_a_number(user_id: str) -> None:
    """A handle in place of the number is told at once; it would become a part of addresses."""
    with pytest.raises(ConfigurationError, match="number"):
        Twitter(token="USER_TOKEN", user_id=user_id)


def test_a_fields_parameter_is_one_of_two() -> None:
    """A name that Twitter never had is told at once."""
    with pytest.raises(ConfigurationError, match=r"post\.fields"):
        Twitter(token="USER_TOKEN", fields_parameter="fields")  # type: ignore[arg-type]  # on purpose
