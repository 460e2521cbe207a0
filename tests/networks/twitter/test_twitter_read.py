"""Reading posts and their numbers, by the literal examples of Twitter's documentation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.twitter.refusals import E1, invalid, problem

from socialconnect.errors import (
    NotFound,
    PermissionDenied,
    RejectedError,
    TokenExpired,
    UnavailableError,
    ValidationError,
)
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.options import TwitterOptions
from socialconnect.post import Post, PublishedPost
from socialconnect.testing.clock import TestClock
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"
MISSING = "1993000000000000999"
E14: JsonValue = {
    "data": [{"id": ID, "text": "Release day"}],
    "errors": [
        {
            "resource_type": "tweet",
            "field": "non_public_metrics.impression_count",
            "parameter": "ids",
            "resource_id": ID,
            "title": "Field Authorization Error",
            "section": "data",
            "detail": f"Sorry, you are not authorized to access 'non_public_metrics.impression_count' on the Tweet with"
            f" ids : [{ID}].",
            "value": ID,
            "type": "https://api.twitter.com/2/problems/not-authorized-for-field",
        }
    ],
}


# ── reading posts ─────────────────────────────────────────────────────────────────────────────────────────────────


def timeline(*tweets: JsonValue, next_token: str | None = None) -> JsonValue:
    """Give a page of a timeline."""
    meta: dict[str, JsonValue] = {"result_count": len(tweets), **({"next_token": next_token} if next_token else {})}
    return {"data": list(tweets), "meta": meta} if tweets else {"meta": meta}


def tweet(number: int) -> JsonValue:
    """Give a post as it is read back, with as little as it may have."""
    return {"id": str(number), "text": "x"}


def test_timeline(script: Script, scripted: Twitter) -> None:
    """R6: the posts come with Twitter's short addresses undone and its own media address taken away."""
    tweet: JsonValue = {
        "id": ID,
        "text": "Rain &amp; sun https://t.co/AbCdEf1234 https://t.co/media00000",
        "created_at": "2026-11-24T09:00:00.000Z",
        "edit_history_tweet_ids": [ID],
        "attachments": {"media_keys": ["3_1"]},
        "referenced_tweets": [{"type": "quoted", "id": "1"}, {"type": "replied_to", "id": "2"}],
        "entities": {
            "urls": [
                {"url": "https://t.co/AbCdEf1234", "expanded_url": "https://example.com/?a=1&b=2"},
                {
                    "url": "https://t.co/media00000",
                    "expanded_url": f"https://x.com/brand/status/{ID}/photo/1",
                    "media_key": "3_1",
                },
            ]
        },
    }
    script.add(200, timeline(tweet))
    (post,) = scripted.posts(since=datetime(2026, 11, 24, 8, tzinfo=UTC), limit=50)
    assert (post.id, post.text) == (ID, "Rain & sun https://example.com/?a=1&b=2")
    assert (post.created_at, post.media_count, post.parent) == (datetime(2026, 11, 24, 9, tzinfo=UTC), 1, "2")
    sent = script.requests[0]
    assert sent.url.path == "/2/users/2244994945/tweets"
    assert dict(sent.url.params) == {
        "exclude": "retweets",
        "max_results": "50",
        "start_time": "2026-11-24T08:00:00Z",
        "tweet.fields": "attachments,created_at,entities,referenced_tweets",
    }


@pytest.mark.parametrize("note", ["note_tweet", "note_post"])
def test_long_posts_come_whole(script: Script, scripted: Twitter, note: str) -> None:
    """The whole text of a long post is read, in either vocabulary."""
    script.add(200, timeline({"id": ID, "text": "cut…", note: {"text": "cut no more"}}))
    assert scripted.posts()[0].text == "cut no more"


def test_new_vocabulary_on_reading(script: Script, scripted: Twitter) -> None:
    """The reply parent is found under its new name as well."""
    script.add(200, timeline({"id": ID, "text": "Hi", "referenced_posts": [{"type": "replied_to", "id": "2"}]}))
    assert scripted.posts()[0].parent == "2"


