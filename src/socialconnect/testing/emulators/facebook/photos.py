"""
Photos, as posts of their own or for posts and stories to come.

See https://developers.facebook.com/docs/graph-api/reference/page/photos.
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.base import UploadedFile
from socialconnect.testing.emulators.facebook.nodes import Photo
from socialconnect.testing.emulators.facebook.publishing import check_message, earlier_time, kept_of
from socialconnect.testing.emulators.facebook.schema import LISTING, NODE, PHOTO, PHOTO_GAPS
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.times import graph_time
from socialconnect.testing.emulators.facebook.visibility import read_visibility, require_publish
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error, missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.testing.emulators.refused import Gap

__all__ = ["list_photos", "photo_link", "publish_photo", "read_photo", "shown_photo"]

# https://developers.facebook.com/docs/page-stories-api lists the formats.
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")

_GAPS = words("""
    album backdated_time backdated_time_granularity can_backdate can_delete can_tag event icon name_tags picture place
    position target updated_time webp_images
    """)
"""Fields that a photo has on Graph and not here."""


def publish_photo(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Take a photo by address or upload: as a post of its own, or for one to come."""
    page = state.page(page_id, call)
    require_publish(call)
    call.parameters.check(PHOTO, gaps=PHOTO_GAPS)
    when, earlier = read_visibility(call), earlier_time(call)
    text = next((told for name in ("message", "caption", "name") if (told := call.parameters.text(name))), "")
    check_message(text)
    published = call.parameters.flag("published", True)
    photo = _taken(state, call, page.id, published=published)
    unseen = not published and not when.scheduled and when.content_type is None
    if unseen or (published and call.parameters.flag("no_story", False)):
        return {"id": photo.id}
    post = state.add_post(page.id, when, now=call.now, message=text, photos=(photo.id,), kept=kept_of(call))
    post.backdated_to = earlier
    # Only a published photo's answer is documented to tell its post.
    return {"id": photo.id, "post_id": post.id} if published else {"id": photo.id}


def _taken(state: FacebookState, call: Call, page: str, *, published: bool) -> Photo:
    files = list(call.parameters.files.values())
    url = call.parameters.text("url")
    if len(files) > 1 or (files and url):
        raise Gap("several photos in one call")
    width = height = None
    if files:
        facts = _checked(files[0], state.settings.largest_photo).facts
        width, height = facts.width, facts.height
        source = f"https://scontent.example.com/{hashlib.sha256(files[0].content).hexdigest()[:16]}"
    elif urlsplit(url).scheme in ("http", "https"):
        source = url
        if not state.settings.can_fetch(url):
            raise graph_error(324)
    else:
        raise GraphError(324, "(#324) Requires upload file")
    return state.add_photo(
        page,
        source=source,
        alt=call.parameters.text("alt_text_custom"),
        created_at=call.now,
        published=published,
        temporary=call.parameters.flag("temporary", False) and not published,
        width=width,
        height=height,
    )


def _checked(file: UploadedFile, largest: int) -> ReceivedFile:
    if not file.content.startswith(_STARTS):
        raise graph_error(324)
    if len(file.content) > largest:
        raise graph_error(100, 1366046)
    received = ReceivedFile(len(file.content))
    received.append(file.content)
    return received


def list_photos(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """List a Page's published photos, newest first."""
    page = state.page(page_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check({**LISTING, "type": "{profile,tagged,uploaded}"}, gaps=("biz_tag_id", "business_id"))
    if call.parameters.text("type", "uploaded") != "uploaded":
        raise Gap("photos of that type")
    found = [one for one in state.photos.values() if one.page == page.id and _is_seen(state, one, call)]
    listed = within(found, lambda one: one.created_at, call)
    ordered = sorted(listed, key=_place, reverse=True)
    fields = call.fields("created_time", "name", "id")
    return page_of(ordered, _place, lambda one: shown_photo(state, one, fields), call)


def _is_seen(state: FacebookState, photo: Photo, call: Call) -> bool:
    post = state.posts.get(photo.post or "")
    if not state.readable(photo.created_at, call.now):
        return False
    return post.is_live(call.now) if post is not None else photo.published


def _place(photo: Photo) -> str:
    return f"{photo.created_at.timestamp():020.6f}:{photo.id:>020}"


def read_photo(state: FacebookState, call: Call, photo: Photo) -> JsonValue:
    """Give one photo."""
    state.page(photo.page, call)
    call.parameters.check(NODE)
    if not state.readable(photo.created_at, call.now):
        raise missing(photo.id, call.method)
    return shown_photo(state, photo, call.fields("created_time", "name", "id"))


def shown_photo(state: FacebookState, photo: Photo, fields: tuple[Field, ...]) -> JsonValue:
    """Show a photo: the fields that are asked for and have a value."""
    post = state.posts.get(photo.post or "")
    image: dict[str, JsonValue] = {"source": photo.source}
    if photo.width and photo.height:
        image |= {"width": photo.width, "height": photo.height}
    readers: Readers = {
        "id": lambda _: photo.id,
        "created_time": lambda _: graph_time(photo.created_at),
        "name": lambda _: post.message or None if post else None,
        "alt_text": lambda _: photo.alt or None,
        "alt_text_custom": lambda _: photo.alt or None,
        "from": lambda _: {"name": state.pages[photo.page].name, "id": photo.page},
        "link": lambda _: photo_link(photo.id),
        "page_story_id": lambda _: photo.post,
        "source": lambda _: photo.source,
        "images": lambda _: [image],
        "width": lambda _: photo.width,
        "height": lambda _: photo.height,
    }
    return pick(fields, readers, node="Photo", gaps=_GAPS)


def photo_link(photo: str) -> str:
    """Give the address of a photo."""
    return f"https://www.facebook.com/photo.php?fbid={photo}"
