"""Counts of a page: of its posts, its followers, its own views, and its videos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.answers import collection
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import (
    bad_syntax,
    not_found,
    unknown_finder,
    wrong_parameter,
    wrong_urn_type,
)
from socialconnect.testing.emulators.linkedin.intervals import Interval, after, buckets, intervals, time_range
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Organization, Share, State
from socialconnect.transport.request import Response

__all__ = ["PAGE_COUNTS", "SHARE_COUNTS", "VIDEO_COUNTS", "Statistics"]

SHARE_COUNTS = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
VIDEO_COUNTS = ("VIDEO_VIEW", "VIEWER", "TIME_WATCHED", "TIME_WATCHED_FOR_VIDEO_VIEWS")
PAGE_COUNTS = (
    "allPageViews", "allDesktopPageViews", "allMobilePageViews",
    "overviewPageViews", "desktopOverviewPageViews", "mobileOverviewPageViews",
    "careersPageViews", "desktopCareersPageViews", "mobileCareersPageViews",
    "jobsPageViews", "desktopJobsPageViews", "mobileJobsPageViews",
    "lifeAtPageViews", "desktopLifeAtPageViews", "mobileLifeAtPageViews",
)  # fmt: skip
_UNIQUE = "uniqueImpressionsCount"
_FOLLOWER_FACETS = (
    "AssociationType", "Seniority", "Industry", "Function", "StaffCountRange", "GeoCountry", "Geo",
)  # fmt: skip
_PAGE_FACETS = ("Seniority", "IndustryV2", "Function", "StaffCountRange", "GeoCountry", "Geo")


class Statistics:
    """
    The statistics resources of pages.

    Args:
        state: Where posts, pages and their counts are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def of_shares(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationalEntityShareStatistics`: posts without activity are left out."""
        page = self._page(call, caller, "organizationalEntity").urn
        by_post = "shares" in call.params or "ugcPosts" in call.params
        periods = call.record("timeIntervals")
        if periods is not None and by_post:
            raise bad_syntax("timeIntervals cannot be given together with shares or ugcPosts")
        if by_post:
            return collection(self._by_post(call, page))
        own = [one for one in self._state.shares.values() if one.author == page and not one.deleted]
        if periods is None:
            total = _statistics(one.metrics.at(self._state.counted) for one in own)
            return collection([{"organizationalEntity": page, "totalShareStatistics": total}])
        return collection(
            [
                {
                    "organizationalEntity": page,
                    "timeRange": one.shown,
                    "totalShareStatistics": self._bucket(one, own),
                }
                for one in intervals(periods, self._state.now, "DAY", "MONTH")
            ]
        )

    def of_followers(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationalEntityFollowerStatistics`: facets of all time, or gains by time."""
        page = self._page(call, caller, "organizationalEntity")
        periods = call.record("timeIntervals")
        if periods is None:
            facets: dict[str, JsonValue] = {f"followerCountsBy{name}": [] for name in _FOLLOWER_FACETS}
            return collection([{**facets, **page.follower_facets, "organizationalEntity": page.urn}])
        elements: list[JsonValue] = []
        for one in intervals(periods, self._state.now, "DAY", "WEEK", "MONTH"):
            gained = page.followers.between(one.before, min(one.last, self._state.counted))
            gains: JsonValue = {
                "organicFollowerGain": gained.get("organic", 0),
                "paidFollowerGain": gained.get("paid", 0),
            }
            elements.append({"timeRange": one.shown, "followerGains": gains, "organizationalEntity": page.urn})
        return collection(elements)

    def of_page(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationPageStatistics`: views and clicks of the page itself."""
        page = self._page(call, caller, "organization")
        periods = call.record("timeIntervals")
        if periods is None:
            facets: dict[str, JsonValue] = {f"pageStatisticsBy{name}": [] for name in _PAGE_FACETS}
            total = _page_statistics(page.page.at(self._state.counted))
            return collection([{**facets, "organization": page.urn, "totalPageStatistics": total}])
        return collection(
            [
                {
                    "organization": page.urn,
                    "timeRange": one.shown,
                    "totalPageStatistics": _page_statistics(
                        page.page.between(one.before, min(one.last, self._state.counted))
                    ),
                }
                for one in intervals(periods, self._state.now, "DAY", "MONTH")
            ]
        )

    def of_video(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/videoAnalytics`: one count of one video post; who may only post reads zeros."""
        if call.name != "entity":
            raise unknown_finder(call.resource, call.name)
        urn, kind = call.needed("entity"), call.needed("type")
        aggregation = call.text("aggregation") or "ALL"
        caller.need_programme(call)
        caller.need(call, "r_organization_social", "rw_organization_admin")
        share = self._state.share(urn)
        if share is None:
            raise not_found()
        if kind not in VIDEO_COUNTS:
            raise wrong_parameter("type")
        if aggregation not in ("DAY", "WEEK", "ALL"):
            raise wrong_parameter("aggregation")
        counted = caller.role(share.author) == "ADMINISTRATOR"
        asked = time_range(call.record("timeRange"), "timeRange")
        whole = Interval(
            max(asked.start, share.created_at) if asked else share.created_at,
            min(asked.end, after(self._state.counted)) if asked else after(self._state.counted),
        )
        elements: list[JsonValue] = []
        for one in buckets(whole, aggregation) if whole.start < whole.end else ():
            value = share.metrics.between(one.before, min(one.last, whole.end)).get(kind, 0) if counted else 0
            element: dict[str, JsonValue] = {"entity": urn, "value": value, "statisticsType": kind}
            elements.append({**element, "timeRange": one.shown} if asked or aggregation != "ALL" else element)
        return collection(elements)

    def network_size(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/networkSizes/{urn}?edgeType=…`: how many follow a page, any page."""
        caller.need_programme(call)
        if call.needed("edgeType") not in ("COMPANY_FOLLOWED_BY_MEMBER", "CompanyFollowedByMember"):
            raise wrong_parameter("edgeType")
        page = self._state.organizations.get(str(call.key))
        if page is None:
            raise not_found()
        followers = page.followers.at(self._state.counted)
        return json_response(200, {"firstDegreeSize": followers.get("organic", 0) + followers.get("paid", 0)})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _page(self, call: RestliCall, caller: Caller, finder: str) -> Organization:
        """Give the page that a finder asks for, which the caller administers."""
        if call.name != finder:
            raise unknown_finder(call.resource, call.name)
        urn = call.needed(finder)
        if not urn.startswith("urn:li:organization"):
            raise wrong_urn_type(finder, urn, "organization")
        caller.administers(call, urn)
        return self._state.organizations[urn]

    def _by_post(self, call: RestliCall, page: str) -> list[JsonValue]:
        elements: list[JsonValue] = []
        for name, union in (("shares", "share"), ("ugcPosts", "ugcPost")):
            for urn in call.texts(name):
                if not urn.startswith(f"urn:li:{union}:"):
                    raise wrong_parameter(name)
                share = self._state.share(urn)
                if share is None or share.author != page:
                    continue
                counts = share.metrics.at(self._state.counted)
                if any(counts.get(one) for one in SHARE_COUNTS):
                    total = _statistics([counts])
                    elements.append({"organizationalEntity": page, union: urn, "totalShareStatistics": total})
        return elements

    def _bucket(self, period: Interval, own: list[Share]) -> JsonValue:
        last = min(period.last, self._state.counted)
        counts = _statistics(one.metrics.between(period.before, last) for one in own)
        if self._state.settings.daily_unique == "missing":
            del counts[_UNIQUE]
        elif self._state.settings.daily_unique == "plural":
            counts["uniqueImpressionsCounts"] = counts.pop(_UNIQUE)
        return counts


def _statistics(several: Iterable[Mapping[str, int]]) -> dict[str, JsonValue]:
    counts = dict.fromkeys(SHARE_COUNTS, 0)
    for one in several:
        for name in SHARE_COUNTS:
            counts[name] += one.get(name, 0)
    acts = sum(counts[name] for name in ("clickCount", "likeCount", "commentCount", "shareCount"))
    seen = counts["impressionCount"]
    return {**counts, "engagement": acts / seen if seen else 0.0}


def _page_statistics(counts: Mapping[str, int]) -> JsonValue:
    views: dict[str, JsonValue] = {name: {"pageViews": counts.get(name, 0)} for name in PAGE_COUNTS}
    return {"views": views, "clicks": {}}
