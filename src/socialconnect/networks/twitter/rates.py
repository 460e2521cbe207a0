"""Twitter's rate-limit headers. https://docs.x.com/x-api/fundamentals/rate-limits"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

from socialconnect.networks.twitter.limits import CALLS_A_QUARTER, QUARTER
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Request, Response

__all__ = ["OwnCount", "retry_after", "windows"]

_HEADERS = {
    "x-rate-limit": "15min",
    "x-user-limit-24hour": "user 24h",
    "x-app-limit-24hour": "app 24h",
    "x-account-rate-limit": "account",
}
"""How a limit's headers begin, and our name for it. The 24-hour ones come with some answers only."""


_NAMES = tuple((name, f"{prefix}-remaining", f"{prefix}-limit", f"{prefix}-reset") for prefix, name in _HEADERS.items())


def windows(request: Request, response: Response) -> list[RateWindow]:
    """Give the limits that an answer tells of."""
    found: list[RateWindow] = []
    for name, left, most, reset in _NAMES:
        remaining = _number(response, left)
        if remaining is None:
            continue
        resets = _number(response, reset)
        found.append(
            RateWindow(
                name=name,
                limit_key=request.limit_key,
                limit=_number(response, most),
                remaining=remaining,
                resets_at=datetime.fromtimestamp(resets, UTC) if resets is not None else None,
                counts_calls=True,
            )
        )
    return found


class OwnCount:
    """
    Counts an account's calls where answers tell nothing: some of Twitter's gateways leave the headers out.

    Shared by the account's threads or tasks.
    """

    def __init__(self) -> None:
        self._calls: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def windows(self, request: Request, response: Response, now: datetime) -> list[RateWindow]:
        """Give the limits that an answer tells of, or the documented one with what was counted."""
        told, key = windows(request, response), request.limit_key
        limit = CALLS_A_QUARTER.get(key)
        if told or limit is None:
            return told
        with self._lock:
            ends, used = self._calls.get(key, (now, 0))
            if ends <= now:
                ends, used = now + QUARTER, 0
            self._calls[key] = ends, used + 1
        left = max(0, limit - used - 1)
        return [
            RateWindow(
                name="15min",
                limit_key=key,
                limit=limit,
                remaining=left,
                resets_at=ends,
                used=used + 1,
                counts_calls=True,
            )
        ]


def retry_after(request: Request, response: Response, now: datetime) -> float | None:
    """Give the seconds to wait: what the answer asks for, else until the last of the used-up limits begins anew."""
    asked = _number(response, "retry-after")
    if asked is not None:
        return float(asked)
    if response.status != 429:
        return None
    used_up = [one.resets_at for one in windows(request, response) if one.spent and one.resets_at is not None]
    return max(0.0, (max(used_up) - now).total_seconds()) if used_up else None


def _number(response: Response, name: str) -> int | None:
    told = response.headers.get(name)
    if told is None:
        return None
    return int(told) if told.isascii() and told.isdigit() and len(told) <= 15 else None
