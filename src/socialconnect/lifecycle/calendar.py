"""Ends as a calendar file (iCalendar, RFC 5545), for the calendars that people look at."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from socialconnect.lifecycle.upcoming import Upcoming

__all__ = ["as_calendar"]

_LINE = 75
"""The most bytes of one line; a longer one goes on in the next, after a space."""


def as_calendar(ends: Iterable[Upcoming], *, made_at: datetime, remind: timedelta = timedelta(days=30)) -> str:
    """
    Give ends as the text of an `.ics` file.

    Args:
        ends: What ends; a day becomes an event of the whole day, a moment one at its time.
        made_at: When the file is made.
        remind: How long before an end the calendar reminds of it.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//socialconnect//lifecycle//EN", "CALSCALE:GREGORIAN"]
    for one in ends:
        lines += _event(one, made_at, remind)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(one: Upcoming, made_at: datetime, remind: timedelta) -> list[str]:
    summary = f"{one.network}: {one.what} ends"
    told = [one.reason, f"Instead: {one.replacement}." if one.replacement else "", f"Source: {one.source}"]
    # The same end keeps its id from file to file, so that a calendar replaces the event, also when its day moves.
    name = hashlib.sha256(f"{one.network} {one.cause}".encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{name}@socialconnect",
        f"DTSTAMP:{_at(made_at)}",
        *_when(one),
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(' '.join(part for part in told if part))}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(summary)}",
        f"TRIGGER:-P{remind.days}D",
        "END:VALARM",
        "END:VEVENT",
    ]


def _when(one: Upcoming) -> list[str]:
    if isinstance(one.on, datetime):
        return [f"DTSTART:{_at(one.on)}"]
    return [f"DTSTART;VALUE=DATE:{one.on:%Y%m%d}", f"DTEND;VALUE=DATE:{one.on + timedelta(days=1):%Y%m%d}"]


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cc")  # such as one that ends the line


def _folded(line: str) -> list[str]:
    """Break a line at its bytes, never within a character."""
    parts: list[str] = []
    part, size = "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > _LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return [*parts, part]
