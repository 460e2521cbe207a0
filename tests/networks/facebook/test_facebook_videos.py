"""Videos of a page in parts, against literal answers: what is sent, and how a broken upload goes on."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.facebook.films import OK, SIZE, due, film, started, status, video_post
from tests.networks.meta.graph_answers import Answers

from socialconnect.errors import OutcomeUnknown, TokenRevoked, UnavailableError, UnsupportedFeature
from socialconnect.journal import Progress
from socialconnect.media import Video
from socialconnect.networks.facebook import limits
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock

REVOKED: JsonValue = {"error": {"message": "The session is invalid", "code": 190, "error_subcode": 460}}


def range_refused(start: int, end: int) -> httpx.Response:
    """Give the refusal of a part that names another."""
    error: dict[str, JsonValue] = {
        "message": "There was a problem uploading your video file. Please try again with another file.",
        "type": "FacebookApiException",
        "code": 6001,
        "error_subcode": 1363037,
        "error_data": {"start_offset": start, "end_offset": end},
        "is_transient": False,
        "fbtrace_id": "A10",
    }
    return httpx.Response(400, json={"error": error})


TIMED_OUT = httpx.Response(
    400,
    json={"error": {"message": "Upload timed out", "code": 2, "error_subcode": 1363030, "is_transient": True}},
)


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("lost", request=request)


def part_of(request: httpx.Request) -> tuple[int, int]:
    """Give the first byte and the length of the part in a request."""
    head, _, rest = request.content.partition(b'name="start_offset"\r\n\r\n')
    assert head
    chunk = request.content.partition(b'name="video_file_chunk"')[2].partition(b"\r\n\r\n")[2]
    return int(rest.partition(b"\r\n")[0]), len(chunk.rpartition(b"\r\n--")[0])


def test_a_film_in_parts() -> None:
    """It is started with its size, sent in the ranges that Facebook asks for, and shown by the finish."""
    answers = Answers(started(), due(1_000_000, 2_500_000), due(2_500_000, SIZE), due(SIZE, SIZE), OK)
    post = Post("A film", media=[film(title="Rain")], link="https://example.com/a")
    published = answers.facebook().publish(post)
    assert {request.url.host for request in answers.sent} == {"graph-video.facebook.com"}
    assert answers.sent[0].content == b"upload_phase=start&file_size=3000000"
    assert [part_of(request) for request in answers.sent[1:4]] == [
        (0, 1_000_000),
        (1_000_000, 1_500_000),
        (2_500_000, 500_000),
    ]
    finish = dict(httpx.QueryParams(answers.sent[4].content.decode()))
    assert finish == {
        "upload_phase": "finish",
        "upload_session_id": "77",
        "title": "Rain",
        "description": "A film\n\nhttps://example.com/a",
    }
    assert (published.id, published.data["video"]) == ("1000_4001", "4001")
    assert published.url == "https://www.facebook.com/reel/4001"


def test_every_byte_is_sent_once_and_in_order() -> None:
    """The parts together are the file."""
    video = film()
    answers = Answers(started(), due(1_000_000, SIZE), due(SIZE, SIZE), OK)
    answers.facebook().publish(Post("A film", media=[video]))
    chunks = [
        request.content.partition(b'name="video_file_chunk"')[2].partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        for request in answers.sent[1:3]
    ]
    assert b"".join(chunks) == video.content


def test_a_film_by_its_address() -> None:
    """Facebook fetches it and answers with the video's id, of which the post's is made."""
    answers = Answers({"id": "4001"})
    published = answers.facebook().publish(Post("A film", media=[Video("https://cdn.example.com/1.mp4")]))
    assert answers.json() == {"file_url": "https://cdn.example.com/1.mp4", "description": "A film"}
    assert answers.sent[0].url.path == "/v26.0/1000/videos"
    assert published.id == "1000_4001"


def test_the_range_that_a_refusal_names_is_sent() -> None:
    """6001/1363037 names what Facebook wants in place of the part: that is sent, not the same part again."""
    answers = Answers(started(SIZE), range_refused(500_000, 900_000), due(900_000, SIZE), due(SIZE, SIZE), OK)
    answers.facebook().publish(video_post())
    parts = [part_of(request) for request in answers.sent[1:4]]
    assert parts == [(0, SIZE), (500_000, 400_000), (900_000, SIZE - 900_000)]


def test_a_refusal_that_wants_nothing_more_ends_the_upload() -> None:
    """The last part arrived and only its answer was lost: sent again, it is refused with an empty range."""
    answers = Answers(started(SIZE), lost, range_refused(SIZE, SIZE), OK)
    answers.facebook().publish(video_post())
    assert b"finish" in answers.sent[-1].content


def test_a_part_is_not_refused_for_ever() -> None:
    """After a few other ranges the upload is given up, and nothing was posted."""
    answers = Answers(started(), *[range_refused(0, 1000)] * limits.PART_ATTEMPTS)
    with pytest.raises(UnavailableError, match="from byte 0"):
        answers.facebook().publish(video_post())
    assert answers.left == []


@pytest.mark.parametrize("broken", [lost, TIMED_OUT, httpx.Response(503, text="<html>")])
def test_a_broken_part_is_sent_again(broken: httpx.Response) -> None:
    """Nobody sees a part: one whose answer is lost or that timed out is sent again from its offset."""
    answers = Answers(started(), broken, due(1_000_000, SIZE), due(SIZE, SIZE), OK)
    answers.facebook().publish(video_post())
    assert [part_of(request)[0] for request in answers.sent[1:4]] == [0, 0, 1_000_000]


def test_progress_goes_on_after_the_last_part() -> None:
    """The token dies midway: the next attempt starts no new upload and sends only what is missing."""
    progress = Progress()
    answers = Answers(started(), due(1_000_000, SIZE), httpx.Response(400, json=REVOKED))
    with pytest.raises(TokenRevoked):
        answers.facebook().publish(video_post(), progress=progress)
    answers = Answers(due(SIZE, SIZE), OK)
    published = answers.facebook().publish(video_post(), progress=Progress.from_json(progress.to_json()))
    assert part_of(answers.sent[0]) == (1_000_000, SIZE - 1_000_000)
    assert published.id == "1000_4001"


def test_an_upload_that_facebook_no_longer_keeps_is_begun_anew() -> None:
    """After a day the parts are gone: another upload is started, under another session."""
    progress, clock = Progress(), TestClock()
    answers = Answers(started(), due(1_000_000, SIZE), httpx.Response(400, json=REVOKED))
    with pytest.raises(TokenRevoked):
        answers.facebook(clock=clock).publish(video_post(), progress=progress)
    clock.advance(hours=24)
    again: JsonValue = {"upload_session_id": "78", "video_id": "4002", "start_offset": "0", "end_offset": str(SIZE)}
    answers = Answers(again, due(SIZE, SIZE), OK)
    assert answers.facebook(clock=clock).publish(video_post(), progress=progress).id == "1000_4002"


@pytest.mark.parametrize("answer", [lost, httpx.Response(500, json={"error": {"message": "?", "code": 2}}), {}])
def test_an_unanswered_finish_is_looked_up(answer: httpx.Response) -> None:
    """The video's own status says that it is out: then it is, and nothing is sent twice."""
    out: JsonValue = {"status": "complete", "publish_status": "published"}
    answers = Answers(started(SIZE), due(SIZE, SIZE), answer, status(publishing=out))
    assert answers.facebook().publish(video_post()).id == "1000_4001"
    assert (answers.sent[-1].method, answers.sent[-1].url.path) == ("GET", "/v26.0/4001")


