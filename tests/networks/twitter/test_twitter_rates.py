"""Twitter's limits: read from every header, counted down between answers, and kept before they are hit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from pydantic import JsonValue

from socialconnect.errors import RateLimited
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.post import Post
from socialconnect.testing import TestClock
from socialconnect.transport.pacing import Pacing, RateWindow

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

RESET = "1795511700"
CREATED: JsonValue = {"data": {"id": "1993000000000000101", "text": "Hi"}}


def headers(remaining: int, reset: str = RESET, prefix: str = "x-rate-limit") -> dict[str, str]:
    """Give one family of headers."""
    return {f"{prefix}-limit": "100", f"{prefix}-remaining": str(remaining), f"{prefix}-reset": reset}


def test_every_family_of_headers_is_exposed(script: Script, scripted: Twitter) -> None:
    """The quarter of an hour, the two limits of a day, and the advertising account's are told each by its name."""
    midnight = "1795564800"
    script.add(
        201,
        CREATED,
        {
            **headers(99),
            **headers(9_000, midnight, "x-app-limit-24hour"),
            **headers(70, midnight, "x-user-limit-24hour"),
            **headers(400, RESET, "x-account-rate-limit"),
        },
    )
    scripted.publish(Post("Hi"))
    told = {one.name: (one.remaining, one.resets_at) for one in scripted.rate_limits()}
    quarter, day = datetime(2026, 11, 24, 9, 15, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    assert told == {
        "15min": (99, quarter),
        "app 24h": (9_000, day),
        "user 24h": (70, day),
        "account": (400, quarter),
    }
    assert {one.limit_key for one in scripted.rate_limits()} == {"POST /2/tweets"}


def test_a_day_used_up_is_kept(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """Where the day's limit is reached, nothing is sent until midnight in UTC, whatever the quarter of an hour says."""
    script.add(201, CREATED, {**headers(99), **headers(0, "1795564800", "x-user-limit-24hour")})
    scripted.publish(Post("Hi"))
    clock.advance(minutes=20)
    with pytest.raises(RateLimited) as caught:
        scripted.publish(Post("Hi again"))
    assert caught.value.retry_after == 14 * 3600 + 40 * 60
    clock.advance(hours=15)
    scripted.publish(Post("Good morning"))
    assert len(script.requests) == 2


@pytest.mark.anyio
async def test_calls_at_once_do_not_overrun(clock: TestClock) -> None:
    """Calls that leave before the first answer is back are counted: no more of them leave than the window allows."""
    sent = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        sent += 1
        left = max(0, 3 - sent)
        await anyio.lowlevel.checkpoint()
        return httpx.Response(200, json={"data": {"deleted": True}}, headers=headers(left))

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with client, AsyncTwitter(token="T", user_id="1", clock=clock, http_client=client) as network:
        await network.delete("1")  # two are left
        refused: list[str] = []

        async def delete(post_id: str) -> None:
            try:
                await network.delete(post_id)
            except RateLimited:
                refused.append(post_id)

        async with anyio.create_task_group() as tasks:
            for number in range(2, 12):
                tasks.start_soon(delete, str(number))
        assert (sent, len(refused)) == (3, 8)
        clock.advance(minutes=16)
        await network.delete("12")
    assert sent == 4


def test_what_is_left_never_grows_within_a_window(clock: TestClock) -> None:
    """An answer that comes late does not give back what was counted; a new window does."""
    pacing = Pacing(clock)
    ends, later = datetime(2026, 11, 24, 9, 15, tzinfo=UTC), datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

    def told(remaining: int, at: datetime) -> RateWindow:
        return RateWindow(name="w", limit_key="k", limit=5, remaining=remaining, resets_at=at, counts_calls=True)

    pacing.learn(told(3, ends))
    pacing.refuse_if_longer("k", 0)
    pacing.learn(told(3, ends))
    assert [one.remaining for one in pacing.windows] == [2]
    pacing.learn(told(4, later))
    assert [one.remaining for one in pacing.windows] == [4]
    pacing.refuse_if_longer("another", 0)
    assert [one.remaining for one in pacing.windows] == [4]


def test_where_nothing_is_told_calls_are_counted(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """Without headers the documented limit holds: the call that would pass it is not sent until the window is over."""
    script.add(200, {"data": {"deleted": True}})
    for number in range(50):
        scripted.delete(str(number + 1))
    (window,) = scripted.rate_limits()
    assert (window.limit, window.remaining, window.used) == (50, 0, 50)
    with pytest.raises(RateLimited) as caught:
        scripted.delete("51")
    assert caught.value.retry_after == 900.0
    clock.advance(minutes=15)
    scripted.delete("51")
    assert len(script.requests) == 51
    assert [one.remaining for one in scripted.rate_limits()] == [49]


def test_what_is_told_goes_before_what_is_counted(script: Script, scripted: Twitter) -> None:
    """An account with a larger contract is not held to the documented number once Twitter tells another."""
    script.add(201, CREATED)
    script.add(201, CREATED, {**headers(4_999), "x-rate-limit-limit": "5000"})
    scripted.publish(Post("Hi"))
    scripted.publish(Post("Ho"))
    assert [(one.limit, one.remaining) for one in scripted.rate_limits()] == [(5000, 4_999)]
