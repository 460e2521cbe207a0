"""The outbox's commands for leaving a network in good order: what is affected, archives, moves to other accounts."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console

from socialconnect.cli.accounts import Accounts, load_accounts
from socialconnect.cli.options import AsJson, moment_of, print_json
from socialconnect.cli.outbox import AccountsFile, NetworkName, OutboxFile, open_outbox, outbox_app, require_network
from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle import SunsetPlan, sunset_plan
from socialconnect.network import Network
from socialconnect.outbox import Outbox, Proposal
from socialconnect.outbox.archive.reader import read_manifest

__all__ = ["outbox_app"]

_out = Console()

Ending = Annotated[str, typer.Argument(metavar="NETWORK", help="The network that ends.")]
OnDay = Annotated[
    str, typer.Option("--on", metavar="DAY", help="The day on which it ends, in UTC; or a time with its zone.")
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The archive.")]
Ask = Annotated[
    bool, typer.Option("--ask", help="Ask the network too what drafts and plans it holds itself; needs --accounts.")
]


@outbox_app.command()
def sunset(
    network: Ending,
    on: OnDay,
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    ask: Ask = False,
    as_json: AsJson = False,
) -> None:
    """List what is affected when a network ends: drafts, plans, what may be live, and what is published."""
    with _opened(outbox, accounts, ask=ask) as (held, asked):
        _tell(_plan(held, network, on, asked), as_json)


@outbox_app.command()
def archive(
    folder: Folder,
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    network: NetworkName = None,
    on: Annotated[str | None, typer.Option(metavar="DAY", help="For --ask: the day on which the network ends.")] = None,
    ask: Ask = False,
    as_json: AsJson = False,
) -> None:
    """
    Write an archive of what the outbox holds, for a network or for all.

    If it is to be put into another outbox that takes over, `pause` the networks first: what is sent after it was made,
    the other outbox cannot know.

    With --ask it also lists the drafts and plans that the network itself holds; nothing puts those back.
    """
    if ask and (network is None or on is None):
        raise ConfigurationError("--ask is about one network that ends: give --network NETWORK and --on DAY too.")
    with _opened(outbox, accounts, ask=ask) as (held, asked):
        if network is not None:
            require_network(held, network)  # an archive of a misspelt one would be empty, and look like a good one
        plan = _plan(held, network, on, asked) if ask and network is not None and on is not None else None
        _tell(held.export_archive(folder, network=network, plan=plan), as_json)


@outbox_app.command()
def restore(folder: Folder, outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False) -> None:
    """
    Put an archive back, all of it or nothing, into this outbox or another; a file that is not there is made.

    Networks with deliveries that are still to be sent are paused, since the old outbox may send them too: `resume` them
    when it will not. What it may have sent since the archive was made is looked for, unless it was paused there.
    """
    read_manifest(folder)  # before an outbox is made for what is no archive
    with open_outbox(outbox, accounts, make=True) as held:
        _tell(held.restore(folder), as_json)


@outbox_app.command()
def purge(outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False) -> None:
    """Delete what the networks' terms no longer let be kept, and say what it was."""
    with open_outbox(outbox, accounts) as held:
        _tell(held.purge(), as_json)


@outbox_app.command()
def reroute(
    network: Ending,
    on: OnDay,
    accounts: Annotated[Path, typer.Option("--accounts", help="The accounts file, which names the outbox.")],
    to: Annotated[
        list[str],
        typer.Option(
            "--to", metavar="NAME", help="To this account of the file; if repeated, each post to all of them."
        ),
    ],
    move: Annotated[
        list[str] | None, typer.Option("--move", metavar="DELIVERY", help="Move this delivery; may be repeated.")
    ] = None,
    move_all: Annotated[
        bool, typer.Option("--move-all", help="Move all to which nothing stands in the way, not even a warning.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Propose the deliveries of a network that ends for other accounts: each post, its problems and its cost.

    Nothing moves unless --move or --move-all says so.
    """
    with load_accounts(accounts, need_outbox=True) as given:
        assert given.outbox is not None  # noqa: S101  # need_outbox made sure of it
        rerouting = given.outbox.reroute(_plan(given.outbox, network, on), _named(given, to, accounts))
        chosen = _chosen(rerouting.proposals, move or [], every=move_all)
        if not move and not move_all:
            _tell(rerouting, as_json)
            return
        moved = given.outbox.confirm(*chosen)
        _tell_moves(moved, as_json)
        left = {one.delivery for one in rerouting.proposals} - {one.delivery for one in moved}
        if left and not as_json:
            _out.print(f"{len(left)} not moved: see what stands against them without --move-all.", soft_wrap=True)


@outbox_app.command()
def moves(outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False) -> None:
    """List the deliveries that were moved to other accounts."""
    with open_outbox(outbox, accounts) as held:
        _tell_moves(held.reroutes(), as_json)


@outbox_app.command()
def undo(
    move: Annotated[str, typer.Argument(metavar="MOVE", help="The move's id, as `moves` shows it.")],
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a move back, until the day on which the network ends."""
    with open_outbox(outbox, accounts) as held:
        back = held.undo(move)
    if as_json:
        print_json(back.model_dump(mode="json"))
    else:
        _out.print(f"Back on {back.network} {back.account}: delivery {back.id}", soft_wrap=True, highlight=False)


# ── small things ──────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _opened(
    outbox: str | None, accounts: Path | None, *, ask: bool
) -> Generator[tuple[Outbox, list[Network]], None, None]:
    """Open the outbox, with the accounts whose networks are to be asked."""
    if not ask:
        with open_outbox(outbox, accounts) as held:
            yield held, []
    elif accounts is None or outbox is not None:
        raise ConfigurationError("--ask reads from the network: give --accounts FILE, which names the outbox too.")
    else:
        with load_accounts(accounts, need_outbox=True) as given:
            assert given.outbox is not None  # noqa: S101  # need_outbox made sure of it
            yield given.outbox, [*given.networks.values()]


def _plan(outbox: Outbox, network: str, on: str, asked: Sequence[Network] = ()) -> SunsetPlan:
    require_network(outbox, network)
    return sunset_plan(outbox, network, on=_day(on), accounts=[one for one in asked if one.name == network])


def _day(given: str) -> date | datetime:
    try:
        return date.fromisoformat(given)
    except ValueError:
        return moment_of("--on", given)


def _named(given: Accounts, names: Sequence[str], path: Path) -> list[Network]:
    unknown = [name for name in names if name not in given.networks]
    if unknown:
        raise ConfigurationError(f"{path} has no account named {', '.join(unknown)}.")
    return [given.networks[name] for name in names]


def _chosen(proposals: Sequence[Proposal], deliveries: Sequence[str], *, every: bool) -> list[Proposal]:
    unknown = set(deliveries) - {one.delivery for one in proposals}
    if unknown:
        raise ConfigurationError(
            f"{', '.join(sorted(unknown))}: not affected, or not in this outbox.", hint="Nothing was moved."
        )
    return [one for one in proposals if one.delivery in deliveries or (every and not one.problems)]


def _tell(told: BaseModel, as_json: bool) -> None:
    if as_json:
        print_json(told.model_dump(mode="json"))
    else:
        _out.print(str(told), soft_wrap=True, highlight=False, markup=False)


def _tell_moves(found: Sequence[BaseModel], as_json: bool) -> None:
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        _out.print(str(one), soft_wrap=True, highlight=False, markup=False)
    if not found:
        _out.print("No moves.")
