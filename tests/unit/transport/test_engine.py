"""The two transports: what goes over the wire, what comes back, and what is refused."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
import httpx
import pytest

from socialconnect import Image
from socialconnect.blocking import run
from socialconnect.errors import ConfigurationError, NotSent, OutcomeUnknown, ProtocolError
from socialconnect.testing.clock import TestClock
from socialconnect.transport import engine
from socialconnect.transport.engine import AsyncHttpxTransport, HttpxTransport, prepared
from socialconnect.transport.request import Effect, FilePart, FileSlice, Request, Response


def _get(url: str = "https://api.example.com/") -> Request:
    return Request("GET", url, Effect.READ)


def _blocking(handler: Callable[[httpx.Request], httpx.Response]) -> HttpxTransport:
    return HttpxTransport(TestClock(), httpx.Client(transport=httpx.MockTransport(handler)))


@contextmanager
def raw_server(*answers: bytes) -> Iterator[str]:
    """Serve these bytes, one for each connection, as no HTTP library would let us; then close."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    while b"\r\n\r\n" not in (connection.recv(65536) or b"\r\n\r\n"):
                        pass
                    try:
                        connection.sendall(answer)
                    except OSError:
                        return  # the client had enough

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(timeout=10)


def _ask(url: str) -> Response:
    transport = HttpxTransport(TestClock())
    try:
        return run(transport.send(_get(url), {}, 5))
    finally:
        run(transport.close())


def test_a_redirect_is_not_followed() -> None:
    """A redirect to another host is an answer, not an order: the token goes nowhere else."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    response = run(HttpxTransport(TestClock(), client).send(_get(), {"Authorization": "Bearer SECRET"}, 5))
    assert response.status == 302
    assert asked == ["https://api.example.com/"]


def test_the_callers_client_adds_nothing() -> None:
    """Headers, cookies, parameters and credentials of the caller's own client reach no network."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    client = httpx.Client(
        transport=httpx.MockTransport(answer),
        headers={"X-Internal": "yes"},
        cookies={"session": "inside"},
        params={"trace": "1"},
        auth=("user", "password"),
    )
    run(HttpxTransport(TestClock(), client).send(_get(), {"Authorization": "Bearer T"}, 5))
    assert seen[0].headers["authorization"] == "Bearer T"
    assert "x-internal" not in seen[0].headers
    assert "cookie" not in seen[0].headers
    assert str(seen[0].url) == "https://api.example.com/"


def test_an_answer_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the limit, whatever length the server promised."""
    monkeypatch.setattr(engine, "MAX_ANSWER", 100_000)
    body = b"x" * 10_000_000
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + body) as url, pytest.raises(ProtocolError):
        _ask(url)


def test_an_answer_in_chunks_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the limit when no length is promised at all."""
    monkeypatch.setattr(engine, "MAX_ANSWER", 100_000)
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 50
    with raw_server(answer) as url, pytest.raises(ProtocolError, match="longer than"):
        _ask(url)


def test_a_length_that_lies() -> None:
    """No more is read than the promised length, and less than that is a lost answer."""
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}and much more") as url:
        assert _ask(url).content == b"{}"
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{}") as url, pytest.raises(OutcomeUnknown):
        _ask(url)


def test_a_gzip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds after decompression: a small body that unfolds to a huge one is refused."""
    monkeypatch.setattr(engine, "MAX_ANSWER", 100_000)
    bomb = gzip.compress(b"x" * 10_000_000)
    assert len(bomb) < 20_000
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with raw_server(head + bomb) as url, pytest.raises(ProtocolError, match="longer than"):
        _ask(url)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", gzip.compress(b"{}", mtime=0)), ("deflate", zlib.compress(b"{}"))],
    ids=["gzip", "deflate"],
)
def test_the_encodings_that_are_asked_for(encoding: str, packed: bytes) -> None:
    """What the library says that it takes, it can read."""
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with raw_server(head + packed) as url:
        assert _ask(url).json() == {}


def test_an_encoding_that_nobody_asked_for() -> None:
    """An encoding without a known bound is refused even if a library for it is installed."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"
    with raw_server(head) as url, pytest.raises(ProtocolError, match="'br'"):
        _ask(url)


def test_a_refused_connection_is_not_sent() -> None:
    """Where nothing listens, nothing was sent."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotSent):
        _ask(f"http://127.0.0.1:{port}/")


def test_a_dropped_connection_is_unknown() -> None:
    """A connection that breaks before the answer leaves the outcome unknown."""
    with raw_server(b"") as url, pytest.raises(OutcomeUnknown):
        _ask(url)


def test_the_timeout_of_the_request_is_the_engines() -> None:
    """The seconds given for a request are those that the engine waits, connecting at most ten."""
    seen: list[object] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200)

    run(_blocking(answer).send(_get(), {}, 120))
    assert seen == [{"connect": 10.0, "read": 120, "write": 120, "pool": 120}]


def test_our_own_client_is_closed_and_the_callers_is_not() -> None:
    """Closing a transport closes the client that it made, never the one that it was given."""
    theirs = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    transport = HttpxTransport(TestClock(), theirs)
    run(transport.close())
    assert run(transport.send(_get(), {}, 5)).ok
    theirs.close()
    with raw_server(b"HTTP/1.1 204 No Content\r\n\r\n") as url:
        ours = HttpxTransport(TestClock())
        run(ours.send(_get(url), {}, 5))
        run(ours.close())
    with pytest.raises(ConfigurationError, match="closed"):
        run(ours.send(_get(url), {}, 5))


@pytest.mark.anyio
async def test_async_closing() -> None:
    """The async transport closes its own client, never the caller's."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200))) as theirs:
        transport = AsyncHttpxTransport(TestClock(), theirs)
        await transport.close()
        assert (await transport.send(_get(), {}, 5)).ok