def test_a_finish_that_the_status_does_not_confirm_stays_unknown() -> None:
    """What is not out yet may come out later: neither success nor failure is claimed."""
    answers = Answers(started(SIZE), due(SIZE, SIZE), lost, *[status("processing")] * len(limits.LOOK_WAITS))
    progress = Progress()
    with pytest.raises(OutcomeUnknown):
        answers.facebook().publish(video_post(), progress=progress)
    assert progress.unclear
    assert answers.left == []


def test_a_long_range_is_not_held_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a range Facebook asks for, a part has a limit; the answer says where to go on."""
    monkeypatch.setattr(limits, "LONGEST_PART", 1_000_000)
    answers = Answers(started(SIZE), due(1_000_000, SIZE), due(2_000_000, SIZE), due(SIZE, SIZE), OK)
    answers.facebook().publish(video_post())
    assert [part_of(request)[1] for request in answers.sent[1:4]] == [1_000_000] * 3


def test_a_plan_of_a_film() -> None:
    """A film is planned by its finish; a draft of one has no documented way and says what else to do."""
    answers = Answers(started(SIZE), due(SIZE, SIZE), OK)
    facebook = answers.facebook()
    at = facebook.operations.clock.now().replace(year=2026, month=11, day=25)
    plan = facebook.schedule(video_post(), at, native=True)
    finish = dict(httpx.QueryParams(answers.sent[-1].content.decode()))
    assert (finish["published"], finish["scheduled_publish_time"]) == ("false", str(int(at.timestamp())))
    assert plan.id == "1000_4001"
    with pytest.raises(UnsupportedFeature, match="format='reel'"):
        facebook.draft(video_post(), native=True)


def test_an_unanswered_plan_of_a_film_is_looked_up() -> None:
    """The status says that it is planned: it is, once."""
    planned: JsonValue = {"status": "not_started", "publish_status": "scheduled"}
    answers = Answers(started(SIZE), due(SIZE, SIZE), lost, status(publishing=planned))
    facebook = answers.facebook()
    at = facebook.operations.clock.now() + timedelta(hours=5)
    assert facebook.schedule(video_post(), at, native=True).id == "1000_4001"
