"""What Twitter would refuse of media, polls and threads, found on the files themselves with limit and actual."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Picture

from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.chunked import segments_of
from socialconnect.networks.twitter.gif import frames
from socialconnect.networks.twitter.limits import MOST_SEGMENTS, VIDEO, VideoRules
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.networks.twitter.subtitles import language_code
from socialconnect.post import Poll, Post
from socialconnect.problem import Problem
from socialconnect.testing import sample_video, write_sample_video
from socialconnect.testing.clock import TestClock

VTT = b"WEBVTT\n\n"


def told(twitter: Twitter, post: Post, severity: str = "error") -> list[tuple[str, str]]:
    """Give where and what each problem of one severity is."""
    return [(one.field, one.rule) for one in twitter.validate(post) if one.severity == severity]


def only(problems: Sequence[Problem], severity: str = "error") -> Problem:
    """Give the one problem of a severity."""
    (found,) = [one for one in problems if one.severity == severity]
    return found


def film(**facts: float) -> Video:
    """Give a film that fits, but for what is said."""
    whole = {"seconds": 5.0, "width": 1280, "height": 720, "frame_rate": 30, **facts}
    width, height, rate = (int(whole[name]) for name in ("width", "height", "frame_rate"))
    return Video(sample_video(whole["seconds"], width=width, height=height, frame_rate=rate))


def gif(count: int, width: int = 8, height: int = 8) -> bytes:
    """Give a GIF with so many frames, no two alike."""
    pictures = []
    for index in range(count):
        one = Picture.new("P", (width, height), index % 250)
        one.putpixel((index % width, index // width % height), 251)
        pictures.append(one)
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


@pytest.mark.parametrize(
    ("facts", "rule", "limit", "actual"),
    [
        ({"seconds": 0.4}, "min_seconds", 0.5, 0.4),
        ({"width": 30, "height": 30}, "video_size", 32, "30x30"),
        ({"width": 1200, "height": 360}, "ratio", "1:3-3:1", "1200x360"),
        ({"width": 200, "height": 640}, "ratio", "1:3-3:1", "200x640"),
        ({"frame_rate": 61}, "frame_rate", 60.0, 61.002),
    ],
)
def test_films_that_are_refused(
    twitter: Twitter, facts: dict[str, float], rule: str, limit: float | str, actual: float | str
) -> None:
    """A film outside the documented limits is an error with limit and actual, and the page that says so."""
    problem = only(twitter.validate(Post("Film", media=[film(**facts)])))
    assert (problem.field, problem.rule, problem.limit, problem.actual) == ("media[0]", rule, limit, actual)
    assert problem.source is not None
    assert problem.source.startswith("https://docs.x.com/")


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"frame_rate": 60},
        {"seconds": 0.5},
        {"seconds": 1200},
        {"width": 720, "height": 1280},
        {"width": 360, "height": 1080},
    ],
)
def test_films_that_fit(twitter: Twitter, facts: dict[str, float]) -> None:
    """A film at the edge of the limits has no errors."""
    assert told(twitter, Post("Film", media=[film(**facts)])) == []


@pytest.mark.parametrize(
    ("facts", "rule", "limit", "actual"),
    [
        ({"seconds": 1201}, "max_seconds", 1200, 1201),
        ({"width": 1920, "height": 1080}, "video_size", "1280x1024", "1920x1080"),
        ({"width": 1080, "height": 1920}, "video_size", "1280x1024", "1080x1920"),
    ],
)
def test_films_that_depend_on_the_account(
    twitter: Twitter, facts: dict[str, float], rule: str, limit: float | str, actual: float | str
) -> None:
    """What Twitter decides by the user, or tells in two ways, is a warning and stops nothing."""
    problems = twitter.validate(Post("Film", media=[film(**facts)]))
    assert told(twitter, Post("Film", media=[film(**facts)])) == []
    problem = only(problems, "warning")
    assert (problem.rule, problem.limit, problem.actual) == (rule, limit, actual)


def test_a_long_film_of_a_premium_account(clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """With X Premium a film may last longer: two hours and five minutes."""
    assert VIDEO.premium == (16 * 1024**3, 125 * 60)
    rules = VideoRules(usual=(VIDEO.usual[0], 60), premium=(VIDEO.premium[0], 90))
    monkeypatch.setattr("socialconnect.networks.twitter.limits.VIDEO", rules)
    with Twitter(token="USER_TOKEN", premium=True, clock=clock) as network:
        assert network.validate(Post("Film", media=[film(seconds=90)])) == []
        assert told(network, Post("Film", media=[film(seconds=91)]), "warning") == [("media[0]", "max_seconds")]


def test_huge_films(twitter: Twitter, tmp_path: Path) -> None:
    """Sixteen gigabytes are the end for everybody; above eight it depends on the account."""
    big = write_sample_video(tmp_path / "big.mp4", 5, size=8 * 1024**3 + 1, width=1280, height=720)
    huge = write_sample_video(tmp_path / "huge.mp4", 5, size=16 * 1024**3 + 1, width=1280, height=720)
    assert told(twitter, Post("Film", media=[Video(big)])) == []
    assert told(twitter, Post("Film", media=[Video(big)]), "warning") == [("media[0]", "max_size")]
    problem = only(twitter.validate(Post("Film", media=[Video(huge)])))
    assert (problem.rule, problem.limit, problem.actual) == ("max_size", 16 * 1024**3, 16 * 1024**3 + 1)


def test_kinds_do_not_mix(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """A post carries images, or one GIF, or one film."""
    image, moving = Image(picture()), Image(gif(2))
    wrong: list[list[Image | Video]] = [[image, moving], [moving, moving], [image, film()], [film(), film()]]
    for media in wrong:
        assert told(twitter, Post("x", media=media)) == [("media", "mixed")]
    right: list[list[Image | Video]] = [[image] * 4, [moving], [film()]]
    for media in right:
        assert told(twitter, Post("x", media=media)) == []


def test_gifs(twitter: Twitter) -> None:
    """A GIF has limits of its own: bytes, pixels, frames, and pixels in all frames."""
    assert told(twitter, Post(media=[Image(gif(350))])) == []
    problem = only(twitter.validate(Post(media=[Image(gif(351))])))
    assert (problem.rule, problem.limit, problem.actual) == ("max_frames", 350, 351)
    problem = only(twitter.validate(Post(media=[Image(gif(2, 1281, 100))])))
    assert (problem.rule, problem.limit, problem.actual) == ("image_size", "1280x1080", "1281x100")
    heavy = gif(2).ljust(15 * 1024 * 1024 + 1, b"\0")
    assert told(twitter, Post(media=[Image(heavy)])) == [("media[0]", "max_size")]
    assert told(twitter, Post(media=[Image(gif(2), alt="x" * 1001)])) == [("media[0].alt", "max_length")]


@pytest.mark.parametrize("count", [1, 2, 7])
def test_frames_are_counted(count: int) -> None:
    """The count is that of the library which made the file."""
    assert frames(Image(gif(count))) == count


@given(st.integers(0, 400), st.binary(max_size=40))
def test_a_broken_gif_is_not_counted_wrongly(cut: int, rest: bytes) -> None:
    """A file that ends too early, or goes on as no GIF does, has no count or a small one, and never an exception."""
    whole = gif(3)
    found = frames(Image(whole[: min(cut, len(whole) - 1)] + rest or b"x"))
    assert found is None or 0 <= found <= 3 + len(rest)


@given(st.integers(1, 16 * 1024**3))
def test_parts_are_the_file(size: int) -> None:
    """Whatever a file's length, its parts follow each other, none is empty, and they are its whole length."""
    parts = segments_of(size)
    assert sum(one.length for one in parts) == size
    assert len(parts) <= MOST_SEGMENTS
    assert all(one.length > 0 for one in parts)
    assert [one.start for one in parts] == [one.index * parts[0].length for one in parts]


