"""Whether a post whose answer was lost is known again among the page's posts, and what its absence says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from tests.networks.facebook.films import REEL, STORY, film, reel, video_post

from socialconnect.media import Image
from socialconnect.networks.facebook import Facebook
from socialconnect.networks.facebook.adapter import FacebookAdapter
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.post import Post, PublishedPost
from socialconnect.testing import sample_image
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator

PHOTO = Image(sample_image())
STORY_OF_PHOTO = Post(media=[PHOTO], options=STORY)


@pytest.fixture
def adapter() -> FacebookAdapter:
    return FacebookAdapter(account="1000", api_version="v26.0")


def read_back(text: str, *attachments: JsonValue, count: int = 1) -> PublishedPost:
    """Give a post as the page tells it."""
    return PublishedPost(
        network="facebook",
        account="1000",
        id="1000_2",
        text=text,
        media_count=count,
        data={"id": "1000_2", "attachments": {"data": [*attachments]}},
    )


@pytest.mark.parametrize(
    ("post", "listed"),
    [
        (Post("Text"), True),
        (Post("Photo", media=[PHOTO]), True),
        (Post("Photos", media=[PHOTO, PHOTO]), True),
        (video_post(), False),
        (reel(), False),
        (STORY_OF_PHOTO, False),
        (Post(media=[film()], options=STORY), False),
        (Post("Old", options=FacebookOptions(backdated_time=datetime(2020, 1, 1, tzinfo=UTC))), False),
    ],
    ids=["text", "photo", "photos", "video", "reel", "photo story", "video story", "backdated"],
)
def test_absence_says_something_only_of_what_is_listed_at_once(
    adapter: FacebookAdapter, post: Post, listed: bool
) -> None:
    """A story is never among the posts, a film not before it is processed, and a backdated post is too old."""
    assert adapter.lists(post) is listed


@pytest.mark.parametrize(
    ("post", "media_type", "same"),
    [
        (Post("Same", media=[PHOTO]), "photo", True),
        (Post("Same", media=[PHOTO]), "video", False),
        (Post("Same", media=[film()], options=REEL), "video", True),
        (Post("Same", media=[film()], options=REEL), "photo", False),
        (Post("Same", link="https://video.example/1"), "video", True),
        (Post("Same", link="https://video.example/1"), "photo", False),
        (Post("Same"), "video", False),
    ],
)
def test_a_post_is_known_by_what_it_carries(adapter: FacebookAdapter, post: Post, media_type: str, same: bool) -> None:
    """The same words beside a photo and beside a film are two posts; a linked film is shown like one of its own."""
    assert adapter.resembles(post, read_back("Same", {"media_type": media_type})) is same


def test_a_story_is_none_of_the_posts(adapter: FacebookAdapter) -> None:
    """A photo without words on the page is not the story of a photo whose answer was lost."""
    assert not adapter.resembles(STORY_OF_PHOTO, read_back("", {"media_type": "photo"}))


@pytest.mark.parametrize(
    ("post", "path", "becomes"),
    [
        (reel(), "/video_reels$", DeliveryState.PUBLISHED),
        (video_post(), "/videos$", DeliveryState.PUBLISHED),
        (STORY_OF_PHOTO, "/photo_stories$", DeliveryState.UNKNOWN),
    ],
    ids=["reel", "video", "story"],
)
def test_what_is_not_listed_is_never_sent_again_by_itself(
    tmp_path: Path, post: Post, path: str, becomes: DeliveryState
) -> None:
    """
    The finish took effect, its answer was lost, and it is live once.

    A film is found by its own id, however long it is processed. What no look can find stays unknown.
    """
    clock = TestClock("2026-11-24T09:00:00+00:00")
    emulator = FacebookEmulator(clock=clock, processing=timedelta(hours=2))
    finish = {"/video_reels$": 1, "/videos$": 2}.get(path, 0)
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=path, after=finish))
    emulator.faults.add(Fault(FaultKind.HTML, method="GET", path="/stories$", times=9))
    with (
        emulator.client() as client,
        Outbox(tmp_path / "outbox.db", clock=clock, repeat_unseen=True) as outbox,
    ):
        facebook = Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=clock, outbox=outbox)
        plan = facebook.schedule(post, clock.now() + timedelta(minutes=5))
        clock.advance(minutes=5)
        for _ in range(12):
            outbox.run_due()
            clock.advance(minutes=15)
        state = outbox.delivery(plan.id).state
    sent = [one for one in emulator.requests if one.method == "POST" and one.path.endswith(path[:-1])]
    assert state is becomes
    assert len(sent) == finish + 1
