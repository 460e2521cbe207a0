"""Films, GIFs and subtitles on the wire and against the emulator: parts, faults, and going on where it stopped."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from PIL import Image as Picture
from pydantic import JsonValue, SecretStr
from tests.networks.meta.either_face import done
from tests.networks.twitter.refusals import E1, invalid, plain

from socialconnect import Outbox
from socialconnect.auth.tokens import Token
from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    PermissionDenied,
    SocialConnectError,
    TokenExpired,
    UnavailableError,
)
from socialconnect.journal import Progress
from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.twitter import AsyncTwitter, Twitter
from socialconnect.networks.twitter.chunked import segments_of
from socialconnect.networks.twitter.limits import MOST_SEGMENTS, SEGMENTS_AT_ONCE
from socialconnect.post import Post
from socialconnect.testing import TestClock, sample_video
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.retry import RetryPolicy

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

ID = "1993000000000000101"
MEDIA = "1993000000000000001"
CREATED: JsonValue = {"data": {"id": ID, "text": "Look", "edit_history_tweet_ids": [ID]}}
APPENDED: JsonValue = {"data": {"expires_at": 1795597200}}
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nHello\n"
SEGMENT_BYTES = 64 * 1024
PARTS = 3
SIZE = 2 * SEGMENT_BYTES + 1000


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut files into short parts: what is tested is their order, and the emulator reads every byte."""
    monkeypatch.setattr("socialconnect.networks.twitter.chunked.SEGMENT_BYTES", SEGMENT_BYTES)


def media(media_id: str = MEDIA, **more: JsonValue) -> JsonValue:
    """Give the answer of initialize, finalize and status."""
    return {"data": {"id": media_id, "media_key": f"7_{media_id}", "expires_after_secs": 86400, **more}}


def film(size: int | None = None) -> Video:
    """Give a short film within the limits."""
    return Video(sample_video(5, width=1280, height=720, size=size))


def gif(frames: int = 2, width: int = 40, height: int = 30) -> bytes:
    """Give a GIF that moves."""
    pictures = [Picture.new("P", (width, height), index % 250) for index in range(frames)]
    for index, one in enumerate(pictures):
        one.putpixel((index % width, index // width), 251)  # no two alike, or they would become one frame
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


def paths(requests: list[httpx.Request]) -> list[str]:
    """Give what was asked for."""
    return [f"{one.method} {one.url.path.removeprefix('/2/media/upload')}" for one in requests]


# ── on the wire ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_calls_of_a_film(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """R3: initialize, one append for each part, finalize, status until it is done, and then the post."""
    script.add(200, media())
    for _ in range(PARTS):
        script.add(200, APPENDED)
    script.add(200, media(processing_info={"state": "pending", "check_after_secs": 5}))
    script.add(200, media(processing_info={"state": "succeeded", "progress_percent": 100}))
    script.add(201, CREATED)
    video = film(SIZE)
    post = scripted.publish(Post("Look", media=[video]))
    assert paths(script.requests) == [
        "POST /initialize",
        *[f"POST /{MEDIA}/append"] * PARTS,
        f"POST /{MEDIA}/finalize",
        "GET ",
        "POST /2/tweets",
    ]
    assert script.sent(0) == {"media_type": "video/mp4", "total_bytes": SIZE, "media_category": "tweet_video"}
    assert script.requests[4].content == b""
    assert script.requests[4].headers["content-length"] == "0"
    assert dict(script.requests[5].url.params) == {"command": "STATUS", "media_id": MEDIA}
    assert clock.slept == [5]
    assert script.sent() == {"text": "Look", "media": {"media_ids": [MEDIA]}}
    assert post.data == {"media_ids": [MEDIA]}


def test_a_part_is_a_form_with_two_fields(script: Script, scripted: Twitter) -> None:
    """Each part is the index as text and the raw bytes as a file, nothing else, and together they are the file."""
    script.add(200, media())
    script.add(204)
    script.add(204)
    script.add(204)
    script.add(200, media())
    script.add(201, CREATED)
    video = film(SIZE)
    scripted.publish(Post("Look", media=[video]))
    whole = b""
    for index, request in enumerate(script.requests[1:4]):
        assert request.content.count(b"Content-Disposition") == 2
        assert f'name="segment_index"\r\n\r\n{index}\r\n'.encode() in request.content
        start = b'name="media"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\n'
        whole += request.content.split(start)[1].rpartition(b"\r\n--")[0]
    assert whole == video.read()


def test_a_finalize_without_processing_is_ready(script: Script, scripted: Twitter) -> None:
    """An upload whose answer tells of no processing is never asked for: Twitter would know no state of it."""
    for body in (media(), APPENDED, media()):
        script.add(200, body)
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film()]))
    assert "GET " not in paths(script.requests)


