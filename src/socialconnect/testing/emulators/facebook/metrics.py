"""
The metrics of Pages, posts, videos and stories: which there are, for which spans, and what they count.

The names are those that dated public probes of 2026 saw answered; which of them is valid on a day, the catalogue says.
See https://developers.facebook.com/docs/platforminsights/page for Pages and posts, and
https://developers.facebook.com/docs/video-api/guides/insights for videos.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.nodes import Performance

__all__ = ["BREAKDOWNS", "LEVELS", "Level", "Metric", "retired", "together"]

Level = Literal["page", "post", "video", "story"]

_REACTIONS = ("like", "love", "wow", "haha", "sorry", "anger")
_SPANS = ("day", "week", "days_28", "month", "total_over_range")

BREAKDOWNS = ("is_from_ads", "is_from_followers")
"""What the views of Pages and posts can be broken down by."""


@dataclass(frozen=True)
class Metric:
    """
    One metric.

    Args:
        value: What it is for a performance.
        periods: The spans that it is told for.
        unique: Whether it counts people, who are not more over several days.
    """

    value: Callable[[Performance], JsonValue]
    periods: tuple[str, ...]
    unique: bool = False


def _page(value: Callable[[Performance], JsonValue], *more: str, unique: bool = False) -> Metric:
    return Metric(value, (*_SPANS, *more), unique)


def _post(value: Callable[[Performance], JsonValue], *more: str) -> Metric:
    return Metric(value, ("lifetime", *more))


def _reaction(kind: str) -> Callable[[Performance], JsonValue]:
    return lambda one: one.reactions.get(kind, 0)


def _engagements(one: Performance) -> int:
    return sum(one.reactions.values()) + one.comments + one.shares


def _activity(one: Performance) -> JsonValue:
    return {"like": sum(one.reactions.values()), "comment": one.comments, "share": one.shares}


_PAGES: dict[str, Metric] = {
    "page_media_view": _page(lambda one: one.views),
    "page_total_media_view_unique": _page(lambda one: one.viewers, unique=True),
    "page_post_engagements": _page(_engagements),
    "page_views_total": _page(lambda one: one.clicks),
    "page_follows": _page(lambda _: 1_000, "lifetime", unique=True),
    "page_daily_follows": _page(lambda _: 2),
    "page_daily_follows_unique": _page(lambda _: 2, unique=True),
    "page_daily_unfollows_unique": _page(lambda _: 1, unique=True),
    "page_total_actions": _page(lambda one: one.clicks),
    "page_video_views": _page(lambda one: one.video_views),
    "page_fan_adds_by_paid_non_paid_unique": _page(lambda _: {"total": 2, "paid": 0, "unpaid": 2}, unique=True),
    "page_lifetime_engaged_followers_unique": _page(lambda one: one.viewers // 2, "lifetime", unique=True),
    **{f"page_actions_post_reactions_{kind}_total": _page(_reaction(kind)) for kind in _REACTIONS},
}

_POSTS: dict[str, Metric] = {
    "post_media_view": _post(lambda one: one.views, "day"),
    "post_total_media_view_unique": _post(lambda one: one.viewers, "day"),
    "post_clicks": _post(lambda one: one.clicks, "day"),
    "post_clicks_by_type": _post(lambda one: {"other clicks": one.clicks}),
    "post_reactions_by_type_total": _post(lambda one: {**one.reactions}),
    **{f"post_reactions_{kind}_total": _post(_reaction(kind)) for kind in _REACTIONS},
    "post_activity_by_action_type": _post(_activity),
    "post_activity_by_action_type_unique": _post(_activity),
    "post_video_views": _post(lambda one: one.video_views, "day"),
}

_VIDEOS: dict[str, Metric] = {
    "total_video_views": _post(lambda one: one.video_views),
    "total_video_views_unique": _post(lambda one: one.video_viewers),
    "blue_reels_play_count": _post(lambda one: one.video_views),
    "post_video_avg_time_watched": _post(lambda one: one.watch_time // max(1, one.video_views)),
    "post_video_view_time": _post(lambda one: one.watch_time),
    "post_video_likes_by_reaction_type": _post(
        lambda one: {f"REACTION_{kind.upper()}": count for kind, count in one.reactions.items()}
    ),
    "post_video_social_actions": _post(lambda one: {"COMMENT": one.comments, "SHARE": one.shares}),
}

_STORIES: dict[str, Metric] = {
    "story_interaction": _post(lambda one: sum(one.reactions.values()) + one.replies + one.shares),
    "pages_fb_story_replies": _post(lambda one: one.replies),
    "pages_fb_story_shares": _post(lambda one: one.shares),
    "pages_fb_story_thread_lightweight_reactions": _post(lambda one: sum(one.reactions.values())),
}

LEVELS: dict[Level, dict[str, Metric]] = {"page": _PAGES, "post": _POSTS, "video": _VIDEOS, "story": _STORIES}
"""The metrics of each level by name."""


def retired(level: Level, name: str) -> Metric:
    """Give a metric that the catalogue knows for an earlier day: it counted views or people, or nothing known here."""
    value: Callable[[Performance], JsonValue] = lambda _: 0  # noqa: E731  # as those in the tables
    if "impressions" in name:
        value = (lambda one: one.viewers) if name.endswith("_unique") else (lambda one: one.views)
    return _page(value, "lifetime") if level == "page" else _post(value)


def together(performances: list[Performance]) -> Performance:
    """Give the performance of several posts together."""
    reactions: dict[str, int] = {}
    for one in performances:
        for kind, count in one.reactions.items():
            reactions[kind] = reactions.get(kind, 0) + count
    return Performance(
        views=sum(one.views for one in performances),
        viewers=sum(one.viewers for one in performances),
        views_from_ads=sum(one.views_from_ads for one in performances),
        views_from_followers=sum(one.views_from_followers for one in performances),
        clicks=sum(one.clicks for one in performances),
        reactions=reactions,
        comments=sum(one.comments for one in performances),
        shares=sum(one.shares for one in performances),
        video_views=sum(one.video_views for one in performances),
        video_viewers=sum(one.video_viewers for one in performances),
        watch_time=sum(one.watch_time for one in performances),
        replies=sum(one.replies for one in performances),
    )
