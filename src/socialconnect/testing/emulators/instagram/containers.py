"""
Containers, and how they become media.

See https://developers.facebook.com/docs/instagram-platform/content-publishing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.fields import Readers, pick
from socialconnect.testing.emulators.instagram.media import require_read
from socialconnect.testing.emulators.instagram.state import DAY, Container, InstagramState
from socialconnect.testing.emulators.refused import Gap

__all__ = ["Limits", "create", "publish", "publishing_limit", "read", "require_publish"]

LONGEST_CAPTION = 2_200
MOST_HASHTAGS = 30
MOST_MENTIONS = 20
LONGEST_ALT = 1_000
FEWEST_ITEMS, MOST_ITEMS = 2, 10
MOST_COLLABORATORS = 3

_KEPT = ("collaborators", "user_tags", "location_id", "is_ai_generated")
"""Parameters that are kept with the container and have no effect here."""

_TYPES = {"IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"}

_TEXTS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


@dataclass
class Limits:
    """
    What the emulator allows, for tests to change.

    Args:
        processing: How long a container is in progress; `None` for ever.
        publishes: How many posts an account may publish in 24 hours.
        containers: How many containers an account may make in 24 hours.
    """

    processing: timedelta | None
    publishes: int
    containers: int = 400


def require_publish(call: Call) -> None:
    """
    Make sure that the token may publish.

    Raises:
        GraphError: It may not.
    """
    if call.login == "instagram":
        call.token.require("instagram_business_basic", "instagram_business_content_publish", code=10)
    else:
        call.token.require("instagram_basic", "pages_read_engagement", "instagram_content_publish", code=10)


def create(state: InstagramState, call: Call, account_id: str, limits: Limits) -> JsonValue:
    """Make a container for an image, a carousel's item, or a carousel."""
    account = state.account(account_id, call)
    require_publish(call)
    kind = call.parameters.text("media_type") or "IMAGE"
    if kind not in _TYPES:
        raise graph_error(100, 2207023)
    if kind not in ("IMAGE", "CAROUSEL") or "video_url" in call.parameters:
        raise Gap(f"media_type {kind}")
    recent = [one for one in state.containers.values() if one.account == account.id and call.now - one.created_at < DAY]
    if len(recent) >= limits.containers:
        # The limit is documented; its code is not.
        raise GraphError(9, "(#9) The limit of containers in 24 hours is reached")
    made = _carousel(state, call, account.id) if kind == "CAROUSEL" else _image(state, call, account.id)
    made.kept = {name: call.parameters.text(name) for name in _KEPT if name in call.parameters}
    if len(call.parameters.items("collaborators")) > MOST_COLLABORATORS:
        raise GraphError(100, f"(#100) At most {MOST_COLLABORATORS} collaborators")
    made.ready_at = _ready_at(state, made, call.now, limits.processing)
    if state.failures:
        made.failed = state.failures.pop(0)
    return {"id": state.add_container(made).id}


def _image(state: InstagramState, call: Call, account: str) -> Container:
    call.parameters.only("media_type", "image_url", "caption", "is_carousel_item", "alt_text", *_KEPT)
    item = call.parameters.flag("is_carousel_item", False)
    if item and "caption" in call.parameters:
        raise GraphError(100, "(#100) param caption is not allowed for a carousel item")
    address = call.parameters.text("image_url")
    if not address:
        raise GraphError(100, "(#100) The parameter image_url is required")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise graph_error(9004, 2207052)
    alt = call.parameters.text("alt_text")
    if len(alt) > LONGEST_ALT:
        raise GraphError(100, f"(#100) Param alt_text must be no longer than {LONGEST_ALT} characters")
    return _container(state, call, account, "IMAGE", image_url=address, alt=alt, is_item=item)


def _carousel(state: InstagramState, call: Call, account: str) -> Container:
    call.parameters.only("media_type", "children", "caption", *_KEPT)
    ids = call.parameters.names("children")
    if not FEWEST_ITEMS <= len(ids) <= MOST_ITEMS:
        raise graph_error(100, 2207028)
    for id_ in ids:
        child = state.container(id_, call)
        if child is None or child.account != account or child.status(call.now) in ("EXPIRED", "PUBLISHED"):
            raise graph_error(24, 2207006)
        if not child.is_item:
            raise GraphError(100, f"(#100) {id_} is no carousel item")
    return _container(state, call, account, "CAROUSEL", children=tuple(ids))


