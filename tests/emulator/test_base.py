"""What all emulators share: reading requests, serving them in memory and over loopback, and faults."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Unpack

import anyio
import httpx
import pytest

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential
from socialconnect.clock import Clock
from socialconnect.errors import ConfigurationError
from socialconnect.testing import TestClock
from socialconnect.testing.emulators import EmulatedAccount, EmulatedRequest, Emulator, Fault, FaultKind, WallPost
from socialconnect.testing.emulators.base import json_response
from socialconnect.testing.emulators.server import listen, serving
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.request import Response

URL = "https://api.example.com"


class Echo(Emulator):
    """A network that tells what it was sent, and counts the posts."""

    network = "echo"

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__(clock=clock)
        self.count = 0
        self.revoked = False

    @property
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        return (EmulatedAccount("1", "token"),)

    @property
    def wall(self) -> tuple[WallPost, ...]:
        return ()

    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """It counts nothing."""

    def respond(self, request: EmulatedRequest) -> Response:
        if self.revoked:
            return json_response(401, {"error": "revoked"})
        if request.path == "/nothing":
            return Response(204, {"content-length": "5"}, b"never")
        if request.path == "/unheard-of":
            return self.unknown(request, "parameter colour")
        if request.method == "POST":
            before = self.count
            self.count = before + 1
        return json_response(
            200,
            {
                "path": request.path,
                "raw_path": request.raw_path,
                "query": {**request.query},
                "length": len(request.content),
                "trace": request.headers.get("x-trace", ""),
            },
        )

    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        return json_response(429, {"error": "slow down"}, {"retry-after": "7"} if headers else {})

    def revoke_tokens(self) -> None:
        self.revoked = True

    @classmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Echo:
        return cls(clock=clock)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def echo(clock: TestClock) -> Echo:
    return Echo(clock=clock)


def request(method: str = "GET", path: str = "/", body: bytes = b"", type: str = "") -> EmulatedRequest:
    return EmulatedRequest(method, f"{URL}{path}", {"Content-Type": type}, body)


# ── reading requests ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_path_is_kept_as_it_was_sent() -> None:
    """An encoded slash or colon stays encoded in the raw path and is decoded in the other."""
    read = request(path="/posts/urn%3Ali%3Ashare%3A1%2F2?x=%2F")
    assert read.raw_path == "/posts/urn%3Ali%3Ashare%3A1%2F2"
    assert read.path == "/posts/urn:li:share:1/2"


def test_repeated_parameters_are_kept() -> None:
    """A repeated parameter's last value counts, and all of them can be seen."""
    read = request(path="/?id=1&id=2&empty=")
    assert read.query == {"id": "2", "empty": ""}
    assert read.query_pairs == [("id", "1"), ("id", "2"), ("empty", "")]


def test_forms_are_read_in_both_encodings() -> None:
    """A field means the same in an urlencoded and in a multipart form, and files come with name and type."""
    plain = request("POST", body=b"text=a+b%26c", type="application/x-www-form-urlencoded")
    assert plain.form == {"text": "a b&c"}
    assert plain.files == {}
    sent = httpx.Request("POST", URL, data={"text": "ä&c"}, files={"source": ("x.jpg", b"\xff\xd8", "image/jpeg")})
    multipart = request("POST", body=sent.read(), type=sent.headers["content-type"])
    assert multipart.form == {"text": "ä&c"}
    assert (multipart.files["source"].filename, multipart.files["source"].type) == ("x.jpg", "image/jpeg")
    assert multipart.files["source"].content == b"\xff\xd8"


def test_a_long_file_is_read_whole() -> None:
    """A file that is spooled to the disk comes whole, and leaves nothing open."""
    content = b"\xff\xd8" * 1_500_000
    sent = httpx.Request("POST", URL, files={"source": ("x.jpg", content, "image/jpeg")})
    assert request("POST", body=sent.read(), type=sent.headers["content-type"]).files["source"].content == content


def test_a_broken_multipart_form_is_told() -> None:
    """What calls itself a multipart form and is none is a ValueError, which an emulator can answer."""
    for type_ in ("multipart/form-data", "multipart/form-data; boundary=x"):
        with pytest.raises(ValueError, match="multipart"):
            _ = request("POST", body=b"nonsense", type=type_).form


