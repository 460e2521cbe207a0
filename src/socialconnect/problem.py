"""One broken rule, as `ValidationError.problems` and `Network.validate` give it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Problem"]


class Problem(BaseModel):
    """
    One thing that is wrong with what the caller gave, found before any request.

    Args:
        field: Where it is, as a path: `text`, `media[1]`, `link`, `at`.
        rule: The rule that it breaks, as a short stable word: `max_length`, `media_type`, `aware_datetime`.
        message: One sentence for a person.
        limit: The rule's limit, with its unit where it has one.
        actual: What was found.
        network: The network whose rule it is; `None` for a rule of the library.
        source: Where the rule is written down; `None` for a rule of the library.
        severity: `error` stops the call. `warning` is told and stops nothing.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    field: str
    rule: str
    message: str
    limit: str | int | float | None = None
    actual: str | int | float | None = None
    network: str | None = None
    source: str | None = None
    severity: str = Field(default="error", pattern="^(error|warning)$")

    def __str__(self) -> str:
        where = f"{self.network}: {self.field}" if self.network else self.field
        return f"{where}: {self.message}"
