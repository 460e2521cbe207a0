"""
Numbers of an account as a whole: a page's followers, visits and posts, a member's followers and posts.

Each of LinkedIn's resources costs a call, and what it refuses costs its own names alone. Days begin and end at midnight
UTC; a time is widened to whole ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from pydantic import JsonValue
from pydantic import ValidationError as ShapeError

from socialconnect.errors import RejectedError, SocialConnectError
from socialconnect.metrics import AccountMetrics, MetricValue, Unavailable
from socialconnect.networks.linkedin.api import LinkedInApi
from socialconnect.networks.linkedin.metrics import (
    MEMBER_POST,
    PAGE_POST,
    SHARE_STATISTICS,
    ended_among,
    not_yet,
    numbers_in,
)
from socialconnect.networks.linkedin.restli import RestliValue
from socialconnect.networks.linkedin.statistics_wire import (
    AnalyticsAnswer,
    DayRange,
    Elements,
    FollowersAnswer,
    NetworkSize,
    TimeRange,
)

__all__ = ["fetch_account_metrics"]

_SIZE, _FOLLOWERS = "/rest/networkSizes", "/rest/organizationalEntityFollowerStatistics"
_VISITS, _MEMBER_FOLLOWERS = "/rest/organizationPageStatistics", "/rest/memberFollowersCount"
_MEMBER_POSTS = "/rest/memberCreatorPostAnalytics"

_FOLLOWER_COUNT, _GAINS, _FACETS = "firstDegreeSize", "followerGains", "followerCountsBy"
_VIEWS = "views.allPageViews.pageViews"
_MEMBER_COUNT = "memberFollowersCount"
_NO_DAYS = frozenset({"MEMBERS_REACHED", "LINK_CLICKS", "FOLLOWER_GAINED_FROM_CONTENT", "PROFILE_VIEW_FROM_CONTENT"})
"""What LinkedIn counts for a whole time only, not by day."""
_USUAL_MEMBER = (_MEMBER_COUNT, "IMPRESSION", "MEMBERS_REACHED", "REACTION", "COMMENT", "RESHARE")
_SINCE_GIVEN_UNTIL = timedelta(days=30)


@dataclass
class _Asked:
    """What is asked of one account, and what is known so far."""

    api: LinkedInApi
    names: Sequence[str]
    span: tuple[datetime, datetime] | None
    values: dict[str, list[MetricValue]] = field(default_factory=dict[str, list[MetricValue]])
    unavailable: dict[str, Unavailable] = field(default_factory=dict[str, Unavailable])

    def keep(self, name: str, value: int | float | Mapping[str, int | float], **about: object) -> None:
        one = MetricValue.model_validate({"name": name, "value": value, **about})
        self.values.setdefault(name, []).append(one)

    def lack(self, names: Sequence[str], reason: str, *, refused: bool = False) -> None:
        for name in names:
            if name not in self.values and name not in self.unavailable:  # the first reason is the closest
                self.unavailable[name] = Unavailable(name=name, reason=reason, refused=refused)

    @property
    def intervals(self) -> dict[str, RestliValue]:
        """The time as statistics take it: by day, its end not included."""
        if self.span is None:
            return {}
        start, end = (int(at.timestamp() * 1000) for at in self.span)
        return {"timeIntervals": {"timeRange": {"start": start, "end": end}, "timeGranularityType": "DAY"}}

    @property
    def days(self) -> dict[str, RestliValue]:
        """The time as a member's numbers take it."""
        if self.span is None:
            return {}
        start, end = self.span
        return {"dateRange": {"start": _day(start), "end": _day(end)}}


_LEVELS = ("organization", "member", "member_post")
"""The catalogue's levels of an account's metrics."""

_Read = Callable[[_Asked, Sequence[str]], Awaitable[None]]


async def fetch_account_metrics(
    api: LinkedInApi, since: datetime | None, until: datetime | None, names: Sequence[str]
) -> AccountMetrics:
    """
    Give the numbers of a page or a member.

    Args:
        api: The account.
        since: The first day; without one the whole life of the account, or as far back as LinkedIn counts.
        until: The end, not included; now if only `since` is given.
        names: LinkedIn's names of the metrics wanted; the usual ones if there are none.

    Raises:
        SocialConnectError: Nothing could be read.
    """
    now = api.wire.clock.now()
    span = _span(since, until, now)
    wanted = tuple(dict.fromkeys(names)) or _usual(api, timed=span is not None)
    ended = ended_among(api, wanted, _LEVELS)
    asked = _Asked(api, tuple(one for one in wanted if one not in ended), span)
    asked.unavailable |= ended
    failed = await _read_all(asked)
    if failed and not asked.values:
        raise failed[0]
    values = {name: tuple(asked.values[name]) for name in asked.values}
    return AccountMetrics(
        network=api.network, account=api.account, fetched_at=now, values=values, unavailable=asked.unavailable
    )


