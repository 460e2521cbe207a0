"""Uploads against the emulator, on both faces: faults, and going on where one stopped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from pydantic import JsonValue, SecretStr
from tests.networks.meta.either_face import done
from tests.networks.twitter.films import (
    APPENDED,
    CREATED,
    MEDIA,
    PARTS,
    SEGMENT_BYTES,
    SIZE,
    SRT,
    VTT,
    film,
    gif,
    media,
)

from socialconnect import Outbox
from socialconnect.auth.tokens import Token
from socialconnect.errors import (
    PermissionDenied,
    SocialConnectError,
    UnavailableError,
)
from socialconnect.journal import Progress
from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.networks.twitter.limits import SEGMENTS_AT_ONCE
from socialconnect.post import Post
from socialconnect.testing import TestClock, sample_video
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

pytestmark = pytest.mark.usefixtures("short_parts")


# ── both faces, against the emulator ──────────────────────────────────────────────────────────────────────────────

Publish = Callable[..., Awaitable[object]]


@pytest.fixture(params=["blocking", pytest.param("async", marks=pytest.mark.anyio)])
def either(
    request: pytest.FixtureRequest, emulator: TwitterEmulator, clock: TestClock
) -> Iterator[Twitter | AsyncTwitter]:
    """An account on the emulator, by either face."""
    retry = RetryPolicy(attempts=1)
    if request.param == "blocking":
        with Twitter(
            token="USER_TOKEN", user_id="2244994945", clock=clock, retry=retry, http_client=emulator.client()
        ) as network:
            yield network
    else:
        yield AsyncTwitter(
            token="USER_TOKEN", user_id="2244994945", clock=clock, retry=retry, http_client=emulator.async_client()
        )


def appended(emulator: TwitterEmulator) -> int:
    """Give how many parts were sent."""
    return sum(1 for one in emulator.requests if one.path.endswith("/append"))


@pytest.mark.anyio
async def test_a_film_and_a_gif(either: Twitter | AsyncTwitter, emulator: TwitterEmulator) -> None:
    """A film and a described GIF are uploaded in parts and posted."""
    await done(either.publish(Post("Film", media=[film(SIZE)])))
    await done(either.publish(Post("GIF", media=[Image(gif(), alt="It moves")])))
    assert [(one.text, one.media) for one in emulator.wall] == [("Film", 1), ("GIF", 1)]
    assert appended(emulator) == PARTS + 1


@pytest.mark.anyio
@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.LOST_ANSWER,
        FaultKind.RESET,
        FaultKind.ERROR_BEFORE,
        FaultKind.ERROR_AFTER,
        FaultKind.THROTTLED,
        FaultKind.TRUNCATED,
    ],
)
async def test_going_on_after_a_failed_part(
    either: Twitter | AsyncTwitter, emulator: TwitterEmulator, clock: TestClock, kind: FaultKind
) -> None:
    """Whatever stops a part, the next try sends what is missing only, into the same upload, and one post appears."""
    emulator.faults.add(Fault(kind, path="/append$", after=2, status=503))
    post, progress = Post("Film", media=[film(6 * SEGMENT_BYTES)]), Progress()
    with suppress(SocialConnectError):
        await done(either.publish(post, progress=progress))
    first = appended(emulator)
    assert emulator.wall == () or kind is FaultKind.TRUNCATED  # nobody reads the answer to a part
    if kind is FaultKind.THROTTLED:
        clock.advance(minutes=15)
    progress = Progress.from_json(progress.to_json())
    await done(either.publish(post, progress=progress))
    assert len(emulator.wall) == 1
    assert sum(1 for one in emulator.requests if one.path.endswith("/initialize")) == 1
    assert appended(emulator) in (first, 7)  # six parts, one of them twice


def test_a_token_that_dies_midway(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """A token that is withdrawn between two parts costs one part: with a new one the rest is sent."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED, path="/append$", after=2))
    post, progress = Post("Film", media=[film(4 * SEGMENT_BYTES)]), Progress()
    with pytest.raises(SocialConnectError):
        twitter.publish(post, progress=progress)
    sent = appended(emulator)
    assert sent == 3


