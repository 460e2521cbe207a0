"""The account's own numbers, and metrics asked for by name, against literal answers and the emulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.instagram.scripted import ACCOUNT, Script
from tests.networks.meta.either_face import done
from tests.networks.meta.graph_answers import insight, item

from socialconnect.errors import TokenRevoked, ValidationError
from socialconnect.media import Image, Video
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.networks.instagram.account_metrics import USUAL
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def total(name: str, value: int | None, **parts: int) -> JsonValue:
    """Give a total as Instagram tells it, split if there are parts."""
    results: list[JsonValue] = [{"dimension_values": [part], "value": number} for part, number in parts.items()]
    told: dict[str, JsonValue] = {} if value is None else {"value": value}
    if parts:
        told["breakdowns"] = [{"dimension_keys": ["follow_type"], "results": results}]
    return {"name": name, "period": "day", "title": "…", "description": f"What {name} counts", "total_value": told}


def asked(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


def test_totals_come_with_one_question() -> None:
    """Metrics that are totals are asked for together, about 30 days, with period, end and description kept."""
    script = Script({"data": [total("views", 12), total("reach", 7)]})
    found = script.account().fetch_account_metrics(names=["views", "reach"])
    since = NOW - timedelta(days=30)
    assert script.sent[0].url.path == f"/v26.0/{ACCOUNT}/insights"
    assert asked(script.sent[0]) == {
        "metric": "views,reach",
        "period": "day",
        "metric_type": "total_value",
        "since": str(int(since.timestamp())),
        "until": str(int(NOW.timestamp())),
    }
    (views,) = found.values["views"]
    assert (views.value, views.period, views.until, views.description) == (12, "30 days", NOW, "What views counts")
    assert (found.account, found.fetched_at, found.unavailable) == (ACCOUNT, NOW, {})


def test_a_longer_time_is_asked_for_in_pieces() -> None:
    """No question is about more than 30 days, and what cannot be added up stays apart, oldest first."""
    pieces: list[JsonValue] = [{"data": [total("reach", number)]} for number in (1, 2, 3)]
    script = Script(*pieces)
    found = script.account().fetch_account_metrics(since=NOW - timedelta(days=70), names=["reach"])
    assert [(one.value, one.period) for one in found.values["reach"]] == [
        (1, "30 days"),
        (2, "30 days"),
        (3, "10 days"),
    ]
    assert [one.until for one in found.values["reach"]] == [NOW - timedelta(days=days) for days in (40, 10, 0)]
    with pytest.raises(ValidationError, match="366 days"):
        script.account().fetch_account_metrics(since=NOW - timedelta(days=400))


def test_by_the_day() -> None:
    """A time series keeps the end of each day; follower_count is asked for without a kind of metric."""
    days: list[JsonValue] = [
        {"value": 46, "end_time": "2026-11-22T08:00:00+0000"},
        {"value": 0, "end_time": "2026-11-23T08:00:00+0000"},
    ]
    series: JsonValue = {"data": [{"name": "reach", "period": "day", "values": days}]}
    followers: JsonValue = {"data": [{"name": "follower_count", "period": "day", "values": days}]}
    script = Script(series, followers)
    found = script.account().fetch_account_metrics(names=["reach:time_series", "follower_count"])
    assert asked(script.sent[0])["metric_type"] == "time_series"
    assert asked(script.sent[0])["metric"] == "reach"
    assert "metric_type" not in asked(script.sent[1])
    for name in ("reach:time_series", "follower_count"):
        assert [(one.value, one.period) for one in found.values[name]] == [(46, "day"), (0, "day")]
        assert found.values[name][0].until == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_what_is_split_comes_by_its_parts() -> None:
    """Follows and unfollows have a question of their own, with the breakdown that they need."""
    script = Script({"data": [total("follows_and_unfollows", None, FOLLOWER=9, NON_FOLLOWER=2)]})
    (found,) = script.account().fetch_account_metrics(names=["follows_and_unfollows"]).values["follows_and_unfollows"]
    assert asked(script.sent[0])["breakdown"] == "follow_type"
    assert (found.value, found.dimensions) == ({"FOLLOWER": 9, "NON_FOLLOWER": 2}, ("follow_type",))


def test_demographics() -> None:
    """Each dimension has its question, over the time frame that still exists, and says what it covers."""

    def told(part: str, *values: str) -> JsonValue:
        results: list[JsonValue] = [{"dimension_values": [one], "value": 5} for one in values]
        parts: JsonValue = [{"dimension_keys": [part], "results": results}]
        return {"data": [{"name": "follower_demographics", "period": "lifetime", "total_value": {"breakdowns": parts}}]}

    script = Script(told("age", "18-24", "25-34"), told("city"), told("country", "DE"), told("gender", "F"))
    found = script.account().fetch_account_metrics(names=["follower_demographics"])
    assert [asked(one) for one in script.sent] == [
        {
            "metric": "follower_demographics",
            "period": "lifetime",
            "metric_type": "total_value",
            "timeframe": "this_month",
            "breakdown": part,
        }
        for part in ("age", "city", "country", "gender")
    ]
    assert [(one.dimensions, one.value, one.period) for one in found.values["follower_demographics"]] == [
        (("age",), {"18-24": 5, "25-34": 5}, "this_month"),
        (("country",), {"DE": 5}, "this_month"),
        (("gender",), {"F": 5}, "this_month"),
    ]


def test_a_refused_name_costs_itself_alone() -> None:
    """A name that sinks the question is found by asking for each, and says why it has no number."""
    refused = httpx.Response(400, json={"error": {"message": "(#100) metric[1] must be one of …", "code": 100}})
    script = Script(refused, {"data": [total("views", 3)]}, refused, {"data": [total("likes", 0)]})
    found = script.account().fetch_account_metrics(names=["views", "nonsense", "likes"])
    assert {name: one[0].value for name, one in found.values.items()} == {"views": 3, "likes": 0}
    assert "must be one of" in found.unavailable["nonsense"].reason


def test_what_is_dead_is_not_asked_for() -> None:
    """The catalogue's dead names cost no request and say what replaced them; as totals two of them live."""
    script = Script({"data": [total("profile_views", 4)]})
    found = script.account().fetch_account_metrics(
        names=["impressions", "email_contacts", "audience_city", "profile_views:time_series", "profile_views"]
    )
    assert {name: one.replacement for name, one in found.unavailable.items()} == {
        "impressions": "views",
        "email_contacts": "profile_links_taps",
        "audience_city": "follower_demographics",
        "profile_views:time_series": "the same names as totals",
    }
    assert list(found.values) == ["profile_views"]
    assert len(script.sent) == 1


