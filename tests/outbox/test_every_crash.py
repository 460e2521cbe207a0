"""A crash before every write and every request, and every answer lost, on the four networks: each post once."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from tests.outbox.emulated import KINDS, Killed, Stage, Stop

from socialconnect import AsyncOutbox, Outbox, Post
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.store import StoreUnavailable

_HOUR = timedelta(hours=1)
_ALL = [(network, kind) for network, kinds in KINDS.items() for kind in kinds]
_OF_MANY_STEPS = [("facebook", "several"), ("instagram", "several"), ("linkedin", "comment"), ("twitter", "thread")]


@pytest.mark.parametrize(("network", "kind"), _ALL)
@pytest.mark.parametrize("how", ["kill", "lose"])
def test_every_place_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str, how: str
) -> None:
    """Wherever the process dies, and whichever answer is lost, each post stands there once, and none is lost."""
    assert _places(tmp_path, monkeypatch, network, kind, how) >= 1


@pytest.mark.parametrize(("network", "kind"), _OF_MANY_STEPS)
def test_every_error_of_the_server_after_the_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str
) -> None:
    """A 500 for a request that was carried out is no reason to send it again."""
    assert _places(tmp_path, monkeypatch, network, kind, "fails") >= 2


@pytest.mark.parametrize(("network", "kind"), _OF_MANY_STEPS)
@pytest.mark.parametrize("how", ["interrupt", "interrupt_after"])
def test_every_place_to_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str, how: str
) -> None:
    """Wherever a worker is told to end, what it records about that is true."""
    assert _places(tmp_path, monkeypatch, network, kind, how) >= 2


@pytest.mark.parametrize(("network", "kind"), _OF_MANY_STEPS)
def test_a_store_that_is_full_from_any_place_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str
) -> None:
    """Wherever the disk is full from, nothing goes out without its intent, and all goes on once there is room."""
    assert _places(tmp_path, monkeypatch, network, kind, "full") >= 2


@pytest.mark.parametrize(("network", "kind"), _OF_MANY_STEPS)
@pytest.mark.parametrize("how", ["kill", "lose"])
def test_every_place_to_stop_async(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str, how: str
) -> None:
    """The same holds for the async outbox."""
    index = 0
    while anyio.run(_awaited, tmp_path / f"{index}.db", Stage.of(network, monkeypatch), kind, Stop(**{how: index})):
        index += 1
    assert index >= 2


def _places(folder: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str, how: str) -> int:
    """Carry out one post after the other, each stopped one place later, until there is none; count the places."""
    index = 0
    while _blocking(folder / f"{index}.db", Stage.of(network, monkeypatch), kind, Stop(**{how: index})):
        index += 1
    return index


def _blocking(path: Path, stage: Stage, kind: str, stop: Stop) -> bool:
    """Carry out one post, stopped once; tells whether there was something to stop."""
    post = KINDS[stage.network][kind]
    with Outbox(path, clock=stage.clock) as outbox:
        plan = stage.blocking(outbox).schedule(post, stage.clock.now() + _HOUR)
        stage.clock.advance(hours=1)
        stop.watch(outbox._core._store)
        stage.meet(stop)
        with contextlib.suppress(Killed, StoreUnavailable, KeyboardInterrupt):
            outbox.run_due()
    stage.meet(Stop())
    with Outbox(path, clock=stage.clock, repeat_unseen=True, poll=_HOUR) as outbox:
        stage.blocking(outbox)
        outbox.run(until_idle=True)
        outbox.run(until=stage.clock.now() + 2 * _HOUR)
        _check(stage, post, outbox.delivery(plan.id), str(stop))
    return stop.struck


async def _awaited(path: Path, stage: Stage, kind: str, stop: Stop) -> bool:
    """The same, async."""
    post = KINDS[stage.network][kind]
    async with AsyncOutbox(path, clock=stage.clock) as outbox:
        plan = await stage.awaited(outbox).schedule(post, stage.clock.now() + _HOUR)
        stage.clock.advance(hours=1)
        stop.watch(outbox._core._store)
        stage.meet(stop)
        try:
            await outbox.run_due()
        except BaseException as error:  # in a group, as tasks give it
            if not stop.dead:
                raise AssertionError from error
    stage.meet(Stop())
    async with AsyncOutbox(path, clock=stage.clock, repeat_unseen=True, poll=_HOUR) as outbox:
        stage.awaited(outbox)
        await outbox.run(until_idle=True)
        await outbox.run(until=stage.clock.now() + 2 * _HOUR)
        _check(stage, post, await outbox.delivery(plan.id), str(stop))
    return stop.struck


def _check(stage: Stage, post: Post, delivery: Delivery, where: str) -> None:
    """Count the wall against what the outbox says: it could tell by looking what had become of everything."""
    comments = [post.first_comment] if post.first_comment is not None else []
    wall = stage.texts()
    expected = Counter([post.text, *(one.text for one in post.thread), *comments])
    assert delivery.state is DeliveryState.PUBLISHED, f"{where}: {delivery.state} {delivery.error} {delivery.seen}"
    assert wall == expected, f"{where}: {wall}"
