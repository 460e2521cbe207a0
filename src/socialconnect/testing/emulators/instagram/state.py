"""What the Instagram emulator remembers: accounts, containers, media, and how the media perform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import missing

__all__ = ["Container", "ContainerStatus", "InstagramState", "Media", "MediaPerformance"]

CONTAINER_LIFE = timedelta(hours=24)
"""How long a container waits to be published (https://developers.facebook.com/docs/instagram-platform/content-publishing)."""
DAY = timedelta(hours=24)
"""The window of the quotas, which moves with the time."""

ContainerStatus = Literal["IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"]


@dataclass
class MediaPerformance:
    """
    How a medium performs. Every new one performs alike until a test says otherwise.

    Args:
        views: How often it was shown.
        reach: How many accounts saw it.
        likes: How many like it.
        comments: How many comments it has.
        shares: How often it was shared.
        saved: How often it was saved.
    """

    views: int = 128
    reach: int = 96
    likes: int = 8
    comments: int = 2
    shares: int = 3
    saved: int = 1


@dataclass
class Container:
    """
    What becomes a medium when it is published; nobody sees it until then.

    Args:
        id: Its id.
        account: The account that it belongs to.
        kind: `IMAGE` or `CAROUSEL`.
        created_at: When it was made.
        ready_at: From when it can be published; `None` for one that is never done.
        caption: Its text.
        image_url: The image's address.
        alt: The image's description.
        is_item: Whether it is for a carousel.
        children: A carousel's items.
        kept: Parameters that are kept and have no effect here, such as `collaborators`.
        failed: The subcode with which its processing fails.
        media: The id of the medium that it became.
    """

    id: str
    account: str
    kind: Literal["IMAGE", "CAROUSEL"]
    created_at: datetime
    ready_at: datetime | None
    caption: str = ""
    image_url: str = ""
    alt: str = ""
    is_item: bool = False
    children: tuple[str, ...] = ()
    kept: dict[str, str] = field(default_factory=dict[str, str])
    failed: int | None = None
    media: str | None = None

    def status(self, now: datetime) -> ContainerStatus:
        """Give its `status_code`."""
        if self.media is not None:
            return "PUBLISHED"
        if self.created_at + CONTAINER_LIFE <= now:
            return "EXPIRED"
        if self.ready_at is None or now < self.ready_at:
            return "IN_PROGRESS"
        return "FINISHED" if self.failed is None else "ERROR"


@dataclass
class Media:
    """
    One published medium.

    Args:
        id: Its id.
        ordinal: Its place among all media.
        account: The account.
        kind: `IMAGE` or `CAROUSEL_ALBUM`.
        created_at: When it went live.
        caption: Its text.
        media_url: The image's address.
        alt: The image's description.
        children: The ids of an album's media.
        album: The album that it is in.
        comments_enabled: Whether people may comment.
        performance: How it performs.
    """

    id: str
    ordinal: int
    account: str
    kind: Literal["IMAGE", "CAROUSEL_ALBUM"]
    created_at: datetime
    caption: str = ""
    media_url: str = ""
    alt: str = ""
    children: tuple[str, ...] = ()
    album: str | None = None
    comments_enabled: bool = True
    performance: MediaPerformance = field(default_factory=MediaPerformance)

    @property
    def shortcode(self) -> str:
        """The short name in its address."""
        return f"E{self.ordinal:09d}"

    @property
    def place(self) -> str:
        """Its place in lists, later ones greater."""
        return f"{self.created_at.timestamp():020.6f}:{self.ordinal:010}"


class InstagramState:
    """
    The accounts and everything of theirs.

    Args:
        accounts: The accounts.
        readable: Whether what was written at a time can be read at another.
    """

    def __init__(self, accounts: dict[str, EmulatedAccount], readable: Callable[[datetime, datetime], bool]) -> None:
        self.accounts = accounts
        self.readable = readable
        self.containers: dict[str, Container] = {}
        self.media: dict[str, Media] = {}
        self.published: list[tuple[str, datetime]] = []
        """Account and time of every publish, which the quota counts, whatever was deleted since."""
        self.failures: list[int] = []
        """The subcodes with which the next containers fail."""
        self._next_container = 17_990_000_000_000_001
        self._next_media = 18_000_000_000_000_001

    def add_container(self, container: Container) -> Container:
        """Keep a new container."""
        self.containers[container.id] = container
        return container

    def next_container_id(self) -> str:
        """Give a new container's id."""
        self._next_container += 1
        return str(self._next_container - 1)

    def publish(self, container: Container, now: datetime, album: str | None = None) -> Media:
        """Make a medium of a container."""
        id_, ordinal = str(self._next_media), self._next_media - 18_000_000_000_000_000
        self._next_media += 1
        media = Media(
            id=id_,
            ordinal=ordinal,
            account=container.account,
            kind="CAROUSEL_ALBUM" if container.kind == "CAROUSEL" else "IMAGE",
            created_at=now,
            caption=container.caption,
            media_url=container.image_url,
            alt=container.alt,
            album=album,
        )
        self.media[id_] = media
        container.media = id_
        media.children = tuple(self.publish(self.containers[one], now, id_).id for one in container.children)
        return media

    def account(self, id_: str, call: Call) -> EmulatedAccount:
        """
        Give the account of a call.

        Raises:
            GraphError: There is none, or it is not for this token.
        """
        if id_ == "me" and len(call.token.targets) == 1:
            id_ = next(iter(call.token.targets))
        if id_ not in self.accounts or id_ not in call.token.targets:
            raise missing(id_, call.method)
        return self.accounts[id_]

    def container(self, id_: str, call: Call) -> Container | None:
        """Give a container that the token may see, or `None`."""
        found = self.containers.get(id_)
        return found if found is not None and found.account in call.token.targets else None

    def medium(self, id_: str, call: Call) -> Media:
        """
        Give a medium that the token may see and that can be read by now.

        Raises:
            GraphError: There is none.
        """
        found = self.media.get(id_)
        if found is None or found.account not in call.token.targets:
            raise missing(id_, call.method)
        if call.method == "GET" and not self.readable(found.created_at, call.now):
            raise missing(id_, call.method)
        return found

    def live(self, account: str | None) -> list[Media]:
        """Give the media that people see in a profile, newest first; not those inside albums."""
        found = [one for one in self.media.values() if one.album is None and account in (None, one.account)]
        return sorted(found, key=lambda one: one.place, reverse=True)

    def used(self, account: str, since: datetime) -> int:
        """Count an account's publishes since a time."""
        return sum(who == account and at > since for who, at in self.published)
