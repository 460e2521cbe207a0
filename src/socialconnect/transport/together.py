"""Several things whose order does not matter: one after the other, or at once under asyncio and trio alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

__all__ = ["at_once", "one_by_one"]

T = TypeVar("T")


async def one_by_one(acts: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """Do them in order; the first error ends it."""
    return [await act() for act in acts]


async def at_once(acts: Sequence[Callable[[], Awaitable[T]]], at_most: int) -> list[T]:
    """
    Do up to `at_most` of them at the same time, and give their results in order.

    Raises:
        Exception: The first error; what was under way is cancelled.
    """
    if len(acts) <= 1 or at_most <= 1:
        return await one_by_one(acts)
    import anyio

    results: dict[int, T] = {}
    failures: list[Exception] = []
    limit = anyio.CapacityLimiter(at_most)

    async def do(index: int, act: Callable[[], Awaitable[T]]) -> None:
        async with limit:
            if failures:
                return
            try:
                results[index] = await act()
            except Exception as error:  # noqa: BLE001  # raised below, as it is: not within a group of one
                failures.append(error)
                tasks.cancel_scope.cancel()

    async with anyio.create_task_group() as tasks:
        for index, act in enumerate(acts):
            tasks.start_soon(do, index, act)
    if failures:
        raise failures[0]
    return [results[index] for index in range(len(acts))]
