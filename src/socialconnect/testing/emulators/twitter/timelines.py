"""Lists of posts, newest first, page by page: timelines, mentions, reposts, quotes, likes, and the recent search."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.metrics import missing
from socialconnect.testing.emulators.twitter.query import Asked, Query
from socialconnect.testing.emulators.twitter.reads import Reads
from socialconnect.testing.emulators.twitter.search import matcher
from socialconnect.testing.emulators.twitter.state import State, Tweet
from socialconnect.testing.emulators.twitter.views import View
from socialconnect.transport.request import Response

__all__ = ["Timelines"]

_PAGING = ("max_results", "pagination_token")
_BOUNDS = ("since_id", "until_id", "start_time", "end_time")
_DEPTH = 3200
_MENTIONS_DEPTH = 800
_SEARCHED = timedelta(days=7)
_NEXT, _PREVIOUS = "7140dibdnow", "77qpymm88g5h9vqklul"
"""How X's page tokens begin, onwards and back."""


class Timelines:
    """
    The endpoints that list posts.

    Args:
        state: Where posts are.
        reads: How posts are answered.
    """

    def __init__(self, state: State, reads: Reads) -> None:
        self._state = state
        self._reads = reads

    def of_user(self, call: Call) -> Response:
        """`GET /2/users/:id/tweets`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING, *_BOUNDS, "exclude")
        excluded = query.some_of("exclude", ("replies", "retweets"))
        user_id = call.captures["id"]

        def wanted(one: Tweet) -> bool:
            left_out = ("replies" in excluded and one.reply_to) or ("retweets" in excluded and one.reposts)
            return one.author_id == user_id and not one.nullcast and not left_out

        return self._of_user(call, query, asked, wanted, _DEPTH, own="owned_read")

    def mentions(self, call: Call) -> Response:
        """`GET /2/users/:id/mentions`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING, *_BOUNDS)
        user = self._state.users.get(call.captures["id"])
        name = user.username.lower() if user else ""

        def wanted(one: Tweet) -> bool:
            return any(str(named["username"]).lower() == name for named in one.entities.get("mentions", []))

        return self._of_user(call, query, asked, wanted, _MENTIONS_DEPTH, own="owned_read")

    def home(self, call: Call) -> Response:
        """`GET /2/users/:id/timelines/reverse_chronological`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING, *_BOUNDS, "exclude")
        excluded = query.some_of("exclude", ("replies", "retweets"))
        user = self._state.users.get(call.captures["id"])
        followed = user.following | {user.id} if user else set[str]()

        def wanted(one: Tweet) -> bool:
            left_out = ("replies" in excluded and one.reply_to) or ("retweets" in excluded and one.reposts)
            return one.author_id in followed and not one.nullcast and not left_out

        return self._of_user(call, query, asked, wanted, _MENTIONS_DEPTH, least=1)

    def liked(self, call: Call) -> Response:
        """`GET /2/users/:id/liked_tweets`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING)
        user = self._state.users.get(call.captures["id"])
        liked = set(user.liked) if user else set[str]()
        return self._of_user(call, query, asked, lambda one: one.id in liked, _DEPTH, own="owned_read")

    def quotes(self, call: Call) -> Response:
        """`GET /2/tweets/:id/quote_tweets`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING, "exclude")
        excluded = query.some_of("exclude", ("replies", "retweets"))
        post_id = call.captures["id"]
        found = self._found(lambda one: one.quotes == post_id and not ("replies" in excluded and one.reply_to))
        return self._paged(call, query, asked, found, least=10)

    def reposts(self, call: Call) -> Response:
        """`GET /2/tweets/:id/retweets`."""
        query = self._reads.query(call)
        asked = query.posts(*_PAGING)
        post_id = call.captures["id"]
        return self._paged(call, query, asked, self._found(lambda one: one.reposts == post_id), least=1)

    def search(self, call: Call) -> Response:
        """`GET /2/tweets/search/recent`: the last seven days."""
        query = self._reads.query(call)
        asked = query.posts("query", "max_results", "next_token", "pagination_token", "sort_order", *_BOUNDS)
        query.one_of("sort_order", ("recency", "relevancy"), None)
        sent = query.get("query")
        if not sent:
            raise query.bad("query", [], "The `query` query parameter can not be empty")
        if len(sent) > 512:
            told = f"The `query` query parameter value [{sent}] is longer than 512"
            raise query.bad("query", [sent], told)
        matches, since = matcher(sent, self._state), self._state.now - _SEARCHED
        found = self._bounded(query, self._found(lambda one: one.created_at > since and matches(one)))
        return self._paged(call, query, asked, found, least=10)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _of_user(
        self,
        call: Call,
        query: Query,
        asked: Asked,
        wanted: Callable[[Tweet], bool],
        depth: int,
        *,
        own: str = "post_read",
        least: int = 5,
    ) -> Response:
        user_id = call.captures["id"]
        query.check_id("id", user_id)
        if user_id not in self._state.users:
            return json_response(200, {"errors": [missing(asked, "user", user_id, "id")]})
        found = self._bounded(query, self._found(wanted)[:depth])
        owned = user_id == call.grant.user_id == self._state.settings.app_owner
        return self._paged(call, query, asked, found, least=least, resource=own if owned else "post_read")

    def _found(self, wanted: Callable[[Tweet], bool]) -> list[Tweet]:
        """Give the posts that a list shows by now, newest first; of an edited one the newest version."""
        lag = self._state.settings.timeline_lag
        live = (one for one in self._state.tweets.values() if self._state.live(one.id, lag=lag) and one.current)
        return sorted((one for one in live if wanted(one)), key=lambda one: int(one.id), reverse=True)

    def _bounded(self, query: Query, tweets: Iterable[Tweet]) -> list[Tweet]:
        since_id, until_id = query.post_id("since_id"), query.post_id("until_id")
        start, end = query.time("start_time"), query.time("end_time")
        if since_id is not None:
            start = None  # an id wins over a time
        if start is not None and end is not None and start >= end:
            sent = str(query.get("start_time"))
            raise query.bad(
                "start_time", [sent], f"Invalid 'start_time':'{sent}'. 'start_time' must be before 'end_time'."
            )
        return [one for one in tweets if _within(one, since_id, until_id, start, end)]

    def _paged(
        self, call: Call, query: Query, asked: Asked, found: list[Tweet], *, least: int, resource: str = "post_read"
    ) -> Response:
        size = query.number("max_results", least, 100, 10)
        token = query.get("pagination_token") or query.get("next_token")
        start = _start(query, found, token, size)
        page, rest = found[start : start + size], found[start + size :]
        if not page:
            return json_response(200, {"meta": {"result_count": 0}})
        meta: View = {"result_count": len(page), "newest_id": page[0].id, "oldest_id": page[-1].id}
        if rest:
            meta["next_token"] = f"{_NEXT}{page[-1].id}"
        if start > 0:
            meta["previous_token"] = f"{_PREVIOUS}{page[0].id}"
        return self._reads.page(call, page, asked, meta, resource)


def page_of(query: Query, found: list[str], *, most: int = 100, default: int = 100) -> tuple[list[str], View]:
    """Give a page of ids that are in no order of time, and what is told of it."""
    size = query.number("max_results", 1, most, default)
    token = query.get("pagination_token") or ""
    mark = token.removeprefix(_NEXT).removeprefix(_PREVIOUS)
    if token and not mark.isdecimal():
        raise _bad_token(query, token)
    start = int(mark) if mark else 0
    page = found[start : start + size]
    meta: dict[str, JsonValue] = {"result_count": len(page)}
    if start + size < len(found):
        meta["next_token"] = f"{_NEXT}{start + size}"
    if start > 0:
        meta["previous_token"] = f"{_PREVIOUS}{max(0, start - size)}"
    return page, meta


def _bad_token(query: Query, token: str) -> Exception:
    return query.bad(
        "pagination_token", [token], f"The `pagination_token` query parameter value [{token}] is not valid"
    )


def _start(query: Query, found: list[Tweet], token: str | None, size: int) -> int:
    """Give where a page begins: after the post that a token names, or as far before it as a page is long."""
    if token is None:
        return 0
    back = token.startswith(_PREVIOUS)
    mark = token.removeprefix(_PREVIOUS if back else _NEXT)
    if mark == token or not mark.isdecimal():
        raise _bad_token(query, token)
    newer = sum(int(one.id) > int(mark) for one in found)
    return max(0, newer - size) if back else sum(int(one.id) >= int(mark) for one in found)


def _within(
    tweet: Tweet, since_id: int | None, until_id: int | None, start: datetime | None, end: datetime | None
) -> bool:
    return (
        (since_id is None or int(tweet.id) > since_id)
        and (until_id is None or int(tweet.id) < until_id)
        and (start is None or tweet.created_at >= start)
        and (end is None or tweet.created_at < end)
    )
