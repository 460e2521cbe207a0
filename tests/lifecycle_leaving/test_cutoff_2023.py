"""The whole story of 2023, replayed in virtual time against the four emulators."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from socialconnect import ApiPaywalled, Lifecycle, Post, Twitter
from socialconnect.cli.demo_replay import Replay
from socialconnect.testing import TestClock
from socialconnect.testing.emulators.twitter import TwitterEmulator

SCENES = (
    "Before: four networks",
    "The announcement",
    "The paywall: its day",
    "Is it worth paying?",
    "The decision: we leave at 25 April 2023 00:00",
    "What is affected",
    "The day",
    "The paywall itself",
    "The days after",
)


def played(zone: str, width: int) -> tuple[Replay, str]:
    """Play it, and give what was printed."""
    page = io.StringIO()
    replay = Replay(Console(file=page, width=width), zone)
    assert replay.run(), [what for what, holds in replay.checks if not holds]
    return replay, page.getvalue()


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "Pacific/Kiritimati"])
def test_everything_in_the_replay_happens(zone: str) -> None:
    """From the announcement to the days after, each check holds, whichever zone the cut-off is in."""
    replay, page = played(zone, 160)
    assert len(replay.checks) == 42
    assert "SunsetWarning: twitter: retired from 2023-04-2" in page
    places = [page.index(scene) for scene in SCENES]
    assert places == sorted(places)


def test_the_page_shows_prices_refusals_and_errors_on_a_narrow_terminal() -> None:
    """At 80 columns nothing but an address is wider, and what an engineer looks for can be read."""
    _, page = played("America/Los_Angeles", 80)
    assert [line for line in page.splitlines() if len(line) > 80 and "https://" not in line] == []
    assert "\x1b" not in page
    for shown in (
        "Basic: 100 USD a month as reported",
        "pay-per-use: 288 to 303 USD a month",
        "twitter.publish: HTTP 403, ApiPaywalled",
        "twitter.fetch_metrics: ApiRetired",
        "linkedin.publish: published",
        "twitter What nobody moved. failed ApiRetired",
    ):
        assert shown in page


def test_free_access_ends_on_the_wire_on_the_day_of_the_paywall() -> None:
    """An app that chose no plan publishes on the eve, and is refused with plan and price from the day on."""
    clock = TestClock("2023-04-28")
    emulator = TwitterEmulator(clock=clock)
    emulator.settings.plan = "legacy"
    held = emulator.accounts[0]
    with Twitter(
        user_id=held.id, token=held.token, http_client=emulator.client(), clock=clock, lifecycle=Lifecycle()
    ) as twitter:
        with pytest.warns(match="paywalled from 2023-04-29"):
            twitter.publish(Post("The last day"))
        clock.set("2023-04-29")
        with pytest.raises(ApiPaywalled) as caught:
            twitter.publish(Post("Still free?"))
    assert (caught.value.status, caught.value.plan, str(caught.value.price)) == (403, "Basic", "100 USD per month")
    assert [one.text for one in emulator.wall] == ["The last day"]
