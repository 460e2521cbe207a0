"""LinkedIn's published examples, replayed against the emulator with no socket in between."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tests.emulator import linkedin_api
from tests.emulator.linkedin_api import MEMBER, PAGE, PNG, client, enc, uploaded

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

COMMENTARY = "Q3 results \\(unaudited\\) are out {hashtag|\\#|finance}"


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


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def body(commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> dict[str, object]:
    return linkedin_api.body(commentary, author, **fields)


def posted(api: httpx.Client, commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> str:
    return linkedin_api.posted(api, commentary, author, **fields)


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_text_post(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A text post answers 201 with its URN in a header and no body, and reads as people read it."""
    answer = page.post("/rest/posts", json=body())
    assert (answer.status_code, answer.content) == (201, b"")
    assert answer.headers["x-restli-id"].startswith("urn:li:share:")
    assert answer.headers["x-restli-protocol-version"] == "2.0.0"
    assert {"x-li-uuid", "x-li-fabric", "x-li-request-id"} <= set(answer.headers)
    (seen,) = linkedin.wall
    assert (seen.account, seen.text) == (PAGE, "Q3 results (unaudited) are out #finance")


def test_image_post(member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """An image is begun, uploaded, looked at, and posted."""
    start = member.post("/rest/images?action=initializeUpload", json={"initializeUploadRequest": {"owner": MEMBER}})
    value = start.json()["value"]
    assert set(value) == {"uploadUrlExpiresAt", "uploadUrl", "image"}
    assert value["uploadUrl"].startswith("https://www.linkedin.com/dms-uploads/")
    where = f"/rest/images/{enc(value['image'])}"
    assert member.get(where).json() == {"id": value["image"], "owner": MEMBER, "status": "WAITING_UPLOAD"}
    content = {"media": {"id": value["image"], "altText": "Team on stage"}}
    early = member.post("/rest/posts", json=body("Launch day", MEMBER, visibility="CONNECTIONS", content=content))
    assert (early.status_code, early.json()["code"]) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    assert member.put(value["uploadUrl"], content=PNG).status_code == 201
    assert member.get(where).json()["status"] == "AVAILABLE"
    posted(member, "Launch day", MEMBER, visibility="CONNECTIONS", content=content)
    assert linkedin.wall[0].media == 1


def test_an_upload_wants_the_token(linkedin: LinkedInEmulator, page: httpx.Client) -> None:
    """An image is not taken from who does not send the token."""
    start = page.post("/rest/images?action=initializeUpload", json={"initializeUploadRequest": {"owner": PAGE}})
    with httpx.Client(transport=linkedin.transport()) as stranger:
        assert stranger.put(start.json()["value"]["uploadUrl"], content=PNG).status_code == 401


def test_multi_image_post(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Several images make a ugcPost; a mention shows its name."""
    images = [{"id": uploaded(page, PAGE), "altText": "one"}, {"id": uploaded(page, PAGE), "altText": "two"}]
    mention = "Photos with @[Devtestco](urn:li:organization:2414183)"
    urn = posted(page, mention, content={"multiImage": {"images": images}})
    assert urn.startswith("urn:li:ugcPost:")
    assert (linkedin.wall[0].text, linkedin.wall[0].media) == ("Photos with Devtestco", 2)


def test_article_post(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A link needs its title, for LinkedIn fetches nothing."""
    bare = {"article": {"source": "https://example.com/spring"}}
    assert page.post("/rest/posts", json=body("x", content=bare)).json()["code"] == "MISSING_FIELD"
    posted(page, "x", content={"article": {"source": "https://example.com/spring", "title": "Spring"}})
    assert linkedin.wall[0].link == "https://example.com/spring"


def test_video_post(page: httpx.Client, clock: TestClock, linkedin: LinkedInEmulator) -> None:
    """A video is put part by part, finished by its ETags, processed, and then posted."""
    content = b"\x00\x00\x00\x18ftypmp42" + bytes(4_194_304)
    request = {"owner": PAGE, "fileSizeBytes": len(content), "uploadCaptions": False, "uploadThumbnail": False}
    start = page.post("/rest/videos?action=initializeUpload", json={"initializeUploadRequest": request})
    value = start.json()["value"]
    first, second = value["uploadInstructions"]
    assert (first["firstByte"], first["lastByte"], second["lastByte"]) == (0, 4_194_303, len(content) - 1)
    etags: list[str] = []
    for part in (first, second):
        piece = content[part["firstByte"] : part["lastByte"] + 1]
        done = httpx.Client(transport=linkedin.transport()).put(part["uploadUrl"], content=piece)
        assert done.status_code == 200
        etags.append(done.headers["etag"].strip('"'))
    finish = {"video": value["video"], "uploadToken": "", "uploadedPartIds": etags}
    where = "/rest/videos?action=finalizeUpload"
    swapped = page.post(where, json={"finalizeUploadRequest": {**finish, "uploadedPartIds": etags[::-1]}})
    assert swapped.status_code == 400
    assert page.post(where, json={"finalizeUploadRequest": finish}).status_code == 200
    media = {"media": {"id": value["video"], "title": "Film"}}
    assert page.post("/rest/posts", json=body("Film", content=media)).status_code == 422
    clock.advance(3)
    assert page.get(f"/rest/videos/{enc(value['video'])}").json()["status"] == "AVAILABLE"
    posted(page, "Film", content=media)


def test_a_misspelt_field_of_a_video_is_refused(page: httpx.Client) -> None:
    """`uploadCaption`, in the singular, is a field that the schema does not have."""
    request = {"owner": PAGE, "fileSizeBytes": 10, "uploadCaption": False}
    answer = page.post("/rest/videos?action=initializeUpload", json={"initializeUploadRequest": request})
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "status": 422,
            "message": "ERROR :: /initializeUploadRequest/uploadCaption :: unrecognized field found but not allowed",
        },
    )


