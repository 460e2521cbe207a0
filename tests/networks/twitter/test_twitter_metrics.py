"""Numbers asked for by name: public and private ones, those of media, analytics, and the account's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.meta.either_face import done
from tests.networks.twitter.refusals import E4, plain, problem

from socialconnect.errors import ApiPaywalled, NotFound, RejectedError, UnsupportedFeature
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.media import Video
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.networks.twitter.metric_names import questions
from socialconnect.post import Post
from socialconnect.testing import TestClock, sample_video
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"
OTHER = "1993000000000000102"
KEY = "7_1993000000000000001"


def not_authorized(field: str, post_id: str = ID) -> JsonValue:
    """Give E14's error for one field of one post."""
    detail = f"Sorry, you are not authorized to access '{field}' on the Tweet with ids : [{post_id}]."
    more: dict[str, JsonValue] = {"field": field, "resource_id": post_id, "value": post_id, "resource_type": "tweet"}
    return problem("not-authorized-for-field", "Field Authorization Error", detail, **more)


def test_public_and_private_in_requests_of_their_own(script: Script, scripted: Twitter) -> None:
    """What everybody may see is not asked for together with what only the author may."""
    public: JsonValue = {"like_count": 25, "impression_count": 1480, "reply_count": 1}
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": public}]})
    private: JsonValue = {"url_link_clicks": 7, "engagements": 40}
    script.add(200, {"data": [{"id": ID, "text": "x", "non_public_metrics": private}]})
    names = ["like_count", "impression_count", "non_public_metrics.url_link_clicks", "non_public_metrics.engagements"]
    metrics = scripted.fetch_metrics([ID], names=names)[ID]
    assert [one.url.params["tweet.fields"] for one in script.requests] == ["public_metrics", "non_public_metrics"]
    assert (metrics.views, metrics.likes, metrics.clicks, metrics.engagements) == (1480, 25, 7, 40)
    assert metrics.comments is None  # it came, and was not asked for
    assert set(metrics.values) == set(names)
    assert metrics.unavailable == {}


def test_private_numbers_that_may_not_be_read(script: Script, scripted: Twitter) -> None:
    """E14: each refused field is told with the rule behind it, and the other post's numbers come."""
    fields = ["non_public_metrics.impression_count", "non_public_metrics.engagements"]
    script.add(
        200,
        {
            "data": [
                {"id": ID, "text": "x"},
                {"id": OTHER, "text": "y", "non_public_metrics": {"impression_count": 5, "engagements": 0}},
            ],
            "errors": [not_authorized(one) for one in fields],
        },
    )
    report = scripted.fetch_metrics([ID, OTHER], names=["non_public_metrics"])
    assert set(report[ID].unavailable) == set(fields)
    assert "30 days" in report[ID].unavailable[fields[0]].reason
    assert report[ID].views is None
    assert (report[OTHER].views, report[OTHER].engagements) == (5, 0)
    assert report[OTHER].unavailable == {}


@pytest.mark.parametrize("name", ["retweet_count", "repost_count", "public_metrics.repost_count"])
@pytest.mark.parametrize("came", ["retweet_count", "repost_count"])
def test_either_name_finds_either(script: Script, scripted: Twitter, name: str, came: str) -> None:
    """A renamed number is found by its old name and its new one, whichever the server uses."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {came: 3, "like_count": 1}}]})
    metrics = scripted.fetch_metrics([ID], names=[name])[ID]
    assert metrics.shares == 3
    assert set(metrics.values) == {came}
    assert metrics.unavailable == {}


def test_unknown_names_are_not_sent(script: Script, scripted: Twitter) -> None:
    """A name that Twitter does not have would sink the whole request: it is told and left out."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"like_count": 1}}]})
    names = ["like_count", "reach", "organic_metrics.nonsense", "analytics.yearly.likes", "media.like_count"]
    metrics = scripted.fetch_metrics([ID], names=names)[ID]
    assert metrics.likes == 1
    assert set(metrics.unavailable) == set(names[1:])
    assert len(script.requests) == 1


def test_only_unknown_names_cost_no_request(script: Script, scripted: Twitter) -> None:
    """Nothing is asked, and billed, where nothing can come."""
    assert set(scripted.fetch_metrics([ID], names=["reach"])[ID].unavailable) == {"reach"}
    assert script.requests == []