async def _read_all(asked: _Asked) -> list[SocialConnectError]:
    """Ask each resource that has one of the metrics; gives the errors that were met."""
    failed: list[SocialConnectError] = []
    left = set(asked.names)
    for read, is_its_own in _PAGE if asked.api.is_page else _MEMBER:
        mine = [name for name in asked.names if is_its_own(name)]
        left.difference_update(mine)
        if not mine:
            continue
        try:
            await read(asked, mine)
            asked.lack(mine, "LinkedIn's answer does not hold it.")
        except SocialConnectError as error:
            failed.append(error)
            asked.lack(mine, f"LinkedIn refused it: {error.message}")
        except ShapeError:
            asked.lack(mine, "LinkedIn's answer is not understood.")
    asked.lack([name for name in asked.names if name in left], "LinkedIn has no metric of this name.")
    return failed


def _usual(api: LinkedInApi, *, timed: bool) -> tuple[str, ...]:
    if not api.is_page:
        return _USUAL_MEMBER
    return (_FOLLOWER_COUNT, *((_GAINS,) if timed else ()), _VIEWS, *PAGE_POST)


def _span(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, datetime] | None:
    if since is None and until is None:
        return None
    end = _midnight(until or now, up=True)
    return (end - _SINCE_GIVEN_UNTIL if since is None else _midnight(since)), end


def _midnight(at: datetime, *, up: bool = False) -> datetime:
    day = datetime.combine(at.astimezone(UTC).date(), time(), UTC)
    return day + timedelta(days=1) if up and day < at else day


def _day(at: datetime) -> RestliValue:
    return {"day": at.day, "month": at.month, "year": at.year}


# ── a page ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _size(asked: _Asked, names: Sequence[str]) -> None:
    api = asked.api
    query: dict[str, RestliValue] = {"edgeType": "COMPANY_FOLLOWED_BY_MEMBER"}
    answer = await api.get(_SIZE, api.account, lambda response: response.into(NetworkSize), query=query)
    asked.keep(_FOLLOWER_COUNT, answer.firstDegreeSize, period="lifetime")


async def _page_elements(
    asked: _Asked, path: str, finder: str, *, timed: bool = True
) -> tuple[dict[str, JsonValue], ...]:
    query: dict[str, RestliValue] = {"q": finder, finder: asked.api.account, **(asked.intervals if timed else {})}
    return (await asked.api.find(path, query, lambda response: response.into(Elements))).elements


async def _followers(asked: _Asked, names: Sequence[str]) -> None:
    facets = [name for name in names if name.startswith(_FACETS)]
    if _GAINS in names and asked.span is None:
        asked.lack([_GAINS], "LinkedIn counts gains within a time only: give since.")
    elif _GAINS in names:
        for element in await _page_elements(asked, _FOLLOWERS, "organizationalEntity"):
            gains = element.get(_GAINS)
            if isinstance(gains, dict):
                asked.keep(_GAINS, numbers_in(gains), **_when(element))
    if facets:
        # Facets are of all time: LinkedIn gives them only where no time is asked for.
        for element in await _page_elements(asked, _FOLLOWERS, "organizationalEntity", timed=False):
            for name in facets:
                if isinstance(element.get(name), list):
                    parts = dict(_parts(element[name]))
                    asked.keep(name, parts, period="lifetime", dimensions=(name.removeprefix(_FACETS).lower(),))


def _parts(facet: JsonValue) -> Iterator[tuple[str, int | float]]:
    """Give a facet's numbers, each named by what it is about and by LinkedIn's name for it."""
    for one in facet if isinstance(facet, list) else ():
        if not isinstance(one, dict):
            continue
        about = next((value for value in one.values() if isinstance(value, str)), "")
        for counts in one.values():
            if isinstance(counts, dict):
                yield from ((f"{about}, {name}", number) for name, number in numbers_in(counts).items())


