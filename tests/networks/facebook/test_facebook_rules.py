"""What a page refuses, found in the post and in the files before anything is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.facebook.films import REEL, STORY, film
from tests.networks.meta.graph_answers import Answers, jpeg

from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.content import OPTIONS_BY_KIND, Kind, kind_of, text_beside_media
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post
from socialconnect.problem import Problem
from socialconnect.testing import sample_image, sample_video
from socialconnect.testing.clock import TestClock

PHOTO = Image("https://cdn.example.com/1.jpg")


def told(post: Post) -> list[Problem]:
    return Answers().facebook().validate(post)


def rules(post: Post, severity: str = "error") -> list[str]:
    return [one.rule for one in told(post) if one.severity == severity]


def shaped(seconds: float = 10, width: int = 1080, height: int = 1920, frame_rate: int = 30) -> Post:
    """Give a reel with a film of this shape."""
    made = sample_video(seconds, width=width, height=height, frame_rate=frame_rate)
    return Post("A reel", media=[Video(made)], options=REEL)


@pytest.mark.parametrize(
    ("post", "rule", "limit", "actual"),
    [
        (shaped(seconds=2), "seconds", "3 to 90", 2.0),
        (shaped(seconds=91), "seconds", "3 to 90", 91.0),
        (shaped(frame_rate=20), "frame_rate", "24 to 60", 20.0),
        (shaped(frame_rate=70), "frame_rate", "24 to 60", 70.0),
        (shaped(width=360, height=640), "resolution", "540 x 960", "360 x 640"),
        (shaped(width=2400, height=1000), "ratio", "9:16 to 16:9", "2400:1000"),
    ],
    ids=["short", "long", "slow", "fast", "small", "wide"],
)
def test_a_reels_limits(post: Post, rule: str, limit: str, actual: object) -> None:
    """Each limit is told with what was measured in the file, and where Facebook writes it."""
    (found,) = (one for one in told(post) if one.severity == "error")
    assert (found.rule, found.limit) == (rule, limit)
    assert found.actual == pytest.approx(actual, rel=0.1) if isinstance(actual, float) else found.actual == actual
    assert found.source is not None


@pytest.mark.parametrize("seconds", [3, 90])
def test_a_reel_at_its_limits(seconds: float) -> None:
    """The limits themselves are taken."""
    assert told(shaped(seconds=seconds)) == []


def test_a_reel_that_lies_is_told() -> None:
    """Between the shapes that are taken and the one that is advised lies a warning."""
    post = shaped(width=1920, height=1080)
    assert (rules(post), rules(post, "warning")) == ([], ["ratio"])


def test_a_reel_is_an_mp4() -> None:
    """Another container is told by the file's content."""
    quicktime = b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 64
    post = Post("A reel", media=[Video(quicktime)], options=REEL)
    assert "media_type" in rules(post)


@pytest.mark.parametrize(
    ("post", "rule"),
    [
        (Post("x", media=[film(), film()], options=REEL), "reel"),
        (Post("x", media=[PHOTO], options=REEL), "reel"),
        (Post("x", options=REEL), "reel"),
        (Post(media=[PHOTO, PHOTO], options=STORY), "story"),
        (Post("Words", media=[PHOTO], options=STORY), "story"),
        (Post(media=[PHOTO], link="https://example.com/", options=STORY), "story"),
        (Post(media=[PHOTO], first_comment="First!", options=STORY), "story"),
        (Post("x", media=[film(), PHOTO]), "max_items"),
        (Post(media=[film(61)], options=STORY), "max_seconds"),
        (Post("x", media=[Video("https://video.xx.fbcdn.net/1.mp4")], options=REEL), "media_source"),
    ],
)
def test_what_does_not_go_together(post: Post, rule: str) -> None:
    """A format or a mix that Facebook does not have is an error."""
    assert rules(post) == [rule]


def test_what_a_video_carries_in_vain_is_told() -> None:
    """Thumbnail, subtitles and description of a video are not sent, and that is said."""
    video = Video(
        sample_video(10),
        alt="Rain",
        thumbnail=Image(jpeg()),
        subtitles=[Subtitles(b"1\n00:00:00,000 --> 00:00:01,000\nRain\n")],
    )
    found = [one.field for one in told(Post("x", media=[video])) if one.rule == "not_used"]
    assert found == ["media[0].thumbnail", "media[0].subtitles", "media[0].alt"]


