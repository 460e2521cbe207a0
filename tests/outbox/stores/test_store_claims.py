"""What workers do with deliveries, on every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import JsonValue
from tests.outbox.stores.given import (
    LEASE,
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
    put,
    take,
    took,
    unknown,
)

from socialconnect.network import run
from socialconnect.outbox import DeliveryState
from socialconnect.outbox.store import Claim, LeaseLost, Paused, Result, Store


def nobody(_: str) -> bool:
    """No worker is known to be gone."""
    return False


def test_the_first_that_is_due_is_claimed(store: Store) -> None:
    """A claim takes the account's first delivery when it is due, and says who holds it."""
    put(store, delivery("late", minutes=5), delivery("soon", minutes=1), delivery("else", account=OTHER))
    assert take(store) is None
    claim = took(store, minutes=1, owner="me")
    assert (claim.delivery.post.text, claim.delivery.state, claim.delivery.attempts) == (
        "soon",
        DeliveryState.CLAIMED,
        1,
    )
    assert run(store.history(claim.delivery.id))[-1].owner == "me"


def test_an_account_has_one_under_way(store: Store) -> None:
    """While one delivery of an account is under way no other is claimed; other accounts go on."""
    put(store, delivery("one"), delivery("two"), delivery("else", account=OTHER))
    claim = took(store)
    assert take(store) is None
    assert take(store, OTHER) is not None
    intend(store, claim)
    assert take(store) is None
    finish(store, claim, DeliveryState.PUBLISHED)
    assert took(store).delivery.post.text == "two"


def test_one_that_waits_keeps_the_others_waiting(store: Store) -> None:
    """A delivery that is tried again later keeps its place before those after it."""
    put(store, delivery("one"), delivery("two", minutes=1))
    finish(store, took(store), DeliveryState.PLANNED, due=5)
    assert take(store, minutes=2) is None
    assert took(store, minutes=5).delivery.post.text == "one"


def test_many_claim_at_once(opens: Opens) -> None:
    """Of many that claim at the same moment one gets it, each time, in the account's order."""
    stores = [opens() for _ in range(4)]
    accounts = [("facebook", str(index)) for index in range(3)]
    put(stores[0], *[delivery(f"{n}", account=account) for n in range(8) for account in accounts])
    taken: list[tuple[str, str]] = []

    def work(store: Store) -> None:
        for _ in range(40):
            for account in accounts:
                claim = take(store, account)
                if claim is not None:
                    taken.append((account[1], str(claim.delivery.post.text)))
                    finish(store, claim, DeliveryState.PUBLISHED)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, stores))
    for claim_store in stores[:1]:
        work(claim_store)
    assert Counter(taken) == Counter((account[1], f"{n}") for n in range(8) for account in accounts)
    for account in accounts:
        assert [text for name, text in taken if name == account[1]] == [f"{n}" for n in range(8)]


def test_the_next_moment(store: Store) -> None:
    """It is the end of a lease, else when the first delivery is due; or when to look for what is unknown."""
    assert run(store.next_moment(PAGE)) is None
    put(store, delivery(minutes=5), delivery(minutes=7))
    assert run(store.next_moment(PAGE)) == after(5)
    assert run(store.next_moment(OTHER)) is None
    claim = took(store, minutes=5)
    assert run(store.next_moment(PAGE)) == after(5) + LEASE
    intend(store, claim, minutes=6)
    assert run(store.next_moment(PAGE)) == after(6) + LEASE
    finish(store, claim, DeliveryState.UNKNOWN, minutes=6)
    assert run(store.next_moment(PAGE)) == after(6)
    run(store.pause("network", "facebook", NOW))
    assert run(store.next_moment(PAGE)) == after(6)


def test_what_is_due_is_counted(store: Store) -> None:
    """Planned deliveries count by account once they are due, unless they are paused."""
    put(store, delivery(), delivery(), delivery(minutes=5), delivery(account=OTHER))
    assert run(store.due(NOW)) == {PAGE: 2, OTHER: 1}
    run(store.pause("network", "twitter", NOW))
    assert run(store.due(after(5))) == {PAGE: 3}


def test_a_step_is_given_while_it_lives(store: Store) -> None:
    """A recorded result comes back as it was, until it expires; recording it again replaces it."""
    (one,) = put(store, delivery())
    claim = took(store)
    results: list[JsonValue] = [{"id": "1", "parts": [1, 2.5, None, True]}, None, "text"]
    for result in results:
        run(store.record_step(claim, "upload", result, now=NOW, expires=after(5), lease_until=after(10)))
        assert run(store.recorded(one.id, "upload", after(4))) == (result,)
    assert run(store.recorded(one.id, "upload", after(5))) is None
    assert run(store.recorded(one.id, "other", NOW)) is None
    run(store.record_step(claim, "upload", 1, now=NOW, expires=None, lease_until=after(30)))
    assert run(store.recorded(one.id, "upload", after(10**6))) == (1,)
    assert run(store.next_moment(PAGE)) == after(30)  # and the lease is as long as was said


