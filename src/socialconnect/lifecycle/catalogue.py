"""The catalogue: every dated, sourced fact about an API's life, as data. No date, version or price stands in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic import ValidationError as ShapeError

from socialconnect.cost import Money
from socialconnect.errors import ConfigurationError
from socialconnect.metrics import DataUse

__all__ = [
    "OPERATIONS",
    "ApiVersion",
    "Catalogue",
    "Confidence",
    "DayOrMoment",
    "Entry",
    "MetricLife",
    "Price",
    "bundled",
    "known_operations",
    "load",
    "told_wrong",
]

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


DayOrMoment = Annotated[
    AwareDatetime | Annotated[date, BeforeValidator(_without_time)], Field(union_mode="left_to_right")
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


class _Row(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    source: str
    confidence: Confidence = "seen"


class Entry(_Row):
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
    """

    id: str
    what: str
    state: Literal["deprecated", "paywalled", "retired", "repriced", "changed"]
    operations: tuple[str, ...] = ()
    announced: date | None = None
    effective: DayOrMoment | None = None
    until: date | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None
    resources: Mapping[str, str] = Field(default_factory=dict)
    metrics: tuple[str, ...] = ()

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


class ApiVersion(_Row):
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
    released: date
    ends: date | None = None


class MetricLife(_Row):
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
    since: date | None = None
    ends: date | None = None
    replacement: str | None = None

    def covers(self, name: str) -> bool:
        """Whether the row is about this name."""
        return any(fnmatchcase(name, one) for one in self.names)

    def closeness(self, name: str) -> int:
        """How exactly the row names it: the length of the longest of its names that fits."""
        return max((len(one) + (one == name) for one in self.names if fnmatchcase(name, one)), default=0)


class Price(_Row):
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
    effective: date
    until: date | None = None


class Catalogue(BaseModel):
    """
    One network's file.

    Args:
        network: The network's name.
        verified_on: The day on which its facts were last checked.
        includes: Bundled files whose rows it shares, such as `meta` for Facebook and Instagram.
        api: The API that posts and metrics go through, if it has versions that end.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    verified_on: date
    includes: tuple[str, ...] = ()
    api: str | None = None
    entries: tuple[Entry, ...] = ()
    versions: tuple[ApiVersion, ...] = ()
    metrics: tuple[MetricLife, ...] = ()
    prices: tuple[Price, ...] = ()
    terms: tuple[DataUse, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [one.id for one in self.entries] + [f"{one.api} {one.version}" for one in self.versions]
        twice = [name for name, times in Counter(named).items() if times > 1]
        if twice:
            raise ValueError(f"more than one row is called {', '.join(twice)}")
        return self

    def live_version(self, api: str, on: date) -> str | None:
        """Give the newest version that is live on a day and whose existence was seen, not inferred, or `None`."""
        rows = [row for row in self._seen(api) if row.released <= on and (row.ends is None or on < row.ends)]
        return max(rows, key=lambda row: row.released).version if rows else None

    def newest_version(self, api: str, on: date) -> str:
        """
        Give the newest version that is live on a day and whose existence was seen, not inferred.

        Raises:
            ConfigurationError: The catalogue knows none.
        """
        live = self.live_version(api, on)
        if live is None:
            raise ConfigurationError(f"The catalogue of {self.network} knows no live version of {api} on {on}.")
        return live

    def default_version(self, api: str, on: date) -> str:
        """
        Give the version to ask for on a day where the caller names none.

        It is the newest live one. Where the rows reach none (the facts are old, or the day is before all of them), it
        is the newest that was seen: the network may well answer it.

        Raises:
            ConfigurationError: The catalogue has no version of that API.
        """
        live = self.live_version(api, on)
        if live is not None:
            return live
        newest = max(self._seen(api), key=lambda row: row.released, default=None)
        if newest is None:
            raise ConfigurationError(f"The catalogue of {self.network} has no version of an API named {api!r}.")
        return newest.version

    def _seen(self, api: str) -> list[ApiVersion]:
        return [row for row in self.versions if row.api == api and row.confidence != "unverified"]

    def version(self, api: str, name: str) -> ApiVersion | None:
        """Give the row of a version, or `None`."""
        return next((row for row in self.versions if row.api == api and row.version == name), None)

    def metric(self, name: str, level: str) -> MetricLife | None:
        """Give the row of a metric, the exact name before one with a `*`, or `None`."""
        rows = [row for row in self.metrics if row.level == level and row.covers(name)]
        return max(rows, key=lambda row: row.closeness(name), default=None)

    def price(self, resource: str, on: date) -> Price | None:
        """Give the price of a resource on a day, or `None` if the network has no price for it then."""
        rows = (row for row in self.prices if row.resource == resource)
        valid = [row for row in rows if row.effective <= on and (row.until is None or on < row.until)]
        return max(valid, key=lambda row: row.effective, default=None)


def load(path: Path) -> Catalogue:
    """
    Read a catalogue file.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, or breaks the schema; says where.
    """
    try:
        return parsed(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise ConfigurationError(f"Cannot read the catalogue {path}: {error.strerror}.") from error


def parsed(text: str, name: str) -> Catalogue:
    """
    Read a catalogue from TOML text; `name` is told in errors.

    Raises:
        ConfigurationError: The text is no TOML, or breaks the schema; says where.
    """
    import tomllib  # a network is ready before its catalogue is read

    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name} is not valid TOML: {error}.") from error
    try:
        return Catalogue.model_validate(tables)
    except ShapeError as error:
        raise ConfigurationError(f"{name} is not a valid catalogue: {told_wrong(error, tables)}.") from error


def told_wrong(error: ShapeError, tables: Mapping[str, object]) -> str:
    """Say what is wrong with a file's tables, each fault with the row that it is in, by the row's own name."""
    return "; ".join(f"{_place(one['loc'], tables)}: {one['msg']}" for one in error.errors(include_url=False))


_NAMED_BY = ("id", "version", "resource", "topic", "network", "level")


def _place(where: Iterable[int | str], tables: Mapping[str, object]) -> str:
    told: str = ""
    here: object = tables
    for step in where:
        here = _inside(here, step)
        told += f"[{step}]" if isinstance(step, int) else f".{step}" if told else step
        if isinstance(step, int):
            name = next((found for found in (_inside(here, key) for key in _NAMED_BY) if found is not None), None)
            told += f" ({name})" if name is not None else ""
    return told or "the file"


def _inside(tables: object, step: int | str) -> object:
    try:
        return tables[step]  # type: ignore[index]  # whatever the file holds: what has no such step is told as it is
    except (KeyError, IndexError, TypeError):
        return None


@lru_cache
def bundled(network: str) -> Catalogue | None:
    """Give the catalogue that comes with the library, or `None` for a network that it does not know."""
    from importlib import resources  # as above

    file = resources.files("socialconnect.lifecycle") / "catalogue" / f"{network}.toml"
    if not file.is_file():
        return None
    own = parsed(file.read_text("utf-8"), f"{network}.toml")
    shared = [one for one in map(bundled, own.includes) if one is not None]
    return own.model_copy(
        update={
            "entries": sum((one.entries for one in shared), own.entries),
            "versions": sum((one.versions for one in shared), own.versions),
            "metrics": sum((one.metrics for one in shared), own.metrics),
            "prices": sum((one.prices for one in shared), own.prices),
            "terms": sum((one.terms for one in shared), own.terms),
        }
    )
