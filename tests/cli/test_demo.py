"""The demo: everything in it happens, and it says no if it does not."""

from __future__ import annotations

import io

from rich.console import Console

from socialconnect.cli.demo import Demo, demo_campaign


def test_everything_in_the_demo_happens() -> None:
    """All checks hold, and the printed page names the day, the reason and the source."""
    page = io.StringIO()
    assert Demo(Console(file=page, width=160), demo_campaign()).run()
    assert "checks hold" in page.getvalue()
    assert "✗" not in page.getvalue()
    assert "ApiRetired" in page.getvalue()
