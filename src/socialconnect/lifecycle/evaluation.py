"""From the catalogue's entries and the application's own to the status on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from socialconnect.cost import Money
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.rows import OPERATIONS, ApiVersion, Entry
from socialconnect.lifecycle.status import ApiState, ComingChange, DeprecationStatus, OperationStatus, moment

__all__ = ["is_known", "state_of_all", "status_on"]


def _days(at: datetime, until: date | datetime) -> int:
    return (moment(until).date() - at.date()).days


def status_on(
    network: str,
    at: datetime,
    catalogue: Catalogue | None,
    extra: Iterable[Entry] = (),
    *,
    version: ApiVersion | None = None,
    version_name: str | None = None,
    newest_version: str | None = None,
    max_age: timedelta,
    verified_until: datetime | None = None,
) -> DeprecationStatus:
    """
    Work out the status.

    Args:
        network: The network's name.
        at: The moment to answer for.
        catalogue: The network's facts.
        extra: The application's own entries.
        version: The row of the API version in use.
        version_name: Its name.
        newest_version: The newest version known to be live.
        max_age: How old the facts may be.
        verified_until: The moment against which the facts' age is measured; `at` if not given.
    """
    entries = [*(catalogue.entries if catalogue else ()), *extra]
    operations = {name: _operation_status(name, at, entries, catalogue) for name in OPERATIONS}
    nearest = min(
        (one for one in operations.values() if one.ends is not None),
        key=lambda one: moment(one.ends or at),
        default=None,
    )
    age = (verified_until or at) - moment(catalogue.verified_on) if catalogue else timedelta(0)
    ends = version.ends if version else None
    return DeprecationStatus(
        network=network,
        on=at,
        state=state_of_all([one.state for one in operations.values()]),
        operations=operations,
        ends=nearest.ends if nearest else None,
        days_left=nearest.days_left if nearest else None,
        version=version_name,
        version_ends=ends,
        version_days_left=_days(at, ends) if ends else None,
        version_source=version.source if version and ends else None,
        version_confidence=version.confidence if version and ends else None,
        newest_version=newest_version,
        verified_on=catalogue.verified_on if catalogue else None,
        checked_days_ago=max(age.days, 0) if catalogue else None,
        outdated=age > max_age,
        known_from=catalogue.first_day if catalogue else None,
    )


def state_of_all(states: Sequence[ApiState]) -> ApiState:
    """Give a network's state by those of its operations."""
    if all(state is ApiState.RETIRED for state in states):
        return ApiState.RETIRED
    # Part of it retired is not the network retired; the worst of the rest is told, and a lost part as deprecated.
    rest = [ApiState.DEPRECATED if one is ApiState.RETIRED else one for one in states]
    return max(rest, key=lambda one: one.badness)


def _operation_status(
    operation: str, at: datetime, entries: Iterable[Entry], catalogue: Catalogue | None
) -> OperationStatus:
    """Let the worst of the entries that hold decide, and tell what is to come besides."""
    about = [one for one in entries if operation in one.operations and is_known(one, at, catalogue)]
    # Of several that are equally bad the application's own word comes first, then the oldest fact.
    deciding = min(
        (one for one in about if _state(one, at) is not ApiState.ACTIVE),
        key=lambda one: (-_state(one, at).badness, one.confidence != "declared", _since(one)),
        default=None,
    )
    state = _state(deciding, at) if deciding else ApiState.ACTIVE
    later = [
        _change(one, operation, at, catalogue)
        for one in about
        if _state(one, at) is ApiState.ACTIVE and state is not ApiState.RETIRED
    ]
    coming = tuple(sorted(later, key=lambda one: moment(one.on)))
    if deciding is not None:
        status = _as_it_is(deciding, operation, at, catalogue)
    elif coming:
        status = _about_to_end(coming[0], operation)
    else:
        return OperationStatus(operation=operation)
    if not coming:
        return status
    told = {"coming": coming, "ends": coming[0].on, "days_left": coming[0].days_left}
    return status.model_copy(update=told)


def _as_it_is(entry: Entry, operation: str, at: datetime, catalogue: Catalogue | None) -> OperationStatus:
    begun = entry.effective is not None and moment(entry.effective) <= at
    return OperationStatus(
        operation=operation,
        state=_state(entry, at),
        cause=entry.id,
        reason=entry.what,
        announced=entry.announced,
        since=entry.effective if begun else entry.announced,
        source=entry.source,
        confidence=entry.confidence,
        verified_on=_checked(entry, catalogue),
        replacement=entry.replacement,
        plan=entry.plan,
        price=_price(entry, operation, at.date(), catalogue),
    )


def _about_to_end(change: ComingChange, operation: str) -> OperationStatus:
    return OperationStatus(
        operation=operation,
        state=ApiState.DEPRECATED,
        cause=change.cause,
        reason=change.reason,
        announced=change.announced,
        since=change.announced,
        source=change.source,
        confidence=change.confidence,
        verified_on=change.verified_on,
        replacement=change.replacement,
        plan=change.plan,
        price=change.price,
    )


def _checked(entry: Entry, catalogue: Catalogue | None) -> date | None:
    if entry.confidence == "declared":
        return None  # the application's own word needs no check
    return entry.verified_on or (catalogue.verified_on if catalogue else None)


def _change(entry: Entry, operation: str, at: datetime, catalogue: Catalogue | None) -> ComingChange:
    assert entry.effective is not None  # noqa: S101  # without a day it is deprecated, not to come
    return ComingChange(
        state=ApiState(entry.state),
        on=entry.effective,
        days_left=_days(at, entry.effective),
        cause=entry.id,
        reason=entry.what,
        announced=entry.announced,
        source=entry.source,
        confidence=entry.confidence,
        verified_on=_checked(entry, catalogue),
        replacement=entry.replacement,
        plan=entry.plan,
        price=_price(entry, operation, moment(entry.effective).date(), catalogue),
    )


def is_known(entry: Entry, at: datetime, catalogue: Catalogue | None) -> bool:
    """Whether the entry says something about the state, was known at the moment, and is not superseded by then."""
    if entry.state in ("repriced", "changed") or (entry.until is not None and moment(entry.until) <= at):
        return False
    if entry.effective is not None and moment(entry.effective) <= at:
        return True
    if entry.announced is not None:
        return moment(entry.announced) <= at
    # An overlay without a day is told at once; a fact of unknown announcement, from when it was checked.
    return entry.confidence == "declared" or (catalogue is not None and moment(catalogue.verified_on) <= at)


def _state(entry: Entry, at: datetime) -> ApiState:
    """Give what a known entry makes of its operations at a moment: `active` while it is still to come."""
    if entry.state == "deprecated" or entry.effective is None:
        return ApiState.DEPRECATED  # advised against, or to end on a day that was not told
    return ApiState(entry.state) if moment(entry.effective) <= at else ApiState.ACTIVE


def _since(entry: Entry) -> datetime:
    return moment(entry.effective or entry.announced or date.min)


def _price(entry: Entry, operation: str, on: date, catalogue: Catalogue | None) -> Money | None:
    """Give the entry's own price, or the one that the price list has on the day for what the operation is billed as."""
    resource = entry.resources.get(operation)
    row = catalogue.price(resource, on) if resource and catalogue else None
    if row is None:
        return entry.price
    return Money(amount=row.high.amount, currency=row.high.currency, per=row.unit)
