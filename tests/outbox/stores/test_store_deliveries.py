"""What people do with deliveries, on every store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.outbox.stores.given import NOW, OTHER, PAGE, Opens, after, delivery, held, intend, put, take, took

from socialconnect import Image, Post
from socialconnect.errors import ValidationError
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.store import LeaseLost, Query, Result, Store


def test_what_is_put_in_is_given_back_whole(opens: Opens) -> None:
    """A delivery is the same when another process reads it."""
    post = Post(
        "Zażółć 🎉 \0 '%s' ? :x", media=[Image("https://example.com/a.jpg", alt="a")], link="https://example.com"
    )
    (one,) = put(opens(), delivery(minutes=0.0001, post=post))
    assert held(opens(), one.id) == one


def test_what_is_not_there_is_none(store: Store) -> None:
    """An id that the store does not hold gives nothing, and changes nothing."""
    assert run(store.delivery("nobody")) is None
    assert run(store.change("nobody", lambda old: old)) is None
    assert run(store.launch("nobody", NOW, NOW)) is None
    assert run(store.move_start("nobody", NOW, NOW)) is None
    assert run(store.call_off("nobody", NOW)) is None


def test_all_are_put_in_or_none(store: Store) -> None:
    """If one of several cannot be written, none is, nor their campaign."""
    (first,) = put(store, delivery())
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(store, delivery(campaign="c"), first, campaign="c")
    assert [one.id for one in run(store.deliveries(Query()))] == [first.id]
    assert run(store.campaigns()) == []


def test_very_many_are_put_in_at_once(store: Store) -> None:
    """More deliveries than a single statement takes are all put in, in their order."""
    many = [delivery(str(index), account=("facebook", str(index % 7))) for index in range(1100)]
    put(store, *many, campaign=None)
    assert [one.id for one in run(store.deliveries(Query()))] == [one.id for one in many]


def test_a_campaigns_name_is_taken_once(opens: Opens) -> None:
    """A second campaign of the same name is refused, and nothing of it is put in."""
    put(opens(), delivery(campaign="spring"), campaign="spring")
    store = opens()
    with pytest.raises(ValidationError, match="spring"):
        put(store, delivery(campaign="spring"), campaign="spring")
    assert len(run(store.deliveries(Query()))) == 1


def test_deliveries_come_soonest_first(store: Store) -> None:
    """The order is by time, then as put in; what has no time is last."""
    late, soon = put(store, delivery(minutes=9), delivery(minutes=1))
    (no_time,) = put(store, delivery(offset=timedelta(0), campaign="c"), campaign="c")
    same = put(store, delivery(minutes=1))[0]
    assert [one.id for one in run(store.deliveries(Query()))] == [soon.id, same.id, late.id, no_time.id]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(states=frozenset({DeliveryState.HELD})), "c"),
        (Query(states=frozenset({DeliveryState.HELD, DeliveryState.PLANNED})), "abdc"),
        (Query(states=frozenset()), ""),
        (Query(network="twitter"), "b"),
        (Query(account="1000"), "adc"),
        (Query(campaign="x"), "c"),
        (Query(after=after(5)), "bdc"),
        (Query(since=after(5)), "bd"),
        (Query(until=after(5)), "a"),
        (Query(since=after(1), until=after(9)), "ab"),
        (Query(limit=2), "ab"),
        (Query(network="facebook", limit=1), "a"),
    ],
)
def test_deliveries_are_picked(store: Store, query: Query, found: str) -> None:
    """Each condition of a query holds, alone and together."""
    put(store, delivery("a", minutes=1), delivery("b", account=OTHER, minutes=5), delivery("d", minutes=9))
    put(store, delivery("c", offset=timedelta(0), campaign="x"), campaign="x")
    assert "".join(str(one.post.text) for one in run(store.deliveries(query))) == found


def test_a_change_is_what_was_decided(store: Store) -> None:
    """What is decided takes the delivery's place; what is raised leaves it."""
    (one,) = put(store, delivery())

    def later(old: Delivery) -> Delivery:
        assert old == one
        return old.model_copy(update={"at": after(60), "due": after(60), "changed_at": after(1)})

    assert run(store.change(one.id, later)) == held(store, one.id)
    assert held(store, one.id).at == after(60)

    def refuse(old: Delivery) -> Delivery:
        raise KeyError(old.id)

    with pytest.raises(KeyError):
        run(store.change(one.id, refuse))
    assert held(store, one.id).at == after(60)


