"""What the catalogue says of a network on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from socialconnect.cost import Money
from socialconnect.lifecycle.catalogue import ApiVersion, Catalogue, Entry

__all__ = ["OPERATIONS", "ApiState", "DeprecationStatus", "OperationStatus", "moment", "status_on"]

OPERATIONS = ("draft", "schedule", "publish", "delete", "posts", "fetch_metrics", "request")
"""The operations that have a life of their own."""


class ApiState(StrEnum):
    """The state of an API on a day, from best to worst."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    """Still works; an end or a paywall is announced, or the network advises against it."""
    PAYWALLED = "paywalled"
    """Works for those who pay."""
    RETIRED = "retired"
    """No longer works."""

    @property
    def badness(self) -> int:
        """How far from active, for finding the worst of several."""
        return list(ApiState).index(self)


class OperationStatus(BaseModel):
    """
    The state of one operation on a day, and what the claim rests on.

    Args:
        operation: The operation.
        state: Its state.
        cause: The id of the catalogue's entry that decides; `None` while active.
        reason: That entry, in a sentence.
        announced: When it was made known.
        since: From when the state holds.
        ends: When the operation stops working, for `deprecated` with a known date.
        source: Who says so.
        confidence: How well it is known.
        replacement: What to use instead.
        plan: For `paywalled`: the plan that gives access.
        price: What that plan costs.
    """

    model_config = ConfigDict(frozen=True)

    operation: str
    state: ApiState = ApiState.ACTIVE
    cause: str | None = None
    reason: str | None = None
    announced: date | None = None
    since: date | datetime | None = None
    ends: date | datetime | None = None
    source: str | None = None
    confidence: str | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None

    def __str__(self) -> str:
        parts = [f"{self.operation}: {self.state.value}"]
        if self.since:
            parts.append(f"since {self.since:%Y-%m-%d}")
        if self.ends:
            parts.append(f"ends {self.ends:%Y-%m-%d}")
        if self.price:
            parts.append(f"{self.plan or 'plan'} {self.price}")
        if self.reason:
            parts.append(f"({self.reason})")
        return " ".join(parts)


class DeprecationStatus(BaseModel):
    """
    What is known of a network's API on a day.

    Args:
        network: The network's name.
        on: The moment that the answer is for, in UTC.
        state: The network's state, derived from its operations': retired if all of them are.
        operations: Each operation's state.
        version: The API version in use, for a network with versions.
        version_ends: When that version ends, where known.
        verified_on: The day on which the catalogue's facts were last checked; `None` for a network without one.
        outdated: Whether that is so long ago that the facts may have changed.
    """

    model_config = ConfigDict(frozen=True)

    network: str
    on: datetime
    state: ApiState
    operations: Mapping[str, OperationStatus]
    version: str | None = None
    version_ends: date | None = None
    verified_on: date | None = None
    outdated: bool = False

    def __str__(self) -> str:
        lines = [f"{self.network} on {self.on:%Y-%m-%d}: {self.state.value}"]
        if self.version:
            lines[0] += f", {self.version}" + (f" (ends {self.version_ends})" if self.version_ends else "")
        lines += [f"  {one}" for one in self.operations.values() if one.state is not ApiState.ACTIVE]
        if self.outdated:
            lines.append(f"  last checked on {self.verified_on}: may be out of date")
        return "\n".join(lines)


def moment(on: date | datetime) -> datetime:
    """Give a day's beginning in UTC, or the moment itself."""
    if isinstance(on, datetime):
        return on.astimezone(UTC)
    return datetime.combine(on, time.min, UTC)


def status_on(
    network: str,
    at: datetime,
    catalogue: Catalogue | None,
    extra: Iterable[Entry] = (),
    *,
    version: ApiVersion | None = None,
    version_name: str | None = None,
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
        max_age: How old the facts may be.
        verified_until: The moment against which the facts' age is measured; `at` if not given.
    """
    entries = [*(catalogue.entries if catalogue else ()), *extra]
    operations = {name: _operation_status(name, at, entries) for name in OPERATIONS}
    states = [one.state for one in operations.values()]
    if all(state is ApiState.RETIRED for state in states):
        state = ApiState.RETIRED
    else:
        # Part of it retired is not the network retired; the worst of the rest is told, and a lost part as deprecated.
        rest = [ApiState.DEPRECATED if one is ApiState.RETIRED else one for one in states]
        state = max(rest, key=lambda one: one.badness)
    age = (verified_until or at) - moment(catalogue.verified_on) if catalogue else timedelta(0)
    return DeprecationStatus(
        network=network,
        on=at,
        state=state,
        operations=operations,
        version=version_name,
        version_ends=version.ends if version else None,
        verified_on=catalogue.verified_on if catalogue else None,
        outdated=age > max_age,
    )


def _operation_status(operation: str, at: datetime, entries: Iterable[Entry]) -> OperationStatus:
    found = [_entry_status(operation, at, entry) for entry in entries if operation in entry.operations]
    known = [one for one in found if one is not None]
    if not known:
        return OperationStatus(operation=operation)
    # The worst state decides; of several, the one that comes first (the nearest end, or the oldest fact).
    return min(known, key=lambda one: (-one.state.badness, moment(one.ends or one.since or at.date())))


def _entry_status(operation: str, at: datetime, entry: Entry) -> OperationStatus | None:
    """Give what one entry makes of the operation at a moment, or `None` if nothing."""
    if entry.state in ("repriced", "changed"):
        return None
    if entry.until is not None and moment(entry.until) <= at:
        return None
    holds = entry.effective is not None and moment(entry.effective) <= at
    known = entry.announced is not None and moment(entry.announced) <= at
    if not holds and not known:
        return None
    coming = not holds and entry.state != "deprecated"
    return OperationStatus(
        operation=operation,
        state=ApiState(entry.state) if holds else ApiState.DEPRECATED,
        cause=entry.id,
        reason=entry.what,
        announced=entry.announced,
        since=entry.effective if holds else entry.announced,
        ends=entry.effective if coming else None,
        source=entry.source,
        confidence=entry.confidence,
        replacement=entry.replacement,
        plan=entry.plan,
        price=entry.price,
    )