def test_numbers_of_media(script: Script, scripted: Twitter) -> None:
    """The media's numbers come by expanding them, one for each medium."""
    script.add(
        200,
        {
            "data": [{"id": ID, "text": "x", "attachments": {"media_keys": [KEY]}}],
            "includes": {"media": [{"media_key": KEY, "type": "video", "public_metrics": {"view_count": 12}}]},
        },
    )
    name = "media.public_metrics.view_count"
    value = scripted.fetch_metrics([ID], names=[name])[ID].values[name]
    assert (value.value, value.dimensions) == ({KEY: 12}, ("media_key",))
    params = script.requests[0].url.params
    assert (params["expansions"], params["media.fields"]) == ("attachments.media_keys", "media_key,public_metrics")


def test_analytics_in_total(script: Script, scripted: Twitter) -> None:
    """Analytics say how the time is cut and which days they cover."""
    counts: JsonValue = {"timestamp": "2026-11-01T00:00:00Z", "metrics": {"impressions": 90, "likes": None}}
    script.add(200, {"data": [{"id": ID, "timestamped_metrics": [counts]}], "errors": []})
    metrics = scripted.fetch_metrics([ID], names=["analytics.impressions", "analytics.likes"])[ID]
    value = metrics.values["analytics.impressions"]
    assert (value.value, value.period, value.until) == (90, "30 days", datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert set(metrics.unavailable) == {"analytics.likes"}
    assert script.requests[0].url.path == "/2/tweets/analytics"
    assert dict(script.requests[0].url.params) == {
        "ids": ID,
        "analytics.fields": "impressions,likes",
        "start_time": "2026-10-25T09:00:00Z",
        "end_time": "2026-11-24T09:00:00Z",
        "granularity": "total",
    }


def test_analytics_by_day(script: Script, scripted: Twitter) -> None:
    """A series is one number for each beginning of a day."""
    days: list[JsonValue] = [
        {"timestamp": f"2026-11-0{day}T00:00:00Z", "metrics": {"likes": day, "shares": 9}} for day in (1, 2)
    ]
    script.add(200, {"data": [{"id": ID, "timestamped_metrics": days}]})
    metrics = scripted.fetch_metrics([ID], names=["analytics.daily.likes"])[ID]
    (value,) = metrics.values.values()
    assert value.value == {"2026-11-01T00:00:00Z": 1, "2026-11-02T00:00:00Z": 2}
    assert (value.name, value.period, value.dimensions) == ("analytics.daily.likes", "daily", ("time",))
    assert script.requests[0].url.params["granularity"] == "daily"


def test_media_analytics(script: Script, scripted: Twitter) -> None:
    """Media are asked for by their keys, which are read first; a long count may come as text."""
    script.add(200, {"data": [{"id": ID, "text": "x", "attachments": {"media_keys": [KEY]}}]})
    series: JsonValue = [{"timestamp": "2026-11-01T00:00:00Z", "metrics": {"watch_time_ms": "9007199254740993"}}]
    script.add(200, {"data": [{"media_key": KEY, "timestamped_metrics": series}]})
    name = "media_analytics.watch_time_ms"
    assert scripted.fetch_metrics([ID], names=[name])[ID].values[name].value == {KEY: 9007199254740993}
    params = script.requests[1].url.params
    assert (params["media_keys"], params["granularity"]) == (KEY, "total")


def test_a_kind_that_fails_costs_no_other(script: Script, scripted: Twitter) -> None:
    """Analytics that are refused leave the public numbers, and are told."""
    script.add(200, {"data": [{"id": ID, "text": "x", "public_metrics": {"like_count": 1}}]})
    script.add(403, plain(403, "Forbidden", "Not for you."))
    metrics = scripted.fetch_metrics([ID], names=["like_count", "analytics.likes"])[ID]
    assert metrics.likes == 1
    assert "Not for you." in metrics.unavailable["analytics"].reason


def test_a_closed_door_is_raised(script: Script, scripted: Twitter) -> None:
    """Where nothing at all could be read, the error is raised, after one request."""
    script.add(403, E4)
    with pytest.raises(ApiPaywalled):
        scripted.fetch_metrics([ID], names=["like_count", "analytics.likes"])
    assert len(script.requests) == 1


def test_questions_are_as_few_as_can_be() -> None:
    """Names of one kind share a request."""
    names = ["organic_metrics.like_count", "promoted_metrics", "media.organic_metrics", "like_count", "reply_count"]
    asked, missing = questions(
        [*names, "media.public_metrics", "analytics.likes", "analytics.follows"], _day(), bundled("twitter")
    )
    assert missing == {}
    assert [one.label for one in asked] == [
        "organic_metrics, promoted_metrics, media.organic_metrics",
        "public_metrics, media.public_metrics",
        "analytics",
    ]


def _day() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)


