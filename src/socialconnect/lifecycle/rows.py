"""The rows of a catalogue: events, versions, metrics and prices, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import parse_qsl

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from socialconnect.cost import Money

__all__ = [
    "OPERATIONS",
    "ApiVersion",
    "Confidence",
    "Day",
    "DayOrMoment",
    "Entry",
    "MetricLife",
    "PlanOffer",
    "Price",
    "RequestPattern",
    "Row",
    "known_operations",
]

DayT = TypeVar("DayT", bound=date)

OPERATIONS = ("draft", "schedule", "publish", "delete", "posts", "fetch_metrics", "request")
"""The operations that have a life of their own."""

Confidence = Literal["seen", "secondary", "unverified", "declared"]
"""
`seen` in the network's own document; `secondary` in somebody else's; `unverified` where neither was read; `declared` by
the application itself, in an overlay.
"""


def _without_time(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and len(value) > len("YYYY-MM-DD")):
        raise ValueError("a moment needs a zone, such as a Z at its end; a day is given without a time")
    return value


_EARLIEST, _LATEST = 1990, 2199


def _in_a_life(value: DayT) -> DayT:
    if not _EARLIEST <= value.year <= _LATEST:
        raise ValueError(f"{value.year} is no year of an API's life: from {_EARLIEST} to {_LATEST} can be told")
    return value


Day = Annotated[date, AfterValidator(_in_a_life)]
"""A day. A year that is a slip is refused."""

DayOrMoment = Annotated[
    AwareDatetime | Annotated[date, BeforeValidator(_without_time)],
    Field(union_mode="left_to_right"),
    AfterValidator(_in_a_life),
]
"""A day, or an aware moment. Midnight in some zone stays a moment; a naive one is refused."""


def known_operations(names: Sequence[str]) -> Sequence[str]:
    """
    Check the names of operations.

    Raises:
        ValueError: One of them is none.
    """
    unknown = [one for one in names if one not in OPERATIONS]
    if unknown:
        raise ValueError(f"no such operation: {', '.join(unknown)}; there are {', '.join(OPERATIONS)}")
    return names


class Row(BaseModel):
    """
    What every row tells.

    Args:
        source: Who says so: a page's address, or a name where there is none.
        confidence: How well it is known.
        verified_on: The day on which it was last checked against its source; the file's if not given.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    source: str
    confidence: Confidence = "seen"
    verified_on: Day | None = None


