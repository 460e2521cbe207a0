"""What the blocking and the async outbox share: how they are set up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypedDict

from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.outbox.core import OutboxCore
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.place import place
from socialconnect.outbox.reconciliation import LOOKS, POSTS_PER_LOOK
from socialconnect.outbox.worker import WorkSettings
from socialconnect.plans import Plans
from socialconnect.transport.retry import RetryPolicy

__all__ = ["OutboxFace", "OutboxSettings"]


class OutboxSettings(TypedDict, total=False):
    """What both outboxes take besides the path."""

    media: str | Path
    """The folder for the outbox's own copies of media files. Beside a SQLite file unless said otherwise; on PostgreSQL
    there is none unless said so: name one that all machines with workers share."""
    clock: Clock | None
    """The clock; the machine's unless said otherwise. The networks must be given the same one."""
    grace: timedelta
    """How late a delivery may appear; later it is missed. One hour unless said otherwise."""
    lease: timedelta
    """How long a worker's claim lasts without a sign of life: longer than any one step of a publish, and than
    `publish_timeout`. Ten minutes unless said otherwise."""
    publish_timeout: float
    """Seconds that a visible request may last at most: the largest `publish_timeout` of the networks. 120 unless said
    otherwise."""
    retry: RetryPolicy
    """How often a delivery is tried after errors that pass, and how long to wait in between, unless the network says
    how long: 8 times, from 30 seconds to 15 minutes."""
    poll: timedelta
    """How often a run looks for what other processes have put in. Five seconds unless said otherwise."""
    looks: Sequence[timedelta]
    """How long after the one before each look comes at an account for what may have become of an unknown delivery:
    their sum is how long a network's reads may lag behind. After 5 s, 25 s, 90 s, 3 and 10 minutes unless said
    otherwise."""
    repeat_unseen: bool | Callable[[Delivery], bool]
    """Whether a delivery whose answer was lost is sent again once it is certain that nobody else can still send it and
    the account has not shown it on any look. Not unless said so: it then stays unknown until a person settles it."""
    longest_pause: timedelta
    """How long a worker whose end cannot be seen may have stood still and then go on. One day unless said otherwise."""
    posts_per_look: int
    """How many of an account's newest posts such a look reads at most; 100 unless said otherwise. With more than that
    since the day before, what is not seen stays unknown: raise it for accounts that post more. Networks that bill what
    is read (Twitter) bill it for each look; see `estimate_cost(operation="posts", count=…)`."""
    on_change: Callable[[Delivery], object] | None
    """Called with a delivery after each change that a worker has recorded, in the worker's thread: to tell the
    application, not to take long. What it raises is logged, and changes nothing."""


class OutboxFace:
    """What both faces share."""

    _blocking: bool

    def __init__(self, path: str | Path, settings: OutboxSettings) -> None:
        work = _work_settings(settings)
        self._clock = settings.get("clock") or SystemClock()
        self._place = found = place(path, settings.get("media"), blocking=self._blocking)
        self._core = OutboxCore(found.store, found.shelf, self._clock, work, found.owner, blocking=self._blocking)

    @property
    def path(self) -> Path:
        """
        The SQLite file.

        Raises:
            ConfigurationError: The outbox is on PostgreSQL.
        """
        if self._place.path is None:
            raise ConfigurationError(f"The outbox {self.address} is not a file.")
        return self._place.path

    @property
    def address(self) -> str:
        """Where it is, for people: the file, or the database without its password."""
        return self._place.address

    def _require_database(self) -> None:
        """Refuse what needs PostgreSQL, before the packages for it are asked for."""
        if self._place.path is not None:
            raise ConfigurationError(
                "Jobs need an outbox on PostgreSQL, and this one is a file.",
                hint="Use run(), or leave --workers out: it does the same.",
            )

    @property
    def plans(self) -> Plans:
        """The side of the outbox that networks call; they attach themselves through it."""
        return self._core

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.address}>"


def _work_settings(settings: OutboxSettings) -> WorkSettings:
    repeat = settings.get("repeat_unseen", False)
    work = WorkSettings(
        grace=settings.get("grace", timedelta(hours=1)),
        lease=settings.get("lease", timedelta(minutes=10)),
        publish_timeout=settings.get("publish_timeout", 120.0),
        retry=settings.get("retry") or RetryPolicy(attempts=8, first_wait=30.0, longest_wait=900.0),
        poll=settings.get("poll", timedelta(seconds=5)),
        looks=tuple(settings.get("looks", LOOKS)),
        repeat_unseen=repeat if callable(repeat) else lambda _: repeat,
        longest_pause=settings.get("longest_pause", timedelta(days=1)),
        posts_per_look=settings.get("posts_per_look", POSTS_PER_LOOK),
        on_change=settings.get("on_change"),
    )
    if work.grace < timedelta(0) or work.poll <= timedelta(0) or work.publish_timeout <= 0:
        raise ConfigurationError("poll and publish_timeout must be more than 0, and grace must not be negative.")
    if not work.looks or min(work.looks) < timedelta(0):
        raise ConfigurationError("looks must name at least one time to look, and none that is negative.")
    if work.posts_per_look < 1:
        raise ConfigurationError("posts_per_look must be at least 1.")
    if work.lease.total_seconds() <= work.publish_timeout:
        raise ConfigurationError("lease must be longer than publish_timeout: a claim must outlast the request.")
    return work
