"""
Metrics of many posts, in batches: what was asked for and has no number says why, and costs itself alone.

One name that the network does not take sinks the whole question about a post. So after such a refusal each name is
tried by itself on that post, and the question is repeated without those refused.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

from pydantic import JsonValue

from socialconnect.errors import (
    AuthError,
    NotFound,
    PermissionDenied,
    SocialConnectError,
    ThrottleError,
    TransportError,
    UnavailableError,
)
from socialconnect.metrics import Metrics, MetricValue, Unavailable
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.wire import Batch, BatchItem, Insight, Insights
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["BATCH", "Question", "Wanted", "ask", "refuses_metric"]

T = TypeVar("T")

BATCH = 50
"""The most that one batch takes: https://developers.facebook.com/docs/graph-api/batch-requests."""

Answer = Sequence[Insight] | SocialConnectError
Sort = Callable[[Sequence[str]], Awaitable[dict[str, "Question"]]]


@dataclass(frozen=True)
class Wanted:
    """
    One metric to ask for.

    Args:
        name: The network's name.
        field: The field of `Metrics` that it fills, if any.
        part: The part of its value that counts, where the network splits it; all together if not given.
    """

    name: str
    field: str | None = None
    part: str | None = None


@dataclass
class Question:
    """
    What to ask of posts of one kind, less what is known to be refused.

    Args:
        wanted: The metrics.
        level: What the catalogue calls their level.
        when_empty: Why an empty answer is empty, by the network's documentation.
        dead: The metrics not to ask for, with the reason.
    """

    wanted: Sequence[Wanted]
    level: str
    when_empty: str
    dead: dict[str, Unavailable] = field(default_factory=dict[str, Unavailable])

    def names(self, without: Container[str] = ()) -> list[str]:
        """Give the names to ask for."""
        every = dict.fromkeys(one.name for one in self.wanted)
        return [name for name in every if name not in self.dead and name not in without]

    def bury(self, adapter: GraphAdapter) -> None:
        """Leave out what the catalogue says is dead on the clock's day."""
        for name in self.names():
            row = adapter.metric_end(name, (self.level,))
            if row is not None:
                reason = f"The network retired it on {row.ends} ({row.source})."
                self.dead[name] = Unavailable(name=name, reason=reason, replacement=row.replacement)


async def ask(
    adapter: GraphAdapter,
    post_ids: Sequence[str],
    question: Question,
    *,
    batched: bool = True,
    sort: Sort | None = None,
) -> dict[str, Metrics | SocialConnectError]:
    """
    Give each post's metrics, or the error of its reading.

    Args:
        adapter: The account.
        post_ids: The posts.
        question: What to ask; learns what the network refuses.
        batched: Whether the host takes batches; if not, each post is asked for by itself.
        sort: Tells the right question for posts that refuse this one, where posts are of several kinds.
    """
    question.bury(adapter)
    results: dict[str, Metrics | SocialConnectError] = {}
    for chunk in _chunks(post_ids, BATCH):
        results.update(await _ask_chunk(adapter, chunk, question, batched, sort))
    return results


async def _ask_chunk(
    adapter: GraphAdapter, post_ids: Sequence[str], question: Question, batched: bool, sort: Sort | None
) -> dict[str, Metrics | SocialConnectError]:
    names = question.names()
    answers = await _fetch(adapter, [(one, names) for one in post_ids], batched=batched)
    refused = [one for one in post_ids if refuses_metric(answers[one])]
    other = await _ask_others(adapter, refused, question, batched, sort) if refused and sort else {}
    refused = [one for one in refused if one not in other]
    found = await _ask_less(adapter, answers, refused, question, batched) if refused else {}
    if found and len(refused) + len(other) == len(post_ids):
        question.dead.update(found)  # whatever the post: no need to find out again
    results: dict[str, Metrics | SocialConnectError] = {}
    for one in post_ids:
        dead = {**question.dead, **found} if one in refused else question.dead
        results[one] = other[one] if one in other else _result(adapter, one, answers[one], question, dead)
    return results


async def _ask_others(
    adapter: GraphAdapter, refused: Sequence[str], question: Question, batched: bool, sort: Sort
) -> dict[str, Metrics | SocialConnectError]:
    """Ask the posts that are of another kind what their kind answers."""
    questions = await sort(refused)
    results: dict[str, Metrics | SocialConnectError] = {}
    for level in dict.fromkeys(one.level for one in questions.values()):
        own = [one for one in refused if one in questions and questions[one].level == level]
        if level != question.level:
            results.update(await ask(adapter, own, questions[own[0]], batched=batched))
    return results


async def _ask_less(
    adapter: GraphAdapter, answers: dict[str, Answer], refused: Sequence[str], question: Question, batched: bool
) -> dict[str, Unavailable]:
    """Find out which names are refused, and ask again without them. Puts the new answers in the old ones' place."""
    names = question.names()
    for post_id in refused:
        found = await _probe(adapter, post_id, names, batched=batched)
        if not found or len(found) == len(names):
            continue  # it is this post that is refused, not a name
        rest = question.names(found)
        answers.update(await _fetch(adapter, [(one, rest) for one in refused], batched=batched))
        return found
    return {}


async def _probe(adapter: GraphAdapter, post_id: str, names: Sequence[str], *, batched: bool) -> dict[str, Unavailable]:
    """Try each name by itself, and give those that the network refuses, with its reason."""
    found: dict[str, Unavailable] = {}
    answers = await _fetch_each(adapter, [(post_id, [name]) for name in names], batched=batched)
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, SocialConnectError) and refuses_metric(answer):
            found[name] = Unavailable(name=name, reason=f"The network refused it: {answer.message}")
    return found


