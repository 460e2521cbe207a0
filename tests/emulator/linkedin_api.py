"""What the tests of the LinkedIn emulator share: a bare HTTP client, and bodies as the documentation writes them."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.samples import sample_image, sample_video

PAGE = "urn:li:organization:5515715"
MEMBER = "urn:li:person:782bbtaQ"
TOKENS = {PAGE: "AQX-organization", MEMBER: "AQX-member"}
PNG = sample_image(4, 3)
PARTIAL = {"X-RestLi-Method": "PARTIAL_UPDATE"}


def client(linkedin: LinkedInEmulator, token: str, **headers: str) -> httpx.Client:
    """Give a client that sends what every call to `/rest` needs."""
    sent = {"Authorization": f"Bearer {token}", "LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Client(transport=linkedin.transport(), base_url="https://api.linkedin.com", headers=sent | names)


def enc(text: str) -> str:
    """Escape a value as a path and a query want it."""
    return quote(text, safe="")


def body(commentary: str, author: str = PAGE, **fields: object) -> dict[str, object]:
    """Give the body of a post."""
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        **fields,
    }


def posted(api: httpx.Client, commentary: str, author: str = PAGE, **fields: object) -> str:
    """Make a post and give its URN."""
    answer = api.post("/rest/posts", json=body(commentary, author, **fields))
    assert answer.status_code == 201, answer.text
    return answer.headers["x-restli-id"]


def uploaded(api: httpx.Client, owner: str, content: bytes = PNG, kind: str = "image") -> str:
    """Upload an image or a document and give its URN."""
    begin = {"initializeUploadRequest": {"owner": owner}}
    value = api.post(f"/rest/{kind}s?action=initializeUpload", json=begin).json()["value"]
    assert api.put(value["uploadUrl"], content=content).status_code == 201
    return str(value[kind])


def begun_video(api: httpx.Client, owner: str, size: int, **more: object) -> dict[str, object]:
    """Begin a video's upload and give what was answered."""
    request = {"owner": owner, "fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False, **more}
    answer = api.post("/rest/videos?action=initializeUpload", json={"initializeUploadRequest": request})
    assert answer.status_code == 200, answer.text
    value: dict[str, object] = answer.json()["value"]
    return value


def uploaded_video(api: httpx.Client, owner: str, content: bytes | None = None, **more: object) -> str:
    """Upload a video, part by part, finish it, and give its URN."""
    content = content if content is not None else sample_video(10.0, size=100_000)
    value = begun_video(api, owner, len(content), **more)
    etags: list[str] = []
    instructions = value["uploadInstructions"]
    assert isinstance(instructions, list)
    for part in instructions:
        piece = content[part["firstByte"] : part["lastByte"] + 1]
        etags.append(api.put(part["uploadUrl"], content=piece).headers["etag"].strip('"'))
    finish = {"video": value["video"], "uploadToken": "", "uploadedPartIds": etags}
    done = api.post("/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": finish})
    assert (done.status_code, done.content) == (200, b""), done.text
    return str(value["video"])
