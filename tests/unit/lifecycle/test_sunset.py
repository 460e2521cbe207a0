"""The sunset plan: what is held for a network when its day comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from socialconnect import (
    Draft,
    Post,
    Problem,
    PublishedPost,
    ScheduledPost,
    SunsetPlan,
    UnavailableError,
    UnsupportedFeature,
    ValidationError,
    sunset_plan,
)

DAY = date(2026, 12, 1)
DRAFT = Draft(network="twitter", account="7", id="d1", post=Post("An idea\nof two lines"), held_by="outbox")
DUE = datetime(2026, 12, 24, 18, tzinfo=UTC)
PLAN = ScheduledPost(network="twitter", account="8", id="p1", at=DUE, post=Post("x" * 80), held_by="outbox")
WAITING = ScheduledPost(network="twitter", account="7", id="p2", post=Post("At the start"), held_by="outbox")


class Shelf:
    """Holds what a test puts there, and notes what it was asked."""

    def __init__(
        self,
        drafts: Sequence[Draft] = (),
        plans: Sequence[ScheduledPost] = (),
        published: Sequence[PublishedPost] = (),
    ) -> None:
        self.drafts, self.plans, self.published = drafts, plans, published
        self.asked: list[tuple[str, datetime]] = []

    def held_for(self, network: str, *, after: datetime) -> tuple[Sequence[Draft], Sequence[ScheduledPost]]:
        """Give everything."""
        self.asked.append((network, after))
        return self.drafts, self.plans

    def published_on(self, network: str) -> Sequence[PublishedPost]:
        """Give everything."""
        return self.published


def test_it_lists_what_is_held() -> None:
    """Drafts and deliveries come from the outbox as they are, with the accounts that are affected."""
    shelf = Shelf([DRAFT], [PLAN, WAITING])
    plan = sunset_plan(shelf, "twitter", on=DAY)
    assert (plan.drafts, plan.deliveries) == ((DRAFT,), (PLAN, WAITING))
    assert plan.accounts == ("7", "8")
    assert len(plan) == 3
    assert shelf.asked == [("twitter", datetime(2026, 12, 1, tzinfo=UTC))]


def test_the_day_may_be_a_moment() -> None:
    """A moment in any zone is asked for as the same moment in UTC; a naive one is refused."""
    shelf = Shelf()
    sunset_plan(shelf, "twitter", on=datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=9))))
    assert shelf.asked[0][1] == datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="needs a zone"):
        sunset_plan(shelf, "twitter", on=datetime(2026, 12, 1))


def test_nothing_held_is_an_empty_plan() -> None:
    """A network without drafts and deliveries has nothing to hand over."""
    plan = sunset_plan(Shelf(), "twitter", on=DAY)
    assert len(plan) == 0
    assert str(plan) == "twitter ends on 2026-12-01: 0 drafts and 0 planned posts affected"


def test_it_reads_well() -> None:
    """A person sees which draft and which post of which account, and when it was due."""
    assert str(sunset_plan(Shelf([DRAFT], [PLAN, WAITING]), "twitter", on=DAY)).splitlines() == [
        "twitter ends on 2026-12-01: 1 draft and 2 planned posts affected",
        "  draft d1 for 7: An idea",
        f"  post p1 for 8, due 2026-12-24 18:00 UTC: {'x' * 60}…",
        "  post p2 for 7, waiting for its campaign's launch: At the start",
    ]


def test_it_lists_what_is_published() -> None:
    """Posts that are live are listed, since nothing more can be done about them from that day on."""
    live = PublishedPost(network="twitter", account="9", id="1")
    plan = sunset_plan(Shelf(published=[live]), "twitter", on=DAY)
    assert (plan.published, plan.accounts, len(plan)) == ((live,), ("9",), 0)
    assert str(plan).endswith("affected, and 1 published post whose numbers end")


class Account:
    """An account whose network holds what a test says, or raises it."""

    def __init__(
        self,
        drafts: Sequence[Draft] | Exception = (),
        plans: Sequence[ScheduledPost] | Exception = (),
        *,
        name: str = "twitter",
    ) -> None:
        self.name, self.account = name, "7"
        self._drafts, self._plans = drafts, plans

    def drafts(self, *, native: bool = False) -> Sequence[Draft]:
        """Give them."""
        assert native
        if isinstance(self._drafts, Exception):
            raise self._drafts
        return self._drafts

    def scheduled(self, *, native: bool = False) -> Sequence[ScheduledPost]:
        """Give them."""
        assert native
        if isinstance(self._plans, Exception):
            raise self._plans
        return self._plans


def test_what_the_network_holds_itself_is_told_apart() -> None:
    """Its drafts and plans are listed, are not counted as something to hand over, and those due before stay out."""
    draft = Draft(network="twitter", account="7", id="n1", text="On Twitter")
    plans = [
        ScheduledPost(network="twitter", account="7", id=name, at=at, text="Planned there")
        for name, at in (("n2", DUE), ("n3", datetime(2026, 11, 30, tzinfo=UTC)))
    ]
    plan = sunset_plan(Shelf(), "twitter", on=DAY, accounts=[Account([draft], plans)])
    assert (plan.network_drafts, plan.network_plans, plan.asked, len(plan)) == ((draft,), (plans[0],), ("7",), 0)
    assert str(plan).splitlines()[1:] == [
        "  held by twitter itself, for 7: draft n1: On Twitter",
        "  held by twitter itself, for 7: plan n2, due 2026-12-24 18:00 UTC: Planned there",
    ]


def test_what_could_not_be_read_is_told() -> None:
    """An account that does not answer, or cannot be asked at all, is no account without drafts; the rest is listed."""
    cannot = UnsupportedFeature([Problem(field="draft", rule="supported", message="nobody can list them")])
    plan = sunset_plan(Shelf([DRAFT]), "twitter", on=DAY, accounts=[Account(cannot, UnavailableError("It is down."))])
    assert plan.problems == (
        "the drafts that twitter may hold itself for 7 cannot be listed: nobody can list them",
        "the plans that twitter may hold itself for 7 could not be read: It is down.",
    )
    assert "  not known: the plans that twitter may hold itself for 7 could not be read: It is down." in str(plan)
    assert plan.drafts == (DRAFT,)


def test_accounts_must_be_on_the_network_that_ends() -> None:
    """What another network holds is not affected."""
    with pytest.raises(ValidationError, match="is not on twitter"):
        sunset_plan(Shelf(), "twitter", on=DAY, accounts=[Account(name="facebook")])


def test_what_may_be_live_stands_apart() -> None:
    """A delivery whose outcome is unknown is not one to hand over, and is told to be settled."""
    lost = PLAN.model_copy(update={"state": "unknown"})
    stuck = PLAN.model_copy(update={"state": "needs_attention"})
    plan = sunset_plan(Shelf(plans=[stuck, lost]), "twitter", on=DAY)
    assert (plan.deliveries, plan.unsettled, plan.accounts) == ((stuck,), (lost,), ("8",))
    assert "due 2026-12-24 18:00 UTC, needs attention" in str(plan)


def test_a_moment_is_told_with_its_time() -> None:
    """A network that ends at midnight in Berlin does not end on the day before in UTC, but then."""
    plan = sunset_plan(Shelf(), "twitter", on=datetime(2026, 12, 1, tzinfo=timezone(timedelta(hours=1))))
    assert str(plan).startswith("twitter ends on 2026-11-30 23:00 UTC: ")


def test_it_travels_as_json() -> None:
    """JSON gives back the same plan."""
    plan = sunset_plan(Shelf([DRAFT], [PLAN, WAITING]), "twitter", on=DAY)
    assert SunsetPlan.model_validate_json(plan.model_dump_json()) == plan
