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
    take,
    took,
    unknown,
)
from tests.outbox.stores.test_store_drafts import draft

from socialconnect import Metrics
from socialconnect.data_use import Provenance
from socialconnect.errors import ValidationError
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents
from socialconnect.outbox.ledger import Ledger, Purged, Reading, Rerouted, Restored, Spend
from socialconnect.outbox.place import place
from socialconnect.outbox.store import Account, Result, Store

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


def fill(store: Store) -> Ledger:
    """Put something of each kind in."""
    put(store, delivery("planned", minutes=9, campaign="c"), campaign="c")
    unknown(store, text="unknown")
    claim = took(store, minutes=9)
    run(store.record_step(claim, "upload", {"id": 1}, now=NOW, expires=after(5), lease_until=after(30)))
    intend(store, claim, minutes=9)
    answer(store, claim, "post-1", minutes=9)
    finish(store, claim, DeliveryState.PLANNED, minutes=9, due=10)
    run(store.add_draft(draft(1)))
    assert isinstance(store, Ledger)
    run(store.keep_readings([reading(1)]))
    run(store.reserve(PAGE, MONTH, Decimal("0.70"), "USD", Decimal(1)))
    run(store.replace([], lambda _: ([], [Rerouted(id="m", delivery="d", replacements=("e",), until=after(9))])))
    return store


def given(ledger: Ledger) -> Contents:
    """Give all that a store holds."""
    with ledger.snapshot(None) as held:
        deliveries = [*held.deliveries()]
        return Contents(
            [*held.campaigns()],
            [*held.pauses()],
            [*held.drafts()],
            deliveries,
            [*held.readings()],
            [*held.moves()],
            [*held.spending()],
            frozenset((one.delivery.network, one.delivery.account) for one in deliveries),
        )


def test_what_is_there_is_not_restored(store: Store, ledger: Ledger) -> None:
    """What is exactly the same is left alone; what differs is refused, and nothing is restored."""
    contents = given(fill(store))
    assert ledger.restore(contents, NOW) == Restored()
    assert run(store.pauses()) == []
    for one in contents.deliveries:
        changed = one.delivery.model_copy(update={"attempts": 99})
        fresh = ArchivedDelivery(delivery("fresh"))
        differing = Contents(deliveries=[fresh, replace(one, delivery=changed)], accounts=contents.accounts)
        with pytest.raises(ValidationError, match="something else of the same id"):
            ledger.restore(differing, NOW)
        assert run(store.delivery(fresh.delivery.id)) is None
    (campaign,) = contents.campaigns
    with pytest.raises(ValidationError, match="campaign c"):
        ledger.restore(Contents(campaigns=[campaign.model_copy(update={"started_at": NOW})]), NOW)


def test_an_archive_goes_into_another_store(ledger: Ledger, store: Store, tmp_path: Path) -> None:
    """What an outbox in a file gave, any other takes, with its history; what is to be sent waits for a person."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    contents = given(fill(other))
    run(other.close())
    put_in = ledger.restore(contents, after(20))
    assert (put_in.deliveries, put_in.moves, put_in.spending, put_in.paused) == (2, 1, 1, ("facebook",))
    assert run(store.pauses()) == [("network", "facebook", after(20))]
    assert given(ledger) == contents
    run(store.resume("network", "facebook"))
    assert took(store, minutes=20).delivery.post.text == "planned"
    assert len(run(store.doubts(PAGE, after(20)))) == 1


def test_any_store_gives_an_archive_to_one_in_a_file(store: Store, ledger: Ledger, tmp_path: Path) -> None:
    """The way back from PostgreSQL to a file is the same."""
    contents = given(fill(store))
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    assert isinstance(other, Ledger)
    other.restore(contents, NOW)
    assert given(other) == contents
    run(other.close())


def test_what_was_being_sent_is_not_sent_again(store: Store, ledger: Ledger, tmp_path: Path) -> None:
    """An archive made while a request was on its way comes back as one that may be live, and is looked for."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    assert isinstance(other, Ledger)
    (one,) = put(other, delivery())
    intend(other, took(other), step="thread[1]")
    contents = given(other)
    run(other.close())
    ledger.restore(contents, after(1))
    run(store.resume("network", "facebook"))
    assert run(store.recover(after(1), lambda _: False)) == [one.id]
    assert held(store, one.id).state is DeliveryState.UNKNOWN
    (doubt,) = run(store.doubts(PAGE, after(1)))
    assert (doubt.step, doubt.since, doubt.owner) == ("thread[1]", NOW, "elsewhere")


