"""For maintainers of the catalogue: what is stale, what is not known well, and what changed between two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from socialconnect.cost import Money
from socialconnect.data_use import DataUse
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.rows import Entry, Row
from socialconnect.lifecycle.status import moment

__all__ = ["Difference", "Finding", "compare", "review", "told_value"]


class Finding(BaseModel):
    """
    Something that a maintainer should look at.

    Args:
        kind: `stale`: checked too long ago. `unverified`: nobody's document was read for it. `undated`: an end without
            a day. `expected`: it holds by now, and was last checked before it did, so that it was a forecast.
        network: The network's name.
        row: The row; the whole file if not given.
        text: What it is, in a sentence.
        source: Where to look.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    kind: Literal["stale", "unverified", "undated", "expected"]
    network: str
    row: str | None = None
    text: str
    source: str | None = None

    def __str__(self) -> str:
        where = f"{self.network}: {self.row}" if self.row else self.network
        return f"{where}: {self.text}"


def review(catalogue: Catalogue, on: date, *, max_age: timedelta) -> list[Finding]:
    """
    Give what should be looked at in a network's facts.

    Args:
        catalogue: The facts.
        on: The day of the review.
        max_age: How old facts may be.
    """
    network = catalogue.network
    found: list[Finding] = []
    age = on - catalogue.verified_on
    if age > max_age:
        told = f"last checked on {catalogue.verified_on}, {age.days} days ago"
        found.append(Finding(kind="stale", network=network, text=told))
    for name, row in catalogue.named_rows():
        found += (
            Finding(kind=kind, network=network, row=name, text=text, source=row.source)
            for kind, text in _of_row(row, catalogue, on, max_age)
        )
    return found


Kind = Literal["stale", "unverified", "undated", "expected"]


def _of_row(row: Row | DataUse, catalogue: Catalogue, on: date, max_age: timedelta) -> Iterator[tuple[Kind, str]]:
    checked = row.read_on if isinstance(row, DataUse) else row.verified_on
    if checked is not None and on - checked > max_age:
        yield "stale", f"last checked on {checked}, {(on - checked).days} days ago"
    if isinstance(row, DataUse):
        return
    if row.confidence == "unverified":
        yield "unverified", "not read in any document"
    if isinstance(row, Entry):
        if row.effective is None and row.until is None and row.state in ("deprecated", "paywalled", "retired"):
            yield "undated", f"{row.state} on a day that is not told"
        began, last = row.effective, checked or catalogue.verified_on
        if began is not None and moment(last) < moment(began) <= moment(on) and row.state != "changed":
            yield "expected", f"foretold for {began} when it was checked on {last}: did it happen?"


class Difference(BaseModel):
    """
    One difference between two catalogues of a network.

    Args:
        kind: Whether a row was added or removed, or a field of it changed.
        row: The row.
        field: The field that changed.
        before: Its value before.
        after: Its value after.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    kind: Literal["added", "removed", "changed"]
    row: str
    field: str | None = None
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        if self.field is None:
            return f"{self.kind} {self.row}"
        return f"changed {self.row}: {self.field} {self.before or 'nothing'} → {self.after or 'nothing'}"


def compare(old: Catalogue, new: Catalogue) -> list[Difference]:
    """Give the differences from one catalogue to another: rows by their names, fields by their values."""
    found = _fields("the file", _head(old), _head(new))
    before, after = dict(old.named_rows()), dict(new.named_rows())
    found += (Difference(kind="removed", row=name) for name in before if name not in after)
    found += (Difference(kind="added", row=name) for name in after if name not in before)
    for name, row in after.items():
        if name in before:
            found += _fields(name, dict(before[name]), dict(row))
    return found


def _head(catalogue: Catalogue) -> dict[str, object]:
    return {name: getattr(catalogue, name) for name in ("network", "verified_on", "includes", "api")}


def _fields(row: str, before: dict[str, object], after: dict[str, object]) -> list[Difference]:
    return [
        Difference(
            kind="changed", row=row, field=name, before=_or_none(before.get(name)), after=_or_none(after.get(name))
        )
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]


def _or_none(value: object) -> str | None:
    return None if value is None else told_value(value)


def told_value(value: object) -> str:
    """Say what a field of a row holds, for people."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value).removesuffix(", 0:00:00")
    if isinstance(value, BaseModel) and not isinstance(value, Money):
        return " ".join(told_value(one) for _, one in value if one is not None)
    if isinstance(value, Mapping):
        named = cast("Mapping[str, object]", value)
        return ", ".join(f"{name} as {told_value(one)}" for name, one in named.items())
    if isinstance(value, tuple | list):
        return ", ".join(told_value(one) for one in cast("Sequence[object]", value))
    return str(value)
