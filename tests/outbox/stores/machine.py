"""What may be done to a store, in any order and by anybody, with a dictionary beside it that says what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.outbox.stores.dictionary import Dictionary, unlooked
from tests.outbox.stores.given import LEASE, NOW, OTHER, PAGE, delivery, published

from socialconnect import Draft, Post
from socialconnect.errors import ValidationError
from socialconnect.network import run
from socialconnect.outbox import Delivery, DeliveryState
from socialconnect.outbox.ledger import Ledger
from socialconnect.outbox.reconciliation import Doubt, Verdict
from socialconnect.outbox.store import Account, Claim, LeaseLost, Paused, Query, Result, Store

_S = DeliveryState
SECOND = (PAGE[0], "1001")
ACCOUNTS = (PAGE, SECOND, OTHER)
ACCOUNT = st.sampled_from([PAGE, PAGE, PAGE, SECOND, OTHER])
MINUTES = st.sampled_from([0, 0, 0, 1, 5, -2])
CAMPAIGN = st.sampled_from(["spring", "spring", "summer", "autumn"])
OWNER = st.sampled_from(["anna", "ben"])
STEP = st.sampled_from(["publish", "comment"])
ENDS = st.sampled_from(
    [_S.PUBLISHED, _S.PUBLISHED, _S.FAILED, _S.UNKNOWN, _S.UNKNOWN, _S.PLANNED, _S.MISSED, _S.NEEDS_ATTENTION]
)
FOUND = st.sampled_from(["seen-1", "seen-2", "own"])
WHAT = st.sampled_from(["found", "found", "again", "later", "never", "failed"])
Outcome = tuple[str, Any]


def outcome(act: Callable[[], Any]) -> Outcome:
    """What came of it: what it gave, or how it refused."""
    try:
        found = act()
    except (LeaseLost, Paused) as refused:
        return type(refused).__name__, None
    except (ValueError, ValidationError):
        return "refused", None
    return "done", (found.delivery, found.fence) if isinstance(found, Claim) else found


class Model(RuleBasedStateMachine):
    """Two processes over one store, and the dictionary. The clock may go back."""

    stores: tuple[Store, Store]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.model = Dictionary()
        self.claims: list[Claim] = []
        self.doubts: list[Doubt] = []
        self.turn = 0

    @property
    def store(self) -> Store:
        """The next process's."""
        self.turn += 1
        return self.stores[self.turn % 2]

    def both(self, of_store: Callable[[Store], Any], of_model: Callable[[], Any]) -> Any:
        """Do it to both, and see that the same comes of it; gives what the store gave, if it did it."""
        given: list[Any] = []

        def act() -> Any:
            given.append(run(of_store(self.store)))
            return given[0]

        assert outcome(act) == outcome(of_model)
        return given[0] if given else None

    def later(self, minutes: float = 0) -> datetime:
        """So many minutes from now."""
        return self.now + timedelta(minutes=minutes)

    def draw_claim(self, data: st.DataObject) -> Claim:
        """Some worker's claim, mostly one that is still its own."""
        live = [one for one in self.claims if self.model.holds(one)]
        return data.draw(st.sampled_from([*live * 3, *self.claims[-5:]]))

    def draw_id(self, data: st.DataObject) -> str:
        """Some delivery's id."""
        return data.draw(st.sampled_from([*self.model.kept, "nothing"]))

    # ── time, plans, campaigns ────────────────────────────────────────────────────────────────────────────────────

    @rule(minutes=st.sampled_from([1, 5, 11, 11, -3]))
    def wait(self, minutes: int) -> None:
        """Time goes on, or the clock is set back."""
        self.now = self.later(minutes)

    @rule(
        account=ACCOUNT, times=st.lists(MINUTES, min_size=1, max_size=3), thread=st.sampled_from([False, False, True])
    )
    def plan(self, account: Account, times: list[int], *, thread: bool) -> None:
        """Put some in."""
        post = Post("hello", thread=[Post("and more")]) if thread else None
        self.add([self.new(account, minutes, post=post) for minutes in times])

    @rule(campaign=CAMPAIGN, accounts=st.lists(ACCOUNT, min_size=1, max_size=3), held=st.booleans(), minutes=MINUTES)
    def add_campaign(self, campaign: str, accounts: list[Account], minutes: int, *, held: bool) -> None:
        """Put a campaign in, by offset or at a time; its name may be taken."""
        offset = timedelta(minutes=minutes) if held else None
        self.add([self.new(one, minutes, offset=offset, campaign=campaign) for one in accounts], campaign)

    def new(self, account: Account, minutes: float, **more: Any) -> Delivery:
        """A delivery that is not there yet."""
        one = delivery(account=account, **more)
        at = None if one.state is _S.HELD else self.later(minutes)
        due = None if one.state is not _S.PLANNED else at
        return one.model_copy(update={"at": at, "due": due, "created_at": self.now, "changed_at": self.now})

    def add(self, new: list[Delivery], campaign: str | None = None) -> None:
        self.both(lambda store: store.add(new, campaign=campaign), lambda: self.model.add(new, campaign))

    @rule(campaign=CAMPAIGN, minutes=MINUTES)
    def launch(self, campaign: str, minutes: int) -> None:
        """A campaign starts, if it has not yet."""
        given = campaign, self.later(minutes), self.now
        self.both(lambda store: store.launch(*given), lambda: self.model.launch(*given))

    @rule(campaign=CAMPAIGN, minutes=MINUTES)
    def move_start(self, campaign: str, minutes: int) -> None:
        """A campaign's start moves."""
        given = campaign, self.later(minutes), self.now
        self.both(lambda store: store.move_start(*given), lambda: self.model.move_start(*given))

    @rule(campaign=st.sampled_from(["spring", "summer", "nothing", "nothing"]))
    def call_off(self, campaign: str) -> None:
        """A campaign is called off."""
        self.both(lambda store: store.call_off(campaign, self.now), lambda: self.model.call_off(campaign, self.now))

    @rule(what=st.sampled_from([("network", PAGE[0]), ("network", OTHER[0]), ("campaign", "spring")]))
    def pause(self, what: tuple[str, str]) -> None:
        """A network or campaign is paused, or paused again."""
        self.both(lambda store: store.pause(*what, self.now), lambda: self.model.pause(*what, self.now))

    @rule(what=st.sampled_from([("network", PAGE[0]), ("network", OTHER[0]), ("campaign", "spring")]))
    def resume(self, what: tuple[str, str]) -> None:
        """It goes on, if it was paused."""
        self.both(lambda store: store.resume(*what), lambda: self.model.resume(*what))

    # ── workers ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(account=ACCOUNT, owner=OWNER)
    def claim(self, account: Account, owner: str) -> None:
        """Claim what is due."""
        self.take(account, owner)

    def take(self, account: Account, owner: str) -> Claim | None:
        given: Any = {"owner": owner, "now": self.now, "lease_until": self.now + LEASE}
        claim: Claim | None = self.both(
            lambda store: store.claim(account, **given), lambda: self.model.claim(account, **given)
        )
        self.claims += [claim] if claim else []
        return claim

    @rule(account=ACCOUNT, owner=OWNER, step=STEP)
    def begin(self, account: Account, owner: str, step: str) -> None:
        """Claim what is due, and go on to the intent."""
        if claim := self.take(account, owner):
            self.write_intent(claim, step)

    @rule(account=ACCOUNT, minutes=st.sampled_from([0, 0, 1]), recorded=st.booleans())
    def lose(self, account: Account, minutes: int, *, recorded: bool) -> None:
        """An answer is lost, or its worker is; maybe after an earlier attempt."""
        claim = self.take(account, "anna")
        if claim is None:
            return
        self.write_intent(claim, "publish")
        self.now = self.later(minutes)
        self.end(claim, _S.UNKNOWN) if recorded else self.recover(("anna",))

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), lives=st.sampled_from([None, 1, 20]))
    def record_step(self, data: st.DataObject, lives: int | None) -> None:
        """A worker records what nobody sees."""
        claim, until = self.draw_claim(data), self.now + LEASE
        expires = None if lives is None else self.later(lives)
        more: Any = {"now": self.now, "expires": expires, "lease_until": until}
        self.both(
            lambda store: store.record_step(claim, "upload", "media-1", **more),
            lambda: self.model.record_step(claim, "upload", "media-1", expires, until),
        )

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), step=STEP)
    def intend(self, data: st.DataObject, step: str) -> None:
        """A worker writes its intent, be it the owner or not."""
        self.write_intent(self.draw_claim(data), step)

    def write_intent(self, claim: Claim, step: str) -> None:
        until = self.now + LEASE
        self.both(
            lambda store: store.intend(claim, step, now=self.now, lease_until=until),
            lambda: self.model.intend(claim, step, self.now, until),
        )

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), step=STEP)
    def answer(self, data: st.DataObject, step: str) -> None:
        """A worker records an answer."""
        claim = self.draw_claim(data)
        post = f"{claim.delivery.id}-{step}"
        self.both(
            lambda store: store.answer(claim, step, post, now=self.now), lambda: self.model.answer(claim, step, post)
        )

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), state=ENDS, minutes=MINUTES)
    def finish(self, data: st.DataObject, state: DeliveryState, minutes: int) -> None:
        """A worker records its end."""
        self.end(self.draw_claim(data), state, minutes)

    def end(self, claim: Claim, state: DeliveryState, minutes: int = 0) -> None:
        live = published(f"{claim.delivery.id}-publish", claim.delivery) if state is _S.PUBLISHED else None
        due = self.later(minutes) if state is _S.PLANNED else None
        existing = "seen-1" if state is _S.UNKNOWN else None
        result = Result(state, due=due, published=live, error="told", error_kind="Kind", existing=existing)
        self.both(
            lambda store: store.finish(claim, result, self.now), lambda: self.model.finish(claim, result, self.now)
        )

    @rule(gone=st.sampled_from([(), (), ("anna",), ("ben",)]))
    def recover(self, gone: tuple[str, ...]) -> None:
        """What dead workers held is freed."""
        self.both(lambda store: store.recover(self.now, gone.__contains__), lambda: self.model.recover(self.now, gone))

    @rule(account=ACCOUNT, bystander=ACCOUNT, intended=st.booleans(), step=STEP)
    def take_over(self, account: Account, bystander: Account, step: str, *, intended: bool) -> None:
        """A worker stands still past its lease, another one takes over, and the first goes on."""
        claim = self.take(account, "anna")
        if claim is None:
            return
        if intended:
            self.write_intent(claim, step)
        self.now += LEASE
        self.take(bystander, "ben")
        self.recover(())
        self.take(account, "ben")
        self.write_intent(claim, step)
        self.end(claim, _S.FAILED)

    @rule(account=ACCOUNT)
    def miss(self, account: Account) -> None:
        """What is too late is called missed."""
        before = self.later(-3)
        self.both(
            lambda store: store.miss(account, before=before, now=self.now),
            lambda: self.model.miss(account, before, self.now),
        )

    # ── what is unknown ───────────────────────────────────────────────────────────────────────────────────────────

    @rule(account=ACCOUNT, afresh=st.booleans())
    def begin_to_look(self, account: Account, *, afresh: bool) -> None:
        """Somebody begins to look for what is unknown."""
        self.look(account, afresh=afresh)

    def look(self, account: Account, *, afresh: bool) -> None:
        found = self.both(lambda store: store.doubts(account, self.now), lambda: self.model.doubts(account, self.now))
        self.doubts += [unlooked(one) if afresh else one for one in found]

    @precondition(lambda self: self.doubts)
    @rule(data=st.data(), found=FOUND, what=WHAT)
    def conclude(self, data: st.DataObject, found: str, what: str) -> None:
        """Somebody records what a look found out, now or long after it."""
        self.record(data.draw(st.sampled_from(self.doubts[-6:])), found, what)

    @rule(account=ACCOUNT, found=FOUND, what=WHAT)
    def look_and_conclude(self, account: Account, found: str, what: str) -> None:
        """Somebody looks, and records it at once."""
        self.look(account, afresh=False)
        for doubt in self.doubts[-2:]:
            self.record(doubt, found, what)

    def record(self, doubt: Doubt, found: str, what: str) -> None:
        post = published(f"{doubt.delivery.id}-seen" if found == "own" else found, doubt.delivery)
        verdict = {
            "found": Verdict(found=post, told="there"),
            "again": Verdict(again=True, told="not there"),
            "later": Verdict(look_at=self.later(2), told="not yet"),
            "never": Verdict(told="look yourself"),
            "failed": Verdict(look_at=self.later(1), looked=False, told="no answer"),
        }[what]
        self.both(
            lambda store: store.conclude(doubt, verdict, self.now),
            lambda: self.model.conclude(doubt, verdict, self.now),
        )

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), state=st.sampled_from([_S.CANCELLED, _S.PLANNED, _S.PUBLISHED, _S.FAILED]), minutes=MINUTES)
    def decide(self, data: st.DataObject, state: DeliveryState, minutes: int) -> None:
        """A person cancels a delivery, plans it anew, or settles it, if that may be."""

        def decide(old: Delivery) -> Delivery:
            planned = {"at": self.later(minutes), "due": self.later(minutes), "attempts": 0}
            live = {"published": published(f"{old.id}-settled", old)} if state is _S.PUBLISHED else {}
            more = planned if state is _S.PLANNED else {"due": None, **live}
            return old.model_copy(update={"state": state, "changed_at": self.now, **more})

        self.change(self.draw_id(data), decide)

    def change(self, key: str, decide: Callable[[Delivery], Delivery]) -> None:
        self.both(lambda store: store.change(key, decide), lambda: self.model.change(key, decide))

    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        """A person's wish is refused in the middle of it."""

        def decide(old: Delivery) -> Delivery:
            raise ValueError

        self.change(self.draw_id(data), decide)

    @precondition(lambda self: self.model.kept)
    @rule(data=st.data(), account=ACCOUNT)
    def reroute(self, data: st.DataObject, account: Account) -> None:
        """A delivery is cancelled, and another one for another account takes its place; or neither."""
        key = data.draw(st.sampled_from([*self.model.kept]))
        new = self.new(account, 1)

        def decide(old: Delivery) -> tuple[Delivery, Delivery]:
            return old.model_copy(update={"state": _S.CANCELLED, "due": None, "changed_at": self.now}), new

        async def reroute(store: Store) -> None:
            assert isinstance(store, Ledger)
            await store.replace([key], lambda held: (decide(held[key]), ()))

        self.both(reroute, lambda: self.model.reroute(key, decide))

    @rule(account=ACCOUNT, name=st.sampled_from(["one", "two"]))
    def draft(self, account: Account, name: str) -> None:
        """A draft is put in, or changed if it is there."""
        post = Post(f"{self.now}")
        draft = Draft(network=account[0], account=account[1], id=name, post=post, held_by="outbox", created_at=self.now)
        if not self.both(lambda store: store.update_draft(draft), lambda: self.model.update_draft(draft)):
            run(self.store.add_draft(draft))
            self.model.drafts[name] = draft

    @rule(name=st.sampled_from(["one", "two"]), owner=OWNER)
    def publish_draft(self, name: str, owner: str) -> None:
        """A draft becomes a delivery that is claimed at once."""
        draft = self.model.drafts.get(name)
        account = (draft.network, draft.account) if draft else PAGE
        new = self.new(account, 0, state=_S.CLAIMED).model_copy(update={"attempts": 1})
        until = self.now + LEASE
        claim = self.both(
            lambda store: store.claim_draft(name, new, owner=owner, now=self.now, lease_until=until),
            lambda: self.model.claim_draft(name, new, owner, until),
        )
        self.claims += [claim] if claim else []

    @rule(name=st.sampled_from(["one", "two"]))
    def delete_draft(self, name: str) -> None:
        """A draft is deleted, if it is there."""
        self.both(lambda store: store.delete_draft(name), lambda: self.model.drafts.pop(name, None) is not None)

    @rule(minutes=st.sampled_from([0, 20]), limit=st.sampled_from([1, 10]))
    def forget(self, minutes: int, limit: int) -> None:
        """What ended is deleted."""
        before = self.later(-minutes)
        self.both(lambda store: store.forget(before, limit), lambda: self.model.forget(before, limit))

    # ── what always holds ─────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def they_hold_the_same(self) -> None:
        """Deliveries, in every column, their order, drafts, pauses, and what is to be done when."""
        store, model = self.store, self.model
        assert run(store.deliveries(Query())) == model.in_order()
        assert run(store.drafts(None, None)) == sorted(
            model.drafts.values(), key=lambda one: list(model.drafts).index(one.id)
        )
        assert run(store.pauses()) == model.pauses()
        assert run(store.due(self.now)) == model.due(self.now)
        for account in ACCOUNTS:
            assert run(store.next_moment(account)) == model.next_moment(account)

    @precondition(lambda self: self.claims)
    @invariant()
    def they_know_the_same_steps(self) -> None:
        """Of the delivery that was claimed last, what is on record."""
        key = self.claims[-1].delivery.id
        for step in ("upload", "publish", "comment"):
            assert run(self.store.recorded(key, step, self.now)) == self.model.recorded(key, step, self.now)

    def teardown(self) -> None:
        """See that each delivery's history tells its whole life, and that no post belongs to two."""
        for key, one in self.model.kept.items():
            assert run(self.store.history(key)) == one.history
