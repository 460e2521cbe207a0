"""
The upload host, which takes a file's bytes as a request's whole body.

See https://developers.facebook.com/docs/video-api/guides/reels-publishing/: `Authorization: OAuth`, the headers
`offset` and `file_size`, or `file_url` in place of bytes. Its refusals have a shape of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import JsonValue

from socialconnect.testing.emulators.base import EmulatedRequest, json_response
from socialconnect.testing.emulators.faults import Dropped, Fault, FaultKind
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.transport.request import Response

__all__ = ["UploadRefusal", "UploadRefused", "receive", "upload_address", "upload_fault", "upload_refused"]

HOST = "rupload.facebook.com"

UploadRefusal = Literal["OffsetInvalidError", "PartialRequestError", "ProcessingFailedError"]
"""What the upload host calls its refusals."""

# The texts are documented. The statuses are not: 412 was seen with a wrong offset, and 400 with the others.
_REFUSALS: dict[str, tuple[int, bool, str]] = {
    "OffsetInvalidError": (412, True, "Request starting offset is invalid"),
    "PartialRequestError": (400, True, "Partial request (did not match length of file)"),
    "ProcessingFailedError": (400, False, "Request processing failed"),
}

_CLOSED_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com")
"""Meta's own file hosts, from which nothing is fetched."""


class UploadRefused(Exception):
    """
    The upload host refuses.

    Args:
        kind: What it calls the refusal.
        message: The text; the documented one if not given.
    """

    def __init__(self, kind: UploadRefusal, message: str | None = None) -> None:
        super().__init__(kind)
        self.kind: UploadRefusal = kind
        self.message = message

    @property
    def response(self) -> Response:
        """The answer."""
        return upload_refused(self.kind, self.message)


def upload_refused(kind: UploadRefusal, message: str | None = None) -> Response:
    """Give the upload host's refusal, as `UploadRefused` words it."""
    status, retriable, known = _REFUSALS[kind]
    told: dict[str, JsonValue] = {"retriable": retriable, "type": kind, "message": message or known}
    return json_response(status, {"debug_info": told})


def inner_message(text: str) -> str:
    """Give the JSON text that a failed upload carries as its message."""
    return json.dumps({"success": False, "error": {"message": text}}, separators=(",", ":"))


def upload_fault(kind: UploadRefusal, *, times: int = 1, path: str = "-upload/", message: str | None = None) -> Fault:
    """
    Make a fault that answers with a refusal of the upload host, for `emulator.faults.add`.

    Args:
        kind: What the host calls it.
        times: How many requests it strikes.
        path: Only for requests whose path matches this regular expression; all uploads if not given.
        message: The text; the documented one if not given.
    """
    answer = upload_refused(kind, message)
    return Fault(FaultKind.REFUSED, path=path, times=times, status=answer.status, body=answer.content)


def upload_address(request: EmulatedRequest, edge: str, version: str, id_: str) -> str:
    """
    Give the address that takes a file's bytes.

    Args:
        request: The call that asked for it: what came by another host than Meta's is sent there again.
        edge: `video-upload` or `ig-api-upload`.
        version: The version.
        id_: The id of the video or container.
    """
    meta = request.host.endswith((".facebook.com", ".instagram.com"))
    origin = f"https://{HOST}" if meta else request.origin
    return f"{origin}/{edge}/{version}/{id_}"


@dataclass(frozen=True)
class Hosted:
    """
    A file that was given by its address.

    Args:
        url: The address.
    """

    url: str


def receive(request: EmulatedRequest, file: ReceivedFile, *, cut: int | None = None) -> Hosted | None:
    """
    Take what a request to the upload host brings.

    Args:
        request: The request.
        file: The file so far; it grows.
        cut: After how many of the body's bytes the connection breaks, if it is to break.

    Returns:
        The address, if the file is to be fetched; `None` if bytes came, which may not be all yet.

    Raises:
        UploadRefused: The headers or the bytes are wrong.
        Dropped: The connection was to break.
    """
    url = request.headers.get("file_url")
    if url is not None:
        return Hosted(_checked(url))
    offset, size = _number(request, "offset"), _number(request, "file_size")
    if file.announced is None:
        file.announced = size
    if offset != file.received:
        raise UploadRefused("OffsetInvalidError")
    if size != file.announced or offset + len(request.content) > size:
        raise UploadRefused("PartialRequestError")
    piece = request.content if cut is None else request.content[:cut]
    file.append(piece, offset=offset)
    if cut is not None:
        raise Dropped(FaultKind.RESET)
    if file.received < size:
        # What came is kept: the upload goes on from there.
        raise UploadRefused("PartialRequestError")
    return None


def _number(request: EmulatedRequest, name: str) -> int:
    told = request.headers.get(name, "")
    if not told.isdecimal():
        raise UploadRefused("ProcessingFailedError", f"The header {name} is missing or no number")
    return int(told)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or host.endswith(_CLOSED_HOSTS):
        raise UploadRefused("ProcessingFailedError", inner_message("The file_url cannot be fetched"))
    return url