async def _fetch(
    adapter: GraphAdapter, questions: Sequence[tuple[str, Sequence[str]]], *, batched: bool
) -> dict[str, Answer]:
    answers = await _fetch_each(adapter, questions, batched=batched)
    return {post_id: answer for (post_id, _), answer in zip(questions, answers, strict=True)}


async def _fetch_each(
    adapter: GraphAdapter, questions: Sequence[tuple[str, Sequence[str]]], *, batched: bool
) -> list[Answer]:
    paths = [_path(post_id, names) for post_id, names in questions]
    if not all(names for _, names in questions):
        return [()] * len(questions)  # nothing is left to ask for
    return await (_in_batch(adapter, paths) if batched else _one_by_one(adapter, paths))


def _path(post_id: str, names: Sequence[str]) -> str:
    return f"{quote(post_id, safe='')}/insights?metric={','.join(names)}"


async def _in_batch(adapter: GraphAdapter, paths: Sequence[str]) -> list[Answer]:
    items = await batch(adapter, paths)
    late = [index for index, item in enumerate(items) if item is None]
    if late:  # these ran out of time, not the others: ask once more
        again = await batch(adapter, [paths[index] for index in late])
        for index, item in zip(late, again, strict=True):
            items[index] = item
    return [_read(adapter, path, item) for path, item in zip(paths, items, strict=True)]


async def batch(adapter: GraphAdapter, paths: Sequence[str]) -> list[BatchItem | None]:
    """Read several nodes or edges with one request; `None` for what ran out of time."""
    calls = [{"method": "GET", "relative_url": path} for path in paths]
    form = {"batch": json.dumps(calls, separators=(",", ":")), "include_headers": "false"}
    request = Request("POST", f"{adapter.address()}/", Effect.READ, form=form)

    def parse(response: Response) -> list[BatchItem | None]:
        items = Batch.validate_json(response.content)
        if len(items) != len(paths):
            raise ValueError("the batch has another number of answers than questions")
        return items

    return await adapter.wire.call(request, parse)


async def _one_by_one(adapter: GraphAdapter, paths: Sequence[str]) -> list[Answer]:
    answers: list[Answer] = []
    for path in paths:
        if answers and isinstance(answers[-1], SocialConnectError) and _concerns_all(answers[-1]):
            answers.append(answers[-1])  # knocking on the door again will not open it
            continue
        request = Request("GET", f"{adapter.address()}/{path}", Effect.READ)
        try:
            found = await adapter.wire.call(request, lambda response: response.into(Insights))
        except SocialConnectError as error:
            if not answers and _concerns_all(error):
                raise
            answers.append(error)
        else:
            answers.append(found.data)
    return answers


def _concerns_all(error: SocialConnectError) -> bool:
    if isinstance(error, PermissionDenied):
        return False
    return isinstance(error, AuthError | ThrottleError | TransportError)


def _read(adapter: GraphAdapter, path: str, item: BatchItem | None) -> Answer:
    if item is None:
        return UnavailableError("The network ran out of time for this post, twice.")
    content = (item.body or "").encode()
    response = Response(item.code, {}, content)
    if response.ok:
        try:
            return response.into(Insights).data
        except ValueError:
            pass  # told below, as an answer that is not understood
    request = Request("GET", f"{adapter.address()}/{path}", Effect.READ)
    error = adapter.refused(request, response, answer=adapter.wire.redactor.answer(content))
    error.message = adapter.wire.redactor.text(error.message)
    return error


def refuses_metric(answer: Answer) -> bool:
    """Whether the network refuses one of the names, and with it the whole question."""
    return isinstance(answer, SocialConnectError) and answer.code == "100" and "metric" in answer.message.lower()


def _result(
    adapter: GraphAdapter, post_id: str, answer: Answer, question: Question, dead: Mapping[str, Unavailable]
) -> Metrics | SocialConnectError:
    missing = dict(dead)
    asked = question.names(dead)
    if isinstance(answer, SocialConnectError):
        if not (isinstance(answer, NotFound) and "not enough viewers" in answer.message.lower()):
            return answer
        missing.update({name: Unavailable(name=name, reason=answer.message) for name in asked})
        answer = ()
    values = {insight.name: value for insight in _lifetime_last(answer) if (value := _value(insight)) is not None}
    reason = "The network gave no number for it." if values else question.when_empty
    for name in asked:
        if name not in values and name not in missing:
            missing[name] = Unavailable(name=name, reason=reason)
    fields = {
        one.field: number for one in question.wanted if one.field and (number := _number(one, values)) is not None
    }
    told = {"post": post_id, "fetched_at": adapter.wire.clock.now(), "values": values, "unavailable": missing}
    return Metrics.model_validate({**told, **fields})


def _lifetime_last(insights: Sequence[Insight]) -> list[Insight]:
    # A metric may come twice, for its lifetime and for a day; the day's row is an old 0.
    return sorted(insights, key=lambda insight: insight.period == "lifetime")


def _value(insight: Insight) -> MetricValue | None:
    found = insight.total_value or (insight.values[-1] if insight.values else None)
    value: JsonValue | Mapping[str, JsonValue] = None if found is None else found.value
    if isinstance(value, Mapping):
        value = {key: number for key, number in value.items() if isinstance(number, int | float)}
    if value is None:
        return None
    return MetricValue.model_validate({"name": insight.name, "value": value, "period": insight.period})


def _number(wanted: Wanted, values: Mapping[str, MetricValue]) -> int | None:
    found = values.get(wanted.name)
    if found is None:
        return None
    if not isinstance(found.value, Mapping):
        return None if wanted.part else int(found.value)
    if wanted.part is None:
        return int(sum(found.value.values()))
    part = found.value.get(wanted.part)
    return None if part is None else int(part)


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
