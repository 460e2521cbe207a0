"""How posts, users, media, polls and places are written, with the fields that were asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from pydantic import JsonValue

from socialconnect.testing.emulators.twitter.fields import Names
from socialconnect.testing.emulators.twitter.query import Asked
from socialconnect.testing.emulators.twitter.state import Media, Poll, State, Tweet, User, iso

__all__ = ["envelope", "media_view", "place_view", "poll_view", "post_counts", "post_view", "user_view"]

_PUBLIC = ("reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")
_SHORT = 280
_VIDEO_HOST = "https://video.twimg.com/ext_tw_video"
_PICTURES = "https://pbs.twimg.com"
_MOST_EDITS = 5

View = dict[str, JsonValue]


def envelope(
    data: JsonValue, *, includes: View | None = None, errors: list[JsonValue] | None = None, meta: View | None = None
) -> View:
    """Put an answer together; what is empty is left out."""
    parts: View = {"data": data, "includes": includes, "errors": errors, "meta": meta}
    return {name: part for name, part in parts.items() if part}


def post_view(tweet: Tweet, state: State, asked: Asked) -> View:
    """Write a post; the private counts are added by the caller, who knows who asks."""
    names = asked.names
    text = _escaped(tweet.text, state)
    every: View = {
        "author_id": tweet.author_id,
        "username": state.users[tweet.author_id].username,
        "conversation_id": state.conversation(tweet),
        "created_at": iso(tweet.created_at),
        "display_text_range": [0, len(text)],
        "edit_controls": edit_controls(tweet, state),
        "lang": "en",
        "paid_partnership": tweet.paid_partnership,
        "possibly_sensitive": False,
        "reply_settings": tweet.reply_settings,
        "source": "socialconnect",
        "public_metrics": {
            names.reposts if name == "retweet_count" else name: value
            for name, value in post_counts(tweet, state).items()
        },
    }
    every |= _where_it_stands(tweet, state, names)
    if len(tweet.raw) > _SHORT and tweet.article_id is None:
        every[names.note] = cast(
            "JsonValue", {"text": text, **({"entities": tweet.entities} if tweet.entities else {})}
        )
        text = f"{text[: _SHORT - 1]}…"
    attachments = _attachments(tweet, state)
    if attachments:
        every["attachments"] = attachments
        described: list[JsonValue] = [
            _media_metadata(state.media[one]) for one in tweet.media_ids if one in state.media
        ]
        if described:
            every["media_metadata"] = described
    if tweet.entities:
        every["entities"] = cast("JsonValue", tweet.entities)
    shown: View = {"id": tweet.id, "text": text, names.history: [*tweet.history]}
    return shown | {name: every[name] for name in _in_order(asked.post_fields, every)}


def _where_it_stands(tweet: Tweet, state: State, names: Names) -> View:
    """Tell of a post's surroundings: what it answers, and where it was posted."""
    told: View = {}
    parent = state.tweets.get(tweet.reply_to) if tweet.reply_to else None
    if parent:
        told["in_reply_to_user_id"] = parent.author_id
    kinds = (("retweeted", tweet.reposts), ("replied_to", tweet.reply_to), ("quoted", tweet.quotes))
    referenced: list[JsonValue] = [{"type": kind, "id": one} for kind, one in kinds if one]
    if referenced:
        told[names.referenced] = referenced
    if tweet.community_id:
        told["community_id"] = tweet.community_id
    if tweet.place_id:
        told["geo"] = {"place_id": tweet.place_id}
    if tweet.card_uri:
        told["card_uri"] = tweet.card_uri
    if tweet.super_followers_only:
        told["scopes"] = {"followers": False}
    if tweet.article_id:
        title = state.articles[tweet.article_id].title
        told |= {"article": {"title": title}, "article_title": title}
    return told


def _attachments(tweet: Tweet, state: State) -> View:
    keys: list[JsonValue] = [state.media[one].key for one in tweet.media_ids if one in state.media]
    told: View = {"media_keys": keys} if keys else {}
    if tweet.poll:
        told["poll_ids"] = [_poll_id(tweet)]
    return told


def _media_metadata(media: Media) -> JsonValue:
    return {"media_key": media.key, **({"alt_text": media.alt_text} if media.alt_text else {})}


def _escaped(text: str, state: State) -> str:
    if not state.settings.escapes_html:
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def post_counts(tweet: Tweet, state: State) -> dict[str, int]:
    """Give a post's public counts by their older names: as they were set, else as the emulator's posts have it."""
    seen = state.now - timedelta(seconds=state.settings.metrics_lag)
    others = [one for one in state.tweets.values() if not one.deleted and one.created_at <= seen]
    own = {
        "retweet_count": sum(one.reposts == tweet.id for one in others),
        "reply_count": sum(one.reply_to == tweet.id for one in others),
        "like_count": sum(tweet.id in one.liked for one in state.users.values()),
        "quote_count": sum(one.quotes == tweet.id for one in others),
    }
    own |= tweet.counts.at(seen, "public")
    return {name: own.get(name, 0) for name in ("retweet_count", *_PUBLIC)}


