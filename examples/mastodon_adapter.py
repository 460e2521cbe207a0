"""
A third party's adapter: about 40 lines give a network both faces, with retry, gate, errors and outbox.

Run it: `python examples/mastodon_adapter.py`. It talks to a stand-in of four lines, not to a real server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import anyio
import httpx
from pydantic import BaseModel, JsonValue

from socialconnect import Adapter, AsyncNetwork, Effect, Network, Post, Problem, PublishedPost, Request, Response
from socialconnect.journal import Journal


class Status(BaseModel):
    """Mastodon's answer to a new post; what is not needed is not named."""

    id: str
    url: str


class MastodonAdapter(Adapter):
    """One account on a Mastodon server."""

    network: ClassVar[str] = "mastodon"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://mastodon.example"}

    def problems(self, post: Post) -> list[Problem]:
        """Say what the server would refuse."""
        if len(post.text) <= 500:
            return []
        message = f"the text has {len(post.text)} characters of 500"
        return [Problem(field="text", rule="max_length", message=message, network=self.network)]

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish; the journal records the one request that people see."""
        url = self.url("api", "/api/v1/statuses")
        request = Request("POST", url, Effect.VISIBLE, json={"status": post.text})

        async def send() -> JsonValue:
            return await self.wire.call(request, _created)

        created = Status.model_validate(await journal.visible("publish", send))
        return PublishedPost(network=self.network, account=self.account, id=created.id, url=created.url)


def _created(response: Response) -> JsonValue:
    status = response.into(Status)
    return {"id": status.id, "url": status.url}


def _server(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"id": "1", "url": "https://mastodon.example/@me/1"})


def main() -> None:
    """Publish blocking and async, from the one adapter."""
    transport = httpx.MockTransport(_server)
    with Network.from_adapter(
        MastodonAdapter(account="me"), token="secret", http_client=httpx.Client(transport=transport)
    ) as mastodon:
        print(mastodon.publish(Post("Hello")).url)
        print(mastodon.deprecation_status())

    async def also_async() -> None:
        async with AsyncNetwork.from_adapter(
            MastodonAdapter(account="me"), token="secret", http_client=httpx.AsyncClient(transport=transport)
        ) as network:
            print((await network.publish(Post("Hello again"))).url)

    anyio.run(also_async)


if __name__ == "__main__":
    main()
