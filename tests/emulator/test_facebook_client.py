"""Meta's own Python client, which we did not write, drives both emulators over loopback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession
from PIL import Image

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.server import serving


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
