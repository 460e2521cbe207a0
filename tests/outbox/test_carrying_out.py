"""What becomes of a delivery, blocking."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.outbox.wall import SilentAdapter, Wall, WallAdapter, network

from socialconnect import Post
from socialconnect.errors import (
    AccountLocked,
    ApiPaywalled,
    ConfigurationError,
    DuplicatePost,
    MediaNotReady,
    NotSent,
    OutcomeUnknown,
    ProtocolError,
    QuotaExceeded,
    RateLimited,
    RejectedError,
    SocialConnectError,
    TokenRevoked,
    UnavailableError,
    ValidationError,
)
from socialconnect.network import AsyncNetwork, Network
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.testing import TestClock
from socialconnect.transport.retry import RetryPolicy


def soon(clock: TestClock, minutes: int = 10) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


def test_a_planned_post_appears_at_its_time(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Nothing appears before its time; at its time it does, once, and the live post is kept."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    assert outbox.run_due().published == 0
    assert wall.posts == []
    report = outbox.run(until_idle=True)
    assert report.published == 1
    assert wall.texts() == ["hello"]
    assert clock.now() == plan.at
    delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.PUBLISHED
    assert delivery.published is not None
    assert delivery.published.id == "post-1"
    assert outbox.run(until_idle=True).published == 0
    assert wall.texts() == ["hello"]


def test_a_run_ends_at_the_time_given(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A run until a moment carries out what is due up to it, itself included, and leaves the rest."""
    facebook = network(wall, outbox, clock)
    for minutes in (10, 20, 30):
        facebook.schedule(Post(f"{minutes}"), soon(clock, minutes))
    end = soon(clock, 20)
    assert outbox.run(until=end).published == 2
    assert clock.now() == end
    assert wall.texts() == ["10", "20"]
    assert [one.at for one in facebook.scheduled()] == [soon(clock, 10)]


def test_deliveries_of_an_account_keep_their_order(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Those due at the same moment appear in the order in which they were planned."""
    facebook = network(wall, outbox, clock)
    at = soon(clock)
    for number in range(10):
        facebook.schedule(Post(f"{number}"), at)
    facebook.schedule(Post("first"), at - timedelta(minutes=1))
    outbox.run(until_idle=True)
    assert wall.texts() == ["first", *map(str, range(10))]


def test_accounts_are_served_side_by_side(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Two accounts' requests are under way at the same time."""
    both = threading.Barrier(2, timeout=10)

    def meet() -> None:
        both.wait()

    wall.before_answer = meet
    for account in ("a", "b"):
        network(wall, outbox, clock, account).schedule(Post("hello"), soon(clock))
    assert outbox.run(until_idle=True).published == 2


def test_a_lost_answer_is_unknown_and_never_repeated(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A delivery whose answer was lost is reported unknown, and people see one post however long the outbox runs."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [OutcomeUnknown("The answer was lost.")]
    assert outbox.run(until_idle=True).unknown == 1
    outbox.run(until=clock.now() + timedelta(hours=6))
    assert wall.texts() == ["hello"]
    delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.UNKNOWN
    assert delivery.error_kind == "OutcomeUnknown"
    assert delivery.intent_at is not None


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (RejectedError("No."), DeliveryState.FAILED),
        (ApiPaywalled("Pay."), DeliveryState.FAILED),
        (ValidationError(message="Bad."), DeliveryState.FAILED),
        (TokenRevoked(), DeliveryState.NEEDS_ATTENTION),
        (AccountLocked(), DeliveryState.NEEDS_ATTENTION),
        (ConfigurationError("No token."), DeliveryState.NEEDS_ATTENTION),
        (ProtocolError("What?"), DeliveryState.UNKNOWN),
        (KeyError("a defect"), DeliveryState.UNKNOWN),
    ],
)
def test_the_error_decides_what_follows_the_visible_request(
    outbox: Outbox, wall: Wall, clock: TestClock, trouble: Exception, state: DeliveryState
) -> None:
    """A clear no is a failure, a person's matter waits for a person, and what is not understood is unknown."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [trouble]
    outbox.run(until_idle=True)
    delivery = outbox.delivery(plan.id)
    assert delivery.state is state
    assert delivery.error_kind == type(trouble).__name__
    assert wall.posts == []


def test_a_duplicate_after_an_earlier_attempt_is_not_called_failed(
    outbox: Outbox, wall: Wall, clock: TestClock
) -> None:
    """The first attempt's duplicate is somebody else's post; a later one's may be this delivery's own."""
    facebook = network(wall, outbox, clock)
    first, later = (facebook.schedule(Post(text), soon(clock)) for text in ("first", "later"))
    wall.troubles = [DuplicatePost(), RateLimited(), DuplicatePost()]
    outbox.run(until_idle=True)
    assert outbox.delivery(first.id).state is DeliveryState.FAILED
    assert outbox.delivery(later.id).state is DeliveryState.UNKNOWN


@pytest.mark.parametrize("trouble", [ProtocolError("What?"), KeyError("a defect")])
def test_before_the_visible_request_nothing_can_be_unknown(
    outbox: Outbox, wall: Wall, clock: TestClock, trouble: Exception
) -> None:
    """An answer that is not understood, or a defect, during an upload is a failure."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.upload_troubles = [trouble]
    outbox.run(until_idle=True)
    assert outbox.delivery(plan.id).state is DeliveryState.FAILED


