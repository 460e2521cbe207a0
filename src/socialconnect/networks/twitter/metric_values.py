"""Numbers of posts as Twitter gives them, turned into ours; what it refused is told field by field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from socialconnect.errors import SocialConnectError
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.twitter.errors import partial_error
from socialconnect.networks.twitter.metric_names import ALIASES, ALL, PUBLIC, Question
from socialconnect.networks.twitter.wire import Analytics, ApiProblem, Tweets

__all__ = ["Found", "looked_up", "merged", "timed", "timed_media"]

Found = dict[str, Metrics | SocialConnectError]
"""Each post's numbers, or the error of their reading."""

_FIELD_PROBLEMS = ("not-authorized-for-field", "field-unauthorized", "field-hydration-failure")
_PRIVATE = "Only the author may read it, and only within 30 days of the post; promoted numbers only if it was promoted."

_OURS: Mapping[str, tuple[str, ...]] = {
    "views": ("impression_count", "non_public_metrics.impression_count"),
    "likes": ("like_count",),
    "comments": ("reply_count",),
    "shares": ("repost_count", "retweet_count"),
    "saves": ("bookmark_count",),
    "clicks": ("non_public_metrics.url_link_clicks", "organic_metrics.url_link_clicks"),
    "engagements": ("non_public_metrics.engagements",),
}
"""Our field, and the network's names for it, new and old, the fullest count first."""


def looked_up(answer: Tweets, asked: Sequence[str], question: Question, now: datetime) -> Found:
    """Give each post's numbers or its own error; a problem that names no post is about all that are missing."""
    refused: dict[str, dict[str, Unavailable]] = {}
    found: Found = {}
    for one in answer.errors:
        if one.slug in _FIELD_PROBLEMS and one.about is not None:
            missing = _unavailable(one)
            refused.setdefault(one.about, {})[missing.name] = missing
        elif one.about is not None and one.about in asked:
            found[one.about] = partial_error(one)
    media = {one.media_key: one for one in answer.includes.media}
    for tweet in answer.data:
        own = [media[key] for key in tweet.media_keys if key in media]
        values = [*_of_groups(tweet.groups, question), *_of_media({one.media_key: one.groups for one in own}, question)]
        unavailable = dict(refused.get(tweet.id, {}))
        for key in tweet.media_keys:
            # A medium's refusal names the medium.
            unavailable |= {f"media.{name}": one for name, one in refused.get(key, {}).items()}
        found[tweet.id] = _metrics(tweet.id, now, values, unavailable, question)
    _about_all(answer.errors, asked, found)
    return found


def _about_all(errors: Iterable[ApiProblem], asked: Sequence[str], found: Found) -> None:
    general = next((one for one in errors if one.about not in asked), None)
    if general is not None:
        found.update({one: partial_error(general) for one in asked if one not in found})


def _of_groups(groups: Mapping[str, Mapping[str, int | None]], question: Question) -> Iterable[MetricValue]:
    for group, counts in groups.items():
        for key, count in counts.items():
            if count is not None and question.asks(group, key):
                yield MetricValue(name=key if group == PUBLIC else f"{group}.{key}", value=count)


def _of_media(media: Mapping[str, Mapping[str, Mapping[str, int | None]]], question: Question) -> Iterable[MetricValue]:
    parts: dict[str, dict[str, int]] = {}
    for media_key, groups in media.items():
        for group, counts in groups.items():
            for key, count in counts.items():
                if count is not None and question.asks(f"media.{group}", key):
                    parts.setdefault(f"media.{group}.{key}", {})[media_key] = count
    for name, by_key in parts.items():
        yield MetricValue(name=name, value=by_key, dimensions=("media_key",))


def timed(answer: Analytics, asked: Sequence[str], question: Question, now: datetime, days: int) -> Found:
    """Give each post's numbers over time: one sum, or one number for each beginning of an hour, day or week."""
    found: Found = {one.about: partial_error(one) for one in answer.errors if one.about and one.about in asked}
    for row in answer.data:
        if row.id:
            found[row.id] = _metrics(row.id, now, _series(row.series, question, now, days), {}, question)
    _about_all(answer.errors, asked, found)
    return found


