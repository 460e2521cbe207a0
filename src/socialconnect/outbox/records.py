"""What every store writes and reads alike, whatever its database: which deliveries are meant, what their rows say."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from pydantic import JsonValue

from socialconnect.errors import Problem, ValidationError
from socialconnect.outbox.delivery import Delivery, DeliveryState, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Reading
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.rows import Row, Rows, Value, micros, moment
from socialconnect.post import Draft

__all__ = [
    "ASKED_AGAIN",
    "NOT_PAUSED",
    "OUTCOME_FROM",
    "TO_SEND",
    "UNDER_WAY",
    "Held",
    "archived_row",
    "archived_step",
    "concluded",
    "doubt_of",
    "history_entry",
    "history_row",
    "new_of",
    "not_finished",
    "post_ids",
    "reading_row",
    "step_row",
]

# ── which deliveries are meant ────────────────────────────────────────────────────────────────────────────────────────

UNDER_WAY = "state IN ('claimed', 'sending')"
"""A delivery that a worker holds."""

NOT_PAUSED = (
    "NOT EXISTS (SELECT 1 FROM pauses WHERE kind = 'network' AND name = deliveries.network "
    "OR kind = 'campaign' AND name = deliveries.campaign)"
)
"""A delivery that may begin."""

OUTCOME_FROM = frozenset({DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN})
"""Where a worker's delivery may stand when its outcome comes: `unknown` if the lease ended before the answer came."""

ASKED_AGAIN = frozenset({DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.NEEDS_ATTENTION})
"""From where a person has a delivery tried afresh."""

TO_SEND = frozenset(
    {DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN}
)
"""What a worker would do something about by itself."""

# ── what became of what is unknown ────────────────────────────────────────────────────────────────────────────────────


def doubt_of(row: Row, delivery: Delivery) -> Doubt:
    """Read a delivery whose outcome is unknown."""
    return Doubt(
        delivery=delivery,
        fence=row["fence"],
        step=row["intent"],
        since=moment(row["first_intent"]) or delivery.intent_at or delivery.changed_at,
        owner=row["owner"],
        ended=moment(row["ended"]),
        looks=row["looks"],
        existing=row["existing"],
    )


def concluded(doubt: Doubt, verdict: Verdict, now: datetime) -> dict[str, Value]:
    """Give the columns that a look changes."""
    changes: dict[str, Value] = {
        "looks": doubt.looks + verdict.looked,
        "look_at": micros(verdict.look_at),
        "changed": micros(now),
        "seen": verdict.told,
    }
    if verdict.found is not None and not not_finished(doubt):
        changes |= {"state": "published", "published": verdict.found.model_dump_json()}
        changes |= {"error": None, "error_kind": None, "intent": None, "intent_at": None, "owner": None}
        changes |= {"look_at": None}
    elif verdict.found is not None or verdict.again:
        # What was found goes on record, and the attempt goes on with what is still to come.
        due = max(now, doubt.delivery.at or now)  # the clock may have been set back
        changes |= {"state": "planned", "due": micros(due), "owner": None, "look_at": None}
        changes |= {"intent": None, "intent_at": None}
    return changes


def not_finished(doubt: Doubt) -> bool:
    """Whether there is more to the post than the part that was looked for: a thread, or a first comment."""
    post = doubt.delivery.post.for_network(doubt.delivery.network)
    return bool(post.thread) or post.first_comment is not None


def post_ids(told: JsonValue) -> Iterator[str]:
    """Give the ids of posts in a published post, or in the result of a visible step."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for name in ("id", "comment"):
            if isinstance(one := told.get(name), str):
                yield one
        for one in cast("list[JsonValue]", told.get("thread") or []):
            yield from post_ids(one)


# ── what has happened ─────────────────────────────────────────────────────────────────────────────────────────────────


def history_entry(row: Row) -> HistoryEntry:
    """Read a change in a delivery's life."""
    return HistoryEntry(
        at=cast("datetime", moment(row["at"])),
        was=None if row["was"] is None else DeliveryState(row["was"]),
        became=DeliveryState(row["became"]),
        owner=row["owner"],
        attempt=row["attempt"],
        due=moment(row["due"]),
        error=row["error"],
        error_kind=row["error_kind"],
        seen=row["seen"],
    )


