"""Films of a page through the outbox: what was uploaded before a failure is not uploaded again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.networks.facebook.films import reel, video_post

from socialconnect.networks.facebook import Facebook
from socialconnect.outbox import Outbox
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator


@pytest.mark.parametrize(
    ("post", "last", "uploads"),
    [(reel(), "/video_reels$", "/video-upload/"), (video_post(), "/videos$", "/videos")],
    ids=["reel", "video"],
)
def test_a_delivery_goes_on_from_its_journal(tmp_path: Path, post: Post, last: str, uploads: str) -> None:
    """The finish is refused for a limit: the next attempt, by another process, sends the finish alone."""
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = FacebookEmulator(clock=clock)
    path = tmp_path / "outbox.db"
    finish = 2 if last == "/videos$" else 1  # what passes before it: the start, and for a video its only part
    emulator.faults.add(Fault(FaultKind.THROTTLED_BARE, method="POST", path=last, after=finish))
    at = clock.now() + timedelta(minutes=5)
    with emulator.client() as client, Outbox(path, clock=clock) as outbox:
        facebook = Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=clock, outbox=outbox)
        plan = facebook.schedule(post, at)
        clock.advance(minutes=5)
        outbox.run_due()
        assert outbox.delivery(plan.id).published is None
    sent = len([one for one in emulator.requests if uploads in one.path])
    with emulator.client() as client, Outbox(path, clock=clock) as outbox:
        Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=clock, outbox=outbox)
        outbox.run(until_idle=True)
        live = outbox.delivery(plan.id).published
        assert live is not None
    clock.advance(minutes=10)
    assert [(one.id, one.text) for one in emulator.wall] == [(live.id, post.text)]
    again = len([one for one in emulator.requests if uploads in one.path]) - sent
    assert again == (1 if last == "/videos$" else 0)  # a video's finish goes to the same address
