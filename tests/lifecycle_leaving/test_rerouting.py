"""Moving planned posts from a network that ends: proposed, confirmed one by one, and undone until the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from socialconnect import (
    AsyncOutbox,
    Image,
    Lifecycle,
    NotFound,
    Outbox,
    OutcomeUnknown,
    Overlay,
    Poll,
    Post,
    PostVariant,
    SunsetPlan,
    TokenExpired,
    ValidationError,
    sunset_plan,
    sunset_plan_async,
)
from socialconnect.outbox import DeliveryState, Proposal
from socialconnect.testing import AsyncFakeNetwork, FakeNetwork, TestClock
from socialconnect.testing.samples import sample_image

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 12, 1)
LATER = NOW + timedelta(days=10)


class Stage:
    """An outbox, and an account on each of three networks."""

    def __init__(self, path: Path | str) -> None:
        self.clock, self.lifecycle = TestClock(NOW), Lifecycle()
        self.outbox = Outbox(path, clock=self.clock, poll=timedelta(days=1))  # days pass at once
        self.twitter, self.facebook, self.linkedin = (
            FakeNetwork(name, account, clock=self.clock, outbox=self.outbox, lifecycle=self.lifecycle)
            for name, account in (("twitter", "7"), ("facebook", "1000"), ("linkedin", "urn:li:organization:1"))
        )

    @property
    def plan(self) -> SunsetPlan:
        """What is affected now."""
        return sunset_plan(self.outbox, "twitter", on=DAY)

    def proposals(self, *to: FakeNetwork) -> tuple[Proposal, ...]:
        """Propose what is affected for these accounts."""
        return self.outbox.reroute(self.plan, to or (self.facebook, self.linkedin)).proposals

    def all(self) -> dict[str, tuple[str, str]]:
        """Give every delivery's network and state."""
        return {one.id: (one.network, one.state.value) for one in self.outbox.deliveries()}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give the stage."""
    stage = Stage(tmp_path / "outbox.db")
    yield stage
    stage.outbox.close()


# ── proposals ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_delivery_is_proposed_for_each_account(stage: Stage) -> None:
    """The post stands in a proposal as the other network would get it, with what it costs; nothing has changed."""
    variants = {"facebook": PostVariant(text="For Facebook")}
    plan = stage.twitter.schedule(Post("For all", variants=variants), LATER)
    before = stage.all()
    facebook, linkedin = stage.proposals()
    assert (facebook.delivery, facebook.network, facebook.account, facebook.at) == (plan.id, "facebook", "1000", LATER)
    assert (facebook.post.text, linkedin.post.text) == ("For Facebook", "For all")
    assert not facebook.cost.priced
    assert facebook.possible
    assert "to facebook 1000, on 2026-12-04 09:00 UTC, no price known: For Facebook" in str(facebook)
    assert stage.all() == before


def test_the_other_way_round_it_tells_what_it_costs(stage: Stage) -> None:
    """A move to a network that bills has its price in the proposal."""
    stage.facebook.schedule(Post("Hello"), LATER)
    plan = sunset_plan(stage.outbox, "facebook", on=DAY)
    (proposal,) = stage.outbox.reroute(plan, [stage.twitter]).proposals
    assert (proposal.cost.priced, str(proposal.cost.high)) == (True, "0.015")


def test_what_does_not_fit_is_told(stage: Stage) -> None:
    """A poll cannot go to Facebook: the proposal says so, the post is not altered, and the delivery is stranded."""
    plan = stage.twitter.schedule(Post("Which one?", poll=Poll(["Red", "Blue"])), LATER)
    rerouting = stage.outbox.reroute(stage.plan, [stage.facebook])
    (proposal,) = rerouting.proposals
    assert not proposal.possible
    assert proposal.post.poll == Poll(["Red", "Blue"])
    assert (rerouting.possible, rerouting.stranded) == ((), (plan.id,))
    with pytest.raises(ValidationError, match="cannot be moved"):
        stage.outbox.confirm(proposal)
    assert stage.all() == {plan.id: ("twitter", "planned")}


def test_a_twin_is_told(stage: Stage) -> None:
    """Where the other account gets the same text already, moving it would post it twice: a person decides."""
    twin = stage.facebook.schedule(Post("To all networks"), LATER)
    stage.twitter.schedule(Post("To all networks"), LATER)
    facebook, linkedin = stage.proposals()
    (problem,) = facebook.problems
    assert (problem.rule, problem.severity) == ("already_there", "warning")
    assert twin.id in problem.message
    assert facebook.possible
    assert linkedin.problems == ()


def test_a_twin_is_found_in_a_long_past(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many posts the account has, at one moment or spread out, with a time or without: each twin is told."""
    monkeypatch.setattr("socialconnect.outbox.core_rerouting._PIECE", 3)
    times = [LATER + timedelta(minutes=one // 5) for one in range(14)]
    stage.outbox.add_campaign("spring", [("facebook", "1000", Post(f"{one}"), at) for one, at in enumerate(times)])
    stage.outbox.add_campaign("summer", [("facebook", "1000", Post("at the launch"), timedelta(0))])
    texts = [*map(str, range(14)), "at the launch", "nowhere"]
    stage.outbox.add_campaign("all", [("twitter", "7", Post(text), LATER) for text in texts])
    told = {one.post.text: [problem.rule for problem in one.problems] for one in stage.proposals(stage.facebook)}
    assert told == {**{text: ["already_there"] for text in texts}, "nowhere": []}


def test_an_account_that_is_gone_by_then_is_no_way_out(stage: Stage) -> None:
    """Nothing is moved to where it would fail."""
    stage.twitter.schedule(Post("Hello"), LATER)
    stage.lifecycle.add(Overlay(network="linkedin", effective=DAY, reason="Gone too.", source="us"))
    facebook, linkedin = stage.proposals()
    assert (facebook.possible, linkedin.possible) == (True, False)
    assert [one.rule for one in linkedin.problems] == ["retired"]


def test_the_network_that_ends_is_no_target(stage: Stage) -> None:
    """Another account on it would end too."""
    with pytest.raises(ValidationError, match="on other networks"):
        stage.outbox.reroute(stage.plan, [stage.twitter])


# ── moves ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_is_confirmed_moves(stage: Stage) -> None:
    """One of two deliveries goes, to one of two accounts; the rest stays as it was. It is sent once, there."""
    one, two = (stage.twitter.schedule(Post(text), LATER) for text in ("One", "Two"))
    chosen = next(p for p in stage.proposals() if (p.delivery, p.network) == (one.id, "linkedin"))
    (move,) = stage.outbox.confirm(chosen)
    (new,) = move.replacements
    assert stage.all() == {
        one.id: ("twitter", "cancelled"),
        two.id: ("twitter", "planned"),
        new: ("linkedin", "planned"),
    }
    assert stage.outbox.delivery(new).at == LATER
    told = stage.outbox.delivery(one.id)
    assert told.error == f"Moved to linkedin urn:li:organization:1 (delivery {new})."
    assert stage.outbox.history(one.id)[-1].error_kind == "Rerouted"
    stage.outbox.run(until=LATER + timedelta(minutes=5))
    assert ([p.text for p in stage.linkedin.wall], [p.text for p in stage.twitter.wall]) == (["One"], ["Two"])


def test_one_may_go_to_several(stage: Stage) -> None:
    """Two proposals for one delivery make two, and one move."""
    one = stage.twitter.schedule(Post("One"), LATER)
    (move,) = stage.outbox.confirm(*stage.proposals())
    assert sorted(stage.all().values()) == [("facebook", "planned"), ("linkedin", "planned"), ("twitter", "cancelled")]
    assert (move.delivery, len(move.replacements)) == (one.id, 2)
    assert stage.outbox.reroutes() == [move]


def test_a_proposal_given_twice_moves_once(stage: Stage) -> None:
    """Confirming the same proposal twice in one call makes one delivery."""
    stage.twitter.schedule(Post("One"), LATER)
    facebook, _ = stage.proposals()
    stage.outbox.confirm(facebook, facebook)
    assert sorted(stage.all().values()) == [("facebook", "planned"), ("twitter", "cancelled")]
    with pytest.raises(ValidationError, match="is cancelled and cannot be moved"):
        stage.outbox.confirm(facebook)


def test_all_or_none(stage: Stage) -> None:
    """If one of the deliveries has gone out meanwhile none is moved."""
    one = stage.twitter.schedule(Post("One"), LATER)
    two = stage.twitter.schedule(Post("Two"), LATER + timedelta(days=1))
    proposals = stage.proposals(stage.facebook)
    stage.outbox.run(until=LATER + timedelta(minutes=5))
    with pytest.raises(ValidationError, match=f"{one.id} is published and cannot be moved; nothing was moved"):
        stage.outbox.confirm(*reversed(proposals))
    assert stage.outbox.delivery(two.id).state is DeliveryState.PLANNED
    assert stage.outbox.reroutes() == []


def test_confirming_nothing_does_nothing(stage: Stage) -> None:
    """No proposals, no moves."""
    assert stage.outbox.confirm() == []


def test_a_held_delivery_keeps_its_campaign(stage: Stage) -> None:
    """What waits for a launch goes on waiting for it, on the other account."""
    stage.outbox.add_campaign("spring", [("twitter", "7", Post("Now"), timedelta(hours=2))])
    (move,) = stage.outbox.confirm(*stage.proposals(stage.facebook))
    (moved,) = stage.outbox.launch("spring", LATER)
    assert (moved.id, moved.network, moved.at) == (move.replacements[0], "facebook", LATER + timedelta(hours=2))


# ── the way back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_until_the_day_a_move_can_be_undone(stage: Stage, tmp_path: Path) -> None:
    """Also from another process: the delivery is there again, and what had taken its place is cancelled."""
    variants = {"facebook": PostVariant(text="For Facebook")}
    one = stage.twitter.schedule(Post("One", variants=variants), LATER)
    (move,) = stage.outbox.confirm(*stage.proposals())
    stage.clock.set(datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
    with Outbox(tmp_path / "outbox.db", clock=stage.clock) as again:
        back = again.undo(move.id)
    assert (back.network, back.account, back.at, back.post) == (
        "twitter",
        "7",
        LATER,
        stage.outbox.delivery(one.id).post,
    )
    assert sorted(stage.all().values()) == [
        ("facebook", "cancelled"),
        ("linkedin", "cancelled"),
        ("twitter", "cancelled"),
        ("twitter", "planned"),
    ]
    assert stage.outbox.reroutes()[0].undone_by == back.id
    with pytest.raises(ValidationError, match="undone already"):
        stage.outbox.undo(move.id)


def test_from_the_day_on_it_cannot(stage: Stage) -> None:
    """A delivery is not put back to where it could only fail."""
    stage.twitter.schedule(Post("One"), LATER)
    (move,) = stage.outbox.confirm(*stage.proposals(stage.facebook))
    stage.clock.set(datetime(2026, 12, 1, tzinfo=UTC))
    before = stage.all()
    with pytest.raises(ValidationError, match="the network ended on 2026-12-01; nothing was changed"):
        stage.outbox.undo(move.id)
    assert stage.all() == before


def test_what_has_gone_out_is_not_undone(stage: Stage) -> None:
    """If one of those that took its place is live, putting the old one back would post it twice."""
    stage.outbox.add_campaign("spring", [("twitter", "7", Post("Now"), timedelta(0))])
    (move,) = stage.outbox.confirm(*stage.proposals())
    stage.outbox.launch("spring")
    stage.outbox.run(until=NOW + timedelta(hours=1))
    before = stage.all()
    with pytest.raises(ValidationError, match="is published and cannot be moved"):
        stage.outbox.undo(move.id)
    assert stage.all() == before


def test_what_was_launched_meanwhile_comes_back_with_its_time(stage: Stage) -> None:
    """The delivery is put back as its replacement stands now, not as it once stood."""
    stage.outbox.add_campaign("spring", [("twitter", "7", Post("Now"), timedelta(hours=2))])
    (move,) = stage.outbox.confirm(*stage.proposals(stage.facebook))
    stage.outbox.launch("spring", LATER)
    back = stage.outbox.undo(move.id)
    assert (back.state, back.at, back.network) == (DeliveryState.PLANNED, LATER + timedelta(hours=2), "twitter")


def test_an_unknown_move_is_told(stage: Stage) -> None:
    """There is no move of that name."""
    with pytest.raises(NotFound, match="no move nothing"):
        stage.outbox.undo("nothing")


def test_what_a_person_has_cancelled_stays_so(stage: Stage) -> None:
    """Of two that took its place one was cancelled: the move is undone by taking the other one back."""
    stage.twitter.schedule(Post("One"), LATER)
    (move,) = stage.outbox.confirm(*stage.proposals())
    stage.outbox.cancel(move.replacements[0])
    back = stage.outbox.undo(move.id)
    assert (back.network, back.state) == ("twitter", DeliveryState.PLANNED)
    assert [one for one in stage.all().values() if one[1] == "planned"] == [("twitter", "planned")]


def test_what_was_called_off_does_not_come_back(stage: Stage) -> None:
    """Undoing a move plans nothing that was taken back since, as with its whole campaign."""
    stage.outbox.add_campaign("spring", [("twitter", "7", Post("Now"), timedelta(hours=2))])
    (move,) = stage.outbox.confirm(*stage.proposals())
    stage.outbox.call_off("spring")
    with pytest.raises(ValidationError, match="is cancelled and cannot be moved"):
        stage.outbox.undo(move.id)
    assert {state for _, state in stage.all().values()} == {"cancelled"}


def test_a_move_that_was_moved_on_is_undone_from_its_end(stage: Stage) -> None:
    """From Twitter to two, and from one of those on: undoing the first move alone would leave the post there twice."""
    stage.twitter.schedule(Post("One"), LATER)
    (first,) = stage.outbox.confirm(*stage.proposals())
    second = FakeNetwork("facebook", "2000", clock=stage.clock, outbox=stage.outbox, lifecycle=stage.lifecycle)
    onward = stage.outbox.reroute(sunset_plan(stage.outbox, "linkedin", on=DAY), [second])
    (then,) = stage.outbox.confirm(*onward.possible)
    before = stage.all()
    with pytest.raises(ValidationError, match="is cancelled and cannot be moved"):
        stage.outbox.undo(first.id)
    assert stage.all() == before
    stage.outbox.undo(then.id)
    planned = sorted(network for network, state in stage.all().values() if state == "planned")
    assert planned == ["facebook", "linkedin"]
    stage.outbox.undo(first.id)
    assert [network for network, state in stage.all().values() if state == "planned"] == ["twitter"]
    with pytest.raises(ValidationError, match="undone already"):
        stage.outbox.undo(first.id)


# ── what is stuck, and what is the same ───────────────────────────────────────────────────────────────────────────


def test_what_is_stuck_on_the_old_account_goes_out_on_the_new_one(stage: Stage) -> None:
    """A delivery that waits for a person because of the old account's token is planned afresh for the new one."""
    one = stage.twitter.schedule(Post("One"), NOW + timedelta(hours=1))
    stage.twitter.fail_next("publish", TokenExpired("It expired."))
    stage.outbox.run(until=NOW + timedelta(hours=1, minutes=1))
    assert stage.outbox.delivery(one.id).state is DeliveryState.NEEDS_ATTENTION
    assert [held.id for held in stage.plan.deliveries] == [one.id]
    (proposal,) = stage.proposals(stage.facebook)
    assert [(told.rule, told.severity) for told in proposal.problems] == [("in_time", "warning")]
    (move,) = stage.outbox.confirm(proposal)
    new = stage.outbox.delivery(move.replacements[0])
    assert (new.state, new.due, new.error) == (DeliveryState.PLANNED, new.at, None)
    stage.outbox.run_due()
    assert [post.text for post in stage.facebook.wall] == ["One"]


def test_what_would_be_missed_there_is_told(stage: Stage) -> None:
    """A time that is over by more than the grace would be missed on any account: first another time is needed."""
    one = stage.twitter.schedule(Post("One"), NOW + timedelta(hours=1))
    stage.outbox.pause(network="twitter")
    stage.clock.advance(hours=3)
    rerouting = stage.outbox.reroute(stage.plan, [stage.facebook])
    assert rerouting.stranded == (one.id,)
    assert "plan it for another time first" in str(rerouting)


def test_what_has_begun_since_the_plan_was_made_is_told(stage: Stage) -> None:
    """A proposal says what confirming would say, so that one delivery does not stop all the others."""
    stage.twitter.schedule(Post("One"), LATER)
    plan = stage.plan
    stage.outbox.run(until=LATER + timedelta(minutes=5))
    (proposal,) = stage.outbox.reroute(plan, [stage.facebook]).proposals
    assert "is published and cannot be moved" in str(proposal)
    assert not proposal.possible


def test_two_accounts_posts_that_become_twins_are_told(stage: Stage) -> None:
    """The same text for two accounts would be posted twice to the one that both are proposed for."""
    second = FakeNetwork("twitter", "8", clock=stage.clock, outbox=stage.outbox, lifecycle=stage.lifecycle)
    stage.twitter.schedule(Post("To all of ours"), LATER)
    stage.twitter.schedule(Post("Another"), LATER)
    second.schedule(Post("To all  of ours"), LATER)
    told = [[one.rule for one in proposal.problems] for proposal in stage.proposals(stage.facebook)]
    assert told == [[], [], ["already_there"]]


def test_posts_without_a_text_are_the_same_if_their_pictures_are(stage: Stage) -> None:
    """Two different pictures without a text are no twins; the same picture is one."""
    red, blue = (Image(sample_image(8, size), alt="A square") for size in (8, 16))
    stage.facebook.schedule(Post(media=[red]), LATER)
    for picture in (red, blue):
        stage.twitter.schedule(Post(media=[picture]), LATER)
    told = [[one.rule for one in proposal.problems] for proposal in stage.proposals(stage.facebook)]
    assert told == [["already_there"], []]


def test_what_may_be_live_is_told_and_not_moved(stage: Stage) -> None:
    """A delivery whose outcome is unknown must be settled while the account can still be looked at."""
    one = stage.twitter.schedule(Post("Lost"), NOW + timedelta(hours=1))
    stage.twitter.fail_next("publish", OutcomeUnknown("The answer was lost."))
    stage.outbox.run(until=NOW + timedelta(hours=2))
    plan = stage.plan
    assert ([held.id for held in plan.unsettled], plan.deliveries) == ([one.id], ())
    assert f"post {one.id} for 7 may be live: settle it before: Lost" in str(plan)
    assert stage.outbox.reroute(plan, [stage.facebook]).proposals == ()


@pytest.mark.anyio
async def test_the_async_outbox_moves_alike(tmp_path: Path) -> None:
    """Awaited, the same methods do the same."""
    clock = TestClock(NOW)
    async with AsyncOutbox(tmp_path / "outbox.db", clock=clock) as outbox:
        twitter, facebook = (AsyncFakeNetwork(one, "1", clock=clock, outbox=outbox) for one in ("twitter", "facebook"))
        await twitter.schedule(Post("One"), LATER)
        plan = await sunset_plan_async(outbox, "twitter", on=DAY)
        rerouting = await outbox.reroute(plan, [facebook])
        (move,) = await outbox.confirm(*rerouting.possible)
        assert await outbox.reroutes() == [move]
        assert (await outbox.undo(move.id)).network == "twitter"
