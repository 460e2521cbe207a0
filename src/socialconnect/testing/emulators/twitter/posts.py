"""Creating and deleting posts."""

from __future__ import annotations

from datetime import timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import forbidden, invalid
from socialconnect.testing.emulators.twitter.media import in_post
from socialconnect.testing.emulators.twitter.state import Media, Poll, State, Tweet, User
from socialconnect.testing.emulators.twitter.text import cashtags, rewrite, weighted_length
from socialconnect.testing.emulators.twitter.wire import CreatePost, json_body
from socialconnect.transport.request import Response

__all__ = ["Posts"]

_LONGEST = 280
_LONGEST_PREMIUM = 25_000
_EDIT_WINDOW = timedelta(minutes=30)
_MOST_EDITS = 5
_FORBIDDEN_CHARACTERS = frozenset("\ufffe\ufeff\uffff")


class Posts:
    """
    The writes of posts.

    Args:
        state: Where posts are.
        ledger: What they are charged to.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def create(self, call: Call) -> Response:
        """`POST /2/tweets`."""
        body = json_body(call.request, CreatePost)
        author = self._state.users[call.user_id]
        _exclusive(body)
        self._check_text(body, author)
        media = in_post(self._state, body.media.media_ids, call.user_id) if body.media else []
        self._check_conversation(body, author)
        tweet = self.build(body, author, media)
        self._check_duplicate(tweet)
        if body.edit_options:
            self._edit(tweet, body.edit_options.previous_post_id)
        self._state.tweets[tweet.id] = tweet
        self._ledger.charge(self._resource(tweet))
        data: JsonValue = {"id": tweet.id, "text": tweet.text, "edit_history_tweet_ids": [*tweet.history]}
        return json_response(201, {"data": data})

    def delete(self, call: Call) -> Response:
        """`DELETE /2/tweets/:id`; a post that is gone already is deleted as well."""
        tweet = self._state.tweets.get(call.captures["id"])
        if tweet and tweet.author_id != call.user_id:
            raise forbidden("You are not authorized to delete this Tweet.")
        self._ledger.charge("content_manage")
        for version in tweet.history if tweet else ():  # deleting any version deletes the chain
            self._state.tweets[version].deleted = True
        return json_response(200, {"data": {"deleted": True}})

    def build(self, body: CreatePost, author: User, media: list[Media]) -> Tweet:
        """Make a post of a body that has been checked."""
        post_id = self._state.new_id()
        kind = "video" if media and media[0].kind == "video" else "photo"
        pages = [
            (f"https://x.com/{author.username}/status/{post_id}/{kind}/{number}", one.key)
            for number, one in enumerate(media, 1)
        ]
        rewritten = rewrite(body.text, pages)
        return Tweet(
            id=post_id,
            author_id=author.id,
            raw=body.text,
            text=rewritten.text,
            entities=rewritten.entities,
            created_at=self._state.now,
            media_ids=[one.id for one in media],
            reply_to=body.reply.in_reply_to_tweet_id if body.reply else None,
            quotes=body.quote_tweet_id,
            poll=Poll(body.poll.options, body.poll.duration_minutes) if body.poll else None,
            reply_settings=body.reply_settings or "everyone",
            nullcast=body.nullcast,
            link=rewritten.link,
            history=[post_id],
        )

    def _check_text(self, body: CreatePost, author: User) -> None:
        if not body.text and body.media is None:
            raise invalid("$.text: is missing but it is required")
        longest = _LONGEST_PREMIUM if author.premium else _LONGEST
        if weighted_length(body.text) > longest or _FORBIDDEN_CHARACTERS & set(body.text):
            raise forbidden("You are not permitted to perform this action.")
        if cashtags(body.text) > 1:
            raise forbidden("You are not permitted to create a post with more than the maximum of one cashtag.")

    def _check_conversation(self, body: CreatePost, author: User) -> None:
        free = self._state.settings.plan == "enterprise"
        if body.reply:
            parent = self._state.live(body.reply.in_reply_to_tweet_id, lag=0)
            if parent is None and self._state.settings.unknown_parents:
                return
            if parent is None:
                raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
            if not free and not _summoned(parent, author, self._state):
                raise forbidden(
                    "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
                    "engaged by the author of the post you are replying to."
                )
        if body.quote_tweet_id and not free:
            raise forbidden(
                "Quoting this post is not allowed because you have not been mentioned or otherwise engaged by the "
                "author of the post you are quoting."
            )

    def _check_duplicate(self, tweet: Tweet) -> None:
        since = tweet.created_at - timedelta(seconds=self._state.settings.duplicate_window)
        for one in self._state.tweets.values():
            if not one.deleted and one.created_at > since and one.key == tweet.key:
                raise forbidden("You are not allowed to create a Tweet with duplicate content.")

    def _edit(self, tweet: Tweet, previous_id: str) -> None:
        previous = self._state.live(previous_id, lag=0)
        author = self._state.users[tweet.author_id]
        if previous is None and self._state.settings.unknown_parents:
            return
        allowed = (
            previous is not None
            and previous.author_id == tweet.author_id
            and author.premium
            and previous.poll is None
            and len(previous.history) <= _MOST_EDITS
            and self._state.now < self._state.tweets[previous.history[0]].created_at + _EDIT_WINDOW
        )
        if previous is None or not allowed:
            raise forbidden("You are not permitted to perform this action.")
        tweet.history = [*previous.history, tweet.id]
        for version in previous.history:
            self._state.tweets[version].history = tweet.history

    def _resource(self, tweet: Tweet) -> str:
        if tweet.link:
            return "post_create_with_url"
        parent = self._state.tweets.get(tweet.reply_to) if tweet.reply_to else None
        return "post_create_summoned" if parent and parent.author_id != tweet.author_id else "post_create"


def _exclusive(body: CreatePost) -> None:
    """At most one of these may be in a post, as X's own simulator checks."""
    names = ("poll", "quote_tweet_id", "direct_message_deep_link", "media", "card_uri")
    given = [name for name in names if getattr(body, name) is not None]
    if len(given) > 1:
        raise invalid(f"$: only one of [{', '.join(given)}] is allowed in a post")


def _summoned(parent: Tweet, author: User, state: State) -> bool:
    """Whether an app that pays by use may reply: to its own thread, or where the parent's author called on it."""
    if parent.author_id == author.id:
        return True
    mentioned = {str(one["username"]).lower() for one in parent.entities.get("mentions", [])}
    quoted = state.tweets.get(parent.quotes) if parent.quotes else None
    return author.username.lower() in mentioned or (quoted is not None and quoted.author_id == author.id)
