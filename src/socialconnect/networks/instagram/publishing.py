"""
Publishing a container, and finding out what became of it where the answer does not say.

A container is published once. So its own state tells whether the post is live; which post it became is told by what the
account's recent media have in common with it, and only if a single one does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from socialconnect.errors import DuplicatePost, MediaNotReady, OutcomeUnknown, PolicyBlocked, SocialConnectError
from socialconnect.networks.instagram import content, limits
from socialconnect.networks.instagram.containers import DEAD, PUBLISHED, Prepared, failed, status_of
from socialconnect.networks.instagram.wire import Media, MediaList
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Created
from socialconnect.post import Post
from socialconnect.transport.request import Effect

__all__ = ["MEDIA_FIELDS", "GoneLive", "Publishing"]

GoneLive = deque[tuple[str, str]]
"""The containers that went live of late, each with the id of the post that it became."""

MEDIA_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp,children{id}"
"""What is read of each post."""

_LOOK_BACK = "50"
"""How many recent posts are searched for one whose id is not known."""

_SETTLE = "Look at the account's recent posts, and settle which of them it is; do not send it again."
_ANEW = "Look at the account's recent posts: settle which of them it is, or, if it is not there, publish it anew."


@dataclass(frozen=True)
class Publishing:
    """
    The publish of one container.

    Args:
        adapter: The account.
        post: The post that it holds.
        prepared: The container.
        gone_live: Which other posts are known to have been other containers; what this one became is added.
        reads_captions: Whether Instagram gives captions back to this login.
    """

    adapter: GraphAdapter
    post: Post
    prepared: Prepared
    gone_live: GoneLive
    reads_captions: bool

    async def go_live(self) -> str:
        """
        Publish the container and give the post's id.

        Raises:
            OutcomeUnknown: It may be live, or it is and its id is not known; the error says which.
            SocialConnectError: Instagram refused, and nothing was posted.
        """
        if self.prepared.published is None:
            what = f"Instagram knows container {self.prepared.container} no more"
            raise OutcomeUnknown(f"{what}: whether an earlier attempt has published it is not known.", hint=_ANEW)
        media_id = await (self._id_of_live(self.prepared.made_after) if self.prepared.published else self._send())
        self.gone_live.append((self.prepared.container, media_id))
        return media_id

    async def _send(self) -> str:
        asked = self.adapter.wire.clock.now()
        try:
            return (await self._publish()).id
        except OutcomeUnknown as error:
            return await self._settled(error, asked)
        except DuplicatePost as error:  # it went live before
            return await self._settled(error, self.prepared.made_after)

    async def _publish(self) -> Created:
        body: dict[str, JsonValue] = {"creation_id": self.prepared.container}
        edge = (self.adapter.account, "media_publish")
        for wait in limits.PUBLISH_WAITS:
            try:
                return await self.adapter.post(*edge, body=body, effect=Effect.VISIBLE, model=Created)
            except MediaNotReady:
                # A clear no: nothing was posted. Instagram gives it even after it called the container finished.
                await self.adapter.wire.sleep(wait)
        return await self.adapter.post(*edge, body=body, effect=Effect.VISIBLE, model=Created)

    async def _settled(self, error: OutcomeUnknown | DuplicatePost, since: datetime) -> str:
        """Find out what became of a publish whose answer was lost, or said something else than what happened."""
        seen = "could not be read"
        for wait in (0.0, *limits.LOOK_WAITS):
            if wait:
                await self.adapter.wire.sleep(wait)
            try:
                found = await status_of(self.adapter, self.prepared.container)
            except SocialConnectError:
                continue  # the question stays open: it is asked again, and in the end the first error counts
            if found.status_code == PUBLISHED:
                return await self._id_of_live(since)
            if found.status_code in DEAD:
                raise failed(found) from error
            seen = f"was {found.status_code} when it was looked at"
        # FINISHED is no no: Instagram does not say that a publish under way would show otherwise.
        error.may_have_happened = True
        if isinstance(error.__cause__, PolicyBlocked):
            error.hint = error.__cause__.hint
        error.message = f"{error.message} Container {self.prepared.container} {seen}."
        raise error

    async def _id_of_live(self, since: datetime) -> str:
        """Give the id of the post that the published container became; it did not go live before `since`."""
        known = dict(tuple(self.gone_live))
        if self.prepared.container in known:
            return known[self.prepared.container]
        alike: list[Media] = []
        for wait in (0.0, *limits.LOOK_WAITS):
            if wait:
                await self.adapter.wire.sleep(wait)
            try:
                alike = [one for one in await self._alike(since) if one.id not in known.values()]
            except SocialConnectError as error:
                raise self._live("the account's posts could not be read") from error
            if alike:
                break
        if len(alike) == 1:
            return alike[0].id
        raise self._live(f"{len(alike)} of the account's recent posts fit it" if alike else "no recent post fits it")

    def _live(self, why: str) -> OutcomeUnknown:
        what = f"The post is live (container {self.prepared.container} is published), and its id is not known"
        return OutcomeUnknown(f"{what}: {why}.", hint=_SETTLE)

    async def _alike(self, since: datetime) -> list[Media]:
        """Give the recent media that may be the post: by kind, number of media, caption and time."""
        kind = content.kind_of(self.post)
        query = {"fields": MEDIA_FIELDS, "limit": _LOOK_BACK}
        edge = "stories" if kind == "story" else "media"
        recent = await self.adapter.get(self.adapter.account, edge, query=query, model=MediaList)
        earliest = (since - limits.CLOCKS_APART).replace(microsecond=0)
        return [
            one
            for one in recent.data
            if one.timestamp is not None
            and one.timestamp >= earliest
            and content.fits(kind, one.media_type, one.media_product_type)
            and len(one.children.data) in (0, len(self.post.media))
            and self._same_caption(one)
        ]

    def _same_caption(self, media: Media) -> bool:
        if media.caption is None and not self.reads_captions:
            return True  # it cannot be told
        return (media.caption or "").split() == self.post.text.split()
