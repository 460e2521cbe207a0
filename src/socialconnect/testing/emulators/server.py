"""An emulator over loopback, as an ASGI app: for any client in any language."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from socialconnect.errors import ConfigurationError
from socialconnect.testing.emulators.base import EmulatedRequest, Emulator
from socialconnect.testing.emulators.faults import Dropped
from socialconnect.transport.request import Response

if TYPE_CHECKING:
    from uvicorn import Server
    from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope

__all__ = ["asgi_app", "serve", "serving"]

_LOOPBACK = "127.0.0.1"
_SHUTDOWN = 5
"""Seconds that an answer under way has to end when the server stops."""


def asgi_app(emulator: Emulator) -> ASGI3Application:
    """Give an ASGI application that serves the emulator."""

    async def app(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = _headers(scope["headers"])
        raw_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        url = f"{scope['scheme']}://{headers.get('host', _LOOPBACK)}{raw_path}" + (f"?{query}" if query else "")
        promised = 0
        try:
            response = await emulator.handle_async(EmulatedRequest(scope["method"], url, headers, bytes(body)))
        except Dropped:
            # An answer that breaks off: a server cannot drop a connection more plainly than by promising a body.
            response, promised = Response(200, {}, b""), 1
        bodiless = response.status in (204, 304)
        answered = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in response.headers.items()
            if name.lower() != "content-length"
        ]
        if not bodiless:
            answered.append((b"content-length", str(len(response.content) + promised).encode()))
        if promised:
            answered.append((b"connection", b"close"))
        content = b"" if bodiless else response.content
        await send({"type": "http.response.start", "status": response.status, "headers": answered, "trailers": False})
        await send({"type": "http.response.body", "body": content, "more_body": False})

    return app


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Give headers by name, a repeated one's values together."""
    headers: dict[str, str] = {}
    for name, value in sent:
        key, told = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {told}" if key in headers else told
    return headers


def _server(emulator: Emulator) -> Server:
    try:
        import uvicorn
    except ImportError as error:
        raise ConfigurationError(
            "Serving an emulator over loopback needs uvicorn.", hint="pip install 'socialconnect[testing]'"
        ) from error
    # A broken-off answer is meant to break off: the server need not complain about it.
    config = uvicorn.Config(
        asgi_app(emulator),
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_SHUTDOWN,
    )
    return uvicorn.Server(config)


def listen(port: int = 0) -> socket.socket:
    """
    Open a listening socket on loopback.

    Raises:
        ConfigurationError: The port is taken or may not be used.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise ConfigurationError(f"Cannot listen on port {port}: {error.strerror}.") from error
    listening.listen(128)
    return listening


def address(listening: socket.socket) -> str:
    """Give the address of a listening socket."""
    return f"http://{_LOOPBACK}:{listening.getsockname()[1]}"


def serve(emulator: Emulator, listening: socket.socket) -> None:
    """Serve until the process is stopped."""
    _server(emulator).run(sockets=[listening])


@contextmanager
def serving(emulator: Emulator) -> Generator[str, None, None]:
    """Serve in a thread while the block runs; gives the address, for `base_url=`."""
    listening = listen()
    server = _server(emulator)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield address(listening)  # connections wait in the socket's queue until the server takes them
    finally:
        server.should_exit = True
        thread.join(timeout=2 * _SHUTDOWN)
        listening.close()
