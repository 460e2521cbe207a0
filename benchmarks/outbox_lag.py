"""From when 1,000 deliveries are due, all at the same moment, to when each one's request leaves."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from typing import ClassVar

from pydantic import JsonValue

from socialconnect import Adapter, Capabilities, Network, Outbox, Post, PublishedPost
from socialconnect.journal import Journal

__all__ = ["ACCOUNTS", "AT_ONCE", "TimedAdapter", "lag", "lags"]

ACCOUNTS, _EACH = 50, 20
AT_ONCE = ACCOUNTS * _EACH


class TimedAdapter(Adapter):
    """Notes when its request leaves, and gets its answer at once."""

    network = "timed"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://timed.example"}
    seen: ClassVar[list[float]] = []

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities()

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        async def act() -> JsonValue:
            self.seen.append(time.time())
            return "1"

        return PublishedPost(network=self.network, account=self.account, id=str(await journal.visible("publish", act)))


def lag(outbox: Outbox, carry_out: Callable[[Outbox], object]) -> tuple[float, float]:
    """Give p50 and p99 in milliseconds."""
    TimedAdapter.seen.clear()
    for account in range(ACCOUNTS):
        Network.from_adapter(TimedAdapter(account=f"{account}"), token="t", outbox=outbox)
    due = datetime.now(UTC) + timedelta(seconds=3)
    outbox.add_campaign("spring", [("timed", f"{one % ACCOUNTS}", Post("x"), due) for one in range(AT_ONCE)])
    carry_out(outbox)
    return lags(TimedAdapter.seen, due)


def lags(seen: Sequence[float], due: datetime) -> tuple[float, float]:
    """Give p50 and p99 in milliseconds."""
    assert len(seen) == AT_ONCE
    found = [one - due.timestamp() for one in seen]
    return median(found) * 1e3, quantiles(found, n=100)[98] * 1e3