@pytest.mark.parametrize(
    "trouble", [RateLimited(), QuotaExceeded(), UnavailableError(), NotSent("No route."), MediaNotReady()]
)
def test_what_passes_is_tried_again(outbox: Outbox, wall: Wall, clock: TestClock, trouble: SocialConnectError) -> None:
    """After an error that passes, another attempt is planned, and what was uploaded is not uploaded again."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [trouble]
    report = outbox.run(until_idle=True)
    assert (report.postponed, report.published) == (1, 1)
    assert wall.texts() == ["hello"]
    assert wall.uploads == 1
    assert outbox.delivery(plan.id).attempts == 2
    assert outbox.delivery(plan.id).error is None


def test_the_network_says_how_long_to_wait(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """The network's own word on when to try again goes before the library's."""
    at = soon(clock)
    network(wall, outbox, clock).schedule(Post("hello"), at)
    wall.troubles = [RateLimited(retry_after=1234)]
    outbox.run(until_idle=True)
    assert clock.now() == at + timedelta(seconds=1234)


def test_those_after_a_postponed_one_wait_for_it(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """An account's order holds when its first post must be tried again; another account's are not held up."""
    first, other = network(wall, outbox, clock, "a"), network(wall, outbox, clock, "b")
    first.schedule(Post("1"), soon(clock, 10))
    first.schedule(Post("2"), soon(clock, 11))
    wall.troubles = [RateLimited(retry_after=300)]
    outbox.run(until=soon(clock, 10))
    other.schedule(Post("b"), soon(clock, 1))
    outbox.run(until_idle=True)
    assert wall.posts == [("b", "b"), ("a", "1"), ("a", "2")]


def test_attempts_are_limited_in_number(path: Path, wall: Wall, clock: TestClock) -> None:
    """After the last attempt that is allowed the delivery has failed, with the last error."""
    retry = RetryPolicy(attempts=3, first_wait=1)
    with Outbox(path, clock=clock, retry=retry) as outbox:
        plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
        wall.troubles = [UnavailableError("Down.") for _ in range(9)]
        report = outbox.run(until_idle=True)
        assert (report.postponed, report.failed) == (2, 1)
        assert outbox.delivery(plan.id).error_kind == "UnavailableError"
        assert len(wall.troubles) == 6


def test_attempts_end_with_the_grace(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A delivery that may only be tried again after its grace is missed, and says why."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [QuotaExceeded("Used up.", retry_after=86400)]
    assert outbox.run(until_idle=True).missed == 1
    delivery = outbox.delivery(plan.id)
    assert delivery.state is DeliveryState.MISSED
    assert delivery.error_kind == "QuotaExceeded"


def test_what_is_too_late_is_missed(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """After a night's standstill, what is within its grace appears, and what is beyond it is missed and not sent."""
    facebook = network(wall, outbox, clock)
    facebook.schedule(Post("too late"), soon(clock, 10))
    facebook.schedule(Post("just in time"), soon(clock, 60))
    clock.advance(hours=2)
    report = outbox.run_due()
    assert (report.missed, report.published) == (1, 1)
    assert wall.texts() == ["just in time"]


def test_an_account_that_is_not_there_loses_nothing(path: Path, wall: Wall, clock: TestClock) -> None:
    """Deliveries of an account that was not attached stay planned and are told; later they are carried out."""
    with Outbox(path, clock=clock) as outbox:
        plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    clock.advance(minutes=20)
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock, "b")
        report = outbox.run(until_idle=True)
        assert report.unattached == {"wall a": 1}
        assert outbox.delivery(plan.id).state is DeliveryState.PLANNED
        network(wall, outbox, clock, "a")
        assert outbox.run(until_idle=True).published == 1


