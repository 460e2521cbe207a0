"""
How much of its calls an app, a Page or an account has used, and the headers that tell.

See https://developers.facebook.com/docs/graph-api/overview/rate-limiting/. Three headers belong to three budgets: the
app's (`x-app-usage`, refused with 4), that of persons' tokens on a Page (`x-page-usage`, 32), and that of the business
use case, which Page tokens and Instagram have (`x-business-use-case-usage`, 80001 and 80002).
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

__all__ = ["Budget", "Usage", "usage_header", "usage_of"]

_WINDOW = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)

Budget = Literal["app", "page", "business"]
"""Whose calls are counted."""

_HEADERS: dict[Budget, str] = {"app": "x-app-usage", "page": "x-page-usage"}


def usage_header(kind: Literal["pages", "instagram"], account: str, used: int, minutes: int = 0) -> dict[str, str]:
    """
    Give the header of the business use case.

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


def usage_of(budget: Literal["app", "page"], used: int) -> dict[str, str]:
    """
    Give the header of an app's usage, or of persons' usage of a Page.

    Args:
        budget: Which of the two.
        used: How much of the calls is used, in percent.
    """
    told = {"call_count": used, "total_time": min(used, 25), "total_cputime": min(used, 25)}
    return {_HEADERS[budget]: json.dumps(told, separators=(",", ":"))}


@dataclass
class Usage:
    """
    The calls of the last hour. Tests may change the limits, and what the headers tell, at any time.

    Args:
        kind: The business use case.
        limit: How many calls an account has in an hour; `None` counts none, and tells 1 percent.
        app_limit: How many calls the app has in an hour; `None` counts none.
        page_limit: How many calls persons' tokens have on a Page in an hour; `None` counts none.
        told: What a header tells in percent, whatever was counted; from 100 on calls are refused.
        shown: The budgets that have their header without a limit too; Graph shows them after enough calls only.
    """

    kind: Literal["pages", "instagram"]
    limit: int | None = None
    app_limit: int | None = None
    page_limit: int | None = None
    told: dict[Budget, int] = field(default_factory=dict[Budget, int])
    shown: set[Budget] = field(default_factory=lambda: {"business"})
    _calls: dict[str, deque[datetime]] = field(default_factory=dict[str, deque[datetime]])

    def count(self, account: str, now: datetime, *, by_person: bool = False) -> Mapping[str, str]:
        """
        Count a call and give the headers.

        Args:
            account: The Page or the account.
            now: The time.
            by_person: Whether a person's token calls; on a Page that is another budget than the Page's token's.

        Raises:
            GraphError: A budget is spent.
        """
        own: Budget = "page" if by_person and self.kind == "pages" else "business"
        budgets: tuple[tuple[Budget, int | None], ...] = (
            ("app", self.app_limit),
            (own, self.page_limit if own == "page" else self.limit),
        )
        # All are looked at before one is counted, so that a call that is refused counts for none.
        for budget, limit in budgets:
            self._look(budget, limit, account, now)
        headers: dict[str, str] = {}
        for budget, limit in budgets:
            used = self.told.get(budget, 1 if limit is None else self._counted(budget, account, now, limit))
            if limit is not None or budget in self.shown or budget in self.told:
                headers |= self._header(budget, account, used)
        return headers

    def refusal(self, account: str, minutes: int, budget: Budget = "business") -> GraphError:
        """Give the answer to too many calls, with its header."""
        business = 80001 if self.kind == "pages" else 80002
        error = graph_error({"app": 4, "page": 32, "business": business}[budget])
        error.headers = self._header(budget, account, 100, minutes)
        return error

    def _look(self, budget: Budget, limit: int | None, account: str, now: datetime) -> None:
        if self.told.get(budget, 0) >= 100:
            raise self.refusal(account, 1, budget)
        if limit is None:
            return
        calls = self._recent(budget, account, now)
        if len(calls) >= limit:
            until = calls[0] + _WINDOW - now if calls else _WINDOW
            raise self.refusal(account, max(1, math.ceil(until / _MINUTE)), budget)

    def _counted(self, budget: Budget, account: str, now: datetime, limit: int) -> int:
        calls = self._recent(budget, account, now)
        calls.append(now)
        return math.ceil(100 * len(calls) / limit)

    def _recent(self, budget: Budget, account: str, now: datetime) -> deque[datetime]:
        calls = self._calls.setdefault(budget if budget == "app" else f"{budget}:{account}", deque())
        while calls and calls[0] <= now - _WINDOW:
            calls.popleft()
        return calls

    def _header(self, budget: Budget, account: str, used: int, minutes: int = 0) -> dict[str, str]:
        if budget == "business":
            return usage_header(self.kind, account, used, minutes)
        return usage_of(budget, used)
