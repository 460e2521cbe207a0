"""
Sending a film from a file to its container.

https://developers.facebook.com/docs/instagram-platform/content-publishing, read in November 2026; told there for
Facebook Login only.
"""

from __future__ import annotations

from urllib.parse import quote

from socialconnect.media import Video
from socialconnect.networks.instagram.wire import UploadProgress
from socialconnect.networks.meta.adapter import GraphAdapter
from socialconnect.networks.meta.upload import send_file

__all__ = ["send_film"]


async def send_film(adapter: GraphAdapter, container: str, film: Video, *, begun: bool) -> None:
    """
    Send a film to its container, streamed; after a break from where it broke.

    Args:
        adapter: The account.
        container: The container, made for an upload.
        film: The film.
        begun: Whether an earlier attempt may have sent a part of it.

    Raises:
        UnavailableError: It broke again and again; what has arrived stays, and the next attempt goes on from there.
        MediaRejected: Instagram does not take the film.
    """
    size = 0 if film.facts is None else film.facts.size

    async def arrived() -> int | None:
        query = {"fields": "status_code,video_status"}
        found = await adapter.get(container, query=query, model=UploadProgress)
        so_far = found.video_status.uploading_phase.bytes_transferred
        return so_far if so_far < size else None

    address = adapter.url("upload", f"/ig-api-upload/{adapter.api_version}/{quote(container, safe='')}")
    await send_file(adapter, address, film, arrived, look_first=begun)
