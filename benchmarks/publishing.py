"""What the library adds to the hand-written call: one blocking publish, and a thousand async ones at once."""

from __future__ import annotations

import asyncio
import json

import httpx

from benchmarks.measure import Ratio, side_by_side
from socialconnect import AsyncTwitter, Post, Twitter

__all__ = ["blocking_publish", "thousand_at_once"]

_TEXT = "Our spring line is here."
_TOKEN = "benchmark-token"
_URL = "https://api.x.com/2/tweets"
_ANSWER = json.dumps({"data": {"id": "1993000000000000101", "text": _TEXT}}).encode()
_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "content-length": str(len(_ANSWER)),
    "x-rate-limit-limit": "100",
    "x-rate-limit-remaining": "99",
    "x-rate-limit-reset": "1795478400",
}


class _Network(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A network that answers at once: what remains is the cost of the two clients."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return httpx.Response(201, headers=_HEADERS, content=_ANSWER)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        await asyncio.sleep(0)
        return httpx.Response(201, headers=_HEADERS, content=_ANSWER)


def blocking_publish() -> Ratio:
    """Publish a text on Twitter, against `httpx.Client.post(...).json()` with the same body and header."""
    client = httpx.Client(transport=_Network())
    post = Post(_TEXT)
    with Twitter(token=_TOKEN, user_id="1", http_client=client) as twitter:
        ours, theirs = side_by_side(
            lambda: twitter.publish(post),
            lambda: client.post(_URL, json={"text": _TEXT}, headers={"Authorization": f"Bearer {_TOKEN}"}).json(),
            rounds=61,
            calls=100,
        )
    return Ratio("blocking publish", "httpx.Client.post().json()", ours * 1e6, theirs * 1e6, 1.05, "µs CPU")


def thousand_at_once() -> Ratio:
    """Publish 1,000 texts at once, against a bare `httpx.AsyncClient` with the same limits."""
    client = httpx.AsyncClient(transport=_Network())
    twitter = AsyncTwitter(token=_TOKEN, user_id="1", http_client=client)
    post = Post(_TEXT)

    async def ours() -> None:
        await asyncio.gather(*(twitter.publish(post) for _ in range(1000)))

    async def bare() -> None:
        headers = {"Authorization": f"Bearer {_TOKEN}"}
        (await client.post(_URL, json={"text": _TEXT}, headers=headers)).json()

    async def theirs() -> None:
        await asyncio.gather(*(bare() for _ in range(1000)))

    with asyncio.Runner() as runner:
        mine, base = side_by_side(lambda: runner.run(ours()), lambda: runner.run(theirs()), rounds=21, calls=1)
    return Ratio("1,000 async publishes at once", "httpx.AsyncClient.post", mine * 1e3, base * 1e3, 1.1, "ms CPU")
