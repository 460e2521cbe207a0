"""
What goes over the wire, with exactly LinkedIn's names.

Answers may carry more than is named here: LinkedIn adds fields and enum values within a version, so both are let pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from socialconnect.networks.linkedin.options import CallToAction

__all__ = [
    "AnalyticsAnswer",
    "Article",
    "Content",
    "Distribution",
    "ErrorAnswer",
    "ImageAnswer",
    "InitializeUpload",
    "InitializeUploadAnswer",
    "MediaContent",
    "MultiImage",
    "NewPost",
    "PostElement",
    "PostsAnswer",
    "ReshareContext",
    "ShareStatisticsAnswer",
    "UploadOwner",
]


_Milliseconds = Annotated[int, Field(ge=0, lt=2**47)]
"""A moment, since 1970; what is beyond the calendar is no moment."""


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


# ── a post, sent and read ─────────────────────────────────────────────────────────────────────────────────────────────


class Distribution(_Wire):
    """Where a post appears."""

    feedDistribution: Literal["MAIN_FEED", "NONE"] = "MAIN_FEED"
    targetEntities: tuple[JsonValue, ...] = ()
    thirdPartyDistributionChannels: tuple[JsonValue, ...] = ()


class MediaContent(_Wire):
    """One image, alone or among several."""

    id: str
    altText: str | None = None


class MultiImage(_Wire):
    """Two images or more."""

    images: tuple[MediaContent, ...]


class Article(_Wire):
    """A link. LinkedIn does not look at the page: what is not said here is not shown."""

    source: str
    title: str
    description: str | None = None
    thumbnail: str | None = None
    thumbnailAltText: str | None = None


class Content(_Wire):
    """What a post carries besides its text: exactly one of these."""

    media: MediaContent | None = None
    multiImage: MultiImage | None = None
    article: Article | None = None


class ReshareContext(_Wire):
    """The post that is reshared."""

    parent: str | None = None


class NewPost(_Wire):
    """The body of `POST /rest/posts`."""

    author: str
    commentary: str
    visibility: str
    distribution: Distribution
    content: Content | None = None
    lifecycleState: Literal["PUBLISHED"] = "PUBLISHED"
    isReshareDisabledByAuthor: bool = False
    reshareContext: ReshareContext | None = None
    contentLandingPage: str | None = None
    contentCallToActionLabel: CallToAction | None = None


class _ReadMultiImage(_Wire):
    images: tuple[JsonValue, ...] = ()


class _ReadContent(_Wire):
    media: JsonValue = None
    multiImage: _ReadMultiImage | None = None

    @property
    def media_count(self) -> int:
        if self.multiImage is not None:
            return len(self.multiImage.images)
        return 0 if self.media is None else 1


class PostElement(_Wire):
    """A post as it is read."""

    id: str
    commentary: str | None = None
    lifecycleState: str | None = None
    createdAt: _Milliseconds | None = None
    publishedAt: _Milliseconds | None = None
    content: _ReadContent = Field(default_factory=_ReadContent)
    reshareContext: ReshareContext | None = None


class PostsAnswer(_Wire):
    """A page of posts; each is kept as it came."""

    elements: tuple[dict[str, JsonValue], ...]


# ── images ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class UploadOwner(_Wire):
    """Whose an upload is."""

    owner: str


class InitializeUpload(_Wire):
    """The body of `POST /rest/images?action=initializeUpload`."""

    initializeUploadRequest: UploadOwner


class _UploadPlace(_Wire):
    uploadUrl: str
    image: str = Field(pattern=r"^urn:li:image:.+$")


class InitializeUploadAnswer(_Wire):
    """Where to upload, and the image's URN."""

    value: _UploadPlace


class ImageAnswer(_Wire):
    """An image's state: `WAITING_UPLOAD`, `PROCESSING`, `AVAILABLE` or `PROCESSING_FAILED`."""

    status: str


# ── statistics ────────────────────────────────────────────────────────────────────────────────────────────────────────


class ShareStatistics(_Wire):
    """The numbers of one post of a page."""

    share: str | None = None
    ugcPost: str | None = None
    totalShareStatistics: Mapping[str, JsonValue]


class ShareStatisticsAnswer(_Wire):
    """The numbers of several posts of a page; a post without activity is left out."""

    elements: tuple[ShareStatistics, ...]


class _Count(_Wire):
    count: int


class AnalyticsAnswer(_Wire):
    """One number of one post of a member."""

    elements: tuple[_Count, ...]


# ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _InputPath(_Wire):
    fieldPath: str | None = None


class _Input(_Wire):
    inputPath: _InputPath | None = None


class _InputError(_Wire):
    code: str | None = None
    description: str | None = None
    input: _Input | None = None


class _ErrorDetails(_Wire):
    inputErrors: tuple[_InputError, ...] = ()


class ErrorAnswer(_Wire):
    """An error's body, in the classic and in the detailed shape."""

    message: str | None = None
    code: str | None = None
    serviceErrorCode: int | None = None
    errorDetails: _ErrorDetails = Field(default_factory=_ErrorDetails)
