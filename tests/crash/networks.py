"""The four networks of the crash test, over loopback."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from tests.crash.posts import PART

from socialconnect import Facebook, Instagram, LinkedIn, Network, Outbox, RetryPolicy, Twitter
from socialconnect.clock import Clock, SystemClock
from socialconnect.networks.twitter import chunked, rates

__all__ = ["Where", "networks"]

_HASTE = 50.0


class Where(NamedTuple):
    """Where an emulator is, and an account on it."""

    url: str
    account: str
    token: str


class _Hasty(SystemClock):
    """A clock by which an adapter's waits of seconds are fractions of one: the emulators are quicker, too."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds / _HASTE)

    async def sleep_async(self, seconds: float) -> None:
        await super().sleep_async(seconds / _HASTE)


class _Shared(TypedDict):
    outbox: Outbox
    publish_timeout: float
    retry: RetryPolicy
    clock: Clock


def networks(where: dict[str, list[Where]], outbox: Outbox) -> dict[str, list[Network]]:
    """Make the networks, each account attached to the outbox; films go in small parts, and nobody counts calls."""
    vars(chunked)["SEGMENT_BYTES"] = PART
    vars(rates)["CALLS_A_QUARTER"] = {}  # the last worker would wait for a quarter of an hour
    more: _Shared = {"outbox": outbox, "publish_timeout": 5, "retry": RetryPolicy(attempts=1), "clock": _Hasty()}

    def facebook(one: Where) -> Network:
        return Facebook(page_id=one.account, token=one.token, base_url=one.url, **more)

    def instagram(one: Where) -> Network:
        return Instagram(user_id=one.account, token=one.token, base_url=one.url, **more)

    def linkedin(one: Where) -> Network:
        return LinkedIn(author=one.account, token=one.token, base_url=one.url, **more)

    def twitter(one: Where) -> Network:
        return Twitter(user_id=one.account, token=one.token, base_url=one.url, **more)

    makers = {"facebook": facebook, "instagram": instagram, "linkedin": linkedin, "twitter": twitter}
    return {name: [makers[name](one) for one in accounts] for name, accounts in where.items()}
