"""
All that the outbox can do, as coroutines: `Outbox` drives them blocking, `AsyncOutbox` awaits them.

It is also the side of the outbox that networks call (`Plans`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import ConfigurationError, NotFound, OutcomeUnknown, Problem, ValidationError
from socialconnect.operations import Operations
from socialconnect.outbox.core_campaigns import TO_COME, CampaignItem, new_id, require_aware
from socialconnect.outbox.core_rerouting import ReroutingCore
from socialconnect.outbox.core_watching import no_delivery
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.owner import Owner
from socialconnect.outbox.shelf import MediaShelf
from socialconnect.outbox.store import Account, Query, Store
from socialconnect.outbox.worker import Worker, WorkSettings
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost

__all__ = ["CampaignItem", "OutboxCore", "require_aware"]


class OutboxCore(ReroutingCore):
    """
    Args:
        store: The database.
        shelf: The copies of media.
        clock: The clock.
        settings: How deliveries are carried out.
        owner: Who claims.
        blocking: Which face it serves.
    """

    def __init__(
        self,
        store: Store,
        shelf: MediaShelf,
        clock: Clock,
        settings: WorkSettings,
        owner: Owner,
        *,
        blocking: bool,
    ) -> None:
        super().__init__(store, shelf, clock, settings)
        self._owner, self._blocking = owner, blocking
        self._accounts: dict[Account, Operations] = {}
        self.worker = Worker(store, clock, settings, lambda: list(self._accounts.values()), owner)

    def attach(self, operations: Operations) -> None:
        """
        Take note of an account; the last one given for the same account counts.

        Raises:
            ConfigurationError: It is of the other face, lives by another clock, or may take longer than a lease allows.
        """
        where = f"{operations.network} {operations.account}"
        if operations.transport.blocking != self._blocking:
            ours, theirs = ("an Outbox", "async") if self._blocking else ("an AsyncOutbox", "blocking")
            raise ConfigurationError(
                f"{where} is {theirs}, and was given {ours}.",
                hint="Give blocking networks an Outbox and async ones an AsyncOutbox; both can use the same file.",
            )
        same = operations.clock is self.clock
        if not same and not (isinstance(operations.clock, SystemClock) and isinstance(self.clock, SystemClock)):
            raise ConfigurationError(
                f"{where} and its outbox live by different clocks.", hint="Pass both the same one."
            )
        if operations.publish_timeout > self._settings.publish_timeout:
            raise ConfigurationError(
                f"{where} may take {operations.publish_timeout:g} s to publish, and its outbox counts on "
                f"{self._settings.publish_timeout:g} s.",
                hint="Give the outbox a publish_timeout at least as long, and a lease longer than that.",
            )
        self._accounts[operations.network, operations.account] = operations

    @property
    def accounts(self) -> list[Account]:
        """The accounts that were given to it."""
        return [*self._accounts]

    @property
    def poll(self) -> timedelta:
        """How often to look for what other processes have put in."""
        return self._settings.poll

    def worker_of(self, account: Account | None) -> Worker:
        """Give a worker that serves one account alone; or none, and only frees what dead workers held."""

        def own() -> list[Operations]:
            return [one for key, one in self._accounts.items() if key == account]

        return Worker(self._store, self.clock, self._settings, own, self._owner)

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def add_draft(self, network: str, account: str, post: Post) -> Draft:
        """Keep a draft."""
        kept = await self._shelf.keep(post)
        now = self.clock.now()
        draft = Draft(network=network, account=account, id=new_id(), post=kept, held_by="outbox", created_at=now)
        await self._store.add_draft(draft)
        return draft

    async def drafts(self, network: str | None = None, account: str | None = None) -> list[Draft]:
        """Give drafts, oldest first."""
        return await self._store.drafts(network, account)

    async def update_draft(self, network: str, account: str, draft_id: str, post: Post) -> Draft:
        """Put another post in a draft's place."""
        draft = await self._own_draft(network, account, draft_id)
        changed = draft.model_copy(update={"post": await self._shelf.keep(post)})
        if not await self._store.update_draft(changed):
            raise _no_draft(draft_id)
        return changed

    async def delete_draft(self, network: str, account: str, draft_id: str) -> None:
        """Delete a draft."""
        await self._own_draft(network, account, draft_id)
        if not await self._store.delete_draft(draft_id):
            raise _no_draft(draft_id)

    async def publish_draft(self, network: str, account: str, draft_id: str) -> PublishedPost:
        """
        Turn a draft into a delivery that is due now, and carry that out.

        If nothing was done, it is a draft again and the delivery tells why. If it may have been done, the draft is gone
        and the delivery is `unknown`.
        """
        draft = await self._own_draft(network, account, draft_id)
        operations = self._accounts.get((network, account))
        if operations is None:
            raise ConfigurationError(f"The outbox was not given the account {account} on {network}.")
        post = draft.post or Post()
        broken = [one for one in operations.problems(post) if one.severity == "error"]
        if broken:
            raise ValidationError(broken)
        now, claimed_at = self.clock.now(), self.clock.monotonic()
        delivery = self._new(network, account, post, now, DeliveryState.CLAIMED, attempts=1)
        self._owner.hold()
        claim = await self._store.claim_draft(
            draft_id, delivery, owner=self._owner.name, now=now, lease_until=now + self._settings.lease
        )
        if claim is None:
            raise _no_draft(draft_id)
        ended = await self.worker.deliver(claim, operations, claimed_at=claimed_at, again=False)
        if ended.result is None:
            raise OutcomeUnknown(f"The delivery {delivery.id} was taken over by another worker.")
        if ended.result.published is not None:
            return ended.result.published
        if ended.result.state in (DeliveryState.FAILED, DeliveryState.NEEDS_ATTENTION):
            await self._store.add_draft(draft)
        raise ended.error or OutcomeUnknown(f"See the delivery {delivery.id}.")

    async def _own_draft(self, network: str, account: str, draft_id: str) -> Draft:
        draft = await self._store.draft(draft_id)
        if draft is None or (draft.network, draft.account) != (network, account):
            raise _no_draft(draft_id)
        return draft

    # ── plans, as networks see them ───────────────────────────────────────────────────────────────────────────────

    async def schedule(self, network: str, account: str, post: Post, at: datetime) -> ScheduledPost:
        """Plan a delivery."""
        require_aware("at", at)
        delivery = self._new(network, account, await self._shelf.keep(post), at, DeliveryState.PLANNED)
        await self._store.add([delivery])
        return delivery.as_scheduled()

    async def scheduled(self, network: str, account: str) -> list[ScheduledPost]:
        """Give an account's deliveries that are still to come, soonest first."""
        found = await self._store.deliveries(Query(states=TO_COME, network=network, account=account))
        return [one.as_scheduled() for one in found]

    async def reschedule(self, network: str, account: str, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a delivery of an account to another time."""
        await self._own_delivery(network, account, plan_id)
        return await self.move(plan_id, at)

    async def cancel(self, network: str, account: str, plan_id: str) -> None:
        """Take back a delivery of an account."""
        await self._own_delivery(network, account, plan_id)
        await self.call_off(plan_id)

    async def _own_delivery(self, network: str, account: str, delivery_id: str) -> None:
        delivery = await self.delivery(delivery_id)
        if (delivery.network, delivery.account) != (network, account):
            raise no_delivery(delivery_id)

    # ── deliveries, as the application sees them ──────────────────────────────────────────────────────────────────

    async def move(self, delivery_id: str, at: datetime) -> ScheduledPost:
        """Plan a delivery for another time, or again."""
        require_aware("at", at)
        now = self.clock.now()
        if at <= now:
            message = "the time is in the past"
            told = {"limit": now.isoformat(), "actual": at.isoformat()}
            raise ValidationError([Problem(field="at", rule="future", message=message, **told)])

        def decide(old: Delivery) -> Delivery:
            if old.state is not DeliveryState.PLANNED:
                _require_move(old, DeliveryState.PLANNED, "moved to another time")
            return _changed(old, state=DeliveryState.PLANNED, at=at, due=at, attempts=0, changed_at=now)

        return (await self._change(delivery_id, decide)).as_scheduled()

    async def call_off(self, delivery_id: str) -> None:
        """Take back a delivery."""
        now = self.clock.now()

        def decide(old: Delivery) -> Delivery:
            _require_move(old, DeliveryState.CANCELLED, "cancelled")
            return _changed(old, state=DeliveryState.CANCELLED, due=None, changed_at=now)

        await self._change(delivery_id, decide)

    async def settle(self, delivery_id: str, published: PublishedPost | None) -> Delivery:
        """Say what became of a delivery whose outcome is unknown."""
        now = self.clock.now()

        def decide(old: Delivery) -> Delivery:
            if old.state is not DeliveryState.UNKNOWN:
                raise _refused(old, "settled: its outcome is not unknown")
            if published is not None and (published.network, published.account) != (old.network, old.account):
                message = f"the post is of {published.network} {published.account}"
                told = f"{old.network} {old.account}"
                raise ValidationError([Problem(field="published", rule="own_post", message=message, limit=told)])
            if published is None:
                what = "a part of it is live, and the rest is not" if old.partly_live else "not live"
                return _changed(old, state=DeliveryState.FAILED, error=f"Settled by hand: {what}.", changed_at=now)
            return _changed(old, state=DeliveryState.PUBLISHED, published=published, changed_at=now)

        return await self._change(delivery_id, decide)

    async def _change(self, delivery_id: str, decide: Callable[[Delivery], Delivery]) -> Delivery:
        changed = await self._store.change(delivery_id, decide)
        if changed is None:
            raise no_delivery(delivery_id)
        return changed

    async def close(self) -> None:
        """Close the database; from now on this worker counts as gone."""
        await self._store.close()
        self._owner.release()


def _changed(old: Delivery, **changes: object) -> Delivery:
    """Give the delivery with some fields changed, all of them checked; the last error belongs to what was before."""
    fields = {name: getattr(old, name) for name in Delivery.model_fields}
    return Delivery.model_validate({**fields, "error": None, "error_kind": None, "intent_at": None, **changes})


def _require_move(old: Delivery, state: DeliveryState, what: str) -> None:
    # Failed and partly live is only what a person has settled so: planned again, it goes on after what is live.
    goes_on = old.state is DeliveryState.FAILED and state is DeliveryState.PLANNED
    if (old.partly_live and not goes_on) or not old.may_become(state):
        raise _refused(old, what)
    if old.state in (DeliveryState.SENDING, DeliveryState.UNKNOWN):  # the table lets workers do this, not people
        raise _refused(old, what)


def _refused(old: Delivery, what: str) -> ValidationError:
    told = "partly live" if old.partly_live and old.state is not DeliveryState.PUBLISHED else old.state.value
    message = f"the delivery is {told} and cannot be {what}"
    return ValidationError(
        [Problem(field="delivery", rule="not_begun", message=message, actual=told)],
        network=old.network,
        account=old.account,
    )


def _no_draft(draft_id: str) -> NotFound:
    return NotFound(f"The outbox holds no draft {draft_id}.")
