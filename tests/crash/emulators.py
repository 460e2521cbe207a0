"""The four emulators in one process, for the crash test: `python -m tests.crash.emulators SEED`."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import timedelta

from socialconnect.testing.emulators.base import EmulatedRequest, Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.faults import Dropped, FaultKind
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.transport.request import Response


def lose_answers(emulator: Emulator, dice: random.Random, share: float) -> None:
    """Let an emulator lose some of its answers, after their effect."""
    answer = emulator.respond

    def respond(request: EmulatedRequest) -> Response:
        response = answer(request)
        if request.method == "POST" and dice.random() < share:
            raise Dropped(FaultKind.LOST_ANSWER)
        return response

    emulator.respond = respond  # type: ignore[method-assign]  # for this process alone


def main() -> None:
    """Serve until asked for the count, print where they are and then what stands on the walls, and end."""
    dice = random.Random(int(sys.argv[1]))
    emulators: list[Emulator] = [
        FacebookEmulator(),
        InstagramEmulator(processing=timedelta(0), quota=10_000),
        LinkedInEmulator(),
        twitter := TwitterEmulator(),
    ]
    # A thousand posts in some minutes would wait for hours.
    twitter.rate_limits.count = lambda *_, **__: {}  # type: ignore[method-assign]  # for this process alone
    with ExitStack() as stack:
        told = {}
        for emulator in emulators:
            lose_answers(emulator, dice, 0.05)
            account = emulator.accounts[0]
            told[emulator.network] = (stack.enter_context(serving(emulator)), account.id, account.token)
        print(json.dumps(told), flush=True)
        sys.stdin.readline()
        texts = Counter(post.text for emulator in emulators for post in emulator.wall)
        print(json.dumps(texts), flush=True)


if __name__ == "__main__":
    main()