def test_the_bearer_token_is_read() -> None:
    """Only a bearer token counts as one, whatever the scheme's case."""
    assert EmulatedRequest("GET", URL, {"Authorization": "bearer abc"}, b"").bearer == "abc"
    assert EmulatedRequest("GET", URL, {"Authorization": "OAuth abc"}, b"").bearer is None
    assert EmulatedRequest("GET", URL, {}, b"").bearer is None


def test_a_gap_is_named(echo: Echo) -> None:
    """What an emulator does not know is a 501 that names network, request and part."""
    with echo.client() as client:
        answer = client.get(f"{URL}/unheard-of")
    assert answer.status_code == 501
    assert answer.json() == {
        "emulator": "echo",
        "gap": "the echo emulator does not know parameter colour in GET /unheard-of",
    }


# ── serving in memory ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_streamed_body_is_read_whole(echo: Echo) -> None:
    """A blocking client may stream its body."""

    def pieces() -> Iterator[bytes]:
        yield b"abc"
        yield b"def"

    with echo.client() as client:
        assert client.post(f"{URL}/", content=pieces()).json()["length"] == 6


@pytest.mark.anyio
async def test_an_async_streamed_body_is_read_whole(echo: Echo) -> None:
    """An async client may stream its body."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"abc"
        yield b"def"

    async with echo.async_client() as client:
        assert (await client.post(f"{URL}/", content=pieces())).json()["length"] == 6


def test_what_has_no_body_gets_none(echo: Echo) -> None:
    """HEAD and 204 carry no body, whatever the emulator answered."""
    with echo.client() as client:
        assert client.head(f"{URL}/").content == b""
        nothing = client.get(f"{URL}/nothing")
    assert (nothing.status_code, nothing.content) == (204, b"")


def test_every_request_is_kept(echo: Echo) -> None:
    """Tests can look at what was sent, in order."""
    with echo.client() as client:
        client.get(f"{URL}/a")
        client.post(f"{URL}/b", json={"x": 1})
    assert [(one.method, one.path) for one in echo.requests] == [("GET", "/a"), ("POST", "/b")]
    assert echo.requests[1].json() == {"x": 1}


def test_threads_do_not_disturb_each_other(echo: Echo) -> None:
    """Many threads at once lose no effect."""
    with echo.client() as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.post(f"{URL}/"), range(200)))
    assert echo.count == 200


# ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (FaultKind.LOST_ANSWER, httpx.ReadTimeout),
        (FaultKind.RESET, httpx.ReadError),
    ],
)
def test_a_lost_answer_has_its_effect(echo: Echo, kind: FaultKind, error: type[Exception]) -> None:
    """The request is carried out, and the client learns nothing of it."""
    echo.faults.add(Fault(kind))
    with echo.client() as client, pytest.raises(error):
        client.post(f"{URL}/")
    assert echo.count == 1
    assert echo.faults.shown == [kind]


@pytest.mark.anyio
async def test_a_lost_answer_is_lost_to_async_clients_too(echo: Echo) -> None:
    """The async transport breaks off in the same way."""
    echo.faults.add(Fault(FaultKind.LOST_ANSWER))
    async with echo.async_client() as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{URL}/")
    assert echo.count == 1


@pytest.mark.parametrize(
    ("kind", "status", "body", "effect"),
    [
        (FaultKind.ERROR_BEFORE, 503, "{}", 0),
        (FaultKind.ERROR_AFTER, 503, "{}", 1),
        (FaultKind.REFUSED, 503, "", 0),
        (FaultKind.HTML, 503, "<!DOCTYPE html>", 0),
        (FaultKind.THROTTLED, 429, '{"error":"slow down"}', 0),
        (FaultKind.THROTTLED_BARE, 429, '{"error":"slow down"}', 0),
        (FaultKind.TOKEN_REVOKED, 401, '{"error":"revoked"}', 0),
    ],
)
def test_a_fault_answers_with_or_without_effect(
    echo: Echo, kind: FaultKind, status: int, body: str, effect: int
) -> None:
    """Each fault has its own answer, and says by its kind whether the request took effect."""
    echo.faults.add(Fault(kind, status=503))
    with echo.client() as client:
        answer = client.post(f"{URL}/")
    assert answer.status_code == status
    assert answer.text.startswith(body)
    assert echo.count == effect
    assert ("retry-after" in answer.headers) == (kind is FaultKind.THROTTLED)


def test_a_truncated_answer_is_half(echo: Echo) -> None:
    """The effect is there and the JSON breaks off."""
    echo.faults.add(Fault(FaultKind.TRUNCATED))
    with echo.client() as client:
        answer = client.post(f"{URL}/")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert echo.count == 1


def test_a_slow_answer_takes_the_clocks_time(echo: Echo, clock: TestClock) -> None:
    """The wait goes through the clock, and the answer is whole."""
    echo.faults.add(Fault(FaultKind.SLOW, seconds=30))
    with echo.client() as client:
        assert client.post(f"{URL}/").status_code == 200
    assert clock.slept == [30]


class GateClock(TestClock):
    """A clock whose waiting ends when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = anyio.Event()
        self.gate = anyio.Event()

    async def sleep_async(self, seconds: float) -> None:
        self.waiting.set()
        await self.gate.wait()


