"""
Insights of media, by the kind of product.

See https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.insights import asked_metrics, is_live, row
from socialconnect.testing.emulators.instagram.state import Media, MediaPerformance

__all__ = ["media_insights"]

_COMMON = {"views", "reach", "shares", "total_interactions", "reposts", "facebook_views", "total_views"}
_FEED = frozenset(
    _COMMON
    | {"likes", "comments", "saved", "follows", "profile_visits", "profile_activity", "total_likes", "total_comments"}
)
_OTHERS = frozenset(
    {
        "replies",
        "navigation",
        "link_clicks",
        "ig_reels_avg_watch_time",
        "ig_reels_video_view_total_time",
        "reels_skip_rate",
        "crossposted_views",
    }
)
"""Valid for reels or stories only."""
_FACEBOOK_LOGIN_ONLY = frozenset({"total_likes", "total_comments"})


def media_insights(call: Call, media: Media, lag: timedelta) -> JsonValue:
    """Give a medium's numbers; an empty list while there are none yet."""
    if call.login == "instagram":
        call.token.require("instagram_business_basic", "instagram_business_manage_insights", code=10)
    else:
        call.token.require("instagram_basic", "pages_read_engagement", "instagram_manage_insights", code=10)
    call.parameters.only("metric", "period", "breakdown")
    names = asked_metrics(call)
    for at, name in enumerate(names):
        _check(name, at, call)
    if "breakdown" in call.parameters:
        # None of the metrics that have breakdowns is kept in parts here; on the others Graph breaks like this.
        raise GraphError(1, "An unknown error has occurred.", status=500)
    if media.album is not None:
        raise GraphError(100, "(#100) There are no insights for media inside an album")
    if "facebook_views" in names:
        raise GraphError(100, "(#100) The media is not shared to Facebook")
    if media.created_at + lag > call.now:
        return {"data": []}
    return {"data": [row(media.id, name, _value(name, media.performance)) for name in names]}


def _check(name: str, at: int, call: Call) -> None:
    if name in _OTHERS or (call.login == "instagram" and name in _FACEBOOK_LOGIN_ONLY):
        raise GraphError(
            100, f"(#100) The Media Insights API does not support the {name} metric for this media product type."
        )
    if not is_live(name, "instagram", "post", call.now.date(), _FEED):
        valid = ", ".join(sorted(_FEED | _OTHERS))
        raise GraphError(100, f"(#100) metric[{at}] must be one of the following values: {valid}")


def _value(name: str, performance: MediaPerformance) -> int:
    values = {
        "views": performance.views,
        "total_views": performance.views,
        "impressions": performance.views,
        "reach": performance.reach,
        "likes": performance.likes,
        "total_likes": performance.likes,
        "comments": performance.comments,
        "total_comments": performance.comments,
        "shares": performance.shares,
        "saved": performance.saved,
        "total_interactions": performance.likes + performance.comments + performance.shares + performance.saved,
    }
    return values.get(name, 0)
