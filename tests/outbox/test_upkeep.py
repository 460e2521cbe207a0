"""Keeping the outbox tidy: what a vacuum clears and what it never does, and the export of everything."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable
from tests.outbox.wall import Wall, async_network, network

from socialconnect import Image, Network, Post
from socialconnect.blocking import run
from socialconnect.errors import ConfigurationError, NotFound, OutcomeUnknown, PolicyBlocked, ValidationError
from socialconnect.outbox import AsyncOutbox, DeliveryState, Outbox
from socialconnect.testing import TestClock, sample_image

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def picture(shade: int) -> Image:
    return Image(sample_image(40, 40, shade=shade))


def copies(outbox: Outbox) -> int:
    folder = outbox.path.with_name(f"{outbox.path.name}-media")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_copies_that_are_needed_stay(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A vacuum clears what no delivery and no draft refers to any more, and nothing else."""
    facebook = network(wall, outbox, clock)
    facebook.schedule(Post("plan", media=[picture(1)]), clock.now() + MINUTE)
    kept = facebook.draft(Post("draft", media=[picture(2)]))
    gone = facebook.draft(Post("other draft", media=[picture(3), picture(2)]))
    facebook.delete_draft(gone)
    assert copies(outbox) == 3
    cleared = outbox.vacuum()
    assert (cleared.deliveries, cleared.copies) == (0, 1)
    assert cleared.size > 0
    assert copies(outbox) == 2
    facebook.delete_draft(kept)
    assert outbox.vacuum().copies == 1
    assert outbox.run(until_idle=True).published == 1
    assert outbox.vacuum().copies == 0  # it stays in the outbox, and what it held with it


