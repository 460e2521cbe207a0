"""The gate and the breaker as callers meet them: through a network, blocking and async."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from socialconnect import (
    Adapter,
    ApiPaywalled,
    ApiRetired,
    AsyncNetwork,
    Journal,
    Lifecycle,
    Network,
    NotFound,
    Overlay,
    Post,
    PublishedPost,
    Request,
    Rule,
    SocialConnectError,
    SunsetWarning,
)
from socialconnect.lifecycle import Catalogue
from socialconnect.testing import TestClock
from socialconnect.transport.request import Effect

LEAVING = Overlay(network="sample", effective=date(2026, 12, 1), reason="We leave.", source="the board")


class SampleAdapter(Adapter):
    """Publishes by one request."""

    network = "sample"
    hosts = {"api": "https://api.example.com"}  # noqa: RUF012  # as every adapter has it
    rules = (Rule(ApiPaywalled, status=402),)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Send the text."""
        request = Request("POST", self.url("api", "/posts"), Effect.VISIBLE, json={"text": post.text})
        found = await self.wire.call(request, lambda response: str(response.status))
        return PublishedPost(network=self.network, account=self.account, id=found)


class Service:
    """Answers with one status after the other, and counts the requests that reached it."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.requests += 1
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200, json={})


def network(service: Callable[[httpx.Request], httpx.Response], clock: TestClock, lifecycle: Lifecycle) -> Network:
    client = httpx.Client(transport=httpx.MockTransport(service))
    return Network.from_adapter(
        SampleAdapter(account="7"), token="t", http_client=client, clock=clock, lifecycle=lifecycle
    )


def test_a_network_that_was_given_up_is_not_called() -> None:
    """Before the day there is a warning; on the day every operation is refused, and nothing reaches the network."""
    service, clock, lifecycle = Service(), TestClock("2026-11-24"), Lifecycle()
    sample = network(service, clock, lifecycle)
    lifecycle.add(LEAVING)
    with pytest.warns(SunsetWarning, match="in 7 days: We leave") as caught:
        sample.publish(Post("one"))
    assert caught[0].filename == __file__
    clock.set(date(2026, 12, 1))
    calls: list[Callable[[], object]] = [
        lambda: sample.publish(Post("two")),
        lambda: sample.draft(Post("two")),
        lambda: sample.schedule(Post("two"), datetime(2026, 12, 24, tzinfo=UTC)),
        lambda: sample.fetch_metrics(["1"]),
        lambda: sample.posts(),
        lambda: sample.delete("1"),
        lambda: sample.request("GET", "/anything"),
    ]
    for call in calls:
        with pytest.raises(ApiRetired, match=r"We leave\.") as refused:
            call()
        assert (refused.value.source, refused.value.account) == ("the board", "7")
    assert service.requests == 1


def test_a_paywall_answer_is_not_knocked_on_again() -> None:
    """After the answer calls are refused at once; refused calls do not prolong it; one call tries again, and opens."""
    service, clock = Service(402), TestClock()
    sample = network(service, clock, Lifecycle(breaker_time=timedelta(minutes=15)))
    for minutes in (0, 5, 5):
        clock.advance(minutes=minutes)
        with pytest.raises(ApiPaywalled):
            sample.publish(Post("one"))
    assert service.requests == 1
    clock.advance(minutes=5)
    assert sample.publish(Post("one")).id == "200"
    assert sample.publish(Post("two")).id == "200"
    assert service.requests == 3


def test_a_try_that_meets_another_failure_leaves_the_next_one_to_try() -> None:
    """A post that is refused for itself while trying the door does not keep the next post out."""
    service, clock = Service(402, 400), TestClock()
    sample = network(service, clock, Lifecycle())
    with pytest.raises(ApiPaywalled):
        sample.publish(Post("one"))
    clock.advance(minutes=15)
    with pytest.raises(Exception, match="400"):
        sample.publish(Post("refused"))
    assert sample.publish(Post("one")).id == "200"


@pytest.mark.anyio
async def test_it_is_the_same_for_the_async_face() -> None:
    """The async network is warned, refused and remembered by the same gate."""
    service, clock = Service(402), TestClock("2026-11-24")
    client = httpx.AsyncClient(transport=httpx.MockTransport(service))
    lifecycle = Lifecycle(overlays=[LEAVING])
    sample = AsyncNetwork.from_adapter(
        SampleAdapter(account="7"), token="t", http_client=client, clock=clock, lifecycle=lifecycle
    )
    async with client:
        with pytest.warns(SunsetWarning) as caught, pytest.raises(ApiPaywalled):
            await sample.publish(Post("one"))
        assert caught[0].filename == __file__
        with pytest.raises(ApiPaywalled):
            await sample.publish(Post("one"))
        clock.set(date(2026, 12, 1))
        with pytest.raises(ApiRetired):
            await sample.publish(Post("one"))
    assert service.requests == 1


@pytest.mark.parametrize(("status", "retired"), [(404, True), (410, True), (400, False), (403, False), (200, False)])
def test_an_address_that_is_gone_is_retired_though_the_answer_does_not_say_so(
    make_catalogue: Callable[..., Catalogue], status: int, *, retired: bool
) -> None:
    """With the gate off the wire's plain 404 means what the gate would have said, with the same source and hint."""
    ended = {"effective": date(2026, 1, 1), "operations": (), "requests": [{"path": "/old/*"}], "replacement": "/new"}
    service, clock = Service(status, 404), TestClock("2026-11-24")
    lifecycle = Lifecycle(catalogues=[make_catalogue(ended)], enforce=False)
    sample = network(service, clock, lifecycle)

    def asked() -> object:
        try:
            return sample.request("GET", "/old/1")
        except SocialConnectError as error:
            return error

    with pytest.warns(SunsetWarning):
        found = asked()
    assert isinstance(found, ApiRetired) is retired
    if isinstance(found, ApiRetired):
        assert (found.status, found.source, found.hint) == (status, "https://example.com/notice", "Instead: /new.")
        assert not any(one.contradicts for one in sample.deprecation_status().answers)
    with pytest.raises(NotFound):
        sample.request("GET", "/other")
