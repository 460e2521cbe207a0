"""Facebook pages: what is said to the network for each operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import JsonValue

from socialconnect.adapter import Capabilities
from socialconnect.errors import NotFound, Problem, SocialConnectError, ValidationError
from socialconnect.journal import Journal, NoJournal
from socialconnect.media import Image, Video
from socialconnect.metrics import Metrics
from socialconnect.networks.facebook import limits, metrics
from socialconnect.networks.facebook.content import as_form, beside_photos, by_itself, text_beside_photos
from socialconnect.networks.facebook.errors import RULES
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.networks.facebook.wire import Feed, PagePost, Photo, ScheduledFeed, UnpublishedPhoto
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter, next_page, not_before
from socialconnect.networks.meta.wire import Created
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.transport.request import Effect, FilePart, Request

__all__ = ["FacebookAdapter"]

_PAGE_SIZE = 100
"""The most posts that one answer holds."""

_POST_FIELDS = "id,message,created_time,permalink_url,parent_id,attachments{media_type,url,subattachments}"
_PLAN_FIELDS = "id,message,scheduled_publish_time,created_time"


class FacebookAdapter(GraphAdapter):
    """One Facebook page; see `GraphAdapter` for the arguments. The token is the page's own."""

    network: ClassVar[str] = "facebook"
    hosts: ClassVar[Mapping[str, str]] = {
        "graph": "https://graph.facebook.com",
        "video": "https://graph-video.facebook.com",
        "upload": "https://rupload.facebook.com",
    }
    options = FacebookOptions
    rules = RULES
    use_case = "pages"
    metric_levels = ("post",)

    @property
    def capabilities(self) -> Capabilities:
        """What a page can do by itself."""
        return Capabilities(
            drafts=True,
            scheduling=True,
            delete=True,
            read_back=True,
            media_from_url=True,
            media_from_file=True,
            metrics_batch=insights.BATCH,
        )

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish: one photo by itself, several as a post that they are attached to, all else as a post."""
        if len(post.media) == 1:
            return await self._publish_photo(post, journal)
        body = await self._body(post, journal)
        made: list[PagePost] = []

        async def act() -> JsonValue:
            # The fields asked for come back instead of the id alone, which saves reading the post for its address.
            fields = {"fields": "id,permalink_url"}
            done = await self.post(self.account, "feed", body=body, effect=Effect.VISIBLE, model=PagePost, query=fields)
            made.append(done)
            return done.id

        post_id = str(await journal.visible("publish", act))
        return self._published(post_id, post, made[0].permalink_url if made else None)

    async def _publish_photo(self, post: Post, journal: Journal) -> PublishedPost:
        # Read before the intent is written: a file that cannot be read must not look like a post that may be live.
        request = await self._photo(post.media[0], beside_photos(post), Effect.VISIBLE)

        async def act() -> JsonValue:
            done = await self.wire.call(request, lambda response: response.into(Photo))
            return done.post_id

        return self._published(str(await journal.visible("publish", act)), post)

    async def _photo(self, image: Image | Video, told: Mapping[str, JsonValue], effect: Effect) -> Request:
        """Make the request for a photo: by its address, or with the file itself."""
        if not isinstance(image, Image):
            raise self.unsupported("video", "this version takes photos")
        told = {**told, "alt_text_custom": image.alt} if image.alt else told
        address = self.address(self.account, "photos")
        if image.url is not None:
            return Request("POST", address, effect, json={"url": image.url, **told})
        wrong = image.problems("media")
        if wrong:  # a draft is not validated before, and the file may have gone since
            raise ValidationError(wrong)
        kind = (image.facts.type if image.facts else None) or "application/octet-stream"
        part = FilePart("source", await self.wire.read(image), filename=f"photo.{kind.rpartition('/')[2]}", type=kind)
        return Request("POST", address, effect, form=as_form(told), files=(part,))

    async def _body(self, post: Post, journal: Journal, *, temporary: bool = False) -> dict[str, JsonValue]:
        """Give what a post says, its photos uploaded."""
        photos: list[JsonValue] = []
        for index in range(len(post.media)):
            photos.append({"media_fbid": await self._upload(post, index, journal, temporary=temporary)})
        if photos:
            return {**beside_photos(post), "attached_media": photos}
        return by_itself(post)

    async def _upload(self, post: Post, index: int, journal: Journal, *, temporary: bool) -> JsonValue:
        async def act() -> JsonValue:
            told: dict[str, JsonValue] = {"published": False, **({"temporary": True} if temporary else {})}
            request = await self._photo(post.media[index], told, Effect.PREPARE)
            return (await self.wire.call(request, lambda response: response.into(UnpublishedPhoto))).id

        return await journal.step(f"photo[{index}]", act, lives=limits.PHOTO_LIVES)

    def _published(self, post_id: str, post: Post, url: str | None = None) -> PublishedPost:
        return PublishedPost(
            network=self.network,
            account=self.account,
            id=post_id,
            url=url or f"https://www.facebook.com/{post_id}",
            text=text_beside_photos(post) if post.media else post.text,
            media_count=len(post.media),
        )

    async def delete(self, post_id: str) -> None:
        """Delete a published post."""
        await self.remove(post_id)

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the page's published posts, newest first."""
        query = {"fields": _POST_FIELDS}
        if since is not None:
            query["since"] = str(int(since.timestamp()))
        found = await self._list("published_posts", query, limit)
        read = [self._read_back(one) for one in found]
        return [one for one in read if not_before(one.created_at, since)][:limit]

    async def _list(self, edge: str, query: Mapping[str, str], limit: int | None = None) -> list[PagePost]:
        found: list[PagePost] = []
        size = _PAGE_SIZE if limit is None else max(1, min(limit, _PAGE_SIZE))
        following: Mapping[str, str] | None = {**query, "limit": str(size)}
        while following is not None and (limit is None or len(found) < limit):
            asked = following
            page = await self.get(self.account, edge, query=asked, model=Feed)
            found += page.data
            # A page may be short, or empty, and still not the last; one that leads to itself is.
            following = next_page(page.paging)
            following = None if following == asked else following
        return found

    def _read_back(self, post: PagePost) -> PublishedPost:
        return PublishedPost(
            network=self.network,
            account=self.account,
            id=post.id,
            url=post.permalink_url or f"https://www.facebook.com/{post.id}",
            text=post.message or "",
            created_at=post.created_time,
            media_count=sum(one.media_count for one in post.attachments.data),
            parent=post.parent_id,
            data=post.model_dump(mode="json", exclude_none=True),
        )

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Give the posts' metrics, fifty with each request."""
        return await insights.ask(self, post_ids, metrics.posts())

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, journal: Journal) -> Draft:
        """Keep a draft, which the page's people see in the Business Suite."""
        body = await self._body(post, journal, temporary=True)
        unpublished: dict[str, JsonValue] = {"published": False, "unpublished_content_type": "DRAFT"}

        async def act() -> JsonValue:
            whole = {**body, **unpublished}
            return (await self.post(self.account, "feed", body=whole, effect=Effect.VISIBLE, model=Created)).id

        draft_id = str(await journal.visible("draft", act))
        return self._draft(draft_id, post)

    def _draft(self, draft_id: str, post: Post) -> Draft:
        return Draft(network=self.network, account=self.account, id=draft_id, post=post, text=post.text)

    async def drafts(self) -> list[Draft]:
        """Facebook documents no way to list them; an empty list would be a false one."""
        raise self.unsupported(
            "list of drafts",
            "keep the drafts that draft() gives, look in the Business Suite, or keep them in an outbox",
        )

    async def update_draft(self, draft_id: str, post: Post) -> Draft:
        """Change a draft's text in place; where its photos or link change, put another in its place."""
        kept = await self._unpublished(draft_id)
        if kept.attachments.data or post.media or post.link or post.options:
            # The network changes nothing but the text. The new one first: a failure in between loses nothing.
            made = await self.draft(post, NoJournal())
            try:
                await self.remove(draft_id)
            except SocialConnectError as error:
                # Nobody can list drafts: the new one's id would be lost, and a repetition would make another.
                told = f"The new draft {made.id} is there, and the old one, {draft_id}, may be too"
                error.message, error.may_have_happened = f"{told}: {error.message}", True
                raise
            return made
        await self.change(draft_id, {"message": post.text})
        return self._draft(draft_id, post)

    async def publish_draft(self, draft_id: str) -> PublishedPost:
        """Publish a draft."""
        await self.change(draft_id, {"is_published": True})
        url = f"https://www.facebook.com/{draft_id}"
        return PublishedPost(network=self.network, account=self.account, id=draft_id, url=url)

    async def delete_draft(self, draft_id: str) -> None:
        """Delete a draft; one that is published meanwhile stays."""
        await self._unpublished(draft_id)
        await self.remove(draft_id)

    async def _unpublished(self, post_id: str) -> PagePost:
        """
        Read a draft or plan before it is changed or taken away: once it is live, the same id is the post's.

        Raises:
            NotFound: It is live.
        """
        fields = {"fields": "id,message,is_published,attachments{media_type,url}"}
        found = await self.get(post_id, query=fields, model=PagePost)
        if found.is_published:
            raise NotFound(
                f"{post_id} is published already; it was left as it is.", hint="To take a live post back, use delete()."
            )
        return found

    # ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        """Have the page publish later."""
        body = await self._body(post, journal, temporary=True)
        planned: dict[str, JsonValue] = {
            "published": False,
            "unpublished_content_type": "SCHEDULED",
            "scheduled_publish_time": int(at.timestamp()),
        }

        async def act() -> JsonValue:
            whole = {**body, **planned}
            return (await self.post(self.account, "feed", body=whole, effect=Effect.VISIBLE, model=Created)).id

        plan_id = str(await journal.visible("schedule", act))
        return ScheduledPost(network=self.network, account=self.account, id=plan_id, at=at, post=post, text=post.text)

    async def scheduled(self) -> list[ScheduledPost]:
        """Give what the page will publish, soonest first."""
        found: list[ScheduledPost] = []
        following: Mapping[str, str] | None = {"fields": _PLAN_FIELDS, "limit": str(_PAGE_SIZE)}
        while following is not None:
            asked = following
            page = await self.get(self.account, "scheduled_posts", query=asked, model=ScheduledFeed)
            found += [self._plan(one.id, one.scheduled_publish_time, one.message) for one in page.data]
            following = next_page(page.paging)
            following = None if following == asked else following
        return sorted(found, key=lambda one: one.at or datetime.max.replace(tzinfo=UTC))

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a plan; Facebook refuses in the last three minutes before its time."""
        await self.change(plan_id, {"scheduled_publish_time": int(at.timestamp())})
        return self._plan(plan_id, int(at.timestamp()), None)

    async def cancel(self, plan_id: str) -> None:
        """Take back a plan; one that has come to its time stays."""
        await self._unpublished(plan_id)
        await self.remove(plan_id)

    def _plan(self, plan_id: str, at: int, text: str | None) -> ScheduledPost:
        moment = datetime.fromtimestamp(at, UTC)
        return ScheduledPost(network=self.network, account=self.account, id=plan_id, at=moment, text=text)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that the page would refuse."""
        return limits.problems(post)

    def schedule_problems(self, post: Post, at: datetime, now: datetime) -> list[Problem]:
        """Give what is wrong with the time for the page's own scheduling."""
        return limits.schedule_problems(at, now)
