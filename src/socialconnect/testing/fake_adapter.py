"""The adapter behind a fake network: what it holds in memory, and what it does with it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, TypeVar

from socialconnect.adapter import Adapter, Capabilities, DoneSteps, Seen
from socialconnect.clock import Clock
from socialconnect.cost import CostEstimate
from socialconnect.errors import ConfigurationError, NotFound, Problem, SocialConnectError
from socialconnect.journal import Journal, post_id_of
from socialconnect.metrics import AccountMetrics, Metrics, MetricValue, Unavailable
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.registry import find, network_class
from socialconnect.testing.numbers import Numbers
from socialconnect.transport.offline import OfflineTransport
from socialconnect.transport.request import Request, Response

T = TypeVar("T")

__all__ = ["OPERATIONS", "TOKEN", "Failure", "FakeAdapter", "FakeCall", "SendsNothing", "fake_adapter"]

_ABLE = Capabilities(
    drafts=True,
    scheduling=True,
    delete=True,
    read_back=True,
    media_from_url=True,
    media_from_file=True,
    metrics_batch=100,
    account_metrics=True,
    update=True,
    polls=True,
    threads=True,
    first_comment=True,
    documents=True,
    shows_parents=True,
)
OPERATIONS = (
    "publish",
    "comment",
    "delete",
    "update",
    "posts",
    "fetch_metrics",
    "fetch_account_metrics",
    "draft",
    "drafts",
    "update_draft",
    "publish_draft",
    "delete_draft",
    "schedule",
    "scheduled",
    "reschedule",
    "cancel",
)
"""What reaches the network, and can therefore be made to fail."""

# How each network's class names the account; needed to borrow its limits.
_ACCOUNT_ARGUMENT = {"facebook": "page_id", "instagram": "user_id", "linkedin": "author", "twitter": "user_id"}
TOKEN = "fake-token"  # noqa: S105  # opens nothing


@dataclass(frozen=True)
class FakeCall:
    """
    One call that reached a fake.

    Args:
        operation: The method, such as `publish`.
        post: The post, as it reads on this network, where there was one.
        id: The id of what the call was about, where there was one.
    """

    operation: str
    post: Post | None = None
    id: str | None = None


@dataclass
class Failure:
    operation: str
    error: SocialConnectError
    after_effect: bool
    times: int


@dataclass
class _State:
    """What a fake holds. It belongs to the fake, never to the class."""

    wall: dict[str, PublishedPost] = field(default_factory=dict[str, PublishedPost])
    drafts: dict[str, Draft] = field(default_factory=dict[str, Draft])
    plans: dict[str, ScheduledPost] = field(default_factory=dict[str, ScheduledPost])
    numbers: dict[str, Numbers] = field(default_factory=dict[str, Numbers])
    account_numbers: dict[str, float] = field(default_factory=dict[str, float])
    calls: list[FakeCall] = field(default_factory=list[FakeCall])
    failures: list[Failure] = field(default_factory=list[Failure])
    ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.RLock = field(default_factory=threading.RLock)


class FakeAdapter(Adapter):
    hosts: ClassVar[Mapping[str, str]] = {"fake": "https://fake.invalid"}

    def __init__(self, *, account: str, clock: Clock, like: Adapter | None) -> None:
        super().__init__(account=account)
        self.state = _State()
        self._clock = clock
        self._like = like

    @property
    def capabilities(self) -> Capabilities:
        return self._like.capabilities if self._like else _ABLE

    def problems(self, post: Post) -> list[Problem]:
        return self._like.problems(post) if self._like else []

    def schedule_problems(self, post: Post, at: datetime, now: datetime) -> list[Problem]:
        return self._like.schedule_problems(post, at, now) if self._like else []

    def cost(self, post: Post) -> CostEstimate:
        return self._like.cost(post) if self._like else super().cost(post)

    def cost_of(
        self, operation: str, count: int = 1, *, refs: Sequence[str] = (), names: Sequence[str] = ()
    ) -> CostEstimate:
        if self._like is None:
            return super().cost_of(operation, count, refs=refs, names=names)
        return self._like.cost_of(operation, count, refs=refs, names=names)

    # ── the operations ────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(self, post: Post, journal: Journal) -> PublishedPost:
        first, *further = [
            await self._publish_one("publish" if index == 0 else f"thread[{index - 1}]", one, journal)
            for index, one in enumerate((post, *post.thread))
        ]
        if post.first_comment is None:
            return first.model_copy(update={"thread": tuple(further)})

        async def comment() -> str:
            return self._do("comment", lambda: self._made(Post(post.first_comment or ""), parent=first.id).id)

        told = post_id_of(await journal.visible("comment", comment))
        return first.model_copy(update={"thread": tuple(further), "comment": told})

    async def _publish_one(self, step: str, post: Post, journal: Journal) -> PublishedPost:
        async def make() -> str:
            return self._do("publish", lambda: self._made(post).id, post=post)

        return self.state.wall[post_id_of(await journal.visible(step, make))]

    async def delete(self, post_id: str) -> None:
        self._do("delete", lambda: self._taken(self.state.wall, post_id), id=post_id)

    async def update(self, post_id: str, text: str) -> None:
        def change() -> None:
            self.state.wall[post_id] = self._held(post_id).model_copy(update={"text": text})

        self._do("update", change, id=post_id)

    async def posts(self, since: datetime | None, limit: int) -> list[PublishedPost]:
        self.go_live()
        newest_first = reversed(self.state.wall.values())
        found = [
            one for one in newest_first if since is None or (one.created_at is not None and one.created_at >= since)
        ]
        return self._do("posts", lambda: found[:limit])

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        live = await done.recorded("publish") if step == "comment" else None
        if live is None:
            return None
        wanted = (post_id_of(live[0]), post.first_comment)
        below = [one for one in self.state.wall.values() if (one.parent, one.text) == wanted]
        return self._do("posts", lambda: Seen(below[0]) if below else Seen(whole=True))

    async def fetch_metrics(
        self, post_ids: Sequence[str], names: Sequence[str] = ()
    ) -> dict[str, Metrics | SocialConnectError]:
        self.go_live()
        return self._do("fetch_metrics", lambda: {one: self._numbers(one) for one in post_ids})

    async def fetch_account_metrics(
        self, since: datetime | None, until: datetime | None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        def read() -> AccountMetrics:
            given = self.state.account_numbers
            wanted = {name: given[name] for name in names or given if name in given}
            absent = {name: Unavailable(name=name, reason="The fake was given no number for it.") for name in names}
            return AccountMetrics(
                network=self.network,
                account=self.account,
                fetched_at=self._clock.now(),
                values={name: (MetricValue(name=name, value=value),) for name, value in wanted.items()},
                unavailable={name: one for name, one in absent.items() if name not in wanted},
            )

        return self._do("fetch_account_metrics", read)

    async def draft(self, post: Post, journal: Journal) -> Draft:
        return self._do("draft", lambda: self._kept(f"draft-{next(self.state.ids)}", post), post=post)

    async def drafts(self) -> list[Draft]:
        return self._do("drafts", lambda: list(self.state.drafts.values()))

    async def update_draft(self, draft_id: str, post: Post) -> Draft:
        def change() -> Draft:
            self._taken(self.state.drafts, draft_id)
            return self._kept(draft_id, post)

        return self._do("update_draft", change, post=post, id=draft_id)

    async def publish_draft(self, draft_id: str) -> PublishedPost:
        def move() -> PublishedPost:
            draft = self._taken(self.state.drafts, draft_id)
            return self._made(draft.post or Post())

        return self._do("publish_draft", move, id=draft_id)

    async def delete_draft(self, draft_id: str) -> None:
        self._do("delete_draft", lambda: self._taken(self.state.drafts, draft_id), id=draft_id)

    async def schedule(self, post: Post, at: datetime, journal: Journal) -> ScheduledPost:
        return self._do("schedule", lambda: self._planned(f"plan-{next(self.state.ids)}", post, at), post=post)

    async def scheduled(self) -> list[ScheduledPost]:
        self.go_live()
        soonest_first = sorted(self.state.plans.values(), key=lambda one: one.at or self._clock.now())
        return self._do("scheduled", lambda: soonest_first)

    async def reschedule(self, plan_id: str, at: datetime) -> ScheduledPost:
        self.go_live()

        def move() -> ScheduledPost:
            plan = self._taken(self.state.plans, plan_id)
            return self._planned(plan_id, plan.post or Post(), at)

        return self._do("reschedule", move, id=plan_id)

    async def cancel(self, plan_id: str) -> None:
        self.go_live()
        self._do("cancel", lambda: self._taken(self.state.plans, plan_id), id=plan_id)

    # ── state ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, operation: str, act: Callable[[], T], *, post: Post | None = None, id: str | None = None) -> T:
        with self.state.lock:
            self.state.calls.append(FakeCall(operation, post, id))
            failure = next((one for one in self.state.failures if one.operation == operation and one.times > 0), None)
            if failure is None:
                return act()
            failure.times -= 1
            if failure.after_effect:
                act()
            raise failure.error

    def _made(self, post: Post, at: datetime | None = None, *, parent: str | None = None) -> PublishedPost:
        number = str(next(self.state.ids))
        published = PublishedPost(
            network=self.network,
            account=self.account,
            id=number,
            url=f"https://fake.invalid/{self.network}/{number}",
            text=post.text,
            created_at=at or self._clock.now(),
            media_count=len(post.media),
            parent=parent,
        )
        self.state.wall[number] = published
        return published

    def _kept(self, draft_id: str, post: Post) -> Draft:
        now = self._clock.now()
        draft = Draft(
            network=self.network, account=self.account, id=draft_id, post=post, text=post.text, created_at=now
        )
        self.state.drafts[draft_id] = draft
        return draft

    def _planned(self, plan_id: str, post: Post, at: datetime) -> ScheduledPost:
        plan = ScheduledPost(network=self.network, account=self.account, id=plan_id, at=at, post=post, text=post.text)
        self.state.plans[plan_id] = plan
        return plan

    def go_live(self) -> None:
        """Publish what the network itself was to publish by now."""
        with self.state.lock:
            for plan in list(self.state.plans.values()):
                if plan.at is not None and plan.at <= self._clock.now():
                    del self.state.plans[plan.id]
                    self._made(plan.post or Post(), plan.at)

    def _held(self, post_id: str) -> PublishedPost:
        if post_id not in self.state.wall:
            raise NotFound(f"There is no {post_id}.")
        return self.state.wall[post_id]

    def _taken(self, held: dict[str, T], which: str) -> T:
        if which not in held:
            raise NotFound(f"There is no {which}.")
        return held.pop(which)

    def _numbers(self, post_id: str) -> Metrics | SocialConnectError:
        if post_id not in self.state.wall:
            return NotFound(f"There is no post {post_id}.")
        return Metrics(post=post_id, fetched_at=self._clock.now(), **self.state.numbers.get(post_id, {}))


class SendsNothing(OfflineTransport):
    """The transport of a fake: whatever reaches it is a mistake of the fake's."""

    def __init__(self, *, blocking: bool) -> None:
        self.blocking = blocking

    async def send(self, request: Request, headers: dict[str, str], timeout: float) -> Response:
        raise ConfigurationError(f"A fake network has no HTTP: {request.method} {request.url} was asked for.")


def fake_adapter(network: str, account: str, clock: Clock) -> FakeAdapter:
    like: Adapter | None = None
    if network in _ACCOUNT_ARGUMENT:
        find(network)
        borrowed = network_class(network)
        like = borrowed(**{_ACCOUNT_ARGUMENT[network]: account}, token=TOKEN, clock=clock).operations.adapter  # type: ignore[call-arg]  # each network's own arguments
    named = type("FakeAdapter", (FakeAdapter,), {"network": network})
    made: FakeAdapter = named(account=account, clock=clock, like=like)
    return made
