"""The catalogue's commands, for whoever keeps its facts true: check, show, diff, drift."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from socialconnect.cli import show_lifecycle
from socialconnect.cli.options import FAILED, AsJson, age_of, print_json
from socialconnect.clock import SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle.catalogue import Catalogue
from socialconnect.lifecycle.drift import read_drift
from socialconnect.lifecycle.review import Finding, compare, review
from socialconnect.lifecycle.sources import CatalogueSources, read_catalogues
from socialconnect.lifecycle.upcoming import Upcoming, ends_within

__all__ = ["catalogue_app"]

catalogue_app = typer.Typer(
    no_args_is_help=True,
    help="Keep the facts about APIs' lives true: check, show, diff, drift.",
    add_completion=False,
)
_out = Console()
_BUNDLED = ("meta", "facebook", "instagram", "linkedin", "twitter")

Files = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Files, or folders of them.")]


def _read(paths: list[Path] | None) -> dict[str, Catalogue]:
    """Give the catalogues of some files, or those in use; each file by itself."""
    if paths:
        return read_catalogues(paths)
    sources = CatalogueSources()
    return {name: found for name in _BUNDLED if (found := sources.file(name)) is not None}


@catalogue_app.command()
def check(
    files: Files = None,
    within: Annotated[str, typer.Option(metavar="90d", help="Tell what ends within this time.")] = "90d",
    max_age: Annotated[str, typer.Option(metavar="180d", help="How old facts may be.")] = "180d",
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is stale, what was foretold and is due, what is not verified, and what ends soon."""
    ahead, oldest = age_of("--within", within), age_of("--max-age", max_age)
    day = (on or SystemClock().now()).date()
    found: list[Finding] = []
    ends: list[Upcoming] = []
    for catalogue in _read(files).values():
        found += review(catalogue, day, max_age=oldest)
        ends += ends_within(catalogue, (), datetime.combine(day, time.min, UTC), ahead)
    if as_json:
        told = {"findings": [one.model_dump(mode="json") for one in found]}
        print_json({**told, "ends": [one.model_dump(mode="json") for one in ends]})
    else:
        show_lifecycle.findings(_out, found, ends)
    if any(one.kind in ("stale", "expected") for one in found):
        raise typer.Exit(FAILED)


@catalogue_app.command(name="show")
def show_facts(
    network: Annotated[str, typer.Argument(help="The network, or meta.")],
    words: Annotated[list[str] | None, typer.Argument(help="Only rows that hold all of these words.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file, or a folder, in place of the facts in use.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a network's facts, with their sources."""
    found = CatalogueSources([file] if file is not None else ()).find(network)
    if found is None:
        raise ConfigurationError(f"There is no catalogue of {network!r}.")
    if as_json:
        print_json(found.model_dump(mode="json", exclude_none=True))
    else:
        show_lifecycle.facts(_out, found, " ".join(words or ()))


@catalogue_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A file or folder; with one argument, the newer one.")],
    new: Annotated[Path | None, typer.Argument(help="The newer file or folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed from one catalogue to another, or from the facts in use to a newer file."""
    before = _read([old] if new is not None else None)
    after = read_catalogues([new if new is not None else old])
    unknown = sorted(set(after) - set(before))
    if unknown:
        raise ConfigurationError(f"There is no older catalogue of {', '.join(unknown)} to compare with.")
    changes = {name: compare(before[name], after[name]) for name in sorted(after)}
    if as_json:
        print_json({name: [one.model_dump(mode="json") for one in found] for name, found in changes.items()})
        return
    for name, found in changes.items():
        show_lifecycle.differences(_out, name, found)


@catalogue_app.command()
def drift(
    file: Annotated[Path, typer.Argument(help="A file that `Lifecycle(drift_file=…)` wrote.")],
    as_json: AsJson = False,
) -> None:
    """Show what networks answered against the catalogue."""
    records = read_drift(file)
    if as_json:
        print_json([one.model_dump(mode="json", exclude_none=True) for one in records])
    else:
        show_lifecycle.drift(_out, records)
