"""An archive that is restored while, or after, the outbox that it is of went on: nothing twice, nothing claimed."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.lifecycle_leaving.archives import NOW

from socialconnect import Draft, Outbox, Post, PublishedPost
from socialconnect.data_use import Provenance
from socialconnect.outbox import DeliveryState, StoreUnavailable
from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents
from socialconnect.outbox.archive.prepare import prepare
from socialconnect.outbox.archive.spool import Spool
from socialconnect.outbox.delivery import Delivery, StepEntry
from socialconnect.outbox.rows import Rows
from socialconnect.testing import FakeNetwork, TestClock

S = DeliveryState
SOON = NOW + timedelta(minutes=10)


class Houses:
    """Two outboxes for the same account of the same network: the old one, and the one that takes over."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.archive = TestClock(NOW), folder / "archive"
        (folder / "new").mkdir()
        self.old, self.new = (
            Outbox(path, clock=self.clock, poll=timedelta(minutes=1)) for path in (folder / "o.db", folder / "new/o.db")
        )
        self.network = FakeNetwork("twitter", "7", clock=self.clock, outbox=self.old)

    def move_in(self) -> None:
        """Let the account be the new outbox's, which may send."""
        self.new._core.attach(self.network.operations)
        self.new.resume(network="twitter")

    @property
    def texts(self) -> list[str | None]:
        """Give what is live."""
        return [one.text for one in self.network.wall]


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    """Give the two."""
    both = Houses(tmp_path)
    yield both
    both.old.close()
    both.new.close()


def test_last_nights_archive_posts_nothing_twice(houses: Houses) -> None:
    """What was sent after the archive was made, and before its machine died, is found live, and is not sent again."""
    plan = houses.network.schedule(Post("Breakfast"), SOON)
    houses.old.export_archive(houses.archive)
    houses.clock.set(SOON)
    assert houses.old.run_due().published == 1
    houses.clock.advance(minutes=5)  # within the grace
    restored = houses.new.restore(houses.archive)
    assert (restored.paused, restored.not_at_rest, restored.doubtful) == (("twitter",), ("twitter",), 1)
    assert "may have been sent: 1" in str(restored)
    houses.move_in()
    houses.new.run(until=houses.clock.now() + timedelta(hours=1))
    assert houses.texts == ["Breakfast"]
    assert houses.new.delivery(plan.id).published == houses.network.wall[0]


def test_what_nobody_sent_is_told_and_not_called_missed(houses: Houses) -> None:
    """If it does not show, a person decides: `missed` would say that nothing is live, which nobody knows."""
    plan = houses.network.schedule(Post("Breakfast"), SOON)
    houses.old.export_archive(houses.archive)
    houses.clock.advance(hours=5)
    houses.new.restore(houses.archive)
    houses.move_in()
    houses.new.run(until=houses.clock.now() + timedelta(hours=1))
    held = houses.new.delivery(plan.id)
    assert (held.state, held.looks, houses.texts) == (S.UNKNOWN, 5, [])
    assert [one.became for one in houses.new.history(plan.id)][:2] == [S.PLANNED, S.UNKNOWN]
    assert "may have sent it" in str(houses.new.history(plan.id)[1].error)


def test_what_the_old_one_may_still_send_is_not_sent_again(houses: Houses, tmp_path: Path) -> None:
    """Not by a policy that lets unseen posts be repeated either: the old outbox is not shown to be gone."""
    plan = houses.network.schedule(Post("Breakfast"), SOON)
    houses.old.export_archive(houses.archive)
    houses.clock.set(SOON)
    (tmp_path / "third").mkdir()
    with Outbox(tmp_path / "third/o.db", clock=houses.clock, poll=timedelta(minutes=1), repeat_unseen=True) as third:
        third.restore(houses.archive)
        third._core.attach(houses.network.operations)
        third.run(until=houses.clock.now() + timedelta(minutes=20))
        assert houses.old.run_due().published == 1  # it had been down meanwhile
        third.resume(network="twitter")
        third.run(until=houses.clock.now() + timedelta(minutes=20))
        held = third.delivery(plan.id)
    assert (houses.texts, held.state) == (["Breakfast"], S.UNKNOWN)
    assert "the worker that may still send it cannot be shown to be gone" in str(held.seen)


def test_what_was_paused_before_goes_on_as_it_was(houses: Houses) -> None:
    """Paused first, nothing has left since the archive was made: what is due is sent, once, by the new one."""
    plan = houses.network.schedule(Post("Breakfast"), SOON)
    houses.old.pause(network="twitter")
    assert houses.old.export_archive(houses.archive).at_rest == ("twitter",)
    houses.clock.set(SOON)
    assert houses.old.run_due().published == 0
    restored = houses.new.restore(houses.archive)
    assert (restored.paused, restored.not_at_rest, restored.doubtful) == (("twitter",), (), 0)
    houses.move_in()
    assert houses.new.run_due().published == 1
    assert (houses.new.delivery(plan.id).state, houses.texts) == (S.PUBLISHED, ["Breakfast"])


