"""
The literal requests of Meta's documentation, byte by byte over loopback, to Instagram's emulator.

From https://developers.facebook.com/docs/instagram-platform/content-publishing (and `/resumable-uploads` below it),
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media and the pages beside
them, read on 2026-11-24. Ids and tokens are the emulator's; hosts are one, as over loopback.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.samples import sample_video

USER = "17841400000000001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Loopback:
    """
    Sends requests as they are written.

    Args:
        emulator: What answers.
        url: Where it listens.
    """

    emulator: InstagramEmulator
    url: str

    def send(
        self, method: str, target: str, body: bytes | str = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Send one request, and give status and body."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=10)
        try:
            connection.request(method, target, body=body or None, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    emulator = InstagramEmulator(clock=TestClock("2026-11-24T09:00:00+00:00"), processing=timedelta(0))
    with serving(emulator) as url:
        yield Loopback(emulator, url)


def test_an_image_by_instagram_login(loopback: Loopback) -> None:
    """Create, ask, publish: with a bearer token and JSON."""
    bearer = {"Authorization": "Bearer IGTOKEN", **JSON}
    body = '{"image_url":"https://cdn.example.com/1.jpg","caption":"Hi #one","alt_text":"A door"}'
    status, made = loopback.send("POST", f"/v26.0/{USER}/media", body, bearer)
    assert (status, set(made)) == (200, {"id"})
    asked = loopback.send("GET", f"/v26.0/{made['id']}?fields=status_code&access_token=IGTOKEN")
    assert asked == (200, {"status_code": "FINISHED", "id": made["id"]})
    status, done = loopback.send(
        "POST", f"/v26.0/{USER}/media_publish", json.dumps({"creation_id": made["id"]}), bearer
    )
    assert (status, set(done)) == (200, {"id"})
    assert loopback.emulator.wall[-1].text == "Hi #one"


def test_a_carousel_by_facebook_login(loopback: Loopback) -> None:
    """Items and parent in form bodies, the children between encoded commas."""
    item = "image_url=https%3A%2F%2Fcdn.example.com%2F1.jpg&is_carousel_item=true&access_token=EAAUSER"
    ids = [loopback.send("POST", f"/v26.0/{USER}/media", item, FORM)[1]["id"] for _ in range(2)]
    body = f"media_type=CAROUSEL&children={'%2C'.join(ids)}&caption=Set&access_token=EAAUSER"
    status, parent = loopback.send("POST", f"/v26.0/{USER}/media", body, FORM)
    assert status == 200
    body = f"creation_id={parent['id']}&access_token=EAAUSER"
    assert loopback.send("POST", f"/v26.0/{USER}/media_publish", body, FORM)[0] == 200
    assert (loopback.emulator.wall[-1].text, loopback.emulator.wall[-1].media) == ("Set", 2)


def test_the_reference_pages_image(loopback: Loopback) -> None:
    """Everything in the query, tags in the page's own spelling with bare names and single quotes."""
    query = (
        "image_url=https://www.example.com/images/bronzed-fonzes.jpg&caption=%23BronzedFonzes!"
        "&collaborators=%5B%E2%80%98username1%E2%80%99,%E2%80%99username2%E2%80%99%5D"
        "&user_tags=%5B%7Busername:%27kevinhart4real%27,x:0.5,y:0.8%7D,%7Busername:%27therock%27,x:0.3,y:0.2%7D%5D"
        "&access_token=IGTOKEN"
    )
    status, made = loopback.send("POST", f"/v25.0/{USER}/media?{query}")
    assert status == 200, made
    container = loopback.emulator.containers[-1]
    assert container.caption == "#BronzedFonzes!"
    assert "therock" in container.kept["user_tags"]


def test_the_resumable_guide(loopback: Loopback) -> None:
    """The container by a JSON body, the bytes as curl sends them, the status and the publish with OAuth headers."""
    status, made = loopback.send(
        "POST",
        f"/v26.0/{USER}/media",
        '{"media_type":"REELS","upload_type":"resumable"}',
        {"Authorization": "Bearer IGTOKEN", **JSON},
    )
    assert (status, set(made)) == (200, {"id", "uri"})
    assert made["uri"] == f"{loopback.url}/ig-api-upload/v26.0/{made['id']}"
    film = sample_video(10.0, size=100_000)
    oauth = {"Authorization": "OAuth IGTOKEN"}
    headers = {**oauth, "offset": "0", "file_size": str(len(film)), **FORM}
    uploaded = loopback.send("POST", urlsplit(made["uri"]).path, film, headers)
    assert uploaded == (200, {"success": True, "message": "Upload successful."})
    status, done = loopback.send("POST", f"/v26.0/{USER}/media_publish", f"creation_id={made['id']}", {**oauth, **FORM})
    assert (status, set(done)) == (200, {"id"})
    asked = f"/v26.0/{made['id']}?fields=id,status,status_code,video_status"
    assert loopback.send("GET", asked, headers=oauth) == (
        200,
        {
            "id": made["id"],
            "status": "Published: Media has been successfully published.",
            "status_code": "PUBLISHED",
            "video_status": {
                "uploading_phase": {
                    "status": "complete",
                    "bytes_transferred": len(film),
                    "source_file_size": len(film),
                },
                "processing_phase": {"status": "complete"},
            },
        },
    )


