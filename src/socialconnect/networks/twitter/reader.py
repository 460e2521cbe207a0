"""Reading: who the account is, its posts, and their numbers."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Self, TypeVar

from socialconnect.adapter import Adapter
from socialconnect.errors import (
    AuthError,
    LifecycleError,
    NotFound,
    Problem,
    RejectedError,
    SocialConnectError,
    ThrottleError,
    ValidationError,
)
from socialconnect.metrics import Metrics
from socialconnect.networks.twitter.errors import partial_error
from socialconnect.networks.twitter.limits import METRICS_BATCH, PAGE, POST_ID
from socialconnect.networks.twitter.parsing import metrics_of, published
from socialconnect.networks.twitter.wire import Me, Timeline, Tweets
from socialconnect.post import PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["Reader", "check_id"]

T = TypeVar("T")

_OTHER_NAME = {"tweet.fields": "post.fields", "post.fields": "tweet.fields"}

# Values that both vocabularies take, so that the name alone has to be changed.
_TIMELINE_FIELDS = "attachments,created_at,entities"
_METRICS_FIELDS = "public_metrics"


class Reader:
    """
    What an account reads.

    Args:
        adapter: The adapter that it speaks through.
        user_id: The user's id, if it is known.
        fields_parameter: Which name of the fields parameter is tried first.
    """

    def __init__(self, adapter: Adapter, user_id: str | None, fields_parameter: str) -> None:
        self._adapter = adapter
        self._user_id = user_id
        self._fields_parameter = fields_parameter

    def bind(self, adapter: Adapter) -> Self:
        """Give a copy that speaks through this adapter."""
        bound = copy.copy(self)
        bound._adapter = adapter
        return bound

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
            query["start_time"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found: list[PublishedPost] = []
        while len(found) < limit:
            page = await self._get(path, "/2/users/:id/tweets", query, _TIMELINE_FIELDS, _timeline)
            posts = [
                published(tweet, network=self._adapter.network, account=self._adapter.account) for tweet in page.data
            ]
            # `start_time` knows no fractions of a second.
            found += [post for post in posts if since is None or post.created_at is None or post.created_at >= since]
            if page.meta.next_token is None:
                break
            query["pagination_token"] = page.meta.next_token
        return found[:limit]

    async def metrics(self, post_ids: Sequence[str]) -> dict[str, Metrics | SocialConnectError]:
        """Give the public numbers; what happens to one batch costs no other's."""
        results: dict[str, Metrics | SocialConnectError] = {}
        good: list[str] = []
        for one in post_ids:
            try:
                check_id(one)
                good.append(one)
            except ValidationError as error:
                results[one] = error
        read = 0
        failed: SocialConnectError | None = None
        for start in range(0, len(good), METRICS_BATCH):
            batch = good[start : start + METRICS_BATCH]
            if isinstance(failed, AuthError | LifecycleError | ThrottleError):
                results.update(dict.fromkeys(batch, failed))  # the next request would meet the same
                continue
            try:
                results.update(await self._metrics(batch))
                read += 1
            except SocialConnectError as error:
                failed = error
                results.update(dict.fromkeys(batch, error))
        if failed is not None and read == 0:
            raise failed
        return results

    async def _metrics(self, batch: list[str]) -> dict[str, Metrics | SocialConnectError]:
        query = {"ids": ",".join(batch)}
        answer = await self._get("/2/tweets", "/2/tweets", query, _METRICS_FIELDS, _tweets)
        return metrics_of(answer, batch, self._adapter.wire.clock.now())

    async def _get(
        self, path: str, limit_path: str, query: Mapping[str, str], fields: str, parse: Callable[[Response], T]
    ) -> T:
        """Read, by the other name of the fields parameter if Twitter does not know the first."""
        name = self._fields_parameter

        def request(parameter: str) -> Request:
            asked = {**query, parameter: fields}
            url = self._adapter.url("api", path)
            return Request("GET", url, Effect.READ, query=asked, limit_key=f"GET {limit_path}")

        try:
            return await self._adapter.wire.call(request(name), parse)
        except RejectedError as error:
            if error.status != 400 or name not in error.message:
                raise
            answer = await self._adapter.wire.call(request(_OTHER_NAME[name]), parse)
        self._fields_parameter = _OTHER_NAME[name]
        return answer


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
    return response.into(Timeline)


def _tweets(response: Response) -> Tweets:
    return response.into(Tweets)
