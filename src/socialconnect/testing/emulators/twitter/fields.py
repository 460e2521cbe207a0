"""Which fields a read may ask for, in the two vocabularies, and how objects are written with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast

from pydantic import JsonValue

from socialconnect.testing.emulators.twitter.state import Media, Poll, State, Tweet, User, Vocabulary, iso

__all__ = ["PRIVATE_GROUPS", "Names", "media_view", "names", "poll_view", "tweet_view", "user_view"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LEGACY_TWEET_FIELDS = _words(
    "article attachments author_id card_uri community_id context_annotations conversation_id created_at "
    "display_text_range edit_controls edit_history_tweet_ids entities geo id in_reply_to_user_id lang "
    "matched_media_notes media_metadata non_public_metrics note_request_suggestions note_tweet organic_metrics "
    "paid_partnership possibly_sensitive promoted_metrics public_metrics referenced_tweets reply_settings scopes "
    "source text withheld"
)
_ONLY_LEGACY = {"author_id", "in_reply_to_user_id", "referenced_tweets", "edit_history_tweet_ids", "note_tweet"}
_LEGACY_EXPANSIONS = _words(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_tweet_ids entities.mentions.username entities.note.mentions.username "
    "geo.place_id in_reply_to_user_id referenced_tweets.id referenced_tweets.id.author_id "
    "referenced_tweets.id.attachments.media_keys"
)
_POST_EXPANSIONS = _words(
    "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
    "attachments.poll_ids author_id edit_history_post_ids entities.mentions.username geo.place_id in_reply_to_user_id "
    "referenced_posts"
)
_USER_FIELDS = _words(
    "confirmed_email created_at description entities id is_identity_verified location name parody profile_banner_url "
    "profile_image_url protected public_metrics receives_your_dm subscription subscription_type url username verified "
    "verified_followers_count verified_type withheld"
)
_ONLY_LEGACY_USER_FIELDS = ("affiliation", "most_recent_tweet_id", "pinned_tweet_id")
MEDIA_FIELDS = _words(
    "alt_text duration_ms height media_key non_public_metrics organic_metrics preview_image_url promoted_metrics "
    "public_metrics type url variants width"
)
PRIVATE_GROUPS = {
    "non_public_metrics": ("impression_count", "url_link_clicks", "user_profile_clicks", "engagements"),
    "organic_metrics": (
        "impression_count",
        "like_count",
        "reply_count",
        "retweet_count",
        "url_link_clicks",
        "user_profile_clicks",
    ),
    "promoted_metrics": (
        "impression_count",
        "like_count",
        "reply_count",
        "retweet_count",
        "url_link_clicks",
        "user_profile_clicks",
    ),
}
_PUBLIC = ("reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")


class Names:
    """
    The names of one vocabulary.

    Args:
        vocabulary: Which.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        legacy = vocabulary == "legacy"
        self.legacy = legacy
        self.fields = "tweet.fields" if legacy else "post.fields"
        self.history = "edit_history_tweet_ids" if legacy else "edit_history_post_ids"
        self.referenced = "referenced_tweets" if legacy else "referenced_posts"
        self.note = "note_tweet" if legacy else "note_post"
        self.reposts = "retweet_count" if legacy else "repost_count"
        self.includes = "tweets" if legacy else "posts"
        self.post_count = "tweet_count" if legacy else "post_count"
        self.problem_host = "https://api.twitter.com" if legacy else "https://api.x.com"
        renamed = () if legacy else ("note_post", "username")
        own = _LEGACY_TWEET_FIELDS if legacy else (one for one in _LEGACY_TWEET_FIELDS if one not in _ONLY_LEGACY)
        self.tweet_fields = (*own, *renamed)
        self.expansions = _LEGACY_EXPANSIONS if legacy else _POST_EXPANSIONS
        self.user_fields = (*_USER_FIELDS, *(_ONLY_LEGACY_USER_FIELDS if legacy else ()))


def names(state: State) -> Names:
    """Give the names that reads use now."""
    return Names(state.settings.vocabulary)


