"""What the app has used, and what is left of its credits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.twitter.auth import Call
from socialconnect.testing.emulators.twitter.billing import Ledger
from socialconnect.testing.emulators.twitter.errors import no_such_path
from socialconnect.testing.emulators.twitter.fields import USAGE_FIELDS, names_for
from socialconnect.testing.emulators.twitter.plans import Plans
from socialconnect.testing.emulators.twitter.query import Query
from socialconnect.testing.emulators.twitter.state import State
from socialconnect.transport.request import Response

__all__ = ["Usage"]

_PROJECT = "1993000000000000000"
_APP = "27988566"
_EVENTS = {"Post": "post_read", "User": "user_read", "Like": "like_read", "List": "list_read", "Follow": "follow_read"}
_REQUESTS = {
    "ContentCreate": "post_create",
    "ContentManage": "content_manage",
    "InteractionCreate": "interaction_create",
    "InteractionDelete": "interaction_delete",
    "MediaMetadata": "media_metadata",
    "Bookmark": "bookmark",
    "ListCreate": "list_create",
    "ListManage": "list_manage",
}
_NO_CAP = 10_000_000_000


class Usage:
    """
    The usage endpoints.

    Args:
        state: Where the balance is.
        ledger: What was spent and read.
        plans: What the app's plan allows.
    """

    def __init__(self, state: State, ledger: Ledger, plans: Plans) -> None:
        self._state = state
        self._ledger = ledger
        self._plans = plans

    def credits(self, _call: Call) -> Response:
        """`GET /2/usage/credits`: the balance in US dollars."""
        if not self._state.settings.usage_credits:
            raise no_such_path()
        left = self._state.settings.credits
        balance = float(left) if left is not None else 0.0
        data: JsonValue = {"free_balance": 0.0, "prepaid_balance": balance, "total_balance": max(0.0, balance)}
        return json_response(200, {"data": data})

    def prices(self, _request: EmulatedRequest) -> Response:
        """`GET /api/credits/pricing` of the console: the price list, which X's own simulator reads."""

        def listed(resources: Mapping[str, str]) -> JsonValue:
            days = self._state.days
            return {name: float(days.price(resource, high=True)) for name, resource in resources.items()}

        body: JsonValue = {
            "eventTypePricing": listed(_EVENTS),
            "requestTypePricing": listed(_REQUESTS),
            "defaultCost": 0,
        }
        return json_response(200, body)

    def tweets(self, call: Call) -> Response:
        """`GET /2/usage/tweets`: posts read on each day. Counts are strings."""
        query = Query(call.request, names_for(call.request, self._state.settings.vocabulary))
        wanted = query.only("days", usage_fields=USAGE_FIELDS)["usage.fields"]
        count = query.number("days", 1, 90, 7)
        today = self._state.days.today
        days = [today - timedelta(days=number) for number in reversed(range(count))]
        usage: list[JsonValue] = [
            {"date": f"{day:%Y-%m-%d}T00:00:00.000Z", "usage": str(self._ledger.posts_read[day])}
            for day in days
            if self._ledger.posts_read[day]
        ]
        cap = self._plans.reads
        every: dict[str, JsonValue] = {
            "cap_reset_day": self._state.settings.cap_reset_day,
            "project_cap": str(_NO_CAP if cap is None else cap),
            "project_id": _PROJECT,
            "project_usage": str(self._ledger.read_in_cycle),
            "daily_project_usage": {"project_id": _PROJECT, "usage": usage},
            "daily_client_app_usage": [{"client_app_id": _APP, "usage_result_count": len(usage), "usage": usage}],
        }
        return json_response(200, {"data": {name: every[name] for name in wanted or every}})
