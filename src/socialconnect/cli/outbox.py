"""The outbox's commands: what it holds, and what a person may change about it."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from socialconnect.cli import show_outbox
from socialconnect.cli.accounts import outbox_place
from socialconnect.cli.options import AsJson, age_of, moment_of, print_json
from socialconnect.clock import SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.outbox import Outbox, OutboxSettings
from socialconnect.outbox.place import is_address
from socialconnect.post import PublishedPost
from socialconnect.registry import known_networks

__all__ = ["AccountsFile", "NetworkName", "OutboxFile", "open_outbox", "outbox_app", "require_network"]

outbox_app = typer.Typer(
    no_args_is_help=True,
    help="See and change what the outbox holds; leave a network. Tokens are needed for reroute and --ask alone.",
    add_completion=False,
)
_out = Console()

OutboxFile = Annotated[
    str | None, typer.Option("--outbox", metavar="PATH", help="The outbox's file, or its PostgreSQL address.")
]
AccountsFile = Annotated[Path | None, typer.Option("--accounts", help="Or the accounts file that names it.")]
Delivery = Annotated[str, typer.Argument(metavar="DELIVERY", help="The delivery's id, as `list` shows it.")]
NetworkName = Annotated[str | None, typer.Option("--network", help="The network's name.")]
CampaignName = Annotated[str | None, typer.Option("--campaign", help="The campaign's name.")]


def open_outbox(outbox: str | None, accounts: Path | None, *, make: bool = False) -> Outbox:
    """Open the outbox that is there; a mistyped path makes no new one, unless `make` says so."""
    if outbox is not None and accounts is None:
        where, settings = outbox, OutboxSettings()
    elif outbox is None and accounts is not None:
        where, settings = outbox_place(accounts)
    else:
        raise ConfigurationError("Give either --outbox PATH or --accounts FILE.")
    if not is_address(where):
        if Path(where).is_dir():
            raise ConfigurationError(f"{where} is a folder.", hint="Give the outbox's file in it.")
        if not make and not Path(where).is_file():
            raise ConfigurationError(f"There is no outbox at {where}.", hint="The worker makes it when it first runs.")
    return Outbox(where, **settings)


def require_network(held: Outbox, name: str) -> None:
    """
    Refuse a network that nobody knows and the outbox holds nothing for: it is a slip, and would be about nothing.

    Raises:
        ConfigurationError: It is one.
    """
    known = known_networks() | set(held.counts()["networks"])
    if name not in known:
        raise ConfigurationError(f"There is no network named {name!r}; known are {', '.join(sorted(known))}.")


@outbox_app.command()
def migrate(outbox: OutboxFile = None, accounts: AccountsFile = None) -> None:
    """
    Make the outbox if it is not there, or bring its schema up to date; procrastinate's too.

    Opening it does the same. This is for a database in which the worker's user may not make tables: run it as one who
    may, before the new version starts.
    """
    with open_outbox(outbox, accounts, make=True) as held:
        _out.print(f"{held.address} is up to date.", soft_wrap=True)


@outbox_app.command(name="list")
def list_deliveries(
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    state: Annotated[list[str] | None, typer.Option("--state", help="In this state; may be given again.")] = None,
    network: NetworkName = None,
    account: Annotated[str | None, typer.Option("--account", help="The account's id on its network.")] = None,
    campaign: CampaignName = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="To appear then or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="To appear before.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1)] = 100,
    as_json: AsJson = False,
) -> None:
    """List deliveries, soonest first."""
    with open_outbox(outbox, accounts) as held:
        found = held.deliveries(
            state or None,
            network,
            account,
            campaign,
            since=moment_of("--since", since) if since is not None else None,
            until=moment_of("--until", until) if until is not None else None,
            limit=limit + 1,
        )
    if as_json:
        print_json([one.model_dump(mode="json") for one in found[:limit]])
    else:
        show_outbox.deliveries(_out, found[:limit], more=len(found) > limit)


@outbox_app.command()
def counts(outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False) -> None:
    """Count deliveries by state and network, and tell how far behind they are."""
    with open_outbox(outbox, accounts) as held:
        found = held.counts()
    if as_json:
        print_json(found)
    else:
        show_outbox.counts(_out, found)


@outbox_app.command()
def show(delivery: Delivery, outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False) -> None:
    """Show one delivery with its history."""
    with open_outbox(outbox, accounts) as held:
        one, history = held.delivery(delivery), held.history(delivery)
    if as_json:
        told = [entry.model_dump(mode="json") for entry in history]
        print_json({"delivery": one.model_dump(mode="json"), "history": told})
    else:
        show_outbox.delivery(_out, one, history)


@outbox_app.command()
def cancel(
    delivery: Delivery, outbox: OutboxFile = None, accounts: AccountsFile = None, as_json: AsJson = False
) -> None:
    """Take back a delivery that has not begun."""
    with open_outbox(outbox, accounts) as held:
        held.cancel(delivery)
        _told(held, delivery, as_json)


@outbox_app.command()
def retry(
    delivery: Delivery,
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="When, with its zone; now if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan a delivery again that failed, was missed or needed attention; or move a planned one."""
    when = moment_of("--at", at) if at is not None else SystemClock().now() + timedelta(seconds=1)
    with open_outbox(outbox, accounts) as held:
        held.reschedule(delivery, when)
        _told(held, delivery, as_json)


