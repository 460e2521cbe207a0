"""What each network's answers tell of a first comment, or a film, whose answer was lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import pytest
from pydantic import JsonValue

from socialconnect import FacebookOptions, Post, Video
from socialconnect.adapter import Adapter, Seen
from socialconnect.network import run
from socialconnect.networks.facebook.adapter import FacebookAdapter
from socialconnect.networks.instagram.adapter import InstagramAdapter
from socialconnect.networks.linkedin.adapter import LinkedInAdapter
from socialconnect.networks.twitter.adapter import TwitterAdapter
from socialconnect.testing import sample_video
from socialconnect.transport.request import Request, Response
from socialconnect.transport.wire import Wire

T = TypeVar("T")
POST = Post("hello", first_comment="Ask us.")
PAGE = "urn:li:organization:5000"


class Answers:
    """
    A wire whose answers are given; the last one is given again and again.

    Args:
        answers: The bodies of the answers.
    """

    def __init__(self, *answers: JsonValue) -> None:
        self.answers = list(answers)
        self.asked: list[Request] = []

    async def call(self, request: Request, parse: Callable[[Response], T]) -> T:
        self.asked.append(request)
        body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return parse(Response(200, {}, json.dumps(body).encode()))


class Done:
    """
    Steps on record.

    Args:
        steps: Their results.
    """

    def __init__(self, steps: Mapping[str, JsonValue]) -> None:
        self._steps = steps

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        return (self._steps[name],) if name in self._steps else None


def look(adapter: Adapter, step: str, wire: Answers, *, post: Post = POST, **done: JsonValue) -> Seen | None:
    """Look for what a step has made, with answers to the questions that come of it."""
    bound = adapter.bind(cast("Wire", wire))
    return run(bound.look_for(post, step, Done({"publish": {"id": "1000_1"}, **done})))


def facebook() -> FacebookAdapter:
    return FacebookAdapter(account="1000", api_version="v26.0")


def instagram() -> InstagramAdapter:
    return InstagramAdapter(account="1784", api_version="v26.0")


def linkedin() -> LinkedInAdapter:
    return LinkedInAdapter(author=PAGE, api_version="202610")


def listed(*comments: JsonValue, more: str | None = None) -> JsonValue:
    """A page of a list on Graph, and where it goes on."""
    following: dict[str, JsonValue] = {
        "paging": {"next": f"https://graph.facebook.com/v26.0/1/comments?after={more}&access_token=t"}
    }
    return {"data": [*comments], **(following if more else {})}


def endless() -> list[JsonValue]:
    """Pages without end."""
    return [listed(OTHER_WORDS, more=f"page-{number}") for number in range(99)]


OWN: JsonValue = {"id": "c1", "message": "Ask  us. ", "from": {"id": "1000"}}
ANOTHERS: JsonValue = {"id": "c2", "message": "Ask us.", "from": {"id": "77"}}
UNSIGNED: JsonValue = {"id": "c3", "message": "Ask us."}
OTHER_WORDS: JsonValue = {"id": "c4", "message": "Ask me.", "from": {"id": "1000"}}


@pytest.mark.parametrize(
    ("answers", "found", "whole"),
    [
        ([listed(OTHER_WORDS, ANOTHERS, OWN)], "c1", False),
        ([listed(OTHER_WORDS, more="abc"), listed(OWN)], "c1", False),
        ([listed(OTHER_WORDS, ANOTHERS)], None, True),
        ([listed()], None, True),
        ([listed(more="abc"), listed()], None, True),
        ([listed(UNSIGNED)], None, False),
        ([listed(OTHER_WORDS, more="itself")], None, False),
        (endless(), None, False),
    ],
    ids=["own", "further on", "another's", "none", "an empty page", "nobody's", "a circle", "endless"],
)
def test_a_comment_on_facebook(answers: Sequence[JsonValue], found: str | None, whole: bool) -> None:
    """It is the page's own, with these words; that it is missing is said only of a list that was read to its end."""
    wire = Answers(*answers)
    seen = look(facebook(), "first comment", wire)
    assert seen is not None
    assert (seen.found and seen.found.id, seen.whole) == (found, whole)
    assert all(one.url.endswith("/1000_1/comments") for one in wire.asked)
    assert (wire.asked[0].query or {})["filter"] == "stream"
    assert not any("access_token" in (one.query or {}) for one in wire.asked)
    assert len(wire.asked) <= 5


