"""The outbox as its users see it, on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.wall import Wall, async_network, network

from socialconnect import AsyncOutbox, Image, Outbox, Post
from socialconnect.errors import ConfigurationError, OutcomeUnknown
from socialconnect.outbox import DeliveryState
from socialconnect.testing import TestClock, sample_image


@pytest.fixture
def shared(postgres: str, clock: TestClock) -> Iterator[Outbox]:
    with Outbox(postgres, clock=clock) as outbox:
        yield outbox


def test_a_plan_is_carried_out_by_another_process(postgres: str, wall: Wall, clock: TestClock) -> None:
    """What one outbox planned, another one over the same database carries out."""
    with Outbox(postgres, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    with Outbox(postgres, clock=clock) as outbox:
        assert outbox.run_due().unattached == {"wall a": 1}
        network(wall, outbox, clock)
        assert outbox.run(until_idle=True).published == 1
    assert wall.texts() == ["hello"]


def test_threads_deliver_each_once(postgres: str, wall: Wall, clock: TestClock) -> None:
    """Four outboxes over one database, in four threads, publish each delivery once and in its account's order."""
    with ExitStack() as stack:
        outboxes = [stack.enter_context(Outbox(postgres, clock=clock)) for _ in range(4)]
        for outbox in outboxes:
            for account in "abc":
                network(wall, outbox, clock, account)
        at = clock.now() + timedelta(minutes=1)
        outboxes[0].add_campaign("c", [("wall", account, Post(f"{n}"), at) for n in range(10) for account in "abc"])
        clock.advance(minutes=1)
        with ThreadPoolExecutor(4) as pool:
            # A pass may find every account busy with the others; the last one to look finds what is left.
            published = sum(report.published for report in pool.map(lambda one: one.run_due(), outboxes))
        published += outboxes[0].run_due().published
    assert published == 30
    for account in "abc":
        assert wall.texts(account) == [f"{n}" for n in range(10)]


