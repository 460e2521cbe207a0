"""What happens in an API's life while it is used, told to whoever listens: for logs, metrics and alarms."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["EventKind", "LifecycleEvent", "Listener", "tell"]

_log = logging.getLogger("socialconnect.lifecycle")
_log.addHandler(logging.NullHandler())  # whoever sets up no logging is told by the warnings alone


class EventKind(StrEnum):
    """What happened."""

    WARNED = "warned"
    """A `SunsetWarning` was given: once for each cause in a process."""
    STOPPED = "stopped"
    """A call to what is retired was stopped before the wire."""
    CLOSED = "closed"
    """The network answered that an API is retired or behind a paywall."""
    REFUSED = "refused"
    """A call was refused at once, because the network had answered so a short while ago."""
    REOPENED = "reopened"
    """A call went through where the network had answered so before."""
    DRIFTED = "drifted"
    """The network contradicted the catalogue."""


_LEVELS = {
    EventKind.WARNED: logging.WARNING,
    EventKind.STOPPED: logging.INFO,
    EventKind.CLOSED: logging.WARNING,
    EventKind.REFUSED: logging.DEBUG,
    EventKind.REOPENED: logging.INFO,
    EventKind.DRIFTED: logging.WARNING,
}


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """
    One thing that happened.

    Args:
        kind: What.
        network: The network's name.
        account: The account.
        operation: The operation that was called.
        at: When.
        text: What happened, in a sentence without secrets.
        cause: What it is about, such as the id of the catalogue's entry; stays the same from call to call.
        days_left: For a warning: the days until the end.
    """

    kind: EventKind
    network: str
    account: str
    operation: str
    at: datetime
    text: str
    cause: str = ""
    days_left: int | None = None


Listener = Callable[[LifecycleEvent], None]
"""What is called with each event, in the thread or task of the call; quick, and safe to call from several threads."""


def tell(event: LifecycleEvent, listener: Listener | None) -> None:
    """Log an event, and pass it on. A listener that fails is logged: it must not break the call that it hears of."""
    _log.log(_LEVELS[event.kind], "%s %s %s: %s", event.network, event.operation, event.kind.value, event.text)
    if listener is None:
        return
    try:
        listener(event)
    except Exception:  # noqa: BLE001  # whatever the application's own code raises
        _log.exception("The listener for lifecycle events failed at %s", event.kind.value)
