"""Uploads to the Twitter emulator: every encoding, the file's own faults, and the states of processing."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.twitter_calls import (
    UNDEFINED,
    USER,
    appended,
    begun,
    client,
    message,
    posted,
    processed,
    uploaded,
)

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.samples import sample_image, sample_video

PNG = sample_image(40, 30)
VIDEO = sample_video(5, width=720, height=1280)
SRT = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def twitter(clock: TestClock) -> TwitterEmulator:
    return TwitterEmulator(clock=clock)


@pytest.fixture
def api(twitter: TwitterEmulator) -> Iterator[httpx.Client]:
    with client(twitter) as api:
        yield api


# ── the encodings ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_shot_takes_json_and_a_form(api: httpx.Client) -> None:
    """An image comes as base64 in JSON or as a file in a form, and is told with its size in pixels."""
    body = {"media": base64.b64encode(PNG).decode(), "media_category": "tweet_image"}
    form = {"media": ("cat.png", PNG, "image/png")}
    for answer in (
        api.post("/2/media/upload", json=body),
        api.post("/2/media/upload", data={"media_category": "tweet_image"}, files=form),
    ):
        assert answer.status_code == 200
        data = answer.json()["data"]
        assert data["image"] == {"image_type": "image/png", "w": 40, "h": 30}
        assert (data["media_key"], data["size"]) == (f"3_{data['id']}", len(PNG))
        assert data["expires_after_secs"] == 86400
        assert "processing_info" not in data


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"media": "", "media_category": "tweet_picture"},
            "$.media_category: does not have a value in the enumeration",
        ),
        ({"media_category": "tweet_image"}, "$.media: is missing but it is required"),
        ({"media": "AA=="}, "$.media_category: is missing but it is required"),
        ({"media": "!", "media_category": "tweet_image"}, "$.media: must be base64"),
        ({"media": "AA==", "media_category": "tweet_image", "shared": True}, f"$.shared: {UNDEFINED}"),
        ({"media": "AA==", "media_category": "tweet_image", "additional_owners": ["1"]}, "$.additional_owners: array"),
        ({"media": "AA==", "media_category": "tweet_image"}, "media type unrecognized."),
        ({"media": None, "media_category": "tweet_image"}, "$.media: null found, string expected"),
    ],
)
def test_one_shot_refuses(api: httpx.Client, body: dict[str, object], told: str) -> None:
    """What the schema does not have, and what is no image, is refused."""
    assert message(api.post("/2/media/upload", json=body)).startswith(told)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"media_type": "video/avi", "total_bytes": 1}, "$.media_type: does not have a value in the enumeration ["),
        ({"media_type": "video/mp4", "total_bytes": -1}, "$.total_bytes: must have a minimum value of 0"),
        ({"media_type": "video/mp4", "total_bytes": 17179869185}, "$.total_bytes: must have a maximum value of"),
        ({"media_type": "video/mp4", "total_bytes": "9"}, "$.total_bytes: string found, integer expected"),
        ({"media_type": "video/mp4", "total_bytes": 1, "name": "x"}, f"$.name: {UNDEFINED}"),
        (
            {"media_type": "image/gif", "total_bytes": 15 * 2**20 + 1, "media_category": "tweet_gif"},
            "File size exceeds 15728640 bytes.",
        ),
        (
            {"media_type": "video/mp4", "total_bytes": 2**33 + 1, "media_category": "tweet_video"},
            "File size exceeds 8589934592 bytes.",
        ),
    ],
)
def test_initialize_refuses(api: httpx.Client, body: dict[str, object], told: str) -> None:
    """An upload is refused before its first byte if it is too large or not described as the schema has it."""
    assert message(api.post("/2/media/upload/initialize", json=body)).startswith(told)


def test_initialize_is_json_alone(api: httpx.Client) -> None:
    """A form is refused."""
    answer = api.post("/2/media/upload/initialize", data={"media_type": "video/mp4", "total_bytes": "1"})
    assert message(answer) == "Requests with bodies must have content-type of application/json."


def test_who_pays_uploads_more(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A premium user may begin a video of 16 GB."""
    twitter.user(USER).premium = True
    begun(api, 2**34)


def test_a_category_that_is_not_named_is_the_posts(api: httpx.Client) -> None:
    """Without a category the file is for a post, by its type."""
    for kind, key in (("image/png", "3_"), ("image/gif", "16_"), ("video/mp4", "7_")):
        body = {"media_type": kind, "total_bytes": 9}
        assert api.post("/2/media/upload/initialize", json=body).json()["data"]["media_key"].startswith(key)


