"""The whole story of 2023, replayed in virtual time against the four emulators."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from socialconnect.cli.demo_replay import Replay


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin"])
def test_everything_in_the_replay_happens(zone: str) -> None:
    """From the announcement to the days after, each check holds, whichever zone the cut-off is in."""
    page = io.StringIO()
    replay = Replay(Console(file=page, width=160), zone)
    assert replay.run(), [what for what, holds in replay.checks if not holds]
    assert len(replay.checks) > 20
    assert "SunsetWarning: twitter: retired from 2023-04-2" in page.getvalue()
