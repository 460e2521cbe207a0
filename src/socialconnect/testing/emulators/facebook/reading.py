"""
Posts on the way out.

See https://developers.facebook.com/docs/pages-api/posts.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic import JsonValue

from socialconnect.testing.emulators.facebook.nodes import FacebookPost, Photo
from socialconnect.testing.emulators.facebook.people import shown_comments, shown_likes, shown_reactions
from socialconnect.testing.emulators.facebook.photos import photo_link
from socialconnect.testing.emulators.facebook.schema import LISTING, NODE
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.facebook.times import graph_time
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.graph.types import typed

__all__ = ["LISTS", "POST_EDGES", "list_posts", "read_edge", "read_post", "shown_post"]

LISTS = ("feed", "posts", "published_posts", "scheduled_posts", "visitor_posts", "ads_posts")
POST_EDGES = ("reactions", "likes", "attachments")
"""Edges of a post that show what a field of the same name shows."""

_POSTS = {**LISTING, **typed("bool", "include_hidden show_expired"), "with": "{LOCATION}", "q": "string"}
_ADS_POSTS = {**LISTING, **typed("bool", "exclude_dynamic_ads include_inline_create")}

_GAPS = words("""
    actions admin_creator allowed_advertising_objectives application can_reply_privately caption
    comments_mirroring_domain coordinates description dynamic_posts event expanded_height expanded_width height icon
    instagram_eligibility is_app_share is_eligible_for_dark_post is_eligible_for_promotion is_expired
    is_fb_live_videos is_instagram_eligible is_live_clip is_popular is_spherical link message_tags name object_id
    promotable_id promotion_status properties sharedposts source sponsor_tags status story_tags subscribed target to
    type via video_buying_eligibility was_fb_live_videos width with_tags
    """)
"""Fields that a post has on Graph and not here."""


def list_posts(state: FacebookState, call: Call, page_id: str, edge: str) -> JsonValue:
    """List a Page's posts, newest first."""
    page = state.page(page_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check(_ADS_POSTS if edge == "ads_posts" else _POSTS, gaps=("q", "with"))
    own = [one for one in state.posts.values() if one.page == page.id]
    found: list[FacebookPost] = []  # there are no visitors
    if edge == "scheduled_posts":
        found = [one for one in own if one.scheduled and not one.is_live(call.now)]
    elif edge == "ads_posts":
        found = [one for one in own if one.content_type == "ADS_POST"]
    elif edge != "visitor_posts":
        hidden = call.parameters.flag("include_hidden", False)
        found = [one for one in own if one.is_live(call.now) and (hidden or not one.hidden)]
    readable = [one for one in found if state.readable(one.went_live(call.now), call.now)]
    listed = within(readable, lambda one: one.created_time(call.now), call)
    ordered = sorted(listed, key=lambda one: one.place(call.now), reverse=True)
    fields = call.fields("created_time", "message", "story", "id")
    return page_of(ordered, lambda one: one.place(call.now), lambda one: shown_post(state, one, call, fields), call)


def read_post(state: FacebookState, call: Call, post_id: str) -> JsonValue:
    """Give one post."""
    post = state.post(post_id, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check(NODE, gaps=("primary_fb_page_id", "primary_ig_user_id"))
    return shown_post(state, post, call, call.fields("created_time", "message", "id"))


def read_edge(state: FacebookState, call: Call, node: str, edge: str) -> JsonValue:
    """Give what people did with a post, or what it shows."""
    post = state.post_of(node, call)
    call.token.require("pages_read_engagement", code=10)
    call.parameters.check({**LISTING, "type": "string"}, gaps=("after", "before"))
    names = ("limit", "summary", "type")
    asked = Field(edge, {name: call.parameters.text(name) for name in names if name in call.parameters})
    if edge == "reactions":
        return shown_reactions(post, asked)
    return shown_likes(post, asked) if edge == "likes" else _attachments(state, post, asked) or {"data": []}


def shown_post(state: FacebookState, post: FacebookPost, call: Call, fields: tuple[Field, ...]) -> JsonValue:
    """Show a post: the fields that are asked for and have a value."""
    now = call.now
    waiting = post.scheduled and not post.is_live(now)
    picture = _picture(state, post)
    shares = post.performance.shares
    readers: Readers = {
        "id": lambda _: post.id,
        "message": lambda _: post.message or None,
        "story": lambda _: None,
        "parent_id": lambda _: None,
        "created_time": lambda _: graph_time(post.created_time(now)),
        "updated_time": lambda _: graph_time(post.updated_at or post.created_time(now)),
        "backdated_time": lambda _: graph_time(post.backdated_to) if post.backdated_to else None,
        "permalink_url": lambda _: f"https://www.facebook.com/{post.id}",
        "is_published": lambda _: post.is_live(now),
        "is_hidden": lambda _: post.hidden,
        "is_inline_created": lambda _: post.content_type == "INLINE_CREATED",
        "scheduled_publish_time": lambda _: int(post.live_at.timestamp()) if waiting and post.live_at else None,
        "status_type": lambda _: _status_type(post),
        "full_picture": lambda _: picture,
        "picture": lambda _: picture,
        "from": lambda _: {"name": state.pages[post.page].name, "id": post.page},
        "privacy": lambda _: {"value": "EVERYONE", "description": "Public", "friends": "", "allow": "", "deny": ""},
        "attachments": lambda one: _attachments(state, post, one),
        "shares": lambda _: {"count": shares} if shares else None,
        "reactions": lambda one: shown_reactions(post, one),
        "likes": lambda one: shown_likes(post, one),
        "insights": lambda one: call.expanded(post.id, one),
        "comments": lambda one: shown_comments(state, post, call, one),
        **{name: _kept(post, name) for name in _KEPT},
    }
    return pick(fields, readers, node="Post", gaps=_GAPS)


_KEPT = words("""
    targeting feed_targeting call_to_action child_attachments multi_share_end_card multi_share_optimized place
    timeline_visibility
    """)


def _kept(post: FacebookPost, name: str) -> Callable[[Field], JsonValue]:
    return lambda _: post.kept.get(name)


def _picture(state: FacebookState, post: FacebookPost) -> str | None:
    if post.video is not None:
        return f"https://scontent.example.com/{post.video}.jpg"
    return state.photos[post.photos[0]].source if post.photos else None


def _status_type(post: FacebookPost) -> str:
    if post.video is not None:
        return "added_video"
    if post.photos:
        return "added_photos"
    return "shared_story" if post.link else "mobile_status_update"


def _attachments(state: FacebookState, post: FacebookPost, asked: Field) -> JsonValue:
    photos = [state.photos[one] for one in post.photos]
    one: dict[str, JsonValue]
    if post.video is not None:
        one = _video_attachment(post.video)
    elif photos:
        shown = [_photo_attachment(one) for one in photos]
        one = shown[0]
        if len(shown) > 1:
            one = {**one, "media_type": "album", "type": "album", "subattachments": {"data": [*shown]}}
    elif post.link:
        title: dict[str, JsonValue] = {"title": post.link, "unshimmed_url": post.link}
        one = {"media_type": "link", "type": "share", "url": post.link, **title}
    else:
        return None
    wanted = {inner.name for inner in asked.inner}
    return {"data": [{name: value for name, value in one.items() if not wanted or name in wanted}]}


def _video_attachment(video: str) -> dict[str, JsonValue]:
    return {
        "media_type": "video",
        "type": "video_inline",
        "media": {"image": {"src": f"https://scontent.example.com/{video}.jpg"}},
        "target": {"id": video},
        "url": f"https://www.facebook.com/reel/{video}",
    }


def _photo_attachment(photo: Photo) -> dict[str, JsonValue]:
    image: dict[str, JsonValue] = {"src": photo.source}
    if photo.width and photo.height:
        image |= {"width": photo.width, "height": photo.height}
    return {
        "media_type": "photo",
        "type": "photo",
        "media": {"image": image},
        "target": {"id": photo.id},
        "url": photo_link(photo.id),
    }
