"""A database that cannot be used, or goes away: a clear error, nothing lost, nothing sent."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import anyio.to_thread
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.outbox.postgres.conftest import Db
from tests.outbox.postgres.server import Server, address_of, database, server, with_option
from tests.outbox.wall import Wall, WallAdapter, network

from socialconnect import Network, Outbox, Post
from socialconnect.errors import ConfigurationError
from socialconnect.outbox import DeliveryState, StoreUnavailable
from socialconnect.outbox.postgres import database as connecting
from socialconnect.outbox.postgres.database import PostgresDatabase
from socialconnect.outbox.postgres.worker import Engine
from socialconnect.testing import TestClock

IMPATIENT = 0.5
SOON = timedelta(milliseconds=50)


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server that a test may stop."""
    with server() as made:
        yield made


@pytest.fixture
def place(own_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database there, and an outbox that does not wait for it for long."""
    monkeypatch.setattr(connecting, "PATIENCE", IMPATIENT)
    with database(own_server.address) as address:
        yield address


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("postgresql://127.0.0.1:1/outbox", "See whether the server runs"),
        ("postgresql://user:hunter2@/outbox?host=/nowhere", "See whether the server runs"),
        ("postgresql://user:hunter2@host:port/outbox", ""),
        ("postgresql://user:hunter2@host/outbox?nothing=1", "It looks like"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(address: str, told: str) -> None:
    """What is wrong is said, with what to do, and never with the password."""
    with pytest.raises(ConfigurationError) as caught:
        Outbox(address)
    assert told in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_database_that_is_not_there_is_told(postgres_address: str) -> None:
    """It is not made by guess."""
    with pytest.raises(StoreUnavailable, match="must be there"):
        Outbox(address_of(postgres_address, "nowhere_at_all"))


def test_a_database_that_is_read_only_is_told(postgres: str, wall: Wall, clock: TestClock) -> None:
    """As a copy of a server is: what is there can be read, and planning says what is wrong."""
    with Outbox(postgres, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
    with Outbox(with_option(postgres, "default_transaction_read_only=on"), clock=clock) as outbox:
        assert len(outbox.deliveries()) == 1
        with pytest.raises(StoreUnavailable, match="primary"):
            network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))


def test_a_schema_that_was_taken_away_is_told(postgres: str, wall: Wall, clock: TestClock) -> None:
    """If somebody drops the outbox while it is open, that is said."""
    import psycopg

    with Outbox(postgres, clock=clock) as outbox:
        with psycopg.connect(postgres) as connection:
            connection.execute("DROP SCHEMA socialconnect CASCADE")
        with pytest.raises(StoreUnavailable, match="taken away"):
            network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))


@pytest.mark.parametrize("write", ["INSERT", "UPDATE"])
def test_a_server_without_room_is_told(postgres: str, db: Db, wall: Wall, clock: TestClock, write: str) -> None:
    """A full disk there is told as one here is: nothing is planned, or nothing sent, until there is room."""
    with Outbox(postgres, clock=clock) as outbox:
        page = network(wall, outbox, clock)
        if write == "UPDATE":
            page.schedule(Post("hello"), clock.now() + timedelta(hours=1))
            clock.advance(hours=1)
        db.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
        )
        db.execute(f"CREATE TRIGGER full_disk BEFORE {write} ON deliveries EXECUTE FUNCTION full_disk()".encode())

        def plan() -> object:
            return page.schedule(Post("hello"), clock.now() + timedelta(hours=1))

        with pytest.raises(StoreUnavailable, match="Make room on the server's disk"):
            plan() if write == "INSERT" else outbox.run_due()
        assert wall.posts == []
        assert len(outbox.deliveries()) == (write == "UPDATE")
        db.execute("DROP TRIGGER full_disk ON deliveries")
        if write == "INSERT":
            plan()
        outbox.run(until_idle=True)
    assert wall.texts() == ["hello"]


def test_a_closed_outbox_says_so(postgres: str) -> None:
    """Using it after it was closed is a clear error; closing it again is none."""
    outbox = Outbox(postgres)
    outbox.close()
    outbox.close()
    with pytest.raises(ConfigurationError, match="is closed"):
        outbox.deliveries()


def test_a_process_that_stops_in_the_middle_of_a_write_holds_nobody_up(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its session is ended before the others lose their patience; what it was writing is not written."""
    settings = connecting._SETTINGS
    stopped_for = f"session_timeout={int(connecting.PATIENCE * 500)}"
    assert stopped_for in settings
    monkeypatch.setattr(connecting, "_SETTINGS", settings.replace(stopped_for, "session_timeout=300"))
    account = ("wall", "a")
    stopped, other = (PostgresDatabase(postgres) for _ in range(2))
    try:
        with ExitStack() as stack:
            mine = stack.enter_context(stopped.writing([account]))
            mine.run("INSERT INTO pauses (kind, name, since) VALUES ('network', 'wall', 0)")
            with other.writing([account]) as theirs:  # waits for the lock
                assert theirs.all("SELECT * FROM pauses") == []
            with pytest.raises(StoreUnavailable, match="stood still"):
                stack.close()
    finally:
        stopped.close()
        other.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_starts_again_is_found_again(
    own_server: Server, place: str, wall: Wall, clock: TestClock, how: signal.Signals
) -> None:
    """While it is away the outbox says so; when it is back all is there, and the same outbox goes on."""
    with Outbox(place, clock=clock) as outbox:
        page = network(wall, outbox, clock)
        page.schedule(Post("hello"), clock.now() + timedelta(hours=1))
        own_server.stop(how)
        try:
            with pytest.raises(StoreUnavailable) as caught:
                page.schedule(Post("never"), clock.now() + timedelta(hours=1))
            assert caught.value.hint
            clock.advance(hours=1)
            with pytest.raises(StoreUnavailable):
                outbox.run_due()
            assert wall.posts == []
        finally:
            own_server.start()
        assert outbox.run(until_idle=True).published == 1
    assert wall.texts() == ["hello"]


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        ("record_step", None, DeliveryState.PLANNED),
        ("intend", None, DeliveryState.PLANNED),
        ("answer", None, DeliveryState.UNKNOWN),
        (None, "answer", DeliveryState.PLANNED),
    ],
)
def test_a_server_that_goes_in_the_middle_costs_nothing(
    own_server: Server, place: str, wall: Wall, clock: TestClock, before: str | None, after: str | None, state: str
) -> None:
    """Wherever in a publish the server goes: nothing is sent without an intent on record, and nothing twice."""
    with Outbox(place, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(hours=1))
        clock.advance(hours=1)
        store = outbox._core._store
        method = before or str(after)
        real = getattr(store, method)

        async def cut(*args: object, **kwargs: object) -> None:
            if before:
                own_server.stop(signal.SIGQUIT)
            await real(*args, **kwargs)
            own_server.stop(signal.SIGQUIT)

        setattr(store, method, cut)
        try:
            with pytest.raises(StoreUnavailable):
                outbox.run_due()
        finally:
            own_server.start()
    sent = before == "answer" or after is not None
    assert wall.texts() == ["hello"] * sent
    clock.advance(minutes=11)
    with Outbox(place, clock=clock) as outbox:
        network(wall, outbox, clock)
        report = outbox.run_due()
        assert report.unknown == (state is DeliveryState.UNKNOWN)
        assert report.published == (state is DeliveryState.PLANNED)
        (ended,) = outbox.deliveries()
        assert ended.state is (DeliveryState.UNKNOWN if state is DeliveryState.UNKNOWN else DeliveryState.PUBLISHED)
    assert wall.texts() == ["hello"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_workers_wait_for_a_server_that_starts_again(own_server: Server, wall: Wall, how: signal.Signals) -> None:
    """Jobs go on when the server is back, without anybody starting the worker again."""
    done = threading.Event()
    with database(own_server.address) as address, Outbox(address, poll=SOON, on_change=lambda _: done.set()) as outbox:
        page = Network.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
        page.schedule(Post("before"), datetime.now(UTC) + timedelta(milliseconds=10))
        last = page.schedule(Post("after"), datetime.now(UTC) + timedelta(hours=1))
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(outbox.run_jobs, workers=2, until_idle=True)
            assert done.wait(30)
            own_server.stop(how)
            own_server.start()
            page.reschedule(last, datetime.now(UTC) + timedelta(seconds=2))
            assert working.result(60).published == 2
    assert wall.texts() == ["before", "after"]


def test_workers_say_so_when_the_server_stays_away(own_server: Server, place: str, wall: Wall) -> None:
    """After a while of waiting a worker ends with what is wrong, so that its supervisor can see it."""
    done = threading.Event()
    with Outbox(place, poll=SOON, on_change=lambda _: done.set()) as outbox:
        page = Network.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
        page.schedule(Post("before"), datetime.now(UTC) + timedelta(milliseconds=10))
        page.schedule(Post("never"), datetime.now(UTC) + timedelta(hours=1))
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(outbox.run_jobs, workers=2)
            assert done.wait(30)
            own_server.stop()
            try:
                with pytest.raises(StoreUnavailable):
                    working.result(60)
            finally:
                own_server.start()
    assert wall.texts() == ["before"]


def test_a_worker_that_waits_for_the_server_can_be_stopped(
    own_server: Server, place: str, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told to stop while the server is away it ends with its report, as what it has done is done."""
    done, waits, told = threading.Event(), threading.Event(), threading.Event()
    server = Engine._server

    async def waiting(engine: Engine) -> None:
        waits.set()
        assert await anyio.to_thread.run_sync(told.wait, 30)
        engine._stopped.set()  # as SIGTERM does
        await server(engine)

    monkeypatch.setattr(Engine, "_server", waiting)
    with Outbox(place, poll=SOON, on_change=lambda _: done.set()) as outbox:
        page = Network.from_adapter(WallAdapter(wall), token="t", outbox=outbox)
        page.schedule(Post("before"), datetime.now(UTC) + timedelta(milliseconds=10))
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(outbox.run_jobs, workers=2)
            assert done.wait(30)
            own_server.stop()
            try:
                assert waits.wait(30)
                told.set()
                assert working.result(60).published == 1
            finally:
                told.set()
                own_server.start()


def test_a_server_that_is_cut_off_without_a_word_is_noticed() -> None:
    """No connection waits for hours for a machine that is gone; what the address says counts more."""
    told = conninfo_to_dict(connecting._read("postgresql://user@host/outbox?keepalives_idle=60")[0])
    link = {name: int(str(told[name])) for name in connecting._LINK}
    assert link["keepalives_idle"] == 60
    assert 0 < link["keepalives_interval"] * link["keepalives_count"] <= connecting.PATIENCE
    assert 0 < link["tcp_user_timeout"] <= connecting.PATIENCE * 1000
