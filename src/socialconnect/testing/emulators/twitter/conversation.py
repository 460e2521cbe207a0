"""Who may reply and quote: by the post's own setting, and by what the app's plan allows."""

from __future__ import annotations

from socialconnect.testing.emulators.twitter.errors import forbidden, invalid
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.state import State, Tweet, User
from socialconnect.testing.emulators.twitter.wire import CreatePost

__all__ = ["Conversation"]

_NOT_CALLED = "you have not been mentioned or otherwise engaged by the author of the post you are"
_REPLY = f"Reply to this conversation is not allowed because {_NOT_CALLED} replying to."
_QUOTE = f"Quoting this post is not allowed because {_NOT_CALLED} quoting."
_CLOSED = "Reply to this conversation is not allowed because its author has limited who may reply."


class Conversation:
    """
    The rules of replies and quotes.

    Args:
        state: Where posts are.
        plans: What the app's plan allows.
    """

    def __init__(self, state: State, plans: Plans) -> None:
        self._state = state
        self._plans = plans

    def check(self, body: CreatePost, author: User) -> None:
        """
        See that a post may stand where it wants to.

        Raises:
            Refused: It may not.
        """
        if body.reply:
            self._check_reply(body.reply.in_reply_to_tweet_id, author)
        if body.quote_tweet_id:
            self._check_quote(body.quote_tweet_id)

    def _check_reply(self, parent_id: str, author: User) -> None:
        parent = self._state.live(parent_id, lag=0)
        if parent is None and self._state.settings.unknown_parents:
            return
        if parent is None:
            raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
        if self._plans.summoned_only and not self._summoned(parent, author):
            raise forbidden(_REPLY)
        root = self._state.tweets.get(self._state.conversation(parent), parent)
        if not self._open_to(root, author):
            raise forbidden(_CLOSED)

    def _check_quote(self, quoted_id: str) -> None:
        if not self._plans.may_quote:
            raise forbidden(_QUOTE)
        if self._state.live(quoted_id, lag=0) is None and not self._state.settings.unknown_parents:
            raise invalid("Your quote tweet ID is invalid.", parameters={"quote_tweet_id": [quoted_id]})

    def _summoned(self, parent: Tweet, author: User) -> bool:
        """Whether an app that pays by use may reply: to its own thread, or where the parent's author called on it."""
        if parent.author_id == author.id or _mentions(parent, author):
            return True
        quoted = self._state.tweets.get(parent.quotes) if parent.quotes else None
        return quoted is not None and quoted.author_id == author.id

    def _open_to(self, root: Tweet, author: User) -> bool:
        """Whether the author of a conversation lets somebody reply."""
        owner = self._state.users[root.author_id]
        if owner.id == author.id or _mentions(root, author):
            return True
        match root.reply_settings:
            case "following":
                return author.id in owner.following
            case "verified":
                return author.premium
            case "mentionedUsers" | "subscribers":
                return False
            case _:
                return True


def _mentions(tweet: Tweet, user: User) -> bool:
    named = {str(one["username"]).lower() for one in tweet.entities.get("mentions", [])}
    return user.username.lower() in named
