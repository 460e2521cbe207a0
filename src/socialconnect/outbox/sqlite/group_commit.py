"""
What several threads write at the same time, in one transaction: one forced write to disk does for all of them.

Whoever gets the file next does what has come together meanwhile, its own and the others', and each of them returns when
that is on disk. Nobody waits for others to come: a thread that is alone writes at once, as if there were none.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

from socialconnect.outbox.store import StoreUnavailable

__all__ = ["WritesTogether"]

T = TypeVar("T")

_MOST = 64
"""Writes in one transaction, so that other processes get their turn soon."""


class WritesTogether:
    """
    Args:
        writing: Gives the connection inside a transaction.
    """

    def __init__(self, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        self._writing = writing
        self._queue = threading.Lock()
        self._waiting: deque[_Write[Any]] = deque()
        self._busy = False  # whether one of the callers is writing, or about to

    def do(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """
        Do a short write; it is on disk when this returns, and undone if it raised.

        Args:
            act: Does it. It may be called twice, the first time undone, and by another thread.
        """
        if threading.current_thread() is threading.main_thread():
            # An interrupt from the keyboard, which comes here alone, must not leave others' writes in doubt.
            with self._writing() as db:
                return act(db)
        mine = _Write(act)
        with self._queue:
            self._waiting.append(mine)
            first, self._busy = not self._busy, True
        if not first:
            mine.turn.acquire()
        if not mine.done:
            self._do_waiting()
        return mine.result()

    def _do_waiting(self) -> None:
        """Do all that waits, tell those who wait for it, and have the next one do what has come meanwhile."""
        with self._queue:
            together = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        self._do_together(together)
        for one in together:
            one.done = True
        with self._queue:
            following = self._waiting[0] if self._waiting else None
            self._busy = following is not None
        if following is not None:
            following.turn.release()
        for one in together:
            one.turn.release()

    def _do_together(self, together: list[_Write[Any]]) -> None:
        try:
            with self._writing() as db:
                for one in together:
                    one.value = one.act(db)
        except StoreUnavailable as error:  # the file's fault, and so everybody's
            for one in together:
                one.error = error
        except BaseException as error:  # noqa: BLE001  # somebody waits for each of these, and raises it
            if len(together) == 1:
                together[0].error = error
                return
            for one in together:  # all was undone: whose error was it?
                self._do_together([one])


class _Write(Generic[T]):
    """
    Args:
        act: What is to be done.
    """

    def __init__(self, act: Callable[[sqlite3.Connection], T]) -> None:
        self.act = act
        self.turn = threading.Lock()  # free once it is done, or first of those that wait
        self.turn.acquire()
        self.done = False
        self.value: T | None = None
        self.error: BaseException | None = None

    def result(self) -> T:
        if self.error is not None:
            raise self.error
        return cast("T", self.value)
