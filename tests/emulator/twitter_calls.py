"""What the tests of the Twitter emulator share: calls of the X API, and files to upload."""

from __future__ import annotations

import httpx

from socialconnect.testing.emulators.twitter import TwitterEmulator

USER = "2244994945"
INVALID = {"title": "Invalid Request", "detail": "One or more parameters to your request was invalid."}
UNDEFINED = "is not defined in the schema and the schema does not allow additional properties"


def client(twitter: TwitterEmulator, token: str = "USER_TOKEN") -> httpx.Client:
    """Give a client that sends a bearer token."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(transport=twitter.transport(), base_url="https://api.x.com", headers=headers)


def posted(api: httpx.Client, text: str = "Release day", **fields: object) -> str:
    """Post, and give the id."""
    answer = api.post("/2/tweets", json={"text": text, **fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["data"]["id"])


def begun(api: httpx.Client, total: int, kind: str = "video/mp4", category: str = "tweet_video") -> str:
    """Begin an upload in segments, and give its id."""
    body = {"media_type": kind, "total_bytes": total, "media_category": category}
    answer = api.post("/2/media/upload/initialize", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["id"])


def appended(api: httpx.Client, media: str, index: int, content: bytes) -> httpx.Response:
    """Send a segment as a form."""
    files = {"media": ("blob", content, "application/octet-stream")}
    return api.post(f"/2/media/upload/{media}/append", data={"segment_index": str(index)}, files=files)


def uploaded(api: httpx.Client, content: bytes, kind: str = "video/mp4", category: str = "tweet_video") -> str:
    """Upload in one segment, and give the id; a video is then still to be processed."""
    media = begun(api, len(content), kind, category)
    assert appended(api, media, 0, content).status_code == 200
    done = api.post(f"/2/media/upload/{media}/finalize")
    assert done.status_code == 200, done.text
    return media


def processed(api: httpx.Client, media: str) -> dict[str, object]:
    """Give the processing record of an upload."""
    answer = api.get("/2/media/upload", params={"command": "STATUS", "media_id": media})
    assert answer.status_code == 200, answer.text
    info: dict[str, object] = answer.json()["data"]["processing_info"]
    return info


def message(answer: httpx.Response) -> str:
    """Give the first message of a 400."""
    assert answer.status_code == 400, answer.text
    return str(answer.json()["errors"][0]["message"])
