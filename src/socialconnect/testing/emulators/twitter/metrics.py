"""The counts that only authors see: private fields of posts and media, analytics over time, and the older insights."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.counts import Counts
from socialconnect.testing.emulators.twitter.errors import problem, unsupported_authentication
from socialconnect.testing.emulators.twitter.fields import (
    ANALYTICS,
    MEDIA_ANALYTICS,
    PRIVATE_GROUPS,
    PRIVATE_MEDIA_GROUPS,
    names_for,
    words,
)
from socialconnect.testing.emulators.twitter.query import Asked, Query
from socialconnect.testing.emulators.twitter.state import Media, State, Tweet
from socialconnect.testing.emulators.twitter.views import View, envelope, post_counts
from socialconnect.transport.request import Response

__all__ = ["Metrics", "PrivateCounts", "missing"]

_PRIVATE_AGE = timedelta(days=30)
_MEDIA_KEY = re.compile(r"[0-9]+_[0-9]+")
_STEPS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
_MOST_STEPS = 2000
_PUBLIC_SOURCES = {
    "impressions": "impression_count",
    "likes": "like_count",
    "replies": "reply_count",
    "retweets": "retweet_count",
    "quote_tweets": "quote_count",
    "bookmarks": "bookmark_count",
}
_PRIVATE_SOURCES = {
    "url_clicks": "url_link_clicks",
    "user_profile_clicks": "user_profile_clicks",
    "engagements": "engagements",
}
_MEDIA_SOURCES = {
    "video_views": "view_count",
    "playback_start": "playback_0_count",
    "playback25": "playback_25_count",
    "playback50": "playback_50_count",
    "playback75": "playback_75_count",
    "playback_complete": "playback_100_count",
}
_INSIGHTS = words(
    "AppInstallAttempts AppOpens DetailExpands EmailTweet Engagements Follows HashtagClicks Impressions Likes "
    "LinkClicks MediaEngagements MediaViews PermalinkClicks ProfileVisits QuoteTweets Replies Retweets "
    "UniqueVideoViews UrlClicks UserProfileClicks VideoCompletions VideoPlayed25Percent VideoPlayed50Percent "
    "VideoPlayed75Percent VideoStarts VideoViews"
)


def missing(asked: Asked, kind: str, value: str, parameter: str) -> View:
    """Tell that something is not there, as an error beside what is."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{asked.names.problem_type}resource-not-found",
    }


