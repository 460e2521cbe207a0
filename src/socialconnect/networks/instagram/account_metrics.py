"""
The numbers of the account as a whole.

https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights, November 2026. Totals of
many metrics come with one question; a metric that is split, or comes by the day, has a question of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialconnect.errors import PermissionDenied, Problem, RejectedError, SocialConnectError, ValidationError
from socialconnect.metrics import AccountMetrics, MetricValue, Unavailable
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.insights import read_values
from socialconnect.networks.meta.wire import Insights

__all__ = ["USUAL", "fetch"]

USUAL = (
    "views",
    "reach",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "shares",
    "saves",
    "replies",
    "reposts",
    "profile_links_taps",
    "follows_and_unfollows",
    "follower_count",
)
"""What is asked for unless told otherwise. Demographics are asked for by name only: each takes four questions."""

SERIES = ":time_series"
"""Behind a name: its numbers by the day, where Instagram gives both (`reach:time_series`)."""

_LONGEST = timedelta(days=30)
"""How long a time one question may be about; told by integrators, not by Instagram's page."""
_MOST = timedelta(days=366)
"""How long a time all questions of one call may be about, so that none sends hundreds of requests."""

_SPLIT = {"follows_and_unfollows": "follow_type", "profile_links_taps": "contact_button_type"}
_BY_DAY = frozenset({"follower_count"})
_LIFETIME = frozenset({"online_followers"})
_DEMOGRAPHICS = frozenset({"follower_demographics", "engaged_audience_demographics", "reached_audience_demographics"})
_PARTS = ("age", "city", "country", "gender")
_TIMEFRAME = "this_month"
"""Demographics are given of this week or this month only, whatever `since` says."""

_EMPTY = "The network gave nothing. Some numbers need an account of at least 100 followers, or take up to 48 hours."


@dataclass(frozen=True)
class _Ask:
    """
    One question.

    Args:
        names: The metrics, as the caller named them.
        query: What else is asked.
        period: What time the answer covers, where the answer does not say it.
        dated: Whether it is about the days asked for.
    """

    names: tuple[str, ...]
    query: Mapping[str, str]
    period: str | None = None
    dated: bool = True


async def fetch(
    adapter: GraphAdapter, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
) -> AccountMetrics:
    """
    Give the account's numbers. A time longer than 30 days is asked for in pieces, and each piece has its number.

    Args:
        adapter: The account.
        since: The beginning; 30 days before the end unless given.
        until: The end; now unless given.
        names: Instagram's names of the metrics wanted.

    Raises:
        ValidationError: The time is longer than a year.
    """
    now = adapter.wire.clock.now()
    end = until or now
    begin = since or end - _LONGEST
    if end - begin > _MOST:
        told = {"limit": f"{_MOST.days} days", "actual": f"{(end - begin).days} days"}
        message = f"ask for {_MOST.days} days at most at once: Instagram gives {_LONGEST.days} with each request"
        raise ValidationError([Problem(field="since", rule="max_range", message=message, network="instagram", **told)])
    wanted, gone = _living(adapter, list(dict.fromkeys(names or USUAL)))
    values: dict[str, tuple[MetricValue, ...]] = {}
    unavailable = dict(gone)
    for ask in _questions(wanted):
        for piece in _pieces(begin, end) if ask.dated else [None]:
            found, missing = await _answer(adapter, ask, piece)
            values.update({name: (*values.get(name, ()), *told) for name, told in found.items()})
            unavailable.update(missing)
    return AccountMetrics(
        network=adapter.network,
        account=adapter.account,
        fetched_at=now,
        values={name: values[name] for name in wanted if name in values},
        unavailable={name: one for name, one in unavailable.items() if name not in values},
    )


def _living(adapter: GraphAdapter, names: Sequence[str]) -> tuple[list[str], dict[str, Unavailable]]:
    """Tell the names to ask for from those that the catalogue says are dead on the clock's day."""
    gone: dict[str, Unavailable] = {}
    for name in names:
        level = "account_series" if name.endswith(SERIES) else "account"
        row = adapter.metric_end(_plain(name), (level, "account"))
        if row is not None:
            reason = f"The network retired it on {row.ends} ({row.source})."
            gone[name] = Unavailable(name=name, reason=reason, replacement=row.replacement)
    return [name for name in names if name not in gone], gone


