"""The numbers of posts and of the account: what is asked, in batches of a hundred, and what one failure costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from socialconnect.adapter import Adapter
from socialconnect.errors import (
    AuthError,
    LifecycleError,
    NotFound,
    Problem,
    SocialConnectError,
    ThrottleError,
    UnsupportedFeature,
    ValidationError,
)
from socialconnect.metrics import AccountMetrics, Metrics, MetricValue, Unavailable
from socialconnect.networks.twitter.errors import partial_error
from socialconnect.networks.twitter.limits import ANALYTICS_DAYS, METRICS_BATCH, METRICS_SOURCE
from socialconnect.networks.twitter.metric_names import ALIASES, Question, fields_of, questions
from socialconnect.networks.twitter.metric_values import Found, looked_up, merged, timed, timed_media
from socialconnect.networks.twitter.reader import Reader, check_id
from socialconnect.networks.twitter.wire import Analytics, Me, Tweets
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["account_metrics", "post_metrics"]


async def post_metrics(adapter: Adapter, reader: Reader, post_ids: Sequence[str], names: Sequence[str]) -> Found:
    """
    Give the numbers of posts; what happens to one batch, or to one kind of numbers, costs no other's.

    Args:
        adapter: The adapter that asks.
        reader: It knows how fields are called.
        post_ids: The posts.
        names: What is wanted, by Twitter's names; the public numbers if there are none.
    """
    asked, missing = questions(names, adapter.wire.clock.now().date(), adapter.catalogue)
    found, good = _checked(post_ids)
    if not asked:
        now = adapter.wire.clock.now()
        return {**found, **{one: Metrics(post=one, fetched_at=now, unavailable=missing) for one in good}}
    read, failed = 0, None
    for start in range(0, len(good), METRICS_BATCH):
        batch = good[start : start + METRICS_BATCH]
        if isinstance(failed, AuthError | LifecycleError | ThrottleError):
            found.update(dict.fromkeys(batch, failed))  # the next request would meet the same
            continue
        try:
            found.update(await _batch(adapter, reader, batch, asked, missing))
            read += 1
        except SocialConnectError as error:
            failed = error
            found.update(dict.fromkeys(batch, error))
    if failed is not None and read == 0:
        raise failed
    return found


def _checked(post_ids: Sequence[str]) -> tuple[Found, list[str]]:
    """Give the error of each text that cannot be an id, which would cost a whole batch, and the others."""
    found: Found = {}
    good: list[str] = []
    for one in post_ids:
        try:
            check_id(one)
            good.append(one)
        except ValidationError as error:
            found[one] = error
    return found, good


async def _batch(
    adapter: Adapter, reader: Reader, batch: list[str], asked: Sequence[Question], missing: Mapping[str, Unavailable]
) -> Found:
    parts: list[tuple[Question, Found]] = []
    failed: SocialConnectError | None = None
    for question in asked:
        try:
            parts.append((question, await _ask(adapter, reader, batch, question)))
        except SocialConnectError as error:
            failed = failed or error
            parts.append((question, dict.fromkeys(batch, error)))
            if isinstance(error, LifecycleError | ThrottleError):
                break  # the next question would meet the same
    if failed is not None and all(isinstance(one, SocialConnectError) for _, part in parts for one in part.values()):
        raise failed
    return merged(parts, missing, adapter.wire.clock.now())


async def _ask(adapter: Adapter, reader: Reader, batch: list[str], question: Question) -> Found:
    now = adapter.wire.clock.now()
    if question.kind == "lookup":
        return looked_up(await _look_up(reader, batch, fields_of(question)), batch, question, now)
    if question.kind == "analytics":
        query = {"ids": ",".join(batch), "analytics.fields": _keys(question)}
        answer = await _analytics(adapter, "/2/tweets/analytics", query, question)
        return timed(answer, batch, question, now, ANALYTICS_DAYS)
    return await _of_media(adapter, reader, batch, question)


async def _of_media(adapter: Adapter, reader: Reader, batch: list[str], question: Question) -> Found:
    """Ask which media the posts carry, then for those; a post carries up to four."""
    tweets = await _look_up(reader, batch, {"post": "attachments", "media": ""})
    now = adapter.wire.clock.now()
    keys = {tweet.id: tweet.media_keys for tweet in tweets.data}
    wanted = [key for own in keys.values() for key in own]
    whole = Analytics()
    for start in range(0, len(wanted), METRICS_BATCH):
        query = {"media_keys": ",".join(wanted[start : start + METRICS_BATCH])}
        query["media_analytics.fields"] = _keys(question)
        page = await _analytics(adapter, "/2/media/analytics", query, question)
        whole = Analytics(data=(*whole.data, *page.data), errors=(*whole.errors, *page.errors))
    gone = looked_up(tweets, batch, Question("lookup"), now)
    return {**gone, **timed_media(whole, keys, question, now, ANALYTICS_DAYS)}


async def _look_up(reader: Reader, batch: list[str], fields: Mapping[str, str]) -> Tweets:
    query = {"ids": ",".join(batch)}
    if fields["media"]:
        query |= {"expansions": "attachments.media_keys", "media.fields": f"media_key,{fields['media']}"}
    # Which media belong to which post is a field of the posts.
    posts = ",".join(one for one in (fields["post"], "attachments" if fields["media"] else "") if one)
    return await reader.get("/2/tweets", "/2/tweets", query, posts, _tweets)


async def _analytics(adapter: Adapter, path: str, query: Mapping[str, str], question: Question) -> Analytics:
    until = adapter.wire.clock.now()
    asked = {
        **query,
        "start_time": _stamp(until - timedelta(days=ANALYTICS_DAYS)),
        "end_time": _stamp(until),
        "granularity": question.granularity,  # once required: always told
    }
    request = Request("GET", adapter.url("api", path), Effect.READ, query=asked, limit_key=f"GET {path}")
    return await adapter.wire.call(request, lambda response: response.into(Analytics))


def _keys(question: Question) -> str:
    return ",".join(sorted(question.wanted[question.kind]))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tweets(response: Response) -> Tweets:
    return response.into(Tweets)


# ── the account ───────────────────────────────────────────────────────────────────────────────────────────────────


async def account_metrics(
    adapter: Adapter, since: datetime | None, until: datetime | None, names: Sequence[str]
) -> AccountMetrics:
    """
    Give the account's numbers as they are now; Twitter keeps no history of them.

    Raises:
        UnsupportedFeature: Days were asked for.
    """
    if since is not None or until is not None:
        message = "Twitter tells an account's numbers as they are now, and none of days before: keep them yourself"
        field = "since" if since is not None else "until"
        broken = Problem(field=field, rule="supported", message=message, network="twitter", source=METRICS_SOURCE)
        raise UnsupportedFeature([broken])
    query = {"user.fields": "public_metrics"}
    request = Request("GET", adapter.url("api", "/2/users/me"), Effect.READ, query=query, limit_key="GET /2/users/me")
    answer = await adapter.wire.call(request, lambda response: response.into(Me))
    if answer.data is None:
        raise partial_error(answer.errors[0]) if answer.errors else NotFound("Twitter does not say whose token it is.")
    now = adapter.wire.clock.now()
    counts = {name: one for name, one in (answer.data.public_metrics or {}).items() if one is not None}
    wanted = {name: name if name in counts else ALIASES.get(name, name) for name in (names or counts)}
    return AccountMetrics(
        network=adapter.network,
        account=adapter.account,
        fetched_at=now,
        values={
            told: (MetricValue(name=told, value=counts[told], period="lifetime", until=now),)
            for told in wanted.values()
            if told in counts
        },
        unavailable={
            name: Unavailable(name=name, reason="Twitter gave the account without this number.")
            for name, told in wanted.items()
            if told not in counts
        },
    )
