"""How an archive's contents are put into a store, whatever its database: piece by piece, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Protocol, TypeVar

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.archive.contents import (
    ArchivedDelivery,
    Contents,
    missing_answer_row,
)
from socialconnect.outbox.delivery import CampaignEntry, Delivery, DeliveryState
from socialconnect.outbox.ledger import Reading, Rerouted, Restored, Spend, bare, may_be_kept
from socialconnect.outbox.records import archived_step, history_row, reading_row
from socialconnect.outbox.rows import Rows, Value, micros
from socialconnect.post import Draft, Post

__all__ = ["Target", "put_in", "still_to_be_kept"]

T = TypeVar("T")
Row = dict[str, Value]

_PIECE = 200
"""Things that are compared and put in at a time."""

_TOLD_AT_MOST = 100
"""Problems of one kind that an error lists: the rest will be like them."""

_S = DeliveryState
_TO_SEND = frozenset({_S.HELD, _S.PLANNED, _S.CLAIMED, _S.SENDING, _S.UNKNOWN})
"""What a worker would do something about by itself."""


class Target(Protocol):
    """A store inside the transaction that puts an archive in."""

    def campaigns(self, names: Sequence[str]) -> Mapping[str, CampaignEntry]:
        """Give those campaigns that there are."""
        ...

    def drafts(self, ids: Sequence[str]) -> Mapping[str, Draft]:
        """Give those drafts that there are."""
        ...

    def deliveries(self, ids: Sequence[str]) -> Mapping[str, Delivery]:
        """Give those deliveries that there are."""
        ...

    def readings(self, ids: Sequence[str]) -> Mapping[str, Reading]:
        """Give those readings that there are."""
        ...

    def moves(self, ids: Sequence[str]) -> Mapping[str, Rerouted]:
        """Give those moves that there are."""
        ...

    def spent(self, one: Spend) -> Decimal | None:
        """Give what is known to be spent already, by the same account in the same month."""
        ...

    def set_spent(self, one: Spend) -> None:
        """Put down what was spent, in place of what is known."""
        ...

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows of the same columns."""
        ...

    def forget_history(self, ids: Sequence[str]) -> None:
        """Delete what is written in deliveries' history."""
        ...

    def pause(self, kind: str, name: str, since: datetime) -> None:
        """Pause a network or a campaign, if it is not paused already."""
        ...


def put_in(contents: Contents, target: Target, rows: Rows, now: datetime) -> Restored:
    """
    Put an archive's contents in.

    Args:
        contents: The contents.
        target: The store, inside a transaction that an exception undoes.
        rows: Between models and rows.
        now: When.

    Raises:
        ValidationError: Something of the same id is there and differs.
    """
    return _Restoring(target, rows, now).all_of(contents)


def still_to_be_kept(delivery: Delivery, now: datetime) -> Delivery:
    """Give a delivery without what was read back of its post, once that may no longer be kept."""
    if delivery.published is None or may_be_kept(delivery.published, now):
        return delivery
    return delivery.model_copy(update={"published": bare(delivery.published)})


