"""How the blocking side runs a coroutine: with one `send(None)`, without an event loop or a thread."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TypeVar

__all__ = ["run"]

T = TypeVar("T")


def run(coroutine: Coroutine[object, None, T]) -> T:
    """
    Run a coroutine that never suspends to its end, and give its result.

    Raises:
        RuntimeError: It suspended: something in it is not meant for the blocking face.
    """
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    coroutine.close()
    raise RuntimeError("a coroutine suspended on the blocking path: an async object was passed to a blocking network")
