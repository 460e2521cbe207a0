"""Instagram professional accounts: what is said to the network for each operation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal
from urllib.parse import quote

from pydantic import JsonValue

from socialconnect.adapter import Capabilities
from socialconnect.cost import CostEstimate, QuotaUse
from socialconnect.errors import (
    ConfigurationError,
    DuplicatePost,
    MediaNotReady,
    MediaRejected,
    Problem,
    RejectedError,
    SocialConnectError,
)
from socialconnect.journal import Journal
from socialconnect.media import Image, Video
from socialconnect.metrics import Metrics
from socialconnect.networks.instagram import limits, metrics
from socialconnect.networks.instagram.errors import RULES
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.networks.instagram.wire import ContainerStatus, Media, MediaList, ProductType
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter, next_page, not_before
from socialconnect.networks.meta.wire import BatchItem, Created
from socialconnect.post import Post, PublishedPost
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.request import Effect

__all__ = ["InstagramAdapter", "InstagramLoginAdapter", "adapter_class"]

_PAGE_SIZE = 100
_MEDIA_FIELDS = "id,caption,media_type,media_product_type,permalink,timestamp,children{id}"
_LOOK_BACK = 25
"""How many recent posts are searched for one whose id is not known."""

# A failed container names the publishing error only in its text.
_ERROR_CODE = re.compile(r"\b(2207\d{3})\b")
_FAILED = Rule(MediaRejected, hint="Check the media, and that its address is public; then publish again.")


class InstagramAdapter(GraphAdapter):
    """One Instagram account that is reached by Facebook Login; see `GraphAdapter` for the arguments."""

    network: ClassVar[str] = "instagram"
    login: ClassVar[Literal["facebook", "instagram"]] = "facebook"
    """By which login the token was got: it decides the host, and what the account can do."""
    hosts: ClassVar[Mapping[str, str]] = {
        "graph": "https://graph.facebook.com",
        "upload": "https://rupload.facebook.com",
    }
    options = InstagramOptions
    rules = RULES
    use_case = "instagram"
    metric_levels = ("media_feed", "media_reels", "media_story")
    batched = True
    """Whether the host is known to take batches."""

    @property
    def capabilities(self) -> Capabilities:
        """What an account can do by itself: there are neither drafts nor plans."""
        return Capabilities(
            delete=self.login == "facebook",
            read_back=True,
            media_from_url=True,
            metrics_batch=insights.BATCH if self.batched else 1,
        )

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Make a container, wait until Instagram has processed it, publish it."""
        if len(post.media) == 1:
            told = {**_image(self, post.media[0]), **_shared(post)}
            container = await self._container("container", told, journal)
        else:
            container = await self._carousel(post, journal)

        async def wait() -> JsonValue:
            await self._until_finished(container, post)
            return True

        # A step: once the answer is on disk, an attempt that only has to read it must not meet its own live container.
        await journal.step(f"ready {container}", wait, lives=limits.CONTAINER_LIVES)

        async def act() -> JsonValue:
            return (await self._publish_container(container)).id

        media_id = str(await journal.visible("publish", act))
        return PublishedPost(
            network=self.network, account=self.account, id=media_id, text=post.text, media_count=len(post.media)
        )

    async def _carousel(self, post: Post, journal: Journal) -> str:
        items: list[str] = []
        for index, media in enumerate(post.media):
            told: dict[str, JsonValue] = {**_image(self, media), "is_carousel_item": True}
            items.append(await self._container(f"item[{index}]", told, journal))
        told = {"media_type": "CAROUSEL", "children": ",".join(items), **_shared(post)}
        return await self._container("container", told, journal)

    async def _container(self, step: str, told: Mapping[str, JsonValue], journal: Journal) -> str:
        async def act() -> JsonValue:
            return (await self.post(self.account, "media", body=told, effect=Effect.PREPARE, model=Created)).id

        return str(await journal.step(step, act, lives=limits.CONTAINER_LIVES))

    async def _until_finished(self, container: str, post: Post) -> None:
        """
        Wait until a container can be published.

        Raises:
            MediaNotReady: Instagram is still at it.
            MediaRejected: Instagram could not process the media, or the container is too old.
            DuplicatePost: It is published already: an earlier attempt was carried out.
        """
        waited, wait = 0.0, limits.FIRST_WAIT
        fields = {"fields": "status_code,status"}
        while True:
            found = await self.get(container, query=fields, model=ContainerStatus)
            match found.status_code:
                case "FINISHED":
                    return
                case "PUBLISHED":
                    raise await self._live_already(post)
                case "ERROR":
                    raise _failed(found)
                case "EXPIRED":
                    raise MediaRejected("The prepared media is older than a day.", hint="Publish again.")
                case _:
                    pass  # still at it
            if waited >= limits.READY_WITHIN:
                raise MediaNotReady(
                    f"Instagram has not processed the media after {waited:.0f} seconds ({found.status_code}).",
                    hint="Nothing was posted. Publish again later.",
                )
            await self.wire.sleep(wait)
            waited, wait = waited + wait, min(2 * wait, limits.LONGEST_WAIT)

    async def _publish_container(self, container: str) -> Created:
        body: dict[str, JsonValue] = {"creation_id": container}
        for wait in limits.PUBLISH_WAITS:
            try:
                return await self.post(self.account, "media_publish", body=body, effect=Effect.VISIBLE, model=Created)
            except MediaNotReady:
                # A clear no: nothing was posted. Instagram gives it even after it called the container finished.
                await self.wire.sleep(wait)
        return await self.post(self.account, "media_publish", body=body, effect=Effect.VISIBLE, model=Created)

    async def _live_already(self, post: Post) -> DuplicatePost:
        """Tell that a container was published before, and which post it became if only one can be meant."""
        recent = await self.posts(None, _LOOK_BACK)
        alike = [one.id for one in recent if one.text == post.text and one.media_count == len(post.media)]
        error = DuplicatePost(
            "An earlier attempt published this post.",
            existing=alike[0] if len(alike) == 1 else None,
            hint="It is live: look at the account's recent posts, and do not send it again.",
        )
        error.may_have_happened = True  # what was refused is live: nobody may count it as failed
        return error

    async def delete(self, post_id: str) -> None:
        """Delete a published post; Instagram takes it only from tokens of Facebook Login."""
        if self.login != "facebook":
            raise self.unsupported("delete", "connect the account by Facebook Login, or delete it in the app")
        await self.remove(post_id)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first; stories are not among them."""
        found: list[PublishedPost] = []
        query = {"fields": _MEDIA_FIELDS, "limit": str(max(1, min(limit, _PAGE_SIZE)))}
        if since is not None:
            query["since"] = str(int(since.timestamp()))
        following: Mapping[str, str] | None = query
        while following is not None and len(found) < limit:
            asked = following
            page = await self.get(self.account, "media", query=asked, model=MediaList)
            read = [self._read_back(one) for one in page.data]
            found += [one for one in read if not_before(one.created_at, since)]
            following = next_page(page.paging)
            following = None if following == asked else following
        return found[:limit]

    def _read_back(self, media: Media) -> PublishedPost:
        return PublishedPost(
            network=self.network,
            account=self.account,
            id=media.id,
            url=media.permalink,
            text=media.caption,
            created_at=media.timestamp,
            media_count=len(media.children.data) or 1,
            data=media.model_dump(mode="json", exclude_none=True),
        )

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Give the posts' metrics: what feed posts and reels have in common first, stories by their own."""
        first = metrics.question(metrics.EVERY_KIND_BUT_STORIES)
        return await insights.ask(self, post_ids, first, batched=self.batched, sort=self._by_kind)

    async def _by_kind(self, post_ids: Sequence[str]) -> dict[str, insights.Question]:
        """Give the right question for each post whose kind can be read."""
        fields = "media_product_type"
        if self.batched:
            items = await insights.batch(self, [f"{quote(one, safe='')}?fields={fields}" for one in post_ids])
            read = [_kind(item) for item in items]
        else:
            read = [await self._kind_alone(one, fields) for one in post_ids]
        questions = {kind: metrics.question(kind) for kind in read if kind is not None}
        return {one: questions[kind] for one, kind in zip(post_ids, read, strict=True) if kind is not None}

    async def _kind_alone(self, post_id: str, fields: str) -> str | None:
        try:
            return (await self.get(post_id, query={"fields": fields}, model=ProductType)).media_product_type
        except RejectedError:
            return None

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that Instagram would refuse."""
        return limits.problems(post)

    def cost(self, post: Post) -> CostEstimate:
        """Say what publishing takes from the account's allowances; Instagram has no prices."""
        containers = 1 if len(post.media) <= 1 else len(post.media) + 1
        return CostEstimate(
            network=self.network,
            operation="publish",
            priced=False,
            quotas=(
                QuotaUse(name="publishes in 24 hours", units=1),
                QuotaUse(name="containers in 24 hours", units=containers, limit=limits.CONTAINERS),
            ),
            notes=(
                "Instagram's documentation gives different limits of publishes in 24 hours; the account's own is in"
                " GET /{user_id}/content_publishing_limit?fields=config,quota_usage.",
            ),
        )


