"""What the LinkedIn emulator refuses and keeps, beyond the published examples."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from socialconnect.testing import TestClock
from socialconnect.testing.emulators.linkedin import LinkedInEmulator
from socialconnect.testing.emulators.linkedin.encoding import RestliValue, decode
from socialconnect.testing.emulators.linkedin.little import parse

PAGE = "urn:li:organization:5515715"
MEMBER = "urn:li:person:782bbtaQ"
PNG = b"\x89PNG\r\n\x1a\n" + bytes.fromhex("0000000d4948445200000001000000010802000000907753de")


@pytest.fixture
def clock() -> TestClock:
    return TestClock("2026-11-24T09:00:00+00:00")


@pytest.fixture
def linkedin(clock: TestClock) -> LinkedInEmulator:
    return LinkedInEmulator(clock=clock)


def client(linkedin: LinkedInEmulator, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}", "LinkedIn-Version": "202609", "X-Restli-Protocol-Version": "2.0.0"}
    return httpx.Client(transport=linkedin.transport(), base_url="https://api.linkedin.com", headers=headers)


@pytest.fixture
def page(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-organization") as api:
        yield api


@pytest.fixture
def member(linkedin: LinkedInEmulator) -> Iterator[httpx.Client]:
    with client(linkedin, "AQX-member") as api:
        yield api


def body(commentary: str, author: str = PAGE, **fields: object) -> dict[str, object]:
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED"},
        "lifecycleState": "PUBLISHED",
        **fields,
    }


def enc(text: str) -> str:
    return quote(text, safe="")


def image(api: httpx.Client, owner: str) -> str:
    begin = {"initializeUploadRequest": {"owner": owner}}
    value = api.post("/rest/images?action=initializeUpload", json=begin).json()["value"]
    assert api.put(value["uploadUrl"], content=PNG).status_code == 201
    return str(value["image"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("List()", []),
        ("List(1,2)", ["1", "2"]),
        (
            "(k1:v1,k2:urn%3Ali%3Aapp%3A123,k3:List(1,2),k4:(k41:foobar))",
            {"k1": "v1", "k2": "urn:li:app:123", "k3": ["1", "2"], "k4": {"k41": "foobar"}},
        ),
        ("List((k1:v1),List(v2,%20t%3F%27%3A%2C%2A%21))", [{"k1": "v1"}, ["v2", " t?':,*!"]]),
        ("''", ""),
        ("", ""),
    ],
)
def test_encoded_values_are_read(text: str, value: RestliValue) -> None:
    """The vectors of LinkedIn's own client are read back."""
    assert decode(text) == value


@pytest.mark.parametrize("text", ["List(1", "(k)", "(k:v", "a:b", "a,b", "it's", "List(a)b"])
def test_what_is_not_encoded_is_refused(text: str) -> None:
    """A structure that does not close, and a reserved character in a value, are errors."""
    with pytest.raises(ValueError):
        decode(text)


@pytest.mark.parametrize(
    ("commentary", "shown", "cut_at"),
    [
        ("plain", "plain", None),
        (r"\(a\) \\ \_", r"(a) \ _", None),
        ("#word and #two_parts", "#word and #two", 14),
        (r"{hashtag|\#|word}", "#word", None),
        ("@[A \\(b\\)](urn:li:organization:1)!", "A (b)!", None),
        ("mail me @ home", "mail me ", 8),
        ("https://example.com/a_b", "https://example.com/a", 21),
    ],
)
def test_little_text(commentary: str, shown: str, cut_at: int | None) -> None:
    """Escapes, mentions and hashtags are shown as people read them; the rest ends at what was not escaped."""
    little = parse(commentary)
    assert (little.text, little.cut_at) == (shown, cut_at)


def test_a_hashtag_is_read_back_as_a_template(page: httpx.Client) -> None:
    """`#word` comes back as the template that stands for it."""
    urn = page.post("/rest/posts", json=body("see #spring")).headers["x-restli-id"]
    assert page.get(f"/rest/posts/{enc(urn)}").json()["commentary"] == r"see {hashtag|\#|spring}"


