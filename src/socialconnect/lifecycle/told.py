"""Which warnings were given already: each cause once in a process, whatever object it came from."""

from __future__ import annotations

import inspect
import threading
import warnings

from socialconnect.errors import SunsetWarning

__all__ = ["first_time", "forget", "warn"]

_told: set[str] = set()
_lock = threading.Lock()


def first_time(cause: str) -> bool:
    """Note a cause; whether it was not noted before in this process."""
    if cause in _told:  # the common case, without the lock
        return False
    with _lock:
        if cause in _told:
            return False
        _told.add(cause)
        return True


def forget(cause: str | None = None) -> None:
    """Let a cause be told again, or every one of them, such as at the start of a test."""
    with _lock:
        if cause is None:
            _told.clear()
        else:
            _told.discard(cause)


def warn(text: str) -> None:
    """Give a `SunsetWarning` at the place in the caller's code that led here."""
    warnings.warn(text, SunsetWarning, stacklevel=_outside())


def _outside() -> int:
    """Give the stack level, seen from the caller, of the first frame that is not the library's own."""
    frame = inspect.currentframe()
    frame, level = frame and frame.f_back, 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "socialconnect":
        frame, level = frame.f_back, level + 1
    return level
