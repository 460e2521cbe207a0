"""A clock, a wall, and outboxes over a file that survives them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.postgres.server import database, server_address
from tests.outbox.wall import Wall

from socialconnect.outbox import Outbox
from socialconnect.testing import TestClock


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.db"


@pytest.fixture
def outbox(path: Path, clock: TestClock) -> Iterator[Outbox]:
    with Outbox(path, clock=clock, poll=timedelta(minutes=10)) as outbox:
        yield outbox


@pytest.fixture(scope="session", autouse=True)
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A temporary directory of this run's own: workers on PostgreSQL that are killed leave their locks there."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Where the server of this test run is."""
    with server_address() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_address: str) -> Iterator[str]:
    """The name of a database that holds an empty outbox: copying it is faster than making another."""
    with database(postgres_address) as address:
        Outbox(address).close()
        yield address.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def postgres(postgres_address: str, postgres_template: str) -> Iterator[str]:
    """The address of an outbox of this test's own."""
    with database(postgres_address, postgres_template) as address:
        yield address
