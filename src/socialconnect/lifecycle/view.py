"""What holds for an account's calls, until the next moment at which anything can change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from socialconnect.lifecycle.rows import Entry
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.lifecycle.status import (
    ApiState,
    ComingChange,
    DeprecationStatus,
    OperationStatus,
    moment,
    told_days,
)

__all__ = ["Lookout", "Notice", "View"]

_NEVER = datetime.max.replace(tzinfo=UTC)


class Notice(NamedTuple):
    """A warning that is due."""

    cause: str
    text: str
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What holds until the next moment at which anything can change: a call costs a few look-ups in it."""

    since: datetime
    until: datetime
    revision: int
    status: DeprecationStatus
    stopped: Mapping[str, OperationStatus]
    version_stopped: bool
    warnings: Mapping[str, Sequence[Notice]]
    """For each operation, the warnings that are due."""
    gone: frozenset[str]
    """The operations that the facts call retired, whether their calls are stopped or not; what the application itself
    declared is no fact that an answer could speak against."""
    version_gone: bool
    """Whether the facts call the version in use ended, whether its calls are stopped or not."""
    requests: Sequence[Entry]
    """The entries that have ended requests of `Network.request`, or put them behind a paywall."""


class Lookout:
    """
    Looks up what holds.

    Args:
        lifecycle: The facts and settings.
        network: The network's name.
        api: The API whose version is in use, as in the catalogue.
        version: That version; `None` for a network without versions.
    """

    def __init__(self, lifecycle: Lifecycle, network: str, api: str | None, version: str | None) -> None:
        self._lifecycle = lifecycle
        self._network = network
        self._api = api
        self._version = version

    def status(self, on: date | datetime, now: datetime) -> DeprecationStatus:
        """Say what the facts tell of a day; their age is measured against `now`."""
        return self._lifecycle.status(self._network, on, api=self._api, version=self._version, known_until=now)

    def entries(self) -> list[Entry]:
        """Give the catalogue's entries and the application's own."""
        catalogue = self._lifecycle.catalogue(self._network)
        return [*(catalogue.entries if catalogue else ()), *self._lifecycle.entries(self._network)]

    def is_old(self, view: View, now: datetime) -> bool:
        """Whether a view is out of date."""
        return not view.since <= now < view.until or view.revision != self._lifecycle.revision

    def look(self, now: datetime) -> View:
        """Give what holds now."""
        revision = self._lifecycle.revision  # before the entries are read: what is added meanwhile is seen next time
        status = self.status(now, now)
        retired = {name: one for name, one in status.operations.items() if one.state is ApiState.RETIRED}
        stopped = {name: one for name, one in retired.items() if self._enforced(one.since, one.confidence, status)}
        ended = status.version_ends if status.version_retired else None
        version_stopped = ended is not None and self._enforced(ended, status.version_confidence, status)
        warnings: dict[str, list[Notice]] = {}
        for name, found in status.operations.items():
            warnings[name] = [*self._of_changes(found, status), *self._of_version(status, version_stopped)]
            if name in retired and name not in stopped:
                warnings[name].append(self._unenforced(found, status))
        return View(
            now,
            self._next_change(now, status),
            revision,
            status,
            stopped,
            version_stopped,
            {name: due for name, due in warnings.items() if due},
            frozenset(name for name, one in retired.items() if one.confidence != "declared"),
            status.version_retired,
            self._requests_touched(now),
        )

    def enforced(self, entry: Entry, status: DeprecationStatus) -> bool:
        """Whether an entry's end is acted on."""
        return self._enforced(entry.effective, entry.confidence, status)

    def _enforced(self, since: date | datetime | None, confidence: str | None, status: DeprecationStatus) -> bool:
        """
        Whether an end is acted on: always the application's own; a forecast only while the facts are fresh; what nobody
        read in any document never, since a call that the network would have taken may be somebody's post.
        """
        settings = self._lifecycle
        if not settings.enforce or confidence in ("declared", "unverified"):
            return settings.enforce and confidence == "declared"
        forecast = since is not None and status.verified_on is not None and moment(since) > moment(status.verified_on)
        return settings.enforce_outdated or not (status.outdated and forecast)

    def _requests_touched(self, now: datetime) -> list[Entry]:
        found = [
            one
            for one in self.entries()
            if one.requests
            and one.state in ("retired", "paywalled")
            and one.effective is not None
            and moment(one.effective) <= now
            and (one.until is None or now < moment(one.until))
        ]
        return sorted(found, key=lambda one: one.state != "retired")  # of what was sold, and then ended, the end counts

    def _next_change(self, now: datetime, status: DeprecationStatus) -> datetime:
        """Give the next moment at which an entry begins or ceases to hold, a warning is due, or a day begins."""
        entries = self.entries()
        days = [day for one in entries for day in (one.announced, one.effective, one.until) if day]
        ends = [one.effective for one in entries if one.effective] + [status.version_ends or date.max]
        tomorrow = datetime.combine(now.date() + timedelta(days=1), now.min.time(), UTC)
        lead = self._lifecycle.lead_time
        warned = [end - lead for end in map(moment, ends) if end - now > lead]
        moments = [tomorrow, *map(moment, days), *warned]
        return min((one for one in moments if one > now), default=_NEVER)

    # ── warnings ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _of_changes(self, found: OperationStatus, status: DeprecationStatus) -> list[Notice]:
        near = [one for one in found.coming if moment(one.on) - status.on <= self._lifecycle.lead_time]
        return [Notice(f"{self._network}:{one.cause}", self._told_change(one, status), one.days_left) for one in near]

    def _told_change(self, change: ComingChange, status: DeprecationStatus) -> str:
        touched = [
            name
            for name, one in status.operations.items()
            if any(coming.cause == change.cause for coming in one.coming)
        ]
        what = self._network if len(touched) == len(status.operations) else f"{self._network} {', '.join(touched)}"
        return f"{what}: {change}"

    def _of_version(self, status: DeprecationStatus, stopped: bool) -> list[Notice]:
        ends, days = status.version_ends, status.version_days_left
        if ends is None or days is None or stopped or moment(ends) - status.on > self._lifecycle.lead_time:
            return []
        newest = f"; newest known is {status.newest_version}" if status.newest_version else ""
        if status.version_retired:
            why = self._why(status, status.version_confidence)
            text = f"API version {self._version} ended on {ends}{newest}. The call goes on, {why}."
            return [Notice(f"{self._network}:{self._version}:ended", f"{self._network}: {text}", days)]
        text = f"API version {self._version} ends on {ends}, {told_days(days)}{newest}."
        return [Notice(f"{self._network}:{self._version}", f"{self._network}: {text}", days)]

    def _unenforced(self, found: OperationStatus, status: DeprecationStatus) -> Notice:
        why = self._why(status, found.confidence)
        text = f"{self._network} {found.operation}: {found.explanations[0]} The call goes on, {why}."
        return Notice(f"{self._network}:{found.cause}:unenforced", text)

    def _why(self, status: DeprecationStatus, confidence: str | None) -> str:
        if not self._lifecycle.enforce:
            return "since the library was told not to stop it"
        if confidence == "unverified":
            return "since this was not read in any document of the network"
        return f"since this was a forecast when the facts were last checked, on {status.verified_on}"
