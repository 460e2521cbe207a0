"""The async outbox: the same behaviour, under asyncio and trio."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from tests.outbox.wall import Wall, async_network, network

from socialconnect import Image, Post
from socialconnect.errors import ConfigurationError, NotFound, OutcomeUnknown, RateLimited
from socialconnect.outbox import AsyncOutbox, DeliveryState, Outbox
from socialconnect.testing import TestClock

pytestmark = pytest.mark.anyio


async def test_the_whole_life(path: Path, wall: Wall, clock: TestClock, tmp_path: Path) -> None:
    """Drafts, plans and campaigns are kept, changed and carried out as by the blocking outbox."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    async with AsyncOutbox(path, clock=clock) as outbox:
        facebook = async_network(wall, outbox, clock)
        draft = await facebook.update_draft(await facebook.draft(Post("")), Post("draft"))
        assert await facebook.drafts() == await outbox.drafts() == [draft]
        await facebook.publish_draft(draft)
        with pytest.raises(NotFound):
            await facebook.delete_draft(draft)
        await facebook.schedule(Post("picture", media=[Image(picture)]), clock.now() + timedelta(minutes=5))
        picture.unlink()
        moved = await facebook.schedule(Post("moved"), clock.now() + timedelta(minutes=1))
        await facebook.reschedule(moved, clock.now() + timedelta(minutes=10))
        taken = await facebook.schedule(Post("taken"), clock.now() + timedelta(minutes=1))
        await outbox.cancel(taken.id)
        await outbox.add_campaign("c", [("wall", "a", Post("campaign"), timedelta(minutes=20))])
        await outbox.launch("c")
        assert (await outbox.run(until_idle=True)).published == 3
        assert wall.texts() == ["draft", "picture", "moved", "campaign"]
        assert (await outbox.delivery(taken.id)).state is DeliveryState.CANCELLED
        assert await outbox.held_for("wall", after=clock.now()) == ([], [])


async def test_a_lost_answer_is_unknown_and_never_repeated(path: Path, wall: Wall, clock: TestClock) -> None:
    """A lost answer is told, is not repeated, and is settled by hand; what passes is tried again."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        facebook = async_network(wall, outbox, clock)
        wall.troubles = [OutcomeUnknown(), RateLimited()]
        for text in ("lost", "throttled"):
            await facebook.schedule(Post(text), clock.now() + timedelta(minutes=1))
        report = await outbox.run(until=clock.now() + timedelta(hours=2))
        assert (report.unknown, report.postponed, report.published) == (1, 1, 1)
        assert wall.texts() == ["lost", "throttled"]
        (lost,) = await outbox.deliveries("unknown")
        assert (await outbox.settle(lost.id, None)).state is DeliveryState.FAILED


async def test_a_cancelled_run_knows_what_it_does_not_know(path: Path, wall: Wall, clock: TestClock) -> None:
    """A task cancelled while the request is on its way leaves the delivery unknown, at once."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        plan = await async_network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        with anyio.CancelScope() as scope:
            wall.wait = anyio.sleep_forever
            wall.before_answer = scope.cancel
            await outbox.run_due()
        assert scope.cancelled_caught
        assert (await outbox.delivery(plan.id)).state is DeliveryState.UNKNOWN
        assert wall.texts() == ["hello"]


async def test_accounts_are_served_side_by_side(path: Path, wall: Wall, clock: TestClock) -> None:
    """Two accounts' requests are under way at the same time; a run that never ends can be cancelled."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        under_way = 0
        both = anyio.Event()

        async def meet() -> None:
            nonlocal under_way
            under_way += 1
            if under_way == 2:
                both.set()
            await both.wait()

        wall.wait = meet
        for account in ("a", "b"):
            network = async_network(wall, outbox, clock, account)
            await network.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        with anyio.fail_after(30):
            assert (await outbox.run(until_idle=True)).published == 2
        with anyio.CancelScope() as scope:
            scope.cancel()
            await outbox.run()
        assert scope.cancelled_caught


async def test_both_faces_share_a_file(path: Path, wall: Wall, clock: TestClock) -> None:
    """What a blocking outbox planned, an async one carries out."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    async with AsyncOutbox(path, clock=clock) as outbox_too:
        async_network(wall, outbox_too, clock)
        assert (await outbox_too.run(until_idle=True)).published == 1


async def test_a_blocking_network_is_refused(path: Path, wall: Wall, clock: TestClock) -> None:
    """An async outbox takes async networks only."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        with pytest.raises(ConfigurationError, match="an Outbox and async ones"):
            network(wall, outbox, clock)  # type: ignore[arg-type]  # wrong on purpose


async def test_both_faces_have_the_same_methods() -> None:
    """Names, parameters and docstrings are the same, but for closing, and for jobs, which need asyncio."""

    def public(kind: type) -> dict[str, tuple[str, str | None]]:
        return {
            name: (re.sub(r"Async(Iterator|Network)", r"\1", str(inspect.signature(method))), method.__doc__)
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_") and name not in ("close", "aclose", "run_jobs")
        }

    assert public(Outbox) == public(AsyncOutbox)
