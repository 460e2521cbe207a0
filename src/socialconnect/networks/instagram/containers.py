"""
Making containers, filling them, and waiting until Instagram has processed them.

Each is a step of the journal, so that a restart goes on with what lives. The container that is to be published is kept
for ever, however short it lives: only by its id can be told later on whether an earlier attempt has published it. One
that is found dead is made anew, under another name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.errors import MediaNotReady, MediaRejected, NotFound, SocialConnectError
from socialconnect.journal import Journal, post_id_of
from socialconnect.networks.instagram import content, limits, quota
from socialconnect.networks.instagram.content import Specification
from socialconnect.networks.instagram.errors import RULES
from socialconnect.networks.instagram.uploads import send_film
from socialconnect.networks.instagram.wire import ContainerStatus
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Created
from socialconnect.post import Post
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.request import Effect

__all__ = ["DEAD", "FINISHED", "PUBLISHED", "Prepared", "Workshop", "failed", "status_of"]

FINISHED, PUBLISHED = "FINISHED", "PUBLISHED"
DEAD = ("ERROR", "EXPIRED")
# Our own word, for the record: Instagram has none for a container that it does not know.
_MISSING = "MISSING"

# A failed container names the publishing error only in its text.
_ERROR_CODE = re.compile(r"\b(2207\d{3})\b")
_FAILED = Rule(MediaRejected, hint="Check the media, and that its address is public; then publish again.")


@dataclass(frozen=True)
class Prepared:
    """
    A container that can be published.

    Args:
        container: Its id.
        made_after: A moment before which it was not made.
        published: Whether an earlier attempt has published it; `None` if Instagram knows it no more.
    """

    container: str
    made_after: datetime
    published: bool | None


class _FoundDead(Exception):
    """The container died before this attempt."""


@dataclass
class Workshop:
    """
    Makes what one post needs.

    Args:
        adapter: The account.
        post: The post.
        journal: The steps done so far.
    """

    adapter: GraphAdapter
    post: Post
    journal: Journal
    _may_publish: bool = field(default=False, init=False)
    _made_now: set[str] = field(default_factory=set[str], init=False)

    async def prepare(self) -> Prepared:
        """
        Give the container to publish, made and processed.

        Raises:
            QuotaExceeded: The account may not publish now.
            MediaNotReady: Instagram is still at it; the next attempt goes on with the same container.
            MediaRejected: Instagram could not process the media.
        """
        generation = 1
        while True:
            name = "" if generation == 1 else f" ({generation})"
            try:
                return await self._generation(name)
            except _FoundDead:
                generation += 1

    async def _generation(self, name: str) -> Prepared:
        whole, told = f"container{name}", self.post
        if content.kind_of(told) != "carousel":
            return await self._state(*await self._container(whole, content.single(told)))

        async def make() -> JsonValue:
            return await self._make(content.carousel(told, await self._items(name)))

        # The items are steps within the carousel's: once it is made, they matter no more.
        result = await self.journal.step(whole, make)
        return await self._state(post_id_of(result), self._made_after(result))

    async def _items(self, name: str) -> list[str]:
        made: list[tuple[str, datetime, Specification]] = []
        for index, item in enumerate(content.items(self.post)):
            made.append((*await self._container(f"item[{index}]{name}", item, lives=limits.CONTAINER_LIVES), item))
        for container, made_after, item in made:
            if item.moving:  # an image is ready in seconds; a film that is not yet would sink the carousel
                await self._state(container, made_after, within=True)
        return [container for container, _, _ in made]

    async def _container(
        self, step: str, told: Specification, *, lives: timedelta | None = None
    ) -> tuple[str, datetime]:
        """Make a container, and send its film if it has one; gives its id, and a moment before it was made."""
        result = await self.journal.step(step, lambda: self._make(told), lives=lives)
        container, made_after, film = post_id_of(result), self._made_after(result), told.upload
        if film is not None:

            async def upload() -> JsonValue:
                if self.adapter.wire.clock.now() >= made_after + limits.CONTAINER_LIVES:
                    raise _FoundDead  # too old to be filled; one that was filled tells itself how it is
                await send_film(self.adapter, container, film, begun=container not in self._made_now)
                return True

            await self.journal.step(f"upload {container}", upload)
        return container, made_after

    async def _make(self, told: Specification) -> JsonValue:
        if not self._may_publish:
            await quota.require(self.adapter)
            self._may_publish = True
        began = self.adapter.wire.clock.now()
        made = await self._create(told)
        self._made_now.add(made.id)
        return {"id": made.id, "made_after": began.isoformat()}

    async def _create(self, told: Specification) -> Created:
        adapter = self.adapter
        for wait in limits.PUBLISH_WAITS:
            try:
                return await adapter.post(
                    adapter.account, "media", body=told.body, effect=Effect.PREPARE, model=Created
                )
            except MediaNotReady:  # an item of a carousel
                await adapter.wire.sleep(wait)
        return await adapter.post(adapter.account, "media", body=told.body, effect=Effect.PREPARE, model=Created)

    def _made_after(self, result: JsonValue) -> datetime:
        told = result.get("made_after") if isinstance(result, dict) else None
        if isinstance(told, str):
            return datetime.fromisoformat(told)
        return self.adapter.wire.clock.now() - limits.CONTAINER_LIVES

    async def _state(self, container: str, made_after: datetime, *, within: bool = False) -> Prepared:
        """
        Wait until a container is processed. What it came to is a step, so that a dead one is not met again.

        Args:
            container: The container.
            made_after: A moment before which it was not made.
            within: Whether it is a carousel's item, which is never published by itself.

        Raises:
            _FoundDead: It died before this attempt.
            SocialConnectError: It died in this attempt, or Instagram does not know it.
        """
        seen: list[ContainerStatus] = []

        async def wait() -> JsonValue:
            seen.append(await self._settled(container))
            return seen[0].model_dump(mode="json")

        found = ContainerStatus.model_validate(await self.journal.step(f"state {container}", wait))
        if not seen and not within and found.status_code == FINISHED:
            # It may have been published since, or have died. To be missing says neither.
            found = await self._settled(container)
            if found.status_code == _MISSING:
                return Prepared(container, made_after, None)
        if found.status_code in (FINISHED, PUBLISHED):
            return Prepared(container, made_after, found.status_code == PUBLISHED)
        if seen and (found.status_code != "EXPIRED" or container in self._made_now):
            raise failed(found)
        raise _FoundDead

    async def _settled(self, container: str) -> ContainerStatus:
        waited, wait = 0.0, limits.FIRST_WAIT
        while True:
            try:
                found = await status_of(self.adapter, container)
            except NotFound as error:
                return ContainerStatus(status_code=_MISSING, status=error.message)
            if found.status_code in (FINISHED, PUBLISHED, *DEAD):
                return found
            if waited >= limits.READY_WITHIN:
                raise MediaNotReady(
                    f"Instagram has not processed the media after {waited:.0f} seconds ({found.status_code}).",
                    hint="Nothing was posted. Publish again later: with progress= it goes on with the same container.",
                    retry_after=limits.LONGEST_WAIT,
                )
            await self.adapter.wire.sleep(wait)
            waited, wait = waited + wait, min(2 * wait, limits.LONGEST_WAIT)


async def status_of(adapter: GraphAdapter, container: str) -> ContainerStatus:
    """Read how far a container is. One that is there was seen to be called missing: it is looked for twice."""
    query = {"fields": "status_code,status"}
    try:
        return await adapter.get(container, query=query, model=ContainerStatus)
    except NotFound as error:
        if error.code != "100.33":
            raise
    await adapter.wire.sleep(limits.FIRST_WAIT)
    return await adapter.get(container, query=query, model=ContainerStatus)


def failed(found: ContainerStatus) -> SocialConnectError:
    """Give the error of a container that can never be published, with Instagram's own text."""
    if found.status_code == _MISSING:
        return NotFound(found.status, hint="Instagram does not know the prepared media any more: publish again.")
    if found.status_code == "EXPIRED":
        told = f" ({found.status})" if found.status else ""
        return MediaRejected(f"The prepared media is older than a day{told}.", hint="Publish again.")
    code = _ERROR_CODE.search(found.status)
    message = found.status or "Instagram could not process the media."
    refusal = Refusal(status=200, subcode=code[1] if code else None, message=message)
    return to_error(refusal, (*RULES, _FAILED), answer=found.status)
