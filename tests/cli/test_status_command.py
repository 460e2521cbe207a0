"""`status`: days left, exit codes for pipelines, calendars, and the accounts that are really used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Stage

Cli = Callable[..., "Ran"]

CUT = '[[overlay]]\nnetwork = "twitter"\neffective = 2027-04-25\nreason = "We leave."\nsource = "the board"\n'


def test_the_nearest_end_is_counted_in_days(cli: Cli) -> None:
    """A network's row tells the days until the first end of what is used, the version's among them."""
    rows = {line.split()[1]: line for line in cli("status", "--on", "2027-09-05").out.splitlines() if "│" in line}
    assert "10" in rows["linkedin"].split()
    assert "ends 2027-09-15" in rows["linkedin"]


def test_a_pipeline_fails_when_an_end_is_near(cli: Cli, tmp_path: Path) -> None:
    """--fail-within exits 3 from that many days before an end on, names it, and exits 0 before that."""
    (tmp_path / "cut.toml").write_text(CUT, "utf-8")
    given = ("status", "twitter", "--overlays", tmp_path / "cut.toml", "--fail-within", "90d")
    assert cli(*given, "--on", "2027-01-24").code == 0
    ran = cli(*given, "--on", "2027-01-25")
    assert ran.code == 3
    assert "in 90 days, on 2027-04-25" in ran.err
    gone = cli(*given, "--on", "2027-04-25")
    assert gone.code == 3
    assert "publish is retired" in gone.err


def test_an_ending_version_fails_a_pipeline_too(cli: Cli) -> None:
    """The version that calls name ends, and everything with it."""
    ran = cli("status", "linkedin", "--on", "2027-09-01", "--fail-within", "14d", "--json")
    assert ran.code == 3
    assert "API version 202609" in ran.err
    assert json.loads(ran.out)[0]["version"] == "202609"


def test_a_time_that_is_none_is_refused(cli: Cli) -> None:
    """--fail-within wants a number with its unit."""
    ran = cli("status", "--fail-within", "soon")
    assert ran.code == 2
    assert "90d" in ran.err


def test_ends_are_written_as_a_calendar(cli: Cli, tmp_path: Path) -> None:
    """--ics writes every end that is known ahead, as a file that calendars read."""
    (tmp_path / "cut.toml").write_text(CUT, "utf-8")
    file = tmp_path / "ends.ics"
    assert cli("status", "--on", "2026-11-24", "--overlays", tmp_path / "cut.toml", "--ics", file).code == 0
    lines = file.read_bytes().decode().split("\r\n")
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "DTSTART;VALUE=DATE:20270425" in lines  # the application's own
    assert "DTSTART;VALUE=DATE:20270121" in lines  # Graph v21.0
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 10


def test_a_calendar_that_cannot_be_written_is_told(cli: Cli, tmp_path: Path) -> None:
    """The path is in the message, and the exit code is that of a wrong argument."""
    ran = cli("status", "--ics", tmp_path / "nowhere" / "ends.ics")
    assert ran.code == 2
    assert "ends.ics" in ran.err


def test_accounts_are_shown_with_the_versions_that_they_use(cli: Cli, stage: Stage) -> None:
    """--accounts tells of the accounts in the file, so that a pinned version is seen to end."""
    pinned = stage.accounts.read_text("utf-8").replace('page_id = "1000"', 'page_id = "1000"\napi_version = "v21.0"')
    stage.accounts.write_text(pinned, "utf-8")
    ran = cli("status", "--accounts", stage.accounts, "--on", "2026-12-01", "--fail-within", "60d", "--json")
    assert ran.code == 3
    told = {one["network"]: one for one in json.loads(ran.out)}
    assert (told["facebook"]["version"], told["facebook"]["version_days_left"]) == ("v21.0", 51)
    assert ran.err.startswith("facebook: API version v21.0 ends in 51 days")
    assert "instagram" not in ran.err


def test_the_status_of_accounts_needs_no_secret(cli: Cli, tmp_path: Path) -> None:
    """A pipeline that asks what ends has no tokens, and no outbox is made for it."""
    accounts = tmp_path / "accounts.toml"
    lines = ['outbox = "outbox.db"', "[accounts.page]", 'network = "facebook"', 'page_id = "1000"']
    accounts.write_text("\n".join([*lines, 'api_version = "v21.0"', 'token = { env = "NOT_SET_ANYWHERE" }']), "utf-8")
    ran = cli("status", "--accounts", accounts, "--on", "2026-12-01", "--fail-within", "60d")
    assert (ran.code, ran.err) == (3, "page: facebook: API version v21.0 ends in 51 days, on 2027-01-21\n")
    assert [one.name for one in tmp_path.iterdir()] == ["accounts.toml"]
