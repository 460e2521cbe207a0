"""The gate: stops a call to what is retired, warns of what soon will be, and stays shut after a closed door."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NoReturn

from socialconnect.clock import Clock
from socialconnect.errors import ApiRetired, ApiVersionRetired, LifecycleError, SocialConnectError
from socialconnect.lifecycle.answers import Answer, Answers, believed, foreseen, state_told
from socialconnect.lifecycle.breaker import Breaker
from socialconnect.lifecycle.drift import DriftRecord, masked_line, masked_text
from socialconnect.lifecycle.events import EventKind, LifecycleEvent
from socialconnect.lifecycle.rows import Entry
from socialconnect.lifecycle.settings import Lifecycle
from socialconnect.lifecycle.status import ApiState, DeprecationStatus, LiveAnswer
from socialconnect.lifecycle.stops import complete, operation_retired, request_retired, version_retired
from socialconnect.lifecycle.view import Lookout, View

__all__ = ["Gate", "Lifecycle"]

_ASKS_THE_NETWORK = frozenset({"publish", "delete", "posts", "fetch_metrics", "request"})
"""The operations whose success is the network's own; drafts and plans may be the outbox's."""

_NOTHING_THERE = (404, 410)
"""HTTP statuses that are about the address."""


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
        self._version = version
        self._lookout = Lookout(lifecycle, network, api, version)
        self._last_view: View | None = None
        self._breaker = Breaker(clock, lifecycle.breaker_time.total_seconds())
        self._answers = Answers()

    def status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """
        Say what is known of the network on a day.

        Args:
            on: The day (its beginning in UTC), or an aware moment; if not given, now, with what the network itself
                answered lately.

        Raises:
            ValidationError: `on` is a naive datetime.
        """
        now = self._clock.now()
        if on is not None:
            return self._lookout.status(on, now)
        return self._answers.applied(self._lookout.status(now, now), self._breaker.remaining)

    def check(self, operation: str, *, governed_by: str | None = None, sends: bool = True) -> None:
        """
        Let a call pass, or not.

        Args:
            operation: The call's operation.
            governed_by: The catalogue's operation whose life it shares, if not its own.
            sends: Whether the call goes to the network itself; `False` for one that the outbox carries out by a call
                that is checked again.

        Raises:
            ApiRetired: The operation, or the API version in use, is retired now.
            LifecycleError: The network answered so a short while ago.
        """
        self.check_facts(operation, governed_by=governed_by)
        try:
            self._breaker.check(operation, tries=sends)
        except LifecycleError as error:
            self._tell(EventKind.REFUSED, operation, error.message, type(error).__name__)
            raise

    def check_facts(self, operation: str, *, governed_by: str | None = None) -> None:
        """
        Let a call pass, or not, by what is known ahead: for one of which nothing goes to the network now.

        Args:
            operation: The call's operation.
            governed_by: The catalogue's operation whose life it shares, if not its own.

        Raises:
            ApiRetired: The operation, or the API version in use, is retired now.
        """
        view, governing = self._view(), governed_by or operation
        if governing in view.warnings:
            for cause, text, days in view.warnings[governing]:
                event = self._event(EventKind.WARNED, operation, text, cause, days)
                self._lifecycle.warn_once(cause, text, event)
        if governing in view.stopped:
            self._stop(operation_retired(view.stopped[governing], view.status), operation)
        if view.version_stopped:
            self._stop(version_retired(view.status), operation)

    def check_request(self, method: str, path: str, query: Mapping[str, str] | None = None) -> None:
        """
        Let a request of the caller's own pass, or not: the catalogue knows addresses that are gone.

        Raises:
            ApiRetired: It is one of them.
        """
        view = self._view()
        entry = _touching(view, method, path, query)
        if entry is None or entry.state != "retired":  # whether the caller has paid is for the network to say
            return
        if self._lookout.enforced(entry, view.status):
            self._stop(request_retired(entry, view.status), "request")
        cause, text = f"{self._network}:{entry.id}", f"{self._network} request: {entry.what} (source: {entry.source})"
        self._lifecycle.warn_once(cause, text, self._event(EventKind.WARNED, "request", text, cause))

    def explained(self, error: SocialConnectError) -> ApiRetired | None:
        """Give the error that a request of the caller's own means whose address the catalogue knows to be gone."""
        entry = self._entry_of(error) if error.status in _NOTHING_THERE else None
        if entry is None or entry.state != "retired":
            return None
        found = request_retired(entry, self._view().status)
        found.status, found.code, found.request = error.status, error.code, error.request
        found.request_id, found.answer, found.deprecation = error.request_id, error.answer, None
        return found

    def learn(self, error: LifecycleError, operation: str, *, governed_by: str | None = None) -> None:
        """
        Complete an error that the network answered with what the catalogue knows, and remember a closed door.

        Args:
            error: The error.
            operation: The call's operation, whose door it is: an answer to an edit says nothing of publishing.
            governed_by: The catalogue's operation whose life it shares, if not its own.
        """
        error.at(network=self._network, account=self._account, operation=operation)
        if error.deprecation is not None:
            return  # learnt already: remembered by the breaker, or the answer to a call within this one
        now, governing = self._clock.now(), governed_by or operation
        status = self._lookout.status(now, now)
        found, entry = status.operations.get(governing), self._entry_of(error)
        expected = foreseen(error, found, status, entry)
        complete(error, found, status, entry=entry, expected=expected)
        # A raw request is about its own path alone: such an answer says nothing about the next one.
        state = None if operation == "request" else state_told(error)
        belief = believed(status, governing, version=isinstance(error, ApiVersionRetired))
        told = LiveAnswer(
            operation=operation,
            at=now,
            state=state,
            reason=error.message,
            believed=belief,
            contradicts=not expected,
            status=error.status,
            code=error.code,
        )
        # A copy keeps the answer without its traceback, whose frames hold everything that the call knew.
        self._answers.keep(Answer(told, copy.copy(error)))
        error.deprecation = self.status()  # before the door shuts, which keeps a copy of the error
        if state is not None:
            self._breaker.shut(operation, error)
        else:
            self._breaker.undecided(operation)
        self._tell(EventKind.CLOSED, operation, error.message, type(error).__name__)
        if not expected:
            self._drift(operation, status, belief, type(error).__name__, error=error, about=governing)

    def passed(self, operation: str, *, governed_by: str | None = None, served: str | None = None) -> None:
        """
        Note that a call succeeded.

        Args:
            operation: Its operation.
            governed_by: The catalogue's operation whose life it shares, if not its own.
            served: The API version that answered, where the network tells.
        """
        self._breaker.passed(operation)
        known = self._answers.reopened(operation)
        if known is not None:
            self._tell(EventKind.REOPENED, operation, "a call went through again", "answer")
        view = self._last_view
        if view is None or (governed_by or operation) not in _ASKS_THE_NETWORK:
            return
        governing, other = governed_by or operation, served is not None and served != self._version
        if other and not view.version_gone:
            reason = f"API version {served} answered in place of {self._version}."
            self._unexpected(operation, view.status, reason, version=True, served=served)
        elif view.version_gone and not other:
            reason = f"API version {self._version} is still served."
            self._unexpected(operation, view.status, reason, version=True, served=served)
        elif governing in view.gone:
            self._unexpected(operation, view.status, "The call went through.", about=governing, served=served)

    def undecided(self, operation: str) -> None:
        """Note that a call failed for a reason that says nothing about the API's life."""
        self._breaker.undecided(operation)

    def metrics_refused(self, names: Iterable[str]) -> None:
        """Note metrics that the network refused: those that the catalogue calls alive are told as drift."""
        now = self._clock.now()
        catalogue = self._lifecycle.catalogue(self._network)
        rows = catalogue.metrics if catalogue else ()
        for name in names:
            named = [row for row in rows if row.covers(name)]
            if named and all(row.lives(now.date()) for row in named):
                status = self._lookout.status(now, now)
                self._drift("fetch_metrics", status, f"metric {name} is alive", f"metric {name} was refused")

    def close(self) -> None:
        """Forget what the network answered: the next call goes to the wire again."""
        self._breaker.reset()

    @property
    def shut(self) -> dict[str, LifecycleError]:
        """The operations whose calls are refused now because of the network's answer, and that answer."""
        return self._breaker.answers

    def _view(self) -> View:
        now, view = self._clock.now(), self._last_view
        if view is None or self._lookout.is_old(view, now):
            view = self._last_view = self._lookout.look(now)
        return view

    # ── what the network says against the catalogue ───────────────────────────────────────────────────────────────

    def _unexpected(
        self,
        operation: str,
        status: DeprecationStatus,
        reason: str,
        *,
        version: bool = False,
        about: str | None = None,
        served: str | None,
    ) -> None:
        """Note a success that the catalogue does not allow for, once."""
        now, belief = self._clock.now(), believed(status, about or operation, version=version)
        if self._answers.knows(operation, belief):
            return
        # What works is not retired; that it is to go is still what is known.
        state = None if version else ApiState.DEPRECATED
        told = LiveAnswer(operation=operation, at=now, state=state, reason=reason, believed=belief, contradicts=True)
        self._answers.keep(Answer(told))
        self._drift(operation, status, belief, reason, served=served, about=about)

    def _drift(
        self,
        operation: str,
        status: DeprecationStatus,
        belief: str,
        came: str,
        *,
        error: LifecycleError | None = None,
        served: str | None = None,
        about: str | None = None,
    ) -> None:
        found = status.operations.get(about or operation)
        record = DriftRecord(
            at=self._clock.now(),
            network=self._network,
            operation=operation,
            believed=belief,
            entry=found.cause if found else None,
            checked=status.verified_on,
            came=came,
            message=masked_text(error.message, self._account) if error else None,
            request=masked_line(error.request, self._words(operation)) if error and error.request else None,
            status=error.status if error else None,
            code=error.code if error else None,
            api_version=self._version,
            served_version=served,
        )
        self._lifecycle.drifted(record)
        self._tell(EventKind.DRIFTED, operation, str(record), record.cause)

    def _words(self, operation: str) -> list[str] | None:
        """Give the paths whose words are no names: of a request of the caller's own nobody else knows them."""
        if operation != "request":
            return None
        return [row.path for one in self._lookout.entries() for row in one.requests]

    def _entry_of(self, error: SocialConnectError) -> Entry | None:
        """Give the catalogue's entry that is about the request of an error, if one is."""
        method, _, path = (error.request or "").partition(" ")
        return _touching(self._view(), method, path) if error.request else None

    # ── events ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _event(
        self, kind: EventKind, operation: str, text: str, cause: str = "", days_left: int | None = None
    ) -> LifecycleEvent:
        return LifecycleEvent(kind, self._network, self._account, operation, self._clock.now(), text, cause, days_left)

    def _tell(self, kind: EventKind, operation: str, text: str, cause: str = "") -> None:
        self._lifecycle.tell(self._event(kind, operation, text, cause))

    def _stop(self, error: LifecycleError, operation: str) -> NoReturn:
        self._tell(EventKind.STOPPED, operation, error.message, type(error).__name__)
        raise error.at(network=self._network, account=self._account, operation=operation)


def _touching(view: View, method: str, path: str, query: Mapping[str, str] | None = None) -> Entry | None:
    """Give the entry that is about a request, if one is."""
    return next((one for one in view.requests if any(row.fits(method, path, query) for row in one.requests)), None)
