"""The sunset plan: what is still held for a network when the day comes on which it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from pydantic import AwareDatetime, BaseModel, ConfigDict

from socialconnect.lifecycle.status import moment
from socialconnect.post import Draft, PublishedPost, ScheduledPost

__all__ = ["HoldsWork", "HoldsWorkAsync", "SunsetPlan", "sunset_plan", "sunset_plan_async"]


class HoldsWork(Protocol):
    """What holds drafts and planned deliveries: an outbox, or something like one."""

    def held_for(self, network: str, *, after: datetime) -> tuple[Sequence[Draft], Sequence[ScheduledPost]]:
        """
        Give what is held for a network, for all its accounts.

        Args:
            network: The network's name.
            after: The moment from which deliveries are wanted, itself among them.

        Returns:
            The drafts, and the deliveries still to come that are due then or later, or whose time is not yet known.
        """
        ...

    def published_on(self, network: str) -> Sequence[PublishedPost]:
        """
        Give what it has published on a network, for all its accounts.

        Args:
            network: The network's name.
        """
        ...


class HoldsWorkAsync(Protocol):
    """What holds drafts and planned deliveries and is asked by `await`: an `AsyncOutbox`."""

    async def held_for(self, network: str, *, after: datetime) -> tuple[Sequence[Draft], Sequence[ScheduledPost]]:
        """Give what is held for a network; see `HoldsWork.held_for`."""
        ...

    async def published_on(self, network: str) -> Sequence[PublishedPost]:
        """Give what it has published on a network; see `HoldsWork.published_on`."""
        ...


class SunsetPlan(BaseModel):
    """
    What is affected when a network ends. Nothing is moved or taken back by asking for it.

    Args:
        network: The network's name.
        on: From when it ends, in UTC.
        drafts: The drafts that are held for it; none of them can be published from then on.
        deliveries: The deliveries that are due then or later, or wait for their campaign's launch.
        published: The posts that are live; from then on their numbers can no longer be read, and none be deleted.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    network: str
    on: AwareDatetime
    drafts: tuple[Draft, ...] = ()
    deliveries: tuple[ScheduledPost, ...] = ()
    published: tuple[PublishedPost, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that are affected, in order."""
        held = {one.account for one in self.drafts} | {one.account for one in self.deliveries}
        return tuple(sorted(held | {one.account for one in self.published}))

    def __len__(self) -> int:
        """How many drafts and deliveries there are to hand over; what is published stays where it is."""
        return len(self.drafts) + len(self.deliveries)

    def __str__(self) -> str:
        drafts, plans = _counted(len(self.drafts), "draft"), _counted(len(self.deliveries), "planned post")
        lines = [f"{self.network} ends on {self.on:%Y-%m-%d}: {drafts} and {plans} affected"]
        if self.published:
            live = _counted(len(self.published), "published post")
            lines[0] += f", and {live} whose numbers end"
        lines += [f"  draft {one.id} for {one.account}{_text(one)}" for one in self.drafts]
        for one in self.deliveries:
            when = f"due {one.at:%Y-%m-%d %H:%M} UTC" if one.at else "waiting for its campaign's launch"
            lines.append(f"  post {one.id} for {one.account}, {when}{_text(one)}")
        return "\n".join(lines)


def sunset_plan(outbox: HoldsWork, network: str, *, on: date | datetime) -> SunsetPlan:
    """
    List what an outbox holds for a network on a day and after it, and what it has published there. Changes nothing.

    Args:
        outbox: The outbox.
        network: The network's name.
        on: The day on which the network ends (its beginning in UTC), or an aware moment.

    Raises:
        ValidationError: `on` is a naive datetime.
    """
    at = moment(on)
    drafts, deliveries = outbox.held_for(network, after=at)
    published = tuple(outbox.published_on(network))
    return SunsetPlan(network=network, on=at, drafts=tuple(drafts), deliveries=tuple(deliveries), published=published)


async def sunset_plan_async(outbox: HoldsWorkAsync, network: str, *, on: date | datetime) -> SunsetPlan:
    """
    List what an async outbox holds for a network on a day and after it; see `sunset_plan`.

    Args:
        outbox: The outbox.
        network: The network's name.
        on: The day on which the network ends (its beginning in UTC), or an aware moment.

    Raises:
        ValidationError: `on` is a naive datetime.
    """
    at = moment(on)
    drafts, deliveries = await outbox.held_for(network, after=at)
    published = tuple(await outbox.published_on(network))
    return SunsetPlan(network=network, on=at, drafts=tuple(drafts), deliveries=tuple(deliveries), published=published)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _text(held: Draft | ScheduledPost) -> str:
    text = held.post.text if held.post is not None else held.text
    if not text:
        return ""
    line = text.splitlines()[0]
    return f": {line[:60]}…" if len(line) > 60 else f": {line}"
