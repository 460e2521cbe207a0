"""Videos on Facebook's emulator: every way in, their processing, and what is refused on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from socialconnect.media_facts import MediaFacts
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator, FacebookSettings
from socialconnect.testing.emulators.facebook.specifications import fault_of
from socialconnect.testing.samples import sample_image, sample_video

GRAPH = "https://graph.facebook.com/v26.0"
VIDEO_HOST = "https://graph-video.facebook.com/v26.0"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock, settings=FacebookSettings(chunk_size=1024))


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


def start(client: httpx.Client, size: int) -> dict[str, str]:
    """Begin an upload in parts."""
    told: dict[str, str] = client.post("/1000/videos", data={"upload_phase": "start", "file_size": size}).json()
    return told


def send(client: httpx.Client, session: str, start: int | str, piece: bytes) -> httpx.Response:
    """Send one part."""
    form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": str(start)}
    files = {"video_file_chunk": ("chunk", piece, "application/octet-stream")}
    return client.post(f"{VIDEO_HOST}/1000/videos", data=form, files=files)


def send_all(client: httpx.Client, content: bytes, session: dict[str, str]) -> None:
    """Send what the answers ask for, until they ask for no more."""
    told = session
    while told["start_offset"] != told["end_offset"]:
        first, last = int(told["start_offset"]), int(told["end_offset"])
        told = send(client, session["upload_session_id"], first, content[first:last]).json()


def finish(client: httpx.Client, session: str, **form: object) -> httpx.Response:
    """Finish an upload in parts."""
    fields: dict[str, object] = {"upload_phase": "finish", "upload_session_id": session, **form}
    return client.post("/1000/videos", json=fields)


# ── in one request ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_video_by_address(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """The answer is the video's id; people see it when it is processed, at the reel's address."""
    form = {"file_url": "https://cdn.example.com/a.mp4", "title": "Spring", "description": "Raincoats"}
    assert client.post("/1000/videos", data=form).json() == {"id": "4001"}
    assert texts(facebook) == []
    clock.advance(2)
    (post,) = facebook.wall
    assert (post.id, post.text, post.media) == ("1000_4001", "Raincoats", 1)
    asked = "title,description,permalink_url,published,post_id"
    assert client.get(f"/4001?fields={asked}").json() == {
        "title": "Spring",
        "description": "Raincoats",
        "permalink_url": "https://www.facebook.com/reel/4001",
        "published": True,
        "post_id": "1000_4001",
        "id": "4001",
    }


def test_a_video_in_one_form(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A multipart upload to the video host publishes, and its length is read from the file."""
    files = {"source": ("a.mp4", sample_video(12.0), "video/mp4")}
    made = client.post(f"{VIDEO_HOST}/1000/videos", data={"description": "Look"}, files=files).json()
    clock.advance(2)
    assert texts(facebook) == ["Look"]
    assert client.get(f"/{made['id']}?fields=length").json()["length"] == pytest.approx(12.0)
    (listed,) = client.get("/1000/videos?fields=id,description").json()["data"]
    assert listed == {"id": made["id"], "description": "Look"}