@pytest.mark.anyio
async def test_a_slow_answer_holds_nobody_up() -> None:
    """While one answer is slow, others are answered."""
    clock = GateClock()
    echo = Echo(clock=clock)
    echo.faults.add(Fault(FaultKind.SLOW, path="/slow", seconds=30))
    order: list[str] = []

    async def ask(client: httpx.AsyncClient, path: str) -> None:
        await client.get(f"{URL}{path}")
        order.append(path)

    async with echo.async_client() as client, anyio.create_task_group() as tasks:
        tasks.start_soon(ask, client, "/slow")
        await clock.waiting.wait()
        await ask(client, "/quick")
        clock.gate.set()
    assert order == ["/quick", "/slow"]


def test_faults_strike_what_they_are_for(echo: Echo) -> None:
    """A fault waits for its method and path, lets `after` requests pass, and strikes `times` requests."""
    echo.faults.add(Fault(FaultKind.REFUSED, method="POST", path="^/posts$", after=1, times=2, status=400))
    with echo.client() as client:
        got = [client.get(f"{URL}/posts").status_code, client.post(f"{URL}/other").status_code]
        got += [client.post(f"{URL}/posts").status_code for _ in range(4)]
    assert got == [200, 200, 200, 400, 400, 200]


def test_seeded_faults_repeat(clock: TestClock) -> None:
    """The same seed strikes the same requests; clearing ends it."""

    def run(seed: int) -> list[int]:
        echo = Echo(clock=clock)
        echo.faults.seed(seed, rate=0.5, kinds=[FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER])
        with echo.client() as client:
            struck = [client.get(f"{URL}/").status_code for _ in range(30)]
            echo.faults.clear()
            assert {client.get(f"{URL}/").status_code for _ in range(30)} == {200}
        return struck

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert set(run(1)) == {200, 500}


# ── over loopback ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_loopback_keeps_the_raw_request(echo: Echo) -> None:
    """Over a socket the path stays encoded, and a repeated header's values come together."""
    with serving(echo) as url, httpx.Client() as client:
        told = client.get(f"{url}/a%2Fb?x=%26", headers=[("X-Trace", "1"), ("X-Trace", "2")]).json()
        assert client.head(f"{url}/").content == b""
        assert client.get(f"{url}/nothing").status_code == 204
    assert told == {"path": "/a/b", "raw_path": "/a%2Fb", "query": {"x": "&"}, "length": 0, "trace": "1, 2"}
    assert echo.requests[0].origin == url


@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.RESET])
def test_loopback_breaks_off(echo: Echo, kind: FaultKind) -> None:
    """Over a socket a lost answer is a broken connection, and the next request is served."""
    echo.faults.add(Fault(kind))
    with serving(echo) as url, httpx.Client() as client:
        with pytest.raises(httpx.TransportError):
            client.post(f"{url}/")
        assert client.post(f"{url}/").status_code == 200
    assert echo.count == 2


def test_loopback_serves_many_at_once(echo: Echo) -> None:
    """Many clients at once lose no effect."""
    with serving(echo) as url, httpx.Client() as client, ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(lambda _: client.post(f"{url}/").status_code, range(100)))
    assert statuses == {200}
    assert echo.count == 100


def test_loopback_ends(echo: Echo) -> None:
    """After the block nobody listens any more and no thread is left, even if nothing was asked."""
    threads = threading.active_count()
    with serving(echo) as url:
        pass
    with serving(echo) as url, httpx.Client() as client:
        client.get(f"{url}/")
    assert threading.active_count() == threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_taken_port_is_told() -> None:
    """A port that is taken is a configuration error that names it."""
    taken = listen()
    port = taken.getsockname()[1]
    try:
        with pytest.raises(ConfigurationError, match=str(port)):
            listen(port)
    finally:
        taken.close()
