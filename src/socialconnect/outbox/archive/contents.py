"""What an archive holds, as it is read out of a store and put into one: in pieces, never all of it at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from socialconnect.outbox.delivery import CampaignEntry, Delivery, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import Reading, Rerouted, Spend
from socialconnect.outbox.rows import Row, Value, micros, moment
from socialconnect.outbox.store import Account
from socialconnect.post import Draft
from socialconnect.times import UtcDatetime

__all__ = [
    "ArchivedDelivery",
    "Contents",
    "MissingAnswer",
    "PausedCampaign",
    "Snapshot",
    "missing_answer",
    "missing_answer_row",
]


class MissingAnswer(BaseModel):
    """
    What is known of a request that may have made something visible, and whose answer is missing.

    Args:
        step: The visible step that it was; `None` if the adapter names none.
        since: When the intent to send it was first written.
        ended: When the lease of the worker that sent it ended, if it was lost.
        existing: The post that the network itself named as the one that is live already.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    step: str | None = None
    since: UtcDatetime | None = None
    ended: UtcDatetime | None = None
    existing: str | None = None


class PausedCampaign(BaseModel):
    """A campaign that is paused, and since when."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    campaign: str
    since: UtcDatetime


@dataclass(frozen=True)
class ArchivedDelivery:
    """A delivery with all that is recorded of it."""

    delivery: Delivery
    history: Sequence[HistoryEntry] = ()
    steps: Sequence[StepEntry] = ()
    missing: MissingAnswer | None = None


@dataclass(frozen=True)
class Contents:
    """
    What an archive holds. Each part is gone through once, in this order.

    Args:
        campaigns: Campaigns.
        pauses: Which of them are paused.
        drafts: Drafts.
        deliveries: Deliveries.
        readings: What was read.
        moves: What was moved to other accounts.
        spending: What was spent.
        accounts: All accounts that there are deliveries for.
        made_at: When the archive was made; `None` if nobody can have sent anything of it since.
        at_rest: The networks that were paused then, so that nothing of theirs has begun since.
    """

    campaigns: Iterable[CampaignEntry] = ()
    pauses: Iterable[PausedCampaign] = ()
    drafts: Iterable[Draft] = ()
    deliveries: Iterable[ArchivedDelivery] = ()
    readings: Iterable[Reading] = ()
    moves: Iterable[Rerouted] = ()
    spending: Iterable[Spend] = ()
    accounts: frozenset[Account] = frozenset()
    made_at: datetime | None = None
    at_rest: frozenset[str] = frozenset()


class Snapshot(Protocol):
    """What a store held at one moment, for a network or for all: no change that comes later is seen."""

    def campaigns(self) -> Iterator[CampaignEntry]:
        """Give the campaigns, oldest first."""
        ...

    def pauses(self) -> Iterator[PausedCampaign]:
        """Give which of them are paused."""
        ...

    def at_rest(self) -> frozenset[str]:
        """Give the networks that are paused."""
        ...

    def drafts(self) -> Iterator[Draft]:
        """Give the drafts, oldest first."""
        ...

    def deliveries(self) -> Iterator[ArchivedDelivery]:
        """Give the deliveries, in the order in which they were put in."""
        ...

    def readings(self) -> Iterator[Reading]:
        """Give what was read and kept, in the order in which it was put in."""
        ...

    def moves(self) -> Iterator[Rerouted]:
        """Give the moves, oldest first: of a network both those away from it and those to it."""
        ...

    def spending(self) -> Iterator[Spend]:
        """Give what was spent, by account and month."""
        ...


def missing_answer(row: Row) -> MissingAnswer | None:
    """Read what is known of a delivery's request whose answer is missing, if there is one."""
    told = MissingAnswer(
        step=row["intent"], since=moment(row["first_intent"]), ended=moment(row["ended"]), existing=row["existing"]
    )
    return None if told == MissingAnswer() else told


def missing_answer_row(told: MissingAnswer | None) -> dict[str, Value]:
    """Give the columns that it fills."""
    told = told or MissingAnswer()
    return {
        "intent": told.step,
        "first_intent": micros(told.since),
        "ended": micros(told.ended),
        "existing": told.existing,
    }
