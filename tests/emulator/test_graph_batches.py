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
from socialconnect.testing.samples import sample_image

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
            {"method": "GET", "relative_url": "me", "priority": "high"},
        ],
    )
    assert answer.status_code == 501
    assert texts(facebook) == []


def test_an_item_uses_what_an_earlier_one_answered(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A reference takes the value out of the answer, whose own place is then null."""
    answer = batch(
        client,
        [
            {"method": "POST", "name": "post", "relative_url": "1000/feed", "body": "message=Hello"},
            {"method": "GET", "relative_url": "{result=post:$.id}?fields=message"},
            {
                "method": "POST",
                "relative_url": "{result=post:$.id}/comments",
                "body": "message=First {result=post:$.id}",
            },
        ],
    ).json()
    assert answer[0] is None
    assert json.loads(answer[1]["body"]) == {"message": "Hello", "id": "1000_2001"}
    assert texts(facebook) == ["Hello", "First 1000_2001"]


def test_an_answer_that_is_used_can_be_kept(client: httpx.Client) -> None:
    """With `omit_response_on_success` false the first answer stands too, and `*` gives all values between commas."""
    for text in ("One", "Two"):
        client.post(f"/{V}/1000/feed", json={"message": text})
    listed, picked = batch(
        client,
        [
            {"method": "GET", "name": "all", "relative_url": "1000/feed", "omit_response_on_success": False},
            {"method": "POST", "relative_url": "1000/feed", "body": "message={result=all:$.data.*.id}"},
        ],
    ).json()
    assert len(json.loads(listed["body"])["data"]) == 2
    made = json.loads(picked["body"])["id"]
    read = client.get(f"/{V}/{made}?fields=message").json()
    assert read["message"] == "1000_2002,1000_2001"


def test_an_item_waits_for_another(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """What depends on an item that was refused is not carried out, and comes as null."""
    answer = batch(
        client,
        [
            {"method": "POST", "name": "first", "relative_url": "1000/feed"},
            {"method": "POST", "depends_on": "first", "relative_url": "1000/feed", "body": "message=Second"},
            {"method": "POST", "relative_url": "1000/feed", "body": "message=Third"},
        ],
    ).json()
    assert [item and item["code"] for item in answer] == [400, None, 200]
    assert texts(facebook) == ["Third"]


@pytest.mark.parametrize(
    "item",
    [
        {"method": "GET", "relative_url": "{result=other:$.id}"},
        {"method": "GET", "relative_url": "me", "depends_on": "other"},
        {"method": "GET", "relative_url": "me", "attached_files": "file1"},
        {"method": "GET"},
    ],
)
def test_a_batch_that_does_not_fit_together_is_refused(
    facebook: FacebookEmulator, client: httpx.Client, item: dict[str, object]
) -> None:
    """A reference to nothing, a file that did not come, or half an item refuses the whole batch before it begins."""
    answer = batch(client, [{"method": "POST", "relative_url": "1000/feed", "body": "message=Hello"}, item])
    assert answer.json()["error"]["code"] == 100
    assert texts(facebook) == []


@pytest.mark.parametrize("attached", ["picture", {"picture": "source"}])
def test_an_item_brings_a_file(facebook: FacebookEmulator, client: httpx.Client, attached: object) -> None:
    """A file of the batch's form belongs to the item that names it, in either way to name it."""
    item = {"method": "POST", "relative_url": "1000/photos", "body": "caption=Look", "attached_files": attached}
    picture = ("a.png", sample_image(640, 640), "image/png")
    (answer,) = client.post(f"/{V}/", data={"batch": json.dumps([item])}, files={"picture": picture}).json()
    assert answer["code"] == 200
    assert [(post.text, post.media) for post in facebook.wall] == [("Look", 1)]


def test_a_batch_may_go_to_any_address(client: httpx.Client) -> None:
    """The documentation sends batches to the root and to `/me`."""
    answer = client.post(f"/{V}/me", data={"batch": json.dumps([{"method": "GET", "relative_url": "me"}])})
    assert [item["code"] for item in answer.json()] == [200]


def test_each_item_counts_as_a_call(facebook: FacebookEmulator, client: httpx.Client) -> None:
    """A batch of three uses three calls, and the one above the limit is refused by itself."""
    facebook.usage.limit = 3
    answer = batch(client, [{"method": "GET", "relative_url": "1000"}] * 4).json()
    assert [item["code"] for item in answer] == [200, 200, 200, 400]
