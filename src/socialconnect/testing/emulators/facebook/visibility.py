"""When people are to see a post: at once, later, or not yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.refused import Gap

__all__ = [
    "LATEST",
    "PUBLISH_PERMISSIONS",
    "Visibility",
    "read_visibility",
    "require_publish",
    "schedule_time",
]

PUBLISH_PERMISSIONS = ("pages_manage_posts", "pages_read_engagement", "pages_show_list")

SOONEST = timedelta(minutes=10)
LATEST = timedelta(days=30)

_HIDDEN = ("DRAFT", "ADS_POST", "INLINE_CREATED")
"""Unpublished content that nobody sees and that waits for no time."""

_INVALID_TIME = "(#100) The specified scheduled publish time is invalid"


@dataclass(frozen=True)
class Visibility:
    """
    When people see something.

    Args:
        live_at: From when; `None` if nobody does until it is published.
        scheduled: Whether Facebook is to publish it then.
        content_type: The `unpublished_content_type` that it has.
    """

    live_at: datetime | None
    scheduled: bool = False
    content_type: str | None = None


def require_publish(call: Call) -> None:
    """
    Make sure that the token may publish.

    Raises:
        GraphError: A permission is missing, or the person's task.
    """
    call.token.require(*PUBLISH_PERMISSIONS)
    call.token.require_task("CREATE_CONTENT")


def read_visibility(call: Call) -> Visibility:
    """
    Read when people are to see a post.

    Raises:
        GraphError: The parameters contradict each other, or the time is too soon or too far.
        Gap: It is unpublished in a way that is documented nowhere.
    """
    kind = call.parameters.text("unpublished_content_type") or None
    if call.parameters.flag("published", True):
        if "scheduled_publish_time" in call.parameters:
            raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
        if kind not in (None, "PUBLISHED"):
            raise GraphError(100, "(#100) Param unpublished_content_type needs published=false")
        return Visibility(call.now)
    at = schedule_time(call)
    if kind not in (None, "SCHEDULED", *_HIDDEN) or (kind in _HIDDEN and at is not None):
        raise Gap(f"unpublished_content_type {kind}" + (" with a time" if at else ""))
    if kind == "SCHEDULED" and at is None:
        raise GraphError(100, _INVALID_TIME)
    return Visibility(at, at is not None, "SCHEDULED" if at else kind)


def schedule_time(call: Call, latest: timedelta = LATEST) -> datetime | None:
    """
    Read the time to publish at; `None` if there is none.

    Raises:
        GraphError: It is too soon or too far.
    """
    at = call.parameters.moment("scheduled_publish_time")
    if at is not None and not SOONEST <= at - call.now <= latest:
        raise GraphError(100, _INVALID_TIME)
    return at
