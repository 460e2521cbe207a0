"""What a network's own answers say of an API's life: it counts for more than the catalogue, until it changes again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from socialconnect.errors import ApiPaywalled, ApiRetired, ApiVersionRetired, LifecycleError
from socialconnect.lifecycle.evaluation import state_of_all
from socialconnect.lifecycle.rows import Entry
from socialconnect.lifecycle.status import ApiState, DeprecationStatus, LiveAnswer, OperationStatus, moment

__all__ = ["Answer", "Answers", "believed", "foreseen", "state_told"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, with the error that it became; none for a success that was not to be expected."""

    told: LiveAnswer
    error: LifecycleError | None = None


class Answers:
    """The last answer for each operation of one account that spoke of an API's life. Safe to share between threads."""

    def __init__(self) -> None:
        self._last: dict[str, Answer] = {}
        self._lock = threading.Lock()

    def keep(self, answer: Answer) -> None:
        """Keep an answer in place of the operation's last."""
        with self._lock:
            self._last = {**self._last, answer.told.operation: answer}

    def reopened(self, operation: str) -> LiveAnswer | None:
        """Forget that an operation was closed, since a call went through; give what is forgotten."""
        if operation not in self._last:  # the common case, without the lock
            return None
        with self._lock:
            known = self._last.get(operation)
            if known is None or known.error is None:
                return None
            self._last = {name: one for name, one in self._last.items() if name != operation}
        return known.told

    def knows(self, operation: str, belief: str) -> bool:
        """Whether the last answer about an operation was held against this very belief."""
        known = self._last.get(operation)
        return known is not None and known.told.believed == belief

    def applied(self, status: DeprecationStatus, refused_for: Mapping[str, float]) -> DeprecationStatus:
        """
        Let the answers win over what the catalogue says of now.

        Args:
            status: What it says.
            refused_for: The operations whose calls are refused at once, and for how many seconds still.
        """
        last = self._last
        if not last:
            return status
        operations = dict(status.operations)
        for name, answer in last.items():
            if name in operations:
                operations[name] = _as_answered(operations[name], answer)
        told = [
            one.told.model_copy(update={"refused_until": _later(status.on, refused_for[name])})
            if name in refused_for
            else one.told
            for name, one in last.items()
        ]
        state = state_of_all([one.state for one in operations.values()])
        return status.model_copy(update={"operations": operations, "state": state, "answers": tuple(told)})


def _later(at: datetime, seconds: float) -> datetime:
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:  # as good as for ever
        return datetime.max.replace(tzinfo=UTC)


def _as_answered(known: OperationStatus, answer: Answer) -> OperationStatus:
    told, error = answer.told, answer.error
    if told.state is None or told.state is known.state:
        return known  # the catalogue tells more of it
    retired = known.state is ApiState.RETIRED
    if retired and (known.confidence == "declared" or (known.since is not None and moment(known.since) > told.at)):
        return known  # no answer speaks against what the application decided, nor against what came after it
    paywalled = error if isinstance(error, ApiPaywalled) else None
    return OperationStatus(
        operation=known.operation,
        state=told.state,
        cause="answer",
        reason=told.reason,
        since=told.at,
        coming=() if told.state is ApiState.RETIRED else known.coming,
        ends=None if told.state is ApiState.RETIRED else known.ends,
        days_left=None if told.state is ApiState.RETIRED else known.days_left,
        source="answer",
        confidence="answered",
        verified_on=told.at.date(),
        replacement=known.replacement,
        plan=paywalled.plan if paywalled else None,
        price=paywalled.price if paywalled else None,
    )


def state_told(error: LifecycleError) -> ApiState | None:
    """Say what an answer makes of its operation; `None` where it is about something in the one request."""
    if isinstance(error, ApiPaywalled):
        return ApiState.PAYWALLED
    # A field, a metric or a parameter may be gone while the next call needs nothing of it.
    return ApiState.RETIRED if isinstance(error, ApiRetired) and not error.part else None


def foreseen(
    error: LifecycleError, found: OperationStatus | None, status: DeprecationStatus, entry: Entry | None
) -> bool:
    """Whether the catalogue said what the network answered."""
    if isinstance(error, ApiVersionRetired):
        return status.version_retired
    if isinstance(error, ApiPaywalled):
        return entry is not None or (found is not None and found.state is ApiState.PAYWALLED)
    # An adapter names its source where the catalogue told it the end of a metric.
    return entry is not None or error.source is not None or (found is not None and found.state is ApiState.RETIRED)


def believed(status: DeprecationStatus, operation: str, *, version: bool) -> str:
    """Say in a few words what the catalogue tells of an operation, or of the API version in use."""
    if version:
        if status.version_ends is None:
            return f"no end of API version {status.version} is known"
        return (
            f"API version {status.version} {'ended' if status.version_retired else 'lives until'} {status.version_ends}"
        )
    found = status.operations.get(operation)
    if found is None or found.state is ApiState.ACTIVE:
        return f"{operation} is active"
    since = f" since {found.since}" if found.since else ""
    return f"{operation} is {found.state.value}{since}"
