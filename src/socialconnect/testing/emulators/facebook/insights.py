"""
Insights of Pages, posts, videos and stories.

See https://developers.facebook.com/docs/platforminsights/page. Without `read_insights` the answer is an empty list, not
an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.days import PRESETS, Span, asked_span, day_ends
from socialconnect.testing.emulators.facebook.metrics import BREAKDOWNS, LEVELS, Level, Metric, retired, together
from socialconnect.testing.emulators.facebook.nodes import FacebookPost, Performance, Story
from socialconnect.testing.emulators.facebook.people import reactions_of
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.times import graph_time
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.insights import asked_metrics, is_live, row
from socialconnect.testing.emulators.graph.types import Types, one_of, typed

__all__ = ["page_insights", "post_insights", "video_insights"]

FEWEST_FOLLOWERS = 100
_PERIODS = ("day", "week", "days_28", "month", "lifetime", "total_over_range")
_DAYS = {"day": 1, "week": 7, "days_28": 28, "month": 30}
_BROKEN_DOWN = ("page_media_view", "post_media_view")
_BREAKDOWNS_SINCE = (23, 0)

Named = tuple[str, ...]
"""The metric that the address names, and the span if it names that too."""

_TAKEN: Types = {
    "metric": "list<string>",
    "period": one_of(*_PERIODS),
    **typed("datetime", "since until"),
    "date_preset": one_of(*PRESETS),
    "breakdown": "list<string>",
    "show_description_from_api_doc": "bool",
    **typed("string", "summary fields"),
    **typed("string", "after before limit"),
}


def page_insights(state: FacebookState, call: Call, page_id: str, lag: timedelta, named: Named = ()) -> JsonValue:
    """Give a Page's numbers: those of its posts together, on every day that is over."""
    page = state.page(page_id, call)
    metrics = _asked(call, "page", named)
    span = asked_span(call, timedelta(days=2))
    if not _may_see(call) or state.settings.followers < FEWEST_FOLLOWERS:
        return {"data": []}
    performance = together([one.performance for one in state.live(page.id, call.now)])
    period = _period(call, named)
    rows: list[JsonValue] = []
    for name, metric in metrics.items():
        for one in (period,) if period else ("day", "week", "days_28"):
            if one in metric.periods:
                known = _value(state, name, metric, performance)
                values = _page_values(call, name, metric, known, performance, one, span, call.now - lag)
                if values:
                    rows.append({**row(page.id, name, None, one), "values": values})
    return {"data": rows, "paging": _paging(call)}


def _page_values(
    call: Call,
    name: str,
    metric: Metric,
    value: JsonValue,
    performance: Performance,
    period: str,
    span: Span,
    known_by: datetime,
) -> list[JsonValue]:
    if period == "lifetime":
        return [*_broken_down(call, name, value, performance)]
    ends = day_ends(span, known_by)
    if period == "total_over_range":
        total = _times(value, 1 if metric.unique else len(ends))
        return [*_broken_down(call, name, total, performance, len(ends))]
    days = 1 if metric.unique else _DAYS[period]
    each = [_broken_down(call, name, _times(value, days), performance, days) for _ in ends]
    values: list[JsonValue] = []
    for end, parts in zip(ends, each, strict=True):
        values += [{**part, "end_time": graph_time(end)} for part in parts]
    return values


def post_insights(state: FacebookState, call: Call, node: str, lag: timedelta, named: Named = ()) -> JsonValue:
    """Give the numbers of a post or a story."""
    if node in state.photos or node in state.videos:
        kind = "Photo" if node in state.photos else "Video"
        raise GraphError(100, f"(#100) Tried accessing nonexisting field (insights) on node type ({kind})")
    shown: FacebookPost | Story
    story = state.stories.get(node)
    if story is not None:
        state.page(story.page, call)
        shown = story
    else:
        shown = state.post(node, call)
    metrics = _asked(call, "post" if story is None else "story", named)
    if not _may_see(call) or not shown.is_live(call.now) or shown.went_live(call.now) + lag > call.now:
        return {"data": []}
    rows: list[JsonValue] = []
    for name, metric in metrics.items():
        rows += _post_rows(state, call, shown, name, metric, _period(call, named))
    return {"data": rows, "paging": _paging(call)}


