"""What the calls of the Ads API share: parameters, the envelope of answers, and refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.refused import Refused
from socialconnect.testing.emulators.twitter.errors import ads_error
from socialconnect.testing.emulators.twitter.state import Grant
from socialconnect.transport.request import Response

__all__ = ["AdsCall", "ads_time", "answer", "bad", "lacking", "page"]


@dataclass(frozen=True)
class AdsCall:
    """
    A request to the Ads API whose caller is known.

    Args:
        request: The request.
        grant: Who calls.
        account: The ads account in its path.
        id: What else is named in the path, if anything.
    """

    request: EmulatedRequest
    grant: Grant
    account: str
    id: str = ""
    told: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])
    """How the parameters were understood, for the answer."""

    def parameters(self, *allowed: str) -> dict[str, str]:
        """
        Give the parameters, of the query or a form.

        Raises:
            Refused: One is not known.
        """
        if self.request.content and self.request.media_type != "application/x-www-form-urlencoded":
            raise ads_error(400, "INVALID_PARAMETER", "Parameters belong in the query or a form.")
        sent = self.request.query | (self.request.form if self.request.content else {})
        for name in sorted(set(sent) - set(allowed)):
            raise bad(name, sent[name], f"Unknown parameter {name}")
        self.told.update(sent)
        return sent


def answer(call: AdsCall, data: JsonValue, **more: JsonValue) -> Response:
    """Answer with data, and with the parameters as they were understood."""
    body: dict[str, JsonValue] = {"request": {"params": {**call.told}}, "data": data, **more}
    return json_response(200, body)


def page(
    call: AdsCall, sent: dict[str, str], views: list[JsonValue], *, default: int = 100, most: int = 200
) -> Response:
    """Answer with up to `count` things, and a cursor if there are more."""
    count = sent.get("count", str(default))
    if not count.isascii() or not count.isdecimal() or not 1 <= int(count) <= most:
        raise bad("count", count, f'Expected Integer in range 1..{most}, got "{count}" for count')
    if "count" in sent:
        call.told["count"] = int(count)
    cursor = sent.get("cursor", "")
    start = cursor.removeprefix("c-")
    if cursor and not (cursor.startswith("c-") and start.isdecimal()):
        raise bad("cursor", cursor, f'Expected a cursor, got "{cursor}" for cursor')
    first = int(start or 0)
    last = first + int(count)
    return answer(call, views[first:last], next_cursor=f"c-{last}" if last < len(views) else None)


def bad(name: str, value: str, message: str, *, code: str = "INVALID_PARAMETER") -> Refused:
    """Refuse a parameter."""
    return ads_error(400, code, message, parameter=name, value=value)


def lacking(name: str) -> Refused:
    """Refuse for want of a parameter."""
    return ads_error(400, "MISSING_PARAMETER", f"The parameter {name} is required.", parameter=name)


def ads_time(at: datetime) -> str:
    """Write a time as the Ads API does."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"