def test_the_intent_and_the_answer(store: Store) -> None:
    """The intent is on record before the request, the answer after it; from then on it is partly live."""
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim, minutes=1)
    sending = held(store, one.id)
    assert (sending.state, sending.intent_at, sending.partly_live) == (DeliveryState.SENDING, after(1), False)
    answer(store, claim, "post-1", minutes=2)
    assert held(store, one.id).partly_live
    assert run(store.recorded(one.id, "publish", after(9**6))) == ("post-1",)
    finish(store, claim, DeliveryState.PUBLISHED, minutes=2)
    ended = held(store, one.id)
    assert ended.published is not None
    assert (ended.state, ended.intent_at, ended.published.id) == (DeliveryState.PUBLISHED, None, "post-1")


def test_an_answer_needs_an_intent(store: Store) -> None:
    """Without an intent there is no answer to record."""
    put(store, delivery())
    claim = took(store)
    with pytest.raises(LeaseLost):
        answer(store, claim, "post-1")


WRITES: dict[str, Callable[[Store, Claim], Coroutine[object, None, None]]] = {
    "record_step": lambda store, one: store.record_step(one, "upload", 1, now=NOW, expires=None, lease_until=after(30)),
    "intend": lambda store, one: store.intend(one, "publish", now=after(11), lease_until=after(30)),
    "answer": lambda store, one: store.answer(one, "publish", 1, now=after(11)),
    "finish": lambda store, one: store.finish(one, Result(DeliveryState.FAILED), after(11)),
}


@pytest.mark.parametrize("write", WRITES)
def test_the_fence_keeps_a_late_worker_out(store: Store, write: str) -> None:
    """While a new owner is at the same work, no write of the old one gets through, and the new one's do."""
    (one,) = put(store, delivery())
    old = took(store, owner="old")
    run(store.recover(after(11), nobody))
    new = took(store, owner="new", minutes=11)
    if write == "answer":
        intend(store, new, minutes=11)
    before = held(store, one.id)
    with pytest.raises(LeaseLost):
        run(WRITES[write](store, old))
    assert held(store, one.id) == before
    run(WRITES[write](store, new))


def test_recovering_frees_what_dead_workers_held(store: Store) -> None:
    """When a lease is over, what was only claimed is planned again, and what was being sent is unknown."""
    claimed, sending, answered = put(
        store, delivery(account=("n", "1")), delivery(account=("n", "2")), delivery(account=("n", "3"))
    )
    took(store, ("n", "1"))
    intend(store, took(store, ("n", "2")))
    claim = took(store, ("n", "3"))
    intend(store, claim)
    answer(store, claim, "post-1")
    assert run(store.recover(after(9), nobody)) == []
    assert run(store.recover(after(10), nobody)) == [sending.id]
    assert [held(store, one.id).state for one in (claimed, sending, answered)] == [
        DeliveryState.PLANNED,
        DeliveryState.UNKNOWN,
        DeliveryState.PLANNED,
    ]
    assert held(store, claimed.id).due == after(10)
    assert held(store, sending.id).look_at == after(10)
    assert held(store, sending.id).error_kind == "OutcomeUnknown"
    assert run(store.recover(after(99), nobody)) == []


def test_recovering_frees_at_once_what_a_gone_worker_held(store: Store) -> None:
    """Who is known to be gone loses what it held at once; others keep theirs."""
    gone, alive = put(store, delivery(), delivery(account=OTHER))
    intend(store, took(store, owner="gone"))
    intend(store, took(store, OTHER, owner="alive"))
    assert run(store.recover(after(1), lambda owner: owner == "gone")) == [gone.id]
    assert held(store, alive.id).state is DeliveryState.SENDING


def test_a_late_answer_settles_what_became_unknown(store: Store) -> None:
    """An answer that comes after the lease, while nobody else has decided, is what counts."""
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim)
    run(store.recover(after(11), nobody))
    answer(store, claim, "post-1", minutes=12)
    finish(store, claim, DeliveryState.PUBLISHED, minutes=12)
    assert held(store, one.id).state is DeliveryState.PUBLISHED


