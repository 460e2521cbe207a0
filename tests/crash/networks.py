"""The four networks of the crash test, over loopback."""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from tests.crash.posts import PART

from socialconnect import Facebook, Instagram, LinkedIn, Network, Outbox, RetryPolicy, Twitter
from socialconnect.clock import Clock, SystemClock
from socialconnect.networks.twitter import chunked

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


def networks(where: dict[str, Where], outbox: Outbox) -> dict[str, Network]:
    """Make the networks, attached to the outbox; films go in small parts."""
    vars(chunked)["SEGMENT_BYTES"] = PART
    facebook, instagram, linkedin, twitter = (where[name] for name in ("facebook", "instagram", "linkedin", "twitter"))
    shared: _Shared = {
        "outbox": outbox,
        "publish_timeout": 5,
        "retry": RetryPolicy(attempts=1),
        "clock": _Hasty(),
    }
    return {
        "facebook": Facebook(page_id=facebook.account, token=facebook.token, base_url=facebook.url, **shared),
        "instagram": Instagram(user_id=instagram.account, token=instagram.token, base_url=instagram.url, **shared),
        "linkedin": LinkedIn(author=linkedin.account, token=linkedin.token, base_url=linkedin.url, **shared),
        "twitter": Twitter(user_id=twitter.account, token=twitter.token, base_url=twitter.url, **shared),
    }
