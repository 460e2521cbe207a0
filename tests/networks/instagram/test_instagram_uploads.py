"""Films from files: uploads that break midway, and publishes that go on where an earlier attempt stopped."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.networks.meta.either_face import done

from socialconnect import Outbox, Progress, errors
from socialconnect.media import Image, Video
from socialconnect.networks.instagram import AsyncInstagram, Instagram
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.samples import sample_video

pytestmark = pytest.mark.anyio

Either = Instagram | AsyncInstagram

SIZE = 40_000
FILM = Video(sample_video(size=SIZE))
REEL = Post("Once", media=[FILM])
UPLOAD = "/ig-api-upload/"
PUBLISH = "/media_publish$"


@pytest.fixture(params=["blocking", "async"])
async def reels(emulator: InstagramEmulator, clock: TestClock, request: pytest.FixtureRequest) -> AsyncIterator[Either]:
    """An account by Facebook Login, which alone uploads, by either face."""
    (account,) = emulator.accounts
    if request.param == "blocking":
        with emulator.client() as client:
            yield Instagram(user_id=account.id, token=account.token, http_client=client, clock=clock)
    else:
        async with emulator.async_client() as other:
            yield AsyncInstagram(user_id=account.id, token=account.token, http_client=other, clock=clock)


def uploads(emulator: InstagramEmulator) -> list[tuple[int, int]]:
    """Give each upload's first byte and length."""
    sent = [one for one in emulator.requests if UPLOAD in one.path]
    return [(int(one.headers["offset"]), int(one.headers["content-length"])) for one in sent]


@pytest.mark.parametrize(
    "post",
    [
        REEL,
        Post(media=[FILM], options=InstagramOptions(format="story")),
        Post("Set", media=[FILM, Image("https://cdn.example.com/1.jpg")]),
    ],
    ids=["reel", "story", "carousel"],
)
async def test_a_film_from_a_file(reels: Either, emulator: InstagramEmulator, post: Post) -> None:
    """Each kind that holds a film takes it from a file: one upload of all its bytes, under the older word."""
    published = await done(reels.publish(post))
    assert emulator.medium(published.id).id == published.id
    assert uploads(emulator) == [(0, SIZE)]
    (sent,) = [one for one in emulator.requests if UPLOAD in one.path]
    assert sent.headers["authorization"] == f"OAuth {emulator.accounts[0].token}"
    assert sent.headers["file_size"] == str(SIZE)


async def test_an_upload_that_breaks_goes_on_where_it_broke(reels: Either, emulator: InstagramEmulator) -> None:
    """What has arrived is asked for, and only the rest is sent."""
    emulator.interrupt_next_upload(after=30_000)
    await done(reels.publish(REEL))
    assert uploads(emulator) == [(0, SIZE), (30_000, SIZE - 30_000)]
    assert len(emulator.wall) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET])
async def test_an_upload_whose_answer_is_lost_is_not_sent_twice(
    reels: Either, emulator: InstagramEmulator, kind: FaultKind
) -> None:
    """All has arrived: that is found, and the film is not sent again."""
    emulator.faults.add(Fault(kind, method="POST", path=UPLOAD))
    await done(reels.publish(REEL))
    assert uploads(emulator) == [(0, SIZE)]
    assert len(emulator.wall) == 1


@pytest.mark.parametrize("kind", [FaultKind.ERROR_BEFORE, FaultKind.HTML, FaultKind.THROTTLED_BARE])
async def test_an_upload_host_that_is_down_is_tried_again(
    reels: Either, emulator: InstagramEmulator, clock: TestClock, kind: FaultKind
) -> None:
    """A failure before the effect is waited out shortly."""
    emulator.faults.add(Fault(kind, method="POST", path=UPLOAD, status=503, times=2))
    await done(reels.publish(REEL))
    assert uploads(emulator) == [(0, SIZE)] * 3
    assert len(emulator.wall) == 1
    assert clock.slept[:2] == [1.0, 4.0]


