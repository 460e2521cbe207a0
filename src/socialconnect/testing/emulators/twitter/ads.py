"""
Drafts and scheduled posts of the X Ads API, version 12.

Source: https://docs.x.com/x-ads-api/creatives/reference. Parameters come in the query or a form, answers are JSON.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.errors import ads_error
from socialconnect.testing.emulators.twitter.media import in_post
from socialconnect.testing.emulators.twitter.posts import Posts
from socialconnect.testing.emulators.twitter.state import Media, Plan, State
from socialconnect.testing.emulators.twitter.text import weighted_length
from socialconnect.testing.emulators.twitter.wire import CreatePost
from socialconnect.transport.request import Response

__all__ = ["AdsApi"]

_FARTHEST = timedelta(days=365)
_MOST_IN_WINDOW = 30
_WINDOW = timedelta(minutes=15)
_OWN = {"as_user_id", "text", "media_keys", "card_uri", "nullcast", "name"}


class AdsApi:
    """
    The draft and scheduled posts of ads accounts.

    Args:
        state: Where they are.
        posts: What makes a post of one when its time comes.
    """

    def __init__(self, state: State, posts: Posts) -> None:
        self._state = state
        self._posts = posts

    def create(self, call: Call) -> Response:
        """`POST …/draft_tweets` or `…/scheduled_tweets`."""
        scheduled = self._scheduled(call)
        sent = self._parameters(call, _OWN | ({"scheduled_at"} if scheduled else set()))
        user_id = sent.get("as_user_id", "")
        if not user_id:
            raise _missing("as_user_id")
        if user_id not in self._state.ads_accounts[call.captures["account"]]:
            raise ads_error(403, "UNAUTHORIZED_ACCESS", "The user may not be promoted.", parameter="as_user_id")
        if not sent.get("text") and not sent.get("media_keys"):
            raise _missing("text")
        now = self._state.now
        plan = Plan(
            id=self._state.new_id(),
            account_id=call.captures["account"],
            user_id=user_id,
            text="",
            media_keys=[],
            card_uri=None,
            nullcast=True,
            name=None,
            created_at=now,
            updated_at=now,
        )
        if scheduled and not sent.get("scheduled_at"):
            raise _missing("scheduled_at")
        self._change(plan, sent)
        self._plans(call)[plan.id] = plan
        return _answer(_view(plan), sent)

    def update(self, call: Call) -> Response:
        """`PUT …/:id`."""
        scheduled = self._scheduled(call)
        sent = self._parameters(call, (_OWN - {"as_user_id"}) | ({"scheduled_at"} if scheduled else set()))
        plan = self._find(call)
        if scheduled and plan.status != "SCHEDULED":
            raise ads_error(400, "INVALID_PARAMETER", "The scheduled Tweet can no longer be changed.", parameter="id")
        self._change(plan, sent)
        plan.updated_at = self._state.now
        return _answer(_view(plan), sent)

    def delete(self, call: Call) -> Response:
        """`DELETE …/:id`: for good."""
        plan = self._find(call)
        view = _view(plan) | ({"scheduled_status": "DELETED"} if plan.scheduled_at else {"status": "DELETED"})
        del self._plans(call)[plan.id]
        return _answer(view, {})

    def one(self, call: Call) -> Response:
        """`GET …/:id`."""
        return _answer(_view(self._find(call)), {})

    def all(self, call: Call) -> Response:
        """`GET …`: up to `count` at a time, then a cursor."""
        sent = self._parameters(call, {"count", "cursor", "user_id"})
        size = sent.get("count", "100")
        if not size.isdecimal() or not 1 <= int(size) <= 200:
            raise ads_error(400, "INVALID_PARAMETER", "Expected Integer in range 1..200.", parameter="count")
        account, user_id = call.captures["account"], sent.get("user_id")
        found = [
            one
            for one in self._plans(call).values()
            if one.account_id == account and user_id in (None, one.user_id)
        ]  # fmt: skip
        start = int(sent["cursor"]) if sent.get("cursor", "").isdecimal() else 0
        page = found[start : start + int(size)]
        more = str(start + len(page)) if start + len(page) < len(found) else None
        data: list[JsonValue] = [_view(one) for one in page]
        return _answer(data, sent, next_cursor=more)

    def carry_out(self) -> None:
        """Put live what is due; what is no longer valid fails."""
        for plan in list(self._state.plans.values()):
            if plan.status != "SCHEDULED" or plan.scheduled_at is None or plan.scheduled_at > self._state.now:
                continue
            plan.completed_at = plan.scheduled_at
            author = self._state.users[plan.user_id]
            try:
                media = self._media(plan)
            except Refused:
                plan.status = "FAILED"
                continue
            tweet = self._posts.build(CreatePost(text=plan.text, nullcast=plan.nullcast), author, media)
            tweet.created_at = plan.scheduled_at
            self._state.tweets[tweet.id] = tweet
            plan.status, plan.tweet_id = "SUCCESS", tweet.id

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _scheduled(self, call: Call) -> bool:
        return call.captures["kind"] == "scheduled_tweets"

    def _plans(self, call: Call) -> dict[str, Plan]:
        return self._state.plans if self._scheduled(call) else self._state.drafts

    def _parameters(self, call: Call, allowed: set[str]) -> dict[str, str]:
        if call.request.media_type not in ("", "application/x-www-form-urlencoded"):
            raise ads_error(400, "INVALID_PARAMETER", "Parameters belong in the query or a form.")
        sent = call.request.query | (call.request.form if call.request.content else {})
        for name in sorted(set(sent) - allowed):
            raise ads_error(400, "INVALID_PARAMETER", f"Unknown parameter {name}.", parameter=name)
        return sent

    def _find(self, call: Call) -> Plan:
        plan = self._plans(call).get(call.captures["id"])
        if plan is None or plan.account_id != call.captures["account"]:
            raise ads_error(404, "NOT_FOUND", f"The entity {call.captures['id']} was not found.", parameter="id")
        return plan

    def _change(self, plan: Plan, sent: dict[str, str]) -> None:
        if "text" in sent:
            if weighted_length(sent["text"]) > 280:
                raise ads_error(400, "TWEET_TEXT_TOO_LONG", "The Tweet is too long.", parameter="text")
            plan.text = sent["text"]
        if "media_keys" in sent:
            plan.media_keys = [one for one in sent["media_keys"].split(",") if one]
            self._media(plan)
        if "card_uri" in sent:
            plan.card_uri = sent["card_uri"] or None
        if "nullcast" in sent:
            if sent["nullcast"] not in ("true", "false"):
                raise ads_error(400, "INVALID_PARAMETER", "Expected true or false.", parameter="nullcast")
            plan.nullcast = sent["nullcast"] == "true"
        if "name" in sent:
            if len(sent["name"]) > 80:
                raise ads_error(400, "INVALID_PARAMETER", "At most 80 characters.", parameter="name")
            plan.name = sent["name"]
        if "scheduled_at" in sent:
            plan.scheduled_at = self._when(sent["scheduled_at"], plan)

    def _when(self, text: str, plan: Plan) -> datetime:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise ads_error(400, "INVALID_PARAMETER", "Expected an ISO 8601 time.", parameter="scheduled_at")
        at = at.replace(second=0, microsecond=0)  # seconds are ignored
        if not self._state.now < at <= self._state.now + _FARTHEST:
            raise ads_error(400, "INVALID_PARAMETER", "Must be in the future, within a year.", parameter="scheduled_at")
        near = [one.scheduled_at for one in self._state.plans.values() if one is not plan and one.scheduled_at]
        if _fullest(at, near) >= _MOST_IN_WINDOW:
            raise ads_error(400, "SCHEDULED_TWEET_LIMIT_EXCEEDED", "At most 30 Tweets in 15 minutes.")
        return at

    def _media(self, plan: Plan) -> list[Media]:
        by_key = {one.key: one.id for one in self._state.media.values()}
        ids = [by_key.get(key, "") for key in plan.media_keys]
        try:
            return in_post(self._state, ids, plan.user_id)
        except Refused:
            raise ads_error(400, "INVALID_MEDIA", "A media key is not valid.", parameter="media_keys") from None


def _fullest(at: datetime, others: Iterable[datetime]) -> int:
    """Count the most plans that share any window of 15 minutes with a time."""
    near = sorted(one for one in others if abs(one - at) < _WINDOW)
    return max((sum(1 for one in near if start <= one < start + _WINDOW) for start in [*near, at]), default=0)


def _missing(name: str) -> Refused:
    return ads_error(400, "MISSING_PARAMETER", f"The parameter {name} is required.", parameter=name)


def _answer(data: JsonValue, sent: dict[str, str], *, next_cursor: str | None = None) -> Response:
    body: dict[str, JsonValue] = {"request": {"params": {**sent}}, "data": data, "next_cursor": next_cursor}
    return json_response(200, body, {"x-current-api-version": "12"})


def _view(plan: Plan) -> dict[str, JsonValue]:
    view: dict[str, JsonValue] = {
        "id": plan.id,
        "name": plan.name,
        "text": plan.text,
        "user_id": plan.user_id,
        "nullcast": plan.nullcast,
        "card_uri": plan.card_uri,
        "media_keys": [*plan.media_keys],
        "created_at": _ads_time(plan.created_at),
        "updated_at": _ads_time(plan.updated_at),
    }
    if plan.scheduled_at is None:
        return view
    return view | {
        "scheduled_at": _ads_time(plan.scheduled_at),
        "scheduled_status": plan.status,
        "completed_at": _ads_time(plan.completed_at) if plan.completed_at else None,
        "tweet_id": plan.tweet_id,
    }


def _ads_time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"