def test_the_resumable_guides_hosted_video(loopback: Loopback) -> None:
    """A carousel's video comes by `file_url`, without a version in the address, and the carousel is mixed."""
    body = "media_type=VIDEO&upload_type=resumable&is_carousel_item=true&access_token=IGTOKEN"
    video = loopback.send("POST", f"/v26.0/{USER}/media", body, FORM)[1]
    headers = {"Authorization": "OAuth IGTOKEN", "file_url": "https://example.com/hosted_video.mp4"}
    assert loopback.send("POST", f"/ig-api-upload/{video['id']}", headers=headers)[1]["success"] is True
    body = "image_url=https://example.com/1.jpg&is_carousel_item=true&access_token=IGTOKEN"
    image = loopback.send("POST", f"/v26.0/{USER}/media", body, FORM)[1]
    body = f"media_type=CAROUSEL&caption=Mixed&children=[{video['id']},{image['id']}]&share_to_feed=true"
    status, parent = loopback.send("POST", f"/v26.0/{USER}/media", body, {"Authorization": "OAuth IGTOKEN", **FORM})
    assert (status, set(parent)) == (200, {"id"})


def test_a_video_story_and_an_image_story(loopback: Loopback) -> None:
    """Both come in the query alone."""
    before = len(loopback.emulator.wall)
    for source in ("image_url=https://example.com/s.jpg", "video_url=https://example.com/s.mp4"):
        target = f"/v25.0/{USER}/media?{source}&media_type=STORIES&access_token=IGTOKEN"
        made = loopback.send("POST", target)[1]["id"]
        target = f"/v25.0/{USER}/media_publish?creation_id={made}&access_token=IGTOKEN"
        assert loopback.send("POST", target)[0] == 200
    assert len(loopback.emulator.wall) == before + 2


def test_a_comment_in_the_query(loopback: Loopback) -> None:
    """`POST /{media}/comments?message=…` gives the comment's id."""
    post = loopback.emulator.wall[0].id
    target = f"/v26.0/{post}/comments?message=This%20is%20awesome!&access_token=IGTOKEN"
    status, said = loopback.send("POST", target)
    assert (status, set(said)) == (200, {"id"})
    status, listed = loopback.send("GET", f"/v26.0/{post}/comments?access_token=IGTOKEN")
    assert set(listed["data"][0]) == {"timestamp", "text", "id"}


def test_the_account_insights_example(loopback: Loopback) -> None:
    """Reach by surface: the total with its parts, and the pages before and after."""
    query = "metric=reach&period=day&breakdown=media_product_type&metric_type=total_value&access_token=IGTOKEN"
    status, told = loopback.send("GET", f"/v25.0/{USER}/insights?{query}")
    assert status == 200
    (row,) = told["data"]
    assert set(row) == {"name", "period", "title", "description", "total_value", "id"}
    assert row["id"] == f"{USER}/insights/reach/day"
    assert row["total_value"]["breakdowns"][0]["dimension_keys"] == ["media_product_type"]
    assert set(told["paging"]) == {"previous", "next"}


def test_the_demographics_example(loopback: Loopback) -> None:
    """Its parameter is spelt `breakdowns`, and its time frame is gone: the one is read, the other refused."""
    query = "metric=engaged_audience_demographics&period=lifetime&breakdowns=country&metric_type=total_value"
    gone = loopback.send("GET", f"/v25.0/{USER}/insights?{query}&timeframe=last_90_days&access_token=IGTOKEN")
    assert (gone[0], gone[1]["error"]["code"]) == (400, 100)
    status, told = loopback.send("GET", f"/v25.0/{USER}/insights?{query}&timeframe=this_month&access_token=IGTOKEN")
    assert status == 200
    assert told["data"][0]["total_value"]["breakdowns"][0]["dimension_keys"] == ["country"]


def test_comments_are_switched_off_in_the_query(loopback: Loopback) -> None:
    """The only update that there is, as the reference shows it."""
    post = loopback.emulator.wall[0].id
    target = f"/v25.0/{post}?comment_enabled=true&access_token=IGTOKEN"
    assert loopback.send("POST", target) == (200, {"success": True})
