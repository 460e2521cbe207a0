"""
Reconciliation: what became of a delivery whose outcome is unknown, by looking at the account's own posts.

It may become `published` when the account holds the post, and `planned` again only when all three hold: nobody can
still send it, the network's read-back covers the time and showed nothing on every look through its window, and the
outbox's policy allows it. Otherwise it stays `unknown`, and a person settles it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from socialconnect.adapter import Adapter
from socialconnect.outbox.delivery import Delivery
from socialconnect.post import Post, PublishedPost

__all__ = [
    "CLOCK_ERROR",
    "LOOKS",
    "POSTS_PER_LOOK",
    "SKEW",
    "Doubt",
    "Verdict",
    "before",
    "earlier",
    "listed",
    "made_by",
    "match",
    "may_be",
    "may_still_answer",
    "unseen",
]

SKEW = timedelta(minutes=5)
"""By how much a network's clock may differ from ours: a post from before the intent less this is somebody else's."""

CLOCK_ERROR = timedelta(days=1)
"""By how much this machine's clock may have been wrong when the intent was written, and set right since."""

LOOKS = (
    timedelta(seconds=5),
    timedelta(seconds=25),
    timedelta(minutes=1, seconds=30),
    timedelta(minutes=3),
    timedelta(minutes=10),
)
"""How long after the one before each look comes: reads lag behind writes, mostly by seconds, sometimes by minutes."""

POSTS_PER_LOOK = 100
"""Posts that one look reads at most. With more of them since the intent, nothing found says nothing."""

_OF_THREAD = re.compile(r"thread\[(\d+)\]")


@dataclass(frozen=True)
class Doubt:
    """
    A delivery whose outcome is unknown.

    Args:
        delivery: The delivery.
        fence: As in `Claim`: a change by a person or a late answer in between makes what was found out void.
        step: The visible step whose answer is missing; `None` if the adapter names none.
        since: When the intent to send it was first written.
        owner: The worker that may still be sending it; `None` if it recorded itself that it is not.
        ended: When that worker's lease ended.
        looks: How often the account was looked at already.
        existing: The post that the network itself named as the one that is live already.
        answers: For a further post of a thread: the one before it, which it answers.
    """

    delivery: Delivery
    fence: int
    step: str | None
    since: datetime
    owner: str | None
    ended: datetime | None
    looks: int
    existing: str | None
    answers: str | None = None


@dataclass(frozen=True)
class Verdict:
    """
    What a look found out about one doubt.

    Args:
        found: The post that is live.
        again: Whether it is to be planned again.
        look_at: When to look again; `None` to look no more.
        looked: Whether the account was seen at all.
        told: For people: what was found, or not.
    """

    found: PublishedPost | None = None
    again: bool = False
    look_at: datetime | None = None
    looked: bool = True
    told: str = ""


def made_by(step: str | None, post: Post) -> Post | None:
    """Give the part of a post that a visible step makes: a post of its thread, or the post; `None` for a comment."""
    found = _OF_THREAD.fullmatch(step or "")
    if found is not None:
        return post.thread[int(found[1])] if int(found[1]) < len(post.thread) else None
    return None if step is not None and "comment" in step else post


def before(step: str | None) -> str | None:
    """Give the step that makes the post which a step's post answers; `None` if it makes no further post of a thread."""
    found = _OF_THREAD.fullmatch(step or "")
    if found is None:
        return None
    return f"thread[{int(found[1]) - 1}]" if int(found[1]) else "publish"


def match(
    doubt: Doubt, posts: Sequence[PublishedPost], adapter: Adapter, credited: Collection[str]
) -> PublishedPost | None:
    """
    Find the post that a doubtful request made: the one that the network named itself, else by its fingerprint.

    Args:
        doubt: The doubt.
        posts: The account's recent posts.
        adapter: Knows how the network changes what it is given.
        credited: The ids of posts that belong to other deliveries, or to other parts of this one.
    """
    fresh = [
        one
        for one in posts
        if one.id not in credited and one.created_at is not None and one.created_at >= doubt.since - SKEW
    ]
    named = [one for one in fresh if one.id == doubt.existing]
    alike = named or [one for one in fresh if _is_it(doubt, one, adapter)]
    # The oldest: where the same text went out twice, the first of the two is the first delivery's.
    return min(alike, key=lambda one: (one.created_at or doubt.since, one.id), default=None)


