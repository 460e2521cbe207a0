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

import logging
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import TypeVar

from socialconnect.adapter import Adapter
from socialconnect.auth.tokens import TokenSource
from socialconnect.checks import ability_problems, common_problems, refuse, source_problems
from socialconnect.clock import Clock
from socialconnect.cost import CostEstimate
from socialconnect.errors import LifecycleError, Problem, SocialConnectError
from socialconnect.lifecycle import Gate, Lifecycle
from socialconnect.plans import Plans
from socialconnect.post import Post
from socialconnect.spending import Budget, may_have_cost
from socialconnect.transport.engine import Transport
from socialconnect.transport.pacing import Pacing
from socialconnect.transport.retry import RetryPolicy
from socialconnect.transport.wire import Wire

__all__ = ["CallPath"]

T = TypeVar("T")

_log = logging.getLogger("socialconnect.posts")
_log.addHandler(logging.NullHandler())  # whoever sets up no logging asks `validate`


class CallPath:
    """
    What every operation of an account goes through.

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
        spend_limit: How much money may be spent, at the most that its calls can cost; see `Budget`.
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
        known = adapter.knowing(lifecycle)
        self._wire = self._wired(known, transport, tokens, self._pacing)
        self.adapter = known.bind(self._wire)
        self._plans = plans
        self._budget = (
            None
            if spend_limit is None
            else Budget(spend_limit, network=self.network, account=self.account, clock=clock, kept_in=plans)
        )

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
        governed_by: str | None = None,
    ) -> T:
        """Do an operation; `governed_by` names the catalogue's operation whose life it shares, if not its own."""
        gate = self.gate
        gate.check(operation, governed_by=governed_by, sends=sends)  # its errors are complete, and no answer
        try:
            result = await self._valid(operation, act, post, problems)
        except LifecycleError as error:
            if error.status is not None:  # the network's own answer
                gate.learn(error, operation, governed_by=governed_by)
            else:
                gate.undecided(operation)
            error.at(network=self.network, account=self.account, operation=operation)
            raise
        except SocialConnectError as error:
            retired = gate.explained(error) if operation == "request" else None
            if retired is not None:
                gate.learn(retired, operation)
                raise retired from error
            gate.undecided(operation)
            error.at(network=self.network, account=self.account, operation=operation)
            raise
        except BaseException:  # such as a task that was cancelled: the next call may try what this one tried
            gate.undecided(operation)
            raise
        gate.passed(operation, governed_by=governed_by, served=self.adapter.served_version)
        return result

    async def _kept(
        self,
        operation: str,
        act: Callable[[], Awaitable[T]],
        *,
        post: Post | None = None,
        problems: Sequence[Problem] = (),
    ) -> T:
        """Do what the outbox keeps by itself: what the network answered lately does not stand in its way."""
        self.gate.check_facts(operation)
        try:
            return await self._valid(operation, act, post, problems)
        except SocialConnectError as error:
            error.at(network=self.network, account=self.account, operation=operation)
            raise

    async def _valid(
        self, operation: str, act: Callable[[], Awaitable[T]], post: Post | None, problems: Sequence[Problem]
    ) -> T:
        if post is not None:
            problems = [*problems, *self.problems(post)]
        refuse(problems)
        self._tell(operation, problems)
        return await act()

    def _tell(self, operation: str, problems: Sequence[Problem]) -> None:
        """Log what stops no call, and would otherwise be told by `validate` alone."""
        for one in problems:
            keys = {
                "event": "post.warning",
                "network": self.network,
                "account": self.account,
                "operation": operation,
                "field": one.field,
                "rule": one.rule,
            }
            _log.warning(
                "%s for %s %s: %s: %s", operation, self.network, self.account, one.field, one.message, extra=keys
            )

    async def _paid(
        self,
        cost: Callable[[], CostEstimate],
        act: Callable[[], Awaitable[T]],
        unused: Callable[[T], Decimal] | None = None,
        *,
        refusals_are_free: bool = True,
    ) -> T:
        """
        Do what costs, with its cost set aside.

        Args:
            cost: Says what it costs at the most; not asked without a limit.
            act: Does it.
            unused: How much of that it did not cost, by what came; that is given back.
            refusals_are_free: Whether an answer that refuses says that nothing was billed.
        """
        budget = self._budget
        estimate = cost() if budget is not None else None
        if budget is None or estimate is None or not estimate.items:
            return await act()
        reservation = await budget.reserve(estimate)
        try:
            result = await act()
        except SocialConnectError as error:
            if not may_have_cost(error, refusals_are_free=refusals_are_free):
                await budget.release(reservation)
            raise
        if unused is not None:
            await budget.release(reservation, unused(result))
        return result

    def problems(self, post: Post) -> list[Problem]:
        """Give everything that is wrong with a post for this network; see `Network.validate`."""
        ours = post.for_network(self.network)
        capabilities = self.adapter.capabilities
        found = [*common_problems(post, ours, self.network), *ability_problems(ours, self.network, capabilities)]
        for place, media in ours.files():
            found += source_problems(media, place, self.network, capabilities)
        # A file that cannot be read says nothing about the network's limits.
        unreadable = any(one.rule in ("readable", "not_empty") for one in found if one.field != "text")
        return found if unreadable else [*found, *self.adapter.problems(ours)]
