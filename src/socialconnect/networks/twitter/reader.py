"""Reading: who the account is, and its posts."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Self, TypeVar

from socialconnect.adapter import Adapter
from socialconnect.errors import NotFound, Problem, RejectedError, ValidationError
from socialconnect.networks.twitter.errors import partial_error
from socialconnect.networks.twitter.limits import PAGE, POST_ID
from socialconnect.networks.twitter.parsing import published
from socialconnect.networks.twitter.wire import Me, Timeline
from socialconnect.post import PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["Reader", "check_id"]

T = TypeVar("T")

_OTHER_NAME = {"tweet.fields": "post.fields", "post.fields": "tweet.fields"}

# In the newer vocabulary the parent has no field of its own: it comes by expanding it.
_PARENTS = {
    "tweet.fields": {"tweet.fields": "referenced_tweets"},
    "post.fields": {"expansions": "referenced_posts"},
}
_NOTES = {"tweet.fields": "note_tweet", "post.fields": "note_post"}
# Values that both vocabularies take, so that the name alone has to be changed.
_TIMELINE_FIELDS = "attachments,created_at,entities"


class Reader:
    """
    What an account reads.

    Args:
        adapter: The adapter that it speaks through.
        user_id: The user's id, if it is known.
        fields_parameter: Which name of the fields parameter is tried first.
        long_posts: Whether the account writes long posts, whose whole text has to be asked for.
    """

    def __init__(
        self, adapter: Adapter, user_id: str | None, fields_parameter: str, *, long_posts: bool = False
    ) -> None:
        self._adapter = adapter
        self._user_id = user_id
        self._fields_parameter = fields_parameter
        self._long_posts = long_posts

    def bind(self, adapter: Adapter) -> Self:
        """Give a copy that speaks through this adapter."""
        bound = copy.copy(self)
        bound._adapter = adapter
        return bound

    @property
    def knows_user(self) -> bool:
        """Whether the user's id is known, so that asking for it costs nothing more."""
        return self._user_id is not None

    async def user_id(self) -> str:
        """Give the user's id: asked for once, and only if it was not given."""
        if self._user_id is None:
            url = self._adapter.url("api", "/2/users/me")
            request = Request("GET", url, Effect.READ, limit_key="GET /2/users/me")
            self._user_id = await self._adapter.wire.call(request, _me)
        return self._user_id

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first."""
        path = f"/2/users/{await self.user_id()}/tweets"
        query = {"exclude": "retweets", "max_results": str(min(max(limit, PAGE[0]), PAGE[1]))}
        if since is not None:
            query["start_time"] = _stamp(since)
        found: list[PublishedPost] = []
        while len(found) < limit:
            page = await self.get(path, "/2/users/:id/tweets", query, _TIMELINE_FIELDS, _timeline, self._more)
            posts = [
                published(tweet, network=self._adapter.network, account=self._adapter.account) for tweet in page.data
            ]
            # `start_time` knows no fractions of a second.
            found += [post for post in posts if since is None or post.created_at is None or post.created_at >= since]
            if page.meta is None or page.meta.next_token is None:
                break
            query["pagination_token"] = page.meta.next_token
        return found[:limit]

    def _more(self, parameter: str) -> Mapping[str, str]:
        """Give what is asked for in one vocabulary only: the parent, and the whole of a long post."""
        more = dict(_PARENTS[parameter])
        if self._long_posts:
            more[parameter] = ",".join(one for one in (more.get(parameter), _NOTES[parameter]) if one)
        return more

    async def get(
        self,
        path: str,
        limit_path: str,
        query: Mapping[str, str],
        fields: str,
        parse: Callable[[Response], T],
        more: Callable[[str], Mapping[str, str]] | None = None,
    ) -> T:
        """
        Read, by the other name of the fields parameter if Twitter does not know the first.

        Args:
            path: The path.
            limit_path: The same, as its rate limit is called.
            query: The parameters besides.
            fields: The fields of posts; values that both vocabularies take.
            parse: Reads the answer.
            more: What is asked for besides, by the parameter's name; the last attempt goes without it.
        """
        name, other = self._fields_parameter, _OTHER_NAME[self._fields_parameter]
        nothing: Mapping[str, str] = {}
        attempts = [(name, nothing), (other, nothing)]
        if more is not None:
            attempts = [(name, more(name)), (other, more(other)), (name, nothing)]
        for last, (parameter, further) in enumerate(attempts, start=1):
            asked = {**query, **further, parameter: ",".join(one for one in (fields, further.get(parameter)) if one)}
            url = self._adapter.url("api", path)
            request = Request("GET", url, Effect.READ, query=asked, limit_key=f"GET {limit_path}")
            try:
                answer = await self._adapter.wire.call(request, parse)
            except RejectedError as error:
                about_this = error.status == 400 and any(one in error.message for one in (parameter, *further))
                if last == len(attempts) or not about_this:
                    raise
            else:
                self._fields_parameter = parameter
                return answer
        raise AssertionError  # the last attempt gives or raises


def check_id(post_id: str) -> None:
    """
    Refuse what cannot be a post's id: it would become part of an address, or cost a whole batch.

    Raises:
        ValidationError: It is none.
    """
    if re.fullmatch(POST_ID, post_id) is None:
        message = "a post's id on Twitter has 1 to 19 digits"
        raise ValidationError(
            [Problem(field="ref", rule="post_id", message=message, actual=post_id, network="twitter")]
        )


def _me(response: Response) -> str:
    answer = response.into(Me)
    if answer.data is not None:
        return answer.data.id
    raise partial_error(answer.errors[0]) if answer.errors else NotFound("Twitter does not say whose token this is.")


def _timeline(response: Response) -> Timeline:
    answer = response.into(Timeline)
    if answer.meta is None and not answer.data:
        # A timeline without posts says so in its `meta`. This one was not shown, which is not the same.
        if answer.errors:
            raise partial_error(answer.errors[0])
        raise ValueError("a timeline has data or meta")
    return answer


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
