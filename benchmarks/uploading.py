"""What the library adds to a hand-written upload: a film in parts, against a bare httpx loop over the same parts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import httpx

from benchmarks.measure import Ratio, side_by_side
from socialconnect import Facebook, Post, Video
from socialconnect.testing import write_sample_video

__all__ = ["uploading"]

_SIZE = 64 * 2**20
_PART = 4 * 2**20
_TOKEN = "benchmark-token"
_URL = "https://graph-video.facebook.com/v26.0/1000/videos"
_HEADERS = {"Authorization": f"Bearer {_TOKEN}"}


class _Network(httpx.BaseTransport):
    """Takes parts and asks for the next one, at once; each byte is read from the client and forgotten."""

    def __init__(self) -> None:
        self._at = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        length = sum(map(len, request.stream))  # type: ignore[arg-type]  # a blocking client's stream is iterable
        if length > _PART:
            self._at += _PART
        elif self._at >= _SIZE:
            self._at = 0
            return httpx.Response(200, json={"success": True})
        told = {"start_offset": str(self._at), "end_offset": str(min(self._at + _PART, _SIZE))}
        return httpx.Response(200, json={"upload_session_id": "1", "video_id": "2", **told})


def _by_hand(client: httpx.Client, path: Path) -> None:
    start = {"upload_phase": "start", "file_size": str(_SIZE)}
    due = client.post(_URL, data=start, headers=_HEADERS).json()
    session = due["upload_session_id"]
    with path.open("rb") as file:
        while due["start_offset"] != due["end_offset"]:
            form = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": due["start_offset"]}
            part = {"video_file_chunk": ("part", file.read(int(due["end_offset"]) - int(due["start_offset"])))}
            due = client.post(_URL, data=form, files=part, headers=_HEADERS).json()
    end = {"upload_phase": "finish", "upload_session_id": session, "description": json.dumps("A film.")}
    client.post(_URL, data=end, headers=_HEADERS).json()


def uploading() -> Ratio:
    """Publish a film of 64 MB on Facebook, in parts of 4 MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_sample_video(Path(folder) / "film.mp4", 60, size=_SIZE)
        post = Post("A film.", media=[Video(path)])
        client, bare = httpx.Client(transport=_Network()), httpx.Client(transport=_Network())
        with Facebook(page_id="1000", token=_TOKEN, http_client=client) as facebook:
            ours, theirs = side_by_side(lambda: facebook.publish(post), lambda: _by_hand(bare, path), rounds=9, calls=1)
    return Ratio("a film of 64 MB in parts", "httpx.Client.post of each part", ours * 1e3, theirs * 1e3, 1.2, "ms CPU")
