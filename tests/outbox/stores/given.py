"""What the tests of the stores put in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

from socialconnect import Post, PublishedPost
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.store import Account, Claim, Result, Store

Opens = Callable[[], Store]

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PAGE: Account = ("facebook", "1000")
OTHER: Account = ("twitter", "2000")
LEASE = timedelta(minutes=10)
_numbers = count(1)


def after(minutes: float) -> datetime:
    """So many minutes from now."""
    return NOW + timedelta(minutes=minutes)


def delivery(
    text: str = "hello",
    *,
    account: Account = PAGE,
    minutes: float = 0,
    state: DeliveryState = DeliveryState.PLANNED,
    offset: timedelta | None = None,
    campaign: str | None = None,
    post: Post | None = None,
) -> Delivery:
    """A delivery that is not in the store yet."""
    at = None if offset is not None else after(minutes)
    return Delivery(
        id=f"delivery-{next(_numbers)}",
        network=account[0],
        account=account[1],
        post=post or Post(text),
        state=DeliveryState.HELD if offset is not None else state,
        at=at,
        after=offset,
        campaign=campaign,
        due=at if state is DeliveryState.PLANNED and offset is None else None,
        created_at=NOW,
        changed_at=NOW,
    )


def put(store: Store, *deliveries: Delivery, campaign: str | None = None) -> list[Delivery]:
    """Put deliveries in."""
    run(store.add(deliveries, campaign=campaign))
    return list(deliveries)


def held(store: Store, delivery_id: str) -> Delivery:
    """Give what the store holds."""
    found = run(store.delivery(delivery_id))
    assert found is not None
    return found


def take(store: Store, account: Account = PAGE, *, owner: str = "worker", minutes: float = 0) -> Claim | None:
    """Claim what is due."""
    now = after(minutes)
    return run(store.claim(account, owner=owner, now=now, lease_until=now + LEASE))


def took(store: Store, account: Account = PAGE, *, owner: str = "worker", minutes: float = 0) -> Claim:
    """Claim what is due, and there is something."""
    claim = take(store, account, owner=owner, minutes=minutes)
    assert claim is not None
    return claim


def intend(store: Store, claim: Claim, step: str = "publish", *, minutes: float = 0) -> None:
    """Write the intent."""
    run(store.intend(claim, step, now=after(minutes), lease_until=after(minutes) + LEASE))


def answer(store: Store, claim: Claim, post_id: str, step: str = "publish", *, minutes: float = 0) -> None:
    """Record the answer."""
    run(store.answer(claim, step, post_id, now=after(minutes)))


def finish(store: Store, claim: Claim, state: DeliveryState, *, minutes: float = 0, due: float | None = None) -> None:
    """Record the end."""
    live = published("post-1", claim.delivery) if state is DeliveryState.PUBLISHED else None
    result = Result(state, due=None if due is None else after(due), published=live)
    run(store.finish(claim, result, after(minutes)))


def published(post_id: str, of: Delivery) -> PublishedPost:
    """A live post of a delivery's account."""
    return PublishedPost(network=of.network, account=of.account, id=post_id, text=of.post.text, created_at=NOW)


def unknown(store: Store, *, minutes: float = 0, text: str = "hello") -> Delivery:
    """Put a delivery in whose answer was lost."""
    (one,) = put(store, delivery(text, minutes=minutes))
    claim = took(store, minutes=minutes)
    intend(store, claim, minutes=minutes)
    finish(store, claim, DeliveryState.UNKNOWN, minutes=minutes)
    return one