def test_nothing_is_no_zero_and_a_dead_token_is_raised() -> None:
    """An empty answer has its reason; what concerns the account is an error."""
    script = Script({"data": []}, httpx.Response(400, json={"error": {"message": "gone", "code": 190}}))
    found = script.account().fetch_account_metrics(names=["online_followers"])
    assert asked(script.sent[0])["period"] == "lifetime"
    assert "100 followers" in found.unavailable["online_followers"].reason
    with pytest.raises(TokenRevoked):
        script.account().fetch_account_metrics(names=["views"])


@pytest.mark.anyio
async def test_instagram_answers_the_usual_ones(network: Instagram | AsyncInstagram) -> None:
    """Both faces and logins: each usual name has its number or its reason, and nothing is refused."""
    found = await done(network.fetch_account_metrics())
    assert set(found.values) | set(found.unavailable) == set(USUAL)
    assert not any("refused" in one.reason for one in found.unavailable.values())
    named = await done(
        network.fetch_account_metrics(
            names=["reach:time_series", "follower_demographics", "engaged_audience_demographics"]
        )
    )
    assert not any("refused" in one.reason for one in named.unavailable.values())


# ── metrics of posts by name ─────────────────────────────────────────────────────────────────────────────────────────


def kind(post: str, product: str) -> JsonValue:
    return {"code": 200, "body": f'{{"id":"{post}","media_product_type":"{product}"}}'}


def test_names_are_asked_by_kind_and_what_would_sink_them_apart() -> None:
    """A breakdown, and what throws for posts that were not shared to Facebook, have questions of their own."""
    parts: JsonValue = [
        {
            "dimension_keys": ["story_navigation_action_type"],
            "results": [{"dimension_values": ["TAP_FORWARD"], "value": 19}],
        }
    ]
    navigation: JsonValue = {
        "name": "navigation",
        "period": "lifetime",
        "total_value": {"value": 25, "breakdowns": parts},
    }
    throws = httpx.Response(400, json={"error": {"message": "An unknown error has occurred.", "code": 100}})
    script = Script(
        [kind("1", "STORY"), kind("2", "REELS")],
        [item(insight("reach", 5))],
        {"data": [navigation]},
        throws,
        [item(insight("reach", 6))],
        {"data": []},
        {"data": [insight("crossposted_views", 4)]},
    )
    report = script.account().fetch_metrics(["1", "2"], names=["reach", "navigation", "crossposted_views"])
    story, reel = report["1"], report["2"]
    assert (story.reach, reel.reach) == (5, 6)
    assert story.values["navigation"].value == {"TAP_FORWARD": 19}
    assert story.values["navigation"].dimensions == ("story_navigation_action_type",)
    assert "unknown error" in story.unavailable["crossposted_views"].reason
    assert reel.values["crossposted_views"].value == 4
    assert asked(script.sent[2]) == {"metric": "navigation", "breakdown": "story_navigation_action_type"}
    assert asked(script.sent[3]) == {"metric": "crossposted_views"}


def test_a_dead_name_of_a_post_is_not_asked_for() -> None:
    """A retired metric says since when, and what to read instead."""
    script = Script([kind("1", "REELS")], [item(insight("views", 5))])
    found = script.account().fetch_metrics(["1"], names=["plays", "views"])["1"]
    assert found.views == 5
    assert found.unavailable["plays"].replacement == "views"


@pytest.mark.anyio
async def test_instagram_gives_what_is_named(
    network: Instagram | AsyncInstagram, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """Both faces and logins, a reel and a story: what each kind has comes, what it has not says why."""
    reel = await done(network.publish(Post("Rain", media=[Video("https://cdn.example.com/1.mp4")])))
    image = Image("https://cdn.example.com/1.jpg")
    story = await done(network.publish(Post(media=[image], options=InstagramOptions(format="story"))))
    for one in (reel, story):
        emulator.set_numbers(one.id, views=60, reach=50)
    clock.advance(hours=1)
    report = await done(network.fetch_metrics([reel, story], names=["reach", "navigation", "ig_reels_avg_watch_time"]))
    assert report.errors == {}
    assert (report[reel].reach, report[story].reach) == (50, 50)
    for found in report:
        told = {*found.values, *found.unavailable}
        assert told == {"reach", "navigation", "ig_reels_avg_watch_time"}
