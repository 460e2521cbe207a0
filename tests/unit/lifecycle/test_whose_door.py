"""Which calls an answer shuts out: those of the operation that it was about, and of no other, and no longer than it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx
import pytest

from socialconnect import (
    AccountMetrics,
    Adapter,
    ApiPaywalled,
    ApiRetired,
    AsyncNetwork,
    Capabilities,
    Draft,
    Journal,
    Lifecycle,
    Metrics,
    Network,
    Outbox,
    Overlay,
    Post,
    PublishedPost,
    Request,
    Rule,
    ScheduledPost,
    SocialConnectError,
)
from socialconnect.lifecycle import ApiState, Catalogue, Gate
from socialconnect.testing import TestClock
from socialconnect.transport.request import Effect

MakeCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NOTICE = "https://example.com/notice"


class ShopAdapter(Adapter):
    """Publishes, edits, and reads numbers by one request each."""

    network = "sample"
    hosts = {"api": "https://api.example.com"}  # noqa: RUF012  # as every adapter has it
    capabilities = Capabilities(update=True, drafts=True, scheduling=True)
    rules = (Rule(ApiRetired, status=400, part=True), Rule(ApiPaywalled, status=402))

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        """Send the text, or find by itself that there is no way to."""
        if post.text == "by the old way":
            raise ApiRetired("There is no such way any more.")
        return PublishedPost(network=self.network, account=self.account, id=await self._ask("/posts"))

    async def draft(self, post: Post, journal: Journal) -> Draft:
        """Keep the text there."""
        return Draft(network=self.network, account=self.account, id=await self._ask("/drafts"), held_by="network")

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        """Plan the text there."""
        plan = await self._ask("/plans")
        return ScheduledPost(network=self.network, account=self.account, id=plan, at=at, held_by="network")

    async def update(self, post_id: str, text: str) -> None:
        """Send another text."""
        await self._ask("/edits")

    async def fetch_metrics(
        self, refs: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        """Ask for the numbers of posts."""
        await self._ask("/numbers")
        return {ref: Metrics(post=ref, fetched_at=NOW) for ref in refs}

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Ask for the account's numbers."""
        await self._ask("/account")
        return AccountMetrics(network=self.network, account=self.account, fetched_at=NOW)

    async def _ask(self, path: str) -> str:
        request = Request("POST", self.url("api", path), Effect.PREPARE, json={})
        return await self.wire.call(request, lambda response: str(response.status))


class Shop:
    """Answers each path with the status that is set for it."""

    def __init__(self, **statuses: int) -> None:
        self.statuses = {f"/{name}": status for name, status in statuses.items()}
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        self.asked.append(request.url.path)
        return httpx.Response(self.statuses.get(request.url.path, 200), json={})

    def network(self, clock: TestClock, outbox: Outbox | None = None) -> Network:
        """Give the account, blocking."""
        client = httpx.Client(transport=httpx.MockTransport(self))
        adapter = ShopAdapter(account="7")
        return Network.from_adapter(
            adapter, token="t", http_client=client, clock=clock, lifecycle=Lifecycle(), outbox=outbox
        )


def gate(catalogue: Catalogue, *overlays: Overlay, clock: TestClock, enforce: bool = True) -> Gate:
    """Give a gate that goes by these facts."""
    lifecycle = Lifecycle(catalogues=[catalogue], overlays=overlays, enforce=enforce)
    return Gate(lifecycle, network="sample", account="7", clock=clock)


# ── one operation's answer is not another's ───────────────────────────────────────────────────────────────────────────


def test_an_edit_that_must_be_paid_for_keeps_no_post_back() -> None:
    """Editing shares the catalogue's row with publishing, and not its door: the next post goes out."""
    sample = Shop(edits=402).network(TestClock())
    with pytest.raises(ApiPaywalled) as refused:
        sample.update("1", "Better.")
    assert refused.value.operation == "update"
    assert sample.publish(Post("one")).id == "200"
    with pytest.raises(ApiPaywalled, match="402"):
        sample.update("1", "Better.")
    status = sample.deprecation_status()
    assert status.operations["publish"].state is ApiState.ACTIVE
    assert [one.operation for one in status.answers] == ["update"]


def test_the_accounts_numbers_do_not_open_the_door_of_the_posts() -> None:
    """Where the numbers of posts are sold and the account's are not, a success of these says nothing of those."""
    shop = Shop(numbers=402)
    sample = shop.network(TestClock())
    with pytest.raises(ApiPaywalled):
        sample.fetch_metrics(["1"])
    sample.fetch_account_metrics()
    shop.statuses.clear()
    with pytest.raises(ApiPaywalled) as refused:
        sample.fetch_metrics(["1"])
    assert "nothing was sent" in refused.value.__notes__[0]


