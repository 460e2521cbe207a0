"""Meta's own Python client, which we did not write, drives both emulators over loopback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from facebook_business.video_uploader import (
    VideoEncodingStatusChecker,
    VideoUploadFinishRequestManager,
    VideoUploadRequestContext,
    VideoUploadStartRequestManager,
    VideoUploadTransferRequestManager,
)
from PIL import Image

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.samples import sample_video


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@contextmanager
def meta_client(emulator: Emulator, clock: TestClock, token: str, app_secret: str | None = None) -> Iterator[object]:
    """Give Meta's client, which reaches the emulator: its session's `GRAPH` is the address."""
    catalogue = bundled("meta")
    assert catalogue is not None
    version = catalogue.newest_version("graph", clock.now().date())
    with serving(emulator) as url:
        session = FacebookSession(access_token=token, app_id="123", app_secret=app_secret)
        session.GRAPH = url
        try:
            yield FacebookAdsApi(session, api_version=version)
        finally:
            session.requests.close()


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def page_api(facebook: FacebookEmulator, clock: TestClock) -> Iterator[object]:
    with meta_client(facebook, clock, "EAAPAGE") as api:
        yield api


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    content = BytesIO()
    Image.new("RGB", (32, 32), "red").save(content, "JPEG")
    path = tmp_path / "picture.jpg"
    path.write_bytes(content.getvalue())
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(sample_video(10.0, size=5000))
    return path


def test_it_publishes_and_reads_back(facebook: FacebookEmulator, page_api: object) -> None:
    """A post made by the client is on the wall, and the client reads it back."""
    page = Page("1000", api=page_api)
    made = page.create_feed(fields=[], params={"message": "Hello", "link": "https://example.com/a"})
    assert made["id"] == "1000_2001"
    assert [(post.text, post.link) for post in facebook.wall] == [("Hello", "https://example.com/a")]
    read = PagePost(made["id"], api=page_api).api_get(fields=["message", "permalink_url", "created_time"])
    assert read["message"] == "Hello"
    assert read["permalink_url"] == "https://www.facebook.com/1000_2001"
    assert read["created_time"] == "2026-11-24T09:00:00+0000"


def test_it_reads_all_pages_of_a_list(facebook: FacebookEmulator, page_api: object, clock: TestClock) -> None:
    """The client follows the cursors to the end, newest first, and every post comes once."""
    page = Page("1000", api=page_api)
    for number in range(7):
        page.create_feed(params={"message": f"Number {number}"})
        clock.advance(60)
    found = [post["message"] for post in page.get_published_posts(fields=["message"], params={"limit": 3})]
    assert found == [f"Number {number}" for number in reversed(range(7))]


def test_it_uploads_a_photo(facebook: FacebookEmulator, page_api: FacebookAdsApi, picture: Path) -> None:
    """A multipart upload becomes a photo, and then a post."""
    with picture.open("rb") as file:
        answer = page_api.call("POST", ("1000", "photos"), params={"published": False}, files={"source": file})
    assert answer.json() == {"id": "3001"}
    Page("1000", api=page_api).create_feed(params={"message": "Look", "attached_media": [{"media_fbid": "3001"}]})
    assert [(post.text, post.media) for post in facebook.wall] == [("Look", 1)]


def test_it_schedules_moves_and_cancels(facebook: FacebookEmulator, page_api: object, clock: TestClock) -> None:
    """A scheduled post is listed, moved, and gone after its deletion; another goes live on time."""
    page = Page("1000", api=page_api)
    at = int((clock.now() + timedelta(hours=1)).timestamp())
    plan = {"published": False, "scheduled_publish_time": at, "unpublished_content_type": "SCHEDULED"}
    first = page.create_feed(params={"message": "First", **plan})
    page.create_feed(params={"message": "Second", **plan})
    listed = page.get_scheduled_posts(fields=["message", "scheduled_publish_time"])
    assert sorted((post["message"], post["scheduled_publish_time"]) for post in listed) == [
        ("First", at),
        ("Second", at),
    ]
    PagePost(first["id"], api=page_api).api_update(params={"scheduled_publish_time": at + 600})
    clock.advance(hours=1)
    assert [post.text for post in facebook.wall] == ["Second"]
    PagePost(first["id"], api=page_api).api_delete()
    clock.advance(hours=1)
    assert [post.text for post in facebook.wall] == ["Second"]


# The client declares the names of metrics as objects, and then warns of names.
@pytest.mark.filterwarnings("ignore:value of metric might not be compatible:UserWarning")
def test_it_reads_insights(facebook: FacebookEmulator, page_api: object) -> None:
    """Insights set on the emulator are what the client reads."""
    made = Page("1000", api=page_api).create_feed(params={"message": "Hello"})
    facebook.set_performance(made["id"], views=77)
    (row,) = PagePost(made["id"], api=page_api).get_insights(params={"metric": ["post_media_view"]})
    assert (row["name"], row["values"]) == ("post_media_view", [{"value": 77}])


def test_it_sends_batches(facebook: FacebookEmulator, page_api: FacebookAdsApi) -> None:
    """Each call of a batch succeeds or fails by itself, in order."""
    made = Page("1000", api=page_api).create_feed(params={"message": "Hello"})
    answers: list[tuple[int, object]] = []
    batch = page_api.new_batch()
    for post in (made["id"], "1000_9999"):
        batch.add(
            "GET",
            f"{post}/insights",
            params={"metric": ["post_media_view"]},
            success=lambda answer: answers.append((answer.status(), answer.json()["data"][0]["values"])),
            failure=lambda answer: answers.append((answer.status(), answer.json()["error"]["error_subcode"])),
        )
    batch.add("POST", "1000/feed", params={"message": "In a batch"})
    assert batch.execute() is None
    assert answers == [(200, [{"value": 340}]), (400, 33)]
    assert [post.text for post in facebook.wall] == ["Hello", "In a batch"]


def test_a_batch_item_that_takes_too_long_is_tried_again(facebook: FacebookEmulator, page_api: FacebookAdsApi) -> None:
    """An item whose answer is lost comes as null, and the client offers it again, although it took effect."""
    facebook.faults.add(Fault(FaultKind.LOST_ANSWER, path="/feed$"))
    batch = page_api.new_batch()
    batch.add("POST", "1000/feed", params={"message": "Hello"})
    again = batch.execute()
    assert len(again) == 1
    assert [post.text for post in facebook.wall] == ["Hello"]


def test_it_lets_calls_of_a_batch_use_one_another(facebook: FacebookEmulator, page_api: FacebookAdsApi) -> None:
    """A comment of the same batch takes the post's id out of the first answer, whose own comes as null."""
    batch = page_api.new_batch()
    batch.add("POST", "1000/feed", params={"message": "Hello"})["name"] = "post"
    batch.add("POST", "{result=post:$.id}/comments", params={"message": "First comment"})
    batch.execute()
    assert [post.text for post in facebook.wall] == ["Hello", "First comment"]


