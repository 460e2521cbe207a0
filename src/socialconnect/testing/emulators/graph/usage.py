"""
How much of its calls an account has used, and the header that tells.

See https://developers.facebook.com/docs/graph-api/overview/rate-limiting/.
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.errors import GraphError, graph_error

__all__ = ["Usage", "usage_header"]

_WINDOW = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def usage_header(kind: Literal["pages", "instagram"], account: str, used: int, minutes: int = 0) -> dict[str, str]:
    """
    Give the header that tells an account's usage.

    Args:
        kind: The use case.
        account: The Page's or the Instagram account's id.
        used: How much of the calls is used, in percent.
        minutes: How long until calls are taken again.
    """
    told: dict[str, JsonValue] = {
        account: [
            {
                "type": kind,
                "call_count": used,
                "total_cputime": min(used, 25),
                "total_time": min(used, 25),
                "estimated_time_to_regain_access": minutes,
            }
        ]
    }
    return {"x-business-use-case-usage": json.dumps(told, separators=(",", ":"))}


@dataclass
class Usage:
    """
    The calls of each account in the last hour.

    Args:
        kind: The use case.
        limit: How many calls an account has in an hour; `None` counts none, and tells 1 percent.
    """

    kind: Literal["pages", "instagram"]
    limit: int | None = None
    _calls: dict[str, deque[datetime]] = field(default_factory=dict[str, deque[datetime]])

    def count(self, account: str, now: datetime) -> Mapping[str, str]:
        """
        Count a call and give the header.

        Raises:
            GraphError: The account has no calls left.
        """
        if self.limit is None:
            return usage_header(self.kind, account, 1)
        calls = self._calls.setdefault(account, deque())
        while calls and calls[0] <= now - _WINDOW:
            calls.popleft()
        if len(calls) >= self.limit:
            raise self.refusal(account, max(1, math.ceil((calls[0] + _WINDOW - now) / _MINUTE)))
        calls.append(now)
        return usage_header(self.kind, account, math.ceil(100 * len(calls) / self.limit))

    def refusal(self, account: str, minutes: int) -> GraphError:
        """Give the answer to too many calls."""
        error = graph_error(80001 if self.kind == "pages" else 80002)
        error.headers = usage_header(self.kind, account, 100, minutes)
        return error
