"""The part of the outbox that moves deliveries from a network that ends to other accounts, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from socialconnect.errors import NotFound, Problem, ValidationError
from socialconnect.lifecycle import ApiState, SunsetPlan
from socialconnect.operations import Operations
from socialconnect.outbox.core_campaigns import TO_COME, new_id
from socialconnect.outbox.core_leaving import NOT_BEGUN, LeavingCore
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.ledger import Rerouted
from socialconnect.outbox.rerouting import Proposal, Rerouting
from socialconnect.outbox.store import Query
from socialconnect.post import Post, ScheduledPost

__all__ = ["ReroutingCore"]

_SEEN_THERE = TO_COME | {DeliveryState.PUBLISHED, DeliveryState.UNKNOWN}

Moved = tuple[Sequence[Delivery], Sequence[Rerouted]]


class ReroutingCore(LeavingCore):
    """Proposals, moves, and the way back."""

    async def reroute(self, plan: SunsetPlan, to: Iterable[Operations]) -> Rerouting:
        """Propose each delivery of a plan for other accounts; changes nothing."""
        accounts = list(to)
        for one in accounts:
            if one.network == plan.network:
                message = f"{plan.network} is what ends: name accounts on other networks"
                raise ValidationError([Problem(field="to", rule="another_network", message=message)])
        there = {(one.network, one.account): await self._texts(one) for one in accounts}
        return Rerouting(
            network=plan.network,
            proposals=tuple(
                _proposal(plan, delivery, one, there[one.network, one.account])
                for delivery in plan.deliveries
                if delivery.post is not None
                for one in accounts
            ),
        )

    async def _texts(self, account: Operations) -> Mapping[str, Delivery]:
        """Give what an account has got or will get, by its text there."""
        query = Query(states=_SEEN_THERE, network=account.network, account=account.account)
        return {one.post.for_network(one.network).text: one for one in await self._store.deliveries(query)}

    async def confirm(self, proposals: Sequence[Proposal]) -> list[Rerouted]:
        """Move what is confirmed, all of it or nothing."""
        broken = [one for proposal in proposals for one in _broken(proposal)]
        wanted: dict[str, dict[tuple[str, str], Proposal]] = defaultdict(dict)
        for one in proposals:
            wanted[one.delivery][one.network, one.account] = one
        if broken:
            raise ValidationError(broken, message="The posts cannot be moved", hint="Nothing was moved.")
        now, moves = self.clock.now(), list[Rerouted]()

        def decide(found: Mapping[str, Delivery]) -> Moved:
            changed: list[Delivery] = []
            for delivery_id, targets in wanted.items():
                old = _movable(found, delivery_id)
                new = [_for_account(old, one, now) for one in targets.values()]
                changed += [_cancelled(old, new, now=now), *new]
                ids = tuple(one.id for one in new)
                until = min(one.until for one in targets.values())
                moves.append(Rerouted(id=new_id(), delivery=old.id, replacements=ids, until=until))
            return changed, moves

        if wanted:
            await self.ledger.replace(list(wanted), decide)
        return moves

    async def reroutes(self) -> list[Rerouted]:
        """Give the moves, oldest first."""
        return await self.ledger.reroutes()

    async def undo(self, move_id: str) -> Delivery:
        """Put a moved delivery back, under a new id."""
        move = next((one for one in await self.ledger.reroutes() if one.id == move_id), None)
        if move is None:
            raise NotFound(f"The outbox knows no move {move_id}.")
        now = self.clock.now()
        if move.undone_by is not None or now >= move.until:
            why = (
                "it was undone already" if move.undone_by is not None else f"the network ended on {move.until:%Y-%m-%d}"
            )
            raise ValidationError([Problem(field="move", rule="undo_in_time", message=f"{why}; nothing was changed")])
        back: list[Delivery] = []

        def decide(found: Mapping[str, Delivery]) -> Moved:
            old = found.get(move.delivery)
            if old is None:
                raise NotFound(f"The outbox no longer holds the delivery {move.delivery}, which was moved.")
            moved = [_movable(found, one) for one in move.replacements]
            # When it is to appear may have changed meanwhile, with its campaign: what took its place knows.
            update = {"id": new_id(), "network": old.network, "account": old.account, "post": old.post}
            again = moved[0].model_copy(update={**update, "created_at": now, "changed_at": now})
            back.append(again)
            undone = move.model_copy(update={"undone_by": again.id})
            return [*(_cancelled(one, [again], now=now) for one in moved), again], [undone]

        await self.ledger.replace([move.delivery, *move.replacements], decide)
        return back[0]


def _broken(proposal: Proposal) -> list[Problem]:
    """Give what stands against a proposal, each with the delivery that it is about."""
    return [
        one.model_copy(update={"field": f"{proposal.delivery}.{one.field}", "network": proposal.network})
        for one in proposal.problems
        if one.severity == "error"
    ]


def _for_account(old: Delivery, proposal: Proposal, now: datetime) -> Delivery:
    """Give a delivery anew for another account; its time, its post and its campaign stay."""
    fresh = {"id": new_id(), "attempts": 0, "error": None, "error_kind": None, "created_at": now, "changed_at": now}
    return old.model_copy(update={**fresh, "network": proposal.network, "account": proposal.account})


def _proposal(
    plan: SunsetPlan, delivery: ScheduledPost, account: Operations, there: Mapping[str, Delivery]
) -> Proposal:
    post = delivery.post or Post()
    ours = post.for_network(account.network)
    problems = [*account.problems(post), *_retired(delivery, account)]
    twin = there.get(ours.text)
    if twin is not None:
        when = f"{twin.at:%Y-%m-%d %H:%M} UTC" if twin.at is not None else "its campaign's launch"
        message = f"{account.network} {account.account} has the same text already, for {when} (delivery {twin.id})"
        problems.append(Problem(field="text", rule="already_there", message=message, severity="warning"))
    return Proposal(
        delivery=delivery.id,
        network=account.network,
        account=account.account,
        at=delivery.at,
        post=ours,
        problems=tuple(problems),
        cost=account.estimate_cost(post),
        until=plan.on,
    )


def _retired(delivery: ScheduledPost, account: Operations) -> list[Problem]:
    status = account.deprecation_status(delivery.at).operations["publish"]
    if status.state is not ApiState.RETIRED:
        return []
    message = f"publish is retired there by then: {status.reason}"
    return [Problem(field="network", rule="retired", message=message, source=status.source)]


def _movable(found: Mapping[str, Delivery], delivery_id: str) -> Delivery:
    delivery = found.get(delivery_id)
    if delivery is None:
        raise NotFound(f"The outbox holds no delivery {delivery_id}; nothing was moved.")
    if delivery.state not in NOT_BEGUN or delivery.partly_live:
        told = "partly live" if delivery.state in NOT_BEGUN else delivery.state.value
        message = f"the delivery {delivery_id} is {told} and cannot be moved; nothing was moved"
        raise ValidationError([Problem(field="delivery", rule="not_begun", message=message, actual=told)])
    return delivery


def _cancelled(old: Delivery, new: Sequence[Delivery], *, now: datetime) -> Delivery:
    where = ", ".join(f"{one.network} {one.account} (delivery {one.id})" for one in new)
    told = {"state": DeliveryState.CANCELLED, "due": None, "changed_at": now}
    return old.model_copy(update={**told, "error": f"Moved to {where}.", "error_kind": "Rerouted"})
