"""
The path of a call, in one place, for the blocking and the async face alike.

Every operation goes, top to bottom:

1. **gate** — `Gate.check`: is the operation retired today, or did the network just say so?
   (`ApiRetired`, `ApiPaywalled`)
2. **validation** — `problems`: everything that is wrong with the post, at once. (`ValidationError`)
3. **spend limit** — what it may cost at most, against what is left. (`QuotaExceeded`)
4. **adapter** — the network's own way of doing it, through its wire:
   pacing → token → signing → transport and retry → verdict → parsing (`transport/wire.py`).
5. **error** — completed with network, account, operation and what the catalogue knows; a closed door is remembered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

from pydantic import JsonValue

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import StaticToken, TokenSource
from socialconnect.checks import common_problems, naive_problems, refuse, source_problems, time_problems
from socialconnect.clock import Clock
from socialconnect.cost import CostEstimate
from socialconnect.errors import LifecycleError, NotFound, Problem, SocialConnectError, ValidationError
from socialconnect.journal import Journal, NoJournal
from socialconnect.lifecycle import DeprecationStatus, Gate, Lifecycle
from socialconnect.metrics import Metrics, MetricsReport
from socialconnect.plans import Plans
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.preview import PreparedRequest, RecordingTransport
from socialconnect.spending import Budget, WatchedJournal
from socialconnect.transport.engine import Transport
from socialconnect.transport.pacing import Pacing, RateWindow
from socialconnect.transport.request import Effect, Request, Response
from socialconnect.transport.retry import RetryPolicy
from socialconnect.transport.wire import Wire

__all__ = ["Operations"]

T = TypeVar("T")
_NO_JOURNAL = NoJournal()


class Operations:
    """
    All that an account can do, as coroutines. `Network` drives them blocking, `AsyncNetwork` awaits them.

    Args:
        adapter: The network's adapter, not yet bound.
        transport: What sends.
        tokens: Where the credential comes from.
        clock: The clock.
        lifecycle: The facts about APIs' lives, and settings.
        api: The API whose version the adapter asks for, as in the catalogue.
        retry: How often to try.
        timeout: Seconds for a request.
        publish_timeout: Seconds for a request that people see.
        plans: The outbox's side for networks, if there is an outbox.
        spend_limit: How much money this object may spend on publishing, at the most that its calls can cost.
    """

    def __init__(
        self,
        adapter: Adapter,
        transport: Transport,
        tokens: TokenSource,
        *,
        clock: Clock,
        lifecycle: Lifecycle,
        api: str | None,
        retry: RetryPolicy,
        timeout: float,
        publish_timeout: float,
        plans: Plans | None,
        spend_limit: Decimal | None,
    ) -> None:
        self.network = adapter.network
        self.account = adapter.account
        self.clock = clock
        self.transport = transport
        self.gate = Gate(
            lifecycle,
            network=adapter.network,
            account=adapter.account,
            clock=clock,
            api=api,
            version=adapter.api_version,
        )
        self._lifecycle = lifecycle
        self._retry, self._timeout = retry, timeout
        self.publish_timeout = publish_timeout
        """Seconds that a request which people see may last."""
        self._pacing = Pacing(clock)
        self._wire = self._wired(adapter, transport, tokens, self._pacing)
        self.adapter = adapter.bind(self._wire)
        self._plans = plans
        self._budget = None if spend_limit is None else Budget(spend_limit)
        if plans is not None:
            plans.attach(self)

    def _wired(self, adapter: Adapter, transport: Transport, tokens: TokenSource, pacing: Pacing) -> Wire:
        return Wire(
            adapter,
            transport,
            tokens,
            clock=self.clock,
            pacing=pacing,
            retry=self._retry,
            timeout=self._timeout,
            publish_timeout=self.publish_timeout,
        )

    # ── the path ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _call(
        self,
        operation: str,
        act: Callable[[], Awaitable[T]],
        *,
        post: Post | None = None,
        problems: Sequence[Problem] = (),
        sends: bool = True,
    ) -> T:
        self.gate.check(operation, sends=sends)  # its errors are complete, and are not the network's answer
        try:
            if post is not None:
                problems = [*problems, *self.problems(post)]
            refuse(problems)
            result = await act()
        except LifecycleError as error:
            if error.status is not None:  # the network's own answer
                self.gate.learn(error, operation)
            error.at(network=self.network, account=self.account, operation=operation)
            raise
        except SocialConnectError as error:
            self.gate.undecided(operation)
            error.at(network=self.network, account=self.account, operation=operation)
            raise
        self.gate.passed(operation)
        return result

    def _native(self, native: bool, feature: str, able: bool) -> Plans | None:
        """Say who keeps a draft or plan: the outbox, or the network itself (`None`)."""
        if self._plans is not None and not native:
            return self._plans
        if able:
            return None
        error = self.adapter.unsupported(feature, "give the network an outbox, which keeps drafts and plans itself")
        raise error.at(network=self.network, account=self.account, operation=feature)

    def _keeper(self, held_by: str) -> Plans | None:
        if held_by == "network":
            return None
        if self._plans is None:
            raise NotFound("It is kept in an outbox, and this network was given none.")
        return self._plans

    # ── publishing ────────────────────────────────────────────────────────────────────────────────────────────────

    async def publish(
        self,
        post: Post,
        journal: Journal = _NO_JOURNAL,
        before_visible: Callable[[], Awaitable[None]] | None = None,
    ) -> PublishedPost:
        """Publish now; see `Network.publish`, and `Wire.guarded` for what is called before a visible request."""
        ours = post.for_network(self.network)
        adapter = self.adapter if before_visible is None else self.adapter.bind(self._wire.guarded(before_visible))
        if self._budget is None:
            return await self._call("publish", lambda: adapter.publish(ours, journal), post=post)
        budget = self._budget
        return await self._call("publish", lambda: self._within(budget, adapter, ours, journal), post=post)

    async def _within(self, budget: Budget, adapter: Adapter, post: Post, journal: Journal) -> PublishedPost:
        """Publish with its cost set aside; given back if the request that costs never left."""
        cost = self.adapter.cost(post).high
        budget.reserve(cost)
        watched = WatchedJournal(journal)
        try:
            return await adapter.publish(post, watched)
        except BaseException:
            if not watched.sent:
                budget.release(cost)
            raise

    async def delete(self, ref: PublishedPost | str) -> None:
        """Delete a published post; see `Network.delete`."""
        post_id = self._own_id(ref)
        await self._call("delete", lambda: self.adapter.delete(post_id))

    async def posts(self, *, since: datetime | None = None, limit: int = 100) -> list[PublishedPost]:
        """Give recent posts; see `Network.posts`."""
        problems = naive_problems("since", since) if since is not None else []
        return await self._call("posts", lambda: self.adapter.posts(since, limit), problems=problems)

    async def fetch_metrics(self, refs: Sequence[PublishedPost | str]) -> MetricsReport:
        """Give the numbers of posts; see `Network.fetch_metrics`."""
        if isinstance(refs, str):  # a text is a sequence too: of letters, and each would be asked for
            message = "give a list of posts or ids, not one text"
            raise ValidationError([Problem(field="refs", rule="list", message=message)], operation="fetch_metrics")
        wanted = list(dict.fromkeys(self._own_id(ref) for ref in refs))
        found = await self._call("fetch_metrics", lambda: self._metrics(wanted))
        missing = NotFound("The network gave nothing for this post.")
        results = {ref: found.get(ref, missing) for ref in wanted}
        for result in results.values():
            if isinstance(result, SocialConnectError):
                result.at(network=self.network, account=self.account, operation="fetch_metrics")
        catalogue = self._lifecycle.catalogue(self.network)
        return MetricsReport(self.network, results, data_use=catalogue.terms if catalogue else ())

    async def _metrics(self, wanted: list[str]) -> dict[str, Metrics | SocialConnectError]:
        return await self.adapter.fetch_metrics(wanted) if wanted else {}

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, *, native: bool = False) -> Draft:
        """Keep a draft; see `Network.draft`."""

        async def keep() -> Draft:
            plans = self._native(native, "draft", self.adapter.capabilities.drafts)
            if plans is not None:
                return await plans.add_draft(self.network, self.account, post)
            return await self.adapter.draft(post.for_network(self.network), _NO_JOURNAL)

        # A draft may be unfinished: what is wrong with it is told when it is published.
        return await self._call("draft", keep)

    async def drafts(self, *, native: bool = False) -> list[Draft]:
        """Give the drafts; see `Network.drafts`."""
        plans = self._native(native, "draft", self.adapter.capabilities.drafts)
        if plans is not None:
            return await plans.drafts(self.network, self.account)  # also after the network is retired
        return await self._call("draft", self.adapter.drafts)

    async def update_draft(self, draft: Draft, post: Post) -> Draft:
        """Change a draft; see `Network.update_draft`."""
        plans = self._keeper(draft.held_by)
        if plans is not None:
            return await self._call("draft", lambda: plans.update_draft(self.network, self.account, draft.id, post))
        ours = post.for_network(self.network)
        return await self._call("draft", lambda: self.adapter.update_draft(draft.id, ours))

    async def publish_draft(self, draft: Draft) -> PublishedPost:
        """Publish a draft; see `Network.publish_draft`."""
        plans = self._keeper(draft.held_by)
        if plans is not None:
            carry_out = partial(plans.publish_draft, self.network, self.account, draft.id)
            return await self._call("publish", carry_out, sends=False)
        return await self._call("publish", lambda: self.adapter.publish_draft(draft.id))

    async def delete_draft(self, draft: Draft) -> None:
        """Delete a draft; see `Network.delete_draft`."""
        plans = self._keeper(draft.held_by)
        if plans is not None:
            return await plans.delete_draft(self.network, self.account, draft.id)
        return await self._call("draft", lambda: self.adapter.delete_draft(draft.id))

    # ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def schedule(self, post: Post, at: datetime, *, native: bool = False) -> ScheduledPost:
        """Plan a post; see `Network.schedule`."""
        ours = post.for_network(self.network)
        problems = time_problems(at, self.clock.now())

        async def plan() -> ScheduledPost:
            plans = self._native(native, "schedule", self.adapter.capabilities.scheduling)
            if plans is not None:
                return await plans.schedule(self.network, self.account, post, at)
            refuse(self.adapter.schedule_problems(ours, at, self.clock.now()))
            return await self.adapter.schedule(ours, at, _NO_JOURNAL)

        return await self._call("schedule", plan, post=post, problems=problems)

    async def scheduled(self, *, native: bool = False) -> list[ScheduledPost]:
        """Give the plans; see `Network.scheduled`."""
        plans = self._native(native, "schedule", self.adapter.capabilities.scheduling)
        if plans is not None:
            return await plans.scheduled(self.network, self.account)  # also after the network is retired
        return await self._call("schedule", self.adapter.scheduled)

    async def reschedule(self, plan: ScheduledPost, at: datetime) -> ScheduledPost:
        """Move a plan; see `Network.reschedule`."""
        problems = time_problems(at, self.clock.now())
        keeper = self._keeper(plan.held_by)

        async def move() -> ScheduledPost:
            if keeper is not None:
                return await keeper.reschedule(self.network, self.account, plan.id, at)
            refuse(self.adapter.schedule_problems(plan.post or Post(plan.text or ""), at, self.clock.now()))
            return await self.adapter.reschedule(plan.id, at)

        return await self._call("schedule", move, problems=problems)

    async def cancel(self, plan: ScheduledPost) -> None:
        """Take back a plan; see `Network.cancel`."""
        keeper = self._keeper(plan.held_by)
        if keeper is not None:
            return await keeper.cancel(self.network, self.account, plan.id)
        return await self._call("schedule", lambda: self.adapter.cancel(plan.id))

    # ── without a request ─────────────────────────────────────────────────────────────────────────────────────────

    def problems(self, post: Post) -> list[Problem]:
        """Give everything that is wrong with a post for this network; see `Network.validate`."""
        ours = post.for_network(self.network)
        found = common_problems(post, ours, self.network)
        capabilities = self.adapter.capabilities
        for index, media in enumerate(ours.media):
            found += source_problems(media, f"media[{index}]", self.network, capabilities)
        # A file that cannot be read says nothing about the network's limits.
        unreadable = any(one.rule in ("readable", "not_empty") for one in found)
        return found if unreadable else [*found, *self.adapter.problems(ours)]

    def estimate_cost(self, post: Post) -> CostEstimate:
        """Say what publishing costs; see `Network.estimate_cost`."""
        return self.adapter.cost(post.for_network(self.network))

    def deprecation_status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """Say what is known of the network on a day; see `Network.deprecation_status`."""
        return self.gate.status(on)

    def rate_limits(self) -> tuple[RateWindow, ...]:
        """Give what the network last told of its limits."""
        return self._pacing.windows

    async def preview(self, post: Post) -> list[PreparedRequest]:
        """Give the requests that `publish` would send; see `Network.preview`."""
        from socialconnect.registry import answerer

        ours = post.for_network(self.network)
        broken = [one for one in self.problems(post) if one.severity == "error"]
        if broken:
            error = ValidationError(broken)
            raise error.at(network=self.network, account=self.account, operation="preview")
        try:
            credential = await self._wire.credential_at_hand()
            transport = RecordingTransport(answerer(self.adapter, credential, self.clock), self.clock)
            wire = self._wired(self.adapter, transport, StaticToken(credential), Pacing(self.clock))
            await self.adapter.bind(wire).publish(ours, _NO_JOURNAL)
        except SocialConnectError as error:
            error.at(network=self.network, account=self.account, operation="preview")
            raise
        return transport.prepared(wire.redactor)

    # ── everything else ───────────────────────────────────────────────────────────────────────────────────────────

    async def request(
        self,
        method: str,
        path: str,
        *,
        host: str | None = None,
        query: Mapping[str, str] | None = None,
        json: JsonValue = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        """Send any request; see `Network.request`."""
        reads = method.upper() in ("GET", "HEAD")
        if repeatable is None:
            repeatable = reads
        effect = Effect.READ if reads else Effect.PREPARE if repeatable else Effect.VISIBLE
        request = Request(
            method.upper(),
            self.adapter.url(host or next(iter(self.adapter.hosts)), path),
            effect,
            query=query,
            json=json,
            form=form,
            headers=headers or {},
            limit_key=f"{method.upper()} {path}",
        )
        return await self._call("request", lambda: self._wire.call(request, lambda response: response))

    async def close(self) -> None:
        """Close the connections."""
        await self.transport.close()

    # ── small things ──────────────────────────────────────────────────────────────────────────────────────────────

    def _own_id(self, ref: PublishedPost | str) -> str:
        if isinstance(ref, str):
            return ref
        if ref.network != self.network or ref.account != self.account:
            problem = Problem(
                field="ref",
                rule="own_post",
                message=f"post {ref.id} belongs to {ref.network} {ref.account}",
                limit=f"{self.network} {self.account}",
                actual=f"{ref.network} {ref.account}",
            )
            raise ValidationError([problem], network=self.network, account=self.account)
        return ref.id