def test_the_same_outbox_has_no_doubt_about_itself(houses: Houses) -> None:
    """Put back where it comes from, what is due is there and the same: it is sent as it was planned."""
    houses.network.schedule(Post("Breakfast"), SOON)
    houses.old.export_archive(houses.archive)
    houses.clock.set(SOON)
    assert houses.old.restore(houses.archive).doubtful == 0
    assert houses.old.run_due().published == 1


@pytest.mark.parametrize(
    ("done", "step"),
    [([], "publish"), (["publish"], "thread[0]"), (["publish", "thread[0]"], "first comment")],
)
def test_of_a_thread_the_next_part_is_looked_for(done: list[str], step: str) -> None:
    """What is live by the archive is not taken for what may have followed."""
    one = Delivery(
        id="d",
        network="twitter",
        account="7",
        post=Post("One", thread=[Post("Two")], first_comment="Three"),
        state=S.PLANNED,
        at=NOW,
        due=NOW,
        partly_live=bool(done),
        created_at=NOW,
        changed_at=NOW,
    )
    steps = [StepEntry(name=name, visible=True, result=name, recorded_at=NOW) for name in done]
    given = Contents(deliveries=[ArchivedDelivery(one, steps=steps)], made_at=NOW)
    with Spool() as spool:
        prepare(given, spool, Rows(Post.model_dump_json, Post.model_validate_json), SOON)
        (entry,) = spool
    assert (entry.row["state"], entry.row["intent"], entry.row["answers"]) == ("unknown", step, len(done))


def test_a_campaign_that_was_let_go_is_not_stopped_again(houses: Houses) -> None:
    """A campaign is paused with what is put in, which is told; the same archive once more leaves it as it is."""
    houses.old.add_campaign("spring", [("twitter", "7", Post("Spring"), NOW + timedelta(days=1))])
    houses.old.pause(campaign="spring")
    houses.old.export_archive(houses.archive)
    first = houses.new.restore(houses.archive)
    assert first.paused_campaigns == ("spring",)
    assert "the campaign spring is paused" in str(first)
    houses.new.resume(campaign="spring")
    assert houses.new.restore(houses.archive).paused_campaigns == ()
    assert [one[:2] for one in houses.new.pauses()] == [("network", "twitter")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="it is a device of Linux")
def test_no_room_for_what_is_made_ready(houses: Houses, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder that is full is told as such, and nothing is restored."""
    houses.network.draft(Post("Not yet"))
    houses.old.export_archive(houses.archive)
    full = Path("/dev/full").open("w+b")  # noqa: SIM115  # it is the restore that closes it
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full)
    with pytest.raises(StoreUnavailable, match=r"No space left on device.*Make room there"):
        houses.new.restore(houses.archive)
    assert full.closed
    assert houses.new.drafts() == []


# ── what people open ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2 °C", "@everyone", "\tx", "\n=1", "\N{FULLWIDTH EQUALS SIGN}1"])
def test_a_table_runs_nothing(houses: Houses, text: str) -> None:
    """A text that a spreadsheet would take for a formula is text there; what is read back is as it was."""
    houses.network.draft(Post(text))
    houses.old.export_archive(houses.archive)
    with (houses.archive / "drafts.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["text"] == f"'{text}"
    houses.new.restore(houses.archive)
    (draft,) = houses.new.drafts()
    assert draft.post is not None
    assert draft.post.text == text


def test_what_was_purged_is_gone_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what may no longer be kept nothing is left in the database's free space or its log."""
    connect = sqlite3.connect

    def insecure(*given: object, **more: object) -> sqlite3.Connection:
        """Open a file as SQLite is built in most places; in some it clears what it frees unless told otherwise."""
        connection: sqlite3.Connection = connect(*given, **more)  # type: ignore[call-overload]  # as it was called
        connection.execute("PRAGMA secure_delete = OFF")
        return connection

    monkeypatch.setattr("socialconnect.outbox.sqlite.file.sqlite3.connect", insecure)
    clock = TestClock(NOW)
    until = NOW + timedelta(hours=48)
    where = Provenance(network="linkedin", account="a", kind="posts", read_at=NOW, keep_until=until)
    secret = "A member's words"
    with Outbox(tmp_path / "o.db", clock=clock) as outbox:
        posts = [
            PublishedPost(network="linkedin", account="a", id=str(n), text=secret, provenance=where) for n in range(9)
        ]
        outbox.keep(posts)
        clock.advance(hours=48)
        assert len(outbox.purge()) == 9
        for file in tmp_path.glob("o.db*"):
            if file.is_file():
                assert secret.encode() not in file.read_bytes(), file.name


def test_a_draft_comes_back_as_a_draft(houses: Houses) -> None:
    """Drafts are nobody's to send: they pause nothing, and are in no doubt."""
    draft: Draft = houses.network.draft(Post("Not yet"))
    houses.old.export_archive(houses.archive)
    restored = houses.new.restore(houses.archive)
    assert (restored.paused, [one.id for one in houses.new.drafts()]) == ((), [draft.id])
