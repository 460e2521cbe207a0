"""What is wrong with a post is found from the post and its files, all at once, with limit and actual value."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.networks.meta.graph_answers import jpeg

from socialconnect.media import Image, MediaFacts, Video
from socialconnect.networks.instagram import limits
from socialconnect.networks.instagram.adapter import InstagramAdapter, InstagramLoginAdapter
from socialconnect.networks.instagram.options import InstagramOptions, ProductTag, UserTag
from socialconnect.networks.instagram.validation import post_problems
from socialconnect.post import Post
from socialconnect.problem import Problem
from socialconnect.testing.samples import sample_video

IMAGE = Image("https://cdn.example.com/1.jpg")
FILM = Video("https://cdn.example.com/1.mp4")
BY_FACEBOOK = InstagramAdapter(account="1", api_version="v26.0")
BY_INSTAGRAM = InstagramLoginAdapter(account="1", api_version="v26.0")


def told(post: Post) -> list[tuple[str, str, str]]:
    return [(one.field, one.rule, one.severity) for one in BY_FACEBOOK.problems(post)]


def errors(post: Post) -> list[tuple[str, str]]:
    return [(field, rule) for field, rule, severity in told(post) if severity == "error"]


def film(**facts: object) -> Video:
    """Give a film from a file, with the facts that a test wants in place of those that would be read."""
    made = Video(b"film")
    base = MediaFacts(type="video/mp4", size=1000, width=1080, height=1920, seconds=10.0, frame_rate=30.0)
    made.__dict__["facts"] = base.model_copy(update=facts)
    return made


def options(**given_options: object) -> InstagramOptions:
    return InstagramOptions.model_validate(given_options)


# ── films ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("facts", "rule", "limit", "actual"),
    [
        ({"size": 300 * 1024 * 1024 + 1}, "max_size", f"{300 * 1024 * 1024} bytes", f"{300 * 1024 * 1024 + 1} bytes"),
        ({"seconds": 901.0}, "max_duration", "900 s", "901 s"),
        ({"seconds": 2.9}, "min_duration", "3 s", "2.9 s"),
        ({"type": "video/webm"}, "media_type", "video/mp4, video/quicktime", "video/webm"),
        ({"video_codec": "VP9"}, "video_codec", "AVC, HEVC", "VP9"),
        ({"audio_codec": "Vorbis"}, "audio_codec", "AAC", "Vorbis"),
        ({"frame_rate": 22.0}, "frame_rate", "23 to 60", 22.0),
        ({"frame_rate": 61.0}, "frame_rate", "23 to 60", 61.0),
        ({"width": 1921, "height": 1921}, "max_width", "at most 1,920", 1921),
        ({"width": 1100, "height": 100}, "ratio", "0.01 to 10", 11.0),
        ({"bit_rate": 25_000_001}, "max_bit_rate", "at most 25,000,000", 25_000_001),
        ({"audio_rate": 96_000}, "max_audio_rate", "at most 48,000", 96_000),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_reel_beyond_a_limit(facts: dict[str, object], rule: str, limit: object, actual: object) -> None:
    """Each of a reel's limits is told with what was measured and where it is written down; at the limit it is taken."""
    (found,) = BY_FACEBOOK.problems(Post("Rain", media=[film(**facts)]))
    assert (found.field, found.rule, found.limit, found.actual) == ("media[0]", rule, limit, actual)
    assert (found.severity, found.source) == ("error", limits.MEDIA)


@pytest.mark.parametrize(
    "facts",
    [
        {"size": 300 * 1024 * 1024, "seconds": 900.0, "frame_rate": 60.0, "width": 1920, "height": 192},
        {"seconds": 3.0, "frame_rate": 23.0, "bit_rate": 25_000_000, "audio_rate": 48_000, "video_codec": "HEVC"},
        {"type": "video/quicktime", "audio_codec": "AAC LC", "width": None, "height": None},
        {"seconds": None, "frame_rate": None},
    ],
)
def test_a_reel_at_its_limits_is_taken(facts: dict[str, object]) -> None:
    """The limit itself is allowed, and what could not be measured is not judged."""
    assert told(Post("Rain", media=[film(**facts)])) == []


def test_a_storys_film_has_its_own_limits() -> None:
    """A story's film lasts a minute and has 100 MB at most."""
    story = options(format="story")
    assert errors(Post(media=[film(seconds=60.0, size=100 * 1024 * 1024)], options=story)) == []
    long = Post(media=[film(seconds=60.1, size=100 * 1024 * 1024 + 1)], options=story)
    assert errors(long) == [("media[0]", "max_size"), ("media[0]", "max_duration")]


