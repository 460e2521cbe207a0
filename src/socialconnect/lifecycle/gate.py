"""The gate: stops a call to what is retired, warns of what soon will be, and stays shut after a closed door."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from socialconnect.clock import Clock
from socialconnect.errors import ApiPaywalled, ApiRetired, ApiVersionRetired, LifecycleError, SunsetWarning
from socialconnect.lifecycle.catalogue import Catalogue, Entry, bundled
from socialconnect.lifecycle.overlay import Overlay
from socialconnect.lifecycle.status import ApiState, DeprecationStatus, OperationStatus, moment, status_on

__all__ = ["Gate", "Lifecycle"]


class Lifecycle:
    """
    How the facts about APIs' lives are used. One object may serve many networks.

    Args:
        overlays: The application's own entries; `add` takes more later.
        lead_time: How long before an end `SunsetWarning` is given.
        max_age: How old the catalogue's facts may be before the status calls them out of date.
        breaker_time: How long calls are refused at once after the network answered that an API is retired or behind a
            paywall.
        enforce: Whether a call to what is retired is stopped before the wire. The network's own answer is told anyway.
        catalogues: Catalogues to use in place of the bundled ones.
    """

    def __init__(
        self,
        *,
        overlays: Iterable[Overlay] = (),
        lead_time: timedelta = timedelta(days=60),
        max_age: timedelta = timedelta(days=180),
        breaker_time: timedelta = timedelta(minutes=15),
        enforce: bool = True,
        catalogues: Iterable[Catalogue] = (),
    ) -> None:
        self.lead_time = lead_time
        self.max_age = max_age
        self.breaker_time = breaker_time
        self.enforce = enforce
        self.revision = 0
        """Counts the changes, so that gates know when to look again."""
        self._catalogues = {one.network: one for one in catalogues}
        self._overlays: list[Overlay] = []
        self._warned: set[str] = set()
        for overlay in overlays:
            self.add(overlay)

    def add(self, overlay: Overlay) -> None:
        """Add an entry of the application's own; it holds from the next call on."""
        self._overlays.append(overlay)
        self.revision += 1

    def catalogue(self, network: str) -> Catalogue | None:
        """Give the facts on a network, or `None` if there are none."""
        return self._catalogues.get(network) or bundled(network)

    def entries(self, network: str) -> list[Entry]:
        """Give the application's own entries for a network."""
        return [one.entry() for one in self._overlays if one.network == network]

    def newest_version(self, network: str, api: str, on: date | datetime) -> str:
        """Give the newest live version of an API on a day; see `Catalogue.newest_version`."""
        catalogue = self.catalogue(network)
        if catalogue is None:
            raise ApiVersionRetired(f"There is no catalogue of {network}.", network=network)
        return catalogue.newest_version(api, moment(on).date())

    def status(
        self,
        network: str,
        on: date | datetime,
        *,
        api: str | None = None,
        version: str | None = None,
        known_until: datetime | None = None,
    ) -> DeprecationStatus:
        """
        Say what is known of a network on a day.

        Args:
            network: The network's name.
            on: The day (its beginning in UTC), or an aware moment.
            api: The API whose version is in use.
            version: That version.
            known_until: The moment against which the facts' age is measured; `on` if not given.
        """
        catalogue = self.catalogue(network)
        row = catalogue.version(api, version) if catalogue and api and version else None
        return status_on(
            network,
            moment(on),
            catalogue,
            self.entries(network),
            version=row,
            version_name=version,
            max_age=self.max_age,
            verified_until=known_until,
        )

    def warn_once(self, cause: str, text: str) -> None:
        """Give a `SunsetWarning`, once for each cause."""
        if cause not in self._warned:
            self._warned.add(cause)
            warnings.warn(text, SunsetWarning, stacklevel=2)


