"""Videos on LinkedIn: the parts that it asks for, each once, through faults, restarts and addresses that end."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue
from tests.networks.linkedin.either import FACES, Either, face
from tests.networks.meta.either_face import done

from socialconnect import errors
from socialconnect.blocking import run
from socialconnect.journal import NoJournal, Progress
from socialconnect.media import Image, Subtitles, Video
from socialconnect.networks.linkedin import LinkedIn
from socialconnect.networks.linkedin.upload_wire import VideoPart, VideoSession
from socialconnect.networks.linkedin.uploads import _check_parts
from socialconnect.outbox import Outbox
from socialconnect.post import Post
from socialconnect.testing import sample_image, sample_video
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.samples import write_sample_video

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest
    from tests.networks.linkedin.conftest import Answer, Script

pytestmark = pytest.mark.anyio

PART = 4_194_304
SRT = b"1\n00:00:00,000 --> 00:00:01,500\nRain or shine.\n"
VIDEO = "urn:li:video:D4E10"
INITIALIZE = "POST /rest/videos"
STATUS = "GET /rest/videos/urn%3Ali%3Avideo%3AD4E10"
URN = "urn:li:ugcPost:7266012345678901252"


@pytest.fixture(scope="module")
def film() -> Video:
    """A video of two whole parts and a short one."""
    return Video(sample_video(10, size=2 * PART + 1000), title="Spring")


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture(params=FACES)
async def network(emulator: LinkedInEmulator, request: SubRequest) -> AsyncIterator[Either]:
    async with face(emulator, str(request.param)) as network:
        yield network


def _kinds(emulator: LinkedInEmulator) -> list[str]:
    return [f"{one.method} {one.raw_path.rpartition('/')[2]}" for one in emulator.requests]


# ── to the letter, over a script ──────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def session(script: Script, answer: type[Answer], created: Callable[[str], Answer]) -> Script:
    """A script that takes a video of three parts, with everything that belongs to it."""
    base = "https://www.linkedin.com/dms-uploads/D4E10"
    parts: JsonValue = [
        {"uploadUrl": f"{base}/{at}", "firstByte": at * PART, "lastByte": (at + 1) * PART - 1} for at in range(3)
    ]
    value: JsonValue = {
        "uploadUrlsExpireAt": 1800000000000,
        "video": VIDEO,
        "uploadInstructions": parts,
        "uploadToken": "told",
        "captionsUploadUrl": f"{base}/captions",
        "thumbnailUploadUrl": f"{base}/thumbnail",
    }
    script.on(INITIALIZE, answer(200, {"value": value}), answer(200))
    for at in range(3):
        script.on(f"PUT /dms-uploads/D4E10/{at}", answer(200, headers={"etag": f'"tag-{at}"'}))
    script.on("PUT /dms-uploads/D4E10/thumbnail", answer(201))
    script.on("POST /dms-uploads/D4E10/captions", answer(201))
    script.on(STATUS, answer(200, {"id": VIDEO, "status": "AVAILABLE"}))
    script.on("POST /rest/posts", created(URN))
    return script


def test_a_video_goes_out_as_linkedin_wants_it(linkedin: LinkedIn, session: Script, film: Video) -> None:
    """Size first, each part whole at its own address without the token, the tags in order without quotes."""
    published = linkedin.publish(Post("Look", media=[film]))
    first, last = session.sent(INITIALIZE)
    assert json.loads(first.content) == {
        "initializeUploadRequest": {
            "owner": "urn:li:organization:5515715",
            "fileSizeBytes": 2 * PART + 1000,
            "uploadCaptions": False,
            "uploadThumbnail": False,
        }
    }
    assert (first.url.query, last.url.query) == (b"action=initializeUpload", b"action=finalizeUpload")
    parts = [one for one in session.requests if one.method == "PUT"]
    assert b"".join(one.content for one in parts) == film.read()
    assert [len(one.content) for one in parts] == [PART, PART, 1000]
    assert [one.headers["content-length"] for one in parts] == [str(PART), str(PART), "1000"]
    assert {one.headers["content-type"] for one in parts} == {"application/octet-stream"}
    assert not any("authorization" in one.headers for one in parts)
    assert json.loads(last.content) == {
        "finalizeUploadRequest": {"video": VIDEO, "uploadToken": "told", "uploadedPartIds": ["tag-0", "tag-1", "tag-2"]}
    }
    body = session.body("POST /rest/posts")
    assert isinstance(body, dict)
    assert body["content"] == {"media": {"id": VIDEO, "title": "Spring"}}
    assert (published.id, published.data) == (URN, {"media": [VIDEO]})


def test_thumbnail_and_subtitles_go_to_their_own_addresses(linkedin: LinkedIn, session: Script, film: Video) -> None:
    """Both are announced first, sent before the end of the upload, and the subtitles say their language."""
    subtitles = Subtitles(SRT, language="pt-BR")
    whole = Video(film.read(), thumbnail=Image(sample_image(8, 8)), subtitles=[subtitles])
    linkedin.publish(Post("Look", media=[whole]))
    begin = json.loads(session.sent(INITIALIZE)[0].content)["initializeUploadRequest"]
    assert (begin["uploadCaptions"], begin["uploadThumbnail"]) == (True, True)
    (thumbnail,) = session.sent("PUT /dms-uploads/D4E10/thumbnail")
    assert thumbnail.headers["media-type-family"] == "STILLIMAGE"
    assert thumbnail.content == sample_image(8, 8)
    (captions,) = session.sent("POST /dms-uploads/D4E10/captions")
    assert SRT in captions.content
    assert b'"format": "SRT"' in captions.content
    assert b'"locale": {"language": "PT", "country": "BR"}' in captions.content
    order = session.order
    assert order.index("POST /dms-uploads/D4E10/captions") < len(order) - 1 - order[::-1].index(INITIALIZE)


@pytest.mark.parametrize(
    "parts",
    [[(0, PART - 1)], [(0, PART - 1), (PART + 1, 3 * PART)], [(PART, 3 * PART), (0, 9)], [], [(0, 2**40), (5, 9)]],
    ids=["too few", "a gap", "not in order", "none", "twice"],
)  # fmt: skip
def test_parts_that_are_not_the_file_are_refused(
    linkedin: LinkedIn, script: Script, answer: type[Answer], film: Video, parts: list[tuple[int, int]]
) -> None:
    """What LinkedIn would put together wrongly is not sent."""
    told: JsonValue = [
        {"uploadUrl": "https://www.linkedin.com/u", "firstByte": first, "lastByte": last} for first, last in parts
    ]
    script.on(INITIALIZE, answer(200, {"value": {"video": VIDEO, "uploadInstructions": told}}))
    with pytest.raises(errors.ProtocolError):
        linkedin.publish(Post("Look", media=[film]))
    assert script.order == [INITIALIZE]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(0, 49))
def test_parts_of_any_length_are_taken_if_they_are_the_file(lengths: list[int], beyond: int) -> None:
    """Only the last part may reach beyond the end of the file."""
    ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
    starts = [0, *ends[:-1]]
    parts = tuple(VideoPart(uploadUrl="u", firstByte=a, lastByte=b - 1) for a, b in zip(starts, ends, strict=True))
    size = max(starts[-1] + 1, ends[-1] - beyond)
    _check_parts(VideoSession(video=VIDEO, uploadInstructions=parts), size)
    with pytest.raises(errors.ProtocolError):
        _check_parts(VideoSession(video=VIDEO, uploadInstructions=parts), ends[-1] + 1)


def test_a_part_without_its_tag_is_not_taken_for_done(
    linkedin: LinkedIn, script: Script, answer: type[Answer], session: Script, film: Video
) -> None:
    """Without the tag the upload cannot be ended: it is said, and nothing is posted."""
    session._answers["PUT /dms-uploads/D4E10/1"] = [answer(200)]
    with pytest.raises(errors.ProtocolError, match="ETag"):
        linkedin.publish(Post("Look", media=[film]))
    assert not session.sent("POST /rest/posts")


@pytest.mark.parametrize("url", ["https://evil.example/0", "http://www.linkedin.com/0"])
def test_a_part_goes_to_no_foreign_address(
    linkedin: LinkedIn, script: Script, answer: type[Answer], film: Video, url: str
) -> None:
    """The film goes to LinkedIn alone, with the token or without."""
    told: JsonValue = [{"uploadUrl": url, "firstByte": 0, "lastByte": 2**30}]
    script.on(INITIALIZE, answer(200, {"value": {"video": VIDEO, "uploadInstructions": told}}))
    with pytest.raises(errors.ProtocolError):
        linkedin.publish(Post("Look", media=[film]))
    assert script.order == [INITIALIZE]


def test_subtitles_go_to_no_foreign_address(
    linkedin: LinkedIn, session: Script, film: Video, answer: type[Answer]
) -> None:
    """They carry the token: an address elsewhere gets nothing."""
    told = json.loads(json.dumps(session._answers[INITIALIZE][0].body))
    told["value"]["captionsUploadUrl"] = "https://evil.example/captions"
    session._answers[INITIALIZE][0] = answer(200, told)
    with pytest.raises(errors.ProtocolError, match=r"evil\.example"):
        linkedin.publish(Post("Look", media=[Video(film.read(), subtitles=[Subtitles(SRT)])]))
    assert not session.sent("POST /captions")


def test_steps_of_a_video_live_as_long_as_its_addresses(linkedin: LinkedIn, session: Script, film: Video) -> None:
    """What the journal keeps of an upload is not relied on for ever."""
    seen: dict[str, timedelta | None] = {}

    class Watching(NoJournal):
        async def step(
            self, name: str, act: Callable[[], Awaitable[JsonValue]], *, lives: timedelta | None = None
        ) -> JsonValue:
            seen[name] = lives
            return await act()

    run(linkedin.operations.publish(Post("Look", media=[film]), Watching()))
    parts = [f"part {VIDEO} {first}-{last}" for first, last in ((0, PART - 1), (PART, 2 * PART - 1))]
    parts.append(f"part {VIDEO} {2 * PART}-{2 * PART + 999}")
    assert list(seen) == ["upload[0]", *parts, f"finalize {VIDEO}", f"ready {VIDEO}"]
    assert {seen[name] for name in ("upload[0]", *parts, f"finalize {VIDEO}")} == {timedelta(days=25)}


def test_a_failure_of_processing_tells_linkedins_reason(
    linkedin: LinkedIn, session: Script, answer: type[Answer], film: Video
) -> None:
    """The reason stands in the error, and nothing is posted."""
    failed: JsonValue = {"id": VIDEO, "status": "PROCESSING_FAILED", "processingFailureReason": "codec"}
    session._answers[STATUS] = [answer(200, failed)]
    with pytest.raises(errors.MediaRejected, match="codec"):
        linkedin.publish(Post("Look", media=[film]))
    assert not session.sent("POST /rest/posts")


def test_a_long_video_is_never_in_memory(linkedin: LinkedIn, script: Script, answer: type[Answer], tmp_path: Path,
                                         created: Callable[[str], Answer], clock: TestClock) -> None:  # fmt: skip
    """A file of a gigabyte goes out in pieces: what is held at once is a few megabytes."""
    size = 1_000_000_000
    path = write_sample_video(tmp_path / "long.mp4", 60, size=size)
    count = -(-size // PART)
    value: JsonValue = {
        "video": VIDEO,
        "uploadInstructions": [
            {"uploadUrl": f"https://www.linkedin.com/u/{at}", "firstByte": at * PART, "lastByte": (at + 1) * PART - 1}
            for at in range(count)
        ],
    }
    sent = 0

    def reply(request: httpx.Request) -> httpx.Response:
        nonlocal sent
        if request.method == "PUT":
            sent += sum(map(len, request.stream))  # type: ignore[arg-type]  # a blocking client's stream
            return httpx.Response(200, headers={"etag": "t"})
        if request.method == "GET":
            return httpx.Response(200, json={"status": "AVAILABLE"})
        if request.url.path == "/rest/posts":
            return created(URN).response()
        return httpx.Response(200, json={"value": value})

    class Sink(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return reply(request)

    with httpx.Client(transport=Sink()) as client:
        network = LinkedIn(author="urn:li:organization:1", token="AQX-secret", http_client=client, clock=clock)
        tracemalloc.start()
        network.publish(Post("Look", media=[Video(path)]))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sent == size
    assert peak < 24_000_000


# ── against the emulator ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_video_is_posted_once_it_is_ready(network: Either, emulator: LinkedInEmulator, film: Video) -> None:
    """It is waited for by the clock, and appears with its text."""
    emulator.settings.video_seconds = 60
    published = await done(network.publish(Post("Look", media=[film])))
    (live,) = emulator.wall
    assert (live.id, live.media, live.text) == (published.id, 1, "Look")


async def test_a_preview_shows_each_part(network: Either, emulator: LinkedInEmulator, film: Video) -> None:
    """Every request of a video is shown with its length, and nothing is sent."""
    shown = await done(network.preview(Post("Look", media=[film])))
    assert [one.method for one in shown] == ["POST", "PUT", "PUT", "PUT", "POST", "GET", "POST"]
    assert [one.content for one in shown if one.method == "PUT"] == [f"{PART} bytes", f"{PART} bytes", "1000 bytes"]
    assert [one.visible for one in shown].count(True) == 1
    assert emulator.requests == []


async def test_a_video_that_is_never_ready_posts_nothing_and_is_not_sent_again(
    network: Either, emulator: LinkedInEmulator, clock: TestClock, film: Video
) -> None:
    """The caller is told to come back, and then the same upload is posted."""
    emulator.settings.video_seconds = 1000
    progress = Progress()
    with pytest.raises(errors.MediaNotReady) as caught:
        await done(network.publish(Post("Look", media=[film]), progress=progress))
    assert caught.value.retry_after == 120
    clock.advance(seconds=1000)
    before = len(emulator.requests)
    await done(network.publish(Post("Look", media=[film]), progress=progress))
    assert [one.method for one in emulator.requests[before:]] == ["GET", "POST"]
    assert len(emulator.wall) == 1


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_BEFORE, FaultKind.THROTTLED])
@pytest.mark.parametrize("path", ["uploadedVideo/1", "/rest/videos"])
async def test_a_fault_in_the_middle_is_got_over(
    network: Either, emulator: LinkedInEmulator, film: Video, kind: FaultKind, path: str
) -> None:
    """Nobody sees an upload: what failed is sent again, and the video is live once."""
    emulator.faults.add(Fault(kind, path=path, status=503, after=1 if path == "/rest/videos" else 0))
    await done(network.publish(Post("Look", media=[film])))
    assert len(emulator.wall) == 1


async def test_a_restart_goes_on_from_the_last_part(network: Either, emulator: LinkedInEmulator, film: Video) -> None:
    """After an outage in the second part, the first one is not sent again; the record survives as text."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="uploadedVideo/1", status=503, times=10))
    progress = Progress()
    with pytest.raises(errors.UnavailableError):
        await done(network.publish(Post("Look", media=[film]), progress=progress))
    emulator.faults.clear()
    before = len(emulator.requests)
    await done(network.publish(Post("Look", media=[film]), progress=Progress.from_json(progress.to_json())))
    assert _kinds(emulator)[before : before + 3] == ["PUT 1", "PUT 2", "POST videos"]
    assert len(emulator.wall) == 1


