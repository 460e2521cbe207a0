"""
Posts and photos on the way in.

See https://developers.facebook.com/docs/pages-api/posts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.base import UploadedFile
from socialconnect.testing.emulators.facebook.reading import shown_post
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.refused import Gap

__all__ = ["PUBLISH_PERMISSIONS", "publish_feed", "publish_photo", "schedule_time"]

PUBLISH_PERMISSIONS = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")

LONGEST_MESSAGE = 63_206
SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=30)
LARGEST_PHOTO = 10 * 1024 * 1024

_KEPT = ("targeting", "feed_targeting", "place", "tags", "backdated_time", "call_to_action")
"""Parameters that are kept with the post and have no effect here."""

_CONTENT_TYPES = {
    "SCHEDULED",
    "SCHEDULED_RECURRING",
    "DRAFT",
    "ADS_POST",
    "INLINE_CREATED",
    "PUBLISHED",
    "PUBLISH_PENDING",
    "REVIEWABLE_BRANDED_CONTENT",
}

# https://developers.facebook.com/docs/page-stories-api lists the formats.
_PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")


def publish_feed(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Make a post of text, a link or photos: live, scheduled, or unseen."""
    page = state.page(page_id, call)
    call.token.require(*PUBLISH_PERMISSIONS)
    indexed = [name for name in call.parameters if name.startswith("attached_media[")]
    call.parameters.only("message", "link", "attached_media", "fields", *_KEPT, *_VISIBILITY, *indexed)
    message, link = call.parameters.text("message"), call.parameters.text("link") or None
    photos = _attached(state, call, page.id)
    if not message and not link and not photos and "place" not in call.parameters:
        raise GraphError(100, "(#100) Requires one of the params: message, link, attached_media, place")
    _check_content(message, link)
    when = _visibility(call)
    if state.refuse_repeats:
        _refuse_repeat(state, call, page.id, (message, link, photos))
    kept = {name: call.parameters.text(name) for name in _KEPT if name in call.parameters}
    post = state.add_post(page.id, message=message, link=link, photos=photos, kept=kept, created_at=call.now, **when)
    if "fields" in call.parameters:
        return shown_post(state, post, call, call.fields("id"))
    return {"id": post.id}


def publish_photo(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Take a photo by address or upload: as a post of its own, or for one to come."""
    page = state.page(page_id, call)
    call.token.require(*PUBLISH_PERMISSIONS)
    call.parameters.only(
        "url", "message", "caption", "alt_text_custom", "temporary", "place", "tags", "targeting", *_VISIBILITY
    )
    when = _visibility(call)
    text = call.parameters.text("message") or call.parameters.text("caption")
    _check_content(text, None)
    published = call.parameters.flag("published", True)
    photo = state.add_photo(
        page.id,
        source=_photo_source(call),
        alt=call.parameters.text("alt_text_custom"),
        created_at=call.now,
        published=published,
        temporary=call.parameters.flag("temporary", False) and not published,
    )
    if not published and not when["scheduled"] and when["content_type"] is None:
        return {"id": photo.id}
    post = state.add_post(page.id, message=text, link=None, photos=(photo.id,), created_at=call.now, **when)
    # Only a published photo's answer is documented to tell its post.
    return {"id": photo.id, "post_id": post.id} if published else {"id": photo.id}


_VISIBILITY = ("published", "scheduled_publish_time", "unpublished_content_type")


def _visibility(call: Call) -> dict[str, object]:
    """Read when people are to see a post."""
    published = call.parameters.flag("published", True)
    kind = call.parameters.text("unpublished_content_type") or None
    if kind is not None and kind not in _CONTENT_TYPES:
        raise GraphError(100, f"(#100) Param unpublished_content_type must be one of {sorted(_CONTENT_TYPES)}")
    if published:
        if "scheduled_publish_time" in call.parameters:
            raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
        if kind not in (None, "PUBLISHED"):
            raise GraphError(100, "(#100) Param unpublished_content_type needs published=false")
        return {"live_at": call.now, "scheduled": False, "content_type": None}
    at = schedule_time(call)
    if kind not in (None, "SCHEDULED", "DRAFT") or (kind == "DRAFT" and at is not None):
        raise Gap(f"unpublished_content_type {kind}" + (" with a time" if at else ""))
    if kind == "SCHEDULED" and at is None:
        raise GraphError(100, "(#100) The specified scheduled publish time is invalid")
    return {"live_at": at, "scheduled": at is not None, "content_type": "SCHEDULED" if at else kind}


def schedule_time(call: Call) -> datetime | None:
    """
    Read the time to publish at; `None` if there is none.

    Raises:
        GraphError: It is too soon or too far.
    """
    at = call.parameters.moment("scheduled_publish_time")
    if at is not None and not SOONEST <= at - call.now <= LATEST:
        raise GraphError(100, "(#100) The specified scheduled publish time is invalid")
    return at


def _check_content(message: str, link: str | None) -> None:
    if len(message) > LONGEST_MESSAGE:
        raise GraphError(100, f"(#100) Param message must be no longer than {LONGEST_MESSAGE} characters")
    if link is not None:
        parts = urlsplit(link)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise graph_error(100, 2061006)


def _attached(state: FacebookState, call: Call, page: str) -> tuple[str, ...]:
    """Read the photos of a post: uploaded before, unpublished, and in no other post."""
    ids: list[str] = []
    for one in call.parameters.items("attached_media"):
        id_ = str(one.get("media_fbid") or "") if isinstance(one, dict) else ""
        photo = state.photo(id_, call.now)
        if photo is None or photo.page != page or photo.published or photo.post is not None or id_ in ids:
            raise GraphError(100, f"(#100) Invalid attached_media: {id_ or one!r} is no unpublished photo of this Page")
        ids.append(id_)
    return tuple(ids)


def _refuse_repeat(
    state: FacebookState, call: Call, page: str, content: tuple[str, str | None, tuple[str, ...]]
) -> None:
    latest = next(iter(state.live(page, call.now)), None)
    if latest is not None and (latest.message, latest.link, latest.photos) == content:
        raise graph_error(506, 1455006)


def _photo_source(call: Call) -> str:
    """Give the photo's address; an upload is looked at and gets one of the emulator's."""
    files = list(call.parameters.files.values())
    url = call.parameters.text("url")
    if len(files) > 1 or (files and url):
        raise Gap("several photos in one call")
    if files:
        _check_photo(files[0])
        return f"https://scontent.example.com/{len(files[0].content)}"
    if urlsplit(url).scheme not in ("http", "https"):
        raise GraphError(324, "(#324) Requires upload file")
    return url


def _check_photo(file: UploadedFile) -> None:
    if not file.content.startswith(_PHOTO_STARTS):
        raise graph_error(324)
    if len(file.content) > LARGEST_PHOTO:
        raise graph_error(100, 1366046)
