"""What calls cost, by the catalogue's price list of the day, and the balance that they come off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from socialconnect.testing.emulators.twitter.errors import (
    credits_depleted,
    spend_cap_reached,
    subset_only,
    usage_capped,
)
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.state import State

__all__ = ["Ledger"]

_POSTS = frozenset({"post_read", "owned_read"})


class Ledger:
    """
    The app's spending.

    Args:
        state: Where the balance and the limits are set.
        plans: What the app's plan allows.
    """

    def __init__(self, state: State, plans: Plans) -> None:
        self._state = state
        self._plans = plans
        self.spent = Decimal(0)
        """US dollars, all together."""
        self.posts_read: Counter[date] = Counter()
        """Posts read on each UTC day, each once."""
        self.posts_made: Counter[date] = Counter()
        self._spent_on: dict[date, Decimal] = {}
        self._seen: set[tuple[date, str, str]] = set()

    def check(self, *, reads_posts: bool, makes_post: bool) -> None:
        """
        See whether a call may be made.

        Raises:
            Refused: The balance is used up, or a limit is reached.
        """
        settings, plans = self._state.settings, self._plans
        credits = settings.credits
        if plans.lost_free_access and credits is None:
            credits = Decimal(0)
        if plans.pays_by_use and credits is not None and credits <= 0:
            raise credits_depleted(older_body=settings.older_credits_body)
        if settings.spend_limit is not None and self._this_cycle(self._spent_on) >= settings.spend_limit:
            raise spend_cap_reached()
        if reads_posts and plans.reads == 0:
            raise subset_only()
        if reads_posts and plans.reads is not None and self.read_in_cycle >= plans.reads:
            raise usage_capped(plans.tier.product)
        if makes_post and plans.posts is not None and sum(self._in_cycle(self.posts_made).values()) >= plans.posts:
            raise usage_capped(plans.tier.product)

    @property
    def read_in_cycle(self) -> int:
        """Posts read in this billing cycle."""
        return sum(self._in_cycle(self.posts_read).values())

    def charge(self, resource: str) -> None:
        """Charge one request."""
        if resource.startswith("post_create"):
            self.posts_made[self._state.days.today] += 1
        self._take(self._price(resource))

    def charge_reads(self, resource: str, ids: Iterable[str]) -> None:
        """Charge what was returned, each once in a UTC day."""
        today = self._state.days.today
        for one in ids:
            kind = "post" if resource in _POSTS else resource
            if (today, kind, one) in self._seen:
                continue
            self._seen.add((today, kind, one))
            if resource in _POSTS:
                self.posts_read[today] += 1
            self._take(self._price(resource))

    # ── parts ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _price(self, resource: str) -> Decimal:
        if not self._plans.pays_by_use:
            return Decimal(0)  # a plan by the month, or by contract, is paid for already
        return self._state.days.price(resource, high=self._state.settings.bills_high)

    def _take(self, price: Decimal) -> None:
        today = self._state.days.today
        self.spent += price
        self._spent_on[today] = self._spent_on.get(today, Decimal(0)) + price
        if self._state.settings.credits is not None:
            self._state.settings.credits -= price

    def _in_cycle(self, days: Counter[date]) -> dict[date, int]:
        began = self._cycle_began()
        return {day: count for day, count in days.items() if day >= began}

    def _this_cycle(self, days: dict[date, Decimal]) -> Decimal:
        began = self._cycle_began()
        return sum((amount for day, amount in days.items() if day >= began), Decimal(0))

    def _cycle_began(self) -> date:
        today = self._state.days.today
        day = self._state.settings.cap_reset_day
        if today.day >= day:
            return today.replace(day=day)
        return (today.replace(day=1) - timedelta(days=1)).replace(day=day)
