"""First comments, changed texts, and which permissions a refusal names."""

from __future__ import annotations

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.facebook.films import OK, due, started, status, video_post
from tests.networks.meta.graph_answers import Answers

from socialconnect.errors import PartlyPublished, PermissionDenied
from socialconnect.media import Image
from socialconnect.networks.facebook.oauth import SCOPES
from socialconnect.post import Post, PublishedPost

COMMENTED = Post("Hello", first_comment="First!")


def denied(code: int = 200, message: str = "(#200) Permissions error") -> httpx.Response:
    return httpx.Response(403, json={"error": {"message": message, "code": code, "type": "OAuthException"}})


def test_a_first_comment() -> None:
    """The page comments below its own post, and the comment's id is told."""
    answers = Answers({"id": "1000_2001"}, {"id": "2001_7001"})
    published = answers.facebook().publish(COMMENTED)
    assert (answers.sent[1].url.path, answers.json(1)) == ("/v26.0/1000_2001/comments", {"message": "First!"})
    assert published.comment == "2001_7001"


def test_a_comment_that_fails_leaves_the_post_and_is_done_later() -> None:
    """The error names the live post; with its progress only the comment is sent."""
    answers = Answers({"id": "1000_2001"}, denied())
    with pytest.raises(PartlyPublished) as caught:
        answers.facebook().publish(COMMENTED)
    assert [one.id for one in caught.value.posts] == ["1000_2001"]
    assert isinstance(caught.value.cause, PermissionDenied)
    assert caught.value.cause.missing == ("pages_manage_engagement",)
    answers = Answers({"id": "2001_7001"})
    published = answers.facebook().publish(COMMENTED, progress=caught.value.progress)
    assert (published.id, published.comment) == ("1000_2001", "2001_7001")
    assert len(answers.sent) == 1


def test_a_lost_comment_is_not_sent_twice() -> None:
    """After a lost answer a person settles whether the comment is there."""

    def lost(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("lost", request=request)

    with pytest.raises(PartlyPublished) as caught:
        Answers({"id": "1000_2001"}, lost).facebook().publish(COMMENTED)
    assert caught.value.progress is not None
    assert caught.value.may_have_happened
    caught.value.progress.settle("2001_7001")
    answers = Answers()
    assert answers.facebook().publish(COMMENTED, progress=caught.value.progress).comment == "2001_7001"


def test_below_a_video_once_it_is_out() -> None:
    """A video's post is there only after it was processed: the comment waits for that."""
    still, out = status(), status(publishing={"status": "complete"})
    answers = Answers(started(3_000_000), due(3_000_000, 3_000_000), OK, still, out, {"id": "4001_7001"})
    published = answers.facebook().publish(video_post().with_changes(first_comment="First!"))
    assert published.comment == "4001_7001"
    assert answers.sent[-1].url.path == "/v26.0/1000_4001/comments"


def test_update() -> None:
    """A post's text is changed by its id."""
    answers = Answers({"success": True})
    answers.facebook().update("1000_2001", "Better")
    assert (answers.sent[0].url.path, answers.json()) == ("/v26.0/1000_2001", {"message": "Better"})


def test_what_is_read_back_is_recognised() -> None:
    """A link that stands below the text of a photo is part of what the post has become."""
    adapter = Answers().facebook().operations.adapter
    post = Post("Look", media=[Image("https://cdn.example.com/1.jpg")], link="https://example.com/a")
    seen = PublishedPost(network="facebook", account="1000", id="1000_1", text="Look\n\nhttps://example.com/a")
    assert adapter.resembles(post, seen)
    assert not adapter.resembles(post, seen.model_copy(update={"text": "Look"}))


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/v26.0/1000/feed", "publish"),
        ("POST", "/v26.0/1000/photos", "publish"),
        ("POST", "/v26.0/1000/videos", "publish a video"),
        ("POST", "/v26.0/1000/video_reels", "publish"),
        ("POST", "/v26.0/1000/photo_stories", "publish"),
        ("DELETE", "/v26.0/1000_2001", "delete"),
        ("POST", "/v26.0/1000_2001", "update"),
        ("GET", "/v26.0/1000/published_posts", "posts"),
        ("GET", "/v26.0/1000_2001/insights", "fetch_metrics"),
        ("GET", "/v26.0/4001/video_insights", "fetch_metrics"),
        ("POST", "/v26.0/1000_2001/comments", "first_comment"),
    ],
)
@pytest.mark.parametrize("code", [10, 200, 283, 299])
def test_a_refused_request_names_the_permissions_that_it_needs(
    method: str, path: str, operation: str, code: int
) -> None:
    """By the request's own path; a permission that Facebook names itself is told alone."""
    with pytest.raises(PermissionDenied) as caught:
        Answers(denied(code)).facebook().request(method, path)
    assert caught.value.missing == SCOPES[operation]
    named = denied(code, "(#200) Requires pages_manage_posts permission to manage the object")
    with pytest.raises(PermissionDenied) as caught:
        Answers(named).facebook().request(method, path)
    assert caught.value.missing == ("pages_manage_posts",)


def test_a_role_is_not_a_permission() -> None:
    """A user's token, or a person without the task, lacks no permission that could be asked for."""
    body: JsonValue = {"error": {"message": "A page token is required", "code": 190, "error_subcode": 2069032}}
    with pytest.raises(PermissionDenied) as caught:
        Answers(httpx.Response(400, json=body)).facebook().publish(Post("Hello"))
    assert caught.value.missing == ()