def test_a_large_png_is_advised_against() -> None:
    """Facebook recommends up to a megabyte, and takes ten."""
    large = sample_image() + b"\0" * 1_000_000
    assert (rules(Post("x", media=[Image(large)])), rules(Post("x", media=[Image(large)]), "warning")) == (
        [],
        ["recommended_size"],
    )


EVERY = {
    "targeting": {"geo_locations": {"countries": ["CA"]}},
    "feed_targeting": {"geo_locations": {"countries": ["CA"]}},
    "place": "77",
    "tags": ["88"],
    "backdated_time": "2020-01-01T00:00:00Z",
    "call_to_action": {"type": "SHOP_NOW"},
    "child_attachments": [{"link": "https://example.com/"}],
    "text_format_preset_id": "99",
}
BY_KIND = {
    Kind.FEED: Post("x"),
    Kind.PHOTO: Post("x", media=[PHOTO]),
    Kind.PHOTOS: Post("x", media=[PHOTO, PHOTO]),
    Kind.VIDEO: Post("x", media=[film()]),
    Kind.REEL: Post("x", media=[film()]),
    Kind.PHOTO_STORY: Post(media=[PHOTO]),
    Kind.VIDEO_STORY: Post(media=[film()]),
}
FORMATS = {Kind.REEL: "reel", Kind.PHOTO_STORY: "story", Kind.VIDEO_STORY: "story"}


@pytest.mark.parametrize("kind", Kind)
def test_options_go_with_their_kinds_of_post(kind: Kind) -> None:
    """Every option that a kind does not take is told, and none that it takes."""
    options = FacebookOptions.model_validate({**EVERY, "format": FORMATS.get(kind)})
    post = BY_KIND[kind].with_changes(options=(options,))
    assert kind_of(post) is kind
    refused = {one.field.rpartition(".")[2] for one in told(post) if one.rule == "goes_with"}
    assert refused == set(EVERY) - OPTIONS_BY_KIND[kind]


def test_an_option_that_does_not_exist_is_refused_when_it_is_made() -> None:
    """A misspelt option is told at once."""
    with pytest.raises(ValueError, match="formt"):
        FacebookOptions.model_validate({"formt": "reel"})


def test_all_options_are_sent_under_their_names() -> None:
    """The format chooses the way and is not a parameter; the rest goes along."""
    answers = Answers({"id": "1000_2001"})
    answers.facebook().publish(Post("x", options=FacebookOptions.model_validate({**EVERY, "format": "post"})))
    assert answers.json() == {"message": "x", **EVERY}


@pytest.mark.parametrize(
    ("ahead", "rule"),
    [
        (timedelta(minutes=9), "schedule_window"),
        (timedelta(minutes=10), "schedule_edge"),
        (timedelta(minutes=20), None),
        (timedelta(days=29), None),
        (timedelta(days=30), "schedule_edge"),
        (timedelta(days=30, seconds=1), "schedule_window"),
    ],
)
def test_the_window_and_its_edges(ahead: timedelta, rule: str | None) -> None:
    """Outside the documented window a time is refused; at its unreliable edges it is only told."""
    now = TestClock().now()
    found = limits.schedule_problems(now + ahead, now)
    assert [one.rule for one in found] == ([rule] if rule else [])
    assert [one.severity for one in found] == (["warning"] if rule == "schedule_edge" else ["error"] if rule else [])


def test_a_first_comment_is_kept_by_nobody_else() -> None:
    """The page's own plans hold no comment: an outbox does."""
    found = limits.plan_problems(Post("x", first_comment="First!"))
    assert [(one.field, one.rule) for one in found] == [("first_comment", "native")]


def test_a_reel_takes_from_the_days_allowance() -> None:
    """Thirty a day are documented; what is left the network does not tell."""
    (quota,) = Answers().facebook().estimate_cost(Post("x", media=[film()], options=REEL)).quotas
    assert (quota.units, quota.limit, quota.remaining) == (1, 30, None)


@given(text=st.text(), path=st.text(alphabet="abc/", max_size=8))
def test_a_link_beside_media_is_never_lost_or_doubled(text: str, path: str) -> None:
    """Whatever the text: the address stands in what is sent, and the text stands before it, untouched."""
    address = f"https://example.com/{path}"
    post = Post(text, media=[PHOTO], link=address)
    said = text_beside_media(post)
    assert address in said
    assert said.startswith(text)
    assert text_beside_media(post.with_changes(text=said)) == said
