"""
What an app's plan lets it do, by the day.

How many posts a plan lets be made and read on a day is read from the catalogue, and so are the days on which plans end,
and on which writes were taken away. The rate limits besides are those of
https://docs.x.com/x-api/getting-started/pricing and, for the older plans, of the history of
https://github.com/xdevplatform/docs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from socialconnect.lifecycle.rows import PlanOffer
from socialconnect.testing.emulators.twitter.errors import not_enrolled, subset_only
from socialconnect.testing.emulators.twitter.limits import DAY, EndpointLimit, Window
from socialconnect.testing.emulators.twitter.settings import AccessPlan
from socialconnect.testing.emulators.twitter.state import State

__all__ = ["Plans", "Tier"]

_CREATE = "POST /2/tweets"


@dataclass(frozen=True)
class Tier:
    """
    What one plan allows.

    Args:
        product: Its name in a usage-cap answer.
        offer: Its name in the catalogue, which has its numbers of each day; none for one without numbers.
        limits: Rate limits of its own, by endpoint.
        ends: The event of the catalogue with which it becomes pay-per-use; with `legacy`, nothing at all.
    """

    product: str
    offer: str | None = None
    limits: dict[str, EndpointLimit] = field(default_factory=dict[str, EndpointLimit])
    ends: str | None = None


TIERS: dict[AccessPlan, Tier] = {
    "free": Tier(
        "standard-free",
        offer="Free",
        limits={_CREATE: EndpointLimit(), "GET /2/users/me": EndpointLimit(user_day=Window(25, DAY))},
        ends="pay-per-use",
    ),
    "basic": Tier(
        "standard-basic",
        offer="Basic",
        limits={_CREATE: EndpointLimit(), "GET /2/users/me": EndpointLimit(user_day=Window(250, DAY))},
        ends="basic-plan-ends",
    ),
    "pro": Tier("standard-pro", offer="Pro", limits={_CREATE: EndpointLimit(user=Window(100))}, ends="pro-plan-ends"),
    "legacy": Tier("standard", ends="legacy-levels-end"),
    "pay_per_use": Tier("pay-per-use", offer="pay-per-use"),
    "enterprise": Tier("enterprise"),
    "subset": Tier("standard-free"),
    "none": Tier(""),
}


class Plans:
    """
    The app's plan.

    Args:
        state: Where the plan is set, and whose day it is.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    @property
    def current(self) -> AccessPlan:
        """The plan that holds today: an older one becomes pay-per-use when it ends, or nothing if nobody chose one."""
        chosen = self._state.settings.plan
        ends = TIERS[chosen].ends
        if not ends or not self._state.days.since(ends):
            return chosen
        return "none" if chosen == "legacy" else "pay_per_use"

    @property
    def tier(self) -> Tier:
        """What it allows."""
        return TIERS[self.current]

    @property
    def lost_free_access(self) -> bool:
        """Whether it was free, and is no longer: without credits nothing is answered."""
        return self._state.settings.plan == "free" and self.current != "free"

    @property
    def pays_by_use(self) -> bool:
        """Whether calls are paid from credits."""
        return self.current == "pay_per_use"

    @property
    def posts(self) -> int | None:
        """Posts that may be made in the billing cycle."""
        offer, cap = self._offer, self._state.settings.post_cap
        known = offer.posts if offer is not None else None
        return known if cap is None else cap

    @property
    def reads(self) -> int | None:
        """Posts that may be read in the billing cycle; 0 for a plan that only writes."""
        offer, cap = self._offer, self._state.settings.read_cap
        known = offer.reads if offer is not None else None
        return known if cap is None else cap

    @property
    def limits(self) -> dict[str, EndpointLimit]:
        """Its rate limits, where they are not everybody's."""
        own, offer = self.tier.limits, self._offer
        if _CREATE not in own or offer is None or offer.posts_a_day is None:
            return {name: limit for name, limit in own.items() if limit != EndpointLimit()}
        each = offer.account_posts_a_day
        # An account's day is not counted twice where the plan leaves it at what X lets any account do.
        user_day = Window(each, DAY) if each is not None and each < self._state.settings.daily_posts else None
        posting = replace(own[_CREATE], user_day=user_day, app_day=Window(offer.posts_a_day, DAY))
        return {**own, _CREATE: posting}

    @property
    def _offer(self) -> PlanOffer | None:
        name = self.tier.offer
        return self._state.days.plan(name) if name is not None else None

    @property
    def summoned_only(self) -> bool:
        """Whether it may reply only where the author called on it."""
        return self.current != "enterprise" and self._state.days.since("summoned-replies")

    @property
    def may_quote(self) -> bool:
        """Whether it may quote."""
        return self.current == "enterprise" or not self._state.days.since("self-serve-writes")

    def admit(self, endpoint: str, *, interaction: bool) -> None:
        """
        See that the plan has an endpoint.

        Raises:
            Refused: It has not.
        """
        match self.current:
            case "none":
                raise not_enrolled()
            case "subset":
                raise subset_only()
            case "enterprise":
                return
            case plan:
                gone = self._state.days.since("self-serve-writes")
                gone = gone or (plan == "free" and self._state.days.since("free-caps-2025"))
                if interaction and gone and not endpoint.startswith("GET "):
                    raise subset_only()