def test_what_is_not_sent_is_told(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """What a post's film cannot have on Twitter is a warning: nothing is left out silently."""
    video = Video(sample_video(5, width=1280, height=720), alt="a", title="t", thumbnail=Image(picture()))
    post = Post("Film", media=[video])
    assert told(twitter, post) == []
    fields = [field for field, _ in told(twitter, post, "warning")]
    assert fields == ["media[0].alt", "media[0].title", "media[0].thumbnail"]


def test_subtitles(twitter: Twitter) -> None:
    """Subtitles are SRT or WebVTT, one file for each language that has two letters."""
    said = [
        Subtitles(VTT, language="en"),
        Subtitles(VTT, language="en-GB"),
        Subtitles(VTT, language="deu"),
        Subtitles(b"Hello", language="fr"),
    ]
    video = Video(sample_video(5, width=1280, height=720), subtitles=said)
    assert told(twitter, Post("Film", media=[video])) == [
        ("media[0].subtitles[1].language", "unique"),
        ("media[0].subtitles[2].language", "language"),
        ("media[0].subtitles[3]", "media_type"),
    ]


@pytest.mark.parametrize(("language", "code"), [("en", "EN"), ("pt-BR", "PT"), ("zh_Hant", "ZH"), ("deu", None)])
def test_languages(language: str, code: str | None) -> None:
    """Twitter's code of a language is its two letters, in capitals."""
    assert language_code(language) == code


# ── polls and threads ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("poll", "field", "limit", "actual"),
    [
        (Poll(["a"]), "poll.options", "2-4", 1),
        (Poll(list("abcde")), "poll.options", "2-4", 5),
        (Poll(["a", "x" * 26]), "poll.options[1]", 25, 26),
        (Poll(["a", ""]), "poll.options[1]", 25, 0),
        (Poll(["a", "b"], lasts=timedelta(minutes=4)), "poll.lasts", "5-10080 minutes", "0:04:00"),
        (Poll(["a", "b"], lasts=timedelta(days=7, minutes=1)), "poll.lasts", "5-10080 minutes", "7 days, 0:01:00"),
        (Poll(["a", "b"], lasts=timedelta(minutes=5, seconds=1)), "poll.lasts", "5-10080 minutes", "0:05:01"),
    ],
)
def test_polls_that_are_refused(twitter: Twitter, poll: Poll, field: str, limit: str | int, actual: str | int) -> None:
    """A poll outside the limits is told with limit and actual."""
    problem = only(twitter.validate(Post("Which?", poll=poll)))
    assert (problem.field, problem.limit, problem.actual) == (field, limit, actual)