def test_methods_must_match(page: httpx.Client) -> None:
    """A method header that is not the request's is refused, and so is a POST with neither body nor length."""
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert page.get(where, headers={"X-RestLi-Method": "GET"}).status_code == 400
    assert page.put("/rest/posts", json={}).status_code == 405
    assert page.get(f"/rest/posts?q=owner&author={enc(PAGE)}").status_code == 400
    assert page.get(f"{where}&count=101").status_code == 400
    bare = page.build_request("POST", "/rest/images?action=initializeUpload")
    del bare.headers["content-length"]
    assert page.send(bare).status_code == 411
    assert page.post("/rest/posts", data={"a": "b"}).status_code == 415


def test_a_version_that_has_not_begun_is_refused(page: httpx.Client, clock: TestClock) -> None:
    """On a day before its month a version does not exist yet."""
    clock.set("2026-08-31")
    where = f"/rest/posts?q=author&author={enc(PAGE)}"
    assert page.get(where).status_code == 426
    assert page.get(where, headers={"LinkedIn-Version": "202608"}).status_code == 200
    assert page.get(where, headers={"LinkedIn-Version": "20260801"}).status_code == 426


def test_media_belong_to_the_author(page: httpx.Client, member: httpx.Client) -> None:
    """A member's image does not stand in a page's post, and no one begins an upload for somebody else."""
    theirs = image(member, MEMBER)
    answer = page.post("/rest/posts", json=body("x", content={"media": {"id": theirs}}))
    assert (answer.status_code, answer.json()["message"]) == (
        403,
        "Accessing this image resource is forbidden. Please check your permissions for this resource",
    )
    other = {"initializeUploadRequest": {"owner": "urn:li:person:other"}}
    assert member.post("/rest/images?action=initializeUpload", json=other).status_code == 403
    nobody = {"initializeUploadRequest": {"owner": "urn:li:person:"}}
    refused = member.post("/rest/images?action=initializeUpload", json=nobody)
    assert (refused.status_code, refused.json()) == (403, {"status": 403, "message": ""})


