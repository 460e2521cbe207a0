"""Meta's own Python client, which we did not write, drives Instagram's emulator over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from facebook_business.adobjects.igcomment import IGComment
from facebook_business.adobjects.igmedia import IGMedia
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.iguserforigonlyapi import IGUserForIGOnlyAPI
from facebook_business.adobjects.shadowigmediabuilder import ShadowIGMediaBuilder
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.graph import graph_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.server import serving

USER = "17841400000000001"
REEL = {"media_type": "REELS", "video_url": "https://cdn.example.com/1.mp4"}


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def emulator(clock: TestClock) -> InstagramEmulator:
    return InstagramEmulator(clock=clock, processing=timedelta(0))


@pytest.fixture
def api(emulator: InstagramEmulator) -> Iterator[object]:
    with serving(emulator) as url:
        session = FacebookSession(access_token="IGTOKEN", app_id="123")
        session.GRAPH = url
        try:
            yield FacebookAdsApi(session, api_version="v26.0")
        finally:
            session.requests.close()


@pytest.fixture
def user(api: object) -> Any:
    return IGUser(USER, api=api)


def publish(user: Any, **params: object) -> str:
    """Make a container and publish it, as the client does."""
    made = user.create_media(params=params)
    return str(user.create_media_publish(params={"creation_id": made["id"]})["id"])


def test_it_publishes_a_reel(emulator: InstagramEmulator, user: Any, api: object, clock: TestClock) -> None:
    """The client makes a reel with everything on it, waits for its container, publishes it and reads it back."""
    emulator.limits.processing = timedelta(seconds=30)
    params = {
        **REEL,
        "caption": "Spring",
        "share_to_feed": True,
        "thumb_offset": "1500",
        "collaborators": ["friend"],
        "user_tags": [{"username": "other"}],
        "trial_params": {"graduation_strategy": "MANUAL"},
        "is_ai_generated": False,
    }
    made = user.create_media(params=params)
    container = ShadowIGMediaBuilder(made["id"], api=api)
    assert container.api_get(fields=["status_code"])["status_code"] == "IN_PROGRESS"
    clock.advance(30)
    assert container.api_get(fields=["status_code", "status"])["status_code"] == "FINISHED"
    done = user.create_media_publish(params={"creation_id": made["id"]})
    read = IGMedia(done["id"], api=api).api_get(fields=["caption", "media_product_type", "is_shared_to_feed"])
    assert (read["caption"], read["media_product_type"], read["is_shared_to_feed"]) == ("Spring", "REELS", True)
    assert [post.text for post in emulator.wall] == ["Spring"]


def test_it_publishes_a_mixed_carousel_and_stories(emulator: InstagramEmulator, user: Any) -> None:
    """Items of both kinds become one post; stories are listed apart."""
    items = [
        user.create_media(params={"image_url": "https://cdn.example.com/1.jpg", "is_carousel_item": True})["id"],
        user.create_media(params={**REEL, "media_type": "VIDEO", "is_carousel_item": True})["id"],
    ]
    album = publish(user, media_type="CAROUSEL", children=items, caption="Set")
    story = publish(user, media_type="STORIES", image_url="https://cdn.example.com/s.jpg")
    assert [one["id"] for one in user.get_media()] == [album]
    assert [one["id"] for one in user.get_stories(fields=["media_product_type"])] == [story]
    assert [one["media_type"] for one in IGMedia(album, api=user.get_api()).get_children(fields=["media_type"])] == [
        "IMAGE",
        "VIDEO",
    ]
    assert {post.id for post in emulator.wall} == {album, story}


def test_it_reads_the_quota(user: Any) -> None:
    """Usage and total come as the client asks for them."""
    publish(user, **REEL)
    (limit,) = user.get_content_publishing_limit(fields=["config", "quota_usage"])
    assert (limit["quota_usage"], limit["config"]["quota_total"]) == (1, 100)


def test_it_reads_insights(emulator: InstagramEmulator, user: Any, api: object) -> None:
    """Of a reel by metric, and of the account with a breakdown."""
    made = publish(user, **REEL)
    emulator.set_performance(made, views=340, avg_watch_time=4_200)
    metrics = ["views", "ig_reels_avg_watch_time"]
    rows = IGMedia(made, api=api).get_insights(params={"metric": metrics})
    assert [(row["name"], row["values"][0]["value"]) for row in rows] == list(zip(metrics, (340, 4_200), strict=True))
    params = {"metric": ["reach"], "period": ["day"], "metric_type": "total_value", "breakdown": ["follow_type"]}
    (reach,) = user.get_insights(params=params)
    assert reach["total_value"]["breakdowns"][0]["dimension_keys"] == ["follow_type"]


def test_it_comments_and_replies(emulator: InstagramEmulator, user: Any, api: object) -> None:
    """A first comment, a reply, hiding and deleting."""
    made = publish(user, **REEL)
    said = IGMedia(made, api=api).create_comment(params={"message": "First"})
    IGComment(said["id"], api=api).create_reply(params={"message": "Second"})
    assert [post.text for post in emulator.wall] == ["", "First", "Second"]
    (listed,) = IGMedia(made, api=api).get_comments(fields=["text", "username"])
    assert (listed["text"], listed["username"]) == ("First", "example")
    IGComment(said["id"], api=api).api_update(params={"hide": True})
    assert [post.text for post in emulator.wall] == ["", "Second"]
    IGComment(said["id"], api=api).api_delete()
    assert [post.text for post in emulator.wall] == [""]
    IGMedia(made, api=api).api_update(params={"comment_enabled": False})
    IGMedia(made, api=api).api_delete()
    assert emulator.wall == ()


def test_it_reads_in_batches(user: Any, api: Any) -> None:
    """The client's own batch reads several media's insights in one request."""
    made = [publish(user, **REEL) for _ in range(3)]
    batch, found = api.new_batch(), []
    for one in made:
        IGMedia(one, api=api).get_insights(
            params={"metric": ["views"]}, batch=batch, success=lambda answer: found.append(answer.json()["data"][0])
        )
    batch.execute()
    assert [row["name"] for row in found] == ["views"] * 3


def test_its_objects_for_instagram_login_work_too(clock: TestClock) -> None:
    """The client's own class for the other login, whose publishing address is spelt without an underscore."""
    emulator = InstagramEmulator(clock=clock, login="instagram", processing=timedelta(0))
    with serving(emulator) as url:
        session = FacebookSession(access_token="IGTOKEN", app_id="123")
        session.GRAPH = url
        account = IGUserForIGOnlyAPI(USER, api=FacebookAdsApi(session, api_version="v26.0"))
        made = account.create_media(params={**REEL, "caption": "Spring"})
        done = account.create_media_publish(params={"creation_id": made["id"]})
        read = account.api_get(fields=["user_id", "username", "media_count", "account_type"])
        session.requests.close()
    assert [(post.id, post.text) for post in emulator.wall] == [(done["id"], "Spring")]
    assert (str(read["user_id"]), read["media_count"], read["account_type"]) == (USER, 1, "BUSINESS")


def test_it_meets_a_block_that_may_be_live(emulator: InstagramEmulator, user: Any, api: object) -> None:
    """The client raises the 403; the container tells that the post is there."""
    made = user.create_media(params=REEL)
    emulator.faults.add(graph_fault(4, 2207051, path="/media_publish$", after_effect=True))
    with pytest.raises(FacebookRequestError) as refused:
        user.create_media_publish(params={"creation_id": made["id"]})
    assert (refused.value.http_status(), refused.value.api_error_subcode()) == (403, 2207051)
    assert ShadowIGMediaBuilder(made["id"], api=api).api_get(fields=["status_code"])["status_code"] == "PUBLISHED"


def test_it_sees_what_is_refused(user: Any) -> None:
    """A wrong address, a wrong kind and a wrong caption raise the client's own error with their codes."""
    for params, subcode in (
        ({"image_url": "http://localhost/1.jpg"}, 2207052),
        ({"media_type": "HOLOGRAM"}, 2207023),
        ({**REEL, "caption": "x" * 2_201}, 2207010),
    ):
        with pytest.raises(FacebookRequestError) as refused:
            user.create_media(params=params)
        assert refused.value.api_error_subcode() == subcode
