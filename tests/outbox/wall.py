"""A network of two steps, small enough to see through: what the outbox's tests publish to."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.errors import OutcomeUnknown
from socialconnect.journal import Journal
from socialconnect.network import AsyncNetwork, Network
from socialconnect.outbox import AsyncOutbox, Outbox
from socialconnect.post import Post, PublishedPost
from socialconnect.testing import TestClock


class Wall:
    """
    What people see, and what the network answers.

    `troubles` are raised by the coming requests, one each: an `OutcomeUnknown` after its effect, others before it.
    """

    def __init__(self) -> None:
        self.posts: list[tuple[str, str]] = []
        self.uploads = 0
        self.upload_troubles: list[BaseException] = []
        self.troubles: list[BaseException] = []
        self.late_troubles: list[BaseException] = []
        self.before_answer: Callable[[], None] = lambda: None
        self.wait: Callable[[], Awaitable[None]] | None = None
        self._lock = threading.Lock()

    def texts(self, account: str = "a") -> list[str]:
        """Give the texts on one account's wall, in order."""
        return [text for owner, text in self.posts if owner == account]


class WallAdapter(Adapter):
    """Uploads, then publishes; one journal step each."""

    network = "wall"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://wall.example"}

    def __init__(self, wall: Wall, account: str = "a") -> None:
        super().__init__(account=account)
        self._wall = wall

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(media_from_file=True, media_from_url=True)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        await journal.step("upload", lambda: self._upload(), lives=timedelta(hours=24))
        answer = await journal.visible("publish", lambda: self._publish(post))
        if self._wall.late_troubles:
            raise self._wall.late_troubles.pop(0)
        return PublishedPost(network=self.network, account=self.account, id=str(answer), text=post.text)

    async def _upload(self) -> JsonValue:
        if self._wall.upload_troubles:
            raise self._wall.upload_troubles.pop(0)
        self._wall.uploads += 1
        return f"media-{self._wall.uploads}"

    async def _publish(self, post: Post) -> JsonValue:
        wall = self._wall
        trouble = wall.troubles.pop(0) if wall.troubles else None
        if trouble is not None and not isinstance(trouble, OutcomeUnknown):
            raise trouble
        with wall._lock:
            wall.posts.append((self.account, post.text))
            number = len(wall.posts)
        wall.before_answer()
        if wall.wait is not None:
            await wall.wait()
        if trouble is not None:
            raise trouble
        return f"post-{number}"


class SilentAdapter(WallAdapter):
    """Does not tell the journal what is visible."""

    network = "silent"

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        answer = await self._publish(post)
        return PublishedPost(network=self.network, account=self.account, id=str(answer))


def network(wall: Wall, outbox: Outbox, clock: TestClock, account: str = "a") -> Network:
    """Make a blocking network on the wall, attached to the outbox."""
    return Network.from_adapter(WallAdapter(wall, account), token="secret-token", clock=clock, outbox=outbox)


def async_network(wall: Wall, outbox: AsyncOutbox, clock: TestClock, account: str = "a") -> AsyncNetwork:
    """Make an async network on the wall, attached to the outbox."""
    return AsyncNetwork.from_adapter(WallAdapter(wall, account), token="secret-token", clock=clock, outbox=outbox)
