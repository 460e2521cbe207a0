"""Reading posts by their ids, with what they expand to."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.fields import names_for
from socialconnect.testing.emulators.twitter.metrics import PrivateCounts, missing
from socialconnect.testing.emulators.twitter.query import Asked, Query
from socialconnect.testing.emulators.twitter.state import State, Tweet
from socialconnect.testing.emulators.twitter.views import (
    View,
    envelope,
    media_view,
    place_view,
    poll_view,
    post_view,
    user_view,
)
from socialconnect.transport.request import Response

__all__ = ["Reads"]


class Reads:
    """
    Posts by id, and how any list of posts is answered.

    Args:
        state: Where everything is.
        ledger: What reads are charged to.
        private: Which private counts a caller sees.
    """

    def __init__(self, state: State, ledger: Ledger, private: PrivateCounts) -> None:
        self._state = state
        self._ledger = ledger
        self._private = private

    def query(self, call: Call) -> Query:
        """Give a request's parameters, in its vocabulary."""
        return Query(call.request, names_for(call.request, self._state.settings.vocabulary))

    def by_ids(self, call: Call) -> Response:
        """`GET /2/tweets`: up to 100 posts; those that are missing come as errors beside the others."""
        query = self.query(call)
        asked = query.posts("ids")
        ids = query.required_list("ids", 100)
        return self._named(call, list(dict.fromkeys(ids)), asked, "ids")

    def by_id(self, call: Call) -> Response:
        """`GET /2/tweets/:id`."""
        query = self.query(call)
        asked = query.posts()
        query.check_id("id", call.captures["id"])
        return self._named(call, [call.captures["id"]], asked, "id")

    def page(self, call: Call, tweets: Sequence[Tweet], asked: Asked, meta: View, resource: str) -> Response:
        """Answer with a page of posts."""
        self._private.check(call, asked)
        self._ledger.charge_reads(resource, [one.id for one in tweets])
        data, errors = self._written(call, tweets, asked, "id")
        included = self.includes(call, tweets, asked)
        return json_response(200, envelope(data, includes=included, errors=errors, meta=meta))

    def includes(self, call: Call, tweets: Sequence[Tweet], asked: Asked) -> View:
        """Give what the posts expand to."""
        told: View = {}
        referenced = self._referenced(tweets, asked)
        media_of = [*tweets, *(referenced if "referenced_tweets.id.attachments.media_keys" in asked.expansions else ())]
        media = self._media(call, media_of, asked)
        users = self._users(call, tweets, referenced, asked)
        polls: list[JsonValue] = [poll_view(one, one.poll, self._state, asked) for one in tweets if one.poll]
        places = dict.fromkeys(one.place_id for one in tweets if one.place_id)
        versions = [self._state.tweets[one] for tweet in tweets for one in tweet.history]
        if media and "attachments.media_keys" in asked.expansions:
            told["media"] = media
        if users:
            told["users"] = users
        if polls and "attachments.poll_ids" in asked.expansions:
            told["polls"] = polls
        if places and "geo.place_id" in asked.expansions:
            told["places"] = [place_view(one) for one in places]
        if versions and asked.names.history in asked.expansions:
            referenced = [*referenced, *versions]
        if referenced:
            unique = {one.id: one for one in referenced}
            told[asked.names.includes] = [post_view(one, self._state, asked) for one in unique.values()]
        return told

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _named(self, call: Call, ids: Sequence[str], asked: Asked, parameter: str) -> Response:
        self._private.check(call, asked)
        found = [tweet for one in ids if (tweet := self._state.live(one)) is not None]
        shown = {tweet.id for tweet in found}
        errors: list[JsonValue] = [missing(asked, "tweet", one, parameter) for one in ids if one not in shown]
        self._ledger.charge_reads("post_read", [one.id for one in found])
        data, unseen = self._written(call, found, asked, parameter)
        errors += unseen
        shown_data: JsonValue = data if parameter == "ids" else data[0] if data else None
        return json_response(200, envelope(shown_data, includes=self.includes(call, found, asked), errors=errors))

    def _written(
        self, call: Call, tweets: Sequence[Tweet], asked: Asked, parameter: str
    ) -> tuple[list[JsonValue], list[JsonValue]]:
        data: list[JsonValue] = []
        errors: list[JsonValue] = []
        for tweet in tweets:
            seen, unseen = self._private.of_post(call, tweet, asked, parameter)
            data.append(post_view(tweet, self._state, asked) | seen)
            errors += unseen
        return data, errors

    def _referenced(self, tweets: Sequence[Tweet], asked: Asked) -> list[Tweet]:
        wanted = {
            asked.names.references,
            "referenced_tweets.id.author_id",
            "referenced_tweets.id.attachments.media_keys",
        }
        if not wanted & asked.expansions:
            return []
        ids = dict.fromkeys(one for tweet in tweets for one in (tweet.reposts, tweet.reply_to, tweet.quotes) if one)
        return [tweet for one in ids if (tweet := self._state.live(one))]

    def _media(self, call: Call, tweets: Sequence[Tweet], asked: Asked) -> list[JsonValue]:
        told: list[JsonValue] = []
        seen: set[str] = set()
        for tweet in tweets:
            for one in tweet.media_ids:
                media = self._state.media.get(one)
                if media is None or one in seen:
                    continue
                seen.add(one)
                private = self._private.of_media(call, media, tweet.author_id, tweet.created_at, asked)
                told.append(media_view(media, self._state, asked) | private)
        return told

    def _users(self, call: Call, tweets: Sequence[Tweet], referenced: Sequence[Tweet], asked: Asked) -> list[JsonValue]:
        ids: dict[str, None] = {}
        if {"author_id", "username"} & asked.expansions:
            ids |= dict.fromkeys(one.author_id for one in tweets)
        if "referenced_tweets.id.author_id" in asked.expansions:
            ids |= dict.fromkeys(one.author_id for one in referenced)
        if "in_reply_to_user_id" in asked.expansions:
            parents = [self._state.tweets.get(one.reply_to or "") for one in tweets]
            ids |= dict.fromkeys(one.author_id for one in parents if one)
        if {"entities.mentions.username", "entities.note.mentions.username"} & asked.expansions:
            named = [str(one["username"]) for tweet in tweets for one in tweet.entities.get("mentions", [])]
            ids |= dict.fromkeys(user.id for one in named if (user := self._state.user_named(one)))
        self._ledger.charge_reads("user_read", ids)
        return [user_view(self._state.users[one], self._state, asked, call.grant.user_id) for one in ids]
