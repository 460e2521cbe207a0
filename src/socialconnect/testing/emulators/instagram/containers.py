"""
Containers: what becomes a medium when it is published.

See https://developers.facebook.com/docs/instagram-platform/content-publishing. Images are fetched while the container
is made, and refused there; a video is fetched and looked at afterwards, and fails in the container's status.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import JsonValue

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, graph_error
from socialconnect.testing.emulators.graph.fields import Readers, pick
from socialconnect.testing.emulators.graph.parameters import Parameters
from socialconnect.testing.emulators.graph.rupload import upload_address
from socialconnect.testing.emulators.instagram import rules
from socialconnect.testing.emulators.instagram.access import require_publish, require_read
from socialconnect.testing.emulators.instagram.models import Container, ContainerKind
from socialconnect.testing.emulators.instagram.rules import Directory, Limits
from socialconnect.testing.emulators.instagram.specifications import image_refusal, video_failure
from socialconnect.testing.emulators.instagram.state import DAY, InstagramState
from socialconnect.testing.emulators.received import ReceivedFile

__all__ = ["Rules", "create", "read", "start_processing"]

FEWEST_ITEMS, MOST_ITEMS = 2, 10
EDGE = "ig-api-upload"

_KINDS: dict[str, ContainerKind] = {
    "IMAGE": "IMAGE",
    "VIDEO": "VIDEO",
    "REELS": "REELS",
    "STORIES": "STORIES",
    "CAROUSEL": "CAROUSEL",
}
_TIMEOUT, _UNREACHABLE = 2207003, 2207052

_TEXTS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours and has expired.",
}


@dataclass
class Rules:
    """
    What holds for every container.

    Args:
        limits: What the emulator allows.
        directory: What Instagram knows about the people, places and products that a post may name.
        resumable_for_instagram_login: Whether uploads are taken by Instagram Login too; Facebook Login is documented.
    """

    limits: Limits
    directory: Directory
    resumable_for_instagram_login: bool = False


def create(state: InstagramState, call: Call, account_id: str, held: Rules) -> JsonValue:
    """Make a container for an image, a reel, a story, a carousel, or a carousel's item."""
    account = state.account(account_id, call)
    require_publish(call)
    parameters = call.parameters
    parameters.check({**rules.TYPES, "fields": "string"})
    kind, item = _kind(call, held.limits)
    rules.check_belonging(parameters, _called(kind, item=item), call.login, call.now.date())
    rules.check_caption(parameters.text("caption"), held.limits)
    rules.check_extras(parameters, held.directory)
    if state.made(account.id, call.now - DAY) >= held.limits.containers:
        # The limit is documented; its code is not.
        raise GraphError(9, "(#9) The limit of containers in 24 hours is reached")
    made = Container(
        id="",
        account=account.id,
        kind=kind,
        created_at=call.now,
        ready_at=None,
        caption="" if kind == "STORIES" else parameters.text("caption"),
        alt=parameters.text("alt_text"),
        is_item=item,
        kept={name: parameters.text(name) for name in rules.KEPT if name in parameters},
        processing=held.limits.processing,
    )
    _fill(state, call, made, held)
    made.id = state.next_container_id()
    if state.failures:
        failure = state.failures.pop(0)
        made.failed, made.processing = failure or made.failed, made.processing if failure else None
    if made.upload is None:
        start_processing(made, call.now)
    state.add_container(made)
    told: dict[str, JsonValue] = {"id": made.id}
    if made.upload is not None:
        told["uri"] = upload_address(call.request, EDGE, call.version, made.id)
    return told


def start_processing(container: Container, now: datetime) -> None:
    """Let a container be done after its time, now that its file is there."""
    container.ready_at = None if container.processing is None else now + container.processing


def _kind(call: Call, limits: Limits) -> tuple[ContainerKind, bool]:
    """Give what is to be made, and whether it is a carousel's item."""
    told, item = call.parameters.text("media_type") or "IMAGE", call.parameters.flag("is_carousel_item", False)
    if told not in _KINDS:
        raise replace(graph_error(100, 2207023), user_message=f"The media type {told} is unknown.")
    if told != "VIDEO" or item:
        return _KINDS[told], item
    if call.now.date() < rules.VIDEO_POSTS_END:
        return ("REELS" if call.now.date() >= rules.AUTOMATIC_REELS else "VIDEO"), False
    if limits.feed_videos_refused == "publishing":
        return "VIDEO", True
    # The end is documented; how the refusal reads was not seen.
    raise GraphError(
        100,
        "(#100) The VIDEO value for media_type is no longer supported. Use the REELS media_type to publish a video to "
        "your Instagram feed.",
    )


def _called(kind: ContainerKind, *, item: bool) -> str:
    """Give the network's own words for what is being made."""
    if item and kind == "IMAGE":
        return "carousel child"
    return "carousel child video" if item and kind == "VIDEO" else kind.lower()


