"""LinkedIn's published examples, replayed against the emulator with no socket in between."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from socialconnect.testing.clock import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator

PAGE = "urn:li:organization:5515715"
MEMBER = "urn:li:person:782bbtaQ"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
COMMENTARY = "Q3 results \\(unaudited\\) are out {hashtag|\\#|finance}"


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


def client(linkedin: LinkedInEmulator, token: str) -> httpx.Client:
    headers = {
        "Authorization": f"Bearer {token}",
        "LinkedIn-Version": "202609",
        "X-Restli-Protocol-Version": "2.0.0",
    }
    return httpx.Client(transport=linkedin.transport(), base_url="https://api.linkedin.com", headers=headers)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def body(commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> dict[str, object]:
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        **fields,
    }


def posted(api: httpx.Client, commentary: str = COMMENTARY, author: str = PAGE, **fields: object) -> str:
    answer = api.post("/rest/posts", json=body(commentary, author, **fields))
    assert answer.status_code == 201, answer.text
    return answer.headers["x-restli-id"]


def uploaded(api: httpx.Client, owner: str, content: bytes = PNG) -> str:
    start = api.post("/rest/images?action=initializeUpload", json={"initializeUploadRequest": {"owner": owner}})
    assert start.status_code == 200, start.text
    value = start.json()["value"]
    done = api.put(value["uploadUrl"], content=content, headers={"Content-Type": "application/octet-stream"})
    assert done.status_code == 201
    return str(value["image"])


def enc(urn: str) -> str:
    return quote(urn, safe="")


# ── 12.1 to 12.3: posts ───────────────────────────────────────────────────────────────────────────────────────────────


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


# ── 12.4: drafts and updates ──────────────────────────────────────────────────────────────────────────────────────────


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


# ── 12.5 and 12.6: reads ──────────────────────────────────────────────────────────────────────────────────────────────


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
    assert member.get(later, headers={"LinkedIn-Version": "202601"}).status_code == 400
    assert member.get(later).status_code == 200


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


# ── 12.7: error bodies ────────────────────────────────────────────────────────────────────────────────────────────────


def test_revoked_and_expired_tokens(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """Each state of a token has its own code."""
    where = "/rest/posts?q=author&author=x"
    linkedin.token("AQX-organization").expires_at = clock.now()
    assert page.get(where).json() == {
        "status": 401,
        "serviceErrorCode": 65602,
        "code": "EXPIRED_ACCESS_TOKEN",
        "message": "The token used in the request has expired",
    }
    linkedin.revoke_tokens()
    assert page.get(where).json() == {
        "status": 401,
        "serviceErrorCode": 65601,
        "code": "REVOKED_ACCESS_TOKEN",
        "message": "The token used in the request has been revoked by the user",
    }
    assert page.get(where, headers={"Authorization": "Bearer x"}).json()["serviceErrorCode"] == 65600
    assert page.get(where, headers={"Authorization": "Basic x"}).json()["message"] == "Unknown authentication schema"


def test_missing_programme_and_role(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Without the scope the resource is named; without the role the author is."""
    refused = member.post("/rest/posts", json=body())
    assert (refused.status_code, refused.json()) == (
        403,
        {
            "status": 403,
            "serviceErrorCode": 100,
            "code": "ACCESS_DENIED",
            "message": "Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901",
        },
    )
    linkedin.state.organizations[PAGE].roles.clear()
    refused = page.post("/rest/posts", json=body())
    assert (refused.status_code, refused.json()["code"]) == (403, "ACCESS_DENIED")
    assert "[/author]" in refused.json()["message"]


