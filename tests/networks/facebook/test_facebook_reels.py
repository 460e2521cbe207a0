"""Reels and stories of a page, against literal answers."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from pydantic import JsonValue
from tests.networks.facebook.films import OK, REEL, REEL_STARTED, SIZE, STORY, UPLOAD_URL, film, reel, status
from tests.networks.meta.graph_answers import Answers, jpeg

from socialconnect.errors import (
    MediaNotReady,
    MediaRejected,
    NotFound,
    OutcomeUnknown,
    UnavailableError,
    UnsupportedFeature,
    ValidationError,
)
from socialconnect.journal import Progress
from socialconnect.media import Image, Video
from socialconnect.networks.facebook import limits
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post
from socialconnect.testing.clock import TestClock

OUT: JsonValue = {"status": "complete", "publish_status": "published"}


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("lost", request=request)


def upload_refused(kind: str) -> httpx.Response:
    return httpx.Response(400, json={"debug_info": {"retriable": False, "type": kind, "message": kind}})


# ── reels ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reel() -> None:
    """Started, sent whole to the upload host, looked at, and made visible by its finish."""
    answers = Answers(REEL_STARTED, OK, status(), {"success": True, "post_id": "1000_2001"})
    options = FacebookOptions(format="reel", place="77")
    published = answers.facebook().publish(Post("A reel", media=[film(title="Rain")], options=options))
    assert answers.json(0) == {"upload_phase": "start"}
    upload = answers.sent[1]
    assert str(upload.url) == UPLOAD_URL
    assert {name: upload.headers[name] for name in ("authorization", "offset", "file_size", "content-length")} == {
        "authorization": "OAuth EAAPAGE",
        "offset": "0",
        "file_size": str(SIZE),
        "content-length": str(SIZE),
    }
    assert answers.json(3) == {
        "upload_phase": "finish",
        "video_id": "4001",
        "video_state": "PUBLISHED",
        "description": "A reel",
        "title": "Rain",
        "place": "77",
    }
    assert (published.id, published.url) == ("1000_2001", "https://www.facebook.com/reel/4001")


def test_a_reel_without_a_told_post_has_the_videos_id() -> None:
    """The post's id is told in practice and not documented; the video's own is certain."""
    assert Answers(REEL_STARTED, OK, status(), OK).facebook().publish(reel()).id == "4001"


def test_a_reel_by_its_address() -> None:
    """The upload host fetches it, and it is waited for until it is there."""
    arriving = status("upload_complete")
    assert isinstance(arriving, dict)
    under_way: JsonValue = {"status": {"video_status": "processing", "uploading_phase": {"status": "in_progress"}}}
    answers = Answers(REEL_STARTED, OK, under_way, arriving, OK)
    post = Post("A reel", media=[Video("https://cdn.example.com/1.mp4")], options=REEL)
    answers.facebook().publish(post)
    assert answers.sent[1].headers["file_url"] == "https://cdn.example.com/1.mp4"
    assert answers.sent[1].content == b""


@pytest.mark.parametrize("spelling", ["bytes_transfered", "bytes_transferred"])
@pytest.mark.parametrize("broken", [lost, upload_refused("OffsetInvalidError"), upload_refused("PartialRequestError")])
def test_a_broken_upload_goes_on_at_the_byte_that_arrived(spelling: str, broken: httpx.Response) -> None:
    """What has arrived is asked for, in either spelling, and only the rest is sent."""
    half = status("processing", status="in_progress", **{spelling: 1_000_000})
    answers = Answers(REEL_STARTED, broken, half, OK, status(), OK)
    answers.facebook().publish(reel())
    again = answers.sent[3]
    assert (again.headers["offset"], len(again.content)) == ("1000000", SIZE - 1_000_000)


def test_an_upload_that_arrived_whole_is_not_sent_again() -> None:
    """Where only the answer was lost the look says that all is there."""
    answers = Answers(REEL_STARTED, lost, status(), status(), OK)
    answers.facebook().publish(reel())
    assert [request.url.host for request in answers.sent].count("rupload.facebook.com") == 1


def test_an_upload_that_keeps_breaking_is_given_up_and_goes_on_later() -> None:
    """The next attempt with the same progress looks first how much is there, and sends the rest."""
    half = status("processing", status="in_progress", bytes_transfered=500_000)
    progress = Progress()
    with pytest.raises(UnavailableError):
        Answers(REEL_STARTED, *[lost, half] * 4, lost).facebook().publish(reel(), progress=progress)
    answers = Answers(half, OK, status(), OK)
    answers.facebook().publish(reel(), progress=progress)
    assert answers.sent[1].headers["offset"] == "500000"


def test_a_session_that_facebook_lost_is_begun_anew() -> None:
    """An expired upload is begun once more, and the second one is published."""
    again: JsonValue = {"video_id": "4002", "upload_url": UPLOAD_URL.replace("4001", "4002")}
    answers = Answers(REEL_STARTED, OK, status("expired"), again, OK, status(), OK)
    assert answers.facebook().publish(reel()).id == "4002"


def test_an_upload_that_only_another_session_helps() -> None:
    """`ProcessingFailedError` begins another upload, once."""
    again: JsonValue = {"video_id": "4002", "upload_url": UPLOAD_URL.replace("4001", "4002")}
    spoilt = upload_refused("ProcessingFailedError")
    answers = Answers(REEL_STARTED, spoilt, again, OK, status(), OK)
    assert answers.facebook().publish(reel()).id == "4002"
    with pytest.raises(MediaRejected, match="ProcessingFailedError"):
        Answers(REEL_STARTED, spoilt, again, spoilt).facebook().publish(reel())


def test_a_film_that_failed_before_is_uploaded_anew() -> None:
    """With the progress of an attempt whose film failed the next one does not stay with that upload."""
    failed: JsonValue = {"status": {"video_status": "error", "uploading_phase": {"status": "complete"}}}
    progress = Progress()
    with pytest.raises(MediaRejected):
        Answers(REEL_STARTED, OK, failed).facebook().publish(reel(), progress=progress)
    again: JsonValue = {"video_id": "4002", "upload_url": UPLOAD_URL.replace("4001", "4002")}
    answers = Answers(failed, again, OK, status(), OK)
    assert answers.facebook().publish(reel(), progress=progress).id == "4002"


@pytest.mark.parametrize("key", ["error", "errors"])
def test_a_film_that_cannot_be_processed(key: str) -> None:
    """Facebook's own words are told, by either spelling, and nothing was posted."""
    fault: JsonValue = {"code": 1363128, "message": "The video is too long."}
    told: JsonValue = {
        "status": {
            "video_status": "error",
            "uploading_phase": {"status": "complete"},
            "processing_phase": {"status": "error", key: [fault] if key == "errors" else fault},
        }
    }
    answers = Answers(REEL_STARTED, OK, told)
    with pytest.raises(MediaRejected, match="The video is too long"):
        answers.facebook().publish(reel())