class InstagramLoginAdapter(InstagramAdapter):
    """One Instagram account that is reached by Instagram Login: another host, no deletion, no known batches."""

    login = "instagram"
    hosts: ClassVar[Mapping[str, str]] = {"graph": "https://graph.instagram.com"}
    batched = False


def adapter_class(login: str) -> type[InstagramAdapter]:
    """
    Give the adapter for a login.

    Raises:
        ConfigurationError: There is no such login.
    """
    kinds = {kind.login: kind for kind in (InstagramAdapter, InstagramLoginAdapter)}
    for name, kind in kinds.items():
        if name == login:
            return kind
    raise ConfigurationError(f"login must be one of {', '.join(kinds)}, not {login!r}.")


def _image(adapter: InstagramAdapter, media: Image | Video) -> dict[str, JsonValue]:
    if not isinstance(media, Image) or media.url is None:
        raise adapter.unsupported("upload", "give an image by a public address")
    told: dict[str, JsonValue] = {"image_url": media.url}
    return {**told, "alt_text": media.alt} if media.alt else told


def _shared(post: Post) -> dict[str, JsonValue]:
    """Give what a post says about itself as a whole: for a carousel, said of the carousel and not of its items."""
    options = post.options_for(InstagramOptions)
    told: dict[str, JsonValue] = {"caption": post.text} if post.text else {}
    if options is not None:
        given = options.model_dump(mode="json", exclude_none=True)
        told.update({name: value for name, value in given.items() if value != []})
    return told


def _kind(item: BatchItem | None) -> str | None:
    if item is None or item.code != 200 or item.body is None:
        return None
    return ProductType.model_validate_json(item.body).media_product_type


def _failed(found: ContainerStatus) -> SocialConnectError:
    told = _ERROR_CODE.search(found.status)
    message = found.status or "Instagram could not process the media."
    refusal = Refusal(status=200, subcode=told[1] if told else None, message=message)
    return to_error(refusal, (*RULES, _FAILED), answer=found.status)
