"""
Numbers of posts: a page's in batches, a member's one call for each post and metric.

What LinkedIn does not give stays `None`. It leaves a post without activity out of a page's statistics, and a deleted
post or one older than its window of twelve months as well: those look alike, so none of them is told as 0.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from socialconnect.errors import Problem, RejectedError, SocialConnectError, ValidationError
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.linkedin import limits
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.wire import AnalyticsAnswer, ShareStatistics, ShareStatisticsAnswer
from socialconnect.transport.request import Response

__all__ = ["Find", "member_metrics", "page_metrics"]

T = TypeVar("T")
Results = dict[str, Metrics | SocialConnectError]

SHARE_STATISTICS = "/rest/organizationalEntityShareStatistics"
MEMBER_ANALYTICS = "/rest/memberCreatorPostAnalytics"

_PAGE_FIELDS: Mapping[str, str] = {
    "impressionCount": "views",
    "uniqueImpressionsCount": "reach",
    "clickCount": "clicks",
    "likeCount": "likes",
    "commentCount": "comments",
    "shareCount": "shares",
}
_MEMBER_FIELDS: Mapping[str, str] = {
    "IMPRESSION": "views",
    "MEMBERS_REACHED": "reach",
    "REACTION": "likes",
    "COMMENT": "comments",
    "RESHARE": "shares",
    "POST_SAVE": "saves",
    "LINK_CLICKS": "clicks",
}
"""The metrics that have a field of ours; each costs a call, so no others are asked for. The first one is the oldest."""

_OTHER_SPELLING = {"uniqueImpressionsCounts": "uniqueImpressionsCount"}
_PAGE_PERIOD = "last 12 months"
_LEFT_OUT = (
    "LinkedIn leaves a post out of a page's statistics if nobody saw it, if it is deleted, and if it is older than "
    "twelve months; its answer does not tell which."
)


class Find(Protocol):
    """Calls a finder of LinkedIn's: a query that gives elements."""

    async def __call__(self, path: str, query: Mapping[str, RestliValue], parse: Callable[[Response], T], /) -> T:
        """Send the query and give what `parse` makes of the answer."""
        ...


async def page_metrics(find: Find, author: str, post_ids: Sequence[str], now: Callable[[], datetime]) -> Results:
    """
    Give the numbers of a page's posts, in as few requests as LinkedIn's limits allow.

    A batch that LinkedIn refuses is halved until the post that it does not like stands alone. Any other error ends the
    reading: it is raised if nothing was read yet, else told for every post that is left.
    """
    known = [one for one in post_ids if _entity(one)]
    results: Results = {one: _not_a_post(one) for one in post_ids if not _entity(one)}
    read = 0
    waiting = [known[at : at + limits.METRICS_BATCH] for at in range(0, len(known), limits.METRICS_BATCH)]
    waiting.reverse()
    while waiting:
        batch = waiting.pop()
        try:
            answer = await find(SHARE_STATISTICS, _batch_query(author, batch), _statistics)
        except RejectedError as error:
            if len(batch) == 1:
                results[batch[0]] = error
            else:
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
        except SocialConnectError as error:
            if not read:
                raise
            left = [*batch, *(one for other in waiting for one in other)]
            return {**results, **{one: copy.copy(error) for one in left}}
        else:
            read += 1
            results |= {one: _page_post(one, answer.get(one), now()) for one in batch}
    return results


async def member_metrics(find: Find, post_ids: Sequence[str], now: Callable[[], datetime]) -> Results:
    """
    Give the numbers of a member's posts.

    A post that LinkedIn refuses costs that post alone, and a metric that it refuses costs that metric alone. Any other
    error ends the reading: it is raised if nothing was read yet, else told for every post that is left.
    """
    results: Results = {}
    for at, one in enumerate(post_ids):
        if not _entity(one):
            results[one] = _not_a_post(one)
            continue
        try:
            results[one] = await _member_post(find, one, now)
        except RejectedError as error:
            results[one] = error
        except SocialConnectError as error:
            if not any(isinstance(done, Metrics) for done in results.values()):
                raise
            return {**results, **{left: copy.copy(error) for left in post_ids[at:]}}
    return results


