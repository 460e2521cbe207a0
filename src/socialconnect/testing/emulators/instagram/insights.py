"""
Insights of media, by the kind of product.

See https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.insights import asked_metrics, is_live, row
from socialconnect.testing.emulators.graph.types import one_of
from socialconnect.testing.emulators.instagram.access import require_insights
from socialconnect.testing.emulators.instagram.models import STORY_LIFE, Media, MediaPerformance, Product

__all__ = ["breakdown_rows", "media_insights"]

_EVERYWHERE = {"views", "reach", "shares", "total_interactions", "reposts", "facebook_views", "total_views"}
_POST = {"likes", "comments", "saved", "total_likes", "total_comments"}
_PROFILE = {"follows", "profile_visits", "profile_activity"}
VALID: dict[Product, frozenset[str]] = {
    "FEED": frozenset(_EVERYWHERE | _POST | _PROFILE),
    "REELS": frozenset(_EVERYWHERE | _POST)
    | {"ig_reels_avg_watch_time", "ig_reels_video_view_total_time", "reels_skip_rate", "crossposted_views"},
    "STORY": frozenset(_EVERYWHERE | _PROFILE) | {"replies", "navigation", "link_clicks"},
}
"""The metrics of each product."""

_LEVELS: dict[Product, str] = {"FEED": "media_feed", "REELS": "media_reels", "STORY": "media_story"}
_ALL = frozenset[str]().union(*VALID.values())
_FACEBOOK_LOGIN_ONLY = frozenset({"total_likes", "total_comments", "total_views"})
_ON_FACEBOOK = frozenset({"facebook_views", "crossposted_views"})
_BREAKDOWNS = {"profile_activity": "action_type", "navigation": "story_navigation_action_type"}
_FEWEST_VIEWERS = 5
_PERIODS = ("day", "days_28", "lifetime", "month", "total_over_range", "week")

# `impressions` still answers for older media on older versions.
_IMPRESSIONS_UNTIL = date(2024, 7, 1)
_IMPRESSIONS_VERSION = (21, 0)


def media_insights(call: Call, media: Media, lag: timedelta) -> JsonValue:
    """Give a medium's numbers; an empty list while there are none yet, and where there are none."""
    require_insights(call)
    call.parameters.check(
        {
            "metric": "list<string>",
            # Both of these change nothing: a client that sends them was seen to get values of the lifetime
            # (https://github.com/mvanhorn/printing-press-library/pull/1152, 2026-06-12).
            "period": f"list<{one_of(*_PERIODS)}>",
            "metric_type": one_of("default", "time_series", "total_value"),
            "breakdown": "list<string>",
            "fields": "string",
        }
    )
    names = asked_metrics(call)
    _check_names(names, media, call)
    breakdowns = call.parameters.names("breakdown")
    if any(breakdowns != [_BREAKDOWNS.get(name)] for name in names if breakdowns):
        # Documented for a breakdown that a metric does not have.
        raise GraphError(1, "An unknown error has occurred.", status=500)
    over = media.product == "STORY" and media.created_at + STORY_LIFE <= call.now
    if media.album is not None or over or media.created_at + lag > call.now:
        return {"data": []}
    if media.product == "STORY" and media.performance.reach < _FEWEST_VIEWERS:
        raise graph_error(10, message="(#10) Not enough viewers for the media to show insights", status=400)
    if not media.shared_to_facebook and _ON_FACEBOOK & set(names):
        raise GraphError(100, "(#100) The media is not shared to Facebook")
    return {"data": [_row(media, name, breakdowns) for name in names]}


def _check_names(names: list[str], media: Media, call: Call) -> None:
    valid = VALID[media.product]
    if call.login == "instagram":
        valid -= _FACEBOOK_LOGIN_ONLY
    wrong = [name for name in names if name in _ALL and name not in valid]
    for at, name in enumerate(names):
        if name in wrong or _still_impressions(name, media, call):
            continue
        if not is_live(name, "instagram", _LEVELS[media.product], call.now.date(), valid):
            known = ", ".join(sorted(_ALL))
            raise GraphError(100, f"(#100) metric[{at}] must be one of the following values: {known}")
    if wrong:
        named = ", ".join(wrong)
        raise GraphError(
            100, f"(#100) The Media Insights API does not support the {named} metric for this media product type."
        )


def _still_impressions(name: str, media: Media, call: Call) -> bool:
    version = tuple(int(part) for part in call.version[1:].split("."))
    old = version <= _IMPRESSIONS_VERSION and media.created_at.date() <= _IMPRESSIONS_UNTIL
    return name == "impressions" and old


def _row(media: Media, name: str, breakdowns: list[str]) -> dict[str, JsonValue]:
    value = _value(name, media.performance)
    parts = _PARTS[name](media.performance) if name in _PARTS else {}
    made = row(media.id, name, value)
    if name == "navigation" or breakdowns:
        del made["values"]
        told: dict[str, JsonValue] = {"value": value}
        if breakdowns:
            told["breakdowns"] = breakdown_rows(breakdowns, {(key,): number for key, number in parts.items()})
        made["total_value"] = told
    return made


def breakdown_rows(keys: list[str], parts: Mapping[tuple[str, ...], int]) -> JsonValue:
    """Give the parts of a total as Graph shows them."""
    results: list[JsonValue] = [
        {"dimension_values": [*values], "value": number} for values, number in parts.items() if number
    ]
    told: dict[str, JsonValue] = {"dimension_keys": [*keys]}
    if results:
        told["results"] = results
    return [told]


_PARTS: dict[str, Callable[[MediaPerformance], dict[str, int]]] = {
    "profile_activity": lambda told: told.profile_activity,
    "navigation": lambda told: told.navigation,
}


def _value(name: str, told: MediaPerformance) -> int | float:
    together = told.likes + told.comments + told.shares + told.saved
    values = {
        "views": told.views,
        "total_views": told.views,
        "impressions": told.views,
        "crossposted_views": told.views + told.facebook_views,
        "profile_activity": sum(told.profile_activity.values()),
        "navigation": sum(told.navigation.values()),
        "total_likes": told.likes,
        "total_comments": told.comments,
        "total_interactions": together if told.total_interactions is None else told.total_interactions,
        "ig_reels_avg_watch_time": told.avg_watch_time,
        "ig_reels_video_view_total_time": told.total_watch_time,
        "reels_skip_rate": told.skip_rate,
    }
    value: int | float = values[name] if name in values else getattr(told, name, 0)
    return value
