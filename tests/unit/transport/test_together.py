"""Several requests whose order does not matter: at once where the transport is async."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from socialconnect.blocking import run
from socialconnect.transport.together import at_once, one_by_one


def acts(count: int, act: Callable[[int], Awaitable[int]]) -> list[Callable[[], Awaitable[int]]]:
    """Make the same act for each number."""

    def one(index: int) -> Callable[[], Awaitable[int]]:
        return lambda: act(index)

    return [one(index) for index in range(count)]


def test_one_after_the_other_without_a_loop() -> None:
    """The blocking transport does them in order, and stops at the first error."""
    seen: list[int] = []

    async def act(index: int) -> int:
        seen.append(index)
        if index == 3:
            raise ValueError("three")
        return index * 2

    assert run(one_by_one(acts(3, act))) == [0, 2, 4]
    with pytest.raises(ValueError, match="three"):
        run(one_by_one(acts(9, act)))
    assert seen == [0, 1, 2, 0, 1, 2, 3]


@pytest.mark.anyio
@pytest.mark.parametrize(("at_most", "most"), [(1, 1), (3, 3), (9, 5)])
async def test_no_more_at_once_than_asked(at_most: int, most: int) -> None:
    """As many run at once as allowed, and the results come in order."""
    running = high = 0

    async def act(index: int) -> int:
        nonlocal running, high
        running += 1
        high = max(high, running)
        for _ in range(10 - index):
            await anyio.lowlevel.checkpoint()
        running -= 1
        return index

    assert await at_once(acts(5, act), at_most) == [0, 1, 2, 3, 4]
    assert high == most


@pytest.mark.anyio
async def test_the_first_error_ends_it_as_itself() -> None:
    """No group of errors reaches the caller, and nothing further is begun."""
    seen: list[int] = []

    async def act(index: int) -> int:
        seen.append(index)
        if len(seen) == 2:  # in whichever order the loop begins them
            raise ValueError("second")
        await anyio.sleep_forever()
        return index

    with pytest.raises(ValueError, match="second"):
        await at_once(acts(6, act), 2)
    assert len(seen) == 2
