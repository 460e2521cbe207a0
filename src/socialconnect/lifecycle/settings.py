"""How the facts about APIs' lives are used: the application's own entries, and how far ahead of an end to warn."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from socialconnect.errors import ConfigurationError
from socialconnect.lifecycle import told
from socialconnect.lifecycle.catalogue import Catalogue, Entry
from socialconnect.lifecycle.drift import DriftFile, DriftRecord
from socialconnect.lifecycle.evaluation import status_on
from socialconnect.lifecycle.events import LifecycleEvent, Listener, tell
from socialconnect.lifecycle.overlay import Overlay
from socialconnect.lifecycle.sources import CatalogueSources
from socialconnect.lifecycle.status import DeprecationStatus, moment

__all__ = ["Lifecycle"]


class Lifecycle:
    """
    How the facts about APIs' lives are used. One object may serve many networks, and be shared by threads.

    Args:
        overlays: The application's own entries; `add` takes more later.
        lead_time: How long before an end `SunsetWarning` is given.
        max_age: How old the catalogue's facts may be before the status calls them out of date.
        breaker_time: How long an operation's calls are refused at once after the network answered that it is behind a
            paywall, or that the API version in use has ended; 0 for not at all.
        enforce: Whether a call to what is retired is stopped before the wire. Without it there is a warning, and the
            network's own answer.
        enforce_outdated: Whether that holds too for an end that was still to come when the facts were last checked,
            once they are out of date. An end may be put off: unless told so, such a call goes on, with a warning.
        catalogues: Catalogues, or files and folders of them, to use in place of the bundled ones. Those that the
            environment variable `SOCIALCONNECT_CATALOGUES` names are used too.
        on_event: Called with each `LifecycleEvent`, such as to count it; each is logged too, by the logger
            `socialconnect.lifecycle`.
        drift_file: Where to write what a network answered against the catalogue; see `DriftRecord`.

    Raises:
        ConfigurationError: A time is negative, or a catalogue's file is not valid.
    """

    def __init__(
        self,
        *,
        overlays: Iterable[Overlay] = (),
        lead_time: timedelta = timedelta(days=60),
        max_age: timedelta = timedelta(days=180),
        breaker_time: timedelta = timedelta(minutes=15),
        enforce: bool = True,
        enforce_outdated: bool = False,
        catalogues: Iterable[Catalogue | Path | str] = (),
        on_event: Listener | None = None,
        drift_file: Path | str | None = None,
    ) -> None:
        if min(lead_time, max_age, breaker_time) < timedelta(0):
            raise ConfigurationError("lead_time, max_age and breaker_time must not be negative.")
        self.lead_time = lead_time
        self.max_age = max_age
        self.breaker_time = breaker_time
        self.enforce = enforce
        self.enforce_outdated = enforce_outdated
        self._sources = CatalogueSources(catalogues)
        self._overlays = tuple(overlays)
        self.on_event = on_event
        self._drift_file = DriftFile(drift_file) if drift_file is not None else None
        self._lock = threading.Lock()
        self._revision = 0

    @property
    def revision(self) -> int:
        """How often the entries were changed, so that gates know when to look again."""
        return self._revision

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """The application's own entries."""
        return self._overlays

    def add(self, overlay: Overlay) -> None:
        """Add an entry of the application's own; it holds from the next call on, on every network that looks here."""
        with self._lock:
            self._overlays = (*self._overlays, overlay)
            self._revision += 1

    def remove(self, overlay: Overlay) -> None:
        """Take back an entry of the application's own; one that is not there is taken back already."""
        with self._lock:
            self._overlays = tuple(one for one in self._overlays if one != overlay)
            self._revision += 1

    def catalogue(self, network: str) -> Catalogue | None:
        """Give the facts on a network, or `None` if there are none."""
        return self._sources.find(network)

    def entries(self, network: str) -> list[Entry]:
        """Give the application's own entries for a network."""
        return [one.entry() for one in self._overlays if one.network == network]

    def newest_version(self, network: str, api: str, on: date | datetime) -> str:
        """
        Give the newest version of an API that is known to be live on a day; see `Catalogue.newest_version`.

        Raises:
            ConfigurationError: None is known.
        """
        return self._known(network).newest_version(api, moment(on).date())

    def default_version(self, network: str, api: str, on: date | datetime) -> str:
        """
        Give the version of an API to ask for where the caller names none; see `Catalogue.default_version`.

        Raises:
            ConfigurationError: There is no version of that API in the catalogue.
        """
        return self._known(network).default_version(api, moment(on).date())

    def _known(self, network: str) -> Catalogue:
        catalogue = self.catalogue(network)
        if catalogue is None:
            raise ConfigurationError(f"There is no catalogue of {network}.")
        return catalogue

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

        Raises:
            ValidationError: `on` is a naive datetime.
        """
        at = moment(on)
        catalogue = self.catalogue(network)
        return status_on(
            network,
            at,
            catalogue,
            self.entries(network),
            version=catalogue.version(api, version) if catalogue and api and version else None,
            version_name=version,
            newest_version=catalogue.live_version(api, at.date()) if catalogue and api else None,
            max_age=self.max_age,
            verified_until=known_until,
        )

    def warn_once(self, cause: str, text: str, event: LifecycleEvent | None = None) -> None:
        """
        Give a `SunsetWarning` at the place in the caller's code that led here, once for each cause in a process.

        Args:
            cause: What it is about.
            text: The warning.
            event: What to tell besides, when the warning is given.

        Raises:
            SunsetWarning: A filter of the `warnings` module makes it an error. The next call goes on.
        """
        if told.first_time(cause):
            if event is not None:
                self.tell(event)
            told.warn(text)

    def tell(self, event: LifecycleEvent) -> None:
        """Log an event, and pass it to `on_event`."""
        tell(event, self.on_event)

    def drifted(self, record: DriftRecord) -> None:
        """Write a record to the drift file, if there is one."""
        if self._drift_file is not None:
            self._drift_file.add(record)