def test_what_the_outbox_keeps_is_not_kept_back(tmp_path: Path) -> None:
    """Where the network's own drafts and plans must be paid for, those in the outbox go on, and open no door."""
    clock = TestClock(NOW)
    shop = Shop(drafts=402, plans=402)
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        sample = shop.network(clock, outbox)
        later = NOW + timedelta(days=1)
        for _ in range(2):
            with pytest.raises(ApiPaywalled):
                sample.draft(Post("one"), native=True)
            with pytest.raises(ApiPaywalled):
                sample.schedule(Post("one"), later, native=True)
            draft, plan = sample.draft(Post("two")), sample.schedule(Post("two"), later)
            sample.update_draft(draft, Post("three"))
            sample.reschedule(plan, later + timedelta(days=1))
        assert shop.asked == ["/drafts", "/plans"]


def test_what_the_outbox_keeps_is_stopped_by_the_facts(tmp_path: Path) -> None:
    """From the day on which the network is given up nothing is drafted or planned for it, wherever it is kept."""
    clock, later = TestClock(NOW), NOW + timedelta(days=9)
    with Outbox(tmp_path / "outbox.db", clock=clock) as outbox:
        sample = Shop().network(clock, outbox)
        draft, plan = sample.draft(Post("one")), sample.schedule(Post("one"), later)
        clock.set(date(2026, 12, 1))
        leaving = Overlay(network="sample", effective=date(2026, 12, 1), reason="We leave.", source="the board")
        lifecycle = Lifecycle(overlays=[leaving])
        sample = Network.from_adapter(
            ShopAdapter(account="7"), token="t", clock=clock, lifecycle=lifecycle, outbox=outbox
        )
        calls: list[Callable[[], object]] = [
            lambda: sample.draft(Post("two")),
            lambda: sample.update_draft(draft, Post("two")),
            lambda: sample.schedule(Post("two"), later),
            lambda: sample.reschedule(plan, later),
        ]
        for call in calls:
            with pytest.raises(ApiRetired, match="We leave") as refused:
                call()
            assert (refused.value.network, refused.value.account) == ("sample", "7")
        sample.delete_draft(draft)
        sample.cancel(plan)


# ── a try that decides nothing leaves the next call to try ────────────────────────────────────────────────────────────


def test_a_part_that_is_refused_while_trying_leaves_the_next_one_to_try() -> None:
    """A field that is gone says nothing of the paywall: the next post, which needs none of it, is not kept back."""
    shop, clock = Shop(posts=402), TestClock()
    sample = shop.network(clock)
    with pytest.raises(ApiPaywalled):
        sample.publish(Post("one"))
    clock.advance(minutes=15)
    shop.statuses["/posts"] = 400
    with pytest.raises(ApiRetired):
        sample.publish(Post("with a field that is gone"))
    shop.statuses.clear()
    assert sample.publish(Post("two")).id == "200"


def test_a_try_that_the_adapter_gave_up_by_itself_leaves_the_next_one_to_try() -> None:
    """What never reached the network is no answer of it."""
    shop, clock = Shop(posts=402), TestClock()
    sample = shop.network(clock)
    with pytest.raises(ApiPaywalled):
        sample.publish(Post("one"))
    clock.advance(minutes=15)
    shop.statuses.clear()
    with pytest.raises(ApiRetired):
        sample.publish(Post("by the old way"))
    assert shop.asked == ["/posts"]
    assert sample.publish(Post("two")).id == "200"


