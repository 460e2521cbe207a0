"""What the command line shows to people, and as data."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from socialconnect import Post
from socialconnect.cli.accounts import load_accounts
from socialconnect.outbox import Outbox
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.twitter import TwitterEmulator

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Stage

CAMPAIGN = Path("examples/spring/campaign.toml")
Cli: TypeAlias = "Callable[..., Ran]"


def test_a_preview_is_read_as_requests(cli: Cli, stage: Stage) -> None:
    """Each account's requests are listed with method, address, headers and body; the token is masked."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--preview")
    assert ran.code == 0, ran.err
    assert "twitter: post 1" in ran.out
    assert "visible POST http://127.0.0.1" in ran.out
    assert "prepares POST" in ran.out
    assert "***" in ran.out
    assert all(one.accounts[0].token not in ran.out for one in stage.emulators.values())
    assert stage.posts == 0


def test_no_problems_are_said_too(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """A campaign with nothing to say about it says so, and one with problems lists them by account."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text("[campaign]\nname = 'x'\n[[posts]]\ntext = 'Hello.'\nnetworks = ['facebook']\n", "utf-8")
    bad.write_text(f"[campaign]\nname = 'x'\n[[posts]]\ntext = '{'x' * 281}'\nnetworks = ['twitter']\n", "utf-8")
    assert "No problems." in cli("publish", good, "--accounts", stage.accounts, "--check").out
    ran = cli("publish", bad, "--accounts", stage.accounts, "--check")
    assert ran.code == 2
    assert "281 of 280" in ran.out


def test_a_refusal_stands_in_the_report(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """What one network refused is shown beside what the others took, with exit code 1, as table and as data."""
    for name in "xyz":
        text = f"[campaign]\nname = '{name}'\n[[posts]]\ntext = 'Same.'\nnetworks = ['twitter']\n"
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    assert cli("publish", tmp_path / "x.toml", "--accounts", stage.accounts).code == 0
    shown = cli("publish", tmp_path / "y.toml", "--accounts", stage.accounts)
    told = cli("publish", tmp_path / "z.toml", "--accounts", stage.accounts, "--json")
    assert (shown.code, told.code) == (1, 1)
    assert "DuplicatePost" in shown.out
    (result,) = json.loads(told.out)
    assert (result["error"]["class"], result["error"]["status"]) == ("DuplicatePost", 403)


def test_the_same_campaign_again_posts_nothing(cli: Cli, stage: Stage) -> None:
    """With an outbox a campaign is carried out once: again, it is refused with exit code 2."""
    assert cli("publish", CAMPAIGN, "--accounts", stage.accounts).code == 0
    posts = stage.posts
    again = cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    assert (again.code, "holds a campaign named 'spring-line' already" in again.err) == (2, True)
    assert stage.posts == posts


def test_launch_says_when_each_post_comes(cli: Cli, stage: Stage) -> None:
    """`launch` shows each held post with its time."""
    cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    ran = cli("launch", "spring-line", "--accounts", stage.accounts, "--at", "2030-01-01T00:00:00Z")
    assert ran.code == 0, ran.err
    assert ran.out.count("planned for 2030-01-01 02:00 UTC") == 3


def test_a_campaign_that_nobody_planned_is_told(cli: Cli, stage: Stage) -> None:
    """`launch` of an unknown campaign fails, with its name."""
    ran = cli("launch", "no-such-campaign", "--accounts", stage.accounts)
    assert ran.code == 1
    assert "no-such-campaign" in ran.err


def test_a_pass_of_the_outbox_is_summed_up(cli: Cli, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """`run --once` says that nothing was due, or how many were published."""
    clock = TestClock()
    monkeypatch.setattr("socialconnect.cli.app.load_accounts", partial(load_accounts, clock=clock))
    assert "nothing was due" in cli("run", "--accounts", stage.accounts, "--once").out
    account = stage.emulators["facebook"].accounts[0].id
    with Outbox(stage.accounts.parent / "outbox.db", clock=clock) as outbox:
        due = clock.now() + timedelta(minutes=1)
        outbox.add_campaign("now", [("facebook", account, Post("Due now."), due)])
    clock.advance(minutes=1)
    ran = cli("run", "--accounts", stage.accounts, "--once")
    assert ran.code == 0, ran.err
    assert "1 published" in ran.out
    assert [one.text for one in stage.emulators["facebook"].wall] == ["Due now."]


def test_the_worker_stops_when_it_is_told_to(cli: Cli, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the worker in order: a word, exit code 0, no traceback."""

    def interrupted(self: Outbox) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Outbox, "run", interrupted)
    ran = cli("run", "--accounts", stage.accounts)
    assert (ran.code, ran.err.splitlines()[1:]) == (0, ["Stopped."])


def test_metrics_of_a_post_that_is_gone(cli: Cli, stage: Stage) -> None:
    """A post without numbers is shown with its own error, as table and as data, and the exit code says so."""
    ran = cli("metrics", "twitter", "1234567890123456789", "--accounts", stage.accounts)
    assert ran.code == 1
    assert "1234567890123456789" in ran.out
    told = json.loads(cli("metrics", "twitter", "1234567890123456789", "--accounts", stage.accounts, "--json").out)
    assert told["metrics"] == []
    assert told["errors"]["1234567890123456789"]["class"] == "NotFound"


def test_the_status_of_all_is_a_table(cli: Cli) -> None:
    """`status` shows a row for each network, on any day."""
    ran = cli("status", "--on", "2023-05-01")
    assert ran.code == 0, ran.err
    assert all(name in ran.out for name in ("facebook", "instagram", "linkedin", "twitter"))


def test_an_applications_own_day_is_shown(cli: Cli, tmp_path: Path) -> None:
    """`status --overlays` counts the application's cut-offs in; a file that is none is told, with exit code 2."""
    cut = tmp_path / "cut.toml"
    cut.write_text(
        '[[overlay]]\nnetwork = "twitter"\neffective = 2027-04-25\nreason = "We leave."\nsource = "the board"\n',
        "utf-8",
    )
    ran = cli("status", "twitter", "--on", "2027-04-25", "--overlays", cut, "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)[0]["state"] == "retired"
    assert cli("status", "--overlays", tmp_path / "none.toml").code == 2


def test_emulate_says_what_it_serves(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one line names the network, the address that listens, and the accounts with their tokens."""
    served: list[Emulator] = []

    def serve(emulator: Emulator, listening: socket.socket) -> None:
        served.append(emulator)
        listening.close()

    monkeypatch.setattr("socialconnect.testing.emulators.server.serve", serve)
    line = json.loads(cli("emulate", "twitter").out)
    (emulator,) = served
    assert isinstance(emulator, TwitterEmulator)
    assert line["network"] == "twitter"
    assert line["url"].startswith("http://127.0.0.1:")
    assert line["accounts"] == [{"id": one.id, "token": one.token} for one in emulator.accounts]


def test_emulate_of_a_network_that_is_gone(cli: Cli) -> None:
    """A name that once was a network is explained; a wrong port is refused."""
    assert cli("emulate", "facebook_groups").code == 1
    assert cli("emulate", "twitter", "--port", "70000").code == 2
