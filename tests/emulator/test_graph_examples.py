"""The literal requests and answers of Meta's documentation, replayed against the emulators."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_fault
from socialconnect.testing.emulators.instagram import InstagramEmulator

GRAPH = "https://graph.facebook.com/v26.0"
INSTAGRAM = "https://graph.instagram.com/v26.0"
BEARER = {"Authorization": "Bearer EAAPAGE"}


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def instagram(clock: TestClock) -> InstagramEmulator:
    return InstagramEmulator(clock=clock, processing=timedelta(0))


def texts(emulator: Emulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def without_trace(response: httpx.Response) -> object:
    """Give an error answer without the id that is different in each."""
    error: dict[str, object] = response.json()["error"]
    assert error.pop("fbtrace_id")
    return error


def test_text_with_a_link(facebook: FacebookEmulator) -> None:
    """The documented feed call publishes, and its answer has the documented id and headers."""
    with facebook.client() as client:
        answer = client.post(
            f"{GRAPH}/1000/feed",
            headers=BEARER,
            json={"message": "Hello", "link": "https://example.com/a", "published": True},
        )
    assert answer.status_code == 200
    assert answer.json() == {"id": "1000_2001"}
    assert answer.headers["facebook-api-version"] == "v26.0"
    assert answer.headers["x-business-use-case-usage"] == (
        '{"1000":[{"type":"pages","call_count":1,"total_cputime":1,"total_time":1,'
        '"estimated_time_to_regain_access":0}]}'
    )
    (post,) = facebook.wall
    assert (post.text, post.link, post.account) == ("Hello", "https://example.com/a", "1000")


def test_a_scheduled_post(facebook: FacebookEmulator, clock: TestClock) -> None:
    """The documented scheduling call shows nothing before its time, and the post from then on."""
    with facebook.client() as client:
        answer = client.post(
            f"{GRAPH}/1000/feed",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            content="message=Later&published=false&scheduled_publish_time=1796130000"
            "&unpublished_content_type=SCHEDULED&access_token=EAAPAGE",
        )
    assert answer.json() == {"id": "1000_2001"}
    assert texts(facebook) == []
    clock.set(datetime.fromisoformat("2026-12-01T13:00:00+00:00"))
    assert texts(facebook) == ["Later"]


def test_two_photos_in_one_post(facebook: FacebookEmulator) -> None:
    """Two unpublished photos become one post, and `fields` is answered at once."""
    with facebook.client() as client:
        photos = [
            client.post(
                f"{GRAPH}/1000/photos",
                json={
                    "url": f"https://cdn.example.com/{number}.jpg",
                    "published": False,
                    "alt_text_custom": "A door",
                    "access_token": "EAAPAGE",
                },
            ).json()
            for number in (1, 2)
        ]
        assert photos == [{"id": "3001"}, {"id": "3002"}]
        assert texts(facebook) == []
        answer = client.post(
            f"{GRAPH}/1000/feed?fields=id,permalink_url",
            json={
                "message": "Two",
                "attached_media": [{"media_fbid": "3001"}, {"media_fbid": "3002"}],
                "access_token": "EAAPAGE",
            },
        )
    assert answer.json() == {"id": "1000_2001", "permalink_url": "https://www.facebook.com/1000_2001"}
    assert [(post.text, post.media) for post in facebook.wall] == [("Two", 2)]


def test_an_instagram_image(instagram: InstagramEmulator) -> None:
    """The three documented steps publish an image by Instagram Login."""
    bearer = {"Authorization": "Bearer IGTOKEN"}
    with instagram.client() as client:
        made = client.post(
            f"{INSTAGRAM}/17841400000000001/media",
            headers=bearer,
            json={"image_url": "https://cdn.example.com/1.jpg", "caption": "Hi #one", "alt_text": "A door"},
        )
        assert made.json() == {"id": "17990000000000001"}
        status = client.get(f"{INSTAGRAM}/17990000000000001?fields=status_code", headers=bearer)
        assert status.text == '{"status_code":"FINISHED","id":"17990000000000001"}'
        assert texts(instagram) == []
        done = client.post(
            f"{INSTAGRAM}/17841400000000001/media_publish", headers=bearer, json={"creation_id": "17990000000000001"}
        )
    assert done.json() == {"id": "18000000000000001"}
    assert [(post.text, post.media) for post in instagram.wall] == [("Hi #one", 1)]


def test_an_instagram_carousel(instagram: InstagramEmulator) -> None:
    """Two items and their parent publish as one post by Facebook Login, in form bodies."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    edge = f"{GRAPH}/17841400000000001"
    with instagram.client() as client:
        items = [
            client.post(
                f"{edge}/media",
                headers=form,
                content="image_url=https%3A%2F%2Fcdn.example.com%2F1.jpg&is_carousel_item=true&access_token=EAAUSER",
            ).json()["id"]
            for _ in range(2)
        ]
        parent = client.post(
            f"{edge}/media",
            headers=form,
            content=f"media_type=CAROUSEL&children={'%2C'.join(items)}&caption=Set&access_token=EAAUSER",
        ).json()["id"]
        status = client.get(f"{GRAPH}/{parent}?fields=status_code&access_token=EAAUSER").json()
        assert status == {"status_code": "FINISHED", "id": parent}
        client.post(f"{edge}/media_publish", data={"creation_id": parent, "access_token": "EAAUSER"})
    assert [(post.text, post.media) for post in instagram.wall] == [("Set", 2)]


