"""Overlays: what an application adds to the catalogue itself, such as the day on which it gives up a network."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic import ValidationError as ShapeError

from socialconnect.cost import Money
from socialconnect.errors import ConfigurationError, Problem
from socialconnect.lifecycle.catalogue import OPERATIONS, DayOrMoment, Entry, known_operations, told_wrong
from socialconnect.lifecycle.rows import Day

__all__ = ["Overlay", "load_overlays"]


class Overlay(BaseModel):
    """
    An entry of the application's own. It is told, warned about and enforced like the catalogue's.

    Args:
        network: The network's name.
        effective: From when it holds: a day (its beginning in UTC), or an aware moment.
        reason: Why, in a sentence; it stands in the errors.
        source: Who decided, such as an address or a document's name.
        state: `retired` stops the operations; `paywalled` and `deprecated` are told.
        operations: What it touches; everything unless said otherwise.
        announced: From when on it is told; at once unless said otherwise.
        replacement: What to use instead.
        plan: For a paywall: the plan that gives access.
        price: What that plan costs.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str = Field(min_length=1)
    effective: DayOrMoment
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)
    state: Literal["deprecated", "paywalled", "retired"] = "retired"
    operations: tuple[str, ...] = Field(default=OPERATIONS, min_length=1)
    announced: Day | None = None
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None

    @field_validator("operations")
    @classmethod
    def _operations_exist(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        known_operations(value)
        return value

    def entry(self) -> Entry:
        """Give it in the catalogue's form."""
        at = self.effective.isoformat() if isinstance(self.effective, datetime) else f"{self.effective}"
        some = "" if set(self.operations) == set(OPERATIONS) else ":" + "+".join(self.operations)
        return Entry(
            id=f"overlay:{self.network}:{self.state}:{at}{some}",
            what=self.reason,
            state=self.state,
            operations=self.operations,
            announced=self.announced,
            effective=self.effective,
            replacement=self.replacement,
            plan=self.plan,
            price=self.price,
            source=self.source,
            confidence="declared",
        )


def load_overlays(path: Path | str, *, networks: Collection[str] = ()) -> list[Overlay]:
    """
    Read overlays from a TOML file with one `[[overlay]]` table for each.

    Args:
        path: The file.
        networks: Networks of your own that may be named, besides those that are registered.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, breaks the schema, or names a network that there is
            not, whose day would pass unnoticed; says where.
    """
    import tomllib  # only those with a file of overlays need it

    try:
        tables = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"Cannot read the overlays {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    unknown = set(tables) - {"overlay"}
    if unknown or not isinstance(tables.get("overlay"), list):
        raise ConfigurationError(f"{path} must hold [[overlay]] tables and nothing else.")
    try:
        found = list(_File.model_validate(tables).overlay)
    except ShapeError as error:
        raise ConfigurationError(f"{path} is not a valid overlay: {told_wrong(error, tables)}.") from error
    _refuse_unknown(found, networks, path)
    return found


def _refuse_unknown(overlays: Sequence[Overlay], networks: Collection[str], path: Path | str) -> None:
    from socialconnect.registry import known_networks  # which knows the networks, and they their lives

    known = known_networks() | set(networks)
    told = f"known are {', '.join(sorted(known))}"
    problems = [
        Problem(
            field=f"overlay[{index}].network",
            rule="known_network",
            message=f"there is no such network as {one.network!r}; {told}",
            actual=one.network,
        )
        for index, one in enumerate(overlays)
        if one.network not in known
    ]
    if problems:
        raise ConfigurationError(f"{path} is wrong", problems=problems)


class _File(BaseModel):
    model_config = ConfigDict(defer_build=True)

    overlay: tuple[Overlay, ...]
