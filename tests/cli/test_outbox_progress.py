"""What the worker prints while it runs."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from socialconnect import Post
from socialconnect.cli.progress import as_worker
from socialconnect.errors import PolicyBlocked
from socialconnect.outbox import Outbox
from socialconnect.testing import FakeNetwork, TestClock


def test_each_line_says_how_far_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each end is a line with what was done so far and what is to come; afterwards nothing more is printed."""
    clock = TestClock()
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        for minutes in (1, 2, 3):
            fake.schedule(Post("hello"), clock.now() + timedelta(minutes=minutes))
        outbox.add_campaign("spring", [("facebook", "1000", Post("held"), timedelta(0))])
        fake.fail_next("publish", PolicyBlocked("no"))
        with as_worker(outbox, clock):
            outbox.run(until_idle=True)
        lines = capsys.readouterr().err.splitlines()
        assert [one.partition("[")[2] for one in lines] == [
            "1 failed, 3 to come]",
            "1 failed, 1 published, 2 to come]",
            "1 failed, 2 published, 1 to come]",
        ]
        fake.schedule(Post("later"), clock.now() + timedelta(minutes=1))
        outbox.run(until_idle=True)
    assert capsys.readouterr().err == ""
    assert not any("Progress" in type(one).__name__ for one in logging.getLogger("socialconnect.outbox").handlers)
