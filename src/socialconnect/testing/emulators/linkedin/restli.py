"""
Rest.li requests as they come over the wire: resources and keys, methods, tunnelled queries.

See https://linkedin.github.io/rest.li/spec/protocol.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.linkedin.encoding import RestliValue, decode, flat_parameters
from socialconnect.testing.emulators.linkedin.errors import (
    bad_key,
    bad_query,
    bad_syntax,
    classic,
    missing_parameter,
    wrong_parameter,
)

__all__ = ["RestliCall", "read_call"]

_LONGEST_QUERY = 4096
_WITH_BODY = frozenset({"CREATE", "ACTION", "PARTIAL_UPDATE", "UPDATE"})
_SIMPLE = frozenset({"me"})
"""Resources of one entity, which has no key."""
_PROJECTIONS = ("fields", "projection")
"""Parameters that are written by protocol 1.0, not encoded, whatever the header says."""
_PROTOCOLS = ("1.0.0", "2.0.0")
# Kept from protocol 1.0, whatever the header says, by the resources that count things.
_TAKE_FLAT = ("Statistics", "Analytics", "memberFollowersCount")


@dataclass
class RestliCall:
    """
    A Rest.li request that has been read.

    Args:
        method: The Rest.li method, such as `BATCH_GET`.
        resource: The resource's name, such as `posts`; a sub-resource's after a slash, as in `socialActions/comments`.
        parents: The keys of the resources above a sub-resource.
        key: The entity's key in the path, decoded; `None` if there is none.
        params: The query, decoded, without what names the method.
        name: The finder's or the action's name.
        body: The JSON body.
        protocol: The protocol's version.
        versioned: Whether it came to `/rest`.
    """

    method: str
    resource: str
    key: RestliValue | None
    params: dict[str, RestliValue]
    parents: list[RestliValue] = field(default_factory=list[RestliValue])
    name: str = ""
    body: JsonValue = None
    protocol: str = "2.0.0"
    versioned: bool = True

    @property
    def operation(self) -> str:
        """The method with the finder's or the action's name, as refusals tell it: `FINDER-author`."""
        return f"{self.method}-{self.name}" if self.name else self.method

    def text(self, name: str) -> str | None:
        """
        Give a parameter that is a simple value.

        Raises:
            Refused: It is a structure.
        """
        value = self.params.get(name)
        if value is not None and not isinstance(value, str):
            raise wrong_parameter(name)
        return value

    def needed(self, name: str) -> str:
        """
        Give a parameter that must be there.

        Raises:
            Refused: It is not, or it is a structure.
        """
        value = self.text(name)
        if value is None:
            raise missing_parameter(name)
        return value

    def number(self, name: str, default: int) -> int:
        """
        Give a parameter that is a number of zero or more.

        Raises:
            Refused: It is something else.
        """
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,9}", value):
            raise wrong_parameter(name)
        return int(value)

    def values(self, name: str) -> list[RestliValue]:
        """
        Give a parameter that is a list.

        Raises:
            Refused: It is something else.
        """
        value = self.params.get(name, [])
        if not isinstance(value, list):
            raise wrong_parameter(name)
        return value

    def texts(self, name: str) -> list[str]:
        """
        Give a parameter that is a list of simple values.

        Raises:
            Refused: It is something else.
        """
        values = self.values(name)
        if not all(isinstance(one, str) for one in values):
            raise wrong_parameter(name)
        return [str(one) for one in values]

    def record(self, name: str) -> dict[str, RestliValue] | None:
        """
        Give a parameter that is a record.

        Raises:
            Refused: It is something else.
        """
        value = self.params.get(name)
        if value is not None and not isinstance(value, dict):
            raise wrong_parameter(name)
        return value


@dataclass
class _Sent:
    """What was sent, with tunnelling undone."""

    http_method: str
    query: str
    media_type: str
    content: bytes
    headers: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def protocol(self) -> str:
        return self.headers.get("x-restli-protocol-version", "1.0.0").strip()


def read_call(request: EmulatedRequest, root: str = "/rest/") -> RestliCall:
    """
    Read a request.

    Args:
        request: The request.
        root: The path that resources stand under.

    Raises:
        Refused: It breaks the protocol.
    """
    sent = _untunnelled(request)
    if len(request.raw_query) > _LONGEST_QUERY:
        raise classic(414, "URI is too long")
    if sent.http_method == "POST" and not request.content and request.headers.get("content-length") is None:
        raise classic(411, "A content length is required")
    if sent.protocol not in _PROTOCOLS:
        raise bad_syntax(f"Rest.li protocol version {sent.protocol} used by the client is not supported!")
    segments = [one for one in request.raw_path.removeprefix(root).split("/") if one]
    names, keys = segments[0::2], [_key(one, sent) for one in segments[1::2]]
    if not names:
        raise classic(404, "No root resource defined for path '/'")
    resource = "/".join(names)
    key = keys.pop() if len(keys) == len(names) else None
    params = _query(sent, resource)
    _check_protocol(sent, [*keys, key or ""])
    method, name = _method(sent, key, params, simple=resource in _SIMPLE)
    return RestliCall(
        method=method,
        resource=resource,
        key=key,
        params=params,
        parents=keys,
        name=name,
        body=_body(sent, method),
        protocol=sent.protocol,
        versioned=root == "/rest/",
    )


def _untunnelled(request: EmulatedRequest) -> _Sent:
    override = request.headers.get("x-http-method-override", "").upper()
    if not override or request.method != "POST":
        return _Sent(request.method, request.raw_query, request.media_type, request.content, request.headers)
    if request.media_type == "application/x-www-form-urlencoded":
        return _Sent(override, request.content.decode("utf-8", "replace"), "", b"", request.headers)
    if request.media_type == "multipart/mixed":
        parts = _mixed_parts(request)
        query = parts.get("application/x-www-form-urlencoded", b"").decode("utf-8", "replace")
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
            parts[kind.group(1).decode("latin-1").lower()] = body.removesuffix(b"\r\n")
    return parts


def _key(text: str, sent: _Sent) -> RestliValue:
    """Read a key in the path. A raw colon in one was seen refused with these words."""
    if sent.protocol == "1.0.0" and not text.startswith(("(", "List(")):
        return unquote(text)
    try:
        return decode(text)
    except ValueError:
        raise bad_key() from None


def _query(sent: _Sent, resource: str) -> dict[str, RestliValue]:
    pairs = [pair.partition("=") for pair in sent.query.split("&") if pair]
    raw = {name: value for name, _, value in pairs}
    fields = {name: unquote(value) for name, value in raw.items() if name in _PROJECTIONS}
    old = sent.protocol == "1.0.0"
    flat = {name: value for name, value in raw.items() if _is_flat(name, value, resource, old=old)}
    try:
        params: dict[str, RestliValue] = dict(flat_parameters(flat))
        for name, value in raw.items():
            if name not in flat and name not in fields:
                params[unquote(name)] = decode(value.replace("+", "%20"))
    except ValueError:
        raise bad_query() from None
    return {**params, **fields}


def _is_flat(name: str, value: str, resource: str, *, old: bool) -> bool:
    if name in _PROJECTIONS:
        return False
    if old:
        return not value.startswith(("(", "List("))
    # By protocol 2.0 brackets and dots are names that nothing has; resources that count still read them.
    return bool(re.search(r"[.\[]|%5B", name, re.IGNORECASE)) and resource.endswith(_TAKE_FLAT)


def _check_protocol(sent: _Sent, keys: list[RestliValue]) -> None:
    """Lists and records in their brackets are read by protocol 2.0.0 alone."""
    if sent.protocol == "2.0.0":
        return
    if any(not isinstance(one, str) for one in keys):
        raise bad_key()
    if re.search(r"(?<!projection)(?<!fields)=(List)?\(", sent.query):
        raise bad_query()


def _method(sent: _Sent, key: RestliValue | None, params: dict[str, RestliValue], *, simple: bool) -> tuple[str, str]:
    told = sent.headers.get("x-restli-method", "").upper()
    method, name = _told_by_verb(sent.http_method, told, key, params)
    if simple and method == "GET_ALL":
        method = "GET"
    if told and told != method:
        raise bad_syntax(f"X-RestLi-Method {told} does not match the request, which is {method}")
    return method, name


def _told_by_verb(verb: str, told: str, key: RestliValue | None, params: dict[str, RestliValue]) -> tuple[str, str]:
    batch = "BATCH_" if "ids" in params else ""
    match verb:
        case "GET" if "q" in params:
            return "FINDER", str(params.pop("q"))
        case "GET" if "bq" in params:
            return "BATCH_FINDER", str(params.pop("bq"))
        case "GET" if key is not None:
            return "GET", ""
        case "GET":
            return "BATCH_GET" if batch else "GET_ALL", ""
        case "POST" if "action" in params:
            return "ACTION", str(params.pop("action"))
        case "POST" if key is not None or batch:
            if told != f"{batch}PARTIAL_UPDATE":  # the verb alone does not tell
                raise bad_syntax("POST on an entity needs the header X-RestLi-Method")
            return told, ""
        case "POST":
            return "BATCH_CREATE" if told == "BATCH_CREATE" else "CREATE", ""
        case "PUT" if key is not None or batch:
            return f"{batch}UPDATE", ""
        case "DELETE" if key is not None or batch:
            return f"{batch}DELETE", ""
        case _:
            raise classic(405, f"Method {verb} is not allowed here")


def _body(sent: _Sent, method: str) -> JsonValue:
    if method not in _WITH_BODY:
        return None
    if sent.media_type != "application/json":
        if not sent.content:
            return {}
        raise classic(415, f"Unsupported media type {sent.media_type}")
    try:
        body: JsonValue = json.loads(sent.content)
    except ValueError:
        raise bad_syntax("Cannot parse request entity") from None
    if not isinstance(body, dict):
        raise bad_syntax("Cannot parse request entity")
    return body