def test_what_ended_long_ago_is_deleted_on_demand(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """With an age, deliveries that ended before it go with all that belongs to them; younger ones stay."""
    facebook = network(wall, outbox, clock)
    old = facebook.schedule(Post("old", media=[picture(1)]), clock.now() + MINUTE)
    outbox.run(until_idle=True)
    clock.advance(days=60)
    young = facebook.schedule(Post("young", media=[picture(2)]), clock.now() + MINUTE)
    outbox.run(until_idle=True)
    assert outbox.vacuum(older_than=90 * DAY).deliveries == 0
    clock.advance(days=31)
    cleared = outbox.vacuum(older_than=90 * DAY)
    assert (cleared.deliveries, cleared.copies) == (1, 1)
    assert [one.id for one in outbox.deliveries()] == [young.id]
    with pytest.raises(NotFound):
        outbox.delivery(old.id)
    assert run(outbox._core._store.history(old.id)) == []


def test_what_has_not_ended_is_never_deleted(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Whatever its age, only what is published, failed, missed or cancelled is deleted."""
    facebook = network(wall, outbox, clock)
    troubles = [None, PolicyBlocked("no"), ConfigurationError("wrong"), OutcomeUnknown("lost")]
    for index, trouble in enumerate(troubles):
        wall.troubles = [trouble] if trouble else []
        facebook.schedule(Post(f"{index}"), clock.now() + MINUTE)
        outbox.run(until_idle=True)
    outbox.cancel(facebook.schedule(Post("cancelled"), clock.now() + MINUTE).id)
    facebook.schedule(Post("missed"), clock.now() + MINUTE)
    clock.advance(days=1)
    outbox.run_due()
    outbox.add_campaign("spring", [("wall", "a", Post("held"), timedelta(0))])
    facebook.schedule(Post("planned"), clock.now() + 400 * DAY)
    clock.advance(days=365)
    assert outbox.vacuum(older_than=DAY).deliveries == 4
    assert {one.state.value for one in outbox.deliveries()} == {"held", "planned", "unknown", "needs_attention"}
    with pytest.raises(ValidationError, match="named 'spring' already"):
        outbox.add_campaign("spring", [("wall", "a", Post("again"), timedelta(0))])


def test_what_an_unknown_one_may_be_confused_with_stays(path: Path, clock: TestClock) -> None:
    """While an account is looked at for a lost answer, what its other deliveries have made is remembered."""
    wall = ReadableWall(clock)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock)
        network.schedule(Post("same"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.lose = [False]
        network.schedule(Post("same"), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        assert outbox.vacuum(older_than=timedelta(0)).deliveries == 0
        outbox.run(until_idle=True)
        assert wall.texts == ["same", "same"]
        clock.advance(minutes=1)
        assert outbox.vacuum(older_than=timedelta(0)).deliveries == 2


def test_a_copy_that_is_being_written_stays(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """What another process is writing is left alone; what was left half-written long ago is cleared."""
    network(wall, outbox, clock).draft(Post("draft", media=[picture(1)]))
    folder = outbox.path.with_name(f"{outbox.path.name}-media")
    fresh, left = folder / ".new-fresh", folder / ".new-left"
    for one in (fresh, left):
        one.write_bytes(b"half")
    day_before = left.stat().st_mtime - 2 * 24 * 3600
    os.utime(left, (day_before, day_before))
    assert outbox.vacuum().copies == 1
    assert fresh.exists()
    assert not left.exists()


def test_a_copy_cleared_just_before_its_delivery_is_written(
    path: Path, wall: Wall, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a vacuum comes between a copy and the delivery's record, planning fails and says so: never a plan without."""
    with Outbox(path, clock=clock) as outbox, Outbox(path, clock=clock) as other:
        facebook = network(wall, outbox, clock)
        store = outbox._core._store
        add = store.add

        async def late(*args: object, **kwargs: object) -> None:
            assert other.vacuum().copies == 1
            await add(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

        monkeypatch.setattr(store, "add", late)
        with pytest.raises(ConfigurationError, match=r"cleared away.*Do it again"):
            facebook.schedule(Post("hello", media=[picture(1)]), clock.now() + MINUTE)
        assert outbox.deliveries() == []
        monkeypatch.undo()
        facebook.schedule(Post("hello", media=[picture(1)]), clock.now() + MINUTE)
        assert outbox.run(until_idle=True).published == 1


def test_a_copy_of_a_delivery_written_meanwhile_stays(
    path: Path, wall: Wall, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put in while the vacuum looked for what is free keeps its copy."""
    with Outbox(path, clock=clock) as outbox, Outbox(path, clock=clock) as other:
        facebook = network(wall, other, clock)
        facebook.delete_draft(facebook.draft(Post("draft", media=[picture(1)])))
        store, made = outbox._core._store, list[Network]()
        writing = store._file.writing  # type: ignore[attr-defined]  # SQLite's own

        def meanwhile() -> object:
            if not made:
                made.append(facebook)
                facebook.schedule(Post("hello", media=[picture(1)]), clock.now() + MINUTE)
            return writing()

        monkeypatch.setattr(store._file, "writing", meanwhile)  # type: ignore[attr-defined]  # SQLite's own
        assert outbox.vacuum().copies == 0
        assert copies(outbox) == 1


def test_a_negative_age_is_refused(outbox: Outbox) -> None:
    """An age below nothing would delete what ends in the future."""
    with pytest.raises(ValidationError, match="negative"):
        outbox.vacuum(older_than=-DAY)


def test_the_export_holds_everything(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Each campaign, pause, draft and delivery, with history and steps, is one line of JSON; no secret is in it."""
    facebook = network(wall, outbox, clock)
    facebook.draft(Post("draft", media=[picture(1)]))
    plan = facebook.schedule(Post("plan"), clock.now() + MINUTE)
    outbox.add_campaign("spring", [("wall", "b", Post(f"held {index}"), timedelta(0)) for index in range(450)])
    outbox.run(until_idle=True)
    outbox.pause(network="wall")
    text = list(outbox.export())
    lines = [json.loads(one) for one in text]
    kinds = [one["kind"] for one in lines]
    assert kinds == ["outbox", "campaign", "pause", "draft", *["delivery"] * 451]
    first = lines[4]["data"]
    assert first["delivery"]["id"] == plan.id
    assert first["delivery"]["published"]["id"] == "post-1"
    assert [one["became"] for one in first["history"]] == ["planned", "claimed", "sending", "published"]
    assert [one["name"] for one in first["steps"]] == ["publish", "upload"]
    assert len({one["data"]["delivery"]["id"] for one in lines[4:]}) == 451
    assert "secret-token" not in "".join(text)


@pytest.mark.anyio
async def test_the_async_outbox_is_tidied_the_same(path: Path, wall: Wall, clock: TestClock) -> None:
    """Vacuum and export work on the async face."""
    async with AsyncOutbox(path, clock=clock) as outbox:
        facebook = async_network(wall, outbox, clock)
        await facebook.schedule(Post("plan", media=[picture(1)]), clock.now() + MINUTE)
        await outbox.run(until_idle=True)
        clock.advance(days=2)
        assert [json.loads(one)["kind"] async for one in outbox.export()] == ["outbox", "delivery"]
        assert (await outbox.vacuum(older_than=DAY)).copies == 1
        assert await outbox.deliveries(DeliveryState.PUBLISHED) == []
