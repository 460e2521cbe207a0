"""The upload host: bytes that are put to the addresses that `initializeUpload` gave."""

from __future__ import annotations

import hashlib
import re

from socialconnect.testing.emulators.base import EmulatedRequest
from socialconnect.testing.emulators.linkedin.auth import identify
from socialconnect.testing.emulators.linkedin.errors import bad_syntax, classic, invalid_field, not_found
from socialconnect.testing.emulators.linkedin.processing import fault_of
from socialconnect.testing.emulators.linkedin.state import Asset, State
from socialconnect.testing.emulators.received import ReceivedFile
from socialconnect.transport.request import Response

__all__ = ["UploadHost"]

_THUMBNAIL_MARKS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")
# The first cue of an SRT file: its number, and when it stands.
_FIRST_CUE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\d+\s*\r?\n\d{2}:\d{2}:\d{2}[,.]\d{3} --> ")


class UploadHost:
    """
    Takes bytes; keeps what they are, never the bytes.

    Args:
        state: Where media are.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, request: EmulatedRequest) -> Response:
        """
        `PUT` to an upload address.

        Raises:
            Refused: The address was never given or has ended, or the bytes are not what it is for.
        """
        place, _, name = request.path.rpartition("/")
        asset = next((one for one in self._state.assets.values() if one.upload_path == f"{place}/"), None)
        if asset is None:
            raise not_found()
        if request.method not in ("PUT", "POST"):
            raise classic(405, f"Method {request.method} is not allowed here")
        # A video's parts are put without the token, and with it as well; all else wants it.
        if asset.kind != "video" or "authorization" in request.headers:
            identify(request, self._state)
        if self._state.now >= asset.expires_at:
            raise invalid_field("EXPIRED_UPLOAD_URL", "/uploadUrl", "The Video upload Url is expired")
        if name == "captions" and asset.wants_captions:
            return self._captions(asset, request)
        if name == "thumbnail" and asset.wants_thumbnail:
            return self._thumbnail(asset, request)
        if not name.isdecimal() or int(name) >= max(len(asset.parts), 1):
            raise not_found()
        return self._part(asset, int(name), request.content) if asset.parts else self._whole(asset, request.content)

    def _whole(self, asset: Asset, content: bytes) -> Response:
        if not content:
            raise bad_syntax("The upload has no content")
        asset.file = ReceivedFile(len(content))
        asset.file.append(content)
        asset.received_at = self._state.now
        asset.fault = fault_of(asset, self._state.settings)
        return Response(201, {}, b"")

    def _part(self, asset: Asset, number: int, content: bytes) -> Response:
        first, last = asset.parts[number]
        if len(content) != last - first + 1:
            raise bad_syntax(f"Expected bytes {first} to {last}, got {len(content)} bytes")
        asset.file.append(content, offset=first)
        asset.etags[number] = hashlib.sha256(content).hexdigest()[:32]
        return Response(200, {"etag": f'"{asset.etags[number]}"'}, b"")

    def _captions(self, asset: Asset, request: EmulatedRequest) -> Response:
        """Take an SRT file, as a form's file beside its metadata, or plain."""
        content = request.content
        if request.media_type == "multipart/form-data":
            files = list(request.files.values())
            if len(files) != 1:
                raise bad_syntax("One file of captions is expected")
            content = files[0].content
        if not _FIRST_CUE.match(content):
            raise classic(415, "Captions must be an SRT file", code="UNSUPPORTED_MEDIA_TYPE")
        asset.captions = ReceivedFile(len(content))
        asset.captions.append(content)
        return Response(201, {}, b"")

    def _thumbnail(self, asset: Asset, request: EmulatedRequest) -> Response:
        if not request.content.startswith(_THUMBNAIL_MARKS):
            raise classic(415, "A thumbnail must be an image", code="UNSUPPORTED_MEDIA_TYPE")
        asset.thumbnail = ReceivedFile(len(request.content))
        asset.thumbnail.append(request.content)
        return Response(201, {}, b"")
