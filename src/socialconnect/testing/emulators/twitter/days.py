"""What is so on the clock's day, by the lifecycle catalogue: no day is typed in here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache

from socialconnect.clock import Clock
from socialconnect.lifecycle.catalogue import Catalogue, bundled
from socialconnect.lifecycle.rows import PlanOffer

__all__ = ["Days"]


@cache
def _catalogue() -> Catalogue:
    found = bundled("twitter")
    assert found is not None
    return found


class Days:
    """
    The catalogue, read on the clock's day.

    Args:
        clock: Whose day it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return self._clock.now().date()

    def since(self, entry_id: str) -> bool:
        """Whether an event of the catalogue has happened."""
        entry = next(one for one in _catalogue().entries if one.id == entry_id)
        began = entry.effective
        if began is None:
            return False
        return began <= self._clock.now() if isinstance(began, datetime) else began <= self.today

    def plan(self, name: str) -> PlanOffer | None:
        """Give a plan as it is today, or `None` on a day without it."""
        return next((one for one in _catalogue().plans if one.name == name and one.holds(self.today)), None)

    def price(self, resource: str, *, high: bool) -> Decimal:
        """Give what one unit of a resource costs today in US dollars; nothing on a day before there were prices."""
        found = _catalogue().price(resource, self.today)
        if found is None:
            return Decimal(0)
        return found.high.amount if high else found.low.amount
