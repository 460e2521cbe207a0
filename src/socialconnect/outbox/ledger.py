"""
What the outbox keeps besides posts: what was read from networks, what was spent, and what was moved elsewhere.

`Ledger` is what a store offers for that and for archives; a store may lack it, and the outbox then says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.data_use import Provenance
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.store import Account
from socialconnect.post import PublishedPost
from socialconnect.times import UtcDatetime

if TYPE_CHECKING:
    from socialconnect.outbox.archive.contents import Contents, Snapshot

__all__ = [
    "Ledger",
    "Purged",
    "Reading",
    "Rerouted",
    "Restored",
    "Spend",
    "bare",
    "may_be_kept",
]


class Reading(BaseModel):
    """
    Something that was read from a network and is kept: a post, a post's numbers, or an account's.

    Args:
        id: The outbox's id of it.
        provenance: Where it comes from, when, under which terms, and until when it may be kept.
        post: The post that was read back.
        metrics: Or the numbers of a post.
        account_metrics: Or those of an account as a whole.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: str
    provenance: Provenance
    post: PublishedPost | None = None
    metrics: Metrics | None = None
    account_metrics: AccountMetrics | None = None

    @property
    def about(self) -> str:
        """The id of the post that it is about, or of the account."""
        if self.post is not None:
            return self.post.id
        return self.metrics.post if self.metrics is not None else self.provenance.account

    def expired(self, now: datetime) -> bool:
        """Whether it may no longer be kept."""
        return self.provenance.keep_until is not None and self.provenance.keep_until <= now


class Purged(BaseModel):
    """
    What a purge deleted, because it may no longer be kept.

    Args:
        readings: What had been read and kept; each is gone.
        posts: Published posts whose texts and answers had been read back; of each only its id and address are left.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    readings: tuple[Reading, ...] = ()
    posts: tuple[PublishedPost, ...] = ()

    def __len__(self) -> int:
        return len(self.readings) + len(self.posts)

    def __str__(self) -> str:
        lines = [f"{len(self)} deleted, past the time for which the networks let them be kept"]
        for one in self.readings:
            lines.append(_told(one.provenance, f"{one.provenance.kind.replace('_', ' ')} of {one.about}"))
        lines += [_told(one.provenance, f"text of the post {one.id}") for one in self.posts if one.provenance]
        return "\n".join(lines)


def _told(where: Provenance, what: str) -> str:
    until = f"{where.keep_until:%Y-%m-%d %H:%M} UTC" if where.keep_until else "the end of its time"
    return f"  {where.network} {where.account}: {what}, read on {where.read_at:%Y-%m-%d}, kept until {until}"


class Spend(BaseModel):
    """
    What an account's calls have cost in a month, at the most that they can have cost.

    Args:
        network: The network's name.
        account: The account on it.
        month: The month in UTC, such as `2026-11`.
        amount: How much.
        currency: In which currency.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    amount: Decimal
    currency: str


