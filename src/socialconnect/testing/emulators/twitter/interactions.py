"""What users do with others: likes, reposts and follows. Likes and follows are not in self-serve plans."""

from __future__ import annotations

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import forbidden, invalid, problem
from socialconnect.testing.emulators.twitter.schema import json_body
from socialconnect.testing.emulators.twitter.state import State, Tweet
from socialconnect.testing.emulators.twitter.wire import TargetBody, TweetBody
from socialconnect.transport.request import Response

__all__ = ["Interactions"]


class Interactions:
    """
    The writes of likes, reposts and follows.

    Args:
        state: Where users and posts are.
        ledger: What they are charged to.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def like(self, call: Call) -> Response:
        """`POST /2/users/:id/likes`."""
        self._own(call)
        tweet = self._post(json_body(call.request, TweetBody).tweet_id)
        liked = self._state.users[call.user_id].liked
        if tweet.id not in liked:
            liked.append(tweet.id)
        return self._done({"liked": True}, "interaction_create")

    def unlike(self, call: Call) -> Response:
        """`DELETE /2/users/:id/likes/:tweet_id`."""
        self._own(call)
        liked = self._state.users[call.user_id].liked
        if call.captures["tweet_id"] in liked:
            liked.remove(call.captures["tweet_id"])
        return self._done({"liked": False}, "interaction_delete")

    def repost(self, call: Call) -> Response:
        """`POST /2/users/:id/retweets`."""
        self._own(call)
        source = self._post(json_body(call.request, TweetBody).tweet_id)
        if self._reposted(call.user_id, source.id) is not None:
            raise invalid("You cannot retweet a Tweet that you have already retweeted.")
        author = self._state.users[source.author_id]
        post_id = self._state.new_id()
        self._state.tweets[post_id] = Tweet(
            id=post_id,
            author_id=call.user_id,
            raw="",
            text=f"RT @{author.username}: {source.text}",
            entities={},
            created_at=self._state.now,
            reposts=source.id,
            history=[post_id],
        )
        return self._done({"rest_id": post_id, "retweeted": True}, "interaction_create")

    def unrepost(self, call: Call) -> Response:
        """`DELETE /2/users/:id/retweets/:source_tweet_id`."""
        self._own(call)
        found = self._reposted(call.user_id, call.captures["source_tweet_id"])
        if found is not None:
            found.deleted_at = self._state.now
        return self._done({"retweeted": False}, "interaction_delete")

    def follow(self, call: Call) -> Response:
        """`POST /2/users/:id/following`."""
        self._own(call)
        target = json_body(call.request, TargetBody).target_user_id
        if target not in self._state.users or target == call.user_id:
            raise invalid("The user could not be followed.", parameters={"target_user_id": [target]})
        self._state.users[call.user_id].following.add(target)
        return self._done({"following": True, "pending_follow": False}, "interaction_create")

    def unfollow(self, call: Call) -> Response:
        """`DELETE /2/users/:source_user_id/following/:target_user_id`."""
        self._own(call, "source_user_id")
        self._state.users[call.user_id].following.discard(call.captures["target_user_id"])
        return self._done({"following": False}, "interaction_delete")

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _done(self, data: dict[str, JsonValue], resource: str) -> Response:
        self._ledger.charge(resource)
        return json_response(200, {"data": data})

    def _own(self, call: Call, name: str = "id") -> None:
        """See that the user in the path is the one that calls."""
        if call.captures[name] != call.user_id:
            sent = call.captures[name]
            must = f"must be the same as the authenticating user [{call.user_id}]"
            raise invalid(f"The `{name}` query parameter value [{sent}] {must}", parameters={name: [sent]})

    def _post(self, post_id: str) -> Tweet:
        tweet = self._state.live(post_id, lag=0)
        if tweet is None:
            raise _gone(post_id)
        if self._state.users[tweet.author_id].protected:
            raise forbidden()
        return tweet

    def _reposted(self, user_id: str, source_id: str) -> Tweet | None:
        own = (one for one in self._state.tweets.values() if one.author_id == user_id and not one.deleted)
        return next((one for one in own if one.reposts == source_id), None)


def _gone(post_id: str) -> Refused:
    return problem(
        404,
        {
            "value": post_id,
            "detail": f"Could not find tweet with tweet_id: [{post_id}].",
            "title": "Not Found Error",
            "resource_type": "tweet",
            "parameter": "tweet_id",
            "resource_id": post_id,
            "type": "https://api.twitter.com/2/problems/resource-not-found",
        },
    )
