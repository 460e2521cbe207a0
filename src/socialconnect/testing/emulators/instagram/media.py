"""
Media on the way out, and the little that can be changed.

See https://developers.facebook.com/docs/instagram-platform/reference/instagram-media.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error, missing
from socialconnect.testing.emulators.graph.fields import Field, Readers, pick, words
from socialconnect.testing.emulators.graph.paging import page_of, within
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.instagram.access import require_comments, require_delete, require_read
from socialconnect.testing.emulators.instagram.comments import comments_page
from socialconnect.testing.emulators.instagram.insights import media_insights
from socialconnect.testing.emulators.instagram.models import Media
from socialconnect.testing.emulators.instagram.state import InstagramState

__all__ = ["MediaReader", "delete", "expanded", "update"]

MOST_MEDIA = 10_000
"""How many media a list reaches back."""

_DELETE_SINCE = date(2025, 12, 3)
_NOT_DELETABLE = 2207073

_LISTING = {
    "fields": "string",
    "limit": "unsigned int",
    "after": "string",
    "before": "string",
    "summary": "string",
    "since": "datetime",
    "until": "datetime",
}

INSTAGRAM_LOGIN = words(
    """
    alt_text caption children comments comments_count current_live_viewer_count id insights is_ai_generated
    is_comment_enabled is_shared_to_feed like_count media_product_type media_type media_url owner permalink shortcode
    thumbnail_url timestamp username
    """
)
"""What Meta's schema of the media by Instagram Login (`IGMediaForIGOnlyAPI`) has."""

_LIVE_VIDEO = words(
    """
    current_live_viewer_count ingest_first_video_received_time ingest_is_ready_to_start ingest_key
    ingest_last_heartbeat_time ingest_state ingest_url ingest_video_height ingest_video_width live_reactions live_status
    """
)
"""Fields of live videos, which others leave out."""

_GAPS = words("boost_ads_list boost_eligibility_info branded_content_partner_promote partnership_ad_code")


@dataclass(frozen=True)
class MediaReader:
    """
    The media as one call may see them.

    Args:
        state: What there is.
        call: The call.
        captions: Whether it may read captions.
        lag: How long a new medium has no insights.
    """

    state: InstagramState
    call: Call
    captions: bool
    lag: timedelta

    def read(self, media: Media) -> JsonValue:
        """Give one medium."""
        require_read(self.call)
        self.call.parameters.check({"fields": "string"})
        return self.shown(media, self.call.fields("id"))

    def media_of(self, account_id: str) -> JsonValue:
        """List an account's media, newest first, without its stories."""
        account = self.state.account(account_id, self.call)
        require_read(self.call)
        self.call.parameters.check(_LISTING)
        return self.page(self.state.live(account.id)[:MOST_MEDIA], self.call, self.call.fields("id"))

    def stories_of(self, account_id: str) -> JsonValue:
        """List an account's stories of the last 24 hours."""
        account = self.state.account(account_id, self.call)
        require_read(self.call)
        self.call.parameters.check(_LISTING)
        return self.page(self.state.stories(account.id, self.call.now), self.call, self.call.fields("id"))

    def children_of(self, media: Media) -> JsonValue:
        """List what is in an album."""
        require_read(self.call)
        self.call.parameters.check(_LISTING)
        fields = self.call.fields("id")
        return {"data": [self.shown(one, fields) for one in self._children(media)]}

    def collaborators_of(self, media: Media) -> JsonValue:
        """List who was asked to be a medium's author too."""
        require_read(self.call)
        if self.call.login == "instagram":
            raise missing(media.id, self.call.method)
        self.call.parameters.check(_LISTING)
        fields = self.call.fields("id", "username", "invite_status")
        return {"data": [_collaborator(one, at, fields) for at, one in enumerate(_listed(media, "collaborators"))]}

    def products_of(self, media: Media) -> JsonValue:
        """List the products that are named in a medium."""
        require_read(self.call)
        if self.call.login == "instagram":
            raise missing(media.id, self.call.method)
        self.call.parameters.check(_LISTING)
        return {"data": _listed(media, "product_tags")}

    def page(self, media: Sequence[Media], call: Call, fields: tuple[Field, ...]) -> dict[str, JsonValue]:
        """Give a page of media, of those that can be read by now."""
        found = [one for one in media if self.state.readable(one.created_at, call.now)]
        listed = within(found, lambda one: one.created_at, call)
        return page_of(listed, lambda one: one.place, lambda one: self.shown(one, fields), call)

    def shown(self, media: Media, fields: tuple[Field, ...]) -> JsonValue:
        """Give the fields of a medium that are asked for."""
        readers: Readers = {**self._basics(media), **_counts(media, len(self.state.said_about(media.id)))}
        readers |= self._inside(media)
        if self.call.login == "instagram":
            readers = {name: reader for name, reader in readers.items() if name in INSTAGRAM_LOGIN}
        gaps = frozenset[str]() if self.call.login == "instagram" else _GAPS
        return pick(fields, readers, node="Media", gaps=gaps)

    def _basics(self, media: Media) -> Readers:
        account = self.state.accounts[media.account]
        first = self._children(media)[:1]
        address = media.media_url or (first[0].media_url if first else "") or f"{_CDN}/{media.shortcode}"
        video = media.kind == "VIDEO"
        return {
            "id": lambda _: media.id,
            "caption": lambda _: media.caption or None if self.captions and media.album is None else None,
            "media_type": lambda _: media.kind,
            "media_product_type": lambda _: media.product,
            "media_url": lambda _: None if media.media_url_withheld else address,
            "thumbnail_url": lambda _: f"{_CDN}/{media.shortcode}.jpg" if video else None,
            "permalink": lambda _: _permalink(media, account.name),
            "shortcode": lambda _: media.shortcode,
            "timestamp": lambda _: f"{media.created_at:%Y-%m-%dT%H:%M:%S}+0000",
            "username": lambda _: account.name,
            "owner": lambda _: {"id": media.account},
            "alt_text": lambda _: media.alt or None,
            "is_comment_enabled": lambda _: media.comments_enabled if media.album is None else None,
            "is_shared_to_feed": lambda _: _is_shared(media),
            "is_ai_generated": lambda _: media.kept.get("is_ai_generated", "false") in ("true", "1"),
            "has_poll": lambda _: "poll_attachment" in media.kept,
            "has_slider": lambda _: False,
            "ig_id": lambda _: f"3{media.ordinal:018d}",
            "legacy_instagram_media_id": lambda _: None,
            "audio_id": lambda _: None,
            "media_audio_type": lambda _: None,
            "video_title": lambda _: media.kept.get("title"),
            "copyright_check_information": lambda _: (
                {"status": {"status": "completed", "matches_found": media.media_url_withheld}} if video else None
            ),
            **dict.fromkeys(_LIVE_VIDEO, _nothing),
        }

    def _inside(self, media: Media) -> Readers:
        children = self._children(media)

        def album(field: Field) -> JsonValue:
            inner = field.inner or (Field("id"),)
            return {"data": [self.shown(one, inner) for one in children]} if children else None

        def said(field: Field) -> JsonValue:
            require_comments(self.call)
            found = comments_page(self.state, expanded(self.call, field), media, None, field.inner)
            return found if found["data"] else None

        def insights(field: Field) -> JsonValue:
            return media_insights(expanded(self.call, field), media, self.lag)

        def authors(field: Field) -> JsonValue:
            inner = field.inner or (Field("id"), Field("username"), Field("invite_status"))
            found: list[JsonValue] = [
                _collaborator(one, at, inner) for at, one in enumerate(_listed(media, "collaborators"))
            ]
            return {"data": found} if found else None

        def products(_: Field) -> JsonValue:
            found = _listed(media, "product_tags")
            return {"data": found} if found else None

        return {
            "children": album,
            "comments": said,
            "insights": insights,
            "collaborators": authors,
            "product_tags": products,
        }

    def _children(self, media: Media) -> list[Media]:
        return [self.state.media[one] for one in media.children]


