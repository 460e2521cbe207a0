"""The breaker: a closed door is not knocked on, and is tried again by one call at a time."""

from __future__ import annotations

import traceback
from datetime import timedelta

import pytest

from socialconnect import ApiPaywalled, ApiRetired, ApiVersionRetired, LifecycleError
from socialconnect.lifecycle import Gate, Lifecycle
from socialconnect.networks.facebook.errors import RULES as FACEBOOK_RULES
from socialconnect.refusal import Refusal, to_error
from socialconnect.testing import TestClock


@pytest.fixture
def clock() -> TestClock:
    """A clock at which the door is shut."""
    return TestClock()


@pytest.fixture
def gate(clock: TestClock) -> Gate:
    """A gate whose door for `publish` is shut for fifteen minutes."""
    gate = Gate(Lifecycle(), network="sample", account="7", clock=clock)
    gate.check("publish")
    gate.learn(ApiPaywalled("No access.", status=403), "publish")
    return gate


def test_a_shut_door_answers_at_once(gate: Gate, clock: TestClock) -> None:
    """The same error comes without a request, for the whole time, and says that it was remembered."""
    clock.advance(minutes=14, seconds=59)
    with pytest.raises(ApiPaywalled, match="No access") as caught:
        gate.check("publish")
    assert caught.value.status == 403
    assert "remembered: nothing was sent" in caught.value.__notes__[0]
    assert set(gate.shut) == {"publish"}


def test_other_operations_have_doors_of_their_own(gate: Gate) -> None:
    """Access is sold by the endpoint: reading may go on where writing may not."""
    gate.check("fetch_metrics")


def test_one_call_tries_the_door_and_the_others_wait(gate: Gate, clock: TestClock) -> None:
    """When the time is over, one call goes to the wire; the others are refused until it comes back."""
    clock.advance(minutes=15)
    assert gate.shut == {}  # it may be tried
    gate.check("publish")
    for _ in range(3):
        with pytest.raises(ApiPaywalled):
            gate.check("publish")


def test_a_success_opens_the_door(gate: Gate, clock: TestClock) -> None:
    """After a call that went through, all do."""
    clock.advance(minutes=15)
    gate.check("publish")
    gate.passed("publish")
    gate.check("publish")
    gate.check("publish")
    assert gate.shut == {}


def test_the_same_answer_shuts_it_again(gate: Gate, clock: TestClock) -> None:
    """A try that meets the paywall again shuts the door for the whole time again."""
    clock.advance(minutes=15)
    gate.check("publish")
    gate.learn(ApiPaywalled("Still none.", status=403), "publish")
    clock.advance(minutes=14)
    with pytest.raises(ApiPaywalled, match="Still none"):
        gate.check("publish")


def test_a_failure_of_another_kind_lets_the_next_one_try(gate: Gate, clock: TestClock) -> None:
    """A try that met a time-out says nothing of the paywall: the next call goes to the wire."""
    clock.advance(minutes=15)
    gate.check("publish")
    gate.undecided("publish")
    gate.check("publish")


def test_a_failure_while_the_door_is_shut_opens_nothing(gate: Gate) -> None:
    """A call that was under way when the door shut, and failed otherwise, does not open it."""
    gate.undecided("publish")
    with pytest.raises(ApiPaywalled):
        gate.check("publish")


def test_a_try_that_never_comes_back_is_replaced(gate: Gate, clock: TestClock) -> None:
    """A cancelled try does not leave the door shut for ever."""
    clock.advance(minutes=15)
    gate.check("publish")
    clock.advance(minutes=15)
    gate.check("publish")


def test_a_call_that_only_leads_to_another_does_not_use_up_the_try(gate: Gate, clock: TestClock) -> None:
    """What the outbox carries out is refused while the door is shut, and leaves the try to the call inside it."""
    with pytest.raises(ApiPaywalled):
        gate.check("publish", sends=False)
    clock.advance(minutes=15)
    gate.check("publish", sends=False)
    gate.check("publish")


