"""A network for the simulation: what it does with each request is rolled, and its reads lag behind its writes."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.errors import OutcomeUnknown, UnavailableError
from socialconnect.journal import Journal, post_id_of
from socialconnect.post import Post, PublishedPost

__all__ = ["SimulatedAdapter", "SimulatedNetwork"]

_LONGEST_LAG = 240.0
"""Seconds that reads lag behind at most: less than the looks take together, even where a clock cuts one gap short."""


@dataclass
class SimulatedNetwork:
    """
    What people see. It lives by the true time, whatever the machines' clocks say.

    Args:
        dice: Decides.
        truth: Gives the true time.
        troubles: What may go wrong: `lost`, `down`, `lag`.
    """

    dice: random.Random
    truth: Callable[[], datetime]
    troubles: set[str]
    posts: dict[str, list[PublishedPost]] = field(default_factory=dict[str, list[PublishedPost]])
    shown_at: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def strikes(self, trouble: str, share: float) -> bool:
        """Whether a trouble strikes now."""
        return trouble in self.troubles and self.dice.random() < share

    def put(self, account: str, text: str) -> str:
        """Let a post stand there."""
        made = PublishedPost(
            network="simulated",
            account=account,
            id=f"post-{len(self.shown_at) + 1}",
            text=text,
            created_at=self.truth(),
            media_count=0,
        )
        lag = self.dice.random() * _LONGEST_LAG if self.strikes("lag", 0.5) else 0.0
        self.shown_at[made.id] = self.truth() + timedelta(seconds=lag)
        self.posts.setdefault(account, []).append(made)
        return made.id

    def texts(self) -> list[str]:
        """Give all that stands there."""
        return [one.text or "" for own in self.posts.values() for one in own]


class SimulatedAdapter(Adapter):
    """
    Uploads, then publishes.

    Args:
        network: The network.
        account: The account.
        switch: Lets others run, and time go by; raises if the process has been killed.
        tell: Notes what happens.
    """

    network = "simulated"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://simulated.example"}

    def __init__(
        self,
        network: SimulatedNetwork,
        account: str,
        switch: Callable[[], Awaitable[None]],
        tell: Callable[[str, str], None],
    ) -> None:
        super().__init__(account=account)
        self._network, self._switch, self._tell = network, switch, tell

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(read_back=True)

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        await journal.step("upload", self._upload, lives=timedelta(hours=24))
        made = post_id_of(await journal.visible("publish", lambda: self._publish(post)))
        return PublishedPost(network=self.network, account=self.account, id=made, text=post.text)

    async def _upload(self) -> JsonValue:
        await self._switch()
        if self._network.strikes("down", 0.05):
            raise UnavailableError("down")
        return "media"

    async def _publish(self, post: Post) -> JsonValue:
        await self._switch()
        if self._network.strikes("down", 0.05):
            raise UnavailableError("down")
        if self._network.strikes("lost", 0.04):
            self._tell(post.text, "lost before its effect")
            raise OutcomeUnknown("lost")
        made = self._network.put(self.account, post.text)
        self._tell(post.text, f"live as {made}")
        await self._switch()
        if self._network.strikes("lost", 0.08):
            self._tell(post.text, "lost after its effect")
            raise OutcomeUnknown("lost")
        return made

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        await self._switch()
        if self._network.strikes("down", 0.1):
            raise UnavailableError("down")
        own = reversed(self._network.posts.get(self.account, []))
        now = self._network.truth()
        shown = (one for one in own if self._network.shown_at[one.id] <= now)
        return [one for one in shown if since is None or (one.created_at or now) >= since][:limit]
