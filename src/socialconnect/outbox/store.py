"""
What the outbox needs of a database. SQLite is one (`sqlite/store.py`); every store keeps the same promises.

Each method is one transaction: when it returns, what it wrote survives a crash; if it raises, nothing was written. A
worker's writes carry its claim's fence: if somebody else has taken the delivery over meanwhile, `LeaseLost` is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from socialconnect.errors import ConfigurationError
from socialconnect.outbox.delivery import CampaignEntry, Delivery, DeliveryState, HistoryEntry, StepEntry
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.post import Draft, PublishedPost

__all__ = ["Account", "Claim", "LeaseLost", "Paused", "Query", "Result", "Store", "StoreUnavailable", "Tally"]

Account = tuple[str, str]
"""A network's name, and an account on it."""


class LeaseLost(Exception):
    """The delivery is no longer this worker's; whoever took it over decides."""


class Paused(Exception):
    """The delivery's network or campaign is paused: the intent was not written, and nothing was sent."""


class StoreUnavailable(ConfigurationError):
    """The outbox's file cannot be used: it is not an outbox, damaged, newer than this library, locked, or full."""


@dataclass(frozen=True)
class Claim:
    """
    A worker's right to carry out a delivery.

    Args:
        delivery: The delivery, claimed.
        fence: Rises with every claim and every change by a person; writes with an older one are refused.
    """

    delivery: Delivery
    fence: int


@dataclass(frozen=True)
class Query:
    """
    Which deliveries to give; what is `None` is not looked at.

    Args:
        states: In one of these states.
        network: For this network.
        account: For this account.
        campaign: Of this campaign.
        after: To appear at this moment or later, or not having a time yet.
        since: To appear at this moment or later.
        until: To appear before this moment.
        limit: At most so many, the first of their order.
    """

    states: frozenset[DeliveryState] | None = None
    network: str | None = None
    account: str | None = None
    campaign: str | None = None
    after: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Tally:
    """
    How much there is of what.

    Args:
        counts: Deliveries, by network and state; what there is none of may be left out.
        drafts: Drafts.
        oldest_due: Since when the delivery that has waited longest is due; `None` if nothing that may begin is due.
    """

    counts: Mapping[tuple[str, DeliveryState], int]
    drafts: int
    oldest_due: datetime | None


@dataclass(frozen=True)
class Result:
    """
    How an attempt ended.

    Args:
        state: The state that follows.
        due: For `planned`: when to try again.
        published: For `published`: the live post.
        error: What went wrong, with secrets masked.
        error_kind: The name of that error's class.
        existing: For `unknown`: the post that the network named as the one that is live already.
        in_doubt: For `unknown`: whether a request may have been carried out. If not, a part is live and what follows
            was clearly refused: there is nothing to look for.
    """

    state: DeliveryState
    due: datetime | None = None
    published: PublishedPost | None = None
    error: str | None = None
    error_kind: str | None = None
    existing: str | None = None
    in_doubt: bool = True