def test_parents_are_asked_for_in_either_vocabulary(script: Script, scripted: Twitter) -> None:
    """Where fields have their newer name the parent has none: it is expanded; and that is kept for the next call."""
    message = "The query parameter [tweet.fields] is not one of [post.fields,expansions]"
    script.add(400, invalid(message, {"tweet.fields": ["created_at"]}))
    script.add(200, timeline())
    scripted.posts()
    scripted.posts()
    for request in script.requests[1:]:
        assert request.url.params["post.fields"] == "attachments,created_at,entities"
        assert request.url.params["expansions"] == "referenced_posts"
        assert "tweet.fields" not in request.url.params


def test_a_server_between_the_vocabularies(script: Script, scripted: Twitter) -> None:
    """Where the old name is taken with the new values alone, the posts come without what only one of them has."""
    script.add(400, invalid("The `tweet.fields` query parameter value [referenced_tweets] is not one of [created_at]"))
    script.add(400, invalid("The query parameter [post.fields] is not one of [tweet.fields]"))
    script.add(200, timeline(tweet(1)))
    assert [one.id for one in scripted.posts()] == ["1"]
    assert script.requests[2].url.params["tweet.fields"] == "attachments,created_at,entities"


def test_long_posts_are_asked_for_whole(script: Script, clock: TestClock) -> None:
    """An account with Premium reads the whole text of its long posts."""
    script.add(200, timeline())
    network = Twitter(token="USER_TOKEN", user_id="1", premium=True, clock=clock, http_client=script.client())
    with network:
        network.posts()
    assert "note_tweet" in script.requests[0].url.params["tweet.fields"].split(",")


def test_paging_goes_on_until_there_is_enough(script: Script, scripted: Twitter) -> None:
    """Pages follow each other by token, and no request more is sent than is needed."""
    script.add(200, timeline(*(tweet(n) for n in range(100)), next_token="p2"))
    script.add(200, timeline(*(tweet(n) for n in range(100, 200)), next_token="p3"))
    assert [post.id for post in scripted.posts(limit=150)] == [str(n) for n in range(150)]
    assert [one.url.params.get("pagination_token") for one in script.requests] == [None, "p2"]


def test_an_empty_timeline(script: Script, scripted: Twitter) -> None:
    """A page without data is an empty list."""
    script.add(200, timeline())
    assert scripted.posts() == []


def test_fractions_of_a_second_count(script: Script, scripted: Twitter) -> None:
    """Twitter's parameter knows whole seconds only; the rest is left out here."""
    tweets: list[JsonValue] = [
        {"id": "2", "text": "after", "created_at": "2026-11-24T09:00:00.700Z"},
        {"id": "1", "text": "before", "created_at": "2026-11-24T09:00:00.300Z"},
    ]
    script.add(200, timeline(*tweets))
    found = scripted.posts(since=datetime(2026, 11, 24, 9, 0, 0, 500_000, tzinfo=UTC))
    assert [post.id for post in found] == ["2"]


def test_the_account_is_asked_for_once(script: Script, clock: TestClock) -> None:
    """Without a user id Twitter is asked whose token it is, when that is needed, once."""
    script.add(200, {"data": {"id": "2244994945", "name": "Brand", "username": "brand"}})
    script.add(200, timeline())
    with Twitter(token="USER_TOKEN", clock=clock, http_client=script.client()) as twitter:
        assert twitter.account == "me"
        twitter.posts()
        twitter.posts()
    assert [one.url.path for one in script.requests] == ["/2/users/me"] + ["/2/users/2244994945/tweets"] * 2


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"errors": [problem("resource-not-found", "Not Found Error", "No such user.")]}, NotFound),
        ({"errors": [problem("not-authorized-for-resource", "Authorization Error", "No.")]}, PermissionDenied),
        ({}, NotFound),
    ],
)
def test_a_success_that_holds_only_an_error(
    script: Script, clock: TestClock, body: JsonValue, error: type[Exception]
) -> None:
    """A 200 without data is the error that it tells."""
    script.add(200, body)
    with Twitter(token="USER_TOKEN", clock=clock, http_client=script.client()) as twitter, pytest.raises(error):
        twitter.posts()


