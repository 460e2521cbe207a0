"""Moving deliveries to other accounts while a worker is at them, and after a crash: on both stores."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.lifecycle_leaving.test_rerouting import LATER, NOW, Stage

from socialconnect import Outbox, Post, ValidationError
from socialconnect.outbox import DeliveryState
from socialconnect.testing import FakeNetwork, TestClock


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_worker_and_a_move_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """While a worker sends what is due, each is moved: every post goes out on one account, never on both or none."""
    where = str(request.getfixturevalue("postgres")) if kind == "postgresql" else tmp_path / "outbox.db"
    stage = Stage(where)
    plans = [stage.twitter.schedule(Post(f"Post {number}"), NOW + timedelta(minutes=1)) for number in range(20)]
    proposals = stage.proposals(stage.facebook)
    stage.clock.advance(minutes=1)
    moved: list[str] = []

    def move() -> None:
        for one in reversed(proposals):
            with suppress(ValidationError):
                moved.extend(one.delivery for one in stage.outbox.confirm(one))

    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(move)
        stage.outbox.run_due()
        moving.result()
    stage.outbox.run_due()
    texts = [str(post.text) for post in (*stage.twitter.wall, *stage.facebook.wall)]
    assert sorted(texts) == sorted(f"Post {number}" for number in range(20))
    assert len(moved) == len(set(moved)) == len(stage.facebook.wall) == len(stage.outbox.reroutes())
    assert {one.id for one in plans} >= set(moved)
    stage.outbox.close()


def test_postgresql_moves_once_and_says_so_once(postgres: str) -> None:
    """What the store has to decide twice, since it learns only then which accounts are touched, is told once."""
    stage = Stage(postgres)
    stage.twitter.schedule(Post("One"), LATER)
    moves = stage.outbox.confirm(*stage.proposals())
    assert moves == stage.outbox.reroutes()
    back = stage.outbox.undo(moves[0].id)
    assert stage.outbox.delivery(back.id) == back
    stage.outbox.close()


_MOVES_FOREVER = """
import sys
from datetime import date, timedelta
from socialconnect import Outbox, Post, sunset_plan
from socialconnect.testing import FakeNetwork, TestClock
clock = TestClock("2026-11-24")
outbox = Outbox(sys.argv[1], clock=clock)
twitter, facebook = (FakeNetwork(one, "1", clock=clock, outbox=outbox) for one in ("twitter", "facebook"))
while True:
    plan = sunset_plan(outbox, "twitter", on=date(2026, 12, 1))
    moves = outbox.confirm(*outbox.reroute(plan, [facebook]).proposals)
    print("moved", flush=True)
    for move in moves:
        outbox.undo(move.id)
"""


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_killed_between_a_move_and_its_undoing(tmp_path: Path, rounds: int) -> None:
    """Wherever a process dies, each post is planned once: on the old account or on the new one."""
    with Outbox(tmp_path / "outbox.db", clock=TestClock(NOW)) as outbox:
        for number in range(5):
            FakeNetwork("twitter", "1", clock=outbox._core.clock, outbox=outbox).schedule(Post(f"{number}"), LATER)
    command = [sys.executable, "-c", _MOVES_FOREVER, str(tmp_path / "outbox.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(rounds):
            assert process.stdout.readline() == "moved\n"
        process.kill()
    with Outbox(tmp_path / "outbox.db", clock=TestClock(NOW)) as outbox:
        planned = outbox.deliveries(DeliveryState.PLANNED)
        assert sorted(one.post.text for one in planned) == ["0", "1", "2", "3", "4"]
        known = {one.id for one in outbox.deliveries()}
        for move in outbox.reroutes():
            assert {move.delivery, *move.replacements} <= known
