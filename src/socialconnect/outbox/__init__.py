"""The durable store of drafts and planned deliveries, and the worker that carries them out."""

from socialconnect.outbox.async_outbox import AsyncOutbox
from socialconnect.outbox.delivery import MOVES, Delivery, DeliveryState
from socialconnect.outbox.face import OutboxSettings
from socialconnect.outbox.outbox import Outbox
from socialconnect.outbox.report import RunReport
from socialconnect.outbox.store import StoreUnavailable

__all__ = [
    "MOVES",
    "AsyncOutbox",
    "Delivery",
    "DeliveryState",
    "Outbox",
    "OutboxSettings",
    "RunReport",
    "StoreUnavailable",
]
