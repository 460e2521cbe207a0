"""What the command line shows of an outbox to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from socialconnect.outbox import Delivery, DeliveryState, HistoryEntry, OutboxCounts, StepEntry

__all__ = ["counts", "deliveries", "delivery"]

_S = DeliveryState
_COLOURS = {
    _S.PUBLISHED: "green",
    _S.FAILED: "bold red",
    _S.UNKNOWN: "bold magenta",
    _S.NEEDS_ATTENTION: "bold yellow",
    _S.MISSED: "yellow",
    _S.CANCELLED: "dim",
}
_TEXT = 60
"""Characters of a post's text that a list shows."""


def deliveries(console: Console, found: Sequence[Delivery], *, more: bool) -> None:
    """Show deliveries, two lines for each, so that ids stay whole; `more` says that the list was cut off."""
    if not found:
        console.print("No deliveries.")
        return
    for one in found:
        console.print(Text.assemble((one.id, "bold"), f"  {_when(one)}  ", _state(one.state)), soft_wrap=True)
        what = Text(f"    {one.network} {one.account}: {_short(one.post.text)}")
        console.print(what, no_wrap=True, overflow="ellipsis")
    if more:
        console.print(Text("There are more: narrow it down, or raise --limit.", style="dim"))


def delivery(console: Console, one: Delivery, history: Sequence[HistoryEntry], steps: Sequence[StepEntry] = ()) -> None:
    """Show one delivery with its history."""
    facts = (
        ("delivery", one.id),
        ("account", f"{one.network} {one.account}"),
        ("state", _state(one.state)),
        ("when", _when(one)),
        ("campaign", one.campaign),
        ("live as", (one.published.url or one.published.id) if one.published else None),
        ("next attempt", _time(one.due)),
        ("next look", _time(one.look_at)),
        ("error", _error(one.error_kind, one.error)),
        ("seen", one.seen),
        ("text", one.post.text),
        ("media", ", ".join(str(media.path or media.url or "given as bytes") for media in one.post.media)),
    )
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        if value:
            console.print(Text.assemble((f"{name:{width}}  ", "bold"), value), soft_wrap=True)
    console.print()
    table = Table("when", "what", "by", "", box=None, padding=(0, 1, 0, 0), header_style="bold underline")
    for entry in history:
        attempt = f" (attempt {entry.attempt})" if entry.attempt else ""
        what = Text.assemble(_state(entry.became), attempt)
        why = entry.seen or _error(entry.error_kind, entry.error) or ""
        table.add_row(_time(entry.at, seconds=True), what, _by(entry.owner), Text(why, overflow="fold"))
    console.print(table)


def counts(console: Console, found: OutboxCounts) -> None:
    """Show how much there is, by network and state."""
    states = [state for state, count in found["states"].items() if count]
    if states:
        table = Table("network", *states, box=None, padding=(0, 1, 0, 0), header_style="bold underline")
        for network, own in found["networks"].items():
            table.add_row(network, *(str(own[state]) for state in states))
        console.print(table)
    lag = f"; the oldest has been due for {found['lag_seconds']:.0f} s" if found["oldest_due"] else ""
    console.print(f"{sum(found['states'].values())} deliveries, {found['drafts']} drafts{lag}")


def _state(state: DeliveryState) -> Text:
    return Text(state.value.replace("_", " "), style=_COLOURS.get(state, ""))


def _when(one: Delivery) -> str:
    if one.at is None:
        return f"start + {one.after}" if one.after else "at the start"
    return _time(one.at) or ""


def _time(at: datetime | None, *, seconds: bool = False) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M:%S}" if seconds else f"{at:%Y-%m-%d %H:%M %Z}"


def _by(owner: str | None) -> str:
    """Give the machine and process of a worker; its key is for programs."""
    return "" if owner is None else owner.rpartition(" ")[0]


def _error(kind: str | None, text: str | None) -> str | None:
    return None if text is None else f"{kind}: {text}" if kind else text


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT else f"{line[: _TEXT - 1]}…"
