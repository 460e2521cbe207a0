"""
Campaigns: one or more posts, several networks, one report.

A campaign's posts go out at once, at a time, or by offset from the campaign's start. Everything is checked before
anything is sent; after that, one network's failure never stops another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from socialconnect.campaign_report import CampaignReport, CampaignResult
from socialconnect.campaign_steps import (
    CampaignPost,
    Step,
    at_once,
    by_account,
    plans_of,
    publish_all,
    publish_side_by_side,
    results_of,
)
from socialconnect.checks import time_problems
from socialconnect.cost import CampaignCost, CostEstimate
from socialconnect.errors import ConfigurationError, Problem, ValidationError
from socialconnect.lifecycle import ApiState
from socialconnect.network import AsyncNetwork, Network
from socialconnect.plans import KeepsPlans
from socialconnect.post import Post, ScheduledPost

if TYPE_CHECKING:
    from socialconnect.outbox import AsyncOutbox, Outbox

__all__ = ["AsyncCampaign", "Campaign", "CampaignPost", "CampaignReport", "CampaignResult"]

NetworkT = TypeVar("NetworkT", Network, AsyncNetwork)


class _Planned(Generic[NetworkT]):
    """What both faces share: the posts, the accounts, and the check before anything is sent."""

    def __init__(
        self,
        name: str,
        posts: Iterable[CampaignPost | Post],
        networks: Mapping[str, NetworkT] | Iterable[NetworkT],
    ) -> None:
        self.name = name
        self.posts = tuple(one if isinstance(one, CampaignPost) else CampaignPost(post=one) for one in posts)
        named = dict(cast("Mapping[str, NetworkT]", networks)) if isinstance(networks, Mapping) else _named(networks)
        self.networks: dict[str, NetworkT] = named
        if not name.strip():
            raise ConfigurationError("A campaign needs a name.")
        if not self.posts:
            raise ConfigurationError(f"The campaign {name!r} has no posts.")
        if not self.networks:
            raise ConfigurationError(f"The campaign {name!r} has no networks.")

    def _attach(self, outbox: KeepsPlans | None) -> None:
        """Let the outbox carry out what is planned for accounts that were made without it."""
        if outbox is not None:
            for network in self.networks.values():
                outbox.plans.attach(network.operations)

    def validate(self) -> dict[str, list[Problem]]:
        """
        Give everything that is wrong, for each account. Sends nothing.

        Returns:
            The problems by the account's name, warnings among them; accounts without any are left out. A post's number
            stands in front of the field: `posts[0].text`.
        """
        found: dict[str, list[Problem]] = defaultdict(list)
        for problem in self._unknown_names():
            found["campaign"].append(problem)
        for step in self._steps():
            for problem in self._step_problems(step):
                field = f"posts[{step.index}].{problem.field}"
                network = problem.network or step.operations.network
                found[step.account].append(problem.model_copy(update={"field": field, "network": network}))
        return dict(found)

    def estimate_cost(self) -> CampaignCost:
        """Say what all of it would cost, by account and in all. Sends nothing."""
        found: dict[str, list[CostEstimate]] = defaultdict(list)
        for step in self._steps():
            found[step.account].append(step.operations.estimate_cost(step.item.post))
        return CampaignCost(estimates={account: tuple(costs) for account, costs in found.items()})

    def _step_problems(self, step: Step) -> list[Problem]:
        problems: list[Problem] = step.operations.problems(step.item.post)
        if step.item.at is not None:
            problems += time_problems(step.item.at, step.operations.clock.now())
        return [*problems, *_retired(step)]

    def _unknown_names(self) -> list[Problem]:
        known = set(self.networks) | {one.name for one in self.networks.values()}
        return [
            Problem(
                field=f"posts[{index}].networks",
                rule="known_account",
                message=f"the campaign has no account or network named {name!r}",
                limit=", ".join(sorted(known)),
                actual=name,
            )
            for index, item in enumerate(self.posts)
            for name in item.networks
            if name not in known
        ]

    def _steps(self) -> list[Step]:
        return [
            Step(index, account, item, network.operations)
            for index, item in enumerate(self.posts)
            for account, network in self.networks.items()
            if not item.networks or account in item.networks or network.name in item.networks
        ]

    def _checked(self, *, partial: bool, has_outbox: bool) -> tuple[list[Step], list[CampaignResult]]:
        """Give the steps to take, and a result for each that is left out because of its problems."""
        problems = {
            account: [one for one in found if one.severity == "error"] for account, found in self.validate().items()
        }
        everything = [one for found in problems.values() for one in found]
        if everything and (not partial or problems.get("campaign")):
            raise ValidationError(
                everything, message=f"The campaign {self.name!r} was not started", hint="Nothing was sent."
            )
        if not has_outbox and any(item.at or item.after is not None for item in self.posts):
            raise ConfigurationError(
                f"The campaign {self.name!r} has posts for later: give it an outbox to keep them in."
            )
        steps: list[Step] = []
        left_out: list[CampaignResult] = []
        for step in self._steps():
            prefix = f"posts[{step.index}]."
            own = [one for one in problems.get(step.account, ()) if one.field.startswith(prefix)]
            if own:
                error = ValidationError(own, network=step.operations.network, account=step.operations.account)
                left_out.append(step.result(error))
            else:
                steps.append(step)
        return steps, left_out

    def _report(self, results: Iterable[CampaignResult]) -> CampaignReport:
        order = {account: number for number, account in enumerate(self.networks)}
        return CampaignReport(self.name, tuple(sorted(results, key=lambda one: (one.index, order[one.account]))))


def _retired(step: Step) -> list[Problem]:
    """Warn if the network is retired by the time of the post: it will fail there, and only there."""
    when = step.item.at or step.operations.clock.now()
    found = step.operations.deprecation_status(when).operations["publish"]
    if found.state is not ApiState.RETIRED:
        return []
    message = f"publish is retired by then: {found.reason}"
    return [Problem(field="network", rule="retired", message=message, source=found.source, severity="warning")]


def _named(networks: Iterable[NetworkT]) -> dict[str, NetworkT]:
    """Name accounts by their network; a second one on the same network by its account too."""
    found: dict[str, NetworkT] = {}
    for network in networks:
        name = network.name if network.name not in found else f"{network.name}:{network.account}"
        if name in found:
            raise ConfigurationError(f"The account {network.account} on {network.name} is given twice.")
        found[name] = network
    return found


class Campaign(_Planned[Network]):
    """
    A campaign over blocking networks.

    Args:
        name: The campaign's name; the outbox knows its plans by it.
        posts: The posts, each with where and when, or plain posts for all networks at once.
        networks: The accounts, by a name of the caller's own, or just the networks.
        outbox: Where the campaign is recorded before anything is sent, so that no crash loses any of it and the same
            campaign is not carried out twice. Needed if there are posts for later.

    Raises:
        ConfigurationError: There is no post or no network, or an account is given twice.
    """

    def __init__(
        self,
        name: str,
        posts: Iterable[CampaignPost | Post],
        networks: Mapping[str, Network] | Iterable[Network],
        *,
        outbox: Outbox | None = None,
    ) -> None:
        super().__init__(name, posts, networks)
        self._outbox = outbox
        self._attach(outbox)

    def publish(self, *, partial: bool = False) -> CampaignReport:
        """
        Check everything; then publish what is for now, the accounts side by side.

        With an outbox all of it is recorded first, together; what is for later stays there, and what the network puts
        off (it is down, or throttles) is planned, and carried out by the outbox's worker.

        Args:
            partial: Go on with the accounts that have no problems, although others have.

        Returns:
            The report: a result or an error for each post and account.

        Raises:
            ValidationError: Something is wrong on any network, or the outbox holds a campaign of that name already;
                nothing was sent. All problems at once.
            ConfigurationError: There are posts for later and no outbox.
        """
        steps, results = self._checked(partial=partial, has_outbox=self._outbox is not None)
        if steps and self._outbox is not None:
            plans = self._outbox.add_campaign(self.name, plans_of(steps))
            now = at_once(steps, plans)
            done = self._outbox.carry_out(now) if now else []
            results += results_of(steps, plans, {plan.id: one for plan, one in zip(now, done, strict=True)})
        elif steps:
            accounts = by_account(steps).values()
            with ThreadPoolExecutor(max_workers=len(accounts), thread_name_prefix="campaign") as pool:
                for found in pool.map(publish_all, accounts):
                    results += found
        return self._report(results)

    def launch(self, at: datetime | None = None) -> list[ScheduledPost]:
        """
        Start the campaign: the posts planned by offset get their times, and are let go.

        Args:
            at: The campaign's start; aware. Now if not given.

        Raises:
            ConfigurationError: The campaign was given no outbox.
            NotFound: The outbox holds no such campaign.
        """
        if self._outbox is None:
            raise ConfigurationError(f"The campaign {self.name!r} was given no outbox.")
        return self._outbox.launch(self.name, at)


class AsyncCampaign(_Planned[AsyncNetwork]):
    """
    A campaign over async networks; see `Campaign`.

    Args:
        name: The campaign's name; the outbox knows its plans by it.
        posts: The posts, each with where and when, or plain posts for all networks at once.
        networks: The accounts, by a name of the caller's own, or just the networks.
        outbox: Where the campaign is recorded before anything is sent, so that no crash loses any of it and the same
            campaign is not carried out twice. Needed if there are posts for later.

    Raises:
        ConfigurationError: There is no post or no network, or an account is given twice.
    """

    def __init__(
        self,
        name: str,
        posts: Iterable[CampaignPost | Post],
        networks: Mapping[str, AsyncNetwork] | Iterable[AsyncNetwork],
        *,
        outbox: AsyncOutbox | None = None,
    ) -> None:
        super().__init__(name, posts, networks)
        self._outbox = outbox
        self._attach(outbox)

    async def publish(self, *, partial: bool = False) -> CampaignReport:
        """
        Check everything; then publish what is for now, the accounts side by side.

        With an outbox all of it is recorded first, together; what is for later stays there, and what the network puts
        off (it is down, or throttles) is planned, and carried out by the outbox's worker.

        Args:
            partial: Go on with the accounts that have no problems, although others have.

        Returns:
            The report: a result or an error for each post and account.

        Raises:
            ValidationError: Something is wrong on any network, or the outbox holds a campaign of that name already;
                nothing was sent. All problems at once.
            ConfigurationError: There are posts for later and no outbox.
        """
        steps, results = self._checked(partial=partial, has_outbox=self._outbox is not None)
        if steps and self._outbox is not None:
            plans = await self._outbox.add_campaign(self.name, plans_of(steps))
            now = at_once(steps, plans)
            done = await self._outbox.carry_out(now) if now else []
            results += results_of(steps, plans, {plan.id: one for plan, one in zip(now, done, strict=True)})
        else:
            results += await publish_side_by_side(by_account(steps).values())
        return self._report(results)

    async def launch(self, at: datetime | None = None) -> list[ScheduledPost]:
        """
        Start the campaign: the posts planned by offset get their times, and are let go.

        Args:
            at: The campaign's start; aware. Now if not given.

        Raises:
            ConfigurationError: The campaign was given no outbox.
            NotFound: The outbox holds no such campaign.
        """
        if self._outbox is None:
            raise ConfigurationError(f"The campaign {self.name!r} was given no outbox.")
        return await self._outbox.launch(self.name, at)
