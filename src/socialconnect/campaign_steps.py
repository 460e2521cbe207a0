"""The steps of a campaign: one post for one account each, published directly or through the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, model_validator

from socialconnect.campaign_report import CampaignResult
from socialconnect.errors import OutcomeUnknown, SocialConnectError
from socialconnect.network import run
from socialconnect.operations import Operations
from socialconnect.post import Post, PublishedPost, ScheduledPost

__all__ = [
    "CampaignPost",
    "Step",
    "at_once",
    "by_account",
    "plans_of",
    "publish_all",
    "publish_side_by_side",
    "results_of",
]

Outcome = PublishedPost | ScheduledPost | SocialConnectError


class CampaignPost(BaseModel):
    """
    One post of a campaign, with where and when.

    Args:
        post: What to publish, with its variants by network.
        networks: Where: names of networks or of accounts; all of the campaign's if empty.
        at: When; aware. At once if neither this nor `after` is given.
        after: How long after the campaign's start; held in the outbox until `launch`.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    post: Post
    networks: tuple[str, ...] = ()
    at: AwareDatetime | None = None
    after: timedelta | None = None

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if self.at is not None and self.after is not None:
            raise ValueError("give at or after, not both")
        if self.after is not None and self.after < timedelta(0):
            raise ValueError("after must not be negative")
        return self


@dataclass(frozen=True)
class Step:
    """One post for one account."""

    index: int
    account: str
    item: CampaignPost
    operations: Operations

    def result(self, outcome: Outcome) -> CampaignResult:
        """Give the result that the campaign reports."""
        return CampaignResult(
            account=self.account,
            network=self.operations.network,
            index=self.index,
            published=outcome if isinstance(outcome, PublishedPost) else None,
            scheduled=outcome if isinstance(outcome, ScheduledPost) else None,
            error=outcome if isinstance(outcome, SocialConnectError) else None,
        )

    async def publish(self) -> CampaignResult:
        """Publish directly; whatever goes wrong is the result."""
        try:
            return self.result(await self.operations.publish_directly(self.item.post))
        except SocialConnectError as error:
            return self.result(error)
        except Exception as error:  # noqa: BLE001  # a defect of one adapter must not lose what others have published
            unknown = OutcomeUnknown(f"The adapter ended with {type(error).__name__}; the post may be live.")
            unknown.__cause__ = error
            unknown.at(network=self.operations.network, account=self.operations.account, operation="publish")
            return self.result(unknown)


def by_account(steps: Sequence[Step]) -> dict[str, list[Step]]:
    """Give the steps by account, in order."""
    found: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        found[step.account].append(step)
    return found


def at_once(steps: Sequence[Step], plans: Sequence[ScheduledPost]) -> list[ScheduledPost]:
    """Give the plans of what goes out at once."""
    return [plan for step, plan in zip(steps, plans, strict=True) if step.item.at is None and step.item.after is None]


def results_of(
    steps: Sequence[Step], plans: Sequence[ScheduledPost], done: Mapping[str, Outcome]
) -> list[CampaignResult]:
    """Give the results: what became of the plans that were carried out, and the others' plans."""
    return [step.result(done.get(plan.id, plan)) for step, plan in zip(steps, plans, strict=True)]


def plans_of(steps: Sequence[Step]) -> list[tuple[str, str, Post, datetime | timedelta]]:
    """Give what the outbox is to keep; what is to go out at once is due now."""
    return [
        (
            step.operations.network,
            step.operations.account,
            step.item.post,
            step.item.at or (step.operations.clock.now() if step.item.after is None else step.item.after),
        )
        for step in steps
    ]


def publish_all(steps: Sequence[Step]) -> list[CampaignResult]:
    """Publish one account's steps directly, in order, on the blocking face."""
    return [run(step.publish()) for step in steps]


async def publish_side_by_side(accounts: Iterable[Sequence[Step]]) -> list[CampaignResult]:
    """Publish several accounts' steps directly, on the async face."""
    import anyio

    results: list[CampaignResult] = []

    async def serve(steps: Sequence[Step]) -> None:
        for step in steps:
            results.append(await step.publish())

    async with anyio.create_task_group() as group:
        for own in accounts:
            group.start_soon(serve, own)
    return results
