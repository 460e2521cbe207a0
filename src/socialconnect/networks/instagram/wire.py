"""Instagram's own shapes, with exactly its names."""

from __future__ import annotations

from pydantic import Field

from socialconnect.networks.meta.wire import Created, GraphModel, GraphTime, Paging

__all__ = ["ContainerStatus", "Media", "MediaList", "ProductType"]


class ContainerStatus(GraphModel):
    """How far a container is: `IN_PROGRESS`, `FINISHED`, `PUBLISHED`, `ERROR` or `EXPIRED`."""

    status_code: str
    status: str = ""


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


class ProductType(GraphModel):
    """What kind of post a media is."""

    id: str
    media_product_type: str = "FEED"
