"""A network whose posts can be read back, with reads that lag, for the tests of reconciliation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities, DoneSteps, Seen
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

    `lose_comments` is to comments what `lose` is to posts. What `ReadableAdapter.look_for` meets is said by `whole`,
    `pending_until` and `place_trouble`.
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
        self.comments: list[PublishedPost] = []
        self.lose_comments: list[bool] = []
        self.comments_sent = 0
        self.whole = True
        self.pending_until: datetime | None = None
        self.place_trouble: list[Exception] = []

    def comment(self, text: str, parent: str, *, id: str = "", account: str = "a") -> PublishedPost:
        """Let a comment stand below a post."""
        number = id or f"comment-{len(self.comments) + 1}"
        told = {"network": "readable", "account": account, "id": number, "text": text, "parent": parent}
        self.comments.append(PublishedPost.model_validate({**told, "created_at": self.clock.now()}))
        return self.comments[-1]

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
        return Capabilities(read_back=True, threads=True, first_comment=True)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        ids = []
        for index, part in enumerate((post, *post.thread)):
            name = "publish" if index == 0 else f"thread[{index - 1}]"
            ids.append(post_id_of(await journal.visible(name, lambda part=part: self._make(part))))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        comment = None
        if post.first_comment is not None:
            text = post.first_comment
            comment = post_id_of(await journal.visible("comment", lambda: self._comment(text, ids[0])))
        return PublishedPost(network=self.network, account=self.account, id=ids[0], text=post.text, comment=comment)

    async def _comment(self, text: str, parent: str) -> JsonValue:
        wall = self._wall
        wall.comments_sent += 1
        if not wall.lose_comments:
            return wall.comment(text, parent, account=self.account).id
        if wall.lose_comments.pop(0):
            wall.comment(text, parent, account=self.account)
        raise OutcomeUnknown("lost")

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


class PlacedAdapter(ReadableAdapter):
    """Shows the comments below each post."""

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        live = await done.recorded("publish") if step == "comment" else None
        if live is None:
            return None
        wall = self._wall
        wall.reads += 1
        if wall.place_trouble:
            raise wall.place_trouble.pop(0)
        if wall.pending_until is not None and wall.clock.now() < wall.pending_until:
            return Seen(pending=True)
        below = [one for one in wall.comments if (one.parent, one.text) == (post_id_of(live[0]), post.first_comment)]
        shown = [one for one in below if one.created_at and one.created_at <= wall.clock.now() - wall.lag]
        return Seen(shown[0]) if shown else Seen(whole=wall.whole)


def readable(
    wall: ReadableWall,
    outbox: Outbox,
    clock: TestClock,
    account: str = "a",
    *,
    kind: type[ReadableAdapter] | None = None,
) -> Network:
    """Make a network on the wall, attached to the outbox."""
    adapter = (kind or ReadableAdapter)(wall, account)
    return Network.from_adapter(adapter, token="t", clock=clock, outbox=outbox)