def test_post_insights(facebook: FacebookEmulator) -> None:
    """The documented metrics come back in order, each with its name, period, values and id."""
    names = ("post_media_view", "post_total_media_view_unique", "post_reactions_by_type_total")
    with facebook.client() as client:
        client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
        answer = client.get(f"{GRAPH}/1000_2001/insights?metric={','.join(names)}", headers=BEARER).json()
    assert [(row["name"], row["period"], row["values"], row["id"]) for row in answer["data"]] == [
        (names[0], "lifetime", [{"value": 340}], f"1000_2001/insights/{names[0]}/lifetime"),
        (names[1], "lifetime", [{"value": 210}], f"1000_2001/insights/{names[1]}/lifetime"),
        (names[2], "lifetime", [{"value": {"like": 8, "love": 1}}], f"1000_2001/insights/{names[2]}/lifetime"),
    ]
    assert set(answer["paging"]) == {"previous", "next"}


def test_an_expired_token(facebook: FacebookEmulator, clock: TestClock) -> None:
    """A token that has ended is refused with 190/463 and both times in Pacific time."""
    facebook.tokens["EAAPAGE"].expires_at = datetime.fromisoformat("2026-11-24T06:00:00+00:00")
    with facebook.client() as client:
        answer = client.get(f"{GRAPH}/1000/posts", headers=BEARER)
    assert answer.status_code == 400
    assert without_trace(answer) == {
        "message": "Error validating access token: Session has expired on Monday, 23-Nov-26 22:00:00 PST. "
        "The current time is Tuesday, 24-Nov-26 01:00:00 PST.",
        "type": "OAuthException",
        "code": 190,
        "error_subcode": 463,
    }
    assert answer.headers["www-authenticate"].startswith('OAuth "Facebook Platform" "invalid_token" ')


def test_the_page_rate_limit(facebook: FacebookEmulator) -> None:
    """A throttled Page answers 80001, and its header tells the minutes to wait; without headers, nothing does."""
    facebook.faults.add(Fault(FaultKind.THROTTLED))
    facebook.faults.add(Fault(FaultKind.THROTTLED_BARE))
    with facebook.client() as client:
        told = client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
        bare = client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
    assert told.status_code == 400
    assert told.headers["x-business-use-case-usage"] == (
        '{"1000":[{"type":"pages","call_count":100,"total_cputime":25,"total_time":25,'
        '"estimated_time_to_regain_access":19}]}'
    )
    assert without_trace(told) == {
        "message": "(#80001) There have been too many calls to this Page account. Wait a bit and try again. For more "
        "info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
        "type": "OAuthException",
        "code": 80001,
    }
    assert "x-business-use-case-usage" not in bare.headers
    assert texts(facebook) == []


