"""Uploads as they go over the wire, with exactly LinkedIn's names."""

from __future__ import annotations

from pydantic import Field

from socialconnect.networks.linkedin.wire import Milliseconds, WireModel

__all__ = [
    "MediaState",
    "UploadAnswer",
    "UploadPlace",
    "VideoAnswer",
    "VideoPart",
    "VideoSession",
]


class UploadPlace(WireModel):
    """Where a file goes that is sent in one piece, and the URN that it will have."""

    uploadUrl: str
    image: str | None = Field(default=None, pattern=r"^urn:li:image:.+$")
    document: str | None = Field(default=None, pattern=r"^urn:li:document:.+$")


class UploadAnswer(WireModel):
    """The answer to `initializeUpload` of an image or a document."""

    value: UploadPlace


class VideoPart(WireModel):
    """One part of a video: its bytes, the last one included, and where they go."""

    uploadUrl: str
    firstByte: int = Field(ge=0)
    lastByte: int = Field(ge=0)


class VideoSession(WireModel):
    """The upload of one video, as the journal keeps it."""

    video: str = Field(pattern=r"^urn:li:video:.+$")
    uploadInstructions: tuple[VideoPart, ...]
    uploadToken: str = ""
    uploadUrlsExpireAt: Milliseconds | None = None
    captionsUploadUrl: str | None = None
    thumbnailUploadUrl: str | None = None


class VideoAnswer(WireModel):
    """The answer to `initializeUpload` of a video."""

    value: VideoSession


class MediaState(WireModel):
    """A file's state: `WAITING_UPLOAD`, `PROCESSING`, `AVAILABLE` or `PROCESSING_FAILED`."""

    status: str
    processingFailureReason: str | None = None
