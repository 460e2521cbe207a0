"""
Insights of an account: totals, time series, and who its followers are.

See https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import product
from math import prod
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.insights import asked_metrics, is_live, row
from socialconnect.testing.emulators.instagram.access import require_insights
from socialconnect.testing.emulators.instagram.insights import breakdown_rows
from socialconnect.testing.emulators.instagram.models import AccountPerformance, Profile

__all__ = ["account_insights"]

LONGEST_RANGE = timedelta(days=30)
_FEWEST_FOLLOWERS = 100
_MOST_PARTS = 45
_DAY_ENDS = time(8, tzinfo=UTC)
"""When a day ends, which is a day in California."""


@dataclass(frozen=True)
class _Metric:
    """What one metric takes."""

    breakdowns: tuple[str, ...] = ()
    series: bool = False
    total: bool = True
    unique: bool = False
    threshold: bool = False


_SURFACE = "media_product_type"
_FOLLOW = ("follow_type", "follower_type")  # the page spells it both ways
_METRICS = {
    "views": _Metric((_SURFACE, *_FOLLOW)),
    "reach": _Metric((_SURFACE, *_FOLLOW), series=True, unique=True),
    "accounts_engaged": _Metric(unique=True),
    "total_interactions": _Metric((_SURFACE,)),
    "likes": _Metric((_SURFACE,)),
    "comments": _Metric((_SURFACE,)),
    "shares": _Metric((_SURFACE,)),
    "saves": _Metric((_SURFACE,)),
    "replies": _Metric(),
    "reposts": _Metric(),
    "follows_and_unfollows": _Metric(_FOLLOW, threshold=True),
    "profile_links_taps": _Metric(("contact_button_type",)),
    "profile_views": _Metric(),
    "website_clicks": _Metric(),
    "follower_count": _Metric(series=True, total=False, threshold=True),
}
"""The metrics of a day."""

_DEMOGRAPHICS = frozenset({"follower_demographics", "engaged_audience_demographics", "reached_audience_demographics"})
_TRAITS = ("age", "city", "country", "gender")
_LIFETIME = _DEMOGRAPHICS | {"online_followers"}
_TIMEFRAMES = ("this_month", "this_week")
_OLDER_TIMEFRAMES = ("last_14_days", "last_30_days", "last_90_days", "prev_month")
_OLDER_UNTIL = (20, 0)
_LONGER = {"week": timedelta(days=7), "days_28": timedelta(days=28)}
"""Periods that `reach` has besides the day."""

_TYPES = {
    "metric": "list<string>",
    "period": "list<string>",
    "metric_type": "{default,time_series,total_value}",
    "breakdown": "list<string>",
    "breakdowns": "list<string>",  # as an example of the documentation writes it
    "timeframe": f"{{{','.join((*_OLDER_TIMEFRAMES, *_TIMEFRAMES))}}}",
    "since": "datetime",
    "until": "datetime",
    "fields": "string",
}


def account_insights(call: Call, account: str, profile: Profile, lag: timedelta) -> JsonValue:
    """Give an account's numbers."""
    require_insights(call)
    call.parameters.check(_TYPES)
    names = asked_metrics(call)
    for at, name in enumerate(names):
        if not is_live(name, "instagram", "account", call.now.date(), {*_METRICS, *_LIFETIME}):
            known = ", ".join(sorted({*_METRICS, *_LIFETIME}))
            raise GraphError(100, f"(#100) metric[{at}] must be one of the following values: {known}")
    periods = call.parameters.names("period")
    if len(periods) != 1:
        raise GraphError(100, "(#100) The parameter period is required")
    _check_period(names, periods[0])
    _check_type(names, call.parameters.text("metric_type"))
    if periods[0] == "lifetime":
        return {"data": [one for name in names if (one := _lifetime(call, account, profile, name))]}
    since, until = _range(call)
    _check_breakdowns(names, call)
    given = [name for name in names if not _METRICS[name].threshold or profile.followers >= _FEWEST_FOLLOWERS]
    ended = min(until, call.now - lag)
    rows = [_daily(call, account, profile, name, periods[0], since, ended) for name in given]
    return {"data": [one for one in rows if one is not None], "paging": _paging(call, since, until)}


# ── what may be asked ─────────────────────────────────────────────────────────────────────────────────────────────────


def _check_period(names: list[str], period: str) -> None:
    if period not in ("day", "lifetime", *_LONGER):
        raise GraphError(100, f"(#100) Param period must be one of {{day, week, days_28, lifetime}} - got {period!r}.")
    for name in names:
        good = period == "lifetime" if name in _LIFETIME else period == "day" or (name == "reach" and period in _LONGER)
        if not good:
            raise GraphError(100, f"(#100) The following metric ({name}) is incompatible with the period ({period})")


def _check_type(names: list[str], told: str) -> None:
    """The texts are those of refusals that were seen."""
    asked = told if told in ("time_series", "total_value") else ""
    series = {name for name in names if name == "online_followers" or (name in _METRICS and _METRICS[name].series)}
    total = {name for name in names if name in _DEMOGRAPHICS or (name in _METRICS and _METRICS[name].total)}
    if asked:
        wrong = [name for name in names if name not in (series if asked == "time_series" else total)]
        if wrong:
            raise GraphError(
                100, f"(#100) The following metric ({', '.join(wrong)}) is incompatible with the metric type ({asked})"
            )
        return
    wrong = [name for name in names if name not in series]
    if wrong:
        raise GraphError(
            100,
            f"(#100) The following metrics ({', '.join(wrong)}) should be specified with parameter "
            "metric_type=total_value",
        )


