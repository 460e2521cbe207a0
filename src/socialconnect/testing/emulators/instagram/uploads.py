"""
Videos that are uploaded to a container, in one piece or resumed.

See https://developers.facebook.com/docs/instagram-platform/content-publishing/resumable-uploads.
"""

from __future__ import annotations

from datetime import datetime

from socialconnect.media_facts import MediaFacts
from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.graph.errors import GraphError
from socialconnect.testing.emulators.graph.rupload import UploadRefused, inner_message, receive
from socialconnect.testing.emulators.graph.tokens import Tokens
from socialconnect.testing.emulators.graph.versions import split_version
from socialconnect.testing.emulators.instagram import rules
from socialconnect.testing.emulators.instagram.containers import EDGE, start_processing
from socialconnect.testing.emulators.instagram.models import Container
from socialconnect.testing.emulators.instagram.specifications import video_failure
from socialconnect.testing.emulators.instagram.state import InstagramState
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_upload"]

_PERMISSION = "instagram_content_publish"


def answer_upload(state: InstagramState, tokens: Tokens, request: EmulatedRequest, now: datetime) -> Response | None:
    """
    Take what comes to the upload host; `None` for any other address.

    Raises:
        UploadRefused: The upload is refused.
    """
    segments = [one for one in request.path.split("/") if one]
    if not segments or segments[0] != EDGE:
        return None
    # One page of the documentation shows the address without a version.
    _, named = split_version("/".join(segments[1:]))
    if request.method != "POST" or len(named) != 1:
        raise Gap()
    container = _container(state, tokens, request, named[0], now)
    upload = container.upload
    if upload is None or container.address or state.status(container, now) != "IN_PROGRESS":
        raise UploadRefused("ProcessingFailedError", inner_message("The container takes no upload"))
    cut = state.interruptions.pop(0) if state.interruptions else None
    hosted = receive(request, upload, cut=cut)
    if hosted is None:
        _process(container, upload.facts, now)
    else:
        found = state.hosted.fetch(hosted.url, "video")
        if found.failure is not None:
            raise UploadRefused("ProcessingFailedError", inner_message("The file_url cannot be fetched"))
        container.address = hosted.url
        _process(container, found.facts, now)
    return json_response(200, {"success": True, "message": "Upload successful."})


def _container(state: InstagramState, tokens: Tokens, request: EmulatedRequest, id_: str, now: datetime) -> Container:
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    unauthorized = UploadRefused("ProcessingFailedError", inner_message("unauthorized user request"))
    if scheme.lower() != "oauth":
        raise unauthorized
    try:
        token = tokens.valid(sent.strip(), now)
    except GraphError:
        raise unauthorized from None
    container = state.containers.get(id_)
    if container is None or container.account not in token.targets:
        raise unauthorized
    allowed = {_PERMISSION} if token.login != "instagram" else {"instagram_business_content_publish"}
    if not allowed <= token.permissions:
        raise unauthorized
    return container


def _process(container: Container, facts: MediaFacts, now: datetime) -> None:
    """Look at a video that has come whole; what is wrong with it shows in the container's status."""
    container.facts = facts
    if container.failed is None:
        container.failed = video_failure(facts, story=container.kind == "STORIES")
    if container.failed is None:
        container.failed = rules.thumbnail_failure(container.kept, facts.seconds)
    start_processing(container, now)
