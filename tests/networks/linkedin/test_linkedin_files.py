"""What LinkedIn would refuse of files, polls and comments: each told with its limit and what was found."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect.media import Document, Image, Subtitles, Video
from socialconnect.networks.linkedin import LinkedIn, LinkedInOptions, mention
from socialconnect.networks.linkedin.file_checks import document_problems
from socialconnect.post import Poll, Post
from socialconnect.problem import Problem
from socialconnect.testing import sample_image, sample_video

SRT = b"1\n00:00:00,000 --> 00:00:01,500\nRain or shine.\n"
FILM = sample_video(10, size=100_000)


def _found(network: LinkedIn, post: Post) -> list[Problem]:
    return network.validate(post)


def _told(network: LinkedIn, post: Post) -> list[tuple[str, str, str]]:
    return [(one.field, one.rule, one.severity) for one in network.validate(post)]


def _packed(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name in ("[Content_Types].xml", *names):
            packed.writestr(name, "<x/>")
    return file.getvalue()


def _pdf(pages: int) -> bytes:
    return b"%PDF-1.7\n<</Type /Pages>>" + b"".join(b"%d 0 obj <</Type/Page>> endobj\n" % at for at in range(pages))


def _gif(frames: int) -> bytes:
    file = io.BytesIO()
    pictures = [PIL.Image.new("P", (2, 2), at % 200) for at in range(frames)]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=20, optimize=False)
    return file.getvalue()


# ── videos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("video", "expected"),
    [
        (Video(FILM), []),
        (Video(sample_video(2.5, size=100_000)), [("media[0]", "min_seconds", 3, 2.5)]),
        (Video(sample_video(1801, size=100_000)), [("media[0]", "max_seconds", 1800, 1801.0)]),
        (Video(sample_video(10, size=76_799)), [("media[0]", "min_bytes", 76_800, 76_799)]),
        (Video(FILM, subtitles=[Subtitles(SRT)]), []),
        (
            Video(FILM, subtitles=[Subtitles(SRT), Subtitles(SRT, language="de")]),
            [("media[0].subtitles", "max_items", 1, 2)],
        ),
        (
            Video(FILM, subtitles=[Subtitles(b"WEBVTT\n\n00:01.000 --> 00:02.000\nx\n")]),
            [("media[0].subtitles[0]", "media_type", "SRT", None)],
        ),
        (
            Video(FILM, thumbnail=Image(sample_image(6013, 6013))),
            [("media[0].thumbnail", "max_pixels", 36152319, 36156169)],
        ),
    ],
)
def test_a_video_is_checked_from_its_file(linkedin: LinkedIn, video: Video, expected: list[tuple[object, ...]]) -> None:
    """Length, size, subtitles and thumbnail are read from the files, with the limit and what was found."""
    found = [one for one in _found(linkedin, Post(media=[video])) if one.severity == "error"]
    assert [(one.field, one.rule, one.limit, one.actual) for one in found] == expected


@pytest.mark.parametrize(("size", "severity"), [(500_000_001, "warning"), (5_000_000_001, "error")])
def test_a_large_video_is_advised_against_and_a_larger_one_refused(
    linkedin: LinkedIn, size: int, severity: str
) -> None:
    """LinkedIn's page advises less than its schema takes: between the two only a warning stands."""
    film = Video(FILM)
    assert film.facts is not None
    film.__dict__["facts"] = film.facts.model_copy(update={"size": size})
    assert _told(linkedin, Post(media=[film])) == [("media[0]", "max_bytes", severity)]


def test_what_a_video_does_not_take_is_told(linkedin: LinkedIn) -> None:
    """A description is left out with a warning, and nothing of it may be an address."""
    address = "https://example.com/a.png"
    film = Video(FILM, alt="A coat", thumbnail=Image(address), subtitles=[Subtitles("https://example.com/a.srt")])
    assert _told(linkedin, Post(media=[film])) == [
        ("media[0].alt", "supported", "warning"),
        ("media[0].thumbnail", "media_source", "error"),
        ("media[0].subtitles[0]", "media_source", "error"),
    ]