def _fill(state: InstagramState, call: Call, made: Container, held: Rules) -> None:
    parameters = call.parameters
    story = made.kind == "STORIES"
    if made.kind == "CAROUSEL":
        made.children = _children(state, call, made.account)
        return
    made.video = made.kind in ("VIDEO", "REELS") or (story and "image_url" not in parameters)
    rules.check_tags(parameters, held.directory, video=made.video, story=story)
    if not made.video:
        made.address = _address(parameters, "image_url")
        made.facts = _image(state, made.address, held.limits, any_ratio=story)
        if story and ("video_url" in parameters or "upload_type" in parameters):
            raise GraphError(100, "(#100) A story takes either an image or a video")
        return
    if "cover_url" in parameters:
        _image(state, _address(parameters, "cover_url"), held.limits, any_ratio=True)
    if "upload_type" in parameters:
        _expect_upload(call, made, held)
        return
    made.address = _address(parameters, "video_url")
    found = state.hosted.fetch(made.address, "video")
    made.facts = found.facts
    if found.failure is None:
        rules.check_thumbnail(parameters, found.facts.seconds)
        made.failed = video_failure(found.facts, story=story)
    else:
        made.failed = _TIMEOUT if found.failure == "timeout" else _UNREACHABLE


def _address(parameters: Parameters, name: str) -> str:
    address = parameters.text(name)
    if not address:
        raise GraphError(100, f"(#100) The parameter {name} is required")
    if not address.startswith(("http://", "https://")):
        raise _not_fetched(address)
    return address


def _image(state: InstagramState, address: str, limits: Limits, *, any_ratio: bool) -> MediaFacts:
    found = state.hosted.fetch(address, "image")
    if found.failure == "timeout":
        raise graph_error(-2, _TIMEOUT)
    if found.failure is not None:
        raise _not_fetched(address)
    refusal = image_refusal(found.facts, limits.image_types, any_ratio=any_ratio)
    if refusal is not None:
        raise refusal
    return found.facts


def _not_fetched(address: str) -> GraphError:
    text = f"The media could not be fetched from this uri: {address}"
    return replace(graph_error(9004, _UNREACHABLE), user_message=text)


def _expect_upload(call: Call, made: Container, held: Rules) -> None:
    parameters = call.parameters
    if parameters.text("upload_type") != "resumable":
        raise GraphError(100, "(#100) Param upload_type must be one of {resumable}")
    if call.login == "instagram" and not held.resumable_for_instagram_login:
        raise GraphError(100, "(#100) param upload_type is not allowed")
    if "video_url" in parameters:
        raise GraphError(100, "(#100) param video_url is not allowed with upload_type")
    rules.check_thumbnail(parameters, None)
    made.upload = ReceivedFile()


def _children(state: InstagramState, call: Call, account: str) -> tuple[str, ...]:
    ids = call.parameters.names("children")
    if not FEWEST_ITEMS <= len(ids) <= MOST_ITEMS:
        raise graph_error(100, 2207028)
    for id_ in ids:
        child = state.container(id_, call)
        if child is None or child.account != account or state.status(child, call.now) in ("EXPIRED", "PUBLISHED"):
            raise replace(graph_error(24, 2207006), user_message=f"The media with {id_} cannot be found")
        if not child.is_item:
            raise GraphError(100, f"(#100) {id_} is no carousel item")
    return tuple(ids)


# ── how far it is ─────────────────────────────────────────────────────────────────────────────────────────────────────


def read(state: InstagramState, call: Call, container: Container) -> JsonValue:
    """Tell how far a container is."""
    require_read(call)
    call.parameters.check({"fields": "string"})
    status = state.status(container, call.now)
    told = _TEXTS.get(status, f"Error: Media upload has failed with error code {state.failure(container)}")
    readers: Readers = {
        "id": lambda _: container.id,
        "status_code": lambda _: status,
        "status": lambda _: told,
        "video_status": lambda _: _video_status(container, status, told),
        "copyright_check_status": lambda _: _copyright(container, status),
    }
    return pick(call.fields("id"), readers, node="ShadowIGMediaBuilder")


def _video_status(container: Container, status: str, told: str) -> JsonValue:
    upload = container.upload
    if upload is None:
        return None
    fetched = bool(container.address)
    come = container.facts.size if fetched and container.facts is not None else upload.received
    there = fetched or upload.complete
    uploading: dict[str, JsonValue] = {
        "status": "complete" if there else "in_progress" if come else "not_started",
        "bytes_transferred": come,
    }
    if upload.announced is not None:
        uploading["source_file_size"] = upload.announced
    processed = {"IN_PROGRESS": "in_progress", "ERROR": "error"}.get(status, "complete")
    processing: dict[str, JsonValue] = {"status": processed if there else "not_started"}
    if there and status == "ERROR":
        processing["errors"] = [{"code": container.failed, "message": told}]
    return {"uploading_phase": uploading, "processing_phase": processing}


def _copyright(container: Container, status: str) -> JsonValue:
    if not container.video:
        return None
    return {"status": "in_progress" if status == "IN_PROGRESS" else "completed", "matches_found": False}
