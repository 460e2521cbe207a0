"""
The two transports over httpx, blocking and async. This is the only module of the library that sends.

Both are written as coroutines. Those of the blocking one never suspend, so that one `send(None)` runs them to their
end: no event loop, no thread.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

import httpx

from socialconnect.clock import Clock
from socialconnect.errors import ConfigurationError, NotSent, OutcomeUnknown, ProtocolError
from socialconnect.media import MediaFile
from socialconnect.transport.file_part import as_file
from socialconnect.transport.http_client import AsyncHttpClient, HttpClient
from socialconnect.transport.redaction import MaskedLog
from socialconnect.transport.request import FileSlice, Request, Response
from socialconnect.transport.together import at_once, one_by_one

__all__ = ["AsyncHttpxTransport", "HttpxTransport", "Transport", "prepared"]

T = TypeVar("T")

MAX_ANSWER = 16 * 1024 * 1024
"""Bytes of an answer that are read at most, after decompression."""

_STREAM_PIECE = 1024 * 1024
_CONNECT_TIMEOUT = 10.0
_ENCODINGS = frozenset({"identity", "gzip", "deflate", ""})


class Transport(Protocol):
    """What adapters stand on: sending, waiting, and reading a media file; nothing else suspends them."""

    @property
    def blocking(self) -> bool:
        """Whether its coroutines never suspend."""
        ...

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        """
        Send one request and read the whole answer.

        Raises:
            NotSent: The request never left.
            OutcomeUnknown: The request left, or part of it, and no whole answer came back.
            ProtocolError: The answer is longer than the library reads, or encoded as nobody asked for.
            ConfigurationError: The request cannot be written down: a header or the address holds what HTTP forbids.
        """
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, by the clock."""
        ...

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        """Read a media file, or a part of it, into memory; what is large goes as a `FileSlice` instead."""
        ...

    async def together(self, acts: Sequence[Callable[[], Awaitable[T]]], *, at_most: int) -> list[T]:
        """
        Do several things whose order does not matter, and give their results in order.

        The async transport does up to `at_most` at once; the blocking one does one after the other. After the first
        error no further one is begun, and that error is raised.
        """
        ...

    async def close(self) -> None:
        """Close the connections that the transport opened itself."""
        ...


# What httpx raises before a byte of the request has left. Everything else that it raises may come after: HTTP/2 reports
# a broken connection as LocalProtocolError even while the answer is read.
_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# `InvalidURL` too may come after: the engine reads the address that a redirect names, though it is not followed.
_ENGINE_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)

# The engine logs the address of each call as it is, and Meta's logins and proofs are parameters of the address.
logging.getLogger("httpx").addFilter(MaskedLog())

_NOTHING = httpx.ByteStream(b"")

# `json.dumps` would make one for each call.
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

# In place of a client's own: the token goes where the adapter puts it, and nowhere else.
_NO_AUTH = httpx.Auth()


def _failure(error: Exception, request: Request) -> NotSent | OutcomeUnknown:
    what = f"{request.method} {request.url.partition('?')[0]}: {_reason(error)}"
    if isinstance(error, _NEVER_LEFT):
        return NotSent(f"The request was not sent: {what}.")
    return OutcomeUnknown(f"The answer was lost: {what}.")


def _reason(error: Exception) -> str:
    # httpx puts no secret into these texts, but an address may carry one in its query.
    told = str(error).partition("?")[0].strip().rstrip(".")
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


def _check_headers(headers: Mapping[str, str]) -> None:
    """Refuse what the engine would refuse, without repeating it: the header may be the one with the token."""
    for name, value in headers.items():
        if not value.isascii() or not value.isprintable() or value != value.strip():
            raise ConfigurationError(
                f"The header {name} holds a character that HTTP does not allow there.",
                hint="If it carries the token: look for a line break or a space at the token's ends.",
            )