@pytest.mark.parametrize("lasts", [timedelta(minutes=5), timedelta(days=7)])
def test_polls_that_fit(twitter: Twitter, lasts: timedelta) -> None:
    """A poll at the edge of the limits has no problems."""
    assert twitter.validate(Post("Which?", poll=Poll(["a", "é" * 25], lasts=lasts))) == []


def test_a_question_of_its_own_is_told(twitter: Twitter) -> None:
    """Twitter shows no question apart from the text."""
    assert told(twitter, Post("Which?", poll=Poll(["a", "b"], question="Really?")), "warning") == [
        ("poll.question", "not_shown")
    ]
    assert twitter.validate(Post("Really? Say.", poll=Poll(["a", "b"], question="Really?"))) == []


def test_a_post_takes_one_of_them(twitter: Twitter, picture: Callable[..., bytes]) -> None:
    """Of media, a poll, a quote, a card and a message link a post takes one."""
    options = TwitterOptions(card="card://1", direct_message_link="https://x.com/messages/compose")
    post = Post("x", media=[Image(picture())], poll=Poll(["a", "b"]), options=options)
    problem = only(twitter.validate(post))
    assert (problem.rule, problem.limit) == ("exclusive", 1)
    assert problem.actual == "media, poll, options.card, options.direct_message_link"


def test_a_poll_needs_a_text(twitter: Twitter) -> None:
    """A poll alone is no post."""
    assert told(twitter, Post(poll=Poll(["a", "b"]))) == [("text", "not_empty")]


def test_threads_are_checked_post_by_post(twitter: Twitter) -> None:
    """Each post of a thread is checked, and told by its place."""
    thread = [Post("x" * 281), Post("ok", options=TwitterOptions(reply_to="1")), Post(poll=Poll(["a"]))]
    assert told(twitter, Post("One", thread=thread)) == [
        ("thread[0].text", "max_length"),
        ("thread[1].options.reply_to", "exclusive"),
        ("thread[2].text", "not_empty"),
        ("thread[2].poll.options", "count"),
    ]


def test_what_cannot_be_edited(twitter: Twitter) -> None:
    """Polls, answers to others and posts in a community are not edited."""
    options = TwitterOptions(edit_of="1", reply_to="2", community="3")
    assert [rule for _, rule in told(twitter, Post("x", poll=Poll(["a", "b"]), options=options))] == ["editable"] * 3
    assert ("options.edit_of", "access") in told(twitter, Post("x", options=TwitterOptions(edit_of="1")), "warning")


def test_twitter_has_no_comments(twitter: Twitter) -> None:
    """A first comment is refused before anything is sent."""
    assert told(twitter, Post("x", first_comment="y")) == [("first_comment", "supported")]