def _check_breakdowns(names: list[str], call: Call) -> None:
    if call.parameters.text("metric_type") != "total_value":
        return  # time series come without
    for one in _breakdowns(call):
        if any(one not in _METRICS[name].breakdowns for name in names):
            # Documented for a breakdown that a metric does not have.
            raise GraphError(1, "An unknown error has occurred.", status=500)


def _breakdowns(call: Call) -> list[str]:
    return call.parameters.names("breakdown") or call.parameters.names("breakdowns")


def _range(call: Call) -> tuple[datetime, datetime]:
    until = call.parameters.moment("until") or call.now
    since = call.parameters.moment("since") or until - timedelta(days=1)
    if since > until:
        raise GraphError(100, "(#100) Param since must be before until")
    if until - since > LONGEST_RANGE:
        raise GraphError(100, "(#100) There cannot be more than 30 days (2592000 s) between since and until.")
    return since, until


# ── what is given ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _daily(
    call: Call, account: str, profile: Profile, name: str, period: str, since: datetime, until: datetime
) -> dict[str, JsonValue] | None:
    metric, made = _METRICS[name], row(account, name, 0, period)
    ends = _ends(since, until)
    value = _of_a_day(name, profile)
    if not ends:
        return None
    if call.parameters.text("metric_type") != "total_value":
        made["values"] = [{"value": value, "end_time": f"{end:%Y-%m-%dT%H:%M:%S}+0000"} for end in ends]
        return made
    del made["values"]
    total = value if metric.unique else value * len(ends)
    told: dict[str, JsonValue] = {"value": total}
    keys = _breakdowns(call)
    if keys:
        told["breakdowns"] = breakdown_rows(keys, _parts(name, profile, keys, 1 if metric.unique else len(ends)))
    made["total_value"] = told
    return made


def _ends(since: datetime, until: datetime) -> list[datetime]:
    first = datetime.combine(since.astimezone(UTC).date(), _DAY_ENDS)
    days = (first + timedelta(days=number) for number in range(LONGEST_RANGE.days + 2))
    return [day for day in days if since < day <= until]


def _of_a_day(name: str, profile: Profile) -> int:
    told = profile.performance
    if name == "total_interactions":
        return told.likes + told.comments + told.shares + told.saves
    return sum(_SPLIT[name](told).values()) if name in _SPLIT else int(getattr(told, name))


def _parts(name: str, profile: Profile, keys: list[str], days: int) -> dict[tuple[str, ...], int]:
    if name in _SPLIT:
        return {(key,): value * days for key, value in _SPLIT[name](profile.performance).items()}
    shares = [_SHARES["media_product_type" if key == _SURFACE else "follow_type"] for key in keys]
    total = _of_a_day(name, profile) * days
    return {
        tuple(key for key, _ in one): round(total * prod(part for _, part in one))
        for one in product(*(share.items() for share in shares))
    }


_SPLIT: dict[str, Callable[[AccountPerformance], dict[str, int]]] = {
    "follows_and_unfollows": lambda told: told.follows_and_unfollows,
    "profile_links_taps": lambda told: told.profile_links_taps,
}
"""The metrics that are kept in parts."""
_SHARES = {
    "media_product_type": {"POST": 0.5, "REEL": 0.3, "CAROUSEL_CONTAINER": 0.1, "STORY": 0.1},
    "follow_type": {"FOLLOWER": 0.6, "NON_FOLLOWER": 0.4},
}


def _lifetime(call: Call, account: str, profile: Profile, name: str) -> dict[str, JsonValue] | None:
    made = row(account, name, 0)
    if name == "online_followers":
        if profile.followers < _FEWEST_FOLLOWERS:
            return None
        hours: dict[str, JsonValue] = {str(key): value for key, value in profile.performance.online_followers.items()}
        since, until = _range(call)
        made["values"] = [{"value": hours, "end_time": f"{end:%Y-%m-%dT%H:%M:%S}+0000"} for end in _ends(since, until)]
        return made
    _check_timeframe(call)
    keys = _breakdowns(call)
    if any(one not in _TRAITS for one in keys):
        raise GraphError(1, "An unknown error has occurred.", status=500)
    people = profile.followers if name == "follower_demographics" else profile.engagements
    if people < _FEWEST_FOLLOWERS:
        return None
    del made["values"]
    made["total_value"] = {"breakdowns": breakdown_rows(keys, _audience(profile, keys, people))} if keys else {}
    return made


def _check_timeframe(call: Call) -> None:
    told = call.parameters.text("timeframe")
    version = tuple(int(part) for part in call.version[1:].split("."))
    allowed = _TIMEFRAMES if version >= _OLDER_UNTIL else (*_OLDER_TIMEFRAMES, *_TIMEFRAMES)
    if not told:
        raise GraphError(100, "(#100) The parameter timeframe is required for demographic metrics")
    if told not in allowed:
        raise GraphError(100, f"(#100) Param timeframe must be one of {{{', '.join(allowed)}}} - got {told!r}.")


def _audience(profile: Profile, keys: list[str], people: int) -> dict[tuple[str, ...], int]:
    shares = [profile.audience.get(key, {}) for key in keys]
    parts = {
        tuple(key for key, _ in one): round(people * prod(part / 1000 for _, part in one))
        for one in product(*(share.items() for share in shares))
    }
    best = sorted(parts.items(), key=lambda one: one[1], reverse=True)[:_MOST_PARTS]
    return dict(best)


def _paging(call: Call, since: datetime, until: datetime) -> JsonValue:
    query = {name: value for name, value in call.request.query.items() if name not in ("since", "until")}
    length = until - since

    def address(start: datetime) -> str:
        asked = {**query, "since": str(int(start.timestamp())), "until": str(int((start + length).timestamp()))}
        return f"{call.request.origin}{call.request.raw_path}?{urlencode(asked)}"

    return {"previous": address(since - length), "next": address(until)}
