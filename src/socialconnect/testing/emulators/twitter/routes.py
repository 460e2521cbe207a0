"""Which path of the X API leads where, with the tokens and scopes that it takes, by https://docs.x.com/openapi.json."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.twitter.articles import Articles
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.fields import words
from socialconnect.testing.emulators.twitter.interactions import Interactions
from socialconnect.testing.emulators.twitter.media import MediaUpload
from socialconnect.testing.emulators.twitter.media_notes import MediaNotes
from socialconnect.testing.emulators.twitter.metrics import Metrics
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.reads import Reads
from socialconnect.testing.emulators.twitter.timelines import Timelines
from socialconnect.testing.emulators.twitter.usage import Usage
from socialconnect.testing.emulators.twitter.users import Users
from socialconnect.transport.request import Response

__all__ = ["NUMBERS", "Parts", "Route", "find", "is_known_area", "table"]

_READ = frozenset({"tweet.read", "users.read"})
_WRITE = _READ | {"tweet.write"}
_MEDIA = frozenset({"media.write"})
_ARTICLE = frozenset({"tweet.write"})
_NONE: frozenset[str] = frozenset()
_AREAS = words(
    "account account_activity activity analytics chat communities compliance connections dm_conversations dm_events "
    "evaluate_note insights likes lists marketplace media news notes openapi.json rate_limits spaces trends tweets "
    "usage users webhooks articles"
)
"""The first parts of all paths that the specification has."""
NUMBERS = frozenset({"id", "tweet_id", "source_tweet_id", "target_user_id", "source_user_id", "article_id"})
"""The parts of paths that are ids."""
_WORDS_FOR_IDS = frozenset(
    words(
        "analytics search counts sample firehose compliance me by personalized_trends public_keys reposts_of_me "
        "stream upload metadata subtitles sample10 label"
    )
)
"""What stands in an id's place in the path of another operation."""


@dataclass(frozen=True)
class Route:
    """
    One operation of the v2 API.

    Args:
        endpoint: Its method and path, as rate limits name it.
        act: What carries it out.
        scopes: The OAuth 2.0 scopes that it needs.
        app: Whether the app's own token may call it.
        user: Whether a user's token may.
        oauth1: Whether an OAuth 1.0a credential may.
        interaction: Whether it is taken from self-serve plans.
        ended: The event of the catalogue with which it went.
    """

    endpoint: str
    act: Callable[[Call], Response]
    scopes: frozenset[str] = _NONE
    app: bool = False
    user: bool = True
    oauth1: bool = True
    interaction: bool = False
    ended: str | None = None

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.endpoint.partition(" ")[0]

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def reads_posts(self) -> bool:
        """Whether it gives posts."""
        return self.method == "GET" and "tweets" in self.endpoint and "usage" not in self.endpoint

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.sub(r":(\w+)", r"(?P<\1>[^/]+)", self.endpoint.partition(" ")[2]))

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Give the parts of a path that it has names for, or `None` if it is another's."""
        found = self._pattern.fullmatch(path) if method == self.method else None
        return found.groupdict() if found else None


@dataclass(frozen=True)
class Parts:
    """What carries the operations out."""

    posts: Posts
    reads: Reads
    timelines: Timelines
    users: Users
    media: MediaUpload
    notes: MediaNotes
    metrics: Metrics
    usage: Usage
    interactions: Interactions
    articles: Articles


def table(parts: Parts) -> tuple[Route, ...]:
    """Give the operations; where two fit a path, the first is meant."""
    return (*_of_posts(parts), *_of_users(parts), *_of_media(parts), *_interactions(parts.interactions))