def test_duplicate(page: httpx.Client, clock: TestClock) -> None:
    """The same post within ten minutes is refused with the first one's URN, even if that was deleted."""
    urn = posted(page)
    page.delete(f"/rest/posts/{enc(urn)}")
    answer = page.post("/rest/posts", json=body())
    assert (answer.status_code, answer.json()) == (
        422,
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
            f"Content is a duplicate of {urn}",
            "errorDetails": {
                "inputErrors": [{"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}]
            },
            "status": 422,
        },
    )
    clock.advance(600)
    posted(page)


def test_versions_begin_and_end_on_the_clock(page: httpx.Client, clock: TestClock, linkedin: LinkedInEmulator) -> None:
    """A version that has ended, has not begun, or was never seen is refused; so is none at all."""
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    ended = page.get(where, headers={"LinkedIn-Version": "202509"})
    assert (ended.status_code, ended.json()) == (
        426,
        {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version 20250901 is not active"},
    )
    assert ended.headers["x-restli-gateway-error"] == "true"
    assert page.get(where, headers={"LinkedIn-Version": "202611"}).status_code == 426
    assert page.get(where, headers={"LinkedIn-Version": "2026-09"}).json()["code"] == "INVALID_VERSION"
    assert page.get(where, headers={"LinkedIn-Version": ""}).json() == {
        "status": 400,
        "code": "VERSION_MISSING",
        "message": "A version must be present. Please specify a version by adding the Linkedin-Version header.",
    }
    assert page.get(where).status_code == 200
    clock.set("2027-09-15")
    assert page.get(where).status_code == 426
    linkedin.settings.sunset_lag_days = 3
    assert page.get(where).status_code == 200


def test_quota(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """The member's calls of a day end at its quota, and begin anew at midnight in UTC."""
    linkedin.settings.calls_per_member = 2
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert [page.get(where).status_code for _ in range(3)] == [200, 200, 429]
    told = page.get(where).json()
    assert told["serviceErrorCode"] == 101
    assert "MEMBER DAY" in told["message"]
    clock.set("2026-11-25")
    assert page.get(where).status_code == 200


def test_too_long(page: httpx.Client) -> None:
    """The text that people read may have 3000 characters; escapes are not counted."""
    posted(page, "\\(" * 3000)
    answer = page.post("/rest/posts", json=body("x" * 3120))
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "status": 400,
            "code": "FIELD_LENGTH_TOO_LONG",
            "message": "/commentary length 3120 can't exceeded maximum 3000 length",
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "errorDetails": {
                "inputErrors": [
                    {
                        "description": "/commentary is too long",
                        "input": {"inputPath": {"fieldPath": "/commentary"}},
                        "code": "FIELD_LENGTH_TOO_LONG",
                    }
                ]
            },
        },
    )


def test_unescaped_text_is_cut_without_a_word(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """An unescaped reserved character cuts the text there, or is refused where the emulator is set to."""
    posted(page, "Results (unaudited) are out")
    assert linkedin.wall[0].text == "Results "
    linkedin.settings.unescaped = "refuse"
    assert page.post("/rest/posts", json=body("More (results)")).status_code == 400


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"foo": 1}, "ERROR :: /foo :: unrecognized field found but not allowed"),
        ({"visibility": "EVERYONE"}, 'ERROR :: /visibility :: "EVERYONE" is not an enum symbol'),
        ({"isReshareDisabledByAuthor": "no"}, "ERROR :: /isReshareDisabledByAuthor :: no cannot be coerced to Boolean"),
        ({"content": {}}, "ERROR :: /content :: union must hold exactly one"),
        ({"content": None}, "ERROR :: /content :: null is not allowed"),
        ({"id": "urn:li:share:1"}, "ERROR :: /id :: ReadOnly field present in a create request"),
    ],
)
def test_the_schema_is_checked(page: httpx.Client, change: dict[str, object], message: str) -> None:
    """A body that does not fit the schema is refused with 422, one line for each fault."""
    answer = page.post("/rest/posts", json=body() | change)
    assert answer.status_code == 422
    assert answer.json()["message"].startswith(message)


def test_a_missing_field_is_named(page: httpx.Client) -> None:
    """A field that is required is named."""
    sent = body()
    del sent["distribution"]
    answer = page.post("/rest/posts", json=sent)
    assert answer.json()["message"].startswith("ERROR :: /distribution :: field is required")


# ── tiers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_self_serve_posts_and_reads_nothing(clock: TestClock) -> None:
    """A self-serve app posts for its member and may neither read posts nor look at images."""
    linkedin = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(linkedin, "AQX-member") as api:
        image = uploaded(api, MEMBER)
        assert api.get(f"/rest/images/{enc(image)}").status_code == 403
        urn = posted(api, "hello", MEMBER, content={"media": {"id": image}})
        refused = api.get(f"/rest/posts/{enc(urn)}")
        assert refused.status_code == 403
        assert "partnerApiPostsExternal.GET.20260901" in refused.json()["message"]
        assert api.delete(f"/rest/posts/{enc(urn)}").status_code == 204


def test_development_has_no_batch_get(clock: TestClock) -> None:
    """In the development tier posts are read one by one."""
    linkedin = LinkedInEmulator(clock=clock, tier="development")
    with client(linkedin, "AQX-organization") as api:
        urn = posted(api)
        assert api.get(f"/rest/posts/{enc(urn)}").status_code == 200
        assert api.get(f"/rest/posts?ids=List({enc(urn)})").status_code == 403


