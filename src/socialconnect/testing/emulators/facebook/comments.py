"""
Comments on posts, photos, videos and reels, as the Page.

See https://developers.facebook.com/docs/graph-api/reference/object/comments.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.nodes import Comment, FacebookPost
from socialconnect.testing.emulators.facebook.schema import COMMENT, COMMENT_GAPS, COMMENTS, NODE
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.times import graph_time
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.graph.types import Types
from socialconnect.testing.emulators.refused import Gap

__all__ = ["delete_comment", "edit_comment", "list_comments", "make_comment", "read_comment", "shown_comment"]

LONGEST = 8_000
"""Characters of a comment at most; not documented for the API."""

_GAPS = words("""
    admin_creator application can_like can_reply_privately live_broadcast_timestamp message_tags
    private_reply_conversation
    """)
_UPDATE: Types = {"message": "string", "is_hidden": "bool", "attachment_url": "string", "fields": "string"}


def make_comment(state: FacebookState, call: Call, on: str) -> JsonValue:
    """Comment on a post, or on what it shows, or answer a comment."""
    answered = state.comments.get(on)
    post = state.post_of(answered.post if answered else on, call)
    require_engagement(call)
    call.parameters.check(COMMENT, gaps=COMMENT_GAPS)
    if not post.is_live(call.now):
        raise missing(on, call.method)
    message = call.parameters.text("message")
    attachment = _attachment(state, call)
    if not message and attachment is None:
        raise GraphError(100, "(#100) Requires one of the params: message, attachment_id, attachment_url, source")
    _check(message)
    comment = Comment(
        id=f"{post.id.rpartition('_')[2]}_{state.number('comment')}",
        page=post.page,
        post=post.id,
        parent=answered.id if answered else post.id,
        message=message,
        created_at=call.now,
        attachment=attachment,
    )
    state.comments[comment.id] = comment
    return {"id": comment.id}


def require_engagement(call: Call) -> None:
    """
    Make sure that the token may comment and like.

    Raises:
        GraphError: A permission is missing, or the person's task.
    """
    call.token.require("pages_manage_engagement")
    call.token.require_task("MODERATE")


def _attachment(state: FacebookState, call: Call) -> str | None:
    url = call.parameters.text("attachment_url") or call.parameters.text("attachment_share_url")
    photo = call.parameters.text("attachment_id")
    if url:
        if urlsplit(url).scheme not in ("http", "https"):
            raise GraphError(100, "(#100) Param attachment_url must be a valid URL")
        return url
    if photo:
        found = state.photo(photo, call.now)
        if found is None or found.published or found.post is not None:
            raise GraphError(100, f"(#100) Invalid attachment_id: {photo} is no unpublished photo of this Page")
        return found.source
    if call.parameters.files:
        raise Gap("a file in a comment")
    return None


def _check(message: str) -> None:
    if len(message) > LONGEST:
        raise GraphError(100, f"(#100) Param message must be no longer than {LONGEST} characters")


def list_comments(state: FacebookState, call: Call, on: str) -> JsonValue:
    """List the comments on a post, or the answers to a comment: those that were made by calls."""
    parent = on if on in state.comments else state.post_of(on, call).id
    post = state.post_of(state.comments[parent].post if parent in state.comments else parent, call)
    require_reading(call)
    call.parameters.check(COMMENTS)
    found = state.said(parent, call.now)
    if call.parameters.text("filter") == "stream":
        found = [*found, *(reply for one in found for reply in state.said(one.id, call.now))]
    listed = within(found, lambda one: one.created_at, call)
    backwards = call.parameters.text("order") == "reverse_chronological"
    fields = call.fields("created_time", "from", "message", "id")

    def place(comment: Comment) -> str:
        return comment.place if backwards else comment.place_from_first

    ordered = sorted(listed, key=place, reverse=True)
    answer = page_of(ordered, place, lambda one: shown_comment(state, one, call, fields), call)
    if call.parameters.text("summary") in ("true", "1", "total_count"):
        count = len(found) + (_by_visitors(post) if parent == post.id else 0)
        answer["summary"] = {"order": "chronological", "total_count": count, "can_comment": True}
    return answer


def _by_visitors(post: FacebookPost) -> int:
    return post.performance.comments


def require_reading(call: Call) -> None:
    """
    Make sure that the token may read what people said.

    Raises:
        GraphError: It may not.
    """
    call.token.require("pages_read_engagement", code=10)


def read_comment(state: FacebookState, call: Call, comment: Comment) -> JsonValue:
    """Give one comment."""
    state.page(comment.page, call)
    require_reading(call)
    call.parameters.check(NODE)
    if not state.readable(comment.created_at, call.now):
        raise missing(comment.id, call.method)
    return shown_comment(state, comment, call, call.fields("created_time", "from", "message", "id"))


def shown_comment(state: FacebookState, comment: Comment, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    """Show a comment: the fields that are asked for and have a value."""
    parent = state.comments.get(comment.parent)
    readers: Readers = {
        "id": lambda _: comment.id,
        "message": lambda _: comment.message,
        "created_time": lambda _: graph_time(comment.created_at),
        "from": lambda _: {"name": state.pages[comment.page].name, "id": comment.page},
        "is_hidden": lambda _: comment.hidden,
        "is_private": lambda _: False,
        "can_comment": lambda _: True,
        "can_hide": lambda _: False,
        "can_remove": lambda _: True,
        "user_likes": lambda _: False,
        "like_count": lambda _: 0,
        "comment_count": lambda _: len(state.said(comment.id, call.now)),
        "permalink_url": lambda _: f"https://www.facebook.com/{comment.post}?comment_id={comment.number}",
        "object": lambda _: {"id": comment.post},
        "parent": lambda _: {"id": parent.id, "message": parent.message} if parent else None,
        "attachment": lambda _: {"type": "share", "url": comment.attachment} if comment.attachment else None,
    }
    return pick(fields, readers, node="Comment", gaps=_GAPS)


def edit_comment(state: FacebookState, call: Call, comment: Comment) -> JsonValue:
    """Change a comment's text, or hide it."""
    state.page(comment.page, call)
    require_engagement(call)
    call.parameters.check(_UPDATE)
    if "message" in call.parameters:
        _check(call.parameters.text("message"))
        comment.message = call.parameters.text("message")
    comment.hidden = call.parameters.flag("is_hidden", comment.hidden)
    return {"success": True}


def delete_comment(state: FacebookState, call: Call, comment: Comment) -> JsonValue:
    """Delete a comment with the answers to it."""
    state.page(comment.page, call)
    require_engagement(call)
    call.parameters.check({})
    state.comments = {id_: one for id_, one in state.comments.items() if comment.id not in (one.id, one.parent)}
    return {"success": True}
