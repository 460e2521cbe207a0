"""What has a place of its own, such as a first comment below its post, is looked for there, by the same conditions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import PlacedAdapter, ReadableAdapter, ReadableWall, readable

from socialconnect import Post, PublishedPost
from socialconnect.errors import NotFound, NotSent, PermissionDenied, RateLimited, UnavailableError
from socialconnect.outbox import Delivery, DeliveryState, Outbox
from socialconnect.outbox.reconciliation import LOOKS
from socialconnect.testing import TestClock

MINUTE = timedelta(minutes=1)
ALL_LOOKS = sum(LOOKS, timedelta(0))
COMMENTED = Post("hello", first_comment="Ask us.")


def run_one(
    path: Path,
    clock: TestClock,
    wall: ReadableWall,
    *,
    allowed: bool = True,
    kind: type[ReadableAdapter] = PlacedAdapter,
) -> Delivery:
    """Plan a post with a comment, run until nothing is left to do, and give where it stands."""
    with Outbox(path, clock=clock, repeat_unseen=allowed) as outbox:
        plan = readable(wall, outbox, clock, kind=kind).schedule(COMMENTED, clock.now() + MINUTE)
        outbox.run(until_idle=True)
        return outbox.delivery(plan.id)


def lost_comment(clock: TestClock, *, live: bool) -> ReadableWall:
    """A wall that loses the answer to the first comment."""
    wall = ReadableWall(clock)
    wall.lose_comments = [live]
    return wall


def test_a_comment_that_is_live_is_found(path: Path, clock: TestClock) -> None:
    """It is below its post: the delivery is published, with the comment's id, and the comment was sent once."""
    wall = lost_comment(clock, live=True)
    delivery = run_one(path, clock, wall)
    assert delivery.state is DeliveryState.PUBLISHED
    assert delivery.published is not None
    assert (delivery.published.id, delivery.published.comment) == ("post-1", "comment-1")
    assert (wall.requests, wall.comments_sent) == (1, 1)


def test_a_comment_that_is_shown_late_is_found(path: Path, clock: TestClock) -> None:
    """Reads lag behind writes here too."""
    wall = lost_comment(clock, live=True)
    wall.lag = ALL_LOOKS - MINUTE
    assert run_one(path, clock, wall).state is DeliveryState.PUBLISHED
    assert (wall.comments_sent, wall.reads) == (1, len(LOOKS))


def test_a_comment_that_is_not_there_is_sent_again(path: Path, clock: TestClock) -> None:
    """With leave, after all looks, and the post itself stays as it is."""
    wall = lost_comment(clock, live=False)
    assert run_one(path, clock, wall).state is DeliveryState.PUBLISHED
    assert [one.text for one in wall.comments] == ["Ask us."]
    assert (wall.requests, wall.comments_sent, wall.reads) == (1, 2, len(LOOKS))


def test_only_its_own_place_is_read(path: Path, clock: TestClock) -> None:
    """The account's posts are not asked for, which may cost money, where they could not tell anything."""

    class NoPosts(PlacedAdapter):
        """Must not be asked for its posts."""

        async def posts(self, since: object, limit: int) -> list[PublishedPost]:
            raise AssertionError

    wall = lost_comment(clock, live=True)
    assert run_one(path, clock, wall, kind=NoPosts).state is DeliveryState.PUBLISHED


def test_without_leave_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """Unless it is allowed, a comment that is never shown is not sent again."""
    wall = lost_comment(clock, live=False)
    delivery = run_one(path, clock, wall, allowed=False)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "repeat_unseen" in (delivery.seen or "")
    assert wall.comments_sent == 1


def test_where_not_all_is_shown_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """Absence from what is not shown as a whole says nothing."""
    wall = lost_comment(clock, live=False)
    wall.whole = False
    delivery = run_one(path, clock, wall)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "did not show all that is there" in (delivery.seen or "")
    assert wall.comments_sent == 1


