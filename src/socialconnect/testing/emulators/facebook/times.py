"""How Graph writes times."""

from __future__ import annotations

from datetime import datetime

__all__ = ["graph_time"]


def graph_time(at: datetime) -> str:
    """Write a time as Graph does."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"
