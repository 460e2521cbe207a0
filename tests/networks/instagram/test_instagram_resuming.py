"""Going on after an attempt that stopped: what its container has become decides, and nothing appears twice."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.networks.instagram.scripted import CONTAINER, MEDIA, Script, status
from tests.networks.meta.either_face import done

from socialconnect import Outbox, Progress, errors
from socialconnect.media import Image, Video
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.outbox.delivery import DeliveryState
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.samples import sample_video

pytestmark = pytest.mark.anyio

Either = Instagram | AsyncInstagram

IMAGE = Image("https://cdn.example.com/1.jpg")
ONE = Post("Once", media=[IMAGE])
SET = Post("Once", media=[IMAGE, Video("https://cdn.example.com/1.mp4")])
STORY = Post(media=[IMAGE], options=InstagramOptions(format="story"))
REEL = Post("Once", media=[Video(sample_video(size=40_000))])

PUBLISH = "/media_publish$"
GONE = {"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}
NOT_READY = {"error": {"message": "Media ID is not available", "code": 9007, "error_subcode": 2207027}}


@pytest.fixture(params=["blocking", "async"])
async def account(
    emulator: InstagramEmulator, clock: TestClock, request: pytest.FixtureRequest
) -> AsyncIterator[Either]:
    """An account by Facebook Login, by either face."""
    (held,) = emulator.accounts
    if request.param == "blocking":
        with emulator.client() as client:
            yield Instagram(user_id=held.id, token=held.token, http_client=client, clock=clock)
    else:
        async with emulator.async_client() as other:
            yield AsyncInstagram(user_id=held.id, token=held.token, http_client=other, clock=clock)


def publishes(emulator: InstagramEmulator) -> int:
    """Give how often a publish was asked for."""
    return sum(one.path.endswith("/media_publish") for one in emulator.requests)


def lose_the_publish(emulator: InstagramEmulator) -> None:
    """Let the next publish be carried out, its answer be lost, and nothing be readable after it."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path=PUBLISH))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path="/(media|stories)$", times=500, status=503))


# ── a container that is live ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("post", [ONE, SET, REEL], ids=["image", "carousel", "reel"])
@pytest.mark.parametrize("hours", [1, 23, 30])
async def test_what_was_settled_as_nothing_is_asked_for_however_late(
    account: Either, emulator: InstagramEmulator, clock: TestClock, post: Post, hours: int
) -> None:
    """A person settled that nothing is live and was wrong: the container is asked, a day later too."""
    progress = Progress()
    lose_the_publish(emulator)
    with pytest.raises(errors.OutcomeUnknown):
        await done(account.publish(post, progress=progress))
    emulator.faults.clear()
    made = len(emulator.containers)
    progress.settle(None)
    clock.advance(hours=hours)
    published = await done(account.publish(post, progress=Progress.from_json(progress.to_json())))
    assert [one.id for one in emulator.wall] == [published.id]
    assert (publishes(emulator), len(emulator.containers)) == (1, made)


@pytest.mark.parametrize("post", [ONE, STORY], ids=["image", "story"])
def test_an_outbox_that_repeats_what_it_did_not_see_posts_once(
    emulator: InstagramEmulator, clock: TestClock, tmp_path: Path, post: Post
) -> None:
    """Told to repeat what no look has shown, which for a story is always so, the outbox still makes no second post."""
    (held,) = emulator.accounts
    lose_the_publish(emulator)
    with emulator.client() as client, Outbox(tmp_path / "outbox.db", clock=clock, repeat_unseen=True) as outbox:
        network = Instagram(user_id=held.id, token=held.token, http_client=client, clock=clock, outbox=outbox)
        plan = network.schedule(post, clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(minutes=2))
        assert outbox.delivery(plan.id).state is DeliveryState.UNKNOWN
        emulator.faults.clear()
        emulator.read_lag = timedelta(hours=1)  # and no look shows it for a while
        clock.advance(minutes=3)
        outbox.run(until=clock.now() + timedelta(hours=3))
    assert (len(emulator.wall), publishes(emulator), len(emulator.containers)) == (1, 1, 1)