def test_an_upload_address_ends(page: httpx.Client, clock: TestClock, linkedin: LinkedInEmulator) -> None:
    """Bytes that come after the address's end are refused."""
    begin = {"initializeUploadRequest": {"owner": PAGE}}
    value = page.post("/rest/images?action=initializeUpload", json=begin).json()["value"]
    clock.advance(linkedin.settings.upload_life)
    answer = page.put(value["uploadUrl"], content=PNG)
    assert (answer.status_code, answer.json()["code"]) == (400, "EXPIRED_UPLOAD_URL")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"media": {"id": "urn:li:person:1"}}, "INVALID_URN_TYPE"),
        ({"media": {"id": "urn:li:image:none"}}, "INVALID_URN_ID"),
        ({"media": {"id": "urn:li:video:none"}}, "INVALID_VIDEO_ID"),
        ({"article": {"source": "ftp://x", "title": "x"}}, "INVALID_URL"),
        ({"article": {"source": "https://x.example", "title": "x" * 401}}, "FIELD_LENGTH_TOO_LONG"),
        ({"multiImage": {"images": [{"id": "urn:li:image:a"}]}}, "INVALID_VALUE_FOR_FIELD"),
        (
            {"poll": {"question": "?", "options": [{"text": "a"}], "settings": {"duration": "ONE_DAY"}}},
            "INVALID_VALUE_FOR_FIELD",
        ),
        ({"celebration": {}}, "INVALID_VALUE_FOR_FIELD"),
    ],
)
def test_content_is_checked(page: httpx.Client, content: dict[str, object], code: str) -> None:
    """What a post carries is refused with the code that says why."""
    answer = page.post("/rest/posts", json=body("x", content=content))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_reshares(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A post is shared again unless its author forbids it, or it does not exist."""
    open_post = page.post("/rest/posts", json=body("open")).headers["x-restli-id"]
    closed = page.post("/rest/posts", json=body("closed", isReshareDisabledByAuthor=True)).headers["x-restli-id"]
    assert page.post("/rest/posts", json=body("", reshareContext={"parent": open_post})).status_code == 201
    assert linkedin.wall[-1].parent == open_post
    assert page.post("/rest/posts", json=body("x", reshareContext={"parent": closed})).status_code == 403
    missing = {"parent": "urn:li:share:1"}
    assert page.post("/rest/posts", json=body("x", reshareContext=missing)).status_code == 400
    assert page.post("/rest/posts", json=body("")).status_code == 422


def test_only_its_author_changes_a_post(page: httpx.Client, member: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """Somebody else's post is neither deleted nor, without its closed scope, is a member's post read."""
    urn = page.post("/rest/posts", json=body("x")).headers["x-restli-id"]
    assert member.delete(f"/rest/posts/{enc(urn)}").status_code == 403
    own = member.post("/rest/posts", json=body("mine", MEMBER)).headers["x-restli-id"]
    assert member.get(f"/rest/posts/{enc(own)}").status_code == 403
    linkedin.token("AQX-member").scopes |= {"r_member_social"}
    assert member.get(f"/rest/posts/{enc(own)}").status_code == 200
    assert len(linkedin.wall) == 2


def test_limits_of_a_day_and_fresh_tokens(member: httpx.Client, linkedin: LinkedInEmulator, clock: TestClock) -> None:
    """An unverified member's posts are counted, and a token that is seconds old may be refused."""
    linkedin.settings.posts_per_member = 1
    assert member.post("/rest/posts", json=body("one", MEMBER)).status_code == 201
    refused = member.post("/rest/posts", json=body("two", MEMBER))
    assert (refused.status_code, refused.json()["message"]) == (
        429,
        "share limit has been reached for unverified members",
    )
    linkedin.settings.propagation_seconds = 5
    assert member.get("/v2/userinfo").json()["code"] == "REVOKED_ACCESS_TOKEN"
    clock.advance(5)
    assert member.get("/v2/userinfo").status_code == 200


def test_an_id_may_be_kept_back(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """A post may be created without its id being told, as was seen."""
    linkedin.settings.tells_id = False
    answer = page.post("/rest/posts", json=body("x"))
    assert answer.status_code == 201
    assert "x-restli-id" not in answer.headers
    assert len(linkedin.wall) == 1


POST = enc("urn:li:share:1")
METRICS = "q=entity&queryType=VIDEO_PLAY"


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/rest/reactions?q=actor&actor=x", 400),
        ("/rest/reactions?q=entity", 400),
        (f"/rest/reactions/(entity:{POST})?q=entity", 404),
        (f"/rest/reactions/(entity:{enc(PAGE)})?q=entity&sort=(value:SIZE)", 400),
        (f"/rest/reactions/(entity:{enc(PAGE)})?q=actor", 400),
        (f"/rest/reactions/(actor:{enc(PAGE)},entity:{POST})", 404),
        (f"/rest/socialActions/{POST}", 404),
        (f"/rest/socialActions/{POST}/likes", 404),
        (f"/rest/socialMetadata/{POST}", 404),
        (f"/rest/networkSizes/{enc('urn:li:organization:1')}?edgeType=COMPANY_FOLLOWED_BY_MEMBER", 404),
        ("/rest/networkSizes/x", 400),
        (f"/rest/organizationPageStatistics?q=organization&organization={enc(MEMBER)}", 400),
        (f"/rest/videoAnalytics?q=post&entity={POST}&type=VIEWER", 400),
        ("/rest/organizationAcls?q=member", 400),
        (f"/rest/organizationAcls?q=organization&organization={enc('urn:li:organization:1')}", 403),
        ("/rest/organizationAcls?q=roleAssignee&state=LOST", 400),
        ("/rest/organizations/1", 404),
        ("/rest/organizations?q=name&vanityName=brand", 400),
        ("/rest/images/urn%3Ali%3Aimage%3Anone", 404),
        ("/rest/connections/urn%3Ali%3Aperson%3Ax", 403),
        ("/rest/", 404),
    ],
)
def test_reads_that_are_refused(page: httpx.Client, where: str, status: int) -> None:
    """A finder, a key or a value that is not there is refused, never answered as empty."""
    assert page.get(where).status_code == status


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("/rest/memberCreatorPostAnalytics?q=all&queryType=IMPRESSION", 400),
        ("/rest/memberCreatorPostAnalytics?q=entity&queryType=IMPRESSION", 400),
        ("/rest/memberCreatorPostAnalytics?q=entity&queryType=IMPRESSION&entity=()", 400),
        ("/rest/memberCreatorVideoAnalytics?q=entity&queryType=IMPRESSION", 400),
        ("/rest/memberCreatorVideoAnalytics?q=me&queryType=VIDEO_PLAY", 400),
        (f"/rest/memberCreatorVideoAnalytics?{METRICS}&entity=(ugc:{enc('urn:li:ugcPost:1')})", 404),
        ("/rest/memberFollowersCount?q=all", 400),
        ("/rest/memberFollowersCount?q=dateRange&dateRange=(start:(day:1,month:1,year:2026))", 400),
        ("/rest/memberFollowersCount?q=dateRange&dateRange=(start:1,end:2)", 400),
        ("/rest/connections/urn%3Ali%3Aperson%3Ax", 403),
    ],
)
def test_a_members_reads_that_are_refused(member: httpx.Client, where: str, status: int) -> None:
    """The same of what members read of themselves."""
    assert member.get(where).status_code == status