# ── a page ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _entity(post_id: str) -> str | None:
    """Give a post's kind by its URN: `share` or `ugcPost`."""
    match post_id.split(":"):
        case ["urn", "li", "share" | "ugcPost" as kind, key] if key:
            return kind
        case _:
            return None


def _not_a_post(post_id: str) -> ValidationError:
    message = "LinkedIn has numbers for a share and for a ugcPost: give the id as publish() or posts() gave it"
    limit = "urn:li:share:… or urn:li:ugcPost:…"
    return ValidationError(
        [Problem(field="ref", rule="post_urn", message=message, limit=limit, actual=post_id, network="linkedin")]
    )


def _batch_query(author: str, batch: Sequence[str]) -> dict[str, RestliValue]:
    query: dict[str, RestliValue] = {"q": "organizationalEntity", "organizationalEntity": author}
    for parameter, kind in (("shares", "share"), ("ugcPosts", "ugcPost")):
        if ids := [one for one in batch if _entity(one) == kind]:
            query[parameter] = ids
    return query


def _statistics(response: Response) -> dict[str, ShareStatistics]:
    elements = response.into(ShareStatisticsAnswer).elements
    return {one.share or one.ugcPost or "": one for one in elements}


def _page_post(post_id: str, found: ShareStatistics | None, now: datetime) -> Metrics:
    if found is None:
        names = [*_PAGE_FIELDS, "engagement"]
        return Metrics(
            post=post_id,
            fetched_at=now,
            unavailable={name: Unavailable(name=name, reason=_LEFT_OUT) for name in names},
        )
    numbers = dict(_numbers(found.totalShareStatistics))
    values = {name: MetricValue(name=name, value=value, period=_PAGE_PERIOD) for name, value in numbers.items()}
    missing = [name for name in _PAGE_FIELDS if name not in numbers]
    reason = "LinkedIn's answer does not hold it."
    return _metrics(
        post_id,
        now,
        {
            _PAGE_FIELDS[name]: value
            for name, value in numbers.items()
            if name in _PAGE_FIELDS and float(value).is_integer()
        },
        values,
        {name: Unavailable(name=name, reason=reason) for name in missing},
    )


def _numbers(given: Mapping[str, object]) -> Iterator[tuple[str, int | float]]:
    for name, value in given.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield _OTHER_SPELLING.get(name, name), value


# ── a member ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _member_post(find: Find, post_id: str, now: Callable[[], datetime]) -> Metrics:
    values: dict[str, MetricValue] = {}
    fields: dict[str, int | float] = {}
    unavailable: dict[str, Unavailable] = {}
    for name, field in _MEMBER_FIELDS.items():
        try:
            count = await find(MEMBER_ANALYTICS, _metric_query(post_id, name), _count)
        except RejectedError as error:
            if not (values or unavailable):
                raise  # the first metric is the oldest: what is refused is the post
            unavailable[name] = Unavailable(name=name, reason=f"LinkedIn refused it: {error.message}")
            continue
        if count is None:
            unavailable[name] = Unavailable(name=name, reason="LinkedIn's answer holds no number for this post.")
        else:
            fields[field] = count
            values[name] = MetricValue(name=name, value=count, period="lifetime")
    return _metrics(post_id, now(), fields, values, unavailable)


def _metric_query(post_id: str, metric: str) -> dict[str, RestliValue]:
    key = "share" if _entity(post_id) == "share" else "ugc"
    return {"q": "entity", "entity": {key: post_id}, "queryType": metric, "aggregation": "TOTAL"}


def _count(response: Response) -> int | None:
    elements = response.into(AnalyticsAnswer).elements
    return elements[0].count if elements else None


def _metrics(
    post_id: str,
    now: datetime,
    fields: Mapping[str, int | float],
    values: Mapping[str, MetricValue],
    unavailable: Mapping[str, Unavailable],
) -> Metrics:
    return Metrics.model_validate(
        {"post": post_id, "fetched_at": now, **fields, "values": values, "unavailable": unavailable}
    )
