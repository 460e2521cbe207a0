"""How an archive's contents become rows; what may have been sent since it was made becomes unknown on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel

from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents, MissingAnswer, missing_answer_row
from socialconnect.outbox.archive.spool import Entry, Row, Spool
from socialconnect.outbox.delivery import CampaignEntry, Delivery, DeliveryState, HistoryEntry
from socialconnect.outbox.ledger import Rerouted, bare, may_be_kept
from socialconnect.outbox.records import archived_step, history_row, reading_row
from socialconnect.outbox.rows import Rows, micros

__all__ = ["as_text", "prepare", "still_to_be_kept"]

_S = DeliveryState
_TO_SEND = frozenset({_S.HELD, _S.PLANNED, _S.CLAIMED, _S.SENDING, _S.UNKNOWN})
"""What a worker would do something about by itself."""

_ELSEWHERE = "elsewhere"
"""The owner of what may still be sent from where the archive comes from: no worker that anybody can show to be gone."""

_NOT_KNOWN = "Its time came after the archive was made: the outbox that the archive is of may have sent it."


def prepare(contents: Contents, spool: Spool, rows: Rows, now: datetime) -> None:
    """
    Make an archive's contents ready.

    Args:
        contents: The contents.
        spool: Where they wait.
        rows: Between models and rows.
        now: When.
    """
    for campaign in contents.campaigns:
        told = as_text(campaign, now)
        spool.add(Entry("campaign", campaign.name, told, _campaign_row(campaign), campaign=campaign.name))
    for draft in contents.drafts:
        spool.add(Entry("draft", draft.id, as_text(draft, now), rows.of_draft(draft)))
    for delivery in contents.deliveries:
        spool.add(_entry(delivery, contents, rows, now))
    for reading in contents.readings:
        spool.add(Entry("reading", reading.id, as_text(reading, now), reading_row(reading)))
    for move in contents.moves:
        spool.add(Entry("move", move.id, as_text(move, now), _move_row(move)))


def as_text(one: BaseModel, now: datetime) -> str:
    """Give something as text, to compare all of it: some models are equal by their ids alone."""
    kept = still_to_be_kept(one, now) if isinstance(one, Delivery) else one
    return kept.model_dump_json()


def still_to_be_kept(delivery: Delivery, now: datetime) -> Delivery:
    """Give a delivery without what was read back of its post, once that may no longer be kept."""
    if delivery.published is None or may_be_kept(delivery.published, now):
        return delivery
    return delivery.model_copy(update={"published": bare(delivery.published)})


def _entry(given: ArchivedDelivery, contents: Contents, rows: Rows, now: datetime) -> Entry:
    one = _doubted(given, contents, now)
    delivery = one.delivery
    return Entry(
        "delivery",
        delivery.id,
        as_text(given.delivery, now),  # as it was there: what is the same here was not restored, and is no doubt
        _delivery_row(rows, one),
        history=[history_row(delivery.id, entry) for entry in one.history],
        steps=[archived_step(delivery.id, step) for step in one.steps],
        network=delivery.network,
        campaign=delivery.campaign,
        to_send=delivery.state in _TO_SEND,
        doubtful=one is not given,
    )


# ── what may have been sent since ─────────────────────────────────────────────────────────────────────────────────────


def _doubted(one: ArchivedDelivery, contents: Contents, now: datetime) -> ArchivedDelivery:
    """Give a delivery as one that may be live if its turn may have come where the archive comes from."""
    delivery, since = one.delivery, contents.made_at
    if since is None or delivery.network in contents.at_rest or not _may_have_begun(delivery, now):
        return one
    told = {"state": _S.UNKNOWN, "error": _NOT_KNOWN, "error_kind": "OutcomeUnknown"}
    look = {"due": None, "changed_at": now, "intent_at": since, "looks": 0, "look_at": now, "seen": None}
    entry = HistoryEntry(
        at=now,
        was=delivery.state,
        became=_S.UNKNOWN,
        attempt=delivery.attempts,
        error=_NOT_KNOWN,
        error_kind="OutcomeUnknown",
    )
    missing = MissingAnswer(step=_next_step(one), since=since, ended=now)
    return replace(
        one, delivery=delivery.model_copy(update={**told, **look}), history=[*one.history, entry], missing=missing
    )


def _may_have_begun(delivery: Delivery, now: datetime) -> bool:
    """Whether the outbox that an archive is of, if it went on, may have sent a delivery by now."""
    due = delivery.due or delivery.at
    return delivery.state is _S.CLAIMED or (delivery.state is _S.PLANNED and due is not None and due <= now)


def _next_step(one: ArchivedDelivery) -> str:
    """Give the visible step that was the next one when the archive was made."""
    done = {step.name for step in one.steps if step.visible}
    if not done:
        return "publish"
    thread = one.delivery.post.for_network(one.delivery.network).thread
    return next((name for i in range(len(thread)) if (name := f"thread[{i}]") not in done), "first comment")


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


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
        "owner": _ELSEWHERE if delivery.state in (_S.SENDING, _S.UNKNOWN) else None,
        "intent_at": micros(delivery.intent_at),
        "looks": delivery.looks,
        "look_at": micros(delivery.look_at),
        "seen": delivery.seen,
        "lease_until": None,
    }
    if delivery.state in (_S.CLAIMED, _S.SENDING):
        row["lease_until"] = micros(delivery.changed_at)  # nobody is at it here: what was begun is looked into
    return row
