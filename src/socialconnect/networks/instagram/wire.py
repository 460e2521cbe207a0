"""Instagram's own shapes, with exactly its names."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from socialconnect.networks.meta.wire import Created, GraphModel, GraphTime, Paging

__all__ = [
    "ContainerStatus",
    "Media",
    "MediaList",
    "ProductType",
    "PublishingLimit",
    "PublishingLimits",
    "UploadProgress",
]


class ContainerStatus(GraphModel):
    """How far a container is: `IN_PROGRESS`, `FINISHED`, `PUBLISHED`, `ERROR` or `EXPIRED`."""

    status_code: str
    status: str = ""


class UploadPhase(GraphModel):
    """How much of a film has arrived; Meta's guide and its schema spell the number differently."""

    bytes_transferred: int = Field(default=0, validation_alias=AliasChoices("bytes_transferred", "bytes_transfered"))


class VideoStatus(GraphModel):
    """How far a film is."""

    uploading_phase: UploadPhase = Field(default_factory=UploadPhase)


class UploadProgress(GraphModel):
    """How far the upload to a container is."""

    video_status: VideoStatus = Field(default_factory=VideoStatus)


class Children(GraphModel):
    """The media of a carousel."""

    data: tuple[Created, ...] = ()


class Media(GraphModel):
    """A post of the account. What it does not have is left out."""

    id: str
    caption: str | None = None
    media_type: str | None = None
    media_product_type: str | None = None
    permalink: str | None = None
    timestamp: GraphTime | None = None
    children: Children = Field(default_factory=Children)


class MediaList(GraphModel):
    """A list of posts."""

    data: tuple[Media, ...]
    paging: Paging | None = None


class CommentAuthor(GraphModel):
    """Who has made a comment."""

    id: str | None = None


class Comment(GraphModel):
    """A comment below a post; `user` is there only where the account itself has made it."""

    id: str
    text: str | None = None
    user: CommentAuthor | None = None
    author: CommentAuthor | None = Field(default=None, validation_alias="from")
    replies: Children = Field(default_factory=Children)


class CommentList(GraphModel):
    """A list of comments."""

    data: tuple[Comment, ...]
    paging: Paging | None = None


class CommentCount(GraphModel):
    """How many comments a post has, replies included."""

    comments_count: int | None = None


class ProductType(GraphModel):
    """What kind of post a media is."""

    id: str
    media_product_type: str = "FEED"


class LimitConfig(GraphModel):
    """What an account may publish."""

    quota_total: int
    quota_duration: int = 86_400
    """In seconds."""


class PublishingLimit(GraphModel):
    """How much of its publishes an account has used."""

    quota_usage: int
    config: LimitConfig


class PublishingLimits(GraphModel):
    """The answer to the question for an account's publishes: a list of one."""

    data: tuple[PublishingLimit, ...] = Field(min_length=1)
