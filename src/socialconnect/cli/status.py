"""The `status` command: which APIs are active, ending, behind a paywall or gone; for people, programs and calendars."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from socialconnect.cli import show_lifecycle
from socialconnect.cli.accounts import load_accounts
from socialconnect.cli.options import AsJson, age_of, print_json
from socialconnect.clock import SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle import ApiState, DeprecationStatus, Lifecycle, load_overlays
from socialconnect.lifecycle.calendar import as_calendar
from socialconnect.lifecycle.upcoming import Upcoming, ends_of, ends_within

__all__ = ["ENDING", "status"]

ENDING = 3
"""The exit code when something ends within the time that was given."""

_NETWORKS = ("facebook", "instagram", "linkedin", "twitter")
_FAR = timedelta(days=3650)

_out = Console()
_err = Console(stderr=True)


def status(
    network: Annotated[str | None, typer.Argument(help="One network, in detail; all of them if not given.")] = None,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; today if not given.")] = None,
    overlays: Annotated[Path | None, typer.Option(help="The application's own cut-offs.")] = None,
    accounts: Annotated[
        Path | None, typer.Option(help="Show these accounts, with the versions that they use; no token is needed.")
    ] = None,
    fail_within: Annotated[
        str | None, typer.Option(metavar="90d", help="Exit with code 3 if something ends within this time.")
    ] = None,
    ics: Annotated[Path | None, typer.Option(help="Write the ends that are known ahead as a calendar.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show which APIs are active, ending, behind a paywall or gone."""
    soon = age_of("--fail-within", fail_within) if fail_within is not None else None
    now = SystemClock().now()
    day = on.date() if on is not None else now.date()
    if accounts is not None:
        if overlays is not None:
            raise ConfigurationError("--overlays: the accounts file names the overlays that hold for its accounts.")
        found, ends = _of_accounts(accounts, network, day if on is not None else None)
    else:
        found, ends = _of_networks([network] if network else _NETWORKS, overlays, day, now)
    if as_json:
        print_json([one.model_dump(mode="json") for _, one in found])
    elif network and accounts is None:
        show_lifecycle.details(_out, found[0][1])
    else:
        show_lifecycle.statuses(_out, found)
    if ics is not None:
        _write(ics, as_calendar(ends, made_at=now))
    if soon is not None:
        _fail_if_ending(found, soon)


def _of_networks(
    names: Sequence[str], overlays: Path | None, day: date, now: datetime
) -> tuple[list[tuple[str, DeprecationStatus]], list[Upcoming]]:
    """Give each network's status for the newest version of its API, and everything that ends there."""
    lifecycle = Lifecycle(overlays=load_overlays(overlays) if overlays else ())
    found = [(name, _status_of(lifecycle, name, day, now)) for name in names]
    ends: list[Upcoming] = []
    for name in names:
        catalogue = lifecycle.catalogue(name)
        if catalogue is not None:
            ends += ends_within(catalogue, lifecycle.entries(name), _start_of(day), _FAR)
    return found, ends


def _of_accounts(
    path: Path, network: str | None, day: date | None
) -> tuple[list[tuple[str, DeprecationStatus]], list[Upcoming]]:
    """Give each account's status, and what ends of that which it uses."""
    with load_accounts(path, offline=True) as held:
        found = [
            (name, one.deprecation_status(day))
            for name, one in held.networks.items()
            if network in (None, name, one.name)
        ]
    if not found:
        raise ConfigurationError(f"{path} has no account of {network!r}.")
    distinct = {(one.network, one.cause): one for _, known in found for one in ends_of(known)}
    return found, list(distinct.values())


def _status_of(lifecycle: Lifecycle, name: str, day: date, now: datetime) -> DeprecationStatus:
    from socialconnect.registry import find

    find(name)
    at = _start_of(day)
    catalogue = lifecycle.catalogue(name)
    if catalogue is None or catalogue.api is None:
        return lifecycle.status(name, at, known_until=now)
    version = catalogue.live_version(catalogue.api, day)
    return lifecycle.status(name, at, api=catalogue.api, version=version, known_until=now)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _fail_if_ending(found: Sequence[tuple[str, DeprecationStatus]], soon: timedelta) -> None:
    near = [
        str(one) if label == one.network else f"{label}: {one}"
        for label, known in found
        for one in ends_of(known)
        if one.days_left <= soon.days
    ]
    near += [f"{label}: API version {known.version} has ended" for label, known in found if known.version_retired]
    near += [
        f"{label}: {name} is retired"
        for label, known in found
        for name, one in known.operations.items()
        if one.state is ApiState.RETIRED
    ]
    for line in near:
        _err.print(line, style="red", soft_wrap=True)
    if near:
        raise typer.Exit(ENDING)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="")  # a calendar's lines end in their own way
    except OSError as error:
        raise ConfigurationError(f"Cannot write the calendar {path}: {error.strerror}.") from error
    _err.print(f"Wrote {path}.", soft_wrap=True)
