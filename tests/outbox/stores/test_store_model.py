"""Each store against a dictionary: whatever is done in whatever order, by whomever, both come to the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from psycopg.rows import DictRow, dict_row
from tests.outbox.stores.machine import ACCOUNTS, Model

from socialconnect.network import run
from socialconnect.outbox.place import place
from socialconnect.outbox.store import Store


class OnPostgres(Model):
    """The same; and each account with something to do has a job, which does not come too late."""

    db: psycopg.Connection[DictRow]

    @invariant()
    def the_jobs_are_there(self) -> None:
        """Before or at the account's next moment: one that comes too early, as after a pause, finds nothing to do."""
        find = "SELECT scheduled_at FROM procrastinate_jobs WHERE queue_name = account_key(%s, %s)"
        for account in ACCOUNTS:
            jobs = self.db.execute(find, account).fetchall()
            moment = self.model.next_moment(account)
            assert len(jobs) in ((0, 1) if moment is None else (1,))
            assert all(one["scheduled_at"] <= moment for one in jobs if moment is not None)


@pytest.fixture
def machine(where: str, tmp_path: Path) -> Iterator[type[Model]]:
    """The model over this store, which each of its runs finds empty."""
    on_postgres = where.startswith("postgresql")
    numbers = iter(range(10**6))
    with ExitStack() as both:

        def opened(where: str, stack: ExitStack) -> tuple[Store, Store]:
            stores = [place(where, tmp_path / "media", blocking=True).store for _ in range(2)]
            for one in stores:
                stack.callback(lambda one=one: run(one.close()))  # type: ignore[misc]  # mypy: a default has no type
            return stores[0], stores[1]

        if on_postgres:
            kept = opened(where, both)
            inside = "-c search_path=socialconnect"
            connected = psycopg.connect(where, autocommit=True, row_factory=dict_row, options=inside)
            connection = both.enter_context(connected)

        class Fresh(OnPostgres if on_postgres else Model):  # type: ignore[misc]  # one of two
            def __init__(self) -> None:
                super().__init__()
                self.own = ExitStack()
                if on_postgres:
                    self.stores, self.db = kept, connection
                    empty(connection)
                else:
                    self.stores = opened(f"{where}-{next(numbers)}", self.own)

            def teardown(self) -> None:
                super().teardown()
                self.own.close()

        yield Fresh


def empty(db: psycopg.Connection[DictRow]) -> None:
    """Delete all that an outbox holds."""
    for table in ("steps", "deliveries", "campaigns", "drafts", "history", "pauses", "reroutes", "procrastinate_jobs"):
        db.execute(f"DELETE FROM {table}".encode())


def test_it_holds_what_a_dictionary_holds(machine: type[Model], where: str) -> None:
    """Any sequence of plans, claims, answers, deaths, looks, pauses and wishes leaves both the same."""
    examples = 20 if where.startswith("postgresql") else 100
    some = settings(max_examples=examples, stateful_step_count=50, derandomize=True, deadline=None, database=None)
    run_state_machine_as_test(machine, settings=settings(some, suppress_health_check=list(HealthCheck)))
