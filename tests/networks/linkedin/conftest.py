"""LinkedIn as a script: what each test says that LinkedIn answers, and what was sent to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import httpx
import PIL.Image
import pytest
from pydantic import JsonValue

from socialconnect.networks.linkedin import LinkedIn
from socialconnect.testing.clock import TestClock

PAGE = "urn:li:organization:5515715"
MEMBER = "urn:li:person:782bbtaQ"
TOKEN = "AQX-a-long-secret-token"


@dataclass
class Answer:
    """One answer of the script's."""

    status: int = 200
    body: JsonValue = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> httpx.Response:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        return httpx.Response(self.status, headers=dict(self.headers), content=content)


class Script:
    """Answers requests by method and path; the last answer laid out for one is given again."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self._answers: dict[str, list[Answer]] = {}

    def on(self, request: str, *answers: Answer) -> None:
        """Lay out answers for `METHOD /path`, the path as it goes over the wire."""
        self._answers.setdefault(request, []).extend(answers)

    def sent(self, request: str) -> list[httpx.Request]:
        """Give the requests of one kind that came."""
        return [one for one in self.requests if _kind(one) == request]

    def body(self, request: str) -> JsonValue:
        """Give the JSON body of the last request of one kind."""
        parsed: JsonValue = json.loads(self.sent(request)[-1].content)
        return parsed

    @property
    def order(self) -> list[str]:
        """What came, in order."""
        return [_kind(one) for one in self.requests]

    def _reply(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        waiting = self._answers.get(_kind(request))
        assert waiting, f"the script has no answer to {_kind(request)}"
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0]).response()

    def client(self) -> httpx.Client:
        def reply(request: httpx.Request) -> httpx.Response:
            request.read()
            return self._reply(request)

        return httpx.Client(transport=httpx.MockTransport(reply))

    def async_client(self) -> httpx.AsyncClient:
        async def reply(request: httpx.Request) -> httpx.Response:
            await request.aread()
            return self._reply(request)

        return httpx.AsyncClient(transport=httpx.MockTransport(reply))


def _kind(request: httpx.Request) -> str:
    return f"{request.method} {request.url.raw_path.partition(b'?')[0].decode()}"


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(script: Script, clock: TestClock) -> Iterator[LinkedIn]:
    """A page over the script."""
    with script.client() as client:
        yield LinkedIn(author=PAGE, token=TOKEN, http_client=client, clock=clock)


@pytest.fixture
def member(script: Script, clock: TestClock) -> Iterator[LinkedIn]:
    """A member over the script."""
    with script.client() as client:
        yield LinkedIn(author=MEMBER, token=TOKEN, http_client=client, clock=clock)


@pytest.fixture
def answer() -> type[Answer]:
    """The class of an answer, for tests to make their own."""
    return Answer


@pytest.fixture
def empty() -> Answer:
    """A collection with nothing in it."""
    return Answer(200, {"elements": [], "paging": {"start": 0, "count": 10, "links": []}})


@pytest.fixture
def created() -> Callable[[str], Answer]:
    """LinkedIn's answer to a create: 201, the id in a header, no body."""
    return lambda urn: Answer(201, headers={"x-restli-id": urn, "x-restli-protocol-version": "2.0.0"})


@pytest.fixture
def png() -> bytes:
    return picture("PNG")


def picture(kind: str, width: int = 4, height: int = 3) -> bytes:
    """Make a real image file."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (width, height), "teal").save(file, kind)
    return file.getvalue()
