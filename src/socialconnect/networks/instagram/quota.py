"""How many posts the account may still publish, as Instagram itself tells it."""

from __future__ import annotations

from socialconnect.cost import QuotaUse
from socialconnect.errors import (
    AuthError,
    PermissionDenied,
    QuotaExceeded,
    SocialConnectError,
    ThrottleError,
)
from socialconnect.networks.instagram.limits import PUBLISHES_AT_LEAST
from socialconnect.networks.instagram.wire import PublishingLimits
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.transport.pacing import RateWindow
from socialconnect.transport.request import Effect, Request

__all__ = ["NAME", "publishes", "require"]

NAME = "publishes in 24 hours"
"""What the allowance is called in `rate_limits()` and in an estimate."""

_EDGE = "content_publishing_limit"


async def require(adapter: GraphAdapter) -> None:
    """
    Make sure that the account may publish once more. What cannot be read blocks nothing: Instagram decides then.

    Raises:
        QuotaExceeded: The publishes of the last 24 hours are used up; nothing was made.
        AuthError: The token is not accepted.
        ThrottleError: Instagram takes no calls now.
    """
    # Sent once: a number that is nice to have must not hold up a publish.
    query = {"fields": "config,quota_usage"}
    request = Request("GET", adapter.address(adapter.account, _EDGE), Effect.READ, query=query, resend=False)
    try:
        told = (await adapter.wire.call(request, lambda response: response.into(PublishingLimits))).data[0]
    except SocialConnectError as error:
        if isinstance(error, AuthError | ThrottleError) and not isinstance(error, PermissionDenied):
            raise
        return
    total = told.config.quota_total
    left = max(0, total - told.quota_usage)
    # No request counts by this key: the window tells, and holds nothing up by itself.
    adapter.wire.pacing.learn(RateWindow(name=NAME, limit_key="media_publish", limit=total, remaining=left))
    if left == 0:
        hours = told.config.quota_duration / 3600
        raise QuotaExceeded(
            f"The account has used {told.quota_usage} of its {total} publishes in {hours:g} hours; nothing was sent.",
            hint="Wait until the oldest of them is a day old.",
            docs="https://developers.facebook.com/docs/instagram-platform/content-publishing",
        )


def publishes(adapter: GraphAdapter) -> QuotaUse:
    """Say what one publish takes, by what Instagram told last; by the smaller number of its pages until it told."""
    window = next((one for one in adapter.wire.pacing.windows if one.name == NAME), None)
    if window is None:
        return QuotaUse(name=NAME, units=1, limit=PUBLISHES_AT_LEAST)
    return QuotaUse(name=NAME, units=1, limit=window.limit, remaining=window.remaining)
