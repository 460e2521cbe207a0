"""A film of a gigabyte is published in the memory that a small one takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from socialconnect.testing import write_sample_video
from socialconnect.testing.emulators.base import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator

SMALL, LARGE = 10 * 2**20, 2**30


def memory(emulator: Emulator, path: Path) -> int:
    """Publish the film in another process, and give the most memory that it took."""
    account = emulator.accounts[0]
    with serving(emulator) as url:
        told = subprocess.run(
            [sys.executable, "-m", "tests.large.upload", emulator.network, url, account.id, account.token, path],
            capture_output=True,
            text=True,
            check=False,
        )
    assert told.returncode == 0, told.stderr
    return int(told.stdout)


def facebook() -> Emulator:
    """Give Facebook's emulator, with films that are processed at once."""
    return FacebookEmulator(processing=timedelta(0))


def linkedin() -> Emulator:
    """Give LinkedIn's emulator, with files that are processed at once."""
    emulator = LinkedInEmulator()
    emulator.settings.video_seconds = 0
    return emulator


def twitter() -> Emulator:
    """Give the X API's emulator, with films that are processed at once."""
    emulator = TwitterEmulator()
    emulator.settings.processing_seconds = 0
    return emulator


@pytest.mark.parametrize("make", [facebook, linkedin, twitter], ids=lambda make: make.__name__)
def test_a_gigabyte_in_the_memory_of_ten_megabytes(make: Callable[[], Emulator], tmp_path: Path) -> None:
    """At most 1.1 times as much: the film is streamed, in parts."""
    small = memory(make(), write_sample_video(tmp_path / "small.mp4", 60, size=SMALL, width=720, height=720))
    large_emulator = make()
    large = memory(large_emulator, write_sample_video(tmp_path / "large.mp4", 60, size=LARGE, width=720, height=720))
    assert large <= 1.1 * small
    assert [one.media for one in large_emulator.wall] == [1]
