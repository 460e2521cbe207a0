"""The catalogue: every dated, sourced fact about an API's life, as data. No date, version or price stands in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import ValidationError as ShapeError

from socialconnect.data_use import DataUse
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.rows import (
    OPERATIONS,
    ApiVersion,
    Confidence,
    Day,
    DayOrMoment,
    Entry,
    MetricLife,
    PlanOffer,
    Price,
    Row,
    known_operations,
)

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
    "bundled_file",
    "known_operations",
    "load",
    "merged",
    "told_wrong",
]

T = TypeVar("T")


class Catalogue(BaseModel):
    """
    One network's file.

    Args:
        network: The network's name.
        format: The format of the file; a release reads the one that it knows.
        verified_on: The day on which its facts were last checked.
        includes: Other files whose rows it shares, such as `meta` for Facebook and Instagram.
        api: The API that posts and metrics go through, if it has versions that end.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    format: Literal[1] = 1
    verified_on: Day
    includes: tuple[str, ...] = ()
    api: str | None = None
    entries: tuple[Entry, ...] = ()
    versions: tuple[ApiVersion, ...] = ()
    metrics: tuple[MetricLife, ...] = ()
    prices: tuple[Price, ...] = ()
    plans: tuple[PlanOffer, ...] = ()
    terms: tuple[DataUse, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = [name for name, times in Counter(name for name, _ in self.named_rows()).items() if times > 1]
        if twice:
            raise ValueError(f"more than one row is called {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _one_price_at_a_time(self) -> Self:
        for earlier, later in pairwise(sorted(self.prices, key=lambda row: (row.resource, row.effective))):
            open_ended = earlier.until is None or later.effective < earlier.until
            if earlier.resource == later.resource and open_ended:
                raise ValueError(
                    f"the price of {later.resource} from {later.effective} begins while the one from"
                    f" {earlier.effective} holds: give that one until = {later.effective}"
                )
        return self

    def named_rows(self) -> Iterator[tuple[str, Row | DataUse]]:
        """Give every row with a name for it, which stays the same when its facts change."""
        yield from ((f"entry {one.id}", one) for one in self.entries)
        yield from ((f"version {one.api} {one.version}", one) for one in self.versions)
        yield from ((f"metrics {one.level}: {', '.join(one.names)}", one) for one in self.metrics)
        yield from ((f"price {one.resource} from {one.effective}", one) for one in self.prices)
        yield from ((f"plan {one.name} from {one.effective}", one) for one in self.plans)
        yield from ((_term(one), one) for one in self.terms)

    @property
    def first_day(self) -> date | None:
        """The day of the oldest event or version; `None` for a catalogue with neither."""
        told = [day for one in self.entries for day in (one.announced, one.effective) if day is not None]
        days = [one.date() if isinstance(one, datetime) else one for one in told]
        return min((*days, *(one.released for one in self.versions)), default=None)

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

    def ended_metric(self, name: str, levels: Iterable[str], on: date) -> MetricLife | None:
        """Give the row of a metric that is dead on a day on any of the levels, or `None`."""
        rows = (self.metric(name, level) for level in levels)
        return next((row for row in rows if row is not None and row.ends is not None and row.ends <= on), None)

    def price(self, resource: str, on: date) -> Price | None:
        """Give the price of a resource on a day, or `None` if the network has no price for it then."""
        rows = (row for row in self.prices if row.resource == resource)
        return next((row for row in rows if row.effective <= on and (row.until is None or on < row.until)), None)


def _term(rule: DataUse) -> str:
    accounts = () if rule.accounts == "*" else (rule.accounts,)
    day = () if rule.effective is None else (f"from {rule.effective}",)
    return " ".join(["term", rule.topic, *rule.data, *accounts, *day])


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
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error


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
def bundled_file(name: str) -> Catalogue | None:
    """Give one of the files that come with the library, without the rows of those that it includes, or `None`."""
    from importlib import resources  # as above

    file = resources.files("socialconnect.lifecycle") / "catalogue" / f"{name}.toml"
    return parsed(file.read_text("utf-8"), f"{name}.toml") if file.is_file() else None


@lru_cache
def bundled(network: str) -> Catalogue | None:
    """Give the catalogue that comes with the library, or `None` for a network that it does not know."""
    own = bundled_file(network)
    return own and merged(own, [one for one in map(bundled_file, own.includes) if one is not None])


def merged(own: Catalogue, shared: Sequence[Catalogue]) -> Catalogue:
    """Add the rows of shared files to a network's own, which come first and replace shared rows of the same name."""
    if not shared:
        return own
    every = [own, *shared]
    return own.model_copy(
        update={
            "verified_on": min(one.verified_on for one in every),  # no fresher than its oldest part
            "entries": _each_once((one.entries for one in every), lambda row: row.id),
            "versions": _each_once((one.versions for one in every), lambda row: (row.api, row.version)),
            "metrics": _each_once((one.metrics for one in every), lambda row: (row.level, row.names)),
            "plans": _each_once((one.plans for one in every), lambda row: (row.name, row.effective)),
            "prices": _each_once((one.prices for one in every), lambda row: (row.resource, row.effective)),
            "terms": _each_once((one.terms for one in every), lambda row: (row.topic, row.rule)),
        }
    )


def _each_once(rows: Iterable[tuple[T, ...]], name: Callable[[T], Hashable]) -> tuple[T, ...]:
    found: dict[Hashable, T] = {}
    for some in rows:
        for row in some:
            found.setdefault(name(row), row)
    return tuple(found.values())