@pytest.mark.parametrize(
    ("counted", "comments", "found", "whole"),
    [
        (2, [{"id": "c1", "text": "Ask us.", "user": {"id": "1784"}}], "c1", False),
        (2, [{"id": "c1", "text": "Ask us.", "from": {"id": "1784"}}], "c1", False),
        (1, [{"id": "c2", "text": "Ask us.", "from": {"id": "5"}}], None, True),
        (1, [{"id": "c3", "text": "Ask us."}], None, False),
        (1, [{"id": "c3", "text": "Ask us.", "user": {"id": "5"}, "from": {"id": "5"}}], None, False),
        (0, [], None, True),
        (1, [], None, False),
        (None, [], None, False),
        (2, [{"id": "c4", "text": "Oh", "replies": {"data": [{"id": "c5"}]}}], None, True),
    ],
    ids=[
        "as user",
        "as author",
        "another's",
        "nobody's",
        "another id",
        "none",
        "one not shown",
        "not counted",
        "replies",
    ],
)
def test_a_comment_on_instagram(counted: int | None, comments: list[JsonValue], found: str | None, whole: bool) -> None:
    """That it is missing is said only where as many comments are shown as are counted."""
    wire = Answers({} if counted is None else {"comments_count": counted}, {"data": comments})
    seen = look(instagram(), "first comment", wire)
    assert seen is not None
    assert (seen.found and seen.found.id, seen.whole) == (found, whole)


def test_a_list_on_instagram_that_goes_on() -> None:
    """The newest come first: further pages are read, but not without end."""
    other: JsonValue = {"id": "c4", "text": "Oh"}
    own: JsonValue = {"id": "c1", "text": "Ask us.", "user": {"id": "1784"}}
    seen = look(instagram(), "first comment", Answers({"comments_count": 2}, listed(other, more="abc"), listed(own)))
    assert seen is not None
    assert seen.found is not None
    for pages in ([listed(other, more="itself")], endless()):
        wire = Answers({"comments_count": 2}, *pages)
        assert look(instagram(), "first comment", wire) == Seen()
        assert len(wire.asked) <= 6


def on_linkedin(*comments: tuple[str, str]) -> JsonValue:
    """A page of comments on LinkedIn, by actor and text."""
    return {
        "elements": [
            {"commentUrn": f"urn:li:comment:(x,{index})", "actor": actor, "message": {"text": text}}
            for index, (actor, text) in enumerate(comments)
        ]
    }


@pytest.mark.parametrize(
    ("answers", "found", "whole"),
    [
        ([on_linkedin(("urn:li:person:1", "Ask us."), (PAGE, "Ask us."))], True, False),
        ([on_linkedin((PAGE, "Oh")), on_linkedin((PAGE, "Ask us."))], True, False),
        ([on_linkedin(("urn:li:person:1", "Ask us.")), on_linkedin()], False, True),
        ([on_linkedin()], False, True),
        ([on_linkedin((PAGE, "Oh"))], False, False),
    ],
    ids=["own", "further on", "another's", "none", "endless"],
)
def test_a_comment_on_linkedin(answers: Sequence[JsonValue], found: bool, whole: bool) -> None:
    """It is the account's own; a list is read to its end, which an empty page tells."""
    wire = Answers(*answers)
    seen = look(linkedin(), "comment", wire, publish="urn:li:share:1")
    assert seen is not None
    assert (seen.found is not None, seen.whole) == (found, whole)
    assert len({one.url for one in wire.asked}) == len(wire.asked) <= 3


