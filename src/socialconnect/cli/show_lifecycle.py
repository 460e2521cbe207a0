"""What the command line shows of APIs' lives."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from socialconnect.data_use import DataUse
from socialconnect.lifecycle import ApiState, DeprecationStatus
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.drift import DriftRecord
from socialconnect.lifecycle.review import Difference, Finding, told_value
from socialconnect.lifecycle.rows import Entry, Row
from socialconnect.lifecycle.upcoming import Upcoming, ends_of

__all__ = ["details", "differences", "drift", "facts", "findings", "statuses"]

_COLOURS = {
    ApiState.ACTIVE: "green",
    ApiState.DEPRECATED: "yellow",
    ApiState.PAYWALLED: "magenta",
    ApiState.RETIRED: "red",
}
_STATES = {"repriced": "cyan", "changed": "dim", **{state.value: colour for state, colour in _COLOURS.items()}}
_NEAR, _NEARER = 90, 30
_IN_ITS_NAME = frozenset(
    {"source", "confidence", "names", "level", "api", "version", "resource", "name", "topic", "data"}
)


def statuses(console: Console, found: Sequence[tuple[str, DeprecationStatus]]) -> None:
    """Show the states with the days left, each under its label, then why."""
    table = Table("network" if all(label == one.network for label, one in found) else "account", "state")
    table.add_column("days\nleft", justify="right")
    table.add_column("version")
    table.add_column("checked")
    for label, one in found:
        version = one.version or ""
        if one.version_ends:
            version += f", {'ended' if one.version_retired else 'ends'} {one.version_ends}"
        table.add_row(
            label,
            Text(one.state.value, style=f"bold {_COLOURS[one.state]}"),
            _days(one),
            Text(version, style="red" if one.version_retired else ""),
            f"{one.verified_on or 'no facts'}" + (" (old)" if one.outdated else ""),
        )
    console.print(table)
    for label, one in found:  # below the table: a sentence in a narrow column is no pleasure to read
        told = [operation for operation in one.operations.values() if operation.short != ApiState.ACTIVE.value]
        for reason in dict.fromkeys(operation.reason for operation in told if operation.reason):
            console.print(Text.assemble((f"{label}: ", "bold"), reason))
        for answer in one.answers:
            console.print(Text.assemble((f"{label}: ", "bold"), str(answer)))


def _days(status: DeprecationStatus) -> Text:
    ends = ends_of(status)
    if not ends:
        return Text("")
    left = ends[0].days_left
    return Text(str(left), style="bold red" if left <= _NEARER else "yellow" if left <= _NEAR else "")


def details(console: Console, found: DeprecationStatus) -> None:
    """Show one network's operations, those of one cause together."""
    first, _, rest = str(found).partition("\n")
    console.print(Text(first, style=f"bold {_COLOURS[found.state]}"), soft_wrap=True)
    console.print(Text(rest), soft_wrap=True)


def facts(console: Console, catalogue: Catalogue, words: str) -> None:
    """Show a catalogue's rows that hold all of the words, events by their days."""
    console.print(Text(f"{catalogue.network}, checked on {catalogue.verified_on}", style="bold"))
    wanted = words.lower().split()
    entries = sorted(catalogue.entries, key=lambda one: str(one.effective or one.announced or ""))
    for one in entries:
        _show_row(console, wanted, _entry_line(one), one.source, one.confidence)
    for name, row in catalogue.named_rows():
        if not isinstance(row, Entry):
            told = _told(row)
            line = Text.assemble((name, "bold"), f": {told}" if told else "")
            _show_row(console, wanted, line, row.source, getattr(row, "confidence", ""))


def _entry_line(one: Entry) -> Text:
    when = str(one.effective or "no day told") + (f" until {one.until}" if one.until else "")
    when += f" (announced {one.announced})" if one.announced else ""
    instead = f" Instead: {one.replacement}." if one.replacement else ""
    price = f" {one.plan or ''} {one.price or ''}".rstrip()
    state = Text(one.state, style=_STATES[one.state])
    return Text.assemble(f"{when}  ", state, f"  {one.id}: {one.what}{instead}{price}")


def _show_row(console: Console, wanted: Sequence[str], line: Text, source: str, confidence: str) -> None:
    whole = f"{line.plain} {source} {confidence}".lower()
    if all(word in whole for word in wanted):
        console.print(line, soft_wrap=True)
        doubt = f" ({confidence})" if confidence not in ("", "seen") else ""
        console.print(Text(f"    {source}{doubt}", style="dim"), soft_wrap=True)


def _told(row: Row | DataUse) -> str:
    """Give what a row tells besides its name and its source."""
    defaults = {name: field.default for name, field in type(row).model_fields.items()}
    return ", ".join(
        f"{name} {told_value(value)}" for name, value in row if name not in _IN_ITS_NAME and value != defaults[name]
    )


def findings(console: Console, found: Sequence[Finding], ends: Sequence[Upcoming]) -> None:
    """Show what a maintainer should look at."""
    titles = {
        "stale": "Checked too long ago",
        "expected": "Foretold, and due by now: did it happen?",
        "undated": "To end, on a day that is not told",
        "unverified": "Not read in any document",
    }
    for kind, title in titles.items():
        of_kind = [one for one in found if one.kind == kind]
        if of_kind:
            console.print(Text(f"{title} ({len(of_kind)})", style="bold"))
            for one in of_kind:
                console.print(Text(f"  {one}"), soft_wrap=True)
    if ends:
        console.print(Text(f"Ends soon ({len(ends)})", style="bold"))
        for end in ends:
            console.print(Text(f"  {end}"), soft_wrap=True)
    if not found and not ends:
        console.print("[green]Nothing to look at.[/green]")


def differences(console: Console, network: str, found: Sequence[Difference]) -> None:
    """Show what changed from one catalogue of a network to another."""
    colours = {"added": "green", "removed": "red", "changed": "yellow"}
    told = f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "the same"
    console.print(Text(f"{network}: {told}", style="bold"))
    for one in found:
        console.print(Text(f"  {one}", style=colours[one.kind]), soft_wrap=True)


def drift(console: Console, found: Sequence[DriftRecord]) -> None:
    """Show what networks answered against the catalogue."""
    for one in found:
        head = (f"{one.at:%Y-%m-%d %H:%M} {one.network} {one.operation}: ", "bold")
        console.print(Text.assemble(head, str(one)), soft_wrap=True)
        codes = [f"HTTP {one.status}" if one.status else "", f"code {one.code}" if one.code else ""]
        entry = f"entry {one.entry}" if one.entry else ""
        more = [one.request or "", *codes, entry, f"facts of {one.checked}" if one.checked else "", one.message or ""]
        console.print(Text(f"    {'; '.join(part for part in more if part)}", style="dim"), soft_wrap=True)
