"""
Numbers of posts: a page's in batches, a member's one call for each post and metric.

What LinkedIn does not give stays `None`. It leaves a post without activity out of a page's statistics, and a deleted
post or one older than its window of twelve months as well: those look alike, so none of them is told as 0.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError as ShapeError

from socialconnect.errors import Problem, RejectedError, SocialConnectError, ValidationError
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.linkedin import limits
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.statistics_wire import (
    AnalyticsAnswer,
    ShareStatistics,
    ShareStatisticsAnswer,
    SocialMetadata,
    VideoNumbers,
)
from socialconnect.transport.request import Response

__all__ = [
    "MEMBER_POST",
    "PAGE_POST",
    "SHARE_STATISTICS",
    "Numbers",
    "ended_among",
    "entity_kind",
    "fetch_metrics",
    "not_yet",
    "numbers_in",
]

Results = dict[str, Metrics | SocialConnectError]
_Read = Callable[[LinkedInApi, str, str], Awaitable[int | float | None]]

SHARE_STATISTICS = "/rest/organizationalEntityShareStatistics"
_MEMBER_POSTS = "/rest/memberCreatorPostAnalytics"
_MEMBER_VIDEOS = "/rest/memberCreatorVideoAnalytics"
_PAGE_VIDEOS = "/rest/videoAnalytics"
_SOCIAL = "/rest/socialMetadata"

PAGE_POST: Mapping[str, str | None] = {
    "impressionCount": "views",
    "uniqueImpressionsCount": "reach",
    "clickCount": "clicks",
    "likeCount": "likes",
    "commentCount": "comments",
    "shareCount": "shares",
    "engagement": None,
}
"""A page's numbers of a post, with the fields of `Metrics` that they fill."""
MEMBER_POST: Mapping[str, str | None] = {
    "IMPRESSION": "views",
    "MEMBERS_REACHED": "reach",
    "REACTION": "likes",
    "COMMENT": "comments",
    "RESHARE": "shares",
    "POST_SAVE": "saves",
    "LINK_CLICKS": "clicks",
    "POST_SEND": None,
    "PREMIUM_CTA_CLICKS": None,
    "FOLLOWER_GAINED_FROM_CONTENT": None,
    "PROFILE_VIEW_FROM_CONTENT": None,
}
"""A member's numbers of a post; each costs a call, so those without a field are read when they are named. The first
one is the oldest."""
_MEMBER_VIDEO = ("VIDEO_PLAY", "VIDEO_WATCH_TIME", "VIDEO_VIEWER")
_PAGE_VIDEO = ("VIDEO_VIEW", "VIEWER", "TIME_WATCHED", "TIME_WATCHED_FOR_VIDEO_VIEWS")
_REACTIONS, _COMMENTS = "reactionSummaries", "commentSummary"
_LEVELS = ("organization_post", "organization_video", "member_post", "member_video", "post_social")
"""The catalogue's levels of what is read of posts."""

_OTHER_SPELLING = {"uniqueImpressionsCounts": "uniqueImpressionsCount"}
_PAGE_PERIOD = "last 12 months"
_LEFT_OUT = (
    "LinkedIn leaves a post out of a page's statistics if nobody saw it, if it is deleted, and if it is older than "
    "twelve months; its answer does not tell which."
)


@dataclass
class Numbers:
    """What is known of one post so far."""

    fields: dict[str, int | float] = field(default_factory=dict[str, int | float])
    values: dict[str, MetricValue] = field(default_factory=dict[str, MetricValue])
    unavailable: dict[str, Unavailable] = field(default_factory=dict[str, Unavailable])

    @property
    def begun(self) -> bool:
        """Whether anything was read of it."""
        return bool(self.values or self.unavailable)

    def lacks(self, names: Iterable[str], reason: str, *, refused: bool = False) -> None:
        """Say why metrics have no number, and whether LinkedIn refuses the names themselves."""
        self.unavailable |= {name: Unavailable(name=name, reason=reason, refused=refused) for name in names}

    def has(
        self, name: str, value: int | float | Mapping[str, int | float], field: str | None = None, *, period: str
    ) -> None:
        """Keep a number; only a whole one fills a field."""
        self.values[name] = MetricValue(name=name, value=value, period=period)
        if field is not None and isinstance(value, int | float) and float(value).is_integer():
            self.fields[field] = value

    def metrics(self, post_id: str, now: datetime) -> Metrics:
        """Give them as `Metrics`."""
        told = {"values": self.values, "unavailable": self.unavailable}
        return Metrics.model_validate({"post": post_id, "fetched_at": now, **self.fields, **told})