def test_a_film_that_takes_too_long() -> None:
    """After the deadline it is not ready, and the next attempt uploads nothing again."""
    slow: JsonValue = {
        "status": {
            "video_status": "processing",
            "uploading_phase": {"status": "complete"},
            "processing_phase": {"status": "in_progress"},
        }
    }
    clock, progress = TestClock(), Progress()
    answers = Answers(REEL_STARTED, OK, *[slow] * 20)
    with pytest.raises(MediaNotReady) as caught:
        answers.facebook(clock=clock).publish(reel(), progress=progress)
    assert caught.value.retry_after == limits.LONGEST_WAIT
    assert limits.READY_WITHIN <= sum(clock.slept) < limits.READY_WITHIN + limits.LONGEST_WAIT
    answers = Answers(status(), OK)
    assert answers.facebook(clock=clock).publish(reel(), progress=progress).id == "4001"


def test_an_unanswered_finish_of_a_reel_is_looked_up() -> None:
    """The reel's status says that it is out: it is, under the video's id."""
    answers = Answers(REEL_STARTED, OK, status(), lost, status(publishing=OUT))
    assert answers.facebook().publish(reel()).id == "4001"
    assert answers.sent[-1].url.params["fields"] == "status,published"


def not_public(publishing: JsonValue) -> JsonValue:
    """Give the status of a video that is not published."""
    told = status(publishing=publishing)
    return {**told, "published": False} if isinstance(told, dict) else told


@pytest.mark.parametrize(
    "look",
    [
        status(publishing={"status": "complete", "publish_status": "draft"}),
        status(publishing={"status": "complete", "publish_status": "scheduled"}),
        not_public(OUT),
        httpx.Response(400, json={"error": {"message": "gone", "code": 100, "error_subcode": 33}}),
    ],
)
def test_an_unanswered_finish_that_is_not_confirmed(look: JsonValue) -> None:
    """A look that does not say "published" leaves the outcome unknown."""
    answers = Answers(REEL_STARTED, OK, status(), lost, *[look] * len(limits.LOOK_WAITS))
    with pytest.raises(OutcomeUnknown):
        answers.facebook().publish(reel())