class _Restoring:
    def __init__(self, target: Target, rows: Rows, now: datetime) -> None:
        self._target, self._rows, self._now = target, rows, now
        self._differing: list[str] = []

    def all_of(self, contents: Contents) -> Restored:
        target = self._target
        campaigns = self._add("campaign", contents.campaigns, _name, target.campaigns, "campaigns", _campaign_row)
        drafts = self._add("draft", contents.drafts, _id, target.drafts, "drafts", self._draft_row)
        deliveries, networks = self._deliveries(contents.deliveries)
        readings = self._add("reading", contents.readings, _id, target.readings, "readings", reading_row)
        moves = self._add("move", contents.moves, _id, target.moves, "reroutes", _move_row)
        spending = sum(self._spend(one) for one in contents.spending)
        self._refuse()
        for one in contents.pauses:
            target.pause("campaign", one.campaign, one.since)
        for network in sorted(networks):
            target.pause("network", network, self._now)
        return Restored(
            campaigns=campaigns,
            drafts=drafts,
            deliveries=deliveries,
            readings=readings,
            moves=moves,
            spending=spending,
            paused=tuple(sorted(networks)),
        )

    def _add(
        self,
        kind: str,
        given: Iterable[T],
        name: Callable[[T], str],
        there: Callable[[Sequence[str]], Mapping[str, T]],
        table: str,
        row: Callable[[T], Row],
    ) -> int:
        """Put in what is not there yet; gives how much it was."""
        added = 0
        for piece in _pieces(given):
            new = self._new(kind, piece, name, there([name(one) for one in piece]), _itself)
            if new:
                self._target.insert(table, [row(one) for one in new])
            added += len(new)
        return added

    def _deliveries(self, given: Iterable[ArchivedDelivery]) -> tuple[int, set[str]]:
        """Put in the deliveries that are not there yet; gives how many, and the networks of what is to be sent."""
        added, networks = 0, set[str]()
        for piece in _pieces(given):
            held = self._target.deliveries([_delivery_id(one) for one in piece])
            known = {name: ArchivedDelivery(one) for name, one in held.items()}
            new = self._new("delivery", piece, _delivery_id, known, self._told)
            if new:
                self._put(new)
            added += len(new)
            networks |= {one.delivery.network for one in new if one.delivery.state in _TO_SEND}
        return added, networks

    def _put(self, new: Sequence[ArchivedDelivery]) -> None:
        for one in new:
            self._rows.require(one.delivery.post)
        self._target.insert("deliveries", [_delivery_row(self._rows, one) for one in new])
        self._target.forget_history([one.delivery.id for one in new])  # what the trigger wrote
        history = [history_row(one.delivery.id, entry) for one in new for entry in one.history]
        steps = [archived_step(one.delivery.id, step) for one in new for step in one.steps]
        for table, rows in (("history", history), ("steps", steps)):
            if rows:
                self._target.insert(table, rows)

    def _new(
        self,
        kind: str,
        given: Iterable[T],
        name: Callable[[T], str],
        known: Mapping[str, T],
        told: Callable[[T], object],
    ) -> list[T]:
        """Give what is not known yet, once; note what is known and differs in what is told of it."""
        seen, new = dict(known), list[T]()
        for one in given:
            there = seen.setdefault(name(one), one)
            if there is one:
                new.append(one)
            elif told(there) != told(one):
                self._differing.append(f"{kind} {name(one)}")
        return new

    def _spend(self, one: Spend) -> bool:
        known = self._target.spent(one)
        if known is not None and known >= one.amount:
            return False
        self._target.set_spent(one)
        return True

    def _refuse(self) -> None:
        if not self._differing:
            return
        message = "the outbox holds something else of the same id; nothing was restored"
        told = [Problem(field=one, rule="same_or_new", message=message) for one in self._differing[:_TOLD_AT_MOST]]
        raise ValidationError(told, hint="Restore into another outbox, or delete what is there first.")

    def _draft_row(self, draft: Draft) -> Row:
        self._rows.require(draft.post or Post())
        return self._rows.of_draft(draft)

    def _told(self, one: ArchivedDelivery) -> str:
        """Give a delivery as text, to compare all of it: published posts are equal by their ids alone."""
        return still_to_be_kept(one.delivery, self._now).model_dump_json()


def _pieces(given: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(given)
    while piece := list(islice(rest, _PIECE)):
        yield piece


def _id(one: Draft | Reading | Rerouted) -> str:
    return one.id


def _delivery_id(one: ArchivedDelivery) -> str:
    return one.delivery.id


def _itself(one: object) -> object:
    return one


def _name(one: CampaignEntry) -> str:
    return one.name


def _campaign_row(one: CampaignEntry) -> Row:
    return {"id": one.name, "created": micros(one.created_at), "started": micros(one.started_at)}


def _move_row(one: Rerouted) -> Row:
    return {"id": one.id, "data": one.model_dump_json()}


def _delivery_row(rows: Rows, one: ArchivedDelivery) -> Row:
    delivery, missing = one.delivery, missing_answer_row(one.missing)
    if delivery.state is _S.SENDING and missing["intent"] is None:
        missing["intent"] = "publish"  # or it would count as not begun, and be sent again
    row: Row = {
        **rows.of_delivery(delivery),
        **missing,
        "answers": max(sum(step.visible for step in one.steps), int(delivery.partly_live)),
        "fence": 1,
        "intent_at": micros(delivery.intent_at),
        "looks": delivery.looks,
        "look_at": micros(delivery.look_at),
        "seen": delivery.seen,
        "lease_until": None,
    }
    if delivery.state in (_S.CLAIMED, _S.SENDING):
        row["lease_until"] = micros(delivery.changed_at)  # nobody is at it here: what was begun is looked into
    return row