def test_a_client_of_the_wrong_kind() -> None:
    """Each transport says which client it needs."""
    with pytest.raises(ConfigurationError, match=r"must be an httpx\.Client, not AsyncClient"):
        HttpxTransport(TestClock(), httpx.AsyncClient())  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(ConfigurationError, match=r"must be an httpx\.AsyncClient, not Client"):
        AsyncHttpxTransport(TestClock(), httpx.Client())  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.anyio
async def test_cancelling_is_passed_on() -> None:
    """A cancelled call is cancelled: no error of ours takes its place, under asyncio and trio alike."""

    async def never(request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError("unreachable")

    async with httpx.AsyncClient(transport=httpx.MockTransport(never)) as client:
        transport = AsyncHttpxTransport(TestClock(), client)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await transport.send(_get(), {}, 5)
        assert scope.cancelled_caught


REQUESTS = {
    "json": Request("POST", "https://a.example/x", Effect.VISIBLE, query={"a": "b c"}, json={"text": "grüß"}),
    "form": Request("POST", "https://a.example/x", Effect.VISIBLE, form={"text": "a&b"}),
    "multipart": Request("POST", "https://a.example/x", Effect.PREPARE, form={"a": "b"}, files=[FilePart("f", b"123")]),
    "multipart slice": Request(
        "POST",
        "https://a.example/x",
        Effect.PREPARE,
        form={"a": "b"},
        files=[FilePart("f", FileSlice(Image(b"0123456789"), 2, 5))],
    ),
    "bytes": Request("PUT", "https://a.example/x", Effect.PREPARE, content=b"123"),
    "slice": Request("PUT", "https://a.example/x", Effect.PREPARE, content=FileSlice(Image(b"0123456789"), 2, 5)),
    "empty": Request("DELETE", "https://a.example/x", Effect.VISIBLE),
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(REQUESTS))
async def test_both_transports_send_the_same(name: str) -> None:
    """Blocking and async send the same method, address, headers and body."""
    request, seen = REQUESTS[name], list[tuple[str, str, dict[str, str], bytes]]()

    def keep(sent: httpx.Request) -> httpx.Response:
        headers = {key: one.partition("boundary")[0] for key, one in sent.headers.items()}
        seen.append((sent.method, str(sent.url), headers, sent.content))
        return httpx.Response(200, json={"ok": True})

    class Reading(httpx.MockTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.read()
            return keep(request)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await request.aread()
            return keep(request)

    def whole(response: Response) -> tuple[int, bytes]:
        return response.status, response.content

    blocking = run(HttpxTransport(TestClock(), httpx.Client(transport=Reading(keep))).send(request, {"A": "b"}, 5))
    async with httpx.AsyncClient(transport=Reading(keep)) as client:
        awaited = await AsyncHttpxTransport(TestClock(), client).send(request, {"A": "b"}, 5)
    assert whole(blocking) == whole(awaited)
    assert seen[0][:3] == seen[1][:3]
    assert len(seen[0][3]) == len(seen[1][3])
    assert prepared(request, {"A": "b"})[0] == seen[0][0]


def test_a_slice_is_sent_with_its_length() -> None:
    """A part of a file is streamed with a length, never in chunks, and no byte besides."""
    method, _, headers, body = prepared(REQUESTS["slice"], {})
    assert (method, body) == ("PUT", b"23456")
    assert headers["content-length"] == "5"
    assert "transfer-encoding" not in headers


def test_a_slice_in_a_form_is_the_slice() -> None:
    """A part of a file in a multipart form is streamed with a known length, and no byte besides."""
    _, _, headers, body = prepared(REQUESTS["multipart slice"], {})
    assert body.count(b"23456") == 1
    assert b"1234567" not in body
    assert headers["content-length"] == str(len(body))
    assert "transfer-encoding" not in headers


def test_repeated_headers_are_joined() -> None:
    """A header that comes twice is looked up as one, in lower case."""
    pairs = [("Link", "<a>"), ("Link", "<b>"), ("X-Page-Usage", "{}")]
    response = run(_blocking(lambda request: httpx.Response(200, headers=pairs)).send(_get(), {}, 5))
    assert response.headers["link"] == "<a>, <b>"
    assert response.headers["x-page-usage"] == "{}"
