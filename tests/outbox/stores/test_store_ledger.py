"""What was read, what was spent, archives and moves, on every store that has a ledger: both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.outbox.stores.given import (
    NOW,
    OTHER,
    PAGE,
    Opens,
    after,
    answer,
    delivery,
    finish,
    held,
    intend,
    published,
    put,
    took,
    unknown,
)
from tests.outbox.stores.test_store_drafts import draft

from socialconnect import Metrics
from socialconnect.data_use import Provenance
from socialconnect.errors import ValidationError
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.ledger import ArchivedDelivery, Contents, Ledger, Purged, Reading, Rerouted, Spend
from socialconnect.outbox.place import place
from socialconnect.outbox.store import Account, Query, Result, Store

MONTH = "2026-11"


@pytest.fixture
def ledger(store: Store) -> Ledger:
    """The same store, as a ledger."""
    assert isinstance(store, Ledger)
    return store


def reading(number: int, account: Account = PAGE, *, keep_until: datetime | None = None) -> Reading:
    """Something that was read now."""
    where = Provenance(network=account[0], account=account[1], kind="metrics", read_at=NOW, keep_until=keep_until)
    return Reading(
        id=f"reading-{number}", provenance=where, metrics=Metrics(post="post-1", fetched_at=NOW, views=number)
    )


def test_readings_are_kept(ledger: Ledger) -> None:
    """They come back whole in the order in which they were put in, all or those of a network or account."""
    first, second, third = reading(1), reading(2, OTHER), reading(3, keep_until=after(5))
    run(ledger.keep_readings([]))
    run(ledger.keep_readings([first, second]))
    run(ledger.keep_readings([third]))
    assert run(ledger.readings(None, None)) == [first, second, third]
    assert run(ledger.readings("facebook", None)) == [first, third]
    assert run(ledger.readings(None, "2000")) == [second]


def test_what_may_no_longer_be_kept_is_purged(store: Store, ledger: Ledger) -> None:
    """Readings go, and of published posts all that was read back; what may be kept stays."""
    gone, stays = reading(1, keep_until=after(5)), reading(2, keep_until=after(6))
    run(ledger.keep_readings([gone, stays, reading(3)]))
    (one,) = put(store, delivery())
    where = Provenance(network=PAGE[0], account=PAGE[1], kind="posts", read_at=NOW, keep_until=after(5))
    live = published("post-1", one).model_copy(update={"provenance": where})
    run(store.finish(took(store), Result(DeliveryState.PUBLISHED, published=live), NOW))
    purged = run(ledger.purge(after(5)))
    assert [one.id for one in purged.readings] == ["reading-1"]
    assert [one.text for one in purged.posts] == ["hello"]
    assert [one.id for one in run(ledger.readings(None, None))] == ["reading-2", "reading-3"]
    kept = held(store, one.id).published
    assert kept is not None
    assert (kept.id, kept.text) == ("post-1", None)
    assert run(ledger.purge(after(5))) == Purged()


def test_spending_stays_within_its_limit(ledger: Ledger) -> None:
    """What would pass the limit is refused with what was spent so far; each account, month and currency has its own."""
    limit = Decimal(1)
    assert run(ledger.reserve(PAGE, MONTH, Decimal("0.70"), "USD", limit)) is None
    assert run(ledger.reserve(PAGE, MONTH, Decimal("0.31"), "USD", limit)) == Decimal("0.70")
    assert run(ledger.reserve(PAGE, MONTH, Decimal("0.30"), "USD", limit)) is None
    for account, month, currency in ((OTHER, MONTH, "USD"), (PAGE, "2026-12", "USD"), (PAGE, MONTH, "EUR")):
        assert run(ledger.reserve(account, month, limit, currency, limit)) is None
    run(ledger.release(PAGE, MONTH, Decimal("0.25"), "USD"))
    run(ledger.release(PAGE, MONTH, Decimal(9), "EUR"))
    spent = Spend(network="facebook", account="1000", month=MONTH, amount=Decimal("0.75"), currency="USD")
    assert spent in run(ledger.spending("facebook", None))
    assert [(one.month, one.network, one.currency) for one in run(ledger.spending(None, None))] == [
        (MONTH, "facebook", "EUR"),
        (MONTH, "facebook", "USD"),
        (MONTH, "twitter", "USD"),
        ("2026-12", "facebook", "USD"),
    ]


def test_many_spend_at_once(opens: Opens) -> None:
    """Of many reservations at the same moment no more succeed than the limit allows."""
    stores = [opens() for _ in range(4)]

    def spend(store: Store) -> int:
        assert isinstance(store, Ledger)
        cent, limit = Decimal("0.01"), Decimal("0.25")
        return sum(run(store.reserve(PAGE, MONTH, cent, "USD", limit)) is None for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(spend, stores)) == 25


def test_deliveries_are_replaced_together(store: Store, ledger: Ledger) -> None:
    """What is decided about several deliveries, also for accounts that none of them was for, happens as one."""
    one, two = put(store, delivery(minutes=5), delivery(minutes=6))
    new = delivery(account=OTHER, minutes=5)
    move = Rerouted(id="move-1", delivery=one.id, replacements=(new.id,), until=after(99))

    def decide(old: Mapping[str, Delivery]) -> tuple[Sequence[Delivery], Sequence[Rerouted]]:
        assert set(old) == {one.id, two.id}
        gone = old[one.id].model_copy(update={"state": DeliveryState.CANCELLED, "due": None})
        return [gone, new], [move]

    run(ledger.replace([one.id, two.id, "nobody"], decide))
    assert held(store, one.id).state is DeliveryState.CANCELLED
    assert held(store, new.id) == new
    assert held(store, two.id) == two
    assert run(store.next_moment(OTHER)) == after(5)
    assert run(ledger.reroutes()) == [move]
    undone = move.model_copy(update={"undone_by": "delivery-x"})
    run(ledger.replace([], lambda _: ([], [undone])))
    assert run(ledger.reroutes()) == [undone]


def test_a_replacement_that_is_refused_changes_nothing(store: Store, ledger: Ledger) -> None:
    """If one of them may not be moved, none is."""
    one, two = put(store, delivery(), delivery(account=OTHER))
    finish(store, took(store, OTHER), DeliveryState.PUBLISHED)

    def decide(old: Mapping[str, Delivery]) -> tuple[Sequence[Delivery], Sequence[Rerouted]]:
        return [old[key].model_copy(update={"state": DeliveryState.CANCELLED}) for key in (one.id, two.id)], []

    with pytest.raises(ValueError, match="does not go"):
        run(ledger.replace([one.id, two.id], decide))
    assert held(store, one.id) == one


def archived(store: Store) -> Contents:
    """Put something of each kind in, and give all of it."""
    put(store, delivery("planned", minutes=9, campaign="c"), campaign="c")
    unknown(store, text="unknown")
    claim = took(store, minutes=9)
    run(store.record_step(claim, "upload", {"id": 1}, now=NOW, expires=after(5), lease_until=after(30)))
    intend(store, claim, minutes=9)
    answer(store, claim, "post-1", minutes=9)
    finish(store, claim, DeliveryState.PLANNED, minutes=9, due=10)
    run(store.add_draft(draft(1)))
    return given(store, [reading(1)])


def given(store: Store, readings: Sequence[Reading]) -> Contents:
    """Give all that a store holds."""
    deliveries = [
        ArchivedDelivery(one, run(store.history(one.id)), run(store.steps(one.id)))
        for one in run(store.deliveries(Query()))
    ]
    return Contents(run(store.campaigns()), run(store.drafts(None, None)), deliveries, readings)


def test_what_is_there_is_not_restored(store: Store, ledger: Ledger) -> None:
    """What is exactly the same is left alone; what differs is refused, and nothing is restored."""
    contents = archived(store)
    run(ledger.keep_readings(contents.readings))
    assert run(ledger.restore(contents, NOW)) == Contents([], [], [], [])
    assert run(store.pauses()) == []
    for one in contents.deliveries:
        changed = one.delivery.model_copy(update={"attempts": 99})
        fresh = ArchivedDelivery(delivery("fresh"))
        with pytest.raises(ValidationError, match="something else of the same id"):
            run(ledger.restore(Contents(deliveries=[fresh, replace(one, delivery=changed)]), NOW))
        assert run(store.delivery(fresh.delivery.id)) is None


def test_an_archive_goes_into_another_store(ledger: Ledger, store: Store, tmp_path: Path) -> None:
    """What an outbox in a file gave, any other takes, with its history; what is to be sent waits for a person."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    contents = archived(other)
    run(other.close())
    assert run(ledger.restore(contents, after(20))) == contents
    assert run(store.pauses()) == [("network", "facebook", after(20))]
    assert given(store, run(ledger.readings(None, None))) == contents
    run(store.resume("network", "facebook"))
    assert took(store, minutes=20).delivery.post.text == "planned"
    assert len(run(store.doubts(PAGE, after(20)))) == 1