async def _visits(asked: _Asked, names: Sequence[str]) -> None:
    for element in await _page_elements(asked, _VISITS, "organization"):
        totals = element.get("totalPageStatistics")
        told = dict(_flat(totals)) if isinstance(totals, dict) else {}
        for name in names:
            if name in told:
                asked.keep(name, told[name], **_when(element, otherwise="lifetime"))


def _flat(given: Mapping[str, JsonValue], path: str = "") -> Iterator[tuple[str, int | float]]:
    """Give each number within, named by the way to it."""
    yield from ((f"{path}{name}", value) for name, value in numbers_in(given).items())
    for name, inner in given.items():
        if isinstance(inner, dict):
            yield from _flat(inner, f"{path}{name}.")


async def _posts(asked: _Asked, names: Sequence[str]) -> None:
    for element in await _page_elements(asked, SHARE_STATISTICS, "organizationalEntity"):
        totals = element.get("totalShareStatistics")
        told = numbers_in(totals) if isinstance(totals, dict) else {}
        for name in names:
            if name in told:
                asked.keep(name, told[name], **_when(element, otherwise="last 12 months"))


def _when(element: Mapping[str, JsonValue], *, otherwise: str | None = None) -> dict[str, object]:
    found = element.get("timeRange")
    if found is None or (otherwise is not None and isinstance(found, dict) and not found):
        return {"period": otherwise}
    span = TimeRange.model_validate(found)
    return {"period": "day", "until": datetime.fromtimestamp(span.end / 1000, UTC)}


# ── a member ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _member_followers(asked: _Asked, names: Sequence[str]) -> None:
    level = "member"
    if (reason := not_yet(asked.api, _MEMBER_COUNT, level)) is not None:
        asked.lack(names, reason)
        return
    query: dict[str, RestliValue] = {"q": "dateRange", **asked.days} if asked.span is not None else {"q": "me"}
    answer = await asked.api.find(_MEMBER_FOLLOWERS, query, lambda response: response.into(FollowersAnswer))
    for one in answer.elements:
        about = _by_day(one.dateRange) if asked.span is not None else {"period": "lifetime"}
        asked.keep(_MEMBER_COUNT, one.memberFollowersCount, **about)


async def _member_posts(asked: _Asked, names: Sequence[str]) -> None:
    first: SocialConnectError | None = None
    for name in names:
        if (reason := not_yet(asked.api, name, "member_post")) is not None:
            asked.lack([name], reason)
            continue
        daily = asked.span is not None and name not in _NO_DAYS
        query: dict[str, RestliValue] = {"q": "me", "queryType": name, "aggregation": "DAILY" if daily else "TOTAL"}
        try:
            answer = await asked.api.find(
                _MEMBER_POSTS, {**query, **asked.days}, lambda response: response.into(AnalyticsAnswer)
            )
        except SocialConnectError as error:
            named = isinstance(error, RejectedError)
            asked.lack([name], f"LinkedIn refused it: {error.message}", refused=named)
            first = first or error
            continue
        for one in answer.elements:
            about = _by_day(one.dateRange) if daily else _whole(asked)
            asked.keep(name, one.count, **about)
    if first is not None and not any(name in asked.values for name in names):
        raise first


def _whole(asked: _Asked) -> dict[str, object]:
    if asked.span is None:
        return {"period": "lifetime"}
    start, end = asked.span
    return {"period": f"{(end - start).days} days", "until": end}


def _by_day(days: DayRange | None) -> dict[str, object]:
    end = days.end if days is not None else None
    if end is None:
        return {"period": "day"}
    return {"period": "day", "until": datetime(end.year, end.month, end.day, tzinfo=UTC)}


_PAGE: tuple[tuple[_Read, Callable[[str], bool]], ...] = (
    (_size, lambda name: name == _FOLLOWER_COUNT),
    (_followers, lambda name: name == _GAINS or name.startswith(_FACETS)),
    (_visits, lambda name: "." in name),
    (_posts, lambda name: name in PAGE_POST),
)
_MEMBER: tuple[tuple[_Read, Callable[[str], bool]], ...] = (
    (_member_followers, lambda name: name == _MEMBER_COUNT),
    (_member_posts, lambda name: name in MEMBER_POST),
)
"""Which of LinkedIn's resources gives a metric."""
