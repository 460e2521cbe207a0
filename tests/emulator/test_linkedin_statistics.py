"""Statistics of the LinkedIn emulator: of posts, followers, pages, videos and members, by the day and in all."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from pydantic import JsonValue
from tests.emulator.linkedin_api import MEMBER, PAGE, client, enc, posted, uploaded_video

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

DAY = 86_400_000
MIDNIGHT = 1_795_478_400_000  # 2026-11-24


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def periods(start: int, end: int, by: str = "DAY") -> str:
    return f"timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:{by})"


SHARES = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={enc(PAGE)}"
FOLLOWERS = f"/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={enc(PAGE)}"
VIEWS = f"/rest/organizationPageStatistics?q=organization&organization={enc(PAGE)}"


# ── of posts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_share_statistics_by_the_day(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Each UTC day tells what it added; the start counts, the end does not."""
    urn = posted(page, "Post")
    linkedin.set_metrics(urn, impressionCount=10, likeCount=1)
    clock.set("2026-11-25T10:00:00+00:00")
    linkedin.set_metrics(urn, impressionCount=30, likeCount=2)
    clock.set("2026-11-26T10:00:00+00:00")
    found = page.get(f"{SHARES}&{periods(MIDNIGHT, MIDNIGHT + 2 * DAY)}").json()["elements"]
    assert [one["timeRange"] for one in found] == [
        {"start": MIDNIGHT, "end": MIDNIGHT + DAY},
        {"start": MIDNIGHT + DAY, "end": MIDNIGHT + 2 * DAY},
    ]
    totals = [one["totalShareStatistics"] for one in found]
    assert [(one["impressionCount"], one["likeCount"], one["engagement"]) for one in totals] == [
        (10, 1, 0.1),
        (20, 1, 0.05),
    ]
    (month,) = page.get(f"{SHARES}&{periods(MIDNIGHT, MIDNIGHT + DAY, 'MONTH')}").json()["elements"]
    assert month["totalShareStatistics"]["impressionCount"] == 30
    (whole,) = page.get(f"{SHARES}&timeIntervals=(timeRange:(start:{MIDNIGHT}))").json()["elements"]
    assert whole["totalShareStatistics"]["impressionCount"] == 30