def test_segments_come_in_any_encoding_and_order(api: httpx.Client, clock: TestClock) -> None:
    """Segments may come as files or base64 and overtake one another; the whole is what counts."""
    media = begun(api, len(VIDEO))
    assert appended(api, media, 2, VIDEO[800:]).status_code == 200
    second = {"media": base64.b64encode(VIDEO[400:800]).decode(), "segment_index": "1"}
    assert api.post(f"/2/media/upload/{media}/append", json=second).status_code == 200
    first = {"media": base64.b64encode(VIDEO[:400]).decode(), "segment_index": 0}
    assert api.post(f"/2/media/upload/{media}/append", json=first).status_code == 200
    assert api.post(f"/2/media/upload/{media}/finalize").status_code == 200
    clock.advance(3)
    assert processed(api, media)["state"] == "succeeded"


def test_a_segment_has_two_parts_and_no_more(api: httpx.Client) -> None:
    """A third part, an index above 999 and a segment without bytes are refused."""
    media = begun(api, 10)
    where, file = f"/2/media/upload/{media}/append", {"media": ("blob", b"x", "application/octet-stream")}
    assert message(api.post(where, data={"segment_index": "0", "command": "APPEND"}, files=file)) == (
        f"$.command: {UNDEFINED}"
    )
    assert message(api.post(where, data={"segment_index": "1000"}, files=file)).startswith("$.segment_index")
    assert message(api.post(where, files=file)) == "$.segment_index: is missing but it is required"
    assert message(api.post(where, data={"segment_index": "0"}, files={"other": ("a", b"x")})).startswith("$.other")
    assert message(api.post(where, json={"segment_index": 1000, "media": "AA=="})).startswith("$.segment_index")


def test_a_sum_that_is_wrong_is_told(api: httpx.Client) -> None:
    """More bytes than announced are refused as they come, fewer and a gap at the end."""
    told = "Segments do not add up to provided total file size."
    media = begun(api, 10)
    assert message(appended(api, media, 0, b"x" * 11)) == told
    appended(api, media, 1, b"x" * 10)
    assert message(api.post(f"/2/media/upload/{media}/finalize")) == told