@outbox_app.command()
def settle(
    delivery: Delivery,
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    live: Annotated[str | None, typer.Option(metavar="POST-ID", help="It is live, as this post.")] = None,
    url: Annotated[str | None, typer.Option(help="The live post's address.")] = None,
    not_live: Annotated[
        bool, typer.Option("--not-live", help="It is not there: it failed, and may be retried.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what became of a delivery whose outcome is unknown, after looking at the account."""
    if (live is None) == (not not_live) or (url is not None and live is None):
        raise ConfigurationError("Say either --live POST-ID (with --url if you like) or --not-live.")
    with open_outbox(outbox, accounts) as held:
        one = held.delivery(delivery)
        post = None
        if live is not None:
            post = PublishedPost(network=one.network, account=one.account, id=live, url=url, text=one.post.text)
        held.settle(delivery, post)
        _told(held, delivery, as_json)


def _told(held: Outbox, delivery: str, as_json: bool) -> None:
    one = held.delivery(delivery)
    if as_json:
        print_json(one.model_dump(mode="json"))
    else:
        show_outbox.deliveries(_out, [one], more=False)


@outbox_app.command()
def pause(
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    network: NetworkName = None,
    campaign: CampaignName = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing more of a network or a campaign begin."""
    with open_outbox(outbox, accounts) as held:
        if network is not None:
            require_network(held, network)
        elif campaign is not None and all(one.name != campaign for one in held.campaigns()):
            raise ConfigurationError(f"The outbox holds no campaign named {campaign!r}.")
        held.pause(network=network, campaign=campaign)
        _told_pauses(held, as_json)


@outbox_app.command()
def resume(
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    network: NetworkName = None,
    campaign: CampaignName = None,
    as_json: AsJson = False,
) -> None:
    """Let a network or a campaign go on."""
    with open_outbox(outbox, accounts) as held:
        if not held.resume(network=network, campaign=campaign) and not as_json:
            _out.print(f"{network or campaign} was not paused.", highlight=False, markup=False)
        _told_pauses(held, as_json)


def _told_pauses(held: Outbox, as_json: bool) -> None:
    found = held.pauses()
    if as_json:
        print_json([{"of": kind, "name": name, "since": since.isoformat()} for kind, name, since in found])
    else:
        for kind, name, since in found:
            _out.print(f"paused since {since:%Y-%m-%d %H:%M %Z}: the {kind} {name}", highlight=False)
        if not found:
            _out.print("Nothing is paused.")


@outbox_app.command(name="call-off")
def call_off(
    campaign: Annotated[str, typer.Argument(help="The campaign's name.")],
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    as_json: AsJson = False,
) -> None:
    """Cancel all of a campaign that has not begun, and show what has become of each of its deliveries."""
    with open_outbox(outbox, accounts) as held:
        found = held.call_off(campaign)
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
    else:
        show_outbox.deliveries(_out, found, more=False)


@outbox_app.command()
def export(
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file; the output if not given.")] = None,
) -> None:
    """Write all that the outbox holds as lines of JSON."""
    with open_outbox(outbox, accounts) as held:
        if to is None:
            for line in held.export():
                sys.stdout.write(f"{line}\n")
            return
        try:
            with to.open("x", encoding="utf-8") as file:
                count = sum(file.write(f"{line}\n") > 0 for line in held.export())
        except OSError as error:
            raise ConfigurationError(f"Cannot write {to}: {error.strerror}.") from error
        _out.print(f"{count} lines in {to}", highlight=False)


@outbox_app.command()
def vacuum(
    outbox: OutboxFile = None,
    accounts: AccountsFile = None,
    older_than: Annotated[
        str | None, typer.Option(metavar="AGE", help="Delete also what ended longer ago, such as 90d.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Clear away copies of media that nothing refers to any more; with --older-than also what ended long ago.

    That is deliveries that were published, failed, missed or cancelled longer ago, each with its post, its steps and
    its history. What has not ended is never deleted, and a campaign's name stays taken.
    """
    age = age_of("--older-than", older_than) if older_than is not None else None
    with open_outbox(outbox, accounts) as held:
        done = held.vacuum(older_than=age)
    if as_json:
        print_json(done.model_dump(mode="json"))
    else:
        _out.print(f"cleared away: {done.deliveries} deliveries, {done.copies} copies of media ({done.size:,} bytes)")
