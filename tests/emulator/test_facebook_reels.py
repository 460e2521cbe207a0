"""Reels and stories on Facebook's emulator: start, bytes, finish, states, quotas and lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import EmulatedAccount, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import upload_fault
from socialconnect.testing.samples import sample_video

GRAPH = "https://graph.facebook.com/v26.0"
REEL = sample_video(10.0)


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


def texts(emulator: FacebookEmulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def codes(answer: httpx.Response) -> tuple[int, int, int | None]:
    """Give status, code and subcode of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error.get("error_subcode")


def after(clock: TestClock, **span: float) -> int:
    """Give a time to come as seconds since 1970."""
    return int((clock.now() + timedelta(**span)).timestamp())


def start(client: httpx.Client, edge: str = "video_reels") -> tuple[str, str]:
    """Begin an upload; gives the video and the address for its bytes."""
    told = client.post(f"/1000/{edge}", json={"upload_phase": "start"}).json()
    return told["video_id"], told["upload_url"]


def upload(
    client: httpx.Client, url: str, content: bytes, *, offset: int = 0, size: int | None = None
) -> httpx.Response:
    """Send bytes to the upload host."""
    length = str(len(content) if size is None else size)
    headers = {"Authorization": "OAuth EAAPAGE", "offset": str(offset), "file_size": length}
    return client.post(url, headers=headers, content=content)


def finish(client: httpx.Client, video: str, edge: str = "video_reels", **fields: object) -> httpx.Response:
    """Finish an upload."""
    body: dict[str, object] = {"upload_phase": "finish", "video_id": video, **fields}
    return client.post(f"/1000/{edge}", json=body)


def uploaded(client: httpx.Client, content: bytes = REEL, edge: str = "video_reels") -> str:
    """Begin an upload and send the bytes; gives the video."""
    video, url = start(client, edge)
    assert upload(client, url, content).json() == {"success": True}
    return video


def status(client: httpx.Client, video: str) -> Any:
    """Give a video's status."""
    return client.get(f"/{video}?fields=status").json()["status"]


# ── the documented way ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_documented_reel(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """Start, bytes, status and finish answer as documented, and the reel is seen when it is processed."""
    told = client.post("/1000/video_reels", json={"upload_phase": "start", "access_token": "EAAPAGE"}).json()
    assert told == {"video_id": "4001", "upload_url": "https://rupload.facebook.com/video-upload/v26.0/4001"}
    assert upload(client, told["upload_url"], REEL).json() == {"success": True}
    assert status(client, "4001") == {
        "video_status": "upload_complete",
        "uploading_phase": {
            "status": "complete",
            "bytes_transfered": len(REEL),
            "bytes_transferred": len(REEL),
            "source_file_size": len(REEL),
        },
        "processing_phase": {"status": "not_started"},
        "publishing_phase": {"status": "not_started"},
    }
    query = "access_token=EAAPAGE&video_id=4001&upload_phase=finish&video_state=PUBLISHED&description=What%20a%20day"
    done = client.post(f"/1000/video_reels?{query}")
    assert done.json() == {"success": True, "post_id": "1000_4001"}
    assert status(client, "4001")["video_status"] == "processing"
    assert texts(facebook) == []
    clock.advance(2)
    assert texts(facebook) == ["What a day"]
    assert status(client, "4001")["video_status"] == "ready"
    (listed,) = client.get("/1000/video_reels").json()["data"]
    assert listed == {"description": "What a day", "updated_time": "2026-11-24T09:00:00+0000", "id": "4001"}