def history_row(delivery_id: str, entry: HistoryEntry) -> dict[str, Value]:
    """Give the columns that a change fills."""
    return {
        "delivery": delivery_id,
        "at": micros(entry.at),
        "was": entry.was.value if entry.was is not None else None,
        "became": entry.became.value,
        "owner": entry.owner,
        "attempt": entry.attempt,
        "due": micros(entry.due),
        "error": entry.error,
        "error_kind": entry.error_kind,
        "seen": entry.seen,
    }


def reading_row(reading: Reading) -> dict[str, Value]:
    """Give the columns that a reading fills."""
    where = reading.provenance
    return {
        "id": reading.id,
        "network": where.network,
        "account": where.account,
        "kind": where.kind,
        "keep_until": micros(where.keep_until),
        "data": reading.model_dump_json(),
    }


# ── an archive that is put back ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Held:
    """
    What a store holds already, to compare an archive with.

    Args:
        campaigns: The names of its campaigns.
        draft: Gives a draft by its id.
        delivery: Gives a delivery by its id.
        reading: Gives a reading by its id.
    """

    campaigns: Collection[str]
    draft: Callable[[str], Draft | None]
    delivery: Callable[[str], Delivery | None]
    reading: Callable[[str], Reading | None]


def new_of(given: Contents, held: Held) -> Contents:
    """
    Give what of an archive is not there yet.

    Raises:
        ValidationError: Something of the same id differs.
    """
    differing: list[str] = []

    def unless(kind: str, name: str, there: object, wanted: object) -> bool:
        if there is not None and there != wanted:
            differing.append(f"{kind} {name}")
        return there is None

    new = replace(
        given,
        campaigns=[one for one in given.campaigns if one.name not in held.campaigns],
        drafts=[one for one in given.drafts if unless("draft", one.id, held.draft(one.id), one)],
        deliveries=[
            one
            for one in given.deliveries
            if unless("delivery", one.delivery.id, _told(held.delivery(one.delivery.id)), _told(one.delivery))
        ],
        readings=[one for one in given.readings if unless("reading", one.id, held.reading(one.id), one)],
    )
    if differing:
        message = "the outbox holds something else of the same id; nothing was restored"
        raise ValidationError(
            [Problem(field=one, rule="same_or_new", message=message) for one in differing],
            hint="Restore into another outbox, or delete what is there first.",
        )
    return new


def archived_row(rows: Rows, one: ArchivedDelivery) -> dict[str, Value]:
    """Give the columns that a delivery out of an archive fills."""
    delivery = one.delivery
    row: dict[str, Value] = {
        **rows.of_delivery(delivery),
        "answers": max(sum(step.visible for step in one.steps), int(delivery.partly_live)),
        "fence": 1,
        "intent_at": micros(delivery.intent_at),
        "first_intent": micros(_first_intent(delivery, one.history)),
        "looks": delivery.looks,
        "look_at": micros(delivery.look_at),
        "seen": delivery.seen,
    }
    if delivery.state in (DeliveryState.CLAIMED, DeliveryState.SENDING):
        row["lease_until"] = micros(delivery.changed_at)  # nobody is at it here: what was begun is looked into
    return row


def step_row(
    delivery_id: str, name: str, result: JsonValue, *, visible: bool, recorded: datetime, expires: datetime | None
) -> dict[str, Value]:
    """Give the columns that a finished step fills."""
    return {
        "delivery": delivery_id,
        "name": name,
        "visible": visible,
        "result": json.dumps(result),
        "recorded": micros(recorded),
        "expires": micros(expires),
    }


def archived_step(delivery_id: str, step: StepEntry) -> dict[str, Value]:
    """Give the columns that a step out of an archive fills."""
    return step_row(
        delivery_id,
        step.name,
        step.result,
        visible=step.visible,
        recorded=step.recorded_at,
        expires=step.expires_at,
    )


def _told(delivery: Delivery | None) -> str | None:
    """Give a delivery as text, to compare all of it: published posts are equal by their ids alone."""
    return None if delivery is None else delivery.model_dump_json()


def _first_intent(delivery: Delivery, history: Iterable[HistoryEntry]) -> datetime | None:
    """Give the first moment at which the post may have become visible: too early loses nothing, too late might."""
    if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
        return None
    sent = [one.at for one in history if one.became is DeliveryState.SENDING]
    known = [*sent, *([delivery.intent_at] if delivery.intent_at is not None else [])]
    return min(known, default=delivery.created_at)
