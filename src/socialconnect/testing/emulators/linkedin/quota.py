"""Daily quotas: per app and member, per endpoint, until midnight in UTC. LinkedIn tells them in no header."""

from __future__ import annotations

from collections import Counter
from datetime import date

from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import classic
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.testing.emulators.refused import Refused

__all__ = ["Quotas", "throttled"]

_SELF_SERVE_MEMBER, _SELF_SERVE_APP = 150, 100_000
_DEVELOPMENT_MEMBER, _DEVELOPMENT_APP = 100, 500


def throttled() -> Refused:
    """Refuse for too many requests to a resource."""
    told = "Resource level throttle limit for calls to this resource is reached."
    return classic(429, told, service=101)


class Quotas:
    """
    What has been used today.

    Args:
        state: Where the tier and the limits are set.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._used: Counter[tuple[date, str, str]] = Counter()

    def count(self, endpoint: str, caller: Caller) -> None:
        """
        Count a call.

        Raises:
            Refused: The day's quota of the member or the app is used up.
        """
        member, app = self._limits()
        today = self._state.now.date()
        for who, limit, name in ((caller.token.member, member, "MEMBER"), ("", app, "APPLICATION")):
            self._used[today, endpoint, who] += 1
            if limit is not None and self._used[today, endpoint, who] > limit:
                told = f"Resource level throttle {name} DAY limit for calls to this resource is reached."
                raise classic(429, told, service=101)

    def count_post(self, caller: Caller) -> None:
        """Count a post against the member's own number; raises `Refused` for one too many."""
        limit = self._state.settings.posts_per_member
        key = (self._state.now.date(), "share", caller.token.member)
        if limit is not None and self._used[key] >= limit:
            raise classic(429, "share limit has been reached for unverified members")
        self._used[key] += 1

    def _limits(self) -> tuple[int | None, int | None]:
        settings = self._state.settings
        member, app = {
            "standard": (None, None),
            "development": (_DEVELOPMENT_MEMBER, _DEVELOPMENT_APP),
            "self_serve": (_SELF_SERVE_MEMBER, _SELF_SERVE_APP),
        }[settings.tier]
        return settings.calls_per_member if settings.calls_per_member is not None else member, app
