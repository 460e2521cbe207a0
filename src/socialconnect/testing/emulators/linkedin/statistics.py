"""Counts of posts: of a page's, of a member's own, and what everybody sees."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import access_denied, bad_syntax, no_programme, not_found
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.state import Share, State
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["Statistics"]

_COUNTS = ("impressionCount", "uniqueImpressionsCount", "clickCount", "likeCount", "commentCount", "shareCount")
# Where a member's metric is counted; the first five are as old as the resource, the others came later.
_FIRST_MEMBER_METRICS = {
    "IMPRESSION": "impressionCount",
    "MEMBERS_REACHED": "uniqueImpressionsCount",
    "RESHARE": "shareCount",
    "REACTION": "likeCount",
    "COMMENT": "commentCount",
}
_LATER_MEMBER_METRICS = {
    "POST_SEND": "sendCount",
    "POST_SAVE": "saveCount",
    "LINK_CLICKS": "clickCount",
    "PREMIUM_CTA_CLICKS": "premiumCtaClicks",
    "FOLLOWER_GAINED_FROM_CONTENT": "followersGained",
    "PROFILE_VIEW_FROM_CONTENT": "profileViews",
}
_MEMBER_ANALYTICS_SINCE = "202506"
_LATER_METRICS_SINCE = "202604"
_PLAIN_METRIC_TYPE_SINCE = "202605"
_METRIC_UNION = "com.linkedin.adsexternalapi.memberanalytics.v1.CreatorPostAnalyticsMetricTypeV1"


class Statistics:
    """
    The statistics resources.

    Args:
        state: Where posts and their counts are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def of_page(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/organizationalEntityShareStatistics`: posts without activity are left out."""
        if call.name != "organizationalEntity":
            raise bad_syntax(f"Finder {call.name} is not defined for resource {call.resource}")
        page = call.text("organizationalEntity")
        if page is None:
            raise bad_syntax("Query parameter organizationalEntity is required")
        caller.administers(call, page)
        by_post = "shares" in call.params or "ugcPosts" in call.params
        if "timeIntervals" in call.params:
            if by_post:
                raise bad_syntax("timeIntervals cannot be given together with shares or ugcPosts")
            raise Gap("timeIntervals")
        elements: list[JsonValue] = []
        if by_post:
            for name, union in (("shares", "share"), ("ugcPosts", "ugcPost")):
                for urn in call.texts(name):
                    if not urn.startswith(f"urn:li:{union}:"):
                        raise bad_syntax(f"Query parameter {name} holds {urn}, which is no {union}")
                    share = self._state.shares.get(urn)
                    if share and share.author == page and not share.deleted and any(share.metrics.values()):
                        counts = _statistics([share])
                        elements.append({"organizationalEntity": page, union: urn, "totalShareStatistics": counts})
        else:
            own = [one for one in self._state.shares.values() if one.author == page and not one.deleted]
            elements.append({"organizationalEntity": page, "totalShareStatistics": _statistics(own)})
        return json_response(200, {"paging": _paging(), "elements": elements})

    def of_member(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/memberCreatorPostAnalytics`: one post and one metric at a time."""
        if caller.version < _MEMBER_ANALYTICS_SINCE:  # a resource newer than the version is not found
            raise not_found(f"No root resource defined for path '/{call.resource}'")
        caller.need_programme(call)
        caller.need(call, "r_member_postAnalytics")
        metric, count_name = _member_metric(call, caller)
        aggregation = call.text("aggregation") or "TOTAL"
        if aggregation != "TOTAL" or "dateRange" in call.params:
            raise Gap("aggregation by day and dateRange")
        shown: JsonValue = metric if caller.version >= _PLAIN_METRIC_TYPE_SINCE else {_METRIC_UNION: metric}
        element: dict[str, JsonValue] = {"metricType": shown}
        if call.name == "me":
            own = [one for one in self._state.shares.values() if one.author == caller.token.member]
            element["count"] = sum(one.metrics.get(count_name, 0) for one in own)
        elif call.name == "entity":
            union, urn = _entity(call)
            share = self._state.shares.get(urn)
            if share is None or share.deleted:
                raise not_found()
            if share.author != caller.token.member:
                raise access_denied()
            element |= {"count": share.metrics.get(count_name, 0), "targetEntity": {union: urn}}
        else:
            raise bad_syntax(f"Finder {call.name} is not defined for resource {call.resource}")
        return json_response(200, {"paging": _paging(), "elements": [element]})

    def social(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialMetadata/{urn}`."""
        self._may_read_social(call, caller)
        share = self._state.shares.get(str(call.key))
        if share is None or share.deleted:
            raise not_found()
        return json_response(200, _social(share))

    def social_batch(self, call: RestliCall, caller: Caller) -> Response:
        """`GET /rest/socialMetadata?ids=List(…)`."""
        self._may_read_social(call, caller)
        if self._state.settings.tier == "development":
            raise no_programme(call.resource, call.method, caller.version)
        results: dict[str, JsonValue] = {}
        errors: dict[str, JsonValue] = {}
        for urn in call.texts("ids"):
            share = self._state.shares.get(urn)
            if share is None or share.deleted:
                errors[urn] = {"status": 404, "message": "Could not find entity"}
            else:
                results[urn] = _social(share)
        statuses: dict[str, JsonValue] = {**dict.fromkeys(results, 200), **dict.fromkeys(errors, 404)}
        return json_response(200, {"results": results, "statuses": statuses, "errors": errors})

    def _may_read_social(self, call: RestliCall, caller: Caller) -> None:
        caller.need_programme(call)
        caller.need(call, "r_organization_social_feed", "w_organization_social_feed", "w_member_social_feed")


def _paging() -> JsonValue:
    return {"start": 0, "count": 10, "links": []}


def _statistics(shares: Iterable[Share]) -> dict[str, JsonValue]:
    counts = dict.fromkeys(_COUNTS, 0)
    for share in shares:
        for name in _COUNTS:
            counts[name] += share.metrics.get(name, 0)
    acts = sum(counts[name] for name in ("clickCount", "likeCount", "commentCount", "shareCount"))
    seen = counts["impressionCount"]
    return {**counts, "engagement": acts / seen if seen else 0.0}


def _member_metric(call: RestliCall, caller: Caller) -> tuple[str, str]:
    metric = call.text("queryType") or ""
    known = dict(_FIRST_MEMBER_METRICS)
    if caller.version >= _LATER_METRICS_SINCE:
        known |= _LATER_MEMBER_METRICS
    if metric not in known:
        raise bad_syntax(f"Query parameter queryType has the invalid value {metric}")
    return metric, known[metric]


def _entity(call: RestliCall) -> tuple[str, str]:
    entity = call.params.get("entity")
    if isinstance(entity, dict) and len(entity) == 1:
        union, urn = next(iter(entity.items()))
        kind = {"share": "urn:li:share:", "ugc": "urn:li:ugcPost:"}.get(union)
        if kind and isinstance(urn, str) and urn.startswith(kind):
            return union, urn
    raise bad_syntax("Query parameter entity must be (share:{urn}) or (ugc:{urn})")


def _social(share: Share) -> dict[str, JsonValue]:
    likes, comments = share.metrics.get("likeCount", 0), share.metrics.get("commentCount", 0)
    reactions: dict[str, JsonValue] = {"LIKE": {"reactionType": "LIKE", "count": likes}} if likes else {}
    return {
        "entity": share.urn,
        "commentsState": "OPEN",
        "commentSummary": {"count": comments, "topLevelCount": comments},
        "reactionSummaries": reactions,
    }
