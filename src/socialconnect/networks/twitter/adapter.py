"""One account on Twitter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.adapter import Adapter, Capabilities
from socialconnect.auth.tokens import Credential, OAuth1Credential
from socialconnect.cost import CostEstimate
from socialconnect.errors import NotFound, Problem, SocialConnectError, UnsupportedFeature
from socialconnect.journal import Journal, NoJournal
from socialconnect.metrics import AccountMetrics, Metrics
from socialconnect.networks.twitter import limits
from socialconnect.networks.twitter.ads import AdsApi, native_problems, time_problems
from socialconnect.networks.twitter.errors import OAUTH1_RULES, RULES, partial_error, read_refusal
from socialconnect.networks.twitter.metrics import account_metrics, post_metrics
from socialconnect.networks.twitter.options import NO_OPTIONS, TwitterOptions
from socialconnect.networks.twitter.parsing import same_text
from socialconnect.networks.twitter.prices import DayReads, PriceList, cost_of, cost_of_operation, price_problems
from socialconnect.networks.twitter.publishing import publish
from socialconnect.networks.twitter.rates import OwnCount, retry_after
from socialconnect.networks.twitter.reader import Reader, check_id
from socialconnect.networks.twitter.validation import composed, problems
from socialconnect.networks.twitter.wire import AdsTweet, Deleted
from socialconnect.post import Draft, NetworkOptions, Post, PublishedPost, ScheduledPost
from socialconnect.refusal import Refusal, Rule, to_error
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Effect, Request, Response
from socialconnect.transport.wire import Wire

__all__ = ["ME", "FieldsParameter", "TwitterAdapter"]

ME = "me"
"""The account's id while it is not known: whose token it is."""

FieldsParameter = Literal["tweet.fields", "post.fields"]
"""What the parameter is called that asks for fields; Twitter renamed it without telling which of its servers did."""


@cache
def _capabilities(*, ads: bool) -> Capabilities:
    """Give what an account can do; made when first asked for, as that builds pydantic's checker."""
    return Capabilities(
        delete=True,
        read_back=True,
        media_from_file=True,
        metrics_batch=limits.METRICS_BATCH,
        account_metrics=True,
        polls=True,
        threads=True,
        shows_parents=True,
        drafts=ads,
        scheduling=ads,
    )


