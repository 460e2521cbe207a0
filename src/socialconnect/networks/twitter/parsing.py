"""Posts and their numbers as Twitter gives them back, turned into ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from socialconnect.errors import SocialConnectError
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.twitter.errors import partial_error
from socialconnect.networks.twitter.wire import ApiProblem, Tweet, Tweets
from socialconnect.post import PublishedPost

__all__ = ["address", "metrics_of", "published"]

_ESCAPED = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_ESCAPES = re.compile("|".join(_ESCAPED))
_OWN_MEDIA = re.compile(r"https?://(?:www\.)?(?:x|twitter)\.com/\w+/status/(?P<id>[0-9]+)/(?:photo|video)/[0-9]+")

_OURS: Mapping[str, tuple[str, ...]] = {
    "views": ("impression_count",),
    "likes": ("like_count",),
    "comments": ("reply_count",),
    "shares": ("repost_count", "retweet_count"),
    "saves": ("bookmark_count",),
}
"""Our field, and the network's names for it, new and old."""

_FIELD_PROBLEMS = ("not-authorized-for-field", "field-unauthorized", "field-hydration-failure")


def address(post_id: str) -> str:
    """Give where people see a post; works without the user's name."""
    return f"https://x.com/i/web/status/{post_id}"


def published(tweet: Tweet, *, network: str, account: str) -> PublishedPost:
    """Give a post that was read back, its text as it was written: Twitter's short addresses undone."""
    parent = next((one.id for one in tweet.references if one.type == "replied_to"), None)
    return PublishedPost(
        network=network,
        account=account,
        id=tweet.id,
        url=address(tweet.id),
        text=_as_written(tweet),
        created_at=tweet.created_at,
        media_count=len(tweet.attachments.media_keys) if tweet.attachments else 0,
        parent=parent,
    )


def _as_written(tweet: Tweet) -> str:
    text, entities = tweet.text, tweet.entities
    if tweet.note is not None:  # the whole of a long post; `text` is cut
        text, entities = tweet.note.text, tweet.note.entities or entities
    text = _ESCAPES.sub(lambda found: _ESCAPED[found[0]], text)
    for url in entities.urls if entities else ():
        own = _OWN_MEDIA.fullmatch(url.expanded_url or "")
        if url.media_key is not None or (own is not None and own["id"] == tweet.id):
            text = text.replace(url.url, "").rstrip()  # Twitter's own address of the media: nobody wrote it
        elif url.expanded_url:
            text = text.replace(url.url, url.expanded_url)
    return text


def metrics_of(answer: Tweets, asked: list[str], now: datetime) -> dict[str, Metrics | SocialConnectError]:
    """Give each post's numbers or its own error; a problem that names no post is about all that are missing."""
    fields: dict[str, dict[str, Unavailable]] = {}
    results: dict[str, Metrics | SocialConnectError] = {}
    for problem in answer.errors:
        if problem.slug in _FIELD_PROBLEMS and problem.about is not None:
            missing = _unavailable(problem)
            fields.setdefault(problem.about, {})[missing.name] = missing
        elif problem.about in asked:
            results[problem.about] = partial_error(problem)
    for tweet in answer.data:
        results[tweet.id] = _metrics(tweet, fields.get(tweet.id, {}), now)
    general = next((one for one in answer.errors if one.about not in asked), None)
    if general is not None:
        results.update({one: partial_error(general) for one in asked if one not in results})
    return results


def _metrics(tweet: Tweet, unavailable: dict[str, Unavailable], now: datetime) -> Metrics:
    counts = {name: value for name, value in (tweet.public_metrics or {}).items() if value is not None}
    if tweet.public_metrics is None:
        nothing = Unavailable(name="public_metrics", reason="Twitter gave the post without its numbers.")
        unavailable = {"public_metrics": nothing, **unavailable}
    found = {ours: next((counts[name] for name in names if name in counts), None) for ours, names in _OURS.items()}
    return Metrics(
        post=tweet.id,
        fetched_at=now,
        views=found["views"],
        likes=found["likes"],
        comments=found["comments"],
        shares=found["shares"],
        saves=found["saves"],
        values={name: MetricValue(name=name, value=value) for name, value in counts.items()},
        unavailable=unavailable,
    )


def _unavailable(problem: ApiProblem) -> Unavailable:
    return Unavailable(name=problem.field or "unknown", reason=problem.detail or problem.title or "Not given.")
