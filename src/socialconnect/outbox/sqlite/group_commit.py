"""
What several threads write at the same time, in one transaction: one forced write to disk does for all of them.

Whoever gets the file next does what has come together meanwhile, its own and the others', and each of them returns when
that is on disk. Nobody waits for others to come: a thread that is alone writes at once, as if there were none.
"""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar, cast

from socialconnect.outbox.store import StoreUnavailable

__all__ = ["WritesTogether"]

T = TypeVar("T")

_MOST = 64
"""Writes in one transaction, so that other processes get their turn soon."""


class Transact(Protocol):
    """Does something in a transaction, which is on disk when it returns and undone if it raises."""

    def __call__(self, act: Callable[[sqlite3.Connection], T], /) -> T:
        """Do it, with the connection."""
        ...


class WritesTogether:
    """
    Any thread may be ended from outside, at any place, by an exception: as a job engine's time limit does. What it was
    doing for others is then done by one of those, unless it may be on disk already: never twice.

    Args:
        transact: Does something in a transaction.
    """

    def __init__(self, transact: Transact) -> None:
        self._transact = transact
        self._queue = threading.Lock()
        self._waiting: deque[_Write[Any]] = deque()
        self._leader: _Write[Any] | None = None  # whose thread does what waits, or is about to

    def do(self, act: Callable[[sqlite3.Connection], T]) -> T:
        """
        Do a short write; it is on disk when this returns, and undone if it raised.

        Args:
            act: Does it. It may be called twice, the first time undone, and by another thread.
        """
        if threading.current_thread() is threading.main_thread():
            # An interrupt from the keyboard, which comes here alone, must not leave others' writes in doubt.
            return self._transact(act)
        mine = _Write(act)
        led: list[_Write[Any]] = []
        ended_by: BaseException | None = None
        try:
            self._take_part(mine, led)
        except BaseException as error:  # noqa: BLE001  # raised below: others may be waiting for this thread
            ended_by = error
        while led or not mine.ended:
            try:
                self._leave(mine, led)
                break
            except BaseException as error:  # noqa: BLE001  # the same; what it has done may be done again
                ended_by = error
        if ended_by is not None:
            raise ended_by
        return mine.result()

    def _take_part(self, mine: _Write[Any], led: list[_Write[Any]]) -> None:
        """Wait until it is done; or until it is this thread's turn, and do all that waits."""
        with self._queue:
            self._waiting.append(mine)
            self._leader = self._leader or mine
        if self._leader is not mine:
            mine.turn.acquire()
        if self._leader is mine:
            with self._queue:
                led.extend(islice(self._waiting, _MOST))  # they stay there until it is done
            self._do_together(led)

    def _leave(self, mine: _Write[Any], led: list[_Write[Any]]) -> None:
        """Have the next one do what waits now, and tell those for whom this thread has done it."""
        with self._queue:
            self._waiting = deque(one for one in self._waiting if not one.ended and one is not mine)
            if self._leader is mine:
                self._leader = self._waiting[0] if self._waiting else None
            if self._leader is not None:
                self._leader.wake()
        for one in led:
            if one.ended:
                one.wake()

    def _do_together(self, together: list[_Write[Any]]) -> None:
        def all_of_them(db: sqlite3.Connection) -> None:
            for one in together:
                one.value = one.act(db)
            for one in together:
                one.ended = True  # from here on it may be on disk, and is not done again

        try:
            self._transact(all_of_them)
        except StoreUnavailable as error:  # the file's fault, and so everybody's
            for one in together:
                one.fail(error if len(together) == 1 else _own(error))
        except Exception as error:
            if any(one.ended for one in together):  # nothing raises there but what ends this thread
                raise
            if len(together) == 1:
                together[0].fail(error)
                return
            for one in together:  # all was undone: whose error was it?
                self._do_together([one])
        else:
            for one in together:
                one.written = True


class _Write(Generic[T]):
    """
    Args:
        act: What is to be done.
    """

    def __init__(self, act: Callable[[sqlite3.Connection], T]) -> None:
        self.act = act
        self.turn = threading.Lock()  # free once it has ended, or is first of those that wait
        self.turn.acquire()
        self.ended = self.written = False
        self.value: T | None = None
        self.error: Exception | None = None

    def wake(self) -> None:
        """Let its thread go on; once is enough."""
        if self.turn.locked():
            self.turn.release()

    def fail(self, error: Exception) -> None:
        """Note that it was undone."""
        self.error, self.ended = error, True

    def result(self) -> T:
        """Give what it gave, once it is on disk."""
        if self.error is not None:
            raise self.error
        if not self.written:
            raise StoreUnavailable(
                "The thread that wrote to the outbox, for itself and others, was ended while it did.",
                hint="Whether it was written shows when the outbox is read again.",
            )
        return cast("T", self.value)


def _own(error: StoreUnavailable) -> StoreUnavailable:
    """Give an error of its own for one of several threads: each adds where it happened, as for its account."""
    own = copy.copy(error)
    own.__cause__ = error
    return own
