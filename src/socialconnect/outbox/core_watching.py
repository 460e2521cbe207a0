"""The part of the outbox that watches: what there is, how much, what has happened, and what can be cleared away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel, JsonValue

from socialconnect.checks import naive_problems, refuse
from socialconnect.clock import Clock
from socialconnect.errors import NotFound, Problem, ValidationError
from socialconnect.outbox.delivery import CampaignEntry, Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.outcomes import Outcome, outcome_of
from socialconnect.outbox.report import OutboxCounts, Vacuumed
from socialconnect.outbox.shelf import MediaShelf
from socialconnect.outbox.store import Query, Store
from socialconnect.outbox.worker import WorkSettings
from socialconnect.post import ScheduledPost

__all__ = ["States", "WatchingCore", "no_delivery"]

States = DeliveryState | str | Iterable[DeliveryState | str] | None
"""A state, several, or any."""

_PAGE = 200
"""Deliveries that are exported, or deleted, at a time: nobody waits long for the database."""


class WatchingCore:
    """
    Args:
        store: The database.
        shelf: The copies of media.
        clock: The clock.
        settings: How deliveries are carried out.
    """

    def __init__(self, store: Store, shelf: MediaShelf, clock: Clock, settings: WorkSettings) -> None:
        self._store, self._shelf, self._settings = store, shelf, settings
        self.clock = clock

    async def deliveries(
        self,
        state: States,
        network: str | None,
        account: str | None,
        campaign: str | None,
        *,
        since: datetime | None,
        until: datetime | None,
        limit: int | None,
    ) -> list[Delivery]:
        """Give deliveries, soonest first."""
        for field, at in (("since", since), ("until", until)):
            if at is not None:
                require_aware(field, at)
        if limit is not None and limit < 0:
            raise ValidationError([Problem(field="limit", rule="not_negative", message="the limit is negative")])
        states = None if state is None else _states(state)
        query = Query(states, network, account, campaign, since=since, until=until, limit=limit)
        return await self._store.deliveries(query)

    async def delivery(self, delivery_id: str) -> Delivery:
        """Give one delivery."""
        found = await self._store.delivery(delivery_id)
        if found is None:
            raise no_delivery(delivery_id)
        return found

    async def outcomes(self, plans: Iterable[ScheduledPost], errors: Mapping[str, Exception]) -> list[Outcome]:
        """Give what became of plans; `errors` holds what their attempts met here."""
        found = [(one, await self._store.delivery(one.id)) for one in plans]
        return [plan if now is None else outcome_of(now, errors.get(plan.id)) for plan, now in found]

    async def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        found = await self._store.history(delivery_id)
        if not found:  # each has one at least, from when it was put in
            await self.delivery(delivery_id)
        return found

    async def campaigns(self) -> list[CampaignEntry]:
        """Give the campaigns, oldest first."""
        return await self._store.campaigns()

    async def counts(self) -> OutboxCounts:
        """Count what there is."""
        now = self.clock.now()
        tally = await self._store.tally(now)
        states = {state.value: 0 for state in DeliveryState}
        networks: dict[str, dict[str, int]] = {}
        for (network, state), count in sorted(tally.counts.items()):
            states[state.value] += count
            networks.setdefault(network, dict.fromkeys(states, 0))[state.value] = count
        oldest = tally.oldest_due
        return OutboxCounts(
            states=states,
            networks=networks,
            drafts=tally.drafts,
            oldest_due=None if oldest is None else oldest.isoformat(),
            lag_seconds=0.0 if oldest is None else max(0.0, (now - oldest).total_seconds()),
        )

    # ── all of it, as lines of JSON ───────────────────────────────────────────────────────────────────────────────

    async def export_head(self) -> list[str]:
        """Give the lines of all that is no delivery."""
        head = _line("outbox", {"format": 1, "exported_at": self.clock.now().isoformat()})
        campaigns = [_line("campaign", _data(one)) for one in await self._store.campaigns()]
        pauses = [
            _line("pause", {"of": kind, "name": name, "since": since.isoformat()})
            for kind, name, since in await self._store.pauses()
        ]
        drafts = [_line("draft", _data(one)) for one in await self._store.drafts(None, None)]
        return [head, *campaigns, *pauses, *drafts]

    async def export_page(self, beyond: int) -> tuple[int, list[str]]:
        """Give the lines of the deliveries that come after a number, some at a time, and the last one's number."""
        lines: list[str] = []
        for number, delivery in await self._store.page(beyond, _PAGE):
            history = [_data(one) for one in await self._store.history(delivery.id)]
            steps = [_data(one) for one in await self._store.steps(delivery.id)]
            lines.append(_line("delivery", {"delivery": _data(delivery), "history": history, "steps": steps}))
            beyond = number
        return beyond, lines

    # ── clearing away ─────────────────────────────────────────────────────────────────────────────────────────────

    async def vacuum(self, older_than: timedelta | None) -> Vacuumed:
        """Clear away what nothing refers to, and what ended long ago."""
        forgotten = 0
        if older_than is not None:
            if older_than < timedelta(0):
                message = "the age is negative"
                raise ValidationError([Problem(field="older_than", rule="not_negative", message=message)])
            before = self.clock.now() - older_than
            while some := await self._store.forget(before, _PAGE):
                forgotten += some
        copies = self._shelf.copies()
        sizes: list[int] = []
        if copies:
            await self._store.clear(copies, lambda names: sizes.extend(self._shelf.remove(names)))
        sizes += self._shelf.clear_leftovers()
        return Vacuumed(deliveries=forgotten, copies=len(sizes), size=sum(sizes))


def require_aware(field: str, at: datetime) -> None:
    """
    Refuse a time without a zone, or one that does not exist in its zone.

    Raises:
        ValidationError: It is such a time.
    """
    refuse(naive_problems(field, at))


def _states(given: DeliveryState | str | Iterable[DeliveryState | str]) -> frozenset[DeliveryState]:
    return frozenset(map(_state, [given] if isinstance(given, str) else given))


def _state(state: DeliveryState | str) -> DeliveryState:
    try:
        return DeliveryState(state)
    except ValueError as error:
        message = f"there is no state {state!r}"
        known = ", ".join(DeliveryState)
        raise ValidationError([Problem(field="state", rule="known_state", message=message, limit=known)]) from error


def _data(model: BaseModel) -> JsonValue:
    return model.model_dump(mode="json")


def _line(kind: str, data: JsonValue) -> str:
    return json.dumps({"kind": kind, "data": data}, ensure_ascii=False)


def no_delivery(delivery_id: str) -> NotFound:
    """Say that there is no such delivery."""
    return NotFound(f"The outbox holds no delivery {delivery_id}.")
