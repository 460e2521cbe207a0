"""
Posts of text, a link or photos on the way in.

See https://developers.facebook.com/docs/pages-api/posts and
https://developers.facebook.com/docs/graph-api/reference/page/feed.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.schema import FEED, FEED_GAPS, KEPT
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.visibility import read_visibility, require_publish
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error

__all__ = ["attached_photos", "check_message", "earlier_time", "kept_of", "publish_feed"]

LONGEST_MESSAGE = 63_206
LONGEST_FORMATTED = 130
FEWEST_CHILDREN, MOST_CHILDREN, MOST_OPTIMIZED = 2, 5, 10

_PREVIEW = ("name", "description", "picture", "caption", "thumbnail")


def publish_feed(state: FacebookState, call: Call, page_id: str) -> JsonValue:
    """Make a post of text, a link or photos: live, scheduled, or unseen."""
    page = state.page(page_id, call)
    require_publish(call)
    call.parameters.check(FEED, gaps=FEED_GAPS)
    message, link = call.parameters.text("message"), call.parameters.text("link") or None
    photos = attached_photos(state, call, page.id)
    if not message and not link and not photos and "place" not in call.parameters:
        raise GraphError(100, "(#100) Requires one of the params: message, link, attached_media, place")
    check_message(message)
    _check_link(call, link)
    _check_format(state, call, message)
    when, earlier = read_visibility(call), earlier_time(call)
    if state.settings.refuse_repeats:
        _refuse_repeat(state, call, page.id, (message, link, photos))
    kept = kept_of(call)
    post = state.add_post(page.id, when, now=call.now, message=message, link=link, photos=photos, kept=kept)
    post.backdated_to = earlier
    return {"id": post.id}


def kept_of(call: Call) -> dict[str, JsonValue]:
    """Give the parameters that are kept with what they came with."""
    return {name: call.parameters.value(name) for name in call.parameters if name in KEPT}


def check_message(message: str) -> None:
    """
    Make sure that a text is not too long.

    Raises:
        GraphError: It is.
    """
    if len(message) > LONGEST_MESSAGE:
        raise GraphError(100, f"(#100) Param message must be no longer than {LONGEST_MESSAGE} characters")


def earlier_time(call: Call) -> datetime | None:
    """
    Read the earlier time that a post is to show, if the call gives one.

    Raises:
        GraphError: The time is to come.
    """
    at = call.parameters.moment("backdated_time")
    if at is not None and at > call.now:
        raise GraphError(100, "(#100) Param backdated_time must be in the past")
    return at


def attached_photos(state: FacebookState, call: Call, page: str) -> tuple[str, ...]:
    """
    Read the photos of a post: uploaded before, unpublished, and in no other post.

    Raises:
        GraphError: One is none of these.
    """
    ids: list[str] = []
    for one in call.parameters.items("attached_media"):
        id_ = str(one.get("media_fbid") or "") if isinstance(one, dict) else ""
        photo = state.photo(id_, call.now)
        if photo is None or photo.page != page or photo.published or photo.post is not None or id_ in ids:
            raise GraphError(100, f"(#100) Invalid attached_media: {id_ or one!r} is no unpublished photo of this Page")
        ids.append(id_)
    return tuple(ids)


def _check_link(call: Call, link: str | None) -> None:
    children = call.parameters.items("child_attachments")
    if link is None:
        if children:
            raise GraphError(100, "(#100) The parameter link is required with child_attachments")
        return
    _check_address(link)
    preview = [name for name in _PREVIEW if name in call.parameters or name in call.parameters.files]
    if preview:
        # A Page has no verified links here.
        message = (
            "Only owners of the URL have the ability to specify the picture, name, thumbnail or description params."
        )
        raise GraphError(100, f"(#100) {message}")
    most = MOST_OPTIMIZED if call.parameters.flag("multi_share_optimized", False) else MOST_CHILDREN
    if children and not FEWEST_CHILDREN <= len(children) <= most:
        raise GraphError(100, f"(#100) Param child_attachments must have {FEWEST_CHILDREN} to {most} elements")
    for one in children:
        _check_address(str(one.get("link") or "") if isinstance(one, dict) else "")


def _check_address(link: str) -> None:
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise graph_error(100, 2061006)


def _check_format(state: FacebookState, call: Call, message: str) -> None:
    preset = call.parameters.text("text_format_preset_id")
    if preset and preset in state.settings.retired_presets:
        raise graph_error(1)
    if preset and len(message) > LONGEST_FORMATTED:
        # That longer texts have no preset is documented by integrators only, and not what Graph answers to them.
        raise GraphError(100, f"(#100) A text with a preset has at most {LONGEST_FORMATTED} characters")
    action = call.parameters.value("call_to_action")
    if isinstance(action, dict) and "type" not in action:
        raise GraphError(100, "(#100) Param call_to_action[type] is required")


def _refuse_repeat(
    state: FacebookState, call: Call, page: str, content: tuple[str, str | None, tuple[str, ...]]
) -> None:
    latest = next(iter(state.live(page, call.now)), None)
    if latest is not None and (latest.message, latest.link, latest.photos) == content:
        raise graph_error(506, 1455006)
