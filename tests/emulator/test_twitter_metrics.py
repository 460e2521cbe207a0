"""Counts on the Twitter emulator: who sees which, when, under which name, and how they grew."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.twitter_calls import USER, client, posted, uploaded

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.samples import sample_video

FIELDS = {"tweet.fields": "public_metrics,non_public_metrics,organic_metrics,promoted_metrics"}


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


def test_promoted_counts_are_told_apart(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """All counts are public; organic ones are those less what was paid for; promoted ones are there if promoted."""
    post = posted(api)
    twitter.set_metrics(post, public={"impression_count": 100, "like_count": 9}, private={"url_link_clicks": 5})
    body = api.get("/2/tweets", params={"ids": post, **FIELDS}).json()
    assert {one["field"].partition(".")[0] for one in body["errors"]} == {"promoted_metrics"}
    twitter.set_metrics(post, promoted={"impression_count": 40, "like_count": 2})
    (seen,) = api.get("/2/tweets", params={"ids": post, **FIELDS}).json()["data"]
    assert seen["public_metrics"]["impression_count"] == 100
    assert (seen["promoted_metrics"]["impression_count"], seen["organic_metrics"]["impression_count"]) == (40, 60)
    assert (seen["organic_metrics"]["like_count"], seen["organic_metrics"]["url_link_clicks"]) == (7, 5)
    assert seen["non_public_metrics"] == {
        "impression_count": 100,
        "url_link_clicks": 5,
        "user_profile_clicks": 0,
        "engagements": 0,
    }


def test_private_counts_are_the_authors_for_a_month(
    api: httpx.Client, twitter: TwitterEmulator, clock: TestClock
) -> None:
    """After 30 days the author sees them no more, one error for each; of a single post the error names `id`."""
    post = posted(api)
    clock.advance(days=29, hours=23)
    query = {"tweet.fields": "non_public_metrics"}
    assert "errors" not in api.get(f"/2/tweets/{post}", params=query).json()
    clock.advance(hours=1)
    body = api.get(f"/2/tweets/{post}", params=query).json()
    assert "non_public_metrics" not in body["data"]
    assert body["errors"][0] == {
        "resource_type": "tweet",
        "field": "non_public_metrics.impression_count",
        "parameter": "id",
        "resource_id": post,
        "title": "Field Authorization Error",
        "section": "data",
        "detail": "Sorry, you are not authorized to access 'non_public_metrics.impression_count' on the Tweet with "
        f"id : [{post}].",
        "value": post,
        "type": "https://api.twitter.com/2/problems/not-authorized-for-field",
    }


def test_the_app_alone_sees_no_private_counts(twitter: TwitterEmulator, api: httpx.Client) -> None:
    """The app's own token may not ask for them at all."""
    post = posted(api)
    with client(twitter, twitter.app_token()) as app:
        assert app.get("/2/tweets", params={"ids": post, "tweet.fields": "public_metrics"}).status_code == 200
        assert app.get("/2/tweets", params={"ids": post, **FIELDS}).status_code == 403


