"""The simulation, in small, and whether it would notice."""

from __future__ import annotations

import pytest
from tests.crash.simulate import shortest, world

from socialconnect.outbox.reconciliation import Doubt, Verdict


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_promise_is_kept(seed: int) -> None:
    """Through kills, stalls, lost answers, lagging reads and wrong clocks nothing is posted twice or lost."""
    outcome = world(seed, 150)
    assert outcome.kept, "\n".join(shortest(seed, outcome)[1].course)
    assert outcome.deliveries == 150
    assert outcome.posts + outcome.unknown >= 150
    assert outcome.kills > 5


def test_a_seed_gives_one_course_of_events() -> None:
    """The same seed comes to the same end, another one to another."""
    assert world(7, 60) == world(7, 60)
    assert world(7, 60) != world(8, 60)


def test_without_trouble_all_is_live() -> None:
    """With nothing to go wrong every delivery is live once."""
    outcome = world(1, 100, frozenset())
    assert (outcome.posts, outcome.twice, outcome.lost, outcome.unknown, outcome.kills) == (100, 0, 0, 0, 0)


def test_a_broken_outbox_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """If what was not seen at once were sent again, it would be told, with a short history."""

    def hasty(doubt: Doubt, *args: object, **kwargs: object) -> Verdict:
        return Verdict(again=True)

    monkeypatch.setattr("socialconnect.outbox.worker.unseen", hasty)
    outcome = world(1, 100)
    assert outcome.twice > 0
    told, small = shortest(1, outcome)
    assert small.twice > 0
    assert small.deliveries <= 100
    assert told.startswith("seed 1: ")
    assert sum("live as" in line for line in small.course) >= 2
