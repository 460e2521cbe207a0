"""The command line, against emulators over real HTTP on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import httpx
import pytest

from socialconnect import __version__

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Stage

CAMPAIGN = Path("examples/spring/campaign.toml")
Cli: TypeAlias = "Callable[..., Ran]"


def test_publish_reaches_all_four(cli: Cli, stage: Stage) -> None:
    """The example campaign puts two posts on each wall, and keeps three for later."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--json")
    assert ran.code == 0, ran.err
    results = json.loads(ran.out)
    assert {one["account"] for one in results if "published" in one} == set(stage.emulators)
    assert [len(one.wall) for one in stage.emulators.values()] == [2, 2, 2, 2]
    assert sum("scheduled" in one for one in results) == 3


def test_publish_prints_for_people(cli: Cli, stage: Stage) -> None:
    """Without --json a table says what was published and what is planned."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    assert ran.code == 0, ran.err
    assert "published" in ran.out
    assert "when the campaign is launched" in ran.out


def test_check_sends_nothing(cli: Cli, stage: Stage) -> None:
    """--check says what is wrong and no emulator sees a request."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--check")
    assert ran.code == 0, ran.err
    assert all(one.requests == [] for one in stage.emulators.values())


def test_check_of_a_bad_campaign_exits_with_two(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """A text that is too long for one network is told for that one, and the exit code is 2."""
    bad = tmp_path / "bad.toml"
    bad.write_text(f"[campaign]\nname = 'x'\n[[posts]]\ntext = '{'x' * 281}'\nnetworks = ['twitter', 'facebook']\n")
    ran = cli("publish", bad, "--accounts", stage.accounts, "--check", "--json")
    assert ran.code == 2
    assert [one["field"] for one in json.loads(ran.out)["twitter"]] == ["posts[0].text"]
    sent = cli("publish", bad, "--accounts", stage.accounts)
    assert sent.code == 2
    assert "281" in sent.err
    assert stage.posts == 0


def test_partial_sends_the_rest(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """--partial publishes where there is no problem, and the exit code says that not all went well."""
    bad = tmp_path / "bad.toml"
    bad.write_text(f"[campaign]\nname = 'x'\n[[posts]]\ntext = '{'x' * 281}'\nnetworks = ['twitter', 'facebook']\n")
    assert cli("publish", bad, "--accounts", stage.accounts, "--partial").code == 1
    assert len(stage.emulators["facebook"].wall) == 1
    assert stage.emulators["twitter"].wall == ()


def test_preview_shows_the_requests_and_sends_nothing(cli: Cli, stage: Stage) -> None:
    """--preview shows method, address and body of each request, with the token masked."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--preview", "--json")
    assert ran.code == 0, ran.err
    requests = json.loads(ran.out)
    assert [one["method"] for one in requests["facebook: post 1"]] == ["POST"]
    assert all(one.requests == [] for one in stage.emulators.values())
    assert all(one.accounts[0].token not in ran.out for one in stage.emulators.values())


def test_preview_of_a_bad_campaign_says_what_is_wrong(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """Where nothing would be sent, --preview gives every problem with its account and post, and exits with 2."""
    bad = tmp_path / "bad.toml"
    bad.write_text("[campaign]\nname = 'x'\n[[posts]]\n[[posts]]\ntext = 'y'\nnetworks = ['myspace']\n")
    ran = cli("publish", bad, "--accounts", stage.accounts, "--preview", "--json")
    assert ran.code == 2
    assert set(json.loads(ran.out)) == {"campaign", *stage.emulators}


def test_what_is_held_is_launched_and_carried_out(cli: Cli, stage: Stage) -> None:
    """`launch` gives the held posts their times, and `run --once` carries out only what is due."""
    cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    before = stage.posts
    assert cli("run", "--accounts", stage.accounts, "--once").code == 0
    ran = cli("launch", "spring-line", "--accounts", stage.accounts, "--at", "2026-01-01T02:00+02:00", "--json")
    assert ran.code == 0, ran.err
    assert {one["at"] for one in json.loads(ran.out)} == {"2026-01-01T02:00:00Z"}  # two hours after the start
    assert len(json.loads(ran.out)) == 3
    done = cli("run", "--accounts", stage.accounts, "--once", "--json")
    report = json.loads(done.out)
    # Launched for a day long gone: too late by more than the grace is missed, and said so, never sent late.
    assert report["missed"] == 3
    assert stage.posts == before


@pytest.mark.parametrize("at", ["2026-12-01T09:00:00", "2026-12-01", "tomorrow"])
def test_a_start_without_a_zone_is_refused(cli: Cli, stage: Stage, at: str) -> None:
    """`launch --at` guesses no zone: exit code 2, and the campaign stays held."""
    cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    ran = cli("launch", "spring-line", "--accounts", stage.accounts, "--at", at)
    assert ran.code == 2
    assert "zone" in ran.err
    assert cli("launch", "spring-line", "--accounts", stage.accounts).code == 0


def test_metrics_are_shown(cli: Cli, stage: Stage) -> None:
    """`metrics` gives a post's numbers as data and as a table."""
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--json")
    post = next(one["published"]["id"] for one in json.loads(ran.out) if one["account"] == "twitter")
    numbers = cli("metrics", "twitter", post, "--accounts", stage.accounts, "--json")
    assert numbers.code == 0, numbers.err
    assert json.loads(numbers.out)["metrics"][0]["post"] == post
    assert post in cli("metrics", "twitter", post, "--accounts", stage.accounts).out


def test_metrics_that_fail_are_told_whole(cli: Cli, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a terminal of 80 columns a post's error stands below the numbers, and takes no room from them."""
    monkeypatch.setenv("COLUMNS", "80")
    published = json.loads(cli("publish", CAMPAIGN, "--accounts", stage.accounts, "--json").out)
    post = next(one["published"]["id"] for one in published if one["account"] == "facebook")
    ran = cli("metrics", "facebook", post, "1000_9", "--accounts", stage.accounts)
    assert ran.code == 1
    assert post in ran.out
    assert "1000_9: Unsupported get request. Object with ID '1000_9' does not exist" in ran.out


def test_metrics_of_nobody_are_an_error(cli: Cli, stage: Stage) -> None:
    """An account that the file does not have is told, with exit code 2."""
    ran = cli("metrics", "nobody", "1", "--accounts", stage.accounts)
    assert ran.code == 2
    assert "nobody" in ran.err


def test_status_tells_the_truth_about_any_day(cli: Cli) -> None:
    """`status` covers the four networks today, and one of them in detail on a day of the past."""
    today = json.loads(cli("status", "--json").out)
    assert {one["network"] for one in today} == {"facebook", "instagram", "linkedin", "twitter"}
    free = json.loads(cli("status", "twitter", "--on", "2022-06-01", "--json").out)[0]
    assert free["operations"]["publish"]["state"] == "active"
    assert "twitter" in cli("status", "twitter", "--on", "2023-05-01").out


def test_status_fits_a_narrow_terminal(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """In 80 columns every network has one line, and the reasons stand below the table."""
    monkeypatch.setenv("COLUMNS", "80")
    lines = cli("status", "--on", "2026-11-24").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any("linkedin" in line and "ends 2027-09-15" in line for line in lines)
    assert any(line.startswith("twitter: Access is paid") for line in lines)


def test_the_version_is_told(cli: Cli) -> None:
    """--version prints the version and ends."""
    assert cli("--version").out == f"socialconnect {__version__}\n"


def test_an_unknown_network_is_told(cli: Cli) -> None:
    """A name that no network has is told with the known ones, with exit code 2; `x` is explained."""
    ran = cli("status", "x")
    assert ran.code == 2
    assert "'twitter'" in ran.err


def test_a_missing_variable_is_told_before_anything_is_sent(
    cli: Cli, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An accounts file whose variable is not set ends with exit code 2 and the variable's name."""
    monkeypatch.delenv("TWITTER_TOKEN")
    ran = cli("publish", CAMPAIGN, "--accounts", stage.accounts)
    assert ran.code == 2
    assert "TWITTER_TOKEN" in ran.err
    assert stage.posts == 0


def test_what_is_wrong_in_both_files_is_told_at_once(cli: Cli, stage: Stage, tmp_path: Path) -> None:
    """A wrong campaign does not hide that the accounts file is wrong too."""
    bad, accounts = tmp_path / "bad.toml", tmp_path / "accounts.toml"
    bad.write_text("[campaign]\nname = 'x'\n")
    accounts.write_text("[accounts.page]\nnetwork = 'facebook'\npage_id = '1'\ntoken = { env = 'NOT_SET_ANYWHERE' }\n")
    ran = cli("publish", bad, "--accounts", accounts)
    assert ran.code == 2
    assert "NOT_SET_ANYWHERE" in ran.err
    assert "posts: it is missing" in ran.err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_worker_is_stopped(stage: Stage, how: signal.Signals) -> None:
    """The worker says that it runs, and ends in order on Ctrl-C and on what service managers send."""
    command = [sys.executable, "-m", "socialconnect", "run", "--accounts", str(stage.accounts)]

    def heeds() -> None:  # a test run in the background may itself ignore Ctrl-C, and its children with it
        signal.signal(how, signal.SIG_DFL)

    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, preexec_fn=heeds) as process:
        assert process.stderr is not None
        try:
            assert process.stderr.readline().startswith("The outbox runs.")
            process.send_signal(how)
            _, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, err) == (0, "Stopped.\n")


def test_emulate_prints_one_line_and_serves() -> None:
    """`python -m socialconnect emulate` prints its JSON line when it listens, and answers until it is stopped."""
    command = [sys.executable, "-m", "socialconnect", "emulate", "twitter", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = json.loads(process.stdout.readline())
            account = line["accounts"][0]
            me = httpx.get(f"{line['url']}/2/users/me", headers={"Authorization": f"Bearer {account['token']}"})
            assert me.json()["data"]["id"] == account["id"]
        finally:
            process.terminate()
            process.wait(timeout=10)
    assert line["network"] == "twitter"
