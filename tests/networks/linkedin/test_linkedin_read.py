"""Reading posts and numbers from LinkedIn, and deleting, over a script with LinkedIn's own shapes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue

from socialconnect import errors
from socialconnect.metrics import Metrics
from socialconnect.networks.linkedin import LinkedIn
from socialconnect.testing.clock import TestClock

if TYPE_CHECKING:
    from tests.networks.linkedin.conftest import Answer, Script

POSTS = "GET /rest/posts"
STATISTICS = "GET /rest/organizationalEntityShareStatistics"
ANALYTICS = "GET /rest/memberCreatorPostAnalytics"
SHARE = "urn:li:share:7266012345678901248"
QUIET = "urn:li:share:7266012345678901250"
UGC = "urn:li:ugcPost:7266012345678901252"
START = 1795500000000  # milliseconds


def _element(at: int, **changed: JsonValue) -> dict[str, JsonValue]:
    return {
        "id": f"urn:li:share:{at}",
        "author": "urn:li:organization:5515715",
        "commentary": r"Q3 results \(unaudited\) are out {hashtag|\#|finance}",
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "createdAt": START + at,
        "publishedAt": START + at + 100,
        "aFieldThatIsNew": {"x": 1},
        **changed,
    }


def _page(*elements: dict[str, JsonValue]) -> JsonValue:
    return {"elements": list(elements), "paging": {"start": 0, "count": 10, "links": []}}


def _at(milliseconds: int) -> datetime:
    return datetime.fromtimestamp((START + milliseconds) / 1000, UTC)


def test_posts_are_read_as_people_wrote_them(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Text, time, media and parent are read out of LinkedIn's shape, and the whole element is kept."""
    images: JsonValue = {"multiImage": {"images": [{"id": "a"}, {"id": "b"}]}}
    reshare = _element(1, reshareContext={"parent": "urn:li:share:9"}, content={"reference": {"id": "urn:li:event:1"}})
    script.on(
        POSTS, answer(200, _page(_element(3, content=images), _element(2, content={"media": {"id": "a"}}), reshare))
    )
    first, second, third = linkedin.posts()
    assert first.text == "Q3 results (unaudited) are out #finance"
    assert (first.id, first.created_at, first.media_count) == ("urn:li:share:3", _at(103), 2)
    assert first.url == "https://www.linkedin.com/feed/update/urn:li:share:3/"
    assert first.data["aFieldThatIsNew"] == {"x": 1}
    assert (second.media_count, third.media_count, third.parent) == (1, 0, "urn:li:share:9")
    (sent,) = script.requests
    assert sent.url.query == b"q=author&author=urn%3Ali%3Aorganization%3A5515715&start=0&count=100&sortBy=CREATED"
    assert sent.headers["x-restli-method"] == "FINDER"