class Restored(BaseModel):
    """
    What a restore put in; what was there already, exactly the same, is not counted.

    Args:
        campaigns: Campaigns.
        drafts: Drafts.
        deliveries: Deliveries, each with its history.
        readings: Readings.
        moves: Moves to other accounts.
        spending: Accounts' months with more spent than was known.
        expired: What of the archive may no longer be kept, and was not put in.
        paused: The networks of what is still to be sent, which are paused so that nothing is sent from two outboxes:
            `outbox.resume(network=…)` lets their deliveries go on.
        not_at_rest: Those of them that were not paused where the archive comes from when it was made: what has been
            sent there since would be sent twice.
        doubtful: Deliveries of such networks whose time came after the archive was made. They may be live, and are
            `unknown`.
        paused_campaigns: The campaigns that were paused there, and are here.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    campaigns: int = 0
    drafts: int = 0
    deliveries: int = 0
    readings: int = 0
    moves: int = 0
    spending: int = 0
    expired: int = 0
    paused: tuple[str, ...] = ()
    not_at_rest: tuple[str, ...] = ()
    doubtful: int = 0
    paused_campaigns: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = ("campaigns", "drafts", "deliveries", "readings", "moves")
        lines = ["restored: " + ", ".join(f"{getattr(self, name)} {name}" for name in names)]
        if self.expired:
            lines.append(f"  left out, past its time: {self.expired}")
        for one in self.paused:
            lines.append(f"  {one} is paused: resume it when the outbox that the archive is of will not send any more")
            if one in self.not_at_rest:
                lines.append(
                    "    it was not paused there: what was sent from there after the archive was made is not known"
                )
        if self.doubtful:
            lines.append(f"  unknown, since their time has come meanwhile and they may have been sent: {self.doubtful}")
        lines += [f"  the campaign {one} is paused, as it was" for one in self.paused_campaigns]
        return "\n".join(lines)


class Rerouted(BaseModel):
    """
    A delivery that was moved to other accounts.

    Args:
        id: The outbox's id of the move.
        delivery: The id of the delivery that was moved; it is cancelled.
        replacements: The ids of the deliveries that took its place.
        until: The moment from which it can no longer be undone: the day on which the network ends.
        undone_by: The id of the delivery that took their place again, if the move was undone.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: str
    delivery: str
    replacements: tuple[str, ...]
    until: UtcDatetime
    undone_by: str | None = None

    def __str__(self) -> str:
        end = (
            f"undone by {self.undone_by}" if self.undone_by else f"can be undone until {self.until:%Y-%m-%d %H:%M} UTC"
        )
        return f"{self.id}: {self.delivery} to {', '.join(self.replacements)}; {end}"


def bare(post: PublishedPost) -> PublishedPost:
    """Give a published post without what was read back of it: where it is, and no more."""
    thread = tuple(bare(one) for one in post.thread)
    return PublishedPost(network=post.network, account=post.account, id=post.id, url=post.url, thread=thread)


def may_be_kept(post: PublishedPost, now: datetime) -> bool:
    """Whether what was read back of a published post may still be kept."""
    until = post.provenance.keep_until if post.provenance is not None else None
    return until is None or now < until


@runtime_checkable
class Ledger(Protocol):
    """What a store offers besides `Store`. Each method is one transaction, as there."""

    async def keep_readings(self, readings: Sequence[Reading]) -> None:
        """Keep what was read."""
        ...

    async def readings(self, network: str | None, account: str | None) -> list[Reading]:
        """Give what was read and kept, in the order in which it was put in."""
        ...

    async def purge(self, now: datetime) -> Purged:
        """Delete what may no longer be kept."""
        ...

    async def reserve(
        self, account: Account, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        """Add to what an account has spent in a month; if that would pass the limit, add nothing and give the sum."""
        ...

    async def release(self, account: Account, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent."""
        ...

    async def spending(self, network: str | None, account: str | None) -> list[Spend]:
        """Give what was spent, by account and month."""
        ...

    async def replace(
        self,
        delivery_ids: Sequence[str],
        decide: Callable[[Mapping[str, Delivery]], tuple[Sequence[Delivery], Sequence[Rerouted]]],
    ) -> None:
        """
        Put what `decide` makes of deliveries in their place, all or none: those that it gives are changed, or added if
        they are new, and the moves are recorded.

        `decide` runs inside the transaction, is given those that there are, and may raise to leave all as it was.
        """
        ...

    async def reroutes(self) -> list[Rerouted]:
        """Give the moves, oldest first."""
        ...

    def snapshot(self, network: str | None) -> AbstractContextManager[Snapshot]:
        """
        Give all that there is at this moment, for a network or for all, to be read bit by bit. Nobody waits for it.

        It is no coroutine: reading much takes long, and is done in a thread where nobody may be held up.
        """
        ...

    def restore(self, contents: Contents, now: datetime) -> Restored:
        """
        Put an archive's contents in, all or nothing, and pause the networks of what is still to be sent.

        What is there already, exactly the same, is left as it is. It is no coroutine; see `snapshot`.

        Returns:
            What was put in.

        Raises:
            ValidationError: Something of the same id is there and differs.
            ArchiveDamaged: Something in it cannot be kept.
        """
        ...
