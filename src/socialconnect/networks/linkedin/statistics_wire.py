"""LinkedIn's statistics as they go over the wire, with exactly its names."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, JsonValue

from socialconnect.networks.linkedin.wire import Milliseconds, WireModel

__all__ = [
    "AnalyticsAnswer",
    "CommentSummary",
    "Count",
    "Day",
    "DayRange",
    "Elements",
    "FollowersAnswer",
    "FollowersCount",
    "NetworkSize",
    "ReactionSummary",
    "ShareStatistics",
    "ShareStatisticsAnswer",
    "SocialMetadata",
    "TimeRange",
    "VideoNumber",
    "VideoNumbers",
]


class ShareStatistics(WireModel):
    """The numbers of one post of a page."""

    share: str | None = None
    ugcPost: str | None = None
    totalShareStatistics: Mapping[str, JsonValue]


class ShareStatisticsAnswer(WireModel):
    """The numbers of several posts of a page; a post without activity is left out."""

    elements: tuple[ShareStatistics, ...]


class TimeRange(WireModel):
    """A time, its end not included."""

    start: Milliseconds
    end: Milliseconds


class Elements(WireModel):
    """Elements of statistics, each as it came: their fields are LinkedIn's names of numbers."""

    elements: tuple[dict[str, JsonValue], ...]


class NetworkSize(WireModel):
    """How many follow a page."""

    firstDegreeSize: int


class Day(WireModel):
    """A day by the calendar."""

    year: int = Field(ge=1, le=9999)
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)


class DayRange(WireModel):
    """Days, the last not included."""

    start: Day | None = None
    end: Day | None = None


class Count(WireModel):
    """One number of a member's, or of one of their posts."""

    count: int
    dateRange: DayRange | None = None


class AnalyticsAnswer(WireModel):
    """Numbers of one metric of a member's; what `metricType` is changed with the versions, and is not read."""

    elements: tuple[Count, ...]


class FollowersCount(WireModel):
    """How many follow a member."""

    memberFollowersCount: int
    dateRange: DayRange | None = None


class FollowersAnswer(WireModel):
    """How many follow a member: now, or by day."""

    elements: tuple[FollowersCount, ...]


class VideoNumber(WireModel):
    """One number of a page's video."""

    value: int | float


class VideoNumbers(WireModel):
    """The numbers of a page's video."""

    elements: tuple[VideoNumber, ...]


class ReactionSummary(WireModel):
    """How many reacted in one way."""

    count: int


class CommentSummary(WireModel):
    """How many comments there are, and how many that answer the post itself."""

    count: int
    topLevelCount: int | None = None


class SocialMetadata(WireModel):
    """Reactions and comments of one post."""

    commentSummary: CommentSummary | None = None
    reactionSummaries: Mapping[str, ReactionSummary] = Field(default_factory=dict)