def test_posts_are_paged_until_a_short_page(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Full pages are followed by the next one; a short page is the last; the order is newest first."""
    full = _page(*(_element(1000 - at) for at in range(100)))
    script.on(POSTS, answer(200, full), answer(200, _page(_element(5), _element(6))))
    found = linkedin.posts(limit=500)
    assert len(found) == 102
    assert [one.id for one in found[-2:]] == ["urn:li:share:6", "urn:li:share:5"]
    assert [one.url.params["start"] for one in script.requests] == ["0", "100"]


def test_posts_stop_at_the_limit(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """No more are asked for than wanted."""
    script.on(POSTS, answer(200, _page(_element(3), _element(2))))
    assert len(linkedin.posts(limit=2)) == 2
    assert [one.url.params["count"] for one in script.requests] == ["2"]


def test_posts_since_leaves_out_older_ones_and_stops_there(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """A page that is wholly older than the wanted time is the last one read."""
    newer = _page(*(_element(5000 + at) for at in range(100)))
    older = _page(*(_element(at) for at in range(100)))
    script.on(POSTS, answer(200, newer), answer(200, older))
    found = linkedin.posts(since=_at(5150), limit=500)
    assert [one.created_at for one in found][-1] == _at(5150)
    assert len(found) == 50
    assert len(script.requests) == 2


def test_what_people_cannot_see_is_no_post(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Drafts and failures are left out; a post that LinkedIn still processes is there, lest it be sent twice."""
    states = ("DRAFT", "PUBLISH_FAILED", "PUBLISH_REQUESTED", "A_STATE_THAT_IS_NEW")
    elements = [_element(at, lifecycleState=state) for at, state in enumerate(states)]
    script.on(POSTS, answer(200, _page(*elements)))
    assert [one.id for one in linkedin.posts()] == ["urn:li:share:3", "urn:li:share:2"]


@pytest.mark.parametrize("element", [{"commentary": "no id"}, {"id": "urn:li:share:1", "createdAt": 10**30}, {"id": 7}])
def test_a_post_that_is_not_understood_is_a_protocol_error(
    linkedin: LinkedIn, script: Script, answer: type[Answer], element: dict[str, JsonValue]
) -> None:
    """An element of another shape raises our error, not the parser's."""
    script.on(POSTS, answer(200, {"elements": [element]}))
    with pytest.raises(errors.ProtocolError):
        linkedin.posts()


def test_a_member_may_mostly_not_read_posts(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A member's account says that it has no read-back, and LinkedIn's refusal says why."""
    message = "Not enough permissions to access: partnerApiPostsExternal.FINDER-author.20260901"
    script.on(POSTS, answer(403, {"status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": message}))
    assert not member.capabilities.read_back
    with pytest.raises(errors.PermissionDenied, match="LinkedIn gives to nobody new") as caught:
        member.posts()
    assert caught.value.missing == ("r_member_social",)


def test_delete_encodes_the_urn(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """The URN is one path segment."""
    script.on("DELETE /rest/posts/urn%3Ali%3Ashare%3A7266012345678901248", answer(204))
    linkedin.delete(SHARE)


@pytest.mark.parametrize("ref", ["", "7266012345678901248", "../images?a", "urn:li:comment:(urn:li:activity:1,2)"])
def test_what_is_no_post_is_neither_deleted_nor_changed(linkedin: LinkedIn, script: Script, ref: str) -> None:
    """LinkedIn says yes to deleting what does not exist, so a wrong id is told before the request."""
    for act in (linkedin.delete, partial(linkedin.update, text="New")):
        with pytest.raises(errors.ValidationError) as caught:
            act(ref)
        assert [(one.rule, one.actual) for one in caught.value.problems] == [("post_urn", ref)]
    assert not script.requests


# ── a page's numbers ──────────────────────────────────────────────────────────────────────────────────────────────────


def _numbers(kind: str, urn: str, **changed: JsonValue) -> JsonValue:
    total: dict[str, JsonValue] = {
        "impressionCount": 1200,
        "uniqueImpressionsCount": 800,
        "clickCount": 40,
        "likeCount": 15,
        "commentCount": 3,
        "shareCount": 2,
        "engagement": 0.05,
    }
    return {
        "organizationalEntity": "urn:li:organization:5515715",
        kind: urn,
        "totalShareStatistics": {**total, **changed},
    }


def test_a_pages_numbers_are_read_in_one_request(
    linkedin: LinkedIn, script: Script, clock: TestClock, answer: type[Answer]
) -> None:
    """Shares and ugcPosts are asked for together; each number has our name and LinkedIn's."""
    script.on(STATISTICS, answer(200, {"elements": [_numbers("share", SHARE), _numbers("ugcPost", UGC, likeCount=-1)]}))
    report = linkedin.fetch_metrics([SHARE, UGC])
    found = report[SHARE]
    assert (found.views, found.reach, found.clicks, found.likes) == (1200, 800, 40, 15)
    assert (found.comments, found.shares, found.saves, found.engagements) == (3, 2, None, None)
    assert found.values["engagement"].value == 0.05
    assert found.values["impressionCount"].period == "last 12 months"
    assert found.fetched_at == clock.now()
    assert report[UGC].likes == -1
    assert len(script.requests) == 1


def test_a_post_that_linkedin_leaves_out_has_no_numbers(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """It may be quiet, deleted or old: its numbers are unknown with that reason, never 0."""
    script.on(STATISTICS, answer(200, {"elements": [_numbers("share", SHARE)]}))
    quiet = linkedin.fetch_metrics([SHARE, QUIET])[QUIET]
    assert (quiet.views, quiet.likes, quiet.values) == (None, None, {})
    assert "deleted" in quiet.unavailable["impressionCount"].reason


def test_a_number_that_is_missing_costs_that_number_alone(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """The other spelling of unique impressions is read too; without either, reach alone is unknown."""
    other = _numbers("share", SHARE, uniqueImpressionsCounts=7)
    without = _numbers("ugcPost", UGC)
    for element in (other, without):
        assert isinstance(element, dict)
        assert isinstance(element["totalShareStatistics"], dict)
        del element["totalShareStatistics"]["uniqueImpressionsCount"]
    script.on(STATISTICS, answer(200, {"elements": [other, without]}))
    report = linkedin.fetch_metrics([SHARE, UGC])
    assert report[SHARE].reach == 7
    assert (report[UGC].reach, report[UGC].views) == (None, 1200)
    assert list(report[UGC].unavailable) == ["uniqueImpressionsCount"]


@pytest.mark.parametrize(("posts", "requests"), [(1, 1), (50, 1), (51, 2), (120, 3)])
def test_a_pages_numbers_take_no_request_too_many(
    linkedin: LinkedIn, script: Script, empty: Answer, posts: int, requests: int
) -> None:
    """Fifty posts go into one request, whatever kinds they are."""
    script.on(STATISTICS, empty)
    kinds = ("share", "ugcPost")
    report = linkedin.fetch_metrics([f"urn:li:{kinds[at % 2]}:{7266012345678900000 + at}" for at in range(posts)])
    assert (len(report), len(script.requests)) == (posts, requests)


def test_a_post_that_linkedin_refuses_costs_no_other(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A refused batch is halved until the post at fault stands alone with its error."""
    refused = answer(400, {"status": 400, "code": "INVALID_URN_ID", "message": "no share of this page"})
    fine = answer(200, {"elements": [_numbers("share", SHARE)]})
    script.on(STATISTICS, refused, fine, refused)  # both; then the first half; then the second
    report = linkedin.fetch_metrics([SHARE, QUIET])
    assert report[SHARE].views == 1200
    assert isinstance(report.errors[QUIET], errors.RejectedError)
    with pytest.raises(errors.RejectedError, match="no share of this page"):
        report[QUIET]


def test_an_id_that_is_no_post_is_told_without_a_request(linkedin: LinkedIn, script: Script, empty: Answer) -> None:
    """LinkedIn has no numbers by activity URN: that reference alone gets a precise error."""
    script.on(STATISTICS, empty)
    report = linkedin.fetch_metrics(["urn:li:activity:1", "nonsense", SHARE])
    assert sorted(report.errors) == ["nonsense", "urn:li:activity:1"]
    assert b"activity" not in script.requests[0].url.raw_path


def test_missing_permission_fails_the_report_after_one_request(
    linkedin: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """Without the scope nothing can be read: it is said once, not once for each post."""
    script.on(STATISTICS, answer(403, {"status": 403, "code": "ACCESS_DENIED", "message": "no"}))
    with pytest.raises(errors.PermissionDenied) as caught:
        linkedin.fetch_metrics([f"urn:li:share:{at}" for at in range(120)])
    assert caught.value.missing == ("rw_organization_admin",)
    assert len(script.requests) == 1


def test_what_was_read_before_an_outage_is_kept(linkedin: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A token that ends midway costs the posts that were not read yet, and no further request."""
    fine = answer(200, {"elements": [_numbers("share", "urn:li:share:0")]})
    script.on(STATISTICS, fine, answer(401, {"status": 401, "code": "REVOKED_ACCESS_TOKEN", "message": "gone"}))
    report = linkedin.fetch_metrics([f"urn:li:share:{at}" for at in range(150)])
    assert (len(report.errors), len(list(report))) == (100, 50)
    assert report["urn:li:share:0"].views == 1200
    assert len(script.requests) == 2


# ── a member's numbers ────────────────────────────────────────────────────────────────────────────────────────────────


def _count(count: int, kind: JsonValue = "IMPRESSION") -> JsonValue:
    return {"elements": [{"count": count, "metricType": kind, "targetEntity": {"share": SHARE}}]}


def test_a_members_numbers_are_read_one_by_one(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Each metric of each post is a call; both shapes of the metric's type are understood."""
    old_shape: JsonValue = {"com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1": "X"}
    script.on(ANALYTICS, *(answer(200, _count(at, old_shape if at % 2 else "X")) for at in range(1, 8)))
    found = member.fetch_metrics([SHARE])[SHARE]
    assert (found.views, found.reach, found.likes, found.comments) == (1, 2, 3, 4)
    assert (found.shares, found.saves, found.clicks) == (5, 6, 7)
    assert found.values["IMPRESSION"].period == "lifetime"
    assert script.requests[0].url.raw_path == (
        b"/rest/memberCreatorPostAnalytics?q=entity&entity=(share:urn%3Ali%3Ashare%3A7266012345678901248)"
        b"&queryType=IMPRESSION&aggregation=TOTAL"
    )


def test_a_members_ugc_post_is_asked_for_under_its_own_key(
    member: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """The union's key for a ugcPost is LinkedIn's short one."""
    script.on(ANALYTICS, answer(200, _count(1)))
    member.fetch_metrics([UGC])
    assert b"entity=(ugc:urn%3Ali%3AugcPost%3A7266012345678901252)" in script.requests[0].url.raw_path


def test_a_metric_that_linkedin_refuses_costs_that_metric_alone(
    member: LinkedIn, script: Script, answer: type[Answer], empty: Answer
) -> None:
    """A refused metric and one without an answer are unknown with the reason; the others are there."""
    refused = answer(400, {"status": 400, "code": "INVALID_VALUE_FOR_FIELD", "message": "queryType"})
    script.on(ANALYTICS, answer(200, _count(9)), refused, empty, answer(200, _count(4)))
    found = member.fetch_metrics([SHARE])[SHARE]
    assert (found.views, found.reach, found.likes, found.comments) == (9, None, None, 4)
    assert "queryType" in found.unavailable["MEMBERS_REACHED"].reason
    assert "no number" in found.unavailable["REACTION"].reason


def test_a_members_post_that_is_gone_costs_no_other(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """A post that LinkedIn refuses altogether has its own error after one call."""
    script.on(ANALYTICS, answer(404, {"status": 404, "code": "NOT_FOUND", "message": "no"}), answer(200, _count(2)))
    report = member.fetch_metrics([QUIET, SHARE])
    assert isinstance(report.errors[QUIET], errors.NotFound)
    assert report[SHARE].views == 2
    assert len(script.requests) == 1 + 7


def test_a_members_report_keeps_what_was_read_before_the_limit(
    member: LinkedIn, script: Script, answer: type[Answer]
) -> None:
    """When the day's allowance ends midway, the posts that are left say so, and nothing more is asked."""
    limit = answer(429, {"status": 429, "message": "Resource level throttle MEMBER DAY limit is reached."})
    script.on(ANALYTICS, *(answer(200, _count(at)) for at in range(7)), limit)
    report = member.fetch_metrics([SHARE, QUIET, UGC])
    assert isinstance(report[SHARE], Metrics)
    assert [type(one) for one in report.errors.values()] == [errors.QuotaExceeded] * 2
    assert len(script.requests) == 8


def test_a_member_without_the_scope_is_told_once(member: LinkedIn, script: Script, answer: type[Answer]) -> None:
    """Without the scope nothing can be read: it is said once, with the scope's name."""
    script.on(ANALYTICS, answer(403, {"status": 403, "code": "ACCESS_DENIED", "message": "no"}))
    with pytest.raises(errors.PermissionDenied) as caught:
        member.fetch_metrics([SHARE, UGC])
    assert caught.value.missing == ("r_member_postAnalytics",)
    assert len(script.requests) == 1


def test_a_members_id_that_is_no_post_is_told_without_a_request(member: LinkedIn, script: Script) -> None:
    """It costs none of the member's few calls."""
    report = member.fetch_metrics(["urn:li:activity:1"])
    assert isinstance(report.errors["urn:li:activity:1"], errors.ValidationError)
    assert script.requests == []


@pytest.mark.parametrize("number", ["many", True, None, 1.5])
def test_a_number_of_another_kind_is_no_number(
    linkedin: LinkedIn, script: Script, answer: type[Answer], number: JsonValue
) -> None:
    """What cannot be a count is unknown; the other numbers stand."""
    script.on(STATISTICS, answer(200, {"elements": [_numbers("share", SHARE, impressionCount=number)]}))
    found = linkedin.fetch_metrics([SHARE])[SHARE]
    assert (found.views, found.reach) == (None, 800)
