"""An outbox with something of every kind in it, and another that is empty."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.lifecycle_leaving.archives import NOW, fill

from socialconnect import (
    Outbox,
)
from socialconnect.testing import TestClock


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Fill an outbox once; gives its folder, and the moment at which it is full."""
    folder, clock = tmp_path_factory.mktemp("filled"), TestClock(NOW)
    with Outbox(folder / "old.db", clock=clock, poll=timedelta(hours=1)) as outbox:
        fill(outbox, clock)
    return folder, clock.now()


@pytest.fixture
def clock(filled: tuple[Path, datetime]) -> TestClock:
    """Give a clock at the moment at which the outbox was filled."""
    return TestClock(filled[1])


@pytest.fixture
def outbox(filled: tuple[Path, datetime], tmp_path: Path, clock: TestClock) -> Iterator[Outbox]:
    """Give an outbox with something of every kind in it, for Twitter and for Facebook."""
    shutil.copytree(filled[0], tmp_path, dirs_exist_ok=True)
    with Outbox(tmp_path / "old.db", clock=clock) as outbox:
        yield outbox


@pytest.fixture
def other(tmp_path: Path, clock: TestClock) -> Iterator[Outbox]:
    """Give an empty outbox in another folder."""
    (tmp_path / "elsewhere").mkdir()
    with Outbox(tmp_path / "elsewhere" / "new.db", clock=clock, poll=timedelta(hours=1)) as outbox:
        yield outbox