# ── metrics ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_metrics_with_a_partial_error(script: Script, scripted: Twitter) -> None:
    """R4: one post's numbers, and the other's error; a missing post costs only itself."""
    counts: JsonValue = {
        "retweet_count": 3,
        "reply_count": 1,
        "like_count": 25,
        "quote_count": 0,
        "bookmark_count": 2,
        "impression_count": 1480,
    }
    missing = problem(
        "resource-not-found",
        "Not Found Error",
        f"Could not find tweet with ids: [{MISSING}].",
        value=MISSING,
        resource_type="tweet",
        parameter="ids",
        resource_id=MISSING,
    )
    script.add(200, {"data": [{"id": ID, "text": "Release day", "public_metrics": counts}], "errors": [missing]})
    report = scripted.fetch_metrics([ID, MISSING])
    metrics = report[ID]
    assert (metrics.views, metrics.likes, metrics.comments, metrics.shares, metrics.saves) == (1480, 25, 1, 3, 2)
    assert (metrics.reach, metrics.clicks, metrics.engagements) == (None, None, None)
    assert metrics.values["quote_count"].value == 0
    with pytest.raises(NotFound, match="Could not find"):
        report[MISSING]
    assert dict(script.requests[0].url.params) == {"ids": f"{ID},{MISSING}", "tweet.fields": "public_metrics"}


def test_metrics_in_the_new_vocabulary(script: Script, scripted: Twitter) -> None:
    """Reposts are read under either name, and kept under the name that came."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"repost_count": 7}}]})
    metrics = scripted.fetch_metrics([ID])[ID]
    assert metrics.shares == 7
    assert list(metrics.values) == ["repost_count"]
    assert metrics.likes is None


def test_a_refused_field_costs_only_itself(script: Script, scripted: Twitter) -> None:
    """E14: a field that may not be read is unavailable, with Twitter's reason."""
    script.add(200, E14)
    metrics = scripted.fetch_metrics([ID])[ID]
    assert "not authorized" in metrics.unavailable["non_public_metrics.impression_count"].reason
    assert "public_metrics" in metrics.unavailable
    assert metrics.views is None


def test_the_other_name_of_the_fields_parameter(script: Script, scripted: Twitter) -> None:
    """E16: where Twitter does not know one name, the other is used, and kept for the next call."""
    message = "The query parameter [tweet.fields] is not one of [ids,expansions,post.fields]"
    script.add(400, invalid(message, {"tweet.fields": ["public_metrics"]}))
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"repost_count": 7}}]})
    scripted.fetch_metrics([ID])
    scripted.fetch_metrics([ID])
    asked = [next(name for name in one.url.params if name.endswith(".fields")) for one in script.requests]
    assert asked == ["tweet.fields", "post.fields", "post.fields"]


def test_another_invalid_request_is_not_tried_by_the_other_name(script: Script, scripted: Twitter) -> None:
    """A 400 about anything else is told at once."""
    script.add(400, invalid("The `ids` query parameter value is not valid", {"ids": ["x"]}))
    with pytest.raises(RejectedError, match="ids"):
        scripted.fetch_metrics([ID])
    assert len(script.requests) == 1


def test_batches_of_a_hundred(script: Script, scripted: Twitter) -> None:
    """No request more is sent than the batch limit needs, and each post is asked for once."""
    script.add(200, {})
    scripted.fetch_metrics([str(n) for n in range(1, 251)] + ["1"])
    assert [len(one.url.params["ids"].split(",")) for one in script.requests] == [100, 100, 50]


