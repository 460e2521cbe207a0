"""
The year 2023 again, in virtual time: an ad platform leaves Twitter on the day on which one really did.

Every day and price comes from the catalogue. The wire is today's; days, versions, plans and access are those of the
replayed day, by the clock.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from textwrap import wrap
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from socialconnect import Facebook, Instagram, LinkedIn, Twitter
from socialconnect.errors import ApiPaywalled, ApiRetired, ConfigurationError, SocialConnectError, SunsetWarning
from socialconnect.lifecycle import DeprecationStatus, Lifecycle, Overlay, Volume, compare_plans, sunset_plan
from socialconnect.lifecycle.catalogue import Catalogue, bundled
from socialconnect.network import Network, Settings
from socialconnect.outbox import DeliveryState, Outbox
from socialconnect.post import Image, Post
from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators import Emulator
from socialconnect.testing.emulators.facebook import FacebookEmulator
from socialconnect.testing.emulators.instagram import InstagramEmulator
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.twitter import TwitterEmulator
from socialconnect.testing.samples import sample_image

__all__ = ["Replay", "error_of"]

_LEAVES = "twitter"
_ANNOUNCED, _PAYWALL, _LEFT = "free-access-ends-0209", "legacy-levels-end", "microsoft-drops-twitter"
_REASON = "Access to the API is sold now; we withdraw Twitter from our product."
_SOURCE = "https://ads.example.com/notices/twitter"
_MONTH = Volume(posts=2400, links=1200, reads=9000, repeats=3000, accounts=30)


class Replay:
    """
    Args:
        console: Where it prints.
        zone: In whose midnight the network is given up.
    """

    def __init__(self, console: Console, zone: str = "America/Los_Angeles") -> None:
        self._console = console
        self._facts = _facts()
        self._cut_off = datetime.combine(self._day(_LEFT), time.min, ZoneInfo(zone))
        self.clock = TestClock(_morning(self._day(_ANNOUNCED, "announced") - timedelta(days=7)))
        self.lifecycle = Lifecycle(lead_time=timedelta(days=14))
        twitter = TwitterEmulator(clock=self.clock)
        twitter.settings.plan = "legacy"  # free access, as an app of that year had it, and nothing from the paywall on
        self.emulators: dict[str, Emulator] = {
            "facebook": FacebookEmulator(clock=self.clock),
            "instagram": InstagramEmulator(clock=self.clock, processing=timedelta(0)),
            "linkedin": LinkedInEmulator(clock=self.clock),
            "twitter": twitter,
        }
        self.checks: list[tuple[str, bool]] = []
        """What was checked, and whether it held."""

    def run(self) -> bool:
        """Play it; gives whether everything happened that should."""
        with ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="socialconnect-2023-")))
            self.outbox = stack.enter_context(
                Outbox(self._folder / "outbox.db", clock=self.clock, poll=timedelta(hours=6))
            )
            self.networks = self._connect()
            for network in self.networks.values():
                stack.callback(network.close)
            stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            for scene in (
                self._before,
                self._announcement,
                self._worth_it,
                self._decision,
                self._hand_over,
                self._the_day,
                self._who_stays,
                self._the_days_after,
            ):
                scene()
        good = sum(holds for _, holds in self.checks)
        self._say(f"{good} of {len(self.checks)} checks hold")
        for what, holds in self.checks:
            if not holds:
                self._say(f"✗ {what}")
        return good == len(self.checks)

    # ── the scenes ────────────────────────────────────────────────────────────────────────────────────────────────

    def _before(self) -> None:
        self._scene("Before: four networks, drafts, plans, a history")
        for name, network in self.networks.items():
            published = network.publish(_post(f"Our winter line, on {name}."))
            self.emulators[name].set_numbers(published.id, views=900, likes=40)
            self.outbox.keep(network.fetch_metrics([published]))
        twitter = self.networks[_LEAVES]
        twitter.draft(_post("An idea for summer."))
        for number, network in enumerate(self.networks.values(), 1):
            network.schedule(_post(f"Spring is here, {number}."), self._cut_off - timedelta(days=30, minutes=-number))
        self._late = twitter.schedule(_post("Summer begins."), self._cut_off + timedelta(days=3))
        self._stays = twitter.schedule(_post("What nobody moved."), self._cut_off + timedelta(hours=9))
        self._other = self.networks["facebook"].schedule(
            _post("Summer on Facebook."), self._cut_off + timedelta(days=1)
        )
        for name in self.networks:
            drafts, plans = self.outbox.drafts(name), self.outbox.deliveries(network=name)
            kept = self.outbox.readings(name)
            held = f"{len(plans)} planned, {len(drafts)} draft{'' if len(drafts) == 1 else 's'}"
            self._say(f"{name}: 1 post live, {held}, numbers of {len(kept)} kept")
        self._check("every network published", all(len(one.wall) == 1 for one in self.emulators.values()))

    def _announcement(self) -> None:
        announced = self._day(_ANNOUNCED, "announced")
        self._go_to(_morning(announced))
        status = self.networks[_LEAVES].deprecation_status()
        self._scene("The announcement: free access ends")
        self._say(_told(status))
        self._check("the status knows it from that day on", status.state.value == "deprecated")
        self._check("and not before", self.lifecycle.status(_LEAVES, announced - timedelta(days=1)).state == "active")
        self._go_to(_morning(self._day(_PAYWALL, "announced")))
        self._scene("The paywall: its day, its plan and its price")
        status = self.networks[_LEAVES].deprecation_status()
        self._say(_told(status))
        publish = status.operations["publish"]
        self._check("plan, price and day are known ahead", bool(publish.plan and publish.price and publish.ends))

    def _worth_it(self) -> None:
        self._scene("Is it worth paying? A month of ours, then and today")
        self._say(
            f"{_MONTH.posts:,} posts on {_MONTH.accounts} accounts, {_MONTH.links:,} of them with a link, "
            f"and {_MONTH.reads + _MONTH.metrics:,} posts read"
        )
        then = compare_plans(_MONTH, on=self._day(_PAYWALL))
        now = compare_plans(_MONTH, on=self._facts.verified_on)
        self._say(str(then))
        self._say(str(now))
        self._check("a price was known on that day", then.cheapest is not None and then.cheapest.high > 0)
        self._check("and is today", now.cheapest is not None and now.cheapest.high > 0)
        self._check("what the free plan lacked is told", bool(then.plan("Free").obstacles))

    def _decision(self) -> None:
        self._scene(f"The decision: we leave at {self._cut_off:%d %B %Y %H:%M %Z}")
        self.lifecycle.add(Overlay(network=_LEAVES, effective=self._cut_off, reason=_REASON, source=_SOURCE))
        self._go_to(self._cut_off - timedelta(days=5))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            self.networks[_LEAVES].publish(_post("Five more days."))
        ours = [str(one.message) for one in told if one.category is SunsetWarning and _SOURCE in str(one.message)]
        self._say(f"SunsetWarning: {ours[0]}" if ours else "no warning")
        self._check("a warning came in the days before, once, with reason and source", len(ours) == 1)

    def _hand_over(self) -> None:
        self._scene("What is affected, the archive, and what moves to the others")
        plan = sunset_plan(self.outbox, _LEAVES, on=self._cut_off)
        self._say(str(plan))
        affected = {one.id for one in plan.deliveries}
        self._check("the plan lists what is due from then on", affected == {self._late.id, self._stays.id})
        manifest = self.outbox.export_archive(self._folder / "archive", network=_LEAVES)
        self._say(str(manifest))
        with Outbox(self._folder / "again.db", clock=self.clock) as again:
            restored = again.restore(self._folder / "archive")
            same = again.readings() == self.outbox.readings(_LEAVES) and len(again.drafts()) == len(plan.drafts)
        self._check("another outbox holds the same after a restore", same and restored.paused == (_LEAVES,))
        rerouting = self.outbox.reroute(plan, [self.networks["linkedin"], self.networks["facebook"]])
        self._say(str(rerouting))
        (move,) = self.outbox.confirm(*rerouting.of(self._late.id))
        self._moved = move.replacements
        self._say(f"confirmed: {self.outbox.delivery(self._late.id).post.text} The other is left where it is")
        self._check("a post may move to several", len(self._moved) == 2)
        self._check("only what was confirmed moved", self.outbox.delivery(self._stays.id).network == _LEAVES)

    def _the_day(self) -> None:
        self._go_to(self._cut_off - timedelta(seconds=1))
        twitter = self.networks[_LEAVES]
        self._check("a second before, it still publishes", error_of(lambda: twitter.publish(_post("Goodbye."))) is None)
        self._go_to(self._cut_off)
        self._scene("The day")
        (ref, *_) = self.emulators[_LEAVES].wall
        before = len(self.emulators[_LEAVES].requests)
        calls: Mapping[str, Callable[[], object]] = {
            "draft": lambda: twitter.draft(_post("Late")),
            "schedule": lambda: twitter.schedule(_post("Late"), self._cut_off + timedelta(hours=1)),
            "publish": lambda: twitter.publish(_post("Late")),
            "delete": lambda: twitter.delete(ref.id),
            "posts": twitter.posts,
            "fetch_metrics": lambda: twitter.fetch_metrics([ref.id]),
            "fetch_account_metrics": twitter.fetch_account_metrics,
            "request": lambda: twitter.request("GET", "/2/users/me"),
        }
        for name, call in calls.items():
            error = error_of(call)
            self._say(f"twitter.{name}: {type(error).__name__}")
            right = isinstance(error, ApiRetired) and error.source == _SOURCE and _REASON in str(error)
            self._check(f"twitter.{name} raises ApiRetired with reason and source", right)
        self._say(f"each says why: {_REASON} (source: {_SOURCE})")
        self._check("nothing was sent to Twitter", len(self.emulators[_LEAVES].requests) == before)
        for name, network in self.networks.items():
            if name != _LEAVES:
                error = error_of(partial(network.publish, _post("Business as usual.")))
                self._say(f"{name}.publish: {'published' if error is None else type(error).__name__}")
                self._check(f"{name} goes on", error is None)

    def _who_stays(self) -> None:
        """Show what the network itself answers, to an app that neither left nor paid."""
        self._go_to(_morning(self._day(_PAYWALL)))
        self._scene("The paywall itself, for one who stayed and did not pay")
        emulator, held = self.emulators[_LEAVES], self.emulators[_LEAVES].accounts[0]
        client, facts = emulator.client(), Lifecycle()
        (ref, *_) = emulator.wall
        with Twitter(user_id=held.id, token=held.token, http_client=client, clock=self.clock, lifecycle=facts) as stays:
            calls: Mapping[str, Callable[[], object]] = {
                "publish": lambda: stays.publish(_post("Still free?")),
                "delete": lambda: stays.delete(ref.id),
                "posts": stays.posts,
                "fetch_metrics": lambda: stays.fetch_metrics([ref.id]),
            }
            for name, call in calls.items():
                error, knocks = error_of(call), len(emulator.requests)
                self._say(f"twitter.{name}: HTTP {error.status if error else 'fine'}, {type(error).__name__}")
                right = isinstance(error, ApiPaywalled) and (error.plan, str(error.price)) == self._sold()
                self._check(f"who has not paid is told plan and price by twitter.{name}", right)
                again = error_of(call)
                self._check(f"and twitter.{name} does not knock twice", len(emulator.requests) == knocks)
                self._check(f"twitter.{name} says the same again", isinstance(again, ApiPaywalled))
        plan, price = self._sold()
        self._say(f"each tells plan and price: {plan}, {price}. Called again, each says so at once, and sends nothing")

    def _sold(self) -> tuple[str | None, str]:
        entry = next(one for one in self._facts.entries if one.id == _PAYWALL)
        return entry.plan, str(entry.price)

    def _the_days_after(self) -> None:
        self._go_to(self._cut_off + timedelta(days=5))
        self._scene("The days after: nothing stuck, lost or silent")
        found = {one.id: one for one in self.outbox.deliveries()}
        for one in found.values():
            self._say(f"{one.network} {one.post.text} {one.state.value} {one.error_kind or ''}".rstrip())
        ended = {DeliveryState.PUBLISHED, DeliveryState.FAILED, DeliveryState.CANCELLED}
        self._check("every delivery has come to an end", all(one.state in ended for one in found.values()))
        stays = found[self._stays.id]
        self._check("what nobody moved failed, and says why", stays.error_kind == "ApiRetired")
        moved = [found[one].state for one in self._moved]
        self._check("what was moved is live elsewhere", moved == [DeliveryState.PUBLISHED] * 2)
        self._check("the others' plans went out", found[self._other.id].state is DeliveryState.PUBLISHED)
        self._check("the draft is still there", len(self.outbox.drafts(_LEAVES)) == 1)

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _connect(self) -> dict[str, Network]:
        held = {name: one.accounts[0] for name, one in self.emulators.items()}

        def shared(name: str) -> Settings:
            return {
                "http_client": self.emulators[name].client(),
                "clock": self.clock,
                "lifecycle": self.lifecycle,
                "outbox": self.outbox,
            }

        return {
            "facebook": Facebook(page_id=held["facebook"].id, token=held["facebook"].token, **shared("facebook")),
            "instagram": Instagram(user_id=held["instagram"].id, token=held["instagram"].token, **shared("instagram")),
            "linkedin": LinkedIn(author=held["linkedin"].id, token=held["linkedin"].token, **shared("linkedin")),
            "twitter": Twitter(user_id=held["twitter"].id, token=held["twitter"].token, **shared("twitter")),
        }

    def _go_to(self, moment: datetime) -> None:
        """Let the time pass until then, with the outbox's worker running."""
        self.outbox.run(until=moment)
        self.clock.set(moment)

    def _day(self, entry_id: str, which: str = "effective") -> date:
        entry = next(one for one in self._facts.entries if one.id == entry_id)
        found = entry.announced if which == "announced" else entry.effective
        if found is None:
            raise ConfigurationError(f"The catalogue tells no day for {entry_id}.")
        return found.date() if isinstance(found, datetime) else found

    def _scene(self, title: str) -> None:
        self._console.print()
        self._console.rule(Text(f"{self.clock.now():%d %b %Y}  {title}", "bold"), align="left")

    def _say(self, text: str) -> None:
        for line in text.splitlines():
            # An address stays whole, so that it can be clicked.
            whole = wrap(
                line, self._console.width, subsequent_indent=" " * 6, break_on_hyphens=False, break_long_words=False
            )
            self._console.print(Text("\n".join(whole)), soft_wrap=True)

    def _check(self, what: str, holds: bool) -> None:
        self.checks.append((what, holds))


def _facts() -> Catalogue:
    found = bundled(_LEAVES)
    if found is None:
        raise ConfigurationError(f"There is no catalogue of {_LEAVES}.")
    return found


def _told(status: DeprecationStatus) -> str:
    """Give what a status says, without what is the same on every day."""
    return "\n".join(str(status).splitlines()[:-1])


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)


def _post(text: str) -> Post:
    from socialconnect.post import PostVariant

    fetched = PostVariant(media=(Image("https://ads.example.com/picture.jpg"),))  # Instagram fetches pictures itself
    return Post(text, media=[Image(sample_image(400, 400))], variants={"instagram": fetched})


def error_of(call: Callable[[], object]) -> SocialConnectError | None:
    """Give the error that a call ends with, or `None`."""
    try:
        call()
    except SocialConnectError as error:
        return error
    return None
