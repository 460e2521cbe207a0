"""
A delivery: one post for one account at one time. Its life is one table, `MOVES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, JsonValue

from socialconnect.post import Post, PublishedPost, ScheduledPost, UtcDatetime

__all__ = ["ENDED", "MOVES", "CampaignEntry", "Delivery", "DeliveryState", "HistoryEntry", "StepEntry"]


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    HELD = "held"
    """Waits for its campaign to be launched; it has an offset and no time yet."""
    PLANNED = "planned"
    """Has a time, and nobody is at work on it."""
    CLAIMED = "claimed"
    """A worker holds its lease and prepares it; nothing is visible."""
    SENDING = "sending"
    """The intent to make it visible is on disk; the request may have left."""
    PUBLISHED = "published"
    """It is live; `Delivery.published` is the post."""
    FAILED = "failed"
    """The network or a rule said no, or a person; nothing is live, or a part that stays (`Delivery.partly_live`)."""
    UNKNOWN = "unknown"
    """It may be live: the request left and no verdict came back. It is never sent again by itself."""
    MISSED = "missed"
    """It was not carried out within its grace; nothing is live."""
    CANCELLED = "cancelled"
    """It was taken back; nothing is live."""
    NEEDS_ATTENTION = "needs_attention"
    """A person must do something first, such as connecting the account again; nothing is live."""


_S = DeliveryState

MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        _S.HELD: frozenset({_S.PLANNED, _S.CANCELLED}),
        _S.PLANNED: frozenset({_S.CLAIMED, _S.MISSED, _S.CANCELLED}),
        # Straight to published or unknown only with an adapter that does not tell the journal what is visible.
        _S.CLAIMED: frozenset(
            {
                _S.SENDING,
                _S.PLANNED,
                _S.PUBLISHED,
                _S.FAILED,
                _S.UNKNOWN,
                _S.MISSED,
                _S.CANCELLED,
                _S.NEEDS_ATTENTION,
            }
        ),
        # Back to planned only after the network said clearly that nothing was done, or if the request never left.
        _S.SENDING: frozenset({_S.PUBLISHED, _S.FAILED, _S.UNKNOWN, _S.PLANNED, _S.MISSED, _S.NEEDS_ATTENTION}),
        # Only by looking, or by the late answer itself; planned again only as `reconciliation.py` says, or when the
        # missing part was found live and another part is still to come. Missed or in need of a person only by the late
        # answer: by a worker that stood still and says now that its request never left, or was refused.
        _S.UNKNOWN: frozenset({_S.PUBLISHED, _S.FAILED, _S.PLANNED, _S.MISSED, _S.NEEDS_ATTENTION}),
        _S.FAILED: frozenset({_S.PLANNED}),
        _S.MISSED: frozenset({_S.PLANNED}),
        _S.NEEDS_ATTENTION: frozenset({_S.PLANNED, _S.CANCELLED}),
        _S.PUBLISHED: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)
"""From each state, the states that may follow it. Nothing else changes a state."""

ENDED = frozenset({_S.PUBLISHED, _S.FAILED, _S.MISSED, _S.CANCELLED})
"""Where nothing follows any more unless a person asks for it. What is unknown or needs attention has not ended."""


class Delivery(BaseModel):
    """
    One post for one account at one time, as the outbox holds it.

    Args:
        id: The outbox's id of it.
        network: The network's name.
        account: The account on it.
        post: What is to be published; its media are the outbox's own copies.
        state: Where it stands.
        at: When it is to appear, in UTC; `None` while it is held.
        after: How long after its campaign's start it is to appear, if it was planned so.
        campaign: The campaign that it belongs to, if any.
        due: When it is tried next: `at`, or later after a failure that passes; `None` if it is not planned.
        attempts: How often a worker has taken it up since it was last planned by a person.
        partly_live: Whether something of it is known to be live already.
        intent_at: When the intent to make it visible was last written, while that matters.
        looks: How often the account was looked at since its outcome became unknown.
        look_at: When it is looked at next; `None` if not again.
        seen: What the last look told.
        published: The live post.
        error: What went wrong last, with secrets masked.
        error_kind: The name of that error's class.
        created_at: When it was put in.
        changed_at: When its state last changed.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: str
    network: str
    account: str
    post: Post
    state: DeliveryState
    at: UtcDatetime | None = None
    after: timedelta | None = None
    campaign: str | None = None
    due: UtcDatetime | None = None
    attempts: int = 0
    partly_live: bool = False
    intent_at: UtcDatetime | None = None
    looks: int = 0
    look_at: UtcDatetime | None = None
    seen: str | None = None
    published: PublishedPost | None = None
    error: str | None = None
    error_kind: str | None = None
    created_at: UtcDatetime
    changed_at: UtcDatetime

    def may_become(self, state: DeliveryState) -> bool:
        """Whether the table allows this state to follow."""
        return state in MOVES[self.state]

    def as_scheduled(self) -> ScheduledPost:
        """Give it in the form that networks give plans in."""
        return ScheduledPost(
            network=self.network,
            account=self.account,
            id=self.id,
            at=self.at,
            post=self.post,
            held_by="outbox",
            state=self.state.value,
        )


class HistoryEntry(BaseModel):
    """
    One change in a delivery's life.

    Args:
        at: When.
        was: The state before; `None` at the beginning.
        became: The state after.
        owner: The worker that did it (machine, process, key); `None` if the application or a person did.
        attempt: Which attempt it was.
        due: When it is tried next, for what became planned.
        error: What went wrong, with secrets masked.
        error_kind: The name of that error's class.
        seen: What a look at the account told.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    at: UtcDatetime
    was: DeliveryState | None
    became: DeliveryState
    owner: str | None = None
    attempt: int = 0
    due: UtcDatetime | None = None
    error: str | None = None
    error_kind: str | None = None
    seen: str | None = None


class StepEntry(BaseModel):
    """
    A step of a delivery's publish that has been done.

    Args:
        name: Its name.
        visible: Whether it made something visible.
        result: What the network answered.
        recorded_at: When it was recorded.
        expires_at: Until when what it made lives; `None` if that does not end.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    name: str
    visible: bool
    result: JsonValue
    recorded_at: UtcDatetime
    expires_at: UtcDatetime | None = None


class CampaignEntry(BaseModel):
    """
    A campaign that the outbox holds.

    Args:
        name: Its name.
        created_at: When it was put in.
        started_at: Its start, if it was launched.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    name: str
    created_at: UtcDatetime
    started_at: UtcDatetime | None = None
