"""What one sees of the async outbox, and what it clears away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from socialconnect.outbox.core_watching import States
from socialconnect.outbox.delivery import CampaignEntry, Delivery, HistoryEntry
from socialconnect.outbox.face import OutboxFace
from socialconnect.outbox.report import OutboxCounts, Vacuumed
from socialconnect.post import Draft, ScheduledPost

__all__ = ["AsyncOutboxWatching"]


class AsyncOutboxWatching(OutboxFace):
    """Watching and upkeep; see `AsyncOutbox`."""

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def deliveries(
        self,
        state: States = None,
        network: str | None = None,
        account: str | None = None,
        campaign: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int | None = None,
    ) -> list[Delivery]:
        """
        Give deliveries, soonest first, those without a time last.

        Args:
            state: In this state only, or in one of several.
            network: For this network only.
            account: For this account only.
            campaign: Of this campaign only.
            since: To appear at this moment or later; aware.
            until: To appear before this moment; aware.
            limit: At most so many.

        Raises:
            ValidationError: There is no such state, a moment has no zone, or the limit is negative.
        """
        return await self._core.deliveries(state, network, account, campaign, since=since, until=until, limit=limit)

    async def delivery(self, delivery_id: str) -> Delivery:
        """
        Give one delivery.

        Raises:
            NotFound: There is none of that id.
        """
        return await self._core.delivery(delivery_id)

    async def drafts(self, network: str | None = None, account: str | None = None) -> list[Draft]:
        """
        Give drafts, oldest first. They are made, changed and published through their network.

        Args:
            network: For this network only.
            account: For this account only.
        """
        return await self._core.drafts(network, account)

    async def held_for(self, network: str, *, after: datetime) -> tuple[list[Draft], list[ScheduledPost]]:
        """
        Give what a network's end would strand: all its drafts, and what is planned for it from a moment on.

        Args:
            network: The network's name.
            after: The moment; aware.

        Raises:
            ValidationError: It has no zone.
        """
        return await self._core.held_for(network, after)

    async def pauses(self) -> list[tuple[str, str, datetime]]:
        """Give what is paused: `network` or `campaign`, its name, and since when."""
        return await self._core.pauses()

    async def history(self, delivery_id: str) -> list[HistoryEntry]:
        """
        Give what has happened to a delivery, oldest first: each change, when, by whom, and what went wrong.

        Args:
            delivery_id: The delivery.

        Raises:
            NotFound: There is none of that id.
        """
        return await self._core.history(delivery_id)

    async def campaigns(self) -> list[CampaignEntry]:
        """Give the campaigns that the outbox holds, oldest first."""
        return await self._core.campaigns()

    async def counts(self) -> OutboxCounts:
        """
        Count what there is, for a metrics system: deliveries by state and by network, and how far behind they are.

        Returns:
            A plain dictionary that JSON can hold.
        """
        return await self._core.counts()

    # ── keeping it tidy ───────────────────────────────────────────────────────────────────────────────────────────

    async def export(self) -> AsyncIterator[str]:
        """
        Give all that the outbox holds as lines of JSON: campaigns, pauses, drafts, and each delivery with its history.

        Each line is an object with its `kind` and its `data`. What is put in or changed meanwhile may be in it.
        """
        for line in await self._core.export_head():
            yield line
        beyond = 0
        while True:
            beyond, lines = await self._core.export_page(beyond)
            if not lines:
                return
            for line in lines:
                yield line

    async def vacuum(self, *, older_than: timedelta | None = None) -> Vacuumed:
        """
        Clear away copies of media that no delivery and no draft refers to, and on demand what ended long ago.

        Args:
            older_than: Delete also the deliveries that ended longer ago than this, with their steps and history:
                published, failed, missed and cancelled ones. What is unknown or needs attention has not ended. A
                campaign's name stays taken.

        Returns:
            How much was cleared away.

        Raises:
            ValidationError: The age is negative.
        """
        return await self._core.vacuum(older_than)
