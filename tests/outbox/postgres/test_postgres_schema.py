"""The schema: made, recognised, brought up to date where it is, or refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from tests.outbox.postgres.conftest import Db
from tests.outbox.postgres.server import address_as, database
from tests.outbox.wall import Wall, network

from socialconnect import Outbox, Post
from socialconnect.outbox import StoreUnavailable
from socialconnect.outbox.postgres import schema
from socialconnect.testing import TestClock


def tables(address: str) -> set[str]:
    """Give the names of all tables that are not PostgreSQL's own."""
    with psycopg.connect(address) as connection:
        found = connection.execute(
            "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', "
            "'information_schema')"
        ).fetchall()
    return {str(row[0]) for row in found}


def test_many_may_make_it_at_once(postgres_address: str) -> None:
    """Of several that open an empty database, one makes the outbox, and none fails."""
    with database(postgres_address) as address:

        def open_it(_: int) -> int:
            with Outbox(address) as outbox:
                return len(outbox.deliveries())

        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(open_it, range(6))) == [0] * 6


def test_it_keeps_to_itself(postgres_address: str) -> None:
    """All tables are in a schema of the outbox's own; those of an application in the same database are left alone."""
    with database(postgres_address) as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE deliveries (theirs text)")
        Outbox(address).close()
        found = tables(address)
    assert "public.deliveries" in found
    assert {one.partition(".")[0] for one in found - {"public.deliveries"}} == {"socialconnect"}
    assert {"socialconnect.deliveries", "socialconnect.procrastinate_jobs"} <= found


def test_an_outbox_of_every_version_is_brought_up_to_date(
    postgres_address: str, clock: TestClock, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older version planned is there after each upgrade, with its job, and is carried out."""
    upgrades = schema.UPGRADES
    for version in range(1, len(upgrades) + 1):
        with database(postgres_address) as address:
            monkeypatch.setattr(schema, "UPGRADES", upgrades[:version])
            old = Outbox(address, clock=clock)
            network(wall, old, clock).schedule(Post(f"by {version}"), clock.now() + timedelta(hours=1))
            old.close()
            monkeypatch.setattr(schema, "UPGRADES", upgrades)
            with Outbox(address, clock=clock, poll=timedelta(hours=1)) as outbox:
                network(wall, outbox, clock)
                assert [one.post.text for one in outbox.deliveries()] == [f"by {version}"]
                assert outbox.run(until_idle=True).published == 1


def test_procrastinates_schema_is_brought_up_to_date(postgres_address: str, clock: TestClock, wall: Wall) -> None:
    """An outbox made with an older procrastinate gets that one's own upgrades, once, and goes on."""
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"), key=lambda one: one.name)
    then = [one for one in migrations if one.name < "03.03"]
    with database(postgres_address) as address:
        inside = "-c search_path=socialconnect"
        with psycopg.connect(address, options=inside, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA socialconnect")
            connection.execute(
                "CREATE TABLE versions (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version integer, "
                "procrastinate text, at timestamptz NOT NULL DEFAULT now())"
            )
            for one in then:
                connection.execute(one.read_bytes())
            connection.execute(schema.UPGRADES[0].encode())
            connection.execute("INSERT INTO versions (version, procrastinate) VALUES (1, %s)", (then[-1].name,))
        Outbox(address).close()
        with Outbox(address, clock=clock, poll=timedelta(hours=1)) as outbox:
            network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
            assert outbox.run(until_idle=True).published == 1
        with psycopg.connect(address, options=inside) as connection:
            known = connection.execute("SELECT to_regproc('procrastinate_retry_job_v2') IS NOT NULL").fetchone()
            told = connection.execute("SELECT procrastinate FROM versions ORDER BY number").fetchall()
    assert known == (True,)
    assert told == [(then[-1].name,), (migrations[-1].name,)]


@pytest.mark.parametrize(
    ("newer", "upgrade"),
    [("99, '00'", "Upgrade socialconnect"), ("1, '99.00.00_01_pre_future.sql'", "Upgrade procrastinate")],
)
def test_a_newer_schema_is_refused(postgres: str, db: Db, newer: str, upgrade: str) -> None:
    """An outbox that a newer version wrote, of ours or of procrastinate, is refused, saying so."""
    db.execute(f"INSERT INTO versions (version, procrastinate) VALUES ({newer})".encode())
    with pytest.raises(StoreUnavailable, match="newer version") as caught:
        Outbox(postgres)
    assert upgrade in str(caught.value)


def test_somebody_elses_schema_is_refused(postgres_address: str) -> None:
    """A schema of that name that is no outbox is refused and left as it was."""
    with database(postgres_address) as address:
        with psycopg.connect(address) as connection:
            connection.execute("CREATE SCHEMA socialconnect CREATE TABLE theirs (id int)")
        with pytest.raises(StoreUnavailable, match="not an outbox"):
            Outbox(address)
        assert tables(address) == {"socialconnect.theirs"}


def test_an_upgrade_that_fails_leaves_nothing(postgres_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """If something goes wrong in the middle, the database is as it was, and the next attempt succeeds."""
    upgrades = schema.UPGRADES
    with database(postgres_address) as address:
        monkeypatch.setattr(schema, "UPGRADES", (*upgrades, "CREATE TABLE x (id int); SELECT 1 / 0"))
        with pytest.raises(psycopg.errors.DivisionByZero):
            Outbox(address)
        assert tables(address) == set()
        monkeypatch.setattr(schema, "UPGRADES", upgrades)
        Outbox(address).close()


def test_a_user_without_rights_is_told(postgres: str, db: Db, clock: TestClock) -> None:
    """A user who may not read the outbox is told so; one who may use it need not be able to make it."""
    name = f"reader_{db.info.dbname[-12:]}"
    db.execute(f"CREATE USER {name}".encode())
    try:
        theirs = address_as(postgres, name)
        with pytest.raises(StoreUnavailable, match="cannot be used") as caught:
            Outbox(theirs)
        assert "permission" in str(caught.value)
        db.execute(f"GRANT USAGE ON SCHEMA socialconnect TO {name}".encode())
        for kind in ("TABLES", "SEQUENCES"):
            db.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA socialconnect TO {name}".encode())
        with Outbox(theirs, clock=clock) as outbox:
            assert outbox.deliveries() == []
    finally:
        for kind in ("TABLES", "SEQUENCES"):
            db.execute(f"REVOKE ALL ON ALL {kind} IN SCHEMA socialconnect FROM {name}".encode())
        db.execute(f"REVOKE ALL ON SCHEMA socialconnect FROM {name}".encode())
        db.execute(f"DROP USER {name}".encode())
