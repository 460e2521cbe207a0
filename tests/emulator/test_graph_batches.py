"""Graph's batches, as both Meta emulators answer them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators import Emulator, Fault, FaultKind
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.graph import graph_fault

GRAPH = "https://graph.facebook.com"
V = "v26.0"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def facebook(clock: TestClock) -> FacebookEmulator:
    return FacebookEmulator(clock=clock)


@pytest.fixture
def client(facebook: FacebookEmulator) -> Iterator[httpx.Client]:
    with facebook.client() as made:
        made.base_url = GRAPH
        made.headers["Authorization"] = "Bearer EAAPAGE"
        yield made


def texts(emulator: Emulator) -> list[str]:
    """Give the texts on the wall."""
    return [post.text for post in emulator.wall]


def batch(client: httpx.Client, items: list[dict[str, object]], **form: str) -> httpx.Response:
    """Send a batch."""
    return client.post(f"/{V}/", data={"batch": json.dumps(items), "include_headers": "false", **form})


def test_a_batch_is_at_most_50(client: httpx.Client) -> None:
    """51 items are refused as a whole, and nothing is done."""
    items: list[dict[str, object]] = [{"method": "GET", "relative_url": "1000"}] * 51
    answer = batch(client, items)
    assert answer.json()["error"]["type"] == "GraphBatchException"
    assert answer.json()["error"]["message"] == "Too many requests in batch message. Maximum batch size is 50"
    assert len(batch(client, items[:50]).json()) == 50


def test_a_batch_item_may_have_its_own_token(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Each item is answered by its own token, version and body."""
    answer = batch(
        client,
        [
            {"method": "GET", "relative_url": "me?fields=id"},
            {"method": "GET", "relative_url": "v25.0/me?fields=id&access_token=EAAUSER"},
            {"method": "POST", "relative_url": "1000/feed", "body": "message=Hello%20there"},
            {"method": "GET", "relative_url": "1000?access_token=nonsense"},
        ],
    )
    bodies = [json.loads(item["body"]) for item in answer.json()]
    assert [body.get("id") for body in bodies] == ["1000", "99", "1000_2001", None]
    assert [item["code"] for item in answer.json()] == [200, 200, 200, 400]
    assert texts(facebook) == ["Hello there"]


def test_a_batch_shows_headers_if_not_told_otherwise(client: httpx.Client) -> None:
    """Each item carries its headers as a list."""
    (item,) = batch(client, [{"method": "GET", "relative_url": "me"}], include_headers="true").json()
    assert {"name": "facebook-api-version", "value": V} in item["headers"]


def test_a_batch_item_can_be_refused_or_lost(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """Faults strike items by their paths: a refusal is the item's answer, a lost one is null."""
    facebook.faults.add(graph_fault(80001, path="/1000$"))
    facebook.faults.add(Fault(FaultKind.SLOW, path="/me$", seconds=60))
    answer = batch(client, [{"method": "GET", "relative_url": "1000"}, {"method": "GET", "relative_url": "me"}]).json()
    assert json.loads(answer[0]["body"])["error"]["code"] == 80001
    assert answer[1] is None


def test_a_batch_with_what_is_unknown_does_nothing(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A batch that asks for what the emulator does not know is a gap before its first item takes effect."""
    answer = batch(
        client,
        [
            {"method": "POST", "relative_url": "1000/feed", "body": "message=Hello"},
            {"method": "GET", "relative_url": "me", "depends_on": "first"},
        ],
    )
    assert answer.status_code == 501
    assert texts(facebook) == []