def test_a_segment_can_be_too_large(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """A segment beyond the limit is a 413; the limit can be taken away."""
    media = begun(api, 100)
    twitter.settings.largest_segment = 10
    assert appended(api, media, 0, b"x" * 11).status_code == 413
    twitter.settings.largest_segment = None
    assert appended(api, media, 0, b"x" * 11).status_code == 200


def test_finalize_has_no_body_and_can_be_repeated(api: httpx.Client) -> None:
    """A form is refused; the second finalize answers like the first; nothing can be appended after it."""
    media = begun(api, len(PNG), "image/png", "tweet_image")
    appended(api, media, 0, PNG)
    where = f"/2/media/upload/{media}/finalize"
    form = api.post(where, data={"command": "FINALIZE"})
    assert message(form) == "Requests with bodies must have content-type of application/json."
    assert message(api.post(where, json={"media_id": media})) == f"$.media_id: {UNDEFINED}"
    first = api.post(where, json={}).json()
    assert api.post(f"/2/media/upload/{media}/finalize").json() == first
    assert appended(api, media, 0, PNG).status_code == 400


def test_no_bytes_are_kept(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Of a long upload only its beginning is kept."""
    piece = bytes(2**20)
    media = begun(api, 6 * 2**20)
    for index in range(6):
        appended(api, media, index, (VIDEO + piece)[: 2**20] if index == 0 else piece)
        assert sum(map(len, twitter.state.media[media].heads.values())) <= 2**20
    assert api.post(f"/2/media/upload/{media}/finalize").status_code == 200
    kept = twitter.state.media[media]
    assert (len(kept.file.head), kept.facts.type, kept.facts.seconds) == (64, "video/mp4", 5.0)


def test_the_commands_went_with_the_older_spec(clock: TestClock, twitter: TwitterEmulator, api: httpx.Client) -> None:
    """`command=` is refused today, worked before spec 2.167, and can be allowed."""
    init = {
        "command": "INIT",
        "media_type": "video/mp4",
        "total_bytes": str(len(VIDEO)),
        "media_category": "tweet_video",
    }
    file = {"media": ("blob", VIDEO)}
    assert api.post("/2/media/upload", data=init).status_code == 400
    clock.set("2026-08-01")
    started = api.post("/2/media/upload", files={name: (None, value) for name, value in init.items()})
    media = started.json()["data"]["id"]
    append = {"command": "APPEND", "media_id": media, "segment_index": "0"}
    assert api.post("/2/media/upload", data=append, files=file).status_code == 200
    done = api.post("/2/media/upload", data={"command": "FINALIZE", "media_id": media})
    assert done.json()["data"]["processing_info"]["state"] == "pending"
    clock.set("2026-11-24")
    twitter.settings.upload_commands = True
    assert api.post("/2/media/upload", data=init).status_code == 200


# ── processing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_processing_runs_by_the_clock(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """Pending, in progress with a percentage, succeeded; the client is told when to look again until then."""
    twitter.settings.processing_seconds, twitter.settings.check_after = 100, 7
    media = uploaded(api, VIDEO)
    assert processed(api, media) == {"state": "pending", "check_after_secs": 7}
    clock.advance(25)
    assert processed(api, media) == {"state": "in_progress", "check_after_secs": 7, "progress_percent": 25}
    clock.advance(75)
    assert processed(api, media) == {"state": "succeeded", "progress_percent": 100}
    status = api.get("/2/media/upload", params={"media_id": media}).json()["data"]
    assert (status["video"], status["expires_after_secs"]) == ({"video_type": "video/mp4"}, 86300)


def test_older_states_and_errors_can_be_had(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """`uploading` as the first state, and an error while still in progress, have been seen."""
    twitter.settings.first_state = "uploading"
    twitter.settings.failing_state = "in_progress"
    twitter.settings.media_fails = "UnsupportedMedia"
    media = uploaded(api, VIDEO)
    assert processed(api, media)["state"] == "uploading"
    clock.advance(3)
    info = processed(api, media)
    assert (info["state"], info["error"]) == (
        "in_progress",
        {"code": 3, "name": "UnsupportedMedia", "message": "Unsupported video format"},
    )


@pytest.mark.parametrize(
    ("video", "code", "told"),
    [
        (sample_video(1201, width=720, height=720), 3, "Duration too long, maximum:1200 seconds"),
        (sample_video(0.4, width=720, height=720), 3, "Duration too short, minimum:0.5 seconds"),
        (sample_video(5, width=1920, height=1080), 1, "Video dimensions must be between 32x32 and 1280x1024"),
        (sample_video(5, width=1200, height=300), 1, "Aspect ratio must be between 1:3 and 3:1"),
        (sample_video(5, width=720, height=720, frame_rate=90), 1, "Frame rate must be <= 60 FPS"),
        (PNG, 1, "Unsupported video format"),
    ],
)
def test_a_video_out_of_bounds_fails(api: httpx.Client, clock: TestClock, video: bytes, code: int, told: str) -> None:
    """Length, pixels, shape, pace and kind are looked at in processing, and the post is refused."""
    media = uploaded(api, video)
    clock.advance(3)
    info = processed(api, media)
    assert info["state"] == "failed"
    error = info["error"]
    assert isinstance(error, dict)
    assert (error["code"], str(error["message"]).startswith(told)) == (code, True)
    answer = api.post("/2/tweets", json={"text": "x", "media": {"media_ids": [media]}})
    assert message(answer) == "Your media IDs are invalid."


def test_who_pays_posts_longer_and_larger(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """A premium user's video may be longer; when the user no longer pays, the post is refused by its minutes."""
    twitter.user(USER).premium = True
    media = uploaded(api, sample_video(1500, width=1080, height=1920))
    clock.advance(3)
    assert processed(api, media)["state"] == "succeeded"
    twitter.user(USER).premium = False
    answer = api.post("/2/tweets", json={"text": "x", "media": {"media_ids": [media]}})
    assert (answer.status_code, answer.json()["detail"]) == (
        403,
        "This user is not allowed to post a video longer than 20 minutes.",
    )


def test_an_image_has_bounds(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """Bytes and sides are checked, the sides also when the image came in segments."""
    twitter.settings.image_sides = (4, 8192)
    media = begun(api, len(sample_image(3, 9)), "image/png", "tweet_image")
    appended(api, media, 0, sample_image(3, 9))
    told = message(api.post(f"/2/media/upload/{media}/finalize"))
    assert told == "Image dimensions must be >= 4x4 and <= 8192x8192"
    large = {"media": ("big.png", PNG + bytes(5 * 2**20), "image/png")}
    answer = api.post("/2/media/upload", data={"media_category": "tweet_image"}, files=large)
    assert message(answer) == "File size exceeds 5242880 bytes."


def test_a_gif_has_bounds(api: httpx.Client, clock: TestClock) -> None:
    """A GIF that is too wide, or has too many frames, fails in processing."""
    frame = b"\x2c\x00\x00\x00\x00\x0a\x00\x0a\x00\x00\x02\x01\x00\x00"

    def gif(width: int, height: int, frames: int) -> bytes:
        size = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        return b"GIF89a" + size + b"\x00\x00\x00" + frame * frames + b"\x3b"

    media = [uploaded(api, gif(*of), "image/gif", "tweet_gif") for of in ((10, 10, 350), (1300, 10, 1), (10, 10, 351))]
    clock.advance(3)
    assert [processed(api, one)["state"] for one in media] == ["succeeded", "failed", "failed"]


def test_media_for_messages_and_strangers_are_not_posted(api: httpx.Client, twitter: TwitterEmulator) -> None:
    """What was uploaded for messages uploads fine and fails in the post; another owner may be named."""
    direct = uploaded(api, PNG, "image/png", "dm_image")
    assert api.post("/2/tweets", json={"text": "x", "media": {"media_ids": [direct]}}).status_code == 400
    body = {"media_type": "image/png", "total_bytes": len(PNG), "additional_owners": ["12"]}
    media = api.post("/2/media/upload/initialize", json=body).json()["data"]["id"]
    assert twitter.state.media[media].usable_by("12")
    assert not twitter.state.media[media].usable_by("13")


def test_an_upload_ends(api: httpx.Client, clock: TestClock, twitter: TwitterEmulator) -> None:
    """After its life an upload can neither go on, nor be asked for, nor be posted."""
    twitter.settings.media_seconds = 60
    open_one, done = begun(api, 10), uploaded(api, VIDEO)
    clock.advance(60)
    assert message(appended(api, open_one, 0, b"x")) == "BadRequest: Not found"
    status = api.get("/2/media/upload", params={"command": "STATUS", "media_id": done})
    assert message(status) == "BadRequest: Not found"


# ── what is told of media ─────────────────────────────────────────────────────────────────────────────────────────────


def test_metadata_are_those_of_the_schema(api: httpx.Client) -> None:
    """Everything that the schema has is kept and told; the rest, and a text that is too long, is refused."""
    media = uploaded(api, PNG, "image/png", "tweet_image")
    metadata: dict[str, object] = {
        "alt_text": {"text": "A dancing cat"},
        "allow_download_status": {"allow_download": True},
        "sensitive_media_warning": {"adult_content": False, "graphic_violence": False, "other": True},
        "upload_source": {"upload_source": "gallery"},
    }
    answer = api.post("/2/media/metadata", json={"id": media, "metadata": metadata})
    assert answer.json() == {"data": {"id": media, "associated_metadata": metadata}}
    long = {"id": media, "metadata": {"alt_text": {"text": "x" * 1001}}}
    assert message(api.post("/2/media/metadata", json=long)) == (
        "$.metadata.alt_text.text: may only be 1000 characters long"
    )
    odd = {"id": media, "metadata": {"alt": "x"}}
    assert message(api.post("/2/media/metadata", json=odd)) == f"$.metadata.alt: {UNDEFINED}"
    assert message(api.post("/2/media/metadata", json={"id": "1"})) == "BadRequest: Not found"


def test_subtitles_are_added_and_taken_away(api: httpx.Client, clock: TestClock) -> None:
    """Subtitles stand with a video by language until they are deleted."""
    video = uploaded(api, VIDEO)
    file = {"media": ("a.srt", SRT, "text/srt")}
    answer = api.post("/2/media/upload", data={"media_category": "subtitles"}, files=file)
    assert answer.status_code == 200, answer.text
    told = {"id": answer.json()["data"]["id"], "language_code": "EN", "display_name": "English"}
    body = {"id": video, "media_category": "TweetVideo", "subtitles": told}
    assert api.post("/2/media/subtitles", json=body).json() == {
        "data": {"id": video, "associated_subtitles": [told], "media_category": "TweetVideo"}
    }
    wrong = {**body, "subtitles": {**told, "language_code": "en"}}
    assert message(api.post("/2/media/subtitles", json=wrong)).startswith("$.subtitles.language_code: does not match")
    gone = {"id": video, "media_category": "TweetVideo", "language_code": "EN"}
    assert api.request("DELETE", "/2/media/subtitles", json=gone).json() == {"data": {"deleted": True}}
    assert api.request("DELETE", "/2/media/subtitles", json=gone).status_code == 400


def test_a_video_is_read_with_its_post(api: httpx.Client, clock: TestClock) -> None:
    """A post's video has its length, its pixels and its addresses; media can be asked for by key too."""
    media = uploaded(api, VIDEO)
    clock.advance(3)
    post = posted(api, media={"media_ids": [media]})
    fields = {"media.fields": "duration_ms,height,width,type,variants,preview_image_url"}
    query = {"ids": post, "expansions": "attachments.media_keys", **fields}
    (seen,) = api.get("/2/tweets", params=query).json()["includes"]["media"]
    assert (seen["media_key"], seen["type"], seen["duration_ms"]) == (f"7_{media}", "video", 5000)
    assert (seen["width"], seen["height"], seen["variants"][0]["content_type"]) == (720, 1280, "video/mp4")
    assert api.get(f"/2/media/7_{media}", params=fields).json() == {"data": seen}
    several = api.get("/2/media", params={"media_keys": f"7_{media},3_1", **fields}).json()
    assert (several["data"], several["errors"][0]["value"]) == ([seen], "3_1")
