"""A look into the database, past the outbox."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

Db = psycopg.Connection[DictRow]


@pytest.fixture
def db(postgres: str) -> Iterator[Db]:
    """A connection of the test's own."""
    connect = psycopg.Connection[DictRow].connect
    with connect(postgres, autocommit=True, row_factory=dict_row, options="-c search_path=socialconnect") as connection:
        yield connection