def test_a_change_follows_the_table(store: Store) -> None:
    """A state that may not follow is refused, whoever asks."""
    (one,) = put(store, delivery())
    with pytest.raises(ValueError, match="does not go"):
        run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.PUBLISHED})))
    assert held(store, one.id) == one


def test_a_change_takes_it_from_its_worker(store: Store) -> None:
    """What a person has changed is no longer the worker's."""
    (one,) = put(store, delivery())
    claim = took(store)
    run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.CANCELLED, "due": None})))
    with pytest.raises(LeaseLost):
        intend(store, claim)
    assert held(store, one.id).state is DeliveryState.CANCELLED


def test_asking_again_forgets_what_was_prepared(store: Store) -> None:
    """What failed is prepared afresh when a person asks for it again; what is visible stays on record."""
    (one,) = put(store, delivery())
    claim = took(store)
    until = after(10)
    run(store.record_step(claim, "upload", "m", now=NOW, expires=None, lease_until=until))
    intend(store, claim)
    run(store.answer(claim, "publish", "post-1", now=NOW))
    run(store.finish(claim, Result(DeliveryState.FAILED, error="no", error_kind="RejectedError"), NOW))
    run(store.change(one.id, lambda old: old.model_copy(update={"state": DeliveryState.PLANNED, "due": after(1)})))
    assert run(store.recorded(one.id, "upload", NOW)) is None
    assert run(store.recorded(one.id, "publish", NOW)) == ("post-1",)


def test_launch_gives_all_their_times(store: Store) -> None:
    """Held deliveries are planned by their offsets, once; what had a time keeps it."""
    offsets = [timedelta(minutes=5), timedelta(0)]
    items = [delivery(str(one), offset=one, campaign="c") for one in offsets]
    put(store, *items, delivery("fixed", minutes=99, campaign="c"), campaign="c")
    released = run(store.launch("c", after(10), NOW))
    assert released is not None
    assert [one.at for one in released] == [after(10), after(15)]
    assert {one.state for one in released} == {DeliveryState.PLANNED}
    assert [one.due for one in released] == [one.at for one in released]
    with pytest.raises(ValidationError, match="launched before"):
        run(store.launch("c", after(20), NOW))
    assert run(store.deliveries(Query(campaign="c")))[-1].at == after(99)


def test_the_start_moves_what_has_not_begun(store: Store) -> None:
    """What was planned by offset moves with the start, unless it has begun; before the launch nothing moves."""
    items = [
        delivery("one", offset=timedelta(0), campaign="c"),
        delivery("two", offset=timedelta(hours=1), campaign="c"),
    ]
    put(store, *items, delivery("fixed", account=OTHER, minutes=99, campaign="c"), campaign="c")
    assert [one.at for one in run(store.move_start("c", after(5), NOW)) or []] == [after(99), None, None]
    run(store.launch("c", NOW, NOW))
    took(store)
    moved = {str(one.post.text): one.at for one in run(store.move_start("c", after(30), NOW)) or []}
    assert moved == {"one": NOW, "two": after(90), "fixed": after(99)}


def test_calling_off_cancels_what_has_not_begun(store: Store) -> None:
    """All of a campaign that has no intent written is cancelled, also under a worker's hands; the rest is told."""
    put(store, delivery("sent", campaign="c"), delivery("later", minutes=5, campaign="c"), campaign="c")
    put(store, delivery("else"))
    sent = took(store)
    intend(store, sent)
    told = {str(one.post.text): one.state for one in run(store.call_off("c", after(1))) or []}
    assert told == {"sent": DeliveryState.SENDING, "later": DeliveryState.CANCELLED}
    run(store.finish(sent, Result(DeliveryState.PLANNED, due=after(2)), after(1)))
    claim = took(store, minutes=2)
    run(store.call_off("c", after(2)))
    with pytest.raises(LeaseLost):
        intend(store, claim, minutes=2)
    assert take(store, PAGE, minutes=9) is not None  # the other one was not of the campaign


def test_changes_are_seen_by_others_at_once(opens: Opens) -> None:
    """What one process wrote, another reads and claims."""
    one, two = opens(), opens()
    put(one, delivery())
    assert take(two) is not None
    assert take(one) is None
