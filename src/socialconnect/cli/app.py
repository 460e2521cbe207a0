"""The commands. Exit codes: 0 done, 1 something failed, 2 what was given is wrong, 3 something ends soon."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console

from socialconnect import __version__
from socialconnect.campaign import Campaign, CampaignResult
from socialconnect.cli import show
from socialconnect.cli.accounts import load_accounts
from socialconnect.cli.campaign_file import load_campaign
from socialconnect.cli.catalogue import catalogue_app
from socialconnect.cli.leaving import outbox_app
from socialconnect.cli.options import FAILED, WRONG, AsJson, moment_of, print_json
from socialconnect.cli.progress import as_worker
from socialconnect.cli.status import status
from socialconnect.errors import ConfigurationError, Problem, SocialConnectError, ValidationError
from socialconnect.outbox import Outbox

__all__ = ["app", "run_app"]

app = typer.Typer(
    name="socialconnect",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(outbox_app, name="outbox")
app.add_typer(catalogue_app, name="catalogue")
app.command()(status)
_out = Console()
_err = Console(stderr=True)

AccountsFile = Annotated[Path, typer.Option("--accounts", help="Which accounts, with references to their tokens.")]
CampaignPath = Annotated[Path, typer.Argument(metavar="CAMPAIGN.toml", help="The campaign.")]


def run_app() -> None:
    """Run the command that the process was given."""
    try:
        app()
    except (ConfigurationError, ValidationError) as error:
        show.error(_err, error)
        sys.exit(WRONG)
    except SocialConnectError as error:
        show.error(_err, error)
        sys.exit(FAILED)


def _tell_version(asked: bool) -> None:
    if asked:
        _out.print(f"socialconnect {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """
    One interface to Facebook, Instagram, LinkedIn and Twitter.

    Exit codes: 0 done, 1 something failed, 2 what was given is wrong, 3 something ends soon (status --fail-within).
    """


@app.command()
def publish(
    campaign: CampaignPath,
    accounts: AccountsFile,
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong; send nothing.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only show the requests; send nothing.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Go on with the accounts that have no problems.")] = False,
    as_json: AsJson = False,
) -> None:
    """Publish a campaign: what is for now goes out, what is for later goes to the outbox."""
    try:
        file = load_campaign(campaign)
    except ConfigurationError:
        _also_wrong(accounts)
        raise
    later = any(one.at or one.after is not None for one in file.posts)
    with load_accounts(accounts, need_outbox=later) as held:
        plan = Campaign(file.name, file.posts, held.networks, outbox=held.outbox)
        if check:
            _check(plan, as_json)
        elif preview:
            _preview(plan, as_json)
        else:
            report = plan.publish(partial=partial)
            if as_json:
                print_json([_result_json(one) for one in report])
            else:
                show.report(_out, report)
            if not report.ok:
                raise typer.Exit(FAILED)


def _also_wrong(accounts: Path) -> None:
    """Say what is wrong with the accounts file, beside a wrong campaign: both can be mended at once."""
    try:
        load_accounts(accounts).close()
    except SocialConnectError as error:
        show.error(_err, error)


def _result_json(result: CampaignResult) -> JsonValue:
    told: dict[str, JsonValue] = {"account": result.account, "network": result.network, "post": result.index}
    if result.published is not None:
        told["published"] = result.published.model_dump(mode="json")
    if result.scheduled is not None:
        told["scheduled"] = result.scheduled.model_dump(mode="json")
    if result.error is not None:
        told["error"] = error_json(result.error)
    return told


def error_json(error: SocialConnectError) -> JsonValue:
    """Give an error as data."""
    return {
        "class": type(error).__name__,
        "message": error.message,
        "operation": error.operation,
        "status": error.status,
        "code": error.code,
        "hint": error.hint,
        "retryable": error.retryable,
    }


def _check(plan: Campaign, as_json: bool) -> None:
    found = plan.validate()
    if as_json:
        print_json({account: _problems_json(own) for account, own in found.items()})
    else:
        show.problems(_out, found)
    if any(one.severity == "error" for own in found.values() for one in own):
        raise typer.Exit(WRONG)


def _problems_json(found: Sequence[Problem]) -> JsonValue:
    return [one.model_dump(mode="json") for one in found]


def _preview(plan: Campaign, as_json: bool) -> None:
    if any(one.severity == "error" for own in plan.validate().values() for one in own):
        _check(plan, as_json)  # there are no requests of what would not be sent
    requests = {
        f"{account}: post {index + 1}": network.preview(item.post)
        for index, item in enumerate(plan.posts)
        for account, network in plan.networks.items()
        if not item.networks or account in item.networks or network.name in item.networks
    }
    if as_json:
        print_json({where: [one.model_dump(mode="json") for one in own] for where, own in requests.items()})
    else:
        show.preview(_out, requests)


@app.command()
def launch(
    campaign: Annotated[str, typer.Argument(help="The campaign's name.")],
    accounts: AccountsFile,
    at: Annotated[str | None, typer.Option(metavar="TIME", help="The start, with its zone; now if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start a campaign: its posts planned by offset get their times, and are let go."""
    start = moment_of("--at", at) if at is not None else None
    with load_accounts(accounts, need_outbox=True) as held:
        assert held.outbox is not None  # noqa: S101  # need_outbox made sure of it
        plans = held.outbox.launch(campaign, start)
        if as_json:
            print_json([one.model_dump(mode="json") for one in plans])
        else:
            for one in plans:
                _out.print(f"{one.network} {one.account}: planned for {one.at:%Y-%m-%d %H:%M %Z}")


