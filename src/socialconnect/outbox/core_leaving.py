"""The part of the outbox that keeps what was read and spent, and lets a network be left in good order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from socialconnect.errors import ConfigurationError, Problem, UnsupportedFeature, ValidationError
from socialconnect.metrics import AccountMetrics, Metrics, MetricsReport
from socialconnect.outbox.archive import ArchiveManifest
from socialconnect.outbox.archive_reader import media_of, read_contents, read_manifest
from socialconnect.outbox.archive_writer import ArchiveWriter
from socialconnect.outbox.core_campaigns import CampaignsCore, new_id
from socialconnect.outbox.delivery import DeliveryState
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Ledger, Purged, Reading, Restored, Spend
from socialconnect.outbox.store import Query
from socialconnect.post import PublishedPost

__all__ = ["Found", "LeavingCore"]

Found = MetricsReport | AccountMetrics | Iterable[PublishedPost]
"""What a network's reading calls give back, and what can be kept."""

_PAGE = 200
"""Deliveries that are read at a time."""


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

    async def export_archive(self, folder: Path, network: str | None) -> ArchiveManifest:
        """Write an archive of what is held for a network, or of everything."""
        readings = await self.ledger.readings(network, None)  # first: a store without a ledger makes no archive
        writer = ArchiveWriter(
            folder,
            now=self.clock.now(),
            network=network,
            pack=self._shelf.pack,
            copies_of=self._shelf.copies_of,
        )
        try:
            campaigns = await self._write_deliveries(writer, network)
            for campaign in await self._store.campaigns():
                if network is None or campaign.name in campaigns:
                    writer.campaign(campaign)
            for draft in await self._store.drafts(network, None):
                writer.draft(draft)
            for reading in readings:
                writer.reading(reading)
            return await self._shelf.aside(writer.finish)
        except BaseException:
            writer.give_up()
            raise

    async def _write_deliveries(self, writer: ArchiveWriter, network: str | None) -> set[str | None]:
        """Write the deliveries; gives the names of their campaigns."""
        beyond, campaigns = 0, set[str | None]()
        while page := await self._store.page(beyond, _PAGE):
            for number, delivery in page:
                beyond = number
                if network is None or delivery.network == network:
                    history, steps = await self._store.history(delivery.id), await self._store.steps(delivery.id)
                    writer.delivery(ArchivedDelivery(delivery, history, steps))
                    campaigns.add(delivery.campaign)
        return campaigns

    async def restore(self, folder: Path) -> Restored:
        """Put an archive's contents in, all or nothing."""
        ledger = self.ledger

        def read() -> Contents:
            manifest = read_manifest(folder)
            contents = read_contents(folder, manifest, self._shelf.unpack)
            for file in media_of(folder, manifest):
                self._shelf.take_in(file)  # what nothing refers to in the end is cleared away by the next vacuum
            return contents

        contents = await self._shelf.aside(read)
        now = self.clock.now()
        over = [one for one in contents.readings if one.expired(now)]
        wanted = replace(contents, readings=[one for one in contents.readings if not one.expired(now)])
        before = {name for kind, name, _ in await self._store.pauses() if kind == "network"}
        new = await ledger.restore(wanted, now)
        after = {name for kind, name, _ in await self._store.pauses() if kind == "network"}
        return Restored(
            campaigns=len(new.campaigns),
            drafts=len(new.drafts),
            deliveries=len(new.deliveries),
            readings=len(new.readings),
            expired=len(over),
            paused=tuple(sorted(after - before)),
        )


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
