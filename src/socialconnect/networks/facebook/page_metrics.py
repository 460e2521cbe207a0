"""
The page's own numbers, day by day.

https://developers.facebook.com/docs/platforminsights/page
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from socialconnect.errors import PermissionDenied, SocialConnectError
from socialconnect.metrics import AccountMetrics, MetricValue, Unavailable
from socialconnect.networks.facebook.metrics import PERMISSION, grouped, why_empty
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.insights import Question, Wanted
from socialconnect.networks.meta.permissions import may

__all__ = ["of_page"]

USUAL = (
    "page_media_view",
    "page_total_media_view_unique",
    "page_post_engagements",
    "page_views_total",
    "page_follows",
    "page_daily_follows_unique",
    "page_daily_unfollows_unique",
    "page_video_views",
    "page_total_actions",
)
"""What is asked for if no names are given."""

LONGEST = timedelta(days=90)
"""The longest time that one question covers."""

_START = datetime.min.replace(tzinfo=UTC)


async def of_page(
    adapter: GraphAdapter, since: datetime | None, until: datetime | None, names: Sequence[str]
) -> AccountMetrics:
    """
    Give the page's numbers, each metric's by day unless it carries another period.

    Raises:
        PermissionDenied: The token lacks the permission, for which the network answers with an empty list.
    """
    values: dict[str, tuple[MetricValue, ...]] = {}
    missing: dict[str, Unavailable] = {}
    for parameters, asked in grouped(names or USUAL):
        question = Question([Wanted(name) for name in asked], level="page", when_empty="")
        question.bury(adapter)
        question.dead.update(adapter.refused_metrics.get(("page", "*"), {}))
        found = await _ask(adapter, question, {"period": "day", **parameters}, _windows(adapter, since, until))
        values |= {asked[name]: numbers for name, numbers in found.items() if name in asked}
        missing |= {asked[name]: reason for name, reason in question.dead.items() if name in asked}
    silent = [one for one in (names or USUAL) if one not in values and one not in missing]
    if silent:
        reason = await why_empty(adapter)
        if not values and await may(adapter, PERMISSION) is False:
            raise PermissionDenied(reason, missing=(PERMISSION,))
        told = "The network gave no number for it." if values else reason
        missing |= {one: Unavailable(name=one.partition("?")[0], reason=told) for one in silent}
    return AccountMetrics(
        network=adapter.network,
        account=adapter.account,
        fetched_at=adapter.wire.clock.now(),
        values=values,
        unavailable=missing,
    )


def _windows(adapter: GraphAdapter, since: datetime | None, until: datetime | None) -> list[dict[str, str]]:
    """Cut a time into pieces that one question covers; the network's own idea of it where the caller has none."""
    if since is None:
        return [{} if until is None else {"until": _seconds(until)}]
    end = until or adapter.wire.clock.now()
    pieces: list[dict[str, str]] = []
    start = since
    while start < end or not pieces:
        stop = min(start + LONGEST, end)
        pieces.append({"since": _seconds(start), "until": _seconds(stop)})
        start = max(stop, start + timedelta(seconds=1))
    return pieces


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


async def _ask(
    adapter: GraphAdapter, question: Question, parameters: Mapping[str, str], windows: Sequence[Mapping[str, str]]
) -> dict[str, tuple[MetricValue, ...]]:
    names = question.names()
    answers = await _read(adapter, names, parameters, windows)
    if any(insights.refuses_metric(answer) for answer in answers):
        refused = await _refused(adapter, names, parameters, windows[0])
        if refused:
            question.dead.update(refused)
            if "breakdown" not in parameters:  # a breakdown that is refused says nothing about the metric
                adapter.refused_metrics.setdefault(("page", "*"), {}).update(refused)
            answers = await _read(adapter, question.names(), parameters, windows)
    found: dict[str, dict[datetime | None, MetricValue]] = {}
    for answer in answers:
        if isinstance(answer, SocialConnectError):
            raise answer
        for insight in answer:
            if insight.period not in (None, parameters["period"]):
                continue  # the same metric over another time, told beside what was asked for
            rows = found.setdefault(insight.name, {})
            for value in insights.read_values(insight):
                rows[value.until] = _with_parts(rows.get(value.until), value)
    return {name: tuple(sorted(rows.values(), key=_end)) for name, rows in found.items() if rows}


def _with_parts(before: MetricValue | None, value: MetricValue) -> MetricValue:
    """Put a split day's parts together; where two pieces of the time meet, a day may be told twice."""
    if before is None or not isinstance(before.value, Mapping) or not isinstance(value.value, Mapping):
        return value
    return value.model_copy(update={"value": {**before.value, **value.value}})


def _end(value: MetricValue) -> datetime:
    return value.until or _START


async def _read(
    adapter: GraphAdapter, names: Sequence[str], parameters: Mapping[str, str], windows: Sequence[Mapping[str, str]]
) -> list[insights.Answer]:
    if not names:
        return []
    paths = [_path(adapter, names, {**parameters, **window}) for window in windows]
    answers: list[insights.Answer] = []
    for start in range(0, len(paths), insights.BATCH):
        answers += await insights.read_each(adapter, paths[start : start + insights.BATCH])
    return answers


def _path(adapter: GraphAdapter, names: Sequence[str], parameters: Mapping[str, str]) -> str:
    told = urlencode({"metric": ",".join(names), **parameters}, quote_via=quote, safe=",")
    return f"{quote(adapter.account, safe='')}/insights?{told}"


async def _refused(
    adapter: GraphAdapter, names: Sequence[str], parameters: Mapping[str, str], window: Mapping[str, str]
) -> dict[str, Unavailable]:
    """Try each name by itself, and give those that the network refuses; none if it refuses all of them."""
    paths = [_path(adapter, [name], {**parameters, **window}) for name in names]
    answers = await insights.read_each(adapter, paths)
    return {
        name: Unavailable(name=name, reason=f"The network refused it: {answer.message}", refused=True)
        for name, answer in zip(names, answers, strict=True)
        if isinstance(answer, SocialConnectError) and insights.refuses_metric(answer)
    }
