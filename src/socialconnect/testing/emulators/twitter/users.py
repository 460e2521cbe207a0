"""Reading users: oneself, by id, by handle, and those who did something with a post."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.metrics import missing
from socialconnect.testing.emulators.twitter.query import Asked, Query
from socialconnect.testing.emulators.twitter.reads import Reads
from socialconnect.testing.emulators.twitter.state import State, User
from socialconnect.testing.emulators.twitter.timelines import page_of
from socialconnect.testing.emulators.twitter.views import View, envelope, post_view, user_view
from socialconnect.transport.request import Response

__all__ = ["Users"]

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")


class Users:
    """
    The endpoints that give users.

    Args:
        state: Where they are.
        reads: How a request's parameters are read.
        ledger: What reads are charged to.
    """

    def __init__(self, state: State, reads: Reads, ledger: Ledger) -> None:
        self._state = state
        self._reads = reads
        self._ledger = ledger

    def me(self, call: Call) -> Response:
        """`GET /2/users/me`."""
        asked = self._reads.query(call).users()
        return self._one(call, self._state.users[call.user_id], asked)

    def by_id(self, call: Call) -> Response:
        """`GET /2/users/:id`."""
        query = self._reads.query(call)
        asked, user_id = query.users(), call.captures["id"]
        query.check_id("id", user_id)
        user = self._state.users.get(user_id)
        if user is None:
            return json_response(200, {"errors": [missing(asked, "user", user_id, "id")]})
        return self._one(call, user, asked)

    def by_ids(self, call: Call) -> Response:
        """`GET /2/users`."""
        query = self._reads.query(call)
        asked = query.users("ids")
        ids = query.required_list("ids", 100)
        return self._several(call, {one: self._state.users.get(one) for one in ids}, asked, "ids")

    def by_handle(self, call: Call) -> Response:
        """`GET /2/users/by/username/:username`."""
        query = self._reads.query(call)
        asked, name = query.users(), call.captures["username"]
        if not _HANDLE.fullmatch(name):
            told = f"The `username` query parameter value [{name}] does not match ^[A-Za-z0-9_]{{1,15}}$"
            raise query.bad("username", [name], told)
        user = self._state.user_named(name)
        if user is None:
            return json_response(200, {"errors": [missing(asked, "user", name, "username")]})
        return self._one(call, user, asked)

    def by_handles(self, call: Call) -> Response:
        """`GET /2/users/by`."""
        query = self._reads.query(call)
        asked = query.users("usernames")
        names = query.required_list("usernames", 100, pattern=_HANDLE)
        return self._several(call, {one: self._state.user_named(one) for one in names}, asked, "usernames")

    def liking(self, call: Call) -> Response:
        """`GET /2/tweets/:id/liking_users`."""
        query = self._reads.query(call)
        asked, post_id = query.users("max_results", "pagination_token"), call.captures["id"]
        found = [one.id for one in self._state.users.values() if post_id in one.liked]
        return self._listed(call, query, asked, found)

    def reposting(self, call: Call) -> Response:
        """`GET /2/tweets/:id/retweeted_by`."""
        query = self._reads.query(call)
        asked, post_id = query.users("max_results", "pagination_token"), call.captures["id"]
        found = [one.author_id for one in self._state.tweets.values() if one.reposts == post_id and not one.deleted]
        return self._listed(call, query, asked, found)

    def followers(self, call: Call) -> Response:
        """`GET /2/users/:id/followers`."""
        query = self._reads.query(call)
        asked, user_id = query.users("max_results", "pagination_token"), call.captures["id"]
        found = [one.id for one in self._state.users.values() if user_id in one.following]
        return self._listed(call, query, asked, found, most=1000)

    def following(self, call: Call) -> Response:
        """`GET /2/users/:id/following`."""
        query = self._reads.query(call)
        asked = query.users("max_results", "pagination_token")
        user = self._state.users.get(call.captures["id"])
        return self._listed(call, query, asked, sorted(user.following if user else ()), most=1000)

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _one(self, call: Call, user: User, asked: Asked) -> Response:
        return json_response(200, envelope(self._view(call, user, asked), includes=self._includes([user], asked)))

    def _several(self, call: Call, users: dict[str, User | None], asked: Asked, parameter: str) -> Response:
        found = [one for one in users.values() if one]
        data: list[JsonValue] = [self._view(call, one, asked) for one in found]
        errors: list[JsonValue] = [missing(asked, "user", key, parameter) for key, one in users.items() if one is None]
        return json_response(200, envelope(data, includes=self._includes(found, asked), errors=errors))

    def _listed(self, call: Call, query: Query, asked: Asked, ids: list[str], *, most: int = 100) -> Response:
        page, meta = page_of(query, ids, most=most)
        users = [self._state.users[one] for one in page]
        data: list[JsonValue] = [self._view(call, one, asked) for one in users]
        return json_response(200, envelope(data, includes=self._includes(users, asked), meta=meta))

    def _view(self, call: Call, user: User, asked: Asked) -> JsonValue:
        self._ledger.charge_reads("user_read", [user.id])
        viewer = call.grant.user_id
        may_see_email = call.grant.scheme == "oauth1" or "users.email" in call.grant.scopes
        shown = user_view(user, self._state, asked, viewer)
        if not may_see_email:
            shown.pop("confirmed_email", None)
        return shown

    def _includes(self, users: Sequence[User], asked: Asked) -> View:
        wanted: list[str] = []
        for user in users:
            own = [one for one in self._state.tweets.values() if one.author_id == user.id and not one.deleted]
            if asked.names.pinned in asked.expansions and user.pinned:
                wanted.append(user.pinned)
            if asked.names.latest in asked.expansions and own:
                wanted.append(max(own, key=lambda one: int(one.id)).id)
        posts = [tweet for one in dict.fromkeys(wanted) if (tweet := self._state.live(one))]
        return {asked.names.includes: [post_view(one, self._state, asked) for one in posts]} if posts else {}