def _built(request: Request, headers: dict[str, str], timeout: float, stream: object) -> httpx.Request:
    """
    Build the engine's request directly.

    `Client.build_request` would merge the client's own headers, cookies and parameters into it, at a third of the cost
    of the whole call, and none of them may reach a network unseen.
    """
    _check_headers(headers)
    limits = {"connect": min(_CONNECT_TIMEOUT, timeout), "read": timeout, "write": timeout, "pool": timeout}
    extensions = {"timeout": limits}
    try:
        url = httpx.URL(request.full_url) if request.query else _address(request.url)
    except httpx.InvalidURL as error:
        what = f"{request.method} {request.url.partition('?')[0]}: {_reason(error)}"
        raise NotSent(f"The request was not sent: {what}.") from error
    if request.json is not None:
        body = _json(request)
        # `stream=` takes headers as they are; `json=` would look each of them up several times.
        own = {
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
        return httpx.Request(
            request.method, url, headers={**own, **headers}, stream=httpx.ByteStream(body), extensions=extensions
        )
    if request.files:
        files = [(part.name, (part.filename, as_file(part.content), part.type)) for part in request.files]
        form = dict(request.form or {})
        return httpx.Request(request.method, url, headers=headers, data=form, files=files, extensions=extensions)
    if request.form is not None:
        form = dict(request.form)
        return httpx.Request(request.method, url, headers=headers, data=form, extensions=extensions)
    if isinstance(request.content, FileSlice):
        headers = {**headers, "Content-Length": str(request.content.length)}
        return httpx.Request(request.method, url, headers=headers, content=stream, extensions=extensions)  # type: ignore[arg-type]  # the transport's own kind of stream
    return httpx.Request(request.method, url, headers=headers, content=request.content, extensions=extensions)


def _json(request: Request) -> bytes:
    try:
        return _JSON.encode(request.json).encode()
    except ValueError as error:  # not a number, or half of a surrogate pair
        raise ConfigurationError(f"The request's body cannot be written as JSON: {type(error).__name__}.") from None


def prepared(request: Request, headers: Mapping[str, str]) -> tuple[str, str, dict[str, str], bytes]:
    """Give what would go over the wire: method, address, headers and body."""
    stream = _pieces(request.content) if isinstance(request.content, FileSlice) else None
    built = _built(request, dict(headers), _CONNECT_TIMEOUT, stream)
    return built.method, str(built.url), dict(built.headers), built.read()


def _too_long(request: Request) -> ProtocolError:
    what = f"{request.method} {request.url.partition('?')[0]}"
    return ProtocolError(f"The answer to {what} is longer than {MAX_ANSWER} bytes.")


def _check_encoding(headers: Mapping[str, str], request: Request) -> None:
    # Whatever else is installed beside httpx: an encoding that was not asked for may unfold without bound.
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in _ENCODINGS:
        what = f"{request.method} {request.url.partition('?')[0]}"
        raise ProtocolError(f"The answer to {what} is encoded as {encoding[:40]!r}, which was not asked for.")


@lru_cache(maxsize=256)
def _address(url: str) -> httpx.URL:
    """Parse an address; the few that a network has are parsed once, at a tenth of a whole call each."""
    return httpx.URL(url)


def _headers(response: httpx.Response) -> dict[str, str]:
    """Give the headers by lower-case name; the engine's own look-up goes through all of them each time."""
    told = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw]
    found = dict(told)
    if len(found) != len(told):  # some came more than once
        found = {name: ", ".join(value for other, value in told if other == name) for name in found}
    return found


def _fits_at_once(headers: Mapping[str, str]) -> bool:
    """Whether the whole answer may be read in one go: it is not compressed, and says that it is short."""
    length = headers.get("content-length")
    if length is None or not length.isdigit() or "content-encoding" in headers:
        return False
    return int(length) <= MAX_ANSWER  # the engine reads no more than that length from the connection


def _let_go(answer: httpx.Response) -> None:
    """Undo the engine's circle of answer and stream: what was sent, a part of a film, is freed with the answer."""
    answer.stream = _NOTHING


