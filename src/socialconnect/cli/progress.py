"""The worker on the command line: what becomes of each delivery, how far it is, and how it is stopped."""

from __future__ import annotations

import logging
import signal
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from socialconnect.clock import Clock, SystemClock
from socialconnect.errors import ConfigurationError
from socialconnect.outbox import DeliveryState, Outbox

__all__ = ["Progress", "as_worker"]

_EVERY = 5.0
"""Seconds after which what is still to come is counted anew."""

_ENDED = frozenset({"delivery.ended", "delivery.missed", "delivery.abandoned"})
_UNKNOWN = DeliveryState.UNKNOWN.value


class Progress(logging.Handler):
    """
    Prints each of the outbox's log records with what has been done so far, and what is still to come.

    Args:
        outbox: The outbox.
        clock: By which it is counted anew now and then.
    """

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        super().__init__()
        self._outbox, self._clock = outbox, clock
        self._done = Counter[str]()
        self._to_come = 0
        self._counted: float | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line to the error stream."""
        try:
            print(self.format(record), file=sys.stderr, flush=True)  # this is the command line
        except Exception:  # noqa: BLE001  # as every handler of the standard library
            self.handleError(record)

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; its time is in UTC, as all that the command line shows."""
        self._count(str(getattr(record, "event", "")), str(getattr(record, "state", "")))
        told = [f"{count} {state.replace('_', ' ')}" for state, count in sorted(self._done.items()) if count]
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:%Y-%m-%d %H:%M:%S %Z} {super().format(record)}  [{', '.join([*told, self._still_to_come()])}]"

    def _count(self, event: str, state: str) -> None:
        if event in _ENDED:
            self._done[state] += 1
            self._to_come = max(0, self._to_come - 1)
        elif event == "delivery.looked" and state != _UNKNOWN:  # what a look decides is not unknown any more
            self._done[_UNKNOWN] = max(0, self._done[_UNKNOWN] - 1)
            if state == DeliveryState.PLANNED:
                self._to_come += 1
            else:
                self._done[state] += 1

    def _still_to_come(self) -> str:
        now = self._clock.monotonic()
        if self._counted is None or now - self._counted >= _EVERY:
            with suppress(ConfigurationError):  # the worker will say it
                states = self._outbox.counts()["states"]
                self._to_come = states["planned"] + states["claimed"] + states["sending"] + states["held"]
            self._counted = now
        return f"{self._to_come} to come"


@contextmanager
def as_worker(outbox: Outbox, clock: Clock | None = None) -> Generator[None, None, None]:
    """Tell on the error stream what becomes of each delivery, and let SIGTERM stop the process as Ctrl-C does."""
    log, told = logging.getLogger("socialconnect.outbox"), Progress(outbox, clock or SystemClock())
    level, before = log.level, signal.signal(signal.SIGTERM, signal.default_int_handler)
    log.addHandler(told)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.setLevel(level)
        log.removeHandler(told)
        signal.signal(signal.SIGTERM, before)
