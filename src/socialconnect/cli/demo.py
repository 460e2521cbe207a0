"""
The main job, on real input, against the four emulators over real HTTP on loopback.

A campaign goes out; a draft is listed, changed and published; plans are carried out on a moving clock; numbers come
back; then one network ends on a known day, and the others go on. Every scene checks what the emulators really hold.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from socialconnect.campaign import Campaign
from socialconnect.cli import show
from socialconnect.cli.campaign_file import CampaignFile, load_campaign
from socialconnect.cli.demo_replay import Replay, error_of
from socialconnect.errors import ApiRetired, ConfigurationError, SunsetWarning
from socialconnect.lifecycle import Lifecycle, Overlay, sunset_plan
from socialconnect.lifecycle.catalogue import bundled
from socialconnect.metrics import MetricsReport
from socialconnect.network import Network, Settings
from socialconnect.networks.facebook import Facebook
from socialconnect.networks.instagram import Instagram
from socialconnect.networks.linkedin import LinkedIn
from socialconnect.networks.twitter import Twitter
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.post import Image, Post, PostVariant, PublishedPost
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.server import serving
from socialconnect.testing.emulators.twitter import TwitterEmulator

__all__ = ["Demo", "demo_campaign"]

_NAMES = ("facebook", "instagram", "linkedin", "twitter")
_LEAVING = "twitter"
_NOTICE = timedelta(days=10)
_REASON = "Access to the Twitter API is behind a paywall; we withdraw Twitter from our product."
_SOURCE = "https://status.example.com/notices/twitter"


def demo_campaign() -> Path:
    """
    Give the path of the campaign that comes with the library.

    Raises:
        ConfigurationError: It was not installed.
    """
    installed = Path(str(resources.files("socialconnect.cli"))) / "examples" / "spring" / "campaign.toml"
    in_clone = Path(__file__).parents[3] / "examples" / "spring" / "campaign.toml"
    for path in (installed, in_clone):
        if path.is_file():
            return path
    raise ConfigurationError("The demo's campaign was not installed.", hint="Give the path of a campaign file.")


def _emulators(clock: TestClock) -> dict[str, Emulator]:
    return {
        "facebook": FacebookEmulator(clock=clock),
        "instagram": InstagramEmulator(clock=clock),
        "linkedin": LinkedInEmulator(clock=clock),
        "twitter": TwitterEmulator(clock=clock),
    }


class Demo:
    """
    Args:
        console: Where it prints.
        campaign: The campaign file.
    """

    def __init__(self, console: Console, campaign: Path) -> None:
        self._console = console
        self._file: CampaignFile = load_campaign(campaign)
        checked = bundled(_LEAVING)
        if checked is None:
            raise ConfigurationError(f"There is no catalogue of {_LEAVING}.")
        # The day of the catalogue's facts, so that the demo shows the same today and in ten years.
        self._clock = TestClock(datetime.combine(checked.verified_on, time(8), UTC))
        self._lifecycle = Lifecycle(lead_time=_NOTICE + timedelta(days=4))
        self._emulators = _emulators(self._clock)
        self._published: list[PublishedPost] = []
        self._checks: list[tuple[str, bool]] = []
        self._networks: dict[str, Network] = {}

    def run(self) -> bool:
        """Play all scenes; gives whether everything happened that should."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="socialconnect-demo-")))
            self._outbox = stack.enter_context(Outbox(folder / "outbox.db", clock=self._clock, poll=timedelta(hours=1)))
            addresses = {name: stack.enter_context(serving(one)) for name, one in self._emulators.items()}
            self._networks = self._connect(addresses)
            for network in self._networks.values():
                stack.callback(network.close)
            self._show_stage(addresses)
            for scene in (
                self._campaign,
                self._draft,
                self._launch,
                self._metrics,
                self._notice,
                self._last_day,
            ):
                scene()
        good = self._verdict()
        self._scene("And 2023 again", "the same library on the days of that year, in virtual time")
        return Replay(self._console).run() and good

    # ── the scenes ────────────────────────────────────────────────────────────────────────────────────────────────

    def _campaign(self) -> None:
        self._scene("A campaign reaches four networks", f"{len(self._file.posts)} posts from a file, with variants")
        self._plan = Campaign(self._file.name, self._file.posts, self._networks, outbox=self._outbox)
        show.problems(self._console, self._plan.validate())
        report = self._plan.publish()
        show.report(self._console, report)
        self._published += report.published
        self._check("the campaign had no errors", report.ok)
        for name, emulator in self._emulators.items():
            ids = {one.id for one in report.published if one.network == name}
            on_wall = {one.id for one in emulator.wall}
            self._check(f"{name} shows every post that was reported, and no other", bool(ids) and ids == on_wall)

    def _draft(self) -> None:
        self._scene("A draft is listed, changed and published", "LinkedIn keeps no drafts: the outbox does")
        linkedin = self._networks["linkedin"]
        draft = linkedin.draft(Post("Three raincoats and a wrod of thanks to our testers."))
        listed = linkedin.drafts()
        self._say(f"kept    {draft.id[:8]}: {draft.post.text if draft.post else ''}")
        draft = linkedin.update_draft(draft, Post("Three raincoats, and a word of thanks to our testers."))
        self._say(f"changed {draft.id[:8]}: {draft.post.text if draft.post else ''}")
        published = linkedin.publish_draft(draft)
        self._say(f"live    {published.url or published.id}")
        self._published.append(published)
        self._check("the draft was listed", [one.id for one in listed] == [draft.id])
        self._check("a published draft is no draft any more", linkedin.drafts() == [])
        wall = [one.text for one in self._emulators["linkedin"].wall]
        self._check(
            "LinkedIn shows the changed text once",
            wall.count("Three raincoats, and a word of thanks to our testers.") == 1,
        )

    def _launch(self) -> None:
        self._scene("Planned posts are carried out", "by offset from the launch, and at a time; the clock moves")
        launched = self._plan.launch()
        tomorrow = self._clock.now() + timedelta(days=1)
        planned = [network.schedule(_good_morning(), tomorrow) for network in self._networks.values()]
        table = Table("account", "at", "from", title="In the outbox", title_justify="left")
        for one in [*launched, *planned]:
            origin = "launch of the campaign" if one in launched else "schedule"
            table.add_row(one.network, f"{one.at:%a %H:%M %Z}" if one.at else "", origin)
        self._console.print(table)
        before = {name: len(one.wall) for name, one in self._emulators.items()}
        report = self._outbox.run(until=tomorrow + timedelta(minutes=5))
        show.run_report(self._console, report)
        self._say(f"the clock says {self._clock.now():%a %d %b, %H:%M %Z}")
        done = self._outbox.deliveries(state=DeliveryState.PUBLISHED)
        self._published += [one.published for one in done if one.published is not None]
        grown = sum(len(one.wall) - before[name] for name, one in self._emulators.items())
        self._check("every plan became exactly one post", grown == len(launched) + len(planned) == report.published)

    def _metrics(self) -> None:
        self._scene("How the posts perform", "a day later; what a network does not give is a dash, never 0")
        self._clock.advance(days=1)
        reports: dict[str, MetricsReport] = {}
        for name, network in self._networks.items():
            own = list(dict.fromkeys(self._published_on(name)))
            for number, post in enumerate(own):  # what people did meanwhile
                views = 1480 - 170 * number
                self._emulators[name].set_numbers(
                    post.id, views=views, reach=views * 4 // 5, likes=60 - 9 * number, comments=7, shares=4, clicks=31
                )
            reports[name] = network.fetch_metrics(own)
        show.metrics(self._console, reports)
        numbers = [one for report in reports.values() for one in report]
        self._check("every published post has its numbers", all(one.views and one.likes for one in numbers))
        self._check("no post's numbers are missing", len(numbers) == len(set(self._published)))

    def _notice(self) -> None:
        leaves = (self._clock.now() + _NOTICE).date()
        self._leaves = datetime.combine(leaves, time.min, UTC)
        self._scene("Notice: we leave Twitter", f"declared by the application for {leaves:%d %B %Y}, ten days ahead")
        twitter = self._networks[_LEAVING]
        self._late = twitter.schedule(_good_morning(), self._leaves + timedelta(hours=9))
        self._lifecycle.add(Overlay(network=_LEAVING, effective=self._leaves, reason=_REASON, source=_SOURCE))
        with warnings.catch_warnings(record=True) as given:
            warnings.simplefilter("always")
            self._published.append(twitter.publish(Post("We are still here, for a few days.")))
        told = [str(one.message) for one in given if issubclass(one.category, SunsetWarning)]
        for text in told:
            self._console.print(Text.assemble(("SunsetWarning: ", "bold yellow"), text), soft_wrap=True)
        self._console.print(Text(str(twitter.deprecation_status(on=self._leaves)).splitlines()[0], style="magenta"))
        plan = sunset_plan(self._outbox, _LEAVING, on=self._leaves)
        self._console.print(Text(str(plan)), soft_wrap=True)
        self._check("a warning names the day and the source", any(_SOURCE in one for one in told))
        self._check("the planned post is listed as affected", [one.id for one in plan.deliveries] == [self._late.id])

    def _last_day(self) -> None:
        self._clock.set(self._leaves + timedelta(hours=8))
        self._scene("The day", f"{self._clock.now():%d %B %Y, %H:%M %Z}")
        twitter = self._networks[_LEAVING]
        at = self._clock.now() + timedelta(hours=1)
        wall = len(self._emulators[_LEAVING].wall)
        calls: Mapping[str, Callable[[], object]] = {
            "draft": lambda: twitter.draft(_good_morning()),
            "schedule": lambda: twitter.schedule(_good_morning(), at),
            "publish": lambda: twitter.publish(_good_morning()),
            "fetch_metrics": lambda: twitter.fetch_metrics(self._published_on(_LEAVING)),
        }
        table = Table("twitter", "raises", title_justify="left")
        for name, call in calls.items():
            error = error_of(call)
            told = isinstance(error, ApiRetired) and error.source == _SOURCE and _REASON in str(error)
            table.add_row(name, Text(type(error).__name__, "bold red"))
            self._check(f"twitter.{name} raises ApiRetired with reason and source", told)
        self._console.print(table)
        self._say(f"reason: {_REASON}")
        self._say(f"source: {_SOURCE}")
        goodbye = Campaign("the-day", [_good_day()], self._networks).publish()
        show.report(self._console, goodbye, title="The same day, one post to all four")
        others = {one.network for one in goodbye.published}
        self._check("the other three publish", others == set(self._networks) - {_LEAVING})
        show.run_report(self._console, self._outbox.run(until=at + timedelta(hours=2)))
        late = self._outbox.delivery(self._late.id)
        self._say(f"the post planned for Twitter: {late.state.value}, {late.error_kind}")
        self._check("the planned post was not sent, and says why", late.state is DeliveryState.FAILED)
        self._check("Twitter got nothing that day", len(self._emulators[_LEAVING].wall) == wall)

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _connect(self, addresses: Mapping[str, str]) -> dict[str, Network]:
        account = {name: one.accounts[0] for name, one in self._emulators.items()}

        def shared(name: str) -> Settings:
            return {
                "base_url": addresses[name],
                "clock": self._clock,
                "lifecycle": self._lifecycle,
                "outbox": self._outbox,
            }

        facebook, instagram, linkedin, twitter = (account[name] for name in _NAMES)
        return {
            "facebook": Facebook(page_id=facebook.id, token=facebook.token, **shared("facebook")),
            "instagram": Instagram(user_id=instagram.id, token=instagram.token, **shared("instagram")),
            "linkedin": LinkedIn(author=linkedin.id, token=linkedin.token, **shared("linkedin")),
            "twitter": Twitter(user_id=twitter.id, token=twitter.token, **shared("twitter")),
        }

    def _show_stage(self, addresses: Mapping[str, str]) -> None:
        table = Table("network", "emulator", "account", title="Four emulators on loopback", title_justify="left")
        for name, url in addresses.items():
            table.add_row(name, url, self._networks[name].account)
        self._console.print(table)
        self._say(f"the clock says {self._clock.now():%a %d %b %Y, %H:%M %Z}; it moves when the demo moves it")

    def _published_on(self, network: str) -> list[PublishedPost]:
        return [one for one in self._published if one.network == network]

    def _scene(self, title: str, about: str) -> None:
        self._console.print()
        self._console.rule(Text(title, "bold"), align="left")
        self._console.print(Text(about, "dim"))

    def _say(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _check(self, what: str, holds: bool) -> None:
        self._checks.append((what, holds))

    def _verdict(self) -> bool:
        self._scene("What was checked", "against what the emulators really hold")
        for what, holds in self._checks:
            mark = Text("✓ ", "green") if holds else Text("✗ ", "bold red")
            self._console.print(mark + Text(what))
        good = sum(holds for _, holds in self._checks)
        style = "bold green" if good == len(self._checks) else "bold red"
        self._console.print(Text(f"{good} of {len(self._checks)} checks hold", style))
        return good == len(self._checks)


_PICTURE = Image("https://cdn.example.com/raincoats.jpg", alt="Three raincoats on a rail")


def _good_morning() -> Post:
    return Post(
        "Good morning. It rains, and we are ready.",
        variants={"instagram": PostVariant(media=(_PICTURE,))},
    )


def _good_day() -> Post:
    return Post(
        "The red raincoat is back in stock.",
        variants={"instagram": PostVariant(media=(_PICTURE,))},
    )
