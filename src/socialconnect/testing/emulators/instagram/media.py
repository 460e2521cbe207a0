"""
Media on the way out.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media.
"""

from __future__ import annotations

from datetime import date

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.instagram.state import InstagramState, Media

__all__ = ["delete", "list_media", "read_media", "require_read", "shown_media", "update"]

_DELETE_SINCE = date(2025, 12, 3)

_GAPS = words(
    """
    boost_ads_list boost_eligibility_info branded_content_tag_approvals collaborators comments
    copyright_check_information has_poll has_slideshow ig_id is_ai_generated is_shared_to_feed
    legacy_instagram_media_id product_tags reposts_count saved_count shares_count thumbnail_url total_comments_count
    total_like_count total_views_count view_count
    """
)
"""Fields that a medium has on Graph and not here."""


def require_read(call: Call) -> None:
    """
    Make sure that the token may read.

    Raises:
        GraphError: It may not.
    """
    if call.login == "instagram":
        call.token.require("instagram_business_basic", code=10)
    else:
        call.token.require("instagram_basic", "pages_read_engagement", code=10)


def list_media(state: InstagramState, call: Call, account_id: str, captions: bool) -> JsonValue:
    """List an account's media, newest first."""
    account = state.account(account_id, call)
    require_read(call)
    call.parameters.only("fields", "limit", "after", "before", "since", "until", "summary")
    found = [one for one in state.live(account.id) if state.readable(one.created_at, call.now)]
    listed = within(found, lambda one: one.created_at, call)
    fields = call.fields("id")
    return page_of(listed, lambda one: one.place, lambda one: shown_media(state, one, fields, captions), call)


def read_media(state: InstagramState, call: Call, media: Media, captions: bool) -> JsonValue:
    """Give one medium."""
    require_read(call)
    call.parameters.only("fields")
    return shown_media(state, media, call.fields("id"), captions)


def shown_media(state: InstagramState, media: Media, fields: tuple[Field, ...], captions: bool) -> JsonValue:
    """Show a medium: the fields that are asked for and have a value."""
    account = state.accounts[media.account]
    album = media.album is not None
    children = [state.media[one] for one in media.children]
    readers: Readers = {
        "id": lambda _: media.id,
        "caption": lambda _: media.caption or None if captions and not album else None,
        "media_type": lambda _: media.kind,
        "media_product_type": lambda _: "FEED",
        "media_url": lambda _: media.media_url or (children[0].media_url if children else None),
        "permalink": lambda _: f"https://www.instagram.com/p/{media.shortcode}/",
        "shortcode": lambda _: media.shortcode,
        "timestamp": lambda _: f"{media.created_at:%Y-%m-%dT%H:%M:%S}+0000",
        "username": lambda _: account.name,
        "owner": lambda _: {"id": media.account},
        "like_count": lambda _: media.performance.likes,
        "comments_count": lambda _: media.performance.comments,
        "alt_text": lambda _: media.alt or None,
        "is_comment_enabled": lambda _: media.comments_enabled,
        "children": lambda one: (
            {"data": [shown_media(state, child, one.inner or (Field("id"),), captions) for child in children]}
            if children
            else None
        ),
    }
    return pick(fields, readers, node="Media", gaps=_GAPS)


def update(state: InstagramState, call: Call, media: Media) -> JsonValue:
    """Let people comment, or not: the only thing that can be changed."""
    if call.login == "instagram":
        call.token.require("instagram_business_basic", "instagram_business_manage_comments", code=10)
    else:
        call.token.require("instagram_basic", "instagram_manage_comments", code=10)
    call.parameters.only("comment_enabled")
    media.comments_enabled = call.parameters.flag("comment_enabled", media.comments_enabled)
    return {"success": True}


def delete(state: InstagramState, call: Call, media: Media) -> JsonValue:
    """Delete a medium, or a whole album; only with Facebook Login."""
    if call.login == "instagram" or call.now.date() < _DELETE_SINCE or media.album is not None:
        raise missing(media.id, call.method)
    call.token.require("instagram_basic", "instagram_manage_contents", code=10)
    call.parameters.only()
    for child in media.children:
        del state.media[child]
    del state.media[media.id]
    return {"success": True}
