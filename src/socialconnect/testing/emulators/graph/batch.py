"""
Batches: up to 50 calls in one request.

See https://developers.facebook.com/docs/graph-api/batch-requests. A text in the answer is JSON within JSON, and an
item that took too long is `null`. An item with a `name` can be referred to by later ones: `depends_on` waits for it,
and `{result=name:$.id}` takes a value out of its answer; its own answer is then `null` unless
`omit_response_on_success` is false.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, UploadedFile
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.versions import split_version
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_batch"]

MOST = 50
_KNOWN = {
    "method",
    "relative_url",
    "body",
    "headers",
    "access_token",
    "name",
    "depends_on",
    "omit_response_on_success",
    "attached_files",
}
_REFERENCE = re.compile(r"\{result=([\w-]+):(\$[^{}]*)\}")
_STEP = re.compile(r"\.\.?(?:\w+|\*)|\[(?:\d+|\*)\]")
_NO_REFERENCE = "(#100) The batch refers to {name}, which is no earlier item of it"

Answer = Callable[[EmulatedRequest], Response | None]


@dataclass(frozen=True)
class _Item:
    """One item as it was sent, read but not yet made a request: what it refers to may not be known yet."""

    method: str
    relative_url: str
    body: str
    headers: Mapping[str, str]
    token: str | None
    name: str | None
    needs: frozenset[str]
    omitted: bool
    files: Mapping[str, UploadedFile]


@dataclass(frozen=True)
class _Around:
    """What the items of a batch share: where it came from, the version, and the parameters of those without a token."""

    request: EmulatedRequest
    version: str
    common: Mapping[str, str]


def answer_batch(
    request: EmulatedRequest, parameters: Parameters, token: str, version: str, answer: Answer
) -> JsonValue:
    """
    Answer the items of a batch in order.

    Args:
        request: The request that holds the batch.
        parameters: Its parameters.
        token: The token for items without one of their own.
        version: The version for items without one of their own.
        answer: Answers one item; `None` for one that takes too long.

    Raises:
        GraphError: It is no batch, or too long.
        Gap: It asks for what the emulator does not know.
    """
    parameters.check(
        {"batch": "list<Object>", "include_headers": "bool", "batch_app_id": "string"} | _file_names(parameters)
    )
    sent = parameters.items("batch")
    if not sent:
        raise GraphError(100, "(#100) Param batch must be an array of requests")
    if len(sent) > MOST:
        # The code beside this text was not seen.
        message = f"Too many requests in batch message. Maximum batch size is {MOST}"
        raise GraphError(100, message, type="GraphBatchException")
    items = [_item(one, parameters) for one in sent]  # all are read before the first takes effect
    _check_references(items)
    common = {"access_token": token}
    if "appsecret_proof" in parameters:
        common["appsecret_proof"] = parameters.text("appsecret_proof")
    around = _Around(request, version, common)
    return _answered(items, around, answer, with_headers=parameters.flag("include_headers", True))


def _file_names(parameters: Parameters) -> dict[str, str]:
    return dict.fromkeys(parameters.files, "file")


def _item(item: JsonValue, parameters: Parameters) -> _Item:
    if not isinstance(item, dict) or "method" not in item or "relative_url" not in item:
        raise GraphError(100, "(#100) Each item of a batch needs a method and a relative_url")
    unknown = sorted(set(item) - _KNOWN)
    if unknown:
        raise Gap(f"batch key {', '.join(unknown)}")
    url, body = str(item["relative_url"]).lstrip("/"), str(item.get("body") or "")
    awaited = item.get("depends_on")
    named = awaited if isinstance(awaited, list) else str(awaited or "").split(",")
    needs = {str(one).strip() for one in named} | {found[0] for found in _REFERENCE.findall(url + body)}
    return _Item(
        method=str(item["method"]).upper(),
        relative_url=url,
        body=body,
        headers=_headers(item.get("headers")),
        token=str(item["access_token"]) if "access_token" in item else None,
        name=str(item["name"]) if "name" in item else None,
        needs=frozenset(needs - {""}),
        omitted=str(item.get("omit_response_on_success", True)).lower() != "false",
        files=_files(item.get("attached_files"), parameters),
    )


def _headers(listed: JsonValue) -> dict[str, str]:
    pairs = [one for one in (listed if isinstance(listed, list) else []) if isinstance(one, dict)]
    return {str(one.get("name")).lower(): str(one.get("value")) for one in pairs}


def _files(named: JsonValue, parameters: Parameters) -> dict[str, UploadedFile]:
    """Give an item's files: named between commas, or by an object that says which parameter each one is."""
    wanted = (
        {str(name): str(parameter) for name, parameter in named.items()}
        if isinstance(named, dict)
        else {name.strip(): name.strip() for name in str(named or "").split(",") if name.strip()}
    )
    absent = sorted(set(wanted) - set(parameters.files))
    if absent:
        raise GraphError(100, f"(#100) The batch has no file {absent[0]}")
    return {parameter: parameters.files[name] for name, parameter in wanted.items()}