def test_a_batch_that_fails_costs_no_other(script: Script, clock: TestClock) -> None:
    """Posts of a batch that failed carry its error, the others their numbers."""
    script.add(200, {"data": [{"id": "1", "text": "x", "public_metrics": {"like_count": 1}}]})
    script.add(503)
    script.add(200, {"data": [{"id": "201", "text": "x", "public_metrics": {"like_count": 2}}]})
    retry = RetryPolicy(attempts=1)
    with Twitter(token="USER_TOKEN", clock=clock, retry=retry, http_client=script.client()) as twitter:
        report = twitter.fetch_metrics([str(n) for n in range(1, 202)])
    assert (report["1"].likes, report["201"].likes) == (1, 2)
    assert isinstance(report.errors["101"], UnavailableError)
    assert isinstance(report.errors["2"], NotFound)


def test_a_closed_door_is_not_knocked_on_for_each_batch(script: Script, scripted: Twitter) -> None:
    """An error that the next batch would meet as well is raised after one request."""
    script.add(401, E1)
    with pytest.raises(TokenExpired):
        scripted.fetch_metrics([str(n) for n in range(1, 1001)])
    assert len(script.requests) == 1


def test_what_is_no_id_costs_no_batch(script: Script, scripted: Twitter) -> None:
    """A text that cannot be an id is told for itself; Twitter would refuse the whole batch for it."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"like_count": 1}}]})
    report = scripted.fetch_metrics([ID, "urn:li:share:1"])
    assert report[ID].likes == 1
    assert isinstance(report.errors["urn:li:share:1"], ValidationError)
    assert script.requests[0].url.params["ids"] == ID


def test_an_error_about_no_post_is_about_all_that_are_missing(script: Script, scripted: Twitter) -> None:
    """A problem that names no post stands for each post that did not come."""
    script.add(200, {"errors": [problem("internal-error", "Internal", "Something broke.")]})
    with pytest.raises(RejectedError, match="Something broke"):
        scripted.fetch_metrics([ID])[ID]


# ── finding a post again ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("post", "text", "same"),
    [
        (Post("Hi"), "Hi", True),
        (Post("Hi "), "Hi", True),
        (Post("Hi\n\nyou"), "Hi\n\nyou", True),
        (Post("Hi"), "Hi you", False),
        (Post("Read", link="https://example.com/a"), "Read https://example.com/a", True),
        (Post("Read", link="https://example.com/a"), "Read", False),
        (Post("at example.com now"), "at http://example.com now", True),
        (Post("at example.com now"), "at http://example.org now", False),
        (Post("at https://example.com/ now"), "at https://example.com now", True),
        (Post("caf\u0065\u0301"), "café", True),
        (Post("Look", options=TwitterOptions(quote="7")), "Look https://x.com/brand/status/7", True),
        (Post("Look", options=TwitterOptions(quote="7")), "Look https://x.com/brand/status/8", False),
        (Post("Yes", options=TwitterOptions(reply_to="5")), "Yes", True),
        (Post("Yes", options=TwitterOptions(reply_to="6")), "Yes", False),
    ],
)
def test_a_post_is_known_again(twitter: Twitter, post: Post, text: str, same: bool) -> None:
    """A post that was read back is known by its text with Twitter's changes undone, its media, and what it answers."""
    answers = any(isinstance(one, TwitterOptions) and one.reply_to for one in post.options)
    parent = "5" if answers else None
    found = PublishedPost(network="twitter", account="1", id="1", text=text, media_count=0, parent=parent)
    adapter = twitter.operations.adapter
    assert adapter.resembles(post, found) is same
    assert adapter.resembles(post, found.model_copy(update={"parent": None if answers else "5"})) is False
    assert adapter.resembles(post, found.model_copy(update={"media_count": 1})) is False
    assert adapter.resembles(post, found.model_copy(update={"text": None})) is False


def test_what_is_read_back_is_what_was_posted(twitter: Twitter) -> None:
    """Every kind of text is known again after Twitter has had it."""
    posts = [
        Post("at example.com & <here>"),
        Post("Read", link="https://example.com/?a=1&b=2"),
        Post("日本語 https://example.com"),
    ]
    for post in posts:
        twitter.publish(post)
    adapter = twitter.operations.adapter
    back = list(reversed(twitter.posts()))
    assert [[adapter.resembles(post, one) for one in back] for post in posts] == [
        [one == other for other in range(3)] for one in range(3)
    ]
