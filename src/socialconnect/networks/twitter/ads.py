"""
Drafts and planned posts in the Ads API: the only place where Twitter keeps any.

It takes OAuth 1.0a alone, parameters as a form, and every post is an advertisement unless `nullcast=false`.
https://docs.x.com/x-ads-api/creatives/reference
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Self, TypeVar
from urllib.parse import quote

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import OAuth1Credential
from socialconnect.errors import ConfigurationError, Problem, UnsupportedFeature
from socialconnect.lifecycle import told
from socialconnect.networks.twitter.limits import ADS_SOURCE, FURTHEST_PLAN_DAYS
from socialconnect.networks.twitter.options import NO_OPTIONS, TwitterOptions
from socialconnect.networks.twitter.wire import AdsAnswer, AdsList, AdsTweet
from socialconnect.post import Draft, Post, ScheduledPost
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["AdsApi", "native_problems", "time_problems"]

T = TypeVar("T")

_DRAFTS = "draft_tweets"
_PLANS = "scheduled_tweets"


class AdsApi:
    """
    An advertising account's drafts and planned posts.

    Args:
        adapter: The adapter that it speaks through.
        account: The advertising account's id.
        version: The Ads API's version.
    """

    def __init__(self, adapter: Adapter, account: str, version: str) -> None:
        self._adapter = adapter
        self._base = f"/{version.removeprefix('v')}/accounts/{quote(account, safe='')}"

    def bind(self, adapter: Adapter) -> Self:
        """Give a copy that speaks through this adapter."""
        bound = copy.copy(self)
        bound._adapter = adapter
        return bound

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, text: str, user_id: str) -> Draft:
        """Keep a draft."""
        form = {"as_user_id": user_id, "text": text, "nullcast": _nullcast(post)}
        # The account's people see drafts: a second one might be published too.
        kept = await self._call("POST", _DRAFTS, Effect.VISIBLE, form=form, parse=_one)
        return self._as_draft(kept, post)

    async def drafts(self, user_id: str) -> list[Draft]:
        """Give the drafts."""
        return [self._as_draft(one) for one in await self._all(_DRAFTS, user_id)]

    async def find_draft(self, draft_id: str) -> Post:
        """
        Give what one draft would post.

        Raises:
            UnsupportedFeature: It holds what can be posted from the advertising account alone.
        """
        kept = await self._call("GET", _DRAFTS, Effect.READ, of=draft_id, parse=_one)
        if kept.media_keys or kept.card_uri:
            message = "the draft holds media or a card of the advertising account: publish it there"
            raise UnsupportedFeature([_problem("draft", message)])
        return Post(kept.text or "", options=[TwitterOptions(promoted_only=True)] if kept.nullcast else [])

    async def update_draft(self, draft_id: str, post: Post, text: str) -> Draft:
        """Put another text in a draft's place."""
        form = {"text": text, "nullcast": _nullcast(post)}
        return self._as_draft(
            await self._call("PUT", _DRAFTS, Effect.PREPARE, of=draft_id, form=form, parse=_one), post
        )

    async def delete_draft(self, draft_id: str) -> None:
        """Delete a draft."""
        await self._call("DELETE", _DRAFTS, Effect.PREPARE, of=draft_id, parse=_done)

    # ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def schedule(self, post: Post, text: str, at: datetime, user_id: str) -> AdsTweet:
        """Plan a post."""
        form = {"as_user_id": user_id, "text": text, "nullcast": _nullcast(post), "scheduled_at": _stamp(at)}
        return await self._call("POST", _PLANS, Effect.VISIBLE, form=form, parse=_one)

    async def scheduled(self, user_id: str) -> list[ScheduledPost]:
        """Give what is still to come, soonest first."""
        coming = [one for one in await self._all(_PLANS, user_id) if one.scheduled_status in (None, "SCHEDULED")]
        plans = [self.as_plan(one) for one in coming]
        return sorted(plans, key=lambda plan: plan.at or datetime.max.replace(tzinfo=UTC))

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        """Move a plan."""
        form = {"scheduled_at": _stamp(at)}
        return self.as_plan(await self._call("PUT", _PLANS, Effect.VISIBLE, of=plan_id, form=form, parse=_one))

    async def cancel(self, plan_id: str) -> None:
        """Take back a plan."""
        await self._call("DELETE", _PLANS, Effect.VISIBLE, of=plan_id, parse=_done)

    # ── how it speaks ─────────────────────────────────────────────────────────────────────────────────────────────

    async def _all(self, what: str, user_id: str) -> list[AdsTweet]:
        found: list[AdsTweet] = []
        cursor: str | None = None
        while True:
            query = {"user_id": user_id, "count": "200", **({"cursor": cursor} if cursor else {})}
            page = await self._call("GET", what, Effect.READ, query=query, parse=_page)
            found += page.data
            cursor = page.next_cursor
            if not cursor:
                return found

    async def _call(
        self,
        method: str,
        what: str,
        effect: Effect,
        *,
        parse: Callable[[Response], T],
        of: str | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> T:
        if not isinstance(await self._adapter.wire.credential(), OAuth1Credential):
            raise ConfigurationError(
                "Twitter's Ads API takes OAuth 1.0a only.", hint="Give an OAuth1Credential as token, or an outbox."
            )
        path = f"{self._base}/{what}" + (f"/{quote(of, safe='')}" if of else "")
        request = Request(
            method,
            self._adapter.url("ads", path),
            effect,
            query=query,
            form=form,
            limit_key=f"{method} ads/{what}",
        )
        return await self._adapter.wire.call(request, lambda response: parse(self._heard(response)))

    def _heard(self, response: Response) -> Response:
        """Pass on what the Ads API says of its version in a header, once: it answers an old one for a while."""
        warning = response.headers.get("x-api-warn")
        if warning and told.first_time(f"twitter:ads:{self._base.split('/')[1]}:{warning}"):
            with told.never_raised():  # the answer is that of something done, which no filter may hide
                told.warn(f"twitter: the Ads API warns: {warning}")
        return response

    def _as_draft(self, kept: AdsTweet, post: Post | None = None) -> Draft:
        return Draft(
            network=self._adapter.network,
            account=self._adapter.account,
            id=kept.id,
            post=post,
            text=kept.text,
            created_at=kept.created_at,
        )

    def as_plan(self, kept: AdsTweet, post: Post | None = None) -> ScheduledPost:
        """Give a planned post in our form."""
        return ScheduledPost(
            network=self._adapter.network,
            account=self._adapter.account,
            id=kept.id,
            at=kept.scheduled_at,
            post=post,
            text=kept.text,
        )


def native_problems(post: Post) -> list[Problem]:
    """Say what of a post the Ads API's drafts and plans cannot hold here."""
    found: list[Problem] = []
    if post.media:
        message = "images in a native draft or plan must be in the advertising account's library: use an outbox"
        found.append(_problem("media", message))
    for field, there in (("poll", post.poll is not None), ("thread", bool(post.thread))):
        if there:
            found.append(_problem(field, f"a native draft or plan cannot hold a {field}: use an outbox"))
    options = post.options_for(TwitterOptions) or NO_OPTIONS
    set_here = options.model_dump(exclude_defaults=True, exclude={"promoted_only"})
    found += [_problem(f"options.{name}", "a native draft or plan cannot hold it: use an outbox") for name in set_here]
    return found


def time_problems(at: datetime, now: datetime) -> list[Problem]:
    """Say what is wrong with a time for the Ads API."""
    if at - now <= timedelta(days=FURTHEST_PLAN_DAYS):
        return []
    return [
        Problem(
            field="at",
            rule="within",
            message="Twitter plans at most a year ahead",
            limit=f"{FURTHEST_PLAN_DAYS} days",
            actual=at.isoformat(),
            network="twitter",
            source=ADS_SOURCE,
        )
    ]


def _problem(field: str, message: str) -> Problem:
    return Problem(field=field, rule="supported", message=message, network="twitter", source=ADS_SOURCE)


def _nullcast(post: Post) -> str:
    options = post.options_for(TwitterOptions)
    return "true" if options is not None and options.promoted_only else "false"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _one(response: Response) -> AdsTweet:
    return response.into(AdsAnswer).data


def _page(response: Response) -> AdsList:
    return response.into(AdsList)


def _done(response: Response) -> None:
    return None
