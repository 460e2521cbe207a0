"""
What Facebook takes, as tables, and what is wrong with a post by them.

Meta's pages as they were in November 2026, each named where a rule of its stands.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from socialconnect.errors import Problem
from socialconnect.media import Image
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post

__all__ = ["PHOTO_LIVES", "problems", "schedule_problems"]

_POSTS = "https://developers.facebook.com/docs/pages-api/posts"
_PHOTOS = "https://developers.facebook.com/docs/page-stories-api"

MAX_MESSAGE = 63_206
"""Characters. Not in Meta's documentation; what integrators check."""

IMAGE_TYPES = frozenset({"image/jpeg", "image/bmp", "image/x-ms-bmp", "image/png", "image/gif", "image/tiff"})
"""https://developers.facebook.com/docs/page-stories-api; WebP is not listed."""

MAX_IMAGE = 10 * 1000 * 1000
"""Bytes, by the same page. Error texts in some languages still say 4 MB."""

MAX_IMAGES = 10
"""How many photos in one post integrators found reliable; the hard limit is not documented."""

SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=30)
"""How far ahead the page publishes by itself: https://developers.facebook.com/docs/pages-api/posts."""

PHOTO_LIVES = timedelta(hours=23)
"""How long an uploaded photo can still be attached: a temporary one is deleted after about a day."""


def problems(post: Post) -> list[Problem]:
    """Give everything in a post that a page would refuse, and what its author should know."""
    found: list[Problem] = []
    if not (post.text.strip() or post.link or post.media):
        found.append(_problem("text", "not_empty", "a page post needs text, a link or a photo"))
    if len(post.text) > MAX_MESSAGE:
        message = f"the text is longer than {MAX_MESSAGE} characters"
        found.append(_problem("text", "max_length", message, MAX_MESSAGE, len(post.text)))
    if len(post.media) > MAX_IMAGES:
        message = f"more than {MAX_IMAGES} photos in one post are not reliable on Facebook"
        found.append(_warning("media", "max_items", message, MAX_IMAGES, len(post.media)))
    for index, media in enumerate(post.media):
        field = f"media[{index}]"
        if not isinstance(media, Image):
            found.append(_problem(field, "supported", "videos on Facebook are not yet supported by this version"))
        else:
            found += _image_problems(media, field)
    return [*found, *_link_problems(post), *_option_problems(post)]


def _image_problems(image: Image, field: str) -> list[Problem]:
    facts = image.facts
    if facts is None or facts.type is None or not facts.type.startswith("image/"):
        return []  # given by URL, or told already
    found: list[Problem] = []
    if facts.type not in IMAGE_TYPES:
        message = "Facebook takes photos as JPEG, PNG, GIF, BMP or TIFF"
        found.append(_problem(field, "media_type", message, ", ".join(sorted(IMAGE_TYPES)), facts.type, _PHOTOS))
    if facts.size > MAX_IMAGE:
        message = f"the photo is larger than {MAX_IMAGE // 1_000_000} MB"
        found.append(_problem(field, "max_size", message, MAX_IMAGE, facts.size, _PHOTOS))
    return found


def _link_problems(post: Post) -> list[Problem]:
    if post.link is None:
        return []
    found: list[Problem] = []
    if post.media and post.link.url not in post.text:
        message = "Facebook shows no link preview beside photos: the address is put on a line of its own below the text"
        found.append(_warning("link", "link_with_media", message))
    if not post.media and (post.link.title or post.link.description or post.link.image):
        message = "Facebook makes the link's preview from the linked page; title, description and image are not used"
        found.append(_warning("link", "link_preview", message))
    return found


def _option_problems(post: Post) -> list[Problem]:
    options = post.options_for(FacebookOptions)
    if options is None or not options.place or options.place.isdigit():
        return []
    return [_problem("options.facebook.place", "page_id", "the place is a page's id, all digits", None, options.place)]


def schedule_problems(at: datetime, now: datetime) -> list[Problem]:
    """Give what is wrong with a time for the page's own scheduling."""
    if at < now + SOONEST:
        limit = (now + SOONEST).isoformat()
        message = f"Facebook schedules no sooner than {SOONEST.seconds // 60} minutes from now"
        return [_problem("at", "schedule_window", message, limit, at.isoformat(), _POSTS)]
    if at > now + LATEST:
        limit = (now + LATEST).isoformat()
        message = f"Facebook schedules no later than {LATEST.days} days from now; give the network an outbox for more"
        return [_problem("at", "schedule_window", message, limit, at.isoformat(), _POSTS)]
    return []


def _problem(
    field: str,
    rule: str,
    message: str,
    limit: str | int | None = None,
    actual: str | int | None = None,
    source: str | None = None,
) -> Problem:
    return Problem(
        field=field, rule=rule, message=message, limit=limit, actual=actual, network="facebook", source=source
    )


def _warning(field: str, rule: str, message: str, limit: int | None = None, actual: int | None = None) -> Problem:
    return _problem(field, rule, message, limit, actual).model_copy(update={"severity": "warning"})