def test_what_is_too_late_is_missed(store: Store) -> None:
    """An account's planned deliveries from before a moment are missed, but not what is partly live or paused."""
    partly, late, also, soon = put(store, delivery(), delivery(minutes=1), delivery(minutes=2), delivery(minutes=5))
    claim = took(store)
    intend(store, claim)
    answer(store, claim, "post-1")
    finish(store, claim, DeliveryState.PLANNED, due=1)
    run(store.pause("network", "facebook", NOW))
    assert run(store.miss(PAGE, before=after(5), now=after(9))) == []
    run(store.resume("network", "facebook"))
    assert run(store.miss(OTHER, before=after(5), now=after(9))) == []
    assert run(store.miss(PAGE, before=after(5), now=after(9))) == [late.id, also.id]
    states = [held(store, one.id).state for one in (partly, late, soon)]
    assert states == [DeliveryState.PLANNED, DeliveryState.MISSED, DeliveryState.PLANNED]
    assert held(store, late.id).due is None


def test_what_is_paused_does_not_begin(store: Store) -> None:
    """Nothing of a paused network or campaign is claimed, nor its intent written; others of the account go on."""
    put(store, delivery("first", campaign="c"), delivery("again", campaign="c"), campaign="c")
    put(store, delivery("else", minutes=1))
    claim = took(store)
    run(store.pause("campaign", "c", NOW))
    with pytest.raises(Paused):
        intend(store, claim)
    assert held(store, claim.delivery.id).state is DeliveryState.CLAIMED  # nothing was written
    finish(store, claim, DeliveryState.PLANNED, due=0)
    assert took(store, minutes=1).delivery.post.text == "else"
    assert run(store.resume("campaign", "c"))
    assert take(store, minutes=1) is None  # the other one is under way


def test_pauses_are_told(store: Store) -> None:
    """What is paused is listed with its moment; pausing again changes nothing, and resuming says what it found."""
    run(store.pause("network", "facebook", NOW))
    run(store.pause("network", "facebook", after(5)))
    run(store.pause("campaign", "c", after(1)))
    assert run(store.pauses()) == [("network", "facebook", NOW), ("campaign", "c", after(1))]
    assert run(store.resume("network", "facebook"))
    assert not run(store.resume("network", "facebook"))
    assert run(store.pauses()) == [("campaign", "c", after(1))]


def test_a_pause_and_an_intent_come_one_after_the_other(opens: Opens) -> None:
    """Whatever the two do at the same moment: once the pause is written, no intent is."""
    workers, pauser = [opens() for _ in range(3)], opens()
    accounts = [("facebook", str(index)) for index in range(3)]
    for _ in range(5):
        put(pauser, *[delivery(account=account) for account in accounts])
        claims = [took(store, account) for store, account in zip(workers, accounts, strict=True)]

        def begin(index: int, claims: list[Claim] = claims) -> bool:
            try:
                intend(workers[index], claims[index])
            except Paused:
                return False
            return True

        with ThreadPoolExecutor(3) as pool:
            begun = [pool.submit(begin, index) for index in range(3)]
            run(pauser.pause("network", "facebook", NOW))
            at_once = [held(pauser, one.delivery.id).state is DeliveryState.SENDING for one in claims]
            results = [one.result() for one in begun]
        assert at_once == results
        run(pauser.resume("network", "facebook"))
        for store, claim in zip(workers, claims, strict=True):
            finish(store, claim, DeliveryState.FAILED)


def test_an_error_of_any_kind_is_recorded(store: Store) -> None:
    """Whatever characters a network answers with, the end of the attempt is on record."""
    (one,) = put(store, delivery())
    run(store.finish(took(store), Result(DeliveryState.FAILED, error="a\0b 🎉 'x'", error_kind="RejectedError"), NOW))
    assert held(store, one.id).state is DeliveryState.FAILED
    assert "🎉" in str(held(store, one.id).error)


def test_what_is_published_is_claimed_no_more(store: Store) -> None:
    """An end is an end: it is not due, not claimed, and has no next moment."""
    doubtful = unknown(store)
    assert held(store, doubtful.id).looks == 0
    put(store, delivery(account=OTHER))
    finish(store, took(store, OTHER), DeliveryState.PUBLISHED)
    assert run(store.due(after(99))) == {}
    assert run(store.next_moment(OTHER)) is None
    assert take(store, OTHER, minutes=99) is None


def test_what_was_clearly_refused_is_not_looked_for(store: Store) -> None:
    """A delivery that is partly live, and of which nothing is in doubt, is unknown without a look or an intent."""
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim)
    answer(store, claim, "post-1")
    intend(store, claim, "thread[0]")
    run(store.finish(claim, Result(DeliveryState.UNKNOWN, error="refused", in_doubt=False), NOW))
    found = held(store, one.id)
    assert (found.state, found.partly_live, found.look_at, found.intent_at) == (DeliveryState.UNKNOWN, True, None, None)
    assert run(store.doubts(PAGE, after(60))) == []