def test_videos_are_counted_for_posts_with_a_video_alone(member: httpx.Client) -> None:
    """A post without a video has no numbers of one."""
    urn = member.post("/rest/posts", json=body("mine", MEMBER)).headers["x-restli-id"]
    where = f"/rest/memberCreatorVideoAnalytics?{METRICS}&entity=(share:{enc(urn)})"
    assert member.get(where).status_code == 404


def test_cards_of_an_advertisement(page: httpx.Client, linkedin: LinkedInEmulator) -> None:
    """An advertisement may carry two to ten cards, each with an image of the page's and an address."""
    linkedin.token("AQX-organization").scopes |= {"rw_ads"}
    cards: list[dict[str, object]] = [
        {"media": {"id": image(page, PAGE)}, "landingPage": "https://example.com"} for _ in range(2)
    ]

    def sent(some: list[dict[str, object]], text: str) -> int:
        content = {"carousel": {"cards": some}}
        return page.post("/rest/posts", json=body(text, adContext={"dscName": "x"}, content=content)).status_code

    assert sent(cards, "two") == 201
    assert sent(cards[:1], "one") == 400
    assert sent([{**cards[0], "landingPage": "x"}, cards[1]], "no address") == 400


def ugc(**content: object) -> dict[str, object]:
    share = {"shareCommentary": {"text": "x"}, "shareMediaCategory": "NONE", **content}
    return {
        "author": MEMBER,
        "lifecycleState": "PUBLISHED",
        "specificContent": {"com.linkedin.ugc.ShareContent": share},
        "visibility": {"com.linkedin.ugc.MemberNetworkVisibility": "PUBLIC"},
    }


@pytest.mark.parametrize(
    ("where", "sent", "status"),
    [
        ("ugcPosts", ugc() | {"lifecycleState": "DRAFT"}, 400),
        ("ugcPosts", ugc(shareCommentary={"text": "x" * 3001}), 400),
        ("ugcPosts", ugc(shareMediaCategory="IMAGE"), 400),
        ("ugcPosts", ugc(shareMediaCategory="ARTICLE", media=[{"status": "READY"}]), 400),
        ("ugcPosts", ugc() | {"text": "x"}, 422),
        ("ugcPosts", ugc() | {"author": "urn:li:person:other"}, 403),
        (
            "assets?action=registerUpload",
            {
                "registerUploadRequest": {
                    "recipes": ["urn:li:digitalmediaRecipe:companyLogo"],
                    "owner": MEMBER,
                    "serviceRelationships": [],
                }
            },
            400,
        ),
    ],
)
def test_older_writes_that_are_refused(clock: TestClock, where: str, sent: dict[str, object], status: int) -> None:
    """The older paths check what they are given too."""
    linkedin = LinkedInEmulator(clock=clock, tier="self_serve")
    with client(linkedin, "AQX-member") as api:
        assert api.post(f"/v2/{where}", json=sent).status_code == status
        assert api.get("/v2/assets/none").status_code == 404
    assert linkedin.wall == ()


def test_an_upload_needs_bytes_and_an_address(page: httpx.Client) -> None:
    """An empty upload, and one to an address that was never given, are refused."""
    begin = {"initializeUploadRequest": {"owner": PAGE}}
    url = page.post("/rest/images?action=initializeUpload", json=begin).json()["value"]["uploadUrl"]
    assert page.put(url, content=b"").status_code == 400
    assert page.put(url.replace("D4E10AQ", "x"), content=PNG).status_code == 404


def test_grants_that_are_not_known(page: httpx.Client) -> None:
    """A grant that LinkedIn does not give is refused in OAuth's words."""
    answer = page.post("https://www.linkedin.com/oauth/v2/accessToken", data={"grant_type": "password"})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")
