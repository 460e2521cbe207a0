"""Counts of a member: of the member's own posts and videos, and of who follows."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.linkedin.answers import collection
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import (
    access_denied,
    bad_syntax,
    missing_parameter,
    not_found,
    unknown_finder,
    wrong_parameter,
)
from socialconnect.testing.emulators.linkedin.intervals import Interval, day_range, days_between, shown_days
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State
from socialconnect.testing.emulators.linkedin.versions import need_version
from socialconnect.transport.request import Response

__all__ = ["MEMBER_COUNTS", "MEMBER_VIDEO_COUNTS", "MemberStatistics"]

# Where a member's metric is counted; the first five are as old as the resource, the others came later.
_FIRST_METRICS = {
    "IMPRESSION": "impressionCount",
    "MEMBERS_REACHED": "uniqueImpressionsCount",
    "RESHARE": "shareCount",
    "REACTION": "likeCount",
    "COMMENT": "commentCount",
}
_LATER_METRICS = {
    "POST_SEND": "sendCount",
    "POST_SAVE": "saveCount",
    "LINK_CLICKS": "clickCount",
    "PREMIUM_CTA_CLICKS": "premiumCtaClicks",
    "FOLLOWER_GAINED_FROM_CONTENT": "followersGained",
    "PROFILE_VIEW_FROM_CONTENT": "profileViews",
}
_NOT_DAILY = frozenset({"MEMBERS_REACHED", "LINK_CLICKS", "FOLLOWER_GAINED_FROM_CONTENT", "PROFILE_VIEW_FROM_CONTENT"})
MEMBER_COUNTS = tuple(_LATER_METRICS.values())
MEMBER_VIDEO_COUNTS = ("VIDEO_PLAY", "VIDEO_WATCH_TIME", "VIDEO_VIEWER")
_ANALYTICS_SINCE = "202506"
_FOLLOWERS_SINCE, _DAILY_FOLLOWERS_SINCE = "202504", "202505"
_LATER_METRICS_SINCE = "202604"
_PLAIN_TYPE_SINCE = "202605"
_UNIONS = {
    "memberCreatorPostAnalytics": "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1",
    "memberCreatorVideoAnalytics": "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorVideoAnalyticsMetricTypeV1",
}


class MemberStatistics:
    """
    The statistics resources of members.

    Args:
        state: Where posts and their counts are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def of_posts(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/memberCreatorPostAnalytics`: one metric, of one post or of all the member's."""
        self._may_read(call, caller)
        known = dict(_FIRST_METRICS)
        if caller.version >= _LATER_METRICS_SINCE:
            known |= _LATER_METRICS
        metric = call.needed("queryType")
        if metric not in known:
            raise wrong_parameter("queryType")
        if call.name not in ("me", "entity"):
            raise unknown_finder(call.resource, call.name)
        daily = call.text("aggregation") == "DAILY"
        if daily and (metric in _NOT_DAILY or (metric == "IMPRESSION" and call.name == "entity")):
            raise bad_syntax(f"DAILY aggregation is not supported for {metric}")
        if call.name == "entity":
            union, share = self._entity(call, caller)
            return self._answer(call, caller, metric, known[metric], [share], {union: share.urn})
        own = [one for one in self._state.shares.values() if one.author == caller.member and not one.deleted]
        return self._answer(call, caller, metric, known[metric], own, None)

    def of_videos(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/memberCreatorVideoAnalytics`: one metric of one video post."""
        self._may_read(call, caller)
        metric = call.needed("queryType")
        if metric not in MEMBER_VIDEO_COUNTS:
            raise wrong_parameter("queryType")
        if call.name != "entity":
            raise unknown_finder(call.resource, call.name)
        union, share = self._entity(call, caller)
        if not any(one.startswith("urn:li:video:") for one in share.assets):
            raise not_found()
        return self._answer(call, caller, metric, metric, [share], {union: share.urn})

    def followers(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/memberFollowersCount`: how many follow, or who came on each day."""
        need_version(caller.version, _FOLLOWERS_SINCE, call.resource)
        caller.need_programme(call)
        caller.need(call, "r_member_profileAnalytics")
        counts = self._state.people[caller.member].followers
        if call.name == "me":
            return collection([{"memberFollowersCount": counts.at(self._state.counted).get("organic", 0)}])
        if call.name != "dateRange":
            raise unknown_finder(call.resource, call.name)
        need_version(caller.version, _DAILY_FOLLOWERS_SINCE, call.resource)
        whole = day_range(call.params.get("dateRange"))
        if whole is None:
            raise missing_parameter("dateRange")
        return collection(
            [
                {
                    "memberFollowersCount": counts.between(day.before, min(day.last, self._state.counted)).get(
                        "organic", 0
                    ),
                    "dateRange": shown,
                }
                for day, shown in days_between(whole)
            ]
        )

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _may_read(self, call: RestliCall, caller: Caller) -> None:
        need_version(caller.version, _ANALYTICS_SINCE, call.resource)  # to an older version there is no such resource
        caller.need_programme(call)
        caller.need(call, "r_member_postAnalytics")
        if (call.text("aggregation") or "TOTAL") not in ("TOTAL", "DAILY"):
            raise wrong_parameter("aggregation")

    def _entity(self, call: RestliCall, caller: Caller) -> tuple[str, Share]:
        """Give the member's own post that is asked for, and how the answer names its kind."""
        entity = call.record("entity")
        if entity is None:
            raise missing_parameter("entity")
        union, urn = next(iter(entity.items()), ("", ""))
        kind = {"share": "urn:li:share:", "ugc": "urn:li:ugcPost:"}.get(union)
        if len(entity) != 1 or kind is None or not isinstance(urn, str) or not urn.startswith(kind):
            raise wrong_parameter("entity")
        share = self._state.share(urn)
        if share is None:
            raise not_found()
        if share.author != caller.member:
            raise access_denied()
        return union, share

    def _answer(
        self,
        call: RestliCall,
        caller: Caller,
        metric: str,
        count: str,
        shares: list[Share],
        target: dict[str, JsonValue] | None,
    ) -> Response:
        shown: JsonValue = metric if caller.version >= _PLAIN_TYPE_SINCE else {_UNIONS[call.resource]: metric}
        common: dict[str, JsonValue] = {"metricType": shown}
        if target is not None:
            common["targetEntity"] = target
        whole = day_range(call.params.get("dateRange"))
        if call.text("aggregation") == "DAILY":
            days = whole or self._lifetime(shares)
            return collection(
                [
                    {**common, "count": self._between(shares, count, day), "dateRange": told}
                    for day, told in days_between(days)
                ]
            )
        if whole is None:
            total = sum(one.metrics.at(self._state.counted).get(count, 0) for one in shares)
            return collection([{"count": total, **common}])
        element: dict[str, JsonValue] = {"count": self._between(shares, count, whole), **common}
        return collection([{**element, "dateRange": shown_days(whole)}])

    def _lifetime(self, shares: list[Share]) -> Interval:
        first = min((one.created_at for one in shares), default=self._state.now)
        return Interval(first, self._state.now)

    def _between(self, shares: list[Share], count: str, period: Interval) -> int:
        last = min(period.last, self._state.counted)
        return sum(one.metrics.between(period.before, last).get(count, 0) for one in shares)
