"""
Posts, photos and Pages on the way out.

See https://developers.facebook.com/docs/pages-api/posts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.facebook.state import FacebookPost, FacebookState, Photo
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within

__all__ = ["graph_time", "list_posts", "read_page", "read_photo", "read_post", "shown_page", "shown_post"]


_LIST = ("fields", "limit", "after", "before", "since", "until", "summary")
"""What lists take. Meta's own client asks every list for its `summary`; posts have none to give."""

_POST_GAPS = words("""
    actions admin_creator allowed_advertising_objectives application backdated_time call_to_action can_reply_privately
    caption child_attachments comments_mirroring_domain coordinates description event expanded_height expanded_width
    feed_targeting height icon instagram_eligibility is_app_share is_eligible_for_promotion is_expired is_hidden
    is_inline_created is_instagram_eligible is_popular is_spherical link message_tags multi_share_end_card
    multi_share_optimized name object_id picture place privacy promotable_id promotion_status properties source status
    subscribed target targeting timeline_visibility type via video_buying_eligibility width story_tags to dynamic_posts
    sharedposts sponsor_tags with_tags
    """)
"""Fields that a post has on Graph and not here."""

_PAGE_GAPS = words("""
    about bio business cover description emails engagement fan_count followers_count instagram_business_account link
    location phone picture rating_count single_line_address talking_about_count username verification_status website
    """)


