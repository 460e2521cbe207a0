"""Files that older versions wrote are brought up to date in place, with all that they hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.readable import ReadableWall, readable

from socialconnect import Post
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.outbox.sqlite.schema import APPLICATION_ID, UPGRADES, statements
from socialconnect.testing import TestClock

HOUR = timedelta(hours=1)
STATES = {state.value: f"{number:032x}" for number, state in enumerate(DeliveryState)}
"""An id for each state."""


@pytest.fixture
def first(path: Path, clock: TestClock) -> Path:
    """A file of the first schema, as its version wrote it, with a delivery in every state."""
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements(UPGRADES[0]):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("PRAGMA user_version = 1")
        now = int(clock.now().timestamp() * 1_000_000)
        db.execute("INSERT INTO campaigns (id, created) VALUES ('spring', ?)", (now,))
        for state, delivery in STATES.items():
            under_way = state in ("claimed", "sending")
            sent = state in ("sending", "unknown")
            row = {
                "id": delivery,
                "network": "readable",
                "account": "a",
                "post": Post(state).model_dump_json(),
                "state": state,
                "at": None if state == "held" else now,
                "after": 0 if state == "held" else None,
                "campaign": "spring" if state == "held" else None,
                "due": now if state in ("planned", "claimed", "sending") else None,
                "attempts": 0 if state in ("held", "planned") else 1,
                "fence": 0 if state in ("held", "planned") else 1,
                "owner": "elsewhere 1 abc" if under_way else None,
                "lease_until": now + 600_000_000 if under_way else None,
                "intent": "publish" if sent else None,
                "intent_at": now if sent else None,
                "created": now,
                "changed": now,
            }
            names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
            db.execute(f"INSERT INTO deliveries ({names}) VALUES ({marks})", row)
        row = {"id": "d" * 32, "post": Post("draft").model_dump_json(), "created": now}
        db.execute(
            "INSERT INTO drafts (id, network, account, post, created) VALUES (:id, 'x', 'a', :post, :created)", row
        )
        db.execute("INSERT INTO steps VALUES (?, 'upload', 0, '\"media-1\"', ?, NULL)", (STATES["claimed"], now))
    return path


def test_the_first_schema_is_brought_up_to_date(first: Path, clock: TestClock) -> None:
    """Every delivery and draft is there, in the state in which it was, and its later changes have a history."""
    with Outbox(first, clock=clock) as outbox:
        assert {one.id: one.state.value for one in outbox.deliveries()} == {own: state for state, own in STATES.items()}
        assert [one.post.text for one in outbox.drafts() if one.post] == ["draft"]
        outbox.cancel(STATES["planned"])
        assert [one.became for one in outbox.history(STATES["planned"])] == ["cancelled"]
    with closing(sqlite3.connect(first)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(UPGRADES)
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_what_it_held_is_carried_out(first: Path, clock: TestClock) -> None:
    """What was planned, held or claimed is published once; what may be live is looked for, and found or not."""
    wall = ReadableWall(clock)
    wall.put("unknown")
    with Outbox(first, clock=clock) as outbox:
        readable(wall, outbox, clock)
        outbox.launch("spring")
        clock.advance(minutes=11)
        outbox.run(until_idle=True)
        states = {state: outbox.delivery(delivery).state.value for state, delivery in STATES.items()}
    moved = {"held": "published", "planned": "published", "claimed": "published", "sending": "unknown"}
    assert states == {**{state: state for state in STATES}, **moved, "unknown": "published"}
    assert sorted(one or "" for one in wall.texts) == ["claimed", "held", "planned", "unknown"]


def test_an_upgrade_that_fails_changes_nothing(first: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the upgrade breaks off, the file is as it was, and the next attempt succeeds."""
    broken = (*UPGRADES, "CREATE TABLE broken (x;\n);\n")
    with monkeypatch.context() as patch:
        patch.setattr("socialconnect.outbox.sqlite.file.UPGRADES", broken)
        with pytest.raises(Exception, match="syntax error"):
            Outbox(first, clock=clock)
    with closing(sqlite3.connect(first)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 1
        assert db.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'pauses'").fetchone()[0] == 0
    with Outbox(first, clock=clock) as outbox:
        assert len(outbox.deliveries()) == len(STATES)


@pytest.mark.parametrize("version", range(1, len(UPGRADES)))
def test_each_version_comes_to_the_same_schema(tmp_path: Path, version: int) -> None:
    """From whichever version a file comes, its schema is that of a new one."""

    def schema(path: Path) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(path)) as db:
            found = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
            return [(name, sql) for name, sql in found]

    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old)) as db, db:
        for script in UPGRADES[:version]:
            for statement in statements(script):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
    for path in (old, tmp_path / "new.db"):
        Outbox(path).close()
    assert schema(old) == schema(tmp_path / "new.db")
