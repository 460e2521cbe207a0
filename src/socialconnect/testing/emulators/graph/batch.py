"""
Batches: up to 50 calls in one request.

See https://developers.facebook.com/docs/graph-api/batch-requests. A text in the answer is JSON within JSON, and an
item that took too long is `null`.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.versions import split_version
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_batch"]

MOST = 50
_KNOWN = {"method", "relative_url", "body", "headers", "access_token"}


def answer_batch(
    request: EmulatedRequest,
    parameters: Parameters,
    token: str,
    version: str,
    answer: Callable[[EmulatedRequest], Response | None],
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
    """
    parameters.only("batch", "include_headers")
    items = parameters.items("batch")
    if not items:
        raise GraphError(100, "(#100) Param batch must be an array of requests")
    if len(items) > MOST:
        raise GraphError(
            # The code beside this text was not seen.
            100,
            f"Too many requests in batch message. Maximum batch size is {MOST}",
            type="GraphBatchException",
        )
    with_headers = parameters.flag("include_headers", True)
    common = {"access_token": token}
    if "appsecret_proof" in parameters:
        common["appsecret_proof"] = parameters.text("appsecret_proof")
    calls = [_item(one, request, version, common) for one in items]  # all are read before the first takes effect
    return [_shown(answer(call), with_headers) for call in calls]


def _item(item: JsonValue, outer: EmulatedRequest, version: str, common: dict[str, str]) -> EmulatedRequest:
    if not isinstance(item, dict) or "method" not in item or "relative_url" not in item:
        raise GraphError(100, "(#100) Each item of a batch needs a method and a relative_url")
    unknown = sorted(set(item) - _KNOWN)
    if unknown:
        raise Gap(f"batch key {', '.join(unknown)}")
    path, _, query = str(item["relative_url"]).lstrip("/").partition("?")
    body = str(item.get("body") or "")
    own = parse_qs(f"{query}&{body}")
    if "access_token" in item:
        query = "&".join(filter(None, (query, urlencode({"access_token": str(item["access_token"])}))))
    elif "access_token" not in own:
        query = "&".join(filter(None, (query, urlencode(common))))
    segment = "" if split_version(f"/{path}")[0] else f"/{version}"
    headers = {"content-type": "application/x-www-form-urlencoded"} if body else {}
    listed = item.get("headers")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict):
            headers[str(one.get("name")).lower()] = str(one.get("value"))
    method = str(item["method"]).upper()
    return EmulatedRequest(method, f"{outer.origin}{segment}/{path}?{query}", headers, body.encode())


def _shown(response: Response | None, with_headers: bool) -> JsonValue:
    if response is None:
        return None
    shown: dict[str, JsonValue] = {"code": response.status}
    if with_headers:
        shown["headers"] = [{"name": name, "value": value} for name, value in response.headers.items()]
    shown["body"] = response.text
    return shown
