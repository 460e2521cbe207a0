"""The crash test's count: what stands on the walls and what the outbox says, against the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.crash.posts import Planned

from socialconnect import DeliveryState

__all__ = ["Counted", "count"]


@dataclass(frozen=True)
class Counted:
    """
    What it came to.

    Args:
        deliveries: How many were planned.
        posts: How many posts and comments stand on the walls.
        twice: How many of them too many: a second time, or though nobody planned them.
        lost: How many deliveries are lost: not on record, not carried out, or said to be live and not there as a whole.
        unknown: How many stayed unknown.
        wrong: What stands there too often, and the deliveries that are lost.
    """

    deliveries: int
    posts: int
    twice: int
    lost: int
    unknown: int
    wrong: tuple[str, ...] = ()

    def line(self, kills: int) -> str:
        """Say it in one line."""
        return (
            f"{kills} kills, {self.deliveries} deliveries, {self.posts} posts, "
            f"{self.twice} posted twice, {self.lost} lost, {self.unknown} unknown"
        )

    def kept(self, *, reads_hidden: bool = False) -> bool:
        """Whether the promise was kept; what is unknown breaks it where the accounts could be read."""
        return not (self.twice or self.lost or (self.unknown and not reads_hidden))


def count(
    planned: Sequence[Planned],
    states: Mapping[str, DeliveryState],
    wall: Counter[str],
) -> Counted:
    """
    Count.

    Args:
        planned: What was planned.
        states: How each delivery ended, by its text.
        wall: How often each text stands on the walls.
    """
    wanted = {text for one in planned for text in one.texts}
    twice = {text: seen - (text in wanted) for text, seen in wall.items() if seen > (text in wanted)}
    lost = [one for one in planned if _is_lost(one, states.get(one.text), wall)]
    unknown = sum(states.get(one.text) is DeliveryState.UNKNOWN for one in planned)
    wrong = (*twice, *(one.text for one in lost))
    return Counted(len(planned), wall.total(), sum(twice.values()), len(lost), unknown, wrong)


def _is_lost(one: Planned, state: DeliveryState | None, wall: Counter[str]) -> bool:
    if state is DeliveryState.UNKNOWN:
        return False
    return state is not DeliveryState.PUBLISHED or not all(wall[text] for text in one.texts)