def test_a_restart_goes_on_from_the_file(path: Path, wall: Wall, clock: TestClock) -> None:
    """Another outbox over the same file, with new network objects, carries out what the first one held."""
    with Outbox(path, clock=clock) as outbox:
        network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    with Outbox(path, clock=clock) as outbox:
        again = network(wall, outbox, clock)
        assert [one.post for one in again.scheduled()] == [Post("hello")]
        assert outbox.run(until_idle=True).published == 1
    assert wall.texts() == ["hello"]


def test_an_adapter_that_does_not_tell_what_is_visible(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """It publishes, and its lost answer is unknown all the same."""
    silent = Network.from_adapter(SilentAdapter(wall), token="secret-token", clock=clock, outbox=outbox)
    wall.troubles = [OutcomeUnknown()]
    lost, fine = (silent.schedule(Post(text), soon(clock)) for text in ("lost", "fine"))
    outbox.run(until_idle=True)
    assert outbox.delivery(lost.id).state is DeliveryState.UNKNOWN
    assert outbox.delivery(fine.id).state is DeliveryState.PUBLISHED


def test_an_error_after_the_post_is_live_never_calls_it_failed(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """If something refuses after the visible answer, the delivery is unknown and says that a part is live."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.late_troubles = [RejectedError("No.")]
    outbox.run(until_idle=True)
    delivery = outbox.delivery(plan.id)
    assert (delivery.state, delivery.partly_live) == (DeliveryState.UNKNOWN, True)
    assert "part of it is live" in str(delivery.error)


def test_after_the_post_is_live_a_further_attempt_does_not_repeat_it(
    outbox: Outbox, wall: Wall, clock: TestClock
) -> None:
    """What passes after the visible answer is tried again from there, also after the grace, and cannot be cancelled."""
    plan = network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.late_troubles = [RateLimited(retry_after=7200)]
    outbox.run(until=soon(clock))
    with pytest.raises(ValidationError, match="partly live"):
        outbox.cancel(plan.id)
    assert outbox.run(until_idle=True).published == 1
    assert wall.texts() == ["hello"]


def test_secrets_do_not_reach_the_file(outbox: Outbox, wall: Wall, clock: TestClock, path: Path) -> None:
    """Neither the token nor what stands under a secret's name in an error's text is in the database."""
    network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [RejectedError("GET /?access_token=abcdef0123456789 says no")]
    outbox.run(until_idle=True)
    assert "access_token=***" in str(outbox.deliveries()[0].error)
    outbox.close()
    for file in filter(Path.is_file, path.parent.glob("outbox.db*")):
        assert b"secret-token" not in file.read_bytes()
        assert b"abcdef0123456789" not in file.read_bytes()


def test_a_defects_text_is_not_kept(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Of an adapter's defect the kind and the place are kept, not its text, which may hold anything."""
    network(wall, outbox, clock).schedule(Post("hello"), soon(clock))
    wall.troubles = [KeyError("whatever-it-held")]
    outbox.run(until_idle=True)
    told = str(outbox.deliveries()[0].error)
    assert "KeyError at wall.py:" in told
    assert "whatever-it-held" not in told


def test_naive_times_are_refused(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """Every time that is given needs a zone."""
    facebook = network(wall, outbox, clock)
    plan = facebook.schedule(Post("hello"), soon(clock))
    naive = datetime(2026, 12, 1, 12, 0)  # this is what is refused
    for call in (
        lambda: facebook.schedule(Post("hello"), naive),
        lambda: outbox.reschedule(plan.id, naive),
        lambda: outbox.run(until=naive),
        lambda: outbox.held_for("wall", after=naive),
        lambda: outbox.add_campaign("c", [("wall", "a", Post("hello"), naive)]),
        lambda: outbox.launch("c", naive),
    ):
        with pytest.raises(ValidationError, match="zone"):
            call()
    assert len(outbox.deliveries()) == 1


def test_other_zones_are_kept_as_utc(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """A time in another zone is the same moment in the file."""
    at = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=ZoneInfo("Europe/Berlin"))
    network(wall, outbox, clock).schedule(Post("hello"), at)
    assert outbox.deliveries()[0].at == datetime(2026, 11, 24, 11, 0, 0, 123456, tzinfo=UTC)


def test_the_faces_and_clocks_cannot_be_mixed(outbox: Outbox, wall: Wall, clock: TestClock) -> None:
    """An async network is refused by a blocking outbox, and so is a network that lives by another clock."""
    with pytest.raises(ConfigurationError, match="AsyncOutbox"):
        AsyncNetwork.from_adapter(WallAdapter(wall), token="t", clock=clock, outbox=outbox)
    with pytest.raises(ConfigurationError, match="clock"):
        network(wall, outbox, TestClock())
