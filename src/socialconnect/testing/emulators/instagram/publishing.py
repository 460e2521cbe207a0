"""
Publishing: a container's content becomes visible, once.

See https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media_publish and
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/content_publishing_limit.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.instagram.access import require_publish
from socialconnect.testing.emulators.instagram.rules import Limits
from socialconnect.testing.emulators.instagram.state import DAY, InstagramState

__all__ = ["Repeated", "publish", "publishing_limit"]

Repeated = tuple[int, int | None]
"""Code and subcode of the answer to a container that is published again."""


def publish(state: InstagramState, call: Call, account_id: str, limits: Limits, repeated: Repeated) -> JsonValue:
    """Make a container's content visible: once."""
    account = state.account(account_id, call)
    require_publish(call)
    # A client that many use (postiz) asks for `field=id`, which changes nothing.
    call.parameters.check({"creation_id": "unsigned int", "fields": "string", "field": "string"})
    if "creation_id" not in call.parameters:
        raise GraphError(100, "(#100) The parameter creation_id is required.")
    id_ = call.parameters.text("creation_id")
    container = state.containers.get(id_)
    if container is None:
        raise _gone(id_)
    if container.account != account.id:
        raise replace(graph_error(24, 2207006), user_message=f"The media with {id_} cannot be found")
    match state.status(container, call.now):
        case "PUBLISHED":
            # Public clients match this text; they disagree on the codes.
            raise graph_error(*repeated, "The media has already been published")
        case "EXPIRED":
            raise _gone(id_)
        case "IN_PROGRESS" | "ERROR":
            raise graph_error(9007, 2207027)
        case "FINISHED":
            pass
    if container.is_item:
        raise graph_error(100, 2207089)
    if state.used(account.id, call.now - DAY) >= limits.publishes:
        raise graph_error(9, 2207042)
    state.published.append((account.id, call.now))
    return {"id": state.publish(container, call.now).id}


def _gone(id_: str) -> GraphError:
    text = f"The media builder with creation id = {id_} does not exist or has been expired."
    return replace(graph_error(24, 2207008), user_message=text)


def publishing_limit(state: InstagramState, call: Call, account_id: str, limits: Limits) -> JsonValue:
    """Tell how much of the day's publishes is used."""
    account = state.account(account_id, call)
    require_publish(call)
    call.parameters.check({"fields": "string", "since": "datetime", "summary": "string", "limit": "unsigned int"})
    since = call.parameters.moment("since") or call.now - DAY
    if since < call.now - DAY:
        raise GraphError(100, "(#100) Param since must be within the last 24 hours")
    config: dict[str, JsonValue] = {"quota_total": limits.publishes, "quota_duration": int(DAY.total_seconds())}
    told: dict[str, JsonValue] = {"quota_usage": state.used(account.id, since), "config": config}
    asked = [one.name for one in call.fields("quota_usage") if one.name != "id"]
    unknown = sorted(set(asked) - set(told))
    if unknown:
        raise GraphError(
            100,
            f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type (ContentPublishingLimitResponse)",
        )
    return {"data": [{name: value for name, value in told.items() if name in asked}]}
