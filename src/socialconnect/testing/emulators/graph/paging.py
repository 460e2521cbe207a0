"""Pages of a list, by opaque cursors that stay good while posts come and go."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError

__all__ = ["page_of", "within"]

T = TypeVar("T")

_DEFAULT_LIMIT = 25
MOST = 100
"""How many items a page holds at most (https://developers.facebook.com/docs/pages-api/posts)."""


def within(items: Sequence[T], at: Callable[[T], datetime], call: Call) -> list[T]:
    """Leave out what is before `since` or after `until`."""
    since, until = call.parameters.moment("since"), call.parameters.moment("until")
    return [one for one in items if (since is None or at(one) >= since) and (until is None or at(one) <= until)]


def page_of(
    items: Sequence[T], place: Callable[[T], str], shown: Callable[[T], JsonValue], call: Call
) -> dict[str, JsonValue]:
    """
    Give one page of a list.

    Args:
        items: The whole list, in order; each item's place must be greater than the next one's.
        place: An item's place in the order, which stays the same while others come and go.
        shown: What the page shows of an item.
        call: The call, with its `limit`, `after` and `before`.

    Raises:
        GraphError: The limit or a cursor is wrong.
    """
    limit = call.parameters.number("limit", _DEFAULT_LIMIT)
    if not 0 < limit <= MOST:
        # Refused rather than cut short in silence: the documented most is 100, what happens above is not documented.
        raise GraphError(100, f"(#100) The parameter limit must be between 1 and {MOST}")
    if "before" in call.parameters:
        before = _read(call.parameters.text("before"))
        earlier = [one for one in items if place(one) > before]
        page, more = earlier[-limit:], True
    else:
        after = _read(call.parameters.text("after")) if "after" in call.parameters else None
        rest = [one for one in items if after is None or place(one) < after]
        page, more = rest[:limit], len(rest) > limit
    answer: dict[str, JsonValue] = {"data": [shown(one) for one in page]}
    if page:
        cursors: dict[str, JsonValue] = {"before": _cursor(place(page[0])), "after": _cursor(place(page[-1]))}
        paging: dict[str, JsonValue] = {"cursors": cursors}
        if more:
            paging["next"] = _address(call, after=_cursor(place(page[-1])))
        if place(page[0]) != place(items[0]):
            paging["previous"] = _address(call, before=_cursor(place(page[0])))
        answer["paging"] = paging
    return answer


def _address(call: Call, **cursor: str) -> str:
    query = {name: value for name, value in call.request.query.items() if name not in ("after", "before")}
    return f"{call.request.origin}{call.request.raw_path}?{urlencode({**query, **cursor})}"


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise GraphError(100, "(#100) Invalid cursors values") from None
