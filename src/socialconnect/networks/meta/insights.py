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
from socialconnect.networks.meta.wire import Batch, BatchItem, Insight, Insights, InsightValue
from socialconnect.transport.request import Effect, Request, Response

__all__ = [
    "BATCH",
    "Answer",
    "Question",
    "Wanted",
    "ask",
    "batch",
    "read_each",
    "read_values",
    "refuses_metric",
]

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
        edge: Where the network answers it.
        parameters: What else to tell the network, such as a breakdown.
        look: Finds out why an answer is empty, at the first one that is.
    """

    wanted: Sequence[Wanted]
    level: str
    when_empty: str
    dead: dict[str, Unavailable] = field(default_factory=dict[str, Unavailable])
    edge: str = "insights"
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    look: Callable[[], Awaitable[str]] | None = None

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

    def path(self, post_id: str, names: Sequence[str]) -> str:
        """Give the address to ask these names of a post at."""
        more = "".join(f"&{key}={quote(value, safe=',')}" for key, value in self.parameters.items())
        return f"{quote(post_id, safe='')}/{self.edge}?metric={','.join(names)}{more}"


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
    question.dead.update(adapter.refused_metrics.get((question.level, "*"), {}))
    results: dict[str, Metrics | SocialConnectError] = {}
    for chunk in _chunks(post_ids, BATCH):
        results.update(await _ask_chunk(adapter, chunk, question, batched, sort))
    return results


async def _ask_chunk(
    adapter: GraphAdapter, post_ids: Sequence[str], question: Question, batched: bool, sort: Sort | None
) -> dict[str, Metrics | SocialConnectError]:
    refused_before = {one: adapter.refused_metrics.get((question.level, one), {}) for one in post_ids}
    wanted = [(one, question.names(refused_before[one])) for one in post_ids]
    answers = await _fetch(adapter, question, wanted, batched=batched)
    refused = [one for one in post_ids if refuses_metric(answers[one])]
    other = await _ask_others(adapter, refused, question, batched, sort) if refused and sort else {}
    refused = [one for one in refused if one not in other]
    found = await _ask_less(adapter, answers, refused, question, batched) if refused else {}
    everywhere = bool(found) and len(post_ids) > 1 and len(refused) + len(other) == len(post_ids)
    if everywhere:
        question.dead.update(found)  # whatever the post: no need to find out again
    for one in ["*"] if everywhere else refused if found else []:
        adapter.refused_metrics.setdefault((question.level, one), {}).update(found)
    if question.look is not None and any(names and answers[one] == () for one, names in wanted):
        question.when_empty, question.look = await question.look(), None
    results: dict[str, Metrics | SocialConnectError] = {}
    for one in post_ids:
        dead = {**question.dead, **refused_before[one], **(found if one in refused else {})}
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
        found = await _probe(adapter, post_id, question, names, batched=batched)
        if not found or len(found) == len(names):
            continue  # it is this post that is refused, not a name
        rest = question.names(found)
        answers.update(await _fetch(adapter, question, [(one, rest) for one in refused], batched=batched))
        return found
    return {}


async def _probe(
    adapter: GraphAdapter, post_id: str, question: Question, names: Sequence[str], *, batched: bool
) -> dict[str, Unavailable]:
    """Try each name by itself, and give those that the network refuses, with its reason."""
    found: dict[str, Unavailable] = {}
    answers = await read_each(adapter, [question.path(post_id, [name]) for name in names], batched=batched)
    for name, answer in zip(names, answers, strict=True):
        if isinstance(answer, SocialConnectError) and refuses_metric(answer):
            reason = f"The network refused it: {answer.message}"
            found[name] = Unavailable(name=name, reason=reason, refused=True)
    return found


async def _fetch(
    adapter: GraphAdapter, question: Question, wanted: Sequence[tuple[str, Sequence[str]]], *, batched: bool
) -> dict[str, Answer]:
    asked = [(post_id, question.path(post_id, names)) for post_id, names in wanted if names]
    answers = await read_each(adapter, [path for _, path in asked], batched=batched)
    nothing: dict[str, Answer] = {post_id: () for post_id, names in wanted if not names}  # nothing is left to ask for
    return nothing | {post_id: answer for (post_id, _), answer in zip(asked, answers, strict=True)}


async def read_each(adapter: GraphAdapter, paths: Sequence[str], *, batched: bool = True) -> list[Answer]:
    """Ask at several addresses, no more than one batch takes; each has its answer or its error."""
    if not paths:
        return []
    return await (_in_batch(adapter, paths) if batched else _one_by_one(adapter, paths))


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
    """Whether the network refuses one of the names, or knows no metrics of that kind, and so the whole question."""
    if not isinstance(answer, SocialConnectError) or answer.code != "100":
        return False
    return any(told in answer.message.lower() for told in ("metric", "nonexisting field"))


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
    rows = read_values(insight)
    if len(rows) > 1 and all(isinstance(row.value, Mapping) and row.dimensions for row in rows):
        parts = [row.value for row in rows if isinstance(row.value, Mapping)]
        return rows[0].model_copy(update={"value": {key: number for part in parts for key, number in part.items()}})
    return rows[-1] if rows else None


def read_values(insight: Insight) -> list[MetricValue]:
    """Give each number of a metric, with its period, that period's end, and the network's words on what it counts."""
    told = [insight.total_value] if insight.total_value is not None else insight.values
    return [value for one in told if (value := _one_value(insight, one)) is not None]


def _one_value(insight: Insight, found: InsightValue) -> MetricValue | None:
    value: JsonValue | Mapping[str, JsonValue] = found.value
    dimensions: tuple[str, ...] = ()
    split = [breakdown for breakdown in found.breakdowns if breakdown.results]
    if split:
        dimensions = split[0].dimension_keys
        value = {", ".join(part.dimension_values): part.value for part in split[0].results}
    elif found.model_extra and not isinstance(value, Mapping):  # a row of its own for each part
        dimensions = tuple(found.model_extra)
        value = {", ".join(str(part) for part in found.model_extra.values()): value}
    if isinstance(value, Mapping):
        value = {key: number for key, number in value.items() if isinstance(number, int | float)}
    if value is None:
        return None
    told = {"name": insight.name, "value": value, "period": insight.period, "description": insight.description}
    return MetricValue.model_validate({**told, "until": found.end_time, "dimensions": dimensions})


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
