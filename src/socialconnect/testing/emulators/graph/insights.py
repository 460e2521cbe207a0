"""
Insights: which metric names are valid on a day, and the shape of their values.

One invalid name fails the whole call (code 100).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from pydantic import JsonValue

from socialconnect.lifecycle.catalogue import bundled
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import graph_error

__all__ = ["asked_metrics", "is_live", "row"]


def asked_metrics(call: Call) -> list[str]:
    """
    Give the metric names that a call asks for.

    Raises:
        GraphError: It names none.
    """
    names = call.parameters.names("metric")
    if not names:
        raise graph_error(3001, 1504028)
    return names


def is_live(name: str, network: str, level: str, on: date, live: Collection[str]) -> bool:
    """
    Whether a metric name is valid on a day: by the catalogue if it knows the name, else by the emulator's own table.

    Args:
        name: The name.
        network: The network whose catalogue is asked.
        level: What the metric describes.
        on: The day.
        live: The names that are valid unless the catalogue says otherwise.
    """
    catalogue = bundled(network)
    life = catalogue.metric(name, level) if catalogue else None
    if life is None or (life.since is None and life.ends is None):
        return name in live
    return (life.since is None or life.since <= on) and (life.ends is None or on < life.ends)


def row(node: str, name: str, value: JsonValue, period: str = "lifetime") -> dict[str, JsonValue]:
    """Give one metric as Graph shows it."""
    title = name.replace("_", " ").capitalize()
    return {
        "name": name,
        "period": period,
        "values": [{"value": value}],
        "title": title,
        "description": f"{title}, as emulated",
        "id": f"{node}/insights/{name}/{period}",
    }


def answer(rows: Iterable[dict[str, JsonValue]]) -> JsonValue:
    """Give the rows as a call's answer."""
    return {"data": list(rows)}
