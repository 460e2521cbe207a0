"""Films, GIFs and subtitles on the wire: the calls, their parts, and what Twitter says of them."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from pydantic import JsonValue
from tests.networks.twitter.films import (
    APPENDED,
    CREATED,
    ID,
    MEDIA,
    PARTS,
    SEGMENT_BYTES,
    SIZE,
    film,
    media,
    paths,
)
from tests.networks.twitter.refusals import E1, invalid, plain

from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    PermissionDenied,
    SocialConnectError,
    TokenExpired,
)
from socialconnect.journal import Progress
from socialconnect.networks.twitter import Twitter
from socialconnect.networks.twitter.chunked import segments_of
from socialconnect.networks.twitter.limits import MOST_SEGMENTS
from socialconnect.post import Post
from socialconnect.testing import TestClock

if TYPE_CHECKING:
    from tests.networks.twitter.conftest import Script

pytestmark = pytest.mark.usefixtures("short_parts")


# ── on the wire ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_calls_of_a_film(script: Script, scripted: Twitter, clock: TestClock) -> None:
    """R3: initialize, one append for each part, finalize, status until it is done, and then the post."""
    script.add(200, media())
    for _ in range(PARTS):
        script.add(200, APPENDED)
    script.add(200, media(processing_info={"state": "pending", "check_after_secs": 5}))
    script.add(200, media(processing_info={"state": "succeeded", "progress_percent": 100}))
    script.add(201, CREATED)
    video = film(SIZE)
    post = scripted.publish(Post("Look", media=[video]))
    assert paths(script.requests) == [
        "POST /initialize",
        *[f"POST /{MEDIA}/append"] * PARTS,
        f"POST /{MEDIA}/finalize",
        "GET ",
        "POST /2/tweets",
    ]
    assert script.sent(0) == {"media_type": "video/mp4", "total_bytes": SIZE, "media_category": "tweet_video"}
    assert script.requests[4].content == b""
    assert script.requests[4].headers["content-length"] == "0"
    assert dict(script.requests[5].url.params) == {"command": "STATUS", "media_id": MEDIA}
    assert clock.slept == [5]
    assert script.sent() == {"text": "Look", "media": {"media_ids": [MEDIA]}}
    assert post.data == {"media_ids": [MEDIA]}


def test_a_part_is_a_form_with_two_fields(script: Script, scripted: Twitter) -> None:
    """Each part is the index as text and the raw bytes as a file, nothing else, and together they are the file."""
    script.add(200, media())
    script.add(204)
    script.add(204)
    script.add(204)
    script.add(200, media())
    script.add(201, CREATED)
    video = film(SIZE)
    scripted.publish(Post("Look", media=[video]))
    whole = b""
    for index, request in enumerate(script.requests[1:4]):
        assert request.content.count(b"Content-Disposition") == 2
        assert f'name="segment_index"\r\n\r\n{index}\r\n'.encode() in request.content
        start = b'name="media"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\n'
        whole += request.content.split(start)[1].rpartition(b"\r\n--")[0]
    assert whole == video.read()


def test_a_finalize_without_processing_is_ready(script: Script, scripted: Twitter) -> None:
    """An upload whose answer tells of no processing is never asked for: Twitter would know no state of it."""
    for body in (media(), APPENDED, media()):
        script.add(200, body)
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film()]))
    assert "GET " not in paths(script.requests)


@pytest.mark.parametrize("state", ["uploading", "in_progress", "something new", ""])
def test_any_other_state_is_waited_for(script: Script, scripted: Twitter, clock: TestClock, state: str) -> None:
    """What is neither done nor failed is looked at again, less and less often where Twitter names no time."""
    script.add(200, media())
    script.add(200, APPENDED)
    for _ in range(4):
        script.add(200, media(processing_info={"state": state, "check_after_secs": 0}))
    script.add(200, media())
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film()]))
    assert clock.slept == [1, 2, 4, 8]


def test_a_failed_film(script: Script, scripted: Twitter) -> None:
    """A film that Twitter cannot process is told with Twitter's reason, and nothing is posted."""
    script.add(200, media())
    script.add(200, APPENDED)
    error: JsonValue = {"code": 3, "name": "UnsupportedMedia", "message": "Duration too long"}
    script.add(200, media(processing_info={"state": "failed", "error": error}))
    with pytest.raises(MediaRejected, match="Duration too long") as caught:
        scripted.publish(Post("Look", media=[film()]))
    assert "H.264" in (caught.value.hint or "")
    assert "POST /2/tweets" not in paths(script.requests)