def timed_media(
    answer: Analytics, keys: Mapping[str, Sequence[str]], question: Question, now: datetime, days: int
) -> Found:
    """Give each post's media's numbers over time; `keys` are the media of each post."""
    rows = {row.media_key: row for row in answer.data}
    found: Found = {}
    for post_id, own in keys.items():
        parts: dict[str, dict[str, int]] = {}
        for media_key in own:
            for at, name, count in rows[media_key].series if media_key in rows else ():
                if question.asks(question.kind, name):
                    part = media_key if question.granularity == "total" else f"{media_key}, {at}"
                    told = parts.setdefault(f"{question.label}.{name}", {})
                    told[part] = told.get(part, 0) + count
        dimensions = ("media_key",) if question.granularity == "total" else ("media_key", "time")
        period = _period(question, days)
        values = [
            MetricValue(name=name, value=part, period=period, until=now, dimensions=dimensions)
            for name, part in parts.items()
        ]
        found[post_id] = _metrics(post_id, now, values, {}, question)
    return found


def _series(
    series: Iterable[tuple[str, str, int]], question: Question, now: datetime, days: int
) -> Iterable[MetricValue]:
    parts: dict[str, dict[str, int]] = {}
    for at, name, count in series:
        if question.asks(question.kind, name):
            told = parts.setdefault(f"{question.label}.{name}", {})
            told[at] = told.get(at, 0) + count
    for name, by_time in parts.items():
        if question.granularity == "total":
            yield MetricValue(name=name, value=sum(by_time.values()), period=_period(question, days), until=now)
        else:
            told_by = ("time",)
            yield MetricValue(name=name, value=by_time, period=_period(question, days), until=now, dimensions=told_by)


def _period(question: Question, days: int) -> str:
    return f"{days} days" if question.granularity == "total" else question.granularity


def _metrics(
    post_id: str,
    now: datetime,
    values: Iterable[MetricValue],
    unavailable: dict[str, Unavailable],
    question: Question,
) -> Metrics:
    by_name = {one.name: one for one in values}
    for name in _asked_names(question):
        if not _told(name, by_name, unavailable):
            unavailable[name] = Unavailable(name=name, reason="Twitter gave the post without this number.")
    return _counted(post_id, now, by_name, unavailable)


def _told(name: str, values: Mapping[str, MetricValue], unavailable: Mapping[str, Unavailable]) -> bool:
    """Whether a number or a group of numbers is there, or its absence is told."""
    if name == PUBLIC:
        return any("." not in one for one in values)
    names = (name, ALIASES.get(name, name))
    return any(one in names or one.startswith(f"{name}.") for one in (*values, *unavailable))


def _counted(
    post_id: str, now: datetime, by_name: Mapping[str, MetricValue], missing: Mapping[str, Unavailable]
) -> Metrics:
    def count(ours: str) -> int | None:
        told = (by_name[name].value for name in _OURS[ours] if name in by_name)
        return next((one for one in told if isinstance(one, int)), None)

    return Metrics(
        post=post_id,
        fetched_at=now,
        views=count("views"),
        likes=count("likes"),
        comments=count("comments"),
        shares=count("shares"),
        saves=count("saves"),
        clicks=count("clicks"),
        engagements=count("engagements"),
        values=by_name,
        unavailable=missing,
    )


def _asked_names(question: Question) -> Iterable[str]:
    for group, keys in question.wanted.items():
        start = group if question.kind == "lookup" else question.label
        for key in keys:
            yield start if key == ALL else key if group == PUBLIC else f"{start}.{key}"


def _unavailable(problem: ApiProblem) -> Unavailable:
    name = problem.field or "unknown"
    reason = problem.detail or problem.title or "Not given."
    if name.partition(".")[0] in ("non_public_metrics", "organic_metrics", "promoted_metrics"):
        reason = f"{reason} {_PRIVATE}"
    return Unavailable(name=name, reason=reason)


def merged(parts: Sequence[tuple[Question, Found]], missing: Mapping[str, Unavailable], now: datetime) -> Found:
    """Put together what several questions found; what one of them did not get costs the others nothing."""
    told: dict[str, list[tuple[str, Metrics | SocialConnectError]]] = {}
    for question, part in parts:
        for post_id, one in part.items():
            told.setdefault(post_id, []).append((question.label, one))
    return {post_id: _together(post_id, found, missing, now) for post_id, found in told.items()}


def _together(
    post_id: str,
    found: Sequence[tuple[str, Metrics | SocialConnectError]],
    missing: Mapping[str, Unavailable],
    now: datetime,
) -> Metrics | SocialConnectError:
    values: dict[str, MetricValue] = {}
    unavailable = dict(missing)
    failed: list[SocialConnectError] = []
    for label, one in found:
        if isinstance(one, SocialConnectError):
            failed.append(one)
            unavailable[label] = Unavailable(name=label, reason=one.message)
        else:
            values |= one.values
            unavailable |= one.unavailable
    if len(failed) == len(found):
        return failed[0]
    return _counted(post_id, now, values, unavailable)
