"""Images, documents and videos of the LinkedIn emulator: how they are uploaded, looked at, and refused."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator.linkedin_api import (
    MEMBER,
    PAGE,
    PNG,
    begun_video,
    body,
    client,
    enc,
    posted,
    uploaded,
    uploaded_video,
)

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.samples import sample_image, sample_video

PART = 4_194_304
SRT = b"1\r\n00:00:01,000 --> 00:00:04,000\r\nHello.\r\n"
GIF_HEAD = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
GIF_FRAME = b"\x21\xf9\x04\x00\x0a\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


def state_of(api: httpx.Client, urn: str) -> dict[str, object]:
    kind = urn.split(":")[2]
    found: dict[str, object] = api.get(f"/rest/{kind}s/{enc(urn)}").json()
    return found


# ── videos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_video_has_an_address_for_each_part(page: httpx.Client) -> None:
    """Parts of 4 MiB, the last one shorter; the last byte is in the part; addresses live thirty days."""
    value = begun_video(page, PAGE, 2 * PART + 5)
    instructions = value["uploadInstructions"]
    assert isinstance(instructions, list)
    ranges = [(one["firstByte"], one["lastByte"]) for one in instructions]
    assert ranges == [(0, PART - 1), (PART, 2 * PART - 1), (2 * PART, 2 * PART + 4)]
    assert len({one["uploadUrl"] for one in instructions}) == 3
    assert value["uploadToken"] == ""
    assert value["uploadUrlsExpireAt"] == 1_795_510_800_000 + 30 * 86_400_000
    assert "captionsUploadUrl" not in value


def test_parts_may_come_in_any_order_but_end_in_theirs(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Parts are put in any order; the ids at the end are in the order of the parts, quotes or not."""
    content = sample_video(10.0, size=PART + 10)
    value = begun_video(page, PAGE, len(content))
    instructions = value["uploadInstructions"]
    assert isinstance(instructions, list)
    etags: dict[int, str] = {}
    for part in reversed(instructions):
        piece = content[part["firstByte"] : part["lastByte"] + 1]
        with httpx.Client(transport=linkedin.transport()) as bare:  # the official sample sends no token
            etags[part["firstByte"]] = bare.put(part["uploadUrl"], content=piece).headers["etag"]
    where = "/rest/videos?action=finalizeUpload"
    finish = {"video": value["video"], "uploadToken": "", "uploadedPartIds": list(etags.values())}
    swapped = page.post(where, json={"finalizeUploadRequest": finish})
    assert (swapped.status_code, swapped.json()["code"]) == (400, "UPDATING_ASSET_FAILED")
    finish["uploadedPartIds"] = [etags[0], etags[PART]]
    strange = page.post(where, json={"finalizeUploadRequest": {**finish, "uploadToken": "another"}})
    assert strange.json()["code"] == "UPDATING_ASSET_FAILED"
    assert page.post(where, json={"finalizeUploadRequest": finish}).status_code == 200


def test_a_part_of_another_length_is_refused(page: httpx.Client) -> None:
    """What is not the part's range of bytes is not taken, nor is a part that is not there."""
    value = begun_video(page, PAGE, PART + 1)
    instructions = value["uploadInstructions"]
    assert isinstance(instructions, list)
    url = instructions[1]["uploadUrl"]
    assert page.put(url, content=b"12").status_code == 400
    assert page.put(url.replace("/1?", "/2?"), content=b"1").status_code == 404
    assert page.get(url).status_code == 405