def test_a_video_by_a_handle(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A session, the bytes in two goes, a handle, and the handle publishes."""
    content = sample_video(5.0)
    ask = {"file_name": "a.mp4", "file_length": str(len(content)), "file_type": "video/mp4", "access_token": "EAAUSER"}
    session = client.post("/123/uploads", params=ask).json()["id"]
    assert session.startswith("upload:")
    bearer = {"Authorization": "OAuth EAAUSER"}
    facebook.settings.break_next_upload(100)
    with pytest.raises(httpx.ReadError):
        client.post(f"/{session}", headers={**bearer, "file_offset": "0"}, content=content)
    assert client.get(f"/{session}", headers=bearer).json() == {"id": session, "file_offset": 100}
    sent = client.post(f"/{session}", headers={**bearer, "file_offset": "100"}, content=content[100:])
    assert list(sent.json()) == ["h"]
    made = client.post("/1000/videos", data={"fbuploader_video_file_chunk": sent.json()["h"], "title": "T"})
    assert list(made.json()) == ["id"]
    clock.advance(2)
    assert len(facebook.wall) == 1


def test_the_curl_example_of_an_upload_is_no_form(client: httpx.Client) -> None:
    """What `curl --data-binary` sends calls itself a form; the bytes count all the same."""
    content = sample_video(5.0)
    ask = {"file_length": str(len(content)), "file_type": "video/mp4"}
    session = client.post("/123/uploads", params=ask).json()["id"]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "file_offset": "0"}
    assert "h" in client.post(f"/{session}", headers=headers, content=content).json()


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({}, (400, 100, None)),
        ({"file_url": "https://a.example.com/a.mp4", "fbuploader_video_file_chunk": "x"}, (400, 100, None)),
        ({"file_url": "ftp://a.example.com/a.mp4"}, (400, 389, None)),
        ({"file_url": "https://gone.example.com/a.mp4"}, (400, 389, None)),
        ({"fbuploader_video_file_chunk": "nonsense"}, (400, 100, None)),
        ({"file_url": "https://a.example.com/a.mp4", "content_category": "CATS"}, (400, 100, None)),
        ({"file_url": "https://a.example.com/a.mp4", "colour": "red"}, (400, 100, None)),
        ({"upload_phase": "begin"}, (400, 100, None)),
        ({"upload_phase": "start"}, (400, 100, None)),
        ({"upload_phase": "start", "file_size": "-5"}, (400, 100, None)),
        ({"upload_phase": "start", "file_size": str(11 * 1024**3)}, (400, 6000, 1363025)),
        ({"upload_phase": "transfer", "start_offset": "0"}, (400, 100, None)),
        ({"upload_phase": "transfer", "upload_session_id": "1", "start_offset": "0"}, (400, 100, 33)),
    ],
)
def test_a_video_is_refused(
    facebook: FacebookEmulator, client: httpx.Client, form: dict[str, str], refusal: tuple[int, int, int | None]
) -> None:
    """No source, two, one that cannot be fetched, and parameters of the wrong kind are each refused."""
    facebook.settings.unreachable.add("gone")
    assert codes(client.post("/1000/videos", data=form)) == refusal
    assert facebook.posts == ()


def test_a_handle_is_refused(client: httpx.Client) -> None:
    """A session wants a known type, a length, the right offset, and no more bytes than announced."""
    for ask in ({"file_length": "5"}, {"file_length": "5", "file_type": "image/webp"}, {"file_type": "video/mp4"}):
        assert codes(client.post("/123/uploads", params=ask)) == (400, 100, None)
    session = client.post("/123/uploads", params={"file_length": 5, "file_type": "video/mp4"}).json()["id"]
    for offset, content in (("3", b"12345"), ("x", b"12345"), ("0", b"123456")):
        answer = client.post(f"/{session}", headers={"file_offset": offset}, content=content)
        assert codes(answer) == (400, 100, None)
    assert codes(client.post("/upload:nonsense", headers={"file_offset": "0"})) == (400, 100, 33)
    assert codes(client.post(f"/{session}", headers={"Authorization": "OAuth x"})) == (400, 190, None)


# ── in parts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_documented_upload_in_parts(clock: TestClock) -> None:
    """Start, two parts and finish answer with the documented bodies, offsets as text."""
    emulator = FacebookEmulator(clock=clock, settings=FacebookSettings(chunk_size=1_048_576))
    content = sample_video(20.0, size=2_000_000)
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        session = start(client, len(content))
        assert session == {
            "upload_session_id": "8001",
            "video_id": "4001",
            "start_offset": "0",
            "end_offset": "1048576",
        }
        first = send(client, "8001", 0, content[:1_048_576])
        assert first.json() == {"start_offset": "1048576", "end_offset": "2000000"}
        second = send(client, "8001", 1_048_576, content[1_048_576:])
        assert second.json() == {"start_offset": "2000000", "end_offset": "2000000"}
        assert finish(client, "8001", title="T", description="D").json() == {"success": True}
        clock.advance(2)
        assert texts(emulator) == ["D"]
        assert client.get("/4001?fields=title,length").json()["title"] == "T"


def test_a_refused_part_tells_the_range_to_send_again(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """6001/1363037 names the range as numbers, and sending it goes on."""
    content = sample_video(5.0, size=3000)
    session = start(client, len(content))
    send(client, session["upload_session_id"], 0, content[:1024])
    facebook.settings.refuse_next_chunks()
    answer = send(client, session["upload_session_id"], 1024, content[1024:2048])
    error = answer.json()["error"]
    assert codes(answer) == (400, 6001, 1363037)
    assert (error["error_data"], error["is_transient"]) == ({"start_offset": 1024, "end_offset": 2048}, False)
    again = send(client, session["upload_session_id"], 1024, content[1024:2048])
    assert again.json() == {"start_offset": "2048", "end_offset": "3000"}


@pytest.mark.parametrize(("offset", "length"), [(0, 1024), (2048, 952), (1024, 1025)])
def test_a_part_must_be_the_one_that_is_asked_for(client: httpx.Client, offset: int, length: int) -> None:
    """A part that came already, one too early, and one too long are refused with the range that is due."""
    session = start(client, 3000)["upload_session_id"]
    send(client, session, 0, b"x" * 1024)
    answer = send(client, session, offset, b"x" * length)
    assert codes(answer) == (400, 6001, 1363037)
    assert answer.json()["error"]["error_data"] == {"start_offset": 1024, "end_offset": 2048}


def test_a_part_may_be_shorter(client: httpx.Client) -> None:
    """A part shorter than asked for counts as far as it goes."""
    session = start(client, 3000)["upload_session_id"]
    assert send(client, session, 0, b"x" * 10).json() == {"start_offset": "10", "end_offset": "1034"}
    assert codes(send(client, session, 10, b"")) == (400, 6000, 1363021)


def test_an_upload_that_is_not_complete_is_not_finished(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A finish before the last part is refused, and publishes nothing."""
    session = start(client, 3000)["upload_session_id"]
    assert codes(finish(client, session)) == (400, 6000, 1363019)
    assert facebook.posts == ()


def test_an_upload_can_be_cancelled(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """After `cancel` the session is gone."""
    session = start(client, 3000)["upload_session_id"]
    form = {"upload_phase": "cancel", "upload_session_id": session}
    assert client.post("/1000/videos", data=form).json() == {"success": True}
    assert codes(send(client, session, 0, b"x")) == (400, 100, 33)
    assert facebook.posts == ()


def test_a_session_is_used_once_and_in_time(client: httpx.Client, clock: TestClock) -> None:
    """A second finish is refused, and so is any step after a day."""
    content = sample_video(5.0, size=2000)
    session = start(client, len(content))
    send_all(client, content, session)
    assert finish(client, session["upload_session_id"]).json() == {"success": True}
    assert codes(finish(client, session["upload_session_id"])) == (400, 100, 33)
    late = start(client, 2000)
    clock.advance(days=1)
    assert codes(send(client, late["upload_session_id"], 0, content[:1024])) == (400, 6000, 1363019)
    assert client.get(f"/{late['video_id']}?fields=status").json()["status"]["video_status"] == "expired"


def test_a_gigabyte_is_not_kept(client: httpx.Client, facebook: FacebookEmulator) -> None:
    """The bytes of a long upload are counted and hashed, and are neither in the state nor in the record."""
    facebook.settings.chunk_size = 4 * 1024 * 1024
    size = 16 * 1024 * 1024
    session = start(client, size)
    send_all(client, sample_video(60.0, size=size), session)
    (video,) = facebook.videos
    assert (video.file.received, video.file.complete) == (size, True)
    assert len(video.file.head) <= 1024 * 1024
    assert sum(len(request.content) for request in facebook.requests) < 1024 * 1024


# ── processing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_processing_takes_its_time(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A video is processed by the clock; before it is ready nobody sees it."""
    facebook.settings.processing = timedelta(minutes=5)
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    assert client.get(f"/{made}?fields=status,published").json() == {
        "status": {
            "video_status": "processing",
            "uploading_phase": {"status": "complete", "bytes_transfered": 0, "bytes_transferred": 0},
            "processing_phase": {"status": "in_progress"},
            "publishing_phase": {"status": "in_progress"},
        },
        "published": False,
        "id": made,
    }
    assert client.get("/1000/published_posts").json()["data"] == []
    clock.advance(minutes=5)
    status = client.get(f"/{made}?fields=status").json()["status"]
    assert status["video_status"] == "ready"
    assert status["publishing_phase"] == {
        "status": "complete",
        "publish_status": "published",
        "publish_time": int(clock.now().timestamp()),
    }
    assert len(facebook.wall) == 1


def test_processing_can_hang(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """A video that hangs stays unseen until its processing is told to end."""
    facebook.settings.processing = None
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    clock.advance(days=30)
    assert client.get(f"/{made}?fields=status").json()["status"]["video_status"] == "processing"
    assert texts(facebook) == []
    facebook.finish_processing(made)
    assert [post.created_at for post in facebook.wall] == [clock.now()]


@pytest.mark.parametrize(("spelling", "absent"), [("guide", "errors"), ("schema", "error")])
def test_processing_can_fail(
    facebook: FacebookEmulator, client: httpx.Client, clock: TestClock, spelling: str, absent: str
) -> None:
    """A failed video tells why, in the guide's spelling or the schema's, and is never seen."""
    facebook.settings.status_spelling = "guide" if spelling == "guide" else "schema"
    facebook.settings.fail_next_video(1363042)
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    clock.advance(2)
    status = client.get(f"/{made}?fields=status").json()["status"]
    assert status["video_status"] == "error"
    assert status["processing_phase"]["status"] == "error"
    assert absent not in status["processing_phase"]
    told = status["processing_phase"].get("error") or status["processing_phase"]["errors"][0]
    assert "duration" in told["message"]
    assert ("bytes_transfered" in status["uploading_phase"]) is (spelling == "guide")
    assert ("bytes_transferred" in status["uploading_phase"]) is (spelling == "schema")
    assert facebook.wall == ()


@pytest.mark.parametrize(("content", "subcode"), [(sample_image(), 1363024), (b"nonsense", 1363024)])
def test_a_video_is_looked_at(
    facebook: FacebookEmulator, client: httpx.Client, clock: TestClock, content: bytes, subcode: int
) -> None:
    """What is no video fails in processing, whatever its name says."""
    made = client.post("/1000/videos", files={"source": ("a.mp4", content, "video/mp4")}).json()["id"]
    clock.advance(2)
    status = client.get(f"/{made}?fields=status").json()["status"]
    assert status["processing_phase"]["errors"][0]["code"] == subcode
    assert facebook.wall == ()


def test_a_failure_that_is_known_refuses_the_finish(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Where nothing is left to process, an upload in parts is refused at its end."""
    facebook.settings.processing = timedelta(0)
    content = b"no video at all" * 100
    session = start(client, len(content))
    send_all(client, content, session)
    assert codes(finish(client, session["upload_session_id"])) == (400, 6000, 1363024)
    assert facebook.posts == ()


def test_a_video_may_last_four_hours() -> None:
    """A longer one has its own refusal; one whose length cannot be read has none."""
    for seconds, subcode in ((4 * 3600.0, None), (4 * 3600.0 + 1, 1363026), (None, None)):
        fault = fault_of("video", MediaFacts(type="video/mp4", size=1, seconds=seconds))
        assert (fault and fault.subcode) == subcode


def test_an_empty_or_too_large_video_is_refused_at_once(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """What can be told from its length alone is refused with the upload."""
    facebook.settings.largest_video = 100
    for content, subcode in ((b"", 1363021), (b"x" * 101, 1363025)):
        answer = client.post("/1000/videos", files={"source": ("a.mp4", content, "video/mp4")})
        assert codes(answer) == (400, 6000, subcode)


# ── later, edits, reading ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_video_is_scheduled(facebook: FacebookEmulator, client: httpx.Client, clock: TestClock) -> None:
    """It stands among the plans, can be moved, and is seen at its time; too soon is refused."""
    form = {"file_url": "https://cdn.example.com/a.mp4", "description": "Later", "published": "false"}
    assert codes(client.post("/1000/videos", data={**form, "scheduled_publish_time": after(clock, minutes=9)})) == (
        400,
        100,
        None,
    )
    made = client.post("/1000/videos", data={**form, "scheduled_publish_time": after(clock, hours=1)}).json()["id"]
    (plan,) = client.get("/1000/scheduled_posts?fields=message,scheduled_publish_time").json()["data"]
    assert plan == {"message": "Later", "scheduled_publish_time": after(clock, hours=1), "id": f"1000_{made}"}
    status = client.get(f"/{made}?fields=status,scheduled_publish_time,published").json()
    assert status["published"] is False
    assert status["scheduled_publish_time"] == "2026-11-24T10:00:00+0000"
    assert status["status"]["publishing_phase"]["publish_status"] == "scheduled"
    assert client.post(f"/{made}", data={"scheduled_publish_time": after(clock, hours=2)}).json() == {"success": True}
    clock.advance(hours=1)
    assert texts(facebook) == []
    clock.advance(hours=1)
    assert texts(facebook) == ["Later"]
    assert facebook.wall[0].created_at == datetime.fromisoformat("2026-11-24T11:00:00+00:00")


def test_an_unpublished_video_is_published_later(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Unpublished it is unseen; an update publishes it."""
    facebook.settings.processing = timedelta(0)
    form = {"file_url": "https://cdn.example.com/a.mp4", "published": "false"}
    made = client.post("/1000/videos", data=form).json()["id"]
    assert facebook.wall == ()
    assert client.post(f"/{made}", data={"published": "true", "description": "Now"}).json() == {"success": True}
    assert texts(facebook) == ["Now"]


def test_a_video_is_changed_and_deleted(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Title and text change; a deleted video is gone with its post."""
    facebook.settings.processing = timedelta(0)
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    client.post(f"/{made}", data={"name": "New", "description": "Text"})
    assert client.get(f"/{made}?fields=title").json()["title"] == "New"
    assert client.get(f"/1000_{made}?fields=message").json()["message"] == "Text"
    assert client.delete(f"/{made}").json() == {"success": True}
    assert codes(client.get(f"/{made}")) == (400, 100, 33)
    assert codes(client.get(f"/1000_{made}")) == (400, 100, 33)
    assert facebook.wall == ()


def test_a_videos_post_shows_it(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """The post is of the kind `added_video`, and its attachment names the video."""
    facebook.settings.processing = timedelta(0)
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    post = client.get(f"/1000_{made}?fields=status_type,attachments{{media_type,target}}").json()
    assert post["status_type"] == "added_video"
    assert post["attachments"] == {"data": [{"media_type": "video", "target": {"id": made}}]}


def test_a_videos_insights(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """They stand at `video_insights` and at the post; at `insights` of the video there is no such field."""
    facebook.settings.processing = timedelta(0)
    made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
    facebook.set_performance(made, video_views=10, watch_time=5000)
    asked = client.get(f"/{made}/video_insights?metric=total_video_views,post_video_avg_time_watched").json()["data"]
    assert [(row["name"], row["period"], row["values"], row["id"]) for row in asked] == [
        ("total_video_views", "lifetime", [{"value": 10}], f"{made}/video_insights/total_video_views/lifetime"),
        (
            "post_video_avg_time_watched",
            "lifetime",
            [{"value": 500}],
            f"{made}/video_insights/post_video_avg_time_watched/lifetime",
        ),
    ]
    assert len(client.get(f"/{made}/video_insights").json()["data"]) == 7
    answer = client.get(f"/{made}/insights?metric=post_media_view")
    assert codes(answer) == (400, 100, None)
    assert answer.json()["error"]["message"] == (
        "(#100) Tried accessing nonexisting field (insights) on node type (Video)"
    )
    assert client.get(f"/1000_{made}/insights?metric=post_video_views").json()["data"][0]["values"] == [{"value": 10}]
    assert codes(client.get(f"/{made}/video_insights?metric=total_video_impressions")) == (400, 100, None)


def test_a_new_video_lags_behind_in_reads(clock: TestClock) -> None:
    """That it is out is neither told nor listed before the lag is over, though people see it; its upload is told."""
    settings = FacebookSettings(processing=timedelta(0))
    emulator = FacebookEmulator(clock=clock, settings=settings, read_lag=timedelta(seconds=30))
    with emulator.client() as client:
        client.base_url, client.headers["Authorization"] = httpx.URL(GRAPH), "Bearer EAAPAGE"
        made = client.post("/1000/videos", data={"file_url": "https://cdn.example.com/a.mp4"}).json()["id"]
        assert len(emulator.wall) == 1
        told = client.get(f"/{made}?fields=status,published,post_id").json()
        assert told["published"] is False
        assert "post_id" not in told
        assert told["status"]["video_status"] == "ready"
        assert told["status"]["publishing_phase"] == {"status": "in_progress"}
        assert client.get("/1000/videos").json()["data"] == []
        clock.advance(30)
        assert client.get(f"/{made}?fields=published,post_id").json()["post_id"] == f"1000_{made}"
        assert len(client.get("/1000/videos").json()["data"]) == 1
