"""What a post says, in the network's parameters: by its kind, and by what is to become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pydantic import JsonValue

from socialconnect.media import Image, Video
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post

__all__ = [
    "FEED_ONLY",
    "OPTIONS_BY_KIND",
    "Kind",
    "Release",
    "as_form",
    "beside_photos",
    "by_itself",
    "kind_of",
    "of_reel",
    "of_video",
    "options_told",
    "text_beside_media",
]


class Kind(Enum):
    """The kinds of post that a page can make; each has a way of its own."""

    FEED = "post"
    PHOTO = "photo"
    PHOTOS = "post with several photos"
    VIDEO = "video"
    REEL = "reel"
    PHOTO_STORY = "photo story"
    VIDEO_STORY = "video story"


@dataclass(frozen=True)
class Release:
    """
    What is to become of a post: seen at once, kept as a draft, or seen at a time.

    Args:
        step: Its visible step: `publish`, `draft` or `schedule`.
        at: When it is to be seen, for a plan.
    """

    step: str = "publish"
    at: datetime | None = None

    @property
    def now(self) -> bool:
        """Whether it is seen at once."""
        return self.step == "publish"

    @property
    def of_feed(self) -> dict[str, JsonValue]:
        """The parameters for the page's feed."""
        if self.now:
            return {}
        if self.at is None:
            return {"published": False, "unpublished_content_type": "DRAFT"}
        return {**self.of_video, "unpublished_content_type": "SCHEDULED"}

    @property
    def of_video(self) -> dict[str, JsonValue]:
        """The parameters for a video, which has no documented drafts."""
        if self.at is None:
            return {}
        return {"published": False, "scheduled_publish_time": int(self.at.timestamp())}

    @property
    def of_reel(self) -> dict[str, JsonValue]:
        """The parameters for a reel."""
        if self.at is not None:
            return {"video_state": "SCHEDULED", "scheduled_publish_time": int(self.at.timestamp())}
        return {"video_state": "PUBLISHED" if self.now else "DRAFT"}


FEED_ONLY = frozenset({"call_to_action", "child_attachments", "text_format_preset_id"})
"""What only the page's feed takes."""

_AUDIENCE = frozenset({"targeting", "feed_targeting"})
_PHOTO = _AUDIENCE | {"place", "tags", "backdated_time"}

OPTIONS_BY_KIND: Mapping[Kind, frozenset[str]] = {
    # The parameters of each edge in Meta's own schema: facebook-business 26.0.3 on PyPI, adobjects/page.py
    Kind.FEED: _PHOTO | FEED_ONLY,
    Kind.PHOTO: _PHOTO,
    Kind.PHOTOS: _PHOTO,
    Kind.VIDEO: _AUDIENCE | {"call_to_action"},
    Kind.REEL: _AUDIENCE | {"place"},
    Kind.PHOTO_STORY: frozenset(),
    Kind.VIDEO_STORY: frozenset(),
}
"""Which options go with which kind of post."""


def kind_of(post: Post) -> Kind:
    """Give the kind of a post, by its format and by what it carries; what does not go together is told elsewhere."""
    options = post.options_for(FacebookOptions)
    wanted = options.format if options is not None else None
    first = post.media[0] if post.media else None
    match wanted, first:
        case "reel", _:
            return Kind.REEL
        case "story", Video():
            return Kind.VIDEO_STORY
        case "story", _:
            return Kind.PHOTO_STORY
        case _, None:
            return Kind.FEED
        case _, Video():
            return Kind.VIDEO
        case _, Image() if len(post.media) == 1:
            return Kind.PHOTO
        case _:
            return Kind.PHOTOS


def by_itself(post: Post) -> dict[str, JsonValue]:
    """Give the parameters of a post without media: the link is shown with a preview."""
    told = _with_options(post, post.text)
    return told if post.link is None else {**told, "link": post.link.url}


def beside_photos(post: Post) -> dict[str, JsonValue]:
    """Give the parameters of a post with photos, beside which no link can stand; see `text_beside_media`."""
    return _with_options(post, text_beside_media(post))


def of_video(post: Post) -> dict[str, JsonValue]:
    """Give the parameters of a video: its text is called the description there."""
    told = options_told(post)
    text = text_beside_media(post)
    if text:
        told["description"] = text
    video = post.media[0]
    if isinstance(video, Video) and video.title:
        told["title"] = video.title
    return told


of_reel = of_video
"""A reel says what a video says."""


def text_beside_media(post: Post) -> str:
    """Give the text of a post with media: its link, if the text does not hold it, is a line below."""
    if post.link is None or post.link.url in post.text:
        return post.text
    return f"{post.text}\n\n{post.link.url}" if post.text else post.link.url


def options_told(post: Post) -> dict[str, JsonValue]:
    """Give the options' parameters; the format chooses the way and is not one."""
    options = post.options_for(FacebookOptions)
    return {} if options is None else options.model_dump(mode="json", exclude_none=True, exclude={"format"})


def _with_options(post: Post, text: str) -> dict[str, JsonValue]:
    told: dict[str, JsonValue] = {"message": text} if text else {}
    return {**told, **options_told(post)}


def as_form(told: Mapping[str, JsonValue]) -> dict[str, str]:
    """Give parameters as form fields: what is no text is JSON."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()}