def tweet_view(tweet: Tweet, state: State, fields: Iterable[str]) -> dict[str, JsonValue]:
    """Write a post with these fields; the private metrics are added by the caller, who knows who asks."""
    known = names(state)
    text = tweet.text
    if state.settings.escapes_html:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    parent = state.tweets.get(tweet.reply_to) if tweet.reply_to else None
    referenced = [("replied_to", tweet.reply_to), ("quoted", tweet.quotes)]
    every: dict[str, JsonValue] = {
        "author_id": tweet.author_id,
        "conversation_id": _conversation(tweet, state),
        "created_at": iso(tweet.created_at),
        "edit_controls": _edit_controls(tweet),
        "lang": "en",
        "possibly_sensitive": False,
        "reply_settings": tweet.reply_settings,
        "public_metrics": _public_metrics(tweet, known),
    }
    if tweet.media_ids:
        every["attachments"] = {"media_keys": [state.media[one].key for one in tweet.media_ids if one in state.media]}
    if tweet.poll:
        every["attachments"] = {"poll_ids": [tweet.id]}
    if tweet.entities:
        every["entities"] = cast("JsonValue", tweet.entities)
    if parent:
        every["in_reply_to_user_id"] = parent.author_id
    if tweet.reply_to or tweet.quotes:
        every[known.referenced] = [{"type": kind, "id": one} for kind, one in referenced if one]
    if len(tweet.raw) > 280:
        every[known.note] = {"text": text}
        text = f"{text[:279]}…"
    shown: dict[str, JsonValue] = {"id": tweet.id, "text": text, known.history: [*tweet.history]}
    return shown | {name: every[name] for name in fields if name in every}


def _public_metrics(tweet: Tweet, known: Names) -> dict[str, JsonValue]:
    counts: dict[str, JsonValue] = {known.reposts: tweet.public.get("retweet_count", 0)}
    return counts | {name: tweet.public.get(name, 0) for name in _PUBLIC}


def _edit_controls(tweet: Tweet) -> dict[str, JsonValue]:
    ends = tweet.created_at + timedelta(minutes=30)
    return {"edits_remaining": 6 - len(tweet.history), "is_edit_eligible": not tweet.poll, "editable_until": iso(ends)}


def _conversation(tweet: Tweet, state: State) -> str:
    while tweet.reply_to and tweet.reply_to in state.tweets:
        tweet = state.tweets[tweet.reply_to]
    return tweet.id


def user_view(user: User, state: State, fields: Iterable[str]) -> dict[str, JsonValue]:
    """Write a user with these fields."""
    posts = sum(1 for one in state.tweets.values() if one.author_id == user.id and not one.deleted)
    every: dict[str, JsonValue] = {
        "created_at": iso(user.created_at) if user.created_at else "2020-01-01T00:00:00.000Z",
        "description": "",
        "protected": False,
        "public_metrics": {
            "followers_count": 0,
            "following_count": 0,
            names(state).post_count: posts,
            "listed_count": 0,
            "like_count": 0,
            "media_count": 0,
        },
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{user.id}/normal.jpg",
        "subscription_type": "Premium" if user.premium else "None",
        "verified": user.premium,
        "verified_type": "blue" if user.premium else "none",
    }
    shown: dict[str, JsonValue] = {"id": user.id, "name": user.name, "username": user.username}
    return shown | {name: every[name] for name in fields if name in every}


def poll_view(tweet: Tweet, poll: Poll) -> dict[str, JsonValue]:
    """Write a post's poll."""
    options: list[JsonValue] = [
        {"position": number, "label": label, "votes": 0} for number, label in enumerate(poll.options, 1)
    ]
    return {"id": tweet.id, "options": options}


def media_view(media: Media, fields: Iterable[str]) -> dict[str, JsonValue]:
    """Write a media object with these fields."""
    every: dict[str, JsonValue] = {"public_metrics": {"view_count": 0}} if media.kind == "video" else {}
    if media.alt_text:
        every["alt_text"] = media.alt_text
    if media.kind == "photo":
        every["url"] = f"https://pbs.twimg.com/media/{media.id}.jpg"
    shown: dict[str, JsonValue] = {"media_key": media.key, "type": media.kind}
    return shown | {name: every[name] for name in fields if name in every}
