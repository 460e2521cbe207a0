"""The durable store of drafts and planned deliveries, and the worker that carries them out."""

from socialconnect.outbox.archive.manifest import ArchiveDamaged, ArchiveManifest
from socialconnect.outbox.async_outbox import AsyncOutbox
from socialconnect.outbox.delivery import (
    ENDED,
    MOVES,
    CampaignEntry,
    Delivery,
    DeliveryState,
    HistoryEntry,
    StepEntry,
)
from socialconnect.outbox.face import OutboxSettings
from socialconnect.outbox.ledger import Purged, Reading, Rerouted, Restored, Spend
from socialconnect.outbox.outbox import Outbox
from socialconnect.outbox.report import OutboxCounts, RunReport, Vacuumed
from socialconnect.outbox.rerouting import Proposal, Rerouting
from socialconnect.outbox.store import StoreUnavailable

__all__ = [
    "ENDED",
    "MOVES",
    "ArchiveDamaged",
    "ArchiveManifest",
    "AsyncOutbox",
    "CampaignEntry",
    "Delivery",
    "DeliveryState",
    "HistoryEntry",
    "Outbox",
    "OutboxCounts",
    "OutboxSettings",
    "Proposal",
    "Purged",
    "Reading",
    "Rerouted",
    "Rerouting",
    "Restored",
    "RunReport",
    "Spend",
    "StepEntry",
    "StoreUnavailable",
    "Vacuumed",
]
