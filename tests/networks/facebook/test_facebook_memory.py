"""However long a film is, what is held of it in memory stays the same."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import httpx
import pytest
from tests.networks.facebook.films import OK, REEL, REEL_STARTED, due, started, status

from socialconnect.media import Video
from socialconnect.networks.facebook import Facebook
from socialconnect.networks.facebook.options import FacebookOptions
from socialconnect.post import Post
from socialconnect.testing import TestClock, write_sample_video

MB = 1_000_000


class Sink(httpx.BaseTransport):
    """Takes every body piece by piece, keeps none, and asks for a film in parts of a megabyte."""

    def __init__(self, size: int) -> None:
        self.size, self.start, self.taken = size, 0, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)
        head = b""
        for piece in request.stream:
            self.taken += len(piece)
            head = head or piece[:200]
        if request.url.host == "rupload.facebook.com":
            return httpx.Response(200, json=OK)
        if request.method == "GET":
            return httpx.Response(200, json=status())
        if request.url.path.endswith("video_reels"):
            return httpx.Response(200, json={**REEL_STARTED, "success": True})  # type: ignore[dict-item]  # an object
        if b"upload_phase=start" in head:
            return httpx.Response(200, json=started(MB))
        if b"upload_phase=finish" in head:
            return httpx.Response(200, json=OK)
        self.start = min(self.start + MB, self.size)
        return httpx.Response(200, json=due(self.start, min(self.start + MB, self.size)))


def peak(path: Path, size: int, options: FacebookOptions | None) -> int:
    """Give the most bytes that a publish of a film of this size holds."""
    video = Video(write_sample_video(path / f"{size}.mp4", size=size))
    sink = Sink(size)
    post = Post("A film", media=[video], options=() if options is None else options)
    with httpx.Client(transport=sink) as client:
        facebook = Facebook(page_id="1000", token="EAAPAGE", http_client=client, clock=TestClock())
        tracemalloc.start()
        try:
            facebook.publish(post)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert sink.taken > size


@pytest.mark.parametrize("options", [None, REEL], ids=["video", "reel"])
def test_memory_does_not_grow_with_the_film(tmp_path: Path, options: FacebookOptions | None) -> None:
    """A film of 200 MB takes no more than one of 10 MB but for the record of its parts: a thousandth of the film."""
    peak(tmp_path, 2 * MB, options)  # what is loaded once
    assert peak(tmp_path, 200 * MB, options) - peak(tmp_path, 10 * MB, options) <= 190 * MB / 1000
