"""The sunset plan: what is held for a network when its day comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from socialconnect import Draft, Post, PublishedPost, ScheduledPost, SunsetPlan, ValidationError, sunset_plan

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


def test_it_travels_as_json() -> None:
    """JSON gives back the same plan."""
    plan = sunset_plan(Shelf([DRAFT], [PLAN, WAITING]), "twitter", on=DAY)
    assert SunsetPlan.model_validate_json(plan.model_dump_json()) == plan
