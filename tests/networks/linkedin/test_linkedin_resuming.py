"""Going on after a failure: what LinkedIn has already is not asked for twice, and what it lost is sent anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from tests.networks.linkedin.either import FACES, Either, face
from tests.networks.meta.either_face import done

from socialconnect import errors
from socialconnect.journal import Progress
from socialconnect.media import Image, Video
from socialconnect.post import Link, Post
from socialconnect.testing import sample_image, sample_video
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

pytestmark = pytest.mark.anyio

_FINALIZE = "action=finalizeUpload"
_REFUSED = b'{"status":400,"code":"UPDATING_ASSET_FAILED","message":"The upload is complete"}'


@pytest.fixture
def emulator(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture(params=FACES)
async def network(emulator: LinkedInEmulator, request: SubRequest) -> AsyncIterator[Either]:
    async with face(emulator, str(request.param)) as network:
        yield network


@pytest.fixture(scope="module")
def film() -> Video:
    return Video(sample_video(10, size=80_000), title="Spring")


def _sent(emulator: LinkedInEmulator, query: str) -> int:
    return sum(query in one.raw_query for one in emulator.requests)


# ── a video that was finished already ─────────────────────────────────────────────────────────────────────────────────


async def test_a_video_that_was_finished_already_is_not_refused(
    network: Either, emulator: LinkedInEmulator, film: Video
) -> None:
    """The answer that it is complete was lost, and LinkedIn does not want to be told again: it is complete."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="/rest/videos", after=1))
    emulator.faults.add(
        Fault(FaultKind.REFUSED, method="POST", path="/rest/videos", after=1, status=400, body=_REFUSED)
    )
    await done(network.publish(Post("Look", media=[film])))
    assert _sent(emulator, _FINALIZE) == 2
    assert [one.text for one in emulator.wall] == ["Look"]


@pytest.mark.parametrize("blind", [False, True], ids=["seen", "not seen"])
async def test_a_video_that_cannot_be_finished_is_told(
    network: Either, emulator: LinkedInEmulator, film: Video, blind: bool
) -> None:
    """A refusal stands where the video still waits for its parts, and where that cannot be seen."""
    emulator.faults.add(
        Fault(FaultKind.REFUSED, method="POST", path="/rest/videos", after=1, status=400, body=_REFUSED)
    )
    if blind:
        emulator.faults.add(Fault(FaultKind.REFUSED, method="GET", path="/rest/videos", status=404, times=9))
    with pytest.raises(errors.MediaRejected, match="complete"):
        await done(network.publish(Post("Look", media=[film])))
    assert not emulator.wall


# ── a file that could not be processed ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["video", "image", "link"])
async def test_a_file_that_could_not_be_processed_is_uploaded_anew_by_the_next_try(
    network: Either, emulator: LinkedInEmulator, film: Video, kind: str
) -> None:
    """Processing may fail for LinkedIn's own reasons: the next try does not rest on the file that is lost."""
    picture = Image(sample_image(8, 8))
    post = {
        "video": Post("Look", media=[film]),
        "image": Post("Look", media=[picture, picture]),
        "link": Post("Look", link=Link("https://example.com", image=picture)),
    }[kind]
    progress = Progress()
    emulator.settings.processing_fails = True
    for tries in (1, 2):
        with pytest.raises(errors.MediaRejected, match="could not process"):
            await done(network.publish(post, progress=progress))
        files = 1 if kind != "image" else 2
        assert _sent(emulator, "action=initializeUpload") == files + tries - 1
    emulator.settings.processing_fails = False
    for asset in emulator.state.assets.values():
        asset.fault = "lost"
    await done(network.publish(post, progress=progress))
    assert [(one.text, one.media) for one in emulator.wall] == [("Look", {"video": 1, "image": 2, "link": 0}[kind])]


@pytest.mark.parametrize("kind", ["video", "image"])
async def test_a_file_that_never_arrived_is_uploaded_anew_by_the_next_try(
    network: Either, emulator: LinkedInEmulator, film: Video, kind: str
) -> None:
    """Taken with a yes and never seen again: the next try looks once more, and then sends the file again."""
    post = Post("Look", media=[film if kind == "video" else Image(sample_image(8, 8))])
    place = {"method": "POST", "path": "/rest/videos", "after": 1} if kind == "video" else {"method": "PUT"}
    emulator.faults.add(Fault(FaultKind.REFUSED, status=200, **place))
    progress = Progress()
    with pytest.raises(errors.MediaNotReady):
        await done(network.publish(post, progress=progress))
    assert not emulator.wall
    await done(network.publish(post, progress=progress))
    assert _sent(emulator, "action=initializeUpload") == 2
    assert [one.text for one in emulator.wall] == ["Look"]
