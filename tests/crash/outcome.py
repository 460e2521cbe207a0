"""What a simulation came to: the count of what stands there against what was planned and taken back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from socialconnect.outbox import Delivery, DeliveryState

__all__ = ["Outcome", "outcome_of"]

_REASON = re.compile(r"It stays unknown: (.*)\. Settle it by hand")
_ID = re.compile(r" \(post-\d+\)")


@dataclass
class Outcome:
    """
    What a simulation came to.

    Args:
        deliveries: How many there were.
        posts: How many posts stand there.
        twice: How many too many, what was taken back before it was under way included.
        lost: How many deliveries are lost, or said to be live and are not.
        unknown: How many stayed unknown.
        cancelled: How many were taken back.
        begun: How many began although they were paused.
        kills: How many processes were killed.
        reasons: How many stayed unknown for which reason, and whether they are really live.
        wrong: The texts of what went wrong.
        course: What happened to what went wrong, in order of time.
        troubles: What could go wrong.
    """

    deliveries: int
    posts: int
    twice: int
    lost: int
    unknown: int
    cancelled: int
    begun: int
    kills: int
    reasons: Counter[tuple[str, bool]]
    wrong: frozenset[str]
    course: Sequence[str] = ()
    troubles: frozenset[str] = frozenset()

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.twice or self.lost or self.begun)


def outcome_of(
    found: Sequence[Delivery], wall: Counter[str], *, taken_back: Collection[str], begun: Collection[str], kills: int
) -> Outcome:
    """
    Count.

    Args:
        found: The deliveries at the end.
        wall: How often each text stands there.
        taken_back: The ids of those that a person has cancelled.
        begun: The texts of those that began although they were paused.
        kills: How many processes were killed.
    """
    cancelled = [one for one in found if one.state is DeliveryState.CANCELLED]
    unknown = [one for one in found if one.state is DeliveryState.UNKNOWN]
    wanted = Counter(one.post.text for one in found if one.state is not DeliveryState.CANCELLED)
    said = Counter(one.post.text for one in found if one.state is DeliveryState.PUBLISHED)
    open_ = Counter(one.post.text for one in unknown)
    twice = wall - wanted
    lost = (wanted - said - open_) | (said - wall)
    lost += Counter(one.post.text for one in cancelled if one.id not in taken_back)
    return Outcome(
        deliveries=len(found),
        posts=wall.total(),
        twice=twice.total(),
        lost=lost.total(),
        unknown=len(unknown),
        cancelled=len(cancelled),
        begun=len(begun),
        kills=kills,
        reasons=Counter(_reasons(unknown, wall - said)),
        wrong=frozenset({*twice, *lost, *begun}),
    )


def _reasons(unknown: Sequence[Delivery], live: Counter[str]) -> Iterator[tuple[str, bool]]:
    """Give why each stayed unknown, and whether it is live; of several of one text, the first ones are."""
    left = Counter(live)
    for one in unknown:
        told = _REASON.search(one.seen or "")
        yield _ID.sub("", told[1] if told else one.seen or "not looked for"), left[one.post.text] > 0
        left[one.post.text] -= 1
