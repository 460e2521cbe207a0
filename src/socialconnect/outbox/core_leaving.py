"""The part of the outbox that keeps what was read and spent, and lets a network be left in good order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from socialconnect.errors import ConfigurationError, Problem, UnsupportedFeature, ValidationError
from socialconnect.lifecycle import SunsetPlan
from socialconnect.metrics import AccountMetrics, Metrics, MetricsReport
from socialconnect.outbox.archive.manifest import ArchiveManifest
from socialconnect.outbox.archive.reader import ArchiveReader
from socialconnect.outbox.archive.writer import ArchiveWriter
from socialconnect.outbox.core_campaigns import CampaignsCore, new_id, require_aware
from socialconnect.outbox.delivery import DeliveryState
from socialconnect.outbox.ledger import Ledger, Purged, Reading, Restored, Spend
from socialconnect.outbox.store import Query
from socialconnect.post import Draft, PublishedPost, ScheduledPost

__all__ = ["NOT_BEGUN", "Found", "LeavingCore"]

Found = MetricsReport | AccountMetrics | Iterable[PublishedPost]
"""What a network's reading calls give back, and what can be kept."""

NOT_BEGUN = frozenset({DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.NEEDS_ATTENTION})
"""The states of what can be moved elsewhere."""

_ALREADY_DUE = NOT_BEGUN - {DeliveryState.HELD}


class LeavingCore(CampaignsCore):
    """What was read and spent."""

    @property
    def ledger(self) -> Ledger:
        """
        The store's ledger.

        Raises:
            UnsupportedFeature: This store has none.
        """
        if not isinstance(self._store, Ledger):
            message = "this store keeps neither readings nor spending, and makes no archives; SQLite's does"
            raise UnsupportedFeature([Problem(field="outbox", rule="supported", message=message)])
        return self._store

    # ── what was read ─────────────────────────────────────────────────────────────────────────────────────────────

    async def keep(self, found: tuple[Found, ...]) -> list[Reading]:
        """Keep what was read from networks."""
        readings = [one for some in found for one in _readings(some)]
        now = self.clock.now()
        over = [one for one in readings if one.expired(now)]
        if over:
            message = "it may no longer be kept"
            raise ValidationError([Problem(field=one.about, rule="retention", message=message) for one in over])
        await self.ledger.keep_readings(readings)
        return readings

    async def readings(self, network: str | None, account: str | None) -> list[Reading]:
        """Give what was read and may still be kept."""
        now = self.clock.now()
        return [one for one in await self.ledger.readings(network, account) if not one.expired(now)]

    async def purge(self) -> Purged:
        """Delete what may no longer be kept."""
        return await self.ledger.purge(self.clock.now())

    # ── what is affected when a network ends ──────────────────────────────────────────────────────────────────────

    async def held_for(self, network: str, after: datetime) -> tuple[list[Draft], list[ScheduledPost]]:
        """Give what would be stranded if a network ended at a moment; see `HoldsWork.held_for`."""
        require_aware("after", after)
        overdue = min(after, self.clock.now())
        found = [
            *await self._store.deliveries(Query(states=_ALREADY_DUE, network=network, until=overdue)),
            *await self._store.deliveries(Query(states=NOT_BEGUN, network=network, after=after)),
            *await self._store.deliveries(Query(states=frozenset({DeliveryState.UNKNOWN}), network=network)),
        ]
        return await self._store.drafts(network, None), [one.as_scheduled() for one in found]

    async def published_on(self, network: str) -> list[PublishedPost]:
        """Give the posts that deliveries for a network have made."""
        done = await self._store.deliveries(Query(states=frozenset({DeliveryState.PUBLISHED}), network=network))
        return [one.published for one in done if one.published is not None]

    # ── what was spent ────────────────────────────────────────────────────────────────────────────────────────────

    async def reserve(
        self, network: str, account: str, month: str, amount: Decimal, currency: str, limit: Decimal
    ) -> Decimal | None:
        """Add to what an account has spent in a month; see `Plans.reserve`."""
        return await self.ledger.reserve((network, account), month, amount, currency, limit)

    async def release(self, network: str, account: str, month: str, amount: Decimal, currency: str) -> None:
        """Take back what did not come to be spent; see `Plans.release`."""
        await self.ledger.release((network, account), month, amount, currency)

    async def spending(self, network: str | None, account: str | None) -> list[Spend]:
        """Give what was spent, by account and month."""
        return await self.ledger.spending(network, account)

    # ── archives ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def export_archive(self, folder: Path, network: str | None, plan: SunsetPlan | None) -> ArchiveManifest:
        """Write an archive of what is held for a network, or of everything."""
        ledger = self.ledger
        if plan is not None and plan.network != network:
            message = f"the plan is for {plan.network}: write an archive of that network"
            raise ValidationError([Problem(field="network", rule="of_the_plan", message=message, actual=network)])

        def write() -> ArchiveManifest:
            pack, copies_of = self._shelf.pack, self._shelf.copies_of
            with ledger.snapshot(network) as held:
                writer = ArchiveWriter(folder, now=self.clock.now(), network=network, pack=pack, copies_of=copies_of)
                return writer.write(held, plan)

        return await self._shelf.aside(write)

    async def restore(self, folder: Path) -> Restored:
        """Put an archive's contents in, all or nothing."""
        ledger = self.ledger

        def restore() -> Restored:
            now = self.clock.now()
            reader = ArchiveReader(folder, self._shelf.unpack, now)
            contents = reader.contents()
            for file in reader.media:
                self._shelf.take_in(file)  # what nothing refers to in the end is cleared away by the next vacuum
            return ledger.restore(contents, now).model_copy(update={"expired": reader.expired})

        return await self._shelf.aside(restore)


def _readings(found: Found) -> list[Reading]:
    if isinstance(found, AccountMetrics):
        return [_reading(found)]
    return [_reading(one) for one in found]


def _reading(found: object) -> Reading:
    provenance = getattr(found, "provenance", None)
    if provenance is None:
        message = "it does not say where it comes from: keep what a network's reading calls gave"
        raise ValidationError([Problem(field=type(found).__name__, rule="provenance", message=message)])
    if isinstance(found, PublishedPost):
        return Reading(id=new_id(), provenance=provenance, post=found)
    if isinstance(found, AccountMetrics):
        return Reading(id=new_id(), provenance=provenance, account_metrics=found)
    if isinstance(found, Metrics):
        return Reading(id=new_id(), provenance=provenance, metrics=found)
    raise ConfigurationError(f"An outbox keeps reports, account metrics and posts, not {type(found).__name__}.")
