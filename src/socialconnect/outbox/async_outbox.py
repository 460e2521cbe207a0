"""The async outbox: the methods of `Outbox`, awaited, under asyncio and trio alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from socialconnect.operations import Operations
from socialconnect.outbox.async_leaving import AsyncOutboxLeaving
from socialconnect.outbox.async_watching import AsyncOutboxWatching
from socialconnect.outbox.core import CampaignItem, require_aware
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.face import OutboxSettings
from socialconnect.outbox.outcomes import Outcome
from socialconnect.outbox.report import RunReport
from socialconnect.post import PublishedPost, ScheduledPost

__all__ = ["AsyncOutbox"]


class AsyncOutbox(AsyncOutboxWatching, AsyncOutboxLeaving):
    """
    Drafts and planned deliveries of any number of accounts, kept in a SQLite file or PostgreSQL; it carries them out.

    Give it to async networks as `outbox=`. It may be shared by tasks; several processes may use the same file.
    Close it, or use it in an `async with` block.

    Args:
        path: The SQLite file; made if it is not there. Copies of media are in a folder beside it, `<path>-media`. Or,
            as a string, the address of a PostgreSQL database: `postgresql://user@host/database`.
        settings: See `OutboxSettings`.

    Raises:
        ConfigurationError: A setting is wrong.
        StoreUnavailable: The file or database cannot be used; it is a `ConfigurationError`.
    """

    _blocking = False

    def __init__(self, path: str | Path, **settings: Unpack[OutboxSettings]) -> None:
        super().__init__(path, settings)

    async def aclose(self) -> None:
        """Close the file. The networks stay open."""
        await self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # ── carrying out ──────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self, until: datetime | None = None, *, until_idle: bool = False) -> RunReport:
        """
        Carry out what is due, wait by the clock for what comes next, and so on.

        Accounts are served side by side; each account's deliveries one after the other, in order.

        Args:
            until: When to end; aware. It never ends by itself unless this or `until_idle` is given.
            until_idle: End as soon as nothing is planned any more for the accounts that were given to this outbox.

        Returns:
            How many deliveries came to each end.

        Raises:
            ConfigurationError: The file cannot be used any more.
        """
        import anyio.lowlevel

        if until is not None:
            require_aware("until", until)
        report = RunReport()
        while True:
            report += await self.run_due()
            seconds = await self._core.worker.rest(until, until_idle=until_idle)
            if seconds is None:
                return report
            await anyio.lowlevel.checkpoint()  # a clock that tests move may not suspend, and others must have a turn
            await self._clock.sleep_async(seconds)

    async def run_jobs(self, *, workers: int = 4, until_idle: bool = False) -> RunReport:
        """
        Carry out what is due as jobs of procrastinate; for an outbox on PostgreSQL, on any number of machines.

        It never ends by itself: SIGINT and SIGTERM stop it, after what is under way. Only the accounts that were given
        to this outbox before are served. A database that starts again within half a minute is waited for. Under asyncio
        alone, as procrastinate.

        Args:
            workers: How many deliveries are carried out side by side; each account's one after the other, in order.
            until_idle: End as soon as nothing is planned any more for the accounts that were given to this outbox.

        Returns:
            How many deliveries came to each end here.

        Raises:
            ConfigurationError: The outbox is not on PostgreSQL, or its database cannot be used any more.
        """
        self._require_database()
        from socialconnect.outbox.postgres.worker import Engine

        engine = Engine(self._core, self._place.store, self._clock, workers=workers)
        return await engine.run(until_idle=until_idle)

    async def run_due(self) -> RunReport:
        """
        Carry out what is due now, and do not wait.

        Returns:
            How many deliveries came to each end.

        Raises:
            ConfigurationError: The file cannot be used any more.
        """
        look = await self._core.worker.look()
        return await self._drain(look.due, look.report)

    async def carry_out(self, plans: Sequence[ScheduledPost]) -> list[Outcome]:
        """
        Carry out plans that are due, and what is due before them on their accounts; do not wait.

        Args:
            plans: The plans.

        Returns:
            For each the live post; the plan, if it is still to come, as it is now; or what went wrong.

        Raises:
            ConfigurationError: The file cannot be used any more.
        """
        accounts = {(one.network, one.account) for one in plans}
        look = await self._core.worker.look()
        errors: dict[str, Exception] = {}
        due = [one for one in look.due if (one.network, one.account) in accounts]
        await self._drain(due, look.report, errors)
        return await self._core.outcomes(plans, errors)

    async def _drain(
        self, accounts: Sequence[Operations], report: RunReport, errors: dict[str, Exception] | None = None
    ) -> RunReport:
        """Serve accounts side by side, and add what was done to the report."""
        import anyio

        worker = self._core.worker
        reports = [report]
        failures: list[Exception] = []

        async def drain(account: Operations) -> None:
            try:
                reports.append(await worker.drain(account, lambda: bool(failures), errors))
            except Exception as error:  # noqa: BLE001  # raised below: the others end properly what they have begun
                failures.append(error)

        async with anyio.create_task_group() as group:
            for account in accounts:
                group.start_soon(drain, account)
        if failures:
            raise failures[0]
        return sum(reports[1:], reports[0])

    # ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def cancel(self, delivery_id: str) -> None:
        """
        Take back a delivery.

        Args:
            delivery_id: The delivery.

        Raises:
            ValidationError: The intent to send it is written already, or it has come to an end.
            NotFound: There is none of that id.
        """
        await self._core.call_off(delivery_id)

    async def reschedule(self, delivery_id: str, at: datetime) -> ScheduledPost:
        """
        Plan a delivery for another time; or again, if it failed, was missed or needed attention.

        Args:
            delivery_id: The delivery.
            at: When; aware, in the future.

        Raises:
            ValidationError: The time breaks a rule, or the intent to send it is written already.
            NotFound: There is none of that id.
        """
        return await self._core.move(delivery_id, at)

    async def settle(self, delivery_id: str, published: PublishedPost | None) -> Delivery:
        """
        Say what became of a delivery whose outcome is unknown, after looking at the account.

        Args:
            delivery_id: The delivery.
            published: The live post; `None` if it is not there. It then counts as failed, and may be rescheduled.

        Raises:
            ValidationError: The delivery's outcome is not unknown, or the post is another account's.
            NotFound: There is none of that id.
        """
        return await self._core.settle(delivery_id, published)

    # ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_campaign(self, campaign: str, items: Sequence[CampaignItem]) -> list[ScheduledPost]:
        """
        Put a campaign's deliveries in, all of them or none.

        Args:
            campaign: The campaign's name, which must be new.
            items: For each delivery its network, account and post, and when: an aware moment, or an offset from the
                campaign's start, for which it is held until `launch`.

        Returns:
            The plans, in the order given.

        Raises:
            ValidationError: A time breaks a rule, or the campaign is there already; nothing was planned.
        """
        return await self._core.add_campaign(campaign, items)

    async def launch(self, campaign: str, at: datetime | None = None) -> list[ScheduledPost]:
        """
        Start a campaign: its held deliveries get their times, all of them or none.

        Args:
            campaign: The campaign's name.
            at: Its start; aware. Now if not given.

        Returns:
            The plans that were held, soonest first.

        Raises:
            ValidationError: It was launched before, or the time has no zone.
            NotFound: There is no such campaign.
        """
        return await self._core.launch(campaign, at)

    async def move_start(self, campaign: str, at: datetime) -> list[ScheduledPost]:
        """
        Move a launched campaign's start: what was planned by offset and has not begun moves with it.

        Args:
            campaign: The campaign's name.
            at: Its new start; aware.

        Returns:
            What is still to come, soonest first.

        Raises:
            ValidationError: The time has no zone.
            NotFound: There is no such campaign.
        """
        return await self._core.move_start(campaign, at)

    async def call_off(self, campaign: str) -> list[Delivery]:
        """
        Call a campaign off: all of it that has not begun is cancelled at once. What is live stays live.

        Args:
            campaign: The campaign's name.

        Returns:
            All its deliveries as they are now, so that one sees what could not be called off any more.

        Raises:
            NotFound: There is no such campaign.
        """
        return await self._core.call_off_campaign(campaign)

    async def pause(self, *, network: str | None = None, campaign: str | None = None) -> None:
        """
        Let nothing more of a network, or of a campaign, begin. What is being sent is ended properly.

        Args:
            network: The network's name. Neither it nor the campaign need be known yet.
            campaign: Or the campaign's.

        Raises:
            ValidationError: Both were given, or none.
        """
        await self._core.pause(network, campaign)

    async def resume(self, *, network: str | None = None, campaign: str | None = None) -> bool:
        """
        Let it go on, in order. What is too late by more than `grace` by now is missed.

        Args:
            network: The network's name.
            campaign: Or the campaign's.

        Returns:
            Whether it was paused.

        Raises:
            ValidationError: Both were given, or none.
        """
        return await self._core.resume(network, campaign)
