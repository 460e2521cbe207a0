"""What a post becomes on the wire: one container for an image, a reel or a story, several for a carousel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pydantic import JsonValue

from socialconnect.media import Document, Image, Video
from socialconnect.networks.instagram.options import InstagramOptions, ProductTag, UserTag
from socialconnect.post import Post

__all__ = ["Kind", "Specification", "carousel", "fits", "items", "kind_of", "single"]

Kind = Literal["image", "carousel", "reel", "story"]
"""What a post is on Instagram."""

_NO_OPTIONS = InstagramOptions.model_construct()  # unchecked: the first check builds the checker

_READS_BACK = {
    "image": ("IMAGE", "FEED"),
    "carousel": ("CAROUSEL_ALBUM", "FEED"),
    "reel": ("VIDEO", "REELS"),
    "story": (None, "STORY"),
}
"""As which media type and product type each kind is read back."""


@dataclass(frozen=True)
class Specification:
    """
    One container to be made.

    Args:
        body: What is told about it.
        upload: The film to be sent to it, where it is not fetched from an address.
        moving: Whether it holds a film, which takes a while.
    """

    body: dict[str, JsonValue]
    upload: Video | None = None
    moving: bool = False


def kind_of(post: Post) -> Kind:
    """Say what a post is on Instagram."""
    told = _options(post).format
    if told == "story" or told == "reel":
        return told
    if len(post.media) > 1:
        return "carousel"
    return "reel" if post.media and isinstance(post.media[0], Video) else "image"


def fits(kind: Kind, media_type: str | None, product_type: str | None) -> bool:
    """Whether media that reads back so may be a post of this kind; what the network does not say may be."""
    as_type, as_product = _READS_BACK[kind]
    return (as_type is None or media_type in (None, as_type)) and product_type in (None, as_product)


def single(post: Post) -> Specification:
    """Give the container of an image, a reel or a story."""
    options, media = _options(post), post.media[0]
    kind = kind_of(post)
    made = _medium(media, {"reel": "REELS", "story": "STORIES"}.get(kind))
    told: dict[str, JsonValue] = {**made.body, **_tags(options, 0), **_shared(post, options)}
    if kind == "reel":
        told.update(_reel(media, options))
    return Specification(told, made.upload, moving=made.moving)


def items(post: Post) -> list[Specification]:
    """Give the containers of a carousel's media."""
    options = _options(post)
    made = [_medium(media, "VIDEO" if isinstance(media, Video) else None) for media in post.media]
    return [
        Specification({**one.body, "is_carousel_item": True, **_tags(options, index)}, one.upload, moving=one.moving)
        for index, one in enumerate(made)
    ]


def carousel(post: Post, children: Sequence[str]) -> Specification:
    """Give the container that holds those of a carousel's media."""
    joined = ",".join(children)
    return Specification({"media_type": "CAROUSEL", "children": joined, **_shared(post, _options(post))})


def _options(post: Post) -> InstagramOptions:
    return post.options_for(InstagramOptions) or _NO_OPTIONS


def _medium(media: Image | Video | Document, media_type: str | None) -> Specification:
    """Tell of one medium: where it is, and what it is if not an image of the feed."""
    told: dict[str, JsonValue] = {"media_type": media_type} if media_type else {}
    if not isinstance(media, Video):
        alt = media.alt if isinstance(media, Image) and media_type is None else None
        return Specification({**told, "image_url": media.url, **({"alt_text": alt} if alt else {})})
    if media.url is not None:
        return Specification({**told, "video_url": media.url}, moving=True)
    return Specification({**told, "upload_type": "resumable"}, media, moving=True)


def _shared(post: Post, options: InstagramOptions) -> dict[str, JsonValue]:
    """Give what a post says about itself as a whole: for a carousel, said of the carousel and not of its items."""
    told: dict[str, JsonValue] = {
        "caption": post.text or None,
        "collaborators": list(options.collaborators) or None,
        "location_id": options.location_id,
        "is_ai_generated": options.is_ai_generated,
        "is_paid_partnership": options.is_paid_partnership,
        "branded_content_sponsor_ids": list(options.branded_content_sponsor_ids) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _reel(media: Image | Video | Document, options: InstagramOptions) -> dict[str, JsonValue]:
    cover = media.thumbnail if isinstance(media, Video) else None
    told: dict[str, JsonValue] = {
        "cover_url": cover.url if cover else None,
        "thumb_offset": _milliseconds(options.thumb_offset),
        "share_to_feed": options.share_to_feed,
        "audio_name": options.audio_name,
        "trial_params": {"graduation_strategy": options.trial} if options.trial else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _milliseconds(offset: timedelta | None) -> int | None:
    return None if offset is None else offset // timedelta(milliseconds=1)


def _tags(options: InstagramOptions, index: int) -> dict[str, JsonValue]:
    people = [_place(one, {"username": one.username}) for one in options.user_tags if one.media == index]
    products = [_place(one, {"product_id": one.product_id}) for one in options.product_tags if one.media == index]
    return {**({"user_tags": people} if people else {}), **({"product_tags": products} if products else {})}


def _place(tag: UserTag | ProductTag, told: dict[str, JsonValue]) -> JsonValue:
    place = {"x": tag.x, "y": tag.y}
    return {**told, **{name: at for name, at in place.items() if at is not None}}