def test_a_remembered_answer_does_not_shut_it_for_longer(gate: Gate, clock: TestClock) -> None:
    """Calls that were refused at once are no answers of the network, however many there are."""
    clock.advance(minutes=10)
    with pytest.raises(ApiPaywalled) as caught:
        gate.check("publish")
    gate.learn(caught.value, "publish")
    clock.advance(minutes=5)
    gate.check("publish")


def test_each_refusal_is_an_error_of_its_own(gate: Gate) -> None:
    """Two threads that are refused do not share an exception, and no traceback grows."""
    raised: list[LifecycleError] = []
    for _ in range(2):
        with pytest.raises(ApiPaywalled) as caught:
            gate.check("publish")
        raised.append(caught.value)
    assert raised[0] is not raised[1]
    assert len(raised[1].__notes__) == 1
    assert len(traceback.extract_tb(raised[0].__traceback__)) == len(traceback.extract_tb(raised[1].__traceback__))


def test_setting_the_clock_moves_no_door(gate: Gate, clock: TestClock) -> None:
    """The time that a door is shut is measured, not read off the wall."""
    clock.set("2027-11-24")
    with pytest.raises(ApiPaywalled):
        gate.check("publish")


def test_it_can_be_reset(gate: Gate) -> None:
    """Whoever has just paid need not wait."""
    gate.close()
    gate.check("publish")


def test_an_ended_version_shuts_the_door(clock: TestClock) -> None:
    """A version that the network refused is not asked for again at once."""
    gate = Gate(Lifecycle(), network="sample", account="7", clock=clock, version="1")
    gate.learn(ApiVersionRetired("Not active.", status=426), "posts")
    with pytest.raises(ApiVersionRetired):
        gate.check("posts")


def test_a_retired_operation_shuts_the_door(clock: TestClock) -> None:
    """What is gone is not asked for again at once, by whichever HTTP status it was refused."""
    gate = Gate(Lifecycle(), network="sample", account="7", clock=clock)
    gate.learn(ApiRetired("The endpoint is gone.", status=403), "publish")
    with pytest.raises(ApiRetired):
        gate.check("publish")


def test_a_retired_field_shuts_no_door(clock: TestClock) -> None:
    """What one post asked for may be gone while the next post needs nothing of it."""
    gate = Gate(Lifecycle(), network="sample", account="7", clock=clock)
    error = ApiRetired("The field is gone.", status=400)
    error.part = True
    gate.learn(error, "publish")
    gate.check("publish")


def test_another_account_has_doors_of_its_own(clock: TestClock) -> None:
    """One account's paywall says nothing of another's, though both share their settings."""
    lifecycle = Lifecycle()
    shut, other = (Gate(lifecycle, network="sample", account=one, clock=clock) for one in ("7", "8"))
    shut.learn(ApiPaywalled("No access.", status=403), "publish")
    with pytest.raises(ApiPaywalled):
        shut.check("publish")
    other.check("publish")


def test_a_raw_request_shuts_no_door(clock: TestClock) -> None:
    """One path's paywall says nothing of another path."""
    gate = Gate(Lifecycle(), network="sample", account="7", clock=clock)
    gate.learn(ApiPaywalled("No access.", status=403), "request")
    gate.check("request")


def test_it_can_be_switched_off(clock: TestClock) -> None:
    """Without a time every call goes to the wire."""
    gate = Gate(Lifecycle(breaker_time=timedelta(0)), network="sample", account="7", clock=clock)
    gate.learn(ApiPaywalled("No access.", status=403), "publish")
    gate.check("publish")


@pytest.mark.parametrize(
    ("code", "subcode", "part"), [("200", "2069030", False), ("200", "2069031", True), ("12", None, False)]
)
def test_a_network_tells_an_endpoint_from_a_field(code: str, subcode: str | None, *, part: bool) -> None:
    """Facebook's own numbers say which of the two is gone, and so whether the door is shut."""
    error = to_error(Refusal(status=400, code=code, subcode=subcode), FACEBOOK_RULES, answer="")
    assert isinstance(error, ApiRetired)
    assert error.part is part