def test_a_video_is_processed_by_the_clock(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A video waits, is processed, and then tells its length and shape."""
    value = begun_video(page, PAGE, 100_000)
    assert state_of(page, str(value["video"]))["status"] == "WAITING_UPLOAD"
    urn = uploaded_video(page, PAGE, sample_video(10.0, width=1080, height=1920, size=100_000))
    clock.advance(2)
    assert state_of(page, urn)["status"] == "PROCESSING"
    ids = [f'"{one}"' for one in linkedin.state.assets[urn].etags.values()]
    finish = {"video": urn, "uploadToken": "", "uploadedPartIds": ids}
    again = page.post("/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": finish})
    assert again.status_code == 200  # the end may be told twice: processing does not start anew
    clock.advance(1)
    assert state_of(page, urn) == {
        "id": urn,
        "owner": PAGE,
        "status": "AVAILABLE",
        "duration": 10_000,
        "aspectRatioWidth": 1080,
        "aspectRatioHeight": 1920,
    }
    assert posted(page, "Film", content={"media": {"id": urn, "title": "Film"}}).startswith("urn:li:ugcPost:")


@pytest.mark.parametrize(
    "content",
    [
        b"no film" * 20_000,
        sample_video(10.0),  # 75 KB at least
        sample_video(2.0, size=100_000),
        sample_video(1801.0, size=100_000),
    ],
    ids=["type", "bytes", "short", "long"],
)
def test_a_video_that_is_out_of_bounds_fails(page: httpx.Client, clock: TestClock, content: bytes) -> None:
    """A film of the wrong type, size or length is taken, and fails in processing with its reason."""
    urn = uploaded_video(page, PAGE, content)
    clock.advance(3)
    told = state_of(page, urn)
    assert told["status"] == "PROCESSING_FAILED"
    assert told["processingFailureReason"]
    refused = page.post("/rest/posts", json=body("x", content={"media": {"id": urn}}))
    assert (refused.status_code, refused.json()["code"]) == (400, "MEDIA_ASSET_PROCESSING_FAILED")


def test_an_announced_size_has_a_limit(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """The schema ends at 5 GB; a test may set less."""
    where, request = "/rest/videos?action=initializeUpload", {"owner": PAGE, "fileSizeBytes": 5_000_000_001}
    assert page.post(where, json={"initializeUploadRequest": request}).json()["code"] == "INVALID_VALUE_FOR_FIELD"
    request["fileSizeBytes"] = 600_000_000
    assert page.post(where, json={"initializeUploadRequest": request}).status_code == 200
    linkedin.settings.video_most_bytes = 500_000_000
    assert page.post(where, json={"initializeUploadRequest": request}).status_code == 400
    request["fileSizeBytes"] = 0
    assert page.post(where, json={"initializeUploadRequest": request}).status_code == 422


def test_captions_and_a_thumbnail(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Both have addresses when they are asked for; captions are SRT, a thumbnail is an image."""
    value = begun_video(page, PAGE, 100_000, uploadCaptions=True, uploadThumbnail=True)
    captions, thumbnail = str(value["captionsUploadUrl"]), str(value["thumbnailUploadUrl"])
    form = {"metadata": (None, '{"format":"SRT","transcriptType":"CLOSED_CAPTION"}', "application/json")}
    done = page.put(captions, files=form | {"file": ("words.srt", SRT, "application/x-subrip")})
    assert done.status_code == 201
    assert page.post(captions, content=SRT).status_code == 201
    assert page.put(captions, content=b"WEBVTT\n").status_code == 415
    assert page.put(thumbnail, content=PNG, headers={"media-type-family": "STILLIMAGE"}).status_code == 201
    assert page.put(thumbnail, content=b"no image").status_code == 415
    asset = linkedin.state.assets[str(value["video"])]
    assert asset.captions is not None
    assert asset.captions.received == len(SRT)
    assert asset.thumbnail is not None
    plain = begun_video(page, PAGE, 100_000)
    parts = plain["uploadInstructions"]
    assert isinstance(parts, list)
    assert page.put(parts[0]["uploadUrl"].replace("/0?", "/captions?"), content=SRT).status_code == 404


def test_a_video_in_parts_is_not_kept(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Of many bytes only the first mebibyte stays."""
    urn = uploaded_video(page, PAGE, sample_video(10.0, size=3 * PART))
    file = linkedin.state.assets[urn].file
    assert file.received == 3 * PART
    assert len(file.head) <= 1024 * 1024


def test_a_video_before_its_time(page: httpx.Client, clock: TestClock) -> None:
    """A post with a video that is not all there, in work, or unknown is refused, each in its own words."""
    waiting = str(begun_video(page, PAGE, 100_000)["video"])
    refused = page.post("/rest/posts", json=body("x", content={"media": {"id": waiting}}))
    assert (refused.status_code, refused.json()["code"]) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    working = uploaded_video(page, PAGE)
    refused = page.post("/rest/posts", json=body("x", content={"media": {"id": working}}))
    assert refused.status_code == 422
    assert "still processing" in refused.json()["message"]
    finish = {"video": "urn:li:video:none", "uploadToken": "", "uploadedPartIds": []}
    unknown = page.post("/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": finish})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "INVALID_VIDEO_ID")


def test_a_videos_addresses_end(page: httpx.Client, clock: TestClock) -> None:
    """After thirty days neither a part nor the end of the upload is taken."""
    value = begun_video(page, PAGE, 100_000)
    parts = value["uploadInstructions"]
    assert isinstance(parts, list)
    clock.advance(days=30)
    assert page.put(parts[0]["uploadUrl"], content=bytes(100_000)).json()["code"] == "EXPIRED_UPLOAD_URL"
    finish = {"video": value["video"], "uploadToken": "", "uploadedPartIds": []}
    late = page.post("/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": finish})
    assert late.json()["code"] == "EXPIRED_UPLOAD_URL"


# ── images and documents ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (PNG, "AVAILABLE"),
        (b"\xff\xd8\xff\xe0 a photograph", "AVAILABLE"),
        (GIF_HEAD + 250 * GIF_FRAME + b";", "AVAILABLE"),
        (GIF_HEAD + 251 * GIF_FRAME + b";", "PROCESSING_FAILED"),
        (sample_image(6014, 6012)[:64], "PROCESSING_FAILED"),  # 36,156,168 pixels
        (b"BM a bitmap", "PROCESSING_FAILED"),
    ],
    ids=["png", "jpeg", "gif", "long-gif", "pixels", "bitmap"],
)
def test_images_are_looked_at(page: httpx.Client, content: bytes, status: str) -> None:
    """JPG, PNG and GIF of fewer than 36,152,320 pixels and at most 250 frames are good, others fail."""
    assert state_of(page, uploaded(page, PAGE, content))["status"] == status


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"%PDF-1.7\n" + b"<< /Type /Page >>\n" * 300 + b"<< /Type /Pages >>", "AVAILABLE"),
        (b"%PDF-1.7\n" + b"<</Type/Page>>\n" * 301, "PROCESSING_FAILED"),
        (b"PK\x03\x04 slides", "AVAILABLE"),
        (b"\xd0\xcf\x11\xe0 an old one", "AVAILABLE"),
        (PNG, "PROCESSING_FAILED"),
    ],
    ids=["pdf", "pages", "pptx", "doc", "png"],
)
def test_documents_are_looked_at(page: httpx.Client, content: bytes, status: str) -> None:
    """PDF, PPT, PPTX, DOC and DOCX of at most 300 pages are good, others fail."""
    assert state_of(page, uploaded(page, PAGE, content, "document"))["status"] == status


def test_a_document_needs_its_title(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A document is posted with a title, and not without."""
    urn = uploaded(page, PAGE, b"%PDF-1.7", "document")
    refused = page.post("/rest/posts", json=body("x", content={"media": {"id": urn}}))
    assert (refused.status_code, refused.json()["code"]) == (400, "MISSING_FIELD")
    posted(page, "x", content={"media": {"id": urn, "title": "Report.pdf"}})
    assert linkedin.wall[0].media == 1


def test_any_bytes_are_good_where_nothing_looks(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A test that is not about media may send any bytes."""
    linkedin.settings.checks_media = False
    assert state_of(page, uploaded(page, PAGE, b"anything"))["status"] == "AVAILABLE"


def test_processing_fails_or_hangs_on_demand(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Processing takes its time, fails, or never ends, as a test wants it."""
    linkedin.settings.image_seconds = linkedin.settings.document_seconds = 5
    image, document = uploaded(page, PAGE), uploaded(page, PAGE, b"%PDF-1.7", "document")
    assert {state_of(page, one)["status"] for one in (image, document)} == {"PROCESSING"}
    clock.advance(5)
    assert {state_of(page, one)["status"] for one in (image, document)} == {"AVAILABLE"}
    linkedin.settings.processing_hangs = True
    assert state_of(page, image)["status"] == "PROCESSING"
    linkedin.settings.processing_hangs, linkedin.settings.processing_fails = False, True
    assert state_of(page, image)["status"] == "PROCESSING_FAILED"
    linkedin.settings.processing_fails, linkedin.settings.tells_downloads = False, True
    assert {"downloadUrl", "downloadUrlExpiresAt"} <= set(state_of(page, image))


def test_media_are_read_together(page: httpx.Client, clock: TestClock) -> None:
    """Several images are looked at in one call, where the tier allows a batch."""
    image = uploaded(page, PAGE)
    where = f"/rest/images?ids=List({enc(image)},urn%3Ali%3Aimage%3Anone)"
    found = page.get(where).json()
    assert found["results"][image]["status"] == "AVAILABLE"
    assert found["errors"] == {"urn:li:image:none": {"status": 404, "message": "Could not find entity"}}
    poor = LinkedInEmulator(clock=clock, tier="development")
    with client(poor, "AQX-organization") as api:
        assert api.get(where).status_code == 403


def test_media_belong_to_who_may_act_for_the_owner(linkedin: LinkedInEmulator) -> None:
    """A member with a poster's role uploads for the page; one with another role does not."""
    linkedin.add_token("AQX-poster", "urn:li:person:poster", {"w_organization_social"})
    begin = {"initializeUploadRequest": {"owner": PAGE}}
    with client(linkedin, "AQX-poster") as api:
        for role, status in (("DIRECT_SPONSORED_CONTENT_POSTER", 200), ("ANALYST", 403), (None, 403)):
            linkedin.set_role("urn:li:person:poster", PAGE, role)
            answer = api.post(
                "/rest/videos?action=initializeUpload",
                json=begin | {"initializeUploadRequest": {"owner": PAGE, "fileSizeBytes": 100_000}},
            )
            assert answer.status_code == status
        assert answer.json() == {
            "status": 403,
            "message": "Accessing this video resource is forbidden. Please check your permissions for this resource",
        }


def test_self_serve_reads_the_state_of_videos_alone(clock: TestClock) -> None:
    """A self-serve token may look at its videos, and at no image or document."""
    linkedin = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(linkedin, "AQX-member") as api:
        assert state_of(api, uploaded_video(api, MEMBER))["status"] == "PROCESSING"
        for urn in (uploaded(api, MEMBER), uploaded(api, MEMBER, b"%PDF-1.7", "document")):
            assert api.get(f"/rest/{urn.split(':')[2]}s/{enc(urn)}").status_code == 403


def test_an_unknown_action_is_refused(page: httpx.Client) -> None:
    """An action that the resource does not have is refused."""
    assert page.post("/rest/images?action=finalizeUpload", json={}).status_code == 400
    assert page.post("/rest/images?action=initializeUpload", json={}).status_code == 422
