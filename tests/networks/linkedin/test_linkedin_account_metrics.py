"""Numbers of a page and of a member as a whole, and the metrics that are asked for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.linkedin.either import FACES, Either, face
from tests.networks.meta.either_face import done

from socialconnect import errors
from socialconnect.networks.linkedin import LinkedIn
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest
    from tests.networks.linkedin.conftest import Answer, Script

pytestmark = pytest.mark.anyio

SIZE = "GET /rest/networkSizes/urn%3Ali%3Aorganization%3A5515715"
FOLLOWERS = "GET /rest/organizationalEntityFollowerStatistics"
VISITS = "GET /rest/organizationPageStatistics"
SHARES = "GET /rest/organizationalEntityShareStatistics"
MEMBER_FOLLOWERS = "GET /rest/memberFollowersCount"
MEMBER_POSTS = "GET /rest/memberCreatorPostAnalytics"
DAY: dict[str, JsonValue] = {"timeRange": {"start": 1795305600000, "end": 1795392000000}}  # the 22nd
DAYS = b"timeIntervals=(timeRange:(start:1795305600000,end:1795564800000),timeGranularityType:DAY)"
SINCE = datetime(2026, 11, 22, 13, tzinfo=UTC)
SHARE = "urn:li:share:7266012345678901248"


def _statistics(**counts: JsonValue) -> JsonValue:
    return {"organizationalEntity": "urn:li:organization:5515715", "totalShareStatistics": counts}


def _elements(*elements: JsonValue) -> JsonValue:
    return {"elements": [*elements], "paging": {"start": 0, "count": 10, "links": []}}


# ── a page ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pages_numbers_come_from_three_resources(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Followers, visits and posts, each with the time that it covers, and the terms beside."""
    views: JsonValue = {"views": {"allPageViews": {"pageViews": 70, "uniquePageViews": 50}}}
    script.on(SIZE, answer(200, {"firstDegreeSize": 4711}))
    script.on(VISITS, answer(200, _elements({"totalPageStatistics": views})))
    script.on(SHARES, answer(200, _elements(_statistics(impressionCount=1200, engagement=0.05, likeCount=-1))))
    found = linkedin.fetch_account_metrics()
    told = {name: (one.value, one.period) for name, (one,) in found.values.items()}
    assert told == {
        "firstDegreeSize": (4711, "lifetime"),
        "views.allPageViews.pageViews": (70, "lifetime"),
        "impressionCount": (1200, "last 12 months"),
        "engagement": (0.05, "last 12 months"),
        "likeCount": (-1, "last 12 months"),
    }
    assert "does not hold it" in found.unavailable["clickCount"].reason
    assert found.data_use
    assert script.requests[0].url.query == b"edgeType=COMPANY_FOLLOWED_BY_MEMBER"
    assert script.sent(VISITS)[0].url.query == b"q=organization&organization=urn%3Ali%3Aorganization%3A5515715"


