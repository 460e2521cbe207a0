"""Insights of media and accounts: which names, which shapes, which refusals, as Instagram's emulator gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.emulator.instagram_wire import BY_FACEBOOK, BY_INSTAGRAM, IMAGE, REEL, STORY, USER, Wire, codes

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator

EVERYWHERE = ("views", "reach", "shares", "total_interactions", "reposts", "total_views")
POSTS = ("likes", "comments", "saved", "total_likes", "total_comments")
PROFILE = ("follows", "profile_visits", "profile_activity")
REELS = ("ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate")
STORIES = ("replies", "navigation", "link_clicks")
BODIES = {"FEED": IMAGE, "REELS": REEL, "STORY": STORY}


@pytest.fixture
def wire() -> Iterator[Wire]:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK
        client.headers["Authorization"] = "Bearer IGTOKEN"
        yield Wire(emulator, clock, client)


# ── media ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("product", "valid", "invalid"),
    [
        ("FEED", (*EVERYWHERE, *POSTS, *PROFILE), (*REELS, *STORIES)),
        ("REELS", (*EVERYWHERE, *POSTS, *REELS), (*PROFILE, *STORIES)),
        ("STORY", (*EVERYWHERE, *PROFILE, *STORIES), (*REELS, *POSTS)),
    ],
)
def test_each_product_has_its_metrics(
    wire: Wire, product: str, valid: tuple[str, ...], invalid: tuple[str, ...]
) -> None:
    """All the documented names of a product come in one call; each name of another product fails it, and is named."""
    made = wire.post(**BODIES[product])
    rows = wire.get(f"/{made}/insights", metric=",".join(valid))["data"]
    assert [row["name"] for row in rows] == list(valid)
    assert {row["period"] for row in rows} == {"lifetime"}
    for name in invalid:
        refused = wire.client.get(f"/{made}/insights?metric=views,{name}")
        assert codes(refused) == (100, None)
        assert f"does not support the {name} metric for this media product type" in refused.text


def test_several_wrong_names_are_told_together(wire: Wire) -> None:
    """Instagram lists every name that does not fit, which a client can leave out at once."""
    made = wire.post(**REEL)
    refused = wire.client.get(f"/{made}/insights?metric=profile_visits,views,follows")
    assert refused.json()["error"]["message"] == (
        "(#100) The Media Insights API does not support the profile_visits, follows metric for this media product type."
    )


@pytest.mark.parametrize(
    "name", ["impressions", "plays", "video_views", "engagement", "taps_forward", "carousel_album_reach", "nonsense"]
)
@pytest.mark.parametrize("product", ["FEED", "REELS", "STORY"])
def test_a_retired_name_fails_the_call(wire: Wire, name: str, product: str) -> None:
    """A name that ended or never was is refused by its place in the list."""
    made = wire.post(**BODIES[product])
    refused = wire.client.get(f"/{made}/insights?metric=reach,{name}")
    assert codes(refused) == (100, None)
    assert "metric[1] must be one of the following values" in refused.text


def test_impressions_still_answer_for_older_media_on_older_versions() -> None:
    """Media of July 2024 and before keep the metric on v21.0; newer media and newer versions do not have it."""
    clock = TestClock("2024-07-01T09:00:00+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        client.base_url = "https://graph.facebook.com/v20.0"
        wire = Wire(emulator, clock, client)
        older = wire.post(**IMAGE)
        assert wire.client.get(f"/{older}/insights?metric=impressions").status_code == 200
        clock.advance(days=300)
        newer = wire.post(**IMAGE)
        base = "https://graph.facebook.com"
        assert client.get(f"{base}/v21.0/{older}/insights?metric=impressions").status_code == 200
        assert codes(client.get(f"{base}/v22.0/{older}/insights?metric=impressions")) == (100, None)
        assert codes(client.get(f"{base}/v21.0/{newer}/insights?metric=impressions")) == (100, None)


def test_a_metric_begins_on_its_day() -> None:
    """link_clicks of stories came on 2026-06-22."""
    clock = TestClock("2026-06-21T23:59:59+00:00")
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0))
    with emulator.client() as client:
        client.base_url = BY_FACEBOOK.replace("v26.0", "v25.0")
        client.headers["Authorization"] = "Bearer IGTOKEN"
        wire = Wire(emulator, clock, client)
        made = wire.post(**STORY)
        assert codes(client.get(f"/{made}/insights?metric=link_clicks")) == (100, None)
        clock.advance(1)
        assert client.get(f"/{made}/insights?metric=link_clicks").status_code == 200


@pytest.mark.parametrize("name", ["total_views", "total_likes", "total_comments"])
def test_totals_with_advertisements_are_for_facebook_login(wire: Wire, name: str) -> None:
    """What counts advertisements too is not given by Instagram Login."""
    made = wire.post(**IMAGE)
    assert wire.client.get(f"/{made}/insights?metric={name}").status_code == 200
    assert codes(wire.client.get(f"{BY_INSTAGRAM}/{made}/insights?metric={name}")) == (100, None)


@pytest.mark.parametrize(("body", "name"), [(IMAGE, "facebook_views"), (REEL, "crossposted_views")])
def test_views_on_facebook_need_a_post_there(wire: Wire, body: dict[str, object], name: str) -> None:
    """What is not shared to Facebook fails the call; shared, it has a number."""
    made = wire.post(**body)
    assert codes(wire.client.get(f"/{made}/insights?metric=views,{name}")) == (100, None)
    wire.emulator.medium(made).shared_to_facebook = True
    wire.emulator.set_performance(made, views=10, facebook_views=5)
    (row,) = wire.get(f"/{made}/insights", metric=name)["data"]
    assert row["values"] == [{"value": 5 if name == "facebook_views" else 15}]


def test_the_shapes_are_the_documented_ones(wire: Wire) -> None:
    """A plain metric has values; navigation has a total, and its parts when they are asked for."""
    made = wire.post(**STORY)
    wire.emulator.set_performance(made, views=128, navigation={"TAP_FORWARD": 19, "TAP_EXIT": 6})
    (views,) = wire.get(f"/{made}/insights", metric="views")["data"]
    assert (views["values"], views["id"]) == ([{"value": 128}], f"{made}/insights/views/lifetime")
    (total,) = wire.get(f"/{made}/insights", metric="navigation")["data"]
    assert total["total_value"] == {"value": 25}
    assert "values" not in total
    (parts,) = wire.get(f"/{made}/insights", metric="navigation", breakdown="story_navigation_action_type")["data"]
    assert parts["total_value"] == {
        "value": 25,
        "breakdowns": [
            {
                "dimension_keys": ["story_navigation_action_type"],
                "results": [
                    {"dimension_values": ["TAP_FORWARD"], "value": 19},
                    {"dimension_values": ["TAP_EXIT"], "value": 6},
                ],
            }
        ],
    }


def test_numbers_are_set_by_their_common_names(wire: Wire) -> None:
    """What `Metrics` calls saves, clicks and engagements is what Instagram calls otherwise."""
    made = wire.post(**STORY)
    wire.emulator.set_numbers(made, views=1, clicks=7, likes=2, saves=3)
    rows = wire.get(f"/{made}/insights", metric="views,link_clicks,total_interactions")["data"]
    together = 2 + 2 + 3 + 3  # likes, and the comments, shares and saves that every medium has at first
    assert [row["values"][0]["value"] for row in rows] == [1, 7, together]
    wire.emulator.set_numbers(made, engagements=50)
    (row,) = wire.get(f"/{made}/insights", metric="total_interactions")["data"]
    assert row["values"] == [{"value": 50}]


def test_profile_activity_has_parts(wire: Wire) -> None:
    """A post's profile activity is a number, or is told by what people did."""
    made = wire.post(**IMAGE)
    wire.emulator.set_performance(made, profile_activity={"BIO_LINK_CLICKED": 3, "CALL": 0})
    (plain,) = wire.get(f"/{made}/insights", metric="profile_activity")["data"]
    assert plain["values"] == [{"value": 3}]
    (parts,) = wire.get(f"/{made}/insights", metric="profile_activity", breakdown="action_type")["data"]
    (breakdown,) = parts["total_value"]["breakdowns"]
    assert breakdown["results"] == [{"dimension_values": ["BIO_LINK_CLICKED"], "value": 3}]


