"""What is unknown, and what has happened, on every store."""

from __future__ import annotations

from datetime import timedelta

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

from socialconnect import Post
from socialconnect.network import run
from socialconnect.outbox import DeliveryState
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.store import Result, Store


def doubt(store: Store, *, minutes: float = 0) -> Doubt:
    """Give the one doubt there is."""
    (found,) = run(store.doubts(PAGE, after(minutes)))
    return found


def test_a_doubt_tells_what_is_known(store: Store) -> None:
    """It holds the step whose answer is missing, since when, and who may still be sending it."""
    (one,) = put(store, delivery())
    claim = took(store, owner="me")
    intend(store, claim, "publish[1]", minutes=1)
    run(store.recover(after(20), lambda _: False))
    found = doubt(store, minutes=20)
    assert (found.delivery.id, found.step, found.since) == (one.id, "publish[1]", after(1))
    assert (found.owner, found.ended, found.looks, found.existing) == ("me", after(11), 0, None)


def test_a_doubt_that_its_worker_recorded_has_no_owner(store: Store) -> None:
    """Who recorded that the outcome is unknown cannot send it any more; what the network named is kept."""
    put(store, delivery())
    claim = took(store)
    intend(store, claim)
    run(store.finish(claim, Result(DeliveryState.UNKNOWN, existing="post-9"), NOW))
    found = doubt(store)
    assert (found.owner, found.existing, found.step) == (None, "post-9", "publish")


def test_the_first_intent_counts(store: Store) -> None:
    """A doubt goes back to when the post was first tried, also after later attempts; a person's plan begins afresh."""
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim, minutes=1)
    finish(store, claim, DeliveryState.PLANNED, minutes=1, due=5)
    claim = took(store, minutes=5)
    intend(store, claim, minutes=5)
    finish(store, claim, DeliveryState.UNKNOWN, minutes=5)
    assert doubt(store, minutes=5).since == after(1)
    run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.FAILED})))
    run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.PLANNED, "due": after(9)})))
    claim = took(store, minutes=9)
    intend(store, claim, minutes=9)
    finish(store, claim, DeliveryState.UNKNOWN, minutes=9)
    assert doubt(store, minutes=9).since == after(9)


def test_doubts_come_when_they_are_to_be_looked_at(store: Store) -> None:
    """Only an account's own doubts whose look is due are given, oldest first."""
    first = unknown(store, text="first")
    second = unknown(store, minutes=1, text="second")
    assert run(store.doubts(OTHER, after(9))) == []
    assert run(store.doubts(PAGE, NOW - timedelta(seconds=1))) == []
    assert [one.delivery.id for one in run(store.doubts(PAGE, after(9)))] == [first.id, second.id]


def test_all_that_is_unknown(store: Store) -> None:
    """Also what is not looked for yet, or any more; of this account alone, and nothing that is known."""
    first = unknown(store, text="first")
    assert run(store.conclude(doubt(store), Verdict(told="not there"), after(1)))
    second = unknown(store, minutes=2, text="second")
    assert run(store.conclude(doubt(store, minutes=2), Verdict(look_at=after(99), told="not there"), after(2)))
    put(store, delivery("planned", minutes=3))
    assert run(store.doubts(PAGE, after(3))) == []
    found = run(store.unknown(PAGE))
    assert [one.delivery.id for one in found] == [first.id, second.id]
    assert [(one.step, one.owner) for one in found] == [("publish", None)] * 2
    assert run(store.unknown(OTHER)) == []


def test_a_look_that_found_nothing_is_followed_by_another(store: Store) -> None:
    """It is counted, told, and the next one waits for its time; without a time there is none."""
    one = unknown(store)
    assert run(store.conclude(doubt(store), Verdict(look_at=after(5), told="not there"), after(1)))
    seen = held(store, one.id)
    assert (seen.state, seen.looks, seen.look_at, seen.seen) == (DeliveryState.UNKNOWN, 1, after(5), "not there")
    assert run(store.doubts(PAGE, after(4))) == []
    assert run(store.conclude(doubt(store, minutes=5), Verdict(told="still not"), after(5)))
    assert (held(store, one.id).looks, held(store, one.id).look_at) == (2, None)
    assert run(store.next_moment(PAGE)) is None


def test_what_was_found_is_published(store: Store) -> None:
    """A post of one part that the account shows is published, and looked for no more."""
    one = unknown(store)
    assert run(store.conclude(doubt(store), Verdict(found=published("post-7", one)), after(1)))
    found = held(store, one.id)
    assert found.published is not None
    assert (found.state, found.published.id, found.look_at, found.error) == (
        DeliveryState.PUBLISHED,
        "post-7",
        None,
        None,
    )
    assert run(store.credited(PAGE, NOW)) == {"post-7"}


def test_a_part_that_was_found_is_recorded(store: Store) -> None:
    """Of a thread, the part that was found is its step's answer, and the rest is planned at once."""
    (one,) = put(store, delivery(post=Post("first", thread=[Post("second")])))
    claim = took(store)
    intend(store, claim)
    finish(store, claim, DeliveryState.UNKNOWN)
    assert run(store.conclude(doubt(store), Verdict(found=published("post-7", one)), after(1)))
    found = held(store, one.id)
    assert (found.state, found.partly_live, found.due) == (DeliveryState.PLANNED, True, after(1))
    assert run(store.recorded(one.id, "publish", after(99))) == ("post-7",)
    assert run(store.credited(PAGE, NOW)) == {"post-7"}


