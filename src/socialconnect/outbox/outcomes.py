"""How an attempt ends: from an error to the state that follows, by one table."""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta
from pathlib import Path

from socialconnect import errors
from socialconnect.errors import (
    AccountLocked,
    AuthError,
    ConfigurationError,
    DuplicatePost,
    LifecycleError,
    MediaNotReady,
    NotSent,
    OutcomeUnknown,
    RejectedError,
    SocialConnectError,
    ThrottleError,
    UnavailableError,
    ValidationError,
)
from socialconnect.outbox.delivery import Delivery, DeliveryState
from socialconnect.outbox.recorded_journal import GaveUp, TooLate
from socialconnect.outbox.store import Paused, Result
from socialconnect.post import PublishedPost, ScheduledPost
from socialconnect.transport.redaction import Redactor
from socialconnect.transport.retry import RetryPolicy, wait_before

__all__ = ["Outcome", "described", "outcome_of", "place_of", "result_of"]

Outcome = PublishedPost | ScheduledPost | SocialConnectError
"""What became of a delivery, for the one who had it carried out: live, still to come, or what went wrong."""

_CLEAR: tuple[tuple[type[SocialConnectError], DeliveryState], ...] = (
    (AuthError, DeliveryState.NEEDS_ATTENTION),
    (AccountLocked, DeliveryState.NEEDS_ATTENTION),
    (ConfigurationError, DeliveryState.NEEDS_ATTENTION),
    (ThrottleError, DeliveryState.PLANNED),
    (UnavailableError, DeliveryState.PLANNED),
    (NotSent, DeliveryState.PLANNED),
    (MediaNotReady, DeliveryState.PLANNED),
    (ValidationError, DeliveryState.FAILED),
    (LifecycleError, DeliveryState.FAILED),
    (RejectedError, DeliveryState.FAILED),
)
"""Errors that say that nothing was done, most specific first, and what follows."""

_TO_COME = frozenset({DeliveryState.HELD, DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING})


def result_of(
    error: Exception,
    delivery: Delivery,
    *,
    request_open: bool,
    partly_live: bool,
    now: datetime,
    grace: timedelta,
    retry: RetryPolicy,
    again: bool = True,
) -> Result:
    """
    Say what follows an error.

    Args:
        error: The error.
        delivery: The delivery whose attempt met it.
        request_open: Whether a visible request may be on its way.
        partly_live: Whether the answer to a visible request is on disk.
        now: The time.
        grace: How late it may appear.
        retry: How often to try, and how long to wait in between.
        again: Whether to try again at all.
    """
    text, kind = described(error)
    first = max(now, delivery.at or now)  # the clock may have been set back
    if isinstance(error, Paused):
        return Result(DeliveryState.PLANNED, due=first, error=text, error_kind=kind)
    if isinstance(error, TooLate):
        return Result(DeliveryState.MISSED, error=text, error_kind=kind)
    state = _state_after(error, request_open=request_open)
    if isinstance(error, DuplicatePost) and delivery.attempts > 1:
        state = DeliveryState.UNKNOWN  # what is live already may be an earlier attempt's
    if state is DeliveryState.PLANNED:
        due = first + timedelta(seconds=wait_before(error, delivery.attempts, retry))
        if not again or delivery.attempts >= retry.attempts:
            state = DeliveryState.FAILED
        elif not partly_live and delivery.at is not None and due > delivery.at + grace:
            state = DeliveryState.MISSED
        else:
            return Result(state, due=due, error=text, error_kind=kind)
    in_doubt = state is DeliveryState.UNKNOWN
    if partly_live:
        # Neither published nor failed would be true: a part is live, and the rest is not.
        state, text = DeliveryState.UNKNOWN, f"A part of it is live; then: {text}"
    existing = error.existing if isinstance(error, DuplicatePost) and in_doubt else None
    return Result(state, error=text, error_kind=kind, existing=existing, in_doubt=in_doubt)


def outcome_of(delivery: Delivery, error: Exception | None) -> Outcome:
    """
    Say what became of a delivery.

    Args:
        delivery: As it is on record.
        error: What its attempt met, where that is known first-hand; else it is what is on record.
    """
    if delivery.published is not None:
        return delivery.published
    if delivery.state in _TO_COME:
        return delivery.as_scheduled()
    unknown = delivery.state is DeliveryState.UNKNOWN
    if isinstance(error, SocialConnectError) and (error.may_have_happened or not unknown):
        return error
    text = delivery.error or f"The delivery {delivery.id} is {delivery.state.value}."
    told = OutcomeUnknown(text) if unknown else _class_named(delivery.error_kind)(text)
    told.__cause__ = error
    return told.at(network=delivery.network, account=delivery.account, operation="publish")


def _class_named(kind: str | None) -> type[SocialConnectError]:
    found: object = getattr(errors, kind or "", None)
    return found if isinstance(found, type) and issubclass(found, SocialConnectError) else SocialConnectError


def described(error: BaseException) -> tuple[str, str]:
    """Give an error's text and its class's name, to keep."""
    kind = type(error).__name__
    if isinstance(error, GaveUp | Paused | TooLate):
        return f"{error}.", kind
    if isinstance(error, SocialConnectError):  # its text holds no secret; headers and addresses may yet
        return Redactor().text(str(error)), kind
    # Anyone else's error may repeat what it was given, so only its place is told.
    return f"The adapter ended with {kind}{place_of(error)}.", kind


def place_of(error: BaseException) -> str:
    """Say where an error was raised, or nothing if that is not known."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _state_after(error: Exception, *, request_open: bool) -> DeliveryState:
    if isinstance(error, GaveUp):
        return DeliveryState.PLANNED
    if isinstance(error, SocialConnectError) and error.may_have_happened:
        return DeliveryState.UNKNOWN
    if isinstance(error, AuthError) and error.retryable:
        return DeliveryState.PLANNED  # it passes by itself, as with a token that is seconds old
    for clear, state in _CLEAR:
        if isinstance(error, clear):
            return state
    # An answer that was not understood, or a defect: before the visible request nothing can have been done.
    return DeliveryState.UNKNOWN if request_open else DeliveryState.FAILED
