"""Videos, reels and stories against Facebook's emulator, blocking and async: what people see, and what a fault does."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from tests.networks.facebook.films import REEL, STORY, film, reel, video_post
from tests.networks.meta.either_face import done
from tests.networks.meta.graph_answers import jpeg

from socialconnect import errors
from socialconnect.journal import Progress
from socialconnect.media import Image, Video
from socialconnect.networks.facebook import AsyncFacebook, Facebook
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import upload_fault
from socialconnect.testing.emulators.server import serving

Either = Facebook | AsyncFacebook

pytestmark = pytest.mark.anyio

ADDRESS = "https://cdn.example.com/1.mp4"
KINDS = {
    "video": video_post(),
    "video by address": Post("A film", media=[Video(ADDRESS)]),
    "reel": reel("A film"),
    "reel by address": Post("A film", media=[Video(ADDRESS)], options=REEL),
    "photo story": Post(media=[Image(jpeg())], options=STORY),
    "video story": Post(media=[film()], options=STORY),
}
UPLOADED = ["video", "reel", "video story"]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_seen_once(network: Either, emulator: FacebookEmulator, clock: TestClock, kind: str) -> None:
    """After Facebook has processed it, a post of each kind is there once, under the id that was told."""
    post = KINDS[kind]
    published = await done(network.publish(post))
    clock.advance(minutes=10)
    assert [(one.id, one.text, one.media) for one in emulator.wall] == [(published.id, post.text, 1)]


@pytest.mark.parametrize("kind", ["video", "reel"])
async def test_a_film_is_read_back(network: Either, clock: TestClock, kind: str) -> None:
    """A video's post is among the page's posts, as what was published would read."""
    published = await done(network.publish(KINDS[kind]))
    clock.advance(minutes=10)
    (found,) = await done(network.posts())
    assert found == published
    assert network.operations.adapter.resembles(KINDS[kind], found)


@pytest.mark.parametrize(
    "fault",
    [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED],
)
async def test_a_fetch_whose_answer_is_lost_is_not_asked_for_again(
    network: Either, emulator: FacebookEmulator, clock: TestClock, fault: FaultKind
) -> None:
    """The upload host takes an address once: the library looks, and goes on with what was taken."""
    emulator.faults.add(Fault(fault, method="POST", path="/video-upload/"))
    await done(network.publish(KINDS["reel by address"]))
    asked = [one for one in emulator.requests if "/video-upload/" in one.path]
    assert len(asked) == (2 if fault is FaultKind.ERROR_BEFORE else 1)
    clock.advance(minutes=10)
    assert [one.text for one in emulator.wall] == ["A film"]


async def test_a_fetch_of_an_earlier_attempt_is_not_asked_for_again(
    network: Either, emulator: FacebookEmulator, clock: TestClock
) -> None:
    """The program stopped after the address was taken and before that was recorded: the next attempt looks first."""
    progress, post = Progress(), KINDS["reel by address"]
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path="/video-upload/"))
    emulator.faults.add(Fault(FaultKind.THROTTLED, method="GET", path="/4001$"))
    with suppress(errors.RateLimited):
        await done(network.publish(post, progress=progress))
    clock.advance(hours=1)
    await done(network.publish(post, progress=progress))
    assert len([one for one in emulator.requests if "/video-upload/" in one.path]) == 1
    clock.advance(minutes=10)
    assert [one.text for one in emulator.wall] == ["A film"]


async def test_a_token_that_the_upload_host_refuses_is_no_fault_of_the_film(
    network: Either, emulator: FacebookEmulator
) -> None:
    """The host words it like a film that cannot be processed: the film is not uploaded anew, nor called bad."""
    told = '{"success":false,"error":{"message":"unauthorized user request"}}'
    emulator.faults.add(upload_fault("ProcessingFailedError", message=told))
    with pytest.raises(errors.PermissionDenied):
        await done(network.publish(KINDS["reel"]))
    assert len([one for one in emulator.requests if one.path.endswith("/video_reels")]) == 1


@pytest.mark.parametrize("kind", UPLOADED)
@pytest.mark.parametrize("fault", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_BEFORE, FaultKind.HTML])
async def test_an_upload_survives_a_fault(
    network: Either, emulator: FacebookEmulator, clock: TestClock, kind: str, fault: FaultKind
) -> None:
    """Whatever breaks in the middle of an upload: it goes on, and the film appears once."""
    emulator.faults.add(Fault(fault, method="POST", path="/videos$|/video-upload/", after=1 if kind == "video" else 0))
    await done(network.publish(KINDS[kind]))
    clock.advance(minutes=10)
    assert len(emulator.wall) == 1
    assert emulator.faults.shown == [fault]


@pytest.mark.parametrize("kind", UPLOADED)
async def test_a_token_that_dies_midway_and_a_new_one(
    network: Either, emulator: FacebookEmulator, clock: TestClock, kind: str
) -> None:
    """The progress is good for another token: what is there is not sent again."""
    progress, post = Progress(), KINDS[kind]
    revoked = b'{"error":{"message":"The session is invalid","code":190,"error_subcode":460}}'
    emulator.faults.add(
        Fault(
            FaultKind.REFUSED,
            method="POST",
            path="/videos$|/video_(reels|stories)$",
            after=2 if kind == "video" else 1,
            status=400,
            body=revoked,
        )
    )
    with pytest.raises(errors.TokenRevoked):
        await done(network.publish(post, progress=progress))
    assert list(emulator.wall) == []
    before = len(emulator.requests)
    await done(network.publish(post, progress=Progress.from_json(progress.to_json())))
    clock.advance(minutes=10)
    assert len(emulator.wall) == 1
    if kind != "video":  # the file arrived before; only the finish was left
        assert len(emulator.requests) - before == 1


@pytest.mark.parametrize("kind", ["video", "reel"])
@pytest.mark.parametrize("fault", [FaultKind.LOST_ANSWER, FaultKind.RESET, FaultKind.ERROR_AFTER, FaultKind.TRUNCATED])
async def test_a_finish_without_its_answer_is_never_sent_twice(
    network: Either, emulator: FacebookEmulator, clock: TestClock, kind: str, fault: FaultKind
) -> None:
    """Either the look says that it is out, or the outcome is unknown; the film appears once in any case."""
    path = "/videos$" if kind == "video" else "/video_reels$"
    passed = len([one for one in await _requests_of(emulator, kind) if one.endswith(path.rstrip("$"))]) - 1
    emulator.faults.add(Fault(fault, method="POST", path=path, after=passed))
    with suppress(errors.OutcomeUnknown):
        await done(network.publish(KINDS[kind]))
    clock.advance(minutes=10)
    assert [one.text for one in emulator.wall] == ["A film"]
    assert emulator.faults.shown == [fault]


async def _requests_of(emulator: FacebookEmulator, kind: str) -> list[str]:
    """Give the paths that a publish of this kind asks for, on an emulator of its own."""
    other = FacebookEmulator(clock=TestClock())
    with other.client() as client:
        Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=other.clock).publish(KINDS[kind])
    return [one.path for one in other.requests if one.method == "POST"]


async def test_a_story_without_its_answer_is_found_on_the_list(network: Either, emulator: FacebookEmulator) -> None:
    """The page's list holds the story of this very photo."""
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, path="/photo_stories$"))
    published = await done(network.publish(KINDS["photo story"]))
    assert [one.id for one in emulator.wall] == [published.id]


