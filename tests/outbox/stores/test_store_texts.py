"""What people write and networks answer is kept as it is, or refused with a reason, or kept as far as can be."""

from __future__ import annotations

import pytest
from tests.outbox.stores.given import NOW, PAGE, after, answer, delivery, held, intend, put, took

from socialconnect import Post, PublishedPost
from socialconnect.errors import ValidationError
from socialconnect.network import run
from socialconnect.outbox import DeliveryState
from socialconnect.outbox.reconciliation import Verdict
from socialconnect.outbox.store import Query, Result, Store

HALF = "half of a \ud83d"
"""What is left when somebody cuts a text in the middle of a character."""


@pytest.mark.parametrize(
    "text",
    ["zero \0 byte", "😀 \U0010ffff", "é e\u0301", "'; DROP TABLE deliveries; --", "%s {} :x ?", "x" * 1_000_000],
)
def test_any_text_comes_back(store: Store, text: str) -> None:
    """Of a post, of a step's result, and of what a network told."""
    (one,) = put(store, delivery(text))
    claim = took(store)
    run(store.record_step(claim, "upload", {"told": text}, now=NOW, expires=None, lease_until=after(10)))
    intend(store, claim)
    answer(store, claim, text)
    live = PublishedPost(network=PAGE[0], account=PAGE[1], id="1", text=text)
    run(store.finish(claim, Result(DeliveryState.PUBLISHED, published=live), NOW))
    there = held(store, one.id)
    assert there.post == Post(text)
    assert there.published is not None
    assert there.published.text == text
    assert run(store.recorded(one.id, "upload", NOW)) == ({"told": text},)
    assert run(store.recorded(one.id, "publish", NOW)) == (text,)
    assert run(store.credited(PAGE, NOW)) == {text, "1"}


def test_names_may_hold_anything_else(store: Store) -> None:
    """Of accounts and campaigns: they are found again by them."""
    for name in ("urn:li:organization:1", "Frühling '26 😀", "%s", "a b"):
        (one,) = put(store, delivery(account=("wall", name), campaign=name), campaign=name)
        assert run(store.deliveries(Query(account=name, campaign=name))) == [one]
        assert took(store, ("wall", name)).delivery.id == one.id


@pytest.mark.parametrize("name", ["zero \0 byte", HALF])
def test_names_that_no_database_keeps_are_refused(store: Store, name: str) -> None:
    """With what is wrong, and nothing is planned."""
    for refused in (delivery(account=("wall", name)), delivery(account=(name, "a")), delivery(campaign=name)):
        with pytest.raises(ValidationError, match="no database keeps"):
            put(store, refused, campaign=refused.campaign)
    assert run(store.deliveries(Query())) == []
    assert run(store.campaigns()) == []


def test_a_post_with_half_a_character_is_refused(store: Store) -> None:
    """It cannot be sent as UTF-8 either: better said when it is planned than when it is due."""
    with pytest.raises(ValidationError, match="half of a character"):
        put(store, delivery(HALF))
    assert run(store.deliveries(Query())) == []


@pytest.mark.parametrize("told", ["zero \0 byte", HALF])
def test_whatever_a_network_tells_goes_on_record(store: Store, told: str) -> None:
    """Its words, its ids and its posts are kept as far as they can be: the record of what is live never fails."""
    (lost,) = put(store, delivery())
    claim = took(store)
    intend(store, claim)
    run(store.finish(claim, Result(DeliveryState.UNKNOWN, error=told, error_kind="Kind", existing=told), NOW))
    (doubt,) = run(store.doubts(PAGE, NOW))
    assert run(store.conclude(doubt, Verdict(look_at=NOW, told=told), NOW))
    (doubt,) = run(store.doubts(PAGE, NOW))
    found = PublishedPost(network=PAGE[0], account=PAGE[1], id="1", text=told)
    assert run(store.conclude(doubt, Verdict(found=found, told=told), NOW))
    assert held(store, lost.id).state is DeliveryState.PUBLISHED
    (one,) = put(store, delivery())
    claim = took(store)
    intend(store, claim)
    answer(store, claim, told)
    live = PublishedPost(network=PAGE[0], account=PAGE[1], id="2", text=told)
    run(store.finish(claim, Result(DeliveryState.PUBLISHED, published=live), NOW))
    there = held(store, one.id).published
    assert there is not None
    assert (there.id, (there.text or "")[:4]) == ("2", told[:4])
