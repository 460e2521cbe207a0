"""The moments of an upload that all kinds of video share: complete, refused, ready."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from socialconnect.testing.emulators.base import UploadedFile
from socialconnect.testing.emulators.facebook.nodes import Video
from socialconnect.testing.emulators.facebook.specifications import fault_of
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["complete", "fetch", "refuse_failed", "whole"]


def whole(file: UploadedFile, largest: int) -> ReceivedFile:
    """
    Take a video that came in one request.

    Raises:
        GraphError: It is empty or too large.
    """
    if not file.content:
        raise graph_error(6000, 1363021)
    if len(file.content) > largest:
        raise graph_error(6000, 1363025)
    received = ReceivedFile(len(file.content))
    received.append(file.content)
    return received


def fetch(state: FacebookState, video: Video, url: str, now: datetime) -> None:
    """
    Take a video by its address. What it is cannot be known here: it is taken as good.

    Raises:
        GraphError: The address cannot be fetched.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not state.settings.can_fetch(url):
        raise graph_error(389)
    video.source = url
    complete(state, video, now)


def complete(state: FacebookState, video: Video, now: datetime) -> None:
    """Let the processing of a video begin whose upload is complete; whether it can be used shows at its end."""
    settings = state.settings
    video.uploaded_at = now
    video.ready_at = None if settings.processing is None else now + settings.processing
    if settings.failures:
        video.failure = settings.failures.pop(0)
    elif video.source is None:
        video.failure = fault_of(video.kind, video.file.facts)


def refuse_failed(video: Video, now: datetime) -> None:
    """
    Refuse what uses a video of which it is known that it cannot be used.

    Raises:
        GraphError: It cannot be used.
    """
    if video.has_failed(now) and video.failure is not None:
        raise GraphError(video.failure.code, video.failure.message, video.failure.subcode)
