"""What only Instagram can do, for one post."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from socialconnect.post import NetworkOptions

__all__ = ["InstagramOptions", "ProductTag", "UserTag"]


class UserTag(BaseModel):
    """
    A person who is tagged in one of the post's media.

    Args:
        username: The name of a public account.
        x: Where on the picture, from the left, 0 to 1; an image needs it, a reel has no places.
        y: Where on the picture, from the top, 0 to 1.
        media: Which of the post's media, counted from 0.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    username: str
    x: float | None = None
    y: float | None = None
    media: int = 0


class ProductTag(BaseModel):
    """
    A product of the account's shop that is tagged in one of the post's media.

    Args:
        product_id: The product's id in the catalogue of the shop.
        x: Where on the picture, from the left, 0 to 1; an image needs it, a video has no places.
        y: Where on the picture, from the top, 0 to 1.
        media: Which of the post's media, counted from 0.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    product_id: str
    x: float | None = None
    y: float | None = None
    media: int = 0


class InstagramOptions(NetworkOptions):
    """
    What only Instagram can do, for one post.

    Args:
        format: What the post is: `post` (an image or a carousel), `reel` or `story`. Unless given, one video is a reel,
            and anything else a post.
        collaborators: Public usernames of accounts to publish together with.
        user_tags: Who is tagged in the media.
        product_tags: The shop's products that are tagged in the media.
        location_id: The id of a Facebook page that has a place.
        is_ai_generated: Whether the media are made by artificial intelligence, to be labelled so.
        is_paid_partnership: Whether the post is labelled as a paid partnership.
        branded_content_sponsor_ids: The ids of the brands that pay for it.
        comments: Whether people may comment; as the account has it unless given.
        thumb_offset: For a reel: the moment whose picture stands for it. Its `thumbnail` counts before it.
        share_to_feed: For a reel: whether it is shown in the feed too.
        audio_name: For a reel: what its own sound is called.
        trial: For a reel: it is shown to others than the followers first, and to all when the account says so
            (`MANUAL`) or by itself if it does well (`SS_PERFORMANCE`).
    """

    network: ClassVar[str] = "instagram"

    format: Literal["post", "reel", "story"] | None = None
    collaborators: tuple[str, ...] = ()
    user_tags: tuple[UserTag, ...] = ()
    product_tags: tuple[ProductTag, ...] = ()
    location_id: str | None = None
    is_ai_generated: bool | None = None
    is_paid_partnership: bool | None = None
    branded_content_sponsor_ids: tuple[str, ...] = ()
    comments: bool | None = None
    thumb_offset: timedelta | None = None
    share_to_feed: bool | None = None
    audio_name: str | None = None
    trial: Literal["MANUAL", "SS_PERFORMANCE"] | None = None
