"""Counting, listing and clearing away, on every store."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.stores.given import (
    NOW,
    OTHER,
    Opens,
    after,
    answer,
    delivery,
    finish,
    intend,
    put,
    took,
    unknown,
)
from tests.outbox.stores.test_store_drafts import draft

from socialconnect import Image, Post
from socialconnect.network import run
from socialconnect.outbox import DeliveryState, StoreUnavailable
from socialconnect.outbox.store import Query, Store

DIGEST = "0123456789abcdef" * 4


def test_the_tally(store: Store) -> None:
    """Deliveries are counted by network and state, drafts too; and since when something waits that is due."""
    put(store, delivery(minutes=2), delivery(minutes=1), delivery(account=OTHER, minutes=5))
    run(store.add_draft(draft(1)))
    finish(store, took(store, minutes=1), DeliveryState.PUBLISHED, minutes=1)
    tally = run(store.tally(after(3)))
    assert {key: count for key, count in tally.counts.items() if count} == {
        ("facebook", DeliveryState.PLANNED): 1,
        ("facebook", DeliveryState.PUBLISHED): 1,
        ("twitter", DeliveryState.PLANNED): 1,
    }
    assert (tally.drafts, tally.oldest_due) == (1, after(2))
    run(store.pause("network", "facebook", NOW))
    assert run(store.tally(after(3))).oldest_due is None


def test_pages_give_all_in_the_order_of_putting_in(store: Store) -> None:
    """Page after page gives each delivery once, with rising numbers."""
    made = [put(store, delivery(minutes=9 - index))[0].id for index in range(5)]
    seen: list[str] = []
    beyond = 0
    while page := run(store.page(beyond, 2)):
        assert len(page) <= 2
        seen += [one.id for _, one in page]
        assert page[-1][0] > beyond
        beyond = page[-1][0]
    assert seen == made


def test_campaigns_are_listed(store: Store) -> None:
    """With when they were put in, and their start if they were launched."""
    put(store, delivery(offset=timedelta(0), campaign="b"), campaign="b")
    put(store, delivery(offset=timedelta(0), campaign="a"), campaign="a")
    run(store.launch("b", after(5), NOW))
    told = [(one.name, one.created_at, one.started_at) for one in run(store.campaigns())]
    assert told == [("a", NOW, None), ("b", NOW, after(5))]


def test_steps_are_listed(store: Store) -> None:
    """Each recorded step, in order, with whether people see it and until when it lives."""
    (one,) = put(store, delivery())
    claim = took(store)
    run(store.record_step(claim, "upload", {"id": "m"}, now=NOW, expires=after(5), lease_until=after(10)))
    intend(store, claim, minutes=1)
    answer(store, claim, "post-1", minutes=1)
    told = [
        (step.name, step.visible, step.result, step.recorded_at, step.expires_at) for step in run(store.steps(one.id))
    ]
    assert told == [("upload", False, {"id": "m"}, NOW, after(5)), ("publish", True, "post-1", after(1), None)]
    assert run(store.steps("nobody")) == []


def test_what_ended_long_ago_is_forgotten(store: Store) -> None:
    """Ended deliveries go with their steps and history, oldest first; what has not ended stays, and its account's."""
    done = put(store, *[delivery(str(index), account=OTHER) for index in range(3)])
    for _ in done:
        claim = took(store, OTHER)
        intend(store, claim)
        answer(store, claim, "post-1")
        finish(store, claim, DeliveryState.PUBLISHED, minutes=1)
    put(store, delivery(account=OTHER))
    put(store, delivery("doubted's neighbour"))
    finish(store, took(store), DeliveryState.FAILED)
    unknown(store)
    assert run(store.forget(after(1), 10)) == 0
    assert run(store.forget(after(2), 2)) == 2
    assert run(store.forget(after(2), 2)) == 1
    assert run(store.forget(after(2), 2)) == 0
    assert len(run(store.deliveries(Query()))) == 3
    assert run(store.history(done[0].id)) == []
    assert run(store.steps(done[0].id)) == []


def test_copies_that_nothing_names_are_removed(store: Store, tmp_path: Path) -> None:
    """A copy that a delivery or a draft names stays; of the others all are given to be removed, in order."""
    media = tmp_path / "media"
    media.mkdir()
    names = [f"{DIGEST[index:]}{DIGEST[:index]}.jpg" for index in range(5)]
    for name in names:
        (media / name).write_bytes(b"\xff\xd8\xff\xe0")
    put(store, delivery(post=Post("a", media=[Image(media / names[0])])))
    run(store.add_draft(draft(1, post=Post("b", media=[Image(media / names[1])]))))
    removed: list[list[str]] = []
    run(store.clear(names, removed.append))
    assert removed == [sorted(names[2:])]


def test_nothing_is_put_in_while_copies_are_removed(opens: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between seeing that a post's copies are there and putting it in, none is removed: the clearing waits."""
    one, two = opens(), opens()
    removed: list[str] = []
    seen: list[bool] = []
    with ThreadPoolExecutor(1) as pool:

        def require(_: Post) -> None:
            clearing.append(pool.submit(lambda: run(two.clear([f"{DIGEST}.jpg"], removed.extend))))
            with suppress(TimeoutError):
                clearing[0].result(0.2)
            seen.append(bool(removed))

        clearing: list[Future[None]] = []
        monkeypatch.setattr(one._rows, "require", require)  # type: ignore[attr-defined]  # both stores have it
        put(one, delivery())
        clearing[0].result(30)
    assert (seen, removed) == ([False], [f"{DIGEST}.jpg"])


def test_what_was_cleared_away_is_not_planned(opens: Opens, tmp_path: Path) -> None:
    """If a copy was removed before what names it was put in, that is refused, and nothing is planned."""
    gone = Post("a", media=[Image(tmp_path / "media" / f"{DIGEST}.jpg")])
    store = opens()
    with pytest.raises(StoreUnavailable, match="cleared away"):
        put(store, delivery(post=gone))
    with pytest.raises(StoreUnavailable, match="cleared away"):
        run(store.add_draft(draft(1, post=gone)))
    assert run(store.deliveries(Query())) == []
    assert run(store.drafts(None, None)) == []


def test_closing_twice_is_fine(store: Store) -> None:
    """A closed store is closed; using it says so."""
    run(store.close())
    run(store.close())
    with pytest.raises(Exception, match="is closed"):
        run(store.due(NOW))
