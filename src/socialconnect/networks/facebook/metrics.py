"""Which of Facebook's metrics fill which of our fields, and how they are asked for: of posts, videos and stories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from urllib.parse import parse_qsl, quote

from pydantic import ValidationError as ShapeError

from socialconnect.errors import SocialConnectError, ValidationError
from socialconnect.metrics import Metrics, MetricValue
from socialconnect.networks.facebook.media_limits import problem
from socialconnect.networks.facebook.plans import is_post
from socialconnect.networks.facebook.stories import stories
from socialconnect.networks.facebook.wire import PostCounts
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.insights import Question, Wanted
from socialconnect.networks.meta.permissions import may

__all__ = ["PERMISSION", "grouped", "of_posts", "why_empty"]

PERMISSION = "read_insights"

# One question for each post: the public counters of reactions, comments and shares would need a second one.
_POST = (
    Wanted("post_media_view", "views"),
    Wanted("post_total_media_view_unique", "reach"),
    Wanted("post_clicks", "clicks"),
    Wanted("post_reactions_by_type_total", "likes"),
    Wanted("post_activity_by_action_type", "comments", part="comment"),
    Wanted("post_activity_by_action_type", "shares", part="share"),
)
_VIDEO = (
    # A reel's plays, where the network has no views of it as a video.
    Wanted("blue_reels_play_count", "views"),
    Wanted("total_video_views", "views"),
    Wanted("total_video_views_unique", "reach"),
    Wanted("post_video_likes_by_reaction_type", "likes"),
    Wanted("post_video_avg_time_watched"),
    Wanted("post_video_view_time"),
    Wanted("post_video_social_actions"),
)
_STORY = (
    Wanted("story_interaction", "engagements"),
    Wanted("pages_fb_story_replies", "comments"),
    Wanted("pages_fb_story_shares", "shares"),
    Wanted("pages_fb_story_thread_lightweight_reactions", "likes"),
)

_LEVELS: Mapping[str, tuple[Wanted, ...]] = {"post": _POST, "video": _VIDEO, "story": _STORY}
_EDGES: Mapping[str, str] = {"video": "video_insights"}

_COUNTED = {"likes": "post_reactions_by_type_total", "comments": "post_activity_by_action_type"}
_COUNTS = "shares,reactions.summary(total_count).limit(0),comments.summary(true).limit(0)"

_MISSING = "The token lacks the read_insights permission: the network then answers with an empty list, not an error."
_NONE_YET = (
    "The network has no numbers for it. It counts once a day, and keeps none for pages with fewer than 100 followers."
)
_EMPTY = (
    "The network gave an empty list, not an error: that is how it tells that the token lacks the read_insights"
    " permission. It also keeps no numbers for pages with fewer than 100 followers."
)

_PARAMETERS = frozenset({"breakdown", "period"})


async def why_empty(adapter: GraphAdapter) -> str:
    """Say why an answer without numbers is empty, after a look at what the token may do."""
    return {True: _NONE_YET, False: _MISSING, None: _EMPTY}[await may(adapter, PERMISSION)]


def grouped(names: Iterable[str]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """
    Sort metrics by what else is asked with them, since one request has one breakdown and one period.

    Args:
        names: The network's names, each with parameters or without: `post_media_view?breakdown=is_from_ads`.

    Returns:
        The parameters, and which name stands for which metric with them.

    Raises:
        ValidationError: A name carries another parameter.
    """
    groups: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}
    for asked in names:
        name, _, text = asked.partition("?")
        parameters = dict(parse_qsl(text))
        if not set(parameters) <= _PARAMETERS or (text and not parameters):
            message = "a metric's name may carry a breakdown and a period: metric?breakdown=…&period=…"
            raise ValidationError([problem("names", "metric_name", message, ", ".join(sorted(_PARAMETERS)), asked)])
        groups.setdefault(tuple(sorted(parameters.items())), {})[name] = asked
    return [(dict(parameters), metrics) for parameters, metrics in groups.items()]


async def of_posts(
    adapter: GraphAdapter, post_ids: Sequence[str], names: Sequence[str]
) -> dict[str, Metrics | SocialConnectError]:
    """Give the posts' metrics, or those of videos by their own ids; the usual ones, or those that are named."""
    results: dict[str, Metrics | SocialConnectError] = {}
    for level, ids in (("post", [one for one in post_ids if is_post(one)]), ("video", _others(post_ids))):
        for parameters, metrics in grouped(names) or [({}, {})]:
            question = _question(adapter, level, metrics, parameters)
            found = await insights.ask(adapter, ids, question, sort=partial(_by_kind, adapter, level, metrics))
            for post_id, result in found.items():
                named = _as_asked(result, metrics) if parameters else result
                results[post_id] = _together(results.get(post_id), named)
    return results if names else await _with_counts(adapter, results)


