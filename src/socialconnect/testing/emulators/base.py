"""
What the emulators share.

An emulator is a function from request to response with state behind it: no sockets, no clock of its own. The same
object serves `httpx.MockTransport` (blocking and async) and, over loopback, any client in any language.
"""

from __future__ import annotations

import io
import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import ClassVar, Self, Unpack
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import Credential
from socialconnect.clock import Clock, SystemClock
from socialconnect.testing.emulators.faults import Dropped, Fault, FaultKind, Faults
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.engine import prepared
from socialconnect.transport.request import Request, Response

__all__ = ["EmulatedAccount", "EmulatedRequest", "Emulator", "UploadedFile", "WallPost", "json_response"]


_LONG_BODY = 64 * 1024
"""Bytes of a body that are kept after it was answered."""


@dataclass(frozen=True)
class UploadedFile:
    """A file in a multipart form."""

    filename: str
    type: str
    content: bytes


@dataclass(frozen=True)
class EmulatedAccount:
    """
    One account that an emulator holds.

    Args:
        id: The network's id of the account.
        token: The token that may use it.
        name: What people see.
    """

    id: str
    token: str
    name: str = ""


@dataclass(frozen=True)
class WallPost:
    """
    What people would see on an emulated network: for tests to count and compare.

    Args:
        id: The network's id of the post.
        account: The account that it belongs to.
        text: Its text, as people would read it.
        media: How many media it carries.
        link: The address that it shares, if any.
        created_at: When it went live.
        parent: The post that it replies to or reshares, if any.
    """

    id: str
    account: str
    text: str
    media: int
    link: str | None
    created_at: datetime
    parent: str | None = None