def earlier(
    doubt: Doubt, posts: Sequence[PublishedPost], adapter: Adapter, credited: Collection[str]
) -> PublishedPost | None:
    """
    Find a post like the one that a doubtful request made, and not it for certain.

    From before it: its own, if this clock was wrong then. Or one that answers another post, or none: its own, if the
    network shows that otherwise than it did.
    """
    part = _part(doubt)
    if part is None:
        return None
    others = (one for one in posts if one.id not in credited)
    return next((one for one in others if _alike(part, one, adapter)), None)


def _is_it(doubt: Doubt, found: PublishedPost, adapter: Adapter) -> bool:
    """Whether a post is what a doubtful request made: alike, and at its place in a thread where that is shown."""
    part = _part(doubt)
    if part is None:
        return False
    if doubt.answers is None:
        return adapter.resembles(part, found)
    shown = found.parent is not None or adapter.capabilities.shows_parents
    return (found.parent == doubt.answers or not shown) and adapter.resembles(part, _alone(found))


def _alike(part: Post, found: PublishedPost, adapter: Adapter) -> bool:
    return adapter.resembles(part, found) or adapter.resembles(part, _alone(found))


def _alone(found: PublishedPost) -> PublishedPost:
    return found.model_copy(update={"parent": None})


def may_be(doubt: Doubt, found: PublishedPost, adapter: Adapter) -> bool:
    """Whether a post may be what a doubtful request made, as far as its looks tell, whenever it appeared."""
    part = _part(doubt)
    return part is not None and (found.id == doubt.existing or _alike(part, found, adapter))


def may_still_answer(doubt: Doubt, now: datetime, gone: Callable[[str], bool], longest_pause: timedelta) -> bool:
    """Whether a worker may still stand between the intent and the answer, and then go on."""
    if doubt.owner is None or gone(doubt.owner):
        return False
    return doubt.ended is None or now - doubt.ended <= longest_pause


def listed(doubt: Doubt, adapter: Adapter) -> bool:
    """Whether the account's posts would hold what a doubtful request made, so that its absence says something."""
    part = _part(doubt)
    return part is None or adapter.lists(part)


def _part(doubt: Doubt) -> Post | None:
    return made_by(doubt.step, doubt.delivery.post.for_network(doubt.delivery.network))


def unseen(
    doubt: Doubt,
    now: datetime,
    *,
    looks: Sequence[timedelta],
    covered: bool,
    silent: bool,
    allowed: bool,
    like_it: PublishedPost | None = None,
    listed: bool = True,
    placed: bool = False,
) -> Verdict:
    """
    Say what follows from a look that did not find the post.

    Args:
        doubt: The doubt.
        now: The time.
        looks: How long after the one before each look comes.
        covered: Whether the look showed all posts since the intent, or all that stands in its one place.
        silent: Whether nobody can still send it; see `may_still_answer`.
        allowed: Whether the policy lets it be sent again.
        like_it: A post like it that may be it, which nobody else has made; see `earlier`.
        listed: Whether the account's posts would hold it at all.
        placed: Whether it was looked for in its one place; see `Adapter.look_for`.
    """
    seen = f"Looked {doubt.looks + 1} times, last at {now:%Y-%m-%d %H:%M:%S} UTC: the account does not show it."
    if doubt.looks + 1 < len(looks):
        return Verdict(look_at=now + looks[doubt.looks + 1], told=seen)
    hidden = "the network did not show " + ("all that is there" if placed else "all posts since the day before")
    reasons = (
        (
            placed or _part(doubt) is not None,
            "what is missing cannot be told by the account's posts, as a comment cannot",
        ),
        (listed, "the network does not list every post of its kind, so that its absence says nothing"),
        (covered, hidden),
        (like_it is None, f"the account shows a post like it that may be it ({like_it.id if like_it else ''})"),
        (silent, "the worker that may still send it cannot be shown to be gone"),
        (allowed, "it is not sent again by itself unless the outbox is told so (repeat_unseen)"),
    )
    why = next((reason for holds, reason in reasons if not holds), None)
    if why is None:
        return Verdict(again=True, told=seen)
    return Verdict(told=f"{seen} It stays unknown: {why}. Settle it by hand.")
