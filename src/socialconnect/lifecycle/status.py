"""What the catalogue says of a network on a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from socialconnect.cost import Money
from socialconnect.errors import Problem, ValidationError
from socialconnect.lifecycle.rows import OPERATIONS, DayOrMoment

__all__ = [
    "OPERATIONS",
    "ApiState",
    "ComingChange",
    "DeprecationStatus",
    "LiveAnswer",
    "OperationStatus",
    "moment",
    "told_days",
]


class ApiState(StrEnum):
    """The state of an API on a day, from best to worst."""

    ACTIVE = "active"
    DEPRECATED = "deprecated"
    """Still works; an end or a paywall is announced, or the network advises against it."""
    PAYWALLED = "paywalled"
    """Works for those who pay; what little stays free, if anything does, is told by the reason."""
    RETIRED = "retired"
    """No longer works."""

    @property
    def badness(self) -> int:
        """How far from active, for finding the worst of several."""
        return list(ApiState).index(self)


class ComingChange(BaseModel):
    """
    What an operation will turn into, as it is known on the day of the status.

    Args:
        state: The state that it will have: `paywalled` or `retired`.
        on: From when.
        days_left: The days until then, by the calendar in UTC; 0 on the last one before a moment within the day.
        cause: The id of the catalogue's entry.
        reason: That entry, in a sentence.
        announced: When it was made known, where known.
        source: Who says so.
        confidence: How well it is known.
        verified_on: The day on which that was last checked.
        replacement: What to use instead.
        plan: For a paywall: the plan that will give access.
        price: What that plan will cost.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    state: ApiState
    on: DayOrMoment
    days_left: int
    cause: str
    reason: str
    announced: date | None = None
    source: str
    confidence: str
    verified_on: date | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None

    def __str__(self) -> str:
        return f"{self.state.value} from {_told(self.on)}, {told_days(self.days_left)}: {_why(self)}"


class OperationStatus(BaseModel):
    """
    The state of one operation on a day, and what the claim rests on.

    Args:
        operation: The operation.
        state: Its state.
        cause: The id of the catalogue's entry that decides; `None` while active.
        reason: That entry, in a sentence.
        announced: When it was made known.
        since: From when the state holds; `None` where that is not known.
        ends: When the operation, as it works now, stops working or gets behind a paywall, where that is known.
        days_left: The days until then, by the calendar in UTC.
        coming: All that is known to change it later, the nearest first.
        source: Who says so; `answer` for the network's own answer to a call.
        confidence: How well it is known: `seen` in the network's own document, `secondary`, `unverified`, `declared`
            by the application, or `answered` by the network itself.
        verified_on: The day on which that was last checked.
        replacement: What to use instead.
        plan: For `paywalled`: the plan that gives access.
        price: What that plan costs; for one that bills each call, what the plain call costs at the most.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    operation: str
    state: ApiState = ApiState.ACTIVE
    cause: str | None = None
    reason: str | None = None
    announced: date | None = None
    since: DayOrMoment | None = None
    ends: DayOrMoment | None = None
    days_left: int | None = None
    coming: tuple[ComingChange, ...] = ()
    source: str | None = None
    confidence: str | None = None
    verified_on: date | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None

    def __str__(self) -> str:
        return " ".join([f"{self.operation}: {self.short}", *self.explanations])

    @property
    def short(self) -> str:
        """The state in a few words: with its plan and price, without the reason."""
        return " ".join(str(part) for part in (self.state.value, self.plan, self.price) if part)

    @property
    def explanations(self) -> list[str]:
        """Why the state is what it is, and each change to come, in a sentence with its source."""
        told = [str(one) for one in self.coming]
        if self.cause is not None and all(one.cause != self.cause for one in self.coming):
            since = f" since {_told(self.since)}" if self.since else ""
            told.insert(0, f"{self.state.value}{since}: {_why(self)}")
        return told


class LiveAnswer(BaseModel):
    """
    What the network itself answered about an operation's life. It counts for more than the catalogue.

    Args:
        operation: The operation.
        at: When.
        state: What the answer makes of the operation; `None` where it is about a part of a call, such as one field.
        reason: The network's words, or what its answer shows.
        believed: What the catalogue had said, in a few words.
        contradicts: Whether that is something else.
        status: The HTTP status.
        code: The network's own code.
        refused_until: Until when further calls are refused at once, without asking the network again.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    operation: str
    at: AwareDatetime
    state: ApiState | None = None
    reason: str
    believed: str
    contradicts: bool
    status: int | None = None
    code: str | None = None
    refused_until: AwareDatetime | None = None

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}" if self.status else "", f"code {self.code}" if self.code else ""]
        codes = f" ({', '.join(one for one in facts if one)})" if any(facts) else ""
        told = f"{self.operation}: the network answered on {_told(self.at)}{codes}: {self.reason}"
        if self.contradicts:
            told += f" The catalogue said: {self.believed}."
        if self.refused_until is not None:
            told += f" Calls are refused at once until {_told(self.refused_until)}."
        return told