def test_what_was_not_found_may_be_planned_again(store: Store) -> None:
    """If that is the verdict it is planned at once, with no intent on record."""
    one = unknown(store)
    assert run(store.conclude(doubt(store), Verdict(again=True, told="not there"), after(3)))
    found = held(store, one.id)
    assert (found.state, found.due, found.intent_at, found.seen) == (DeliveryState.PLANNED, after(3), None, "not there")
    assert took(store, minutes=3).delivery.id == one.id


def test_a_verdict_that_comes_late_is_void(store: Store) -> None:
    """A person, or the late answer itself, was faster than the look."""
    one = unknown(store)
    found = doubt(store)
    run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.FAILED})))
    before = held(store, one.id)
    assert not run(store.conclude(found, Verdict(found=published("post-7", one)), after(1)))
    assert not run(store.conclude(found, Verdict(again=True), after(1)))
    assert held(store, one.id) == before


def test_what_is_credited(store: Store) -> None:
    """All ids of an account's deliveries count: of posts, comments and parts; and of visible steps alone."""
    one, two = put(store, delivery("one"), delivery("two"))
    put(store, delivery("else", account=OTHER))
    claim = took(store)
    run(store.record_step(claim, "upload", "media-1", now=NOW, expires=None, lease_until=after(10)))
    intend(store, claim)
    run(store.answer(claim, "publish", {"id": "part-1", "comment": "c-1", "thread": ["t-1", {"id": "t-2"}]}, now=NOW))
    live = published("post-1", one)
    run(store.finish(claim, Result(DeliveryState.PUBLISHED, published=live), NOW))
    assert run(store.credited(PAGE, NOW)) == {"post-1", "part-1", "c-1", "t-1", "t-2"}
    assert run(store.credited(OTHER, NOW)) == frozenset()
    claim = took(store, minutes=5)
    intend(store, claim, minutes=5)
    answer(store, claim, "post-2", minutes=5)
    assert claim.delivery.id == two.id
    assert run(store.credited(PAGE, after(1))) == {"post-2"}


def test_the_history_tells_each_change(store: Store) -> None:
    """Each state, attempt and look is written down, with who and what; what changes nothing is not."""
    (one,) = put(store, delivery())
    claim = took(store, owner="me")
    run(store.record_step(claim, "upload", 1, now=NOW, expires=None, lease_until=after(10)))
    intend(store, claim, minutes=1)
    run(store.finish(claim, Result(DeliveryState.UNKNOWN, error="lost", error_kind="OutcomeUnknown"), after(2)))
    run(store.conclude(doubt(store, minutes=2), Verdict(told="not there"), after(3)))
    told = [
        (
            entry.was and entry.was.value,
            entry.became.value,
            entry.at,
            entry.owner,
            entry.attempt,
            entry.error,
            entry.seen,
        )
        for entry in run(store.history(one.id))
    ]
    assert told == [
        (None, "planned", NOW, None, 0, None, None),
        ("planned", "claimed", NOW, "me", 1, None, None),
        ("claimed", "sending", after(1), "me", 1, None, None),
        ("sending", "unknown", after(2), "me", 1, "lost", None),
        ("unknown", "unknown", after(3), None, 1, "lost", "not there"),
    ]
    assert run(store.history("nobody")) == []


def test_a_post_is_credited_once_whoever_looks(store: Store, opens: Opens) -> None:
    """Two processes look at the same time, each for another delivery: the post that both see belongs to one."""
    first, second = unknown(store), unknown(store, text="hello")
    mine, theirs = run(store.doubts(PAGE, NOW))
    assert {mine.delivery.id, theirs.delivery.id} == {first.id, second.id}
    live = published("post-1", first)
    assert run(store.conclude(mine, Verdict(found=live), NOW))
    assert not run(opens().conclude(theirs, Verdict(found=live), NOW))
    assert held(store, second.id).state is DeliveryState.UNKNOWN
    assert [one.delivery.id for one in run(store.doubts(PAGE, NOW))] == [second.id]  # and is looked for again


def test_a_look_that_is_overtaken_changes_nothing(store: Store) -> None:
    """The late answer itself was faster; or the post was tried again meanwhile, and that attempt is unknown too."""
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim)
    run(store.recover(after(11), lambda _: False))
    seen = doubt(store, minutes=11)
    finish(store, claim, DeliveryState.PUBLISHED, minutes=11)
    assert not run(store.conclude(seen, Verdict(look_at=after(12), told="not there"), after(11)))
    assert not run(store.conclude(seen, Verdict(again=True), after(11)))
    assert held(store, one.id).state is DeliveryState.PUBLISHED
    again = unknown(store, minutes=12)
    seen = doubt(store, minutes=12)
    assert run(store.conclude(seen, Verdict(again=True), after(12)))
    second = took(store, minutes=12)
    intend(store, second, minutes=12)
    finish(store, second, DeliveryState.UNKNOWN, minutes=12)
    assert not run(store.conclude(seen, Verdict(again=True), after(12)))
    assert held(store, again.id).state is DeliveryState.UNKNOWN
