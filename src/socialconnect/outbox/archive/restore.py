"""How an archive's contents are put into a store, whatever its database: piece by piece, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby, islice
from operator import attrgetter
from typing import Protocol, TypeVar

from pydantic import BaseModel

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.archive.contents import Contents
from socialconnect.outbox.archive.prepare import as_text
from socialconnect.outbox.archive.spool import Entry, Row, Spool
from socialconnect.outbox.ledger import Reading, Rerouted, Restored, Spend
from socialconnect.outbox.records import campaign_entry
from socialconnect.outbox.rows import Row as FoundRow
from socialconnect.outbox.rows import Rows

__all__ = ["Target", "put_in"]

T = TypeVar("T")

_PIECE = 200
"""Things that are compared and put in at a time."""

_TOLD_AT_MOST = 100
"""Problems of one kind that an error lists: the rest will be like them."""


class Target(Protocol):
    """A store inside the transaction that puts an archive in."""

    def named(self, table: str, ids: Sequence[str]) -> Sequence[FoundRow]:
        """Give those rows that there are."""
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


def put_in(spool: Spool, contents: Contents, target: Target, rows: Rows, now: datetime) -> Restored:
    """
    Put an archive's contents in.

    Args:
        spool: What of them was made ready.
        contents: The contents: what is small is taken from here.
        target: The store, inside a transaction that an exception undoes.
        rows: Between models and rows.
        now: When.

    Raises:
        ValidationError: Something of the same id is there and differs.
    """
    return _Restoring(target, rows, now).all_of(spool, contents)


class _Restoring:
    def __init__(self, target: Target, rows: Rows, now: datetime) -> None:
        self._target, self._rows, self._now = target, rows, now
        self._there: Mapping[str, tuple[str, Callable[[FoundRow], BaseModel]]] = {
            "campaign": ("campaigns", campaign_entry),
            "draft": ("drafts", rows.draft),
            "delivery": ("deliveries", rows.delivery),
            "reading": ("readings", lambda row: Reading.model_validate_json(row["data"])),
            "move": ("reroutes", lambda row: Rerouted.model_validate_json(row["data"])),
        }
        self._added = dict.fromkeys(self._there, 0)
        self._differing: list[str] = []
        self._networks, self._campaigns = set[str](), set[str]()
        self._doubtful = 0

    def all_of(self, spool: Spool, contents: Contents) -> Restored:
        for kind, entries in groupby(spool, attrgetter("kind")):
            for piece in _pieces(entries):
                self._add(kind, piece)
        spending = sum(self._spend(one) for one in contents.spending)
        # Not again what somebody has let go here since it was restored before.
        stopped = [one for one in contents.pauses if one.campaign in self._campaigns]
        self._refuse()
        for one in stopped:
            self._target.pause("campaign", one.campaign, one.since)
        paused = sorted(self._networks)
        for network in paused:
            self._target.pause("network", network, self._now)
        at_rest = contents.at_rest if contents.made_at is not None else self._networks
        return Restored(
            campaigns=self._added["campaign"],
            drafts=self._added["draft"],
            deliveries=self._added["delivery"],
            readings=self._added["reading"],
            moves=self._added["move"],
            spending=spending,
            doubtful=self._doubtful,
            paused=tuple(paused),
            not_at_rest=tuple(one for one in paused if one not in at_rest),
            paused_campaigns=tuple(one.campaign for one in stopped),
        )

    def _add(self, kind: str, piece: Sequence[Entry]) -> None:
        """Put in what is not there yet; note what is there and differs."""
        table, read = self._there[kind]
        there = self._target.named(table, [one.name for one in piece])
        known: dict[str, str] = {row["id"]: as_text(read(row), self._now) for row in there}
        new: list[Entry] = []
        for one in piece:
            if one.name not in known:
                known[one.name] = one.told
                new.append(one)
            elif known[one.name] != one.told:
                self._differing.append(f"{kind} {one.name}")
        if not new:
            return
        for one in new:
            self._rows.require_copies(str(one.row.get("post") or ""))
        self._target.insert(table, [one.row for one in new])
        self._added[kind] += len(new)
        self._campaigns |= {one.campaign for one in new if one.campaign is not None}
        if kind == "delivery":
            self._record(new)

    def _record(self, new: Sequence[Entry]) -> None:
        """Put in what is recorded of new deliveries, and note what follows from them."""
        self._target.forget_history([one.name for one in new])  # what the trigger wrote
        history, steps = [row for one in new for row in one.history], [row for one in new for row in one.steps]
        for table, rows in (("history", history), ("steps", steps)):
            if rows:
                self._target.insert(table, rows)
        self._networks |= {one.network for one in new if one.to_send}
        self._doubtful += sum(one.doubtful for one in new)

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
        raise ValidationError(told, hint="Restore into another outbox.")


def _pieces(given: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(given)
    while piece := list(islice(rest, _PIECE)):
        yield piece