def _of_posts(parts: Parts) -> Iterable[Route]:
    posts, reads, timelines = parts.posts, parts.reads, parts.timelines
    return (
        Route("POST /2/tweets", posts.create, _WRITE),
        Route("GET /2/tweets", reads.by_ids, _READ, app=True),
        Route("GET /2/tweets/analytics", parts.metrics.posts, _READ),
        Route("GET /2/tweets/search/recent", timelines.search, _READ, app=True),
        Route("DELETE /2/tweets/:id", posts.delete, _WRITE),
        Route("GET /2/tweets/:id", reads.by_id, _READ, app=True),
        Route("PUT /2/tweets/:id/hidden", posts.hide, _READ | {"tweet.moderate.write"}),
        Route("GET /2/tweets/:id/quote_tweets", timelines.quotes, _READ, app=True),
        Route("GET /2/tweets/:id/retweets", timelines.reposts, _READ, app=True),
        Route("GET /2/tweets/:id/retweeted_by", parts.users.reposting, _READ, app=True),
        Route("GET /2/tweets/:id/liking_users", parts.users.liking, _READ | {"like.read"}),
        Route("GET /2/insights/28hr", parts.metrics.insights, frozenset({"tweet.read"}), ended="insights-endpoints"),
        Route(
            "GET /2/insights/historical", parts.metrics.insights, frozenset({"tweet.read"}), ended="insights-endpoints"
        ),
        Route("POST /2/articles/draft", parts.articles.draft, _ARTICLE),
        Route("POST /2/articles/:article_id/publish", parts.articles.publish, _ARTICLE),
        Route("GET /2/usage/tweets", parts.usage.tweets, app=True, user=False),
        Route("GET /2/usage/credits", parts.usage.credits, app=True),
    )


def _of_users(parts: Parts) -> Iterable[Route]:
    users, timelines = parts.users, parts.timelines
    return (
        Route("GET /2/users", users.by_ids, _READ, app=True),
        Route("GET /2/users/me", users.me, _READ),
        Route("GET /2/users/by", users.by_handles, _READ, app=True),
        Route("GET /2/users/by/username/:username", users.by_handle, _READ, app=True),
        Route("GET /2/users/:id", users.by_id, _READ, app=True),
        Route("GET /2/users/:id/tweets", timelines.of_user, _READ, app=True),
        Route("GET /2/users/:id/mentions", timelines.mentions, _READ, app=True),
        Route("GET /2/users/:id/liked_tweets", timelines.liked, _READ | {"like.read"}),
        Route("GET /2/users/:id/timelines/reverse_chronological", timelines.home, _READ),
        Route("GET /2/users/:id/followers", users.followers, _READ | {"follows.read"}, app=True),
        Route("GET /2/users/:id/following", users.following, _READ | {"follows.read"}, app=True),
    )


def _of_media(parts: Parts) -> Iterable[Route]:
    media, notes = parts.media, parts.notes
    return (
        Route("POST /2/media/upload", media.one_shot, _MEDIA),
        Route("GET /2/media/upload", media.status, _MEDIA),
        Route("POST /2/media/upload/initialize", media.initialize, _MEDIA),
        Route("POST /2/media/upload/:id/append", media.append, _MEDIA),
        Route("POST /2/media/upload/:id/finalize", media.finalize, _MEDIA),
        Route("POST /2/media/metadata", notes.metadata, _MEDIA),
        Route("POST /2/media/subtitles", notes.add_subtitles, _MEDIA),
        Route("DELETE /2/media/subtitles", notes.delete_subtitles, _MEDIA),
        Route("GET /2/media/analytics", parts.metrics.media, frozenset({"tweet.read"})),
        Route("GET /2/media", notes.by_keys, frozenset({"tweet.read"}), app=True),
        Route("GET /2/media/:media_key", notes.by_key, frozenset({"tweet.read"}), app=True),
    )


def _interactions(acts: Interactions) -> Iterable[Route]:
    like, follow = _READ | {"like.write"}, _READ | {"follows.write"}
    return (
        Route("POST /2/users/:id/likes", acts.like, like, interaction=True),
        Route("DELETE /2/users/:id/likes/:tweet_id", acts.unlike, like, interaction=True),
        Route("POST /2/users/:id/retweets", acts.repost, _WRITE),
        Route("DELETE /2/users/:id/retweets/:source_tweet_id", acts.unrepost, _WRITE),
        Route("POST /2/users/:id/following", acts.follow, follow, interaction=True),
        Route("DELETE /2/users/:source_user_id/following/:target_user_id", acts.unfollow, follow, interaction=True),
    )


def find(routes: Iterable[Route], request: EmulatedRequest) -> tuple[Route, dict[str, str]] | None:
    """Give the operation that a request calls, with the parts of its path."""
    for route in routes:
        captures = route.match(request.method, request.path)
        # `/2/tweets/counts` and the like are operations of their own, not posts.
        if captures is not None and not any(captures[one] in _WORDS_FOR_IDS for one in NUMBERS & captures.keys()):
            return route, captures
    return None


def is_known_area(path: str) -> bool:
    """Whether the specification has such paths, though the emulator may not know them."""
    return path.startswith("/2/") and path.split("/")[2] in _AREAS
