"""The simulation, in small, and whether it would notice."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import pytest
from tests.crash.simulate import shortest, world
from tests.crash.simulation import SHARES, TROUBLES

from socialconnect.outbox.reconciliation import Verdict
from socialconnect.outbox.rows import Value
from socialconnect.outbox.sqlite.store import SqliteStore
from socialconnect.outbox.store import Claim


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_promise_is_kept(seed: int) -> None:
    """Through kills, stalls, lost answers, lagging reads and wrong clocks nothing is posted twice or lost."""
    outcome = world(seed, 150)
    assert outcome.kept, "\n".join(shortest(seed, outcome)[1].course)
    assert outcome.deliveries == 150
    assert outcome.posts + outcome.unknown + outcome.cancelled >= 150
    assert outcome.kills > 5


def test_a_seed_gives_one_course_of_events() -> None:
    """The same seed comes to the same end, another one to another."""
    assert world(7, 60) == world(7, 60)
    assert world(7, 60) != world(8, 60)


def test_without_trouble_all_is_live() -> None:
    """With nothing to go wrong every delivery is live once."""
    outcome = world(1, 100, frozenset())
    assert (outcome.posts, outcome.twice, outcome.lost, outcome.unknown, outcome.kills) == (100, 0, 0, 0, 0)


def test_what_is_taken_back_does_not_appear() -> None:
    """With a person alone to trouble it, all is live once but what that person took back."""
    outcome = world(1, 100, frozenset({"person"}))
    assert outcome.kept
    assert outcome.cancelled > 0
    assert (outcome.posts, outcome.unknown) == (100 - outcome.cancelled, 0)


@pytest.mark.parametrize("trouble", sorted(TROUBLES - {"crowd", "person"}))
def test_no_trouble_alone_leaves_anything_unknown(trouble: str) -> None:
    """With one thing to go wrong every delivery is live once, and known to be."""
    outcome = world(2, 60, frozenset({trouble}))
    assert (outcome.posts, outcome.twice, outcome.lost, outcome.unknown) == (60, 0, 0, 0)


async def _nothing(*_: object, **__: object) -> None:
    pass


def _unfenced(self: SqliteStore, db: sqlite3.Connection, claim: Claim, change: str, *values: Value) -> None:
    db.execute(f"UPDATE deliveries SET {change.partition(' WHERE ')[0]} WHERE id = ?", (*values, claim.delivery.id))


_BREAKS: Mapping[str, Mapping[str, object]] = {
    "what was not seen at once is sent again": {"reconciler.unseen": lambda *_, **__: Verdict(again=True)},
    "the intent is not on disk": {"recorded_journal.RecordedJournal._intend": _nothing},
    # One of the two suffices to stop a worker that stood still.
    "neither fence nor lease is looked at": {
        "sqlite.store.SqliteStore._fenced": _unfenced,
        "recorded_journal.RecordedJournal._require_time": lambda _: None,
    },
    "a pause is not looked at before the intent": {"sqlite.store.NOT_PAUSED": "TRUE"},
}


@pytest.mark.parametrize("broken", sorted(_BREAKS))
def test_a_broken_outbox_is_noticed(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these defects shows within a few small worlds, with what happened to one text."""
    monkeypatch.setitem(SHARES, "stall", 0.0035)
    for where, defect in _BREAKS[broken].items():
        monkeypatch.setattr(f"socialconnect.outbox.{where}", defect)
    outcome = next((one for seed in range(1, 9) if not (one := world(seed, 40)).kept), None)
    assert outcome is not None
    assert outcome.twice or outcome.begun
    assert outcome.course


def test_a_failing_seed_prints_a_short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the worlds that fail, a small one is found, and told is what happened to one text there."""
    monkeypatch.setattr("tests.crash.simulate._TRIED", 3)
    monkeypatch.setattr("socialconnect.outbox.reconciler.unseen", lambda *_, **__: Verdict(again=True))
    failed = world(1, 60)
    told, small = shortest(1, failed)
    assert told.startswith("seed ")
    assert small.deliveries <= 10
    assert small.troubles < failed.troubles
    assert sum("live as" in line for line in small.course) >= 2
    assert len(small.course) < 60