def edit_controls(tweet: Tweet, state: State) -> View:
    """Tell until when, and how often, a post may still be edited."""
    first = state.tweets.get(tweet.history[0], tweet)
    ends = first.created_at + timedelta(seconds=state.settings.edit_window)
    fixed = tweet.poll or tweet.reposts or tweet.community_id or tweet.promoted or tweet.scheduled
    return {
        "edits_remaining": _MOST_EDITS + 1 - len(tweet.history),
        "is_edit_eligible": not fixed,
        "editable_until": iso(ends),
    }


def user_view(user: User, state: State, asked: Asked, viewer: str | None = None) -> View:
    """Write a user."""
    names = asked.names
    posts = [one for one in state.tweets.values() if one.author_id == user.id and not one.deleted]
    every: View = {
        "created_at": iso(user.created_at) if user.created_at else "2020-01-01T00:00:00.000Z",
        "description": user.description,
        "location": user.location,
        "protected": user.protected,
        "public_metrics": {
            "followers_count": sum(user.id in one.following for one in state.users.values()),
            "following_count": len(user.following),
            names.post_count: len(posts),
            "listed_count": 0,
            "like_count": len(user.liked),
            "media_count": sum(len(one.media_ids) for one in posts),
        },
        "profile_image_url": f"{_PICTURES}/profile_images/{user.id}/normal.jpg",
        "parody": False,
        "is_identity_verified": False,
        "receives_your_dm": False,
        "subscription_type": "Premium" if user.premium else "None",
        "url": user.url,
        "verified": user.premium,
        "verified_type": "blue" if user.premium else "none",
        "verified_followers_count": 0,
    }
    if user.pinned:
        every[names.pinned] = user.pinned
    if posts:
        every[names.latest] = max(posts, key=lambda one: int(one.id)).id
    if user.email and viewer == user.id:
        every["confirmed_email"] = user.email
    if viewer is not None and viewer != user.id:
        other = state.users[viewer]
        told: list[JsonValue] = ["following"] if user.id in other.following else []
        every["connection_status"] = [*told, *(["followed_by"] if viewer in user.following else [])]
    shown: View = {"id": user.id, "name": user.name, "username": user.username}
    wanted = asked.user_fields | ({names.pinned, names.latest} & asked.expansions)
    return shown | {name: every[name] for name in _in_order(wanted, every)}


def _poll_id(tweet: Tweet) -> str:
    return str(int(tweet.id) + 1)


def poll_view(tweet: Tweet, poll: Poll, state: State, asked: Asked) -> View:
    """Write a post's poll."""
    ends = tweet.created_at + timedelta(minutes=poll.minutes)
    votes = [*poll.votes, *[0] * len(poll.options)]
    options: list[JsonValue] = [
        {"position": number, "label": label, "votes": votes[number - 1]} for number, label in enumerate(poll.options, 1)
    ]
    every: View = {
        "duration_minutes": poll.minutes,
        "end_datetime": iso(ends),
        "voting_status": "open" if state.now < ends else "closed",
    }
    shown: View = {"id": _poll_id(tweet), "options": options}
    return shown | {name: every[name] for name in _in_order(asked.poll_fields, every)}


def place_view(place_id: str) -> View:
    """Write a place; the emulator knows no more of it than its id."""
    return {"id": place_id, "full_name": place_id}


def media_view(media: Media, state: State, asked: Asked) -> View:
    """Write a media object; the private counts are added by the caller."""
    facts = media.facts
    every: View = {}
    if facts.width and facts.height:
        every |= {"width": facts.width, "height": facts.height}
    if media.alt_text:
        every["alt_text"] = media.alt_text
    if media.kind == "photo":
        every["url"] = f"{_PICTURES}/media/{media.id}.jpg"
    else:
        every["preview_image_url"] = f"{_PICTURES}/ext_tw_video_thumb/{media.id}/pu/img/preview.jpg"
        variant: View = {"content_type": "video/mp4", "url": f"{_VIDEO_HOST}/{media.id}/pu/vid/720x720/video.mp4"}
        every["variants"] = [variant | ({"bit_rate": 832_000} if media.kind == "video" else {"bit_rate": 0})]
    if media.kind == "video":
        seen = state.now - timedelta(seconds=state.settings.metrics_lag)
        every["public_metrics"] = {"view_count": media.counts.at(seen, "public").get("view_count", 0)}
        every["duration_ms"] = round(facts.seconds * 1000) if facts.seconds else 0
    shown: View = {"media_key": media.key, "type": media.kind}
    return shown | {name: every[name] for name in _in_order(asked.media_fields, every)}


def _in_order(wanted: Iterable[str], every: View) -> list[str]:
    """Give the wanted names that there are, always in the same order."""
    names = set(wanted)
    return [name for name in every if name in names]
