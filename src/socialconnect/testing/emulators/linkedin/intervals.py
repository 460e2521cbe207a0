"""Days, weeks and months that statistics are told by, in UTC: the start counts, the end does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.linkedin.encoding import RestliValue
from socialconnect.testing.emulators.linkedin.errors import wrong_parameter
from socialconnect.testing.emulators.linkedin.state import millis

__all__ = ["Interval", "after", "buckets", "day_range", "days_between", "intervals", "shown_days", "time_range"]

_TOLD_FOR = timedelta(days=366)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Interval:
    """A stretch of time."""

    start: datetime
    end: datetime

    @property
    def shown(self) -> JsonValue:
        """It as answers tell it."""
        return {"start": millis(self.start), "end": millis(self.end)}

    @property
    def before(self) -> datetime:
        """The last moment that is not in it."""
        return self.start - timedelta(microseconds=1)

    @property
    def last(self) -> datetime:
        """The last moment in it."""
        return self.end - timedelta(microseconds=1)


def time_range(value: RestliValue | None, name: str) -> Interval | None:
    """Read `(start:…,end:…)` in milliseconds; raises `Refused` for what is none."""
    if value is None:
        return None
    if not isinstance(value, dict) or not set(value) <= {"start", "end"} or "start" not in value:
        raise wrong_parameter(name)
    start = _moment(value["start"], name)
    end = _moment(value["end"], name) if "end" in value else datetime.max.replace(tzinfo=UTC)
    if end < start:
        raise wrong_parameter(name)
    return Interval(start, end)


def intervals(value: Mapping[str, RestliValue], now: datetime, *granularities: str) -> list[Interval]:
    """
    Read `timeIntervals=(timeRange:(start:…,end:…),timeGranularityType:DAY)`.

    Args:
        value: The parameter.
        now: The clock's time: what is over a year old, or not yet, is not told.
        granularities: The ones that the resource knows.

    Raises:
        Refused: It is something else.
    """
    if not set(value) <= {"timeRange", "timeGranularityType"}:
        raise wrong_parameter("timeIntervals")
    whole = time_range(value.get("timeRange"), "timeIntervals/timeRange")
    if whole is None:
        raise wrong_parameter("timeIntervals/timeRange")
    told = value.get("timeGranularityType", "ALL")
    if told not in (*granularities, "ALL"):
        raise wrong_parameter("timeIntervals/timeGranularityType")
    start, end = max(whole.start, _midnight(now - _TOLD_FOR)), min(whole.end, after(now))
    if start >= end:
        return []
    return list(buckets(Interval(start, end), str(told)))


def buckets(whole: Interval, granularity: str) -> Iterator[Interval]:
    """Cut a stretch of time at midnights, by `DAY`, `WEEK` or `MONTH`; by `ALL` not at all."""
    if granularity == "ALL":
        yield whole
        return
    at = _midnight(whole.start)
    if granularity == "MONTH":
        at = at.replace(day=1)
    while at < whole.end:
        following = _after(at, granularity)
        yield Interval(at, following)
        at = following


def after(moment: datetime) -> datetime:
    """Give an end that a moment is still before."""
    return moment + timedelta(microseconds=1)


def day_range(value: RestliValue | None, name: str = "dateRange") -> Interval | None:
    """Read `(start:(day:4,month:5,year:2025),end:(…))`; raises `Refused` for what is none."""
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"start", "end"}:
        raise wrong_parameter(name)
    start, end = _day(value["start"], name), _day(value["end"], name)
    if end < start:
        raise wrong_parameter(name)
    return Interval(_at(start), _at(end))


def days_between(whole: Interval) -> Iterator[tuple[Interval, JsonValue]]:
    """Give each day of a range, with how an answer's `dateRange` tells it."""
    for one in buckets(whole, "DAY"):
        yield one, shown_days(one)


def shown_days(whole: Interval) -> JsonValue:
    """Give a range as an answer's `dateRange` tells it."""
    return {"start": _shown(whole.start), "end": _shown(whole.end)}


def _shown(moment: datetime) -> JsonValue:
    return {"day": moment.day, "month": moment.month, "year": moment.year}


def _day(value: RestliValue, name: str) -> date:
    if not isinstance(value, dict) or set(value) != {"day", "month", "year"}:
        raise wrong_parameter(name)
    try:
        return date(*(int(str(value[part])) for part in ("year", "month", "day")))
    except ValueError:
        raise wrong_parameter(name) from None


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _moment(value: RestliValue, name: str) -> datetime:
    if not isinstance(value, str) or not value.isdecimal() or len(value) > 14:
        raise wrong_parameter(name)
    return datetime.fromtimestamp(int(value) / 1000, UTC)


def _midnight(moment: datetime) -> datetime:
    return _at(moment.astimezone(UTC).date())


def _after(at: datetime, granularity: str) -> datetime:
    if granularity == "MONTH":
        return (at + timedelta(days=32)).replace(day=1)
    return at + (7 * _DAY if granularity == "WEEK" else _DAY)
