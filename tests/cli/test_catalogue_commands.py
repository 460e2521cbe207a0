"""`catalogue`: what its maintainers see."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from socialconnect.lifecycle.drift import DriftFile, DriftRecord

if TYPE_CHECKING:
    from tests.cli.conftest import Ran

Cli = Callable[..., "Ran"]

FILE = """
network = "sample"
verified_on = 2026-11-24

[[entries]]
id = "the-end"
what = "It ends."
state = "retired"
operations = ["publish"]
announced = 2026-06-01
effective = 2027-01-01
source = "https://example.com/notice"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A catalogue file of a network that does not exist."""
    path = tmp_path / "sample.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_check_is_content_with_fresh_facts(cli: Cli, file: Path) -> None:
    """Facts that were checked lately pass, and what ends soon is told."""
    ran = cli("catalogue", "check", file, "--on", "2026-11-25")
    assert ran.code == 0
    assert "publish (then retired) ends in 37 days, on 2027-01-01" in ran.out
    assert "Nothing to look at" in cli("catalogue", "check", file, "--on", "2026-11-25", "--within", "30d").out


def test_check_fails_for_stale_facts(cli: Cli, file: Path) -> None:
    """Old facts exit 1, and so does what was foretold and has come due since the check."""
    ran = cli("catalogue", "check", file, "--on", "2027-06-30", "--json")
    assert ran.code == 1
    assert [one["kind"] for one in json.loads(ran.out)["findings"]] == ["stale", "expected"]


def test_check_names_the_place_in_a_broken_file(cli: Cli, file: Path) -> None:
    """A date that is no date, an unknown key and an unknown operation are told with the file and the entry."""
    for broken, told in (
        (FILE.replace("2027-01-01", '"soon"'), "the-end"),
        (FILE.replace("announced", "anounced"), "anounced"),
        (FILE.replace('"publish"', '"publsh"'), "publsh"),
        (FILE.replace("2027-01-01", "2027-13-01"), "line 11"),
    ):
        file.write_text(broken, "utf-8")
        ran = cli("catalogue", "check", file)
        assert ran.code == 2
        assert "sample.toml" in ran.err
        assert told in ran.err


def test_the_bundled_facts_are_checked_without_a_file(cli: Cli) -> None:
    """The facts in use are those that come with the library; every unverified row is listed."""
    ran = cli("catalogue", "check", "--on", "2026-11-24", "--json")
    assert ran.code == 0
    found = json.loads(ran.out)
    assert {"unverified", "undated"} == {one["kind"] for one in found["findings"]}
    assert any(one["what"] == "API graph version v21.0" for one in found["ends"])


def test_show_finds_rows_by_their_words(cli: Cli, file: Path) -> None:
    """Rows are shown with their sources; words narrow them down; a network without facts is told."""
    ran = cli("catalogue", "show", "twitter", "media", "upload", "retired")
    assert ran.code == 0
    assert "v11-media-upload" in ran.out
    assert "basic-plan" not in ran.out
    assert "https://example.com/notice" in cli("catalogue", "show", "sample", "--file", file).out
    assert json.loads(cli("catalogue", "show", "sample", "--file", file, "--json").out)["network"] == "sample"
    assert cli("catalogue", "show", "mastodon").code == 2


def test_diff_tells_rows_and_fields(cli: Cli, file: Path, tmp_path: Path) -> None:
    """What was added, removed and changed is told by row and field."""
    newer = tmp_path / "newer.toml"
    text = FILE.replace("2026-11-24", "2026-12-01").replace("2027-01-01", "2027-02-01")
    newer.write_text(text + FILE[FILE.index("[[entries]]") :].replace("the-end", "another"), "utf-8")
    lines = cli("catalogue", "diff", file, newer).out.splitlines()
    assert lines == [
        "sample: 3 differences",
        "  changed the file: verified_on 2026-11-24 → 2026-12-01",
        "  added entry another",
        "  changed entry the-end: effective 2027-01-01 → 2027-02-01",
    ]
    assert json.loads(cli("catalogue", "diff", file, file, "--json").out) == {"sample": []}


def test_diff_with_one_file_compares_with_the_facts_in_use(cli: Cli, file: Path) -> None:
    """A network of which nothing is known yet cannot be compared, and that is told."""
    ran = cli("catalogue", "diff", file)
    assert ran.code == 2
    assert "sample" in ran.err


def test_drift_records_are_shown(cli: Cli, tmp_path: Path) -> None:
    """A maintainer reads what was believed and what came; a line that is no record is told by its number."""
    path = tmp_path / "drift.jsonl"
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    record = DriftRecord(
        at=at, network="twitter", operation="publish", believed="publish is active", came="ApiRetired", status=410
    )
    DriftFile(path).add(record)
    ran = cli("catalogue", "drift", path)
    assert "the catalogue said publish is active; the network answered ApiRetired" in ran.out
    assert "HTTP 410" in ran.out
    assert json.loads(cli("catalogue", "drift", path, "--json").out)[0]["came"] == "ApiRetired"
    path.write_text(path.read_text("utf-8") + "{}\n", "utf-8")
    broken = cli("catalogue", "drift", path)
    assert broken.code == 2
    assert "line 2" in broken.err
