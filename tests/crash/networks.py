"""The four networks of the crash test, over loopback."""

from __future__ import annotations

from typing import NamedTuple

from socialconnect import Facebook, Instagram, LinkedIn, Network, Outbox, RetryPolicy, Twitter

__all__ = ["Where", "networks"]


class Where(NamedTuple):
    """Where an emulator is, and an account on it."""

    url: str
    account: str
    token: str


def networks(where: dict[str, Where], outbox: Outbox) -> dict[str, Network]:
    """Make the networks, attached to the outbox."""
    facebook, instagram, linkedin, twitter = (where[name] for name in ("facebook", "instagram", "linkedin", "twitter"))
    once = RetryPolicy(attempts=1)
    return {
        "facebook": Facebook(
            page_id=facebook.account,
            token=facebook.token,
            base_url=facebook.url,
            outbox=outbox,
            publish_timeout=5,
            retry=once,
        ),
        "instagram": Instagram(
            user_id=instagram.account,
            token=instagram.token,
            base_url=instagram.url,
            outbox=outbox,
            publish_timeout=5,
            retry=once,
        ),
        "linkedin": LinkedIn(
            author=linkedin.account,
            token=linkedin.token,
            base_url=linkedin.url,
            outbox=outbox,
            publish_timeout=5,
            retry=once,
        ),
        "twitter": Twitter(
            user_id=twitter.account,
            token=twitter.token,
            base_url=twitter.url,
            outbox=outbox,
            publish_timeout=5,
            retry=once,
        ),
    }
