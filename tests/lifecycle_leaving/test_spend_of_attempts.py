"""What attempts that fail leave counted, and that nobody passes the limit at the same time as somebody else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from socialconnect import Image, Outbox, Post, QuotaExceeded, RetryPolicy, SocialConnectError, Twitter
from socialconnect.blocking import run
from socialconnect.outbox import DeliveryState
from socialconnect.spending import Budget
from socialconnect.testing import FakeNetwork, TestClock, sample_image
from socialconnect.testing.emulators.faults import Fault, FaultKind
from socialconnect.testing.emulators.twitter import TwitterEmulator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THREAD = Post("One", thread=["Two", "Three"])
CREATE = "^/2/tweets$"
A_POST, AN_UPLOAD = Decimal("0.015"), Decimal("0.015")


@pytest.fixture
def clock() -> TestClock:
    """Give a clock on the day of the facts."""
    return TestClock(NOW)


@pytest.fixture
def emulator(clock: TestClock) -> TwitterEmulator:
    """Give Twitter."""
    return TwitterEmulator(clock=clock)


@pytest.fixture
def outbox(tmp_path: Path, clock: TestClock) -> Iterator[Outbox]:
    """Give an empty outbox."""
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        yield outbox


def cut_off(emulator: TwitterEmulator) -> httpx.Client:
    """Give a client whose first request for a post finds no connection."""
    closed = [True]  # for the first request only

    def answer(request: httpx.Request) -> httpx.Response:
        if closed and request.url.path == "/2/tweets":
            closed.pop()
            raise httpx.ConnectError("no route", request=request)
        return emulator.transport().handle_request(request)

    return httpx.Client(transport=httpx.MockTransport(answer))


def account(
    emulator: TwitterEmulator, outbox: Outbox, clock: TestClock, limit: str, client: httpx.Client | None = None
) -> Twitter:
    """Give an account that may spend so much, and tries each request once."""
    held = emulator.accounts[0]
    return Twitter(
        user_id=held.id,
        token=held.token,
        http_client=client or emulator.client(),
        clock=clock,
        outbox=outbox,
        spend_limit=Decimal(limit),
        retry=RetryPolicy(attempts=1),
    )


def spent(outbox: Outbox) -> Decimal:
    """Give what the account has spent this month."""
    return sum((one.amount for one in outbox.spending("twitter")), Decimal(0))


def refuse(emulator: TwitterEmulator, *, path: str = CREATE, after: int = 0, status: int = 503) -> None:
    """Let one request be refused, before it has an effect."""
    emulator.faults.add(Fault(FaultKind.ERROR_BEFORE, method="POST", path=path, after=after, status=status))


# ── what is counted ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_thread_that_is_half_live_goes_on_within_its_limit(
    emulator: TwitterEmulator, outbox: Outbox, clock: TestClock
) -> None:
    """What was set aside when the thread began is enough for its end: the limit leaves no half thread behind."""
    twitter = account(emulator, outbox, clock, "0.05")
    refuse(emulator, after=1, status=429)
    plan = twitter.schedule(THREAD, NOW + timedelta(hours=1))
    outbox.run(until=NOW + timedelta(hours=6))
    assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert len(emulator.wall) == 3
    assert spent(outbox) == 3 * A_POST


def test_uploads_that_were_made_stay_counted(emulator: TwitterEmulator, outbox: Outbox, clock: TestClock) -> None:
    """A post that never left costs nothing; the picture that was uploaded for it may."""
    twitter = account(emulator, outbox, clock, "1", cut_off(emulator))
    with pytest.raises(SocialConnectError):
        twitter.publish(Post("Hi", media=[Image(sample_image(400, 400))]))
    assert spent(outbox) == AN_UPLOAD


def test_a_picture_that_is_not_uploaded_again_does_not_count_again(
    emulator: TwitterEmulator, outbox: Outbox, clock: TestClock
) -> None:
    """The second attempt goes on from the upload of the first: both together count one."""
    twitter = account(emulator, outbox, clock, "1", cut_off(emulator))
    twitter.schedule(Post("Hi", media=[Image(sample_image(400, 400))]), NOW + timedelta(hours=1))
    outbox.run(until=NOW + timedelta(hours=6))
    assert len(emulator.wall) == 1
    assert spent(outbox) == A_POST + AN_UPLOAD


def test_a_picture_that_was_tried_twice_counts_as_often(
    emulator: TwitterEmulator, outbox: Outbox, clock: TestClock
) -> None:
    """The first attempt's second upload fails, and may have been billed: the three that were sent are all counted."""
    twitter = account(emulator, outbox, clock, "1")
    refuse(emulator, path="^/2/media/upload$", after=1)
    pictures = [Image(sample_image(400, 400)), Image(sample_image(500, 400))]
    twitter.schedule(Post("Hi", media=pictures), NOW + timedelta(hours=1))
    outbox.run(until=NOW + timedelta(hours=6))
    assert len(emulator.wall) == 1
    sent = [one for one in emulator.requests if one.path == "/2/media/upload"]
    assert len(sent) == 3
    assert spent(outbox) >= A_POST + len(sent) * AN_UPLOAD


