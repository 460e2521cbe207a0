"""
What an app's plan lets it do, by the day.

Sources: https://docs.x.com/x-api/getting-started/pricing, and for the older plans the history of
https://github.com/xdevplatform/docs. The days on which plans end, and on which writes were taken away, are read from
the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from socialconnect.testing.emulators.twitter.errors import not_enrolled, subset_only
from socialconnect.testing.emulators.twitter.limits import DAY, EndpointLimit, Window
from socialconnect.testing.emulators.twitter.settings import AccessPlan
from socialconnect.testing.emulators.twitter.state import State

__all__ = ["Plans", "Tier"]


@dataclass(frozen=True)
class Tier:
    """
    What one plan allows.

    Args:
        product: Its name in a usage-cap answer.
        posts: Posts that may be made in a month.
        reads: Posts that may be read in a month.
        limits: Rate limits of its own, by endpoint.
        ends: The event of the catalogue with which it becomes pay-per-use; with `legacy`, nothing at all.
    """

    product: str
    posts: int | None = None
    reads: int | None = None
    limits: dict[str, EndpointLimit] = field(default_factory=dict[str, EndpointLimit])
    ends: str | None = None


TIERS: dict[AccessPlan, Tier] = {
    "free": Tier(
        "standard-free",
        posts=500,
        reads=100,
        limits={
            "POST /2/tweets": EndpointLimit(user_day=Window(17, DAY), app_day=Window(17, DAY)),
            "GET /2/users/me": EndpointLimit(user_day=Window(25, DAY)),
        },
        ends="pay-per-use",
    ),
    "basic": Tier(
        "standard-basic",
        posts=50_000,
        reads=15_000,
        limits={
            "POST /2/tweets": EndpointLimit(user_day=Window(100, DAY), app_day=Window(1_667, DAY)),
            "GET /2/users/me": EndpointLimit(user_day=Window(250, DAY)),
        },
        ends="basic-plan-ends",
    ),
    "pro": Tier(
        "standard-pro",
        posts=300_000,
        reads=1_000_000,
        limits={"POST /2/tweets": EndpointLimit(user=Window(100), app_day=Window(10_000, DAY))},
        ends="pro-plan-ends",
    ),
    "legacy": Tier("standard", ends="legacy-levels-end"),
    "pay_per_use": Tier("pay-per-use", reads=3_000_000),
    "enterprise": Tier("enterprise"),
    "subset": Tier("standard-free"),
    "none": Tier(""),
}
_FREE_POSTS_BEFORE = 1_500
"""What the free plan allowed until the Basic plan became dearer."""


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
        if self._state.settings.post_cap is not None:
            return self._state.settings.post_cap
        if self.current == "free" and not self._state.days.since("basic-plan-dearer"):
            return _FREE_POSTS_BEFORE
        return self.tier.posts

    @property
    def reads(self) -> int | None:
        """Posts that may be read in the billing cycle."""
        if self._state.settings.read_cap is not None:
            return self._state.settings.read_cap
        return self.tier.reads

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
