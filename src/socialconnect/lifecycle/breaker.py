"""The breaker: after a network answered that an API is closed, calls are refused at once instead of knocking again."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass

from socialconnect.clock import Clock
from socialconnect.errors import LifecycleError

__all__ = ["Breaker"]

_REMEMBERED = "This is the network's earlier answer, remembered: nothing was sent."


@dataclass(slots=True)
class _Door:
    error: LifecycleError
    shut_until: float
    probing: bool = False


class Breaker:
    """
    One door for each operation. Safe to share between threads.

    A door is shut for a time after the network's answer. Then one call goes through to try it, while others are still
    refused: a success opens the door, the same answer shuts it again, and a failure that says nothing about it lets the
    next call try.

    Args:
        clock: The clock; time is measured by its monotonic time.
        shut_for: For how many seconds a door stays shut; 0 for never.
    """

    def __init__(self, clock: Clock, shut_for: float) -> None:
        self._clock = clock
        self._shut_for = shut_for
        self._doors: dict[str, _Door] = {}
        self._lock = threading.Lock()

    def check(self, operation: str, *, tries: bool = True) -> None:
        """
        Let a call pass, or not.

        Args:
            operation: The call's operation.
            tries: Whether the call may be the one that tries the door; `False` for one that only leads to such a call.

        Raises:
            LifecycleError: The door is shut, or another call is trying it: what the network answered.
        """
        if not self._doors:  # the common case, without the lock
            return
        with self._lock:
            door = self._doors.get(operation)
            if door is None:
                return
            now = self._clock.monotonic()
            if now >= door.shut_until:
                if not tries:
                    return
                # This call tries the door. Should it never come back, the next one tries after the same time again.
                door.probing, door.shut_until = True, now + self._shut_for
                return
            error = door.error
        # A copy: raising one object twice would pile up its tracebacks.
        again = copy.copy(error)
        again.add_note(_REMEMBERED)
        raise again

    def shut(self, operation: str, error: LifecycleError) -> None:
        """Shut a door, with what the network answered."""
        if self._shut_for <= 0:
            return
        # A copy keeps the answer without its traceback, whose frames hold everything that the call knew.
        door = _Door(copy.copy(error), self._clock.monotonic() + self._shut_for)
        with self._lock:
            self._doors[operation] = door

    def passed(self, operation: str) -> None:
        """Note that a call succeeded: its door is open."""
        if self._doors:
            with self._lock:
                self._doors.pop(operation, None)

    def undecided(self, operation: str) -> None:
        """Note that a call failed for another reason: if it was trying a door, the next call may."""
        if self._doors:
            with self._lock:
                door = self._doors.get(operation)
                if door is not None and door.probing:
                    door.probing, door.shut_until = False, self._clock.monotonic()

    def reset(self) -> None:
        """Open every door."""
        with self._lock:
            self._doors.clear()

    @property
    def answers(self) -> dict[str, LifecycleError]:
        """The operations whose doors are shut now, and what the network answered."""
        now = self._clock.monotonic()
        with self._lock:
            return {name: door.error for name, door in self._doors.items() if now < door.shut_until}

    @property
    def remaining(self) -> dict[str, float]:
        """The operations whose doors are shut now, and for how many seconds still."""
        if not self._doors:
            return {}
        now = self._clock.monotonic()
        with self._lock:
            return {name: door.shut_until - now for name, door in self._doors.items() if now < door.shut_until}
