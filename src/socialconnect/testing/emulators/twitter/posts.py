"""Creating, deleting and hiding posts."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.conversation import Conversation
from socialconnect.testing.emulators.twitter.errors import forbidden, invalid, legacy
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.processing import in_post
from socialconnect.testing.emulators.twitter.schema import json_body
from socialconnect.testing.emulators.twitter.state import Media, Poll, State, Tweet, User
from socialconnect.testing.emulators.twitter.text import cashtags, rewrite, weighted_length
from socialconnect.testing.emulators.twitter.views import edit_controls
from socialconnect.testing.emulators.twitter.wire import CreatePost, HiddenBody
from socialconnect.transport.request import Response

__all__ = ["NOT_PERMITTED", "Posts"]

_LONGEST = 280
_LONGEST_PREMIUM = 25_000
_FORBIDDEN_CHARACTERS = frozenset("\ufffe\ufeff\uffff")
_EXCLUSIVE = ("poll", "quote_tweet_id", "direct_message_deep_link", "media", "card_uri")
NOT_PERMITTED = "You are not permitted to perform this action."


class Posts:
    """
    The writes of posts.

    Args:
        state: Where posts are.
        ledger: What they are charged to.
        plans: What the app's plan allows.
    """

    def __init__(self, state: State, ledger: Ledger, plans: Plans) -> None:
        self._state = state
        self._ledger = ledger
        self._conversation = Conversation(state, plans)

    def create(self, call: Call) -> Response:
        """`POST /2/tweets`."""
        body = json_body(call.request, CreatePost)
        author = self._state.users[call.user_id]
        _exclusive(body)
        try:
            tweet = self._made(body, author)
        except Refused as refused:
            if refused.response.status == 403 and self._state.settings.bills_refused_creates:
                self._ledger.charge("post_create")
            raise
        self._state.tweets[tweet.id] = tweet
        self._ledger.charge(self._resource(tweet))
        data: dict[str, JsonValue] = {"id": tweet.id, "text": tweet.text}
        match self._state.settings.create_history:
            case "ids":
                data["edit_history_tweet_ids"] = [*tweet.history]
            case "blank":
                data["edit_history_tweet_ids"] = [""]
            case "absent":
                pass
        return json_response(201, {"data": data})

    def delete(self, call: Call) -> Response:
        """`DELETE /2/tweets/:id`; a post that is gone already is deleted as well."""
        tweet = self._state.tweets.get(call.captures["id"])
        if tweet and tweet.author_id != call.user_id:
            raise forbidden("You are not authorized to delete this Tweet.")
        self._ledger.charge("post_delete")
        for version in tweet.history if tweet else ():  # deleting any version deletes the chain
            one = self._state.tweets[version]
            one.deleted_at = one.deleted_at or self._state.now
        return json_response(200, {"data": {"deleted": True}})

    def hide(self, call: Call) -> Response:
        """`PUT /2/tweets/:id/hidden`: by the author of the conversation, of others' replies in it."""
        body = json_body(call.request, HiddenBody)
        tweet = self._state.live(call.captures["id"], lag=0)
        if tweet is None or tweet.reply_to is None:
            raise invalid("The Tweet is not a reply.", parameters={"tweet_id": [call.captures["id"]]})
        root = self._state.tweets.get(self._state.conversation(tweet))
        if root is None or root.author_id != call.user_id or root.id == tweet.id:
            raise forbidden("You are not permitted to hide this reply.")
        tweet.hidden = body.hidden
        self._ledger.charge("post_hide")
        return json_response(200, {"data": {"hidden": tweet.hidden}})

    def build(self, body: CreatePost, author: User, media: list[Media], *, at: datetime | None = None) -> Tweet:
        """Make a post of a body that has been checked, as of now or of another time."""
        at = at or self._state.now
        post_id = self._state.new_id(at)
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
            created_at=at,
            media_ids=[one.id for one in media],
            reply_to=body.reply.in_reply_to_tweet_id if body.reply else None,
            quotes=body.quote_tweet_id,
            poll=Poll(body.poll.options, body.poll.duration_minutes) if body.poll else None,
            reply_settings=body.reply_settings or "everyone",
            nullcast=body.nullcast,
            link=rewritten.link,
            community_id=body.community_id,
            place_id=body.geo.place_id if body.geo else None,
            card_uri=body.card_uri,
            made_with_ai=bool(body.made_with_ai),
            paid_partnership=bool(body.paid_partnership),
            super_followers_only=body.for_super_followers_only,
            history=[post_id],
        )

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _made(self, body: CreatePost, author: User) -> Tweet:
        """Check a body and make its post."""
        self._check_text(body, author)
        media = in_post(self._state, body.media.media_ids, author.id) if body.media else []
        self._check_place(body, author)
        self._conversation.check(body, author)
        tweet = self.build(body, author, media)
        self._check_duplicate(tweet)
        self._check_day(tweet)
        if body.edit_options:
            self._edit(tweet, body.edit_options.previous_post_id)
        return tweet

    def _check_text(self, body: CreatePost, author: User) -> None:
        if not body.text and body.media is None:
            raise invalid("$.text: is missing but it is required")
        longest = _LONGEST_PREMIUM if author.premium else _LONGEST
        if weighted_length(body.text) > longest or _FORBIDDEN_CHARACTERS & set(body.text):
            raise forbidden(NOT_PERMITTED)
        if cashtags(body.text) > 1:
            raise forbidden("You are not permitted to create a post with more than the maximum of one cashtag.")
        if any(url in body.text for url in self._state.settings.invalid_urls):
            raise forbidden("The Tweet contains an invalid URL.")

    def _check_place(self, body: CreatePost, author: User) -> None:
        """See that the author may post to a community."""
        members = self._state.communities
        if body.community_id and members and author.id not in members.get(body.community_id, set()):
            raise forbidden(NOT_PERMITTED)

    def _check_duplicate(self, tweet: Tweet) -> None:
        since = tweet.created_at - timedelta(seconds=self._state.settings.duplicate_window)
        for one in self._state.tweets.values():
            if not one.deleted and one.created_at > since and one.key == tweet.key:
                raise forbidden("You are not allowed to create a Tweet with duplicate content.")

    def _check_day(self, tweet: Tweet) -> None:
        today = tweet.created_at.date()
        made = sum(one.author_id == tweet.author_id and one.created_at.date() == today
                   for one in self._state.tweets.values())  # fmt: skip
        if made >= self._state.settings.daily_posts:
            raise legacy(403, 185, "User is over daily status update limit.")

    def _edit(self, tweet: Tweet, previous_id: str) -> None:
        previous = self._state.live(previous_id, lag=0)
        if previous is None and self._state.settings.unknown_parents:
            return
        if previous is None or not self._editable(previous, tweet.author_id):
            raise forbidden(NOT_PERMITTED)
        tweet.history = [*previous.history, tweet.id]
        for version in previous.history:
            self._state.tweets[version].history = tweet.history

    def _editable(self, previous: Tweet, author_id: str) -> bool:
        controls = edit_controls(previous, self._state)
        first = self._state.tweets[previous.history[0]]
        parent = self._state.tweets.get(previous.reply_to) if previous.reply_to else None
        return (
            previous.author_id == author_id
            and self._state.users[author_id].premium
            and controls["is_edit_eligible"] is True
            and int(str(controls["edits_remaining"])) > 0
            and self._state.now < first.created_at + timedelta(seconds=self._state.settings.edit_window)
            and (previous.reply_to is None or (parent is not None and parent.author_id == author_id))
        )

    def _resource(self, tweet: Tweet) -> str:
        if tweet.link:
            return "post_create_with_url"
        parent = self._state.tweets.get(tweet.reply_to) if tweet.reply_to else None
        return "post_create_summoned" if parent and parent.author_id != tweet.author_id else "post_create"


def _exclusive(body: CreatePost) -> None:
    """At most one of these may be in a post, as X's own simulator checks."""
    sent = body.model_dump(exclude_none=True, include=set(_EXCLUSIVE))
    if len(sent) > 1:
        told = f"You can only provide one of {' or '.join(_EXCLUSIVE)}."
        raise invalid(told, parameters={name: [str(sent[name])] for name in _EXCLUSIVE if name in sent})
