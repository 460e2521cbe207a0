"""What goes on after a part is live: nothing is uploaded that no step needs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.outbox.emulated import KINDS, Stage

from socialconnect import Outbox
from socialconnect.outbox import DeliveryState
from socialconnect.testing.emulators.faults import Fault, FaultKind


@pytest.mark.parametrize(
    ("network", "kind", "path"),
    [
        ("facebook", "comment", "/comments$"),
        ("instagram", "comment", "/comments$"),
        ("linkedin", "comment", "^/rest/socialActions/"),
    ],
)
def test_a_comment_alone_needs_no_media(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: str, kind: str, path: str
) -> None:
    """Days later, when the media have died, only the missing comment is sent: one request that writes."""
    stage = Stage.of(network, monkeypatch)
    grace = timedelta(days=9)
    with Outbox(tmp_path / "outbox.db", clock=stage.clock, grace=grace) as outbox:
        plan = stage.blocking(outbox).schedule(KINDS[network][kind], stage.clock.now() + timedelta(hours=1))
        stage.clock.advance(hours=1)
        stage.emulator.faults.add(Fault(FaultKind.THROTTLED_BARE, method="POST", path=path))
        assert outbox.run_due().postponed == 1
        stage.clock.advance(days=2)
        stage.emulator.requests.clear()
        assert outbox.run_due().published == 1
        assert outbox.delivery(plan.id).state is DeliveryState.PUBLISHED
    assert [one.method for one in stage.emulator.requests if one.method != "GET"] == ["POST"]


def test_a_later_part_of_a_thread_needs_its_own_media_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days later only the media of the parts that are still to come are uploaded again."""
    stage = Stage.of("twitter", monkeypatch)
    with Outbox(tmp_path / "outbox.db", clock=stage.clock, grace=timedelta(days=9)) as outbox:
        stage.blocking(outbox).schedule(KINDS["twitter"]["thread"], stage.clock.now() + timedelta(hours=1))
        stage.clock.advance(hours=1)
        stage.emulator.faults.add(Fault(FaultKind.THROTTLED_BARE, method="POST", path="/2/tweets$", after=1))
        assert outbox.run_due().postponed == 1
        stage.clock.advance(days=2)
        stage.emulator.requests.clear()
        assert outbox.run_due().published == 1
    sent = [one.path for one in stage.emulator.requests if one.method == "POST"]
    assert sent == ["/2/media/upload", "/2/tweets", "/2/tweets"]
    assert stage.texts() == {"first": 1, "second": 1, "third": 1}
