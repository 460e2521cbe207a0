"""What the outbox makes sure of right before each request that people would see, whatever the adapter does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.tiny_network import TOKEN, Script, TinyAdapter, ok, refused, tiny

from socialconnect import Journal, Post, PublishedPost
from socialconnect.network import Network
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock
from socialconnect.transport.request import Effect


class UndeclaredAdapter(TinyAdapter):
    """Does not tell the journal which request people see the effect of; its requests say so themselves."""

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        made = await self._call("POST", "/posts", Effect.VISIBLE, post.text)
        return PublishedPost(network=self.network, account=self.account, id=made)


def test_a_repetition_that_the_lease_does_not_cover_is_not_sent(path: Path, clock: TestClock) -> None:
    """Waiting before a second attempt takes its time from the lease: with too little left, a later worker sends it."""
    script = Script(refused(429, retry_after="50"), ok())
    with Outbox(path, clock=clock, lease=timedelta(seconds=150)) as outbox:
        plan = tiny(script, clock=clock, outbox=outbox).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        assert outbox.run_due().postponed == 1
        assert script.paths == ["/posts"]
        assert outbox.delivery(plan.id).error_kind == "GaveUp"
        assert outbox.run(until_idle=True).published == 1
    assert script.paths == ["/posts"] * 2


def test_a_repetition_that_the_lease_covers_is_sent_at_once(outbox: Outbox, clock: TestClock) -> None:
    """With time enough the same attempt goes on after the wait that the network asked for."""
    script = Script(refused(429, retry_after="50"), ok())
    tiny(script, clock=clock, outbox=outbox).schedule(Post("hello"), clock.now() + timedelta(minutes=1))
    clock.advance(minutes=1)
    assert outbox.run_due().published == 1
    assert script.paths == ["/posts"] * 2


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
