"""Overlays: what an application adds to the catalogue itself, such as the day on which it gives up a network."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic import ValidationError as ShapeError

from socialconnect.cost import Money
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.catalogue import Entry
from socialconnect.lifecycle.status import OPERATIONS

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

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: str
    effective: date | AwareDatetime
    reason: str
    source: str
    state: Literal["deprecated", "paywalled", "retired"] = "retired"
    operations: tuple[str, ...] = OPERATIONS
    announced: date = date.min
    replacement: str | None = None
    plan: str | None = None
    price: Money | None = None

    def entry(self) -> Entry:
        """Give it in the catalogue's form."""
        at = self.effective.isoformat() if isinstance(self.effective, datetime) else f"{self.effective}"
        return Entry(
            id=f"overlay:{self.network}:{self.state}:{at}",
            what=self.reason,
            state=self.state,
            operations=self.operations,
            announced=self.announced,
            effective=self.effective,
            replacement=self.replacement,
            plan=self.plan,
            price=self.price,
            source=self.source,
        )


def load_overlays(path: Path | str) -> list[Overlay]:
    """
    Read overlays from a TOML file with one `[[overlay]]` table for each.

    Raises:
        ConfigurationError: The file cannot be read, is no TOML, or breaks the schema; says where.
    """
    try:
        tables = tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"Cannot read the overlays {path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}.") from error
    unknown = set(tables) - {"overlay"}
    rows = tables.get("overlay")
    if unknown or not isinstance(rows, list):
        raise ConfigurationError(f"{path} must hold [[overlay]] tables and nothing else.")
    try:
        return [Overlay.model_validate(row) for row in rows]
    except ShapeError as error:
        told = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ConfigurationError(f"{path} is not a valid overlay: {told}.") from error
