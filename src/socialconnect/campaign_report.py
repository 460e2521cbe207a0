"""What became of a campaign: one result for each post and account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from socialconnect.errors import SocialConnectError
from socialconnect.post import PublishedPost, ScheduledPost

__all__ = ["CampaignReport", "CampaignResult"]


class CampaignResult(BaseModel):
    """
    What became of one post on one account.

    Args:
        account: The account's name in the campaign.
        network: The network's name.
        index: Which of the campaign's posts, counted from 0.
        published: The live post, if it was published.
        scheduled: The plan, if it was planned.
        error: What went wrong, if something did.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, arbitrary_types_allowed=True)

    account: str
    network: str
    index: int
    published: PublishedPost | None = None
    scheduled: ScheduledPost | None = None
    error: SocialConnectError | None = None

    @property
    def ok(self) -> bool:
        """Whether it was published or planned."""
        return self.error is None


@dataclass(frozen=True)
class CampaignReport:
    """
    What became of a campaign: one result for each post and account, in the campaign's order.

    Args:
        campaign: The campaign's name.
        results: The results.
    """

    campaign: str
    results: tuple[CampaignResult, ...]

    @property
    def ok(self) -> bool:
        """Whether everything was published or planned."""
        return all(one.ok for one in self.results)

    @property
    def published(self) -> list[PublishedPost]:
        """What is live."""
        return [one.published for one in self.results if one.published is not None]

    @property
    def scheduled(self) -> list[ScheduledPost]:
        """What is planned."""
        return [one.scheduled for one in self.results if one.scheduled is not None]

    @property
    def errors(self) -> dict[str, list[SocialConnectError]]:
        """What went wrong, by account."""
        found: dict[str, list[SocialConnectError]] = defaultdict(list)
        for one in self.results:
            if one.error is not None:
                found[one.account].append(one.error)
        return dict(found)

    def __iter__(self) -> Iterator[CampaignResult]:
        return iter(self.results)
