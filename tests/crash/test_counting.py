"""The crash test's own count: it sees what is there too often, missing, or not known."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.crash.counting import Counted, count
from tests.crash.posts import Planned

from socialconnect import DeliveryState, Post

THREAD = Planned("twitter", Post("a thread", thread=["its end"]))
COMMENTED = Planned("facebook", Post("a post", first_comment="its comment"))
ALL = Counter({"a thread": 1, "its end": 1, "a post": 1, "its comment": 1})
LIVE = {"a thread": DeliveryState.PUBLISHED, "a post": DeliveryState.PUBLISHED}


def counted(wall: Counter[str], states: dict[str, DeliveryState]) -> tuple[int, int, int]:
    """Give what is posted twice, lost, and unknown."""
    found = count([THREAD, COMMENTED], states, wall)
    assert (found.deliveries, found.posts) == (2, wall.total())
    assert found.kept() is not any((found.twice, found.lost, found.unknown))
    return found.twice, found.lost, found.unknown


def test_all_there_once() -> None:
    """Each post, part and comment once: nothing is wrong."""
    assert counted(ALL, LIVE) == (0, 0, 0)


@pytest.mark.parametrize("text", sorted(ALL))
def test_each_part_counts(text: str) -> None:
    """A second one of any part is a post too many, and a missing one means that its delivery is lost."""
    assert counted(ALL + Counter([text, text]), LIVE) == (2, 0, 0)
    assert counted(ALL - Counter([text]), LIVE) == (0, 1, 0)


def test_a_post_that_nobody_planned_is_one_too_many() -> None:
    """What stands there and belongs to no delivery was posted without reason."""
    assert counted(ALL + Counter(["a stranger"]), LIVE) == (1, 0, 0)


@pytest.mark.parametrize(
    "state", [None, *sorted(set(DeliveryState) - {DeliveryState.PUBLISHED, DeliveryState.UNKNOWN})]
)
def test_what_did_not_end_live_is_lost(state: DeliveryState | None) -> None:
    """Whatever else a delivery ended as, or if there is no record of it."""
    states = {"a post": DeliveryState.PUBLISHED} | ({} if state is None else {"a thread": state})
    assert counted(ALL, states) == (0, 1, 0)


def test_what_is_unknown_is_neither_lost_nor_live() -> None:
    """Whether it stands there or not; it breaks the promise unless the accounts could not be read."""
    states = {**LIVE, "a thread": DeliveryState.UNKNOWN}
    assert counted(ALL, states) == (0, 0, 1)
    assert counted(Counter({"a post": 1, "its comment": 1}), states) == (0, 0, 1)
    assert count([THREAD], states, Counter()).kept(reads_hidden=True)
    assert not count([THREAD], states, Counter({"a thread": 2})).kept(reads_hidden=True)


def test_the_line() -> None:
    """It is the one that everybody may rely on."""
    line = "9 kills, 8 deliveries, 7 posts, 3 posted twice, 2 lost, 1 unknown"
    assert Counted(deliveries=8, posts=7, twice=3, lost=2, unknown=1).line(kills=9) == line