@pytest.mark.parametrize(
    "query", ["metric=views&breakdown=action_type", "metric=navigation,views&breakdown=story_navigation_action_type"]
)
def test_a_breakdown_that_a_metric_lacks_breaks_the_call(wire: Wire, query: str) -> None:
    """The documented answer is an unknown error."""
    refused = wire.client.get(f"/{wire.post(**STORY)}/insights?{query}")
    assert codes(refused) == (1, None)
    assert refused.json()["error"]["message"] == "An unknown error has occurred."


def test_too_few_viewers_hide_a_storys_numbers(wire: Wire) -> None:
    """Below 5 viewers a story is refused with 10 and its text; a post of as few is not."""
    story, post = wire.post(**STORY), wire.post(**IMAGE)
    for made in (story, post):
        wire.emulator.set_performance(made, reach=4)
    refused = wire.client.get(f"/{story}/insights?metric=views")
    assert (refused.status_code, codes(refused)) == (400, (10, None))
    assert refused.json()["error"]["message"] == "(#10) Not enough viewers for the media to show insights"
    assert len(wire.get(f"/{post}/insights", metric="views")["data"]) == 1
    wire.emulator.set_performance(story, reach=5)
    assert len(wire.get(f"/{story}/insights", metric="views")["data"]) == 1