def test_processing_without_end_can_be_gone_on_with(script: Script, scripted: Twitter) -> None:
    """After the longest wait nothing is posted; the next try with the same progress only looks again."""
    script.add(200, media())
    script.add(200, APPENDED)
    script.add(200, media(processing_info={"state": "pending", "check_after_secs": 600}))
    progress = Progress()
    post = Post("Look", media=[film()])
    with pytest.raises(MediaNotReady) as caught:
        scripted.publish(post, progress=progress)
    assert caught.value.retry_after == 60.0
    sent = len(script.requests)
    script.answers = [*script.answers[:sent], *[script.answers[-1]] * (sent - len(script.answers))]
    script.add(200, media(processing_info={"state": "succeeded"}))
    script.add(201, CREATED)
    assert scripted.publish(post, progress=Progress.from_json(progress.to_json())).id == ID
    assert paths(script.requests)[sent:] == ["GET ", "POST /2/tweets"]


def test_a_part_that_is_not_taken_as_a_form_goes_as_json(script: Script, scripted: Twitter) -> None:
    """E17: where Twitter takes no form, the same part and all after it go as JSON."""
    script.add(200, media())
    script.add(400, invalid("Requests with bodies must have content-type of application/json."))
    for _ in range(PARTS):
        script.add(200, APPENDED)
    script.add(200, media())
    script.add(201, CREATED)
    scripted.publish(Post("Look", media=[film(SIZE)]))
    bodies = [json.loads(one.content) for one in script.requests[2:5]]
    assert [(one["segment_index"], sorted(one)) for one in bodies] == [
        (index, ["media", "segment_index"]) for index in range(PARTS)
    ]


@pytest.mark.parametrize(
    ("step", "status", "body", "error"),
    [
        (0, 403, plain(403, "Forbidden", "Forbidden"), PermissionDenied),
        (1, 400, invalid("Segments do not match total_bytes"), MediaRejected),
        (1, 413, "", MediaRejected),
        (2, 400, invalid("Segments do not match total_bytes"), MediaRejected),
        (1, 401, E1, TokenExpired),
    ],
)
def test_a_refused_step(
    script: Script, scripted: Twitter, step: int, status: int, body: JsonValue, error: type[SocialConnectError]
) -> None:
    """A refusal at any step is the error that it means, and nothing is posted."""
    for good in (media(), APPENDED)[:step]:
        script.add(200, good)
    script.add(status, body)
    with pytest.raises(error):
        scripted.publish(Post("Look", media=[film()]))
    assert len(script.requests) == step + 1


# ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("size", "count", "last"),
    [
        (1, 1, 1),
        (SEGMENT_BYTES, 1, SEGMENT_BYTES),
        (SEGMENT_BYTES + 1, 2, 1),
        (MOST_SEGMENTS * SEGMENT_BYTES, MOST_SEGMENTS, SEGMENT_BYTES),
        (MOST_SEGMENTS * SEGMENT_BYTES + 1, None, None),
        (16 * 1024**3, None, None),
    ],
)
def test_parts(size: int, count: int | None, last: int | None) -> None:
    """A file is cut into parts of one length, and never into more than their index can count."""
    parts = segments_of(size)
    assert len(parts) <= MOST_SEGMENTS
    assert [one.index for one in parts] == list(range(len(parts)))
    assert sum(one.length for one in parts) == size
    assert all(one.start == before.start + before.length for before, one in pairwise(parts))
    if count is not None:
        assert (len(parts), parts[-1].length) == (count, last)