def graph_time(at: datetime) -> str:
    """Write a time as Graph does."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


def list_posts(state: FacebookState, call: Call, page_id: str, edge: str) -> JsonValue:
    """List a Page's posts, newest first."""
    page = state.page(page_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.only(*_LIST)
    if edge == "visitor_posts":
        found: list[FacebookPost] = []  # there are no visitors
    elif edge == "scheduled_posts":
        waiting = [one for one in state.posts.values() if one.page == page.id and one.scheduled]
        found = [one for one in waiting if not one.is_live(call.now)]
    else:
        found = state.live(page.id, call.now)
    readable = [one for one in found if state.readable(one.created_time(call.now), call.now)]
    listed = within(readable, lambda one: one.created_time(call.now), call)
    ordered = sorted(listed, key=lambda one: one.place(call.now), reverse=True)
    fields = call.fields("created_time", "message", "story", "id")
    return page_of(ordered, lambda one: one.place(call.now), lambda one: shown_post(state, one, call, fields), call)


def read_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Give one post."""
    post = state.post(post_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.only("fields")
    return shown_post(state, post, call, call.fields("created_time", "message", "id"))


def read_photo(state: FacebookState, call: Call, photo: Photo) -> JsonValue:
    """Give one photo."""
    state.page(photo.page, call)
    call.parameters.only("fields")
    post = state.posts.get(photo.post or "")
    readers: Readers = {
        "id": lambda _: photo.id,
        "created_time": lambda _: graph_time(photo.created_at),
        "name": lambda _: post.message or None if post else None,
        "alt_text_custom": lambda _: photo.alt or None,
        "link": lambda _: _photo_link(photo.id),
        "page_story_id": lambda _: photo.post,
    }
    gaps = words("album alt_text from height icon images place updated_time webp_images width")
    return pick(call.fields("created_time", "name", "id"), readers, node="Photo", gaps=gaps)


def read_page(state: FacebookState, call: Call, page: EmulatedAccount) -> JsonValue:
    """Give one Page."""
    call.parameters.only("fields")
    return shown_page(page, call.fields("name", "id"))


def shown_page(page: EmulatedAccount, fields: tuple[Field, ...]) -> JsonValue:
    """Show a Page to somebody who may use it."""
    readers: Readers = {
        "id": lambda _: page.id,
        "name": lambda _: page.name,
        "access_token": lambda _: page.token,
        "category": lambda _: "Product/service",
        "tasks": lambda _: ["ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "ADVERTISE", "MANAGE"],
    }
    return pick(fields, readers, node="Page", gaps=_PAGE_GAPS)


def shown_post(state: FacebookState, post: FacebookPost, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    """Show a post: the fields that are asked for and have a value."""
    now, performance = call.now, post.performance
    waiting = post.scheduled and not post.is_live(now)
    readers: Readers = {
        "id": lambda _: post.id,
        "message": lambda _: post.message or None,
        "story": lambda _: None,
        "parent_id": lambda _: None,
        "created_time": lambda _: graph_time(post.created_time(now)),
        "updated_time": lambda _: graph_time(post.updated_at or post.created_time(now)),
        "permalink_url": lambda _: f"https://www.facebook.com/{post.id}",
        "is_published": lambda _: post.is_live(now),
        "scheduled_publish_time": lambda _: int(post.live_at.timestamp()) if waiting and post.live_at else None,
        "status_type": lambda _: _status_type(post),
        "full_picture": lambda _: state.photos[post.photos[0]].source if post.photos else None,
        "from": lambda _: {"name": state.pages[post.page].name, "id": post.page},
        "attachments": lambda one: _attachments(state, post, one),
        "shares": lambda _: {"count": performance.shares} if performance.shares else None,
        "reactions": lambda one: _reactions(performance.reactions, one),
        "likes": lambda one: _likes(performance.reactions.get("like", 0), one),
        "comments": lambda one: _comments(performance.comments, one),
    }
    return pick(fields, readers, node="Post", gaps=_POST_GAPS)


def _status_type(post: FacebookPost) -> str:
    if post.photos:
        return "added_photos"
    return "shared_story" if post.link else "mobile_status_update"


def _attachments(state: FacebookState, post: FacebookPost, asked: Field) -> JsonValue:
    photos = [state.photos[one] for one in post.photos]
    one: dict[str, JsonValue]
    if photos:
        shown = [_photo_attachment(one) for one in photos]
        one = shown[0]
        if len(shown) > 1:
            one = {**one, "media_type": "album", "subattachments": {"data": [*shown]}}
    elif post.link:
        one = {"media_type": "link", "url": post.link, "unshimmed_url": post.link, "title": post.link}
    else:
        return None
    wanted = {inner.name for inner in asked.inner}
    return {"data": [{name: value for name, value in one.items() if not wanted or name in wanted}]}


def _photo_attachment(photo: Photo) -> dict[str, JsonValue]:
    return {
        "media_type": "photo",
        "media": {"image": {"src": photo.source}},
        "target": {"id": photo.id},
        "url": _photo_link(photo.id),
    }


def _photo_link(photo: str) -> str:
    return f"https://www.facebook.com/photo.php?fbid={photo}"


def _reactions(reactions: dict[str, int], asked: Field) -> JsonValue:
    each: Iterator[dict[str, JsonValue]] = (
        {"type": kind.upper()} for kind, count in reactions.items() for _ in range(count)
    )
    return _people(sum(reactions.values()), asked, {"viewer_reaction": "NONE"}, each)


def _likes(count: int, asked: Field) -> JsonValue:
    each: Iterator[dict[str, JsonValue]] = ({} for _ in range(count))
    return _people(count, asked, {}, each)


def _comments(count: int, asked: Field) -> JsonValue:
    each: Iterator[dict[str, JsonValue]] = ({"message": "A comment"} for _ in range(count))
    return _people(count, asked, {"order": "ranked", "can_comment": True}, each)


def _people(count: int, asked: Field, summary: dict[str, JsonValue], each: Iterator[dict[str, JsonValue]]) -> JsonValue:
    """Show a list of what people did: as many as `limit` says, and the summary if asked for."""
    limit = asked.modifiers.get("limit", "25")
    if not limit.isdecimal():
        raise GraphError(100, f"(#100) The limit of {asked.name} must be a number")
    told: list[JsonValue] = [{**one, "id": str(5001 + at)} for at, one in enumerate(islice(each, int(limit)))]
    shown: dict[str, JsonValue] = {"data": told}
    wanted = asked.modifiers.get("summary", "")
    if wanted and wanted != "false":
        shown["summary"] = {"total_count": count} if wanted == "total_count" else {**summary, "total_count": count}
    return shown
