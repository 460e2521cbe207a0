"""All that an account can do, as coroutines: `Network` drives them blocking, `AsyncNetwork` awaits them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TypeVar

from pydantic import JsonValue

from socialconnect.adapter import DoneSteps, Seen
from socialconnect.auth.tokens import StaticToken
from socialconnect.call_path import CallPath
from socialconnect.checks import naive_problems, refuse, time_problems
from socialconnect.cost import CostEstimate
from socialconnect.data_use import DataKind, DataUse, Provenance, provenance_of
from socialconnect.errors import NotFound, PartlyPublished, Problem, SocialConnectError, ValidationError
from socialconnect.journal import Journal, NoJournal, Progress, ProgressJournal
from socialconnect.lifecycle import DeprecationStatus
from socialconnect.metrics import AccountMetrics, Metrics, MetricsReport, Unavailable
from socialconnect.plans import Plans
from socialconnect.post import Draft, Post, PublishedPost, ScheduledPost
from socialconnect.preview import PreparedRequest, RecordingTransport
from socialconnect.spending import paid_for, publish_within
from socialconnect.transport.pacing import Pacing, RateWindow
from socialconnect.transport.request import Effect, Request, Response

__all__ = ["Operations"]

T = TypeVar("T")
_NO_JOURNAL = NoJournal()
_ONE_PAGE = 100
"""Posts that every network gives at once."""


class Operations(CallPath):
    """The operations of one account; see `CallPath` for the arguments, and for what each call goes through."""

    def _native(self, native: bool, feature: str, able: bool) -> Plans | None:
        """Say who keeps a draft or plan: the outbox, or the network itself (`None`)."""
        if not self._asks(native):
            return self._plans
        if able:
            return None
        error = self.adapter.unsupported(feature, "give the network an outbox, which keeps drafts and plans itself")
        raise error.at(network=self.network, account=self.account, operation=feature)

    def _asks(self, native: bool) -> bool:
        """Whether a draft or plan goes to the network itself."""
        return native or self._plans is None

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
        before_visible: Callable[[], Awaitable[float | None]] | None = None,
    ) -> PublishedPost:
        """Publish now; see `Network.publish`, and `Wire.guarded` for what is called before a visible request."""
        ours = post.for_network(self.network)
        adapter = self.adapter if before_visible is None else self.adapter.bind(self._wire.guarded(before_visible))
        if self._budget is None:
            return await self._call("publish", lambda: adapter.publish(ours, journal), post=post)
        budget = self._budget

        def paid() -> Awaitable[PublishedPost]:
            return publish_within(budget, ours, journal, cost=self.adapter.cost, act=partial(adapter.publish, ours))

        return await self._call("publish", paid, post=post)

    async def publish_directly(self, post: Post, progress: Progress | None = None) -> PublishedPost:
        """Publish now, without an outbox; see `Network.publish`."""
        journal = ProgressJournal(progress or Progress(), self.clock)
        try:
            return await self.publish(post, journal)
        except SocialConnectError as error:
            live = journal.progress.live
            if not live:
                raise
            partly = PartlyPublished(
                f"{len(live)} of the post's parts are live ({', '.join(live)}); then: {error.message}",
                posts=[PublishedPost(network=self.network, account=self.account, id=one) for one in live],
                cause=error,
                progress=journal.progress,
                network=self.network,
                account=self.account,
                operation="publish",
                hint="Do not publish it anew: publish(post, progress=error.progress) goes on where it stopped.",
            )
            partly.may_have_happened = error.may_have_happened
            raise partly from error

    async def delete(self, ref: PublishedPost | str) -> None:
        """Delete a published post; see `Network.delete`."""
        post_id = self._own_id(ref)
        cost = partial(self.adapter.cost_of, "delete", refs=[post_id])
        await self._call("delete", lambda: self._paid(cost, lambda: self.adapter.delete(post_id)))

    async def update(self, ref: PublishedPost | str, text: str) -> None:
        """Change a published post's text; see `Network.update`."""
        post_id = self._own_id(ref)
        # The text is checked as that of a post, and shares the life of publishing. Where nothing can be changed the
        # adapter says so, and not what a post of that text would lack.
        post = Post(text) if self.adapter.capabilities.update else None
        await self._call("update", lambda: self.adapter.update(post_id, text), post=post, governed_by="publish")

    async def posts(self, *, since: datetime | None = None, limit: int = 100) -> list[PublishedPost]:
        """Give recent posts; see `Network.posts`."""
        problems = naive_problems("since", since) if since is not None else []

        def unused(found: list[PublishedPost]) -> Decimal:
            return self.adapter.cost_of("posts", limit).high - self.adapter.cost_of("posts", len(found)).high

        async def read() -> list[PublishedPost]:
            # A refusal of the second page says nothing of the first.
            cost, alone = partial(self.adapter.cost_of, "posts", limit), limit <= _ONE_PAGE
            return await self._paid(cost, lambda: self.adapter.posts(since, limit), unused, refusals_are_free=alone)

        found = await self._call("posts", read, problems=problems)
        told = {"provenance": self._provenance("posts")}
        return [one.model_copy(update=told) for one in found]

    async def look_for(self, post: Post, step: str, done: DoneSteps) -> Seen | None:
        """Look for what a step of a publish has made; see `Adapter.look_for`. It lives and ends as `posts` does."""
        ours = post.for_network(self.network)
        return await self._call("posts", lambda: self.adapter.look_for(ours, step, done))

    async def fetch_metrics(self, refs: Sequence[PublishedPost | str], names: Sequence[str] = ()) -> MetricsReport:
        """Give the numbers of posts; see `Network.fetch_metrics`."""
        self._listed("refs", refs)
        self._listed("names", names)
        wanted = list(dict.fromkeys(self._own_id(ref) for ref in refs))
        found = await self._call("fetch_metrics", lambda: self._metrics(wanted, names))
        missing = NotFound("The network gave nothing for this post.")
        results = {ref: found.get(ref, missing) for ref in wanted}
        self._note_refused(one.unavailable for one in results.values() if isinstance(one, Metrics))
        where = self._provenance("metrics")
        for ref, result in results.items():
            if isinstance(result, SocialConnectError):
                result.at(network=self.network, account=self.account, operation="fetch_metrics")
            else:
                results[ref] = result.model_copy(update={"provenance": where})
        return MetricsReport(self.network, results, data_use=where.terms)

    async def _metrics(self, wanted: list[str], names: Sequence[str]) -> dict[str, Metrics | SocialConnectError]:
        if not wanted:
            return {}

        def read() -> Awaitable[dict[str, Metrics | SocialConnectError]]:
            # An adapter that knows only its network's usual ones need not take names.
            return self.adapter.fetch_metrics(wanted, names) if names else self.adapter.fetch_metrics(wanted)

        def cost(refs: Sequence[str]) -> CostEstimate:
            return self.adapter.cost_of("fetch_metrics", len(refs), refs=refs, names=names)

        def unused(found: dict[str, Metrics | SocialConnectError]) -> Decimal:
            return cost(wanted).high - cost([ref for ref, one in found.items() if paid_for(one)]).high

        return await self._paid(partial(cost, wanted), read, unused)

    async def fetch_account_metrics(
        self, *, since: datetime | None = None, until: datetime | None = None, names: Sequence[str] = ()
    ) -> AccountMetrics:
        """Give the numbers of the account as a whole; see `Network.fetch_account_metrics`."""
        self._listed("names", names)
        given = {"since": since, "until": until}
        problems = [one for name, at in given.items() if at is not None for one in naive_problems(name, at)]
        if not problems and since is not None and until is not None and since >= until:
            told = {"limit": until.isoformat(), "actual": since.isoformat()}
            problems = [Problem(field="since", rule="before_until", message="since must be before until", **told)]
        operation = "fetch_account_metrics"
        read = partial(self.adapter.fetch_account_metrics, since, until, names)
        cost = partial(self.adapter.cost_of, operation)
        found = await self._call(
            operation, lambda: self._paid(cost, read), problems=problems, governed_by="fetch_metrics"
        )
        self._note_refused([found.unavailable])
        where = self._provenance("account_metrics")
        return found.model_copy(update={"data_use": where.terms, "provenance": where})

    def _note_refused(self, unavailable: Iterable[Mapping[str, Unavailable]]) -> None:
        """Tell the gate which metrics the network itself refused: the catalogue may call them alive."""
        self.gate.metrics_refused(one.name for each in unavailable for one in each.values() if one.refused)

    def _provenance(self, kind: DataKind) -> Provenance:
        return provenance_of(
            self._data_use(),
            network=self.network,
            account=self.account,
            kind=kind,
            read_at=self.clock.now(),
            api_version=self.adapter.served_version or self.adapter.api_version,
        )

    def _data_use(self) -> tuple[DataUse, ...]:
        catalogue = self._lifecycle.catalogue(self.network)
        return catalogue.terms if catalogue else ()

    def _listed(self, field: str, given: object) -> None:
        if isinstance(given, str):  # a text is a sequence too: of letters, and each would be asked for
            message = f"give a list of {'posts or ids' if field == 'refs' else 'names'}, not one text"
            raise ValidationError([Problem(field=field, rule="list", message=message)], operation="fetch_metrics")

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def draft(self, post: Post, *, native: bool = False) -> Draft:
        """Keep a draft; see `Network.draft`."""

        async def keep() -> Draft:
            plans = self._native(native, "draft", self.adapter.capabilities.drafts)
            if plans is not None:
                return await plans.add_draft(self.network, self.account, post)
            return await self.adapter.draft(post.for_network(self.network), _NO_JOURNAL)

        # A draft may be unfinished: what is wrong with it is told when it is published.
        return await (self._call if self._asks(native) else self._kept)("draft", keep)

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
            return await self._kept("draft", lambda: plans.update_draft(self.network, self.account, draft.id, post))
        ours = post.for_network(self.network)
        return await self._call("draft", lambda: self.adapter.update_draft(draft.id, ours))

    async def publish_draft(self, draft: Draft) -> PublishedPost:
        """Publish a draft; see `Network.publish_draft`."""
        plans = self._keeper(draft.held_by)
        if plans is not None:
            carry_out = partial(plans.publish_draft, self.network, self.account, draft.id)
            return await self._call("publish", carry_out, sends=False)
        cost = partial(self.adapter.cost, draft.post or Post(draft.text or ""))

        async def carry_out_there() -> PublishedPost:
            # As with any other post, a refusal may have been billed.
            return await self._paid(cost, lambda: self.adapter.publish_draft(draft.id), refusals_are_free=False)

        return await self._call("publish", carry_out_there)

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

        through = self._call if self._asks(native) else self._kept
        return await through("schedule", plan, post=post, problems=problems)

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

        return await (self._call if keeper is None else self._kept)("schedule", move, problems=problems)

    async def cancel(self, plan: ScheduledPost) -> None:
        """Take back a plan; see `Network.cancel`."""
        keeper = self._keeper(plan.held_by)
        if keeper is not None:
            return await keeper.cancel(self.network, self.account, plan.id)
        return await self._call("schedule", lambda: self.adapter.cancel(plan.id))

    # ── without a request ─────────────────────────────────────────────────────────────────────────────────────────

    def estimate_cost(
        self, post: Post | None = None, operation: str = "publish", count: int = 1, names: Sequence[str] = ()
    ) -> CostEstimate:
        """Say what a call costs; see `Network.estimate_cost`."""
        if operation == "publish":
            return self.adapter.cost((post or Post()).for_network(self.network))
        return self.adapter.cost_of(operation, count, names=names)

    def deprecation_status(self, on: date | datetime | None = None) -> DeprecationStatus:
        """Say what is known of the network on a day; see `Network.deprecation_status`."""
        status, served = self.gate.status(on), self.adapter.served_version
        return status if served is None else status.model_copy(update={"served_version": served})

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
            transport = RecordingTransport(answerer(self.adapter, credential, self.clock))
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

        def send() -> Awaitable[Response]:
            self.gate.check_request(request.method, path, query)
            return self._wire.call(request, lambda response: response)

        return await self._call("request", send)

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