def test_the_forms_of_the_first_protocol(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Statistics read brackets and dots too, with either protocol's header."""
    urn = posted(page, "Post")
    linkedin.set_metrics(urn, impressionCount=10)
    dotted = (
        f"{SHARES}&timeIntervals.timeRange.start={MIDNIGHT}&timeIntervals.timeRange.end={MIDNIGHT + DAY}"
        "&timeIntervals.timeGranularityType=DAY"
    )
    for version in ("1.0.0", "2.0.0"):
        told = {"X-Restli-Protocol-Version": version}
        by_post = page.get(f"{SHARES}&shares[0]={enc(urn)}", headers=told).json()["elements"]
        assert [one["share"] for one in by_post] == [urn]
        assert len(page.get(dotted, headers=told).json()["elements"]) == 1


@pytest.mark.parametrize(
    "query",
    [
        "timeIntervals=(timeGranularityType:DAY)",
        "timeIntervals=(timeRange:(start:1,end:2),timeGranularityType:WEEK)",
        "timeIntervals=(timeRange:(start:2,end:1),timeGranularityType:DAY)",
        "timeIntervals=(timeRange:(start:x),timeGranularityType:DAY)",
        "timeIntervals=(range:(start:1))",
        "timeIntervals=DAY",
        "timeIntervals=%28timeRange%3A%28start%3A1%29%29",
        "shares=List(urn%3Ali%3AugcPost%3A1)",
        "shares=urn%3Ali%3Ashare%3A1",
        f"shares=List(urn%3Ali%3Ashare%3A1)&{periods(0, 1)}",
    ],
)
def test_queries_that_do_not_fit(page: httpx.Client, query: str) -> None:
    """An interval that is none, a list that is none, and intervals beside posts are refused."""
    assert page.get(f"{SHARES}&{query}").status_code == 400


def test_older_than_a_year_is_not_told(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Statistics reach twelve months back."""
    posted(page, "Post")
    assert page.get(f"{SHARES}&{periods(MIDNIGHT - 400 * DAY, MIDNIGHT - 390 * DAY)}").json()["elements"] == []


@pytest.mark.parametrize(
    ("named", "key"),
    [("singular", "uniqueImpressionsCount"), ("plural", "uniqueImpressionsCounts"), ("missing", None)],
)
def test_names_of_unique_impressions(
    page: httpx.Client, linkedin: LinkedInEmulator, named: str, key: str | None
) -> None:
    """A bucket names unique impressions in one of the ways that were seen."""
    linkedin.settings.daily_unique = named  # type: ignore[assignment]  # the parameters are its three values
    urn = posted(page, "Post")
    linkedin.set_metrics(urn, uniqueImpressionsCount=8)
    (bucket,) = page.get(f"{SHARES}&{periods(MIDNIGHT, MIDNIGHT + DAY)}").json()["elements"]
    found = {name: value for name, value in bucket["totalShareStatistics"].items() if name.startswith("unique")}
    assert found == ({} if key is None else {key: 8})


def test_statistics_lag_behind(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Statistics may be behind; what everybody sees is not."""
    urn = posted(page, "Post")
    linkedin.settings.insights_lag = 3600
    linkedin.set_metrics(urn, impressionCount=10, likeCount=3)
    where = f"{SHARES}&shares=List({enc(urn)})"
    assert page.get(where).json()["elements"] == []
    social = page.get(f"/rest/socialMetadata/{enc(urn)}").json()
    assert social["reactionSummaries"]["LIKE"]["count"] == 3
    clock.advance(3600)
    assert page.get(where).json()["elements"][0]["totalShareStatistics"]["impressionCount"] == 10


def test_only_administrators_read_statistics(linkedin: LinkedInEmulator, page: httpx.Client) -> None:
    """A role that may post is not enough, nor is posting's scope."""
    linkedin.set_role(MEMBER, PAGE, "CONTENT_ADMIN")
    assert page.get(SHARES).status_code == 403
    linkedin.set_role(MEMBER, PAGE, "ADMINISTRATOR")
    assert page.get(SHARES).status_code == 200
    linkedin.token("AQX-organization").scopes -= {"rw_organization_admin"}
    refused = page.get(SHARES)
    assert refused.status_code == 403
    assert "ShareStatistics.FINDER-organizationalEntity.20260901" in refused.json()["message"]


# ── of followers and pages ────────────────────────────────────────────────────────────────────────────────────────────


def test_followers(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Gains by time; facets of all time; the total has a resource of its own."""
    linkedin.set_followers(PAGE, organic=100, paid=5)
    clock.advance(days=1)
    linkedin.set_followers(PAGE, organic=110, paid=5)
    found = page.get(f"{FOLLOWERS}&{periods(MIDNIGHT, MIDNIGHT + 2 * DAY)}").json()["elements"]
    assert [one["followerGains"] for one in found] == [
        {"organicFollowerGain": 100, "paidFollowerGain": 5},
        {"organicFollowerGain": 10, "paidFollowerGain": 0},
    ]
    assert len(page.get(f"{FOLLOWERS}&{periods(MIDNIGHT, MIDNIGHT + 2 * DAY, 'WEEK')}").json()["elements"]) == 1
    facet: list[JsonValue] = [
        {"seniority": "urn:li:seniority:4", "followerCounts": {"organicFollowerCount": 7, "paidFollowerCount": 0}}
    ]
    linkedin.state.organizations[PAGE].follower_facets["followerCountsBySeniority"] = facet
    (lifetime,) = page.get(FOLLOWERS).json()["elements"]
    assert lifetime["followerCountsBySeniority"] == facet
    assert lifetime["followerCountsByGeo"] == []
    size = page.get(f"/rest/networkSizes/{enc(PAGE)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER")
    assert size.json() == {"firstDegreeSize": 115}
    assert page.get(f"/rest/networkSizes/{enc(PAGE)}?edgeType=FRIENDS").status_code == 400
    assert page.get(f"/rest/networkSizes/{PAGE}?edgeType=COMPANY_FOLLOWED_BY_MEMBER").status_code == 400


def test_page_views(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A page's own views come in all, with facets, or by time; the finder has another name."""
    linkedin.set_page_views(PAGE, allPageViews=9, overviewPageViews=7)
    (lifetime,) = page.get(VIEWS).json()["elements"]
    assert lifetime["organization"] == PAGE
    assert lifetime["totalPageStatistics"]["views"]["allPageViews"] == {"pageViews": 9}
    assert lifetime["pageStatisticsBySeniority"] == []
    (today,) = page.get(f"{VIEWS}&{periods(MIDNIGHT, MIDNIGHT + DAY)}").json()["elements"]
    assert today["totalPageStatistics"]["views"]["overviewPageViews"] == {"pageViews": 7}
    assert today["timeRange"] == {"start": MIDNIGHT, "end": MIDNIGHT + DAY}
    assert page.get(VIEWS.replace("q=organization&", "q=organizationalEntity&")).status_code == 400


def test_counts_that_do_not_exist_are_told(linkedin: LinkedInEmulator, page: httpx.Client) -> None:
    """A test that misspells a count is told so."""
    with pytest.raises(ValueError, match="likesCount"):
        linkedin.set_metrics(posted(page, "x"), likesCount=1)
    with pytest.raises(ValueError, match="views"):
        linkedin.set_page_views(PAGE, views=1)


# ── of videos ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_video_analytics(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """One count of one video at a time, by the day or in all; who may only post reads zeros."""
    video = uploaded_video(page, PAGE)
    clock.advance(3)
    urn = posted(page, "Film", content={"media": {"id": video}})
    linkedin.set_metrics(urn, VIDEO_VIEW=12)
    clock.advance(days=1)
    linkedin.set_metrics(urn, VIDEO_VIEW=20)
    where = f"/rest/videoAnalytics?q=entity&entity={enc(urn)}&type=VIDEO_VIEW"
    assert page.get(f"{where}&aggregation=ALL").json()["elements"] == [
        {"entity": urn, "value": 20, "statisticsType": "VIDEO_VIEW"}
    ]
    by_day = f"{where}&aggregation=DAY&timeRange=(start:{MIDNIGHT},end:{MIDNIGHT + 2 * DAY})"
    assert [one["value"] for one in page.get(by_day).json()["elements"]] == [12, 8]
    assert page.get(where.replace("VIDEO_VIEW", "LIKES")).status_code == 400
    assert page.get(f"{where}&aggregation=YEAR").status_code == 400
    assert page.get(where.replace(enc(urn), "urn%3Ali%3AugcPost%3A1")).status_code == 404
    linkedin.set_role(MEMBER, PAGE, "CONTENT_ADMIN")
    assert page.get(where).json()["elements"][0]["value"] == 0


# ── of members ────────────────────────────────────────────────────────────────────────────────────────────────────────


def analytics(urn: str, metric: str, more: str = "") -> str:
    return f"/rest/memberCreatorPostAnalytics?q=entity&entity=(share:{enc(urn)})&queryType={metric}{more}"


def test_member_analytics_over_days(member: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A range of days tells what they added, in all or each; the end does not count."""
    urn = posted(member, "mine", MEMBER)
    linkedin.set_metrics(urn, likeCount=2, impressionCount=50)
    clock.advance(days=1)
    linkedin.set_metrics(urn, likeCount=5)
    days = "&dateRange=(start:(day:24,month:11,year:2026),end:(day:25,month:11,year:2026))"
    first = {"day": 24, "month": 11, "year": 2026}
    told = {"start": first, "end": {**first, "day": 25}}
    common = {"metricType": "REACTION", "targetEntity": {"share": urn}}
    found = member.get(analytics(urn, "REACTION", days)).json()["elements"]
    assert found == [{"count": 2, **common, "dateRange": told}]
    two = days.replace("day:25", "day:26") + "&aggregation=DAILY"
    assert [one["count"] for one in member.get(analytics(urn, "REACTION", two)).json()["elements"]] == [2, 3]
    own = "/rest/memberCreatorPostAnalytics?q=me&queryType=IMPRESSION&aggregation=DAILY"
    assert [one["count"] for one in member.get(own).json()["elements"]] == [50, 0]


@pytest.mark.parametrize(
    "more",
    [
        "IMPRESSION&aggregation=DAILY",  # of one post not by the day
        "MEMBERS_REACHED&aggregation=DAILY",
        "LINK_CLICKS&aggregation=DAILY",
        "IMPRESSION&aggregation=HOURLY",
        "LIKES",
        "IMPRESSION&dateRange=(start:(day:31,month:2,year:2026),end:(day:1,month:3,year:2026))",
        "IMPRESSION&dateRange=2026",
        "IMPRESSION&metricType=IMPRESSION",
    ],
)
def test_member_queries_that_do_not_fit(member: httpx.Client, more: str) -> None:
    """What is not told by the day, a day that is none and a strange name are refused."""
    assert member.get(analytics(posted(member, "mine", MEMBER), more)).status_code == 400


def test_analytics_of_another_member(member: httpx.Client, page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A member reads the own posts alone, with the scope, by the key of their kind."""
    theirs, own = posted(page, "theirs"), posted(member, "mine", MEMBER)
    assert member.get(analytics(theirs, "IMPRESSION")).status_code == 403
    assert member.get(analytics("urn:li:share:1", "IMPRESSION")).status_code == 404
    assert member.get(analytics(own, "IMPRESSION").replace("(share:", "(ugc:")).status_code == 400
    linkedin.token("AQX-member").scopes -= {"r_member_postAnalytics"}
    assert member.get(analytics(own, "IMPRESSION")).status_code == 403


def test_member_videos(member: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A member's video tells plays, viewers and the time that was watched; in older versions the type is an object."""
    video = uploaded_video(member, MEMBER)
    clock.advance(3)
    urn = posted(member, "Film", MEMBER, content={"media": {"id": video}})
    linkedin.set_metrics(urn, VIDEO_PLAY=9)
    where = f"/rest/memberCreatorVideoAnalytics?q=entity&entity=(ugc:{enc(urn)})&queryType=VIDEO_PLAY"
    element = {"count": 9, "metricType": "VIDEO_PLAY", "targetEntity": {"ugc": urn}}
    assert member.get(where).json()["elements"] == [element]
    older = member.get(where, headers={"LinkedIn-Version": "202604"}).json()["elements"][0]
    assert list(older["metricType"].values()) == ["VIDEO_PLAY"]


def test_followers_of_a_member(member: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """How many follow, and who came on each day."""
    linkedin.set_followers(MEMBER, organic=961)
    assert member.get("/rest/memberFollowersCount?q=me").json()["elements"] == [{"memberFollowersCount": 961}]
    days = "dateRange=(start:(year:2026,month:11,day:23),end:(year:2026,month:11,day:25))"
    found = member.get(f"/rest/memberFollowersCount?q=dateRange&{days}").json()["elements"]
    assert [one["memberFollowersCount"] for one in found] == [0, 961]
    assert found[0]["dateRange"]["start"] == {"day": 23, "month": 11, "year": 2026}
    assert member.get("/rest/memberFollowersCount?q=dateRange").status_code == 400


def test_resources_are_younger_than_some_versions(clock: TestClock) -> None:
    """To a version that is older than a resource it does not exist: 404, not 426."""
    clock.set("2025-07-01")
    linkedin = LinkedInEmulator(clock=clock)
    with client(linkedin, "AQX-member", LinkedIn_Version="202503") as api:
        for where in (
            "/rest/memberCreatorPostAnalytics?q=me&queryType=IMPRESSION",
            "/rest/memberCreatorVideoAnalytics?q=entity&queryType=VIDEO_PLAY",
            "/rest/memberFollowersCount?q=me",
        ):
            answer = api.get(where)
            assert answer.status_code == 404
            assert "No root resource defined for path" in answer.json()["message"]
        later = api.get("/rest/memberFollowersCount?q=me", headers={"LinkedIn-Version": "202504"})
        assert later.status_code == 200
