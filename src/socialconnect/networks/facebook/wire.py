"""Facebook's own shapes, with exactly its names."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import AliasChoices, Field, JsonValue

from socialconnect.networks.meta.wire import Created, GraphModel, GraphTime, Paging

__all__ = [
    "Attachment",
    "Attachments",
    "CommentList",
    "Feed",
    "Finished",
    "PagePost",
    "PartRefusal",
    "Photo",
    "PostCounts",
    "Range",
    "ReelSession",
    "ScheduledFeed",
    "ScheduledPagePost",
    "Stories",
    "UnpublishedPhoto",
    "UploadPhase",
    "UploadSession",
    "VideoNode",
    "VideoStatus",
]


class UnpublishedPhoto(Created):
    """The answer to a photo with `published=false`: the photo's id, to attach."""


class Photo(GraphModel):
    """The answer to a published photo: its own id, and that of the post about it."""

    id: str
    post_id: str


class Attachments(GraphModel):
    """What a post carries."""

    data: tuple[Attachment, ...] = ()


class Attachment(GraphModel):
    """One thing that a post carries; an album holds its photos in `subattachments`."""

    media_type: str | None = None
    media: dict[str, JsonValue] | None = None
    url: str | None = None
    subattachments: Attachments | None = None

    @property
    def media_count(self) -> int:
        """How many photos and videos it stands for; a shared link is none."""
        if self.subattachments is not None and self.subattachments.data:
            return len(self.subattachments.data)
        return 1 if self.media_type in ("photo", "video", "animated_image_autoplay") else 0


class PagePost(GraphModel):
    """A post of a page. What it does not have is left out, never null."""

    id: str
    message: str | None = None
    created_time: GraphTime | None = None
    permalink_url: str | None = None
    is_published: bool | None = None
    scheduled_publish_time: int | None = None
    parent_id: str | None = None
    attachments: Attachments = Field(default_factory=Attachments)


class Feed(GraphModel):
    """A list of posts."""

    data: tuple[PagePost, ...]
    paging: Paging | None = None


class ScheduledPagePost(GraphModel):
    """A post that the page will publish; its time is a number, unlike all other times."""

    id: str
    scheduled_publish_time: int
    message: str | None = None


class ScheduledFeed(GraphModel):
    """A list of scheduled posts."""

    data: tuple[ScheduledPagePost, ...]
    paging: Paging | None = None


# ── videos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Range(GraphModel):
    """Which bytes of a video the network wants next; none are left when both are equal. Told as texts."""

    start_offset: int
    end_offset: int


class UploadSession(Range):
    """The answer to the start of an upload in parts."""

    upload_session_id: str
    video_id: str


class _PartError(GraphModel):
    error_data: Range


class PartRefusal(GraphModel):
    """The error answer to a part that must be sent again: its `error_data` names the range."""

    error: _PartError


class ReelSession(GraphModel):
    """The answer to the start of a reel or of a video story: where its bytes go."""

    video_id: str
    upload_url: str


class Finished(GraphModel):
    """The answer that ends an upload or makes a story; which of the two it tells is documented for few."""

    success: bool | None = None
    post_id: str | None = None

    def confirmed(self) -> Finished:
        """
        Make sure that it was done.

        Raises:
            ValueError: The network does not say so.
        """
        if self.success is False or (self.success is None and self.post_id is None):
            raise ValueError("success is not told")
        return self


class PhaseError(GraphModel):
    """What went wrong in a phase."""

    code: int | str | None = None
    message: str = ""


class UploadPhase(GraphModel):
    """One of the three phases of a video's way. The guide and the schema spell two of its fields differently."""

    status: str | None = None
    bytes_received: int | None = Field(
        default=None, validation_alias=AliasChoices("bytes_transferred", "bytes_transfered")
    )
    error: PhaseError | None = None
    errors: tuple[PhaseError, ...] = ()
    publish_status: str | None = None

    @property
    def faults(self) -> tuple[PhaseError, ...]:
        """What went wrong, by either spelling."""
        return self.errors if self.error is None else (self.error, *self.errors)


class VideoStatus(GraphModel):
    """How far a video is: uploaded, processed, published."""

    video_status: str | None = None
    uploading_phase: UploadPhase = Field(default_factory=UploadPhase)
    processing_phase: UploadPhase = Field(default_factory=UploadPhase)
    publishing_phase: UploadPhase = Field(default_factory=UploadPhase)

    @property
    def faults(self) -> Iterator[PhaseError]:
        """What went wrong in any phase."""
        for phase in (self.uploading_phase, self.processing_phase, self.publishing_phase):
            yield from phase.faults


class VideoNode(GraphModel):
    """A video by its own id."""

    id: str | None = None
    status: VideoStatus = Field(default_factory=VideoStatus)
    published: bool | None = None
    post_id: str | None = None


class Story(GraphModel):
    """One of the page's stories."""

    post_id: str
    media_id: str | None = None
    status: str | None = None


class Stories(GraphModel):
    """A list of stories."""

    data: tuple[Story, ...]


# ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Author(GraphModel):
    id: str | None = None


class _Comment(GraphModel):
    id: str
    message: str | None = None
    author: _Author | None = Field(default=None, validation_alias="from")


class CommentList(GraphModel):
    """A list of comments."""

    data: tuple[_Comment, ...]
    paging: Paging | None = None


# ── counts that need no insights ──────────────────────────────────────────────────────────────────────────────────────


class _Count(GraphModel):
    count: int


class _Summary(GraphModel):
    total_count: int | None = None


class _Summed(GraphModel):
    summary: _Summary | None = None


class PostCounts(GraphModel):
    """A post's public counters."""

    shares: _Count | None = None
    reactions: _Summed | None = None
    comments: _Summed | None = None
