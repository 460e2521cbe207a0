"""What the command line shows to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from socialconnect.campaign import CampaignReport
from socialconnect.errors import ConfigurationError, LifecycleError, Problem, SocialConnectError, ValidationError
from socialconnect.metrics import Metrics, MetricsReport
from socialconnect.preview import PreparedRequest

if TYPE_CHECKING:
    from socialconnect.outbox import RunReport

__all__ = [
    "error",
    "metrics",
    "preview",
    "problems",
    "report",
    "run_report",
]

_NUMBERS = ("views", "reach", "likes", "comments", "shares", "clicks", "saves")


def error(console: Console, problem: SocialConnectError) -> None:
    """Show an error: what happened, where, what to do; its problems one below the other."""
    found: tuple[Problem, ...] = ()
    if isinstance(problem, ValidationError | ConfigurationError):
        found = problem.problems
    if found:
        head = problem.message.removesuffix("; ".join(str(one) for one in found)).rstrip(": ")
        console.print(Text(f"{head or type(problem).__name__}:", style="bold red"), soft_wrap=True)
        for one in found:
            console.print(Text(f"  {one}", style="red"), soft_wrap=True)
        if problem.hint:
            console.print(Text(problem.hint, style="dim"))
        return
    line = Text.assemble((f"{type(problem).__name__}: ", "bold red"), str(problem))
    console.print(line, soft_wrap=True)
    if isinstance(problem, LifecycleError) and problem.source:
        console.print(Text(f"  source: {problem.source}", style="dim"), soft_wrap=True)


def problems(console: Console, found: Mapping[str, Sequence[Problem]]) -> None:
    """Show a campaign's problems by account."""
    if not found:
        console.print("[green]No problems.[/green]")
        return
    table = Table("account", "where", "", "what", title="Before anything is sent", title_justify="left")
    for account, own in found.items():
        for one in own:
            mark = Text("warning", "yellow") if one.severity == "warning" else Text("error", "bold red")
            table.add_row(account, one.field, mark, one.message)
    console.print(table)


def report(console: Console, done: CampaignReport, title: str | None = None) -> None:
    """Show what became of a campaign."""
    table = Table("account", "post", "", "what", title=title or f"Campaign {done.campaign}", title_justify="left")
    for one in done.results:
        number = str(one.index + 1)
        if one.published is not None:
            what = Text(one.published.url or one.published.id, overflow="fold")
            table.add_row(one.account, number, Text("published", "green"), what)
        elif one.scheduled is not None:
            at = f"{one.scheduled.at:%Y-%m-%d %H:%M %Z}" if one.scheduled.at else "when the campaign is launched"
            table.add_row(one.account, number, Text("planned", "cyan"), at)
        elif one.error is not None:
            kind = type(one.error).__name__
            table.add_row(one.account, number, Text(kind, "bold red"), Text(one.error.message, overflow="fold"))
    console.print(table)


def preview(console: Console, requests: Mapping[str, Sequence[PreparedRequest]]) -> None:
    """Show the requests that would be sent."""
    for where, own in requests.items():
        console.print(Text(where, style="bold"))
        for one in own:
            mark = "[bold]visible[/bold]" if one.visible else "[dim]prepares[/dim]"
            console.print(f"  {mark}", Text(str(one)), soft_wrap=True)
            for name, value in one.headers.items():
                console.print(Text(f"      {name}: {value}", style="dim"), soft_wrap=True)
            body = one.json_body if one.json_body is not None else one.form or one.content
            if body is not None:
                console.print(Text(f"      {body}"), soft_wrap=True)


def metrics(console: Console, reports: Mapping[str, MetricsReport], title: str | None = None) -> None:
    """Show numbers; what a network does not give is a dash, never 0."""
    shown = [
        name for name in _NUMBERS if any(getattr(one, name) is not None for own in reports.values() for one in own)
    ]
    # Narrow, so that whole ids fit into a terminal of 80 columns.
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), header_style="bold underline")
    table.add_column("account", no_wrap=True)
    table.add_column("post", overflow="fold")
    for name in shown:
        table.add_column(name, justify="right", no_wrap=True)
    for account, own in reports.items():
        for one in own:
            table.add_row(account, one.post.rpartition(":")[2], *(_number(one, name) for name in shown))
    if table.row_count:
        console.print(table)
    for account, own in reports.items():
        for ref, failed in own.errors.items():
            console.print(Text.assemble(f"{account} {ref}: ", (str(failed), "red")), soft_wrap=True)


def _number(found: Metrics, name: str) -> str:
    value: int | None = getattr(found, name)
    return "–" if value is None else f"{value:,}"


def run_report(console: Console, done: RunReport) -> None:
    """Show what a pass of the outbox did; what did not happen is left out."""
    counts = [(name.replace("_", " "), getattr(done, name)) for name in type(done).model_fields if name != "unattached"]
    told = [f"{count} {name}" for name, count in counts if count]
    console.print(Text(f"the outbox: {', '.join(told) or 'nothing was due'}"))
    for account, count in done.unattached.items():
        console.print(Text(f"  {count} due for {account}, which is not in the accounts file: kept", "yellow"))
