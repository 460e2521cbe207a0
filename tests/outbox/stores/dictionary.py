"""What a store should come to, said in the simplest way there is: a dictionary, and no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from socialconnect import Draft
from socialconnect.outbox import MOVES, Delivery, DeliveryState
from socialconnect.outbox.delivery import ENDED, HistoryEntry
from socialconnect.outbox.reconciliation import CLOCK_ERROR, Doubt, Verdict
from socialconnect.outbox.store import Account, Claim, LeaseLost, Paused, Result

S = DeliveryState
UNDER_WAY = (S.CLAIMED, S.SENDING)
ASKED_AGAIN = (S.FAILED, S.MISSED, S.NEEDS_ATTENTION)


@dataclass
class Kept:
    """A delivery, and what only the store knows of it."""

    told: Delivery
    number: int
    fence: int = 0
    owner: str | None = None
    lease: datetime | None = None
    intent: str | None = None
    since: datetime | None = None
    ended: datetime | None = None
    existing: str | None = None
    steps: dict[str, tuple[str, bool, datetime | None]] = field(default_factory=dict)
    history: list[HistoryEntry] = field(default_factory=list)

    @property
    def account(self) -> Account:
        return self.told.network, self.told.account

    @property
    def state(self) -> DeliveryState:
        return self.told.state

    def becomes(self, *, fence: int | None = None, owner: str | None = None, **fields: object) -> None:
        """Change it, and write down what counts as a change."""
        before, fence_before, owner_before = self.told, self.fence, self.owner
        self.told = before.model_copy(update=fields)
        self.fence, self.owner = self.fence if fence is None else fence, owner
        told = self.told
        if (before.state, before.looks, fence_before) != (told.state, told.looks, self.fence):
            self._write_down(before.state, owner or owner_before)

    def put_in(self) -> None:
        """Write down its beginning."""
        told = self.told
        entry = HistoryEntry(at=told.changed_at, was=None, became=told.state, owner=self.owner, attempt=told.attempts)
        self.history.append(entry.model_copy(update={"due": told.due}))

    def _write_down(self, was: DeliveryState, owner: str | None) -> None:
        told = self.told
        entry = HistoryEntry(at=told.changed_at, was=was, became=told.state, owner=owner, attempt=told.attempts)
        more = {"due": told.due, "error": told.error, "error_kind": told.error_kind, "seen": told.seen}
        self.history.append(entry.model_copy(update=more))


class Dictionary:
    """Does what `Store` says, method by method."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}
        self.started: dict[str, datetime | None] = {}
        self.paused: dict[tuple[str, str], datetime] = {}
        self.drafts: dict[str, Draft] = {}
        self._numbers = 0

    # ── for people ────────────────────────────────────────────────────────────────────────────────────────────────

    def add(self, deliveries: Collection[Delivery], campaign: str | None = None) -> None:
        if campaign is not None:
            if campaign in self.started:
                raise ValueError
            self.started[campaign] = None
        for one in deliveries:
            self._put_in(Kept(one, self._number()))

    def in_order(self) -> list[Delivery]:
        known = sorted(self.kept.values(), key=lambda one: (one.told.at is None, one.told.at or 0, one.number))
        return [one.told for one in known]

    def change(self, delivery_id: str, decide: Callable[[Delivery], Delivery]) -> Delivery | None:
        one = self.kept.get(delivery_id)
        if one is None:
            return None
        old, new = one.told, decide(one.told)
        if new.state is not old.state and new.state not in MOVES[old.state]:
            raise ValueError
        if old.state in ASKED_AGAIN:
            one.steps = {name: step for name, step in one.steps.items() if step[1]}
        afresh: dict[str, Any] = {"intent_at": None, "looks": 0, "look_at": None, "seen": None}
        fields: dict[str, Any] = {
            name: getattr(new, name) for name in ("state", "at", "due", "attempts", "published", "changed_at")
        }
        one.becomes(fence=one.fence + 1, **fields, **afresh)
        one.lease = one.intent = one.since = one.ended = one.existing = None
        return one.told

    def reroute(self, delivery_id: str, decide: Callable[[Delivery], tuple[Delivery, Delivery]]) -> None:
        one = self.kept[delivery_id]
        old, new = decide(one.told)
        if old.state not in MOVES[one.state] and old.state is not one.state:
            raise ValueError
        one.becomes(fence=one.fence + 1, state=old.state, due=old.due, changed_at=old.changed_at)
        one.lease = None
        self._put_in(Kept(new, self._number()))

    # ── campaigns and pauses ──────────────────────────────────────────────────────────────────────────────────────

    def launch(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        if campaign not in self.started:
            return None
        if self.started[campaign] is not None:
            raise ValueError
        self.started[campaign] = start
        held = [one for one in self._of(campaign) if one.state is S.HELD and one.told.after is not None]
        held.sort(key=lambda one: (one.told.after, one.number))
        for one in held:
            at = start + one.told.after  # type: ignore[operator]  # seen to above
            one.becomes(state=S.PLANNED, at=at, due=at, changed_at=now, owner=one.owner)
        return [one.told for one in held]

    def move_start(self, campaign: str, start: datetime, now: datetime) -> list[Delivery] | None:
        if campaign not in self.started:
            return None
        if self.started[campaign] is not None:
            self.started[campaign] = start
            for one in self._of(campaign):
                after = one.told.after
                if one.state is S.PLANNED and after is not None and not one.told.partly_live:
                    at = start + after
                    one.becomes(fence=one.fence + 1, at=at, due=at, attempts=0, changed_at=now, owner=one.owner)
        return [one for one in self.in_order() if one.campaign == campaign]

    def call_off(self, campaign: str, now: datetime) -> list[Delivery] | None:
        if campaign not in self.started:
            return None
        for one in self._of(campaign):
            if S.CANCELLED in MOVES[one.state] and not one.told.partly_live:
                one.becomes(fence=one.fence + 1, state=S.CANCELLED, due=None, changed_at=now)
                one.lease = None
        return [one for one in self.in_order() if one.campaign == campaign]

    def pause(self, kind: str, name: str, now: datetime) -> None:
        self.paused.setdefault((kind, name), now)

    def resume(self, kind: str, name: str) -> bool:
        return self.paused.pop((kind, name), None) is not None

    def pauses(self) -> list[tuple[str, str, datetime]]:
        return sorted(((*what, since) for what, since in self.paused.items()), key=lambda one: (one[2], one[0], one[1]))

    def may_begin(self, one: Kept) -> bool:
        return ("network", one.told.network) not in self.paused and ("campaign", one.told.campaign) not in self.paused

    # ── for workers ───────────────────────────────────────────────────────────────────────────────────────────────

    def claim(self, account: Account, owner: str, now: datetime, lease_until: datetime) -> tuple[Delivery, int] | None:
        first = self._first(account)
        if first is None or first.told.due is None or first.told.due > now or self._busy(account):
            return None
        attempts = first.told.attempts + 1
        first.becomes(fence=first.fence + 1, owner=owner, state=S.CLAIMED, attempts=attempts, changed_at=now)
        first.lease = lease_until
        return first.told, first.fence

    def record_step(
        self, claim: Claim, step: str, result: str, expires: datetime | None, lease_until: datetime
    ) -> None:
        one = self._held(claim, *UNDER_WAY)
        one.lease = lease_until
        one.steps[step] = (result, False, expires)

    def recorded(self, delivery_id: str, step: str, now: datetime) -> tuple[str] | None:
        one = self.kept.get(delivery_id)
        result, _, expires = (one.steps.get(step) if one else None) or (None, False, None)
        return (result,) if result is not None and (expires is None or expires > now) else None

    def intend(self, claim: Claim, step: str, now: datetime, lease_until: datetime) -> None:
        one = self._held(claim, *UNDER_WAY)
        if not self.may_begin(one):
            raise Paused
        one.becomes(state=S.SENDING, intent_at=now, changed_at=now, owner=one.owner)
        one.intent, one.since, one.lease = step, one.since or now, lease_until

    def answer(self, claim: Claim, step: str, result: str) -> None:
        one = self._held(claim, S.SENDING, S.UNKNOWN)
        one.becomes(partly_live=True, owner=one.owner)
        one.intent = None
        one.steps[step] = (result, True, None)

    def finish(self, claim: Claim, result: Result, now: datetime) -> None:
        allowed = (one for one in (*UNDER_WAY, S.UNKNOWN) if result.state in MOVES[one])
        one = self._held(claim, *allowed)
        unknown = result.state is S.UNKNOWN
        told: dict[str, Any] = {
            name: getattr(result, name) for name in ("state", "due", "published", "error", "error_kind")
        }
        look: dict[str, Any] = {"look_at": now if unknown else None, "looks": 0, "seen": None}
        one.becomes(**told, **look, changed_at=now, intent_at=one.told.intent_at if unknown else None)
        one.intent = one.intent if unknown else None
        one.lease, one.existing = None, result.existing

    def recover(self, now: datetime, gone: Collection[str]) -> list[str]:
        unknown: list[str] = []
        for name, one in self.kept.items():
            if one.state not in UNDER_WAY or one.lease is None or not (one.lease <= now or one.owner in gone):
                continue
            if one.intent is None:
                at = one.told.at or now
                one.becomes(state=S.PLANNED, due=max(now, at), changed_at=now)
            else:
                unknown.append(name)
                error = "The worker ended while the request was on its way."
                fields: dict[str, Any] = {
                    "look_at": now,
                    "looks": 0,
                    "seen": None,
                    "error": error,
                    "error_kind": "OutcomeUnknown",
                }
                one.becomes(state=S.UNKNOWN, changed_at=now, owner=one.owner, **fields)
                one.ended = min(one.lease, now)
            one.lease = None
        return unknown

    def miss(self, account: Account, before: datetime, now: datetime) -> list[str]:
        late = [
            one
            for one in self._planned(account)
            if one.told.at is not None and one.told.at < before and not one.told.partly_live
        ]
        for one in late:
            one.becomes(state=S.MISSED, due=None, changed_at=now, owner=one.owner)
        return [one.told.id for one in late]

    def next_moment(self, account: Account) -> datetime | None:
        mine = [one for one in self.kept.values() if one.account == account]
        leases = [one.lease for one in mine if one.state in UNDER_WAY and one.lease is not None]
        first = None if leases else self._first(account)
        looks = [one.told.look_at for one in mine if one.told.look_at is not None]
        due = [first.told.due] if first is not None and first.told.due is not None else []
        return min([*leases, *looks, *due], default=None)

    def due(self, now: datetime) -> Mapping[Account, int]:
        planned = [one for one in self.kept.values() if one.state is S.PLANNED and self.may_begin(one)]
        return dict(Counter(one.account for one in planned if one.told.due is not None and one.told.due <= now))

    # ── what became of what is unknown ────────────────────────────────────────────────────────────────────────────

    def doubts(self, account: Account, now: datetime) -> list[Doubt]:
        def since(one: Kept) -> datetime:
            return one.since or one.told.intent_at or one.told.changed_at

        mine = [one for one in self.kept.values() if one.account == account and one.state is S.UNKNOWN]
        mine = [one for one in mine if one.told.look_at is not None and one.told.look_at <= now]
        mine.sort(key=lambda one: (since(one), one.number))
        return [
            Doubt(one.told, one.fence, one.intent, since(one), one.owner, one.ended, one.told.looks, one.existing)
            for one in mine
        ]

    def credited(self, account: Account, since: datetime) -> set[str]:
        mine = [one for one in self.kept.values() if one.account == account and one.told.changed_at >= since]
        ids = {one.told.published.id for one in mine if one.told.published is not None}
        return ids | {result for one in mine for result, visible, _ in one.steps.values() if visible}

    def conclude(self, doubt: Doubt, verdict: Verdict, now: datetime) -> bool:
        one = self.kept.get(doubt.delivery.id)
        if one is None or one.fence != doubt.fence or one.state is not S.UNKNOWN:
            return False
        found = verdict.found
        if found is not None and found.id in self.credited(one.account, doubt.since - 2 * CLOCK_ERROR):
            return False
        looked: dict[str, Any] = {"looks": doubt.looks + verdict.looked, "seen": verdict.told, "changed_at": now}
        if found is None and not verdict.again:
            one.becomes(look_at=verdict.look_at, owner=one.owner, **looked)
            return True
        looked |= {"intent_at": None, "look_at": None}
        if found is not None and not one.told.post.thread:
            one.becomes(state=S.PUBLISHED, published=found, error=None, error_kind=None, **looked)
        else:
            one.becomes(state=S.PLANNED, due=max(now, one.told.at or now), **looked)
        if found is not None and one.told.post.thread and doubt.step is not None:
            one.steps[doubt.step] = (found.id, True, None)
            one.told = one.told.model_copy(update={"partly_live": True})
        one.intent = None
        return True

    # ── drafts and upkeep ─────────────────────────────────────────────────────────────────────────────────────────

    def update_draft(self, draft: Draft) -> bool:
        if draft.id not in self.drafts:
            return False
        self.drafts[draft.id] = self.drafts[draft.id].model_copy(update={"post": draft.post})
        return True

    def claim_draft(
        self, draft_id: str, delivery: Delivery, owner: str, lease_until: datetime
    ) -> tuple[Delivery, int] | None:
        if self.drafts.pop(draft_id, None) is None:
            return None
        self._put_in(Kept(delivery, self._number(), fence=1, owner=owner, lease=lease_until))
        return delivery, 1

    def forget(self, before: datetime, limit: int) -> int:
        looked_at = {one.account for one in self.kept.values() if one.told.look_at is not None}
        old = [
            name
            for name, one in self.kept.items()
            if one.state in ENDED and one.told.changed_at < before and one.account not in looked_at
        ][:limit]
        for name in old:
            del self.kept[name]
        return len(old)

    def holds(self, claim: Claim) -> bool:
        """Whether a claim is still its worker's."""
        one = self.kept.get(claim.delivery.id)
        return one is not None and one.fence == claim.fence and one.state in UNDER_WAY

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers

    def _put_in(self, one: Kept) -> None:
        one.put_in()
        self.kept[one.told.id] = one

    def _held(self, claim: Claim, *states: DeliveryState) -> Kept:
        one = self.kept.get(claim.delivery.id)
        if one is None or one.fence != claim.fence or one.state not in states:
            raise LeaseLost
        return one

    def _of(self, campaign: str) -> list[Kept]:
        return [one for one in self.kept.values() if one.told.campaign == campaign]

    def _busy(self, account: Account) -> bool:
        return any(one.account == account and one.state in UNDER_WAY for one in self.kept.values())

    def _planned(self, account: Account) -> list[Kept]:
        mine = [one for one in self.kept.values() if one.account == account and one.state is S.PLANNED]
        return sorted((one for one in mine if self.may_begin(one)), key=lambda one: (one.told.at, one.number))

    def _first(self, account: Account) -> Kept | None:
        return next(iter(self._planned(account)), None)


def unlooked(doubt: Doubt) -> Doubt:
    """The same doubt as if no look had been made, as after a clock was set forward."""
    return replace(doubt, looks=0)
