"""What the worker prints while it runs."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from socialconnect import Post
from socialconnect.cli.progress import as_worker
from socialconnect.errors import ConfigurationError, OutcomeUnknown, PolicyBlocked
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


def test_what_is_to_come_is_right_between_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each end is taken off what is to come at once, although the outbox is asked only now and then."""
    clock = TestClock()
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        for _ in range(3):
            fake.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        clock.advance(minutes=1)
        with as_worker(outbox, clock):
            outbox.run_due()
    lines = capsys.readouterr().err.splitlines()
    assert [one.rpartition(", ")[2] for one in lines] == ["2 to come]", "1 to come]", "0 to come]"]
    assert all(" UTC delivery " in one and ": published  [" in one for one in lines)


def test_what_a_look_finds_is_unknown_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A lost answer counts as unknown once, however often is looked, and as published once it is found."""
    clock = TestClock()
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        fake = FakeNetwork("facebook", "1000", clock=clock, outbox=outbox)
        fake.schedule(Post("hello"), clock.now() + timedelta(minutes=1))
        fake.fail_next("publish", OutcomeUnknown("lost"), after_effect=True)
        fake.fail_next("posts", OutcomeUnknown("no look"), times=1)
        with as_worker(outbox, clock):
            outbox.run(until=clock.now() + timedelta(hours=1))
    told = [one.rpartition("  [")[2] for one in capsys.readouterr().err.splitlines()]
    assert (told[0], told[-1]) == ("1 unknown, 0 to come]", "1 published, 0 to come]")
    assert set(told[:-1]) == {"1 unknown, 0 to come]"}
    assert len(told) > 2


def test_jobs_on_a_file_are_refused_without_the_packages_for_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks for jobs on a file is told what to do instead, also where procrastinate is not installed."""
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    monkeypatch.delitem(sys.modules, "socialconnect.outbox.postgres.worker", raising=False)
    with Outbox(tmp_path / "outbox.db") as outbox, pytest.raises(ConfigurationError, match="leave --workers out"):
        outbox.run_jobs(workers=2)