@pytest.mark.anyio
async def test_a_try_that_is_cancelled_leaves_the_next_one_to_try() -> None:
    """A caller that gave up waiting does not keep everyone out for the whole time again."""
    shop, clock = Shop(posts=402), TestClock()

    async def answer(request: httpx.Request) -> httpx.Response:
        await anyio.lowlevel.checkpoint()
        return shop(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        adapter = ShopAdapter(account="7")
        sample = AsyncNetwork.from_adapter(adapter, token="t", http_client=client, clock=clock, lifecycle=Lifecycle())
        with pytest.raises(ApiPaywalled):
            await sample.publish(Post("one"))
        clock.advance(minutes=15)
        shop.statuses.clear()
        with anyio.CancelScope() as scope:
            scope.cancel()
            await sample.publish(Post("given up"))
        assert scope.cancelled_caught
        assert (await sample.publish(Post("two"))).id == "200"


# ── how long an answer counts ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_application_decides_later_is_what_the_status_says(make_catalogue: MakeCatalogue) -> None:
    """From the day on which it gives the network up, no answer of before decides: no call can ever take that back."""
    clock = TestClock(NOW)
    leaving = Overlay(network="sample", effective=date(2026, 12, 1), reason="We leave.", source="the board")
    learning = gate(make_catalogue(), leaving, clock=clock)
    learning.learn(ApiPaywalled("No access.", status=403), "publish")
    assert learning.status().operations["publish"].state is ApiState.PAYWALLED
    clock.set(date(2026, 12, 1))
    publish = learning.status().operations["publish"]
    assert (publish.state, publish.source, publish.reason) == (ApiState.RETIRED, "the board", "We leave.")
    assert learning.status().state is ApiState.RETIRED


def test_an_end_that_came_after_the_answer_counts(make_catalogue: MakeCatalogue) -> None:
    """A paywall that was met before the end says nothing against the end."""
    clock = TestClock(NOW)
    learning = gate(make_catalogue({"effective": date(2026, 12, 1)}), clock=clock)
    learning.learn(ApiPaywalled("No access.", status=403), "publish")
    clock.set(date(2026, 12, 1))
    publish = learning.status().operations["publish"]
    assert (publish.state, publish.source) == (ApiState.RETIRED, NOTICE)


def test_a_success_says_nothing_against_what_the_application_declared(make_catalogue: MakeCatalogue) -> None:
    """With the gate off a call goes through: that is no drift of the facts, and the status stays."""
    events: list[str] = []
    leaving = Overlay(network="sample", effective=date(2026, 1, 1), reason="We leave.", source="the board")
    lifecycle = Lifecycle(
        catalogues=[make_catalogue()], overlays=[leaving], enforce=False, on_event=lambda one: events.append(one.kind)
    )
    passing = Gate(lifecycle, network="sample", account="7", clock=TestClock(NOW))
    with pytest.warns(match="We leave"):
        passing.check("publish")
    passing.passed("publish")
    assert events == ["warned"]
    assert passing.status().answers == ()
    assert passing.status().operations["publish"].state is ApiState.RETIRED


def test_a_second_contradiction_is_told_too(make_catalogue: MakeCatalogue) -> None:
    """An ended version that is still served, and then a retired operation that still works, are two things to learn."""
    clock = TestClock(NOW)
    catalogue = make_catalogue(
        {"effective": date(2026, 12, 1)},
        versions=[{"version": "1", "released": date(2025, 1, 1), "ends": date(2026, 11, 1)}],
    )
    drifts: list[str] = []
    lifecycle = Lifecycle(catalogues=[catalogue], enforce=False, on_event=lambda one: drifts.append(one.text))
    passing = Gate(lifecycle, network="sample", account="7", clock=clock, api="main", version="1")
    with pytest.warns(match="ends|ended"):
        passing.check("publish")
    passing.passed("publish", served="1")
    clock.set(date(2026, 12, 1))
    with pytest.warns(match="goes on"):
        passing.check("publish")
    passing.passed("publish", served="2")
    assert sum("still served" in one for one in drifts) == 1
    assert sum("The call went through" in one for one in drifts) == 1


def test_an_answer_keeps_nothing_of_the_call(make_catalogue: MakeCatalogue) -> None:
    """What is remembered holds no traceback: its frames would keep the post, its files and the token alive."""
    learning = gate(make_catalogue(), clock=TestClock(NOW))
    try:
        raise ApiPaywalled("No access.", status=403)
    except ApiPaywalled as error:
        learning.learn(error, "publish")
    (kept,) = (one.error for one in learning._answers._last.values())  # seen by nobody else
    assert kept is not None
    assert traceback.extract_tb(kept.__traceback__) == []
    assert learning.shut["publish"].__traceback__ is None


# ── what nobody read stops nothing ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("confidence", "stops"), [("seen", True), ("secondary", True), ("unverified", False)])
def test_an_end_that_nobody_read_stops_no_call(make_catalogue: MakeCatalogue, confidence: str, *, stops: bool) -> None:
    """What was not read in any document is told, and the network decides: it may well take the call."""
    ended = {"effective": date(2026, 1, 1), "confidence": confidence}
    versions = [
        {"version": "1", "released": date(2025, 1, 1), "ends": date(2026, 1, 1), "confidence": confidence},
    ]
    lifecycle = Lifecycle(catalogues=[make_catalogue(ended, versions=versions)])
    by_operation = Gate(lifecycle, network="sample", account="7", clock=TestClock(NOW))
    by_version = Gate(lifecycle, network="sample", account="7", clock=TestClock(NOW), api="main", version="1")
    for one, operation in ((by_operation, "publish"), (by_version, "posts")):
        if stops:
            with pytest.raises(ApiRetired):
                one.check(operation)
        else:
            with pytest.warns(match="The call goes on, since this was not read in any document"):
                one.check(operation)


def test_a_metric_that_is_yet_to_come_is_not_called_alive(make_catalogue: MakeCatalogue) -> None:
    """A name that the network refuses before the day on which it begins contradicts nothing."""
    row = {"names": ["new"], "level": "post", "since": date(2026, 12, 1), "source": NOTICE}
    metrics = Catalogue.model_validate({"network": "sample", "verified_on": NOW.date(), "metrics": [row]}).metrics
    clock, events = TestClock(NOW), list[str]()
    lifecycle = Lifecycle(
        catalogues=[make_catalogue().model_copy(update={"metrics": metrics})],
        on_event=lambda one: events.append(one.kind),
    )
    learning = Gate(lifecycle, network="sample", account="7", clock=clock)
    learning.metrics_refused(["new"])
    assert events == []
    clock.set(date(2026, 12, 1))
    learning.metrics_refused(["new"])
    assert events == ["drifted"]