def test_days_are_asked_for_whole_and_told_one_by_one(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """From midnight to midnight UTC, the end not included; each day's number has its end."""
    gains: JsonValue = {**DAY, "followerGains": {"organicFollowerGain": 3, "paidFollowerGain": 1}}
    other: JsonValue = {
        "timeRange": {"start": 1795392000000, "end": 1795478400000},
        "followerGains": {"organicFollowerGain": 2, "paidFollowerGain": 0},
    }
    script.on(FOLLOWERS, answer(200, _elements(gains, other)))
    found = linkedin.fetch_account_metrics(since=SINCE, names=["followerGains"])
    first, second = found.values["followerGains"]
    assert first.value == {"organicFollowerGain": 3, "paidFollowerGain": 1}
    assert (first.period, first.until) == ("day", datetime(2026, 11, 23, tzinfo=UTC))
    assert second.until == datetime(2026, 11, 24, tzinfo=UTC)
    assert DAYS in script.requests[0].url.query


def test_an_end_alone_means_the_thirty_days_before(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A time has a beginning."""
    script.on(FOLLOWERS, answer(200, _elements()))
    linkedin.fetch_account_metrics(until=datetime(2026, 11, 22, tzinfo=UTC), names=["followerGains"])
    start = int(datetime(2026, 10, 23, tzinfo=UTC).timestamp() * 1000)
    assert f"start:{start},end:1795305600000".encode() in script.requests[0].url.query


def test_facets_are_read_of_all_time(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """LinkedIn splits followers only where no time is asked for: each part by what it is about."""
    facet: JsonValue = [
        {"seniority": "urn:li:seniority:3", "followerCounts": {"organicFollowerCount": 8, "paidFollowerCount": 1}},
        {"seniority": "urn:li:seniority:4", "followerCounts": {"organicFollowerCount": 5}},
    ]
    script.on(FOLLOWERS, answer(200, _elements({"followerCountsBySeniority": facet})))
    found = linkedin.fetch_account_metrics(since=SINCE, names=["followerCountsBySeniority", "followerCountsByGeo"])
    (one,) = found.values["followerCountsBySeniority"]
    assert one.value == {
        "urn:li:seniority:3, organicFollowerCount": 8,
        "urn:li:seniority:3, paidFollowerCount": 1,
        "urn:li:seniority:4, organicFollowerCount": 5,
    }
    assert (one.dimensions, one.period) == (("seniority",), "lifetime")
    assert list(found.unavailable) == ["followerCountsByGeo"]
    assert b"timeIntervals" not in script.requests[0].url.query


def test_what_linkedin_refuses_costs_its_own_names(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Anyone may read a page's size; its statistics need a scope, which is told beside what there is."""
    refused = answer(403, {"status": 403, "message": "no permission"})
    script.on(SIZE, answer(200, {"firstDegreeSize": 4711}))
    script.on(VISITS, refused)
    script.on(SHARES, refused)
    found = linkedin.fetch_account_metrics()
    assert list(found.values) == ["firstDegreeSize"]
    assert "no permission" in found.unavailable["impressionCount"].reason


def test_nothing_at_all_raises_the_first_error(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A report without a number is no report."""
    script.on(SIZE, answer(403, {"status": 403, "message": "no"}))
    with pytest.raises(errors.PermissionDenied) as caught:
        linkedin.fetch_account_metrics(names=["firstDegreeSize"])
    assert caught.value.missing == ("rw_organization_admin",)
    assert caught.value.operation == "fetch_account_metrics"


@pytest.mark.parametrize("name", ["nonsense", "IMPRESSION", "memberFollowersCount"])
def test_a_name_that_linkedin_does_not_have_is_told_without_a_request(
    linkedin: LinkedIn, script: Script, name: str
) -> None:
    """A member's metric is none of a page's."""
    found = linkedin.fetch_account_metrics(names=[name])
    assert "no metric of this name" in found.unavailable[name].reason
    assert script.requests == []


def test_gains_without_a_time_are_told_what_they_need(linkedin: LinkedIn, script: Script) -> None:
    """LinkedIn counts gains by day only."""
    found = linkedin.fetch_account_metrics(names=["followerGains"])
    assert "give since" in found.unavailable["followerGains"].reason
    assert script.requests == []


@pytest.mark.parametrize("element", [{**DAY, "timeRange": {"start": 10**30, "end": 1}}, {**DAY, "timeRange": 7}])
def test_a_time_that_is_no_time_costs_its_names(
    linkedin: LinkedIn, script: Script, answer: type[Answer], element: dict[str, JsonValue]
) -> None:
    """What is not understood raises no parser's error."""
    script.on(SHARES, answer(200, _elements({**element, "totalShareStatistics": {"impressionCount": 1}})))
    found = linkedin.fetch_account_metrics(since=SINCE, names=["impressionCount"])
    assert "not understood" in found.unavailable["impressionCount"].reason


# ── a member ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_members_numbers_are_read_metric_by_metric(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Followers in one call, each metric of all posts in one more."""
    script.on(MEMBER_FOLLOWERS, answer(200, _elements({"memberFollowersCount": 961})))
    script.on(MEMBER_POSTS, *(answer(200, _elements({"count": at, "metricType": "X"})) for at in range(1, 6)))
    found = member.fetch_account_metrics()
    assert {name: one.value for name, (one,) in found.values.items()} == {
        "memberFollowersCount": 961,
        "IMPRESSION": 1,
        "MEMBERS_REACHED": 2,
        "REACTION": 3,
        "COMMENT": 4,
        "RESHARE": 5,
    }
    assert script.requests[0].url.query == b"q=me"
    assert script.requests[1].url.query == b"q=me&queryType=IMPRESSION&aggregation=TOTAL"


def test_a_members_days_are_asked_for_where_there_are_any(
    member: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """Some metrics are counted for the whole time only."""
    day: JsonValue = {"start": {"year": 2026, "month": 11, "day": 22}, "end": {"year": 2026, "month": 11, "day": 23}}
    script.on(
        MEMBER_POSTS, answer(200, _elements({"count": 5, "dateRange": day})), answer(200, _elements({"count": 9}))
    )
    found = member.fetch_account_metrics(since=SINCE, names=["IMPRESSION", "MEMBERS_REACHED"])
    (impressions,), (reached,) = found.values["IMPRESSION"], found.values["MEMBERS_REACHED"]
    assert (impressions.period, impressions.until) == ("day", datetime(2026, 11, 23, tzinfo=UTC))
    assert (reached.period, reached.until) == ("3 days", datetime(2026, 11, 25, tzinfo=UTC))
    assert script.requests[0].url.query == (
        b"q=me&queryType=IMPRESSION&aggregation=DAILY"
        b"&dateRange=(start:(day:22,month:11,year:2026),end:(day:25,month:11,year:2026))"
    )
    assert b"aggregation=TOTAL" in script.requests[1].url.query


def test_one_refused_metric_costs_that_metric(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """The others are read."""
    refused = answer(400, {"status": 400, "code": "INVALID_VALUE_FOR_FIELD", "message": "queryType"})
    script.on(MEMBER_POSTS, refused, answer(200, _elements({"count": 9})))
    found = member.fetch_account_metrics(names=["IMPRESSION", "REACTION"])
    assert "queryType" in found.unavailable["IMPRESSION"].reason
    assert found.values["REACTION"][0].value == 9


# ── by name, and by version ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("version", "name", "reads"),
    [("202603", "POST_SAVE", False), ("202604", "POST_SAVE", True), ("202505", "IMPRESSION", False),
     ("202506", "VIDEO_PLAY", True), ("202505", "VIDEO_PLAY", False)],
)  # fmt: skip
def test_a_metric_is_asked_for_from_its_version_on(
    script: Script, clock: TestClock, answer: type[Answer], version: str, name: str, reads: bool
) -> None:
    """An older version has no such metric: it is said from which one on, and no call is spent."""
    script.on(MEMBER_POSTS, answer(200, _elements({"count": 5})))
    script.on("GET /rest/memberCreatorVideoAnalytics", answer(200, _elements({"count": 5})))
    clock.set(datetime(2026, 5, 1, tzinfo=UTC) if version >= "202601" else datetime(2025, 8, 1, tzinfo=UTC))
    with script.client() as client:
        member = LinkedIn(
            author="urn:li:person:a", token="AQX-secret", api_version=version, http_client=client, clock=clock
        )
        found = member.fetch_metrics([SHARE], names=[name])[SHARE]
    assert (name in found.values) == reads
    assert len(script.requests) == int(reads)
    if not reads:
        assert f"{version} is in use" in found.unavailable[name].reason


def test_a_pages_video_is_read_kind_by_kind(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Each kind of number of each video is a call; one that LinkedIn refuses costs itself."""
    refused = answer(400, {"status": 400, "message": "no video"})
    script.on("GET /rest/videoAnalytics", answer(200, _elements({"value": 12})), refused)
    found = linkedin.fetch_metrics(["urn:li:ugcPost:2"], names=["VIDEO_VIEW", "VIEWER"])["urn:li:ugcPost:2"]
    assert found.values["VIDEO_VIEW"].value == 12
    assert "no video" in found.unavailable["VIEWER"].reason
    assert script.requests[0].url.query == b"q=entity&entity=urn%3Ali%3AugcPost%3A2&type=VIDEO_VIEW&aggregation=ALL"


def test_a_post_without_a_video_keeps_its_other_numbers(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """LinkedIn has no video of that name: the video's metric is unknown, and the post is not."""
    script.on("GET /rest/memberCreatorVideoAnalytics", answer(404, {"status": 404, "message": "Could not find entity"}))
    script.on(MEMBER_POSTS, answer(200, _elements({"count": 5})))
    found = member.fetch_metrics([SHARE], names=["VIDEO_PLAY", "IMPRESSION"])[SHARE]
    assert (found.views, list(found.unavailable)) == (5, ["VIDEO_PLAY"])


def test_names_are_taken_from_several_resources(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Only what was named is told; what a later resource refuses does not take away what an earlier one gave."""
    element: JsonValue = {"share": SHARE, "totalShareStatistics": {"impressionCount": 7, "likeCount": 2}}
    script.on(SHARES, answer(200, _elements(element)))
    script.on(f"GET /rest/socialMetadata/{SHARE.replace(':', '%3A')}", answer(403, {"status": 403, "message": "no"}))
    found = linkedin.fetch_metrics([SHARE], names=["impressionCount", "commentSummary", "nonsense"])[SHARE]
    assert (found.views, found.likes, list(found.values)) == (7, None, ["impressionCount"])
    assert sorted(found.unavailable) == ["commentSummary", "nonsense"]


# ── against the emulator ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture(params=FACES)
async def network(emulator: LinkedInEmulator, request: SubRequest) -> AsyncIterator[Either]:
    async with face(emulator, str(request.param)) as network:
        yield network


@pytest.mark.parametrize("days", [None, 3])
async def test_the_usual_numbers_are_all_there(network: Either, clock: TestClock, days: int | None) -> None:
    """No metric that is asked for by default is refused, with a time or without."""
    since = None if days is None else clock.now() - timedelta(days=days)
    found = await done(network.fetch_account_metrics(since=since))
    assert found.unavailable == {}
    assert found.account == network.account
    lengths = {name: len(values) for name, values in found.values.items()}
    assert set(lengths.values()) <= ({1} if days is None else {1, 4})


async def test_every_metric_can_be_named(network: Either, emulator: LinkedInEmulator) -> None:
    """Each name of each resource gives a number of a post that has them."""
    published = await done(network.publish(Post("One")))
    emulator.set_numbers(published.id, views=9, reach=8, likes=3, comments=2, shares=1, clicks=4)
    page = ":organization:" in network.account
    names = ["impressionCount", "likeCount"] if page else ["IMPRESSION", "REACTION"]
    report = await done(network.fetch_metrics([published], names=[*names, "reactionSummaries", "commentSummary"]))
    found = report[published]
    assert found.unavailable == {}
    assert (found.views, found.likes) == (9, 3)
    assert set(found.values) == {*names, "reactionSummaries", "commentSummary"}
