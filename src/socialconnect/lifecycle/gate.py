"""The gate: stops a call to what is retired, warns of what soon will be, and stays shut after a closed door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from socialconnect.clock import Clock
from socialconnect.errors import ApiPaywalled, ApiRetired, ApiVersionRetired, LifecycleError
from socialconnect.lifecycle.breaker import Breaker
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.lifecycle.status import (
    ApiState,
    ComingChange,
    DeprecationStatus,
    OperationStatus,
    moment,
    told_days,
)

__all__ = ["Gate", "Lifecycle"]

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _View:
    """What holds until the next moment at which anything can change: a call costs a few look-ups in it."""

    since: datetime
    until: datetime
    revision: int
    status: DeprecationStatus
    stopped: Mapping[str, OperationStatus]
    version_stopped: bool
    warnings: Mapping[str, Sequence[tuple[str, str]]]
    """For each operation, the cause and the text of each warning that is due."""


class Gate:
    """
    What stands before every call of one account. Safe to share between threads.

    Args:
        lifecycle: The facts and settings.
        network: The network's name.
        account: The account, for errors.
        clock: The clock.
        api: The API whose version is in use, as in the catalogue.
        version: That version; `None` for a network without versions.
    """

    def __init__(
        self,
        lifecycle: Lifecycle,
        *,
        network: str,
        account: str,
        clock: Clock,
        api: str | None = None,
        version: str | None = None,
    ) -> None:
        self._lifecycle = lifecycle
        self._network = network
        self._account = account
        self._clock = clock
        self._api = api
        self._version = version
        self._view: _View | None = None
        self._breaker = Breaker(clock, lifecycle.breaker_time.total_seconds())

    def status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """
        Say what is known of the network on a day.

        Args:
            on: The day (its beginning in UTC), or an aware moment; now if not given.

        Raises:
            ValidationError: `on` is a naive datetime.
        """
        now = self._clock.now()
        return self._lifecycle.status(
            self._network, on if on is not None else now, api=self._api, version=self._version, known_until=now
        )

    def check(self, operation: str, *, sends: bool = True) -> None:
        """
        Let a call pass, or not.

        Args:
            operation: The call's operation.
            sends: Whether the call goes to the network itself; `False` for one that the outbox carries out by a call
                that is checked again.

        Raises:
            ApiRetired: The operation, or the API version in use, is retired now.
            LifecycleError: The network answered so a short while ago.
        """
        now = self._clock.now()
        view = self._view
        if view is None or not view.since <= now < view.until or view.revision != self._lifecycle.revision:
            view = self._look(now)
        if operation in view.warnings:
            for cause, text in view.warnings[operation]:
                self._lifecycle.warn_once(cause, text)
        if operation in view.stopped:
            raise self._retired(view.stopped[operation], view.status)
        if view.version_stopped:
            raise self._version_retired(operation, view.status)
        self._breaker.check(operation, tries=sends)

    def learn(self, error: LifecycleError, operation: str) -> None:
        """Complete an error that the network answered with what the catalogue knows, and remember a closed door."""
        status = self.status()
        found = status.operations.get(operation)
        error.at(network=self._network, account=self._account, operation=operation)
        error.deprecation = error.deprecation or status
        error.source = error.source or "answer"
        if isinstance(error, ApiVersionRetired):
            error.version = error.version or self._version
            error.newest = error.newest or status.newest_version
        if isinstance(error, ApiPaywalled) and found is not None and found.state is ApiState.PAYWALLED:
            error.plan = error.plan or found.plan
            error.price = error.price or found.price
        # A feature may be retired in a post that the next one does not have, and a raw request is about its own path
        # alone: such an answer says nothing about the next call. A paywall and an ended version do.
        if isinstance(error, ApiPaywalled | ApiVersionRetired) and operation != "request":
            self._breaker.shut(operation, error)

    def passed(self, operation: str) -> None:
        """Note that a call succeeded."""
        self._breaker.passed(operation)

    def undecided(self, operation: str) -> None:
        """Note that a call failed for a reason that says nothing about the API's life."""
        self._breaker.undecided(operation)

    def close(self) -> None:
        """Forget what the network answered: the next call goes to the wire again."""
        self._breaker.reset()

    @property
    def shut(self) -> dict[str, LifecycleError]:
        """The operations whose calls are refused now because of the network's answer, and that answer."""
        return self._breaker.answers

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, now: datetime) -> _View:
        revision = self._lifecycle.revision  # before the entries are read: what is added meanwhile is seen next time
        status = self.status(now)
        retired = {name: one for name, one in status.operations.items() if one.state is ApiState.RETIRED}
        stopped = {name: one for name, one in retired.items() if self._enforced(one.since, one.confidence, status)}
        ended = status.version_ends if status.version_retired else None
        version_stopped = ended is not None and self._enforced(ended, None, status)
        warnings: dict[str, list[tuple[str, str]]] = {}
        for name, found in status.operations.items():
            warnings[name] = [*self._of_changes(found, status), *self._of_version(status, version_stopped)]
            if name in retired and name not in stopped:
                warnings[name].append(self._unenforced(found, status))
        view = _View(
            now,
            self._next_change(now, status),
            revision,
            status,
            stopped,
            version_stopped,
            {name: due for name, due in warnings.items() if due},
        )
        self._view = view
        return view

    def _enforced(self, since: date | datetime | None, confidence: str | None, status: DeprecationStatus) -> bool:
        """Whether an end is acted on: always the application's own; a forecast only while the facts are fresh."""
        settings = self._lifecycle
        if not settings.enforce or confidence == "declared":
            return settings.enforce
        forecast = since is not None and status.verified_on is not None and moment(since) > moment(status.verified_on)
        return settings.enforce_outdated or not (status.outdated and forecast)

    def _next_change(self, now: datetime, status: DeprecationStatus) -> datetime:
        """Give the next moment at which an entry begins or ceases to hold, a warning is due, or a day begins."""
        catalogue = self._lifecycle.catalogue(self._network)
        entries = [*(catalogue.entries if catalogue else ()), *self._lifecycle.entries(self._network)]
        days = [day for one in entries for day in (one.announced, one.effective, one.until) if day]
        ends = [one.effective for one in entries if one.effective] + [status.version_ends or date.max]
        tomorrow = datetime.combine(now.date() + timedelta(days=1), now.min.time(), UTC)
        lead = self._lifecycle.lead_time
        moments = [tomorrow, *map(moment, days), *(moment(end) - lead for end in ends)]
        return min((one for one in moments if one > now), default=_NEVER)

    # ── warnings ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _of_changes(self, found: OperationStatus, status: DeprecationStatus) -> list[tuple[str, str]]:
        near = [one for one in found.coming if moment(one.on) - status.on <= self._lifecycle.lead_time]
        return [(f"{self._network}:{one.cause}", self._told_change(one, status)) for one in near]

    def _told_change(self, change: ComingChange, status: DeprecationStatus) -> str:
        touched = [
            name
            for name, one in status.operations.items()
            if any(coming.cause == change.cause for coming in one.coming)
        ]
        what = self._network if len(touched) == len(status.operations) else f"{self._network} {', '.join(touched)}"
        return f"{what}: {change}"

    def _of_version(self, status: DeprecationStatus, stopped: bool) -> list[tuple[str, str]]:
        ends, days = status.version_ends, status.version_days_left
        if ends is None or days is None or stopped or moment(ends) - status.on > self._lifecycle.lead_time:
            return []
        newest = f"; newest known is {status.newest_version}" if status.newest_version else ""
        if status.version_retired:
            text = f"API version {self._version} ended on {ends}{newest}. The call goes on, {self._why(status)}."
            return [(f"{self._network}:{self._version}:ended", f"{self._network}: {text}")]
        text = f"API version {self._version} ends on {ends}, {told_days(days)}{newest}."
        return [(f"{self._network}:{self._version}", f"{self._network}: {text}")]

    def _unenforced(self, found: OperationStatus, status: DeprecationStatus) -> tuple[str, str]:
        text = f"{self._network} {found} The call goes on, {self._why(status)}."
        return f"{self._network}:{found.cause}:unenforced", text

    def _why(self, status: DeprecationStatus) -> str:
        if not self._lifecycle.enforce:
            return "since the library was told not to stop it"
        return f"since this was a forecast when the facts were last checked, on {status.verified_on}"

    # ── errors ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _retired(self, found: OperationStatus, status: DeprecationStatus) -> ApiRetired:
        since = f" since {found.since:%Y-%m-%d}" if found.since else ""
        if found.replacement:
            hint = f"Instead: {found.replacement}."
        elif found.confidence == "declared":
            hint = "The application itself declared this: leave the network out, or take the overlay back."
        else:
            hint = "Leave it out; nothing is known to replace it."
        return ApiRetired(
            f"{self._network} {found.operation} is retired{since}: {found.reason} (source: {found.source})",
            deprecation=status,
            source=found.source,
            network=self._network,
            account=self._account,
            operation=found.operation,
            hint=hint,
        )

    def _version_retired(self, operation: str, status: DeprecationStatus) -> ApiVersionRetired:
        newest = f"; newest known is {status.newest_version}" if status.newest_version else ""
        return ApiVersionRetired(
            f"{self._network} retired API version {self._version} on {status.version_ends}{newest}.",
            version=self._version,
            newest=status.newest_version,
            deprecation=status,
            source=self._version_source(),
            network=self._network,
            account=self._account,
            operation=operation,
            hint="Leave api_version out to use the newest.",
        )

    def _version_source(self) -> str | None:
        catalogue = self._lifecycle.catalogue(self._network)
        row = catalogue.version(self._api, self._version) if catalogue and self._api and self._version else None
        return row.source if row else None
