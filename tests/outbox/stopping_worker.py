"""
A worker in a process of its own that stops itself (SIGSTOP) at one point of its work, once.

Its clock is a file that the test moves: hours go by without anybody waiting.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from socialconnect import Facebook, Outbox, RetryPolicy

POINTS = ("before the intent", "after the intent", "before the request", "before the answer")
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


class FileClock:
    """A clock for several processes: the seconds since its start stand in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return float(self._path.read_text())

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    async def sleep_async(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move it; only the test does, and whoever waits."""
        new = self._path.with_suffix(".new")
        new.write_text(repr(self.monotonic() + seconds))
        os.replace(new, self._path)


class Stop:
    """Stops the process, the first time that it comes to the point."""

    def __init__(self, point: str) -> None:
        self._point: str | None = point

    def at(self, point: str) -> None:
        if self._point == point:
            self._point = None
            print("stopping", flush=True)
            # To this very thread: sent to the process, another thread may take it, and this one goes on for a moment.
            signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)


class StoppingTransport(httpx.HTTPTransport):
    """Stops before the visible request leaves, or when its answer is there."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self._stop = stop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST":
            return super().handle_request(request)
        self._stop.at("before the request")
        response = super().handle_request(request)
        response.read()
        self._stop.at("before the answer")
        return response


def stop_around(intend: Callable[..., Awaitable[None]], stop: Stop) -> Callable[..., Coroutine[object, object, None]]:
    """Let the store stop before or after the intent is on disk."""

    async def stopping(*args: object, **kwargs: object) -> None:
        stop.at("before the intent")
        await intend(*args, **kwargs)
        stop.at("after the intent")

    return stopping


def main(place: str, clock: FileClock, url: str, account: str, token: str, point: str) -> None:
    """Carry out what is due."""
    stop = Stop(point)
    with (
        Outbox(place, clock=clock, repeat_unseen=True) as outbox,
        httpx.Client(transport=StoppingTransport(stop)) as http,
    ):
        store = outbox._core._store
        store.intend = stop_around(store.intend, stop)  # type: ignore[method-assign]  # a test's seam
        Facebook(
            page_id=account,
            token=token,
            base_url=url,
            outbox=outbox,
            clock=clock,
            http_client=http,
            retry=RetryPolicy(attempts=1),
        )
        outbox.run_due()


if __name__ == "__main__":
    main(sys.argv[1], FileClock(Path(sys.argv[2])), *sys.argv[3:])
