"""What calls cost, and the balance that they come off. Prices: https://docs.x.com/x-api/getting-started/pricing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from socialconnect.testing.emulators.twitter.errors import credits_depleted, spend_cap_reached, usage_capped
from socialconnect.testing.emulators.twitter.state import State

__all__ = ["PRICES", "Ledger"]

PRICES = {
    "post_create": Decimal("0.015"),
    "post_create_with_url": Decimal("0.200"),
    "post_create_summoned": Decimal("0.010"),
    "content_manage": Decimal("0.005"),
    "media_metadata": Decimal("0.005"),
    "post_read": Decimal("0.005"),
    "owned_read": Decimal("0.001"),
    "user_read": Decimal("0.010"),
}


class Ledger:
    """
    The app's spending.

    Args:
        state: Where the balance and the limits are set.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.spent = Decimal(0)
        """US dollars, all together."""
        self.posts_read = 0
        self._seen: set[tuple[date, str, str]] = set()

    def check(self, *, reads_posts: bool) -> None:
        """
        See whether a call may be made.

        Raises:
            Refused: The balance is used up, or a limit is reached.
        """
        settings = self._state.settings
        if settings.credits is not None and settings.credits <= 0:
            raise credits_depleted(older_body=settings.older_credits_body)
        if settings.spend_limit is not None and self.spent >= settings.spend_limit:
            raise spend_cap_reached()
        if reads_posts and settings.read_cap is not None and self.posts_read >= settings.read_cap:
            raise usage_capped()

    def charge(self, resource: str) -> None:
        """Charge one request."""
        self._take(PRICES[resource])

    def charge_reads(self, resource: str, ids: Iterable[str]) -> None:
        """Charge what was returned, each once in a UTC day."""
        today = self._state.now.date()
        for one in ids:
            if resource != "user_read":
                self.posts_read += 1
            if (today, resource, one) not in self._seen:
                self._seen.add((today, resource, one))
                self._take(PRICES[resource])

    def _take(self, price: Decimal) -> None:
        self.spent += price
        if self._state.settings.credits is not None:
            self._state.settings.credits -= price