def test_of_a_thread_that_is_refused_the_first_post_counts(
    emulator: TwitterEmulator, outbox: Outbox, clock: TestClock
) -> None:
    """Twitter is said to bill refused posts: the one that was sent stays counted, and those behind it do not."""
    twitter = account(emulator, outbox, clock, "1")
    refuse(emulator, status=403)
    with pytest.raises(SocialConnectError):
        twitter.publish(THREAD)
    assert emulator.wall == ()
    assert spent(outbox) == A_POST


def test_a_lost_answer_counts_in_full(emulator: TwitterEmulator, outbox: Outbox, clock: TestClock) -> None:
    """What may be live may have been billed, and may go on: nothing is given back."""
    twitter = account(emulator, outbox, clock, "1")
    emulator.faults.add(Fault(FaultKind.LOST_ANSWER, method="POST", path=CREATE))
    with pytest.raises(SocialConnectError):
        twitter.publish(THREAD)
    assert spent(outbox) == 3 * A_POST


def test_what_is_given_back_goes_to_its_own_month(outbox: Outbox, clock: TestClock) -> None:
    """A call that began in November and failed in December frees November's money."""
    clock.set(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    twitter = FakeNetwork("twitter", "1", clock=clock, outbox=outbox, spend_limit=Decimal("0.02"))
    twitter.publish(Post("The last of November"))
    with pytest.raises(QuotaExceeded, match="in 2026-11"):
        twitter.publish(Post("One too many"))
    clock.advance(seconds=1)
    twitter.publish(Post("The first of December"))
    assert [(one.month, one.amount) for one in outbox.spending()] == [("2026-11", A_POST), ("2026-12", A_POST)]


@pytest.mark.parametrize(("unused", "left"), [("9", "0"), ("-9", "0.200"), ("0.150", "0.050")])
def test_no_more_is_given_back_than_was_set_aside(clock: TestClock, unused: str, left: str) -> None:
    """Prices that change while a call is on its way make no money, and cost none twice."""
    budget = Budget(Decimal(1), network="twitter", account="1", clock=clock)
    cost = FakeNetwork("twitter", "1", clock=clock).estimate_cost(Post("See https://example.com"))

    async def call() -> None:
        await budget.release(await budget.reserve(cost), Decimal(unused))

    run(call())
    assert budget.spent == Decimal(left)


# ── several at once ───────────────────────────────────────────────────────────────────────────────────────────────


def test_many_threads_and_outboxes_do_not_pass_the_limit(tmp_path: Path, clock: TestClock) -> None:
    """Eight workers on one file want twenty posts together; the limit is for seven, and seven are made."""
    path, start = tmp_path / "outbox.db", threading.Barrier(8)
    made: list[int] = []

    def work(number: int) -> None:
        with Outbox(path, clock=clock) as outbox:
            twitter = FakeNetwork("twitter", "1", clock=clock, outbox=outbox, spend_limit=7 * A_POST)
            start.wait()
            for one in range(5):
                try:
                    twitter.publish(Post(f"{number} {one}"))
                except QuotaExceeded:
                    return
                made.append(number)

    with Outbox(path, clock=clock) as outbox:
        workers = [threading.Thread(target=work, args=(one,)) for one in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(made) == 7
        assert spent(outbox) == 7 * A_POST


KILLED = """
import os, signal, sys
from decimal import Decimal
from socialconnect import Outbox, Post
from socialconnect.testing import FakeNetwork, TestClock

clock = TestClock("2026-11-24")
with Outbox(sys.argv[1], clock=clock) as outbox:
    twitter = FakeNetwork("twitter", "1", clock=clock, outbox=outbox, spend_limit=Decimal("0.02"))
    twitter.operations.adapter.publish = lambda post, journal: os.kill(os.getpid(), signal.SIGKILL)
    twitter.publish(Post("Never sent"))
"""


def test_a_process_that_is_killed_before_its_request_has_spent(tmp_path: Path, clock: TestClock) -> None:
    """Killed between setting aside and sending, nobody knows that it was not sent: it counts."""
    path = tmp_path / "outbox.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=os.environ, check=False)  # our own
    assert done.returncode == -signal.SIGKILL
    with Outbox(path, clock=clock) as outbox:
        assert spent(outbox) == A_POST
        twitter = FakeNetwork("twitter", "1", clock=clock, outbox=outbox, spend_limit=Decimal("0.02"))
        with pytest.raises(QuotaExceeded):
            twitter.publish(Post("One"))
        assert twitter.calls == []
