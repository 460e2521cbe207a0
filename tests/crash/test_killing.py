"""Where the crash test's kills hit, told from a delivery's history."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.crash.killing import Point, hits

from socialconnect import DeliveryState
from socialconnect.outbox import HistoryEntry

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLANNED, CLAIMED, SENDING = DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING


def became(was: DeliveryState, state: DeliveryState, wait: float = 0, error: str | None = None) -> HistoryEntry:
    """Give a change."""
    due = NOW + timedelta(seconds=wait) if state is PLANNED else None
    return HistoryEntry(at=NOW, was=was, became=state, due=due, error=error)


def test_a_death_is_told_by_the_state_in_which_it_came() -> None:
    """Free at once while claimed, or after the answer; unknown between intent and answer."""
    died = "The worker ended while the request was on its way."
    history = [
        became(CLAIMED, PLANNED),
        became(SENDING, DeliveryState.UNKNOWN, error=died),
        became(SENDING, PLANNED, error="of an attempt before"),
    ]
    assert hits(history) == Counter([Point.CLAIMED, Point.SENDING, Point.ANSWERED])


def test_what_an_attempt_ends_with_is_no_death() -> None:
    """An error that passes has its wait, and a lost answer its own words."""
    history = [
        became(PLANNED, CLAIMED),
        became(CLAIMED, PLANNED, wait=0.1, error="down"),
        became(SENDING, PLANNED, wait=0.1, error="down"),
        became(SENDING, DeliveryState.UNKNOWN, error="The answer was lost."),
        became(SENDING, DeliveryState.PUBLISHED),
    ]
    assert not hits(history)
