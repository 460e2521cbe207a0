"""How far uploaded media are, and which of them a post may take."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.twitter.errors import forbidden, invalid
from socialconnect.testing.emulators.twitter.media_rules import longest_minutes
from socialconnect.testing.emulators.twitter.state import Media, State

__all__ = ["in_post", "processing"]


def processing(state: State, media: Media) -> dict[str, JsonValue]:
    """Tell how far a GIF or a video is: pending, in progress, then succeeded or failed."""
    settings = state.settings
    age = (state.now - media.finalized_at).total_seconds() if media.finalized_at else 0.0
    if age < settings.processing_seconds or settings.processing_hangs:
        if age < min(settings.check_after, settings.processing_seconds / 3) or age <= 0:
            return {"state": settings.first_state, "check_after_secs": settings.check_after}
        percent = 0 if settings.processing_seconds <= 0 else min(int(100 * age / settings.processing_seconds), 99)
        return {"state": "in_progress", "check_after_secs": settings.check_after, "progress_percent": percent}
    failure = media.failure
    if settings.media_fails is not None:
        failure = (3 if settings.media_fails == "UnsupportedMedia" else 1, settings.media_fails,
                   "Unsupported video format")  # fmt: skip
    if failure is None:
        return {"state": "succeeded", "progress_percent": 100}
    error: dict[str, JsonValue] = {"code": failure[0], "name": failure[1], "message": failure[2]}
    return {"state": settings.failing_state, "progress_percent": 12, "error": error}


def in_post(state: State, media_ids: list[str], author_id: str) -> list[Media]:
    """
    Give the media that a post names.

    Raises:
        Refused: One is unknown, somebody else's, expired, not ready or for direct messages; they do not go together; or
            a video is longer than its author may post.
    """
    found = [state.media.get(one) for one in media_ids]
    ready = [one for one in found if one is not None and _usable(state, one, author_id)]
    if len(ready) != len(media_ids):
        raise invalid("Your media IDs are invalid.", parameters={"media.media_ids": media_ids})
    if len(ready) > 1 and any(one.kind != "photo" for one in ready):
        raise forbidden("You are not permitted to perform this action.")
    longest = longest_minutes(state.users[author_id])
    for one in ready:
        if one.kind == "video" and (one.facts.seconds or 0) > 60 * longest:
            raise forbidden(f"This user is not allowed to post a video longer than {longest} minutes.")
    return ready


def _usable(state: State, media: Media, author_id: str) -> bool:
    if not media.usable_by(author_id) or media.finalized_at is None or state.now >= media.expires_at:
        return False
    if media.category.startswith("dm_") or media.category == "subtitles":
        return False
    if media.old_upload and state.days.since("v11-media-upload"):
        return False
    return not media.processed or processing(state, media)["state"] == "succeeded"