_CDN = "https://scontent.cdninstagram.com/v"


def _nothing(_: Field) -> JsonValue:
    return None


def _permalink(media: Media, username: str) -> str | None:
    if media.album is not None:
        return None
    if media.product == "STORY":
        return f"https://www.instagram.com/stories/{username}/{media.id}"
    return f"https://www.instagram.com/{'reel' if media.product == 'REELS' else 'p'}/{media.shortcode}/"


def _is_shared(media: Media) -> JsonValue:
    if media.product != "REELS":
        return None
    return media.kept.get("share_to_feed", "true").lower() in ("true", "1")


def _counts(media: Media, comments: int) -> Readers:
    """Give the readers of what is counted; of an album's media only likes and comments are."""
    told, top = media.performance, media.album is None
    story = media.product == "STORY"

    def when(good: bool, value: int) -> Callable[[Field], JsonValue]:
        return lambda _: value if good else None

    likes = top and not media.likes_hidden
    return {
        "like_count": when(not media.likes_hidden, told.likes),
        "comments_count": when(True, told.comments + comments),
        "view_count": when(media.product == "REELS", told.views),
        "shares_count": when(top and not story, told.shares),
        "saved_count": when(top and not story, told.saved),
        "reposts_count": when(top and not story, told.reposts),
        "total_like_count": when(likes, told.likes),
        "total_comments_count": when(top, told.comments + comments),
        "total_views_count": when(top and media.kind == "VIDEO", told.views),
    }


def _listed(media: Media, name: str) -> list[JsonValue]:
    return Parameters({name: media.kept[name]}).items(name) if name in media.kept else []


def _collaborator(name: JsonValue, at: int, fields: tuple[Field, ...]) -> JsonValue:
    username = name if isinstance(name, str) else json.dumps(name)
    readers: Readers = {
        "id": lambda _: f"1784149{at:010d}",
        "username": lambda _: username,
        "invite_status": lambda _: "Pending",
    }
    return pick(fields, readers, node="ShadowIGMediaCollaborators")


def expanded(call: Call, field: Field) -> Call:
    """Give the call that a field with `.limit(2)`-like modifiers stands for."""
    parameters = Parameters(dict(field.modifiers), now=call.now)
    return Call(call.request, call.version, call.segments, parameters, call.token, call.login, call.now)


def update(state: InstagramState, call: Call, media: Media) -> JsonValue:
    """Let people comment, or not: the only thing that can be changed."""
    require_comments(call)
    call.parameters.check({"comment_enabled": "bool", "status": "string"}, gaps={"status"})
    if "comment_enabled" not in call.parameters:
        raise GraphError(100, "(#100) The parameter comment_enabled is required")
    if media.album is not None or media.product == "STORY":
        raise missing(media.id, call.method)
    media.comments_enabled = call.parameters.flag("comment_enabled", media.comments_enabled)
    return {"success": True}


def delete(state: InstagramState, call: Call, media: Media) -> JsonValue:
    """Delete a post, a reel, a story or a whole album; only with Facebook Login."""
    if call.login == "instagram" or call.now.date() < _DELETE_SINCE:
        raise missing(media.id, call.method)
    require_delete(call)
    call.parameters.check({})
    if media.album is not None:
        raise graph_error(100, _NOT_DELETABLE)
    state.remove(media)
    return {"success": True}