def test_it_sends_files_in_batches(facebook: FacebookEmulator, page_api: FacebookAdsApi, picture: Path) -> None:
    """A photo goes up as a file of the batch."""
    batch = page_api.new_batch()
    with picture.open("rb") as file:
        batch.add("POST", "1000/photos", params={"caption": "Look"}, files={"picture": file})
        batch.execute()
    assert [(post.text, post.media) for post in facebook.wall] == [("Look", 1)]


def test_it_publishes_a_video_by_its_address(facebook: FacebookEmulator, page_api: object, clock: TestClock) -> None:
    """`create_video` takes an address, and the video is read back when it is processed."""
    page = Page("1000", api=page_api)
    params = {"file_url": "https://cdn.example.com/a.mp4", "title": "Spring", "description": "Raincoats"}
    made = page.create_video(params=params)
    clock.advance(2)
    video = AdVideo(made["id"], api=page_api).api_get(fields=["title", "permalink_url", "status", "published"])
    assert (video["title"], video["published"]) == ("Spring", True)
    assert video["status"]["video_status"] == "ready"
    assert [one["id"] for one in page.get_videos(fields=["title"])] == [made["id"]]
    assert [post.text for post in facebook.wall] == ["Raincoats"]


def test_it_uploads_a_video_in_one_request(
    facebook: FacebookEmulator, page_api: FacebookAdsApi, clock: TestClock, film: Path
) -> None:
    """A multipart upload becomes a video that is as long as its file says."""
    with film.open("rb") as file:
        made = page_api.call("POST", ("1000", "videos"), params={"description": "Film"}, files={"source": file}).json()
    clock.advance(2)
    assert AdVideo(made["id"], api=page_api).api_get(fields=["length"])["length"] == pytest.approx(10.0)
    assert [post.text for post in facebook.wall] == ["Film"]