def test_everything_wrong_is_told_at_once() -> None:
    """All problems of a film, its picture, the caption and the options come together."""
    bad = film(seconds=1.0, video_codec="VP9").model_copy(update={"thumbnail": Image(jpeg())})
    bad.__dict__["facts"] = MediaFacts(type="video/mp4", size=1, seconds=1.0, video_codec="VP9", frame_rate=1.0)
    post = Post("x" * 2201, media=[bad], options=options(collaborators=["a", "b", "c", "d"]))
    assert errors(post) == [
        ("text", "max_length"),
        ("media[0].thumbnail", "media_source"),
        ("media[0]", "min_duration"),
        ("media[0]", "video_codec"),
        ("media[0]", "frame_rate"),
        ("options.instagram.collaborators", "max_items"),
    ]


def test_a_real_file_is_measured() -> None:
    """A sample film passes as a reel; a longer one is told by its length."""
    assert errors(Post("Rain", media=[Video(sample_video(10))])) == []
    assert errors(Post("Rain", media=[Video(sample_video(2))])) == [("media[0]", "min_duration")]


def test_an_index_behind_the_pictures_is_a_warning() -> None:
    """Instagram asks for it in front; whether it refuses is not known."""
    assert told(Post("Rain", media=[film(streamable=False)])) == [("media[0]", "streamable", "warning")]


def test_what_has_no_place_is_told() -> None:
    """A film's description and title, and a picture of a film that is no reel, are left out, and that is said."""
    named = Video(FILM.url or "", alt="Rain", title="Rain", thumbnail=IMAGE)
    assert told(Post("Rain", media=[named])) == [
        ("media[0].alt", "left_out", "warning"),
        ("media[0].title", "left_out", "warning"),
    ]
    carousel = Post("Rain", media=[IMAGE, Video(FILM.url or "", thumbnail=IMAGE)])
    assert told(carousel) == [("media[1].thumbnail", "left_out", "warning")]
    story = Post(media=[Image(IMAGE.url or "", alt="Rain")], options=options(format="story"))
    assert told(story) == [("media[0].alt", "left_out", "warning")]


# ── what a post is ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        (Post("A", media=[IMAGE], options=options(format="reel")), ("media[0]", "media_type")),
        (Post("A", media=[FILM, FILM], options=options(format="reel")), ("media", "max_items")),
        (Post(media=[IMAGE, IMAGE], options=options(format="story")), ("media", "max_items")),
        (Post("A", media=[FILM], options=options(format="post")), ("options.instagram.format", "supported")),
        (Post("A", media=[IMAGE], options=options(format="story")), ("text", "supported")),
        (
            Post(media=[FILM], options=options(format="story", comments=False)),
            ("options.instagram.comments", "supported"),
        ),
        (
            Post(media=[IMAGE], options=options(format="story", collaborators=["a"])),
            ("options.instagram.collaborators", "supported"),
        ),
        (
            Post(media=[IMAGE], options=options(format="story"), first_comment="More"),
            ("first_comment", "supported"),
        ),
        (Post("A", media=[IMAGE], options=options(trial="MANUAL")), ("options.instagram.trial", "supported")),
        (
            Post("A", media=[IMAGE], options=options(share_to_feed=True)),
            ("options.instagram.share_to_feed", "supported"),
        ),
        (Post("A", media=[IMAGE], options=options(audio_name="A")), ("options.instagram.audio_name", "supported")),
        (
            Post("A", media=[IMAGE], options=options(thumb_offset=timedelta(1))),
            ("options.instagram.thumb_offset", "supported"),
        ),
        (
            Post("A", media=[film(seconds=5.0)], options=options(thumb_offset=timedelta(seconds=6))),
            ("options.instagram.thumb_offset", "max"),
        ),
        (
            Post("A", media=[FILM], options=options(thumb_offset=timedelta(seconds=-1))),
            ("options.instagram.thumb_offset", "min"),
        ),
        (Post("A", media=[IMAGE], first_comment=" \n"), ("first_comment", "not_empty")),
        (
            Post("A", media=[IMAGE], options=options(collaborators=["a", "@b"])),
            ("options.instagram.collaborators[1]", "username"),
        ),
        (
            Post("A", media=[IMAGE], options=options(collaborators=[" "])),
            ("options.instagram.collaborators[0]", "username"),
        ),
        (
            Post("A", media=[IMAGE], options=options(branded_content_sponsor_ids=["1", "2", "3"])),
            ("options.instagram.branded_content_sponsor_ids", "max_items"),
        ),
    ],
)
def test_what_does_not_go_together(post: Post, expected: tuple[str, str]) -> None:
    """A format and its media, and each option and the format that has it."""
    assert errors(post) == [expected]


# ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("media", "tag", "field", "rule"),
    [
        (IMAGE, {"username": "a"}, "user_tags[0]", "required"),
        (IMAGE, {"username": "a", "x": 0.5}, "user_tags[0]", "required"),
        (IMAGE, {"username": "a", "x": 1.1, "y": 0.5}, "user_tags[0].x", "range"),
        (IMAGE, {"username": "a", "x": 0.5, "y": -0.1}, "user_tags[0].y", "range"),
        (IMAGE, {"username": "a", "x": 0.5, "y": 0.5, "media": 1}, "user_tags[0].media", "range"),
        (IMAGE, {"username": "@a", "x": 0.5, "y": 0.5}, "user_tags[0].username", "username"),
        (FILM, {"username": "a", "x": 0.5, "y": 0.5}, "user_tags[0]", "supported"),
        (IMAGE, {"product_id": "1"}, "product_tags[0]", "required"),
        (FILM, {"product_id": "1", "x": 0.5, "y": 0.5}, "product_tags[0]", "supported"),
    ],
)
def test_where_a_tag_may_be(media: Image | Video, tag: dict[str, object], field: str, rule: str) -> None:
    """In an image a tag has a place between 0 and 1, in a video none, and it is in a medium that there is."""
    name = field.partition("[")[0]
    assert errors(Post("A", media=[media], options=options(**{name: [tag]}))) == [(f"options.instagram.{field}", rule)]


def test_a_storys_tag_has_a_place_or_none() -> None:
    """In a story both are taken, and half a place is not."""
    for place, expected in (
        ({}, []),
        ({"x": 0.1, "y": 0.2}, []),
        ({"x": 0.1}, [("options.instagram.user_tags[0]", "required")]),
    ):
        tag = {"username": "a", **place}
        assert errors(Post(media=[IMAGE], options=options(format="story", user_tags=[tag]))) == expected


def test_tags_are_counted_for_each_medium() -> None:
    """Twenty people and five products in each medium are taken, and one more is not."""
    people = [UserTag(username=f"u{at}", x=0, y=0, media=at % 2) for at in range(40)]
    products = [ProductTag(product_id=f"{at}", x=0, y=0) for at in range(5)]
    post = Post("A", media=[IMAGE, IMAGE], options=InstagramOptions(user_tags=people, product_tags=products))
    assert told(post) == []
    more = InstagramOptions(user_tags=[*people, people[0]], product_tags=[*products, products[0]])
    assert errors(Post("A", media=[IMAGE, IMAGE], options=more)) == [
        ("options.instagram.user_tags", "max_items"),
        ("options.instagram.product_tags", "max_items"),
    ]


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_only_reported_is_only_told() -> None:
    """A vendor's numbers of hashtags and mentions, and a comment's limits, are warnings with their source."""
    post = Post("#a " * 6 + "@b " * 4, media=[IMAGE], first_comment="#c " * 5 + "x" * 300)
    assert told(post) == [
        ("text", "advised_hashtags", "warning"),
        ("text", "advised_mentions", "warning"),
        ("first_comment", "max_length", "warning"),
        ("first_comment", "max_hashtags", "warning"),
    ]
    assert all(one.source for one in BY_FACEBOOK.problems(post))


@given(st.text(max_size=2_400), st.integers(0, 12), st.booleans())
def test_any_text_and_number_of_media_is_judged_by_the_limits(text: str, media: int, moving: bool) -> None:
    """Whatever is written, nothing breaks, and a caption is refused for its length exactly beyond the limit."""
    post = Post(text, media=[FILM if moving else IMAGE] * media)
    found: list[Problem] = BY_FACEBOOK.problems(post)
    assert any((one.field, one.rule) == ("text", "max_length") for one in found) == (len(text) > 2_200)
    assert any((one.field, one.rule) == ("media", "max_items") for one in found) == (media > 10)
    assert any((one.field, one.rule) == ("media", "required") for one in found) == (media == 0)


def test_by_instagram_login_partnerships_are_doubtful() -> None:
    """What Meta's schema has for Facebook Login only is told, and not held up: its pages know of no difference."""
    post = Post("A", media=[IMAGE], options=options(is_paid_partnership=True, branded_content_sponsor_ids=["1"]))
    assert told(post) == []
    assert [(one.field.rpartition(".")[2], one.severity) for one in post_problems(post, uploads=False)] == [
        ("is_paid_partnership", "warning"),
        ("branded_content_sponsor_ids", "warning"),
    ]


def test_by_instagram_login_a_film_from_a_file_is_told_once() -> None:
    """That files are not taken at all is said for every network; this says by which login they would be."""
    assert [(one.rule, one.severity) for one in BY_INSTAGRAM.problems(Post("A", media=[film()]))] == [
        ("login", "warning")
    ]
    assert BY_INSTAGRAM.problems(Post("A", media=[Image(jpeg())])) == []
    assert not BY_INSTAGRAM.capabilities.media_from_file
