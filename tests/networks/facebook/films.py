"""Films for tests, and Facebook's answers about them."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.media import Video
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post
from socialconnect.testing import sample_video

REEL = FacebookOptions(format="reel")
STORY = FacebookOptions(format="story")
SIZE = 3_000_000

UPLOAD_URL = "https://rupload.facebook.com/video-upload/v26.0/4001"


def film(seconds: float = 10, *, size: int = SIZE, **told: object) -> Video:
    """Give a film of an upright shape."""
    return Video(sample_video(seconds, size=size), **told)  # type: ignore[arg-type]  # whatever a video takes


def video_post(text: str = "A film", **told: object) -> Post:
    """Give a post with one film."""
    return Post(text, media=[film(**told)])  # type: ignore[arg-type]  # as above


def reel(text: str = "A reel") -> Post:
    """Give a reel."""
    return Post(text, media=[film()], options=REEL)


def started(end: int = 1_000_000) -> JsonValue:
    """Give the answer to the start of an upload in parts."""
    return {"upload_session_id": "77", "video_id": "4001", "start_offset": "0", "end_offset": str(end)}


def due(start: int, end: int) -> JsonValue:
    """Give the answer to a part: which is next."""
    return {"start_offset": str(start), "end_offset": str(end)}


def status(video: str = "ready", *, publishing: JsonValue = None, **uploading: JsonValue) -> JsonValue:
    """Give the answer to a look at a video."""
    phases: dict[str, JsonValue] = {
        "video_status": video,
        "uploading_phase": {"status": "complete", **uploading},
        "processing_phase": {"status": "not_started"},
        "publishing_phase": publishing or {"status": "not_started"},
    }
    return {"status": phases, "id": "4001"}


REEL_STARTED: JsonValue = {"video_id": "4001", "upload_url": UPLOAD_URL}
OK: JsonValue = {"success": True}
