"""What people did with a post, as fields and edges show it: reactions, likes and comments, with their summaries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.comments import shown_comment
from socialconnect.testing.emulators.facebook.nodes import FacebookPost
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.fields import Field

__all__ = ["reactions_of", "shown_comments", "shown_likes", "shown_reactions"]

_FIRST_PERSON = 5001


def reactions_of(post: FacebookPost) -> dict[str, int]:
    """Give a post's reactions by type, the Page's own like among them."""
    told = dict(post.performance.reactions)
    if post.liked:
        told["like"] = told.get("like", 0) + 1
    return told


def shown_reactions(post: FacebookPost, asked: Field) -> JsonValue:
    """Show who reacted how."""
    reactions = reactions_of(post)
    wanted = asked.modifiers.get("type", "").upper()
    kept = {kind: count for kind, count in reactions.items() if wanted in ("", "NONE", kind.upper())}
    each = ({"type": kind.upper()} for kind, count in kept.items() for _ in range(count))
    return _people(sum(kept.values()), asked, {"viewer_reaction": "LIKE" if post.liked else "NONE"}, _numbered(each))


def shown_likes(post: FacebookPost, asked: Field) -> JsonValue:
    """Show who likes it."""
    count = reactions_of(post).get("like", 0)
    summary: dict[str, JsonValue] = {"can_like": True, "has_liked": post.liked}
    return _people(count, asked, summary, _numbered({} for _ in range(count)))


def shown_comments(state: FacebookState, post: FacebookPost, call: Call, asked: Field) -> JsonValue:
    """Show what was said: by calls first, and then by visitors."""
    made = state.said(post.id, call.now)
    fields = asked.inner or tuple(Field(name) for name in ("created_time", "from", "message", "id"))
    own = (shown_comment(state, one, call, fields) for one in reversed(made))
    visitors = _numbered({"message": "A comment"} for _ in range(post.performance.comments))
    count = len(made) + post.performance.comments
    return _people(count, asked, {"order": "ranked", "can_comment": True}, chain(own, visitors))


def _numbered(each: Iterator[dict[str, str]]) -> Iterator[JsonValue]:
    for at, one in enumerate(each):
        shown: dict[str, JsonValue] = {**one}
        yield {**shown, "id": str(_FIRST_PERSON + at)}


def _people(count: int, asked: Field, summary: dict[str, JsonValue], each: Iterator[JsonValue]) -> JsonValue:
    """Show a list of what people did: as many as `limit` says, and the summary if asked for."""
    limit = asked.modifiers.get("limit", "25")
    if not limit.isdecimal():
        raise GraphError(100, f"(#100) The limit of {asked.name} must be a number")
    told: list[JsonValue] = list(islice(each, int(limit)))
    shown: dict[str, JsonValue] = {"data": told}
    wanted = asked.modifiers.get("summary", "")
    if wanted and wanted not in ("false", "0"):
        shown["summary"] = {"total_count": count} if wanted == "total_count" else {**summary, "total_count": count}
    return shown