def test_a_reel_by_address(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A `file_url` header stands for the bytes; Meta's own file hosts and closed ones are refused."""
    video, url = start(client)
    facebook.settings.unreachable.add("closed")
    oauth = {"Authorization": "OAuth EAAPAGE"}
    for address in ("https://video.fbcdn.net/a.mp4", "https://closed.example.com/a.mp4", "ftp://example.com/a.mp4"):
        refused = client.post(url, headers={**oauth, "file_url": address})
        assert refused.status_code == 400
        assert refused.json()["debug_info"]["type"] == "ProcessingFailedError"
    assert client.post(url, headers={**oauth, "file_url": "https://some.cdn.url/a.mp4"}).json() == {"success": True}
    assert finish(client, video, video_state="PUBLISHED").status_code == 200
    clock.advance(2)
    assert len(facebook.wall) == 1


def test_what_curl_sends_is_no_form(client: httpx.Client) -> None:
    """`curl --data-binary` calls its body a form; it is bytes all the same."""
    _, url = start(client)
    headers = {"Authorization": "OAuth EAAPAGE", "offset": "0", "file_size": str(len(REEL))}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(url, headers={**headers, **form}, content=REEL).json() == {"success": True}


def test_the_address_may_lack_the_version(client: httpx.Client) -> None:
    """The guide's own example of the address has no version."""
    video, _ = start(client)
    assert upload(client, f"https://rupload.facebook.com/video-upload/{video}", REEL).json() == {"success": True}


# ── the upload host ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_broken_upload_goes_on(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The status tells how much came, and the rest completes it."""
    video, url = start(client)
    facebook.settings.break_next_upload(50)
    with pytest.raises(httpx.ReadError):
        upload(client, url, REEL)
    told = status(client, video)
    assert told["video_status"] == "uploading"
    assert told["uploading_phase"]["status"] == "in_progress"
    assert told["uploading_phase"]["bytes_transfered"] == 50
    assert upload(client, url, REEL[50:], offset=50, size=len(REEL)).json() == {"success": True}
    assert status(client, video)["uploading_phase"]["status"] == "complete"


@pytest.mark.parametrize(
    ("offset", "content", "size", "refusal"),
    [
        (10, REEL, len(REEL), (412, "OffsetInvalidError", "Request starting offset is invalid")),
        (0, REEL[:10], len(REEL), (400, "PartialRequestError", "Partial request (did not match length of file)")),
        (0, REEL + b"x", len(REEL), (400, "PartialRequestError", "Partial request (did not match length of file)")),
    ],
)
def test_the_upload_host_refuses(
    client: httpx.Client, offset: int, content: bytes, size: int, refusal: tuple[int, str, str]
) -> None:
    """A wrong offset and a wrong length have the host's own shape of refusal."""
    _, url = start(client)
    answer = upload(client, url, content, offset=offset, size=size)
    info = answer.json()["debug_info"]
    assert (answer.status_code, info["type"], info["message"]) == refusal
    assert isinstance(info["retriable"], bool)


def test_a_resumed_upload_is_of_the_same_length(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Another length than at first is refused."""
    _, url = start(client)
    facebook.settings.break_next_upload(50)
    with pytest.raises(httpx.ReadError):
        upload(client, url, REEL)
    answer = upload(client, url, REEL[50:-1], offset=50, size=len(REEL) - 1)
    assert answer.json()["debug_info"]["type"] == "PartialRequestError"


@pytest.mark.parametrize("absent", ["offset", "file_size"])
def test_the_upload_host_wants_its_headers(client: httpx.Client, absent: str) -> None:
    """Without the offset or the length nothing is taken."""
    video, url = start(client)
    headers = {"Authorization": "OAuth EAAPAGE", "offset": "0", "file_size": str(len(REEL))}
    del headers[absent]
    assert client.post(url, headers=headers, content=REEL).status_code == 400
    assert status(client, video)["uploading_phase"]["status"] == "not_started"


@pytest.mark.parametrize("kind", ["OffsetInvalidError", "PartialRequestError", "ProcessingFailedError"])
def test_every_refusal_of_the_upload_host_can_be_had(
    facebook: FacebookEmulator, client: httpx.Client, kind: str
) -> None:
    """Each comes on demand, before any effect, and the next upload goes through."""
    video, url = start(client)
    facebook.faults.add(upload_fault(kind))  # type: ignore[arg-type]  # one of the three
    assert upload(client, url, REEL).json()["debug_info"]["type"] == kind
    assert status(client, video)["uploading_phase"]["status"] == "not_started"
    assert upload(client, url, REEL).json() == {"success": True}


def test_only_the_pages_token_uploads(clock: TestClock) -> None:
    """Another Page's token, a person's, and none are refused."""
    pages = [EmulatedAccount("1000", "EAAPAGE"), EmulatedAccount("2000", "EAAOTHER")]
    emulator = FacebookEmulator(clock=clock, pages=pages)
    with emulator.client() as client:
        client.base_url = httpx.URL(GRAPH)
        told = client.post("/1000/video_reels?access_token=EAAPAGE", data={"upload_phase": "start"}).json()
        headers = {"offset": "0", "file_size": str(len(REEL))}
        for token, expected in (("EAAOTHER", "debug_info"), ("EAAUSER", "debug_info"), ("nonsense", "error")):
            sent = {**headers, "Authorization": f"OAuth {token}"}
            assert expected in client.post(told["upload_url"], headers=sent, content=REEL).json()
        assert codes(client.post(told["upload_url"], headers=headers, content=REEL))[1] == 2500
    assert emulator.videos[0].file.received == 0


def test_a_lost_answer_keeps_the_bytes(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The bytes came although the answer did not: sending them again is a wrong offset, and the status tells."""
    video, url = start(client)
    facebook.faults.add(Fault(FaultKind.LOST_ANSWER, path="video-upload"))
    with pytest.raises(httpx.ReadTimeout):
        upload(client, url, REEL)
    assert upload(client, url, REEL).json()["debug_info"]["type"] == "OffsetInvalidError"
    assert status(client, video)["uploading_phase"]["bytes_transfered"] == len(REEL)


def test_an_upload_expires(client: httpx.Client, clock: TestClock) -> None:
    """After a day the session takes no bytes and no finish, and says that it has expired."""
    video, url = start(client)
    other = uploaded(client)
    clock.advance(days=1)
    assert upload(client, url, REEL).status_code == 400
    assert status(client, video)["video_status"] == "expired"
    assert codes(finish(client, other, video_state="PUBLISHED")) == (400, 6000, 1363019)


# ── what a reel may be ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "subcode"),
    [
        (sample_video(2.0), 1363128),
        (sample_video(91.0), 1363128),
        (sample_video(10.0, width=360, height=640), 1363127),
        (sample_video(10.0, width=1080, height=1080), 1363040),
        (sample_video(10.0, frame_rate=10), 1363129),
        (b"no video", 1363024),
    ],
)
def test_a_reel_is_looked_at(facebook: FacebookEmulator, client: httpx.Client, content: bytes, subcode: int) -> None:
    """Length, size, ratio, frames and kind are read from the bytes; the status tells, and the finish is refused."""
    facebook.settings.processing = timedelta(0)
    video = uploaded(client, content)
    told = status(client, video)
    assert told["video_status"] == "error"
    assert told["processing_phase"]["errors"] == [
        {"code": subcode, "message": told["processing_phase"]["error"]["message"]}
    ]
    assert codes(finish(client, video, video_state="PUBLISHED")) == (400, 6000, subcode)
    assert facebook.wall == ()


def test_the_documented_status_of_a_reel_that_is_too_small(client: httpx.Client) -> None:
    """What is wrong with it is told before the processing has begun, in the guide's own words."""
    video = uploaded(client, sample_video(10.0, width=360, height=640))
    told = status(client, video)
    assert told["video_status"] == "processing"
    assert told["processing_phase"]["status"] == "not_started"
    assert told["processing_phase"]["error"] == {
        "message": "Resolution too low. Video must have a minimum resolution of 540p."
    }
    assert told["publishing_phase"] == {"status": "not_started"}


def test_a_reel_that_fails_after_its_finish_is_never_seen(
    facebook: FacebookEmulator, client: httpx.Client, clock: TestClock
) -> None:
    """While it is processed the finish succeeds; the failure shows in the status alone."""
    video = uploaded(client, sample_video(2.0))
    assert finish(client, video, video_state="PUBLISHED").json()["success"] is True
    clock.advance(2)
    told = status(client, video)
    assert (told["video_status"], told["publishing_phase"]["publish_status"]) == ("error", "error")
    assert facebook.wall == ()


@pytest.mark.parametrize("seconds", [3.0, 90.0])
def test_the_edges_of_a_reels_length_count_as_good(
    facebook: FacebookEmulator, client: httpx.Client, seconds: float
) -> None:
    """3 and 90 seconds are allowed."""
    facebook.settings.processing = timedelta(0)
    video = uploaded(client, sample_video(seconds, width=540, height=960))
    assert finish(client, video, video_state="PUBLISHED").status_code == 200


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"upload_phase": "middle"}, 100),
        ({"upload_phase": "finish"}, 100),
        ({"upload_phase": "finish", "video_id": "9"}, 100),
        ({"upload_phase": "finish", "video_id": "4001"}, 100),
        ({"upload_phase": "finish", "video_id": "4001", "video_state": "LIVE"}, 100),
        ({"upload_phase": "finish", "video_id": "4001", "video_state": "SCHEDULED"}, 100),
        ({"upload_phase": "finish", "video_id": "4001", "video_state": "PUBLISHED", "colour": "red"}, 100),
        ({"upload_phase": "finish", "video_id": "4001", "video_state": "PUBLISHED", "targeting": "x"}, 100),
        ({}, 100),
    ],
)
def test_a_reel_is_refused(facebook: FacebookEmulator, client: httpx.Client, fields: dict[str, str], code: int) -> None:
    """Phases, states and parameters that are not documented, or contradict each other, publish nothing."""
    uploaded(client)
    assert codes(client.post("/1000/video_reels", json=fields))[1] == code
    assert facebook.posts == ()


