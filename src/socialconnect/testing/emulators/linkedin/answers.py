"""The answers that all resources give alike: collections, batches, and projections of both."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from pydantic import JsonValue

from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.linkedin.encoding import RestliValue, reduced
from socialconnect.testing.emulators.linkedin.errors import bad_query, wrong_parameter
from socialconnect.testing.emulators.linkedin.restli import RestliCall
from socialconnect.testing.emulators.linkedin.settings import LinkedInSettings
from socialconnect.transport.request import Response

__all__ = ["batch", "collection", "page_of", "projected"]

_MOST = 100
Projection = dict[str, "Projection"]


def collection(elements: Sequence[JsonValue], *, start: int = 0, count: int = 10, total: int | None = None) -> Response:
    """Answer with a page of a collection; most finders tell no total."""
    paging: dict[str, JsonValue] = {"start": start, "count": count, "links": []}
    if total is not None:
        paging["total"] = total
    return json_response(200, {"paging": paging, "elements": [*elements]})


def page_of(call: RestliCall, elements: Sequence[JsonValue], *, tells_total: bool = False) -> Response:
    """
    Answer with the part of a collection that `start` and `count` ask for.

    Raises:
        Refused: They are no numbers, or ask for more than a hundred.
    """
    start, count = call.number("start", 0), call.number("count", 10)
    if count > _MOST:
        raise wrong_parameter("count")
    total = len(elements) if tells_total else None
    return collection(elements[start : start + count], start=start, count=count, total=total)


def batch(
    settings: LinkedInSettings,
    keys: Iterable[RestliValue],
    find: Callable[[RestliValue], JsonValue | None],
) -> Response:
    """
    Answer a batch: 200, with what was found and what was not.

    Args:
        settings: Whether keys are escaped, and whether each status is told.
        keys: What was asked for.
        find: Gives the entity of a key, or `None`.
    """
    results: dict[str, JsonValue] = {}
    errors: dict[str, JsonValue] = {}
    for key in keys:
        shown = reduced(key) if settings.reduces_keys or not isinstance(key, str) else key
        found = find(key)
        if found is None:
            errors[shown] = {"status": 404, "message": "Could not find entity"}
        else:
            results[shown] = found
    statuses: dict[str, JsonValue] = dict.fromkeys(results, 200) if settings.tells_all_statuses else {}
    statuses |= dict.fromkeys(errors, 404)
    return json_response(200, {"results": results, "statuses": statuses, "errors": errors})


def projected(call: RestliCall, response: Response) -> Response:
    """
    Leave in an answer what `fields=` asks for.

    Raises:
        Refused: The projection cannot be read.
    """
    fields = call.params.get("fields")
    if not isinstance(fields, str) or response.status != 200 or not response.content:
        return response
    wanted = _read(fields)
    body: JsonValue = json.loads(response.content)
    if isinstance(body, dict):
        body = _shaped(call.method, body, wanted)
    return json_response(response.status, body)


def _shaped(method: str, body: dict[str, JsonValue], wanted: Projection) -> JsonValue:
    match method:
        case "FINDER" | "GET_ALL":
            elements = body.get("elements")
            return {**body, "elements": _left(elements, wanted)}
        case "BATCH_GET":
            results = body.get("results")
            shown = {key: _left(one, wanted) for key, one in results.items()} if isinstance(results, dict) else results
            return {**body, "results": shown}
        case _:
            return _left(body, wanted)


def _left(value: JsonValue, wanted: Mapping[str, Projection]) -> JsonValue:
    if isinstance(value, list):
        return [_left(one, wanted) for one in value]
    if not isinstance(value, dict) or not wanted:
        return value
    return {name: _left(inner, wanted[name]) for name, inner in value.items() if name in wanted}


def _read(text: str) -> Projection:
    """Read `id,content:(media:(id))`; the colon may be left out."""
    marks = deque(re.findall(r"[(),:]|[^(),:\s]+", text))
    wanted = _names(marks)
    if marks:
        raise bad_query()
    return wanted


def _names(marks: deque[str]) -> Projection:
    wanted: Projection = {}
    while marks and marks[0] not in "(),:":
        name, inner = marks.popleft(), Projection()
        if marks and marks[0] == ":":
            marks.popleft()
        if marks and marks[0] == "(":
            marks.popleft()
            inner = _names(marks)
            if not marks or marks.popleft() != ")":
                raise bad_query()
        wanted[name] = inner
        if marks and marks[0] == ",":
            marks.popleft()
    return wanted
