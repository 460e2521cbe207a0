"""The sunset plan: what is still held for a network when the day comes on which it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict

from socialconnect.errors import Problem, SocialConnectError, UnsupportedFeature, ValidationError
from socialconnect.lifecycle.status import moment
from socialconnect.post import Draft, PublishedPost, ScheduledPost

__all__ = [
    "AsksNetwork",
    "AsksNetworkAsync",
    "HoldsWork",
    "HoldsWorkAsync",
    "SunsetPlan",
    "sunset_plan",
    "sunset_plan_async",
]


class HoldsWork(Protocol):
    """What holds drafts and planned deliveries: an outbox, or something like one."""

    def held_for(self, network: str, *, after: datetime) -> tuple[Sequence[Draft], Sequence[ScheduledPost]]:
        """
        Give what is held for a network, for all its accounts.

        Args:
            network: The network's name.
            after: The moment from which deliveries are wanted, itself among them.

        Returns:
            The drafts; and the deliveries that have not begun and are due then or later, wait for their time, or are
            overdue; with those whose outcome is unknown (`state`), whenever they were due.
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


class AsksNetwork(Protocol):
    """An account whose network may hold drafts and plans itself: a `Network`."""

    @property
    def name(self) -> str:
        """The network's name."""
        ...

    @property
    def account(self) -> str:
        """The account on it."""
        ...

    def drafts(self, *, native: bool = False) -> Sequence[Draft]:
        """Give the drafts; see `Network.drafts`."""
        ...

    def scheduled(self, *, native: bool = False) -> Sequence[ScheduledPost]:
        """Give the plans; see `Network.scheduled`."""
        ...


class AsksNetworkAsync(Protocol):
    """An account whose network may hold drafts and plans itself, asked by `await`: an `AsyncNetwork`."""

    @property
    def name(self) -> str:
        """The network's name."""
        ...

    @property
    def account(self) -> str:
        """The account on it."""
        ...

    async def drafts(self, *, native: bool = False) -> Sequence[Draft]:
        """Give the drafts; see `AsyncNetwork.drafts`."""
        ...

    async def scheduled(self, *, native: bool = False) -> Sequence[ScheduledPost]:
        """Give the plans; see `AsyncNetwork.scheduled`."""
        ...


