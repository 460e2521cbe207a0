"""The part of the outbox that moves deliveries from a network that ends to other accounts, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from socialconnect.errors import NotFound, Problem, ValidationError
from socialconnect.lifecycle import ApiState, SunsetPlan
from socialconnect.operations import Operations
from socialconnect.outbox.core_campaigns import TO_COME, new_id
from socialconnect.outbox.core_leaving import NOT_BEGUN, LeavingCore
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.ledger import Rerouted
from socialconnect.outbox.records import REROUTED
from socialconnect.outbox.rerouting import Proposal, Rerouting
from socialconnect.outbox.store import Query
from socialconnect.post import Post, ScheduledPost

__all__ = ["ReroutingCore"]

_SEEN_THERE = TO_COME | {DeliveryState.PUBLISHED, DeliveryState.UNKNOWN}

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_PIECE = 500
"""Deliveries that are looked at together."""

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
        posts = [one.post for one in plan.deliveries if one.post is not None]
        there = {(one.network, one.account): await self._twins(one, posts) for one in accounts}
        proposals: list[Proposal] = []
        for delivery in plan.deliveries:
            if delivery.post is None:  # held by the network itself
                continue
            found = await self._store.delivery(delivery.id)
            at = found.at if found is not None else delivery.at
            stuck = [*_not_movable(found, delivery.id), *_too_late(at, self.clock.now(), self._settings.grace)]
            for one in accounts:
                proposal = _proposal(plan, delivery.model_copy(update={"at": at}), one, stuck)
                proposals.append(_told_of_twin(proposal, there[one.network, one.account]))
        return Rerouting(network=plan.network, proposals=tuple(proposals))

    async def _twins(self, account: Operations, posts: Sequence[Post]) -> dict[str, str]:
        """Give which of some posts an account has got or will get, by what people would take for the same, in words."""
        wanted = {alike for one in posts if (alike := _alike(one.for_network(account.network))) is not None}
        query = Query(states=_SEEN_THERE, network=account.network, account=account.account)
        twins: dict[str, str] = {}

        def note(found: Iterable[Delivery]) -> None:
            for one in found:
                when = f"{one.at:%Y-%m-%d %H:%M} UTC" if one.at is not None else "its campaign's launch"
                if (alike := _alike(one.post.for_network(one.network))) in wanted:
                    twins[alike] = f"has the same already, for {when} (delivery {one.id})"

        # Piece by piece: an account's past may be long. What falls on the edge of two pieces is looked at twice.
        since, most = _BEGINNING, _PIECE
        while len(piece := await self._store.deliveries(replace(query, since=since, limit=most))) == most:
            note(piece)
            last = piece[-1].at or since
            since, most = (since, 2 * most) if last == since else (last, _PIECE)
        note(piece)
        note(await self._store.deliveries(replace(query, states=frozenset({DeliveryState.HELD}))))
        return twins

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
            moves.clear()  # a store may have to decide twice
            changed: list[Delivery] = []
            for delivery_id, targets in wanted.items():
                old = _movable(found, delivery_id)
                new = [_anew(old, one.network, one.account, now) for one in targets.values()]
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
        moves = await self.ledger.reroutes()
        move = next((one for one in moves if one.id == move_id), None)
        if move is None:
            raise NotFound(f"The outbox knows no move {move_id}.")
        now = self.clock.now()
        if move.undone_by is not None or now >= move.until:
            why = (
                "it was undone already" if move.undone_by is not None else f"the network ended on {move.until:%Y-%m-%d}"
            )
            raise ValidationError([Problem(field="move", rule="undo_in_time", message=f"{why}; nothing was changed")])
        back: list[Delivery] = []
        there = _there_now(move, moves)

        def decide(found: Mapping[str, Delivery]) -> Moved:
            old = found.get(move.delivery)
            if old is None:
                raise NotFound(f"The outbox no longer holds the delivery {move.delivery}, which was moved.")
            moved = _to_take_back(found, there)
            # When it is to appear may have changed meanwhile, with its campaign: what took its place knows.
            again = _anew(moved[0], old.network, old.account, now).model_copy(update={"post": old.post})
            back[:] = [again]  # a store may have to decide twice
            undone = move.model_copy(update={"undone_by": again.id})
            return [*(_cancelled(one, [again], now=now) for one in moved), again], [undone]

        await self.ledger.replace([move.delivery, *there], decide)
        return back[0]


def _broken(proposal: Proposal) -> list[Problem]:
    """Give what stands against a proposal, each with the delivery that it is about."""
    return [
        one.model_copy(update={"field": f"{proposal.delivery}.{one.field}", "network": proposal.network})
        for one in proposal.problems
        if one.severity == "error"
    ]


def _anew(old: Delivery, network: str, account: str, now: datetime) -> Delivery:
    """Give a delivery anew for an account; its time, its post and its campaign stay, and no failure is taken along."""
    fresh = {"id": new_id(), "attempts": 0, "error": None, "error_kind": None, "created_at": now, "changed_at": now}
    state = DeliveryState.HELD if old.state is DeliveryState.HELD else DeliveryState.PLANNED
    due = old.at if state is DeliveryState.PLANNED else None
    return old.model_copy(update={**fresh, "network": network, "account": account, "state": state, "due": due})


def _proposal(plan: SunsetPlan, delivery: ScheduledPost, account: Operations, stuck: Sequence[Problem]) -> Proposal:
    post = delivery.post or Post()
    return Proposal(
        delivery=delivery.id,
        network=account.network,
        account=account.account,
        at=delivery.at,
        post=post.for_network(account.network),
        problems=(*account.problems(post), *_retired(delivery, account), *stuck),
        cost=account.estimate_cost(post),
        until=plan.on,
    )


def _told_of_twin(proposal: Proposal, twins: dict[str, str]) -> Proposal:
    """Give it with a warning if the account has the same already, or would get it by an earlier one of the plan."""
    alike = _alike(proposal.post)
    if alike is None:
        return proposal
    twin = twins.get(alike)
    if proposal.possible:
        twins.setdefault(alike, f"would get the same twice: it is proposed for the delivery {proposal.delivery} too")
    if twin is None:
        return proposal
    message = f"{proposal.network} {proposal.account} {twin}"
    warning = Problem(field="text", rule="already_there", message=message, severity="warning")
    return proposal.model_copy(update={"problems": (*proposal.problems, warning)})


def _alike(post: Post) -> str | None:
    """Give what makes people take two posts for the same: their text, or without any their media."""
    text = " ".join(post.text.split())
    media = " ".join(one.url or (one.path.name if one.path is not None else "") for _, one in post.files())
    return text or media.strip() or None


def _not_movable(delivery: Delivery | None, delivery_id: str) -> list[Problem]:
    """Give why a delivery cannot be moved, if it cannot."""
    if delivery is None:
        return [Problem(field="delivery", rule="not_begun", message=f"the delivery {delivery_id} is gone")]
    if delivery.state in NOT_BEGUN and not delivery.partly_live:
        return []
    told = "partly live" if delivery.state in NOT_BEGUN else delivery.state.value
    message = f"the delivery {delivery_id} is {told} and cannot be moved"
    return [Problem(field="delivery", rule="not_begun", message=message, actual=told)]


def _too_late(at: datetime | None, now: datetime, grace: timedelta) -> list[Problem]:
    """Give what stands against a delivery whose time is over: it would go out at once, or be missed."""
    if at is None or at > now:
        return []
    if at < now - grace:
        message = f"it was due at {at:%Y-%m-%d %H:%M} UTC and would be missed: plan it for another time first"
        return [Problem(field="at", rule="in_time", message=message)]
    message = f"it was due at {at:%Y-%m-%d %H:%M} UTC: it goes out as soon as it is moved"
    return [Problem(field="at", rule="in_time", message=message, severity="warning")]


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
    if problems := _not_movable(delivery, delivery_id):
        told = {"message": f"{problems[0].message}; nothing was moved"}
        raise ValidationError([problems[0].model_copy(update=told)])
    return delivery


def _there_now(move: Rerouted, moves: Sequence[Rerouted]) -> list[str]:
    """Give the ids of what a move has made: what was moved on and came back did so under another id."""
    came_back = {one.delivery: one.undone_by for one in moves if one.undone_by is not None}
    there: list[str] = []
    for replacement in move.replacements:
        one = replacement
        while (again := came_back.pop(one, None)) is not None:  # each once: no forged archive leads in circles
            one = again
        there.append(one)
    return there


def _to_take_back(found: Mapping[str, Delivery], places: Sequence[str]) -> list[Delivery]:
    """Give those that took a delivery's place and are still to come; what somebody has cancelled may stay so."""
    there = {one: found.get(one) for one in places}
    left = [
        one
        for one, delivery in there.items()
        if delivery is None or delivery.state is not DeliveryState.CANCELLED or delivery.error_kind == REROUTED
    ]
    # With nothing left to come the post was taken back by a person, or with its campaign: it stays so.
    return [_movable(found, one) for one in left or places]


def _cancelled(old: Delivery, new: Sequence[Delivery], *, now: datetime) -> Delivery:
    where = ", ".join(f"{one.network} {one.account} (delivery {one.id})" for one in new)
    told = {"state": DeliveryState.CANCELLED, "due": None, "changed_at": now}
    return old.model_copy(update={**told, "error": f"Moved to {where}.", "error_kind": REROUTED})