class EmulatedRequest:
    """
    A request as it came over the wire.

    Args:
        method: The HTTP method.
        url: The whole address.
        headers: The headers, by lower-case name.
        content: The body.
    """

    def __init__(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> None:
        self.method = method
        self.url = url
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.content = content
        parts = urlsplit(url)
        self.raw_path = parts.path or "/"
        self.path = unquote(self.raw_path)
        self.host = parts.netloc
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.raw_query = parts.query

    def __repr__(self) -> str:
        return f"<EmulatedRequest {self.method} {self.path}>"

    @cached_property
    def query_pairs(self) -> list[tuple[str, str]]:
        """The address's parameters in order, the repeated ones too."""
        return parse_qsl(self.raw_query, keep_blank_values=True)

    @cached_property
    def query(self) -> dict[str, str]:
        """The address's parameters; of a repeated one the last."""
        return dict(self.query_pairs)

    @property
    def media_type(self) -> str:
        """The body's content type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def form(self) -> dict[str, str]:
        """
        The text fields of a form body, urlencoded or multipart; of a repeated one the last.

        Raises:
            ValueError: The body calls itself multipart and is not.
        """
        if self.media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.content.decode("utf-8", "replace"), keep_blank_values=True))
        return self._multipart[0]

    @cached_property
    def files(self) -> dict[str, UploadedFile]:
        """
        The files of a multipart body.

        Raises:
            ValueError: The body calls itself multipart and is not.
        """
        return self._multipart[1]

    @cached_property
    def _multipart(self) -> tuple[dict[str, str], dict[str, UploadedFile]]:
        fields: dict[str, str] = {}
        files: dict[str, UploadedFile] = {}
        if self.media_type != "multipart/form-data":
            return fields, files
        from python_multipart import parse_form
        from python_multipart.exceptions import FormParserError
        from python_multipart.multipart import Field, File

        def text(raw: bytes | None) -> str:
            return (raw or b"").decode("utf-8", "replace")

        def on_field(field: Field) -> None:
            fields[text(field.field_name)] = text(field.value)

        def on_file(file: File) -> None:
            file.file_object.seek(0)
            content = file.file_object.read()
            file.close()  # a long file is spooled to the disk
            files[text(file.field_name)] = UploadedFile(text(file.file_name), file.content_type or "", content)

        sent = {
            "Content-Type": self.headers["content-type"].encode(),
            "Content-Length": str(len(self.content)).encode(),
        }
        try:
            parse_form(sent, io.BytesIO(self.content), on_field, on_file)
        except FormParserError as error:
            raise ValueError(f"the multipart form cannot be read: {error}") from error
        return fields, files

    def forget_long_body(self) -> None:
        """Drop a long body once it is answered, so that a record of requests is no copy of every upload."""
        if len(self.content) > _LONG_BODY:
            self.content = self.content[:_LONG_BODY]
            self.__dict__.pop("_multipart", None)
            self.__dict__.pop("files", None)

    def json(self) -> JsonValue:
        """
        Read the body as JSON.

        Raises:
            ValueError: It is not JSON.
        """
        parsed: JsonValue = json.loads(self.content)
        return parsed

    @property
    def bearer(self) -> str | None:
        """The bearer token, if one was sent."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" and token else None


def json_response(status: int, body: JsonValue, headers: Mapping[str, str] | None = None) -> Response:
    """Make a JSON answer."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json; charset=utf-8", **(headers or {})}, content)


class Emulator(ABC):
    """
    A stand-in for one network's HTTP API.

    Subclasses answer in `respond`; what they do not know is `unknown`, a 501 that names the gap, never a silent 200.

    Args:
        clock: The clock that its state lives by.
    """

    network: ClassVar[str]

    def __init__(self, *, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.faults = Faults()
        self.requests: list[EmulatedRequest] = []
        """Every request that came, in order."""
        self._lock = threading.RLock()

    # ── what a network's emulator implements ──────────────────────────────────────────────────────────────────────

    @property
    @abstractmethod
    def accounts(self) -> tuple[EmulatedAccount, ...]:
        """The accounts that it holds."""

    @property
    @abstractmethod
    def wall(self) -> tuple[WallPost, ...]:
        """The posts that people would see now, oldest first."""

    @abstractmethod
    def set_numbers(self, post_id: str, **numbers: Unpack[Numbers]) -> None:
        """Say how a post performs from now on, by the names of `Metrics`; what the network does not count is left."""

    @abstractmethod
    def respond(self, request: EmulatedRequest) -> Response:
        """Answer a request as the network would, and keep its effect."""

    @abstractmethod
    def throttled(self, request: EmulatedRequest, *, headers: bool) -> Response:
        """Give the network's own answer to too many requests, with its rate-limit headers or without."""

    @abstractmethod
    def revoke_tokens(self) -> None:
        """From now on refuse every token as the network refuses a revoked one."""

    @classmethod
    @abstractmethod
    def for_adapter(cls, adapter: Adapter, credential: Credential, clock: Clock) -> Self:
        """Make one that holds the adapter's account and takes its credential; its media are ready at once."""

    # ── serving ───────────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, request: EmulatedRequest) -> Response:
        """
        Answer a request, with the fault that is due.

        Raises:
            Dropped: There is no answer: break the connection.
        """
        response, delay = self._answer(request)
        if delay:
            self.clock.sleep(delay)
        return response

    async def handle_async(self, request: EmulatedRequest) -> Response:
        """Answer as `handle` does; a slow answer lets other tasks run."""
        response, delay = self._answer(request)
        if delay:
            await self.clock.sleep_async(delay)
        return response

    def _answer(self, request: EmulatedRequest) -> tuple[Response, float]:
        """Give the answer and the seconds until it comes; nobody waits while holding the lock."""
        with self._lock:
            self.requests.append(request)
            try:
                return self._answer_part(request)
            finally:
                request.forget_long_body()

    def _answer_part(self, request: EmulatedRequest) -> tuple[Response, float]:
        """Answer a request that came by itself or as an item of a batch."""
        fault = self.faults.take(request.method, request.path)
        if fault is None:
            return self.respond(request), 0.0
        return self._faulty(request, fault), fault.seconds if fault.kind is FaultKind.SLOW else 0.0

    def _faulty(self, request: EmulatedRequest, fault: Fault) -> Response:
        match fault.kind:
            case FaultKind.REFUSED:
                return fault.response()
            case FaultKind.ERROR_BEFORE:
                return Response(fault.status, {"content-type": "application/json"}, fault.body or b"{}")
            case FaultKind.HTML:
                page = b"<!DOCTYPE html><html><head><title>Error</title></head><body>Sorry.</body></html>"
                return Response(fault.status, {"content-type": "text/html; charset=utf-8"}, page)
            case FaultKind.THROTTLED | FaultKind.THROTTLED_BARE:
                return self.throttled(request, headers=fault.kind is FaultKind.THROTTLED)
            case FaultKind.TOKEN_REVOKED:
                self.revoke_tokens()
                return self.respond(request)
            case _:
                pass  # the others take effect
        done = self.respond(request)
        match fault.kind:
            case FaultKind.ERROR_AFTER:
                return Response(fault.status, {"content-type": "application/json"}, fault.body or b"{}")
            case FaultKind.TRUNCATED:
                return Response(done.status, done.headers, done.content[: len(done.content) // 2])
            case FaultKind.SLOW:
                return done
            case _:
                raise Dropped(fault.kind)

    def unknown(self, request: EmulatedRequest, what: str = "") -> Response:
        """Give the answer to what the emulator does not know: a 501 that names the gap, and in it `what` if given."""
        gap = f"the {self.network} emulator does not know {what and f'{what} in '}{request.method} {request.path}"
        return json_response(501, {"emulator": self.network, "gap": gap})

    def transport(self) -> httpx.MockTransport:
        """Give a transport for `httpx.Client` and `httpx.AsyncClient` alike, with no socket in between."""
        return _Transport(self)

    def client(self) -> httpx.Client:
        """Give an `httpx.Client` that reaches this emulator, for `http_client=`."""
        return httpx.Client(transport=self.transport())

    def async_client(self) -> httpx.AsyncClient:
        """Give an `httpx.AsyncClient` that reaches this emulator, for `http_client=`."""
        return httpx.AsyncClient(transport=self.transport())

    @classmethod
    def for_preview(
        cls, adapter: Adapter, credential: Credential, clock: Clock
    ) -> Callable[[Request, Mapping[str, str]], Response]:
        """Give a function that answers an adapter's requests as the network would."""
        emulator = cls.for_adapter(adapter, credential, clock)

        def answer(request: Request, headers: Mapping[str, str]) -> Response:
            method, url, sent, content = prepared(request, headers)
            return emulator.handle(EmulatedRequest(method, url, sent, content))

        return answer


class _Transport(httpx.MockTransport):
    """Serves blocking and async clients; httpx's own reads a streamed body only in its own kind of client."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(self.handle_request)
        self._emulator = emulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        try:
            return _received(request, self._emulator.handle(_sent(request)))
        except Dropped as dropped:
            raise _broken(request, dropped) from None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        try:
            return _received(request, await self._emulator.handle_async(_sent(request)))
        except Dropped as dropped:
            raise _broken(request, dropped) from None


def _sent(request: httpx.Request) -> EmulatedRequest:
    return EmulatedRequest(request.method, str(request.url), dict(request.headers), request.content)


def _received(request: httpx.Request, response: Response) -> httpx.Response:
    if request.method == "HEAD" or response.status in (204, 304):
        # What has no body on the wire has none here either, whatever length its headers tell.
        return httpx.Response(response.status, headers=dict(response.headers), stream=httpx.ByteStream(b""))
    return httpx.Response(response.status, headers=dict(response.headers), content=response.content)


def _broken(request: httpx.Request, dropped: Dropped) -> httpx.TransportError:
    if dropped.kind is FaultKind.LOST_ANSWER:
        return httpx.ReadTimeout("the answer was lost", request=request)
    return httpx.ReadError("the connection was reset", request=request)
