"""The pytest plugin, in test runs of its own, as whoever installs the library has them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ALL = """
import pytest


@pytest.mark.socialconnect_day("2023-04-25")
def test_the_day(social_clock, fake_network):
    assert f"{social_clock.now():%Y-%m-%d}" == "2023-04-25"
    assert fake_network.operations.clock is social_clock


def test_no_day(social_clock):
    assert social_clock.now().tzinfo is not None


@pytest.mark.parametrize("name", ["facebook", "instagram", "linkedin", "twitter"])
def test_emulators(name, request, social_clock):
    emulator = request.getfixturevalue(f"{name}_emulator")
    assert emulator.network == name
    assert emulator.clock is social_clock


def test_each_test_has_its_own(fake_network, async_fake_network):
    assert fake_network.wall == async_fake_network.wall == []
    assert fake_network.operations.clock is async_fake_network.operations.clock
"""

QUIET = """
import sys


def test_nothing_is_loaded():
    loaded = {name for name in sys.modules if name.split(".")[0] in ("socialconnect", "httpx", "pydantic")}
    assert loaded <= {"socialconnect", "socialconnect.testing", "socialconnect.testing.pytest_plugin"}, loaded
"""


def run(folder: Path, source: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one file in an empty folder."""
    (folder / "test_of_a_user.py").write_text(source, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--strict-markers", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_fixtures_and_the_marker(tmp_path: Path) -> None:
    """Clock, fakes and emulators are there without an import, on one clock, which the marker sets."""
    done = run(tmp_path, ALL)
    assert "7 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("plugins", [(), ("-p", "anyio")], ids=["alone", "with anyio"])
def test_a_run_that_uses_nothing_loads_nothing(tmp_path: Path, plugins: tuple[str, ...]) -> None:
    """The plugin is in every test run of its users' machines: there it costs an import of itself alone."""
    done = run(tmp_path, QUIET, *plugins)
    assert "1 passed" in done.stdout, done.stdout


def test_the_marker_is_explained(tmp_path: Path) -> None:
    """`pytest --markers` tells what the marker takes."""
    assert "socialconnect_day(day)" in run(tmp_path, QUIET, "--markers").stdout
