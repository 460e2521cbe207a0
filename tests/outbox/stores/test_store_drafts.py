"""Drafts, on every store."""

from __future__ import annotations

from tests.outbox.stores.given import LEASE, NOW, OTHER, PAGE, Opens, delivery, held, put, take

from socialconnect import Draft, Post
from socialconnect.network import run
from socialconnect.outbox import DeliveryState
from socialconnect.outbox.store import Account, Store


def draft(number: int, account: Account = PAGE, post: Post | None = None) -> Draft:
    """A draft that is not in the store yet."""
    kept = post or Post(f"draft {number}")
    return Draft(
        network=account[0], account=account[1], id=f"draft-{number}", post=kept, held_by="outbox", created_at=NOW
    )


def test_drafts_are_kept(opens: Opens) -> None:
    """They come back whole, oldest first, all or those of a network or an account."""
    store = opens()
    kept = [draft(2), draft(1, OTHER), draft(3)]
    for one in kept:
        run(store.add_draft(one))
    store = opens()
    assert run(store.drafts(None, None)) == kept
    assert run(store.drafts("facebook", None)) == [kept[0], kept[2]]
    assert run(store.drafts(None, "2000")) == [kept[1]]
    assert run(store.drafts("facebook", "2000")) == []
    assert run(store.draft("draft-1")) == kept[1]
    assert run(store.draft("draft-9")) is None


def test_drafts_change(store: Store) -> None:
    """Another post takes a draft's place; what is not there cannot change or be deleted."""
    run(store.add_draft(draft(1)))
    changed = draft(1, post=Post("better"))
    assert run(store.update_draft(changed))
    assert run(store.draft("draft-1")) == changed
    assert not run(store.update_draft(draft(2)))
    assert run(store.delete_draft("draft-1"))
    assert not run(store.delete_draft("draft-1"))
    assert run(store.drafts(None, None)) == []


def test_a_draft_becomes_a_claimed_delivery(store: Store) -> None:
    """It is a delivery or a draft, never both or neither; and one caller gets it."""
    run(store.add_draft(draft(1)))
    made = delivery(state=DeliveryState.CLAIMED)
    claim = run(store.claim_draft("draft-1", made, owner="me", now=NOW, lease_until=NOW + LEASE))
    assert claim is not None
    assert claim.delivery == made
    assert held(store, made.id).state is DeliveryState.CLAIMED
    assert run(store.drafts(None, None)) == []
    again = delivery(state=DeliveryState.CLAIMED)
    assert run(store.claim_draft("draft-1", again, owner="me", now=NOW, lease_until=NOW + LEASE)) is None
    assert run(store.delivery(again.id)) is None
    put(store, delivery())
    assert take(store) is None  # the account has one under way
    assert run(store.next_moment(PAGE)) == NOW + LEASE