class TwitterAdapter(Adapter):
    """
    One account on Twitter, over API v2; drafts and plans over the Ads API.

    Args:
        account: The user's id, or `me` for the one whose token it is.
        base_url: Where Twitter is, in place of its own hosts.
        ads_account: The advertising account whose drafts and plans are used.
        ads_version: The Ads API's version; needed with `ads_account`.
        premium: Whether the account may post long texts.
        fields_parameter: Which name of the fields parameter is tried first.
    """

    network: ClassVar[str] = "twitter"
    hosts: ClassVar[Mapping[str, str]] = {"api": "https://api.x.com", "ads": "https://ads-api.x.com"}
    options: ClassVar[type[NetworkOptions]] = TwitterOptions
    rules: ClassVar[Sequence[Rule]] = RULES

    def __init__(
        self,
        *,
        account: str = ME,
        base_url: str | None = None,
        ads_account: str | None = None,
        ads_version: str = "",
        premium: bool = False,
        fields_parameter: FieldsParameter = "tweet.fields",
    ) -> None:
        super().__init__(account=account, base_url=base_url)
        self._premium = premium
        self._reads = DayReads()
        self._counted = OwnCount()
        self._oauth1 = False  # whether the credential in use is an OAuth 1.0a one
        self._reader = Reader(self, None if account == ME else account, fields_parameter, long_posts=premium)
        self._ads = AdsApi(self, ads_account, ads_version) if ads_account else None

    def bind(self, wire: Wire) -> Self:
        """Give a copy that speaks through this wire."""
        bound = super().bind(wire)
        bound._reader = self._reader.bind(bound)
        bound._ads = self._ads.bind(bound) if self._ads else None
        return bound

    @property
    def capabilities(self) -> Capabilities:
        """What this account can do by itself."""
        return _capabilities(ads=self._ads is not None)

    # ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Upload the media, then post, and the posts of the thread after it: one visible request for each."""
        return await publish(self, post, journal)

    async def delete(self, post_id: str) -> None:
        """Delete a post of the account."""
        check_id(post_id)
        request = Request(
            "DELETE", self.url("api", f"/2/tweets/{post_id}"), Effect.VISIBLE, limit_key="DELETE /2/tweets/:id"
        )
        await self.wire.call(request, _deleted)

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        """Give the account's own posts and answers, newest first; reposts of others are left out."""
        found = await self._reader.posts(since, limit)
        self._reads.note((one.id for one in found), self.wire.clock.now().date())
        return found

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Give the public numbers, a hundred posts a request; with names those, each kind in a request of its own."""
        found = await post_metrics(self, self._reader, post_ids, names)
        read = [one for one, told in found.items() if isinstance(told, Metrics)]
        self._reads.note(read, self.wire.clock.now().date())
        return found

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give the account's followers, posts and the like, as they are now."""
        return await account_metrics(self, since, until, names)

    # ── drafts and plans, in the Ads API ──────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, journal: Journal) -> Draft:
        """Keep a draft in the advertising account."""
        ads = self._native("draft", post)
        return await ads.draft(post, composed(post), await self._reader.user_id())

    async def drafts(self) -> list[Draft]:
        """Give the advertising account's drafts."""
        return await self._native("draft").drafts(await self._reader.user_id())

    async def update_draft(self, draft_id: str, post: Post) -> Draft:
        """Put another text in a draft's place."""
        return await self._native("draft", post).update_draft(draft_id, post, composed(post))

    async def publish_draft(self, draft_id: str) -> PublishedPost:
        """Post what a draft holds, then delete the draft: the Ads API has no call that does both."""
        ads = self._native("draft")
        published = await self.publish(await ads.find_draft(draft_id), NoJournal())
        try:
            await ads.delete_draft(draft_id)
        except NotFound:
            pass  # gone is gone: the first attempt's answer was lost, or somebody was faster
        except SocialConnectError as error:
            # The post is live: an error now would make the caller publish it again.
            return published.model_copy(update={"data": {"draft_not_deleted": error.message}})
        return published

    async def delete_draft(self, draft_id: str) -> None:
        """Delete a draft."""
        await self._native("draft").delete_draft(draft_id)

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        """Have Twitter post later; it leaves out the seconds of the time."""
        ads = self._native("schedule", post)
        user_id = await self._reader.user_id()

        async def plan() -> JsonValue:
            kept = await ads.schedule(post, composed(post), at, user_id)
            return kept.model_dump(mode="json")

        return ads.as_plan(AdsTweet.model_validate(await journal.visible("schedule", plan)), post)

    async def scheduled(self) -> list[ScheduledPost]:
        """Give what Twitter will post later."""
        return await self._native("schedule").scheduled(await self._reader.user_id())

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a plan to another time."""
        return await self._native("schedule").reschedule(plan_id, at)

    async def cancel(self, plan_id: str) -> None:
        """Take back a plan."""
        await self._native("schedule").cancel(plan_id)

    def _native(self, feature: str, post: Post | None = None) -> AdsApi:
        if self._ads is None:
            raise self.unsupported(feature, "give ads_account= with an OAuth1Credential, or an outbox")
        broken = native_problems(post) if post is not None else []
        if broken:
            raise UnsupportedFeature(broken)
        return self._ads

    # ── what needs no request ─────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything that Twitter would refuse, and a warning where an address makes the post dear."""
        return [*problems(post, premium=self._premium), *price_problems(post, self._prices())]

    def schedule_problems(self, post: Post, at: datetime, now: datetime) -> list[Problem]:
        """Give what is wrong with the time or the post for the Ads API's plans."""
        return [*native_problems(post), *time_problems(at, now)]

    def cost(self, post: Post) -> CostEstimate:
        """Say what publishing the post costs."""
        return cost_of(post, self._prices(), windows=self.wire.pacing.windows)

    def cost_of(
        self, operation: str, count: int = 1, *, refs: Sequence[str] = (), names: Sequence[str] = ()
    ) -> CostEstimate:
        """Say what reading, measuring or deleting costs."""
        knows_user = self._reader.knows_user
        return cost_of_operation(
            operation, count, refs, names, self._prices(), reads=self._reads, knows_user=knows_user
        )

    def _prices(self) -> PriceList:
        return PriceList(self.catalogue, self.wire.clock.now().date())

    def resembles(self, post: Post, found: PublishedPost) -> bool:
        """Whether a post that was read back is this one: by its text, its media, and what it answers."""
        options = post.options_for(TwitterOptions)
        if found.parent != (options.reply_to if options is not None else None):
            return False
        if found.text is None or (found.media_count is not None and found.media_count != len(post.media)):
            return False
        quoted, answers = (options.quote, options.reply_to is not None) if options is not None else (None, False)
        return same_text(composed(post), found.text, quoted=quoted, answers=answers)

    def lists(self, post: Post) -> bool:
        """Whether `posts` would hold such a post: one for a timeline, and for everybody in it."""
        # An advertisement is in no timeline. Of communities and subscribers' posts Twitter does not tell.
        options = post.options_for(TwitterOptions) or NO_OPTIONS
        return not (options.promoted_only or options.community or options.super_followers_only)

    # ── how Twitter speaks ────────────────────────────────────────────────────────────────────────────────────────

    def sign(self, request: Request, credential: Credential) -> Mapping[str, str]:
        """Give the headers that carry the credential: a bearer token, or an OAuth 1.0a signature."""
        self._oauth1 = isinstance(credential, OAuth1Credential)
        if not isinstance(credential, OAuth1Credential):
            return super().sign(request, credential)
        from socialconnect.auth.signing import oauth1_headers  # most accounts sign nothing

        # A multipart form is not part of the signature.
        form = None if request.files else request.form
        now = int(self.wire.clock.now().timestamp())
        return oauth1_headers(request.method, request.full_url, credential, form=form, timestamp=now)

    def read_refusal(self, request: Request, response: Response) -> Refusal:
        """Read an error answer in any of Twitter's shapes."""
        prefix = urlsplit(self.base_url).path if self.base_url else ""
        path = urlsplit(request.url).path.removeprefix(prefix)
        wait = retry_after(request, response, self.wire.clock.now())
        return read_refusal(response, path=path, retry_after=wait, writes=request.method != "GET")

    def refused(self, request: Request, response: Response, *, answer: str) -> SocialConnectError:
        """Turn an error answer into the error that it means; a 401 means another thing for each kind of token."""
        rules = OAUTH1_RULES if self._oauth1 else RULES
        return to_error(self.read_refusal(request, response), rules, answer=answer)

    def rate_windows(self, request: Request, response: Response) -> Iterable[RateWindow]:
        """Read the limits of a quarter of an hour and of a day."""
        return self._counted.windows(request, response, self.wire.clock.now())


def _deleted(response: Response) -> None:
    if response.status == 204:
        return
    answer = response.into(Deleted)
    if answer.data is None and answer.errors:
        raise partial_error(answer.errors[0])
    if answer.data is None or not answer.data.deleted:
        raise ValueError("Twitter says that the post is not deleted")