class Gate:
    """
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
        self._status: DeprecationStatus | None = None
        self._valid_until = datetime.min.replace(tzinfo=UTC)
        self._revision = -1
        self._open: dict[str, tuple[float, LifecycleError]] = {}

    def status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """Say what is known of the network on a day; now if not given."""
        now = self._clock.now()
        return self._lifecycle.status(
            self._network, on if on is not None else now, api=self._api, version=self._version, known_until=now
        )

    def check(self, operation: str) -> None:
        """
        Let a call pass, or not.

        Raises:
            ApiRetired: The operation, or the API version in use, is retired now.
            LifecycleError: The network answered so a short while ago.
        """
        if self._open:
            self._check_breaker(operation)
        now = self._clock.now()
        if self._status is None or now >= self._valid_until or self._revision != self._lifecycle.revision:
            self._look(now)
        status = self._status
        if status is None or not self._lifecycle.enforce:
            return
        found = status.operations[operation]
        if found.state is ApiState.RETIRED:
            raise self._retired(found, status)
        if status.version_ends is not None and moment(status.version_ends) <= now:
            raise self._version_retired(status)

    def learn(self, error: LifecycleError, operation: str) -> None:
        """Complete an error that the network answered with what the catalogue knows, and open the breaker."""
        status = self.status()
        found = status.operations.get(operation)
        error.deprecation = error.deprecation or status
        error.source = error.source or "answer"
        if isinstance(error, ApiVersionRetired):
            error.version = error.version or self._version
            error.newest = error.newest or self._newest()
        if isinstance(error, ApiPaywalled) and found is not None:
            error.plan = error.plan or found.plan
            error.price = error.price or found.price
        self._open[operation] = (self._clock.monotonic() + self._lifecycle.breaker_time.total_seconds(), error)

    def close(self) -> None:
        """Forget what the network answered: the next call goes to the wire again."""
        self._open.clear()

    @property
    def shut(self) -> dict[str, LifecycleError]:
        """The operations whose calls are refused now because of the network's answer, and that answer."""
        now = self._clock.monotonic()
        return {name: error for name, (until, error) in self._open.items() if now < until}

    def _check_breaker(self, operation: str) -> None:
        found = self._open.get(operation)
        if found is None:
            return
        until, error = found
        if self._clock.monotonic() < until:
            # A copy: raising one object twice would pile up its tracebacks.
            raise copy.copy(error)
        self._open.pop(operation, None)

    def _look(self, now: datetime) -> None:
        status = self.status(now)
        self._status, self._revision = status, self._lifecycle.revision
        self._valid_until = min(
            self._coming(now), datetime.combine(now.date() + timedelta(days=1), now.min.time(), UTC)
        )
        for found in status.operations.values():
            if found.ends is not None and moment(found.ends) - now <= self._lifecycle.lead_time:
                days = (moment(found.ends) - now).days
                self._lifecycle.warn_once(
                    f"{self._network}:{found.cause}",
                    f"{self._network}: {found.reason} Ends on {found.ends:%Y-%m-%d}, in {days} days."
                    + (f" Instead: {found.replacement}" if found.replacement else "")
                    + f" Source: {found.source}",
                )
        ends = status.version_ends
        if ends is not None and timedelta(0) < moment(ends) - now <= self._lifecycle.lead_time:
            self._lifecycle.warn_once(
                f"{self._network}:{self._version}",
                f"{self._network}: API version {self._version} ends on {ends}; newest known is {self._newest()}.",
            )

    def _coming(self, now: datetime) -> datetime:
        """Give the next moment at which an entry begins or ceases to hold."""
        catalogue = self._lifecycle.catalogue(self._network)
        entries = [*(catalogue.entries if catalogue else ()), *self._lifecycle.entries(self._network)]
        moments = [moment(day) for one in entries for day in (one.announced, one.effective, one.until) if day]
        return min((one for one in moments if one > now), default=datetime.max.replace(tzinfo=UTC))

    def _newest(self) -> str | None:
        if self._api is None:
            return None
        return self._lifecycle.newest_version(self._network, self._api, self._clock.now())

    def _retired(self, found: OperationStatus, status: DeprecationStatus) -> ApiRetired:
        since = f" since {found.since:%Y-%m-%d}" if found.since else ""
        return ApiRetired(
            f"{self._network} {found.operation} is retired{since}: {found.reason}",
            deprecation=status,
            source=found.source,
            network=self._network,
            account=self._account,
            operation=found.operation,
            hint=f"Instead: {found.replacement}" if found.replacement else None,
        )

    def _version_retired(self, status: DeprecationStatus) -> ApiVersionRetired:
        newest = self._newest()
        return ApiVersionRetired(
            f"{self._network} retired API version {self._version} on {status.version_ends}; newest known is {newest}.",
            version=self._version,
            newest=newest,
            deprecation=status,
            network=self._network,
            account=self._account,
            hint="Leave api_version out to use the newest.",
        )