def test_it_uploads_a_video_in_parts(
    facebook: FacebookEmulator, page_api: FacebookAdsApi, clock: TestClock, film: Path
) -> None:
    """The managers of the client's own uploader go through start, parts and finish, with a part that is refused."""
    facebook.settings.chunk_size = 1000
    facebook.settings.refuse_next_chunks()
    context = VideoUploadRequestContext()
    context.account_id, context.file_path, context.file_name = "1000", str(film), "film.mp4"
    context.file_size = film.stat().st_size
    with to_page_videos(page_api):
        begun = VideoUploadStartRequestManager(page_api).send_request(context).json()
        context.session_id = begun["upload_session_id"]
        context.start_offset, context.end_offset = int(begun["start_offset"]), int(begun["end_offset"])
        VideoUploadTransferRequestManager(page_api).send_request(context)
        assert VideoUploadFinishRequestManager(page_api).send_request(context).json() == {"success": True}
    (video,) = facebook.videos
    assert video.file.sha256 == hashlib.sha256(film.read_bytes()).hexdigest()
    clock.advance(2)
    assert VideoEncodingStatusChecker.getStatus(page_api, video.id)["video_status"] == "ready"
    assert len(facebook.wall) == 1


@contextmanager
def to_page_videos(api: FacebookAdsApi) -> Iterator[None]:
    """Let the client's uploader, made for advertising accounts on Meta's video host, reach a Page's videos here."""
    call = api.call

    def redirected(method: str, path: tuple[str, str], **given: object) -> object:
        given.pop("url_override", None)
        return call(method, (path[0], "videos" if path[1] == "advideos" else path[1]), **given)

    api.call = redirected
    try:
        yield
    finally:
        del api.call


@pytest.mark.filterwarnings("ignore:value of metric might not be compatible:UserWarning")
def test_it_publishes_a_reel(facebook: FacebookEmulator, page_api: object, clock: TestClock, film: Path) -> None:
    """Start and finish by the client, and the bytes to the address that the start gave."""
    page = Page("1000", api=page_api)
    begun = page.create_video_reel(params={"upload_phase": "start"})
    content = film.read_bytes()
    headers = {"Authorization": "OAuth EAAPAGE", "offset": "0", "file_size": str(len(content))}
    assert httpx.post(begun["upload_url"], headers=headers, content=content).json() == {"success": True}
    video = {"video_id": begun["video_id"], "upload_phase": "finish", "video_state": "PUBLISHED"}
    page.create_video_reel(params={**video, "description": "A reel"})
    clock.advance(2)
    assert [post.text for post in facebook.wall] == ["A reel"]
    (listed,) = page.get_video_reels()
    assert listed["id"] == begun["video_id"]
    (views,) = AdVideo(listed["id"], api=page_api).get_video_insights(params={"metric": ["blue_reels_play_count"]})
    assert views["values"] == [{"value": 120}]


def test_it_publishes_stories(facebook: FacebookEmulator, page_api: object) -> None:
    """A photo that was uploaded unpublished becomes a story, and the list tells of it."""
    page = Page("1000", api=page_api)
    photo = page.create_photo(params={"url": "https://cdn.example.com/1.jpg", "published": False})
    page.create_photo_story(params={"photo_id": photo["id"]})
    (story,) = page.get_stories(fields=["post_id", "status", "media_id"])
    assert (story["status"], story["media_id"]) == ("PUBLISHED", photo["id"])
    assert len(facebook.wall) == 1


def test_it_comments(facebook: FacebookEmulator, page_api: object) -> None:
    """A comment of the client is on the wall below its post, and read back."""
    made = Page("1000", api=page_api).create_feed(params={"message": "Hello"})
    post = PagePost(made["id"], api=page_api)
    post.create_comment(params={"message": "First"})
    assert [one["message"] for one in post.get_comments(fields=["message"])] == ["First"]
    assert [(one.text, one.parent) for one in facebook.wall] == [("Hello", None), ("First", made["id"])]


