"""Where a filter makes warnings errors: a caller's own call is stopped, what an outbox carries out is not."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from socialconnect import AsyncOutbox, Facebook, Lifecycle, Outbox, Overlay, Post, SunsetWarning
from socialconnect.lifecycle import LifecycleEvent
from socialconnect.lifecycle.told import forget
from socialconnect.outbox import DeliveryState
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock
from socialconnect.testing.emulators.facebook import FacebookEmulator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LEAVING = Overlay(network="twitter", effective=date(2026, 12, 1), reason="We leave.", source="the board")


@pytest.fixture(autouse=True)
def _errors() -> Iterator[None]:
    forget()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    forget()


def test_a_callers_own_call_is_stopped_once() -> None:
    """The filter is the caller's word, and each cause is told once: the next call goes on."""
    twitter = FakeNetwork("twitter", "7", clock=TestClock(NOW), lifecycle=Lifecycle(overlays=[LEAVING]))
    with pytest.raises(SunsetWarning, match="We leave"):
        twitter.publish(Post("Hello"))
    twitter.publish(Post("Hello"))


def test_a_filter_by_module_holds() -> None:
    """The warning stands at the caller's line, so that a filter for the caller's module finds it."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    warnings.filterwarnings("error", category=SunsetWarning, module=__name__.replace(".", r"\."))
    twitter = FakeNetwork("twitter", "7", clock=TestClock(NOW), lifecycle=Lifecycle(overlays=[LEAVING]))
    with pytest.raises(SunsetWarning):
        twitter.publish(Post("Hello"))


def test_a_delivery_goes_out_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It was planned long before: it is published, and the warning is in the log and with the listener."""
    heard: list[LifecycleEvent] = []
    clock = TestClock(NOW)
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        lifecycle = Lifecycle(lead_time=timedelta(days=5), overlays=[LEAVING], on_event=heard.append)
        twitter = FakeNetwork("twitter", "7", clock=clock, lifecycle=lifecycle, outbox=outbox)
        planned = twitter.schedule(Post("Hello"), NOW + timedelta(days=6))
        clock.set(NOW + timedelta(days=6))
        with caplog.at_level(logging.WARNING, "socialconnect.lifecycle"):
            outbox.run(until_idle=True)
        assert outbox.delivery(planned.id).state is DeliveryState.PUBLISHED
    assert "We leave." in caplog.text
    assert [one.kind for one in heard] == ["warned"]


@pytest.mark.anyio
async def test_a_delivery_goes_out_all_the_same_async(tmp_path: Path) -> None:
    """As blocking."""
    clock = TestClock(NOW)
    async with AsyncOutbox(tmp_path / "outbox.db", clock=clock) as outbox:
        lifecycle = Lifecycle(lead_time=timedelta(days=5), overlays=[LEAVING])
        twitter = AsyncFakeNetwork("twitter", "7", clock=clock, lifecycle=lifecycle, outbox=outbox)
        planned = await twitter.schedule(Post("Hello"), NOW + timedelta(days=6))
        clock.set(NOW + timedelta(days=6))
        await outbox.run(until_idle=True)
        assert (await outbox.delivery(planned.id)).state is DeliveryState.PUBLISHED


def test_a_version_served_by_another_fails_no_delivery(tmp_path: Path) -> None:
    """The second delivery would meet the warning that the first one's answer gave rise to."""
    clock = TestClock(NOW)
    emulator = FacebookEmulator(clock=clock)
    page = emulator.accounts[0]
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        facebook = Facebook(
            page_id=page.id,
            token=page.token,
            api_version="v20.0",
            http_client=emulator.client(),
            clock=clock,
            lifecycle=Lifecycle(enforce=False, lead_time=timedelta(0)),
            outbox=outbox,
        )
        warnings.simplefilter("ignore")
        plans = [facebook.schedule(Post(f"Hello {number}"), NOW + timedelta(hours=number)) for number in (1, 2)]
        forget()
        warnings.simplefilter("error")
        for hours in (1, 2):
            clock.set(NOW + timedelta(hours=hours))
            outbox.run(until_idle=True)
        assert [outbox.delivery(one.id).state for one in plans] == [DeliveryState.PUBLISHED] * 2