async def test_a_token_that_dies_midway_is_told_and_the_parts_stay(
    network: Either, emulator: LinkedInEmulator, film: Video
) -> None:
    """Parts need no token: the end of the upload is refused, and nothing is posted."""
    emulator.faults.add(Fault(FaultKind.TOKEN_REVOKED, path="/rest/videos", after=1))
    progress = Progress()
    with pytest.raises(errors.TokenRevoked):
        await done(network.publish(Post("Look", media=[film]), progress=progress))
    assert emulator.wall == ()
    assert progress.live == ()


async def test_addresses_that_ended_begin_the_upload_anew(
    network: Either, emulator: LinkedInEmulator, clock: TestClock, film: Video
) -> None:
    """After the addresses' end the file is begun anew, by the time that LinkedIn named or by its refusal."""
    emulator.settings.video_upload_life = 3600
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="uploadedVideo/2", status=503, times=10))
    progress = Progress()
    with pytest.raises(errors.UnavailableError):
        await done(network.publish(Post("Look", media=[film]), progress=progress))
    emulator.faults.clear()
    clock.advance(hours=2)
    before = len(emulator.requests)
    await done(network.publish(Post("Look", media=[film]), progress=progress))
    assert _kinds(emulator)[before : before + 4] == ["POST videos", "PUT 0", "PUT 1", "PUT 2"]
    assert len(emulator.wall) == 1


