"""
Sending again: one readable function says whether, tenacity does the waiting.

None of the four networks has an idempotency key. So a request that people would see is repeated only after the network
said clearly that it did nothing, or when the request never left.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from socialconnect.errors import AuthError, NotSent, SocialConnectError, ThrottleError, UnavailableError
from socialconnect.transport.request import Effect

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["RetryPolicy", "may_resend", "resend"]

T = TypeVar("T")


@dataclass(frozen=True)
class RetryPolicy:
    """
    How often and how long to try.

    Args:
        attempts: How many times a request is sent at most, the first included. 1 switches retrying off.
        first_wait: Seconds before the second attempt, doubled for each one after it, unless the network says how long.
        longest_wait: Seconds that one wait lasts at most. A network that asks for more gets no second attempt: the
            error is raised at once with `retry_after`, and the caller decides.
        random: Where the jitter comes from: each wait is lengthened by up to a quarter.
    """

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 60.0
    random: random.Random = field(default_factory=random.Random, repr=False, compare=False)


def may_resend(effect: Effect, error: BaseException) -> bool:
    """Say whether a request of this effect may be sent again after this error."""
    if not isinstance(error, SocialConnectError) or error.may_have_happened:
        return False
    if isinstance(error, NotSent):
        return True
    if isinstance(error, ThrottleError | AuthError):
        return error.retryable  # nothing was done; who is calling is refused for a moment at most if it says so
    return error.retryable and effect is not Effect.VISIBLE and isinstance(error, UnavailableError)


def wait_before(error: BaseException | None, attempt: int, policy: RetryPolicy) -> float:
    """Give the seconds to wait after the given attempt (1 is the first): the server's own word first."""
    asked = error.retry_after if isinstance(error, SocialConnectError) else None
    if asked is not None:
        return max(asked, 0.0)
    growing = policy.first_wait * 2.0 ** (attempt - 1)
    return min(growing * (1 + policy.random.random() / 4), policy.longest_wait)


async def resend(
    first: SocialConnectError,
    send: Callable[[], Awaitable[T]],
    effect: Effect,
    policy: RetryPolicy,
    sleep: Callable[[float], Awaitable[None]],
) -> T:
    """
    Go on after a first failure.

    Only called then: the happy path does not pay for the loop.

    Raises:
        SocialConnectError: The last failure, when no further attempt is allowed.
    """

    def again(error: BaseException) -> bool:
        # The wait after the first attempt is the shortest that there is, apart from the network's own word.
        return may_resend(effect, error) and wait_before(error, 1, policy) <= policy.longest_wait

    if policy.attempts <= 1 or not again(first):
        raise first
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt  # most programs never come here

    pending: SocialConnectError | None = first

    async def attempt() -> T:
        nonlocal pending
        if pending is not None:
            failed, pending = pending, None
            raise failed
        return await send()

    def wait(state: RetryCallState) -> float:
        return wait_before(state.outcome.exception() if state.outcome else None, state.attempt_number, policy)

    retrying = AsyncRetrying(
        sleep=sleep,
        stop=stop_after_attempt(policy.attempts),
        wait=wait,
        retry=retry_if_exception(again),
        reraise=True,
    )
    return await retrying(attempt)
