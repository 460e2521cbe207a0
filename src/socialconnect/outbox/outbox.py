"""The blocking outbox."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from socialconnect.network import run
from socialconnect.operations import Operations
from socialconnect.outbox.core import CampaignItem, require_aware
from socialconnect.outbox.delivery import Delivery
from socialconnect.outbox.face import OutboxSettings
from socialconnect.outbox.outbox_leaving import OutboxLeaving
from socialconnect.outbox.outbox_watching import OutboxWatching
from socialconnect.outbox.outcomes import Outcome
from socialconnect.outbox.report import RunReport
from socialconnect.post import PublishedPost, ScheduledPost

__all__ = ["Outbox"]


class Outbox(OutboxWatching, OutboxLeaving):
    """
    Drafts and planned deliveries of any number of accounts, kept in a SQLite file or PostgreSQL; it carries them out.

    Give it to blocking networks as `outbox=`. It may be shared by threads; several processes may use the same file.
    Close it, or use it in a `with` block.

    Args:
        path: The SQLite file; made if it is not there. Copies of media are in a folder beside it, `<path>-media`. Or,
            as a string, the address of a PostgreSQL database: `postgresql://user@host/database`.
        settings: See `OutboxSettings`.

    Raises:
        ConfigurationError: A setting is wrong.
        StoreUnavailable: The file or database cannot be used; it is a `ConfigurationError`.
    """

    _blocking = True

    def __init__(self, path: str | Path, **settings: Unpack[OutboxSettings]) -> None:
        super().__init__(path, settings)

    def close(self) -> None:
        """Close the file. The networks stay open."""
        run(self._core.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ── carrying out ──────────────────────────────────────────────────────────────────────────────────────────────

    def run(self, until: datetime | None = None, *, until_idle: bool = False) -> RunReport:
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
        if until is not None:
            require_aware("until", until)
        report = RunReport()
        while True:
            report += self.run_due()
            seconds = run(self._core.worker.rest(until, until_idle=until_idle))
            if seconds is None:
                return report
            self._clock.sleep(seconds)

    def run_jobs(self, *, workers: int = 4, until_idle: bool = False) -> RunReport:
        """
        Carry out what is due as jobs of procrastinate; for an outbox on PostgreSQL, on any number of machines.

        It never ends by itself: SIGINT and SIGTERM stop it, after what is under way. Only the accounts that were given
        to this outbox before are served. A database that starts again within half a minute is waited for.

        Args:
            workers: How many deliveries are carried out side by side; each account's one after the other, in order.
            until_idle: End as soon as nothing is planned any more for the accounts that were given to this outbox.

        Returns:
            How many deliveries came to each end here.

        Raises:
            ConfigurationError: The outbox is not on PostgreSQL, or its database cannot be used any more.
        """
        self._require_database()
        import anyio

        from socialconnect.outbox.postgres.worker import Engine

        engine = Engine(self._core, self._place.store, self._clock, workers=workers)
        return anyio.run(partial(engine.run, until_idle=until_idle), backend="asyncio")

    def run_due(self) -> RunReport:
        """
        Carry out what is due now, and do not wait.

        Returns:
            How many deliveries came to each end.

        Raises:
            ConfigurationError: The file cannot be used any more.
        """
        look = run(self._core.worker.look())
        return self._drain(look.due, look.report)

    def carry_out(self, plans: Sequence[ScheduledPost]) -> list[Outcome]:
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
        look = run(self._core.worker.look())
        errors: dict[str, Exception] = {}
        self._drain([one for one in look.due if (one.network, one.account) in accounts], look.report, errors)
        return run(self._core.outcomes(plans, errors))

    def _drain(
        self, accounts: Sequence[Operations], report: RunReport, errors: dict[str, Exception] | None = None
    ) -> RunReport:
        """Serve accounts side by side, and add what was done to the report."""
        if not accounts:
            return report
        worker, halt = self._core.worker, threading.Event()

        def drain(account: Operations) -> RunReport:
            return run(worker.drain(account, halt.is_set, errors))

        # Threads even for one account: an interrupt from the keyboard reaches the main thread alone, and so never
        # parts an answer from its record.
        with ThreadPoolExecutor(max_workers=len(accounts), thread_name_prefix="outbox") as pool:
            try:
                return sum(pool.map(drain, accounts), report)
            except BaseException:
                halt.set()  # what is under way is ended properly; nothing new is begun
                raise

    # ── changing ──────────────────────────────────────────────────────────────────────────────────────────────────

    def cancel(self, delivery_id: str) -> None:
        """
        Take back a delivery.

        Args:
            delivery_id: The delivery.

        Raises:
            ValidationError: The intent to send it is written already, or it has come to an end.
            NotFound: There is none of that id.
        """
        run(self._core.call_off(delivery_id))

    def reschedule(self, delivery_id: str, at: datetime) -> ScheduledPost:
        """
        Plan a delivery for another time; or again, if it failed, was missed or needed attention.

        Args:
            delivery_id: The delivery.
            at: When; aware, in the future.

        Raises:
            ValidationError: The time breaks a rule, or the intent to send it is written already.
            NotFound: There is none of that id.
        """
        return run(self._core.move(delivery_id, at))

    def settle(self, delivery_id: str, published: PublishedPost | None) -> Delivery:
        """
        Say what became of a delivery whose outcome is unknown, after looking at the account.

        Args:
            delivery_id: The delivery.
            published: The live post; `None` if it is not there. It then counts as failed, and may be rescheduled.

        Raises:
            ValidationError: The delivery's outcome is not unknown, or the post is another account's.
            NotFound: There is none of that id.
        """
        return run(self._core.settle(delivery_id, published))

    # ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────

    def add_campaign(self, campaign: str, items: Sequence[CampaignItem]) -> list[ScheduledPost]:
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
        return run(self._core.add_campaign(campaign, items))

    def launch(self, campaign: str, at: datetime | None = None) -> list[ScheduledPost]:
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
        return run(self._core.launch(campaign, at))

    def move_start(self, campaign: str, at: datetime) -> list[ScheduledPost]:
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
        return run(self._core.move_start(campaign, at))

    def call_off(self, campaign: str) -> list[Delivery]:
        """
        Call a campaign off: all of it that has not begun is cancelled at once. What is live stays live.

        Args:
            campaign: The campaign's name.

        Returns:
            All its deliveries as they are now, so that one sees what could not be called off any more.

        Raises:
            NotFound: There is no such campaign.
        """
        return run(self._core.call_off_campaign(campaign))

    def pause(self, *, network: str | None = None, campaign: str | None = None) -> None:
        """
        Let nothing more of a network, or of a campaign, begin. What is being sent is ended properly.

        Args:
            network: The network's name. Neither it nor the campaign need be known yet.
            campaign: Or the campaign's.

        Raises:
            ValidationError: Both were given, or none.
        """
        run(self._core.pause(network, campaign))

    def resume(self, *, network: str | None = None, campaign: str | None = None) -> bool:
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
        return run(self._core.resume(network, campaign))
