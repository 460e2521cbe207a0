"""The four emulators under a clock, posts of several steps, and what stops the outbox between any two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any, ParamSpec, TypedDict, TypeVar

import pytest
from tests.crash.quiet_instagram import QuietInstagram

from socialconnect import (
    AsyncFacebook,
    AsyncInstagram,
    AsyncLinkedIn,
    AsyncNetwork,
    AsyncOutbox,
    AsyncTwitter,
    Facebook,
    Image,
    Instagram,
    LinkedIn,
    Network,
    Outbox,
    Post,
    RetryPolicy,
    Twitter,
    Video,
)
from socialconnect.networks.twitter import chunked
from socialconnect.outbox.store import Store, StoreUnavailable
from socialconnect.testing import TestClock, sample_image, sample_video
from socialconnect.testing.emulators.base import EmulatedRequest, Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.faults import Dropped, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.linkedin import media as linkedin_media
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.request import Response

__all__ = ["KINDS", "Killed", "Stage", "Stop"]

P = ParamSpec("P")
T = TypeVar("T")

PART = 64 * 1024
"""Bytes of one part of a film."""

WRITES = ("recover", "miss", "claim", "claim_draft", "record_step", "intend", "answer", "finish", "conclude")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Stop:
    """
    What happens to the outbox, by the number of the event: an event is a write to the store, or a request.

    Args:
        kill: Before which event the process dies. With the one before it done, that is every place to die in.
        lose: Of which request the answer is lost.
        fails: Of which request the answer is an error of the server, though it was carried out.
        full: From which event on the store cannot be written to.
        interrupt: Before which event the process is told to end, as by Ctrl-C; it lives to record that.
        interrupt_after: After which event, before its caller hears of it.
    """

    kill: int | None = None
    lose: int | None = None
    fails: int | None = None
    full: int | None = None
    interrupt: int | None = None
    interrupt_after: int | None = None
    events: int = 0
    requests: int = 0
    dead: bool = field(default=False, init=False)
    shut: bool = field(default=False, init=False)

    @property
    def struck(self) -> bool:
        """Whether it came to that."""
        if self.full is not None:
            return self.events > self.full or self.shut
        told = (self.interrupt, self.interrupt_after)
        if any(one is not None and one < self.events for one in told):
            return True
        return self.dead or any(one is not None and one < self.requests for one in (self.lose, self.fails))

    def event(self) -> None:
        """Come to an event."""
        if self.dead or self.events == self.kill:
            self.dead = True
            raise Killed
        self.events += 1
        if self.events - 1 == self.interrupt:
            raise KeyboardInterrupt

    def over(self, number: int) -> None:
        """Come to the end of an event."""
        if number - 1 == self.interrupt_after:
            raise KeyboardInterrupt

    def watch(self, store: Store) -> None:
        """Count the store's writes; a dead process writes nothing more."""
        for name in WRITES:
            setattr(store, name, self._counted(getattr(store, name)))

    def _counted(self, act: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @wraps(act)
        async def counted(*args: P.args, **kwargs: P.kwargs) -> T:
            if self.shut or (self.full is not None and self.events >= self.full):
                self.shut = True
                raise StoreUnavailable("the disk is full")
            self.event()
            number = self.events
            done = await act(*args, **kwargs)
            self.over(number)
            return done

        return counted

    def answer(self, emulator: Emulator, request: EmulatedRequest) -> Response:
        """Answer a request, if the process lives to send it, and if it is to hear of it."""
        self.event()
        done = type(emulator).respond(emulator, request)
        self.over(self.events)
        self.requests += 1
        if self.requests - 1 == self.lose:
            raise Dropped(FaultKind.LOST_ANSWER)
        if self.requests - 1 == self.fails:
            return Response(500, {"content-type": "application/json"}, b"{}")
        return done


class _Shared(TypedDict):
    clock: TestClock
    retry: RetryPolicy
    http_client: Any


@dataclass(frozen=True)
class Stage:
    """An emulated network and its clock."""

    network: str
    clock: TestClock
    emulator: Emulator

    @classmethod
    def of(cls, network: str, patch: pytest.MonkeyPatch) -> Stage:
        """Set up a network."""
        clock = TestClock("2026-11-24T09:00:00+00:00")
        emulator: Emulator
        if network == "facebook":
            emulator = facebook = FacebookEmulator(clock=clock)
            facebook.settings.chunk_size = PART
        elif network == "instagram":
            emulator = QuietInstagram(clock=clock)
        elif network == "linkedin":
            emulator = LinkedInEmulator(clock=clock)
            patch.setattr(linkedin_media, "_PART", PART)
        else:
            emulator = TwitterEmulator(clock=clock)
            patch.setattr(chunked, "SEGMENT_BYTES", PART)
        return cls(network, clock, emulator)

    def meet(self, stop: Stop) -> None:
        """Let the emulator's answers be stopped."""
        self.emulator.respond = lambda request: stop.answer(self.emulator, request)  # type: ignore[method-assign]  # a test's seam

    def blocking(self, outbox: Outbox) -> Network:
        """Give the account to an outbox."""
        account = self.emulator.accounts[0]
        shared: _Shared = {**self._shared(), "http_client": self.emulator.client()}
        match self.network:
            case "facebook":
                return Facebook(page_id=account.id, token=account.token, outbox=outbox, **shared)
            case "instagram":
                return Instagram(user_id=account.id, token=account.token, outbox=outbox, **shared)
            case "linkedin":
                return LinkedIn(author=account.id, token=account.token, outbox=outbox, **shared)
            case _:
                return Twitter(user_id=account.id, token=account.token, outbox=outbox, **shared)

    def awaited(self, outbox: AsyncOutbox) -> AsyncNetwork:
        """Give the account to an async outbox."""
        account = self.emulator.accounts[0]
        shared: _Shared = {**self._shared(), "http_client": self.emulator.async_client()}
        match self.network:
            case "facebook":
                return AsyncFacebook(page_id=account.id, token=account.token, outbox=outbox, **shared)
            case "instagram":
                return AsyncInstagram(user_id=account.id, token=account.token, outbox=outbox, **shared)
            case "linkedin":
                return AsyncLinkedIn(author=account.id, token=account.token, outbox=outbox, **shared)
            case _:
                return AsyncTwitter(user_id=account.id, token=account.token, outbox=outbox, **shared)

    def _shared(self) -> _Shared:
        return {"clock": self.clock, "retry": RetryPolicy(attempts=1), "http_client": None}

    def texts(self) -> Counter[str]:
        """Count what stands on the wall, comments too."""
        return Counter(one.text for one in self.emulator.wall)


@cache
def _picture(number: int) -> Image:
    return Image(sample_image(400, 400, shade=number))


@cache
def _film() -> Video:
    return Video(sample_video(width=720, height=720, size=PART + PART // 2))


def _hosted(number: int) -> Image:
    return Image(f"https://cdn.example.com/{number}.jpg")


_ONE = Post("one", media=[_picture(0)])
_SEVERAL = Post("several", media=[_picture(0), _picture(1), _picture(2)])
_FILM = Post("film", media=[_film()])
_COMMENT = Post("said", media=[_picture(0)], first_comment="the comment")
_THREAD = Post("first", media=[_picture(0)], thread=[Post("second", media=[_picture(1)]), "third"])

KINDS: Mapping[str, Mapping[str, Post]] = {
    "facebook": {"text": Post("text"), "one": _ONE, "several": _SEVERAL, "film": _FILM, "comment": _COMMENT},
    "instagram": {
        "one": Post("one", media=[_hosted(0)]),
        "several": Post("several", media=[_hosted(0), _hosted(1), _hosted(2)]),
        "film": _FILM,
        "comment": Post("said", media=[_hosted(0)], first_comment="the comment"),
    },
    "linkedin": {"text": Post("text"), "one": _ONE, "several": _SEVERAL, "film": _FILM, "comment": _COMMENT},
    "twitter": {"text": Post("text"), "one": _ONE, "several": _SEVERAL, "film": _FILM, "thread": _THREAD},
}
"""On each network, posts of one step and of several."""