# ── the account ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("posts", ["tweet_count", "post_count"])
def test_the_account(script: Script, scripted: Twitter, posts: str) -> None:
    """The account's numbers are told as they are now, by Twitter's names of either vocabulary."""
    counts: JsonValue = {"followers_count": 1200, posts: 7, "listed_count": 0}
    script.add(200, {"data": {"id": "2244994945", "public_metrics": counts}})
    found = scripted.fetch_account_metrics(names=["followers_count", "tweet_count", "media_count"])
    assert found.values["followers_count"][0].value == 1200
    assert found.values[posts][0].value == 7
    assert set(found.values) == {"followers_count", posts}
    assert set(found.unavailable) == {"media_count"}
    assert dict(script.requests[0].url.params) == {"user.fields": "public_metrics"}


def test_the_account_has_no_history(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """Days before are not made up: Twitter has none."""
    with pytest.raises(UnsupportedFeature, match="as they are now"):
        scripted.fetch_account_metrics(since=clock.now() - timedelta(days=7))
    assert script.requests == []


# ── against the emulator ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.anyio
@pytest.mark.parametrize("face", [Twitter, AsyncTwitter])
@pytest.mark.parametrize("vocabulary", ["legacy", "post"])
async def test_everything_against_the_emulator(
    emulator: TwitterEmulator, clock: TestClock, face: type[Twitter] | type[AsyncTwitter], vocabulary: str
) -> None:
    """Each kind of number of a post with a film is read, in either vocabulary, by either face."""
    emulator.settings.vocabulary = "legacy" if vocabulary == "legacy" else "post"
    blocking = issubclass(face, Twitter)
    client = emulator.client() if blocking else emulator.async_client()
    network = face(token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=client)  # type: ignore[arg-type]  # each face gets its own client
    film = Video(sample_video(5, width=1280, height=720))
    published = await done(network.publish(Post("Film", media=[film])))
    emulator.set_numbers(published.id, views=1480, likes=25, clicks=3)
    clock.advance(days=1)
    names = [
        "like_count",
        "repost_count",
        "non_public_metrics",
        "organic_metrics",
        "media.public_metrics.view_count",
        "media.non_public_metrics",
        "analytics.impressions",
        "media_analytics.video_views",
    ]
    metrics = (await done(network.fetch_metrics([published, "1993000000000000999"], names=names)))[published]
    assert metrics.likes == 25
    assert metrics.shares == 0
    assert metrics.unavailable == {}
    assert {name.partition(".")[0] for name in metrics.values} >= {"non_public_metrics", "organic_metrics", "media"}
    clock.advance(days=31)
    old = (await done(network.fetch_metrics([published], names=["like_count", "non_public_metrics.engagements"])))[
        published
    ]
    assert old.likes == 25
    assert "non_public_metrics.engagements" in old.unavailable
    account = await done(network.fetch_account_metrics())
    assert "followers_count" in account.values


def test_missing_posts_keep_their_error(twitter: Twitter) -> None:
    """A post that is not there is an error of its own, whatever was asked."""
    report = twitter.fetch_metrics(["1993000000000000999"], names=["like_count", "non_public_metrics"])
    assert isinstance(report.errors["1993000000000000999"], NotFound | RejectedError)


def test_parents_are_read_back(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """The posts of a thread are read back with what each answers, in either vocabulary."""
    published = twitter.publish(Post("One", thread=["Two", "Three"]))
    assert [one.parent for one in published.thread] == [published.id, published.thread[0].id]
    for vocabulary in ("legacy", "post"):
        emulator.settings.vocabulary = "legacy" if vocabulary == "legacy" else "post"
        found = {one.text: one.parent for one in twitter.posts()}
        assert found == {"One": None, "Two": published.id, "Three": published.thread[0].id}
