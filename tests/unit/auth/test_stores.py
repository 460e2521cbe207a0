"""Where tokens are kept: whole or not at all, for their owner alone, changed by compare and swap."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from socialconnect.auth import FileTokenStore, MemoryTokenStore, Token, TokenStore
from socialconnect.errors import ConfigurationError


def token(number: int) -> Token:
    return Token.model_validate(
        {
            "access_token": f"access-{number:04}",
            "refresh_token": f"refresh-{number:04}",
            "expires_at": "2026-11-24T11:00:00Z",
            "scopes": ["tweet.read", "tweet.write"],
        }
    )


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    """Give each kind of store, empty."""
    return MemoryTokenStore() if request.param == "memory" else FileTokenStore(tmp_path / "tokens")


def test_a_token_reads_back(store: TokenStore) -> None:
    """What was stored is what is read, secrets and end and scopes."""
    assert store.load("twitter:1") is None
    assert store.swap("twitter:1", token(1), expected=None)
    assert store.load("twitter:1") == token(1)
    assert store.load("twitter:2") is None


def test_a_swap_needs_what_was_expected(store: TokenStore) -> None:
    """A token is replaced only if the one that stands there is the one that was read."""
    assert store.swap("a", token(1), expected=None)
    assert not store.swap("a", token(2), expected=None)
    assert not store.swap("a", token(2), expected=token(3))
    assert store.load("a") == token(1)
    assert store.swap("a", token(2), expected=token(1))
    assert store.load("a") == token(2)


def test_one_holds_the_lock(store: TokenStore) -> None:
    """The refresh lock is held once for each account, and free again afterwards."""
    with store.lock("a") as first, store.lock("a") as second, store.lock("b") as other:
        assert (first, second, other) == (True, False, True)
    with store.lock("a") as again:
        assert again


@pytest.mark.parametrize("account", ["twitter:1", "urn:li:organization:1", "../../etc/passwd", ".", "a/b", "a.lock"])
def test_any_name_is_a_file_in_the_directory(tmp_path: Path, account: str) -> None:
    """An account's name never leads out of the directory, nor to another account's files."""
    store = FileTokenStore(tmp_path / "tokens")
    assert store.swap(account, token(1), expected=None)
    assert store.load(account) == token(1)
    assert [one.name for one in tmp_path.iterdir()] == ["tokens"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Neither the directory nor any file in it can be read by others."""
    store = FileTokenStore(tmp_path / "tokens")
    store.swap("a", token(1), expected=None)
    with store.lock("a"):
        found = [tmp_path / "tokens", *(tmp_path / "tokens").iterdir()]
    assert len(found) == 4
    assert all(stat.S_IMODE(one.stat().st_mode) & 0o077 == 0 for one in found)


def test_a_failed_write_leaves_the_old_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the new file cannot be put in place, the old one stands, and no rest of the new one."""
    store = FileTokenStore(tmp_path)
    store.swap("a", token(1), expected=None)

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        store.swap("a", token(2), expected=token(1))
    assert store.load("a") == token(1)
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".token")]


@pytest.mark.parametrize("content", ["", "{", '{"access_token": ["sesame-0123"]}', '{"refresh_token": "sesame-0123"}'])
def test_a_broken_file_is_told_without_its_content(tmp_path: Path, content: str) -> None:
    """A file that holds no token is a fault of the set-up, told without what it holds."""
    store = FileTokenStore(tmp_path)
    store.swap("a", token(1), expected=None)
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(ConfigurationError, match="does not hold a token") as caught:
        store.load("a")
    assert "sesame" not in str(caught.value)
    assert caught.value.__context__ is None


def test_another_process_is_kept_out(tmp_path: Path) -> None:
    """The lock and the file are one for all processes of the machine."""
    store = FileTokenStore(tmp_path)
    program = (
        "import sys\nfrom socialconnect.auth import FileTokenStore\n"
        "store = FileTokenStore(sys.argv[1])\n"
        "with store.lock('a') as held:\n    print(held, store.load('a').access_token.get_secret_value())\n"
    )
    store.swap("a", token(1), expected=None)

    def elsewhere() -> str:
        command = [sys.executable, "-c", program, str(tmp_path)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    with store.lock("a") as held:
        assert held
        assert elsewhere() == "False access-0001"
    assert elsewhere() == "True access-0001"


def test_the_directory_cannot_be_made(tmp_path: Path) -> None:
    """A directory that cannot be made is told when the store is made."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ConfigurationError, match="token directory"):
        FileTokenStore(tmp_path / "taken" / "tokens")


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    """A person can read what is stored, and another program too."""
    FileTokenStore(tmp_path).swap("a", token(1), expected=None)
    assert json.loads((tmp_path / "a.json").read_text())["access_token"] == "access-0001"