def test_a_planned_reel() -> None:
    """A reel is planned by its state; the plan of one whose answer was lost is looked up too."""
    planned: JsonValue = {"status": "not_started", "publish_status": "scheduled"}
    answers = Answers(REEL_STARTED, OK, status(), lost, status(publishing=planned))
    at = TestClock().now() + timedelta(hours=5)
    plan = answers.facebook().schedule(reel(), at, native=True)
    sent = answers.json(3)
    assert isinstance(sent, dict)
    assert (sent["video_state"], sent["scheduled_publish_time"]) == ("SCHEDULED", int(at.timestamp()))
    assert plan.id == "4001"


def test_a_reels_plan_is_cancelled_unless_it_is_out() -> None:
    """A plan under a video's id is looked at as a video before it is taken back; it cannot be moved."""
    planned: JsonValue = {"status": "not_started", "publish_status": "scheduled"}
    answers = Answers(REEL_STARTED, OK, status(), OK, status(publishing=planned), OK, status(publishing=OUT))
    facebook = answers.facebook()
    plan = facebook.schedule(reel(), TestClock().now() + timedelta(hours=5), native=True)
    with pytest.raises(UnsupportedFeature, match="schedule the reel anew"):
        facebook.reschedule(plan, TestClock().now() + timedelta(hours=6))
    facebook.cancel(plan)
    assert (answers.sent[-1].method, answers.sent[-1].url.path) == ("DELETE", "/v26.0/4001")
    with pytest.raises(NotFound, match="published already"):
        facebook.cancel(plan)


def test_a_reels_draft() -> None:
    """A draft of a reel is a state; publishing it is for the Business Suite."""
    answers = Answers(REEL_STARTED, OK, status(), OK)
    facebook = answers.facebook()
    draft = facebook.draft(reel(), native=True)
    sent = answers.json(3)
    assert isinstance(sent, dict)
    assert sent["video_state"] == "DRAFT"
    with pytest.raises(UnsupportedFeature, match="Business Suite"):
        facebook.publish_draft(draft)


def test_an_upload_address_of_somebody_else_gets_no_token() -> None:
    """The token goes to Facebook's own hosts alone, whatever address an answer names."""
    answers = Answers({"video_id": "4001", "upload_url": "https://evil.example/video-upload/v26.0/4001"})
    with pytest.raises(Exception, match=r"not sent to evil\.example"):
        answers.facebook().publish(reel())
    assert len(answers.sent) == 1


# ── stories ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_photo_story() -> None:
    """The photo is uploaded unseen, and then made a story."""
    answers = Answers({"id": "3001"}, {"success": True, "post_id": "6001"})
    published = answers.facebook().publish(Post(media=[Image(jpeg())], options=STORY))
    assert (answers.sent[1].url.path, answers.json(1)) == ("/v26.0/1000/photo_stories", {"photo_id": "3001"})
    assert (published.id, published.url, published.media_count) == ("6001", None, 1)


def test_a_video_story() -> None:
    """The video goes the way of a reel, and has no state of its own."""
    answers = Answers(REEL_STARTED, OK, status(), {"success": True, "post_id": "6002"})
    published = answers.facebook().publish(Post(media=[film()], options=STORY))
    assert answers.sent[0].url.path == "/v26.0/1000/video_stories"
    assert answers.json(3) == {"upload_phase": "finish", "video_id": "4001"}
    assert published.id == "6002"


def test_an_unanswered_story_is_found_by_its_media() -> None:
    """A story of this very upload on the page's list is ours; another's says nothing."""
    mine: JsonValue = {"data": [{"post_id": "6001", "media_id": "3001", "status": "PUBLISHED"}]}
    answers = Answers({"id": "3001"}, lost, mine, stories=True)
    assert answers.facebook().publish(Post(media=[Image(jpeg())], options=STORY)).id == "6001"
    theirs: JsonValue = {"data": [{"post_id": "6001", "media_id": "3999"}]}
    answers = Answers({"id": "3001"}, lost, theirs, stories=True)
    with pytest.raises(OutcomeUnknown):
        answers.facebook().publish(Post(media=[Image(jpeg())], options=STORY))


def test_a_story_is_kept_by_nobody_else() -> None:
    """Facebook plans and drafts no story: that is said before anything is sent."""
    answers = Answers()
    story = Post(media=[Image(jpeg())], options=STORY)
    with pytest.raises(ValidationError, match="keeps no story for later"):
        answers.facebook().schedule(story, TestClock().now() + timedelta(hours=5), native=True)
    with pytest.raises(ValidationError, match="keeps no story for later"):
        answers.facebook().draft(story, native=True)
    assert answers.sent == []
