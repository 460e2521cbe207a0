"""Where refreshed tokens are kept: one token for each account, changed by compare and swap."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from pydantic import SecretStr
from pydantic import ValidationError as ShapeError

from socialconnect.auth.tokens import Token
from socialconnect.errors import ConfigurationError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["FileTokenStore", "MemoryTokenStore", "TokenStore"]


class TokenStore(Protocol):
    """
    Keeps one token for each account. Its methods are short: they are called on the event loop too.

    `account` is any name that the application gives the account, such as `twitter:2244994945`.
    """

    def load(self, account: str) -> Token | None:
        """Give the account's token, or `None` if there is none."""
        ...

    def swap(self, account: str, token: Token, *, expected: Token | None) -> bool:
        """
        Put a token in the place of another. It is on disk when this returns.

        Args:
            account: The account.
            token: What is to be kept.
            expected: What must stand there now; `None` for nothing.

        Returns:
            Whether it was done: `False` if something else stands there.
        """
        ...

    def lock(self, account: str) -> AbstractContextManager[bool]:
        """Try to hold the account's refresh lock, without waiting; gives whether it is held."""
        ...


class MemoryTokenStore:
    """Keeps tokens in memory, for one process: for tests, and for tokens that need not outlive it."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def load(self, account: str) -> Token | None:
        """Give the account's token, or `None` if there is none."""
        return self._tokens.get(account)

    def swap(self, account: str, token: Token, *, expected: Token | None) -> bool:
        """Put a token in the place of another; see `TokenStore.swap`."""
        with self._guard:
            if self._tokens.get(account) != expected:
                return False
            self._tokens[account] = token
            return True

    @contextmanager
    def lock(self, account: str) -> Generator[bool]:
        """Try to hold the account's refresh lock; see `TokenStore.lock`."""
        with self._guard:
            lock = self._locks.setdefault(account, threading.Lock())
        held = lock.acquire(blocking=False)
        try:
            yield held
        finally:
            if held:
                lock.release()


class FileTokenStore:
    """
    Keeps each account's token in a file that only its owner may read, shared by the processes of one machine.

    A file is replaced as a whole, so that a crash leaves the old token or the new one. The refresh lock is the
    operating system's: it ends with its process. Not for a directory on a network drive.

    Args:
        directory: Where the files are; made if it is missing.

    Raises:
        ConfigurationError: The directory cannot be made.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self._directory = Path(directory)
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"Cannot make the token directory {directory}: {error.strerror}.") from error

    def load(self, account: str) -> Token | None:
        """
        Give the account's token, or `None` if there is none.

        Raises:
            ConfigurationError: The file cannot be read, or does not hold a token.
        """
        path = self._path(account)
        try:
            return _read(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ConfigurationError(f"Cannot read the token file {path}: {error.strerror}.") from error
        except ShapeError:
            # pydantic's own error repeats what it read, and that is a secret.
            pass
        raise ConfigurationError(
            f"The token file {path} does not hold a token.", hint="Delete it, and connect the account again."
        )

    def swap(self, account: str, token: Token, *, expected: Token | None) -> bool:
        """
        Put a token in the place of another; see `TokenStore.swap`.

        Raises:
            ConfigurationError: The file cannot be written.
        """
        path = self._path(account)
        try:
            with self._locked(path.with_suffix(".swap"), wait=True):
                if self.load(account) != expected:
                    return False
                _write(path, token)
                return True
        except OSError as error:
            raise ConfigurationError(f"Cannot write the token file {path}: {error.strerror}.") from error

    def lock(self, account: str) -> AbstractContextManager[bool]:
        """Try to hold the account's refresh lock; see `TokenStore.lock`."""
        return self._locked(self._path(account).with_suffix(".lock"), wait=False)

    def _path(self, account: str) -> Path:
        # The dot is escaped too, so that no account's name can be another one's lock file, or "..".
        return self._directory / f"{quote(account, safe='').replace('.', '%2E')}.json"

    @contextmanager
    def _locked(self, path: Path, *, wait: bool) -> Generator[bool]:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _take(descriptor, wait=wait)
        finally:
            os.close(descriptor)  # gives the lock back


def _read(path: Path) -> Token:
    return Token.model_validate_json(path.read_bytes())


def _write(path: Path, token: Token) -> None:
    told = token.model_dump(mode="json", exclude_none=True)
    for name in ("access_token", "refresh_token"):
        secret: SecretStr | None = getattr(token, name)
        if secret is not None:
            told[name] = secret.get_secret_value()
    descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=".token-")  # readable by its owner alone
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(written)
        raise
    _sync_directory(path.parent)


if sys.platform == "win32":

    def _take(descriptor: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
            else:
                return True

    def _sync_directory(directory: Path) -> None:
        pass  # Windows cannot

else:

    def _take(descriptor: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _sync_directory(directory: Path) -> None:
        # Without this a power cut may bring the old name back, and with it a refresh token that is used up.
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