# ── Rest.li on the wire ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tunnelled_query_is_read(page: httpx.Client) -> None:
    """A query in a body, with its method in a header, is the query."""
    urn = posted(page)
    answer = page.post(
        "/rest/posts",
        content=f"ids=List({enc(urn)})",
        headers={
            "X-HTTP-Method-Override": "GET",
            "X-RestLi-Method": "BATCH_GET",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    assert list(answer.json()["results"]) == [urn]


def test_structures_need_protocol_2(page: httpx.Client) -> None:
    """Lists are read by protocol 2.0.0 alone."""
    answer = page.get("/rest/posts?ids=List(urn%3Ali%3Ashare%3A1)", headers={"X-Restli-Protocol-Version": "1.0.0"})
    assert answer.status_code == 400


def test_an_unencoded_urn_is_refused(page: httpx.Client) -> None:
    """A raw colon in a value breaks the encoding."""
    assert page.get("/rest/posts?ids=List(urn:li:share:1)").status_code == 400
    assert page.get("/rest/posts?q=author&author=urn:li:organization:5515715").status_code == 400


def test_an_over_long_query_is_refused(page: httpx.Client) -> None:
    """What is too long for an address must be tunnelled."""
    ids = ",".join(enc(f"urn:li:share:{number}") for number in range(10**18, 10**18 + 200))
    assert page.get(f"/rest/posts?ids=List({ids})").status_code == 414


def test_what_is_not_known_is_a_501(page: httpx.Client) -> None:
    """A resource that the emulator does not know is never answered as if it worked."""
    for where in ("/rest/eventSubscriptions/x", "/rest/dmaPosts?ids=List()", "/v2/people"):
        answer = page.get(where)
        assert answer.status_code == 501
        assert "gap" in answer.json()


def test_superseded_paths_are_gone(page: httpx.Client) -> None:
    """The legacy posting paths are closed to an app of the Community Management API."""
    answer = page.post("/v2/ugcPosts", json={})
    assert (answer.status_code, answer.json()["message"]) == (404, "Resource ugcPosts does not exist")


# ── tokens ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CLIENT = {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET"}


def consent(api: httpx.Client, scope: str) -> httpx.QueryParams:
    query = {
        "response_type": "code",
        "client_id": "CLIENT_ID",
        "redirect_uri": "https://app.example.com/callback",
        "state": "s",
        "scope": scope,
    }
    answer = api.get("https://www.linkedin.com/oauth/v2/authorization", params=query)
    assert answer.status_code == 302
    return httpx.URL(answer.headers["location"]).params


def exchange(api: httpx.Client, code: str) -> httpx.Response:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example.com/callback"}
    return api.post("https://www.linkedin.com/oauth/v2/accessToken", data=form | CLIENT)


def test_code_refresh_and_introspection(page: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """A code gives a token once; a refresh keeps the refresh token and its end; introspection tells the state."""
    linkedin.settings.refresh_tokens = True
    code = consent(page, "openid w_member_social")["code"]
    issued = exchange(page, code).json()
    assert issued["expires_in"] == 5_184_000
    assert issued["refresh_token_expires_in"] == 31_536_000
    again = exchange(page, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_redirect_uri")
    clock.advance(days=59)
    form = {"grant_type": "refresh_token", "refresh_token": issued["refresh_token"]}
    renewed = page.post("https://www.linkedin.com/oauth/v2/accessToken", data=form | CLIENT).json()
    assert renewed["refresh_token"] == issued["refresh_token"]
    assert renewed["refresh_token_expires_in"] == 306 * 86_400
    told = page.post(
        "https://www.linkedin.com/oauth/v2/introspectToken", data={"token": renewed["access_token"]} | CLIENT
    )
    assert told.json()["status"] == "active"
    assert told.json()["scope"] == "openid,w_member_social"


def test_other_scopes_end_earlier_tokens(page: httpx.Client, member: httpx.Client) -> None:
    """A token for another set of scopes revokes the member's earlier ones."""
    assert member.get("/v2/userinfo").status_code == 200
    exchange(page, consent(page, "openid profile")["code"])
    assert member.get("/v2/userinfo").json()["code"] == "REVOKED_ACCESS_TOKEN"


def test_consent_errors(page: httpx.Client) -> None:
    """A scope that the app does not have is refused whole; a wrong redirect is an HTML page with 401."""
    assert consent(page, "openid r_member_social")["error"] == "unauthorized_scope_error"
    answer = page.get("https://www.linkedin.com/oauth/v2/authorization", params={"client_id": "CLIENT_ID"})
    assert answer.status_code == 401
    assert "Redirect_uri doesn't match" in answer.text


def test_token_endpoint_errors(page: httpx.Client) -> None:
    """A wrong secret, a missing parameter and an unknown code have their own answers."""
    where = "https://www.linkedin.com/oauth/v2/accessToken"
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    assert page.post(where, data=form | CLIENT | {"client_secret": "no"}).json()["error"] == "invalid_client"
    missing = page.post(where, data=CLIENT).json()
    assert missing["error_description"] == 'A required parameter "grant_type" is missing'
    assert page.post(where, data=form | CLIENT).json()["error_description"] == "The provided refresh token is invalid"
    unknown = exchange(page, "nonsense")
    assert unknown.status_code == 401
    assert unknown.json()["error_description"] == "Unable to retrieve access token: authorization code not found"
