"""
Drafts and scheduled posts of the X Ads API.

Source: https://docs.x.com/x-ads-api/creatives/reference. Parameters come in the query or a form, answers are JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.ads_calls import AdsCall, ads_time, answer, bad, lacking, page
from socialconnect.testing.emulators.twitter.errors import ads_error
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.processing import in_post
from socialconnect.testing.emulators.twitter.state import Media, Plan, State
from socialconnect.testing.emulators.twitter.text import weighted_length
from socialconnect.testing.emulators.twitter.wire import CreatePost
from socialconnect.transport.request import Response

__all__ = ["AdsPlans"]

_FARTHEST = timedelta(days=366)
_MOST_IN_WINDOW = 30
_WINDOW = timedelta(minutes=15)
_CHANGED = ("text", "media_keys", "card_uri", "nullcast", "name")
_LONGEST, _LONGEST_PREMIUM, _LONGEST_NAME = 280, 25_000, 80


class AdsPlans:
    """
    The drafts, or the scheduled posts, of ads accounts.

    Args:
        state: Where they are.
        posts: What makes a post of one when its time comes.
        scheduled: Whether these are the scheduled ones.
    """

    def __init__(self, state: State, posts: Posts, *, scheduled: bool) -> None:
        self._state = state
        self._posts = posts
        self._scheduled = scheduled
        self._path_id = "scheduled_tweet_id" if scheduled else "draft_tweet_id"
        self._plans = state.plans if scheduled else state.drafts
        self._names = (*_CHANGED, "scheduled_at") if scheduled else _CHANGED

    def create(self, call: AdsCall) -> Response:
        """`POST …/draft_tweets` or `…/scheduled_tweets`."""
        sent = call.parameters("as_user_id", *self._names)
        user_id = sent.get("as_user_id", "")
        if not user_id:
            raise lacking("as_user_id")
        if user_id not in self._state.ads_accounts[call.account]:
            told = "This user is not authorized to be promoted by this account"
            raise ads_error(403, "UNAUTHORIZED_ACCESS", told, parameter="as_user_id", value=user_id)
        if not sent.get("text") and not sent.get("media_keys"):
            raise lacking("text")
        if self._scheduled and not sent.get("scheduled_at"):
            raise lacking("scheduled_at")
        now = self._state.now
        plan = Plan(
            id=self._state.new_id(),
            account_id=call.account,
            user_id=user_id,
            text="",
            media_keys=[],
            card_uri=None,
            nullcast=True,
            name=None,
            created_at=now,
            updated_at=now,
        )
        self._change(call, plan, sent)
        if self._scheduled:
            call.told["as_user_id"] = int(user_id)
        self._plans[plan.id] = plan
        return answer(call, view(plan))

    def update(self, call: AdsCall) -> Response:
        """`PUT …/:id`."""
        sent = call.parameters(*self._names)
        plan = self._find(call)
        if self._scheduled and plan.status != "SCHEDULED":
            raise ads_error(400, "INVALID_PARAMETER", "The scheduled Tweet can no longer be changed.", parameter="id")
        text = sent.get("text", plan.text)
        keys = sent["media_keys"] if "media_keys" in sent else ",".join(plan.media_keys)
        if not text and not keys:
            raise ads_error(400, "TWEET_CANNOT_BE_BLANK", "The Tweet cannot be blank.", parameter="text")
        self._change(call, plan, sent)
        plan.updated_at = self._state.now
        return answer(call, view(plan))

    def delete(self, call: AdsCall) -> Response:
        """`DELETE …/:id`: for good."""
        call.parameters()
        plan = self._find(call)
        if self._scheduled and plan.status == "SCHEDULED":
            plan.status = "DELETED"
        del self._plans[plan.id]
        gone: dict[str, JsonValue] = {"scheduled_status": "DELETED"} if self._scheduled else {"status": "DELETED"}
        return answer(call, view(plan) | gone)

    def one(self, call: AdsCall) -> Response:
        """`GET …/:id`."""
        call.parameters()
        return answer(call, view(self._find(call)))

    def all(self, call: AdsCall) -> Response:
        """`GET …`: of one user, of the account's own if none is named."""
        sent = call.parameters("count", "cursor", "user_id")
        users = self._state.ads_accounts[call.account]
        user_id = sent.get("user_id") or next(one for one in self._state.users if one in users)
        found = [one for one in self._plans.values() if one.account_id == call.account and one.user_id == user_id]
        return page(call, sent, [view(one) for one in found])

    def preview(self, call: AdsCall) -> Response:
        """`POST …/draft_tweets/preview/:id`: a notification on the user's devices."""
        call.parameters()
        plan = self._find(call)
        call.told["account_id"] = call.account
        name = self._state.users[plan.user_id].username
        told = f"See @{name}'s notifications in the X app to preview your Tweet."
        return json_response(200, {"request": {"params": {**call.told}}, "message": told})

    def carry_out(self) -> None:
        """Put live what is due; what is no longer valid fails."""
        for plan in list(self._plans.values()):
            if plan.status != "SCHEDULED" or plan.scheduled_at is None or plan.scheduled_at > self._state.now:
                continue
            plan.completed_at = plan.scheduled_at
            author = self._state.users[plan.user_id]
            try:
                self._check_text(plan.text, plan.user_id)
                media = self._media(plan)
            except Refused:
                plan.status = "FAILED"
                continue
            body = CreatePost(text=plan.text, nullcast=plan.nullcast, card_uri=plan.card_uri)
            tweet = self._posts.build(body, author, media, at=plan.scheduled_at)
            tweet.scheduled = True
            self._state.tweets[tweet.id] = tweet
            plan.status, plan.tweet_id = "SUCCESS", tweet.id

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _find(self, call: AdsCall) -> Plan:
        plan = self._plans.get(call.id)
        call.told[self._path_id] = call.id
        if plan is None or plan.account_id != call.account:
            told = f"No {self._path_id.removesuffix('_id')} was found for {call.id}"
            raise ads_error(404, "NOT_FOUND", told, parameter=self._path_id, value=call.id, params={**call.told})
        return plan

    def _change(self, call: AdsCall, plan: Plan, sent: dict[str, str]) -> None:
        """Check every change, then make them."""
        text = sent.get("text", plan.text)
        self._check_text(text, plan.user_id)
        keys = plan.media_keys
        if "media_keys" in sent:
            keys = [one for one in sent["media_keys"].split(",") if one]
            self._named_media(keys, plan.user_id)
            call.told["media_keys"] = [*keys]
        nullcast = plan.nullcast
        if "nullcast" in sent:
            if sent["nullcast"] not in ("true", "false"):
                raise bad("nullcast", sent["nullcast"], f'Expected Boolean, got "{sent["nullcast"]}" for nullcast')
            nullcast = sent["nullcast"] == "true"
            call.told["nullcast"] = nullcast
        if len(sent.get("name", "")) > _LONGEST_NAME:
            raise bad("name", sent["name"], f"name is longer than {_LONGEST_NAME} characters")
        if "scheduled_at" in sent:
            plan.scheduled_at = self._when(sent["scheduled_at"], plan)
            call.told["scheduled_at"] = ads_time(plan.scheduled_at)
        plan.text, plan.media_keys, plan.nullcast = text, keys, nullcast
        if "card_uri" in sent:
            plan.card_uri = sent["card_uri"] or None
        if "name" in sent:
            plan.name = sent["name"] or None

    def _check_text(self, text: str, user_id: str) -> None:
        longest = _LONGEST_PREMIUM if self._state.users[user_id].premium else _LONGEST
        if weighted_length(text) > longest:
            raise bad("text", text[:20], "The Tweet is too long.", code="INVALID_TWEET")

    def _when(self, text: str, plan: Plan) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise bad("scheduled_at", text, f'Expected time, got "{text}" for scheduled_at') from None
        at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        at = at.replace(second=0, microsecond=0)  # seconds are ignored
        if not self._state.now < at <= self._state.now + _FARTHEST:
            raise bad("scheduled_at", text, "scheduled_at must be in the future, within a year")
        near = [one.scheduled_at for one in self._plans.values() if one is not plan and one.scheduled_at]
        if _fullest(at, near) >= _MOST_IN_WINDOW:
            told = f"At most {_MOST_IN_WINDOW} Tweets may be scheduled in 15 minutes."
            raise ads_error(400, "SCHEDULED_TWEET_LIMIT_EXCEEDED", told, parameter="scheduled_at", value=text)
        return at

    def _media(self, plan: Plan) -> list[Media]:
        return self._named_media(plan.media_keys, plan.user_id)

    def _named_media(self, keys: list[str], user_id: str) -> list[Media]:
        by_key = {one.key: one.id for one in self._state.media.values()}
        ids = [by_key.get(key, "") for key in keys]
        try:
            if len(ids) > 4:
                raise bad("media_keys", ",".join(keys), "At most 4 images.")
            return in_post(self._state, ids, user_id)
        except Refused:
            raise ads_error(
                400, "INVALID_MEDIA", "A media key is not valid.", parameter="media_keys", value=",".join(keys)
            ) from None


def _fullest(at: datetime, others: Iterable[datetime]) -> int:
    """Count the most plans that share any window of 15 minutes with a time."""
    near = sorted(one for one in others if abs(one - at) < _WINDOW)
    return max((sum(1 for one in near if start <= one < start + _WINDOW) for start in [*near, at]), default=0)


def view(plan: Plan) -> dict[str, JsonValue]:
    """Write a draft or a scheduled post."""
    told: dict[str, JsonValue] = {
        "name": plan.name,
        "text": plan.text,
        "user_id": plan.user_id,
        "id": plan.id,
        "nullcast": plan.nullcast,
        "created_at": ads_time(plan.created_at),
        "card_uri": plan.card_uri,
        "updated_at": ads_time(plan.updated_at),
        "media_keys": [*plan.media_keys],
    }
    if plan.scheduled_at is None:
        return told
    return told | {
        "completed_at": ads_time(plan.completed_at) if plan.completed_at else None,
        "scheduled_status": plan.status,
        "scheduled_at": ads_time(plan.scheduled_at),
        "tweet_id": plan.tweet_id,
    }
