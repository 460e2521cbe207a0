"""Films and GIFs for the tests of uploads, and the answers to their calls."""

from __future__ import annotations

import io

import httpx
from PIL import Image as Picture
from pydantic import JsonValue

from socialconnect.media import Video
from socialconnect.testing import sample_video

ID = "1993000000000000101"
MEDIA = "1993000000000000001"
CREATED: JsonValue = {"data": {"id": ID, "text": "Look", "edit_history_tweet_ids": [ID]}}
APPENDED: JsonValue = {"data": {"expires_at": 1795597200}}
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n"
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nHello\n"
SEGMENT_BYTES = 64 * 1024
PARTS = 3
SIZE = 2 * SEGMENT_BYTES + 1000


def media(media_id: str = MEDIA, **more: JsonValue) -> JsonValue:
    """Give the answer of initialize, finalize and status."""
    return {"data": {"id": media_id, "media_key": f"7_{media_id}", "expires_after_secs": 86400, **more}}


def film(size: int | None = None) -> Video:
    """Give a short film within the limits."""
    return Video(sample_video(5, width=1280, height=720, size=size))


def gif(frames: int = 2, width: int = 40, height: int = 30) -> bytes:
    """Give a GIF that moves."""
    pictures = [Picture.new("P", (width, height), index % 250) for index in range(frames)]
    for index, one in enumerate(pictures):
        one.putpixel((index % width, index // width), 251)  # no two alike, or they would become one frame
    file = io.BytesIO()
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:])
    return file.getvalue()


def paths(requests: list[httpx.Request]) -> list[str]:
    """Give what was asked for."""
    return [f"{one.method} {one.url.path.removeprefix('/2/media/upload')}" for one in requests]
