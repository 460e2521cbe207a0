"""What a run of the outbox did, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from socialconnect.outbox.delivery import DeliveryState

__all__ = ["OutboxCounts", "RunReport", "Vacuumed"]


class RunReport(BaseModel):
    """
    What a run did: how many deliveries came to each end.

    Args:
        published: Went live.
        failed: Were refused.
        unknown: May be live; a person settles them.
        missed: Were too late.
        needs_attention: Wait for a person.
        postponed: Attempts that ended with another one planned; one delivery may count several times.
        unattached: Deliveries that are due and whose account was not given to this outbox, by `network account`. They
            stay planned.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    published: int = 0
    failed: int = 0
    unknown: int = 0
    missed: int = 0
    needs_attention: int = 0
    postponed: int = 0
    unattached: Mapping[str, int] = Field(default_factory=dict)

    @classmethod
    def of(cls, state: DeliveryState, count: int = 1) -> Self:
        """Count deliveries that came to one state; those that come to no end and no further attempt count nowhere."""
        name = "postponed" if state is DeliveryState.PLANNED else state.value
        return cls.model_validate({name: count}) if name in cls.model_fields else cls()

    def __add__(self, later: RunReport) -> RunReport:
        counts = {
            name: getattr(self, name) + getattr(later, name) for name in type(self).model_fields if name != "unattached"
        }
        return RunReport.model_validate({**counts, "unattached": later.unattached})


class OutboxCounts(TypedDict):
    """How much there is in an outbox, as a plain dictionary that JSON can hold."""

    states: dict[str, int]
    """Deliveries by state; every state is there, also those with none."""
    networks: dict[str, dict[str, int]]
    """The same for each network that has any."""
    drafts: int
    """Drafts."""
    oldest_due: str | None
    """Since when the delivery that has waited longest is due, in ISO 8601; `None` if nothing unpaused is due."""
    lag_seconds: float
    """How long it has waited; 0 if nothing is due. If it grows, no worker runs, or too few, or one is throttled."""


class Vacuumed(BaseModel):
    """
    What a vacuum cleared away.

    Args:
        deliveries: Deliveries, each with its steps and history.
        copies: Copies of media.
        size: Bytes that those copies took.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    deliveries: int = 0
    copies: int = 0
    size: int = 0