class HttpxTransport:
    """
    The blocking transport.

    Args:
        clock: Where waiting goes.
        client: The caller's own `httpx.Client`, which the caller closes; `None` for one of our own.
    """

    blocking = True

    def __init__(self, clock: Clock, client: HttpClient | None = None) -> None:
        if client is not None and not isinstance(client, httpx.Client):
            raise ConfigurationError(f"http_client must be an httpx.Client, not {type(client).__name__}.")
        self._clock = clock
        self._own = client is None
        self._client = client
        self._lock = threading.Lock()

    @property
    def _http(self) -> httpx.Client:
        # Made at the first call: reading the machine's certificates costs more than all the rest of a network.
        if self._client is None:
            with self._lock:
                self._client = self._client or httpx.Client()
        if self._client.is_closed:
            raise ConfigurationError("The network is closed.", hint="Make a new one, or keep it open while it is used.")
        return self._client

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        """Send one request; see `Transport.send`."""
        stream = _pieces(request.content) if isinstance(request.content, FileSlice) else None
        try:
            built = _built(request, headers, timeout, stream)
            answer = self._http.send(built, stream=True, auth=_NO_AUTH, follow_redirects=False)
            try:
                return self._read(answer, request)
            finally:
                answer.close()
                _let_go(answer)
        except _ENGINE_ERRORS as error:
            raise _failure(error, request) from error

    def _read(self, answer: httpx.Response, request: Request) -> Response:
        headers = _headers(answer)
        if _fits_at_once(headers):
            return Response(answer.status_code, headers, answer.read())
        _check_encoding(headers, request)
        pieces: list[bytes] = []
        length = 0
        for piece in answer.iter_bytes():
            length += len(piece)
            if length > MAX_ANSWER:
                raise _too_long(request)
            pieces.append(piece)
        return Response(answer.status_code, headers, b"".join(pieces))

    async def sleep(self, seconds: float) -> None:
        """Wait, by the clock."""
        self._clock.sleep(seconds)

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        """Read a media file, or a part of it."""
        return media.read(start, length)

    async def together(self, acts: Sequence[Callable[[], Awaitable[T]]], *, at_most: int) -> list[T]:
        """Do several things one after the other."""
        return await one_by_one(acts)

    async def close(self) -> None:
        """Close the client, if it is our own."""
        if self._own and self._client is not None:
            self._client.close()


class AsyncHttpxTransport:
    """
    The async transport, under asyncio and trio alike.

    Args:
        clock: Where waiting goes.
        client: The caller's own `httpx.AsyncClient`, which the caller closes; `None` for one of our own.
    """

    blocking = False

    def __init__(self, clock: Clock, client: AsyncHttpClient | None = None) -> None:
        if client is not None and not isinstance(client, httpx.AsyncClient):
            raise ConfigurationError(f"http_client must be an httpx.AsyncClient, not {type(client).__name__}.")
        self._clock = clock
        self._own = client is None
        self._client = client
        self._lock = threading.Lock()

    @property
    def _http(self) -> httpx.AsyncClient:
        # Made at the first call: reading the machine's certificates costs more than all the rest of a network.
        if self._client is None:
            with self._lock:
                self._client = self._client or httpx.AsyncClient()
        if self._client.is_closed:
            raise ConfigurationError("The network is closed.", hint="Make a new one, or keep it open while it is used.")
        return self._client

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        """Send one request; see `Transport.send`."""
        stream = _pieces_async(request.content) if isinstance(request.content, FileSlice) else None
        try:
            built = _built(request, headers, timeout, stream)
            answer = await self._http.send(built, stream=True, auth=_NO_AUTH, follow_redirects=False)
            try:
                return await self._read(answer, request)
            finally:
                await answer.aclose()
                _let_go(answer)
        except _ENGINE_ERRORS as error:
            raise _failure(error, request) from error

    async def _read(self, answer: httpx.Response, request: Request) -> Response:
        headers = _headers(answer)
        if _fits_at_once(headers):
            return Response(answer.status_code, headers, await answer.aread())
        _check_encoding(headers, request)
        pieces: list[bytes] = []
        length = 0
        async for piece in answer.aiter_bytes():
            length += len(piece)
            if length > MAX_ANSWER:
                raise _too_long(request)
            pieces.append(piece)
        return Response(answer.status_code, headers, b"".join(pieces))

    async def sleep(self, seconds: float) -> None:
        """Wait, by the clock."""
        await self._clock.sleep_async(seconds)

    async def read(self, media: MediaFile, start: int = 0, length: int | None = None) -> bytes:
        """Read a media file, or a part of it, in a thread so that other tasks run meanwhile."""
        import anyio.to_thread

        return await anyio.to_thread.run_sync(media.read, start, length)

    async def together(self, acts: Sequence[Callable[[], Awaitable[T]]], *, at_most: int) -> list[T]:
        """Do several things at once."""
        return await at_once(acts, at_most)

    async def close(self) -> None:
        """Close the client, if it is our own."""
        if self._own and self._client is not None:
            await self._client.aclose()


def _pieces(part: FileSlice) -> Iterator[bytes]:
    with part.media.open() as file:
        file.seek(part.start)
        left = part.length
        while left > 0 and (piece := file.read(min(_STREAM_PIECE, left))):
            left -= len(piece)
            yield piece


async def _pieces_async(part: FileSlice) -> AsyncIterator[bytes]:
    import anyio.to_thread

    with part.media.open() as file:
        file.seek(part.start)
        left = part.length
        while left > 0 and (piece := await anyio.to_thread.run_sync(file.read, min(_STREAM_PIECE, left))):
            left -= len(piece)
            yield piece