@pytest.mark.parametrize("state", ["uploading", "in_progress", "something new", ""])
def test_any_other_state_is_waited_for(script: Script, scripted: Twitter, clock: TestClock, state: str) -> None:
    """What is neither done nor failed is looked at again, less and less often where Twitter names no time."""
    script.add(200, media())
    script.add(200, APPENDED)
    for _ in range(4):
        script.add(200, media(processing_info={"state": state, "check_after_secs": 0}))
    script.add(200, media())
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film()]))
    assert clock.slept == [1, 2, 4, 8]


def test_a_failed_film(script: Script, scripted: Twitter) -> None:
    """A film that Twitter cannot process is told with Twitter's reason, and nothing is posted."""
    script.add(200, media())
    script.add(200, APPENDED)
    error: JsonValue = {"code": 3, "name": "UnsupportedMedia", "message": "Duration too long"}
    script.add(200, media(processing_info={"state": "failed", "error": error}))
    with pytest.raises(MediaRejected, match="Duration too long") as caught:
        scripted.publish(Post("Look", media=[film()]))
    assert "H.264" in (caught.value.hint or "")
    assert "POST /2/tweets" not in paths(script.requests)


def test_processing_without_end_can_be_gone_on_with(script: Script, scripted: Twitter) -> None:
    """After the longest wait nothing is posted; the next try with the same progress only looks again."""
    script.add(200, media())
    script.add(200, APPENDED)
    script.add(200, media(processing_info={"state": "pending", "check_after_secs": 600}))
    progress = Progress()
    post = Post("Look", media=[film()])
    with pytest.raises(MediaNotReady) as caught:
        scripted.publish(post, progress=progress)
    assert caught.value.retry_after == 60.0
    sent = len(script.requests)
    script.answers = [*script.answers[:sent], *[script.answers[-1]] * (sent - len(script.answers))]
    script.add(200, media(processing_info={"state": "succeeded"}))
    script.add(201, CREATED)
    assert scripted.publish(post, progress=Progress.from_json(progress.to_json())).id == ID
    assert paths(script.requests)[sent:] == ["GET ", "POST /2/tweets"]


def test_a_part_that_is_not_taken_as_a_form_goes_as_json(script: Script, scripted: Twitter) -> None:
    """E17: where Twitter takes no form, the same part and all after it go as JSON."""
    script.add(200, media())
    script.add(400, invalid("Requests with bodies must have content-type of application/json."))
    for _ in range(PARTS):
        script.add(200, APPENDED)
    script.add(200, media())
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film(SIZE)]))
    bodies = [json.loads(one.content) for one in script.requests[2:5]]
    assert [(one["segment_index"], sorted(one)) for one in bodies] == [
        (index, ["media", "segment_index"]) for index in range(PARTS)
    ]


@pytest.mark.parametrize(
    ("step", "status", "body", "error"),
    [
        (0, 403, plain(403, "Forbidden", "Forbidden"), PermissionDenied),
        (1, 400, invalid("Segments do not match total_bytes"), MediaRejected),
        (1, 413, "", MediaRejected),
        (2, 400, invalid("Segments do not match total_bytes"), MediaRejected),
        (1, 401, E1, TokenExpired),
    ],
)
def test_a_refused_step(
    script: Script, scripted: Twitter, step: int, status: int, body: JsonValue, error: type[SocialConnectError]
) -> None:
    """A refusal at any step is the error that it means, and nothing is posted."""
    for good in (media(), APPENDED)[:step]:
        script.add(200, good)
    script.add(status, body)
    with pytest.raises(error):
        scripted.publish(Post("Look", media=[film()]))
    assert len(script.requests) == step + 1


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("size", "count", "last"),
    [
        (1, 1, 1),
        (SEGMENT_BYTES, 1, SEGMENT_BYTES),
        (SEGMENT_BYTES + 1, 2, 1),
        (MOST_SEGMENTS * SEGMENT_BYTES, MOST_SEGMENTS, SEGMENT_BYTES),
        (MOST_SEGMENTS * SEGMENT_BYTES + 1, None, None),
        (16 * 1024**3, None, None),
    ],
)
def test_parts(size: int, count: int | None, last: int | None) -> None:
    """A file is cut into parts of one length, and never into more than their index can count."""
    parts = segments_of(size)
    assert len(parts) <= MOST_SEGMENTS
    assert [one.index for one in parts] == list(range(len(parts)))
    assert sum(one.length for one in parts) == size
    assert all(one.start == before.start + before.length for before, one in pairwise(parts))
    if count is not None:
        assert (len(parts), parts[-1].length) == (count, last)


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
