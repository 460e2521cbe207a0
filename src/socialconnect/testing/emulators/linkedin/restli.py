"""
Rest.li 2.0 as it comes over the wire: encoded values, methods, tunnelled queries.

An independent decoder: what an adapter encodes is checked against this reading of the protocol, not against itself.
See https://linkedin.github.io/rest.li/spec/protocol.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Union
from urllib.parse import unquote

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.linkedin.errors import bad_syntax, classic

__all__ = ["RestliCall", "RestliValue", "decode", "read_call"]

RestliValue = Union[str, list["RestliValue"], dict[str, "RestliValue"]]  # noqa: UP007  # `|` cannot take a quoted name
_LONGEST_QUERY = 4096
_HTTP = {
    "GET": "GET",
    "BATCH_GET": "GET",
    "FINDER": "GET",
    "GET_ALL": "GET",
    "CREATE": "POST",
    "ACTION": "POST",
    "PARTIAL_UPDATE": "POST",
    "UPDATE": "PUT",
    "DELETE": "DELETE",
}


@dataclass
class RestliCall:
    """
    A Rest.li request that has been read.

    Args:
        method: The Rest.li method, such as `BATCH_GET`.
        resource: The resource's name, such as `posts`.
        key: The entity's key in the path, decoded; `None` if there is none.
        rest: What stands in the path behind the key.
        params: The query, decoded, without what names the method.
        name: The finder's or the action's name.
        body: The JSON body.
    """

    method: str
    resource: str
    key: RestliValue | None
    rest: str
    params: dict[str, RestliValue]
    name: str = ""
    body: JsonValue = None

    def text(self, name: str) -> str | None:
        """Give a parameter that is a simple value."""
        value = self.params.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        """
        Give a parameter that is a list of simple values.

        Raises:
            Refused: It is something else.
        """
        value = self.params.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise bad_syntax(f"Invalid query parameters were passed to request: {name} must be a List")
        return [str(one) for one in value]


class _Reader:
    """Reads one encoded value."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> RestliValue:
        value = self._value()
        if self._at != len(self._text):
            raise ValueError(f"unexpected {self._text[self._at]!r} at {self._at}")
        return value

    def _value(self) -> RestliValue:
        if self._text.startswith("List(", self._at):
            self._at += 5
            return self._items()
        if self._peek() == "(":
            self._at += 1
            return self._record()
        return self._simple()

    def _items(self) -> list[RestliValue]:
        items: list[RestliValue] = []
        if self._peek() == ")":
            self._at += 1
            return items
        while True:
            items.append(self._value())
            if self._end(")"):
                return items

    def _record(self) -> dict[str, RestliValue]:
        record: dict[str, RestliValue] = {}
        if self._peek() == ")":
            self._at += 1
            return record
        while True:
            name = self._simple()
            if self._peek() != ":":
                raise ValueError(f"a ':' must follow {name!r}")
            self._at += 1
            record[name] = self._value()
            if self._end(")"):
                return record

    def _end(self, closing: str) -> bool:
        """Step over a separator; tells whether it was the closing one."""
        found = self._peek()
        if found not in (",", closing):
            raise ValueError(f"expected ',' or {closing!r} at {self._at}")
        self._at += 1
        return found == closing

    def _simple(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in "(),:":
            self._at += 1
        found = self._text[start : self._at]
        if found == "''":  # how the protocol writes an empty text
            return ""
        if "'" in found:
            raise ValueError(f"an unescaped quote after {start}")
        return unquote(found, errors="strict")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def decode(text: str) -> RestliValue:
    """
    Read an encoded value: text, `List(…)` or `(key:value)`.

    Raises:
        ValueError: It is none; in a value `( ) , : '` must be escaped.
    """
    return _Reader(text).whole()


@dataclass
class _Sent:
    """What was sent, with tunnelling undone."""

    http_method: str
    query: str
    media_type: str
    content: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])


def _untunnelled(request: EmulatedRequest) -> _Sent:
    override = request.headers.get("x-http-method-override", "").upper()
    if not override or request.method != "POST":
        return _Sent(request.method, request.raw_query, request.media_type, request.content, request.headers)
    if request.media_type == "application/x-www-form-urlencoded":
        return _Sent(override, request.content.decode(), "", b"", request.headers)
    if request.media_type == "multipart/mixed":
        parts = _mixed_parts(request)
        query = parts.get("application/x-www-form-urlencoded", b"").decode()
        return _Sent(override, query, "application/json", parts.get("application/json", b""), request.headers)
    raise bad_syntax("A tunnelled query must be a urlencoded form or multipart/mixed.")


