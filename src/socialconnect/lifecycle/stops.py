"""The errors of the gate, and what it adds to those that the network answered."""

from __future__ import annotations

from socialconnect.errors import ApiPaywalled, ApiRetired, ApiVersionRetired, LifecycleError
from socialconnect.lifecycle.rows import Entry
from socialconnect.lifecycle.status import ApiState, DeprecationStatus, OperationStatus, moment

__all__ = ["complete", "operation_retired", "request_retired", "version_retired"]


def operation_retired(found: OperationStatus, status: DeprecationStatus) -> ApiRetired:
    """Give the error for a call to what is retired."""
    since = f" since {found.since:%Y-%m-%d}" if found.since else ""
    if found.replacement:
        hint = f"Instead: {found.replacement}."
    elif found.confidence == "declared":
        hint = "The application itself declared this: leave the network out, or take the overlay back."
    else:
        hint = _NO_REPLACEMENT
    return ApiRetired(
        f"{status.network} {found.operation} is retired{since}: {found.reason} (source: {found.source})",
        deprecation=status,
        source=found.source,
        hint=hint,
    )


def version_retired(status: DeprecationStatus) -> ApiVersionRetired:
    """Give the error for a call with an API version that has ended."""
    newest = f"; newest known is {status.newest_version}" if status.newest_version else ""
    return ApiVersionRetired(
        f"{status.network} retired API version {status.version} on {status.version_ends}{newest}.",
        version=status.version,
        newest=status.newest_version,
        deprecation=status,
        source=status.version_source,
        hint="Leave api_version out to use the newest.",
    )


def request_retired(entry: Entry, status: DeprecationStatus) -> ApiRetired:
    """Give the error for a request of the caller's own to an address that is gone."""
    since = f" since {moment(entry.effective):%Y-%m-%d}" if entry.effective else ""
    return ApiRetired(
        f"This {status.network} request is retired{since}: {entry.what} (source: {entry.source})",
        deprecation=status,
        source=entry.source,
        hint=f"Instead: {entry.replacement}." if entry.replacement else _NO_REPLACEMENT,
    )


def complete(
    error: LifecycleError,
    found: OperationStatus | None,
    status: DeprecationStatus,
    *,
    entry: Entry | None,
    expected: bool,
) -> None:
    """
    Add what the catalogue knows to an error that the network answered.

    Args:
        error: The error.
        found: What the catalogue says of the operation.
        status: What it says of the network.
        entry: The entry that is about the very request, if one is.
        expected: Whether the catalogue foresaw the answer: then its source is the error's.
    """
    known = found.source if found is not None and found.state in (ApiState.PAYWALLED, ApiState.RETIRED) else None
    if isinstance(error, ApiVersionRetired):
        error.version = error.version or status.version
        error.newest = error.newest or status.newest_version
        known = status.version_source
    elif entry is not None:
        known = entry.source
        error.hint = error.hint or (f"Instead: {entry.replacement}." if entry.replacement else None)
    sold = entry if entry is not None else found if found is not None and found.state is ApiState.PAYWALLED else None
    if isinstance(error, ApiPaywalled) and sold is not None:
        error.plan = error.plan or sold.plan
        error.price = error.price or sold.price
    error.source = error.source or (known if expected else None) or "answer"


_NO_REPLACEMENT = "Leave it out; nothing is known to replace it."