def test_some_numbers_are_not_there(wire: Wire) -> None:
    """Before the lag is over, for what stands in an album, and for a story of yesterday the list is empty."""
    items = [wire.container(**IMAGE, is_carousel_item=True) for _ in range(2)]
    album, story = wire.post(media_type="CAROUSEL", children=items), wire.post(**STORY)
    inside = wire.get(f"/{album}/children")["data"][0]["id"]
    assert wire.get(f"/{inside}/insights", metric="views") == {"data": []}
    assert len(wire.get(f"/{album}/insights", metric="views")["data"]) == 1
    wire.emulator.insights_lag = timedelta(hours=48)
    assert wire.get(f"/{album}/insights", metric="views") == {"data": []}
    wire.emulator.insights_lag = timedelta(0)
    wire.clock.advance(hours=24)
    assert wire.get(f"/{story}/insights", metric="views") == {"data": []}


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("", (3001, 1504028)),
        ("metric=", (3001, 1504028)),
        ("metric=views&period=fortnight", (100, None)),
        ("metric=views&date_preset=today", (100, None)),
    ],
)
def test_media_insights_are_asked_for_by_metric(wire: Wire, query: str, refusal: tuple[int, int | None]) -> None:
    """Without a metric, for a period that there is not, and with a parameter of Pages the call is refused."""
    made = wire.post(**IMAGE)
    assert codes(wire.client.get(f"/{made}/insights?{query}")) == refusal


def test_a_mediums_period_is_its_lifetime(wire: Wire) -> None:
    """What a client asks for besides was seen to change nothing."""
    made = wire.post(**IMAGE)
    for query in ({}, {"period": "lifetime"}, {"period": "day", "metric_type": "total_value"}):
        (row,) = wire.get(f"/{made}/insights", metric="reach", **query)["data"]
        assert (row["period"], row["values"]) == ("lifetime", [{"value": 96}])