def test_while_the_worker_may_be_alive_it_stays_unknown(path: Path, clock: TestClock) -> None:
    """A worker whose end cannot be shown may still send the comment."""
    wall = lost_comment(clock, live=False)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        plan = readable(wall, outbox, clock, kind=PlacedAdapter).schedule(COMMENTED, clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE deliveries SET owner = 'elsewhere 1 abc', ended = look_at")
        outbox.run(until=clock.now() + timedelta(hours=1))
        delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "cannot be shown to be gone" in (delivery.seen or "")
    assert wall.comments_sent == 1


def test_an_account_that_may_not_read_it_leaves_it_to_a_person(path: Path, clock: TestClock) -> None:
    """Where the network refuses to show it there is nothing to wait for: it is told, and not asked again."""
    wall = lost_comment(clock, live=True)
    wall.place_trouble = [PermissionDenied("not for you")]
    delivery = run_one(path, clock, wall)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "not for you" in (delivery.seen or "")
    assert delivery.look_at is None
    assert (wall.comments_sent, wall.reads) == (1, 1)


def test_a_place_that_is_not_there_proves_nothing(path: Path, clock: TestClock) -> None:
    """A post that cannot be read, yet or any more, shows nothing: it is looked for as often, and not sent again."""
    wall = lost_comment(clock, live=False)
    wall.place_trouble = [NotFound("gone")] * 99
    assert run_one(path, clock, wall).state is DeliveryState.UNKNOWN
    assert (wall.comments_sent, wall.reads) == (1, len(LOOKS))


@pytest.mark.parametrize("trouble", [UnavailableError("down"), KeyError("secret")])
def test_a_look_that_fails_counts_as_none(path: Path, clock: TestClock, trouble: Exception) -> None:
    """Whatever goes wrong in looking, it is looked again as often as it takes; a defect's words are not told."""
    wall = lost_comment(clock, live=False)
    wall.place_trouble = [trouble, trouble]
    assert run_one(path, clock, wall).state is DeliveryState.PUBLISHED
    assert (wall.comments_sent, wall.reads) == (2, len(LOOKS) + 2)
    with Outbox(path, clock=clock) as outbox:
        (delivery,) = outbox.deliveries()
        assert "secret" not in str(outbox.history(delivery.id))


@pytest.mark.parametrize("trouble", [RateLimited("slowly"), NotSent("no connection")])
def test_where_nothing_can_be_asked_not_all_is_asked(path: Path, clock: TestClock, trouble: Exception) -> None:
    """What the network says of one look, or that it cannot be reached, holds for the others: they wait as well."""
    wall = ReadableWall(clock)
    wall.lose_comments = [True] * 3
    with Outbox(path, clock=clock) as outbox:
        network = readable(wall, outbox, clock, kind=PlacedAdapter)
        for number in range(3):
            network.schedule(Post(f"hello {number}", first_comment="Ask us."), clock.now() + MINUTE)
        clock.advance(minutes=1)
        outbox.run_due()
        wall.place_trouble = [trouble]
        outbox.run_due()
        assert wall.reads == 1
        outbox.run(until_idle=True)
        assert {one.state for one in outbox.deliveries()} == {DeliveryState.PUBLISHED}
    assert wall.comments_sent == 3


def test_what_is_still_worked_on_is_waited_for(path: Path, clock: TestClock) -> None:
    """It is found when it is there, though that takes longer than all looks do."""
    wall = lost_comment(clock, live=True)
    wall.pending_until = clock.now() + 4 * ALL_LOOKS
    assert run_one(path, clock, wall).state is DeliveryState.PUBLISHED
    assert wall.comments_sent == 1


def test_what_is_worked_on_for_ever_is_not_waited_for(path: Path, clock: TestClock) -> None:
    """Some hours later it is called unknown, and never sent again."""
    wall = lost_comment(clock, live=False)
    wall.pending_until = clock.now() + timedelta(days=99)
    assert run_one(path, clock, wall).state is DeliveryState.UNKNOWN
    assert wall.comments_sent == 1


def test_what_is_found_is_credited_once(path: Path, clock: TestClock) -> None:
    """What another delivery has made does not become this one's, whatever the adapter says."""
    wall = lost_comment(clock, live=False)
    with Outbox(path, clock=clock, repeat_unseen=True) as outbox:
        network = readable(wall, outbox, clock, kind=PlacedAdapter)
        network.schedule(Post("another"), clock.now() + MINUTE)
        plan = network.schedule(COMMENTED, clock.now() + MINUTE)
        wall.comment("Ask us.", "post-2", id="post-1")
        outbox.run(until_idle=True)
        delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "a post like it that may be it (post-1)" in (delivery.seen or "")
    assert wall.comments_sent == 1


def test_a_comment_without_a_place_stays_unknown(path: Path, clock: TestClock) -> None:
    """Where an adapter tells no place, the account's posts cannot tell of a comment."""
    wall = lost_comment(clock, live=False)
    delivery = run_one(path, clock, wall, kind=ReadableAdapter)
    assert delivery.state is DeliveryState.UNKNOWN
    assert "as a comment cannot" in (delivery.seen or "")
    assert wall.comments_sent == 1