def test_a_video_stands_alone(linkedin: LinkedIn) -> None:
    """Two films, or a film and an image, are no post."""
    beside: tuple[Image | Video, ...] = (Image(sample_image(8, 8)), Video(FILM))
    for other in beside:
        media: list[Image | Video] = [Video(FILM), other]
        assert _told(linkedin, Post(media=media)) == [("media", "alone", "error")]


# ── images ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("frames", "expected"), [(250, []), (251, [("media[0]", "max_frames", 250, 251)])])
def test_a_moving_gif_is_counted(linkedin: LinkedIn, frames: int, expected: list[tuple[object, ...]]) -> None:
    """250 pictures are taken, and one more is told."""
    found = _found(linkedin, Post("a", media=[Image(_gif(frames))]))
    assert [(one.field, one.rule, one.limit, one.actual) for one in found] == expected


@given(st.binary(max_size=200))
def test_a_broken_gif_is_no_trouble(rest: bytes) -> None:
    """Whatever stands in a file, the check ends."""
    from socialconnect.networks.linkedin.file_checks import image_problems

    assert list(image_problems("media[0]", Image(b"GIF89a" + rest))) is not None


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (_pdf(300), []),
        (_pdf(301), [("media[0]", "max_pages", "warning")]),
        (_packed("ppt/presentation.xml", *(f"ppt/slides/slide{at}.xml" for at in range(300))), []),
        (
            _packed("ppt/presentation.xml", *(f"ppt/slides/slide{at}.xml" for at in range(301))),
            [("media[0]", "max_pages", "error")],
        ),
        (_packed("word/document.xml"), []),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), []),
        (_packed("xl/workbook.xml"), [("media[0]", "media_type", "error")]),
        (b"PK\x03\x04 and no more", [("media[0]", "media_type", "error")]),
        (b"only text", [("media[0]", "media_type", "error")]),
        (b"%PDF-1.7\n/Type /ObjStm " + b"/Type /Page " * 400, []),
    ],
    ids=["pdf", "long pdf", "slides", "too many", "docx", "doc", "xlsx", "broken", "text", "packed pdf"],
)
def test_a_document_is_checked_from_its_file(
    linkedin: LinkedIn, content: bytes, expected: list[tuple[str, str, str]]
) -> None:
    """Kind and pages come from the bytes; a PDF's pages are a careful count, and only a warning."""
    assert _told(linkedin, Post(media=[Document(content, title="x")])) == expected


def test_pages_are_counted_across_pieces() -> None:
    """A page's mark is found wherever the file is cut, and none is counted twice."""
    filler = b" " * (1024 * 1024 - 20)
    content = b"%PDF-1.7\n" + b"".join(filler + b"/Type /Page >> /Type /Pages >>" for _ in range(3))
    content += b"/Type /Page\n" * 298
    (found,) = document_problems("media[0]", Document(content, title="x"))
    assert (found.rule, found.actual) == ("max_pages", 301)


def test_a_document_needs_a_title_and_stands_alone(linkedin: LinkedIn) -> None:
    """LinkedIn shows the title: the library invents none."""
    assert _told(linkedin, Post(media=[Document(_pdf(1))])) == [("media[0].title", "required", "error")]
    two: list[Document | Image] = [Document(_pdf(1), title="a"), Image(sample_image(8, 8))]
    assert _told(linkedin, Post(media=two)) == [("media", "alone", "error")]


# ── polls and comments ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("poll", "expected"),
    [
        (Poll(["a", "b"], question="q"), []),
        (Poll(["a"], question="q"), [("poll.options", "min_items", 2, 1)]),
        (Poll(list("abcde"), question="q"), [("poll.options", "max_items", 4, 5)]),
        (Poll(["a", "b" * 31], question="q"), [("poll.options[1]", "max_length", 30, 31)]),
        (Poll(["a", " "], question="q"), [("poll.options[1]", "not_empty", None, None)]),
        (Poll(["a", "b"], question="q" * 141), [("poll.question", "max_length", 140, 141)]),
        (
            Poll(["a", "b"], question="q", lasts=timedelta(days=2)),
            [("poll.lasts", "one_of", "1, 3, 7, 14 days", "2 days, 0:00:00")],
        ),
        (
            Poll(["a", "b"], question="q", lasts=timedelta(hours=30)),
            [("poll.lasts", "one_of", "1, 3, 7, 14 days", "1 day, 6:00:00")],
        ),
    ],
)
def test_a_poll_is_checked(linkedin: LinkedIn, poll: Poll, expected: list[tuple[object, ...]]) -> None:
    """Number and length of answers, the question's length, and the four times that there are."""
    found = _found(linkedin, Post("text", poll=poll))
    assert [(one.field, one.rule, one.limit, one.actual) for one in found] == expected


