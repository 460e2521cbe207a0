"""What the tests of the Twitter adapter share: a clock, the emulator, and a stand-in that answers literally."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from PIL import Image as Picture
from pydantic import JsonValue
from tests.networks.twitter.films import SEGMENT_BYTES

from socialconnect.networks.twitter import Twitter
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator


class Script:
    """Answers requests one after the other from a list, the last one for ever, and keeps what came."""

    def __init__(self) -> None:
        self.answers: list[httpx.Response] = []
        self.requests: list[httpx.Request] = []

    def add(self, status: int, body: JsonValue = None, headers: Mapping[str, str] | None = None) -> None:
        """Add an answer: text stands as it is, anything else becomes JSON, `None` is an empty body."""
        content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.answers.append(httpx.Response(status, headers=headers, content=content))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        found = self.answers[min(len(self.requests), len(self.answers)) - 1]
        return httpx.Response(found.status_code, headers=found.headers, content=found.content)

    def client(self) -> httpx.Client:
        """Give a client that reaches it."""
        return httpx.Client(transport=httpx.MockTransport(self))

    def sent(self, index: int = -1) -> JsonValue:
        """Give the JSON body of a request."""
        body: JsonValue = json.loads(self.requests[index].content)
        return body


@pytest.fixture
def clock() -> TestClock:
    """A clock that stands at the day of the sheet's examples."""
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def script() -> Script:
    """Literal answers."""
    return Script()


@pytest.fixture
def scripted(script: Script, clock: TestClock) -> Iterator[Twitter]:
    """A Twitter account that gets the script's answers."""
    with Twitter(token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=script.client()) as twitter:
        yield twitter


@pytest.fixture
def emulator(clock: TestClock) -> TwitterEmulator:
    """The emulator, with the account 2244994945 and the token USER_TOKEN."""
    return TwitterEmulator(clock=clock)


@pytest.fixture
def twitter(emulator: TwitterEmulator, clock: TestClock) -> Iterator[Twitter]:
    """An account on the emulator."""
    with Twitter(token="USER_TOKEN", user_id="2244994945", clock=clock, http_client=emulator.client()) as network:
        yield network


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Make a picture's bytes."""

    def make(kind: str = "JPEG", width: int = 40, height: int = 30) -> bytes:
        file = io.BytesIO()
        Picture.new("RGB", (width, height)).save(file, kind)
        return file.getvalue()

    return make


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut files into short parts: what is tested is their order, and the emulator reads every byte."""
    monkeypatch.setattr("socialconnect.networks.twitter.chunked.SEGMENT_BYTES", SEGMENT_BYTES)
