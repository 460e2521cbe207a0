"""What an outbox that cannot be used does to the count of what was spent, and to what was published."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import JsonValue

from socialconnect import Image, Post, PublishedPost
from socialconnect.blocking import run
from socialconnect.cost import CostEstimate, CostItem
from socialconnect.errors import PermissionDenied
from socialconnect.journal import Journal
from socialconnect.outbox.store import StoreUnavailable
from socialconnect.spending import Budget, publish_within
from socialconnect.testing import TestClock, sample_image


class Full:
    """An outbox whose disk is full by the time that something is to be given back."""

    def __init__(self) -> None:
        self.reserved: list[Decimal] = []

    async def reserve(
        self, network: str, account: str, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        self.reserved.append(amount)
        return None

    async def release(self, network: str, account: str, month: str, amount: Decimal, currency: str) -> None:
        raise StoreUnavailable("The outbox cannot be used: database or disk is full.")


class Uploaded:
    """The journal of a publish that goes on after its upload."""

    async def step(
        self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
    ) -> JsonValue:
        return "media"

    async def visible(self, name: str, act: Callable[[], Awaitable[JsonValue]]) -> JsonValue:
        return await act()

    async def recorded(self, name: str) -> tuple[JsonValue] | None:
        return None


def cost(post: Post) -> CostEstimate:
    amount = Decimal(1 + len(post.media))
    item = CostItem(what="a post and its media", units=1, low=amount, high=amount)
    return CostEstimate(network="twitter", operation="publish", priced=True, items=(item,))


async def nothing() -> JsonValue:
    return None


def publish(error: Exception | None = None) -> PublishedPost:
    clock = TestClock("2026-11-24T09:00:00+00:00")
    budget = Budget(Decimal(10), network="twitter", account="1", clock=clock, kept_in=Full())

    async def act(journal: Journal) -> PublishedPost:
        await journal.step("upload", nothing)
        if error is not None:
            raise error
        await journal.visible("publish", nothing)
        return PublishedPost(network="twitter", account="1", id="7")

    post = Post("Hi", media=[Image(sample_image(400, 400))])
    return run(publish_within(budget, post, Uploaded(), cost=cost, act=act))


def test_a_post_that_is_live_is_told_though_nothing_can_be_given_back(caplog: pytest.LogCaptureFixture) -> None:
    """Told as a failure of the outbox, it would be published again; too much is counted instead, and that is logged."""
    assert publish().id == "7"
    assert "stays counted as spent in 2026-11" in caplog.text


def test_a_refusal_is_told_though_nothing_can_be_given_back(caplog: pytest.LogCaptureFixture) -> None:
    """What the network said is what the caller can do something about."""
    with pytest.raises(PermissionDenied):
        publish(PermissionDenied("no"))
    assert "stays counted as spent" in caplog.text