def _others(post_ids: Sequence[str]) -> list[str]:
    return [one for one in post_ids if not is_post(one)]


def _question(
    adapter: GraphAdapter, level: str, metrics: Mapping[str, str], parameters: Mapping[str, str] | None = None
) -> Question:
    usual = _LEVELS[level]
    wanted = [one for one in usual if one.name in metrics] if metrics else list(usual)
    known = {one.name for one in wanted}
    wanted += [Wanted(name) for name in metrics if name not in known]
    return Question(
        wanted,
        level=level,
        when_empty=_EMPTY,
        edge=_EDGES.get(level, "insights"),
        parameters=parameters or {},
        look=lambda: why_empty(adapter),
    )


async def _by_kind(
    adapter: GraphAdapter, level: str, metrics: Mapping[str, str], refused: Sequence[str]
) -> dict[str, Question]:
    """Give the question that fits those that refuse this one: stories, and posts whose ids look like a video's."""
    try:
        listed = {one.post_id for one in await stories(adapter)}
    except SocialConnectError:
        listed = set[str]()
    other = "post" if level == "video" else level
    kinds = {one: "story" if one in listed else other for one in refused}
    return {one: _question(adapter, kind, metrics) for one, kind in kinds.items() if kind != level}


def _as_asked(result: Metrics | SocialConnectError, metrics: Mapping[str, str]) -> Metrics | SocialConnectError:
    """Give the numbers under the names with their parameters; they are parts, and fill no field."""
    if isinstance(result, SocialConnectError):
        return result
    return Metrics(
        post=result.post,
        fetched_at=result.fetched_at,
        values={metrics.get(name, name): value for name, value in result.values.items()},
        unavailable={metrics.get(name, name): reason for name, reason in result.unavailable.items()},
    )


def _together(
    first: Metrics | SocialConnectError | None, second: Metrics | SocialConnectError
) -> Metrics | SocialConnectError:
    if not isinstance(first, Metrics):
        return second if first is None else first
    if isinstance(second, SocialConnectError):
        return second
    fields = {name: value for name, value in second if value is not None and name not in ("values", "unavailable")}
    both = {"values": {**first.values, **second.values}, "unavailable": {**first.unavailable, **second.unavailable}}
    return first.model_copy(update={**fields, **both})


async def _with_counts(
    adapter: GraphAdapter, results: dict[str, Metrics | SocialConnectError]
) -> dict[str, Metrics | SocialConnectError]:
    """Fill in reactions, comments and shares from the posts themselves, where the insights have none."""
    bare = [
        post_id
        for post_id, found in results.items()
        if isinstance(found, Metrics)
        and is_post(post_id)
        and any(one in found.unavailable for one in _COUNTED.values())
    ]
    for start in range(0, len(bare), insights.BATCH):
        chunk = bare[start : start + insights.BATCH]
        paths = [f"{quote(one, safe='')}?fields={_COUNTS}" for one in chunk]
        for post_id, item in zip(chunk, await insights.batch(adapter, paths), strict=True):
            found = results[post_id]
            if isinstance(found, Metrics) and item is not None and item.code == 200:
                results[post_id] = _counted(found, item.body or "")
    return results


def _counted(found: Metrics, body: str) -> Metrics:
    try:
        told = PostCounts.model_validate_json(body)
    except ShapeError:
        return found
    counts = {
        # An absent count is not told to be 0, except by what some integrators found.
        "likes": told.reactions.summary.total_count if told.reactions and told.reactions.summary else None,
        "comments": told.comments.summary.total_count if told.comments and told.comments.summary else None,
        "shares": told.shares.count if told.shares else None,
    }
    given = {name: count for name, count in counts.items() if count is not None and getattr(found, name) is None}
    names = {"likes": "reactions", "comments": "comments", "shares": "shares"}
    values = {names[name]: MetricValue(name=names[name], value=count) for name, count in given.items()}
    return found.model_copy(update={**given, "values": {**found.values, **values}})
