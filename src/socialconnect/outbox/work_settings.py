"""How deliveries are carried out, and looked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.reconciliation import POSTS_PER_LOOK
from socialconnect.transport.retry import RetryPolicy

__all__ = ["WorkSettings"]


@dataclass(frozen=True)
class WorkSettings:
    """
    Args:
        grace: How late a delivery may appear; later it is missed.
        lease: How long a worker's claim lasts without a sign of life; longer than any one step of a publish.
        publish_timeout: Seconds that a visible request may last at most; as the networks' own `publish_timeout`.
        retry: How often a delivery is tried after errors that pass, and how long to wait in between.
        poll: How often to look for what other processes have put in.
        looks: How long after the one before each look for what is unknown comes.
        repeat_unseen: Whether what the network never showed is sent again, once nobody else can still send it.
        longest_pause: How long a worker whose end is not known may stand still and then go on.
        posts_per_look: How many of an account's posts a look for what is unknown reads at most.
        on_change: What is called with a delivery after each change that a worker has recorded.
    """

    grace: timedelta
    lease: timedelta
    publish_timeout: float
    retry: RetryPolicy
    poll: timedelta
    looks: Sequence[timedelta]
    repeat_unseen: Callable[[Delivery], bool]
    longest_pause: timedelta
    posts_per_look: int = POSTS_PER_LOOK
    on_change: Callable[[Delivery], object] | None = None