def test_a_lost_answer_is_looked_for(shared: Outbox, clock: TestClock) -> None:
    """A delivery whose answer was lost is found on the account, and not sent again."""
    wall = ReadableWall(clock, lose=[True])
    readable(wall, shared, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    report = shared.run(until_idle=True)
    assert (report.unknown, report.published) == (1, 1)
    assert wall.texts == ["hello"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_async_face_is_the_same(postgres: str, wall: Wall, clock: TestClock) -> None:
    """Under asyncio and trio the outbox does on PostgreSQL what it does on SQLite."""
    async with AsyncOutbox(postgres, clock=clock) as outbox:
        page = async_network(wall, outbox, clock)
        plan = await page.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        draft = await page.draft(Post("a draft"))
        assert (await page.publish_draft(draft)).text == "a draft"
        assert (await outbox.run(until_idle=True)).published == 1
        assert (await outbox.delivery(plan.id)).state is DeliveryState.PUBLISHED
    assert wall.texts() == ["a draft", "hello"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_cancellation_does_not_part_an_answer_from_its_record(
    postgres: str, wall: Wall, clock: TestClock
) -> None:
    """A task that is cancelled while its post goes live has it on record that it is live."""
    import anyio

    async with AsyncOutbox(postgres, clock=clock) as outbox:
        plan = await async_network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        with anyio.CancelScope() as scope:
            wall.before_answer = scope.cancel
            await outbox.run_due()
        assert scope.cancel_called
        ended = await outbox.delivery(plan.id)
        assert ended.partly_live
        assert ended.state in (DeliveryState.PUBLISHED, DeliveryState.PLANNED)
        wall.before_answer = lambda: None
        await outbox.run(until_idle=True)
        assert (await outbox.delivery(plan.id)).state is DeliveryState.PUBLISHED
    assert wall.texts() == ["hello"]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_cancellation_during_the_request_is_recorded(postgres: str, wall: Wall, clock: TestClock) -> None:
    """A task that is cancelled while it waits for the answer has it on record, at once, that the outcome is unknown."""
    import anyio

    async with AsyncOutbox(postgres, clock=clock) as outbox:
        plan = await async_network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        with anyio.CancelScope() as scope:

            async def wait() -> None:
                scope.cancel()
                await anyio.sleep_forever()

            wall.wait = wait
            await outbox.run_due()
        assert (await outbox.delivery(plan.id)).state is DeliveryState.UNKNOWN


def test_media_files_need_a_shared_folder(shared: Outbox, postgres: str, tmp_path: Path, clock: TestClock) -> None:
    """Without a folder that all machines share, files are refused and addresses are not; with one, both are kept."""
    picture = Post("hello", media=[Image(sample_image(40, 40))])
    at = clock.now() + timedelta(minutes=1)
    with pytest.raises(ConfigurationError, match="media="):
        shared.add_campaign("c", [("wall", "a", picture, at)])
    linked = Post("hello", media=[Image("https://example.com/a.jpg")])
    shared.add_campaign("c", [("wall", "a", linked, at)])
    with Outbox(postgres, clock=clock, media=tmp_path / "media") as outbox:
        outbox.add_campaign("d", [("wall", "a", picture, at)])
        (kept,) = outbox.deliveries(campaign="d")
        assert kept.post.media[0].path is not None
        assert kept.post.media[0].path.parent == tmp_path / "media"


def test_where_it_is_is_told_without_the_password(postgres: str, clock: TestClock) -> None:
    """The outbox says where it is, but not the password; it has no file to name."""
    with Outbox(postgres.replace("postgres@", "postgres:hunter2@"), clock=clock) as outbox:
        assert "postgresql://" in repr(outbox)
        assert "hunter2" not in repr(outbox) + outbox.address
        with pytest.raises(ConfigurationError, match="not a file"):
            assert outbox.path


def test_a_path_is_not_an_address() -> None:
    """An address that went through a path has lost a slash; that is told, rather than a file made of that name."""
    with pytest.raises(ConfigurationError, match="as a string"):
        Outbox(Path("postgresql://localhost/outbox"))


def test_a_worker_of_another_machine_is_not_taken_for_gone(
    postgres: str, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a worker has no lock here says nothing about it: what it was sending is not sent again for a day."""
    wall = ReadableWall(clock, lose=[False])
    with Outbox(postgres, clock=clock, repeat_unseen=True) as outbox:
        readable(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        store = outbox._core._store
        finish = store.finish
        monkeypatch.setattr(store, "finish", _dies)
        with pytest.raises(SystemExit):
            outbox.run_due()
        monkeypatch.setattr(store, "finish", finish)
        del store, finish
    clock.advance(minutes=20)
    monkeypatch.setattr("socialconnect.outbox.owner.socket.gethostname", lambda: "another machine")
    with Outbox(postgres, clock=clock, repeat_unseen=True, poll=timedelta(hours=1)) as outbox:
        readable(wall, outbox, clock)
        outbox.run(clock.now() + timedelta(hours=2))
        (doubtful,) = outbox.deliveries()
        assert doubtful.state is DeliveryState.UNKNOWN
        assert "cannot be shown to be gone" in str(doubtful.seen)
    assert wall.requests == 1


async def _dies(*_: object) -> None:
    raise SystemExit


def test_sqlite_needs_none_of_it(tmp_path: Path) -> None:
    """Using the library and an outbox in a file imports neither psycopg nor procrastinate."""
    use = "import sys; from socialconnect import Outbox; Outbox(sys.argv[1]).close(); "
    use += "print([one for one in sys.modules if one.startswith(('psycopg', 'procrastinate'))])"
    done = subprocess.run([sys.executable, "-c", use, tmp_path / "o.db"], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """If psycopg is not there, the error names the extra that brings it."""
    monkeypatch.delitem(sys.modules, "socialconnect.outbox.postgres.store", raising=False)
    monkeypatch.setitem(sys.modules, "socialconnect.outbox.postgres.database", None)
    with pytest.raises(ConfigurationError, match=r"socialconnect\[postgres\]"):
        Outbox("postgresql://localhost/outbox")


def test_an_unknown_is_never_sent_again(shared: Outbox, wall: Wall, clock: TestClock) -> None:
    """A network that cannot be read back leaves its doubt to a person."""
    wall.troubles.append(OutcomeUnknown())
    network(wall, shared, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    assert shared.run(until_idle=True).unknown == 1
    assert wall.texts() == ["hello"]
    assert shared.deliveries(state="unknown")[0].seen is not None
