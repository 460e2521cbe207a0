"""Running the command line in this process, against emulators on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from socialconnect.cli.app import run_app
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, and what it printed to each stream."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Stage:
    """Four emulators, and an accounts file that points at them."""

    accounts: Path
    emulators: dict[str, Emulator]

    @property
    def posts(self) -> int:
        """How many posts people would see."""
        return sum(len(one.wall) for one in self.emulators.values())


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Give a function that runs a command as a person would type it."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str | Path) -> Ran:
        monkeypatch.setattr("sys.argv", ["socialconnect", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            run_app()
        out, err = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, out, err)

    return run


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Serve the four emulators on loopback and write the accounts file for them."""
    emulators: dict[str, Emulator] = {
        "facebook": FacebookEmulator(),
        "instagram": InstagramEmulator(processing=timedelta(0)),
        "linkedin": LinkedInEmulator(),
        "twitter": TwitterEmulator(),
    }
    names = {"facebook": "page_id", "instagram": "user_id", "linkedin": "author", "twitter": "user_id"}
    with ExitStack() as stack:
        lines = ['outbox = "outbox.db"']
        for name, emulator in emulators.items():
            account = emulator.accounts[0]
            url = stack.enter_context(serving(emulator))
            monkeypatch.setenv(f"{name.upper()}_TOKEN", account.token)
            lines += [
                f"[accounts.{name}]",
                f'network = "{name}"',
                f'{names[name]} = "{account.id}"',
                f'token = {{ env = "{name.upper()}_TOKEN" }}',
                f'base_url = "{url}"',
            ]
        accounts = tmp_path / "accounts.toml"
        accounts.write_text("\n".join(lines), "utf-8")
        yield Stage(accounts, emulators)
