"""What is about to end: of the operations, of API versions, of metrics and of prices, in the order of the days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.evaluation import is_known
from socialconnect.lifecycle.rows import DayOrMoment, Entry
from socialconnect.lifecycle.status import ComingChange, DeprecationStatus, moment, told_days

__all__ = ["Upcoming", "ends_of", "ends_within"]

_ENDS = ("paywalled", "retired")


class Upcoming(BaseModel):
    """
    One end that is known ahead.

    Args:
        network: The network's name.
        what: What ends, in a few words.
        cause: Which fact says so, such as the id of the catalogue's entry; it stays when the day moves.
        on: From when.
        days_left: The days until then, by the calendar in UTC.
        reason: Why, or what it means, in a sentence.
        source: Who says so.
        replacement: What to use instead.
        operations: The operations that it touches; none for what the library does not use by itself.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    network: str
    what: str
    cause: str
    on: DayOrMoment
    days_left: int
    reason: str
    source: str
    replacement: str | None = None
    operations: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.network}: {self.what} ends {told_days(self.days_left)}, on {self.on}"


def ends_of(status: DeprecationStatus) -> list[Upcoming]:
    """
    Give what ends of that which an account uses: its operations, and its API version.

    Args:
        status: The account's status.
    """
    found: dict[str, Upcoming] = {}
    for one in status.operations.values():
        for change in one.coming:
            touched = [name for name, other in status.operations.items() if _is_coming(change.cause, other.coming)]
            what = "access" if len(touched) == len(status.operations) else ", ".join(touched)
            found[change.cause] = Upcoming(
                network=status.network,
                what=f"{what} (then {change.state.value})",
                cause=change.cause,
                on=change.on,
                days_left=change.days_left,
                reason=change.reason,
                source=change.source,
                replacement=change.replacement,
                operations=tuple(touched),
            )
    if status.version_ends is not None and not status.version_retired and status.version_days_left is not None:
        cause = _version_cause(status.version or "")
        found[cause] = Upcoming(
            network=status.network,
            what=f"API version {status.version}",
            cause=cause,
            on=status.version_ends,
            days_left=status.version_days_left,
            reason=f"The network stops serving API version {status.version}.",
            source=status.version_source or "the catalogue",
            replacement=status.newest_version if status.newest_version != status.version else None,
            operations=tuple(status.operations),
        )
    return _in_order(found.values())


def ends_within(catalogue: Catalogue, entries: Iterable[Entry], on: datetime, within: timedelta) -> list[Upcoming]:
    """
    Give everything in a catalogue that ends within a time, whether an account uses it or not, as was known by then.

    Args:
        catalogue: The facts.
        entries: The application's own.
        on: The moment to look ahead from.
        within: How far.
    """
    every = [*_entry_ends(catalogue, [*catalogue.entries, *entries], on), *_row_ends(catalogue, on)]
    return _in_order(one for one in every if on < moment(one.on) <= on + within)


def _entry_ends(catalogue: Catalogue, entries: Iterable[Entry], on: datetime) -> Iterator[Upcoming]:
    for one in entries:
        if one.state in _ENDS and one.effective is not None and is_known(one, on, catalogue):
            what = f"{', '.join(one.operations) or one.id} (then {one.state})"
            yield Upcoming(
                network=catalogue.network,
                what=what,
                cause=one.id,
                on=one.effective,
                days_left=_days(on, one.effective),
                reason=one.what,
                source=one.source,
                replacement=one.replacement,
                operations=one.operations,
            )


def _row_ends(catalogue: Catalogue, on: datetime) -> Iterator[Upcoming]:
    for cause, what, day, source, replacement in _rows(catalogue):
        if day is not None:
            yield Upcoming(
                network=catalogue.network,
                what=what,
                cause=cause,
                on=day,
                days_left=_days(on, day),
                reason=f"The {what} ends.",
                source=source,
                replacement=replacement,
            )


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, str, date | None, str, str | None]]:
    """Give the cause, the name, the end, the source and the replacement of what is no entry."""
    for version in catalogue.versions:
        what = f"API {version.api} version {version.version}"
        cause = _version_cause(version.version) if version.api == catalogue.api else what
        yield cause, what, version.ends, version.source, None
    for metric in catalogue.metrics:
        what = f"metric {', '.join(metric.names)}"
        yield f"{metric.level} {what}", what, metric.ends, metric.source, metric.replacement
    for price in catalogue.prices:
        what = f"price of {price.resource}"
        yield f"{what} from {price.effective}", what, price.until, price.source, None


def _version_cause(version: str) -> str:
    """Name the end of a version of the API that posts and metrics go through, the same for whoever tells of it."""
    return f"version {version}"


def _is_coming(cause: str, coming: Iterable[ComingChange]) -> bool:
    return any(one.cause == cause for one in coming)


def _days(on: datetime, end: date | datetime) -> int:
    return (moment(end).date() - on.date()).days


def _in_order(found: Iterable[Upcoming]) -> list[Upcoming]:
    return sorted(found, key=lambda one: (moment(one.on), one.network, one.what))
