"""What a network needs of an outbox: a place for drafts and plans that it cannot keep itself."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost

if TYPE_CHECKING:
    from socialconnect.operations import Operations

__all__ = ["KeepsPlans", "Plans"]


class Plans(Protocol):
    """Drafts and plans of many accounts, kept durably. The outbox implements it; networks call it."""

    def attach(self, operations: Operations) -> None:
        """Take note of an account, so that what is planned for it can be carried out."""
        ...

    async def add_draft(self, network: str, account: str, post: Post) -> Draft:
        """Keep a draft."""
        ...

    async def drafts(self, network: str, account: str) -> list[Draft]:
        """Give an account's drafts, oldest first."""
        ...

    async def update_draft(self, network: str, account: str, draft_id: str, post: Post) -> Draft:
        """Put another post in a draft's place."""
        ...

    async def publish_draft(self, network: str, account: str, draft_id: str) -> PublishedPost:
        """Turn a draft into a delivery that is due now, and carry that out."""
        ...

    async def delete_draft(self, network: str, account: str, draft_id: str) -> None:
        """Delete a draft."""
        ...

    async def schedule(self, network: str, account: str, post: Post, at: datetime) -> ScheduledPost:
        """Plan a delivery."""
        ...

    async def scheduled(self, network: str, account: str) -> list[ScheduledPost]:
        """Give an account's deliveries that are still to come, soonest first."""
        ...

    async def reschedule(self, network: str, account: str, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a delivery to another time."""
        ...

    async def cancel(self, network: str, account: str, plan_id: str) -> None:
        """Take back a delivery."""
        ...

    async def reserve(
        self, network: str, account: str, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        """Add to what an account has spent in a month; if that would pass the limit, add nothing and give the sum."""
        ...

    async def release(self, network: str, account: str, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent."""
        ...


class KeepsPlans(Protocol):
    """What may be passed as `outbox=`: an `Outbox` for a blocking network, an `AsyncOutbox` for an async one."""

    @property
    def plans(self) -> Plans:
        """Where it keeps them."""
        ...