@pytest.mark.parametrize("kind", ["video", "reel"])
async def test_a_planned_film_appears_at_its_time(
    network: Either, emulator: FacebookEmulator, clock: TestClock, kind: str
) -> None:
    """A film that is planned is seen from its time on, and one that was cancelled never."""
    at = clock.now() + timedelta(hours=5)
    plan = await done(network.schedule(KINDS[kind], at, native=True))
    other = await done(network.schedule(KINDS[kind].with_changes(text="Another"), at, native=True))
    planned = await done(network.scheduled(native=True))
    assert {one.id for one in planned} == {plan.id, other.id}
    await done(network.cancel(other))
    clock.advance(hours=4)
    assert list(emulator.wall) == []
    clock.advance(hours=2)
    assert [(one.id, one.text) for one in emulator.wall] == [(plan.id, "A film")]


async def test_a_first_comment_below_a_film(network: Either, emulator: FacebookEmulator) -> None:
    """The comment waits until the film is out."""
    published = await done(network.publish(video_post().with_changes(first_comment="First!")))
    assert published.comment is not None
    assert [one.id for one in emulator.wall if one.text == "A film"] == [published.id]


async def test_update_changes_what_people_see(network: Either, emulator: FacebookEmulator) -> None:
    """The post keeps its id, and shows the new text."""
    published = await done(network.publish(Post("Good mornign.")))
    await done(network.update(published, "Good morning."))
    assert [(one.id, one.text) for one in emulator.wall] == [(published.id, "Good morning.")]


@pytest.mark.parametrize("kind", UPLOADED)
async def test_preview_shows_an_upload_and_sends_none(network: Either, emulator: FacebookEmulator, kind: str) -> None:
    """The requests of an upload are shown with the file as its length and the token masked."""
    shown = await done(network.preview(KINDS[kind]))
    assert [one.visible for one in shown].count(True) == 1
    assert shown[-1].visible
    assert not any("EAAPAGE" in str(one.model_dump()) for one in shown)
    assert emulator.requests == []


async def test_page_and_video_metrics(network: Either, clock: TestClock) -> None:
    """The page's days, and a video by its post's id and by its own."""
    published = await done(network.publish(KINDS["video"]))
    clock.advance(days=1)
    video = str(published.data["video"])
    report = await done(network.fetch_metrics([published.id, video]))
    assert report.errors == {}
    assert report[published.id].views is not None
    assert report[video].views is not None
    page = await done(network.fetch_account_metrics(since=clock.now() - timedelta(days=3), until=clock.now()))
    assert [one.period for one in page.values["page_media_view"]] == ["day"] * len(page.values["page_media_view"])
    assert page.values["page_media_view"][-1].until is not None


async def test_films_over_real_http(clock: TestClock) -> None:
    """Over a socket the parts and the streamed body arrive whole."""
    emulator = FacebookEmulator(clock=clock)
    with serving(emulator) as address:
        with Facebook(page_id="1000", token="EAAPAGE", base_url=address, clock=clock) as blocking:
            blocking.publish(KINDS["video"])
        async with AsyncFacebook(page_id="1000", token="EAAPAGE", base_url=address, clock=clock) as network:
            await network.publish(KINDS["reel"])
    clock.advance(minutes=10)
    assert len(emulator.wall) == 2
