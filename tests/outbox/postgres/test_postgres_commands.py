"""The command line, with an outbox on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.outbox.postgres.server import database

from socialconnect import Outbox, Post
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.server import serving

ROOT = Path(__file__).parents[3]
PAGE = '[accounts.page]\nnetwork = "facebook"\npage_id = "1"\ntoken = { env = "TOKEN" }\n'


def command(*words: str | Path) -> list[str]:
    """The command line and nothing of this process's."""
    return [sys.executable, "-m", "socialconnect", *map(str, words)]


def ran(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    given = {**os.environ, "COLUMNS": "200", **environment}
    return subprocess.run(command(*words), cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=60)


def test_an_outbox_is_made_and_listed(postgres_address: str) -> None:
    """`outbox migrate` makes it, and the other commands take its address as they take a file."""
    with database(postgres_address) as address:
        made = ran("outbox", "migrate", "--outbox", address)
        assert (made.returncode, made.stderr) == (0, "")
        assert made.stdout.endswith("is up to date.\n")
        with Outbox(address) as outbox:
            outbox.add_campaign("c", [("facebook", "1000", Post("hello"), datetime.now(UTC))])
        listed = ran("outbox", "list", "--outbox", address, "--json")
        assert [one["state"] for one in json.loads(listed.stdout)] == ["planned"]


def test_workers_run_until_they_are_stopped(postgres: str, tmp_path: Path) -> None:
    """`run --workers` takes the address from the environment, carries out what is due, and ends well on SIGTERM."""
    emulator = FacebookEmulator()
    account = emulator.accounts[0]
    with Outbox(postgres) as outbox:
        outbox.add_campaign("c", [("facebook", account.id, Post("hello"), datetime.now(UTC))])
    with serving(emulator) as url:
        accounts = tmp_path / "accounts.toml"
        accounts.write_text(
            f'outbox = {{ env = "OUTBOX" }}\n[accounts.page]\nnetwork = "facebook"\npage_id = "{account.id}"\n'
            f'token = {{ env = "TOKEN" }}\nbase_url = "{url}"\n'
        )
        given = {**os.environ, "OUTBOX": postgres, "TOKEN": account.token}
        worker = subprocess.Popen(
            command("run", "--accounts", accounts, "--workers", "2"),
            cwd=ROOT,
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with worker:
            assert worker.stderr is not None
            seen = []
            for line in worker.stderr:
                seen.append(line)
                if "published" in line:
                    break
            worker.send_signal(signal.SIGTERM)
            rest = worker.communicate(timeout=60)
        assert (worker.returncode, "Traceback" in rest[1]) == (0, False), [*seen, *rest]
    assert [post.text for post in emulator.wall] == ["hello"]


@pytest.mark.parametrize(
    ("outbox", "told"),
    [
        ('{ env = "OUTBOX" }', "not set in the environment"),
        ('{ file = "OUTBOX" }', "env ="),
        ('"postgresql://user:hunter2@127.0.0.1:1/outbox"', "secrets do not belong in a file"),
        ('{ env = "UNREACHABLE" }', "See whether the server runs"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, outbox: str, told: str) -> None:
    """A missing variable, another kind of reference, a password, a server that is not there; never the password."""
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(f"outbox = {outbox}\n{PAGE}")
    failed = ran("outbox", "list", "--accounts", accounts, UNREACHABLE="postgresql://user:hunter2@127.0.0.1:1/outbox")
    assert failed.returncode == 2
    assert told in failed.stderr
    assert "hunter2" not in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_file_takes_no_workers(tmp_path: Path) -> None:
    """On a file, and with `--once`, `--workers` is refused with a reason."""
    accounts = tmp_path / "accounts.toml"
    accounts.write_text(f'outbox = "o.db"\n{PAGE}')
    assert "PostgreSQL" in ran("run", "--accounts", accounts, "--workers", "2", TOKEN="t").stderr
    assert "--once" in ran("run", "--accounts", accounts, "--workers", "2", "--once", TOKEN="t").stderr
