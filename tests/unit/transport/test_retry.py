"""Whether a request may be sent again, and how long to wait before."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialconnect import errors
from socialconnect.errors import (
    ApiPaywalled,
    MediaNotReady,
    NotSent,
    OutcomeUnknown,
    QuotaExceeded,
    RateLimited,
    SocialConnectError,
    UnavailableError,
)
from socialconnect.transport.request import Effect
from socialconnect.transport.retry import RetryPolicy, may_resend, wait_before

KINDS = [
    one
    for name in errors.__all__
    if isinstance(one := getattr(errors, name), type) and issubclass(one, SocialConnectError)
]
AGAIN = {NotSent: set(Effect), RateLimited: set(Effect), UnavailableError: {Effect.READ, Effect.PREPARE}}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("effect", list(Effect))
def test_what_is_sent_again(kind: type[SocialConnectError], effect: Effect) -> None:
    """What never left and what was throttled is sent again; a broken network only for what nobody sees."""
    allowed = AGAIN.get(kind, set()) if kind is not errors.ThrottleError else set(Effect)
    assert may_resend(effect, kind()) is (effect in allowed)


@pytest.mark.parametrize("effect", list(Effect))
def test_what_may_have_happened_is_never_sent_again(effect: Effect) -> None:
    """A refusal that may have been carried out is not repeated, whatever its class says."""
    error = UnavailableError()
    error.may_have_happened = True
    assert not may_resend(effect, error)
    assert not may_resend(effect, OutcomeUnknown())


@pytest.mark.parametrize("kind", [QuotaExceeded, MediaNotReady, ApiPaywalled])
def test_what_waiting_here_cannot_help(kind: type[SocialConnectError]) -> None:
    """A used-up allowance, a paywall and media in the making are not waited for in the request's loop."""
    assert not may_resend(Effect.READ, kind())


@given(attempt=st.integers(1, 12), seed=st.integers())
def test_waits_grow_with_jitter_up_to_a_limit(attempt: int, seed: int) -> None:
    """Each wait doubles, is lengthened by up to a quarter, and never passes the limit."""
    policy = RetryPolicy(first_wait=0.5, longest_wait=30, random=random.Random(seed))
    wait = wait_before(UnavailableError(), attempt, policy)
    bare = 0.5 * 2 ** (attempt - 1)
    assert min(bare, 30) <= wait <= min(bare * 1.25, 30)


def test_jitter_differs() -> None:
    """Two clients that failed together do not come back together."""
    waits = {wait_before(UnavailableError(), 1, RetryPolicy()) for _ in range(20)}
    assert len(waits) > 1


@pytest.mark.parametrize(("asked", "wait"), [(0.0, 0.0), (7.5, 7.5), (-3.0, 0.0)])
def test_the_servers_word_comes_first(asked: float, wait: float) -> None:
    """The network's own number is taken as it is; one that lies in the past means now."""
    assert wait_before(RateLimited(retry_after=asked), 1, RetryPolicy()) == wait
