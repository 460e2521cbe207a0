"""What every store writes and reads alike, whatever its database: which deliveries are meant, what their rows say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from pydantic import JsonValue

from socialconnect.outbox.delivery import CampaignEntry, Delivery, DeliveryState, HistoryEntry, StepEntry
from socialconnect.outbox.ledger import Reading
from socialconnect.outbox.reconciliation import CLOCK_ERROR, Doubt, Verdict
from socialconnect.outbox.rows import Row, Value, micros, moment, plain, published_text

__all__ = [
    "ASKED_AGAIN",
    "NOT_PAUSED",
    "OUTCOME_FROM",
    "REROUTED",
    "UNDER_WAY",
    "archived_step",
    "as_in_json",
    "campaign_entry",
    "concluded",
    "credited_since",
    "doubt_of",
    "history_entry",
    "history_row",
    "not_finished",
    "post_ids",
    "reading_row",
    "step_entry",
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

REROUTED = "Rerouted"
"""The `error_kind` of a delivery that was cancelled because it was moved to another account."""

OUTCOME_FROM = frozenset({DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN})
"""Where a worker's delivery may stand when its outcome comes: `unknown` if the lease ended before the answer came."""

ASKED_AGAIN = frozenset({DeliveryState.FAILED, DeliveryState.MISSED, DeliveryState.NEEDS_ATTENTION})
"""From where a person has a delivery tried afresh."""

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
        "seen": plain(verdict.told),
    }
    if verdict.found is not None and not not_finished(doubt):
        changes |= {"state": "published", "published": published_text(verdict.found)}
        changes |= {"error": None, "error_kind": None, "intent": None, "intent_at": None, "owner": None}
        changes |= {"look_at": None}
    elif verdict.found is not None or verdict.again:
        # What was found goes on record, and the attempt goes on with what is still to come.
        due = max(now, doubt.delivery.at or now)  # the clock may have been set back
        changes |= {"state": "planned", "due": micros(due), "owner": None, "look_at": None}
        changes |= {"intent": None, "intent_at": None}
    return changes


def credited_since(doubt: Doubt) -> datetime:
    """Give the moment since when a delivery that has made the post which is looked for may have last changed."""
    return doubt.since - 2 * CLOCK_ERROR  # its own clock may have been wrong, and the other one's


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


def as_in_json(moment: datetime) -> str:
    """Give a moment as it stands in a model's JSON, to compare both as text: exact to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


# ── campaigns and steps ───────────────────────────────────────────────────────────────────────────────────────────────


def campaign_entry(row: Row) -> CampaignEntry:
    """Read a campaign."""
    told = {"name": row["id"], "created_at": moment(row["created"]), "started_at": moment(row["started"])}
    return CampaignEntry.model_validate(told)


def step_entry(row: Row) -> StepEntry:
    """Read a finished step."""
    return StepEntry(
        name=row["name"],
        visible=bool(row["visible"]),
        result=json.loads(row["result"]),
        recorded_at=cast("datetime", moment(row["recorded"])),
        expires_at=moment(row["expires"]),
    )


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