def test_an_outbox_goes_on_with_an_upload(tmp_path: Path, emulator: TwitterEmulator, clock: TestClock) -> None:
    """A delivery that failed between two parts is carried out later, without sending those again."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="/append$", after=2, status=503))
    with (
        Outbox(tmp_path / "outbox.db", clock=clock) as outbox,
        Twitter(
            token="USER_TOKEN",
            user_id="2244994945",
            clock=clock,
            retry=RetryPolicy(attempts=1),
            http_client=emulator.client(),
            outbox=outbox,
        ) as network,
    ):
        network.schedule(Post("Film", media=[film(4 * SEGMENT_BYTES)]), clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(hours=2))
    assert [one.text for one in emulator.wall] == ["Film"]
    assert appended(emulator) == 5


def test_an_old_upload_is_made_anew(twitter: Twitter, emulator: TwitterEmulator, clock: TestClock) -> None:
    """What Twitter no longer keeps is uploaded again, in an upload of its own."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="POST", path="^/2/tweets$", status=403))
    post, progress = Post("Film", media=[film(SIZE)]), Progress()
    with suppress(SocialConnectError):
        twitter.publish(post, progress=progress)
    clock.advance(hours=24)
    if progress.unclear:
        progress.settle(None)
    twitter.publish(post, progress=progress)
    assert appended(emulator) == 2 * PARTS
    assert len(emulator.wall) == 1


@pytest.mark.parametrize(
    ("content", "kind"), [(VTT, b"text/vtt"), (SRT, b"text/srt"), (b"\xef\xbb\xbf" + VTT, b"text/vtt")]
)
def test_subtitles(script: Script, scripted: Twitter, content: bytes, kind: bytes) -> None:
    """Subtitles are uploaded by what they are, and added to the film once it is ready, before the post."""
    added: JsonValue = {"data": {"id": MEDIA}}
    for body in (media(), APPENDED, media(), media("77"), added):
        script.add(200, body)
    script.add(201, CREATED)
    video = Video(
        sample_video(5, width=1280, height=720), subtitles=[Subtitles(content, language="pt-BR", name="Português")]
    )
    scripted.publish(Post("Look", media=[video]))
    uploaded = script.requests[3]
    assert uploaded.url.path == "/2/media/upload"
    assert b'name="media_category"\r\n\r\nsubtitles\r\n' in uploaded.content
    assert b"Content-Type: " + kind + b"\r\n\r\n" + content in uploaded.content
    assert script.requests[4].url.path == "/2/media/subtitles"
    assert script.sent(4) == {
        "id": MEDIA,
        "media_category": "TweetVideo",
        "subtitles": {"id": "77", "language_code": "PT", "display_name": "Português"},
    }


def test_a_server_that_stays_down(twitter: Twitter, emulator: TwitterEmulator) -> None:
    """A part that never gets through ends in an error that says that nothing was posted."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="/append$", times=99, status=503))
    with pytest.raises(UnavailableError):
        twitter.publish(Post("Film", media=[film()]))
    assert emulator.wall == ()


@pytest.mark.parametrize("lacks", ["media.write", "tweet.write"])
def test_a_token_without_the_scope_is_told_before(script: Script, clock: TestClock, lacks: str) -> None:
    """Twitter would say "Forbidden" alone: a token known to lack a scope is told so, and nothing is uploaded."""
    scopes = frozenset({"tweet.read", "tweet.write", "users.read", "media.write"}) - {lacks}
    token = Token(access_token=SecretStr("T"), scopes=scopes)
    network = Twitter(token=token, user_id="1", clock=clock, http_client=script.client())
    with network, pytest.raises(PermissionDenied) as caught:
        network.publish(Post("Film", media=[film()]))
    assert caught.value.missing == (lacks,)
    assert script.requests == []


def test_a_lost_answer_within_a_thread_is_found_by_the_outbox(
    tmp_path: Path, emulator: TwitterEmulator, clock: TestClock
) -> None:
    """The outbox finds the post whose answer was lost among the account's own, and the thread goes on below it."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="^/2/tweets$", after=1))
    with (
        Outbox(tmp_path / "outbox.db", clock=clock) as outbox,
        Twitter(
            token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=emulator.client(), outbox=outbox
        ) as network,
    ):
        network.schedule(Post("One", thread=["Two at example.com", "Three"]), clock.now() + timedelta(minutes=1))
        outbox.run(until=clock.now() + timedelta(hours=3))
    assert [one.text for one in emulator.wall] == ["One", "Two at example.com", "Three"]
    assert emulator.wall[2].parent == emulator.wall[1].id


@pytest.mark.anyio
async def test_parts_go_at_once_and_not_too_many(clock: TestClock) -> None:
    """On the async face several parts are on their way together, and never more than are to be in memory."""
    under_way = most = 0

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        if not request.url.path.endswith("/append"):
            return httpx.Response(200, json=CREATED if request.url.path == "/2/tweets" else media())
        under_way += 1
        most = max(most, under_way)
        for _ in range(300):  # long enough for the others to be read from the disk
            await anyio.lowlevel.checkpoint()
        under_way -= 1
        return httpx.Response(200, json=APPENDED)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    async with client, AsyncTwitter(token="T", user_id="1", clock=clock, http_client=client) as network:
        await network.publish(Post("Film", media=[film(10 * SEGMENT_BYTES)]))
    assert 1 < most <= SEGMENTS_AT_ONCE
