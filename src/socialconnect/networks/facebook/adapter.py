"""Facebook pages: what is said to the network for each operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.adapter import Capabilities, DoneSteps, Seen
from socialconnect.checks import refuse
from socialconnect.cost import CostEstimate, QuotaUse
from socialconnect.errors import PermissionDenied, Problem, SocialConnectError
from socialconnect.journal import Journal, NoJournal, post_id_of
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.networks.facebook import limits, metrics, page_metrics, plans
from socialconnect.networks.facebook.comments import look_for_comment
from socialconnect.networks.facebook.content import Kind, Release, kind_of, text_beside_media
from socialconnect.networks.facebook.errors import RULES, part_refused
from socialconnect.networks.facebook.oauth import missing_scopes
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.networks.facebook.publishing import FIRST_COMMENT, comment_on, release
from socialconnect.networks.facebook.recognition import as_read, is_listed, look_for_film
from socialconnect.networks.facebook.wire import Feed, PagePost
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter, next_page, not_before
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.transport.request import Request, Response

__all__ = ["FacebookAdapter"]

_PAGE_SIZE = 100
"""The most posts that one answer holds."""

_POST_FIELDS = "id,message,created_time,permalink_url,parent_id,attachments{media_type,url,subattachments}"


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
    metric_levels = ("post", "video", "story", "page")

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
            account_metrics=True,
            update=True,
            first_comment=True,
        )

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Publish, each kind of post in its own way, and comment below it if asked to."""
        how = Release()
        live = await journal.recorded(how.step)  # only the comment is missing: nothing is uploaded for that
        made = await release(self, post, journal, how) if live is None else live[0]
        post_id = post_id_of(made)
        comment = None
        if post.first_comment:
            comment = post_id_of(await comment_on(self, made, post.first_comment, journal))
        data = made if isinstance(made, dict) else {}
        return PublishedPost(
            network=self.network,
            account=self.account,
            id=post_id,
            url=None if kind_of(post) in (Kind.PHOTO_STORY, Kind.VIDEO_STORY) else _url(post_id, data),
            text=text_beside_media(post) if post.media else post.text,
            media_count=len(post.media),
            comment=comment,
            data={name: value for name, value in data.items() if name not in ("id", "url")},
        )

    async def update(self, post_id: str, text: str) -> None:
        """Change a post's text; Facebook takes it only for posts that the same app made."""
        await self.change(post_id, {"message": text})

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

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        """Look for a first comment below its post, and for a film by the id of its upload."""
        if step == "publish":
            return await look_for_film(self, post, done)
        live = await done.recorded("publish") if step == FIRST_COMMENT else None
        return None if live is None else await look_for_comment(self, post_id_of(live[0]), post.first_comment or "")

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
        """Give the posts' metrics, fifty with each request; of a video by its own id those of the video."""
        return await metrics.of_posts(self, post_ids, names)

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give the page's own numbers, one for each day."""
        return await page_metrics.of_page(self, since, until, names)

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, journal: Journal) -> Draft:
        """Keep a draft, which the page's people see in the Business Suite."""
        refuse(limits.plan_problems(post))
        made = await release(self, post, journal, Release("draft"))
        return self._draft(post_id_of(made), post)

    def _draft(self, draft_id: str, post: Post) -> Draft:
        return Draft(network=self.network, account=self.account, id=draft_id, post=post, text=post.text)

    async def drafts(self) -> list[Draft]:
        """Facebook documents no way to list them; an empty list would be a false one."""
        raise self.unsupported(
            "list of drafts",
            "keep the drafts that draft() gives, look in the Business Suite, or keep them in an outbox",
        )

    async def update_draft(self, draft_id: str, post: Post) -> Draft:
        """Change a draft's text in place; where its media or link change, put another in its place."""
        kept = await plans.unreleased(self, draft_id)
        if not isinstance(kept, PagePost) or kept.attachments.data or post.media or post.link or post.options:
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
        if not plans.is_post(draft_id):
            raise self.unsupported("publishing of a reel's draft", "publish it in the Business Suite")
        await self.change(draft_id, {"is_published": True})
        return PublishedPost(network=self.network, account=self.account, id=draft_id, url=_url(draft_id, {}))

    async def delete_draft(self, draft_id: str) -> None:
        """Delete a draft; one that is published meanwhile stays."""
        await plans.unreleased(self, draft_id)
        await self.remove(draft_id)

    # ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        """Have the page publish later."""
        made = await release(self, post, journal, Release("schedule", at))
        plan_id = post_id_of(made)
        return ScheduledPost(network=self.network, account=self.account, id=plan_id, at=at, post=post, text=post.text)

    async def scheduled(self) -> list[ScheduledPost]:
        """Give what the page will publish, soonest first."""
        return await plans.listed(self)

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a plan; not in the last three minutes before its time."""
        await plans.move(self, plan_id, at)
        return plans.plan(self, plan_id, int(at.timestamp()), None)

    async def cancel(self, plan_id: str) -> None:
        """Take back a plan; one that has come to its time stays."""
        await plans.unreleased(self, plan_id)
        await self.remove(plan_id)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that the page would refuse."""
        return limits.problems(post)

    def schedule_problems(self, post: Post, at: datetime, now: datetime) -> list[Problem]:
        """Give what is wrong with the post and the time for the page's own scheduling."""
        return [*limits.plan_problems(post), *limits.schedule_problems(at, now)]

    def cost(self, post: Post) -> CostEstimate:
        """Say what publishing takes from the page's allowances; Facebook has no prices."""
        quotas: tuple[QuotaUse, ...] = ()
        if kind_of(post) is Kind.REEL:
            quotas = (QuotaUse(name="reels in 24 hours", units=1, limit=limits.REELS_A_DAY),)
        return CostEstimate(network=self.network, operation="publish", priced=False, quotas=quotas)

    def resembles(self, post: Post, found: PublishedPost) -> bool:
        """Whether a post that was read back is what this post would have become."""
        compared = as_read(post, found)
        return compared is not None and super().resembles(*compared)

    def lists(self, post: Post) -> bool:
        """Whether `posts` would hold such a post as soon as it is live: no story, and no film."""
        return is_listed(post)

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means."""
        error = super().refused(request, response, answer=answer)
        if isinstance(error, PermissionDenied) and not error.missing:
            error.missing = missing_scopes(request.method, urlsplit(request.url).path, error)
        return part_refused(error, response)


def _url(post_id: str, data: Mapping[str, JsonValue]) -> str | None:
    """Give where people see a post: as told, or by the rule for its kind."""
    told = data.get("url")
    if isinstance(told, str):
        return told
    if isinstance(data.get("video"), str):
        return f"https://www.facebook.com/reel/{data['video']}"
    return f"https://www.facebook.com/{post_id}"