class DeprecationStatus(BaseModel):
    """
    What is known of a network's API on a day. `str()` gives it to read, `model_dump_json()` to pass on.

    Args:
        network: The network's name.
        on: The moment that the answer is for, in UTC.
        state: The network's state, derived from its operations': retired if all of them are, otherwise the worst of
            those that still work.
        operations: Each operation's state.
        ends: When the first of its operations stops working or gets behind a paywall, where that is known.
        days_left: The days until then, by the calendar in UTC.
        version: The API version in use, for a network with versions.
        version_ends: When that version ends, where known.
        version_days_left: The days until then; 0 or less once it has ended.
        version_source: Who says when that version ends.
        version_confidence: How well that is known.
        newest_version: The newest version that is known to be live then.
        served_version: The version that answered last, where the network tells; `None` before the first answer.
        verified_on: The day on which the catalogue's facts were last checked; `None` for a network without one.
        checked_days_ago: How many days ago that was.
        outdated: Whether that is so long ago that the facts may have changed.
        known_from: The day of the oldest of those facts: that nothing is told of an earlier day says nothing of it.
        answers: What the network itself answered this account lately, where it spoke of an API's life.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    network: str
    on: AwareDatetime
    state: ApiState
    operations: Mapping[str, OperationStatus]
    ends: DayOrMoment | None = None
    days_left: int | None = None
    version: str | None = None
    version_ends: date | None = None
    version_days_left: int | None = None
    version_source: str | None = None
    version_confidence: str | None = None
    newest_version: str | None = None
    served_version: str | None = None
    verified_on: date | None = None
    checked_days_ago: int | None = None
    outdated: bool = False
    known_from: date | None = None
    answers: tuple[LiveAnswer, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.network} on {self.on:%Y-%m-%d}: {self.state.value}"]
        if self.version:
            lines[0] += f", API version {self.version}"
            if self.version_ends and self.version_days_left is not None:
                verb = "ended" if self.version_days_left <= 0 else "ends"
                lines[0] += f" ({verb} {self.version_ends}, {told_days(self.version_days_left)})"
        if self.served_version not in (None, self.version):
            lines.append(f"  {self.version} was asked for, and {self.served_version} answered.")
        alike: dict[str, list[str]] = {}
        for one in self.operations.values():
            if one.state is not ApiState.ACTIVE:
                alike.setdefault(one.short, []).append(one.operation)
        lines += [f"  {', '.join(names)}: {short}" for short, names in alike.items()]
        # What several operations have in common is explained once.
        lines += dict.fromkeys(f"  {told}" for one in self.operations.values() for told in one.explanations)
        if self.version_source is not None:
            lines.append(f"  The version's end is told by {self.version_source}{_doubt(self.version_confidence)}.")
        lines += [f"  {one}" for one in self.answers]
        lines.append(f"  {self._basis}")
        return "\n".join(lines)

    @property
    def _basis(self) -> str:
        if self.verified_on is None:
            return "Nothing is known of this network: there is no catalogue of it."
        age = f", {self.checked_days_ago} days ago" if self.checked_days_ago else ""
        doubt = " and may be out of date" if self.outdated else ""
        told = f"The facts were last checked on {self.verified_on}{age}{doubt}."
        if self.known_from is not None and self.on < moment(self.known_from):
            told += f" They begin on {self.known_from}: of this day nothing is known."
        return told

    @property
    def version_retired(self) -> bool:
        """Whether the API version in use has ended."""
        return self.version_ends is not None and moment(self.version_ends) <= self.on


def moment(on: date | datetime) -> datetime:
    """
    Give a day's beginning in UTC, or the moment itself.

    Raises:
        ValidationError: It is a naive datetime, or none that the calendar has in UTC.
    """
    if not isinstance(on, datetime):
        return datetime.combine(on, time.min, UTC)
    if on.tzinfo is None or on.utcoffset() is None:
        message = "a moment needs a zone, such as datetime(…, tzinfo=UTC); a day is given as a date"
        raise ValidationError([Problem(field="on", rule="aware_datetime", message=message, actual=on.isoformat())])
    try:
        return on.astimezone(UTC)
    except OverflowError as error:
        message = "the calendar has no such moment in UTC"
        raise ValidationError(
            [Problem(field="on", rule="in_calendar", message=message, actual=on.isoformat())]
        ) from error


def told_days(days: int) -> str:
    """Say how far away a day is."""
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


def _why(fact: ComingChange | OperationStatus) -> str:
    instead = f" Instead: {fact.replacement}." if fact.replacement else ""
    return f"{fact.reason}{instead} (source: {fact.source}{_doubt(fact.confidence)})"


def _doubt(confidence: str | None) -> str:
    return {"unverified": ", not verified", "secondary": ", at second hand"}.get(confidence or "", "")


def _told(on: date | datetime) -> str:
    if isinstance(on, datetime):
        return f"{on.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{on:%Y-%m-%d}"
