"""Reading Instagram's numbers: one value, one for each day, or one split by parts."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from socialconnect.metrics import MetricValue
from socialconnect.networks.meta.wire import Insight, InsightValue

__all__ = ["read"]


def read(insight: Insight, *, period: str | None = None) -> list[MetricValue]:
    """
    Give a metric's numbers, oldest first, each with its period, its end and the network's description.

    Args:
        insight: The metric as Instagram gave it.
        period: What time it covers, where the question says it more truly than the answer.
    """
    told = [insight.total_value] if insight.total_value is not None else list(insight.values)
    made = (_value(insight, one, period or insight.period) for one in told)
    return [one for one in made if one is not None]


def _value(insight: Insight, told: InsightValue, period: str | None) -> MetricValue | None:
    dimensions: tuple[str, ...] = ()
    value: int | float | Mapping[str, JsonValue] | None = told.value
    if told.breakdowns:
        first = told.breakdowns[0]
        dimensions = first.dimension_keys
        # With no parts a total is still a number; parts without a total are the number.
        parts = {", ".join(one.dimension_values): one.value for one in first.results}
        value = {**parts} if parts else value
    if isinstance(value, Mapping):
        value = {name: number for name, number in value.items() if isinstance(number, int | float)}
    if value is None:
        return None
    return MetricValue.model_validate(
        {
            "name": insight.name,
            "value": value,
            "period": period,
            "until": told.end_time,
            "dimensions": dimensions,
            "description": insight.description,
        }
    )