@pytest.mark.parametrize(
    ("host", "permission"),
    [(BY_FACEBOOK, "instagram_manage_insights"), (BY_INSTAGRAM, "instagram_business_manage_insights")],
)
def test_insights_need_their_permission(wire: Wire, host: str, permission: str) -> None:
    """Of media and of the account, by each login's own name."""
    made = wire.post(**IMAGE)
    wire.emulator.tokens["IGTOKEN"].permissions.discard(permission)
    assert codes(wire.client.get(f"{host}/{made}/insights?metric=views")) == (10, None)
    assert codes(wire.client.get(f"{host}/{USER}/insights?metric=reach&period=day")) == (10, None)


# ── the account ───────────────────────────────────────────────────────────────────────────────────────────────────────

TOTALS = (
    *("views", "reach", "accounts_engaged", "total_interactions", "likes", "comments", "shares", "saves", "replies"),
    *("reposts", "follows_and_unfollows", "profile_links_taps", "profile_views", "website_clicks"),
)


def account(wire: Wire, **query: object) -> list[dict[str, object]]:
    """Read the account's insights."""
    data: list[dict[str, object]] = wire.get(f"/{USER}/insights", **query)["data"]
    return data


def refused(wire: Wire, query: str) -> str:
    """Give the text of a refusal with code 100."""
    answer = wire.client.get(f"/{USER}/insights?{query}")
    assert codes(answer) == (100, None)
    return str(answer.json()["error"]["message"])


def test_all_totals_come_in_one_call(wire: Wire) -> None:
    """Every metric of a day has a total and no values."""
    rows = account(wire, metric=",".join(TOTALS), period="day", metric_type="total_value")
    assert [row["name"] for row in rows] == list(TOTALS)
    assert all("values" not in row and "value" in row["total_value"] for row in rows)  # type: ignore[operator]  # JSON


def test_totals_have_to_be_asked_for(wire: Wire) -> None:
    """Without the metric type Instagram names every metric that needs it; as a time series they do not exist."""
    assert refused(wire, "metric=reach,views,likes&period=day") == (
        "(#100) The following metrics (views, likes) should be specified with parameter metric_type=total_value"
    )
    for name in ("profile_views", "website_clicks", "views"):
        assert refused(wire, f"metric={name}&period=day&metric_type=time_series") == (
            f"(#100) The following metric ({name}) is incompatible with the metric type (time_series)"
        )
    assert refused(wire, "metric=follower_count&period=day&metric_type=total_value") == (
        "(#100) The following metric (follower_count) is incompatible with the metric type (total_value)"
    )


def test_reach_and_followers_come_day_by_day(wire: Wire) -> None:
    """A time series has a value for the end of each day in the range."""
    wire.emulator.profile().performance.reach = 46
    since, until = "2026-11-20T00:00:00+0000", "2026-11-23T00:00:00+0000"
    reach, followers = account(wire, metric="reach,follower_count", period="day", since=since, until=until)
    assert reach["values"] == [{"value": 46, "end_time": f"2026-11-{day}T08:00:00+0000"} for day in ("20", "21", "22")]
    assert len(followers["values"]) == 3  # type: ignore[arg-type]  # JSON
    assert "total_value" not in reach


def test_people_are_not_added_up(wire: Wire) -> None:
    """The reach of several days is not the sum of the days'; likes are."""
    told = wire.emulator.profile().performance
    told.reach, told.likes = 46, 5
    query = {"since": "2026-11-20", "until": "2026-11-23", "period": "day", "metric_type": "total_value"}
    reach, likes = account(wire, metric="reach,likes", **query)
    assert (reach["total_value"], likes["total_value"]) == ({"value": 46}, {"value": 15})


