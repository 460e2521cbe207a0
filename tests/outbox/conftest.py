"""A clock, a wall, and outboxes over a file that survives them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
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
    with Outbox(path, clock=clock) as outbox:
        yield outbox
