"""Publishing and deleting on the wire, by the literal examples of Twitter's documentation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.twitter.refusals import plain, problem

from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    NotFound,
    OutcomeUnknown,
    ValidationError,
)
from socialconnect.media import Image
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"
CREATED: JsonValue = {"data": {"id": ID, "text": "Release day https://t.co/AbCdEf1234", "edit_history_tweet_ids": [ID]}}
RATES = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "99", "x-rate-limit-reset": "1795511700"}


def upload(media_id: str = "1993000000000000001", **more: JsonValue) -> JsonValue:
    """Give the answer to an upload."""
    return {"data": {"id": media_id, "media_key": f"3_{media_id}", "expires_after_secs": 86400, "size": 651, **more}}


# ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_create(script: Script, scripted: Twitter, picture: Callable[..., bytes]) -> None:
    """R1: an image and two options are one upload and one JSON body, and nothing that was not asked for is in it."""
    script.add(200, upload())
    script.add(201, CREATED, RATES)
    options = TwitterOptions(reply_settings="mentionedUsers", made_with_ai=True)
    post = scripted.publish(Post("Release day", media=[Image(picture())], options=options))
    assert script.sent() == {
        "text": "Release day",
        "media": {"media_ids": ["1993000000000000001"]},
        "reply_settings": "mentionedUsers",
        "made_with_ai": True,
    }
    sent = script.requests[1]
    assert (sent.method, str(sent.url)) == ("POST", "https://api.x.com/2/tweets")
    assert sent.headers["authorization"] == "Bearer USER_TOKEN"
    assert sent.headers["content-type"] == "application/json"
    assert (post.id, post.text) == (ID, "Release day https://t.co/AbCdEf1234")
    assert post.url == f"https://x.com/i/web/status/{ID}"
    (window,) = [one for one in scripted.rate_limits() if one.limit_key == "POST /2/tweets"]
    assert (window.limit_key, window.limit, window.remaining) == ("POST /2/tweets", 100, 99)
    assert window.resets_at == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)


def test_every_option_has_its_field(script: Script, scripted: Twitter) -> None:
    """Each option is sent under Twitter's own name."""
    script.add(201, CREATED)
    options = TwitterOptions(
        reply_to="1",
        exclude_reply_users=("2",),
        quote="3",
        reply_settings="subscribers",
        community="4",
        share_with_followers=True,
        made_with_ai=True,
        paid_partnership=True,
        place="df51dec6f4ee2b2c",
        super_followers_only=True,
        promoted_only=True,
    )
    assert scripted.publish(Post("Hi", options=options)).parent == "1"
    assert script.sent() == {
        "text": "Hi",
        "reply": {"in_reply_to_tweet_id": "1", "exclude_reply_user_ids": ["2"]},
        "quote_tweet_id": "3",
        "reply_settings": "subscribers",
        "community_id": "4",
        "share_with_followers": True,
        "made_with_ai": True,
        "paid_partnership": True,
        "geo": {"place_id": "df51dec6f4ee2b2c"},
        "for_super_followers_only": True,
        "nullcast": True,
    }


def test_upload_is_multipart_with_the_category_and_nothing_else(
    script: Script, scripted: Twitter, picture: Callable[..., bytes]
) -> None:
    """An image goes up in one form with the two fields that the schema knows; its description follows as JSON."""
    script.add(200, upload())
    script.add(200, {"data": {"id": "1993000000000000001", "associated_metadata": {}}})
    script.add(201, CREATED)
    content = picture("PNG")
    scripted.publish(Post(media=[Image(content, alt="Three raincoats"), Image(content)]))
    uploaded, described, second, _ = script.requests
    assert str(uploaded.url) == str(second.url) == "https://api.x.com/2/media/upload"
    assert uploaded.headers["content-type"].startswith("multipart/form-data")
    assert uploaded.content.count(b"Content-Disposition") == 2
    assert b'name="media_category"\r\n\r\ntweet_image' in uploaded.content
    assert b'name="media"; filename="image"\r\nContent-Type: image/png\r\n\r\n' + content in uploaded.content
    assert str(described.url) == "https://api.x.com/2/media/metadata"
    assert script.sent(1) == {
        "id": "1993000000000000001",
        "metadata": {"alt_text": {"text": "Three raincoats"}},
    }


@pytest.mark.parametrize("edit_history", [{}, {"edit_history_tweet_ids": [""]}, {"edit_history_post_ids": [ID]}])
def test_edit_history_does_not_matter(script: Script, scripted: Twitter, edit_history: dict[str, JsonValue]) -> None:
    """The id of a new post is read whatever its answer's other vocabulary."""
    script.add(201, {"data": {"id": ID, "text": "Hi", **edit_history}, "errors": [{"title": "Something"}]})
    assert scripted.publish(Post("Hi")).id == ID