def test_an_image_that_fails_later_keeps_the_post_unseen(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A post whose image is in work is accepted, and never seen if the image fails."""
    linkedin.settings.image_seconds = 5
    image = uploaded(page, PAGE, b"no image at all")
    urn = posted(page, "x", content={"media": {"id": image}})
    assert not linkedin.wall
    author_view = page.get(f"/rest/posts/{enc(urn)}", params={"viewContext": "AUTHOR"}).json()
    assert author_view["lifecycleState"] == "PUBLISH_REQUESTED"
    linkedin.settings.image_seconds = 0
    assert not linkedin.wall
    assert page.get(f"/rest/posts/{enc(urn)}").status_code == 404


# ── drafts and updates ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_refused_unless_set(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Only PUBLISHED is accepted on create; if drafts are allowed, the author alone sees them until published."""
    refused = page.post("/rest/posts", json=body("Words", lifecycleState="DRAFT"))
    assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_VALUE_FOR_FIELD")
    linkedin.settings.accept_drafts = True
    urn = posted(page, "Words", lifecycleState="DRAFT")
    where = f"/rest/posts/{enc(urn)}"
    assert not linkedin.wall
    assert page.get(where).status_code == 404
    assert page.get(where, params={"viewContext": "AUTHOR"}).json()["lifecycleState"] == "DRAFT"
    clock.advance(60)
    patch = {"patch": {"$set": {"commentary": "Final wording", "lifecycleState": "PUBLISHED"}}}
    done = page.post(where, json=patch, headers={"X-RestLi-Method": "PARTIAL_UPDATE"})
    assert (done.status_code, done.content) == (204, b"")
    seen = page.get(where).json()
    now = int(clock.now().timestamp() * 1000)
    assert seen == body("Final wording") | {
        "id": urn,
        "lifecycleStateInfo": {"isEditedByAuthor": True},
        "createdAt": now - 60_000,
        "publishedAt": now,
        "lastModifiedAt": now,
    }
    assert linkedin.wall[0].text == "Final wording"


def test_updates_are_limited_to_what_may_change(page: httpx.Client) -> None:
    """The content and what is mandatory stay; the method must be told."""
    where = f"/rest/posts/{enc(posted(page))}"
    told = {"X-RestLi-Method": "PARTIAL_UPDATE"}
    assert page.post(where, json={"patch": {"$set": {"content": {}}}}, headers=told).status_code == 422
    assert page.post(where, json={"patch": {"$delete": ["commentary"]}}, headers=told).status_code == 422
    assert page.post(where, json={"patch": {"$set": {"commentary": "x"}}}).status_code == 400
    assert page.post(where, json={"patch": {"$set": {"commentary": "x"}}}, headers=told).status_code == 204


def test_delete_is_idempotent(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A post is deleted once, and deleting it again is answered alike."""
    where = f"/rest/posts/{enc(posted(page))}"
    assert [page.delete(where).status_code for _ in range(2)] == [204, 204]
    assert not linkedin.wall
    assert page.get(where).status_code == 404


# ── reads ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_statistics_leave_out_posts_without_activity(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Shares and ugcPosts are asked for by their own names; what nobody saw is not in the answer."""
    first, second = posted(page, "one"), posted(page, "two")
    images = [{"id": uploaded(page, PAGE)} for _ in range(2)]
    third = posted(page, "three", content={"multiImage": {"images": images}})
    counts = {"impressionCount": 1200, "uniqueImpressionsCount": 800, "clickCount": 40}
    linkedin.set_metrics(first, **counts, likeCount=15, commentCount=3, shareCount=2)
    linkedin.set_metrics(third, impressionCount=300, clickCount=6, likeCount=2, shareCount=1)
    query = (
        f"q=organizationalEntity&organizationalEntity={enc(PAGE)}"
        f"&shares=List({enc(first)},{enc(second)})&ugcPosts=List({enc(third)})"
    )
    answer = page.get(f"/rest/organizationalEntityShareStatistics?{query}")
    assert answer.status_code == 200
    body = answer.json()
    assert body["paging"] == {"start": 0, "count": 10, "links": []}
    assert [one.get("share") or one.get("ugcPost") for one in body["elements"]] == [first, third]
    assert body["elements"][0]["totalShareStatistics"] == {
        **counts,
        "likeCount": 15,
        "commentCount": 3,
        "shareCount": 2,
        "engagement": 0.05,
    }
    mixed = page.get(f"/rest/organizationalEntityShareStatistics?{query}&timeIntervals=(timeGranularityType:DAY)")
    assert mixed.status_code == 400


def test_member_analytics(member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """One metric of one post at a time; the metric's type is an object in older versions."""
    urn = posted(member, "mine", MEMBER)
    linkedin.set_metrics(urn, impressionCount=1204)
    where = (
        f"/rest/memberCreatorPostAnalytics?q=entity&entity=(share:{enc(urn)})&queryType=IMPRESSION&aggregation=TOTAL"
    )
    answer = member.get(where)
    assert answer.json() == {
        "paging": {"start": 0, "count": 10, "links": []},
        "elements": [{"count": 1204, "metricType": "IMPRESSION", "targetEntity": {"share": urn}}],
    }
    older = member.get(where, headers={"LinkedIn-Version": "202601"}).json()
    assert list(older["elements"][0]["metricType"].values()) == ["IMPRESSION"]
    later = where.replace("IMPRESSION", "POST_SAVE")
    assert member.get(later, headers={"LinkedIn-Version": "202603"}).status_code == 400
    assert member.get(later, headers={"LinkedIn-Version": "202604"}).status_code == 200


def test_batch_get_reports_what_is_missing(page: httpx.Client) -> None:
    """A missing post stands among the errors, and the answer is 200."""
    urn = posted(page)
    answer = page.get(
        f"/rest/posts?ids=List({enc(urn)},urn%3Ali%3Ashare%3A1)", headers={"X-RestLi-Method": "BATCH_GET"}
    )
    assert answer.status_code == 200
    found = answer.json()
    assert found["results"][urn]["commentary"] == COMMENTARY
    assert found["statuses"] == {"urn:li:share:1": 404}
    assert found["errors"] == {"urn:li:share:1": {"status": 404, "message": "Could not find entity"}}


def test_find_by_author_pages(page: httpx.Client, clock: TestClock, linkedin: LinkedInEmulator) -> None:
    """An author's posts come newest first, page by page, once they can be read."""
    urns: list[str] = []
    for number in range(3):
        urns.append(posted(page, f"post {number}"))
        clock.advance(1)
    where = f"/rest/posts?q=author&author={enc(PAGE)}&count=2&sortBy=CREATED"
    first, second = page.get(where).json(), page.get(f"{where}&start=2").json()
    assert [one["id"] for one in first["elements"] + second["elements"]] == urns[::-1]
    linkedin.settings.read_lag = 10
    assert page.get(where).json()["elements"] == []
    clock.advance(10)
    assert len(page.get(where).json()["elements"]) == 2


def test_social_metadata(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Reactions and comments are counted."""
    urn = posted(page)
    linkedin.set_metrics(urn, likeCount=5, commentCount=3)
    assert page.get(f"/rest/socialMetadata/{enc(urn)}").json() == {
        "entity": urn,
        "commentsState": "OPEN",
        "commentSummary": {"count": 3, "topLevelCount": 3},
        "reactionSummaries": {"LIKE": {"reactionType": "LIKE", "count": 5}},
    }


def test_pages_and_identity(page: httpx.Client, member: httpx.Client) -> None:
    """The administrator's pages are found, and the member's own id."""
    query = "q=roleAssignee&role=ADMINISTRATOR&state=APPROVED"
    (found,) = page.get(f"/rest/organizationAcls?{query}").json()["elements"]
    assert (found["organizationTarget"], found["role"]) == (PAGE, "ADMINISTRATOR")
    assert page.get("/rest/organizations/5515715").json()["localizedName"] == "Brand"
    assert member.get("/v2/userinfo").json()["sub"] == "782bbtaQ"