def test_a_poll_needs_a_question_and_stands_alone(linkedin: LinkedIn) -> None:
    """Without one the text stands for it, if it is there and short enough."""
    poll = Poll(["a", "b"])
    assert _told(linkedin, Post("x" * 140, poll=poll)) == []
    assert _told(linkedin, Post("x" * 141, poll=poll)) == [("poll.question", "required", "error")]
    assert _told(linkedin, Post(poll=poll)) == [("poll.question", "required", "error")]
    beside = Post("a", poll=poll, media=[Image(sample_image(8, 8))], options=LinkedInOptions(feed="NONE"))
    assert _told(linkedin, beside) == [
        ("poll", "one_content", "error"),
        ("options.linkedin.feed", "organic_only", "error"),
    ]


def test_a_comment_is_checked(linkedin: LinkedIn) -> None:
    """LinkedIn prints no length for a comment: a long one is a warning; an empty one is an error."""
    assert _told(linkedin, Post("a", first_comment="(" * 1250)) == []
    assert _told(linkedin, Post("a", first_comment="x" * 1251)) == [("first_comment", "max_length", "warning")]
    assert _told(linkedin, Post("a", first_comment=" ")) == [("first_comment", "not_empty", "error")]


def test_a_mention_is_written_by_hand_or_by_name(linkedin: LinkedIn) -> None:
    """What LinkedIn would show as plain text is told, in the text and in the comment."""
    assert mention("Acme (Ltd)", "urn:li:organization:1") == "@[Acme (Ltd)](urn:li:organization:1)"
    assert _told(linkedin, Post(f"Hello {mention('Ada L', 'urn:li:person:a_1')}")) == []
    odd = "@[Acme](urn:li:company:1)"
    assert _told(linkedin, Post(odd, first_comment=odd)) == [
        ("text", "mention", "warning"),
        ("first_comment", "mention", "warning"),
    ]
    for name, urn in (("", "urn:li:person:a"), ("A]b", "urn:li:person:a"), ("A", "urn:li:share:1"), ("A", "a")):
        with pytest.raises(ValueError, match="without brackets"):
            mention(name, urn)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (LinkedInOptions(visibility="CONTAINER"), [("options.linkedin.container", "required", "error")]),
        (
            LinkedInOptions(call_to_action="APPLY"),
            [("options.linkedin.landing_page", "button_without_address", "warning")],
        ),
        (
            LinkedInOptions(reshare_of="urn:li:share:1", reference="urn:li:event:1"),
            [("options.linkedin.reshare_of", "one_content", "error")],
        ),
        (LinkedInOptions(targets=({},)), [("options.linkedin.targets", "not_empty", "error")]),
        (LinkedInOptions(targets=({"seniorities": ()},)), [("options.linkedin.targets", "not_empty", "error")]),
    ],
)
def test_options_are_checked_against_each_other(
    linkedin: LinkedIn, options: LinkedInOptions, expected: list[tuple[str, str, str]]
) -> None:
    """What makes no sense together is told."""
    assert _told(linkedin, Post("a", options=options)) == expected


def test_only_a_page_has_an_audience(linkedin: LinkedIn, member: LinkedIn) -> None:
    """A member's post is for whoever may see it."""
    post = Post("a", options=LinkedInOptions(targets=({"seniorities": ("urn:li:seniority:3",)},)))
    assert _told(linkedin, post) == []
    assert _told(member, post) == [("options.linkedin.targets", "page_only", "error")]
