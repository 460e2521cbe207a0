"""
Comments on media, and replies to them.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments and
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-comment.
"""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick
from socialconnect.testing.emulators.graph.paging import page_of
from socialconnect.testing.emulators.instagram.access import require_comments
from socialconnect.testing.emulators.instagram.models import Comment, Media
from socialconnect.testing.emulators.instagram.state import InstagramState

__all__ = ["comments_page", "create", "delete", "hide", "list_comments", "read", "visible"]

MOST_IN_A_PAGE = 50
_LISTING = {"fields": "string", "limit": "unsigned int", "after": "string", "before": "string", "summary": "string"}
_DEFAULT = (Field("timestamp"), Field("text"), Field("id"))


def visible(state: InstagramState, id_: str, call: Call) -> Comment:
    """
    Give a comment that the token may see and that can be read by now.

    Raises:
        GraphError: There is none.
    """
    found = state.comments.get(id_)
    if found is None or found.account not in call.token.targets:
        raise missing(id_, call.method)
    if call.method == "GET" and not state.readable(found.created_at, call.now):
        raise missing(id_, call.method)
    return found


def create(state: InstagramState, call: Call, media: Media, parent: Comment | None) -> JsonValue:
    """Comment on a medium, or reply to a comment, as the account."""
    require_comments(call)
    call.parameters.check({"message": "string", "fields": "string"}, gaps={"ad_id"})
    text = call.parameters.text("message")
    if not text.strip():
        raise GraphError(100, "(#100) The parameter message is required")
    if media.product == "STORY" or media.album is not None:
        raise missing(media.id, call.method)
    if not media.comments_enabled:
        # How this reads was not seen.
        raise GraphError(100, "(#100) Comments are disabled on this media")
    above = None if parent is None else parent.parent or parent.id  # a reply to a reply stands beside it
    username = state.accounts[media.account].name
    return {"id": state.add_comment(media, text, username, call.now, above).id}


def list_comments(state: InstagramState, call: Call, media: Media, parent: Comment | None) -> JsonValue:
    """List the comments on a medium, or the replies to one, newest first."""
    require_comments(call)
    call.parameters.check(_LISTING)
    fields = call.fields() or _DEFAULT
    return comments_page(state, call, media, parent, fields)


def comments_page(
    state: InstagramState, call: Call, media: Media, parent: Comment | None, fields: tuple[Field, ...]
) -> dict[str, JsonValue]:
    """Give a page of comments."""
    if call.parameters.number("limit", MOST_IN_A_PAGE) > MOST_IN_A_PAGE:
        raise GraphError(100, f"(#100) The parameter limit must be between 1 and {MOST_IN_A_PAGE}")
    said = state.said_about(media.id, None if parent is None else parent.id)
    found = [one for one in said if state.readable(one.created_at, call.now)]
    asked = fields or _DEFAULT
    return page_of(found, lambda one: one.place, lambda one: _shown(state, call, one, asked), call)


def read(state: InstagramState, call: Call, comment: Comment) -> JsonValue:
    """Give one comment."""
    require_comments(call)
    call.parameters.check({"fields": "string"})
    return _shown(state, call, comment, call.fields() or _DEFAULT)


def hide(call: Call, comment: Comment) -> JsonValue:
    """Hide a comment, or show it again."""
    require_comments(call)
    call.parameters.check({"hide": "bool"}, gaps={"ad_id"})
    if "hide" not in call.parameters:
        raise GraphError(100, "(#100) The parameter hide is required")
    comment.hidden = call.parameters.flag("hide", comment.hidden)
    return {"success": True}


def delete(state: InstagramState, call: Call, comment: Comment) -> JsonValue:
    """Delete a comment and the replies to it."""
    require_comments(call)
    call.parameters.check({}, gaps={"ad_id"})
    for one in [one for one in state.comments.values() if comment.id in (one.id, one.parent)]:
        del state.comments[one.id]
    return {"success": True}


def _shown(state: InstagramState, call: Call, comment: Comment, fields: tuple[Field, ...]) -> JsonValue:
    media = state.media[comment.media]
    own = comment.username == state.accounts[comment.account].name

    def replies(field: Field) -> JsonValue:
        said = [one for one in state.said_about(media.id, comment.id) if state.readable(one.created_at, call.now)]
        shown: list[JsonValue] = [_shown(state, call, one, field.inner or _DEFAULT) for one in said]
        return {"data": shown} if shown else None

    readers: Readers = {
        "id": lambda _: comment.id,
        "text": lambda _: comment.text,
        "timestamp": lambda _: f"{comment.created_at:%Y-%m-%dT%H:%M:%S}+0000",
        "username": lambda _: comment.username,
        "from": lambda _: {"id": comment.account if own else f"5{comment.ordinal:015d}", "username": comment.username},
        "user": lambda _: {"id": comment.account} if own else None,
        "hidden": lambda _: comment.hidden,
        "like_count": lambda _: comment.likes,
        "parent_id": lambda _: comment.parent,
        "media": lambda _: {"id": media.id, "media_product_type": media.product},
        "legacy_instagram_comment_id": lambda _: None,
        "replies": replies,
    }
    return pick(fields, readers, node="IGComment")