def _container(
    state: InstagramState,
    call: Call,
    account: str,
    kind: Literal["IMAGE", "CAROUSEL"],
    *,
    image_url: str = "",
    alt: str = "",
    is_item: bool = False,
    children: tuple[str, ...] = (),
) -> Container:
    caption = call.parameters.text("caption")
    if len(caption) > LONGEST_CAPTION:
        raise graph_error(36004, 2207010)
    hashtags, mentions = (len(re.findall(rf"(?<!\w){sign}\w", caption)) for sign in "#@")
    if hashtags > MOST_HASHTAGS or mentions > MOST_MENTIONS:
        # The limits are documented; their code is not.
        raise GraphError(100, f"(#100) A caption has at most {MOST_HASHTAGS} hashtags and {MOST_MENTIONS} mentions")
    return Container(
        id=state.next_container_id(),
        account=account,
        kind=kind,
        created_at=call.now,
        ready_at=None,
        caption=caption,
        image_url=image_url,
        alt=alt,
        is_item=is_item,
        children=children,
    )


def _ready_at(state: InstagramState, made: Container, now: datetime, processing: timedelta | None) -> datetime | None:
    """Say when it is done: after its processing, and not before its items are."""
    if processing is None:
        return None
    ready = now + processing
    for id_ in made.children:
        child = state.containers[id_].ready_at
        if child is None:
            return None
        ready = max(ready, child)
    return ready


def read(state: InstagramState, call: Call, container: Container) -> JsonValue:
    """Tell how far a container is."""
    require_read(call)
    call.parameters.only("fields")
    status = container.status(call.now)
    told = _TEXTS.get(status, f"Error: Media upload has failed with error code {container.failed}")
    readers: Readers = {"id": lambda _: container.id, "status_code": lambda _: status, "status": lambda _: told}
    gaps = frozenset({"copyright_check_status", "video_status"})
    return pick(call.fields("id"), readers, node="ShadowIGMediaBuilder", gaps=gaps)


def publish(state: InstagramState, call: Call, account_id: str, limits: Limits) -> JsonValue:
    """Make a container's content visible: once."""
    account = state.account(account_id, call)
    require_publish(call)
    call.parameters.only("creation_id")
    if "creation_id" not in call.parameters:
        raise GraphError(100, "(#100) The parameter creation_id is required.")
    container = state.container(call.parameters.text("creation_id"), call)
    if container is None or container.account != account.id:
        raise graph_error(24, 2207006)
    match container.status(call.now):
        case "PUBLISHED":
            # Public clients match this text; they disagree on the code.
            raise GraphError(100, "The media has already been published")
        case "EXPIRED":
            raise graph_error(24, 2207008)
        case "IN_PROGRESS" | "ERROR":
            raise graph_error(9007, 2207027)
        case "FINISHED":
            pass
    if container.is_item:
        raise GraphError(100, "(#100) A carousel item is published with its carousel")
    if state.used(account.id, call.now - DAY) >= limits.publishes:
        raise graph_error(9, 2207042)
    state.published.append((account.id, call.now))
    return {"id": state.publish(container, call.now).id}


def publishing_limit(state: InstagramState, call: Call, account_id: str, limits: Limits) -> JsonValue:
    """Tell how much of the day's publishes is used."""
    account = state.account(account_id, call)
    require_publish(call)
    call.parameters.only("fields", "since", "summary")
    since = call.parameters.moment("since") or call.now - DAY
    if since < call.now - DAY:
        raise GraphError(100, "(#100) Param since must be within the last 24 hours")
    config: dict[str, JsonValue] = {"quota_total": limits.publishes, "quota_duration": int(DAY.total_seconds())}
    told: dict[str, JsonValue] = {"quota_usage": state.used(account.id, since), "config": config}
    asked = {one.name for one in call.fields("quota_usage")} - {"id"}
    unknown = sorted(asked - set(told))
    if unknown:
        raise GraphError(100, f"(#100) Tried accessing nonexisting field ({unknown[0]})")
    return {"data": [{name: value for name, value in told.items() if name in asked}]}