async def test_a_refused_address_begins_the_upload_anew_once(
    network: Either, emulator: LinkedInEmulator, film: Video
) -> None:
    """`EXPIRED_UPLOAD_URL` costs one new upload; a second refusal is told."""
    body = b'{"status":400,"code":"EXPIRED_UPLOAD_URL","message":"The Video upload Url is expired"}'
    emulator.faults.add(Fault(FaultKind.REFUSED, path="uploadedVideo/1", status=400, body=body))
    await done(network.publish(Post("Look", media=[film])))
    assert _kinds(emulator)[:6] == ["POST videos", "PUT 0", "PUT 1", "POST videos", "PUT 0", "PUT 1"]
    assert len(emulator.wall) == 1
    emulator.faults.add(Fault(FaultKind.REFUSED, path="uploadedVideo/1", status=400, body=body, times=2))
    with pytest.raises(errors.MediaNotReady):
        await done(network.publish(Post("Again", media=[film])))
    assert len(emulator.wall) == 1


def test_an_outbox_goes_on_with_the_upload(
    emulator: LinkedInEmulator, clock: TestClock, film: Video, tmp_path: Path
) -> None:
    """In the outbox's journal the parts are on disk: after an outage it sends what is left, and posts once."""
    account = emulator.accounts[0]
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, path="uploadedVideo/2", status=503, times=4))
    path = tmp_path / "film.mp4"
    path.write_bytes(film.read())
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox, emulator.client() as client:
        network = LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock, outbox=outbox)
        network.schedule(Post("Look", media=[Video(path)]), clock.now() + timedelta(minutes=5))
        outbox.run(until=clock.now() + timedelta(hours=1))
    assert _kinds(emulator).count("PUT 0") == 1
    assert [one.text for one in emulator.wall] == ["Look"]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_goes_wrong_the_video_is_never_posted_twice(clock: TestClock, film: Video, seed: int) -> None:
    """Under faults of all kinds, tried again as the errors say, it is live once, or its outcome is said to be open."""
    emulator = LinkedInEmulator(clock=clock)
    kinds = (FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER, FaultKind.HTML)
    emulator.faults.seed(seed, rate=0.3, kinds=kinds)
    account = emulator.accounts[seed % 2]
    progress = Progress()
    published = None
    with emulator.client() as client:
        network = LinkedIn(author=account.id, token=account.token, http_client=client, clock=clock)
        while published is None:
            try:
                published = network.publish(Post("Look", media=[film], first_comment="More"), progress=progress)
            except errors.SocialConnectError as error:
                if error.may_have_happened:
                    break
                assert isinstance(error, errors.PartlyPublished) or error.retryable, error  # noqa: PT017  # each try may end otherwise
    posts = [one for one in emulator.wall if one.text == "Look"]
    assert len(posts) == 1 if published is not None else len(posts) <= 1
    assert published is None or published.id == posts[0].id
    assert sum(one.text == "More" for one in emulator.wall) <= 1
