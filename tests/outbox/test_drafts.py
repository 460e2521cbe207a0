"""The life of a draft in the outbox."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.outbox.wall import Wall, network

from socialconnect import Post
from socialconnect.errors import NotFound, OutcomeUnknown, RateLimited, RejectedError, ValidationError
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock


def test_a_draft_is_listed_changed_and_published(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A draft can be unfinished, is changed, and ceases to be one when it is published."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post(""))
    assert draft.held_by == "outbox"
    changed = facebook.update_draft(draft, Post("hello"))
    assert facebook.drafts() == outbox.drafts() == [changed]
    published = facebook.publish_draft(changed)
    assert published.id == "post-1"
    assert facebook.drafts() == []
    assert [one.state for one in outbox.deliveries()] == [DeliveryState.PUBLISHED]
    with pytest.raises(NotFound):
        facebook.publish_draft(changed)
    assert wall.texts() == ["hello"]


def test_drafts_outlive_the_process(path: Path, wall: Wall, clock: TestClock) -> None:
    """Drafts are in the file, oldest first, and each account sees its own."""
    with Outbox(path, clock=clock) as outbox:
        for account, text in (("a", "1"), ("b", "2"), ("a", "3")):
            network(wall, outbox, clock, account).draft(Post(text))
    with Outbox(path, clock=clock) as outbox:
        drafts = network(wall, outbox, clock, "a").drafts()
        assert [one.post and one.post.text for one in drafts] == ["1", "3"]
        assert len(outbox.drafts()) == len(outbox.drafts("wall")) == 3
        assert len(outbox.drafts("wall", "b")) == 1
        assert outbox.drafts("elsewhere") == []


def test_a_deleted_draft_is_gone(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """What was deleted cannot be changed, published or deleted again."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post("hello"))
    facebook.delete_draft(draft)
    for call in (
        lambda: facebook.delete_draft(draft),
        lambda: facebook.update_draft(draft, Post("other")),
        lambda: facebook.publish_draft(draft),
    ):
        with pytest.raises(NotFound, match="no draft"):
            call()


def test_another_accounts_draft_is_not_touched(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """An account cannot publish or delete what is another's."""
    draft = network(wall, outbox, clock, "a").draft(Post("hello"))
    other = network(wall, outbox, clock, "b")
    for call in (lambda: other.publish_draft(draft), lambda: other.delete_draft(draft)):
        with pytest.raises(NotFound):
            call()
    assert len(outbox.drafts()) == 1


def test_an_unfinished_draft_stays_one(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Publishing a draft that breaks a rule tells what is wrong; the draft is still there, and nothing was planned."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post(""))
    with pytest.raises(ValidationError, match="empty"):
        facebook.publish_draft(draft)
    assert facebook.drafts() == [draft]
    assert outbox.deliveries() == []


@pytest.mark.parametrize("trouble", [RejectedError("No."), RateLimited(retry_after=3600)])
def test_a_draft_that_was_clearly_refused_is_a_draft_again(
    outbox: Outbox, wall: Wall, clock: TestClock, trouble: Exception
) -> None:
    """After a clear no nothing appears later behind the caller's back: it is a draft again, and can be published."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post("hello"))
    wall.troubles = [trouble]
    with pytest.raises(type(trouble)):
        facebook.publish_draft(draft)
    assert facebook.drafts() == [draft]
    assert outbox.run(until_idle=True).published == 0
    assert facebook.publish_draft(draft).text == "hello"


def test_a_draft_whose_answer_was_lost_is_not_offered_again(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """If it may be live it is no draft any more, but a delivery whose outcome is unknown."""
    facebook = network(wall, outbox, clock)
    draft = facebook.draft(Post("hello"))
    wall.troubles = [OutcomeUnknown()]
    with pytest.raises(OutcomeUnknown):
        facebook.publish_draft(draft)
    assert facebook.drafts() == []
    assert [one.state for one in outbox.deliveries()] == [DeliveryState.UNKNOWN]
    assert wall.texts() == ["hello"]
