"""Times as Graph takes them: seconds, ISO 8601, RFC 2822, and the commonest of what PHP's `strtotime` reads."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

from socialconnect.testing.emulators.refused import Gap

__all__ = ["read_moment"]

_UNITS = {
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "hour": 3_600,
    "day": 86_400,
    "week": 604_800,
    "fortnight": 1_209_600,
}
_DAYS = {"today": 0, "midnight": 0, "tomorrow": 1, "yesterday": -1}
_STEP = re.compile(r"([+-]?)\s*(\d+)\s*(sec|second|min|minute|hour|day|week|fortnight)s?\b(\s+ago\b)?")
_FORMS = ("%d %B %Y %H:%M", "%d %B %Y", "%B %d %Y %H:%M", "%B %d %Y", "%d %b %Y %H:%M", "%Y/%m/%d %H:%M", "%Y/%m/%d")
_LONGEST_COUNT = 11

# Words of strtotime that are understood there and not here.
_VOCABULARY = re.compile(
    r"\b(next|last|first|second|third|this|previous|noon|month|year|weekday|of|front|back|eighth|"
    r"mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*\b"
)


def read_moment(text: str, now: datetime) -> datetime | None:
    """
    Read a time.

    Args:
        text: What was sent.
        now: What relative words count from.

    Returns:
        The time in UTC; `None` if the text is no time at all.

    Raises:
        Gap: Graph may understand it; the emulator does not.
    """
    told = text.strip()
    if re.fullmatch(r"\d{5,}", told):
        return datetime.fromtimestamp(int(told), UTC) if len(told) <= _LONGEST_COUNT else None
    for read in (_iso, _written, _mail, _relative):
        found = read(told, now)
        if found is not None:
            return found
    if _VOCABULARY.search(told.lower()):
        raise Gap(f"the time {told!r}")
    return None


def _iso(told: str, _: datetime) -> datetime | None:
    if re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", told):
        year, month, day = (int(part) for part in told.split("-"))
        try:
            return datetime.combine(date(year, month, day), time.min, UTC)
        except ValueError:
            return None
    if not re.match(r"\d{4}-\d\d-\d\d[T ]", told):
        return None
    try:
        read = datetime.fromisoformat(told.replace(" UTC", "Z"))
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _written(told: str, _: datetime) -> datetime | None:
    plain = re.sub(r"(\d)(st|nd|rd|th)\b", r"\1", told.replace(",", ""))
    for form in _FORMS:
        try:
            return datetime.strptime(plain, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def _mail(told: str, _: datetime) -> datetime | None:
    try:
        read = parsedate_to_datetime(told)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _relative(told: str, now: datetime) -> datetime | None:
    """Read `now`, `tomorrow 10:00`, `+1 day 2 hours`, and the like."""
    rest, at = told.lower(), now
    day = re.match(r"(today|midnight|tomorrow|yesterday)\b\s*", rest)
    if day:
        at = datetime.combine(now.date() + timedelta(days=_DAYS[day[1]]), time.min, UTC)
        rest = rest[day.end() :]
        clock = re.match(r"(?:at\s+)?(\d{1,2}):(\d\d)(?::(\d\d))?\b\s*", rest)
        if clock:
            at += timedelta(hours=int(clock[1]), minutes=int(clock[2]), seconds=int(clock[3] or 0))
            rest = rest[clock.end() :]
    elif rest.startswith("now"):
        rest = rest[len("now") :].lstrip()
    elif not _STEP.match(rest):
        return None
    sign = 1
    while step := _STEP.match(rest):
        sign = {"+": 1, "-": -1}.get(step[1], sign)  # a sign holds for what follows it, as strtotime has it
        at += timedelta(seconds=(-sign if step[4] else sign) * int(step[2]) * _UNITS[step[3]])
        rest = rest[step.end() :].lstrip()
    return at if not rest else None
