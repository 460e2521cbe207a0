"""Each test of this folder runs on every store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.outbox.stores.given import Opens

from socialconnect.network import run
from socialconnect.outbox.place import place
from socialconnect.outbox.store import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the store is."""
    if request.param == "sqlite":
        return str(tmp_path / "outbox.db")
    return str(request.getfixturevalue("postgres"))


@pytest.fixture
def opens(where: str, tmp_path: Path) -> Iterator[Opens]:
    """Opens the same store once more, as another process would."""
    with ExitStack() as stack:

        def open_it() -> Store:
            store = place(where, tmp_path / "media", blocking=True).store
            stack.callback(lambda: run(store.close()))
            return store

        yield open_it


@pytest.fixture
def store(opens: Opens) -> Store:
    """An empty store."""
    return opens()