def _check_references(items: list[_Item]) -> None:
    """Make sure that every item refers to earlier ones only."""
    earlier: set[str] = set()
    for item in items:
        for name in sorted(item.needs - earlier):
            raise GraphError(100, _NO_REFERENCE.format(name=name))
        earlier |= {item.name} if item.name else set()


def _answered(items: list[_Item], around: _Around, answer: Answer, *, with_headers: bool) -> JsonValue:
    answers: dict[str, Response | None] = {}
    shown: list[JsonValue] = []
    needed = {name for item in items for name in item.needs}
    for item in items:
        failed = any(not _succeeded(answers.get(name)) for name in item.needs)
        # What an item answers whose dependency failed is not documented: it is not carried out.
        response = None if failed else answer(_request(item, answers, around))
        if item.name:
            answers[item.name] = response
        omitted = item.name in needed and item.omitted and _succeeded(response)
        shown.append(None if omitted else _shown(response, with_headers))
    return shown


def _succeeded(response: Response | None) -> bool:
    return response is not None and response.status == 200


def _request(item: _Item, answers: Mapping[str, Response | None], around: _Around) -> EmulatedRequest:
    url, body = (_resolved(text, answers) for text in (item.relative_url, item.body))
    path, _, query = url.partition("?")
    own = parse_qs(f"{query}&{body}")
    given = {"access_token": item.token} if item.token else {} if "access_token" in own else around.common
    query = "&".join(filter(None, (query, urlencode(given))))
    segment = "" if split_version(f"/{path}")[0] else f"/{around.version}"
    headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
    address = f"{around.request.origin}{segment}/{path}?{query}"
    request = EmulatedRequest(item.method, address, {**headers, **item.headers}, body.encode())
    # A file travels in the batch's own form: the item finds it where it would find one of its own.
    request.files = dict(item.files)
    return request


def _resolved(text: str, answers: Mapping[str, Response | None]) -> str:
    """Put the values in that a text refers to, several between commas."""

    def value(found: re.Match[str]) -> str:
        response = answers[found[1]]
        values = _picked(json.loads(response.content) if response is not None else None, found[2])
        return quote(",".join(one if isinstance(one, str) else json.dumps(one) for one in values), safe=",_:")

    return _REFERENCE.sub(value, text)


def _picked(value: JsonValue, path: str) -> list[JsonValue]:
    """Give what a JSONPath finds: names, numbers, `*`, and `..name` at any depth."""
    rest = path[1:]
    if _STEP.sub("", rest):
        raise Gap(f"the JSONPath {path}")
    found: list[JsonValue] = [value]
    for step in _STEP.findall(rest):
        key = step.strip(".[]")
        pool = [inner for one in found for inner in _inside(one)] if step.startswith("..") else found
        found = [inner for one in pool for inner in _children(one, key)]
    return found


def _inside(value: JsonValue) -> list[JsonValue]:
    """Give a value and all that is in it."""
    deeper = _children(value, "*")
    return [value, *(inner for one in deeper for inner in _inside(one))]


def _children(value: JsonValue, key: str) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values()) if key == "*" else [value[key]] if key in value else []
    if isinstance(value, list):
        if key == "*":
            return list(value)
        return [value[int(key)]] if key.isdecimal() and int(key) < len(value) else []
    return []


def _shown(response: Response | None, with_headers: bool) -> JsonValue:
    if response is None:
        return None
    shown: dict[str, JsonValue] = {"code": response.status}
    if with_headers:
        shown["headers"] = [{"name": name, "value": value} for name, value in response.headers.items()]
    shown["body"] = response.text
    return shown
