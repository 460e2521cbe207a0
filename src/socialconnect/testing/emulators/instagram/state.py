"""What the Instagram emulator remembers: accounts, containers, media, comments, and what is planned in the app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from socialconnect.testing.emulators.base import EmulatedAccount
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import missing
from socialconnect.testing.emulators.instagram.hosted import HostedFiles
from socialconnect.testing.emulators.instagram.models import (
    CONTAINER_LIFE,
    STORY_LIFE,
    Comment,
    Container,
    ContainerStatus,
    Media,
    PlannedMedia,
    Profile,
)

__all__ = ["DAY", "InstagramState"]

DAY = timedelta(hours=24)
"""The window of the quotas, which moves with the time."""


class InstagramState:
    """
    The accounts and everything of theirs.

    Args:
        accounts: The accounts.
        readable: Whether what was written at a time can be read at another.
    """

    def __init__(self, accounts: dict[str, EmulatedAccount], readable: Callable[[datetime, datetime], bool]) -> None:
        self.accounts = accounts
        self.profiles = {id_: Profile() for id_ in accounts}
        self.readable = readable
        self.hosted = HostedFiles()
        self.containers: dict[str, Container] = {}
        self.media: dict[str, Media] = {}
        self.comments: dict[str, Comment] = {}
        self.planned: list[PlannedMedia] = []
        self.published: list[tuple[str, datetime]] = []
        """Account and time of every publish, which the quota counts, whatever was deleted since."""
        self.failures: list[int | None] = []
        """The subcodes with which the next containers fail; `None` for one that hangs."""
        self.interruptions: list[int] = []
        """After how many bytes the next uploads break off."""
        self._next_container = 17_990_000_000_000_001
        self._next_media = 18_000_000_000_000_001
        self._next_comment = 17_870_000_000_000_001

    # ── containers ────────────────────────────────────────────────────────────────────────────────────────────────

    def add_container(self, container: Container) -> Container:
        """Keep a new container."""
        self.containers[container.id] = container
        return container

    def next_container_id(self) -> str:
        """Give a new container's id."""
        self._next_container += 1
        return str(self._next_container - 1)

    def container(self, id_: str, call: Call) -> Container | None:
        """Give a container that the token may see, or `None`."""
        found = self.containers.get(id_)
        return found if found is not None and found.account in call.token.targets else None

    def status(self, container: Container, now: datetime) -> ContainerStatus:
        """Give a container's `status_code`: a carousel is done when its items are, and fails with one of them."""
        if container.media is not None:
            return "PUBLISHED"
        if container.created_at + CONTAINER_LIFE <= now:
            return "EXPIRED"
        inside = {self.status(self.containers[one], now) for one in container.children}
        if container.ready_at is None or now < container.ready_at or "IN_PROGRESS" in inside:
            return "IN_PROGRESS"
        return "FINISHED" if container.failed is None and "ERROR" not in inside else "ERROR"

    def failure(self, container: Container) -> int | None:
        """Give the subcode with which a container, or an item of it, fails."""
        inside = (self.failure(self.containers[one]) for one in container.children)
        return container.failed if container.failed is not None else next((one for one in inside if one), None)

    def used(self, account: str, since: datetime) -> int:
        """Count an account's publishes since a time."""
        return sum(who == account and at > since for who, at in self.published)

    def made(self, account: str, since: datetime) -> int:
        """Count an account's containers since a time."""
        return sum(one.account == account and one.created_at > since for one in self.containers.values())

    # ── media ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def publish(self, container: Container, now: datetime, album: str | None = None) -> Media:
        """Make a medium of a container."""
        id_, ordinal = str(self._next_media), self._next_media - 18_000_000_000_000_000
        self._next_media += 1
        media = Media(
            id=id_,
            ordinal=ordinal,
            account=container.account,
            kind=container.media_kind,
            product=container.product,
            created_at=now,
            caption=container.caption,
            media_url=container.address,
            alt=container.alt,
            album=album,
            kept=dict(container.kept),
        )
        self.media[id_] = media
        container.media = id_
        media.children = tuple(self.publish(self.containers[one], now, id_).id for one in container.children)
        return media

    def settle(self, now: datetime) -> None:
        """Publish what was planned in the app for a time that has come."""
        for one in [one for one in self.planned if one.at <= now]:
            self.planned.remove(one)
            container = Container(
                id=self.next_container_id(),
                account=one.account,
                kind="IMAGE",
                created_at=one.at,
                ready_at=one.at,
                caption=one.caption,
                address=one.media_url,
            )
            self.publish(container, one.at)

    def account(self, id_: str, call: Call) -> EmulatedAccount:
        """
        Give the account of a call.

        Raises:
            GraphError: There is none, or it is not for this token.
        """
        if id_ == "me":
            id_ = call.token.owner  # of a person's token by Facebook Login that is no account
        if id_ not in self.accounts or id_ not in call.token.targets:
            raise missing(id_, call.method)
        return self.accounts[id_]

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

    def remove(self, media: Media) -> None:
        """Delete a medium with what is in it and what was said about it."""
        for child in media.children:
            del self.media[child]
        del self.media[media.id]
        for one in [one for one in self.comments.values() if one.media == media.id]:
            del self.comments[one.id]

    def live(self, account: str | None) -> list[Media]:
        """Give the media of a profile, newest first; neither stories nor what is inside an album."""
        found = [
            one
            for one in self.media.values()
            if one.album is None and one.product != "STORY" and account in (None, one.account)
        ]
        return sorted(found, key=lambda one: one.place, reverse=True)

    def stories(self, account: str | None, now: datetime) -> list[Media]:
        """Give the stories that people see now, newest first."""
        found = [
            one
            for one in self.media.values()
            if one.product == "STORY" and account in (None, one.account) and now < one.created_at + STORY_LIFE
        ]
        return sorted(found, key=lambda one: one.place, reverse=True)

    # ── comments ──────────────────────────────────────────────────────────────────────────────────────────────────

    def add_comment(self, media: Media, text: str, username: str, now: datetime, parent: str | None = None) -> Comment:
        """Keep a new comment, or a reply to one."""
        id_, ordinal = str(self._next_comment), self._next_comment - 17_870_000_000_000_000
        self._next_comment += 1
        made = Comment(id_, ordinal, media.id, media.account, username, text, now, parent)
        self.comments[id_] = made
        return made

    def said_about(self, media: str, parent: str | None = None) -> list[Comment]:
        """Give the comments on a medium, or the replies to one of them, newest first."""
        found = [one for one in self.comments.values() if one.media == media and one.parent == parent]
        return sorted(found, key=lambda one: one.place, reverse=True)
