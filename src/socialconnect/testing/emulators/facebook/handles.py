"""
Files that are uploaded first and used later, by a handle.

See https://developers.facebook.com/docs/graph-api/guides/upload: a session for the file, its bytes with a
`file_offset` header, and the handle in the answer. A session can be asked how much of the file it has.
"""

from __future__ import annotations

import base64
from datetime import datetime
from urllib.parse import unquote

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.facebook.state import FacebookState
from socialconnect.testing.emulators.faults import Dropped, FaultKind
from socialconnect.testing.emulators.graph.call import Call
from socialconnect.testing.emulators.graph.errors import GraphError, missing
from socialconnect.testing.emulators.graph.tokens import Tokens, header_token
from socialconnect.testing.emulators.graph.types import Types, one_of, typed
from socialconnect.testing.emulators.graph.versions import split_version
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.testing.emulators.refused import Gap
from socialconnect.transport.request import Response

__all__ = ["answer_upload", "start_upload"]

_PREFIX = "upload:"
_START: Types = {
    **typed("string", "file_name session_type"),
    "file_length": "unsigned int",
    "file_type": one_of("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"),
}


def start_upload(state: FacebookState, call: Call) -> JsonValue:
    """Begin a session for a file."""
    call.parameters.check(_START)
    length = call.parameters.number("file_length", 0)
    for name in ("file_length", "file_type"):
        if name not in call.parameters:
            raise GraphError(100, f"(#100) The parameter {name} is required")
    if length <= 0:
        raise GraphError(100, "(#100) Param file_length must be above 0")
    name = base64.urlsafe_b64encode(f"attachment:{state.number('session')}".encode()).decode().rstrip("=")
    state.uploads[name] = ReceivedFile(length)
    return {"id": f"{_PREFIX}{name}"}


def answer_upload(state: FacebookState, request: EmulatedRequest, tokens: Tokens, now: datetime) -> Response | None:
    """
    Take a file's bytes, or tell how many have come; `None` for a request that is about no such file.

    Raises:
        GraphError: The session, the token or the offset is wrong.
        Dropped: The connection was to break.
    """
    segments = split_version(unquote(request.path))[1]
    if len(segments) != 1 or not segments[0].startswith(_PREFIX):
        return None
    tokens.valid(header_token(request) or request.query.get("access_token"), now)
    name = segments[0].removeprefix(_PREFIX).partition("?")[0]
    file = state.uploads.get(name)
    if file is None:
        raise missing(segments[0], request.method)
    if request.method == "GET":
        return json_response(200, {"id": f"{_PREFIX}{name}", "file_offset": file.received})
    if request.method != "POST":
        raise Gap()
    return json_response(200, _received(state, request, name, file))


def _received(state: FacebookState, request: EmulatedRequest, name: str, file: ReceivedFile) -> JsonValue:
    told = request.headers.get("file_offset", "")
    if not told.isdecimal() or int(told) != file.received:
        # How a wrong offset is answered is not documented.
        raise GraphError(100, f"(#100) The header file_offset must be {file.received}")
    cut = state.settings.taken_cut()
    piece = request.content if cut is None else request.content[:cut]
    if file.received + len(piece) > (file.announced or 0):
        raise GraphError(100, f"(#100) The file is longer than the {file.announced} bytes that were announced")
    file.append(piece)
    if cut is not None:
        raise Dropped(FaultKind.RESET)
    if not file.complete:
        raise GraphError(100, f"(#100) The upload is not complete: {file.received} of {file.announced} bytes have come")
    handle = f"4::{name}"
    state.handles[handle] = file
    return {"h": handle}