def _mixed_parts(request: EmulatedRequest) -> dict[str, bytes]:
    """Read the parts of a `multipart/mixed` body by their content type."""
    found = re.search(r'boundary="?([^";]+)"?', request.headers.get("content-type", ""))
    if found is None:
        raise bad_syntax("multipart/mixed needs a boundary.")
    parts: dict[str, bytes] = {}
    for part in request.content.split(b"--" + found.group(1).encode()):
        head, gap, body = part.partition(b"\r\n\r\n")
        kind = re.search(rb"content-type:\s*([^\s;]+)", head, re.IGNORECASE)
        if gap and kind:
            parts[kind.group(1).decode().lower()] = body.removesuffix(b"\r\n")
    return parts


def read_call(request: EmulatedRequest) -> RestliCall:
    """
    Read a request to `/rest`.

    Raises:
        Refused: It breaks the protocol.
    """
    sent = _untunnelled(request)
    if len(request.raw_query) > _LONGEST_QUERY:
        raise classic(414, "URI is too long")
    if sent.http_method == "POST" and not request.content and request.headers.get("content-length") is None:
        raise classic(411, "A content length is required")
    segments = request.raw_path.removeprefix("/rest/").split("/", 2)
    key = _decoded(segments[1], "the key") if len(segments) > 1 and segments[1] else None
    params = _query(sent, key)
    method, name = _method(sent, key, params)
    return RestliCall(
        method=method,
        resource=segments[0],
        key=key,
        rest=segments[2] if len(segments) > 2 else "",
        params=params,
        name=name,
        body=_body(sent, method),
    )


def _decoded(text: str, what: str) -> RestliValue:
    # A path key may hold raw colons, as the ids of answers do.
    if re.fullmatch(r"[^(),']*", text):
        return unquote(text)
    try:
        return decode(text)
    except ValueError as error:
        raise bad_syntax(f"Cannot parse {what}: {error}") from None


def _query(sent: _Sent, key: RestliValue | None) -> dict[str, RestliValue]:
    params: dict[str, RestliValue] = {}
    for pair in filter(None, sent.query.split("&")):
        name, _, value = pair.partition("=")
        name = unquote(name)
        if name == "fields":  # a projection is not encoded
            params[name] = unquote(value)
            continue
        try:
            params[name] = decode(value)
        except ValueError as error:
            raise bad_syntax(f"Invalid query parameters were passed to request: {name}: {error}") from None
    structured = any(not isinstance(one, str) for one in [*params.values(), key or ""])
    if structured and sent.headers.get("x-restli-protocol-version") != "2.0.0":
        raise bad_syntax("Invalid query parameters were passed to request")
    return params


def _method(sent: _Sent, key: RestliValue | None, params: dict[str, RestliValue]) -> tuple[str, str]:
    told = sent.headers.get("x-restli-method", "").upper()
    name = ""
    match sent.http_method:
        case "GET" if "q" in params:
            method, name = "FINDER", str(params.pop("q"))
        case "GET" if key is not None:
            method = "GET"
        case "GET":
            method = "BATCH_GET" if "ids" in params else "GET_ALL"
        case "POST" if "action" in params:
            method, name = "ACTION", str(params.pop("action"))
        case "POST" if key is not None:
            method = "PARTIAL_UPDATE"
            if told != method:  # the verb alone does not tell
                raise bad_syntax("POST on an entity needs the header X-RestLi-Method")
        case "POST":
            method = "CREATE"
        case "PUT" if key is not None:
            method = "UPDATE"
        case "DELETE" if key is not None:
            method = "DELETE"
        case _:
            raise classic(405, f"Method {sent.http_method} is not allowed here")
    if told and told != method:
        raise bad_syntax(f"X-RestLi-Method {told} does not match the request, which is {method}")
    return method, name


def _body(sent: _Sent, method: str) -> JsonValue:
    if _HTTP[method] != "POST" and method != "UPDATE":
        return None
    if sent.media_type != "application/json":
        raise classic(415, f"Unsupported media type {sent.media_type}")
    try:
        body: JsonValue = json.loads(sent.content)
    except ValueError:
        raise bad_syntax("Cannot parse request entity") from None
    if not isinstance(body, dict):
        raise bad_syntax("Cannot parse request entity")
    return body


def unsupported_parameters(call: RestliCall, *known: str) -> str | None:
    """Name a parameter that is not known, if there is one."""
    return next((name for name in call.params if name not in known), None)
