"""How published posts perform: each number with its name, its period, and where it comes from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.data_use import DataUse, Provenance, Verdict, required_use
from socialconnect.errors import SocialConnectError
from socialconnect.post import PublishedPost, UtcDatetime

__all__ = ["AccountMetrics", "DataUse", "MetricValue", "Metrics", "MetricsReport", "Provenance", "Unavailable"]


class MetricValue(BaseModel):
    """
    One number as the network gave it.

    Args:
        name: The network's name for it.
        value: The number; by part where the network splits it, such as reactions by type. Parts of several dimensions
            are named with a comma between, such as `25-34, F`.
        period: What time it covers, such as `lifetime` or `day`; `None` if the network does not say.
        until: When that time ends, where the network says so.
        dimensions: By what it is split, such as `age`, `gender`.
        description: What it counts, in the network's words, where it gives them.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    name: str
    value: int | float | Mapping[str, int | float]
    period: str | None = None
    until: UtcDatetime | None = None
    dimensions: tuple[str, ...] = ()
    description: str | None = None


class Unavailable(BaseModel):
    """
    Why a metric has no number.

    Args:
        name: The network's name for the metric.
        reason: Why, in one sentence.
        replacement: What to read instead, where there is something.
        refused: Whether the network refused the name itself.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    name: str
    reason: str
    replacement: str | None = None
    refused: bool = False


class Metrics(BaseModel):
    """
    The numbers of one post. What the network does not give is `None`, never 0.

    Args:
        post: The post's id on the network.
        fetched_at: When they were read.
        views: How often the post was shown; the field that the network itself now counts by.
        reach: How many different people saw it.
        likes: Likes, or reactions of all kinds.
        comments: Comments or replies.
        shares: Shares, reposts or reshares.
        saves: Bookmarks or saves.
        clicks: Clicks on the post or its link.
        engagements: All interactions together, as the network counts them.
        values: Every number as the network named it.
        unavailable: Metrics that were asked for and have no number, with the reason.
        provenance: Where the numbers come from, under which terms, and how long they may be kept.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    post: str
    fetched_at: UtcDatetime
    views: int | None = None
    reach: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    engagements: int | None = None
    values: Mapping[str, MetricValue] = Field(default_factory=dict)
    unavailable: Mapping[str, Unavailable] = Field(default_factory=dict)
    provenance: Provenance | None = Field(default=None, repr=False)


class AccountMetrics(BaseModel):
    """
    The numbers of an account as a whole: its followers, how often its posts were shown, who saw them.

    Args:
        network: The network's name.
        account: The account's id.
        fetched_at: When they were read.
        values: Each metric by the network's name for it: one number, or one for each day, oldest first.
        unavailable: Metrics that were asked for and have no number, with the reason.
        data_use: What the numbers may be used for, under the network's terms.
        provenance: Where they come from, and how long they may be kept.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    network: str
    account: str
    fetched_at: UtcDatetime
    values: Mapping[str, tuple[MetricValue, ...]] = Field(default_factory=dict)
    unavailable: Mapping[str, Unavailable] = Field(default_factory=dict)
    data_use: tuple[DataUse, ...] = Field(default=(), repr=False)
    provenance: Provenance | None = Field(default=None, repr=False)

    def require_use(self, topic: str, *, accept: Collection[Verdict] = ()) -> DataUse:
        """
        Go on only if the terms allow a use of these numbers; see `Provenance.require_use`.

        Args:
            topic: The use, such as `ai-training`.
            accept: What counts as allowed besides `allowed` itself.

        Raises:
            DataUseForbidden: They do not; with the rule and its source.
        """
        return required_use(self.network, self.data_use, topic, accept)


class MetricsReport:
    """
    The numbers of several posts. `report[post]` gives one post's `Metrics`, or raises that post's error.

    Args:
        network: The network's name.
        results: For each post's id, its metrics or the error that its reading met.
        data_use: What the numbers may be used for, under the network's terms.
    """

    def __init__(
        self,
        network: str,
        results: Mapping[str, Metrics | SocialConnectError],
        *,
        data_use: tuple[DataUse, ...] = (),
    ) -> None:
        self.network = network
        self.data_use = data_use
        self._results = dict(results)

    def __getitem__(self, ref: PublishedPost | str) -> Metrics:
        """
        Give one post's metrics.

        Raises:
            KeyError: The post was not asked for.
            SocialConnectError: Reading this post's metrics failed.
        """
        found = self._results[ref if isinstance(ref, str) else ref.id]
        if isinstance(found, SocialConnectError):
            raise found
        return found

    def __len__(self) -> int:
        return len(self._results)

    def __iter__(self) -> Iterator[Metrics]:
        """Give the metrics of every post whose reading succeeded, in the order asked for."""
        return (found for found in self._results.values() if isinstance(found, Metrics))

    def __repr__(self) -> str:
        return f"<MetricsReport {self.network}: {len(self)} posts, {len(self.errors)} errors>"

    @property
    def errors(self) -> dict[str, SocialConnectError]:
        """The errors, by the post's id; empty if every reading succeeded."""
        return {ref: found for ref, found in self._results.items() if isinstance(found, SocialConnectError)}

    def require_use(self, topic: str, *, accept: Collection[Verdict] = ()) -> DataUse:
        """
        Go on only if the terms allow a use of these numbers; see `Provenance.require_use`.

        Args:
            topic: The use, such as `ai-training`.
            accept: What counts as allowed besides `allowed` itself.

        Raises:
            DataUseForbidden: They do not; with the rule and its source.
        """
        return required_use(self.network, self.data_use, topic, accept)
