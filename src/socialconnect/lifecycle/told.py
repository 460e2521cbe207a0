"""Which warnings were given already: each cause once in a process, whatever object it came from."""

from __future__ import annotations

import inspect
import logging
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from socialconnect.errors import SunsetWarning

__all__ = ["first_time", "forget", "never_raised", "warn"]

_log = logging.getLogger("socialconnect.lifecycle")
_told: set[str] = set()
_lock = threading.Lock()
_never_raised: ContextVar[bool] = ContextVar("_never_raised", default=False)


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


@contextmanager
def never_raised() -> Generator[None, None, None]:
    """
    Keep warnings from being raised within, whatever the filters say: one that would be is logged.

    An outbox carries out what was planned long before. A filter that turns warnings into errors is for the code that a
    person is working on, and must not fail a delivery.
    """
    before = _never_raised.set(True)
    try:
        yield
    finally:
        _never_raised.reset(before)


def warn(text: str) -> None:
    """
    Give a `SunsetWarning` at the place in the caller's code that led here.

    Raises:
        SunsetWarning: A filter makes it an error, and it is not within `never_raised`.
    """
    try:
        warnings.warn(text, SunsetWarning, stacklevel=_outside())
    except SunsetWarning:
        if not _never_raised.get():
            raise
        _log.warning("%s", text)


def _outside() -> int:
    """Give the stack level, seen from the caller, of the first frame that is not the library's own."""
    frame = inspect.currentframe()
    frame, level = frame and frame.f_back, 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "socialconnect":
        frame, level = frame.f_back, level + 1
    return level
