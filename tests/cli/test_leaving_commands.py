"""Leaving a network by the command line: what is affected, an archive, moves, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from socialconnect import Post
from socialconnect.cli.accounts import load_accounts
from socialconnect.outbox import Outbox

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Stage

Cli: TypeAlias = "Callable[..., Ran]"
SOON = datetime.now(UTC) + timedelta(days=30)
DAY = f"{SOON - timedelta(days=10):%Y-%m-%d}"


@pytest.fixture
def plans(stage: Stage) -> list[str]:
    """A draft and two plans for Twitter, one of which Facebook gets as well; gives the plans' ids."""
    with load_accounts(stage.accounts, need_outbox=True) as held:
        twitter, facebook = held.networks["twitter"], held.networks["facebook"]
        twitter.draft(Post("An idea"))
        facebook.schedule(Post("To all"), SOON)
        return [twitter.schedule(Post(text), SOON).id for text in ("To Twitter", "To all")]


def test_leaving_twitter(cli: Cli, stage: Stage, plans: list[str], tmp_path: Path) -> None:
    """As the guide says: see what is affected, write an archive, move what is clear, undo one, and read it all back."""
    accounts = ("--accounts", stage.accounts)
    shown = cli("outbox", "sunset", "twitter", "--on", DAY, *accounts)
    assert shown.code == 0, shown.err
    assert f"twitter ends on {DAY}: 1 draft and 2 planned posts affected" in shown.out
    written = cli("outbox", "archive", tmp_path / "archive", "--network", "twitter", *accounts)
    assert "archive of twitter: 1 drafts, 2 deliveries" in written.out
    told = json.loads(cli("outbox", "archive", tmp_path / "another", "--json", *accounts).out)
    assert told == json.loads((tmp_path / "another" / "manifest.json").read_text("utf-8"))

    proposed = cli("outbox", "reroute", "twitter", "--on", DAY, "--to", "facebook", *accounts)
    assert "has the same already" in proposed.out
    assert cli("outbox", "moves", *accounts).out.strip() == "No moves."
    moved = cli("outbox", "reroute", "twitter", "--on", DAY, "--to", "facebook", "--move-all", *accounts)
    assert plans[0] in moved.out
    assert plans[1] not in moved.out
    assert "1 not moved" in moved.out
    (move,) = json.loads(cli("outbox", "moves", "--json", *accounts).out)
    back = cli("outbox", "undo", move["id"], *accounts)
    assert back.out.startswith("Back on twitter ")
    one = cli("outbox", "reroute", "twitter", "--on", DAY, "--to", "facebook", "--move", plans[1], "--json", *accounts)
    assert [told["delivery"] for told in json.loads(one.out)] == [plans[1]]

    restored = cli("outbox", "restore", tmp_path / "archive", "--outbox", tmp_path / "new.db")
    assert "restored: 0 campaigns, 1 drafts, 2 deliveries, 0 readings, 0 moves" in restored.out
    assert "twitter is paused" in restored.out
    with Outbox(tmp_path / "new.db") as outbox:
        assert sorted(one.id for one in outbox.deliveries()) == sorted(plans)
    assert cli("outbox", "purge", *accounts).out.startswith("0 deleted")


def test_what_the_network_holds_is_asked_for(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """With --ask what the network itself holds is listed, or told that it cannot be, and stands in the archive."""
    with load_accounts(stage.accounts) as held:
        facebook = held.networks["facebook"]
        facebook.draft(Post("A draft on Facebook itself"), native=True)
        facebook.schedule(Post("A plan on Facebook itself"), SOON - timedelta(days=5), native=True)
    asked = ("--ask", "--on", DAY, "--accounts", stage.accounts)
    shown = cli("outbox", "sunset", "facebook", *asked)
    assert shown.code == 0, shown.err
    assert "held by facebook itself" in shown.out
    assert "not known: the drafts that facebook may hold itself" in shown.out  # it lets nobody list them
    assert "A plan on Facebook itself" in shown.out
    written = cli("outbox", "archive", tmp_path / "archive", "--network", "facebook", *asked)
    assert "held by the network itself, and listed only: 1 drafts and plans" in written.out
    table = (tmp_path / "archive" / "held_by_network.csv").read_text("utf-8")
    assert "A plan on Facebook itself" in table
    restored = cli("outbox", "restore", tmp_path / "archive", "--outbox", tmp_path / "new.db", "--json")
    assert json.loads(restored.out)["drafts"] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("sunset", "twitter", "--on", "2030-01-01", "--ask", "--outbox", "x.db"), "--ask reads from the network"),
        (("sunset", "twitter", "--on", "soon", "--outbox", "OUTBOX"), "--on: write a time with its zone"),
        (("archive", "FOLDER", "--ask", "--accounts", "ACCOUNTS"), "--network NETWORK and --on DAY"),
        (("restore", "FOLDER", "--outbox", "OUTBOX"), "is no archive"),
        (("restore", "FOLDER", "--outbox", "NEW"), "is no archive"),
        (("undo", "nothing", "--outbox", "OUTBOX"), "no move nothing"),
        (("sunset", "twiter", "--on", "2030-01-01", "--outbox", "OUTBOX"), "'twiter'"),
        (("archive", "FOLDER", "--network", "twiter", "--outbox", "OUTBOX"), "'twiter'"),
        (("reroute", "twiter", "--on", "2030-01-01", "--to", "facebook", "--accounts", "ACCOUNTS"), "'twiter'"),
        (("reroute", "twitter", "--on", "2030-01-01", "--to", "nobody", "--accounts", "ACCOUNTS"), "no account named"),
        (
            ("reroute", "twitter", "--on", "2030-01-01", "--to", "facebook", "--move", "x", "--accounts", "ACCOUNTS"),
            "x: not affected",
        ),
    ],
)
def test_what_is_wrong_is_told(
    cli: Cli, stage: Stage, plans: list[str], tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """What was given wrongly ends with a word on it and a code, and changes nothing."""
    given = {
        "ACCOUNTS": stage.accounts,
        "OUTBOX": tmp_path / "outbox.db",
        "FOLDER": tmp_path / "folder",
        "NEW": tmp_path / "new.db",
    }
    ran = cli("outbox", *(given.get(one, one) for one in arguments))
    assert ran.code != 0
    assert told in ran.err.replace("\n", " ")
    assert not (tmp_path / "folder").exists()
    assert not (tmp_path / "new.db").exists()
