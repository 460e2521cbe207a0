"""The part of the outbox that knows campaigns and pauses, and how a delivery is made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from socialconnect.checks import naive_problems
from socialconnect.errors import NotFound, Problem, ValidationError
from socialconnect.outbox.core_watching import WatchingCore, require_aware
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.post import Post, ScheduledPost

__all__ = ["TO_COME", "CampaignItem", "CampaignsCore", "new_id", "require_aware"]

CampaignItem = tuple[str, str, Post, datetime | timedelta]
"""A campaign's delivery: network, account, post, and when: a moment, or an offset from the campaign's start."""

TO_COME = frozenset({DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING})
"""The states of what has not come to an end and can come to one by itself."""


class CampaignsCore(WatchingCore):
    """Campaigns and pauses."""

    # ── campaigns ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_campaign(self, campaign: str, items: Sequence[CampaignItem]) -> list[ScheduledPost]:
        """Put a campaign's deliveries in, all or none."""
        problems = [one for number, item in enumerate(items) for one in self._item_problems(number, item[3])]
        if not campaign.strip() or not items:
            problems.append(Problem(field="campaign", rule="not_empty", message="a campaign needs a name and posts"))
        if problems:
            raise ValidationError(problems)
        deliveries: list[Delivery] = []
        for network, account, post, when in items:
            state = DeliveryState.HELD if isinstance(when, timedelta) else DeliveryState.PLANNED
            deliveries.append(self._new(network, account, await self._shelf.keep(post), when, state, campaign=campaign))
        await self._store.add(deliveries, campaign=campaign)
        return [one.as_scheduled() for one in deliveries]

    async def launch(self, campaign: str, at: datetime | None = None) -> list[ScheduledPost]:
        """Start a campaign."""
        now = self.clock.now()
        if at is not None:
            require_aware("at", at)
        released = await self._store.launch(campaign, at or now, now)
        if released is None:
            raise NotFound(f"The outbox holds no campaign named {campaign!r}.")
        return [one.as_scheduled() for one in released]

    async def move_start(self, campaign: str, at: datetime) -> list[ScheduledPost]:
        """Move a launched campaign's deliveries with its start."""
        require_aware("at", at)
        moved = await self._store.move_start(campaign, at, self.clock.now())
        return [one.as_scheduled() for one in self._known(campaign, moved) if one.state in TO_COME]

    async def call_off_campaign(self, campaign: str) -> list[Delivery]:
        """Cancel what has not begun of a campaign."""
        return self._known(campaign, await self._store.call_off(campaign, self.clock.now()))

    def _known(self, campaign: str, found: list[Delivery] | None) -> list[Delivery]:
        if found is None:
            raise NotFound(f"The outbox holds no campaign named {campaign!r}.")
        return found

    # ── pauses ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def pause(self, network: str | None, campaign: str | None) -> None:
        """Let nothing more of a network or campaign begin."""
        kind, name = _paused(network, campaign)
        await self._store.pause(kind, name, self.clock.now())

    async def resume(self, network: str | None, campaign: str | None) -> bool:
        """Let a network or campaign go on."""
        return await self._store.resume(*_paused(network, campaign))

    async def pauses(self) -> list[tuple[str, str, datetime]]:
        """Give what is paused."""
        return await self._store.pauses()

    def _item_problems(self, number: int, when: datetime | timedelta) -> list[Problem]:
        field = f"items[{number}]"
        if isinstance(when, timedelta):
            message = "the offset from the campaign's start is negative"
            return [Problem(field=field, rule="not_negative", message=message)] if when < timedelta(0) else []
        if wrong := naive_problems(field, when):
            return wrong
        # In UTC: in a zone of its own, an hour later by the clock on the wall may be none or two later.
        if when.astimezone(UTC) + self._settings.grace < self.clock.now():
            message = "the time is in the past"
            return [Problem(field=field, rule="future", message=message, actual=when.isoformat())]
        return []

    def _new(
        self,
        network: str,
        account: str,
        post: Post,
        when: datetime | timedelta,
        state: DeliveryState,
        *,
        campaign: str | None = None,
        attempts: int = 0,
    ) -> Delivery:
        now = self.clock.now()
        at, after = (None, when) if isinstance(when, timedelta) else (when, None)
        return Delivery(
            id=new_id(),
            network=network,
            account=account,
            post=post,
            state=state,
            at=at,
            after=after,
            campaign=campaign,
            due=at if state is DeliveryState.PLANNED else None,
            attempts=attempts,
            created_at=now,
            changed_at=now,
        )


def _paused(network: str | None, campaign: str | None) -> tuple[str, str]:
    if network is not None and campaign is None:
        return "network", network
    if campaign is not None and network is None:
        return "campaign", campaign
    message = "name either a network or a campaign"
    raise ValidationError([Problem(field="network", rule="one_of", message=message)])


def new_id() -> str:
    return uuid4().hex