class RequestPattern(BaseModel):
    """
    Which requests an entry is about, where it ends an address that the library itself does not use.

    Args:
        method: The HTTP method; `*` for any.
        path: The path; `*` stands for any characters.
        parameter: The query parameter that must be there, if the path alone does not tell.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    method: str = "*"
    path: str = Field(pattern="^/")
    parameter: str | None = None

    def fits(self, method: str, path: str, parameters: Mapping[str, str] | None = None) -> bool:
        """Whether a request is one of these; its path may carry parameters too."""
        bare, _, query = path.partition("?")
        if self.method not in ("*", method.upper()) or not fnmatchcase(bare, self.path):
            return False
        given = {name for name, _ in parse_qsl(query, keep_blank_values=True)} | set(parameters or ())
        return self.parameter is None or self.parameter in given


class Entry(Row):
    """
    One event in an API's life.

    An entry whose end was put off stays, with `until` on the day that this was told: so a day between the two still
    gets the answer that was true on it.

    Args:
        id: A stable name for it, unique in the file.
        what: What it is about, in one sentence.
        state: What it makes of the operations that it names, from `effective` on: `deprecated` (works, ends),
            `paywalled`, `retired`; `repriced` and `changed` are told and stop nothing.
        operations: The library's operations that it touches; none for what the library does not use.
        announced: The day on which it was made known; where that is not known, it counts as known since the file was
            checked.
        effective: From when it holds; with a time and zone if the hour matters; none if no date was told.
        until: The day from which it no longer holds, for what was superseded.
        replacement: What to use instead.
        plan: For a paywall: the plan that gives access.
        price: What that plan costs.
        resources: For a paywall by price list: as which resource each operation is billed.
        metrics: The names of the metrics that it touches; `*` stands for any characters.
        requests: The requests that it touches, for calls made by `Network.request`.
    """

    id: str
    what: str
    state: Literal["deprecated", "paywalled", "retired", "repriced", "changed"]
    operations: tuple[str, ...] = ()
    announced: Day | None = None
    effective: DayOrMoment | None = None
    until: Day | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None
    resources: Mapping[str, str] = Field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    requests: tuple[RequestPattern, ...] = ()

    @field_validator("operations")
    @classmethod
    def _operations_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known_operations(value)
        return value

    @model_validator(mode="after")
    def _resources_of_its_operations(self) -> Self:
        stray = set(self.resources) - set(self.operations)
        if stray:
            raise ValueError(f"resources names what operations does not: {', '.join(sorted(stray))}")
        return self


class ApiVersion(Row):
    """
    One version of an API.

    Args:
        api: Which of the network's APIs, such as `graph`.
        version: Its name as it is sent.
        released: The day from which it exists.
        ends: The day from which it no longer does; none if no end is known.
    """

    api: str
    version: str
    released: Day
    ends: Day | None = None

    @model_validator(mode="after")
    def _ends_after_its_release(self) -> Self:
        return _in_order(self, "released", self.released, "ends", self.ends)


class MetricLife(Row):
    """
    The life of metric names.

    Args:
        names: The network's names; `*` stands for any characters.
        level: What they describe, such as `post`, `page` or `media_reels`.
        since: The day from which they exist, where known.
        ends: The day from which they no longer do.
        replacement: What to read instead.
    """

    names: tuple[str, ...]
    level: str
    since: Day | None = None
    ends: Day | None = None
    replacement: str | None = None

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        return _in_order(self, "since", self.since, "ends", self.ends)

    def lives(self, on: date) -> bool:
        """Whether the names exist on a day, as far as is known."""
        return (self.since is None or self.since <= on) and (self.ends is None or on < self.ends)

    def covers(self, name: str) -> bool:
        """Whether the row is about this name."""
        return any(fnmatchcase(name, one) for one in self.names)

    def closeness(self, name: str) -> int:
        """How exactly the row names it: the length of the longest of its names that fits."""
        return max((len(one) + (one == name) for one in self.names if fnmatchcase(name, one)), default=0)


class Price(Row):
    """
    The price of one unit of a resource.

    Args:
        resource: Our stable name for it, such as `post_create_with_url`.
        label: The network's name for it, as on its price list.
        unit: What is counted: `request` or `resource`.
        low: The least that a unit costs.
        high: The most that it costs; the same as `low` where the list is clear.
        effective: The day from which it holds.
        until: The day from which it no longer does.
    """

    resource: str
    label: str
    unit: Literal["request", "resource"] = "request"
    low: Money
    high: Money
    effective: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.low.currency != self.high.currency or self.low.amount > self.high.amount:
            raise ValueError(f"low ({self.low}) is not at most high ({self.high})")
        return _in_order(self, "effective", self.effective, "until", self.until)


RowT = TypeVar("RowT", bound=Row)


class PlanOffer(Row):
    """
    A plan by which access is sold, or given.

    Args:
        name: The network's name for it.
        price: What it costs a month; `None` where no price is told.
        metered: Whether each call is billed by the price list, besides or instead.
        posts: Posts that it lets an app make in a month; `None` where no number is told.
        account_posts: Posts that it lets one account make in a month.
        posts_a_day: Posts that it lets an app make in a day.
        account_posts_a_day: Posts that it lets one account make in a day.
        reads: Posts that it lets an app read in a month; 0 for a plan that only writes.
        resources: For a metered plan: as which resource of the price list each part of a volume is billed.
        effective: The day from which it holds.
        closed: The day from which only those have it who had it already.
        until: The day from which it no longer does.
    """

    name: str
    price: Money | None = None
    metered: bool = False
    posts: int | None = None
    account_posts: int | None = None
    posts_a_day: int | None = None
    account_posts_a_day: int | None = None
    reads: int | None = None
    resources: Mapping[str, str] = Field(default_factory=dict)
    effective: Day
    closed: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        return _in_order(self, "effective", self.effective, "until", self.until)

    def holds(self, on: date) -> bool:
        """Whether the plan is like this on a day."""
        return self.effective <= on and (self.until is None or on < self.until)


def _in_order(row: RowT, first: str, begins: date | None, then: str, ends: date | None) -> RowT:
    if begins is not None and ends is not None and ends <= begins:
        raise ValueError(f"{then} ({ends}) is not after {first} ({begins})")
    return row
