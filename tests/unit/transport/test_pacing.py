"""Waiting before a limit is hit."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from socialconnect.errors import RateLimited
from socialconnect.testing.clock import TestClock
from socialconnect.transport.pacing import Pacing, RateWindow


def _window(clock: TestClock, remaining: int, seconds: float, key: str = "*", name: str = "w") -> RateWindow:
    resets_at = clock.now() + timedelta(seconds=seconds)
    return RateWindow(name=name, limit_key=key, remaining=remaining, resets_at=resets_at)


def test_nothing_known_means_no_wait() -> None:
    """Without a word from the network there is nothing to wait for."""
    assert Pacing(TestClock()).wait_for("x") == 0


def test_a_used_up_window_is_waited_for() -> None:
    """The wait ends when the window begins anew."""
    clock = TestClock()
    pacing = Pacing(clock)
    pacing.learn(_window(clock, 0, 40))
    assert pacing.wait_for("anything") == 40
    clock.advance(40)
    assert pacing.wait_for("anything") == 0


def test_the_longest_of_several_windows_counts() -> None:
    """A request waits for every window that counts it, and for no other."""
    clock = TestClock()
    pacing = Pacing(clock)
    pacing.learn(_window(clock, 0, 10, "*", "short"))
    pacing.learn(_window(clock, 0, 50, "a", "long"))
    assert (pacing.wait_for("a"), pacing.wait_for("b")) == (50, 10)


def test_a_newer_word_replaces_the_older() -> None:
    """What the network says last of a window is what holds."""
    clock = TestClock()
    pacing = Pacing(clock)
    pacing.learn(_window(clock, 0, 40))
    pacing.learn(_window(clock, 5, 40))
    assert pacing.wait_for("x") == 0


def test_a_window_without_an_end_stops_nothing() -> None:
    """A used-up window whose end is not told is the network's to refuse."""
    pacing = Pacing(TestClock())
    pacing.learn(RateWindow(name="w", limit_key="*", remaining=0))
    assert pacing.wait_for("x") == 0


def test_a_wait_that_is_too_long_is_an_error() -> None:
    """What would be waited is told instead."""
    clock = TestClock()
    pacing = Pacing(clock)
    pacing.learn(_window(clock, 0, 61))
    with pytest.raises(RateLimited) as caught:
        pacing.refuse_if_longer("x", 60)
    assert caught.value.retry_after == 61


def test_threads_learn_and_look_at_once() -> None:
    """Many threads may learn and look at the same time."""
    clock = TestClock()
    pacing = Pacing(clock)
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            for index in range(200):
                pacing.learn(_window(clock, index % 2, 10, f"key-{number}-{index}"))
                pacing.wait_for("x")
        except Exception as error:  # noqa: BLE001  # any at all fails the test
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(pacing.windows) == 1600
