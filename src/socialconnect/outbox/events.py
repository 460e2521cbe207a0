"""
What the outbox tells of deliveries: to the log, with keys that stay, and to the application's `on_change`.

Both come after the record. Whatever goes wrong in them changes nothing about a delivery.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import StrEnum

from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.outcomes import place_of
from socialconnect.outbox.store import Store, StoreUnavailable

__all__ = ["Event", "Events"]

_log = logging.getLogger("socialconnect.outbox")


class Event(StrEnum):
    """What a log record of the outbox is about: its `event`."""

    ENDED = "delivery.ended"
    """An attempt has come to an end, and no other is planned by itself."""
    POSTPONED = "delivery.postponed"
    """An attempt has come to an end, and another one is planned."""
    MISSED = "delivery.missed"
    """It was later than its grace."""
    ABANDONED = "delivery.abandoned"
    """Its worker died while the request was on its way."""
    LOOKED = "delivery.looked"
    """The account was looked at for it."""
    TAKEN_OVER = "delivery.taken_over"
    """Somebody else has taken it over meanwhile; nothing was recorded."""
    MAY_BE_LIVE = "delivery.may_be_live"
    """It is or may be live, and the record says otherwise: look at the account."""
    HOOK_FAILED = "hook.failed"
    """`on_change`, or the function given as `repeat_unseen`, raised."""


class Events:
    """
    Args:
        store: Where deliveries are.
        on_change: What the application wants called.
    """

    def __init__(self, store: Store, on_change: Callable[[Delivery], object] | None) -> None:
        self._store, self._on_change = store, on_change

    def log(
        self,
        event: Event,
        delivery: Delivery,
        text: str,
        *,
        state: DeliveryState | None = None,
        error_kind: str | None = None,
        level: int = logging.INFO,
    ) -> None:
        """
        Log what has happened to a delivery.

        Args:
            event: What.
            delivery: The delivery.
            text: The same for people; without secrets.
            state: Its state now; as the delivery says if not given.
            error_kind: The name of the class of what went wrong.
            level: The level.
        """
        keys = {
            "event": event.value,
            "delivery": delivery.id,
            "network": delivery.network,
            "account": delivery.account,
            "state": (state or delivery.state).value,
            "attempt": delivery.attempts,
            "error_kind": error_kind,
        }
        place = f"{delivery.network} {delivery.account}"
        _log.log(level, "delivery %s for %s: %s", delivery.id, place, text, extra=keys)

    async def noticed(self, event: Event, delivery_ids: list[str]) -> None:
        """Log and announce what became of deliveries that no attempt was made on."""
        for one in delivery_ids:
            delivery = await self._on_record(one)
            if delivery is not None:
                self.log(event, delivery, delivery.state.value, error_kind=delivery.error_kind)
                self._call(delivery)

    async def changed(self, delivery_id: str) -> None:
        """Announce a delivery, as it is on record now."""
        if self._on_change is not None:
            delivery = await self._on_record(delivery_id)
            if delivery is not None:
                self._call(delivery)

    async def _on_record(self, delivery_id: str) -> Delivery | None:
        try:
            return await self._store.delivery(delivery_id)
        except StoreUnavailable:  # the next one to use the store says so; what was recorded stands
            return None

    def _call(self, delivery: Delivery) -> None:
        if self._on_change is None:
            return
        try:
            self._on_change(delivery)
        except Exception as error:  # noqa: BLE001  # the application's own: the delivery is recorded, and that stands
            self.hook_failed(delivery, "on_change", error)

    def hook_failed(self, delivery: Delivery, hook: str, error: Exception) -> None:
        """Log that a function of the application raised, which changes nothing."""
        # Its text may hold anything, so only its kind and place are told.
        kind = type(error).__name__
        told = f"{hook} ended with {kind}{place_of(error)}; the record stands"
        self.log(Event.HOOK_FAILED, delivery, told, error_kind=kind, level=logging.ERROR)