async def test_a_comment_of_another_day_prepares_nothing_again(
    account: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """The post is live: its comment needs no container, whatever became of the media's address since."""
    post = SET.with_changes(first_comment="More below")
    refused = json.dumps({"error": {"message": "(#10) not permitted", "code": 10}}).encode()
    emulator.faults.add(Fault(FaultKind.REFUSED, path="/comments$", status=400, body=refused))
    with pytest.raises(errors.PartlyPublished) as caught:
        await done(account.publish(post))
    emulator.hosted.add("https://cdn.example.com/1.jpg", failure="unreachable")
    made = len(emulator.containers)
    clock.advance(hours=30)
    published = await done(account.publish(post, progress=caught.value.progress))
    assert [one.id for one in emulator.wall] == [published.id, published.comment]
    assert (len(emulator.containers), publishes(emulator)) == (made, 1)


# ── a container that died ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("post", [ONE, SET, REEL], ids=["image", "carousel", "reel"])
async def test_one_that_expired_is_made_anew_at_once(
    account: Either, emulator: InstagramEmulator, clock: TestClock, post: Post
) -> None:
    """Instagram says that it was not published in its day: it is prepared anew at once, and appears once."""
    progress = Progress()
    body = json.dumps(NOT_READY).encode()
    emulator.faults.add(Fault(FaultKind.REFUSED, path=PUBLISH, status=400, body=body, times=3))
    with pytest.raises(errors.MediaNotReady):
        await done(account.publish(post, progress=progress))
    made = len(emulator.containers)
    clock.advance(hours=25)
    published = await done(account.publish(post, progress=progress))
    assert [one.id for one in emulator.wall] == [published.id]
    assert len(emulator.containers) == 2 * made


async def test_an_upload_that_broke_off_yesterday_begins_anew(
    account: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """A container too old to be filled is left alone: another is made, and filled from the beginning."""
    progress = Progress()
    emulator.interrupt_next_upload(after=30_000)
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path=r"/\d+$", times=50, status=503))
    with pytest.raises(errors.UnavailableError):
        await done(account.publish(REEL, progress=progress))
    emulator.faults.clear()
    clock.advance(hours=25)
    await done(account.publish(REEL, progress=progress))
    assert (len(emulator.containers), len(emulator.wall)) == (2, 1)


def test_one_that_failed_at_its_publish_is_made_anew() -> None:
    """Called finished, then failed: the next attempt does not meet the same dead container, but makes another."""
    script = Script(
        {"id": CONTAINER},
        status("FINISHED"),
        httpx.Response(400, json=NOT_READY),
        httpx.Response(400, json=NOT_READY),
        httpx.Response(400, json=NOT_READY),
        status("ERROR", "Error: Media upload has failed with error code 2207053"),
        {"id": "17990000000000002"},
        status("FINISHED"),
        {"id": MEDIA},
    )
    instagram, progress = script.account(), Progress()
    with pytest.raises(errors.MediaNotReady):
        instagram.publish(ONE, progress=progress)
    assert instagram.publish(ONE, progress=progress).id == MEDIA
    assert script.json(8) == {"creation_id": "17990000000000002"}


def test_one_that_is_at_work_again_is_waited_for() -> None:
    """A finished container that is in progress when it is looked at again may be going live: it is no failure."""
    clock = TestClock()
    script = Script(
        {"id": CONTAINER},
        status("FINISHED"),
        *[httpx.Response(400, json=NOT_READY) for _ in range(3)],
        status("IN_PROGRESS"),
        status("FINISHED"),
        {"id": MEDIA},
    )
    instagram, progress = script.account(clock), Progress()
    with pytest.raises(errors.MediaNotReady):
        instagram.publish(ONE, progress=progress)
    assert instagram.publish(ONE, progress=progress).id == MEDIA
    assert script.left == []


# ── a container that is not known any more ────────────────────────────────────────────────────────────────────────────


def test_one_that_was_never_published_is_made_anew() -> None:
    """Gone before it was ever finished, it cannot be live: the attempt says so, and the next one makes another."""
    script = Script(
        {"id": CONTAINER},
        *[httpx.Response(400, json=GONE) for _ in range(2)],
        {"id": "17990000000000002"},
        status("FINISHED"),
        {"id": MEDIA},
    )
    instagram, progress = script.account(), Progress()
    with pytest.raises(errors.NotFound, match="publish again"):
        instagram.publish(ONE, progress=progress)
    assert instagram.publish(ONE, progress=progress).id == MEDIA


def test_one_that_may_have_been_published_is_not_made_anew() -> None:
    """Gone after it was finished, it may be live: nothing is sent, and nothing is said to have failed."""
    script = Script(
        {"id": CONTAINER},
        status("FINISHED"),
        *[httpx.Response(400, json=NOT_READY) for _ in range(3)],
        *[httpx.Response(400, json=GONE) for _ in range(2)],
    )
    instagram, progress = script.account(), Progress()
    with pytest.raises(errors.MediaNotReady):
        instagram.publish(ONE, progress=progress)
    with pytest.raises(errors.OutcomeUnknown, match=r"knows container .* no more"):
        instagram.publish(ONE, progress=progress)
    assert script.left == []
