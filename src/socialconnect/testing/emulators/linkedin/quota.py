"""Daily quotas: per app and member, per endpoint, until midnight in UTC. LinkedIn tells them in no header."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from socialconnect.testing.emulators.linkedin.auth import Caller
from socialconnect.testing.emulators.linkedin.errors import classic
from socialconnect.testing.emulators.linkedin.state import State
from socialconnect.testing.emulators.refused import Refused

__all__ = ["Quotas", "throttled"]

# Calls in a UTC day to one endpoint: of a member, and of the whole app.
_OF_TIER = {"standard": (None, None), "development": (100, 500), "self_serve": (150, 100_000)}


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
        self._comments: defaultdict[str, list[datetime]] = defaultdict(list)

    def count(self, endpoint: str, caller: Caller) -> None:
        """
        Count a call.

        Raises:
            Refused: The day's quota of the member or the app is used up.
        """
        member, app = self._limits()
        today = self._state.now.date()
        for who, limit, name in ((caller.member, member, "MEMBER"), ("", app, "APPLICATION")):
            self._used[today, endpoint, who] += 1
            if limit is not None and self._used[today, endpoint, who] > limit:
                told = f"Resource level throttle {name} DAY limit for calls to this resource is reached."
                raise classic(429, told, service=101)

    def used(self, endpoint: str, member: str | None = None) -> int:
        """Tell how often an endpoint, such as `posts.CREATE`, was called today: by a member, or by the whole app."""
        return self._used[self._state.now.date(), endpoint, member or ""]

    def count_post(self, caller: Caller) -> None:
        """Count a post against the member's own number; raises `Refused` for one too many."""
        limit = self._state.settings.posts_per_member
        key = (self._state.now.date(), "share", caller.member)
        if limit is not None and self._used[key] >= limit:
            raise classic(429, "share limit has been reached for unverified members")
        self._used[key] += 1

    def count_comment(self, caller: Caller) -> None:
        """Count a comment against the member's minute; raises `Refused` for one too many."""
        limit, since = self._state.settings.comments_per_minute, self._state.now - timedelta(minutes=1)
        recent = [one for one in self._comments[caller.member] if one > since]
        if limit is not None and len(recent) >= limit:
            told = "Comment create throttled: creation rate limit exceeded for member"
            raise classic(429, told, code="TOO_MANY_REQUESTS")
        self._comments[caller.member] = [*recent, self._state.now]

    def _limits(self) -> tuple[int | None, int | None]:
        settings = self._state.settings
        member, app = _OF_TIER[settings.tier]
        return (
            settings.calls_per_member if settings.calls_per_member is not None else member,
            settings.calls_per_app if settings.calls_per_app is not None else app,
        )