@pytest.mark.parametrize(
    "body",
    [None, "<html></html>", '{"data":{"id":"1993', {"data": {"text": "Hi"}}, {"data": {"id": ""}}, {"errors": []}],
)
def test_an_unreadable_success_is_unknown(script: Script, scripted: Twitter, body: JsonValue) -> None:
    """A 2xx without an id says that the post may be live, and it is not sent again."""
    script.add(201, body)
    with pytest.raises(OutcomeUnknown):
        scripted.publish(Post("Hi"))
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_on_create_is_unknown(script: Script, scripted: Twitter, status: int) -> None:
    """A 5xx on the visible request may have come after the effect: never repeated."""
    script.add(status, plain(status, "Error", "Error"))
    with pytest.raises(OutcomeUnknown):
        scripted.publish(Post("Hi"))
    assert len(script.requests) == 1


def test_a_server_error_on_upload_is_tried_again(
    script: Script, scripted: Twitter, picture: Callable[..., bytes]
) -> None:
    """Nobody sees an upload, so it is repeated; the post is sent once."""
    script.add(503)
    script.add(200, upload())
    script.add(201, CREATED)
    scripted.publish(Post(media=[Image(picture())]))
    assert [request.url.path for request in script.requests] == ["/2/media/upload"] * 2 + ["/2/tweets"]


def test_an_image_in_processing_is_waited_for(
    script: Script, scripted: Twitter, clock: TestClock, picture: Callable[..., bytes]
) -> None:
    """Only an upload whose answer tells of processing is asked for again, as often as Twitter says."""
    script.add(200, upload(processing_info={"state": "pending", "check_after_secs": 3}))
    script.add(200, upload(processing_info={"state": "in_progress"}))
    script.add(200, upload(processing_info={"state": "succeeded", "progress_percent": 100}))
    script.add(201, CREATED)
    scripted.publish(Post(media=[Image(picture())]))
    assert clock.slept == [3, 1]
    assert dict(script.requests[1].url.params) == {"command": "STATUS", "media_id": "1993000000000000001"}


@pytest.mark.parametrize(
    "info",
    [
        {"state": "failed", "error": {"code": 1, "name": "InvalidMedia", "message": "Unsupported format"}},
        {"state": "in_progress", "error": {"code": 1, "name": "InvalidMedia", "message": "Unsupported format"}},
    ],
)
def test_failed_processing(
    script: Script, scripted: Twitter, picture: Callable[..., bytes], info: dict[str, JsonValue]
) -> None:
    """Processing that failed is told with Twitter's reason, and nothing is posted."""
    script.add(200, upload(processing_info=info))
    with pytest.raises(MediaRejected, match="Unsupported format"):
        scripted.publish(Post(media=[Image(picture())]))
    assert len(script.requests) == 1


def test_endless_processing(script: Script, scripted: Twitter, picture: Callable[..., bytes]) -> None:
    """Waiting ends at some time, with an error that says that nothing was posted."""
    script.add(200, upload(processing_info={"state": "pending", "check_after_secs": 30}))
    with pytest.raises(MediaNotReady):
        scripted.publish(Post(media=[Image(picture())]))
    assert len(script.requests) == 5


# ── deleting ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_delete(script: Script, scripted: Twitter) -> None:
    """R2: a deletion that Twitter confirms, with a body or without."""
    script.add(200, {"data": {"deleted": True}})
    script.add(204)
    scripted.delete(ID)
    scripted.delete(ID)
    assert {(one.method, one.url.path) for one in script.requests} == {("DELETE", f"/2/tweets/{ID}")}


def test_delete_that_is_not_confirmed(script: Script, scripted: Twitter) -> None:
    """An answer that does not confirm is not taken for success."""
    script.add(200, {"data": {"deleted": False}})
    with pytest.raises(OutcomeUnknown):
        scripted.delete(ID)


def test_delete_of_what_is_gone(script: Script, scripted: Twitter) -> None:
    """A 200 with nothing but a problem is that problem, and leaves nothing open."""
    script.add(200, {"errors": [problem("resource-not-found", "Not Found Error", "Could not find tweet")]})
    with pytest.raises(NotFound, match="Could not find"):
        scripted.delete(ID)


def test_delete_of_what_is_no_id(script: Script, scripted: Twitter) -> None:
    """Text that cannot be an id never becomes part of an address."""
    with pytest.raises(ValidationError):
        scripted.delete("../users/me")
    assert script.requests == []


# ── other hosts ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_token_goes_to_twitter_alone(script: Script, clock: TestClock) -> None:
    """With a base address of the caller's, everything goes there."""
    script.add(201, CREATED)
    base = "https://proxy.example/twitter"
    with Twitter(token="USER_TOKEN", base_url=base, clock=clock, http_client=script.client()) as twitter:
        twitter.publish(Post("Hi"))
    assert script.requests[0].url == httpx.URL("https://proxy.example/twitter/2/tweets")


def test_rules_by_path_hold_behind_a_proxy(script: Script, clock: TestClock) -> None:
    """What an old path means does not depend on what stands before it."""
    script.add(404)
    base = "https://proxy.example/twitter"
    network = Twitter(token="USER_TOKEN", base_url=base, clock=clock, http_client=script.client())
    with network, pytest.raises(Exception, match="404") as caught:
        network.request("GET", "/2/insights/other")
    assert type(caught.value).__name__ == "ApiRetired"