async def test_a_token_that_dies_during_the_upload(reels: Either, emulator: InstagramEmulator) -> None:
    """A token revoked midway ends it: the token is what is told, and not its text."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED, method="POST", path=UPLOAD))
    with pytest.raises(errors.AuthError) as caught:
        await done(reels.publish(REEL))
    assert emulator.accounts[0].token not in str(caught.value)
    assert emulator.wall == ()


async def test_the_next_attempt_goes_on_with_the_same_upload(reels: Either, emulator: InstagramEmulator) -> None:
    """An upload that broke for good is taken up again by the next attempt, in the same container."""
    progress = Progress()
    emulator.interrupt_next_upload(after=30_000)
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path=r"/\d+$", times=50, status=503))
    with pytest.raises(errors.UnavailableError):
        await done(reels.publish(REEL, progress=progress))
    emulator.faults.clear()
    await done(reels.publish(REEL, progress=Progress.from_json(progress.to_json())))
    assert uploads(emulator) == [(0, SIZE), (30_000, SIZE - 30_000)]
    assert (len(emulator.containers), len(emulator.wall)) == (1, 1)


async def test_a_film_still_processed_is_waited_for_by_the_next_attempt(
    reels: Either, emulator: InstagramEmulator
) -> None:
    """Processing that hangs ends the attempt; the next one goes on with the container, and uploads nothing again."""
    progress = Progress()
    emulator.hang_next_container()
    with pytest.raises(errors.MediaNotReady) as caught:
        await done(reels.publish(REEL, progress=progress))
    assert caught.value.retry_after is not None
    with pytest.raises(errors.MediaNotReady):
        await done(reels.publish(REEL, progress=progress))
    assert (uploads(emulator), len(emulator.containers)) == ([(0, SIZE)], 1)


async def test_a_container_that_failed_is_made_anew_by_the_next_attempt(
    reels: Either, emulator: InstagramEmulator
) -> None:
    """A failure is final for its attempt; the next one does not meet the same dead container for a day."""
    progress = Progress()
    emulator.fail_next_container(2207053)
    with pytest.raises(errors.UnavailableError):
        await done(reels.publish(REEL, progress=progress))
    await done(reels.publish(REEL, progress=progress))
    assert (len(emulator.containers), len(emulator.wall)) == (2, 1)


async def test_after_a_day_the_container_is_made_anew(
    reels: Either, emulator: InstagramEmulator, clock: TestClock
) -> None:
    """A container does not outlive its day: an attempt after it prepares the film anew."""
    progress = Progress()
    emulator.faults.add(Fault(FaultKind.REFUSED, path=PUBLISH, status=400, body=_NOT_READY, times=3))
    with pytest.raises(errors.MediaNotReady):
        await done(reels.publish(REEL, progress=progress))
    clock.advance(hours=24)
    await done(reels.publish(REEL, progress=progress))
    assert (len(emulator.containers), len(uploads(emulator)), len(emulator.wall)) == (2, 2, 1)


_NOT_READY = json.dumps(
    {"error": {"message": "Media ID is not available", "code": 9007, "error_subcode": 2207027}}
).encode()


async def test_a_publish_settled_as_nothing_looks_before_it_repeats(reels: Either, emulator: InstagramEmulator) -> None:
    """A person settled that nothing is live and was wrong: the container is asked first, and no second post appears."""
    progress = Progress()
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path=PUBLISH))
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path=r"/\d+$", after=2, times=50, status=503))
    with pytest.raises(errors.OutcomeUnknown):
        await done(reels.publish(REEL, progress=progress))
    emulator.faults.clear()
    progress.settle(None)
    published = await done(reels.publish(REEL, progress=progress))
    assert [one.id for one in emulator.wall] == [published.id]
    assert sum(one.path.endswith("/media_publish") for one in emulator.requests) == 1


async def test_a_comment_that_fails_leaves_the_post(reels: Either, emulator: InstagramEmulator) -> None:
    """The post is live and told; the next attempt comments below it, and posts nothing again."""
    post = REEL.with_changes(first_comment="More below")
    refused = json.dumps({"error": {"message": "(#10) not permitted", "code": 10}}).encode()
    emulator.faults.add(Fault(FaultKind.REFUSED, path="/comments$", status=400, body=refused))
    with pytest.raises(errors.PartlyPublished) as caught:
        await done(reels.publish(post))
    partly = caught.value
    assert isinstance(partly.cause, errors.PermissionDenied)
    assert partly.cause.missing == ("instagram_manage_comments",)
    published = await done(reels.publish(post, progress=partly.progress))
    assert [one.id for one in emulator.wall] == [partly.posts[0].id, published.comment]
    assert published.id == partly.posts[0].id


def test_an_outbox_goes_on_where_an_attempt_stopped(
    emulator: InstagramEmulator, clock: TestClock, tmp_path: Path
) -> None:
    """A planned reel whose upload broke for good is taken up by the next attempt, and appears once."""
    (account,) = emulator.accounts
    emulator.interrupt_next_upload(after=30_000)
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="GET", path=r"/\d+$", times=20, status=503))
    with emulator.client() as client, Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        network = Instagram(user_id=account.id, token=account.token, http_client=client, clock=clock, outbox=outbox)
        network.schedule(REEL, clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(minutes=30))
    assert (len(emulator.containers), len(emulator.wall)) == (1, 1)
    assert uploads(emulator)[-1] == (30_000, SIZE - 30_000)


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED])
def test_an_outbox_finds_a_publish_whose_answer_was_lost(
    emulator: InstagramEmulator, clock: TestClock, tmp_path: Path, kind: FaultKind
) -> None:
    """A planned reel whose publish broke is found by its container: published, once, with its id."""
    (account,) = emulator.accounts
    emulator.faults.add(Fault(kind, method="POST", path=PUBLISH))
    with emulator.client() as client, Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        network = Instagram(user_id=account.id, token=account.token, http_client=client, clock=clock, outbox=outbox)
        plan = network.schedule(REEL, clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(minutes=30))
        delivery = outbox.delivery(plan.id)
    assert delivery.state.value == "published"
    assert delivery.published is not None
    assert [one.id for one in emulator.wall] == [delivery.published.id]


async def test_a_preview_shows_the_upload(reels: Either, emulator: InstagramEmulator) -> None:
    """What would be sent of a film is its length, not its bytes, with the token masked; nothing is sent."""
    shown = await done(reels.preview(REEL))
    (upload,) = [one for one in shown if UPLOAD in one.url]
    assert (upload.content, upload.headers["Authorization"]) == (f"{SIZE} bytes", "OAuth ***")
    assert [one.visible for one in shown] == [False] * 4 + [True]
    assert emulator.requests == []


async def test_by_instagram_login_a_file_is_refused_before_anything_is_sent(
    emulator: InstagramEmulator, clock: TestClock
) -> None:
    """Uploads are documented for Facebook Login only: the problem says so, and nothing is sent."""
    (account,) = emulator.accounts
    with emulator.client() as client:
        network = Instagram(user_id=account.id, token=account.token, login="instagram", http_client=client, clock=clock)
        told = {one.rule: one for one in network.validate(REEL)}
        assert told["media_source"].severity == "error"
        assert "Facebook Login" in told["login"].message
        with pytest.raises(errors.ValidationError):
            network.publish(REEL)
    assert emulator.requests == []
