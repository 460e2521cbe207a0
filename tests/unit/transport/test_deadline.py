"""A bound on a request as a whole."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest

from socialconnect.blocking import run
from socialconnect.clock import SystemClock
from socialconnect.errors import OutcomeUnknown
from socialconnect.transport.deadline import send_within
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport
from socialconnect.transport.request import Effect, Request, Response

REQUEST = Request("POST", "https://api.example.com/posts?token=secret", Effect.VISIBLE)


class Endless(AsyncHttpxTransport):
    """Is never answered."""

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        await anyio.sleep_forever()
        raise AssertionError


@dataclass
class Noting(HttpxTransport):
    """Takes note of the timeouts."""

    timeouts: list[float] = field(default_factory=list[float])

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        self.timeouts.append(timeout)
        return Response(200, {}, b"")


@pytest.mark.anyio
async def test_a_request_ends_with_its_time() -> None:
    """A request that is not answered within its time may have been carried out; the error repeats no parameter."""
    with pytest.raises(OutcomeUnknown, match="within 0 s") as caught:
        await send_within(Endless(SystemClock()), REQUEST, {}, 120, seconds=0.001)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "timeout"), [(None, 120), (300.0, 120), (30.0, 30)])
def test_no_wait_of_a_blocking_one_is_longer(seconds: float | None, timeout: float) -> None:
    """Over a blocking transport no single wait lasts longer than the request may."""
    transport = Noting()
    run(send_within(transport, REQUEST, {}, 120, seconds=seconds))
    assert transport.timeouts == [timeout]


@pytest.mark.anyio
async def test_a_callers_own_bound_is_no_answer_that_was_lost() -> None:
    """Whoever stops waiting sooner hears their own cancellation, and not that the request's time was over."""
    with anyio.move_on_after(0.001) as callers:
        await send_within(Endless(SystemClock()), REQUEST, {}, 120, seconds=60)
    assert callers.cancelled_caught


@pytest.mark.anyio
async def test_the_requests_time_stops_nothing_of_the_callers() -> None:
    """What the caller does after it goes on, within the caller's own bound."""
    with anyio.fail_after(60) as callers:
        with pytest.raises(OutcomeUnknown):
            await send_within(Endless(SystemClock()), REQUEST, {}, 120, seconds=0.001)
        await anyio.lowlevel.checkpoint()
    assert not callers.cancel_called


@pytest.mark.anyio
async def test_both_at_once_is_a_cancellation() -> None:
    """A caller that is cancelled is not kept by the error, whatever the request's time was."""
    with anyio.CancelScope() as callers:
        callers.cancel()
        await send_within(Endless(SystemClock()), REQUEST, {}, 120, seconds=0)
    assert callers.cancelled_caught


def test_a_task_that_is_cancelled_by_asyncio_itself_is() -> None:
    """`task.cancel()` and `asyncio.timeout` reach through to the caller."""

    async def sending() -> None:
        await send_within(Endless(SystemClock()), REQUEST, {}, 120, seconds=60)

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await sending()
        task = asyncio.create_task(sending())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