class SunsetPlan(BaseModel):
    """
    What is affected when a network ends. Nothing is moved or taken back by asking for it.

    Args:
        network: The network's name.
        on: From when it ends, in UTC.
        drafts: The drafts that are held for it; none of them can be published from then on.
        deliveries: The deliveries that are due then or later, wait for their campaign's launch, or are overdue.
        unsettled: The deliveries whose outcome is unknown; from then on nobody can look what became of them.
        published: The posts that are live; from then on their numbers can no longer be read, and none be deleted.
        network_drafts: The drafts that the network itself holds. No archive puts them back, and nothing moves them.
        network_plans: The plans that the network itself holds and that are due then or later. The same holds for them.
        asked: The accounts whose network was asked for what it holds itself.
        problems: Why some of that could not be read.
    """

    model_config = ConfigDict(defer_build=True, frozen=True)

    network: str
    on: AwareDatetime
    drafts: tuple[Draft, ...] = ()
    deliveries: tuple[ScheduledPost, ...] = ()
    unsettled: tuple[ScheduledPost, ...] = ()
    published: tuple[PublishedPost, ...] = ()
    network_drafts: tuple[Draft, ...] = ()
    network_plans: tuple[ScheduledPost, ...] = ()
    asked: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts that are affected, in order."""
        drafts = {one.account for one in (*self.drafts, *self.network_drafts)}
        plans = {one.account for one in (*self.deliveries, *self.unsettled, *self.network_plans)}
        return tuple(sorted(drafts | plans | {one.account for one in self.published}))

    def __len__(self) -> int:
        """How many drafts and deliveries there are to hand over; what is published stays where it is."""
        return len(self.drafts) + len(self.deliveries)

    def __str__(self) -> str:
        drafts, plans = _counted(len(self.drafts), "draft"), _counted(len(self.deliveries), "planned post")
        lines = [f"{self.network} ends on {_day(self.on)}: {drafts} and {plans} affected"]
        if self.published:
            live = _counted(len(self.published), "published post")
            lines[0] += f", and {live} whose numbers end"
        lines += [f"  draft {one.id} for {one.account}{_text(one)}" for one in self.drafts]
        lines += [f"  post {one.id} for {one.account}, {_when(one)}{_text(one)}" for one in self.deliveries]
        for one in self.unsettled:
            lines.append(f"  post {one.id} for {one.account} may be live: settle it before{_text(one)}")
        there = f"  held by {self.network} itself, for"
        lines += [f"{there} {one.account}: draft {one.id}{_text(one)}" for one in self.network_drafts]
        lines += [f"{there} {one.account}: plan {one.id}, {_when(one)}{_text(one)}" for one in self.network_plans]
        lines += [f"  not known: {one}" for one in self.problems]
        return "\n".join(lines)


def sunset_plan(
    outbox: HoldsWork, network: str, *, on: date | datetime, accounts: Iterable[AsksNetwork] = ()
) -> SunsetPlan:
    """
    List what an outbox holds for a network on a day and after it, and what it has published there. Changes nothing.

    Args:
        outbox: The outbox.
        network: The network's name.
        on: The day on which the network ends (its beginning in UTC), or an aware moment.
        accounts: Accounts on it whose network is asked what drafts and plans it holds itself. That reads from the
            network; what cannot be read is told in `problems`.

    Raises:
        ValidationError: `on` is a naive datetime, or an account is on another network.
    """
    at, asked = moment(on), _on(network, accounts)
    drafts, deliveries = outbox.held_for(network, after=at)
    there = _Found(at)
    for one in asked:
        try:
            there.drafts += one.drafts(native=True)
        except SocialConnectError as error:
            there.failed(one, "drafts", error)
        try:
            there.plans += one.scheduled(native=True)
        except SocialConnectError as error:
            there.failed(one, "plans", error)
    return _plan(network, at, drafts, deliveries, outbox.published_on(network), [one.account for one in asked], there)


async def sunset_plan_async(
    outbox: HoldsWorkAsync, network: str, *, on: date | datetime, accounts: Iterable[AsksNetworkAsync] = ()
) -> SunsetPlan:
    """
    List what an async outbox holds for a network on a day and after it; see `sunset_plan`.

    Args:
        outbox: The outbox.
        network: The network's name.
        on: The day on which the network ends (its beginning in UTC), or an aware moment.
        accounts: Accounts on it whose network is asked what drafts and plans it holds itself.

    Raises:
        ValidationError: `on` is a naive datetime, or an account is on another network.
    """
    at, asked = moment(on), _on(network, accounts)
    drafts, deliveries = await outbox.held_for(network, after=at)
    there = _Found(at)
    for one in asked:
        try:
            there.drafts += await one.drafts(native=True)
        except SocialConnectError as error:
            there.failed(one, "drafts", error)
        try:
            there.plans += await one.scheduled(native=True)
        except SocialConnectError as error:
            there.failed(one, "plans", error)
    published = await outbox.published_on(network)
    return _plan(network, at, drafts, deliveries, published, [one.account for one in asked], there)


class _Found:
    """What networks hold themselves."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.drafts: list[Draft] = []
        self.plans: list[ScheduledPost] = []
        self.problems: list[str] = []

    def failed(self, account: AsksNetwork | AsksNetworkAsync, what: str, error: SocialConnectError) -> None:
        """Note what could not be read; also where nobody can ask, since people may make some on the network's pages."""
        where = f"the {what} that {account.name} may hold itself for {account.account}"
        if isinstance(error, UnsupportedFeature):
            told = "; ".join(one.message for one in error.problems) or error.message
            self.problems.append(f"{where} cannot be listed: {told}")
        else:
            self.problems.append(f"{where} could not be read: {error.message}")


A = TypeVar("A", AsksNetwork, AsksNetworkAsync)


def _on(network: str, accounts: Iterable[A]) -> list[A]:
    """Give the accounts, which must be on the network that ends."""
    asked = list(accounts)
    for one in asked:
        if one.name != network:
            message = f"{one.name} {one.account} is not on {network}, which is what ends"
            raise ValidationError([Problem(field="accounts", rule="of_the_network", message=message)])
    return asked


def _plan(
    network: str,
    at: datetime,
    drafts: Sequence[Draft],
    deliveries: Sequence[ScheduledPost],
    published: Sequence[PublishedPost],
    asked: Sequence[str],
    there: _Found,
) -> SunsetPlan:
    return SunsetPlan(
        network=network,
        on=at,
        drafts=tuple(drafts),
        deliveries=tuple(one for one in deliveries if one.state != "unknown"),
        unsettled=tuple(one for one in deliveries if one.state == "unknown"),
        published=tuple(published),
        network_drafts=tuple(there.drafts),
        network_plans=tuple(one for one in there.plans if one.at is None or one.at >= at),
        asked=tuple(asked),
        problems=tuple(there.problems),
    )


def _day(at: datetime) -> str:
    """Give a day as such, and a moment that is not a day's beginning with its time."""
    return f"{at:%Y-%m-%d}" if (at.hour, at.minute, at.second) == (0, 0, 0) else f"{at:%Y-%m-%d %H:%M} UTC"


def _when(one: ScheduledPost) -> str:
    when = f"due {one.at:%Y-%m-%d %H:%M} UTC" if one.at else "waiting for its campaign's launch"
    return f"{when}, needs attention" if one.state == "needs_attention" else when


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _text(held: Draft | ScheduledPost) -> str:
    text = held.post.text if held.post is not None else held.text
    if not text:
        return ""
    line = text.splitlines()[0]
    return f": {line[:60]}…" if len(line) > 60 else f": {line}"
