"""
Insights of posts and Pages.

See https://developers.facebook.com/docs/platforminsights/page. Without `read_insights` the answer is an empty list, not
an error.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.state import FacebookState, Performance
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.insights import asked_metrics, is_live, row
from socialconnect.testing.emulators.refused import Gap

__all__ = ["page_insights", "post_insights"]

_REACTIONS = ("like", "love", "wow", "haha", "sorry", "anger")

# Names that dated public probes of 2026 saw answered.
_POST = frozenset(
    {
        "post_media_view",
        "post_total_media_view_unique",
        "post_clicks",
        "post_clicks_by_type",
        "post_reactions_by_type_total",
        "post_activity_by_action_type",
        "post_activity_by_action_type_unique",
        "post_video_views",
        *(f"post_reactions_{one}_total" for one in _REACTIONS),
    }
)
_PAGE = frozenset(
    {
        "page_media_view",
        "page_total_media_view_unique",
        "page_post_engagements",
        "page_views_total",
        "page_follows",
        "page_daily_follows",
        "page_daily_follows_unique",
        "page_daily_unfollows_unique",
        "page_total_actions",
        "page_video_views",
        "page_fan_adds_by_paid_non_paid_unique",
        "page_lifetime_engaged_followers_unique",
        *(f"page_actions_post_reactions_{one}_total" for one in _REACTIONS),
    }
)

_LONGEST = timedelta(days=90)
_DAY_ENDS = time(8)
"""When the Pacific day ends, in UTC; in summer it ends an hour earlier."""


def post_insights(state: FacebookState, call: Call, post_id: str, lag: timedelta) -> JsonValue:
    """Give a post's numbers."""
    if post_id in state.photos:
        raise GraphError(100, "(#100) Tried accessing nonexisting field (insights) on node type (Photo)")
    post = state.post(post_id, call)
    call.parameters.only("metric", "period", "since", "until")
    if call.parameters.text("period", "lifetime") != "lifetime":
        raise Gap("a post's insights by another period than lifetime")
    names = asked_metrics(call)
    _check(names, "post", _POST, call)
    if "read_insights" not in call.token.permissions or not post.is_live(call.now):
        return {"data": []}
    if post.created_time(call.now) + lag > call.now:
        return {"data": []}
    rows: list[JsonValue] = [row(post.id, name, _post_value(name, post.performance)) for name in names]
    return {"data": rows, "paging": _paging(call)}


def page_insights(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Give a Page's numbers by day: those of its posts together, on every day."""
    page = state.page(page_id, call)
    call.parameters.only("metric", "period", "since", "until")
    if call.parameters.text("period", "day") != "day":
        raise Gap("a Page's insights by another period than day")
    names = asked_metrics(call)
    _check(names, "page", _PAGE, call)
    until = call.parameters.moment("until") or call.now
    since = call.parameters.moment("since") or until - timedelta(days=2)
    if until - since > _LONGEST:
        raise GraphError(100, "(#100) There cannot be more than 90 days between since and until")
    if "read_insights" not in call.token.permissions:
        return {"data": []}
    posts = [one.performance for one in state.live(page.id, call.now)]
    rows: list[JsonValue] = []
    for name in names:
        value = _page_value(name, posts)
        days: list[JsonValue] = [{"value": value, "end_time": end} for end in _ends(since, until)]
        rows.append({**row(page.id, name, value, "day"), "values": days})
    return {"data": rows, "paging": _paging(call)}


def _check(names: list[str], level: str, live: frozenset[str], call: Call) -> None:
    if not all(is_live(name, "facebook", level, call.now.date(), live) for name in names):
        raise GraphError(100, "(#100) The value must be a valid insights metric")


def _post_value(name: str, performance: Performance) -> JsonValue:
    reactions = performance.reactions
    values: dict[str, JsonValue] = {
        "post_media_view": performance.views,
        "post_total_media_view_unique": performance.viewers,
        "post_clicks": performance.clicks,
        "post_clicks_by_type": {"other clicks": performance.clicks},
        "post_reactions_by_type_total": {**reactions},
        "post_activity_by_action_type": {
            "like": sum(reactions.values()),
            "comment": performance.comments,
            "share": performance.shares,
        },
        **{f"post_reactions_{one}_total": reactions.get(one, 0) for one in _REACTIONS},
    }
    if name in values:
        return values[name]
    if name.startswith("post_impressions"):  # what counted views before
        return performance.viewers if name.endswith("_unique") else performance.views
    return 0


def _page_value(name: str, posts: list[Performance]) -> JsonValue:
    if name == "page_media_view" or name.startswith("page_impressions"):
        return sum(one.views for one in posts)
    if name == "page_total_media_view_unique":
        return sum(one.viewers for one in posts)
    if name == "page_post_engagements":
        return sum(sum(one.reactions.values()) + one.comments + one.shares for one in posts)
    return 0


def _ends(since: datetime, until: datetime) -> list[str]:
    first = since.date()
    days = (until.date() - first).days
    return [f"{first + timedelta(days=at + 1)}T{_DAY_ENDS:%H:%M:%S}+0000" for at in range(max(days, 1))]


def _paging(call: Call) -> JsonValue:
    """Give the addresses of the times before and after, which Graph gives without end."""
    here = f"{call.request.origin}{call.request.raw_path}?metric={call.parameters.text('metric')}"
    now = int(call.now.timestamp())
    day = 86_400
    return {
        "previous": f"{here}&since={now - 2 * day}&until={now - day}",
        "next": f"{here}&since={now}&until={now + day}",
    }