def _questions(names: Sequence[str]) -> Iterator[_Ask]:
    total = {"period": "day", "metric_type": "total_value"}
    together = tuple(one for one in names if not _has_its_own(one))
    if together:
        yield _Ask(together, total)
    for name in names:
        if name in _SPLIT:
            yield _Ask((name,), {**total, "breakdown": _SPLIT[name]})
        elif name in _BY_DAY:
            yield _Ask((name,), {"period": "day"})  # with a metric_type it is refused
        elif name in _LIFETIME:
            yield _Ask((name,), {"period": "lifetime"})
        elif name in _DEMOGRAPHICS:
            for part in _PARTS:
                asked = {"period": "lifetime", "metric_type": "total_value", "timeframe": _TIMEFRAME, "breakdown": part}
                yield _Ask((name,), asked, period=_TIMEFRAME, dated=False)
        elif name.endswith(SERIES):
            yield _Ask((name,), {"period": "day", "metric_type": "time_series"})


def _has_its_own(name: str) -> bool:
    return name in _SPLIT or name in _BY_DAY | _LIFETIME | _DEMOGRAPHICS or name.endswith(SERIES)


def _plain(name: str) -> str:
    return name.removesuffix(SERIES)


def _pieces(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while begin < end:
        until = min(begin + _LONGEST, end)
        yield begin, until
        begin = until


async def _answer(
    adapter: GraphAdapter, ask: _Ask, piece: tuple[datetime, datetime] | None
) -> tuple[dict[str, list[MetricValue]], dict[str, Unavailable]]:
    """Put one question. A name that sinks it costs itself alone: then each is asked for by itself."""
    query = {"metric": ",".join(map(_plain, ask.names)), **ask.query}
    if piece is not None:
        query |= {"since": str(int(piece[0].timestamp())), "until": str(int(piece[1].timestamp()))}
    try:
        answer = await adapter.get(adapter.account, "insights", query=query, model=Insights)
    except (RejectedError, PermissionDenied) as error:
        if isinstance(error, PermissionDenied) and "followers" not in error.message.lower():
            raise
        if len(ask.names) == 1:
            return {}, {ask.names[0]: _refused(ask.names[0], error)}
        return await _each(adapter, ask, piece)
    found: dict[str, list[MetricValue]] = {}
    for one in answer.data:
        for name in ask.names:
            told = read_values(one) if one.name == _plain(name) else []
            if told:
                found[name] = [_covering(value, ask.period, piece) for value in told]
    missing = [name for name in ask.names if name not in found]
    return found, {name: Unavailable(name=name, reason=_EMPTY) for name in missing}


async def _each(
    adapter: GraphAdapter, ask: _Ask, piece: tuple[datetime, datetime] | None
) -> tuple[dict[str, list[MetricValue]], dict[str, Unavailable]]:
    found: dict[str, list[MetricValue]] = {}
    missing: dict[str, Unavailable] = {}
    for name in ask.names:
        told, refused = await _answer(adapter, _Ask((name,), ask.query, ask.period, ask.dated), piece)
        found.update(told)
        missing.update(refused)
    return found, missing


def _refused(name: str, error: SocialConnectError) -> Unavailable:
    return Unavailable(name=name, reason=f"The network refused it: {error.message}", refused=True)


def _covering(value: MetricValue, period: str | None, piece: tuple[datetime, datetime] | None) -> MetricValue:
    """Say what time a number covers, where the question says it more truly than the answer."""
    if period is not None:
        return value.model_copy(update={"period": period})
    if value.until is not None or piece is None:
        return value
    days = (piece[1] - piece[0]).total_seconds() / 86_400
    return value.model_copy(update={"until": piece[1], "period": f"{days:g} days"})
