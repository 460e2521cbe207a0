"""An archive of any size is written and read back in little memory."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

from socialconnect import Outbox, Post, Video
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.archive.contents import ArchivedDelivery, Contents
from socialconnect.testing import FakeNetwork, TestClock

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_an_archive_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """Much text and a large film are written and read back piece by piece."""
    clock = TestClock(NOW)
    (tmp_path / "film.mp4").write_bytes(b"film" * (8 << 20))
    tracemalloc.start()
    try:
        with Outbox(tmp_path / "old.db", clock=clock) as old:
            film = FakeNetwork("twitter", "7", clock=clock, outbox=old).draft(
                Post(media=[Video(tmp_path / "film.mp4")])
            )
            assert film.post is not None
            many = (_large(number) for number in range(1200))
            old._core.ledger.restore(Contents(deliveries=many, accounts=frozenset([("twitter", "7")])), clock.now())
            manifest = old.export_archive(tmp_path / "archive")
        with Outbox(tmp_path / "new.db", clock=clock) as new:
            assert new.restore(tmp_path / "archive").deliveries == 1200
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(one.size for one in manifest.files) > 50 << 20
    assert most < 20 << 20


def _large(number: int) -> ArchivedDelivery:
    at = NOW + timedelta(days=1)
    told = {"id": f"{number}", "network": "twitter", "account": "7", "post": Post("x" * 12_000)}
    when = {"state": DeliveryState.PLANNED, "at": at, "due": at, "created_at": NOW, "changed_at": NOW}
    return ArchivedDelivery(Delivery.model_validate({**told, **when}))