@app.command(name="run")
def run_outbox(
    accounts: AccountsFile,
    once: Annotated[bool, typer.Option("--once", help="Carry out what is due now, and end.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="On PostgreSQL: as jobs, so many deliveries side by side.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Carry out what the outbox holds: the worker. Runs until it is stopped, or with --once a single time.

    Ctrl-C and SIGTERM stop it after what is under way, with exit code 0. With --once it is 1 if a delivery failed, may
    be live, or needs a person.
    """
    with load_accounts(accounts, need_outbox=True) as held:
        assert held.outbox is not None  # noqa: S101  # need_outbox made sure of it
        with as_worker(held.outbox):
            _work(held.outbox, once=once, workers=workers, as_json=as_json)


def _work(outbox: Outbox, *, once: bool, workers: int | None, as_json: bool) -> None:
    if once and workers is not None:
        raise ConfigurationError("--once and --workers do not go together: jobs run until they are stopped.")
    try:
        if not once:
            print("The outbox runs. Ctrl-C stops it, after what is under way.", file=sys.stderr, flush=True)
        report = outbox.run_due() if once else outbox.run() if workers is None else outbox.run_jobs(workers=workers)
    except KeyboardInterrupt:
        _err.print("Stopped.")
        raise typer.Exit(0) from None
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        show.run_report(_out, report)
    if once and (report.failed or report.unknown or report.needs_attention):  # a worker that was stopped did not fail
        raise typer.Exit(FAILED)


@app.command()
def metrics(
    account: Annotated[str, typer.Argument(help="The account's name in the accounts file.")],
    posts: Annotated[list[str], typer.Argument(help="The posts' ids.")],
    accounts: AccountsFile,
    as_json: AsJson = False,
) -> None:
    """Show how published posts perform."""
    with load_accounts(accounts) as held:
        network = held.networks.get(account)
        if network is None:
            raise ConfigurationError(f"{accounts} has no account named {account!r}.")
        report = network.fetch_metrics(posts)
        if as_json:
            print_json(
                {
                    "metrics": [one.model_dump(mode="json") for one in report],
                    "errors": {ref: error_json(error) for ref, error in report.errors.items()},
                }
            )
        else:
            show.metrics(_out, {account: report})
        if report.errors:
            raise typer.Exit(FAILED)


@app.command()
def emulate(
    network: Annotated[str, typer.Argument(help="facebook, instagram, linkedin or twitter.")],
    port: Annotated[int, typer.Option(help="The port on loopback; a free one if 0.", min=0, max=65535)] = 0,
) -> None:
    """Serve a network's emulator on loopback until stopped. Prints one JSON line when it listens."""
    from socialconnect.registry import emulator_class
    from socialconnect.testing.emulators.server import address, listen, serve

    emulator = emulator_class(network)()
    listening = listen(port)
    accounts: list[JsonValue] = [{"id": one.id, "token": one.token} for one in emulator.accounts]
    line = json_text.dumps({"network": network, "url": address(listening), "accounts": accounts})
    print(line, flush=True)  # whoever started it waits for this line
    serve(emulator, listening)


@app.command()
def demo(
    campaign: Annotated[Path | None, typer.Argument(metavar="[CAMPAIGN.toml]", help="Another campaign.")] = None,
) -> None:
    """Run the main job against the four emulators: a campaign, and the day one network ends."""
    from socialconnect.cli.demo import Demo, demo_campaign

    if not Demo(_out, campaign or demo_campaign()).run():
        raise typer.Exit(FAILED)