def test_counts_lag(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """What was counted can be read once the lag is over."""
    twitter.settings.metrics_lag = 300
    post = posted(api)
    clock.advance(600)
    twitter.set_numbers(post, views=50, clicks=3)

    def read() -> tuple[int, int]:
        query = {"tweet.fields": "public_metrics,non_public_metrics"}
        data = api.get(f"/2/tweets/{post}", params=query).json()["data"]
        return data["public_metrics"]["impression_count"], data["non_public_metrics"]["url_link_clicks"]

    assert read() == (0, 0)
    clock.advance(300)
    assert read() == (50, 3)


def test_what_others_do_is_counted(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Replies and reposts on the emulator count, until a test sets another number."""
    post = posted(api, "hello @brand")
    twitter.publish_as("12", "indeed", reply_to=post)
    api.post(f"/2/users/{USER}/retweets", json={"tweet_id": post})

    def public() -> dict[str, int]:
        data: dict[str, int] = api.get(f"/2/tweets/{post}", params={"tweet.fields": "public_metrics"}).json()["data"][
            "public_metrics"
        ]
        return data

    assert (public()["reply_count"], public()["retweet_count"]) == (1, 1)
    twitter.set_numbers(post, comments=7)
    assert public()["reply_count"] == 7


def test_each_vocabulary_is_answered_in_its_own(api: httpx.Client) -> None:
    """A client that asks in the new names gets them throughout, one that asks in the old ones those."""
    parent = posted(api)
    post = posted(api, "two", reply={"in_reply_to_tweet_id": parent})
    old = {
        "tweet.fields": "public_metrics,referenced_tweets,edit_history_tweet_ids,author_id",
        "expansions": "referenced_tweets.id,author_id",
        "user.fields": "public_metrics,most_recent_tweet_id",
    }
    body = api.get("/2/tweets", params={"ids": f"{post},1", **old}).json()
    assert body["data"][0]["edit_history_tweet_ids"] == [post]
    assert "retweet_count" in body["data"][0]["public_metrics"]
    assert body["data"][0]["referenced_tweets"] == [{"type": "replied_to", "id": parent}]
    assert [one["id"] for one in body["includes"]["tweets"]] == [parent]
    assert body["includes"]["users"][0]["public_metrics"]["tweet_count"] == 2
    assert body["includes"]["users"][0]["most_recent_tweet_id"] == post
    assert body["errors"][0]["type"].startswith("https://api.twitter.com/")

    new = {"post.fields": "public_metrics", "expansions": "referenced_posts,author_id", "user.fields": "public_metrics"}
    answer = api.get("/2/tweets", params={"ids": f"{post},1", **new})
    body = answer.json()
    assert answer.headers["api-version"] == "2.167"
    assert body["data"][0]["edit_history_post_ids"] == [post]
    assert "repost_count" in body["data"][0]["public_metrics"]
    assert (body["data"][0]["author_id"], body["data"][0]["referenced_posts"][0]["id"]) == (USER, parent)
    assert [one["id"] for one in body["includes"]["posts"]] == [parent]
    assert body["includes"]["users"][0]["public_metrics"]["post_count"] == 2
    assert body["errors"][0]["type"].startswith("https://api.x.com/")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"post.fields": "author_id"}, "post.fields"),
        ({"post.fields": "public_metrics", "tweet.fields": "public_metrics"}, "tweet.fields"),
        ({"post.fields": "public_metrics", "expansions": "referenced_tweets.id"}, "expansions"),
        ({"post.fields": "public_metrics", "user.fields": "pinned_tweet_id"}, "user.fields"),
    ],
)
def test_the_vocabularies_do_not_mix(api: httpx.Client, query: dict[str, str], parameter: str) -> None:
    """A value that the other vocabulary has is refused in the flat form of the new one."""
    answer = api.get("/2/tweets", params={"ids": "1", **query})
    body = answer.json()
    assert (answer.status_code, body["parameter"], body["title"]) == (400, parameter, "Invalid Request")
    assert body["type"] == "https://api.x.com/2/problems/invalid-request"


# ── analytics ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_analytics_tell_what_was_gained_each_day(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """Each step has what was added in it, the total all of it, and only the fields that were asked for."""
    post = posted(api)
    twitter.set_metrics(post, public={"impression_count": 10, "like_count": 1}, analytics={"follows": 2})
    clock.advance(days=1)
    twitter.set_metrics(post, public={"impression_count": 25, "like_count": 1}, private={"url_link_clicks": 4})
    clock.advance(days=1)
    span = {"start_time": "2026-11-24T00:00:00Z", "end_time": "2026-11-26T00:00:00Z"}
    fields = {"analytics.fields": "impressions,url_clicks,follows"}
    daily = api.get("/2/tweets/analytics", params={"ids": post, "granularity": "daily", **span, **fields})
    assert daily.json() == {
        "data": [
            {
                "id": post,
                "timestamped_metrics": [
                    {
                        "timestamp": "2026-11-24T00:00:00Z",
                        "metrics": {"impressions": 10, "url_clicks": 0, "follows": 2},
                    },
                    {
                        "timestamp": "2026-11-25T00:00:00Z",
                        "metrics": {"impressions": 15, "url_clicks": 4, "follows": 0},
                    },
                ],
            }
        ]
    }
    (whole,) = api.get("/2/tweets/analytics", params={"ids": post, **span}).json()["data"][0]["timestamped_metrics"]
    assert (whole["metrics"]["impressions"], whole["metrics"]["likes"], len(whole["metrics"])) == (25, 1, 20)


def test_analytics_are_the_authors(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Others' posts and missing ones come as errors; the app alone, and a time that is wrong, are refused."""
    other = twitter.publish_as("12", "hello")
    span = {"start_time": "2026-11-24T00:00:00Z", "end_time": "2026-11-26T00:00:00Z"}
    body = api.get("/2/tweets/analytics", params={"ids": f"{other},1", **span}).json()
    assert [one["type"].rpartition("/")[2] for one in body["errors"]] == [
        "not-authorized-for-resource",
        "resource-not-found",
    ]
    assert "data" not in body
    for wrong in (
        {"ids": "1", "start_time": "2026-11-24T00:00:00Z"},
        {"ids": "1", "start_time": "2026-11-26T00:00:00Z", "end_time": "2026-11-24T00:00:00Z"},
        {"ids": "1", **span, "granularity": "monthly"},
        {"ids": "1", **span, "analytics.fields": "money"},
        span,
    ):
        assert api.get("/2/tweets/analytics", params=wrong).status_code == 400
    with client(twitter, twitter.app_token()) as app:
        assert app.get("/2/tweets/analytics", params={"ids": "1", **span}).status_code == 403


def test_media_analytics_and_counts(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """A video's plays are told by day; its private counts stand with its post."""
    media = uploaded(api, sample_video(5, width=720, height=720))
    clock.advance(3)
    post = posted(api, media={"media_ids": [media]})
    twitter.set_media_metrics(media, public={"view_count": 9}, private={"playback_0_count": 8, "playback_50_count": 3})
    query = {
        "expansions": "attachments.media_keys",
        "media.fields": "public_metrics,non_public_metrics,organic_metrics,promoted_metrics",
    }
    (seen,) = api.get(f"/2/tweets/{post}", params=query).json()["includes"]["media"]
    assert seen["public_metrics"] == {"view_count": 9}
    assert seen["non_public_metrics"]["playback_50_count"] == 3
    assert seen["organic_metrics"]["view_count"] == 9
    assert "promoted_metrics" not in seen
    span = {"start_time": "2026-11-24T00:00:00Z", "end_time": "2026-11-25T00:00:00Z"}
    fields = {"media_analytics.fields": "video_views,playback_start,playback50"}
    answer = api.get("/2/media/analytics", params={"media_keys": f"7_{media},7_1", **span, **fields}).json()
    assert answer["data"] == [
        {
            "media_key": f"7_{media}",
            "timestamped_metrics": [
                {
                    "timestamp": "2026-11-24T00:00:00Z",
                    "metrics": {"video_views": 9, "playback_start": 8, "playback50": 3},
                }
            ],
        }
    ]
    assert answer["errors"][0]["resource_id"] == "7_1"


def test_insights_went_with_the_older_spec(api: httpx.Client, twitter: TwitterEmulator, clock: TestClock) -> None:
    """The insights endpoints answer before they ended, and are an empty 404 after."""
    clock.set("2026-07-01T09:00:00+00:00")
    post = posted(api)
    twitter.set_numbers(post, views=12, likes=3)
    query = {"tweet_ids": post, "granularity": "Total", "requested_metrics": "Impressions,Likes"}
    answer = api.get("/2/insights/28hr", params=query)
    assert answer.json()["data"][0]["measurement"]["metrics_total"] == [
        {
            "tweet_id": post,
            "value": [
                {"metric_type": "Impressions", "metric_value": 12},
                {"metric_type": "Likes", "metric_value": 3},
            ],
        }
    ]
    span = {"start_time": "2026-07-01T00:00:00Z", "end_time": "2026-07-02T00:00:00Z", "granularity": "Daily"}
    measured = api.get("/2/insights/historical", params={**query, **span}).json()["data"][0]["measurement"]
    assert measured["metrics_time_series"][0]["value"]["timestamp"] == {"iso8601_time": "2026-07-01T00:00:00Z"}
    clock.set("2026-11-24")
    gone = api.get("/2/insights/28hr", params=query)
    assert (gone.status_code, gone.content) == (404, b"")
