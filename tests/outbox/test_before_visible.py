"""What the outbox makes sure of right before each request that people would see, whatever the adapter does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from tests.tiny_network import TOKEN, Script, TinyAdapter, ok, refused, tiny

from socialconnect import Journal, Post, PublishedPost
from socialconnect.auth.tokens import Credential, Token
from socialconnect.network import Network
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.outbox.recorded_journal import RecordedJournal
from socialconnect.testing import TestClock
from socialconnect.transport.request import Effect

if TYPE_CHECKING:
    from socialconnect.clock import Clock
    from socialconnect.transport.engine import Transport
    from socialconnect.transport.request import Request, Response


class UndeclaredAdapter(TinyAdapter):
    """Does not tell the journal which request people see the effect of; its requests say so themselves."""

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        made = await self._call("POST", "/posts", Effect.VISIBLE, post.text)
        return PublishedPost(network=self.network, account=self.account, id=made)


class SlowTokens:
    """Gives the token late, once."""

    def __init__(self, clock: TestClock) -> None:
        self._waits = [600.0]
        self._clock = clock

    async def credential(self, transport: Transport, clock: Clock) -> Credential:
        self._clock.advance(self._waits.pop() if self._waits else 0)
        return Token(access_token=SecretStr(TOKEN))

    async def renew(self, transport: Transport, clock: Clock, rejected: Credential) -> Credential | None:
        return None


def test_a_request_that_the_lease_no_longer_covers_is_not_sent(outbox: Outbox, clock: TestClock) -> None:
    """Waiting for a token takes its time from the lease: with too little left, a later attempt sends the request."""
    script = Script(ok())
    client = httpx.Client(transport=httpx.MockTransport(script))
    adapter, tokens = TinyAdapter(account="1"), SlowTokens(clock)
    network = Network.from_adapter(adapter, token=tokens, clock=clock, http_client=client, outbox=outbox)
    plan = network.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    assert outbox.run_due().postponed == 1
    assert script.paths == []
    assert outbox.delivery(plan.id).error_kind == "GaveUp"
    assert outbox.run(until_idle=True).published == 1
    assert script.paths == ["/posts"]


@pytest.mark.parametrize("no", [refused(429, retry_after="50"), httpx.ConnectError("No route.")])
def test_nothing_is_waited_for_with_the_intent_on_disk(
    outbox: Outbox, clock: TestClock, no: httpx.Response | Exception
) -> None:
    """After a clear no the delivery waits as a plan: it can be taken back, and a crash leaves no doubt behind."""
    script = Script(no, ok())
    plan = tiny(script, clock=clock, outbox=outbox).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    assert outbox.run_due().postponed == 1
    assert script.paths == ["/posts"]
    assert outbox.delivery(plan.id).state is DeliveryState.PLANNED
    assert outbox.run(until_idle=True).published == 1


def test_a_limit_that_is_used_up_is_waited_for_as_a_plan(outbox: Outbox, clock: TestClock) -> None:
    """Nor does a request that must wait for its limit wait with its intent on disk."""
    script = Script(ok(**{"x-left": "0"}), ok())
    network = tiny(script, clock=clock, outbox=outbox)
    resets = clock.now().replace(minute=30, second=0)
    clock.advance((resets - clock.now()).total_seconds() - 40)
    network.publish(Post("first"))
    plan = network.schedule(Post("hello"), clock.now() + timedelta(seconds=1))
    clock.advance(1)
    assert outbox.run_due().postponed == 1
    assert outbox.delivery(plan.id).due == resets


@pytest.mark.parametrize("ends", [KeyboardInterrupt(), KeyError("a defect"), httpx.ReadTimeout("lost")])
def test_an_undeclared_request_is_intended_all_the_same(outbox: Outbox, clock: TestClock, ends: BaseException) -> None:
    """The intent is on disk when the request leaves, and whatever ends it leaves the delivery unknown, sent once."""
    states: list[DeliveryState] = []

    def handler(request: httpx.Request) -> httpx.Response:
        states.append(outbox.delivery(plan.id).state)
        raise ends

    client = httpx.Client(transport=httpx.MockTransport(handler))
    adapter = UndeclaredAdapter(account="1")
    network = Network.from_adapter(adapter, token=TOKEN, clock=clock, http_client=client, outbox=outbox)
    plan = network.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    if isinstance(ends, KeyboardInterrupt):
        with pytest.raises(KeyboardInterrupt):
            outbox.run_due()
    outbox.run(until=clock.now() + timedelta(hours=1))
    assert states == [DeliveryState.SENDING]
    assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN


def test_an_undeclared_request_that_is_refused_is_tried_again(outbox: Outbox, clock: TestClock) -> None:
    """A clear no is a no for such an adapter too: the delivery is planned again and published."""
    script = Script(refused(429), refused(429), refused(429), ok())
    adapter = UndeclaredAdapter(account="1")
    client = httpx.Client(transport=httpx.MockTransport(script))
    network = Network.from_adapter(adapter, token=TOKEN, clock=clock, http_client=client, outbox=outbox)
    plan = network.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    assert outbox.run(until_idle=True).published == 1
    assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED


@pytest.mark.parametrize("waited", [0, 100])
def test_a_request_may_last_as_long_as_the_lease(
    outbox: Outbox, clock: TestClock, monkeypatch: pytest.MonkeyPatch, waited: int
) -> None:
    """What is left of the lease as the request leaves is what it may last as a whole."""
    seen: list[float | None] = []

    async def send(
        transport: Transport, request: Request, headers: dict[str, str], timeout: float, *, seconds: float | None
    ) -> Response:
        seen.append(seconds)
        return await transport.send(request, headers, timeout)

    monkeypatch.setattr("socialconnect.transport.wire.send_within", send)
    before_visible = RecordedJournal.before_visible

    async def late(journal: RecordedJournal) -> float:
        clock.advance(waited)
        return await before_visible(journal)

    monkeypatch.setattr(RecordedJournal, "before_visible", late)
    network = tiny(Script(ok()), clock=clock, outbox=outbox)
    network.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    assert outbox.run(until_idle=True).published == 1
    assert seen[-1] == 600.0 - waited
