"""A network whose posts can be read back, with reads that lag, for the tests of reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.errors import DuplicatePost, OutcomeUnknown, SocialConnectError
from socialconnect.journal import Journal, post_id_of
from socialconnect.network import Network
from socialconnect.outbox import Outbox
from socialconnect.post import Post, PublishedPost
from socialconnect.testing import TestClock


class ReadableWall:
    """
    What people see, and what reads show of it.

    Args:
        clock: The clock.
        lose: For each coming request whether it takes effect; its answer is lost. Later ones are answered.
        lag: How long reads lag behind.
        full: How many posts of others stand above.
    """

    def __init__(
        self,
        clock: TestClock,
        *,
        lose: Sequence[bool] = (),
        lag: timedelta = timedelta(0),
        full: int = 0,
    ) -> None:
        self.clock, self.lose, self.lag, self.full = clock, list(lose), lag, full
        self.posts: list[PublishedPost] = []
        self.reads = 0
        self.requests = 0
        self.trouble: list[SocialConnectError] = []
        self.read_trouble: list[SocialConnectError] = []
        self.duplicates = False
        self.sent: dict[str, str] = {}
        self.rewrite: Callable[[str], str] = str

    def put(self, text: str, *, at: datetime | None = None, account: str = "a") -> PublishedPost:
        """Let something stand on the wall."""
        made = PublishedPost(
            network="readable",
            account=account,
            id=f"post-{len(self.posts) + 1}",
            text=self.rewrite(text),
            created_at=at or self.clock.now(),
            media_count=0,
        )
        self.posts.append(made)
        self.sent[text] = made.id
        return made

    @property
    def texts(self) -> list[str | None]:
        """What stands there."""
        return [one.text for one in self.posts]


class ReadableAdapter(Adapter):
    """Publishes a post and its thread, one visible step each."""

    network = "readable"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://readable.example"}

    def __init__(self, wall: ReadableWall, account: str = "a") -> None:
        super().__init__(account=account)
        self._wall = wall

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(read_back=True, threads=True)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        ids = []
        for index, part in enumerate((post, *post.thread)):
            name = "publish" if index == 0 else f"thread[{index - 1}]"
            ids.append(post_id_of(await journal.visible(name, lambda part=part: self._make(part))))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        return PublishedPost(network=self.network, account=self.account, id=ids[0], text=post.text)

    async def _make(self, post: Post) -> JsonValue:
        wall = self._wall
        wall.requests += 1
        if wall.trouble:
            raise wall.trouble.pop(0)
        if wall.duplicates and post.text in wall.sent:
            raise DuplicatePost("posted already", existing=wall.sent[post.text])
        if not wall.lose:
            return wall.put(post.text, account=self.account).id
        if wall.lose.pop(0):
            wall.put(post.text, account=self.account)
        raise OutcomeUnknown("lost")

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        wall = self._wall
        wall.reads += 1
        if wall.read_trouble:
            raise wall.read_trouble.pop(0)
        shown = [one for one in wall.posts if one.created_at and one.created_at <= wall.clock.now() - wall.lag]
        others = [
            PublishedPost(network=self.network, account=self.account, id=f"other-{index}", text="of somebody else")
            for index in range(wall.full)
        ]
        return [*others, *reversed([one for one in shown if since is None or (one.created_at or since) >= since])][
            :limit
        ]


def readable(wall: ReadableWall, outbox: Outbox, clock: TestClock, account: str = "a") -> Network:
    """Make a network on the wall, attached to the outbox."""
    return Network.from_adapter(ReadableAdapter(wall, account), token="t", clock=clock, outbox=outbox)
