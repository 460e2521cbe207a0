"""What the async outbox keeps of readings and spending, and how a network is left with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from socialconnect.async_network import AsyncNetwork
from socialconnect.lifecycle import SunsetPlan
from socialconnect.outbox.archive.manifest import ArchiveManifest
from socialconnect.outbox.core_leaving import Found
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.face import OutboxFace
from socialconnect.outbox.ledger import Purged, Reading, Rerouted, Restored, Spend
from socialconnect.outbox.rerouting import Proposal, Rerouting
from socialconnect.post import PublishedPost

__all__ = ["AsyncOutboxLeaving"]


class AsyncOutboxLeaving(OutboxFace):
    """Readings, spending, archives and rerouting; see `AsyncOutbox`."""

    async def keep(self, *found: Found) -> list[Reading]:
        """
        Keep what was read from networks, with where it comes from and until when it may be kept.

        Args:
            found: What `fetch_metrics`, `fetch_account_metrics` and `posts` gave.

        Raises:
            ValidationError: It does not say where it comes from, or may no longer be kept; nothing was kept.
        """
        return await self._core.keep(found)

    async def readings(self, network: str | None = None, account: str | None = None) -> list[Reading]:
        """
        Give what was kept and may still be, in the order in which it was put in.

        Args:
            network: From this network only.
            account: Of this account only.
        """
        return await self._core.readings(network, account)

    async def purge(self) -> Purged:
        """
        Delete what the networks' terms no longer let be kept: readings, and of published posts what was read back.

        Returns:
            What was deleted; its text says it line by line.
        """
        return await self._core.purge()

    async def published_on(self, network: str) -> list[PublishedPost]:
        """
        Give the posts that deliveries for a network have made.

        Args:
            network: The network's name.
        """
        return await self._core.published_on(network)

    async def spending(self, network: str | None = None, account: str | None = None) -> list[Spend]:
        """
        Give what accounts with a `spend_limit` have spent, by month, at the most that it can have been.

        Args:
            network: On this network only.
            account: Of this account only.
        """
        return await self._core.spending(network, account)

    async def export_archive(
        self, folder: str | Path, *, network: str | None = None, plan: SunsetPlan | None = None
    ) -> ArchiveManifest:
        """
        Write an archive that says itself what is in it: all that is held, and what has become of it, with the media.

        What may no longer be kept is left out, and said so. It is all of one moment, written beside its place, and
        moved there when it is whole. Pause the networks before if another outbox is to take over.

        Args:
            folder: Where; there must be nothing yet, or an empty folder.
            network: Of this network only.
            plan: A sunset plan for it, whose drafts and plans that the network itself holds are to be listed too. The
                outbox has no part in those: nothing puts them back.

        Raises:
            ConfigurationError: There is something already, or the place cannot be written to.
            ValidationError: The plan is for another network.
        """
        return await self._core.export_archive(Path(folder), network, plan)

    async def restore(self, folder: str | Path) -> Restored:
        """
        Put back what an archive holds, all of it or nothing: as it was, into this outbox or another.

        Networks with deliveries that are still to be sent are paused: the outbox that the archive is of may send them
        too. Resume them when it will not. What it may have sent since the archive was made is `unknown` and looked for,
        unless its network was paused there by then. What may no longer be kept is not put in; of what was spent, the
        larger amount counts.

        Args:
            folder: The archive.

        Raises:
            ArchiveDamaged: It was changed, cut off, never finished, or made by a newer version; says where.
            ValidationError: The outbox holds something of the same id, or a campaign of the same name, that differs.
            ConfigurationError: It has media, and the outbox has no folder for them.
        """
        return await self._core.restore(Path(folder))

    async def reroute(self, plan: SunsetPlan, to: Iterable[AsyncNetwork]) -> Rerouting:
        """
        Propose the deliveries of a network that ends for other accounts. Changes nothing.

        Args:
            plan: What is affected; see `sunset_plan`.
            to: The other accounts, on other networks.

        Returns:
            For each delivery and account the post as it would be there, its problems and its cost. That the account
            has the same already, or would get it twice, is told as a warning.

        Raises:
            ValidationError: One of the accounts is on the network that ends.
        """
        return await self._core.reroute(plan, [one.operations for one in to])

    async def confirm(self, *proposals: Proposal) -> list[Rerouted]:
        """
        Move deliveries as proposed: those that are given here and no other, all of them or none.

        Each is cancelled, and a new one for the other account takes its place, at its time and in its campaign;
        several if several proposals for it are given.

        Args:
            proposals: What is confirmed.

        Raises:
            ValidationError: A post has problems there, or has begun meanwhile; nothing was moved.
            NotFound: A delivery is gone; nothing was moved.
        """
        return await self._core.confirm(proposals)

    async def reroutes(self) -> list[Rerouted]:
        """Give the moves that were made, oldest first."""
        return await self._core.reroutes()

    async def undo(self, move_id: str) -> Delivery:
        """
        Take a move back, until the day on which the network ends.

        Args:
            move_id: The move's id.

        Returns:
            The delivery for the old account: as it was, under a new id.

        Raises:
            ValidationError: The day has come, it was undone already, or what took its place has begun, was moved on
                and has not come back, or was all cancelled.
            NotFound: There is no such move.
        """
        return await self._core.undo(move_id)