class PrivateCounts:
    """
    Which private counts a caller sees: an author's own, for a month.

    Args:
        state: Where posts and media are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def check(self, call: Call, asked: Asked) -> None:
        """
        See that the app alone does not ask for private counts.

        Raises:
            Refused: It does.
        """
        wanted = (asked.post_fields | asked.media_fields) & PRIVATE_GROUPS.keys()
        if call.grant.scheme == "app" and wanted:
            raise unsupported_authentication(
                "OAuth 2.0 Application-Only", "OAuth 1.0a User Context, OAuth 2.0 User Context"
            )

    def of_post(self, call: Call, tweet: Tweet, asked: Asked, parameter: str) -> tuple[View, list[JsonValue]]:
        """Give the groups that the caller may see, and an error for each count that it may not."""
        view: View = {}
        errors: list[JsonValue] = []
        for group, names in PRIVATE_GROUPS.items():
            if group not in asked.post_fields:
                continue
            if self._visible(call, tweet.author_id, tweet.created_at, group, promoted=tweet.promoted):
                view[group] = self._group(tweet, group, asked)
            else:
                errors += [_unseen(asked, "tweet", f"{group}.{name}", tweet.id, parameter) for name in names]
        return view, errors

    def of_media(self, call: Call, media: Media, author_id: str, at: datetime, asked: Asked) -> View:
        """Give the groups of a medium that the caller may see."""
        view: View = {}
        for group, names in PRIVATE_MEDIA_GROUPS.items():
            promoted = bool(media.counts.at(self._seen, "promoted"))
            if group not in asked.media_fields or media.kind != "video":
                continue
            if self._visible(call, author_id, at, group, promoted=promoted):
                kind = "promoted" if group == "promoted_metrics" else "private"
                counts = media.counts.at(self._seen, "public") | media.counts.at(self._seen, kind)
                view[group] = {name: counts.get(name, 0) for name in names}
        return view

    @property
    def _seen(self) -> datetime:
        return self._state.now - timedelta(seconds=self._state.settings.metrics_lag)

    def _visible(self, call: Call, author_id: str, at: datetime, group: str, *, promoted: bool) -> bool:
        own = author_id == call.grant.user_id and at + _PRIVATE_AGE > self._state.now
        return own and (group != "promoted_metrics" or promoted)

    def _group(self, tweet: Tweet, group: str, asked: Asked) -> View:
        promoted = tweet.counts.at(self._seen, "promoted")
        if group == "promoted_metrics":
            counts = promoted
        else:
            public, private = post_counts(tweet, self._state), tweet.counts.at(self._seen, "private")
            counts = public | private
            if group == "organic_metrics":
                counts = {name: value - promoted.get(name, 0) for name, value in counts.items()}
        reposts = asked.names.reposts
        return {
            reposts if name == "retweet_count" else name: max(counts.get(name, 0), 0) for name in PRIVATE_GROUPS[group]
        }


def _unseen(asked: Asked, kind: str, field: str, post_id: str, parameter: str) -> View:
    return {
        "resource_type": kind,
        "field": field,
        "parameter": parameter,
        "resource_id": post_id,
        "title": "Field Authorization Error",
        "section": "data",
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with {parameter} : [{post_id}].",
        "value": post_id,
        "type": f"{asked.names.problem_type}not-authorized-for-field",
    }


class Metrics:
    """
    The analytics endpoints.

    Args:
        state: Where the counts are.
        ledger: What reads are charged to.
    """

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    def posts(self, call: Call) -> Response:
        """`GET /2/tweets/analytics`."""
        query = self._query(call)
        own = ("ids", "start_time", "end_time", "granularity")
        wanted = query.only(*own, analytics_fields=(*ANALYTICS, "id", "timestamp", "timestamped_metrics"))
        ids = query.required_list("ids", 100)
        times = self._times(query, tuple(_STEPS), "total")
        fields = [name for name in wanted["analytics.fields"] if name in ANALYTICS] or list(ANALYTICS)
        data: list[JsonValue] = []
        errors: list[JsonValue] = []
        for one in ids:
            tweet = self._state.live(one)
            if tweet is None:
                errors.append(missing(Asked(query.names), "tweet", one, "ids"))
            elif tweet.author_id != call.user_id:
                errors.append(self._foreign(query, one))
            else:
                series = [(at, self._gained(tweet.counts, *at)) for at in times]
                data.append({"id": one, "timestamped_metrics": _told(series, fields)})
                self._ledger.charge_reads("analytics_read", [one])
        return json_response(200, envelope(data, errors=errors))

    def media(self, call: Call) -> Response:
        """`GET /2/media/analytics`."""
        query = self._query(call)
        own = ("media_keys", "start_time", "end_time", "granularity")
        known = (*MEDIA_ANALYTICS, "media_key", "timestamp", "timestamped_metrics")
        wanted = query.only(*own, media_analytics_fields=known)
        keys = query.required_list("media_keys", 100, pattern=_MEDIA_KEY)
        times = self._times(query, ("hourly", "daily"), "daily")
        fields = [name for name in wanted["media_analytics.fields"] if name in MEDIA_ANALYTICS] or MEDIA_ANALYTICS
        by_key = {one.key: one for one in self._state.media.values()}
        data: list[JsonValue] = []
        errors: list[JsonValue] = []
        for key in keys:
            found = by_key.get(key)
            if found is None or not found.usable_by(call.user_id):
                errors.append(missing(Asked(query.names), "media", key, "media_keys"))
                continue
            series = [(at, self._gained_media(found.counts, *at)) for at in times]
            data.append({"media_key": key, "timestamped_metrics": _told(series, fields)})
            self._ledger.charge_reads("media_read", [key])
        return json_response(200, envelope(data, errors=errors))

    def insights(self, call: Call) -> Response:
        """`GET /2/insights/28hr` and `/2/insights/historical`, until they ended."""
        query = self._query(call)
        historical = call.request.path.endswith("historical")
        own = ("tweet_ids", "granularity", "requested_metrics", *(("start_time", "end_time") if historical else ()))
        query.only(*own, engagement_fields=("errors", "measurement"))
        ids = query.required_list("tweet_ids", 25)
        wanted = query.some_of("requested_metrics", _INSIGHTS)
        if not wanted:
            raise query.bad("requested_metrics", [], "The `requested_metrics` query parameter can not be empty")
        granularity = query.one_of("granularity", ("Daily", "Hourly", "Weekly", "Total"), None)
        if granularity is None:
            raise query.bad("granularity", [], "The `granularity` query parameter can not be empty")
        ends = query.time("end_time", required=historical) or self._state.now + timedelta.resolution
        starts = query.time("start_time", required=historical) or ends - timedelta(hours=28)
        times = _steps(query, starts, ends, granularity.lower())
        own_posts = [one for post_id in ids if (one := self._state.live(post_id)) and one.author_id == call.user_id]
        if len(own_posts) < len(ids):
            raise self._foreign_refused(query, ids)
        measured: View = {"metrics_total": [self._insight(one, (starts, ends), wanted) for one in own_posts]}
        if granularity != "Total":
            measured["metrics_time_series"] = [
                self._insight_at(one, at, wanted) for one in own_posts for at in times
            ]  # fmt: skip
        return json_response(200, {"data": [{"measurement": measured}]})

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _query(self, call: Call) -> Query:
        return Query(call.request, names_for(call.request, self._state.settings.vocabulary))

    def _times(self, query: Query, steps: tuple[str, ...], default: str) -> list[tuple[datetime, datetime]]:
        starts, ends = query.time("start_time", required=True), query.time("end_time", required=True)
        granularity = query.one_of("granularity", (*steps, "total"), default)
        assert starts is not None
        assert ends is not None
        return _steps(query, starts, ends, str(granularity))

    def _gained(self, counts: Counts, start: datetime, end: datetime) -> dict[str, int]:
        end = self._until(end)
        public, private = counts.gained(start, end, "public"), counts.gained(start, end, "private")
        told = {name: public[source] for name, source in _PUBLIC_SOURCES.items() if source in public}
        told |= {name: private[source] for name, source in _PRIVATE_SOURCES.items() if source in private}
        return told | counts.gained(start, end, "analytics")

    def _gained_media(self, counts: Counts, start: datetime, end: datetime) -> dict[str, int]:
        end = self._until(end)
        gained = counts.gained(start, end, "public") | counts.gained(start, end, "private")
        told = {name: gained[source] for name, source in _MEDIA_SOURCES.items() if source in gained}
        return told | counts.gained(start, end, "analytics")

    def _until(self, end: datetime) -> datetime:
        """Give until when counts are known; what is asked for up to this second is all of it."""
        known = self._state.now - timedelta(seconds=self._state.settings.metrics_lag) + timedelta.resolution
        return known if end + timedelta(seconds=1) > self._state.now else min(end, known)

    def _insight(self, tweet: Tweet, at: tuple[datetime, datetime], wanted: Iterable[str]) -> View:
        gained = self._gained(tweet.counts, *at)
        values: list[JsonValue] = [
            {"metric_type": name, "metric_value": gained.get(_snake(name), 0)} for name in sorted(wanted)
        ]
        return {"tweet_id": tweet.id, "value": values}

    def _insight_at(self, tweet: Tweet, at: tuple[datetime, datetime], wanted: Iterable[str]) -> View:
        value = self._insight(tweet, at, wanted)["value"]
        stamp: View = {"iso8601_time": f"{at[0]:%Y-%m-%dT%H:%M:%SZ}"}
        return {"tweet_id": tweet.id, "value": {"timestamp": stamp, "metric_values": value}}

    def _foreign(self, query: Query, post_id: str) -> View:
        return {
            "resource_type": "tweet",
            "parameter": "ids",
            "resource_id": post_id,
            "title": "Authorization Error",
            "section": "data",
            "detail": f"Sorry, you are not authorized to see the analytics of the Tweet with ids: [{post_id}].",
            "value": post_id,
            "type": f"{query.names.problem_type}not-authorized-for-resource",
        }

    def _foreign_refused(self, query: Query, ids: list[str]) -> Refused:
        return problem(403, {**self._foreign(query, ids[0]), "status": 403})


def _steps(query: Query, starts: datetime, ends: datetime, granularity: str) -> list[tuple[datetime, datetime]]:
    if starts >= ends:
        sent = f"{starts:%Y-%m-%dT%H:%M:%SZ}"
        raise query.bad("start_time", [sent], f"Invalid 'start_time':'{sent}'. 'start_time' must be before 'end_time'.")
    if granularity == "total":
        return [(starts, ends)]
    step = _STEPS[granularity]
    if (ends - starts) / step > _MOST_STEPS:
        raise query.bad(
            "start_time", [], f"The time between `start_time` and `end_time` is too long for {granularity}."
        )
    times: list[tuple[datetime, datetime]] = []
    while starts < ends:
        times.append((starts, min(starts + step, ends)))
        starts += step
    return times


def _told(
    series: Iterable[tuple[tuple[datetime, datetime], Mapping[str, int]]], fields: Iterable[str]
) -> list[JsonValue]:
    names = list(fields)
    return [
        {
            "timestamp": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "metrics": {name: gained.get(name, 0) for name in names},
        }
        for (start, _), gained in series
    ]


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z0-9])", "_", name).lower()
