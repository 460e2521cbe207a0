"""
The four emulators in one process, for the crash test: `python -m tests.crash.emulators SEED ACCOUNTS [--hide-reads]`.

They lose answers, break connections, answer 5xx after and before the effect, and 429. For each line that comes in they
print what stands on their walls.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from tests.crash.posts import PART
from tests.crash.quiet_instagram import QuietInstagram

from socialconnect.testing.emulators.base import EmulatedAccount, EmulatedRequest, Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.faults import Dropped, FaultKind
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.linkedin import media as linkedin_media
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.request import Response

_PROCESSING = 0.1
_HIDDEN = 86_400.0
"""Seconds that reads lag behind where they are hidden: longer than the test lasts."""


def _lost(emulator: Emulator, request: EmulatedRequest) -> Response:
    emulator_answer(emulator, request)
    raise Dropped(FaultKind.LOST_ANSWER)


def _reset_after(emulator: Emulator, request: EmulatedRequest) -> Response:
    emulator_answer(emulator, request)
    raise Dropped(FaultKind.RESET)


def _reset_before(emulator: Emulator, request: EmulatedRequest) -> Response:
    raise Dropped(FaultKind.RESET)


def _error_after(emulator: Emulator, request: EmulatedRequest) -> Response:
    emulator_answer(emulator, request)
    return Response(500, {"content-type": "application/json"}, b"{}")


def _error_before(emulator: Emulator, request: EmulatedRequest) -> Response:
    return Response(503, {"content-type": "application/json"}, b"{}")


def _throttled(emulator: Emulator, request: EmulatedRequest) -> Response:
    told = emulator.throttled(request, headers=False)
    return Response(told.status, {**told.headers, "retry-after": "1"}, told.content)


_FAULTS = (_lost, _lost, _reset_after, _reset_before, _error_after, _error_before, _throttled)


def emulator_answer(emulator: Emulator, request: EmulatedRequest) -> Response:
    """Answer without a fault."""
    return type(emulator).respond(emulator, request)


def trouble(emulator: Emulator, dice: random.Random, *, writes: float, reads: float) -> None:
    """Let a part of an emulator's writes and of its reads meet a fault."""

    def respond(request: EmulatedRequest) -> Response:
        share = reads if request.method == "GET" else writes
        answer: Callable[[Emulator, EmulatedRequest], Response] = emulator_answer
        if dice.random() < share:
            answer = dice.choice(_FAULTS)
        return answer(emulator, request)

    emulator.respond = respond  # type: ignore[method-assign]  # for this process alone


def accounts(first: str, last: int, count: int) -> list[EmulatedAccount]:
    """Make accounts whose ids begin alike."""
    numbers = range(last, last + count)
    return [EmulatedAccount(f"{first}{number}", f"TOKEN-{number}", f"brand{number}") for number in numbers]


def emulators(held: int, *, hidden: bool) -> list[Emulator]:
    """Make them, each with so many accounts, quick processing, small parts, and no limit that the test would meet."""
    lag = _HIDDEN if hidden else 0.0
    facebook = FacebookEmulator(pages=accounts("", 1000, held), read_lag=timedelta(seconds=lag))
    facebook.settings.processing = timedelta(seconds=_PROCESSING)
    facebook.settings.chunk_size = PART
    instagram = QuietInstagram(
        accounts=accounts("1784140000000", 1000, held),
        processing=timedelta(seconds=_PROCESSING),
        quota=10_000,
        read_lag=timedelta(seconds=lag),
    )
    linkedin = LinkedInEmulator(accounts=accounts("urn:li:organization:", 5000, held))
    linkedin.settings.video_seconds = _PROCESSING
    linkedin.settings.read_lag = lag
    linkedin_media._PART = PART  # the network decides on it, and its emulator has no setting for it
    twitter = TwitterEmulator(accounts=accounts("22449", 10000, held))
    twitter.settings.processing_seconds = _PROCESSING
    twitter.settings.timeline_lag = twitter.settings.read_lag = lag
    # A thousand posts in some minutes would wait for hours.
    twitter.rate_limits.count = lambda *_, **__: {}  # type: ignore[method-assign]  # for this process alone
    return [facebook, instagram, linkedin, twitter]


def main() -> None:
    """Print where they are, then the walls for each line that comes in; end with the input."""
    dice = random.Random(int(sys.argv[1]))
    made = emulators(int(sys.argv[2]), hidden="--hide-reads" in sys.argv)
    with ExitStack() as stack:
        told = {}
        for emulator in made:
            trouble(emulator, dice, writes=0.06, reads=0.02)
            url = stack.enter_context(serving(emulator))
            told[emulator.network] = [(url, one.id, one.token) for one in emulator.accounts]
        print(json.dumps(told), flush=True)
        for _ in sys.stdin:
            time.sleep(3 * _PROCESSING)  # a film that was sent a moment ago is not out yet
            posts = [(emulator.network, post.id, post.text) for emulator in made for post in emulator.wall]
            print(json.dumps(posts), flush=True)


if __name__ == "__main__":
    main()