def test_what_came_due_since_is_looked_for(store: Store, ledger: Ledger, tmp_path: Path) -> None:
    """What the old outbox may have sent since the archive was made is unknown, and not planned; the rest is planned."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    due, claimed, later = put(other, delivery(minutes=5), delivery(account=OTHER), delivery(minutes=30))
    took(other, OTHER)
    assert isinstance(other, Ledger)
    contents = replace(given(other), made_at=after(1))
    run(other.close())
    restored = ledger.restore(contents, after(10))
    assert (restored.doubtful, restored.not_at_rest) == (2, ("facebook", "twitter"))
    assert [held(store, one.id).state.value for one in (due, claimed, later)] == ["unknown", "unknown", "planned"]
    for account, one in ((PAGE, due), (OTHER, claimed)):
        (doubt,) = run(store.doubts(account, after(10)))
        assert (doubt.delivery.id, doubt.step, doubt.since) == (one.id, "publish", after(1))
        assert (doubt.owner, doubt.ended) == ("elsewhere", after(10))
        assert [entry.became.value for entry in run(store.history(one.id))][-1] == "unknown"
        assert run(store.next_moment(account)) == after(10)


def test_what_was_at_rest_is_in_no_doubt(store: Store, ledger: Ledger, tmp_path: Path) -> None:
    """A network that was paused when the archive was made has sent nothing since: what is due is planned."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    assert isinstance(other, Ledger)
    due, claimed = put(other, delivery(), delivery(account=OTHER))
    took(other, OTHER)
    run(other.pause("network", "facebook", NOW))
    with other.snapshot(None) as now:
        contents = replace(given(other), made_at=after(1), at_rest=now.at_rest())
    run(other.close())
    restored = ledger.restore(contents, after(10))
    assert (set(contents.at_rest), restored.doubtful, restored.not_at_rest) == ({"facebook"}, 1, ("twitter",))
    assert [held(store, one.id).state.value for one in (due, claimed)] == ["planned", "unknown"]
    with ledger.snapshot("facebook") as here:
        assert here.at_rest() == {"facebook", "twitter"}


def test_a_paused_campaign_stays_paused(store: Store, ledger: Ledger, tmp_path: Path) -> None:
    """What somebody has stopped does not go on because it was restored, not even when its network is let go."""
    other = place(tmp_path / "other.db", tmp_path / "media", blocking=True).store
    assert isinstance(other, Ledger)
    put(other, delivery(campaign="c"), campaign="c")
    run(other.pause("campaign", "c", NOW))
    ledger.restore(given(other), after(1))
    run(other.close())
    run(store.resume("network", "facebook"))
    assert run(store.pauses()) == [("campaign", "c", NOW)]
    assert take(store, minutes=2) is None


def test_spending_is_never_lowered(store: Store, ledger: Ledger) -> None:
    """Where more is known to be spent that stays; where the archive knows more, that counts."""
    run(ledger.reserve(PAGE, MONTH, Decimal("0.70"), "USD", Decimal(1)))
    spend = Spend(network=PAGE[0], account=PAGE[1], month=MONTH, amount=Decimal("0.50"), currency="USD")
    assert ledger.restore(Contents(spending=[spend]), NOW).spending == 0
    more = spend.model_copy(update={"amount": Decimal("0.90")})
    assert ledger.restore(Contents(spending=[more]), NOW).spending == 1
    assert run(ledger.spending(None, None)) == [more]


def test_an_archive_is_of_one_moment(store: Store, ledger: Ledger) -> None:
    """What changes while an archive is written is not seen: no draft is lost or found twice on its way to a plan."""
    run(store.add_draft(draft(1)))
    with ledger.snapshot(None) as held_then:
        run(store.delete_draft(draft(1).id))
        put(store, delivery())
        assert len([*held_then.drafts()]) == 1
        assert [*held_then.deliveries()] == []


def test_of_a_network_only_its_own(store: Store, ledger: Ledger) -> None:
    """A snapshot of one network holds its campaigns and moves, and nobody else's."""
    (mine,) = put(store, delivery(campaign="mine"), campaign="mine")
    (other,) = put(store, delivery(account=OTHER, campaign="other"), campaign="other")
    for name in ("mine", "other"):
        run(store.pause("campaign", name, NOW))
    moves = [
        Rerouted(id=name, delivery=one.id, replacements=("gone",), until=after(9))
        for name, one in (("m", mine), ("o", other))
    ]
    run(ledger.replace([], lambda _: ([], moves)))
    with ledger.snapshot("facebook") as snapshot:
        assert [one.name for one in snapshot.campaigns()] == ["mine"]
        assert [one.campaign for one in snapshot.pauses()] == ["mine"]
        assert [one.delivery.id for one in snapshot.deliveries()] == [mine.id]
        assert [one.id for one in snapshot.moves()] == ["m"]


def test_what_may_have_to_be_put_back_is_not_forgotten(store: Store, ledger: Ledger) -> None:
    """A moved delivery is kept for as long as its move can be undone, and then cleared away as any other."""
    (one,) = put(store, delivery())
    move = Rerouted(id="m", delivery=one.id, replacements=("other",), until=after(60))

    def decide(old: Mapping[str, Delivery]) -> tuple[Sequence[Delivery], Sequence[Rerouted]]:
        told = {"state": DeliveryState.CANCELLED, "due": None, "error_kind": "Rerouted"}
        return [old[one.id].model_copy(update=told)], [move]

    run(ledger.replace([one.id], decide))
    assert run(store.forget(after(59), 10)) == 0
    assert run(store.forget(after(61), 10)) == 1