class Store(Protocol):
    """Deliveries, drafts and steps, kept durably. SQLite's coroutines never suspend; another store's may."""

    # ── deliveries, for people ────────────────────────────────────────────────────────────────────────────────────

    async def add(self, deliveries: Sequence[Delivery], *, campaign: str | None = None) -> None:
        """
        Put deliveries in, all or none, as the campaign's if one is named.

        Raises:
            ValidationError: The store holds a campaign of that name already.
        """
        ...

    async def delivery(self, delivery_id: str) -> Delivery | None:
        """Give one delivery."""
        ...

    async def deliveries(self, query: Query) -> list[Delivery]:
        """Give deliveries, soonest first; those without a time last."""
        ...

    async def change(self, delivery_id: str, decide: Callable[[Delivery], Delivery]) -> Delivery | None:
        """
        Put what `decide` makes of a delivery in its place, and take it from a worker that holds it.

        `decide` runs inside the transaction and may raise to leave everything as it was.
        """
        ...

    async def launch(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """
        Give a campaign's held deliveries their times; `None` if there is no such campaign.

        Raises:
            ValidationError: It was launched before.
        """
        ...

    # ── deliveries, for workers ───────────────────────────────────────────────────────────────────────────────────

    async def next_moment(self, account: Account) -> datetime | None:
        """Give the moment at which there is something to do for an account; `None` if nothing is left."""
        ...

    async def due(self, now: datetime) -> Mapping[Account, int]:
        """Count the planned deliveries that are due, by account."""
        ...

    async def recover(self, now: datetime, is_gone: Callable[[str], bool]) -> list[str]:
        """
        Free what dead workers held: those whose lease is over, or who are known to be gone.

        What was claimed, or whose visible steps are all answered, is planned again; what was being sent is unknown.

        Returns:
            The ids of those that became unknown.
        """
        ...

    async def miss(self, account: Account, *, before: datetime, now: datetime) -> list[str]:
        """
        Call an account's planned deliveries from before a moment missed, except those that are partly live.

        Returns:
            Their ids.
        """
        ...

    async def claim(self, account: Account, *, owner: str, now: datetime, lease_until: datetime) -> Claim | None:
        """Claim an account's first planned delivery if it is due and no other of the account is under way."""
        ...

    async def recorded(self, delivery_id: str, step: str, now: datetime) -> tuple[JsonValue] | None:
        """Give a step's recorded result, alone in a tuple, while it lives."""
        ...

    async def record_step(
        self,
        claim: Claim,
        step: str,
        result: JsonValue,
        *,
        now: datetime,
        expires: datetime | None,
        lease_until: datetime,
    ) -> None:
        """Record a step that nobody sees, and prolong the lease."""
        ...

    async def intend(self, claim: Claim, step: str, *, now: datetime, lease_until: datetime) -> None:
        """
        Write the intent to make the post visible, and prolong the lease. The state is `sending` from here on.

        Raises:
            Paused: It was paused since it was claimed.
        """
        ...

    async def answer(self, claim: Claim, step: str, result: JsonValue, *, now: datetime) -> None:
        """Record the answer to the visible request. The delivery is partly live from here on."""
        ...

    async def finish(self, claim: Claim, result: Result, now: datetime) -> None:
        """Record how the attempt ended, and give the lease back."""
        ...

    # ── what became of what is unknown ────────────────────────────────────────────────────────────────────────────

    async def doubts(self, account: Account, now: datetime) -> list[Doubt]:
        """Give an account's deliveries whose outcome is unknown and that are to be looked for now, oldest first."""
        ...

    async def unknown(self, account: Account) -> list[Doubt]:
        """Give all of an account's deliveries whose outcome is unknown, also those that are not looked for any more."""
        ...

    async def credited(self, account: Account, since: datetime) -> frozenset[str]:
        """Give the ids of all posts that deliveries of an account have made, of those changed since a moment."""
        ...

    async def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        """
        Record what a look found out: published, planned again, or to be looked for later.

        Returns:
            Whether it was recorded; not if a person or the late answer itself was faster.
        """
        ...

    async def history(self, delivery_id: str) -> list[HistoryEntry]:
        """Give a delivery's changes, oldest first."""
        ...

    # ── pauses ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def pause(self, kind: str, name: str, now: datetime) -> None:
        """Let no further delivery of a `network` or `campaign` begin; pausing again does nothing."""
        ...

    async def resume(self, kind: str, name: str) -> bool:
        """Let them go on; tells whether they were paused."""
        ...

    async def pauses(self) -> list[tuple[str, str, datetime]]:
        """Give what is paused: kind, name, and since when."""
        ...

    async def move_start(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        """Move a launched campaign's deliveries that have not begun with its start; `None` if there is none."""
        ...

    async def call_off(self, campaign: str, now: datetime) -> list[Delivery] | None:
        """Cancel a campaign's deliveries that have not begun, all at once; `None` if there is no such campaign."""
        ...

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_draft(self, draft: Draft) -> None:
        """Keep a draft."""
        ...

    async def drafts(self, network: str | None, account: str | None) -> list[Draft]:
        """Give drafts, oldest first."""
        ...

    async def draft(self, draft_id: str) -> Draft | None:
        """Give one draft."""
        ...

    async def update_draft(self, draft: Draft) -> bool:
        """Put another post in a draft's place; tells whether there was such a draft."""
        ...

    async def delete_draft(self, draft_id: str) -> bool:
        """Delete a draft; tells whether there was one."""
        ...

    async def claim_draft(
        self, draft_id: str, delivery: Delivery, *, owner: str, now: datetime, lease_until: datetime
    ) -> Claim | None:
        """Turn a draft into a delivery that is claimed at once; `None` if there is no such draft any more."""
        ...

    # ── watching and upkeep ───────────────────────────────────────────────────────────────────────────────────────

    async def tally(self, now: datetime) -> Tally:
        """Count what there is, and see since when something waits that is due."""
        ...

    async def page(self, beyond: int, limit: int) -> list[tuple[int, Delivery]]:
        """Give deliveries in the order in which they were put in, each with its number, from beyond a number on."""
        ...

    async def campaigns(self) -> list[CampaignEntry]:
        """Give the campaigns, oldest first."""
        ...

    async def steps(self, delivery_id: str) -> list[StepEntry]:
        """Give a delivery's recorded steps, oldest first."""
        ...

    async def forget(self, before: datetime, limit: int) -> int:
        """
        Delete deliveries that ended (`ENDED`) before a moment, with their steps and history.

        Those of an account whose posts are still looked at for an unknown delivery are kept, since what they have made
        must not be credited to it. A campaign's name stays taken.

        Args:
            before: The moment.
            limit: At most so many, so that nobody waits long for the write lock.

        Returns:
            How many were deleted.
        """
        ...

    async def clear(self, copies: Collection[str], remove: Callable[[list[str]], None]) -> None:
        """
        Have those media copies removed that no delivery and no draft refers to, while nothing can be put in.

        Args:
            copies: The names of copies.
            remove: Removes the files of these names.
        """
        ...

    async def close(self) -> None:
        """Close the database."""
        ...
