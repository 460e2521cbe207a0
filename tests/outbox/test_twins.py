"""Two deliveries of one account with the same words, and a worker that stood still between request and answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable

from socialconnect import Post, PublishedPost
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PAUSE = timedelta(hours=6)
PUBLISHED, UNKNOWN = DeliveryState.PUBLISHED, DeliveryState.UNKNOWN


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the outbox is."""
    return str(tmp_path / "outbox.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


class Twins:
    """
    Two workers, two plans of the same words, and a wall.

    Args:
        place: Where the outbox is.
        folder: Where its copies of media are.
        clock: The clock.
    """

    def __init__(self, place: str, folder: Path, clock: TestClock) -> None:
        self.clock, self.wall = clock, ReadableWall(clock)
        # Late deliveries are sent all the same: it is leases, looks and pauses that decide.
        self.stalled, self.other = (
            Outbox(
                place,
                media=folder / "media",
                clock=clock,
                repeat_unseen=True,
                longest_pause=PAUSE,
                grace=timedelta(days=9),
                poll=timedelta(minutes=30),
            )
            for _ in range(2)
        )
        network = readable(self.wall, self.stalled, clock)
        readable(self.wall, self.other, clock)
        self.plans = [network.schedule(Post("same"), clock.now() + MINUTE * (index + 1)).id for index in range(2)]

    def close(self) -> None:
        self.stalled.close()
        self.other.close()

    @property
    def states(self) -> list[DeliveryState]:
        return [self.other.delivery(one).state for one in self.plans]

    @property
    def ids(self) -> list[str | None]:
        """The live posts, by delivery."""
        found = [self.other.delivery(one).published for one in self.plans]
        return [one.id if one is not None else None for one in found]

    def stand_still(self, meanwhile: Callable[[], object], *, live: bool) -> None:
        """Let the first worker send what is due, and stand still before its post is there, or right after."""
        put = self.wall.put

        def slow(text: str, *, at: datetime | None = None, account: str = "a") -> PublishedPost:
            self.wall.put = put  # type: ignore[method-assign]  # a test's seam
            made = put(text) if live else None
            meanwhile()
            return made or put(text)

        self.wall.put = slow  # type: ignore[method-assign]  # a test's seam
        self.stalled.run_due()

    def go_on(self, *, hours: float = 1) -> None:
        """Let the other worker do all that it would."""
        self.other.run(until=self.clock.now() + hours * HOUR)


@pytest.fixture
def twins(place: str, tmp_path: Path, clock: TestClock) -> Iterator[Twins]:
    """Two workers."""
    made = Twins(place, tmp_path, clock)
    try:
        yield made
    finally:
        made.close()


def test_a_late_answer_may_name_what_was_seen(twins: Twins, clock: TestClock) -> None:
    """
    The older one's answer was lost, and the younger one's worker stands still before its answer.

    The one post that is seen is nobody's until that answer says whose it is; then the other one is sent again.
    """
    twins.wall.lose = [False]
    clock.advance(minutes=1)
    twins.other.run_due()
    clock.advance(minutes=1)
    seen: list[list[DeliveryState]] = []

    def meanwhile() -> None:
        twins.go_on(hours=2)
        seen.append(twins.states)

    twins.stand_still(meanwhile, live=True)
    assert seen == [[UNKNOWN, UNKNOWN]]
    assert twins.states == [UNKNOWN, PUBLISHED]
    twins.other.run(until_idle=True)
    assert twins.states == [PUBLISHED, PUBLISHED]
    assert twins.ids == ["post-2", "post-1"]


def test_what_may_yet_be_sent_is_not_called_published(twins: Twins, clock: TestClock) -> None:
    """
    The older one's worker stands still before its request, and the younger one's post is live, its answer lost.

    Were that post given to the older one, the younger one would be sent again, and the older one's appear besides.
    """
    clock.advance(minutes=1)
    seen: list[list[DeliveryState]] = []

    def meanwhile() -> None:
        clock.advance(minutes=11)
        twins.wall.lose = [True]
        twins.go_on(hours=2)
        twins.wall.lose = []
        seen.append(twins.states)

    twins.stand_still(meanwhile, live=False)
    assert seen == [[UNKNOWN, UNKNOWN]]
    twins.other.run(until_idle=True)
    assert twins.states == [PUBLISHED, PUBLISHED]
    assert twins.wall.texts == ["same", "same"]
    assert len(set(twins.ids)) == 2


def test_after_the_longest_pause_nobody_is_waited_for(twins: Twins, clock: TestClock) -> None:
    """A worker whose lease ended that long ago counts as gone: the post that is seen is the older one's."""
    twins.wall.lose = [False]
    clock.advance(minutes=1)
    twins.other.run_due()
    clock.advance(minutes=1)
    seen: list[tuple[list[DeliveryState], list[str | None]]] = []

    def meanwhile() -> None:
        twins.go_on(hours=5)
        before = twins.states
        assert before == [UNKNOWN, UNKNOWN]
        twins.go_on(hours=2)
        seen.append((twins.states, twins.ids))

    twins.stand_still(meanwhile, live=True)
    (states, ids), *_ = seen
    assert states[0] is PUBLISHED
    assert ids[0] == "post-1"


def test_a_worker_that_is_gone_is_not_waited_for(twins: Twins, clock: TestClock) -> None:
    """Where no answer can come any more, the post is the older one's at once, and the younger one is sent again."""
    twins.wall.lose = [False, True]
    clock.advance(minutes=2)
    twins.other.run_due()
    twins.go_on()
    assert twins.states == [PUBLISHED, PUBLISHED]
    assert twins.ids == ["post-1", "post-2"]


def test_another_text_is_no_twin(twins: Twins, clock: TestClock) -> None:
    """What a stalled worker may yet say does not concern posts that cannot be its own."""
    clock.advance(minutes=1)
    seen: list[DeliveryState] = []

    def meanwhile() -> None:
        clock.advance(minutes=11)
        third = readable(twins.wall, twins.other, clock).schedule(Post("another"), clock.now() + 2 * MINUTE)
        twins.other.cancel(twins.plans[1])
        twins.wall.lose = [True]
        twins.go_on()
        seen.append(twins.other.delivery(third.id).state)

    twins.stand_still(meanwhile, live=True)
    assert seen == [PUBLISHED]
