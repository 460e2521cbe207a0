"""Runs the code blocks of the README and of the docs as tests, each page as one program; nobody waits."""

from __future__ import annotations

import functools

from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from socialconnect.clock import SystemClock

# No example is judged by how long it took: the machine may be busy.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md", "docs/networks/*.md"],
).pytest()


def pytest_configure() -> None:
    """Fail a test, or a document's example, that waits for the wall clock: time goes through a clock that is moved."""
    wait = SystemClock.sleep

    @functools.wraps(wait)
    def refuse(self: SystemClock, seconds: float) -> None:
        if seconds > 0:
            raise AssertionError(f"a test waited {seconds} s for the wall clock")
        wait(self, seconds)

    SystemClock.sleep = refuse  # type: ignore[method-assign]  # for the length of the test run