class _Table:
    """The posts that are asked for, and what is known of each."""

    def __init__(self, posts: Sequence[str]) -> None:
        self.numbers = {one: Numbers() for one in posts if entity_kind(one)}
        self.errors: dict[str, SocialConnectError] = {one: _not_a_post(one) for one in posts if not entity_kind(one)}
        self.read = False

    @property
    def open(self) -> list[str]:
        return [one for one in self.numbers if one not in self.errors]

    def fail(self, error: SocialConnectError, posts: Iterable[str], names: Sequence[str]) -> None:
        """Note what stopped the reading: raised if nothing was read, else told for what is left."""
        if not self.read:
            raise error
        for one in posts:
            self.refuse(error, one, names)

    def refuse(self, error: SocialConnectError, post: str, names: Sequence[str]) -> None:
        """Note what keeps one post's metrics away: they alone, if others of that post are known."""
        if self.numbers[post].begun:
            self.numbers[post].lacks(names, f"LinkedIn refused it: {error.message}")
        else:
            self.errors[post] = copy.copy(error)

    def results(self, now: datetime) -> Results:
        told = {one: self.numbers[one].metrics(one, now) for one in self.open}
        return {**told, **self.errors}


async def fetch_metrics(api: LinkedInApi, post_ids: Sequence[str], names: Sequence[str] = ()) -> Results:
    """
    Give the numbers of posts, in as few requests as LinkedIn's limits allow.

    A post that LinkedIn refuses costs that post alone, and a metric that it refuses costs that metric alone. Any other
    error ends the reading: it is raised if nothing was read yet, else told for every post that is left.
    """
    table = _Table(post_ids)
    usual = [name for name, field in MEMBER_POST.items() if field] if not api.is_page else list(PAGE_POST)
    ended = ended_among(api, names or usual, _LEVELS)
    wanted = [one for one in dict.fromkeys(names or usual) if one not in ended]
    if api.is_page:
        await _page_statistics(api, table, [one for one in wanted if one in PAGE_POST])
        await _one_by_one(api, table, [one for one in wanted if one in _PAGE_VIDEO], _page_video)
        known = {*PAGE_POST, *_PAGE_VIDEO, _REACTIONS, _COMMENTS}
    else:
        analytics = _in_version(api, table, wanted)
        await _one_by_one(api, table, analytics, _member_number)
        known = {*MEMBER_POST, *_MEMBER_VIDEO, _REACTIONS, _COMMENTS}
    await _social(api, table, [one for one in wanted if one in (_REACTIONS, _COMMENTS)])
    for one in table.open:
        table.numbers[one].lacks([name for name in wanted if name not in known], "LinkedIn has no metric of this name.")
        table.numbers[one].unavailable |= ended
    return table.results(api.wire.clock.now())


def _in_version(api: LinkedInApi, table: _Table, wanted: Sequence[str]) -> list[str]:
    """Give the analytics that the version in use has; of the others it is said from which version on."""
    levels = {name: "member_post" if name in MEMBER_POST else "member_video" for name in wanted}
    asked: list[str] = []
    for name in wanted:
        if name not in MEMBER_POST and name not in _MEMBER_VIDEO:
            continue
        reason = not_yet(api, name, levels[name])
        if reason is None:
            asked.append(name)
        for numbers in table.numbers.values() if reason else ():
            numbers.lacks([name], reason or "")
    return asked


def ended_among(api: LinkedInApi, names: Iterable[str], levels: Sequence[str]) -> dict[str, Unavailable]:
    """Say why metrics are not asked for that the catalogue knows to have ended."""
    found: dict[str, Unavailable] = {}
    catalogue, day = api.catalogue, api.wire.clock.now().date()
    for name in names:
        row = catalogue.ended_metric(name, levels, day) if catalogue is not None else None
        if row is not None:
            reason = f"LinkedIn retired it on {row.ends} (source: {row.source})."
            found[name] = Unavailable(name=name, reason=reason, replacement=row.replacement)
    return found


def not_yet(api: LinkedInApi, name: str, level: str) -> str | None:
    """Say why the API version in use cannot have a metric, or `None` if it can."""
    catalogue = api.catalogue
    row = catalogue.metric(name, level) if catalogue is not None else None
    if row is None or row.since is None or api.api_version >= f"{row.since:%Y%m}":
        return None
    return f"LinkedIn gives it from API version {row.since:%Y%m} on, and {api.api_version} is in use."


# ── a page ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def entity_kind(post_id: str) -> str | None:
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


async def _page_statistics(api: LinkedInApi, table: _Table, names: Sequence[str]) -> None:
    """Read in batches; one that LinkedIn refuses is halved until the post that it does not like stands alone."""
    posts = table.open if names else []
    waiting = [posts[at : at + limits.METRICS_BATCH] for at in range(0, len(posts), limits.METRICS_BATCH)]
    waiting.reverse()
    while waiting:
        batch = waiting.pop()
        try:
            answer = await api.find(SHARE_STATISTICS, _batch_query(api.account, batch), _statistics)
        except RejectedError as error:
            if len(batch) == 1:
                table.refuse(error, batch[0], names)
            else:
                middle = len(batch) // 2
                waiting += [batch[middle:], batch[:middle]]
        except SocialConnectError as error:
            table.fail(error, [*batch, *(one for other in waiting for one in other)], names)
            return
        else:
            table.read = True
            for one in batch:
                _page_post(table.numbers[one], answer.get(one), names)