@pytest.mark.filterwarnings("ignore:value of metric might not be compatible:UserWarning")
def test_it_reads_a_pages_insights(page_api: object) -> None:
    """A Page's days come with their ends."""
    page = Page("1000", api=page_api)
    page.create_feed(params={"message": "Hello"})
    params = {"metric": ["page_media_view"], "period": "day", "since": "2026-11-22", "until": "2026-11-24"}
    (row,) = page.get_insights(params=params)
    assert [one["value"] for one in row["values"]] == [340, 340]


def test_it_deletes_and_hides(facebook: FacebookEmulator, page_api: object) -> None:
    """What the client deletes is gone."""
    made = Page("1000", api=page_api).create_feed(params={"message": "Hello"})
    PagePost(made["id"], api=page_api).api_delete()
    assert facebook.wall == ()


def test_it_tells_refusals(facebook: FacebookEmulator, page_api: object) -> None:
    """The client reads code, subcode and type out of a refusal that was asked for."""
    facebook.faults.add(graph_fault(368, 1390008, path="/feed$"))
    with pytest.raises(FacebookRequestError) as caught:
        Page("1000", api=page_api).create_feed(params={"message": "Hello"})
    error = caught.value
    assert (error.http_status(), error.api_error_code(), error.api_error_subcode()) == (400, 368, 1390008)
    assert facebook.wall == ()


def test_it_proves_its_app(clock: TestClock) -> None:
    """With an app secret the client's own proof is accepted, and a wrong one refused."""
    emulator = FacebookEmulator(clock=clock, app_secret="shh")
    with meta_client(emulator, clock, "EAAPAGE", app_secret="shh") as api:
        Page("1000", api=api).create_feed(params={"message": "Hello"})
    with meta_client(emulator, clock, "EAAPAGE", app_secret="wrong") as api, pytest.raises(FacebookRequestError):
        Page("1000", api=api).create_feed(params={"message": "Hello"})
    assert len(emulator.wall) == 1


def test_it_finds_the_pages_of_a_person(facebook: FacebookEmulator, clock: TestClock) -> None:
    """A person's token lists the Pages with the tokens that post."""
    with meta_client(facebook, clock, "EAAUSER") as api:
        (page,) = User("me", api=api).get_accounts(fields=["id", "name", "access_token"])
    assert (page["id"], page["access_token"]) == ("1000", "EAAPAGE")


def test_it_publishes_on_instagram(clock: TestClock) -> None:
    """Container, status and publish work in the client's own words, and the limit counts the post."""
    emulator = InstagramEmulator(clock=clock, processing=timedelta(seconds=10))
    with meta_client(emulator, clock, "EAAUSER") as api:
        user = IGUser("17841400000000001", api=api)
        made = user.create_media(params={"image_url": "https://cdn.example.com/1.jpg", "caption": "Hello"})
        container = ShadowIGMediaBuilder(made["id"], api=api)
        assert container.api_get(fields=["status_code"])["status_code"] == "IN_PROGRESS"
        with pytest.raises(FacebookRequestError) as caught:
            user.create_media_publish(params={"creation_id": made["id"]})
        assert caught.value.api_error_subcode() == 2207027
        clock.advance(10)
        assert container.api_get(fields=["status_code"])["status_code"] == "FINISHED"
        media = user.create_media_publish(params={"creation_id": made["id"]})
        (limit,) = user.get_content_publishing_limit(fields=["config", "quota_usage"])
        assert json.loads(json.dumps(limit.export_all_data())) == {
            "quota_usage": 1,
            "config": {"quota_total": 100, "quota_duration": 86400},
        }
        listed = user.get_media(fields=["caption", "timestamp"])
        assert [one["caption"] for one in listed] == ["Hello"]
        (views,) = IGMedia(media["id"], api=api).get_insights(params={"metric": ["views"]})
        assert views["values"] == [{"value": 128}]
    assert [post.text for post in emulator.wall] == ["Hello"]