def test_a_container_that_is_not_ready(instagram: InstagramEmulator) -> None:
    """Publishing too early is refused with 9007/2207027."""
    instagram.limits.processing = timedelta(seconds=5)
    with instagram.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        made = client.post(
            f"{GRAPH}/17841400000000001/media", json={"image_url": "https://cdn.example.com/1.jpg"}
        ).json()
        answer = client.post(f"{GRAPH}/17841400000000001/media_publish", json={"creation_id": made["id"]})
    assert answer.status_code == 400
    assert without_trace(answer) == {
        "message": "Media ID is not available",
        "type": "OAuthException",
        "code": 9007,
        "error_subcode": 2207027,
        "is_transient": False,
        "error_user_title": "Media not ready",
        "error_user_msg": "The media is not ready for publishing, please wait for a moment",
    }


def test_a_retired_metric(facebook: FacebookEmulator) -> None:
    """One retired metric name fails the whole insights call with code 100."""
    with facebook.client() as client:
        client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
        answer = client.get(f"{GRAPH}/1000_2001/insights?metric=post_media_view,post_impressions", headers=BEARER)
    assert answer.status_code == 400
    assert without_trace(answer) == {
        "message": "(#100) The value must be a valid insights metric",
        "type": "OAuthException",
        "code": 100,
    }


def test_the_daily_limit_of_instagram(clock: TestClock) -> None:
    """The post after the quota's last is refused with 9/2207042."""
    emulator = InstagramEmulator(clock=clock, processing=timedelta(0), quota=0)
    with emulator.client() as client:
        client.headers["Authorization"] = "Bearer IGTOKEN"
        made = client.post(
            f"{GRAPH}/17841400000000001/media", json={"image_url": "https://cdn.example.com/1.jpg"}
        ).json()
        answer = client.post(f"{GRAPH}/17841400000000001/media_publish", json={"creation_id": made["id"]})
    assert answer.status_code == 400
    assert without_trace(answer) == {
        "message": "Application request limit reached",
        "type": "OAuthException",
        "code": 9,
        "error_subcode": 2207042,
        "is_transient": False,
        "error_user_title": "Publishing limit",
        "error_user_msg": "You reached maximum number of posts that is allowed to be published by Content Publishing "
        "API.",
    }


def test_a_server_error_after_the_effect(facebook: FacebookEmulator) -> None:
    """Code 2 with HTTP 500 may come although the post is live."""
    facebook.faults.add(graph_fault(2, after_effect=True))
    with facebook.client() as client:
        answer = client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
    assert answer.status_code == 500
    assert without_trace(answer) == {
        "message": "An unexpected error has occurred. Please retry your request later.",
        "type": "OAuthException",
        "is_transient": True,
        "code": 2,
    }
    assert texts(facebook) == ["Hello"]


def test_a_batch(facebook: FacebookEmulator) -> None:
    """A batch answers in order, each body as JSON text."""
    with facebook.client() as client:
        client.post(f"{GRAPH}/1000/feed", headers=BEARER, json={"message": "Hello"})
        answer = client.post(
            f"{GRAPH}/",
            data={
                "batch": json.dumps([{"method": "GET", "relative_url": "1000_2001/insights?metric=post_media_view"}]),
                "include_headers": "false",
                "access_token": "EAAPAGE",
            },
        )
    (item,) = answer.json()
    assert set(item) == {"code", "body"}
    assert item["code"] == 200
    assert json.loads(item["body"])["data"][0]["values"] == [{"value": 340}]