def test_a_reel_without_its_bytes_is_not_finished(client: httpx.Client) -> None:
    """A finish before the upload is refused."""
    video, _ = start(client)
    assert codes(finish(client, video, video_state="PUBLISHED")) == (400, 6000, 1363019)


def test_a_second_finish_posts_nothing(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """The same video is not published twice."""
    video = uploaded(client)
    finish(client, video, video_state="PUBLISHED")
    assert codes(finish(client, video, video_state="PUBLISHED")) == (400, 100, None)
    clock.advance(2)
    assert len(facebook.wall) == 1


# ── states and quotas ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scheduled_reel(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """It stands among the plans with its time until that comes; 29 days are the most, and 10 minutes the least."""
    video = uploaded(client)
    for at in (after(clock, minutes=9), after(clock, days=29, minutes=1)):
        assert codes(finish(client, video, video_state="SCHEDULED", scheduled_publish_time=at)) == (400, 100, None)
    at = after(clock, hours=1)
    assert finish(client, video, video_state="SCHEDULED", scheduled_publish_time=at).json()["success"] is True
    (plan,) = client.get("/1000/scheduled_posts?fields=scheduled_publish_time").json()["data"]
    assert plan["scheduled_publish_time"] == at
    assert status(client, video)["publishing_phase"] == {
        "status": "not_started",
        "publish_status": "scheduled",
        "publish_time": at,
    }
    clock.advance(hours=1)
    assert len(facebook.wall) == 1


def test_a_draft_of_a_reel(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A draft is unseen until it is published."""
    video = uploaded(client)
    assert finish(client, video, video_state="DRAFT").json()["success"] is True
    clock.advance(hours=1)
    assert facebook.wall == ()
    assert status(client, video)["publishing_phase"] == {"status": "not_started", "publish_status": "draft"}
    client.post(f"/1000_{video}", data={"is_published": "true"})
    assert len(facebook.wall) == 1


def test_30_reels_in_24_hours(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """The next one is refused, until the first is a day old; drafts and videos do not count."""
    facebook.settings.reels_a_day = 2
    for _ in range(2):
        assert finish(client, uploaded(client), video_state="PUBLISHED").status_code == 200
        clock.advance(hours=1)
    video = uploaded(client)
    assert codes(finish(client, video, video_state="PUBLISHED")) == (400, 613, None)
    assert finish(client, uploaded(client), video_state="DRAFT").status_code == 200
    clock.advance(hours=22)
    assert finish(client, video, video_state="PUBLISHED").status_code == 200


def test_reels_are_listed_between_two_times(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """`since` and `until` take words, days and seconds; the later must come after the earlier."""
    facebook.settings.processing = timedelta(0)
    for text in ("one", "two"):
        finish(client, uploaded(client), video_state="PUBLISHED", description=text)
        clock.advance(days=1)
    found = client.get("/1000/video_reels", params={"since": "yesterday", "until": "today"}).json()["data"]
    assert [one["description"] for one in found] == ["two"]
    found = client.get("/1000/video_reels", params={"since": "2026-11-25", "until": "2026-11-26"}).json()["data"]
    assert [one["description"] for one in found] == ["two"]
    answer = client.get("/1000/video_reels", params={"since": "2026-11-25", "until": "2026-11-25"})
    assert codes(answer) == (400, 100, None)


# ── stories ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def photo(client: httpx.Client, **fields: object) -> str:
    """Upload an unpublished photo."""
    body: dict[str, object] = {"url": "https://cdn.example.com/1.jpg", "published": False, **fields}
    id_: str = client.post("/1000/photos", json=body).json()["id"]
    return id_


def test_a_photo_story(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """It is seen at once and for a day, and archived from then on."""
    answer = client.post("/1000/photo_stories", params={"photo_id": photo(client)})
    assert answer.json() == {"success": True, "post_id": "6001"}
    (story,) = facebook.wall
    assert (story.id, story.media) == ("6001", 1)
    assert client.get("/1000/stories").json()["data"] == [
        {
            "post_id": "6001",
            "status": "PUBLISHED",
            "creation_time": str(int(clock.now().timestamp())),
            "media_type": "photo",
            "media_id": "3001",
            "url": "https://www.facebook.com/stories/1000/6001",
        }
    ]
    clock.advance(days=1)
    assert facebook.wall == ()
    assert client.get("/1000/stories?status=PUBLISHED").json()["data"] == []
    assert [one["status"] for one in client.get("/1000/stories").json()["data"]] == ["ARCHIVED"]
    facebook.settings.story_archive = False
    assert client.get("/1000/stories?status=ARCHIVED").json()["data"] == []


def test_a_photo_serves_one_story(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A photo of a story, of a post, or that is published cannot become a story, nor one that is not there."""
    used = photo(client)
    client.post("/1000/photo_stories", data={"photo_id": used})
    public = photo(client, published=True)
    for id_ in (used, public, "9999", ""):
        assert codes(client.post("/1000/photo_stories", data={"photo_id": id_})) == (400, 100, None)
    attached = {"message": "a", "attached_media": [{"media_fbid": used}]}
    assert codes(client.post("/1000/feed", json=attached)) == (400, 100, None)
    assert len(facebook.stories) == 1


def test_a_video_story(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """It goes the way of a reel by its own edge, and is seen when it is processed."""
    video = uploaded(client, edge="video_stories")
    assert codes(finish(client, video, video_state="PUBLISHED")) == (400, 100, 33)
    assert finish(client, video, edge="video_stories").json() == {"success": True, "post_id": "6001"}
    assert texts(facebook) == []
    assert client.get("/1000/stories").json()["data"] == []
    clock.advance(2)
    (story,) = client.get("/1000/stories?fields=media_type,media_id").json()["data"]
    assert story == {"media_type": "video", "media_id": video, "id": "6001"}
    assert len(facebook.wall) == 1
    assert client.get(f"/{video}?fields=published").json()["published"] is True
    assert client.get("/1000/video_reels").json()["data"] == []


def test_a_video_story_lasts_a_minute_at_most(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """61 seconds are a reel and no story."""
    facebook.settings.processing = timedelta(0)
    video = uploaded(client, sample_video(61.0), edge="video_stories")
    assert codes(finish(client, video, edge="video_stories")) == (400, 6000, 1363128)


def test_stories_are_listed_between_two_times(client: httpx.Client, clock: TestClock) -> None:
    """Only those of the span are listed."""
    for _ in range(3):
        client.post("/1000/photo_stories", data={"photo_id": photo(client)})
        clock.advance(hours=1)
    since, until = after(clock, hours=-2, minutes=-30), after(clock, hours=-1, minutes=-30)
    listed = client.get("/1000/stories", params={"since": since, "until": until}).json()["data"]
    assert [one["post_id"] for one in listed] == ["6002"]


def test_a_story_has_insights_of_its_own(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Its metrics are the stories', and a post's are refused."""
    client.post("/1000/photo_stories", data={"photo_id": photo(client)})
    facebook.set_performance("6001", replies=7)
    names = "story_interaction,pages_fb_story_replies,pages_fb_story_shares"
    rows = client.get(f"/6001/insights?metric={names}").json()["data"]
    assert [row["values"][0]["value"] for row in rows] == [19, 7, 3]
    assert codes(client.get("/6001/insights?metric=post_media_view")) == (400, 100, None)
    assert codes(client.get("/6001/insights?metric=page_story_impressions_by_story_id")) == (400, 100, None)


@pytest.mark.parametrize("edge", ["photo_stories", "video_stories", "video_reels", "videos", "photos", "feed"])
def test_publishing_needs_the_task(facebook: FacebookEmulator, client: httpx.Client, edge: str) -> None:
    """A person without the task CREATE_CONTENT publishes nothing."""
    facebook.tokens["EAAPAGE"].tasks.discard("CREATE_CONTENT")
    assert codes(client.post(f"/1000/{edge}")) == (400, 1, 2853006)


@pytest.mark.parametrize("authorization", ["Bearer EAAPAGE", "EAAPAGE"], ids=["bearer", "bare"])
def test_the_upload_host_wants_oauth(client: httpx.Client, authorization: str) -> None:
    """A token under any other word than `OAuth` uploads nothing."""
    _, url = start(client)
    headers = {"Authorization": authorization, "offset": "0", "file_size": str(len(REEL))}
    answer = client.post(url, headers=headers, content=REEL)
    assert answer.status_code == 400
    assert answer.json()["debug_info"]["type"] == "ProcessingFailedError"
    assert "unauthorized user request" in answer.json()["debug_info"]["message"]
