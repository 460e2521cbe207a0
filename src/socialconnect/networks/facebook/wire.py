"""Facebook's own shapes, with exactly its names."""

from __future__ import annotations

from pydantic import Field, JsonValue

from socialconnect.networks.meta.wire import Created, GraphModel, GraphTime, Paging

__all__ = ["Feed", "PagePost", "Photo", "ScheduledFeed", "ScheduledPagePost", "UnpublishedPhoto"]


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
