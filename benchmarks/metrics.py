"""How many requests the metrics of 10,000 posts take, against the fewest that the networks' own limits allow."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import httpx

from benchmarks.measure import Ratio
from socialconnect import Facebook, LinkedIn, Network, Twitter

__all__ = ["requests_for_metrics"]

_POSTS = 10_000


def _counting(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[httpx.Client, list[str]]:
    seen: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        return answer(request)

    return httpx.Client(transport=httpx.MockTransport(handle)), seen


def _twitter(request: httpx.Request) -> httpx.Response:
    ids = parse_qs(urlsplit(str(request.url)).query)["ids"][0].split(",")
    return httpx.Response(200, json={"data": [{"id": one, "public_metrics": {"like_count": 1}} for one in ids]})


def _facebook(request: httpx.Request) -> httpx.Response:
    form = parse_qs(request.content.decode())
    bodies = [{"data": list(map(_insight, _asked(item["relative_url"])))} for item in json.loads(form["batch"][0])]
    return httpx.Response(200, json=[{"code": 200, "body": json.dumps(body)} for body in bodies])


def _asked(relative_url: str) -> list[str]:
    return parse_qs(urlsplit(relative_url).query)["metric"][0].split(",")


def _insight(name: str) -> dict[str, object]:
    value: object = {"like": 1, "comment": 1, "share": 1} if "_by_" in name else 1
    return {"name": name, "period": "lifetime", "values": [{"value": value}], "id": "x"}


def _linkedin(request: httpx.Request) -> httpx.Response:
    raw = str(request.url) + "?" + request.content.decode()
    listed = raw.partition("shares=List(")[2].partition(")")[0]
    numbers = {"impressionCount": 1, "likeCount": 1}
    elements = [
        {"organizationalEntity": "urn:li:organization:1", "share": unquote(one), "totalShareStatistics": numbers}
        for one in listed.split(",")
    ]
    return httpx.Response(200, json={"elements": elements, "paging": {"start": 0, "count": 10, "links": []}})


def _ratio(network: Network, seen: list[str], ids: list[str], batch: int) -> Ratio:
    with network:
        network.fetch_metrics(ids)
    needed = math.ceil(_POSTS / batch)
    what = f"metrics of {_POSTS:,} posts, {network.name}"
    return Ratio(what, f"{batch} posts a request", len(seen), needed, 1.0, "requests")


def requests_for_metrics() -> list[Ratio]:
    """Count for each network that takes batches."""
    ids = [str(1993000000000000000 + number) for number in range(_POSTS)]
    found = []
    client, seen = _counting(_twitter)
    found.append(_ratio(Twitter(token="benchmark-token", user_id="1", http_client=client), seen, ids, 100))
    client, seen = _counting(_facebook)
    page = Facebook(page_id="1", token="benchmark-token", http_client=client)
    found.append(_ratio(page, seen, [f"1_{one}" for one in ids], 50))
    client, seen = _counting(_linkedin)
    brand = LinkedIn(author="urn:li:organization:1", token="benchmark-token", http_client=client)
    found.append(_ratio(brand, seen, [f"urn:li:share:{one}" for one in ids], 50))
    return found