def test_a_token_that_may_comment_in_the_older_way_alone() -> None:
    """There is no list that it may read: nothing is asked, and nothing concluded."""
    adapter = linkedin()
    adapter.close("POST /rest/socialActions")
    wire = Answers({})
    assert look(adapter, "comment", wire, publish="urn:li:share:1") is None
    assert wire.asked == []


def status(publishing: str, processing: str = "complete", **more: str) -> dict[str, JsonValue]:
    """How far a film is."""
    phases: dict[str, JsonValue] = {
        "uploading_phase": {"status": "complete"},
        "processing_phase": {"status": processing},
        "publishing_phase": {"status": publishing, **more},
    }
    return {"id": "4001", "status": {"video_status": "ready", **phases}}


OUT = {**status("complete", publish_status="published"), "published": True, "post_id": "1000_9"}
WAITING = {**status("not_started"), "published": False}


@pytest.mark.parametrize(
    ("answer", "found", "whole", "pending"),
    [
        (OUT, True, False, False),
        (WAITING, False, True, False),
        (status("not_started", "not_started"), False, True, False),
        (status("not_started", "in_progress"), False, False, True),
        (status("in_progress"), False, False, True),
        (status("complete", publish_status="draft"), False, False, True),
        ({**WAITING, "published": True}, False, False, False),
        ({"id": "4001"}, False, False, True),
        ({"id": "4001", "status": {"video_status": "error"}}, False, True, False),
    ],
    ids=["out", "waiting", "unprocessed", "processed", "published", "kept", "contradiction", "silent", "failed"],
)
@pytest.mark.parametrize("kind", ["video", "reel"])
def test_a_film_on_facebook(kind: str, answer: JsonValue, found: bool, whole: bool, pending: bool) -> None:
    """Its own state tells whether it is out; that it is not, only where nothing of it is under way."""
    options = [FacebookOptions(format="reel")] if kind == "reel" else []
    post = Post("hello", media=[Video(sample_video())], options=options)
    done: dict[str, Any] = {
        "video start": {"upload_session_id": "8001", "video_id": "4001", "start_offset": "0", "end_offset": "9"},
        "video_reels start 1": {"video_id": "4001", "upload_url": "https://rupload.facebook.com/1"},
        "video_reels ready 4001": True,
    }
    wire = Answers(answer)
    seen = look(facebook(), "publish", wire, post=post, **done)
    assert seen is not None
    assert (seen.found is not None, seen.whole, seen.pending) == (found, whole, pending)
    assert [one.url.rpartition("/")[2] for one in wire.asked] == ["4001"]
    if seen.found is not None:
        assert seen.found.id == ("1000_9" if kind == "reel" else "1000_4001")


@pytest.mark.parametrize(
    "post",
    [
        Post("hello"),
        Post("hello", media=[Video("https://cdn.example.com/film.mp4")]),
        Post(media=[Video(sample_video())], options=[FacebookOptions(format="story")]),
        Post("not uploaded", media=[Video(sample_video())]),
        Post("not uploaded", media=[Video(sample_video())], options=[FacebookOptions(format="reel")]),
    ],
    ids=["text", "fetched", "story", "video", "reel"],
)
def test_what_has_no_id_of_its_own_on_facebook(post: Post) -> None:
    """Nothing is asked for what was not uploaded as a film before it was published."""
    wire = Answers({})
    assert look(facebook(), "publish", wire, post=post) is None
    assert wire.asked == []


@pytest.mark.parametrize(
    ("adapter", "step"),
    [
        (instagram(), "publish"),
        (linkedin(), "publish"),
        (TwitterAdapter(account="1"), "publish"),
        (TwitterAdapter(account="1"), "thread[0]"),
    ],
    ids=["instagram", "linkedin", "twitter", "thread"],
)
def test_what_is_looked_for_among_the_posts(adapter: Adapter, step: str) -> None:
    """A post has no place of its own: its account's list tells."""
    wire = Answers({})
    assert look(adapter, step, wire) is None
    assert wire.asked == []