def _batch_query(author: str, batch: Sequence[str]) -> dict[str, RestliValue]:
    query: dict[str, RestliValue] = {"q": "organizationalEntity", "organizationalEntity": author}
    for parameter, kind in (("shares", "share"), ("ugcPosts", "ugcPost")):
        if ids := [one for one in batch if entity_kind(one) == kind]:
            query[parameter] = ids
    return query


def _statistics(response: Response) -> dict[str, ShareStatistics]:
    elements = response.into(ShareStatisticsAnswer).elements
    return {one.share or one.ugcPost or "": one for one in elements}


def _page_post(numbers: Numbers, found: ShareStatistics | None, names: Sequence[str]) -> None:
    if found is None:
        numbers.lacks(names, _LEFT_OUT)
        return
    told = numbers_in(found.totalShareStatistics)
    for name in names:
        if name in told:
            numbers.has(name, told[name], PAGE_POST[name], period=_PAGE_PERIOD)
        else:
            numbers.lacks([name], "LinkedIn's answer does not hold it.")


def numbers_in(given: Mapping[str, object]) -> dict[str, int | float]:
    """Give what is a number, by LinkedIn's first spelling of its name."""
    return {
        _OTHER_SPELLING.get(name, name): value
        for name, value in given.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }


# ── one call for each post and metric ─────────────────────────────────────────────────────────────────────────────────


async def _one_by_one(api: LinkedInApi, table: _Table, names: Sequence[str], read: _Read) -> None:
    posts = table.open
    for at, post in enumerate(posts if names else []):
        try:
            await _post(api, table.numbers[post], post, names, read)
            table.read = True
        except RejectedError as error:
            table.refuse(error, post, names)
        except SocialConnectError as error:
            table.fail(error, posts[at:], names)
            return


async def _post(api: LinkedInApi, numbers: Numbers, post: str, names: Sequence[str], read: _Read) -> None:
    for at, name in enumerate(names):
        try:
            value = await read(api, post, name)
        except RejectedError as error:
            if at == 0 and name in MEMBER_POST and not numbers.begun:
                raise  # the first metric is the oldest: what is refused is the post
            numbers.lacks([name], f"LinkedIn refused it: {error.message}", refused=True)
            continue
        if value is None:
            numbers.lacks([name], "LinkedIn's answer holds no number for this post.")
        else:
            numbers.has(name, value, MEMBER_POST.get(name), period="lifetime")


async def _member_number(api: LinkedInApi, post: str, name: str) -> int | float | None:
    key = "share" if entity_kind(post) == "share" else "ugc"
    query: dict[str, RestliValue] = {"q": "entity", "entity": {key: post}, "queryType": name, "aggregation": "TOTAL"}
    path = _MEMBER_VIDEOS if name in _MEMBER_VIDEO else _MEMBER_POSTS
    elements = (await api.find(path, query, lambda response: response.into(AnalyticsAnswer))).elements
    return elements[0].count if elements else None


async def _page_video(api: LinkedInApi, post: str, name: str) -> int | float | None:
    query: dict[str, RestliValue] = {"q": "entity", "entity": post, "type": name, "aggregation": "ALL"}
    elements = (await api.find(_PAGE_VIDEOS, query, lambda response: response.into(VideoNumbers))).elements
    return elements[0].value if elements else None


# ── reactions and comments ────────────────────────────────────────────────────────────────────────────────────────────


async def _social(api: LinkedInApi, table: _Table, names: Sequence[str]) -> None:
    posts = table.open if names else []
    if not posts:
        return
    try:
        found = await api.get_each(_SOCIAL, posts)
    except SocialConnectError as error:
        table.fail(error, posts, names)
        return
    for post in posts:
        answer = found.get(post)
        if isinstance(answer, SocialConnectError):
            table.refuse(answer, post, names)
            continue
        try:
            _summaries(table.numbers[post], SocialMetadata.model_validate(answer), names)
        except ShapeError:
            table.numbers[post].lacks(names, "LinkedIn's answer does not hold it.")
    table.read = True


def _summaries(numbers: Numbers, found: SocialMetadata, names: Sequence[str]) -> None:
    if _REACTIONS in names:
        by_kind = {kind: one.count for kind, one in found.reactionSummaries.items()}
        numbers.has(_REACTIONS, by_kind, period="lifetime")
        numbers.fields.setdefault("likes", sum(by_kind.values()))
    if _COMMENTS in names:
        told = found.commentSummary
        if told is None:
            numbers.lacks([_COMMENTS], "LinkedIn's answer does not hold it.")
            return
        counts = {"count": told.count}
        if told.topLevelCount is not None:
            counts["topLevelCount"] = told.topLevelCount
        numbers.has(_COMMENTS, counts, period="lifetime")
        numbers.fields.setdefault("comments", told.count)
