"""Which of Instagram's metrics fill which of our fields, for each kind of post, and how they are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from socialconnect.errors import RejectedError, SocialConnectError
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.instagram.wire import ProductType
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.insights import Question, Wanted
from socialconnect.networks.meta.wire import BatchItem, Insights

__all__ = ["BY_KIND", "EVERY_KIND_BUT_STORIES", "fetch", "question"]

_ALL = (
    Wanted("views", "views"),
    Wanted("reach", "reach"),
    Wanted("shares", "shares"),
    Wanted("total_interactions", "engagements"),
)
_FEED_AND_REELS = (*_ALL, Wanted("likes", "likes"), Wanted("comments", "comments"), Wanted("saved", "saves"))
_STORIES = (*_ALL, Wanted("replies", "comments"))
_FIELDS = {one.name: one for one in (*_FEED_AND_REELS, *_STORIES, Wanted("link_clicks", "clicks"))}

EVERY_KIND_BUT_STORIES = "FEED"
"""The kind to ask for first: what it asks holds for reels too, and saves asking each post for its kind."""

BY_KIND: Mapping[str, tuple[str, tuple[Wanted, ...]]] = {
    "FEED": ("media_feed", _FEED_AND_REELS),
    "REELS": ("media_reels", _FEED_AND_REELS),
    "STORY": ("media_story", _STORIES),
}
"""For each kind of post, the catalogue's level and what to ask."""

# https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights, November 2026: a breakdown
# with a metric that has none sinks the question; the last two throw for what was not shared to Facebook.
_BREAKDOWNS = {"profile_activity": "action_type", "navigation": "story_navigation_action_type"}
_BY_THEMSELVES = frozenset({*_BREAKDOWNS, "crossposted_views", "facebook_views"})

_EMPTY = (
    "The network gave nothing. It does so up to 48 hours after a post, for media inside a carousel, and for stories"
    " older than a day."
)


def question(kind: str) -> Question:
    """Give what to ask of posts of a kind; of one not known, what every kind takes."""
    level, wanted = BY_KIND.get(kind, ("media_feed", _ALL))
    return Question(wanted, level=level, when_empty=_EMPTY)


async def fetch(
    adapter: GraphAdapter, post_ids: Sequence[str], names: Sequence[str], *, batched: bool
) -> dict[str, Metrics | SocialConnectError]:
    """
    Give each post's metrics, or the error of its reading.

    Args:
        adapter: The account.
        post_ids: The posts.
        names: Instagram's names of the metrics wanted; the usual ones of each kind if there are none.
        batched: Whether the host takes batches.
    """

    async def sort(ids: Sequence[str]) -> dict[str, Question]:
        kinds = await _kinds(adapter, ids, batched=batched)
        questions = {kind: question(kind) for kind in set(kinds.values())}
        return {one: questions[kind] for one, kind in kinds.items()}

    if not names:
        return await insights.ask(adapter, post_ids, question(EVERY_KIND_BUT_STORIES), batched=batched, sort=sort)
    kinds = await _kinds(adapter, post_ids, batched=batched)
    found: dict[str, Metrics | SocialConnectError] = {}
    for kind in dict.fromkeys(kinds.get(one, EVERY_KIND_BUT_STORIES) for one in post_ids):
        alike = [one for one in post_ids if kinds.get(one, EVERY_KIND_BUT_STORIES) == kind]
        found.update(await _named(adapter, alike, list(dict.fromkeys(names)), kind, batched=batched))
    return found


async def _named(
    adapter: GraphAdapter, post_ids: Sequence[str], names: Sequence[str], kind: str, *, batched: bool
) -> dict[str, Metrics | SocialConnectError]:
    """Ask posts of one kind for some metrics: in one question, and what would sink it in questions of their own."""
    together = [one for one in names if one not in _BY_THEMSELVES]
    level = BY_KIND.get(kind, BY_KIND[EVERY_KIND_BUT_STORIES])[0]
    asked = Question([_FIELDS.get(one, Wanted(one)) for one in together], level=level, when_empty=_EMPTY)
    found = await insights.ask(adapter, post_ids, asked, batched=batched)
    for name in names:
        if name in _BY_THEMSELVES:
            for post_id in post_ids:
                found[post_id] = await _with(adapter, post_id, found[post_id], name, level)
    return found


async def _with(
    adapter: GraphAdapter, post_id: str, so_far: Metrics | SocialConnectError, name: str, level: str
) -> Metrics | SocialConnectError:
    """Add a metric that is asked for by itself."""
    if isinstance(so_far, SocialConnectError):
        return so_far
    told = await _alone(adapter, post_id, name, level)
    part = "unavailable" if isinstance(told, Unavailable) else "values"
    return so_far.model_copy(update={part: {**getattr(so_far, part), name: told}})


async def _alone(adapter: GraphAdapter, post_id: str, name: str, level: str) -> MetricValue | Unavailable:
    row = adapter.metric_end(name, (level,))
    if row is not None:
        reason = f"The network retired it on {row.ends} ({row.source})."
        return Unavailable(name=name, reason=reason, replacement=row.replacement)
    query = {"metric": name, **({"breakdown": _BREAKDOWNS[name]} if name in _BREAKDOWNS else {})}
    try:
        answer = await adapter.get(post_id, "insights", query=query, model=Insights)
    except RejectedError as error:
        return Unavailable(name=name, reason=f"The network refused it: {error.message}", refused=True)
    values = [value for one in answer.data if one.name == name for value in insights.read_values(one)]
    return values[-1] if values else Unavailable(name=name, reason=_EMPTY)


async def _kinds(adapter: GraphAdapter, post_ids: Sequence[str], *, batched: bool) -> dict[str, str]:
    """Give the kind of each post whose kind can be read."""
    fields = "media_product_type"
    if batched:
        read_kinds: list[str | None] = []
        for start in range(0, len(post_ids), insights.BATCH):
            paths = [f"{quote(one, safe='')}?fields={fields}" for one in post_ids[start : start + insights.BATCH]]
            read_kinds += [_kind(item) for item in await insights.batch(adapter, paths)]
    else:
        read_kinds = [await _kind_alone(adapter, one, fields) for one in post_ids]
    return {one: kind for one, kind in zip(post_ids, read_kinds, strict=True) if kind is not None}


async def _kind_alone(adapter: GraphAdapter, post_id: str, fields: str) -> str | None:
    try:
        return (await adapter.get(post_id, query={"fields": fields}, model=ProductType)).media_product_type
    except RejectedError:
        return None


def _kind(item: BatchItem | None) -> str | None:
    if item is None or item.code != 200 or item.body is None:
        return None
    return ProductType.model_validate_json(item.body).media_product_type
