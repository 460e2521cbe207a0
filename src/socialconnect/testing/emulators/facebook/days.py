"""The days that insights count by: Pacific ones, which end at 08:00 UTC, and at 07:00 in summer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.refused import Gap

__all__ = ["PRESETS", "Span", "asked_span", "day_ends"]

Span = tuple[datetime, datetime]

LONGEST = timedelta(days=90)
KEPT = timedelta(days=2 * 365 + 1)
"""How long Facebook keeps insights: two years."""

_BACK = {"last_3d": 3, "last_7d": 7, "last_14d": 14, "last_28d": 28, "last_30d": 30, "last_90d": 90}
PRESETS = (
    *_BACK,
    "today",
    "yesterday",
    "this_month",
    "last_month",
    *("data_maximum", "last_quarter", "last_week_mon_sun", "last_week_sun_sat", "last_year", "maximum"),
    *("this_quarter", "this_week_mon_today", "this_week_sun_today", "this_year"),
)


def asked_span(call: Call, default: timedelta) -> Span:
    """
    Give the span of time that a call asks about.

    Args:
        call: The call, with its `since`, `until` or `date_preset`.
        default: How long it is if the call does not say.

    Raises:
        GraphError: It is longer than 90 days, ends before it begins, or begins before what is kept.
    """
    preset = call.parameters.text("date_preset")
    since, until = call.parameters.moment("since"), call.parameters.moment("until")
    if preset and since is None and until is None:
        since, until = _preset(preset, call.now)
    if until is None:
        until = call.now if since is None else min(call.now, since + LONGEST)
    since = since or until - default
    if since > until:
        raise GraphError(100, "(#100) Param until must be after since")
    if until - since > LONGEST:
        raise GraphError(100, "(#100) There cannot be more than 90 days between since and until")
    if since < call.now - KEPT:
        raise GraphError(100, "(#100) The since param is not valid. Metrics data is available for the last 2 years")
    return since, until


def _preset(preset: str, now: datetime) -> Span:
    today = datetime.combine(now.date(), time.min, UTC)
    month = today.replace(day=1)
    if preset in _BACK:
        return today - timedelta(days=_BACK[preset]), today
    match preset:
        case "today":
            return today, now
        case "yesterday":
            return today - timedelta(days=1), today
        case "this_month":
            return month, now
        case "last_month":
            return (month - timedelta(days=1)).replace(day=1), month
        case _:
            raise Gap(f"date_preset {preset}")


def day_ends(span: Span, known_by: datetime) -> list[datetime]:
    """Give the ends of the days of a span, as far as they are known at a time."""
    since, until = span
    days = max((until.date() - since.date()).days, 1)
    ends = [_end(since.date() + timedelta(days=at + 1)) for at in range(days)]
    return [end for end in ends if end <= known_by]


def _end(day: date) -> datetime:
    """Give the moment at which the Pacific day before a day ends."""
    summer = _sunday(day.year, 3, 8) < day <= _sunday(day.year, 11, 1)
    return datetime.combine(day, time(7 if summer else 8), UTC)


def _sunday(year: int, month: int, on_or_after: int) -> date:
    first = date(year, month, on_or_after)
    return first + timedelta(days=(6 - first.weekday()) % 7)
