"""Reading posts, timelines and users."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import invalid, invalid_parameter, unsupported_authentication
from socialconnect.testing.emulators.twitter.fields import (
    MEDIA_FIELDS,
    PRIVATE_GROUPS,
    Names,
    media_view,
    names,
    poll_view,
    tweet_view,
    user_view,
)
from socialconnect.testing.emulators.twitter.state import State, Tweet
from socialconnect.transport.request import Response

__all__ = ["Reads"]

_ID = re.compile(r"[0-9]{1,19}")
_PRIVATE_AGE = timedelta(days=30)
_PAGING = (
    "max_results", "pagination_token", "since_id", "until_id", "start_time", "end_time", "exclude",
)  # fmt: skip
_TIMELINE_DEPTH = 3200


@dataclass(frozen=True)
class _Asked:
    """What a read asked for."""

    tweet_fields: list[str]
    user_fields: list[str]
    media_fields: list[str]
    expansions: list[str]


class Reads:
    """
    The reads.

    Args:
        state: Where everything is.
        ledger: What reads are charged to.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def by_ids(self, call: Call) -> Response:
        """`GET /2/tweets`: up to 100 posts; those that are missing come as errors beside the others."""
        asked = self._asked(call.request, "ids")
        ids = _listed(call.request, "ids")
        if not 1 <= len(ids) <= 100:
            raise self._bad("ids", ids, f"The number of values in the `ids` query parameter list [{len(ids)}] is not "
                            "between 1 and 100")  # fmt: skip
        for one in ids:
            self._check_id("ids", one)
        return self._posts(call, ids, asked, "ids")

    def by_id(self, call: Call) -> Response:
        """`GET /2/tweets/:id`."""
        asked = self._asked(call.request)
        self._check_id("id", call.captures["id"])
        return self._posts(call, [call.captures["id"]], asked, "id")

    def timeline(self, call: Call) -> Response:
        """`GET /2/users/:id/tweets`: newest first, with pages."""
        asked = self._asked(call.request, *_PAGING)
        user_id = call.captures["id"]
        self._check_id("id", user_id)
        if user_id not in self._state.users:
            return json_response(200, {"errors": [self._missing("user", user_id, "id")]})
        size = self._page_size(call.request)
        found = self._timeline(call.request, user_id)
        page, rest = found[:size], found[size:]
        if not page:
            return json_response(200, {"meta": {"result_count": 0}})
        meta: dict[str, JsonValue] = {
            "result_count": len(page),
            "newest_id": page[0].id,
            "oldest_id": page[-1].id,
        }
        if rest:
            meta["next_token"] = f"7140dibdnow{page[-1].id}"
        self._ledger.charge_reads("post_read", [one.id for one in page])
        return self._envelope(call, page, asked, [], meta)

    def me(self, call: Call) -> Response:
        """`GET /2/users/me`."""
        return self._user(call, call.user_id)

    def user(self, call: Call) -> Response:
        """`GET /2/users/:id`."""
        return self._user(call, call.captures["id"])

    def credits(self, call: Call) -> Response:
        """`GET /2/usage/credits`: the balance in US dollars."""
        left = self._state.settings.credits
        balance = float(left) if left is not None else 0.0
        data: JsonValue = {"free_balance": 0.0, "prepaid_balance": balance, "total_balance": max(0.0, balance)}
        return json_response(200, {"data": data})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _user(self, call: Call, user_id: str) -> Response:
        asked = self._asked(call.request)
        user = self._state.users.get(user_id)
        if user is None:
            return json_response(200, {"errors": [self._missing("user", user_id, "id")]})
        self._ledger.charge_reads("user_read", [user.id])
        return json_response(200, {"data": user_view(user, self._state, asked.user_fields)})

    def _posts(self, call: Call, ids: Sequence[str], asked: _Asked, parameter: str) -> Response:
        found = [tweet for one in ids if (tweet := self._state.live(one)) is not None]
        shown = {tweet.id for tweet in found}
        errors = [self._missing("tweet", one, parameter) for one in ids if one not in shown]
        self._ledger.charge_reads("post_read", [one.id for one in found])
        return self._envelope(call, found, asked, errors, None, parameter)

    def _envelope(
        self,
        call: Call,
        tweets: Sequence[Tweet],
        asked: _Asked,
        errors: list[JsonValue],
        meta: dict[str, JsonValue] | None,
        parameter: str = "id",
    ) -> Response:
        body: dict[str, JsonValue] = {}
        data: list[JsonValue] = []
        for tweet in tweets:
            view = tweet_view(tweet, self._state, asked.tweet_fields)
            errors += self._private(call, tweet, asked, view, parameter)
            data.append(view)
        if data:
            body["data"] = data if parameter == "ids" or meta else data[0]
        included = self._includes(tweets, asked)
        if included:
            body["includes"] = included
        if errors:
            body["errors"] = errors
        if meta is not None:
            body["meta"] = meta
        return json_response(200, body)

    def _private(
        self, call: Call, tweet: Tweet, asked: _Asked, view: dict[str, JsonValue], parameter: str
    ) -> list[JsonValue]:
        """Add the private metrics that the caller may see, and give an error for each that it may not."""
        errors: list[JsonValue] = []
        recent = tweet.created_at + _PRIVATE_AGE > self._state.now
        for group in PRIVATE_GROUPS.keys() & set(asked.tweet_fields):
            allowed = tweet.author_id == call.user_id and recent and (group != "promoted_metrics" or tweet.promoted)
            if allowed:
                counts = tweet.public | tweet.private
                view[group] = {name: counts.get(name, 0) for name in PRIVATE_GROUPS[group]}
            else:
                errors += [self._unseen(f"{group}.{name}", tweet.id, parameter) for name in PRIVATE_GROUPS[group]]
        return errors

    def _includes(self, tweets: Sequence[Tweet], asked: _Asked) -> dict[str, JsonValue]:
        known = names(self._state)
        included: dict[str, JsonValue] = {}
        media = [self._state.media[key] for one in tweets for key in one.media_ids if key in self._state.media]
        if media and "attachments.media_keys" in asked.expansions:
            included["media"] = [media_view(one, asked.media_fields) for one in media]
        if tweets and "author_id" in asked.expansions:
            authors = [self._state.users[one] for one in dict.fromkeys(tweet.author_id for tweet in tweets)]
            included["users"] = [user_view(one, self._state, asked.user_fields) for one in authors]
        polls: list[JsonValue] = [poll_view(one, one.poll) for one in tweets if one.poll]
        if polls and "attachments.poll_ids" in asked.expansions:
            included["polls"] = polls
        if {"referenced_tweets.id", "referenced_posts"} & set(asked.expansions):
            wanted = dict.fromkeys(one for tweet in tweets for one in (tweet.reply_to, tweet.quotes) if one)
            found = [tweet for one in wanted if (tweet := self._state.live(one))]
            if found:
                included[known.includes] = [tweet_view(one, self._state, asked.tweet_fields) for one in found]
        return included

    def _timeline(self, request: EmulatedRequest, user_id: str) -> list[Tweet]:
        query = request.query
        lag = self._state.settings.timeline_lag
        since_id, until_id = _number(query.get("since_id")), _number(query.get("until_id"))
        excluded = set(_listed(request, "exclude"))
        start = None if since_id is not None else self._time(query, "start_time")
        end = self._time(query, "end_time")
        token = query.get("pagination_token")
        if token is not None:
            until_id = self._after(token)
        found = [
            one
            for one in self._state.tweets.values()
            if one.author_id == user_id
            and self._state.live(one.id, lag=lag)
            and not one.nullcast
            and one.id == one.history[-1]
            and (since_id is None or int(one.id) > since_id)
            and (until_id is None or int(one.id) < until_id)
            and (start is None or one.created_at >= start)
            and (end is None or one.created_at < end)
            and not ("replies" in excluded and one.reply_to)
        ]
        return sorted(found, key=lambda one: int(one.id), reverse=True)[:_TIMELINE_DEPTH]

    def _after(self, token: str) -> int:
        prefix, _, last = token.partition("7140dibdnow")
        if prefix or not last.isdecimal():
            raise self._bad("pagination_token", [token], f"The `pagination_token` query parameter value [{token}] is "
                            "not valid")  # fmt: skip
        return int(last)

    def _time(self, query: dict[str, str], name: str) -> datetime | None:
        if name not in query:
            return None
        try:
            read = datetime.fromisoformat(query[name])
        except ValueError:
            read = None
        if read is None or read.tzinfo is None:
            raise self._bad(name, [query[name]], f"The `{name}` query parameter value [{query[name]}] is not a valid "
                            "RFC3339 date-time")  # fmt: skip
        return read

    def _page_size(self, request: EmulatedRequest) -> int:
        sent = request.query.get("max_results", "10")
        if not sent.isdecimal() or not 5 <= int(sent) <= 100:
            raise self._bad("max_results", [sent], f"The `max_results` query parameter value [{sent}] is not between "
                            "5 and 100")  # fmt: skip
        return int(sent)

    def _asked(self, request: EmulatedRequest, *own: str) -> _Asked:
        """Read the parameters that choose fields; an unknown parameter or value is refused."""
        known = names(self._state)
        fields = {
            "expansions": known.expansions,
            known.fields: known.tweet_fields,
            "media.fields": MEDIA_FIELDS,
            "poll.fields": ["duration_minutes", "end_datetime", "id", "options", "voting_status"],
            "place.fields": ["contained_within", "country", "country_code", "full_name", "geo", "id", "name"],
            "user.fields": known.user_fields,
        }
        allowed = [*own, *fields]
        for name, value in request.query.items():
            if name not in allowed:
                message = f"The query parameter [{name}] is not one of [{','.join(allowed)}]"
                raise self._bad(name, value.split(","), message)
        for name, values in fields.items():
            for value in _listed(request, name):
                if value not in values:
                    message = f"The `{name}` query parameter value [{value}] is not one of [{','.join(values)}]"
                    raise self._bad(name, [value], message)
        return self._read_fields(request, known)

    def _read_fields(self, request: EmulatedRequest, known: Names) -> _Asked:
        expansions = _listed(request, "expansions")
        tweet_fields = _listed(request, known.fields)
        if not known.legacy:  # there these keys come with their expansion
            tweet_fields += [
                one for one in ("author_id", "in_reply_to_user_id", "referenced_posts") if one in expansions
            ]
        return _Asked(tweet_fields, _listed(request, "user.fields"), _listed(request, "media.fields"), expansions)

    def check_private(self, call: Call) -> None:
        """
        See that the app alone does not ask for an author's private metrics.

        Raises:
            Refused: It does.
        """
        wanted = set(_listed(call.request, names(self._state).fields))
        if call.grant.scheme == "app" and wanted & PRIVATE_GROUPS.keys():
            raise unsupported_authentication(
                "OAuth 2.0 Application-Only", "OAuth 1.0a User Context, OAuth 2.0 User Context"
            )

    def _check_id(self, parameter: str, value: str) -> None:
        if not _ID.fullmatch(value):
            message = f"The `{parameter}` query parameter value [{value}] does not match ^[0-9]{{1,19}}$"
            raise self._bad(parameter, [value], message)

    def _bad(self, parameter: str, values: Sequence[str], message: str) -> Refused:
        if names(self._state).legacy:
            return invalid(message, parameters={parameter: values})
        return invalid_parameter(parameter, ",".join(values), message)

    def _missing(self, kind: str, value: str, parameter: str) -> JsonValue:
        plural = "ids" if parameter == "ids" else "id"
        return {
            "value": value,
            "detail": f"Could not find {kind} with {plural}: [{value}].",
            "title": "Not Found Error",
            "resource_type": kind,
            "parameter": parameter,
            "resource_id": value,
            "type": f"{names(self._state).problem_host}/2/problems/resource-not-found",
        }

    def _unseen(self, field: str, post_id: str, parameter: str) -> JsonValue:
        plural = "ids" if parameter == "ids" else "id"
        return {
            "resource_type": "tweet",
            "field": field,
            "parameter": parameter,
            "resource_id": post_id,
            "title": "Field Authorization Error",
            "section": "data",
            "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with {plural} : [{post_id}].",
            "value": post_id,
            "type": f"{names(self._state).problem_host}/2/problems/not-authorized-for-field",
        }


def _listed(request: EmulatedRequest, name: str) -> list[str]:
    return [one for one in request.query.get(name, "").split(",") if one]


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None