def _post_rows(
    state: FacebookState, call: Call, shown: FacebookPost | Story, name: str, metric: Metric, period: str
) -> Iterator[JsonValue]:
    performance = shown.performance
    value = _value(state, name, metric, performance)
    if isinstance(shown, FacebookPost) and shown.liked and name == "post_reactions_by_type_total":
        told: dict[str, JsonValue] = {**reactions_of(shown)}
        value = told
    if period in ("", "lifetime") and "lifetime" in metric.periods:
        yield {**row(shown.id, name, None), "values": [*_broken_down(call, name, value, performance)]}
    if period == "day" and "day" in metric.periods:
        ends = day_ends(asked_span(call, timedelta(days=2)), call.now)
        came = shown.went_live(call.now)
        days: list[JsonValue] = []
        for end in ends:
            counted = value if end - timedelta(days=1) <= came < end else 0
            days.append({"value": counted, "end_time": graph_time(end)})
        yield {**row(shown.id, name, None, "day"), "values": days}
    elif not period and "day" in metric.periods and state.settings.stale_day_rows:
        yield row(shown.id, name, 0, "day")


def video_insights(state: FacebookState, call: Call, node: str, lag: timedelta, named: Named = ()) -> JsonValue:
    """Give the numbers of a video or a reel; all that there are if the call names none."""
    video = state.video(node, call)
    if not named and "metric" not in call.parameters:
        call.parameters.check(_TAKEN)
        metrics = {
            name: metric
            for name, metric in LEVELS["video"].items()
            if is_live(name, "facebook", "video", call.now.date(), LEVELS["video"])
        }
    else:
        metrics = _asked(call, "video", named)
    post = state.posts.get(video.post or "")
    if not _may_see(call) or post is None or not post.is_live(call.now) or post.went_live(call.now) + lag > call.now:
        return {"data": []}
    rows: list[JsonValue] = [
        row(video.id, name, metric.value(post.performance)) | {"id": f"{video.id}/video_insights/{name}/lifetime"}
        for name, metric in metrics.items()
        if (_period(call, named) or "lifetime") in metric.periods
    ]
    return {"data": rows, "paging": _paging(call)}


def _asked(call: Call, level: Level, named: Named) -> dict[str, Metric]:
    """
    Give the metrics that a call asks for.

    Raises:
        GraphError: It asks for none, or one is not valid on the day: that fails the whole call.
    """
    call.parameters.check(_TAKEN)
    names = [named[0]] if named else asked_metrics(call)
    known = LEVELS[level]
    if not all(is_live(name, "facebook", level, call.now.date(), known) for name in names):
        raise graph_error(100, variant="metric")
    for breakdown in call.parameters.names("breakdown"):
        if (
            breakdown not in BREAKDOWNS
            or call.version_number < _BREAKDOWNS_SINCE
            or not set(names) <= set(_BROKEN_DOWN)
        ):
            # What Graph answers to a breakdown that a metric does not have is not documented.
            raise GraphError(100, f"(#100) Param breakdown: {breakdown} is not valid for these metrics")
    return {name: known.get(name) or retired(level, name) for name in names}


def _period(call: Call, named: Named) -> str:
    """Give the span that a call asks for, by the address or by a parameter."""
    period = named[1] if len(named) > 1 else call.parameters.text("period")
    if period and period not in _PERIODS:
        raise GraphError(2500, f"Unknown path components: /{period}")
    return period


def _may_see(call: Call) -> bool:
    call.token.require_task("ANALYZE")
    return "read_insights" in call.token.permissions


def _value(state: FacebookState, name: str, metric: Metric, performance: Performance) -> JsonValue:
    if name == "page_media_view" and state.settings.views_by_source:
        paid = performance.views_from_ads
        return {"paid": paid, "organic": performance.views - paid}
    return metric.value(performance)


def _broken_down(
    call: Call, name: str, value: JsonValue, performance: Performance, days: int = 1
) -> list[dict[str, JsonValue]]:
    """Give a value, or its parts if the call asks for them: each is a value of its own that tells what it counts."""
    breakdown = call.parameters.text("breakdown")
    if name not in _BROKEN_DOWN or not breakdown:
        return [{"value": value}]
    field = call.parameters.names("breakdown")[0]
    part = days * (performance.views_from_ads if field == "is_from_ads" else performance.views_from_followers)
    return [{"value": days * performance.views - part, field: "0"}, {"value": part, field: "1"}]


def _times(value: JsonValue, days: int) -> JsonValue:
    if isinstance(value, dict):
        return {name: _times(one, days) for name, one in value.items()}
    return value * days if isinstance(value, int) else value


def _paging(call: Call) -> JsonValue:
    """Give the addresses of the times before and after, which Graph gives without end."""
    here = f"{call.request.origin}{call.request.raw_path}"
    kept = ("metric", "period", "breakdown", "access_token")  # the token as well, where it came as a parameter
    query = {name: call.parameters.text(name) for name in kept if name in call.parameters}
    now, day = int(call.now.timestamp()), 86_400
    return {
        "previous": f"{here}?{urlencode({**query, 'since': now - 2 * day, 'until': now - day})}",
        "next": f"{here}?{urlencode({**query, 'since': now, 'until': now + day})}",
    }
