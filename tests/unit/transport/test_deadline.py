"""A bound on a request as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field

import anyio
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
