"""Instagram professional accounts: what is said to the network for each operation."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.adapter import Capabilities, DoneSteps, Seen
from socialconnect.cost import CostEstimate, QuotaUse
from socialconnect.errors import ConfigurationError, PermissionDenied, Problem, SocialConnectError
from socialconnect.journal import Journal, post_id_of
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.networks.instagram import account_metrics, content, limits, metrics, quota
from socialconnect.networks.instagram.comments import look_for_comment
from socialconnect.networks.instagram.containers import Workshop
from socialconnect.networks.instagram.errors import RULES
from socialconnect.networks.instagram.options import InstagramOptions
from socialconnect.networks.instagram.publishing import MEDIA_FIELDS, GoneLive, Publishing
from socialconnect.networks.instagram.scopes import SCOPES
from socialconnect.networks.instagram.validation import post_problems
from socialconnect.networks.instagram.wire import Media, MediaList
from socialconnect.networks.meta import insights
from socialconnect.networks.meta.adapter import GraphAdapter, next_page, not_before
from socialconnect.networks.meta.wire import Created, Success
from socialconnect.post import Post, PublishedPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["InstagramAdapter", "InstagramLoginAdapter", "adapter_class"]

_PAGE_SIZE = 100
_REMEMBERED = 100
"""How many posts are remembered, with the containers that they were: more than are searched for one that was lost."""
_FIRST_COMMENT = "first comment"
# 10 and the numbers from 200 to 299 say that a permission is missing; others of that class speak of roles and tokens.
_NO_PERMISSION = frozenset({"10", *(str(number) for number in range(200, 300))})


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
    metric_levels = ("media_feed", "media_reels", "media_story", "account")
    batched = True
    """Whether the host is known to take batches."""
    uploads = True
    """Whether films can be uploaded from files."""

    def __init__(
        self,
        *,
        account: str,
        api_version: str,
        app_secret: str | None = None,
        base_url: str | None = None,
    ) -> None:
        super().__init__(account=account, api_version=api_version, app_secret=app_secret, base_url=base_url)
        self._gone_live: GoneLive = deque(maxlen=_REMEMBERED)

    @property
    def capabilities(self) -> Capabilities:
        """What an account can do by itself: there are neither drafts nor plans."""
        return Capabilities(
            delete=self.login == "facebook",
            read_back=True,
            media_from_url=True,
            media_from_file=self.uploads,
            metrics_batch=insights.BATCH if self.batched else 1,
            account_metrics=True,
            first_comment=True,
        )

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Make a container, wait until Instagram has processed it, publish it, and comment below it."""
        live = await journal.recorded("publish")  # only what follows is missing: no container is made for that
        media_id = post_id_of(await self._go_live(post, journal) if live is None else live[0])
        comment = await self._comment(media_id, post.first_comment, journal) if post.first_comment else None
        await self._set_comments(media_id, post, journal)
        return PublishedPost(
            network=self.network,
            account=self.account,
            id=media_id,
            text=post.text,
            media_count=len(post.media),
            comment=comment,
        )

    async def _go_live(self, post: Post, journal: Journal) -> JsonValue:
        prepared = await Workshop(self, post, journal).prepare()
        # What Instagram's pages say of captions holds for Facebook Login only.
        publishing = Publishing(self, post, prepared, self._gone_live, reads_captions=self.login == "facebook")

        async def act() -> JsonValue:
            return await publishing.go_live()

        return await journal.visible("publish", act)

    async def _comment(self, media_id: str, text: str, journal: Journal) -> str:
        async def act() -> JsonValue:
            body: dict[str, JsonValue] = {"message": text}
            return (await self.post(media_id, "comments", body=body, effect=Effect.VISIBLE, model=Created)).id

        return post_id_of(await journal.visible(_FIRST_COMMENT, act))

    async def _set_comments(self, media_id: str, post: Post, journal: Journal) -> None:
        """Open or close the comments, if that was asked for: after the account's own, which would be refused too."""
        options = post.options_for(InstagramOptions)
        wanted = None if options is None else options.comments
        if wanted is None:
            return

        async def act() -> JsonValue:
            # As it does the same each time, it may be sent again as what nobody sees.
            query = {"comment_enabled": "true" if wanted else "false"}
            request = Request("POST", self.address(media_id), Effect.PREPARE, query=query, json={})
            await self.wire.call(request, lambda response: response.into(Success).confirmed())
            return wanted

        await journal.step("comments", act)

    async def delete(self, post_id: str) -> None:
        """Delete a published post; Instagram takes it only from tokens of Facebook Login."""
        if self.login != "facebook":
            raise self.unsupported("delete", "connect the account by Facebook Login, or delete it in the app")
        await self.remove(post_id)

    async def update(self, post_id: str, text: str) -> None:
        """Instagram changes no caption."""
        raise self.unsupported("update", "change the caption in the app, or delete the post and publish another")

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's posts, newest first; stories are not among them."""
        found: list[PublishedPost] = []
        query = {"fields": MEDIA_FIELDS, "limit": str(max(1, min(limit, _PAGE_SIZE)))}
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

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        """Look for a first comment below its post."""
        live = await done.recorded("publish") if step == _FIRST_COMMENT else None
        return None if live is None else await look_for_comment(self, post_id_of(live[0]), post.first_comment or "")

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
        """Give the posts' metrics: the usual ones of each kind of post, or those named."""
        return await metrics.fetch(self, post_ids, names, batched=self.batched)

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give the account's numbers of the days from `since` to `until`; of the last 30 days unless told."""
        return await account_metrics.fetch(self, since, until, names)

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything in the post that Instagram would refuse."""
        return post_problems(post, uploads=self.uploads)

    def cost(self, post: Post) -> CostEstimate:
        """Say what publishing takes from the account's allowances; Instagram has no prices."""
        containers = len(post.media) + 1 if content.kind_of(post) == "carousel" else 1
        publishes = quota.publishes(self)
        notes = (
            "Instagram's pages give 50 and 100 publishes in 24 hours: the smaller one is planned for until the"
            " account's own is read, which every publish does first.",
        )
        return CostEstimate(
            network=self.network,
            operation="publish",
            priced=False,
            quotas=(publishes, QuotaUse(name="containers in 24 hours", units=containers, limit=limits.CONTAINERS)),
            notes=notes if publishes.remaining is None else (),
        )

    def resembles(self, post: Post, found: PublishedPost) -> bool:
        """Whether a post that was read back is this one: of its kind, with its caption and its number of media."""
        told = [found.data.get(name) for name in ("media_type", "media_product_type")]
        as_type, as_product = (one if isinstance(one, str) else None for one in told)
        if found.text is None and self.login == "facebook":  # a field without a value is left out
            found = found.model_copy(update={"text": ""})
        return content.fits(content.kind_of(post), as_type, as_product) and super().resembles(post, found)

    # ── the network's way of speaking ─────────────────────────────────────────────────────────────────────────────

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means, with the permission that the request needs."""
        error = super().refused(request, response, answer=answer)
        code = (error.code or "").partition(".")[0]
        if isinstance(error, PermissionDenied) and code in _NO_PERMISSION and not error.missing:
            error.missing = SCOPES[self.login].get(_ability(request), ())
            if error.missing:
                error.hint = f"{error.hint or ''} This needs {', '.join(error.missing)}.".strip()
        return error


class InstagramLoginAdapter(InstagramAdapter):
    """One Instagram account that is reached by Instagram Login: another host, no deletion, no known batches."""

    login = "instagram"
    hosts: ClassVar[Mapping[str, str]] = {"graph": "https://graph.instagram.com"}
    batched = False
    uploads = False


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


def _ability(request: Request) -> str:
    """Say which of an account's abilities a request uses."""
    path = urlsplit(request.url).path
    if request.method == "DELETE":
        return "delete"
    if path.endswith("/insights"):
        return "metrics"
    if path.endswith("/comments") or "comment_enabled" in (request.query or {}):
        return "comments"
    return "read" if request.method == "GET" and not path.endswith("/content_publishing_limit") else "publish"
