"""The Graph API's own shapes, with exactly its names. What it leaves out is `None` here; what it adds is ignored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue, TypeAdapter

from socialconnect.post import UtcDatetime

__all__ = [
    "Batch",
    "BatchItem",
    "Created",
    "ErrorAnswer",
    "GraphModel",
    "GraphTime",
    "Insight",
    "Insights",
    "Paging",
    "Permissions",
    "Success",
]


class GraphModel(BaseModel):
    """An object of the Graph API. Fields that it does not name are ignored: new ones appear at any time."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="ignore")


def _with_colon(value: object) -> object:
    # Graph writes `+0000`; ISO 8601 as pydantic reads it wants `+00:00`.
    if isinstance(value, str) and len(value) > 5 and value[-5] in "+-" and value[-4:].isdigit():
        return f"{value[:-2]}:{value[-2:]}"
    return value


GraphTime = Annotated[UtcDatetime, BeforeValidator(_with_colon)]
"""A moment as the Graph API writes it: `2026-11-24T10:00:00+0000`."""


class Created(GraphModel):
    """The answer to what makes something: its id."""

    id: str


class Success(GraphModel):
    """The answer to a change or a deletion."""

    success: bool

    def confirmed(self) -> None:
        """
        Make sure that it was done.

        Raises:
            ValueError: The network does not say so.
        """
        if not self.success:
            raise ValueError("success is false")


class Paging(GraphModel):
    """Where a list goes on."""

    next: str | None = None


class GraphError(GraphModel):
    """What stands under `error`. Only message, type, code and trace id are always there."""

    message: str = ""
    type: str | None = None
    code: int | str | None = None
    error_subcode: int | str | None = None
    is_transient: bool = False
    error_user_title: str | None = None
    error_user_msg: str | None = None
    fbtrace_id: str | None = None


class ErrorAnswer(GraphModel):
    """The Graph API's error answer."""

    error: GraphError


class LoginErrorAnswer(GraphModel):
    """The error answer of Instagram's login hosts, which is not the Graph API's."""

    error_type: str
    error_message: str
    code: int | str | None = None


class UploadDebug(GraphModel):
    """What stands under `debug_info`."""

    type: str
    message: str = ""
    retriable: bool = False


class UploadErrorAnswer(GraphModel):
    """The error answer of the upload host."""

    debug_info: UploadDebug


class Usage(GraphModel):
    """How much of a rate limit is used, in percent; from `x-app-usage` and `x-page-usage`."""

    call_count: float = 0
    total_time: float = 0
    total_cputime: float = 0

    @property
    def used(self) -> float:
        """The percentage that counts: calls stop when any of the three is at 100."""
        return max(self.call_count, self.total_time, self.total_cputime)


class BusinessUsage(Usage):
    """One entry of `x-business-use-case-usage`."""

    type: str
    estimated_time_to_regain_access: float = 0
    """In minutes."""


BUSINESS_USAGE = TypeAdapter(dict[str, list[BusinessUsage]])
"""Reads `x-business-use-case-usage`."""


class BatchItem(GraphModel):
    """One answer of a batch."""

    code: int
    body: str | None = None


Batch = TypeAdapter(list[BatchItem | None])
"""Reads a batch's answer; `None` stands for an item that ran out of time."""


class BreakdownResult(GraphModel):
    """The number of one part of a metric that was split."""

    dimension_values: tuple[str, ...]
    value: int | float


class Breakdown(GraphModel):
    """A metric's parts by one or more dimensions."""

    dimension_keys: tuple[str, ...] = ()
    results: tuple[BreakdownResult, ...] = ()


class InsightValue(GraphModel):
    """A metric's value in one period. Where it is split by row, the row names its part under the dimension's name."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="allow")

    value: int | float | Mapping[str, JsonValue] | None = None
    end_time: GraphTime | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class Insight(GraphModel):
    """One metric. Its number stands in `values`, or in `total_value`."""

    name: str
    period: str | None = None
    description: str | None = None
    values: tuple[InsightValue, ...] = ()
    total_value: InsightValue | None = None


class Insights(GraphModel):
    """The answer to a question for metrics."""

    data: tuple[Insight, ...]


class Permission(GraphModel):
    """One permission, and what the user said to it: `granted`, `declined` or `expired`."""

    permission: str
    status: str


class Permissions(GraphModel):
    """What a token may do."""

    data: tuple[Permission, ...]
