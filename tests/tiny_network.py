"""A network of two requests, for the tests of the engine: an upload that nobody sees, and the post."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Unpack, cast

import httpx
from pydantic import JsonValue

from socialconnect import Adapter, Capabilities, CostEstimate, CostItem, Journal, Post, PublishedPost, RateWindow, Rule
from socialconnect.async_network import AsyncNetwork
from socialconnect.errors import ApiPaywalled, DuplicatePost, Problem, RateLimited, TokenExpired
from socialconnect.face import AsyncSettings, Settings
from socialconnect.metrics import Metrics
from socialconnect.network import Network
from socialconnect.refusal import Refusal
from socialconnect.testing.clock import TestClock
from socialconnect.transport.request import Effect, Request, Response
from socialconnect.transport.retry import RetryPolicy

TOKEN = "tiny-token-0123456789"
Handler = Callable[[httpx.Request], httpx.Response]


class TinyAdapter(Adapter):
    network = "tiny"
    hosts = {"api": "https://api.tiny.example", "files": "https://files.tiny.example"}  # noqa: RUF012  # as adapters do
    rules = (
        Rule(TokenExpired, status=401, code="expired"),
        Rule(RateLimited, status=429),
        Rule(ApiPaywalled, status=402),
        Rule(DuplicatePost, status=409, code="duplicate"),
    )

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(media_from_file=True, read_back=True)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        if post.media:
            await journal.step("upload", lambda: self._call("POST", "/upload", Effect.PREPARE))
        made = await journal.visible("publish", lambda: self._call("POST", "/posts", Effect.VISIBLE, post.text))
        return PublishedPost(network=self.network, account=self.account, id=made)

    async def fetch_metrics(  # type: ignore[override]  # a subset
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics]:
        await self._call("GET", "/metrics", Effect.READ)
        return {one: Metrics(post=one, fetched_at=self.wire.clock.now(), views=1) for one in post_ids}

    async def _call(self, method: str, path: str, effect: Effect, text: str | None = None) -> str:
        request = Request(
            method, self.url("api", path), effect, json=None if text is None else {"text": text}, limit_key=path
        )
        return await self.wire.call(request, _made_id)

    def problems(self, post: Post) -> list[Problem]:
        if len(post.text) <= 20:
            return []
        return [Problem(field="text", rule="max_length", message="too long", limit=20, actual=len(post.text))]

    def cost(self, post: Post) -> CostEstimate:
        item = CostItem(what="post", units=1, low=Decimal(1), high=Decimal(2))
        return CostEstimate(network=self.network, operation="publish", priced=True, items=(item,))

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        told = cast("dict[str, JsonValue]", response.json())  # a list or a text fails here, as in any adapter
        wait = response.headers.get("retry-after")
        return Refusal(
            response.status,
            code=str(told.get("code", "")) or None,
            message=str(told.get("message", "")),
            retry_after=None if wait is None else float(wait),
        )

    def rate_windows(self, request: Request, response: Response) -> Iterable[RateWindow]:
        left = response.headers.get("x-left")
        if left is not None:
            yield RateWindow(
                name="window",
                limit_key=request.limit_key,
                remaining=int(left),
                resets_at=self.wire.clock.now().replace(minute=30, second=0),
            )


def _made_id(response: Response) -> str:
    told = response.json()
    return str(told["id"])  # type: ignore[index, call-overload]  # what is not of the shape is to fail


def tiny(handler: Handler, **more: Unpack[Settings]) -> Network:
    """Make a blocking tiny network whose requests `handler` answers."""
    client = httpx.Client(transport=httpx.MockTransport(handler))
    shared: Settings = {"clock": TestClock(), "retry": RetryPolicy(attempts=3), "http_client": client, **more}
    return Network.from_adapter(TinyAdapter(account="1"), token=TOKEN, **shared)


def async_tiny(client: httpx.AsyncClient, **more: Unpack[AsyncSettings]) -> AsyncNetwork:
    """Make an async tiny network that sends by this client."""
    shared: AsyncSettings = {"clock": TestClock(), "retry": RetryPolicy(attempts=3), "http_client": client, **more}
    return AsyncNetwork.from_adapter(TinyAdapter(account="1"), token=TOKEN, **shared)


class Script:
    """Answers in order; the last one stands for all that follow. An exception is raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        # A copy: a client wraps what it is given in its own kind of stream.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    @property
    def paths(self) -> list[str]:
        return [one.url.path for one in self.requests]


def ok(**headers: str) -> httpx.Response:
    """Give the answer of a post that is made."""
    return httpx.Response(200, json={"id": "77"}, headers=headers)


def refused(status: int, code: str = "", message: str = "no", **headers: str) -> httpx.Response:
    """Give a refusal in the tiny network's shape."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"code": code, "message": message}, headers=named)