@pytest.mark.parametrize(
    ("metric", "breakdown"),
    [
        ("reach", "media_product_type"),
        ("reach", "follow_type"),
        ("views", "follower_type"),
        ("likes", "media_product_type"),
        ("follows_and_unfollows", "follow_type"),
        ("profile_links_taps", "contact_button_type"),
        ("reach", "media_product_type,follow_type"),
    ],
)
def test_totals_have_parts(wire: Wire, metric: str, breakdown: str) -> None:
    """Each documented breakdown is given with its keys, and its parts make up the total."""
    query = {"period": "day", "metric_type": "total_value", "breakdown": breakdown}
    answer = wire.get(f"/{USER}/insights", metric=metric, **query)
    (row,) = answer["data"]
    (parts,) = row["total_value"]["breakdowns"]
    assert parts["dimension_keys"] == breakdown.split(",")
    total = sum(one["value"] for one in parts["results"])
    assert abs(total - row["total_value"]["value"]) <= len(parts["results"])
    assert set(answer["paging"]) == {"previous", "next"}


def test_a_breakdown_that_a_total_lacks_breaks_the_call(wire: Wire) -> None:
    """The documented answer is an unknown error; a time series takes no breakdown and shows none."""
    query = "metric=reach,profile_views&period=day&metric_type=total_value&breakdown=media_product_type"
    assert codes(wire.client.get(f"/{USER}/insights?{query}")) == (1, None)
    (row,) = account(wire, metric="reach", period="day", metric_type="time_series", breakdown="follow_type")
    assert "total_value" not in row


def test_a_range_has_30_days_at_most(wire: Wire) -> None:
    """30 days are given, a second more is refused in the network's words, and the pages follow each other."""
    until = int(wire.clock.now().timestamp())
    month = until - 30 * 86_400
    answer = wire.get(f"/{USER}/insights", metric="reach", period="day", since=month, until=until)
    assert len(answer["data"][0]["values"]) == 30
    earlier = wire.client.get(answer["paging"]["previous"]).json()["data"][0]["values"]
    assert earlier[-1]["end_time"] < answer["data"][0]["values"][0]["end_time"]
    assert refused(wire, f"metric=reach&period=day&since={month - 1}&until={until}") == (
        "(#100) There cannot be more than 30 days (2592000 s) between since and until."
    )


def test_a_range_goes_forward(wire: Wire) -> None:
    """`since` after `until` is refused."""
    assert "since" in refused(wire, "metric=reach&period=day&since=2026-11-23&until=2026-11-22")


@pytest.mark.parametrize("period", ["week", "days_28"])
def test_reach_has_longer_periods(wire: Wire, period: str) -> None:
    """Reach takes a week and 28 days; nothing else does."""
    (row,) = account(wire, metric="reach", period=period, metric_type="total_value")
    assert row["period"] == period
    assert f"period ({period})" in refused(wire, f"metric=likes&period={period}&metric_type=total_value")


def test_a_period_is_needed(wire: Wire) -> None:
    """Without a period, or with none that there is, the call is refused."""
    assert "period is required" in refused(wire, "metric=reach")
    refused(wire, "metric=reach&period=fortnight")


@pytest.mark.parametrize(
    "name", ["impressions", "email_contacts", "text_message_clicks", "audience_city", "nonsense", "saved"]
)
def test_retired_names_of_the_account_are_refused(wire: Wire, name: str) -> None:
    """A name that ended, one that never was, and one of media are refused by their place in the list."""
    told = refused(wire, f"metric=reach,{name}&period=day")
    assert "metric[1] must be one of the following values" in told


