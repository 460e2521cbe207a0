"""The catalogue: every dated, sourced fact about an API's life, as data. No date, version or price stands in Python."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as ShapeError

from socialconnect.cost import Money
from socialconnect.errors import ConfigurationError
from socialconnect.metrics import DataUse

__all__ = ["ApiVersion", "Catalogue", "Confidence", "Entry", "MetricLife", "Price", "bundled", "load"]

Confidence = Literal["seen", "secondary", "unverified"]
"""`seen` in the network's own document; `secondary` in somebody else's; `unverified` where neither was read."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    confidence: Confidence = "seen"


class Entry(_Row):
    """
    One event in an API's life.

    Args:
        id: A stable name for it, unique in the file.
        what: What it is about, in one sentence.
        state: What it makes of the operations that it names, from `effective` on: `deprecated` (works, ends),
            `paywalled`, `retired`; `repriced` and `changed` are told and stop nothing.
        operations: The library's operations that it touches; none for what the library does not use.
        announced: The day on which it was made known.
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
    effective: date | datetime | None = None
    until: date | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None
    resources: Mapping[str, str] = Field(default_factory=dict)
    metrics: tuple[str, ...] = ()


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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str
    verified_on: date
    includes: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    versions: tuple[ApiVersion, ...] = ()
    metrics: tuple[MetricLife, ...] = ()
    prices: tuple[Price, ...] = ()
    terms: tuple[DataUse, ...] = Field(default=())

    def newest_version(self, api: str, on: date) -> str:
        """
        Give the newest version that is live on a day and whose existence was seen, not inferred.

        Raises:
            ConfigurationError: The catalogue knows none.
        """
        live = [
            row
            for row in self.versions
            if row.api == api
            and row.confidence != "unverified"
            and row.released <= on
            and (row.ends is None or on < row.ends)
        ]
        if not live:
            raise ConfigurationError(f"The catalogue of {self.network} knows no live version of {api} on {on}.")
        return max(live, key=lambda row: row.released).version

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
    """Read a catalogue from TOML text; `name` is told in errors."""
    try:
        return Catalogue.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name} is not valid TOML: {error}.") from error
    except ShapeError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigurationError(f"{name} is not a valid catalogue: {told}.") from error


@lru_cache
def bundled(network: str) -> Catalogue | None:
    """Give the catalogue that comes with the library, or `None` for a network that it does not know."""
    file = resources.files("socialconnect.lifecycle") / "catalogue" / f"{network}.toml"
    if not file.is_file():
        return None
    own = parsed(file.read_text("utf-8"), f"{network}.toml")
    shared = [one for one in map(bundled, own.includes) if one is not None]
    rows = ("entries", "versions", "metrics", "prices", "terms")
    return own.model_copy(
        update={name: sum((getattr(one, name) for one in shared), getattr(own, name)) for name in rows}
    )