def test_the_audience_is_told_by_traits(wire: Wire) -> None:
    """Demographics are totals of a time frame, by one trait or several together."""
    profile = wire.emulator.profile()
    profile.followers = 1_000
    profile.audience = {"age": {"18-24": 250, "25-34": 750}, "gender": {"F": 600, "M": 400}}
    query = {"period": "lifetime", "metric_type": "total_value", "timeframe": "this_month"}
    (row,) = account(wire, metric="follower_demographics", breakdown="age", **query)
    assert row["total_value"] == {
        "breakdowns": [
            {
                "dimension_keys": ["age"],
                "results": [
                    {"dimension_values": ["25-34"], "value": 750},
                    {"dimension_values": ["18-24"], "value": 250},
                ],
            }
        ]
    }
    (both,) = wire.get(f"/{USER}/insights", metric="follower_demographics", breakdown="age,gender", **query)["data"]
    (parts,) = both["total_value"]["breakdowns"]
    assert parts["results"][0] == {"dimension_values": ["25-34", "F"], "value": 450}
    for name in ("engaged_audience_demographics", "reached_audience_demographics"):
        assert len(account(wire, metric=name, breakdown="country", **query)) == 1


def test_at_most_45_parts_of_an_audience_are_told(wire: Wire) -> None:
    """The greatest parts come first, and only 45 of them."""
    wire.emulator.profile().audience["city"] = {f"City {number}": 1 + number for number in range(60)}
    query = {"period": "lifetime", "metric_type": "total_value", "timeframe": "this_week", "breakdown": "city"}
    (row,) = wire.get(f"/{USER}/insights", metric="follower_demographics", **query)["data"]
    results = row["total_value"]["breakdowns"][0]["results"]
    assert len(results) == 45
    assert results[0]["dimension_values"] == ["City 59"]


def test_demographics_have_rules(wire: Wire) -> None:
    """A time frame that still exists, the lifetime, and the total are needed; an unknown trait breaks the call."""
    base = "metric=follower_demographics&metric_type=total_value"
    assert "timeframe is required" in refused(wire, f"{base}&period=lifetime&breakdown=age")
    for gone in ("last_14_days", "last_30_days", "last_90_days", "prev_month"):
        assert gone in refused(wire, f"{base}&period=lifetime&breakdown=age&timeframe={gone}")
    refused(wire, f"{base}&period=day&breakdown=age&timeframe=this_month")
    refused(wire, "metric=follower_demographics&period=lifetime&breakdown=age&timeframe=this_month")
    answer = wire.client.get(f"/{USER}/insights?{base}&period=lifetime&breakdown=shoes&timeframe=this_month")
    assert codes(answer) == (1, None)


def test_small_accounts_have_fewer_numbers(wire: Wire) -> None:
    """Below 100 followers what tells of followers is left out, and below 100 engagements what tells of the engaged."""
    profile = wire.emulator.profile()
    profile.followers, profile.engagements = 99, 100
    assert [row["name"] for row in account(wire, metric="reach,follower_count", period="day")] == ["reach"]
    assert account(wire, metric="online_followers", period="lifetime") == []
    query = {"period": "lifetime", "metric_type": "total_value", "timeframe": "this_month", "breakdown": "age"}
    both = "follower_demographics,engaged_audience_demographics"
    assert [row["name"] for row in account(wire, metric=both, **query)] == ["engaged_audience_demographics"]
    profile.engagements = 99
    assert account(wire, metric=both, **query) == []
    profile.followers = 100
    assert len(account(wire, metric="online_followers", period="lifetime")) == 1


def test_followers_by_the_hour(wire: Wire) -> None:
    """online_followers is a value for each hour of a day."""
    (row,) = wire.get(f"/{USER}/insights", metric="online_followers", period="lifetime")["data"]
    assert [sorted(one["value"], key=int) for one in row["values"]] == [[str(hour) for hour in range(24)]]


def test_an_accounts_numbers_lag_too(wire: Wire) -> None:
    """Days within the lag are not there yet; if none is, neither is the metric."""
    wire.emulator.insights_lag = timedelta(hours=48)
    since, until = "2026-11-20", "2026-11-24T09:00:00"
    (row,) = wire.get(f"/{USER}/insights", metric="reach", period="day", since=since, until=until)["data"]
    assert [one["end_time"][:10] for one in row["values"]] == ["2026-11-20", "2026-11-21", "2026-11-22"]
    assert account(wire, metric="reach", period="day") == []
